package readmodels

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// DuplicateFilter asks for a part of the queue of possible duplicates.
type DuplicateFilter struct {
	State  string    `query:"state" enum:"candidate,merge_proposed,rejected,branch,merged,unmerged" doc:"Where the question stands; unanswered when absent"`
	Rule   string    `query:"rule" enum:"same_inn,other_kpp,same_phone,same_email,similar_name,flagged_by_hand" doc:"Reason of the suspicion"`
	Client uuid.UUID `query:"client" format:"uuid" doc:"Pairs with this counterparty"`
	PageRequest
}

// DuplicateItem is a pair with both sides beside each other.
type DuplicateItem struct {
	ID         uuid.UUID     `json:"id" format:"uuid" doc:"The pair"`
	State      string        `json:"state" doc:"Where the question stands"`
	Score      int           `json:"score" doc:"Sum of the rules; 70 makes a candidate"`
	Rules      []string      `json:"rules" doc:"Reasons of the suspicion"`
	Suggestion string        `json:"suggestion" enum:"merge,branch" doc:"An equal INN with another KPP suggests a branch"`
	Note       string        `json:"note,omitempty" doc:"What a person said"`
	Flagged    time.Time     `json:"flagged_at" db:"flagged_at" doc:"Since when"`
	Left       DuplicateSide `json:"left" db:"-" doc:"One side"`
	Right      DuplicateSide `json:"right" db:"-" doc:"The other side"`
	Survivor   *uuid.UUID    `json:"survivor_id,omitempty" db:"survivor_id" format:"uuid" doc:"Which one stays, or the head of a branch" holds:"client"`
	Take       []string      `json:"take_from_loser" db:"take_from_loser" doc:"Fields whose value the other one gives"`
	Proposer   *uuid.UUID    `json:"proposer_id,omitempty" db:"proposer_id" format:"uuid" doc:"Who proposed the merge"`
	Answerer   *uuid.UUID    `json:"answered_by,omitempty" db:"answered_by" format:"uuid" doc:"Who answered"`
	Answered   *time.Time    `json:"answered_at,omitempty" db:"answered_at" doc:"When"`
	Reason     string        `json:"reason,omitempty" doc:"Why"`
	LeftID     uuid.UUID     `json:"-"`
	RightID    uuid.UUID     `json:"-"`
}

// DuplicateSide is one of the two counterparties as one needs it to decide.
type DuplicateSide struct {
	ID          uuid.UUID                  `json:"id" format:"uuid" doc:"The counterparty" holds:"client"`
	Name        string                     `json:"name" doc:"Its name"`
	State       string                     `json:"state" doc:"Where the relationship stands"`
	Record      domain.CounterpartyRecord  `json:"record" doc:"What is known about it"`
	Roles       []string                   `json:"roles" doc:"What it is to us"`
	KeyAccount  bool                       `json:"key_account" doc:"Merging it needs a second person"`
	Responsible *uuid.UUID                 `json:"responsible_id,omitempty" db:"responsible_id" format:"uuid" doc:"Responsible employee"`
	External    []domain.ExternalReference `json:"external_ids" db:"external_ids" doc:"Numbers in other systems"`
	People      int                        `json:"people" doc:"Contact persons, past and present"`
	Registered  time.Time                  `json:"registered_at" db:"registered_at" doc:"When it was registered"`
}

// DuplicateQueue is one page of pairs, the surest first.
func (q *Queries) DuplicateQueue(ctx context.Context, f DuplicateFilter) (Page[DuplicateItem], error) {
	w := &where{}
	w.and(f.State != "", "state = ?", f.State)
	w.and(f.State == "", "state in ('candidate', 'merge_proposed')")
	w.and(f.Rule != "", "rules @> array[?]", f.Rule)
	w.and(f.Client != uuid.Nil, "(left_id = ? or right_id = ?)", f.Client, f.Client)
	var score int
	var id uuid.UUID
	paged, err := f.after(&score, &id)
	if err != nil {
		return Page[DuplicateItem]{}, err
	}
	w.and(paged, "(-score, id) > (?, ?)", -score, id)
	//sqlvet:built the parts are constants of this package; values travel as arguments
	found, err := rows[DuplicateItem](ctx, q.DB, `select id, left_id, right_id, state, score, rules, case when rules @> '{other_kpp}' then 'branch' else 'merge' end as suggestion,
			note, flagged_at, survivor_id, take_from_loser, proposer_id, answered_by, answered_at, reason
		from read.duplicate_pair where `+w.sql()+` order by score desc, id limit `+w.arg(f.limit()+1), w.args...)
	if err != nil {
		return Page[DuplicateItem]{}, err
	}
	cut := page(found, f.limit(), func(d DuplicateItem) []any { return []any{d.Score, d.ID} })
	return cut, q.sides(ctx, cut.Items)
}

