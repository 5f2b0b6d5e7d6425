package readmodels

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// CommitmentFilter asks for a part of the register of commitments.
type CommitmentFilter struct {
	Counterparty uuid.UUID `query:"counterparty" format:"uuid" doc:"To or by this counterparty"`
	Owner        uuid.UUID `query:"owner" format:"uuid" doc:"Our employee who sees to it"`
	Side         string    `query:"side" enum:"us,them" doc:"Ours or theirs"`
	States       []string  `query:"state" maxItems:"6" doc:"States"`
	Kinds        []string  `query:"kind" maxItems:"10" doc:"Kinds"`
	Source       uuid.UUID `query:"source" format:"uuid" doc:"Made in this record"`
	DueFrom      time.Time `query:"due_from" doc:"Due at or after"`
	DueUntil     time.Time `query:"due_until" doc:"Due before"`
	Overdue      bool      `query:"overdue" doc:"Open and past its day"`
	Text         string    `query:"text" maxLength:"200" doc:"Part of the topic, text or sentence"`
	PageRequest
}

// CommitmentItem is a promise and what became of it.
type CommitmentItem struct {
	ID               uuid.UUID       `json:"id" format:"uuid" doc:"The commitment"`
	Counterparty     *uuid.UUID      `json:"counterparty_id,omitempty" format:"uuid" doc:"To or by whom"`
	CounterpartyName string          `json:"counterparty_name" doc:"Its name"`
	SourceKind       string          `json:"source_kind" doc:"Kind of the record it was made in"`
	SourceID         uuid.UUID       `json:"source_id" format:"uuid" doc:"That record"`
	SourceTitle      string          `json:"source_title,omitempty" doc:"Its topic"`
	Side             string          `json:"side" doc:"us or them: who promised"`
	Kind             string          `json:"kind" doc:"Kind of promise"`
	Topic            string          `json:"topic" doc:"What it is about"`
	Text             string          `json:"text" doc:"The promise"`
	Sentence         string          `json:"sentence,omitempty" doc:"The exact sentence"`
	Value            json.RawMessage `json:"value" doc:"The value promised"`
	ValueText        string          `json:"value_text,omitempty" doc:"The same for reading"`
	DueAt            *time.Time      `json:"due_at,omitempty" doc:"When it is to be kept"`
	Overdue          bool            `json:"overdue" doc:"Open and past its day"`
	Condition        string          `json:"condition,omitempty" doc:"On what condition"`
	Owner            uuid.UUID       `json:"owner_id" format:"uuid" doc:"Who of us sees to it"`
	OwnerName        string          `json:"owner_name" doc:"The person's name"`
	State            string          `json:"state" doc:"What became of it"`
	MadeAt           time.Time       `json:"made_at" doc:"When it was made"`
	SettledAt        *time.Time      `json:"settled_at,omitempty" doc:"When it was kept, broken, waived or superseded"`
	Comment          string          `json:"comment,omitempty" doc:"How that is known"`
	Successor        *uuid.UUID      `json:"successor_id,omitempty" format:"uuid" doc:"The commitment that took its place"`
}

// Commitments is one page of the register, the latest first.
func (q *Queries) Commitments(ctx context.Context, f CommitmentFilter, now time.Time) (Page[CommitmentItem], error) {
	w := &where{}
	w.and(f.Owner != uuid.Nil, "p.owner = ?", f.Owner)
	w.and(f.Side != "", "p.side = ?", f.Side)
	w.and(len(f.States) > 0, "p.state = any(?)", f.States)
	w.and(len(f.Kinds) > 0, "p.kind = any(?)", f.Kinds)
	w.and(f.Source != uuid.Nil, "p.source_id = ?", f.Source)
	w.and(!f.DueFrom.IsZero(), "p.due_at >= ?", f.DueFrom)
	w.and(!f.DueUntil.IsZero(), "p.due_at < ?", f.DueUntil)
	w.and(f.Overdue, "p.state = 'open' and p.due_at < ?", now)
	w.and(f.Text != "", "p.topic || ' ' || p.text || ' ' || p.sentence ilike '%' || ? || '%'", escapeLike(f.Text))
	if f.Counterparty != uuid.Nil {
		aliases, err := q.aliases(ctx, f.Counterparty)
		if err != nil {
			return Page[CommitmentItem]{}, err
		}
		w.and(true, "p.counterparty = any(?)", aliases)
	}
	var (
		made time.Time
		id   uuid.UUID
	)
	paged, err := f.after(&made, &id)
	if err != nil {
		return Page[CommitmentItem]{}, err
	}
	w.and(paged, "(p.made_at, p.id) < (?, ?)", made, id)
	//sqlvet:built the parts are constants of this package; values travel as arguments
	sql := `select p.id, p.counterparty, coalesce(c.name, '') as counterparty_name, p.source_kind, p.source_id, coalesce(n.topic, '') as source_title, p.side, p.kind,
		p.topic, p.text, p.sentence, p.value, p.value_text, p.due_at, coalesce(p.state = 'open' and p.due_at < ` + w.arg(now) + `, false) as overdue, p.condition, p.owner,
		coalesce(o.name, '') as owner_name, p.state, p.made_at, p.settled_at, p.comment, p.successor
		from read.commitment p left join read.client c on c.id = p.counterparty left join read.employee o on o.id = p.owner
		left join read.negotiation n on n.id = p.source_id
		where ` + w.sql() + ` order by p.made_at desc, p.id desc limit ` + w.arg(f.limit()+1)
	found, err := rows[CommitmentItem](ctx, q.DB, sql, w.args...)
	return page(found, f.limit(), func(r CommitmentItem) []any { return []any{r.MadeAt, r.ID} }), err
}
