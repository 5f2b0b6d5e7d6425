package projections

import (
	"time"

	"github.com/letopis-crm/letopis/domain"
)

// dueNegotiations: a review that misses its deadline is escalated.
var dueNegotiations = []Handler{
	On(func(b *Batch, e Envelope[domain.NegotiationReviewWasQueued]) {
		dueAt(b, "negotiation.unreviewed", e.ID, e.Event.ReviewBy)
	}),
	On(func(b *Batch, e Envelope[domain.NegotiationReviewWasEscalated]) {
		dueAt(b, "negotiation.unreviewed", e.ID, time.Time{})
	}),
	On(func(b *Batch, e Envelope[domain.NegotiationWasApproved]) {
		dueAt(b, "negotiation.unreviewed", e.ID, time.Time{})
	}),
	On(func(b *Batch, e Envelope[domain.NegotiationWasApprovedWithRemarks]) {
		dueAt(b, "negotiation.unreviewed", e.ID, time.Time{})
	}),
	On(func(b *Batch, e Envelope[domain.NegotiationWasStopped]) {
		dueAt(b, "negotiation.unreviewed", e.ID, time.Time{})
	}),
	On(func(b *Batch, e Envelope[domain.NegotiationWasCorrected]) {
		dueAt(b, "negotiation.unreviewed", e.ID, time.Time{})
	}),
}
