package readmodels

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// NegotiationFilter asks for a part of the register of negotiations.
type NegotiationFilter struct {
	Counterparty uuid.UUID `query:"counterparty" format:"uuid" doc:"Counterparty"`
	Participant  uuid.UUID `query:"participant" format:"uuid" doc:"Author or one of our participants"`
	Informed     uuid.UUID `query:"informed" format:"uuid" doc:"Employee who was informed of the result"`
	States       []string  `query:"state" maxItems:"4" doc:"States"`
	Stages       []string  `query:"stage" maxItems:"7" doc:"Stages of the deal"`
	Reviews      []string  `query:"review" maxItems:"7" doc:"States of the review"`
	Rule         string    `query:"rule" maxLength:"10" doc:"Rule that hit, such as R4"`
	Blocked      bool      `query:"blocked" doc:"Stopped and not approved since"`
	Late         bool      `query:"late" doc:"Recorded late"`
	Unrecorded   bool      `query:"unrecorded" doc:"Held and not recorded"`
	From         time.Time `query:"from" doc:"Held, or planned, at or after"`
	Until        time.Time `query:"until" doc:"Held, or planned, before"`
	Text         string    `query:"text" maxLength:"200" doc:"Part of the topic or of the result"`
	PageRequest
}

// NegotiationItem is a negotiation in lists.
type NegotiationItem struct {
	ID                  uuid.UUID       `json:"id" format:"uuid" doc:"The negotiation"`
	Counterparty        uuid.UUID       `json:"counterparty_id" format:"uuid" doc:"With whom"`
	CounterpartyName    string          `json:"counterparty_name" doc:"Its name"`
	Author              uuid.UUID       `json:"author_id" format:"uuid" doc:"Who answers for the record"`
	AuthorName          string          `json:"author_name" doc:"The person's name"`
	Topic               string          `json:"topic" doc:"What it is about"`
	Channel             string          `json:"channel" doc:"How the parties talk"`
	Stage               string          `json:"stage,omitempty" doc:"How far the deal has come"`
	Ours                []uuid.UUID     `json:"our_participant_ids" doc:"Our participants"`
	Theirs              json.RawMessage `json:"their_participants" doc:"Their participants"`
	AtTime              time.Time       `json:"at" doc:"When it was held, or is planned"`
	HeldTo              *time.Time      `json:"held_to,omitempty" doc:"When it ended"`
	State               string          `json:"state" doc:"Where it stands"`
	RecordBy            *time.Time      `json:"record_by,omitempty" doc:"Until when the record is expected"`
	RecordedAt          *time.Time      `json:"recorded_at,omitempty" doc:"When it was recorded"`
	Late                bool            `json:"late" doc:"Recorded late, or not recorded and too late already"`
	Summary             string          `json:"summary,omitempty" doc:"The result"`
	Review              string          `json:"review,omitempty" doc:"Where the review stands"`
	Reviewer            *uuid.UUID      `json:"reviewer_id,omitempty" format:"uuid" doc:"Who reviews or reviewed"`
	ReviewerName        string          `json:"reviewer_name,omitempty" doc:"The person's name"`
	Hits                int             `json:"hits" doc:"Hits of the latest screening"`
	FatalHits           int             `json:"fatal_hits" doc:"Of these fatal"`
	Blocked             bool            `json:"blocked" doc:"Stopped and not approved since"`
	StopReason          string          `json:"stop_reason,omitempty" doc:"Why it was stopped"`
	Instruction         string          `json:"instruction,omitempty" doc:"What its author has to do"`
	StoppedAt           *time.Time      `json:"stopped_at,omitempty" doc:"When it was stopped"`
	CorrectBy           *time.Time      `json:"correct_by,omitempty" doc:"Until when"`
	PublishedAt         *time.Time      `json:"published_at,omitempty" doc:"When colleagues were informed"`
	PublishedUnreviewed bool            `json:"published_unreviewed" doc:"They were informed before a review"`
}

const negotiationColumns = `n.id, n.counterparty, coalesce(c.name, '') as counterparty_name, n.author, coalesce(a.name, '') as author_name, n.topic, n.channel,
	n.stage, n.ours, n.theirs, n.at_time, n.held_to, n.state, n.record_by, n.recorded_at, n.summary, n.review, n.reviewer, coalesce(r.name, '') as reviewer_name,
	n.hits, n.fatal_hits, n.blocked, n.stop_reason, n.instruction, n.stopped_at, n.correct_by, n.published_at, n.published_unreviewed`

