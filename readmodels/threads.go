package readmodels

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// ThreadFilter asks for a part of the internal correspondence. Everybody reads the threads they take part in.
type ThreadFilter struct {
	Kinds        []string  `query:"kind" maxItems:"4" doc:"Kinds"`
	States       []string  `query:"state" maxItems:"7" doc:"States"`
	Author       uuid.UUID `query:"author" format:"uuid" doc:"Who asked"`
	Addressee    uuid.UUID `query:"addressee" format:"uuid" doc:"Who was asked"`
	Counterparty uuid.UUID `query:"counterparty" format:"uuid" doc:"Counterparty it is about"`
	Context      uuid.UUID `query:"context" format:"uuid" doc:"Record it is about"`
	Disputed     bool      `query:"disputed" doc:"With a dispute that is not ruled"`
	Overdue      bool      `query:"overdue" doc:"With an answer that is overdue"`
	From         time.Time `query:"from" doc:"Opened at or after"`
	Until        time.Time `query:"until" doc:"Opened before"`
	Text         string    `query:"text" maxLength:"200" doc:"Part of the subject or of the text"`
	PageRequest
}

// ThreadItem is a thread in lists.
type ThreadItem struct {
	ID               uuid.UUID   `json:"id" format:"uuid" doc:"The thread"`
	Kind             string      `json:"kind" doc:"question, proposal, agreement or notice"`
	Subject          string      `json:"subject" doc:"Subject"`
	State            string      `json:"state" doc:"Where it stands"`
	Author           uuid.UUID   `json:"author_id" format:"uuid" doc:"Who asked"`
	AuthorName       string      `json:"author_name" doc:"The author's name"`
	Addressees       []uuid.UUID `json:"addressee_ids" doc:"Who was asked"`
	AddresseeNames   []string    `json:"addressee_names" doc:"Their names, in the same order"`
	ContextKind      string      `json:"context_kind,omitempty" doc:"Kind of the record it is about"`
	ContextID        *uuid.UUID  `json:"context_id,omitempty" format:"uuid" doc:"The record it is about"`
	Counterparty     *uuid.UUID  `json:"counterparty_id,omitempty" format:"uuid" doc:"Counterparty it is about"`
	CounterpartyName string      `json:"counterparty_name,omitempty" doc:"Its name"`
	OpenedAt         time.Time   `json:"opened_at" doc:"When it was opened"`
	ChangedAt        time.Time   `json:"changed_at" doc:"When something last happened"`
	Waiting          int         `json:"waiting" doc:"Addressees who have not answered"`
	NextReplyBy      *time.Time  `json:"next_reply_by,omitempty" doc:"The nearest deadline of an answer"`
	Overdue          bool        `json:"overdue" doc:"An answer is overdue"`
	DisputeState     string      `json:"dispute_state,omitempty" doc:"Where the dispute stands"`
	Version          int         `json:"version,omitempty" doc:"Version of an agreement's text"`
}

const threadColumns = `t.id, t.kind, t.subject, t.state, t.author, coalesce(a.name, '') as author_name, t.addressees,
	array(select coalesce(e.name, '') from unnest(t.addressees) with ordinality as x(id, place) left join read.employee e on e.id = x.id order by x.place) as addressee_names,
	t.context_kind, t.context_id, t.counterparty, coalesce(c.name, '') as counterparty_name, t.opened_at, t.changed_at, coalesce(w.waiting, 0) as waiting,
	w.next_reply_by, coalesce(w.overdue, false) as overdue, t.dispute_state, t.version`

// threadTables takes the placeholder of the present instant.
func threadTables(now string) string {
	return ` from read.internal_thread t left join read.employee a on a.id = t.author left join read.client c on c.id = t.counterparty
	left join lateral (select count(*) as waiting, min(p.reply_by) as next_reply_by, bool_or(p.reply_by <= ` + now + `) as overdue
		from read.thread_party p where p.thread = t.id and p.waiting) w on true `
}

