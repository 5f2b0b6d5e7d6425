package projections

import (
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// dueMessages: the deadline of an acknowledgement that is still to come.
var dueMessages = []Handler{
	On(func(b *Batch, e Envelope[domain.MessageWasRouted]) { acknowledgementDue(b, e.ID, e.Event.AckBy, true) }),
	On(func(b *Batch, e Envelope[domain.MessageWasRerouted]) {
		acknowledgementDue(b, e.ID, e.Event.AckBy, e.Event.Pending)
	}),
	On(func(b *Batch, e Envelope[domain.MessageWasClassified]) {
		acknowledgementDue(b, e.ID, e.Event.AckBy, e.Event.Pending)
	}),
	On(func(b *Batch, e Envelope[domain.MessageWasReopened]) {
		acknowledgementDue(b, e.ID, e.Event.AckBy, e.Event.Pending)
	}),
	On(func(b *Batch, e Envelope[domain.MessageWasAcknowledged]) {
		acknowledgementDue(b, e.ID, time.Time{}, false)
	}),
	On(func(b *Batch, e Envelope[domain.MessageAcknowledgementOverdue]) {
		acknowledgementDue(b, e.ID, time.Time{}, false)
	}),
	On(func(b *Batch, e Envelope[domain.MessageWasLost]) { acknowledgementDue(b, e.ID, time.Time{}, false) }),
	On(func(b *Batch, e Envelope[domain.MessageWasSpam]) { acknowledgementDue(b, e.ID, time.Time{}, false) }),
}

func acknowledgementDue(b *Batch, message uuid.UUID, at time.Time, pending bool) {
	if !pending {
		at = time.Time{}
	}
	dueAt(b, "message.acknowledgement", message, at)
}