const negotiationTables = ` from read.negotiation n left join read.client c on c.id = n.counterparty left join read.employee a on a.id = n.author
	left join read.employee r on r.id = n.reviewer `

// Negotiations is one page of the register, the latest first.
func (q *Queries) Negotiations(ctx context.Context, f NegotiationFilter, now time.Time) (Page[NegotiationItem], error) {
	w := &where{}
	w.and(f.Participant != uuid.Nil, "n.author = ? or n.ours @> array[?]::uuid[]", f.Participant, f.Participant)
	w.and(f.Informed != uuid.Nil, "n.informed @> array[?]::uuid[]", f.Informed)
	w.and(len(f.States) > 0, "n.state = any(?)", f.States)
	w.and(len(f.Stages) > 0, "n.stage = any(?)", f.Stages)
	w.and(len(f.Reviews) > 0, "n.review = any(?)", f.Reviews)
	w.and(f.Rule != "", "exists (select from read.negotiation_hit h where h.negotiation = n.id and h.rule = ?)", f.Rule)
	w.and(f.Blocked, "n.blocked")
	w.and(f.Late, "n.late or (n.state = 'held' and n.record_by < ?)", now)
	w.and(f.Unrecorded, "n.state = 'held'")
	w.and(!f.From.IsZero(), "n.at_time >= ?", f.From)
	w.and(!f.Until.IsZero(), "n.at_time < ?", f.Until)
	w.and(f.Text != "", "n.topic ilike '%' || ? || '%' or n.summary ilike '%' || ? || '%'", escapeLike(f.Text), escapeLike(f.Text))
	if f.Counterparty != uuid.Nil {
		aliases, err := q.aliases(ctx, f.Counterparty)
		if err != nil {
			return Page[NegotiationItem]{}, err
		}
		w.and(true, "n.counterparty = any(?)", aliases)
	}
	var (
		at time.Time
		id uuid.UUID
	)
	paged, err := f.after(&at, &id)
	if err != nil {
		return Page[NegotiationItem]{}, err
	}
	w.and(paged, "(n.at_time, n.id) < (?, ?)", at, id)
	//sqlvet:built the parts are constants of this package; values travel as arguments
	sql := `select ` + negotiationColumns + `, n.late or (n.state = 'held' and n.record_by < ` + w.arg(now) + `) as late` + negotiationTables +
		`where ` + w.sql() + ` order by n.at_time desc, n.id desc limit ` + w.arg(f.limit()+1)
	found, err := rows[NegotiationItem](ctx, q.DB, sql, w.args...)
	return page(found, f.limit(), func(r NegotiationItem) []any { return []any{r.AtTime, r.ID} }), err
}

// NegotiationDetail is one negotiation with its record, hits, steps and commitments.
type NegotiationDetail struct {
	NegotiationItem
	PlannedFrom  *time.Time        `json:"planned_from,omitempty" doc:"Planned begin"`
	PlannedTo    *time.Time        `json:"planned_to,omitempty" doc:"Planned end"`
	HeldFrom     *time.Time        `json:"held_from,omitempty" doc:"When it began"`
	CancelReason string            `json:"cancel_reason,omitempty" doc:"Why it was cancelled"`
	CorrectedAt  *time.Time        `json:"corrected_at,omitempty" doc:"When the record was last corrected"`
	Corrections  int               `json:"corrections" doc:"How often it was corrected"`
	Record       json.RawMessage   `json:"record" doc:"The record as it stands"`
	RulesVersion int               `json:"rules_version,omitempty" doc:"Version of the rules of the latest screening"`
	SampleSeed   int64             `json:"sample_seed,omitempty" doc:"The lot of its sample"`
	ReviewReason string            `json:"review_reason,omitempty" doc:"Why it is reviewed"`
	QueuedAt     *time.Time        `json:"queued_at,omitempty" doc:"When it came to the review desk"`
	ReviewBy     *time.Time        `json:"review_by,omitempty" doc:"Deadline of the review"`
	ClaimedAt    *time.Time        `json:"claimed_at,omitempty" doc:"When the reviewer took it"`
	DecidedAt    *time.Time        `json:"decided_at,omitempty" doc:"When the verdict came"`
	ScoreBP      int64             `json:"score_bp" doc:"Score of the review in basis points"`
	Verdict      json.RawMessage   `json:"verdict" doc:"Marks and dismissed hits"`
	Remarks      string            `json:"remarks,omitempty" doc:"Remarks of the reviewer"`
	Informed     []uuid.UUID       `json:"informed_ids" doc:"Who was informed of the result"`
	ScreenHits   []NegotiationHit  `json:"screening_hits" db:"-" doc:"Hits of all screenings, the latest screening first"`
	Steps        []NegotiationStep `json:"steps" db:"-" doc:"Next steps"`
	Commitments  []CommitmentItem  `json:"commitments" db:"-" doc:"What was promised and what became of it"`
	Reminders    []ReminderItem    `json:"reminders" db:"-" doc:"Reminders linked to it"`
}

