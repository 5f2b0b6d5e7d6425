package domain

import (
	"slices"
	"time"
)

// Assignments are the streams "assignment-<id>".
var Assignments = NewCategory("assignment",
	Type[AssignmentWasIssued]("assignment.issued"),
	Type[AssignmentWasAccepted]("assignment.accepted"),
	Type[AssignmentWasDeclined]("assignment.declined"),
	Type[AssignmentWasReassigned]("assignment.reassigned"),
	Type[AssignmentWasStarted]("assignment.started"),
	Type[AssignmentWasReportedDone]("assignment.reported_done"),
	Type[AssignmentWasVerified]("assignment.verified"),
	Type[AssignmentWasReturned]("assignment.returned"),
	Type[AssignmentWasCancelled]("assignment.cancelled"),
	Type[AssignmentDueWasChanged]("assignment.due_changed"),
	Type[AssignmentTimeWasAsked]("assignment.time_asked"),
	Type[AssignmentWasRevised]("assignment.revised"),
	Type[AssignmentCoExecutorsWereSet]("assignment.co_executors_set"),
	Type[AssignmentVerificationWasReminded]("assignment.verification_reminded"),
)

// AssignmentWasIssued gives the assignment. Context names what it came from or belongs to: a decision of a meeting, a
// complaint, a visit.
type AssignmentWasIssued struct {
	Issuer         EmployeeID     `json:"issuer_id"`
	Assignee       EmployeeID     `json:"assignee_id"`
	CoExecutors    []EmployeeID   `json:"co_executor_ids,omitempty"`
	Title          string         `json:"title" pii:"counterparty"`
	Description    string         `json:"description,omitempty" pii:"counterparty"`
	ExpectedResult string         `json:"expected_result" pii:"counterparty"`
	Priority       Priority       `json:"priority"`
	Due            time.Time      `json:"due_at"`
	PlannedEffort  int            `json:"planned_effort_min,omitempty"`
	Counterparty   CounterpartyID `json:"counterparty_id,omitzero"`
	Parent         AssignmentID   `json:"parent_id,omitzero"`
	Context        []Ref          `json:"context,omitempty"`
}

// AssignmentWasAccepted is the assignee's promise to do it.
type AssignmentWasAccepted struct{}

// AssignmentWasDeclined gives it back to the issuer.
type AssignmentWasDeclined struct {
	Reason string `json:"reason" pii:"employee"`
}

// AssignmentWasReassigned gives it to another assignee, who has not accepted it yet.
type AssignmentWasReassigned struct {
	From   EmployeeID `json:"from_id"`
	To     EmployeeID `json:"to_id"`
	Reason string     `json:"reason" pii:"employee"`
}

// AssignmentWasStarted begins the work, or the rework.
type AssignmentWasStarted struct{}

// AssignmentWasReportedDone gives the result; VerifyBy is until when it should be verified, Due what applied then.
type AssignmentWasReportedDone struct {
	Result   string    `json:"result" pii:"counterparty"`
	VerifyBy time.Time `json:"verify_by"`
	Due      time.Time `json:"due_at"`
}

// AssignmentWasVerified accepts the result.
type AssignmentWasVerified struct {
	By     EmployeeID `json:"by_id"`
	Remark string     `json:"remark,omitempty" pii:"employee"`
}

// AssignmentWasReturned sends the result back for rework.
type AssignmentWasReturned struct {
	By     EmployeeID `json:"by_id"`
	Reason string     `json:"reason" pii:"employee"`
}

// AssignmentWasCancelled ends it without a result.
type AssignmentWasCancelled struct {
	By     EmployeeID `json:"by_id"`
	Reason string     `json:"reason" pii:"employee"`
}

// AssignmentDueWasChanged moves the due time.
type AssignmentDueWasChanged struct {
	From   time.Time  `json:"from"`
	To     time.Time  `json:"to"`
	Author EmployeeID `json:"author_id"`
	Reason string     `json:"reason" pii:"employee"`
}

// AssignmentTimeWasAsked is the assignee's request for a later due time.
type AssignmentTimeWasAsked struct {
	Due    time.Time `json:"due_at"`
	Reason string    `json:"reason" pii:"employee"`
}

// AssignmentWasRevised changes what is asked for.
type AssignmentWasRevised struct {
	Title          string   `json:"title" pii:"counterparty"`
	Description    string   `json:"description,omitempty" pii:"counterparty"`
	ExpectedResult string   `json:"expected_result" pii:"counterparty"`
	Priority       Priority `json:"priority"`
	PlannedEffort  int      `json:"planned_effort_min,omitempty"`
	Reason         string   `json:"reason" pii:"employee"`
}

// AssignmentCoExecutorsWereSet says who helps the assignee from now on.
type AssignmentCoExecutorsWereSet struct {
	CoExecutors []EmployeeID `json:"co_executor_ids"`
}

// AssignmentVerificationWasReminded notes that the issuer was reminded of a result that waits.
type AssignmentVerificationWasReminded struct {
	Issuer   EmployeeID `json:"issuer_id"`
	VerifyBy time.Time  `json:"verify_by"`
}

func (e AssignmentWasIssued) Apply(a *Assignment) {
	*a = Assignment{
		Issuer: e.Issuer, Assignee: e.Assignee, CoExecutors: slices.Clone(e.CoExecutors),
		Title: e.Title, Description: e.Description, ExpectedResult: e.ExpectedResult,
		Priority: e.Priority, PlannedEffort: e.PlannedEffort, Due: e.Due, OriginalDue: e.Due,
		Counterparty: e.Counterparty, Parent: e.Parent, Context: slices.Clone(e.Context), State: AssignmentIssued,
	}
}
func (e AssignmentWasAccepted) Apply(a *Assignment) { a.State = AssignmentAccepted }
func (e AssignmentWasDeclined) Apply(a *Assignment) { a.State = AssignmentDeclined }
func (e AssignmentWasReassigned) Apply(a *Assignment) {
	a.State, a.Assignee = AssignmentIssued, e.To
	a.CoExecutors = Without(a.CoExecutors, func(id EmployeeID) bool { return id == e.To })
}
func (e AssignmentWasStarted) Apply(a *Assignment) { a.State = AssignmentInProgress }
func (e AssignmentWasReportedDone) Apply(a *Assignment) {
	a.State, a.Result, a.VerifyBy, a.Reminded = AssignmentReported, e.Result, e.VerifyBy, false
}
func (e AssignmentWasVerified) Apply(a *Assignment) {
	a.State, a.VerifyBy = AssignmentVerified, time.Time{}
}
func (e AssignmentWasReturned) Apply(a *Assignment) {
	a.State, a.VerifyBy, a.Returns = AssignmentReturned, time.Time{}, a.Returns+1
}
func (e AssignmentWasCancelled) Apply(a *Assignment) {
	a.State, a.VerifyBy = AssignmentCancelled, time.Time{}
}
func (e AssignmentDueWasChanged) Apply(a *Assignment) { a.Due = e.To }
func (e AssignmentTimeWasAsked) Apply(*Assignment)    {}
func (e AssignmentWasRevised) Apply(a *Assignment) {
	a.Title, a.Description, a.ExpectedResult = e.Title, e.Description, e.ExpectedResult
	a.Priority, a.PlannedEffort = e.Priority, e.PlannedEffort
}
func (e AssignmentCoExecutorsWereSet) Apply(a *Assignment) {
	a.CoExecutors = slices.Clone(e.CoExecutors)
}
func (e AssignmentVerificationWasReminded) Apply(a *Assignment) { a.Reminded = true }
