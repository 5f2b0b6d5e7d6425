package readmodels

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// ApprovalFilter asks for requests for a second person.
type ApprovalFilter struct {
	View string `query:"view" enum:"to_decide,mine,all" default:"to_decide" doc:"Those that I may decide; those that I asked for; all that I may see"`
	PageRequest
}

// ApprovalItem is a request for a second person.
type ApprovalItem struct {
	ID            uuid.UUID  `json:"id" format:"uuid" doc:"The request"`
	Operation     string     `json:"operation" doc:"Operation, by its id in this document"`
	TargetKind    string     `json:"target_kind" doc:"Kind of the record it is for"`
	Target        uuid.UUID  `json:"target_id" format:"uuid" doc:"That record"`
	TargetName    string     `json:"target_name,omitempty" doc:"Its name, where it is an employee or a client"`
	Payload       string     `json:"payload" doc:"The command, as JSON"`
	Requester     uuid.UUID  `json:"requester_id" format:"uuid" doc:"Who asked"`
	RequesterName string     `json:"requester_name" doc:"That person's name"`
	InNameOfName  string     `json:"in_name_of_name,omitempty" doc:"The absent colleague in whose name"`
	Reason        string     `json:"reason" doc:"Why"`
	AskedAt       time.Time  `json:"asked_at" doc:"When"`
	ExpiresAt     time.Time  `json:"expires_at" doc:"Until when it can be decided"`
	State         string     `json:"state" enum:"pending,approved,done,failed,refused,withdrawn,expired" doc:"Where it stands"`
	DeciderName   string     `json:"decider_name,omitempty" doc:"Who decided"`
	DecidedAt     *time.Time `json:"decided_at,omitempty" doc:"When"`
	Answer        string     `json:"answer,omitempty" doc:"What they said"`
	Failure       string     `json:"failure,omitempty" doc:"Code of the refusal that the approved command met"`
}

// Approvals is one page of requests, the latest first. Operations are those that the person could use: nobody decides about
// what they could not do themselves.
func (q *Queries) Approvals(ctx context.Context, person uuid.UUID, operations []string, f ApprovalFilter, now time.Time) (Page[ApprovalItem], error) {
	w := &where{}
	w.and(f.View == "mine", "a.requester = ?", person)
	if f.View == "to_decide" || f.View == "" {
		w.and(true, "a.operation = any(?)", operations)
		w.and(true, "a.requester <> ? and a.in_name_of is distinct from ?", person, person)
		w.and(true, "(a.state = 'pending' and a.expires_at > ?) or (a.state = 'approved' and a.decider = ?)", now, person)
	}
	var (
		at time.Time
		id uuid.UUID
	)
	paged, err := f.after(&at, &id)
	if err != nil {
		return Page[ApprovalItem]{}, err
	}
	w.and(paged, "(a.asked_at, a.id) < (?, ?)", at, id)
	//sqlvet:built the parts are constants of this package; values travel as arguments
	found, err := rows[ApprovalItem](ctx, q.DB, `select a.id, a.operation, a.target_kind, a.target, coalesce(e.name, c.name, '') as target_name, a.payload,
		a.requester, coalesce(r.name, '') as requester_name, coalesce(n.name, '') as in_name_of_name, a.reason, a.asked_at, a.expires_at, a.state,
		coalesce(d.name, '') as decider_name, a.decided_at, coalesce(a.answer, '') as answer, coalesce(a.failure, '') as failure
		from read.approval a left join read.employee e on e.id = a.target left join read.client c on c.id = a.target
		left join read.employee r on r.id = a.requester left join read.employee n on n.id = a.in_name_of left join read.employee d on d.id = a.decider
		where `+w.sql()+` order by a.asked_at desc, a.id desc limit `+w.arg(f.limit()+1), w.args...)
	return page(found, f.limit(), func(r ApprovalItem) []any { return []any{r.AskedAt, r.ID} }), err
}
