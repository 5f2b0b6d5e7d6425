package projections

import (
	_ "embed"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// ReminderRow is a reminder with its latest occurrence. NextAt is null when it will not fire again.
type ReminderRow struct {
	ID          uuid.UUID         `json:"id"`
	Recipient   domain.EmployeeID `json:"recipient"`
	Author      domain.EmployeeID `json:"author"`
	Text        string            `json:"text"`
	SubjectKind string            `json:"subject_kind"`
	SubjectID   *uuid.UUID        `json:"subject_id"`
	Zone        string            `json:"zone"`
	Repeat      string            `json:"repeat"`
	Channels    []string          `json:"channels"`
	Relative    bool              `json:"relative"`
	OffsetMin   int               `json:"offset_min"`
	State       string            `json:"state"`
	NextAt      time.Time         `json:"next_at,omitzero"`
	Occurrence  int               `json:"occurrence"`
	FiredAt     time.Time         `json:"fired_at,omitzero"`
	SeenAt      time.Time         `json:"seen_at,omitzero"`
	Moves       int               `json:"moves"`
}

var reminders = NewTable[ReminderRow]("reminder", "id")

//go:embed reminders.sql
var remindersSQL string

// Reminders is every reminder of everybody.
var Reminders = Projection{Name: "reminders", Version: 1, Schema: remindersSQL, Handlers: []Handler{
	On(func(b *Batch, e Envelope[domain.ReminderWasScheduled]) {
		v := e.Event
		row := ReminderRow{
			ID: e.ID, Recipient: v.Recipient, Author: v.Author, Text: v.Text, SubjectKind: string(v.Subject.Kind), Zone: v.Zone,
			Repeat: string(v.Repeat), Relative: v.Relative, OffsetMin: v.Offset, State: string(domain.ReminderScheduled), NextAt: v.FireAt,
		}
		for _, c := range v.Channels {
			row.Channels = append(row.Channels, string(c))
		}
		if v.Subject.Valid() {
			row.SubjectID = &v.Subject.ID
		}
		reminders.Put(b, e.Key(), row)
	}),
	On(func(b *Batch, e Envelope[domain.ReminderWasMoved]) {
		remember(b, e.Key(), domain.ReminderScheduled, e.Event.To, func(r *ReminderRow) {
			r.Moves++
			r.Relative = r.Relative && e.Event.Cause == domain.MovedWithLink
		})
	}),
	On(func(b *Batch, e Envelope[domain.ReminderWasFired]) {
		remember(b, e.Key(), domain.ReminderFired, e.Event.Next, func(r *ReminderRow) {
			r.Occurrence, r.FiredAt, r.SeenAt = e.Event.Occurrence, e.At(), time.Time{}
		})
	}),
	On(func(b *Batch, e Envelope[domain.ReminderWasAcknowledged]) {
		remember(b, e.Key(), domain.ReminderAcknowledged, e.Event.Next, func(r *ReminderRow) { r.SeenAt = e.At() })
	}),
	On(func(b *Batch, e Envelope[domain.ReminderWasSnoozed]) {
		remember(b, e.Key(), domain.ReminderSnoozed, e.Event.Until, func(r *ReminderRow) { r.SeenAt = e.At() })
	}),
	On(func(b *Batch, e Envelope[domain.ReminderWasDismissed]) {
		remember(b, e.Key(), domain.ReminderDismissed, time.Time{}, func(r *ReminderRow) { r.SeenAt = e.At() })
	}),
	On(func(b *Batch, e Envelope[domain.ReminderWasCancelled]) {
		remember(b, e.Key(), domain.ReminderCancelled, time.Time{}, func(*ReminderRow) {})
	}),
}}

func remember(b *Batch, key string, state domain.ReminderState, next time.Time, also func(*ReminderRow)) {
	reminders.Change(b, key, func(r *ReminderRow) {
		r.State, r.NextAt = string(state), next
		also(r)
	})
}
