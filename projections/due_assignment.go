package projections

import (
	"time"

	"github.com/letopis-crm/letopis/domain"
)

// dueAssignments: the issuer is reminded of a reported result that waits too long.
var dueAssignments = []Handler{
	On(func(b *Batch, e Envelope[domain.AssignmentWasReportedDone]) {
		dueAt(b, "assignment.unverified", e.ID, e.Event.VerifyBy)
	}),
	On(func(b *Batch, e Envelope[domain.AssignmentVerificationWasReminded]) {
		dueAt(b, "assignment.unverified", e.ID, time.Time{})
	}),
	On(func(b *Batch, e Envelope[domain.AssignmentWasVerified]) {
		dueAt(b, "assignment.unverified", e.ID, time.Time{})
	}),
	On(func(b *Batch, e Envelope[domain.AssignmentWasReturned]) {
		dueAt(b, "assignment.unverified", e.ID, time.Time{})
	}),
	On(func(b *Batch, e Envelope[domain.AssignmentWasCancelled]) {
		dueAt(b, "assignment.unverified", e.ID, time.Time{})
	}),
}
