package commands

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// RequestApproval asks a second person to allow a command. Its target and payload have been read and made canonical.
type RequestApproval struct {
	By
	Operation string
	Kind      domain.RefKind
	Target    uuid.UUID
	Payload   string
	Reason    string
}

func (c RequestApproval) Decide(s domain.Approval, now time.Time) ([]domain.Event[domain.Approval], error) {
	return s.Request(domain.ApprovalWasRequested{
		Operation: c.Operation, Kind: c.Kind, Target: c.Target, Payload: c.Payload,
		Requester: c.Actor, InNameOf: c.OnBehalfOf, Reason: strings.TrimSpace(c.Reason),
	}, now)
}

// ApproveRequest lets the command be carried out.
type ApproveRequest struct {
	By
	Answer   string `json:"answer,omitempty" maxLength:"2000" doc:"A word to the person who asked"`
	deciding []domain.EmployeeID
}

// Prepare finds out in whose stead the decision would be made.
func (c *ApproveRequest) Prepare(ctx context.Context, f *Facts) (err error) {
	c.deciding, err = deciding(ctx, f, c.By)
	return err
}

func (c ApproveRequest) Decide(s domain.Approval, now time.Time) ([]domain.Event[domain.Approval], error) {
	return s.Approve(c.Actor, c.deciding, c.Answer, now)
}

// RefuseRequest does not let it.
type RefuseRequest struct {
	By
	Answer   string `json:"answer" minLength:"1" maxLength:"2000" doc:"Why not"`
	deciding []domain.EmployeeID
}

// Prepare finds out in whose stead the decision would be made.
func (c *RefuseRequest) Prepare(ctx context.Context, f *Facts) (err error) {
	c.deciding, err = deciding(ctx, f, c.By)
	return err
}

func (c RefuseRequest) Decide(s domain.Approval, now time.Time) ([]domain.Event[domain.Approval], error) {
	return s.Refuse(c.Actor, c.deciding, c.Answer, now)
}

// deciding are all who would decide at once: the actor, the absent colleague, and the person who asked if either of the
// two stands in for the other today. Such a pair is one person as far as four eyes go.
func deciding(ctx context.Context, f *Facts, by By) ([]domain.EmployeeID, error) {
	persons := []domain.EmployeeID{by.Actor, by.OnBehalfOf}
	asked, err := Fact(ctx, f, domain.Approvals, domain.ApprovalID(f.ID))
	if err != nil {
		return nil, err
	}
	for _, pair := range [][2]domain.EmployeeID{{asked.Requester, by.Actor}, {by.Actor, asked.Requester}} {
		away, err := Fact(ctx, f, domain.Employees, pair[0])
		if err != nil {
			return nil, err
		}
		if substitute := away.SubstituteOn(f.Now()); substitute == pair[1] && !substitute.IsZero() {
			persons = append(persons, asked.Requester)
		}
	}
	return persons, nil
}

// WithdrawRequest takes one's own request back.
type WithdrawRequest struct{ By }

func (c WithdrawRequest) Decide(s domain.Approval, _ time.Time) ([]domain.Event[domain.Approval], error) {
	return s.Withdraw(c.Actor)
}

// FinishApproval notes what became of the approved command. Who carries it out gives it.
type FinishApproval struct {
	Done    domain.ApprovalReceipt
	Failure string
}

func (c FinishApproval) Decide(s domain.Approval, _ time.Time) ([]domain.Event[domain.Approval], error) {
	return s.Finish(c.Done, c.Failure)
}

// ExpireApproval ends a request that nobody decided in time. The scheduler gives it.
type ExpireApproval struct{}

func (ExpireApproval) Decide(s domain.Approval, now time.Time) ([]domain.Event[domain.Approval], error) {
	return s.Expire(now)
}
