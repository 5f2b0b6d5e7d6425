package projections

import (
	"time"

	"github.com/letopis-crm/letopis/domain"
)

// dueApprovals: every request that waits for a second person has a row.
var dueApprovals = []Handler{
	On(func(b *Batch, e Envelope[domain.ApprovalWasRequested]) { dueAt(b, "approval", e.ID, e.Event.Expires) }),
	On(func(b *Batch, e Envelope[domain.ApprovalWasApproved]) { dueAt(b, "approval", e.ID, time.Time{}) }),
	On(func(b *Batch, e Envelope[domain.ApprovalWasRefused]) { dueAt(b, "approval", e.ID, time.Time{}) }),
	On(func(b *Batch, e Envelope[domain.ApprovalWasWithdrawn]) { dueAt(b, "approval", e.ID, time.Time{}) }),
	On(func(b *Batch, e Envelope[domain.ApprovalHasExpired]) { dueAt(b, "approval", e.ID, time.Time{}) }),
}
