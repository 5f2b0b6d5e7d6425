package projections

import (
	_ "embed"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// WorkItemRow is a line of the work schedule.
type WorkItemRow struct {
	ID           uuid.UUID             `json:"id"`
	Counterparty domain.CounterpartyID `json:"counterparty"`
	Responsible  domain.EmployeeID     `json:"responsible"`
	Author       domain.EmployeeID     `json:"author"`
	DueOn        string                `json:"due_on"`
	OriginalDue  string                `json:"original_due"`
	Text         string                `json:"text"`
	State        string                `json:"state"`
	Moved        int                   `json:"moved"`
	MoveReason   string                `json:"move_reason"`
	Result       string                `json:"result"`
	PlannedAt    time.Time             `json:"planned_at"`
	ClosedAt     time.Time             `json:"closed_at,omitzero"`
}

var workItems = NewTable[WorkItemRow]("work_item", "id")

//go:embed work_items.sql
var workItemsSQL string

// WorkItems is the work schedule by day, employee and counterparty.
var WorkItems = Projection{Name: "work_items", Version: 1, Schema: workItemsSQL, Handlers: []Handler{
	On(func(b *Batch, e Envelope[domain.WorkItemWasPlanned]) {
		workItems.Put(b, e.Key(), WorkItemRow{
			ID: e.ID, Counterparty: e.Event.Counterparty, Responsible: e.Event.Responsible, Author: e.Event.Author,
			DueOn: string(e.Event.Due), OriginalDue: string(e.Event.Due), Text: e.Event.Text,
			State: string(domain.WorkItemPlanned), PlannedAt: e.At(),
		})
	}),
	On(func(b *Batch, e Envelope[domain.WorkItemWasMoved]) {
		workItems.Change(b, e.Key(), func(r *WorkItemRow) {
			r.DueOn, r.Moved, r.MoveReason = string(e.Event.To), r.Moved+1, e.Event.Reason
		})
	}),
	On(func(b *Batch, e Envelope[domain.WorkItemWasDone]) {
		closeWorkItem(b, e.Key(), domain.WorkItemDone, e.Event.Result, e.At())
	}),
	On(func(b *Batch, e Envelope[domain.WorkItemWasNotDone]) {
		closeWorkItem(b, e.Key(), domain.WorkItemNotDone, e.Event.Reason, e.At())
	}),
	On(func(b *Batch, e Envelope[domain.WorkItemWasCancelled]) {
		closeWorkItem(b, e.Key(), domain.WorkItemCancelled, e.Event.Reason, e.At())
	}),
}}

func closeWorkItem(b *Batch, key string, to domain.WorkItemState, words string, at time.Time) {
	workItems.Change(b, key, func(r *WorkItemRow) { r.State, r.Result, r.ClosedAt = string(to), words, at })
}
