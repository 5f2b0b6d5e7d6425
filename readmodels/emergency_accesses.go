package readmodels

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// EmergencyFilter asks for emergency accesses.
type EmergencyFilter struct {
	View string `query:"view" enum:"all,open,unreviewed,mine" default:"all" doc:"All; those that last; those that nobody has reviewed, open ones too; my own that last"`
	PageRequest
}

// EmergencyItem is an emergency access.
type EmergencyItem struct {
	ID           uuid.UUID  `json:"id" format:"uuid" doc:"The emergency access"`
	Person       uuid.UUID  `json:"employee_id" format:"uuid" doc:"Who reads"`
	PersonName   string     `json:"employee_name" doc:"The person's name"`
	Client       *uuid.UUID `json:"counterparty_id,omitempty" format:"uuid" doc:"The client; absent: the whole business"`
	ClientName   string     `json:"counterparty_name,omitempty" doc:"The client's name"`
	Reason       string     `json:"reason" doc:"Why"`
	OpenedAt     time.Time  `json:"opened_at" doc:"Since when"`
	Until        time.Time  `json:"until" doc:"Until when at the latest"`
	EndedAt      *time.Time `json:"ended_at,omitempty" doc:"When it ended"`
	State        string     `json:"state" enum:"open,ended,expired,reviewed" doc:"Where it stands"`
	ReviewerName string     `json:"reviewer_name,omitempty" doc:"Who reviewed it"`
	ReviewedAt   *time.Time `json:"reviewed_at,omitempty" doc:"When"`
	Verdict      string     `json:"verdict,omitempty" enum:"justified,unjustified" doc:"Whether it was justified"`
	Remark       string     `json:"remark,omitempty" doc:"What the reviewer found"`
}

// EmergencyAccesses is one page of emergency accesses, the latest first. One whose time is over is not open, whether or
// not the scheduler has come to it.
func (q *Queries) EmergencyAccesses(ctx context.Context, person uuid.UUID, f EmergencyFilter, now time.Time) (Page[EmergencyItem], error) {
	w := &where{}
	w.and(f.View == "open" || f.View == "mine", "a.state = 'open' and a.until > ?", now)
	w.and(f.View == "mine", "a.person = ?", person)
	w.and(f.View == "unreviewed", "a.state <> 'reviewed'")
	var (
		at time.Time
		id uuid.UUID
	)
	paged, err := f.after(&at, &id)
	if err != nil {
		return Page[EmergencyItem]{}, err
	}
	w.and(paged, "(a.opened_at, a.id) < (?, ?)", at, id)
	//sqlvet:built the parts are constants of this package; values travel as arguments
	found, err := rows[EmergencyItem](ctx, q.DB, `select a.id, a.person, coalesce(p.name, '') as person_name, a.client, coalesce(c.name, '') as client_name,
		a.reason, a.opened_at, a.until, a.ended_at, a.state, coalesce(r.name, '') as reviewer_name, a.reviewed_at, coalesce(a.verdict, '') as verdict, coalesce(a.remark, '') as remark
		from read.emergency_access a left join read.employee p on p.id = a.person left join read.client c on c.id = a.client left join read.employee r on r.id = a.reviewer
		where `+w.sql()+` order by a.opened_at desc, a.id desc limit `+w.arg(f.limit()+1), w.args...)
	return page(found, f.limit(), func(r EmergencyItem) []any { return []any{r.OpenedAt, r.ID} }), err
}