// NegotiationHit is a hit of a screening.
type NegotiationHit struct {
	Negotiation  uuid.UUID  `json:"negotiation_id" format:"uuid" doc:"The negotiation"`
	Screening    int        `json:"screening" doc:"Which screening, from 1"`
	No           int        `json:"no" doc:"Number within the screening"`
	Rule         string     `json:"rule" doc:"The rule"`
	RulesVersion int        `json:"rules_version" doc:"Version of the rules"`
	Commitment   *uuid.UUID `json:"commitment_id,omitempty" format:"uuid" doc:"The commitment it is about"`
	Detail       string     `json:"detail" doc:"The values that met"`
	Fatal        bool       `json:"fatal" doc:"It makes the score zero unless dismissed"`
	At           time.Time  `json:"at" doc:"When"`
	EventID      uuid.UUID  `json:"event_id" format:"uuid" doc:"The event"`
}

// NegotiationStep is a next step.
type NegotiationStep struct {
	Negotiation uuid.UUID  `json:"negotiation_id" format:"uuid" doc:"The negotiation"`
	No          int        `json:"no" doc:"Number within the negotiation"`
	What        string     `json:"what" doc:"What is to be done"`
	Who         uuid.UUID  `json:"who_id" format:"uuid" doc:"Who sees to it"`
	WhoName     string     `json:"who_name" doc:"The person's name"`
	DueOn       string     `json:"due_date" format:"date" doc:"The day"`
	DoneAt      *time.Time `json:"done_at,omitempty" doc:"When it was done"`
	Result      string     `json:"result,omitempty" doc:"What came of it"`
}

// Negotiation is one negotiation; domain.ErrNotFound where there is none.
func (q *Queries) Negotiation(ctx context.Context, id uuid.UUID, now time.Time) (NegotiationDetail, error) {
	sql := `select ` + negotiationColumns + `, n.late or (n.state = 'held' and n.record_by < $2) as late, n.planned_from, n.planned_to, n.held_from, n.cancel_reason,
		n.corrected_at, n.corrections, n.record, n.rules_version, n.sample_seed, n.review_reason, n.queued_at, n.review_by, n.claimed_at, n.decided_at, n.score_bp,
		n.verdict, n.remarks, n.informed` + negotiationTables + `where n.id = $1`
	d, err := one[NegotiationDetail](ctx, q.DB, sql, id, now)
	if err != nil {
		return d, err
	}
	if d.ScreenHits, err = rows[NegotiationHit](ctx, q.DB, `select * from read.negotiation_hit where negotiation = $1 order by screening desc, no`, id); err != nil {
		return d, err
	}
	if d.Steps, err = rows[NegotiationStep](ctx, q.DB, `select s.negotiation, s.no, s.what, s.who, coalesce(e.name, '') as who_name, s.due_on::text as due_on,
		s.done_at, s.result from read.negotiation_step s left join read.employee e on e.id = s.who where s.negotiation = $1 order by s.no`, id); err != nil {
		return d, err
	}
	promises, err := q.Commitments(ctx, CommitmentFilter{Source: id, PageRequest: PageRequest{Limit: 500}}, now)
	if err != nil {
		return d, err
	}
	d.Commitments = promises.Items
	d.Reminders, err = q.remindersOf(ctx, domain.Negotiations.Name(), id)
	return d, err
}

