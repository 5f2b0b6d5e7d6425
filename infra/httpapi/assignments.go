package httpapi

import (
	"context"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/readmodels"
)

func registerAssignments(a *API) {
	assignmentCommands(a)
	timeSheetCommands(a)
	assignmentQueries(a)
}

func assignmentCommands(a *API) {
	const assignments = "assignments"
	create[commands.IssueAssignment](a, domain.Assignments, assignments, "Give an employee an assignment")
	post[commands.AcceptAssignment](a, domain.Assignments, assignments, "accept", "Take an assignment on")
	post[commands.DeclineAssignment](a, domain.Assignments, assignments, "decline", "Give it back to the issuer")
	post[commands.StartAssignment](a, domain.Assignments, assignments, "start", "Begin the work")
	post[commands.ReportAssignmentDone](a, domain.Assignments, assignments, "report-done", "Give the result to the issuer")
	post[commands.VerifyAssignment](a, domain.Assignments, assignments, "verify", "Accept the reported result")
	post[commands.ReturnAssignment](a, domain.Assignments, assignments, "return", "Send the reported result back for rework")
	post[commands.CancelAssignment](a, domain.Assignments, assignments, "cancel", "End it without a result")
	post[commands.ReassignAssignment](a, domain.Assignments, assignments, "reassign", "Give it to another assignee")
	post[commands.ChangeAssignmentDue](a, domain.Assignments, assignments, "change-due", "Move its due time")
	post[commands.AskForAssignmentTime](a, domain.Assignments, assignments, "ask-for-time", "Ask for a later due time")
	post[commands.ReviseAssignment](a, domain.Assignments, assignments, "revise", "Change what is asked for")
	post[commands.SetAssignmentCoExecutors](a, domain.Assignments, assignments, "set-co-executors", "Say who helps")
}

func timeSheetCommands(a *API) {
	const sheets = "time-sheets"
	postTo(a, domain.TimeSheets, "time-entries", sheets, "Enter working time on one's own time sheet",
		func(ctx context.Context, c commands.EnterTime) domain.TimeSheetID {
			return domain.TimeSheetOf(myself(ctx), c.Date)
		})
	post[commands.CorrectTime](a, domain.TimeSheets, sheets, "correct", "Correct an entry")
	post[commands.WithdrawTime](a, domain.TimeSheets, sheets, "withdraw", "Take an entry back")
}

// myself is in whose name the request is made: the absent colleague's, else one's own.
func myself(ctx context.Context) domain.EmployeeID {
	who := principal(ctx)
	if !who.OnBehalfOf.IsZero() {
		return who.OnBehalfOf
	}
	return who.Employee
}

// whose is the person a query is about, oneself by default; others only for whom the reader may look after.
func (a *API) whose(ctx context.Context, asked uuid.UUID) (domain.EmployeeID, error) {
	employee := domain.EmployeeID(asked)
	if employee.IsZero() || employee == myself(ctx) {
		return myself(ctx), nil
	}
	return employee, commands.MayLookAfter(ctx, a.Executor, principal(ctx).Employee, employee, domain.DateOf(a.Executor.Now(), reader(ctx).Zone))
}

type recordPath struct {
	ID uuid.UUID `path:"id" format:"uuid" doc:"The record"`
}

type timeSheetInput struct {
	Employee uuid.UUID `query:"employee" format:"uuid" doc:"Whose; one's own by default"`
	Month    string    `query:"month" pattern:"^[0-9]{4}-[0-9]{2}$" doc:"Such as 2026-11; the present month by default"`
}

func assignmentQueries(a *API) {
	get(a, "/assignments", "list-assignments", "assignments", "List assignments", reads("assignments", "employees", "clients"),
		func(ctx context.Context, f *readmodels.AssignmentFilter) (readmodels.Page[readmodels.AssignmentItem], error) {
			return a.queries(ctx).Assignments(ctx, *f, a.Executor.Now())
		})
	get(a, "/assignment-board", "get-assignment-board", "assignments", "Open assignments as columns by state", reads("assignments", "employees", "clients"),
		func(ctx context.Context, f *readmodels.AssignmentFilter) (readmodels.AssignmentBoard, error) {
			return a.queries(ctx).AssignmentBoard(ctx, *f, a.Executor.Now())
		})
	get(a, "/assignments/{id}", "get-assignment", "assignments", "An assignment with its time entries and parts", reads("assignments", "employees", "clients"),
		func(ctx context.Context, in *recordPath) (readmodels.AssignmentDetail, error) {
			return a.queries(ctx).Assignment(ctx, in.ID, a.Executor.Now())
		})
	get(a, "/reports/assignments", "report-assignments", "reports", "How assignments were done, by assignee", reads("assignments", "employees"),
		func(ctx context.Context, f *readmodels.AssignmentReportFilter) (readmodels.AssignmentReport, error) {
			return a.queries(ctx).AssignmentReport(ctx, *f, a.Executor.Now())
		})
	get(a, "/time-sheet", "get-time-sheet", "time-sheets", "An employee's month", reads("assignments", "employees"),
		func(ctx context.Context, in *timeSheetInput) (readmodels.TimeSheet, error) {
			employee, err := a.whose(ctx, in.Employee)
			if err != nil {
				return readmodels.TimeSheet{}, err
			}
			month := in.Month
			if month == "" {
				month = domain.DateOf(a.Executor.Now(), reader(ctx).Zone).Month()
			}
			return a.queries(ctx).TimeSheet(ctx, employee.UUID(), month)
		})
	get(a, "/work-items", "list-work-items", "work-items", "The work schedule, by day", reads("work_items", "employees", "clients"),
		func(ctx context.Context, f *readmodels.WorkScheduleFilter) (readmodels.Page[readmodels.WorkScheduleItem], error) {
			return a.queries(ctx).WorkSchedule(ctx, *f, today(ctx, a))
		})
	get(a, "/reports/work-schedule", "report-work-schedule", "reports", "The work schedule summed up by day, employee and counterparty", reads("work_items", "employees", "clients"),
		func(ctx context.Context, f *readmodels.WorkScheduleFilter) (readmodels.WorkScheduleReport, error) {
			return a.queries(ctx).WorkScheduleReport(ctx, *f, today(ctx, a))
		})
}

// today is the reader's.
func today(ctx context.Context, a *API) domain.Date {
	return domain.DateOf(a.Executor.Now(), reader(ctx).Zone)
}
