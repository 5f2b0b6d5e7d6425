package commands

import (
	"context"
	"slices"
	"time"

	"github.com/letopis-crm/letopis/domain"
)

// BusinessDay is the working time that counts as one day in deadlines.
const BusinessDay = 8 * time.Hour

// IssueAssignment gives an employee a task.
type IssueAssignment struct {
	By
	Assignee       domain.EmployeeID     `json:"assignee_id" format:"uuid" doc:"Who answers for it"`
	CoExecutors    []domain.EmployeeID   `json:"co_executor_ids,omitempty" maxItems:"50" doc:"Who helps"`
	Title          string                `json:"title" minLength:"1" maxLength:"300" doc:"What is to be done, in a line"`
	Description    string                `json:"description,omitempty" maxLength:"20000" doc:"Details"`
	ExpectedResult string                `json:"expected_result" minLength:"1" maxLength:"4000" doc:"How one sees that it is done"`
	Priority       domain.Priority       `json:"priority,omitempty" enum:"low,normal,high,urgent" doc:"What comes first; normal by default"`
	Due            time.Time             `json:"due_at" doc:"Until when"`
	PlannedEffort  int                   `json:"planned_effort_min,omitempty" minimum:"0" maximum:"1000000" doc:"Planned working time in minutes"`
	Counterparty   domain.CounterpartyID `json:"counterparty_id,omitzero" format:"uuid" doc:"Counterparty it is about"`
	Parent         domain.AssignmentID   `json:"parent_id,omitzero" format:"uuid" doc:"Assignment of which it is a part"`
	Context        []domain.Ref          `json:"context,omitempty" maxItems:"20" doc:"What it came from or belongs to: contract, meeting decision, complaint"`
}

// Prepare refuses executors who have left.
func (c *IssueAssignment) Prepare(ctx context.Context, f *Facts) error {
	if err := stillHere(ctx, f, append([]domain.EmployeeID{c.Assignee}, c.CoExecutors...)...); err != nil || c.Parent.IsZero() {
		return err
	}
	parent, err := Fact(ctx, f, domain.Assignments, c.Parent)
	if err == nil && (parent.State == "" || c.Parent.UUID() == f.ID) {
		var v domain.Invalid
		v.Add("parent_id", "unknown", "there is no such assignment")
		return v.Err()
	}
	return err
}

// stillHere refuses people who have left the company.
func stillHere(ctx context.Context, f *Facts, people ...domain.EmployeeID) error {
	for _, id := range people {
		e, err := Fact(ctx, f, domain.Employees, id)
		if err != nil {
			return err
		}
		if e.State == domain.EmployeeLeft {
			return domain.ErrEmployeeLeft
		}
	}
	return nil
}

func (c IssueAssignment) Decide(s domain.Assignment, now time.Time) ([]domain.Event[domain.Assignment], error) {
	return s.Issue(domain.AssignmentWasIssued{
		Issuer: c.Who(), Assignee: c.Assignee, CoExecutors: c.CoExecutors, Title: c.Title, Description: c.Description,
		ExpectedResult: c.ExpectedResult, Priority: c.Priority, Due: c.Due, PlannedEffort: c.PlannedEffort,
		Counterparty: c.Counterparty, Parent: c.Parent, Context: c.Context,
	}, now)
}

// AcceptAssignment takes an assignment on.
type AcceptAssignment struct{ By }

func (c AcceptAssignment) Decide(s domain.Assignment, _ time.Time) ([]domain.Event[domain.Assignment], error) {
	return s.Accept(c.Who())
}

// DeclineAssignment gives it back to the issuer.
type DeclineAssignment struct {
	By
	Reason string `json:"reason" minLength:"1" maxLength:"2000" doc:"Why"`
}

func (c DeclineAssignment) Decide(s domain.Assignment, _ time.Time) ([]domain.Event[domain.Assignment], error) {
	return s.Decline(c.Who(), c.Reason)
}

// StartAssignment begins the work.
type StartAssignment struct{ By }

func (c StartAssignment) Decide(s domain.Assignment, _ time.Time) ([]domain.Event[domain.Assignment], error) {
	return s.Start(c.Who())
}