// sides completes both counterparties of each pair.
func (q *Queries) sides(ctx context.Context, pairs []DuplicateItem) error {
	ids := make([]uuid.UUID, 0, 2*len(pairs))
	for _, p := range pairs {
		ids = append(ids, p.LeftID, p.RightID)
	}
	//sqlvet:built the parts are constants of this package; values travel as arguments
	found, err := rows[DuplicateSide](ctx, q.DB, `select c.id, c.name, c.state, c.card -> 'record' as record, c.roles, c.key_account, c.responsible_id, `+fromCard("c", "external_ids")+`, c.registered_at,
			(select count(*) from read.person p where p.employers @> array[c.id]) as people from read.client c where c.id = any($1)`, ids)
	side := make(map[uuid.UUID]DuplicateSide, len(found))
	for _, s := range found {
		side[s.ID] = s
	}
	for i, p := range pairs {
		pairs[i].Left, pairs[i].Right = side[p.LeftID], side[p.RightID]
	}
	return err
}

// MergeItem is a merge or un-merge.
type MergeItem struct {
	Position     int64      `json:"position" doc:"Its place in the order of all events"`
	At           time.Time  `json:"at" doc:"When"`
	Pair         uuid.UUID  `json:"pair_id" db:"pair_id" format:"uuid" doc:"The pair"`
	Action       string     `json:"action" enum:"merged,unmerged" doc:"What was done"`
	Survivor     uuid.UUID  `json:"survivor_id" db:"survivor_id" format:"uuid" doc:"Which one stayed" holds:"client"`
	SurvivorName string     `json:"survivor_name" doc:"Its name"`
	Loser        uuid.UUID  `json:"loser_id" db:"loser_id" format:"uuid" doc:"Which one was merged into it" holds:"client"`
	LoserName    string     `json:"loser_name" doc:"Its name"`
	Take         []string   `json:"take_from_loser" db:"take_from_loser" doc:"Fields whose value it gave"`
	Proposer     *uuid.UUID `json:"proposer_id,omitempty" db:"proposer_id" format:"uuid" doc:"Who proposed it"`
	Actor        *uuid.UUID `json:"actor_id,omitempty" db:"actor_id" format:"uuid" doc:"Who did it"`
	ActorName    string     `json:"actor_name" doc:"The person's name"`
	Reason       string     `json:"reason,omitempty" doc:"Why"`
}

// MergeLogFilter asks for a part of the merge log.
type MergeLogFilter struct {
	Client uuid.UUID `query:"client" format:"uuid" doc:"Merges of this counterparty"`
	PageRequest
}

// MergeLog is one page of merges and un-merges, the newest first.
func (q *Queries) MergeLog(ctx context.Context, f MergeLogFilter) (Page[MergeItem], error) {
	w := &where{}
	w.and(f.Client != uuid.Nil, "(m.survivor_id = ? or m.loser_id = ?)", f.Client, f.Client)
	var position int64
	paged, err := f.after(&position)
	if err != nil {
		return Page[MergeItem]{}, err
	}
	w.and(paged, "m.position < ?", position)
	//sqlvet:built the parts are constants of this package; values travel as arguments
	found, err := rows[MergeItem](ctx, q.DB, `select m.position, m.at, m.pair_id, m.action, m.survivor_id, coalesce(s.name, '') as survivor_name, m.loser_id,
			coalesce(l.name, '') as loser_name, m.take_from_loser, m.proposer_id, m.actor_id, coalesce(e.name, '') as actor_name, m.reason
		from read.merge_log m left join read.client s on s.id = m.survivor_id left join read.client l on l.id = m.loser_id left join read.employee e on e.id = m.actor_id
		where `+w.sql()+` order by m.position desc limit `+w.arg(f.limit()+1), w.args...)
	return page(found, f.limit(), func(m MergeItem) []any { return []any{m.Position} }), err
}
