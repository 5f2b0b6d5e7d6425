package projections

import (
	"time"

	"github.com/letopis-crm/letopis/domain"
)

// dueEmergencyAccesses: every open one has a row.
var dueEmergencyAccesses = []Handler{
	On(func(b *Batch, e Envelope[domain.EmergencyAccessWasOpened]) {
		dueAt(b, "emergency_access", e.ID, e.Event.Until)
	}),
	On(func(b *Batch, e Envelope[domain.EmergencyAccessWasEnded]) {
		dueAt(b, "emergency_access", e.ID, time.Time{})
	}),
	On(func(b *Batch, e Envelope[domain.EmergencyAccessHasExpired]) {
		dueAt(b, "emergency_access", e.ID, time.Time{})
	}),
}
