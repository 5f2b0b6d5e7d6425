package domain

import "time"

// WorkItem is a line of the work schedule: something to do on a given day, with a given counterparty, by a given
// employee. All three bindings are mandatory.
type WorkItem struct {
	Counterparty CounterpartyID
	Responsible  EmployeeID
	Author       EmployeeID
	Due          Date
	Text         string
	State        WorkItemState
	Moved        int
}

// WorkItemID identifies a line of the work schedule.
type WorkItemID = ID[WorkItem]

// WorkItemState is where a line of the work schedule stands.
type WorkItemState string

// The states; the zero value means that the line does not exist.
const (
	WorkItemPlanned   WorkItemState = "planned"
	WorkItemDone      WorkItemState = "done"
	WorkItemNotDone   WorkItemState = "not_done"
	WorkItemCancelled WorkItemState = "cancelled"
)

// WorkItemTransitions is the workflow. Moving to another day stays in Planned.
var WorkItemTransitions = Transitions[WorkItemState]{
	"":              {WorkItemPlanned},
	WorkItemPlanned: {WorkItemPlanned, WorkItemDone, WorkItemNotDone, WorkItemCancelled},
}

// Refusals of the work schedule.
var (
	ErrWorkItemNotPlanned = Refuse("work_item.not_planned", "the item is no longer planned")
	ErrWorkItemForeign    = Refuse("work_item.foreign", "only the responsible employee or the author may do that")
)

// WorkItems are the streams "work_item-<id>".
var WorkItems = NewCategory("work_item",
	Type[WorkItemWasPlanned]("work_item.planned"),
	Type[WorkItemWasDone]("work_item.done"),
	Type[WorkItemWasMoved]("work_item.moved"),
	Type[WorkItemWasNotDone]("work_item.not_done"),
	Type[WorkItemWasCancelled]("work_item.cancelled"),
)

// WorkItemWasPlanned puts a line on the schedule.
type WorkItemWasPlanned struct {
	Counterparty CounterpartyID `json:"counterparty_id"`
	Responsible  EmployeeID     `json:"responsible_id"`
	Author       EmployeeID     `json:"author_id"`
	Due          Date           `json:"due_date"`
	Text         string         `json:"text" pii:"counterparty"`
}

// WorkItemWasDone closes the line with its result.
type WorkItemWasDone struct {
	Result string `json:"result" pii:"counterparty"`
}

// WorkItemWasMoved puts the line on another day.
type WorkItemWasMoved struct {
	From   Date   `json:"from"`
	To     Date   `json:"to"`
	Reason string `json:"reason" pii:"counterparty"`
}

// WorkItemWasNotDone closes the line without a result.
type WorkItemWasNotDone struct {
	Reason string `json:"reason" pii:"counterparty"`
}

// WorkItemWasCancelled takes the line off the schedule.
type WorkItemWasCancelled struct {
	Reason string `json:"reason" pii:"counterparty"`
}

func (e WorkItemWasPlanned) Apply(w *WorkItem) {
	*w = WorkItem{Counterparty: e.Counterparty, Responsible: e.Responsible, Author: e.Author, Due: e.Due, Text: e.Text, State: WorkItemPlanned}
}
func (e WorkItemWasDone) Apply(w *WorkItem)      { w.State = WorkItemDone }
func (e WorkItemWasMoved) Apply(w *WorkItem)     { w.Due, w.Moved = e.To, w.Moved+1 }
func (e WorkItemWasNotDone) Apply(w *WorkItem)   { w.State = WorkItemNotDone }
func (e WorkItemWasCancelled) Apply(w *WorkItem) { w.State = WorkItemCancelled }

// Subjects is the counterparty the work is for.
func (w WorkItem) Subjects() []CounterpartyID { return []CounterpartyID{w.Counterparty} }

// Participants are the responsible employee and the author.
func (w WorkItem) Participants() []EmployeeID { return []EmployeeID{w.Responsible, w.Author} }

// Plan puts a new line on the schedule.
func (w WorkItem) Plan(p WorkItemWasPlanned) ([]Event[WorkItem], error) {
	if w.State != "" {
		return nil, ErrAlreadyExists
	}
	var v Invalid
	v.Check(!p.Counterparty.IsZero(), "counterparty_id", "required", "a work item is for a counterparty")
	v.Check(!p.Responsible.IsZero(), "responsible_id", "required", "a work item has a responsible employee")
	v.Check(p.Due.Valid(), "due_date", "date", "must be a day such as 2026-11-23")
	v.Require("text", p.Text)
	if err := v.Err(); err != nil {
		return nil, err
	}
	return []Event[WorkItem]{p}, nil
}

// Finish records that the work was done.
func (w WorkItem) Finish(by EmployeeID, result string) ([]Event[WorkItem], error) {
	return w.leave(WorkItemDone, by, "result", result, WorkItemWasDone{result})
}

// Miss records that the work was not done, and why.
func (w WorkItem) Miss(by EmployeeID, reason string) ([]Event[WorkItem], error) {
	return w.leave(WorkItemNotDone, by, "reason", reason, WorkItemWasNotDone{reason})
}

// Cancel takes the line off the schedule.
func (w WorkItem) Cancel(by EmployeeID, reason string) ([]Event[WorkItem], error) {
	return w.leave(WorkItemCancelled, by, "reason", reason, WorkItemWasCancelled{reason})
}

// Move puts the line on another day.
func (w WorkItem) Move(by EmployeeID, to Date, reason string) ([]Event[WorkItem], error) {
	if !to.Valid() {
		var v Invalid
		v.Add("due_date", "date", "must be a day such as 2026-11-23")
		return nil, v.Err()
	}
	if w.State == WorkItemPlanned && w.Due == to {
		return nil, nil
	}
	return w.leave(WorkItemPlanned, by, "reason", reason, WorkItemWasMoved{From: w.Due, To: to, Reason: reason})
}

func (w WorkItem) leave(to WorkItemState, by EmployeeID, field, words string, e Event[WorkItem]) ([]Event[WorkItem], error) {
	var v Invalid
	v.Require(field, words)
	switch {
	case w.State == "":
		return nil, ErrNotFound
	case w.State == to && to != WorkItemPlanned:
		return nil, nil
	case !WorkItemTransitions.Allows(w.State, to):
		return nil, ErrWorkItemNotPlanned
	case by != w.Responsible && by != w.Author:
		return nil, ErrWorkItemForeign
	case v.Err() != nil:
		return nil, v.Err()
	}
	return []Event[WorkItem]{e}, nil
}

// Overdue reports that the day has passed in the zone and the line still stands open.
func (w WorkItem) Overdue(now time.Time, zone *time.Location) bool {
	return w.State == WorkItemPlanned && DateOf(now, zone) > w.Due
}