// Threads is one page of the threads that the reader takes part in, the newest first.
func (q *Queries) Threads(ctx context.Context, f ThreadFilter, reader uuid.UUID, now time.Time) (Page[ThreadItem], error) {
	w := &where{}
	tables := threadTables(w.arg(now))
	w.and(true, "t.readers @> array[?::uuid]", reader)
	w.and(len(f.Kinds) > 0, "t.kind = any(?)", f.Kinds)
	w.and(len(f.States) > 0, "t.state = any(?)", f.States)
	w.and(f.Author != uuid.Nil, "t.author = ?", f.Author)
	w.and(f.Addressee != uuid.Nil, "t.addressees @> array[?::uuid]", f.Addressee)
	w.and(f.Context != uuid.Nil, "t.context_id = ?", f.Context)
	w.and(f.Disputed, "t.dispute_state in ('opened', 'under_arbitration')")
	w.and(f.Overdue, "w.overdue")
	w.and(!f.From.IsZero(), "t.opened_at >= ?", f.From)
	w.and(!f.Until.IsZero(), "t.opened_at < ?", f.Until)
	w.and(f.Text != "", "(t.subject || ' ' || t.text) ilike '%' || ? || '%'", escapeLike(f.Text))
	if f.Counterparty != uuid.Nil {
		aliases, err := q.aliases(ctx, f.Counterparty)
		if err != nil {
			return Page[ThreadItem]{}, err
		}
		w.and(true, "t.counterparty = any(?)", aliases)
	}
	var (
		at time.Time
		id uuid.UUID
	)
	paged, err := f.after(&at, &id)
	if err != nil {
		return Page[ThreadItem]{}, err
	}
	w.and(paged, "(t.opened_at, t.id) < (?, ?)", at, id)
	//sqlvet:built the parts are constants of this package; values travel as arguments
	sql := `select ` + threadColumns + tables + `where ` + w.sql() + ` order by t.opened_at desc, t.id desc limit ` + w.arg(f.limit()+1)
	found, err := rows[ThreadItem](ctx, q.DB, sql, w.args...)
	return page(found, f.limit(), func(r ThreadItem) []any { return []any{r.OpenedAt, r.ID} }), err
}

// ThreadDetail is one thread with its addressees, its course and its disputes.
type ThreadDetail struct {
	ThreadItem
	Text        string          `json:"text" doc:"The question, the proposal, or the present text of the agreement"`
	CC          []uuid.UUID     `json:"cc_ids" doc:"Who reads along"`
	AcceptedBy  []uuid.UUID     `json:"accepted_by_ids" doc:"Who has accepted this version"`
	ConcludedAt *time.Time      `json:"concluded_at,omitempty" doc:"Since when the agreement holds"`
	ClosedAt    *time.Time      `json:"closed_at,omitempty" doc:"When it was closed, declined or superseded"`
	ClosedWords string          `json:"closed_words,omitempty" doc:"What came of it"`
	Successor   *uuid.UUID      `json:"successor_id,omitempty" format:"uuid" doc:"Agreement that took its place"`
	Parties     []ThreadParty   `json:"parties" db:"-" doc:"The addressees with their clocks"`
	Entries     []ThreadEntry   `json:"entries" db:"-" doc:"Everything that happened, in order; the first 1000 steps"`
	DisputeList []ThreadDispute `json:"disputes" db:"-" doc:"Its disputes"`
}

// ThreadParty is an addressee with the present clock.
type ThreadParty struct {
	Employee       uuid.UUID  `json:"employee_id" format:"uuid" doc:"The addressee"`
	EmployeeName   string     `json:"employee_name" doc:"The person's name"`
	State          string     `json:"state" doc:"asked, seen, answered, returned, accepted or declined"`
	Waiting        bool       `json:"waiting" doc:"An answer is expected"`
	Clock          int        `json:"clock" doc:"Number of the clock"`
	StartedAt      time.Time  `json:"started_at" doc:"When the clock started"`
	ReplyBy        *time.Time `json:"reply_by,omitempty" doc:"Deadline"`
	SeenAt         *time.Time `json:"seen_at,omitempty" doc:"When the addressee read it"`
	AnsweredAt     *time.Time `json:"answered_at,omitempty" doc:"When the clock stopped"`
	Minutes        *int       `json:"minutes,omitempty" doc:"Working minutes on the clock, by the calendar of the day"`
	WaitingMinutes *int       `json:"waiting_minutes,omitempty" db:"-" doc:"Working minutes it has waited"`
	Late           bool       `json:"late" doc:"Answered after the deadline"`
	Overdue        bool       `json:"overdue" doc:"The deadline passed without an answer"`
	MovedTo        *time.Time `json:"proposed_reply_by,omitempty" doc:"Deadline that one side proposes"`
	MovedBy        *uuid.UUID `json:"proposed_by_id,omitempty" format:"uuid" doc:"Who proposes it"`
	MovedReason    string     `json:"proposed_reason,omitempty" doc:"Why"`
}

