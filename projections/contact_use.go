package projections

import (
	_ "embed"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// ContactUseRow says when somebody last wrote or called from a number or address, and which event shows it.
type ContactUseRow struct {
	Address string    `json:"address"`
	LastAt  time.Time `json:"last_at"`
	Event   uuid.UUID `json:"event_id"`
}

var contactUses = NewTable[ContactUseRow]("contact_use", "address")

//go:embed contact_use.sql
var contactUseSQL string

// ContactUse tells which numbers and addresses are alive.
var ContactUse = Projection{Name: "contact_use", Version: 1, Schema: contactUseSQL, Handlers: []Handler{
	On(func(b *Batch, e Envelope[domain.MessageWasRegistered]) {
		for _, key := range []string{domain.ReachKey("phone", e.Event.FromPhone), domain.ReachKey("email", e.Event.FromEmail)} {
			if key != "" {
				contactUses.Put(b, key, ContactUseRow{Address: key, LastAt: e.At(), Event: e.EventID})
			}
		}
	}),
}}
