package httpapi

import (
	"context"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/readmodels"
)

func registerEmployees(a *API) {
	employeeCommands(a)
	departmentCommands(a)
	calendarCommands(a)
	employeeQueries(a)
}

func employeeCommands(a *API) {
	const employees = "employees"
	create[commands.HireEmployee](a, domain.Employees, employees, "Hire an employee")
	post[commands.RenameEmployee](a, domain.Employees, employees, "rename", "Change an employee's name")
	post[commands.ChangeEmployeeContacts](a, domain.Employees, employees, "change-contacts", "Change how colleagues reach an employee")
	post[commands.ChangeEmployeeLogin](a, domain.Employees, employees, "change-login", "Change the name an employee signs in with")
	post[commands.TransferEmployee](a, domain.Employees, employees, "transfer", "Change position, department or head")
	post[commands.ChangeEmployeeSchedule](a, domain.Employees, employees, "change-schedule", "Change time zone and working calendar")
	post[commands.GrantRole](a, domain.Employees, employees, "grant-role", "Give a role")
	post[commands.RevokeRole](a, domain.Employees, employees, "revoke-role", "Take a role away")
	post[commands.SetAuthorityLimits](a, domain.Employees, employees, "set-limits", "Say how far an employee may go in negotiations")
	post[commands.PlanAbsence](a, domain.Employees, employees, "plan-absence", "Plan a time away and who stands in")
	post[commands.ChangeAbsence](a, domain.Employees, employees, "change-absence", "Change an absence")
	post[commands.CancelAbsence](a, domain.Employees, employees, "cancel-absence", "Take an absence back")
	post[commands.DismissEmployee](a, domain.Employees, employees, "dismiss", "Record that an employee has left")
	post[commands.RehireEmployee](a, domain.Employees, employees, "rehire", "Take a former employee back")
}

func departmentCommands(a *API) {
	const departments = "departments"
	create[commands.FoundDepartment](a, domain.Departments, departments, "Found a department")
	post[commands.RenameDepartment](a, domain.Departments, departments, "rename", "Rename a department")
	post[commands.MoveDepartment](a, domain.Departments, departments, "move", "Put a department elsewhere in the tree")
	post[commands.AppointDepartmentHead](a, domain.Departments, departments, "appoint-head", "Appoint the head of a department")
	post[commands.CloseDepartment](a, domain.Departments, departments, "close", "Close a department")
}

func calendarCommands(a *API) {
	const calendars = "working-calendars"
	create[commands.DefineWorkingCalendar](a, domain.WorkingCalendars, calendars, "Define a working calendar")
	post[commands.RenameWorkingCalendar](a, domain.WorkingCalendars, calendars, "rename", "Rename a working calendar")
	post[commands.SetCalendarWeek](a, domain.WorkingCalendars, calendars, "set-week", "Set the weekly hours from a day on")
	post[commands.SetCalendarDays](a, domain.WorkingCalendars, calendars, "set-days", "Set holidays, moved and shortened days")
	post[commands.ClearCalendarDays](a, domain.WorkingCalendars, calendars, "clear-days", "Make days usual again")
	post[commands.RetireWorkingCalendar](a, domain.WorkingCalendars, calendars, "retire", "Take a working calendar out of use")
}

type employeeInput struct {
	ID uuid.UUID `path:"id" format:"uuid" doc:"The employee"`
}

type employeesInput struct{ readmodels.EmployeeFilter }

type absencesInput struct{ readmodels.AbsenceFilter }

func employeeQueries(a *API) {
	get(a, "/employees", "list-employees", "employees", "The directory, by name", reads("employees"),
		func(ctx context.Context, in *employeesInput) (readmodels.Page[readmodels.EmployeeItem], error) {
			return a.queries(ctx).Employees(ctx, in.EmployeeFilter, a.Executor.Now())
		})
	get(a, "/employees/{id}", "get-employee", "employees", "An employee's card", reads("employees"),
		func(ctx context.Context, in *employeeInput) (readmodels.EmployeeDetail, error) {
			return a.queries(ctx).Employee(ctx, in.ID, a.Executor.Now())
		})
	get(a, "/absences", "list-absences", "employees", "Absences, by first day", reads("employees"),
		func(ctx context.Context, in *absencesInput) (readmodels.Page[readmodels.EmployeeAbsence], error) {
			return a.queries(ctx).Absences(ctx, in.AbsenceFilter)
		})
	get(a, "/me/stands-in-for", "list-my-substitutions", "employees", "Whom I stand in for today", reads("employees"),
		func(ctx context.Context, _ *struct{}) ([]readmodels.EmployeeAbsence, error) {
			return a.queries(ctx).StandsInFor(ctx, principal(ctx).Employee.UUID(), a.Executor.Now())
		})
	get(a, "/departments", "list-departments", "departments", "The tree of departments", reads("employees"),
		func(ctx context.Context, _ *struct{}) ([]readmodels.DepartmentNode, error) {
			return a.queries(ctx).Departments(ctx)
		})
	get(a, "/working-calendars", "list-working-calendars", "working-calendars", "The working calendars", reads("employees"),
		func(ctx context.Context, _ *struct{}) ([]readmodels.WorkingCalendarDetail, error) {
			return a.queries(ctx).WorkingCalendars(ctx)
		})
}