// ThreadEntry is one step of a thread.
type ThreadEntry struct {
	At            time.Time  `json:"at" doc:"When"`
	By            uuid.UUID  `json:"by_id" format:"uuid" doc:"Who"`
	ByName        string     `json:"by_name" doc:"The person's name"`
	Type          string     `json:"type" doc:"Event type, such as thread.answered"`
	Addressee     *uuid.UUID `json:"addressee_id,omitempty" format:"uuid" doc:"Whom it concerns"`
	AddresseeName string     `json:"addressee_name,omitempty" doc:"The person's name"`
	Text          string     `json:"text,omitempty" doc:"The words"`
	Version       int        `json:"version,omitempty" doc:"Version of the agreement"`
	EventID       uuid.UUID  `json:"event_id" format:"uuid" doc:"The event"`
}

// Thread is one thread, for who takes part in it; to others it does not exist.
func (q *Queries) Thread(ctx context.Context, id, reader uuid.UUID, now time.Time) (ThreadDetail, error) {
	//sqlvet:built the parts are constants of this package; values travel as arguments
	sql := `select ` + threadColumns + `, t.text, t.cc, t.accepted_by, t.concluded_at, t.closed_at, t.closed_words, t.successor` +
		threadTables("$1") + `where t.id = $2 and t.readers @> array[$3::uuid]`
	detail, err := one[ThreadDetail](ctx, q.DB, sql, now, id, reader)
	if err != nil {
		return detail, err
	}
	if detail.Parties, err = q.threadParties(ctx, id, now); err != nil {
		return detail, err
	}
	if detail.Entries, err = rows[ThreadEntry](ctx, q.DB, `select n.at, n.by_id as "by", coalesce(e.name, '') as by_name, n.type, n.addressee, coalesce(a.name, '') as addressee_name,
		n.text, n.version, n.event_id from read.thread_entry n left join read.employee e on e.id = n.by_id left join read.employee a on a.id = n.addressee
		where n.thread = $1 order by n.position limit 1000`, id); err != nil {
		return detail, err
	}
	detail.DisputeList, err = rows[ThreadDispute](ctx, q.DB, `select `+disputeColumns+disputeTables+`where s.thread = $1 order by s.no`, id)
	return detail, err
}

func (q *Queries) threadParties(ctx context.Context, thread uuid.UUID, now time.Time) ([]ThreadParty, error) {
	parties, err := rows[ThreadParty](ctx, q.DB, `select p.employee, coalesce(e.name, '') as employee_name, p.state, p.waiting, p.clock, p.started_at, p.reply_by, p.seen_at,
		p.answered_at, p.minutes, p.late, (p.waiting and p.reply_by <= $2) as overdue, p.moved_to, p.moved_by, p.moved_reason
		from read.thread_party p left join read.employee e on e.id = p.employee where p.thread = $1 order by e.name, p.id`, thread, now)
	if err != nil {
		return nil, err
	}
	people := make([]uuid.UUID, len(parties))
	for i, p := range parties {
		people[i] = p.Employee
	}
	schedules, err := q.Schedules(ctx, people)
	for i, p := range parties {
		if p.Waiting {
			minutes := schedules[p.Employee].BusinessMinutes(p.StartedAt, now)
			parties[i].WaitingMinutes = &minutes
		}
	}
	return parties, err
}

// AwaitedAnswer is an answer that one person owes to another.
type AwaitedAnswer struct {
	Thread           uuid.UUID  `json:"thread_id" format:"uuid" doc:"The thread"`
	Kind             string     `json:"kind" doc:"question, proposal or agreement"`
	Subject          string     `json:"subject" doc:"Subject"`
	Author           uuid.UUID  `json:"author_id" format:"uuid" doc:"Who asked"`
	AuthorName       string     `json:"author_name" doc:"The author's name"`
	Employee         uuid.UUID  `json:"employee_id" format:"uuid" doc:"Who has to answer"`
	EmployeeName     string     `json:"employee_name" doc:"The person's name"`
	State            string     `json:"state" doc:"asked, seen or returned"`
	StartedAt        time.Time  `json:"started_at" doc:"When the clock started"`
	ReplyBy          *time.Time `json:"reply_by,omitempty" doc:"Deadline"`
	Overdue          bool       `json:"overdue" doc:"The deadline has passed"`
	WaitingMinutes   int        `json:"waiting_minutes" db:"-" doc:"Working minutes it has waited, by the calendar of who has to answer"`
	Counterparty     *uuid.UUID `json:"counterparty_id,omitempty" format:"uuid" doc:"Counterparty it is about"`
	CounterpartyName string     `json:"counterparty_name,omitempty" doc:"Its name"`
}

