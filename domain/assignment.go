package domain

import (
	"slices"
	"time"
)

// Assignment is a task that one employee gives another: what is to be done, by when, with which result. Both the fact
// of its completion and the time it took are kept; the time is entered in the executors' time sheets (TimeSheet).
type Assignment struct {
	Issuer         EmployeeID
	Assignee       EmployeeID
	CoExecutors    []EmployeeID
	Title          string
	Description    string
	ExpectedResult string
	Priority       Priority
	PlannedEffort  int // minutes
	Due            time.Time
	OriginalDue    time.Time
	Counterparty   CounterpartyID
	Parent         AssignmentID
	Context        []Ref
	State          AssignmentState
	Result         string
	// Returns counts how often the result was sent back.
	Returns int
	// VerifyBy is until when a reported result should be verified; zero unless one waits.
	VerifyBy time.Time
	Reminded bool
}

// AssignmentID identifies an assignment.
type AssignmentID = ID[Assignment]

// AssignmentState is where an assignment stands.
type AssignmentState string

// The states; the zero value means that the assignment does not exist.
const (
	AssignmentIssued     AssignmentState = "issued"
	AssignmentAccepted   AssignmentState = "accepted"
	AssignmentDeclined   AssignmentState = "declined"
	AssignmentInProgress AssignmentState = "in_progress"
	AssignmentReported   AssignmentState = "reported_done"
	AssignmentReturned   AssignmentState = "returned_for_rework"
	AssignmentVerified   AssignmentState = "verified"
	AssignmentCancelled  AssignmentState = "cancelled"
)

// AssignmentTransitions is the workflow. A declined assignment may be issued again, to another assignee.
var AssignmentTransitions = Transitions[AssignmentState]{
	"":                   {AssignmentIssued},
	AssignmentIssued:     {AssignmentAccepted, AssignmentDeclined, AssignmentIssued, AssignmentCancelled},
	AssignmentAccepted:   {AssignmentInProgress, AssignmentDeclined, AssignmentIssued, AssignmentCancelled},
	AssignmentDeclined:   {AssignmentIssued, AssignmentCancelled},
	AssignmentInProgress: {AssignmentReported, AssignmentIssued, AssignmentCancelled},
	AssignmentReported:   {AssignmentVerified, AssignmentReturned, AssignmentCancelled},
	AssignmentReturned:   {AssignmentInProgress, AssignmentIssued, AssignmentCancelled},
}

// AssignmentToDo are the states in which the executors have work to do.
var AssignmentToDo = []AssignmentState{AssignmentIssued, AssignmentAccepted, AssignmentInProgress, AssignmentReturned}

// Priority says what comes first.
type Priority string

// The priorities.
const (
	PriorityLow    Priority = "low"
	PriorityNormal Priority = "normal"
	PriorityHigh   Priority = "high"
	PriorityUrgent Priority = "urgent"
)

// Valid reports a known priority.
func (p Priority) Valid() bool {
	return slices.Contains([]Priority{PriorityLow, PriorityNormal, PriorityHigh, PriorityUrgent}, p)
}

// Refusals of assignments.
var (
	ErrAssignmentStep        = Refuse("assignment.wrong_state", "the assignment does not stand where this step is possible")
	ErrAssignmentNotAssignee = Refuse("assignment.not_assignee", "only the assignee may do that")
	ErrAssignmentNotIssuer   = Refuse("assignment.not_issuer", "only the issuer or the issuer's head may do that")
	ErrAssignmentOwnResult   = Refuse("assignment.own_result", "nobody verifies work of their own")
)

// Subjects is the counterparty the assignment is about.
func (a Assignment) Subjects() []CounterpartyID { return []CounterpartyID{a.Counterparty} }

// Participants are the issuer and the executors.
func (a Assignment) Participants() []EmployeeID {
	return append([]EmployeeID{a.Issuer, a.Assignee}, a.CoExecutors...)
}

// Executors are the assignee and the co-executors.
func (a Assignment) Executors() []EmployeeID {
	return append([]EmployeeID{a.Assignee}, a.CoExecutors...)
}

// Open reports that the assignment is neither verified nor cancelled.
func (a Assignment) Open() bool { return len(AssignmentTransitions[a.State]) > 0 && a.State != "" }

// Overdue reports that the due time has passed and the executors have not reported the work done.
func (a Assignment) Overdue(now time.Time) bool {
	return slices.Contains(AssignmentToDo, a.State) && now.After(a.Due)
}