// ReportAssignmentDone gives the result to the issuer.
type ReportAssignmentDone struct {
	By
	Result   string `json:"result" minLength:"1" maxLength:"20000" doc:"What came of it"`
	verifyBy time.Time
}

// verificationTime is how long a reported result may wait before the issuer is reminded.
const verificationTime = 2 * BusinessDay

// Prepare finds the deadline of the verification by the issuer's working time.
func (c *ReportAssignmentDone) Prepare(ctx context.Context, f *Facts) error {
	a, err := Fact(ctx, f, domain.Assignments, domain.AssignmentID(f.ID))
	if err != nil {
		return err
	}
	schedule, err := f.Schedule(ctx, a.Issuer)
	c.verifyBy = schedule.After(f.At(), verificationTime)
	return err
}

func (c ReportAssignmentDone) Decide(s domain.Assignment, _ time.Time) ([]domain.Event[domain.Assignment], error) {
	return s.ReportDone(c.Who(), c.Result, c.verifyBy)
}

// asIssuersHead is the fact that the issuer's rights need: who asks, if above the issuer, else nobody.
func asIssuersHead(ctx context.Context, f *Facts, by By) (domain.EmployeeID, error) {
	a, err := Fact(ctx, f, domain.Assignments, domain.AssignmentID(f.ID))
	if err != nil {
		return domain.EmployeeID{}, err
	}
	return asHeadOf(ctx, f, by, a.Issuer)
}

// asHeadOf is who asks, if above the employee, else nobody.
func asHeadOf(ctx context.Context, f *Facts, by By, employee domain.EmployeeID) (domain.EmployeeID, error) {
	above, err := f.IsSuperior(ctx, by.Who(), employee)
	if err != nil || !above {
		return domain.EmployeeID{}, err
	}
	return by.Who(), nil
}

// VerifyAssignment accepts the reported result.
type VerifyAssignment struct {
	By
	Remark string `json:"remark,omitempty" maxLength:"4000" doc:"What to say about it"`
	head   domain.EmployeeID
}

// Prepare implements Preparer.
func (c *VerifyAssignment) Prepare(ctx context.Context, f *Facts) (err error) {
	c.head, err = asIssuersHead(ctx, f, c.By)
	return err
}

func (c VerifyAssignment) Decide(s domain.Assignment, _ time.Time) ([]domain.Event[domain.Assignment], error) {
	if err := s.NoExecutor(c.Actor); err != nil {
		return nil, err
	}
	return s.Verify(c.Who(), c.head, c.Remark)
}

// ReturnAssignment sends the reported result back for rework.
type ReturnAssignment struct {
	By
	Reason string `json:"reason" minLength:"1" maxLength:"4000" doc:"What is missing"`
	head   domain.EmployeeID
}

// Prepare implements Preparer.
func (c *ReturnAssignment) Prepare(ctx context.Context, f *Facts) (err error) {
	c.head, err = asIssuersHead(ctx, f, c.By)
	return err
}

func (c ReturnAssignment) Decide(s domain.Assignment, _ time.Time) ([]domain.Event[domain.Assignment], error) {
	if err := s.NoExecutor(c.Actor); err != nil {
		return nil, err
	}
	return s.Return(c.Who(), c.head, c.Reason)
}

// CancelAssignment ends an assignment without a result.
type CancelAssignment struct {
	By
	Reason string `json:"reason" minLength:"1" maxLength:"2000" doc:"Why"`
	head   domain.EmployeeID
}

// Prepare implements Preparer.
func (c *CancelAssignment) Prepare(ctx context.Context, f *Facts) (err error) {
	c.head, err = asIssuersHead(ctx, f, c.By)
	return err
}

func (c CancelAssignment) Decide(s domain.Assignment, _ time.Time) ([]domain.Event[domain.Assignment], error) {
	return s.Cancel(c.Who(), c.head, c.Reason)
}

// ReassignAssignment gives it to another assignee.
type ReassignAssignment struct {
	By
	Assignee domain.EmployeeID `json:"assignee_id" format:"uuid" doc:"Who answers for it from now on"`
	Reason   string            `json:"reason" minLength:"1" maxLength:"2000" doc:"Why"`
	head     domain.EmployeeID
}