// OwedByMe are the answers an employee owes, the overdue first: section 2 of the daily report.
func (q *Queries) OwedByMe(ctx context.Context, employee uuid.UUID, now time.Time) ([]AwaitedAnswer, error) {
	return q.awaited(ctx, "p.employee = $2", employee, now)
}

// OwedToMe are the answers an employee waits for, the overdue first: section 3 of the daily report.
func (q *Queries) OwedToMe(ctx context.Context, author uuid.UUID, now time.Time) ([]AwaitedAnswer, error) {
	return q.awaited(ctx, "p.author = $2 and p.employee <> $2", author, now)
}

func (q *Queries) awaited(ctx context.Context, whose string, who uuid.UUID, now time.Time) ([]AwaitedAnswer, error) {
	//sqlvet:built the parts are constants of this package; values travel as arguments
	sql := `select p.thread, p.kind, t.subject, p.author, coalesce(a.name, '') as author_name, p.employee, coalesce(e.name, '') as employee_name,
		p.state, p.started_at, p.reply_by, (p.reply_by is not null and p.reply_by <= $1) as overdue, t.counterparty, coalesce(c.name, '') as counterparty_name
		from read.thread_party p join read.internal_thread t on t.id = p.thread left join read.employee a on a.id = p.author
		left join read.employee e on e.id = p.employee left join read.client c on c.id = t.counterparty
		where p.waiting and ` + whose + ` order by overdue desc, p.reply_by nulls last, p.id limit 1000`
	found, err := rows[AwaitedAnswer](ctx, q.DB, sql, now, who)
	if err != nil {
		return nil, err
	}
	people := make([]uuid.UUID, len(found))
	for i, a := range found {
		people[i] = a.Employee
	}
	schedules, err := q.Schedules(ctx, people)
	for i, a := range found {
		found[i].WaitingMinutes = schedules[a.Employee].BusinessMinutes(a.StartedAt, now)
	}
	return found, err
}

// ThreadDispute is a dispute about a thread.
type ThreadDispute struct {
	Thread       uuid.UUID  `json:"thread_id" format:"uuid" doc:"The thread"`
	Subject      string     `json:"subject" doc:"Its subject"`
	No           int        `json:"no" doc:"Number within the thread"`
	State        string     `json:"state" doc:"opened, under_arbitration or ruled"`
	OpenedBy     uuid.UUID  `json:"opened_by_id" format:"uuid" doc:"Who opened it"`
	OpenedByName string     `json:"opened_by_name" doc:"The person's name"`
	OpenedAt     time.Time  `json:"opened_at" doc:"When"`
	Reason       string     `json:"reason" doc:"What is disputed"`
	Arbiter      *uuid.UUID `json:"arbiter_id,omitempty" format:"uuid" doc:"Who rules"`
	ArbiterName  string     `json:"arbiter_name,omitempty" doc:"The arbiter's name"`
	AppointedAt  *time.Time `json:"appointed_at,omitempty" doc:"When the arbiter was appointed"`
	Ruling       string     `json:"ruling,omitempty" doc:"The decision"`
	RuledAt      *time.Time `json:"ruled_at,omitempty" doc:"When it was made"`
}

const disputeColumns = `s.thread, t.subject, s.no, s.state, s.opened_by, coalesce(o.name, '') as opened_by_name, s.opened_at, s.reason, s.arbiter,
	coalesce(r.name, '') as arbiter_name, s.appointed_at, s.ruling, s.ruled_at`

const disputeTables = ` from read.thread_dispute s join read.internal_thread t on t.id = s.thread left join read.employee o on o.id = s.opened_by
	left join read.employee r on r.id = s.arbiter `

// DisputeFilter asks for disputes.
type DisputeFilter struct {
	States  []string  `query:"state" maxItems:"3" doc:"States"`
	Arbiter uuid.UUID `query:"arbiter" format:"uuid" doc:"Who rules"`
	PageRequest
}