// ReviewDeskFilter asks for a part of the review desk.
type ReviewDeskFilter struct {
	Reviewer  uuid.UUID `query:"reviewer" format:"uuid" doc:"Claimed by this reviewer"`
	Unclaimed bool      `query:"unclaimed" doc:"Claimed by nobody"`
	Overdue   bool      `query:"overdue" doc:"Past the deadline"`
	Reasons   []string  `query:"reason" maxItems:"3" doc:"Why it is reviewed: hit, sample, re_review"`
	PageRequest
}

// ReviewDeskItem is a record that waits for its review.
type ReviewDeskItem struct {
	NegotiationItem
	ReviewReason string           `json:"review_reason" doc:"Why it is reviewed: hit, sample, re_review"`
	QueuedAt     time.Time        `json:"queued_at" doc:"Since when it waits"`
	ReviewBy     time.Time        `json:"review_by" doc:"Deadline"`
	Overdue      bool             `json:"overdue" doc:"Past the deadline"`
	Escalated    bool             `json:"escalated" doc:"The missed deadline was escalated"`
	Corrections  int              `json:"corrections" doc:"How often the record was corrected"`
	LatestHits   []NegotiationHit `json:"latest_hits" db:"-" doc:"Hits of the latest screening"`
	Screenings   int              `json:"-"`
}

// ReviewDesk is the queue of records to be reviewed, the nearest deadline first.
func (q *Queries) ReviewDesk(ctx context.Context, f ReviewDeskFilter, now time.Time) (Page[ReviewDeskItem], error) {
	w := &where{}
	w.and(true, "n.review in ('queued', 'claimed')")
	w.and(f.Reviewer != uuid.Nil, "n.reviewer = ?", f.Reviewer)
	w.and(f.Unclaimed, "n.reviewer is null")
	w.and(f.Overdue, "n.review_by < ?", now)
	w.and(len(f.Reasons) > 0, "n.review_reason = any(?)", f.Reasons)
	var (
		by time.Time
		id uuid.UUID
	)
	paged, err := f.after(&by, &id)
	if err != nil {
		return Page[ReviewDeskItem]{}, err
	}
	w.and(paged, "(n.review_by, n.id) > (?, ?)", by, id)
	//sqlvet:built the parts are constants of this package; values travel as arguments
	sql := `select ` + negotiationColumns + `, n.late, n.review_reason, n.queued_at, n.review_by, n.review_by < ` + w.arg(now) + ` as overdue, n.escalated,
		n.corrections, n.screenings` + negotiationTables + `where ` + w.sql() + ` order by n.review_by, n.id limit ` + w.arg(f.limit()+1)
	found, err := rows[ReviewDeskItem](ctx, q.DB, sql, w.args...)
	if err != nil {
		return Page[ReviewDeskItem]{}, err
	}
	desk := page(found, f.limit(), func(r ReviewDeskItem) []any { return []any{r.ReviewBy, r.ID} })
	return desk, q.addHits(ctx, desk.Items)
}

func (q *Queries) addHits(ctx context.Context, items []ReviewDeskItem) error {
	ids := make([]uuid.UUID, len(items))
	for i := range items {
		ids[i], items[i].LatestHits = items[i].ID, []NegotiationHit{}
	}
	hits, err := rows[NegotiationHit](ctx, q.DB, `select * from read.negotiation_hit where negotiation = any($1) order by negotiation, no`, ids)
	for _, h := range hits {
		for i := range items {
			if items[i].ID == h.Negotiation && items[i].Screenings == h.Screening {
				items[i].LatestHits = append(items[i].LatestHits, h)
			}
		}
	}
	return err
}

// NegotiationMetricsFilter bounds the metrics of negotiations.
type NegotiationMetricsFilter struct {
	From   time.Time `query:"from" doc:"Recorded at or after"`
	Until  time.Time `query:"until" doc:"Recorded before"`
	Author uuid.UUID `query:"author" format:"uuid" doc:"Records of this author"`
}