// Issue gives a new assignment.
func (a Assignment) Issue(e AssignmentWasIssued, now time.Time) ([]Event[Assignment], error) {
	if a.State != "" {
		return nil, ErrAlreadyExists
	}
	if e.Priority == "" {
		e.Priority = PriorityNormal
	}
	var v Invalid
	v.Check(!e.Issuer.IsZero(), "issuer_id", "required", "an assignment has an issuer")
	v.Check(!e.Assignee.IsZero(), "assignee_id", "required", "an assignment has an assignee")
	v.Check(!slices.Contains(e.CoExecutors, e.Assignee), "co_executor_ids", "assignee", "the assignee is not a co-executor")
	v.Require("title", e.Title)
	v.Require("expected_result", e.ExpectedResult)
	v.Check(e.Priority.Valid(), "priority", "unknown", "must be low, normal, high or urgent")
	v.Check(e.Due.After(now), "due_at", "in_past", "must lie in the future")
	v.Check(e.PlannedEffort >= 0, "planned_effort_min", "negative", "must not be negative")
	for _, ref := range e.Context {
		v.Check(ref.Valid(), "context", "reference", "each reference has a kind and an id")
	}
	return assignmentEvents(v.Err(), e)
}

// Accept takes the assignment on.
func (a Assignment) Accept(by EmployeeID) ([]Event[Assignment], error) {
	return a.step(AssignmentAccepted, a.assignee(by), AssignmentWasAccepted{})
}

// Decline gives it back to the issuer, with the reason.
func (a Assignment) Decline(by EmployeeID, reason string) ([]Event[Assignment], error) {
	return a.step(AssignmentDeclined, a.assignee(by, said("reason", reason)), AssignmentWasDeclined{reason})
}

// Start begins the work; starting a fresh assignment accepts it too.
func (a Assignment) Start(by EmployeeID) ([]Event[Assignment], error) {
	if err := a.assignee(by); a.State == AssignmentIssued && err == nil {
		return []Event[Assignment]{AssignmentWasAccepted{}, AssignmentWasStarted{}}, nil
	}
	return a.step(AssignmentInProgress, a.assignee(by), AssignmentWasStarted{})
}

// ReportDone gives the result to the issuer, who should verify it until verifyBy. Work that was never marked as started
// is marked so now.
func (a Assignment) ReportDone(by EmployeeID, result string, verifyBy time.Time) ([]Event[Assignment], error) {
	if err := a.assignee(by, said("result", result)); err != nil {
		return nil, a.known(err)
	}
	report := AssignmentWasReportedDone{Result: result, VerifyBy: verifyBy, Due: a.Due}
	switch a.State {
	case AssignmentIssued:
		return []Event[Assignment]{AssignmentWasAccepted{}, AssignmentWasStarted{}, report}, nil
	case AssignmentAccepted, AssignmentReturned:
		return []Event[Assignment]{AssignmentWasStarted{}, report}, nil
	default:
		return a.step(AssignmentReported, nil, report)
	}
}

// Verify accepts the reported result. The verifier is the issuer or somebody above the issuer (head), and no executor.
func (a Assignment) Verify(by, head EmployeeID, remark string) ([]Event[Assignment], error) {
	return a.step(AssignmentVerified, a.verifier(by, head), AssignmentWasVerified{By: by, Remark: remark})
}

// Return sends the reported result back for rework.
func (a Assignment) Return(by, head EmployeeID, reason string) ([]Event[Assignment], error) {
	return a.step(AssignmentReturned, a.verifier(by, head, said("reason", reason)), AssignmentWasReturned{By: by, Reason: reason})
}

// Cancel ends the assignment without a result.
func (a Assignment) Cancel(by, head EmployeeID, reason string) ([]Event[Assignment], error) {
	return a.step(AssignmentCancelled, a.issuer(by, head, said("reason", reason)), AssignmentWasCancelled{By: by, Reason: reason})
}

// Reassign gives an assignment that is not yet reported to another assignee.
func (a Assignment) Reassign(by, head, to EmployeeID, reason string) ([]Event[Assignment], error) {
	var v Invalid
	v.Check(!to.IsZero(), "assignee_id", "required", "an assignment has an assignee")
	err := a.issuer(by, head, v.Err(), said("reason", reason))
	if err == nil && to == a.Assignee && a.State == AssignmentIssued {
		return nil, nil
	}
	if err == nil && !AssignmentTransitions.Allows(a.State, AssignmentIssued) {
		err = ErrAssignmentStep
	}
	return assignmentEvents(a.known(err), AssignmentWasReassigned{From: a.Assignee, To: to, Reason: reason})
}