// Disputes is one page of the disputes about threads that the reader takes part in, the newest first.
func (q *Queries) Disputes(ctx context.Context, f DisputeFilter, reader uuid.UUID) (Page[ThreadDispute], error) {
	w := &where{}
	w.and(true, "t.readers @> array[?::uuid]", reader)
	w.and(len(f.States) > 0, "s.state = any(?)", f.States)
	w.and(f.Arbiter != uuid.Nil, "s.arbiter = ?", f.Arbiter)
	var (
		at time.Time
		id string
	)
	paged, err := f.after(&at, &id)
	if err != nil {
		return Page[ThreadDispute]{}, err
	}
	w.and(paged, "(s.opened_at, s.id) < (?, ?)", at, id)
	type row struct {
		ID string
		ThreadDispute
	}
	//sqlvet:built the parts are constants of this package; values travel as arguments
	sql := `select s.id, ` + disputeColumns + disputeTables + `where ` + w.sql() + ` order by s.opened_at desc, s.id desc limit ` + w.arg(f.limit()+1)
	found, err := rows[row](ctx, q.DB, sql, w.args...)
	cut := page(found, f.limit(), func(r row) []any { return []any{r.OpenedAt, r.ID} })
	items := make([]ThreadDispute, len(cut.Items))
	for i, r := range cut.Items {
		items[i] = r.ThreadDispute
	}
	return Page[ThreadDispute]{Items: items, Next: cut.Next}, err
}

// AgreementItem is an agreement between employees in the register.
type AgreementItem struct {
	ThreadItem
	Text          string      `json:"text" doc:"The present text"`
	AcceptedBy    []uuid.UUID `json:"accepted_by_ids" doc:"Who has accepted this version"`
	AcceptedNames []string    `json:"accepted_by_names" doc:"Their names"`
	ConcludedAt   *time.Time  `json:"concluded_at,omitempty" doc:"Since when it holds"`
	ClosedAt      *time.Time  `json:"closed_at,omitempty" doc:"When it was declined or superseded"`
	ClosedWords   string      `json:"closed_words,omitempty" doc:"Why"`
	Successor     *uuid.UUID  `json:"successor_id,omitempty" format:"uuid" doc:"Agreement that took its place"`
}

// AgreementFilter asks for a part of the register of agreements.
type AgreementFilter struct {
	States       []string  `query:"state" maxItems:"5" doc:"proposed, agreed, declined, superseded, closed"`
	Party        uuid.UUID `query:"party" format:"uuid" doc:"Who is a party of it"`
	Counterparty uuid.UUID `query:"counterparty" format:"uuid" doc:"Counterparty it is about"`
	Text         string    `query:"text" maxLength:"200" doc:"Part of the subject or of the text"`
	PageRequest
}

// Agreements is one page of the register of agreements that the reader takes part in, the newest first.
func (q *Queries) Agreements(ctx context.Context, f AgreementFilter, reader uuid.UUID, now time.Time) (Page[AgreementItem], error) {
	w := &where{}
	tables := threadTables(w.arg(now))
	w.and(true, "t.kind = 'agreement'")
	w.and(true, "t.readers @> array[?::uuid]", reader)
	w.and(len(f.States) > 0, "t.state = any(?)", f.States)
	w.and(f.Party != uuid.Nil, "t.author = ? or t.addressees @> array[?::uuid]", f.Party, f.Party)
	w.and(f.Text != "", "(t.subject || ' ' || t.text) ilike '%' || ? || '%'", escapeLike(f.Text))
	if f.Counterparty != uuid.Nil {
		aliases, err := q.aliases(ctx, f.Counterparty)
		if err != nil {
			return Page[AgreementItem]{}, err
		}
		w.and(true, "t.counterparty = any(?)", aliases)
	}
	var (
		at time.Time
		id uuid.UUID
	)
	paged, err := f.after(&at, &id)
	if err != nil {
		return Page[AgreementItem]{}, err
	}
	w.and(paged, "(t.opened_at, t.id) < (?, ?)", at, id)
	//sqlvet:built the parts are constants of this package; values travel as arguments
	sql := `select ` + threadColumns + `, t.text, t.accepted_by, array(select coalesce(e.name, '') from unnest(t.accepted_by) with ordinality as x(id, place)
		left join read.employee e on e.id = x.id order by x.place) as accepted_names, t.concluded_at, t.closed_at, t.closed_words, t.successor` +
		tables + `where ` + w.sql() + ` order by t.opened_at desc, t.id desc limit ` + w.arg(f.limit()+1)
	found, err := rows[AgreementItem](ctx, q.DB, sql, w.args...)
	return page(found, f.limit(), func(r AgreementItem) []any { return []any{r.OpenedAt, r.ID} }), err
}