// NegotiationMetrics measures recording and review. Shares are in basis points and absent where nothing is to be shared.
type NegotiationMetrics struct {
	Recorded           int        `json:"recorded" doc:"Records"`
	LateRecords        int        `json:"late_records" doc:"Of these recorded late"`
	WithHits           int        `json:"with_hits" doc:"Records whose latest screening hit"`
	HitRateBP          *int64     `json:"hit_rate_bp,omitempty" doc:"Share of records with hits"`
	Queued             int        `json:"reviews_required" doc:"Records that came to the review desk"`
	Decided            int        `json:"reviews_decided" doc:"Of these decided"`
	DecidedInTime      int        `json:"reviews_in_time" doc:"Of these within the deadline"`
	MedianReviewMin    *int64     `json:"median_review_min,omitempty" doc:"Median from the queue to the verdict, in minutes of the clock"`
	P90ReviewMin       *int64     `json:"p90_review_min,omitempty" doc:"The same for nine of ten"`
	AverageScoreBP     *int64     `json:"average_score_bp,omitempty" doc:"Average score of the decided reviews"`
	Stops              int        `json:"stops" doc:"Stops"`
	EarlyStops         int        `json:"early_stops" doc:"Of these before bargaining began"`
	EarlyStopRateBP    *int64     `json:"early_stop_rate_bp,omitempty" doc:"Share of early stops: the aim is to stop at the initial stage"`
	Rules              []RuleHits `json:"rules" db:"-" doc:"Hits by rule"`
	StillBlocked       int        `json:"still_blocked" doc:"Stopped and not approved since"`
	OverdueReviews     int        `json:"overdue_reviews" doc:"Waiting past their deadline"`
	UnrecordedTooLong  int        `json:"unrecorded_too_long" doc:"Held and past the deadline of the record"`
	OpenCommitments    int        `json:"open_commitments" db:"-" doc:"Open commitments of ours"`
	OverdueCommitments int        `json:"overdue_commitments" db:"-" doc:"Of these past their day"`
}

// RuleHits counts the hits of a rule.
type RuleHits struct {
	Rule         string `json:"rule" doc:"The rule"`
	Hits         int    `json:"hits" doc:"Hits"`
	Negotiations int    `json:"negotiations" doc:"Negotiations hit"`
}

// NegotiationMetrics computes the metrics.
func (q *Queries) NegotiationMetrics(ctx context.Context, f NegotiationMetricsFilter, now time.Time) (NegotiationMetrics, error) {
	author, from, until := any(nil), orZero(f.From), orZero(f.Until)
	if f.Author != uuid.Nil {
		author = f.Author
	}
	m, err := one[NegotiationMetrics](ctx, q.DB, `
		with records as (
			select * from read.negotiation where ($1::uuid is null or author = $1) and ($2::timestamptz is null or coalesce(recorded_at, at_time) >= $2)
				and ($3::timestamptz is null or coalesce(recorded_at, at_time) < $3)
		), stopped as (
			select * from read.negotiation_stop where ($1::uuid is null or author = $1) and ($2::timestamptz is null or at >= $2) and ($3::timestamptz is null or at < $3)
		), sums as (
			select count(*) filter (where state = 'recorded') as recorded, count(*) filter (where late) as late_records, count(*) filter (where hits > 0) as with_hits,
				count(*) filter (where queued_at is not null) as queued, count(*) filter (where decided_at is not null) as decided,
				count(*) filter (where review_in_time) as decided_in_time,
				percentile_cont(0.5) within group (order by extract(epoch from decided_at - queued_at) / 60) filter (where decided_at is not null) as median,
				percentile_cont(0.9) within group (order by extract(epoch from decided_at - queued_at) / 60) filter (where decided_at is not null) as p90,
				avg(score_bp) filter (where decided_at is not null) as score,
				count(*) filter (where blocked) as still_blocked,
				count(*) filter (where review in ('queued', 'claimed') and review_by < $4) as overdue_reviews,
				count(*) filter (where state = 'held' and record_by < $4) as unrecorded_too_long
			from records
		), stops as (select count(*) as stops, count(*) filter (where early) as early_stops from stopped)
		select recorded, late_records, with_hits, with_hits * 10000 / nullif(recorded, 0) as hit_rate_bp, queued, decided, decided_in_time,
			round(median)::bigint as median_review_min, round(p90)::bigint as p90_review_min, round(score)::bigint as average_score_bp,
			stops, early_stops, early_stops * 10000 / nullif(stops, 0) as early_stop_rate_bp, still_blocked, overdue_reviews, unrecorded_too_long
		from sums, stops`, author, from, until, now)
	if err != nil {
		return m, err
	}
	if m.Rules, err = rows[RuleHits](ctx, q.DB, `select h.rule, count(*) as hits, count(distinct h.negotiation) as negotiations
		from read.negotiation_hit h join read.negotiation n on n.id = h.negotiation
		where ($1::uuid is null or n.author = $1) and ($2::timestamptz is null or h.at >= $2) and ($3::timestamptz is null or h.at < $3)
		group by h.rule order by h.rule`, author, from, until); err != nil {
		return m, err
	}
	err = q.DB.QueryRow(ctx, `select count(*), count(*) filter (where due_at < $2) from read.commitment
		where side = 'us' and state = 'open' and ($1::uuid is null or owner = $1)`, author, now).Scan(&m.OpenCommitments, &m.OverdueCommitments)
	return m, err
}