// ChangeDue moves the due time of an open assignment. The original due time stays known.
func (a Assignment) ChangeDue(by, head EmployeeID, due time.Time, reason string, now time.Time) ([]Event[Assignment], error) {
	var v Invalid
	v.Check(due.After(now), "due_at", "in_past", "must lie in the future")
	err := a.issuer(by, head, v.Err(), said("reason", reason))
	switch {
	case err == nil && !a.Open():
		err = ErrAssignmentStep
	case err == nil && due.Equal(a.Due):
		return nil, nil
	}
	return assignmentEvents(a.known(err), AssignmentDueWasChanged{From: a.Due, To: due, Author: by, Reason: reason})
}

// AskForTime is the assignee's request for a later due time; the issuer answers it by ChangeDue, or not at all.
func (a Assignment) AskForTime(by EmployeeID, due time.Time, reason string) ([]Event[Assignment], error) {
	var v Invalid
	v.Check(due.After(a.Due), "due_at", "not_later", "must be later than the present due time")
	err := a.assignee(by, v.Err(), said("reason", reason))
	if err == nil && !slices.Contains(AssignmentToDo, a.State) {
		err = ErrAssignmentStep
	}
	return assignmentEvents(a.known(err), AssignmentTimeWasAsked{Due: due, Reason: reason})
}

// Revise changes the wording, the priority or the planned effort of an open assignment.
func (a Assignment) Revise(by, head EmployeeID, e AssignmentWasRevised) ([]Event[Assignment], error) {
	var v Invalid
	v.Require("title", e.Title)
	v.Require("expected_result", e.ExpectedResult)
	v.Check(e.Priority.Valid(), "priority", "unknown", "must be low, normal, high or urgent")
	v.Check(e.PlannedEffort >= 0, "planned_effort_min", "negative", "must not be negative")
	err := a.issuer(by, head, v.Err(), said("reason", e.Reason))
	if err == nil && !a.Open() {
		err = ErrAssignmentStep
	}
	return assignmentEvents(a.known(err), e)
}

// SetCoExecutors says who helps the assignee.
func (a Assignment) SetCoExecutors(by, head EmployeeID, who []EmployeeID) ([]Event[Assignment], error) {
	var v Invalid
	v.Check(!slices.Contains(who, a.Assignee), "co_executor_ids", "assignee", "the assignee is not a co-executor")
	err := a.issuer(by, head, v.Err())
	if by == a.Assignee {
		err = v.Err() // the assignee chooses helpers too
	}
	switch {
	case err == nil && !a.Open():
		err = ErrAssignmentStep
	case err == nil && slices.Equal(who, a.CoExecutors):
		return nil, nil
	}
	return assignmentEvents(a.known(err), AssignmentCoExecutorsWereSet{CoExecutors: slices.Clone(who)})
}

// RemindOfVerification notes that the reported result has waited too long for its verification; once per report.
func (a Assignment) RemindOfVerification(now time.Time) ([]Event[Assignment], error) {
	if a.State != AssignmentReported || a.Reminded || now.Before(a.VerifyBy) {
		return nil, nil
	}
	return []Event[Assignment]{AssignmentVerificationWasReminded{Issuer: a.Issuer, VerifyBy: a.VerifyBy}}, nil
}

// step is one move along the workflow, unless denied; being there already is nothing to record.
func (a Assignment) step(to AssignmentState, denied error, e Event[Assignment]) ([]Event[Assignment], error) {
	err := a.known(denied)
	switch {
	case err == nil && a.State == to:
		return nil, nil
	case err == nil && !AssignmentTransitions.Allows(a.State, to):
		err = ErrAssignmentStep
	}
	return assignmentEvents(err, e)
}

func (a Assignment) known(err error) error {
	if a.State == "" {
		return ErrNotFound
	}
	return err
}

func (a Assignment) assignee(by EmployeeID, also ...error) error {
	if by != a.Assignee {
		return ErrAssignmentNotAssignee
	}
	return firstError(also...)
}

func (a Assignment) issuer(by, head EmployeeID, also ...error) error {
	if by != a.Issuer && (by.IsZero() || by != head) {
		return ErrAssignmentNotIssuer
	}
	return firstError(also...)
}

func (a Assignment) verifier(by, head EmployeeID, also ...error) error {
	if err := a.NoExecutor(by); err != nil {
		return err
	}
	return a.issuer(by, head, also...)
}

// NoExecutor refuses executors: nobody verifies work of their own, not even standing in for the issuer.
func (a Assignment) NoExecutor(who EmployeeID) error {
	if slices.Contains(a.Executors(), who) {
		return ErrAssignmentOwnResult
	}
	return nil
}

func assignmentEvents(err error, events ...Event[Assignment]) ([]Event[Assignment], error) {
	if err != nil {
		return nil, err
	}
	return events, nil
}

// said requires words in one field.
func said(field, words string) error {
	var v Invalid
	v.Require(field, words)
	return v.Err()
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
