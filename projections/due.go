package projections

import (
	_ "embed"
	"slices"
	"time"

	"github.com/google/uuid"
)

// DueRow is something that has to happen at a time: a reminder, a deadline, an escalation.
type DueRow struct {
	ID     string    `json:"id"`
	Kind   string    `json:"kind"`
	Target uuid.UUID `json:"target"`
	At     time.Time `json:"at"`
}

var due = NewTable[DueRow]("due", "id")

//go:embed due.sql
var dueSQL string

// Due is what the scheduler looks at: select what is due, give its command, and the command's event takes the row away.
// Every aggregate with deadlines adds its handlers here.
var Due = Projection{Name: "due", Version: 2, Schema: dueSQL, Handlers: slices.Concat(dueHandlers...)}

// dueHandlers grows by one line per aggregate with deadlines.
var dueHandlers = [][]Handler{
	dueMessages, dueThreads,
	dueAssignments, dueNegotiations, dueReminders,
	dueEmergencyAccesses, dueApprovals,
}

// dueAt names the occurrence "<kind>/<target>" and sets its time; a zero time takes it away.
func dueAt(b *Batch, kind string, target uuid.UUID, at time.Time) {
	id := kind + "/" + target.String()
	if at.IsZero() {
		due.Delete(b, id)
		return
	}
	due.Put(b, id, DueRow{ID: id, Kind: kind, Target: target, At: at})
}