// Prepare implements Preparer.
func (c *ReassignAssignment) Prepare(ctx context.Context, f *Facts) (err error) {
	if err := stillHere(ctx, f, c.Assignee); err != nil {
		return err
	}
	c.head, err = asIssuersHead(ctx, f, c.By)
	return err
}

func (c ReassignAssignment) Decide(s domain.Assignment, _ time.Time) ([]domain.Event[domain.Assignment], error) {
	return s.Reassign(c.Who(), c.head, c.Assignee, c.Reason)
}

// ChangeAssignmentDue moves the due time; the original one stays known.
type ChangeAssignmentDue struct {
	By
	Due    time.Time `json:"due_at" doc:"The new due time"`
	Reason string    `json:"reason" minLength:"1" maxLength:"2000" doc:"Why"`
	head   domain.EmployeeID
}

// Prepare implements Preparer.
func (c *ChangeAssignmentDue) Prepare(ctx context.Context, f *Facts) (err error) {
	c.head, err = asIssuersHead(ctx, f, c.By)
	return err
}

func (c ChangeAssignmentDue) Decide(s domain.Assignment, now time.Time) ([]domain.Event[domain.Assignment], error) {
	return s.ChangeDue(c.Who(), c.head, c.Due, c.Reason, now)
}

// AskForAssignmentTime is the assignee's request for a later due time.
type AskForAssignmentTime struct {
	By
	Due    time.Time `json:"due_at" doc:"The due time asked for"`
	Reason string    `json:"reason" minLength:"1" maxLength:"2000" doc:"Why"`
}

func (c AskForAssignmentTime) Decide(s domain.Assignment, _ time.Time) ([]domain.Event[domain.Assignment], error) {
	return s.AskForTime(c.Who(), c.Due, c.Reason)
}

// ReviseAssignment changes what is asked for.
type ReviseAssignment struct {
	By
	Title          string          `json:"title" minLength:"1" maxLength:"300" doc:"What is to be done, in a line"`
	Description    string          `json:"description,omitempty" maxLength:"20000" doc:"Details"`
	ExpectedResult string          `json:"expected_result" minLength:"1" maxLength:"4000" doc:"How one sees that it is done"`
	Priority       domain.Priority `json:"priority" enum:"low,normal,high,urgent" doc:"What comes first"`
	PlannedEffort  int             `json:"planned_effort_min,omitempty" minimum:"0" maximum:"1000000" doc:"Planned working time in minutes"`
	Reason         string          `json:"reason" minLength:"1" maxLength:"2000" doc:"Why"`
	head           domain.EmployeeID
}

// Prepare implements Preparer.
func (c *ReviseAssignment) Prepare(ctx context.Context, f *Facts) (err error) {
	c.head, err = asIssuersHead(ctx, f, c.By)
	return err
}

func (c ReviseAssignment) Decide(s domain.Assignment, _ time.Time) ([]domain.Event[domain.Assignment], error) {
	return s.Revise(c.Who(), c.head, domain.AssignmentWasRevised{
		Title: c.Title, Description: c.Description, ExpectedResult: c.ExpectedResult, Priority: c.Priority,
		PlannedEffort: c.PlannedEffort, Reason: c.Reason,
	})
}

// SetAssignmentCoExecutors says who helps the assignee.
type SetAssignmentCoExecutors struct {
	By
	CoExecutors []domain.EmployeeID `json:"co_executor_ids" maxItems:"50" doc:"Who helps; empty for nobody"`
	head        domain.EmployeeID
}

// Prepare implements Preparer.
func (c *SetAssignmentCoExecutors) Prepare(ctx context.Context, f *Facts) (err error) {
	if err := stillHere(ctx, f, c.CoExecutors...); err != nil {
		return err
	}
	c.head, err = asIssuersHead(ctx, f, c.By)
	return err
}

func (c SetAssignmentCoExecutors) Decide(s domain.Assignment, _ time.Time) ([]domain.Event[domain.Assignment], error) {
	return s.SetCoExecutors(c.Who(), c.head, c.CoExecutors)
}

