package projections

import (
	"time"

	"github.com/letopis-crm/letopis/domain"
)

// dueReminders: every reminder that will fire has one row.
var dueReminders = []Handler{
	On(func(b *Batch, e Envelope[domain.ReminderWasScheduled]) { dueAt(b, "reminder", e.ID, e.Event.FireAt) }),
	On(func(b *Batch, e Envelope[domain.ReminderWasMoved]) { dueAt(b, "reminder", e.ID, e.Event.To) }),
	On(func(b *Batch, e Envelope[domain.ReminderWasFired]) { dueAt(b, "reminder", e.ID, e.Event.Next) }),
	On(func(b *Batch, e Envelope[domain.ReminderWasAcknowledged]) { dueAt(b, "reminder", e.ID, e.Event.Next) }),
	On(func(b *Batch, e Envelope[domain.ReminderWasSnoozed]) { dueAt(b, "reminder", e.ID, e.Event.Until) }),
	On(func(b *Batch, e Envelope[domain.ReminderWasDismissed]) { dueAt(b, "reminder", e.ID, time.Time{}) }),
	On(func(b *Batch, e Envelope[domain.ReminderWasCancelled]) { dueAt(b, "reminder", e.ID, time.Time{}) }),
}
