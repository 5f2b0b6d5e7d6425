package projections

import (
	_ "embed"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// ApprovalRow is a request for a second person.
type ApprovalRow struct {
	ID         uuid.UUID         `json:"id"`
	Operation  string            `json:"operation"`
	TargetKind string            `json:"target_kind"`
	Target     uuid.UUID         `json:"target"`
	Payload    string            `json:"payload"`
	Requester  domain.EmployeeID `json:"requester"`
	InNameOf   domain.EmployeeID `json:"in_name_of,omitzero"`
	Reason     string            `json:"reason"`
	AskedAt    time.Time         `json:"asked_at"`
	ExpiresAt  time.Time         `json:"expires_at"`
	State      string            `json:"state"`
	Decider    domain.EmployeeID `json:"decider,omitzero"`
	DecidedAt  time.Time         `json:"decided_at,omitzero"`
	Answer     string            `json:"answer,omitempty"`
	Failure    string            `json:"failure,omitempty"`
}

var approvals = NewTable[ApprovalRow]("approval", "id")

//go:embed approvals.sql
var approvalsSQL string

// Approvals is what was asked of a second person, and what became of it.
var Approvals = Projection{Name: "approvals", Version: 1, Schema: approvalsSQL, Handlers: []Handler{
	On(func(b *Batch, e Envelope[domain.ApprovalWasRequested]) {
		v := e.Event
		approvals.Put(b, e.Key(), ApprovalRow{
			ID: e.ID, Operation: v.Operation, TargetKind: string(v.Kind), Target: v.Target, Payload: v.Payload, Requester: v.Requester, InNameOf: v.InNameOf,
			Reason: v.Reason, AskedAt: e.At(), ExpiresAt: v.Expires, State: string(domain.ApprovalPending),
		})
	}),
	On(func(b *Batch, e Envelope[domain.ApprovalWasApproved]) {
		approvals.Change(b, e.Key(), func(r *ApprovalRow) {
			r.State, r.Decider, r.DecidedAt, r.Answer = string(domain.ApprovalApproved), e.Event.Decider, e.At(), e.Event.Answer
		})
	}),
	On(func(b *Batch, e Envelope[domain.ApprovalWasRefused]) {
		approvals.Change(b, e.Key(), func(r *ApprovalRow) {
			r.State, r.Decider, r.DecidedAt, r.Answer = string(domain.ApprovalRefused), e.Event.Decider, e.At(), e.Event.Answer
		})
	}),
	On(func(b *Batch, e Envelope[domain.ApprovalWasWithdrawn]) {
		settleApproval(b, e.Key(), domain.ApprovalWithdrawn, "")
	}),
	On(func(b *Batch, e Envelope[domain.ApprovalHasExpired]) {
		settleApproval(b, e.Key(), domain.ApprovalExpired, "")
	}),
	On(func(b *Batch, e Envelope[domain.ApprovalWasCarriedOut]) {
		settleApproval(b, e.Key(), domain.ApprovalDone, "")
	}),
	On(func(b *Batch, e Envelope[domain.ApprovalHasFailed]) {
		settleApproval(b, e.Key(), domain.ApprovalFailed, e.Event.Code)
	}),
}}

func settleApproval(b *Batch, key string, state domain.ApprovalState, failure string) {
	approvals.Change(b, key, func(r *ApprovalRow) { r.State, r.Failure = string(state), failure })
}