// RemindOfVerification notes that a reported result has waited too long. The scheduler gives it.
type RemindOfVerification struct{}

func (RemindOfVerification) Decide(s domain.Assignment, now time.Time) ([]domain.Event[domain.Assignment], error) {
	return s.RemindOfVerification(now)
}

// EnterTime puts working time on the employee's time sheet.
type EnterTime struct {
	By
	TimeWorked
	zone *time.Location
}

// TimeWorked is the content of an entry of a time sheet.
type TimeWorked struct {
	Date       domain.Date         `json:"date" format:"date" doc:"The day, in the employee's time zone"`
	From       time.Time           `json:"from,omitzero" doc:"Begin; with it the entry takes its place on the clock"`
	To         time.Time           `json:"to,omitzero" doc:"End"`
	Minutes    int                 `json:"minutes,omitempty" minimum:"1" maximum:"1440" doc:"Working time; by default all the time between from and to"`
	Assignment domain.AssignmentID `json:"assignment_id,omitzero" format:"uuid" doc:"Assignment it was for"`
	Subject    domain.Ref          `json:"subject,omitzero" doc:"Other record it was for"`
	Comment    string              `json:"comment,omitempty" maxLength:"2000" doc:"What was done"`
}

func (t TimeWorked) entry(no int) domain.TimeEntry {
	return domain.TimeEntry{No: no, Date: t.Date, From: t.From, To: t.To, Minutes: t.Minutes, Assignment: t.Assignment, Subject: t.Subject, Comment: t.Comment}
}

// ErrTimeNotExecutor refuses time on an assignment with which the employee has nothing to do.
var ErrTimeNotExecutor = domain.Refuse("timesheet.not_executor", "time is entered by those who take part in the assignment")

// Prepare finds the employee's zone, and checks the sheet and the assignment.
func (c *EnterTime) Prepare(ctx context.Context, f *Facts) (err error) {
	c.zone, err = timeZone(ctx, f, c.Who(), c.TimeWorked)
	return err
}

func timeZone(ctx context.Context, f *Facts, who domain.EmployeeID, t TimeWorked) (*time.Location, error) {
	schedule, err := f.Schedule(ctx, who)
	switch {
	case err != nil:
		return nil, err
	case t.Date.Valid() && domain.TimeSheetOf(who, t.Date) != domain.TimeSheetID(f.ID):
		return nil, domain.ErrTimeOtherMonth
	case t.Assignment.IsZero():
		return schedule.Location(), nil
	}
	a, err := Fact(ctx, f, domain.Assignments, t.Assignment)
	if err == nil && !slices.Contains(a.Participants(), who) {
		err = ErrTimeNotExecutor
	}
	return schedule.Location(), err
}

func (c EnterTime) Decide(s domain.TimeSheet, now time.Time) ([]domain.Event[domain.TimeSheet], error) {
	return s.Enter(c.Who(), c.entry(0), c.zone, now)
}

// CorrectTime replaces the content of an entry.
type CorrectTime struct {
	By
	TimeWorked
	No     int    `json:"no" minimum:"1" doc:"Number of the entry"`
	Reason string `json:"reason" minLength:"1" maxLength:"2000" doc:"Why"`
	zone   *time.Location
}

// Prepare implements Preparer.
func (c *CorrectTime) Prepare(ctx context.Context, f *Facts) (err error) {
	c.zone, err = timeZone(ctx, f, c.Who(), c.TimeWorked)
	return err
}

func (c CorrectTime) Decide(s domain.TimeSheet, now time.Time) ([]domain.Event[domain.TimeSheet], error) {
	return s.Correct(c.Who(), c.entry(c.No), c.Reason, c.zone, now)
}

// WithdrawTime takes an entry back.
type WithdrawTime struct {
	By
	No     int    `json:"no" minimum:"1" doc:"Number of the entry"`
	Reason string `json:"reason" minLength:"1" maxLength:"2000" doc:"Why"`
}

func (c WithdrawTime) Decide(s domain.TimeSheet, _ time.Time) ([]domain.Event[domain.TimeSheet], error) {
	return s.Withdraw(c.Who(), c.No, c.Reason)
}