// KnownPersons are the contact persons on the counterparty's card.
func (q *Queries) KnownPersons(ctx context.Context, of domain.CounterpartyID) ([]domain.ContactPersonID, error) {
	aliases, err := q.aliases(ctx, of.UUID())
	if err != nil {
		return nil, err
	}
	found, err := rows[struct{ ID uuid.UUID }](ctx, q.DB, `select id from read.person where client_id = any($1) or employers && $1 order by id`, aliases)
	ids := make([]domain.ContactPersonID, len(found))
	for i, r := range found {
		ids[i] = domain.ContactPersonID(r.ID)
	}
	return ids, err
}

// StandingCommitments are the open commitments with the counterparty, those of the given negotiation left out.
func (q *Queries) StandingCommitments(ctx context.Context, with domain.CounterpartyID, except domain.NegotiationID) ([]domain.KnownCommitment, error) {
	aliases, err := q.aliases(ctx, with.UUID())
	if err != nil {
		return nil, err
	}
	type standing struct {
		ID         uuid.UUID
		Side       string
		Kind       string
		Topic      string
		Value      json.RawMessage
		SourceKind string
		SourceID   uuid.UUID
	}
	found, err := rows[standing](ctx, q.DB, `select id, side, kind, topic, value, source_kind, source_id from read.commitment
		where counterparty = any($1) and state = 'open' and source_id <> $2 order by made_at, id`, aliases, except.UUID())
	known := make([]domain.KnownCommitment, len(found))
	for i, r := range found {
		known[i] = domain.KnownCommitment{
			Commitment: domain.Commitment{ID: domain.CommitmentID(r.ID), By: domain.CommitmentSide(r.Side), Kind: domain.CommitmentKind(r.Kind), Topic: r.Topic},
			Origin:     domain.Ref{Kind: domain.RefKind(r.SourceKind), ID: r.SourceID},
		}
		if err := json.Unmarshal(r.Value, &known[i].Value); err != nil {
			return nil, err
		}
	}
	return known, err
}

// StopsOf counts the author's stopped negotiations since the instant, the given one left out.
func (q *Queries) StopsOf(ctx context.Context, author domain.EmployeeID, since time.Time, except domain.NegotiationID) (int, error) {
	var n int
	err := q.DB.QueryRow(ctx, `select count(distinct negotiation) from read.negotiation_stop where author = $1 and at >= $2 and negotiation <> $3`,
		author.UUID(), since, except.UUID()).Scan(&n)
	return n, err
}

// FollowersOf are the employees to whom the counterparty matters: who is responsible for it, and who owns an open
// commitment to it.
func (q *Queries) FollowersOf(ctx context.Context, counterparty domain.CounterpartyID) ([]domain.EmployeeID, error) {
	aliases, err := q.aliases(ctx, counterparty.UUID())
	if err != nil {
		return nil, err
	}
	found, err := rows[struct{ ID uuid.UUID }](ctx, q.DB, `select distinct id from (
			select responsible_id as id from read.client where id = any($1)
			union all select owner from read.commitment where counterparty = any($1) and state = 'open') all_of_them
		where id is not null order by id`, aliases)
	ids := make([]domain.EmployeeID, len(found))
	for i, r := range found {
		ids[i] = domain.EmployeeID(r.ID)
	}
	return ids, err
}
