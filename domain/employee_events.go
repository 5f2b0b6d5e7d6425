package domain

import "slices"

// Employees are the streams "employee-<id>".
var Employees = NewCategory("employee",
	Type[EmployeeWasHired]("employee.hired"),
	Type[EmployeeWasRenamed]("employee.renamed"),
	Type[EmployeeContactsWereChanged]("employee.contacts_changed"),
	Type[EmployeeLoginWasChanged]("employee.login_changed"),
	Type[EmployeeWasTransferred]("employee.transferred"),
	Type[EmployeeScheduleWasChanged]("employee.schedule_changed"),
	Type[EmployeeRoleWasGranted]("employee.role_granted"),
	Type[EmployeeRoleWasRevoked]("employee.role_revoked"),
	Type[EmployeeLimitsWereSet]("employee.limits_set"),
	Type[EmployeeAbsenceWasPlanned]("employee.absence_planned"),
	Type[EmployeeAbsenceWasChanged]("employee.absence_changed"),
	Type[EmployeeAbsenceWasCancelled]("employee.absence_cancelled"),
	Type[EmployeeHasLeft]("employee.left"),
	Type[EmployeeWasRehired]("employee.rehired"),
)

// EmployeeWasHired puts a person into the register.
type EmployeeWasHired struct {
	ID          EmployeeID        `json:"employee_id"`
	Name        EmployeeName      `json:"name"`
	DisplayName string            `json:"display_name" pii:"employee"`
	Login       string            `json:"login,omitempty" pii:"employee"`
	Position    string            `json:"position,omitempty" pii:"employee"`
	Department  DepartmentID      `json:"department_id,omitzero"`
	Head        EmployeeID        `json:"head_id,omitzero"`
	Email       string            `json:"email,omitempty" pii:"employee"`
	Phone       string            `json:"phone,omitempty" pii:"employee"`
	Zone        string            `json:"time_zone,omitempty" public:""`
	Calendar    WorkingCalendarID `json:"calendar_id,omitzero"`
	Hired       Date              `json:"hired_on"`
	ExternalID  string            `json:"external_id,omitempty" public:""`
}

// EmployeeWasRenamed changes the name.
type EmployeeWasRenamed struct {
	Name        EmployeeName `json:"name"`
	DisplayName string       `json:"display_name" pii:"employee"`
}

// EmployeeContactsWereChanged changes how colleagues reach the employee.
type EmployeeContactsWereChanged struct {
	Email string `json:"email" pii:"employee"`
	Phone string `json:"phone" pii:"employee"`
}

// EmployeeLoginWasChanged changes the name to sign in with; an empty one ends signing in.
type EmployeeLoginWasChanged struct {
	Login  string `json:"login" pii:"employee"`
	Former string `json:"former,omitempty" pii:"employee"`
}

// EmployeeWasTransferred changes the place in the company.
type EmployeeWasTransferred struct {
	Position       string       `json:"position" pii:"employee"`
	Department     DepartmentID `json:"department_id,omitzero"`
	FromDepartment DepartmentID `json:"from_department_id,omitzero"`
	Head           EmployeeID   `json:"head_id,omitzero"`
}

// EmployeeScheduleWasChanged changes when the employee works.
type EmployeeScheduleWasChanged struct {
	Zone     string            `json:"time_zone" public:""`
	Calendar WorkingCalendarID `json:"calendar_id,omitzero"`
}

// EmployeeRoleWasGranted gives a role.
type EmployeeRoleWasGranted struct {
	Role Role `json:"role"`
}

// EmployeeRoleWasRevoked takes a role away.
type EmployeeRoleWasRevoked struct {
	Role Role `json:"role"`
}

// EmployeeLimitsWereSet says how far the employee may go in negotiations.
type EmployeeLimitsWereSet struct {
	Limits AuthorityLimits `json:"limits"`
	Former AuthorityLimits `json:"former"`
}

// EmployeeAbsenceWasPlanned is a time away.
type EmployeeAbsenceWasPlanned struct {
	EmployeeAbsence
}

// EmployeeAbsenceWasChanged replaces an absence.
type EmployeeAbsenceWasChanged struct {
	EmployeeAbsence
	Former Absence `json:"former"`
}

// EmployeeAbsenceWasCancelled takes an absence back.
type EmployeeAbsenceWasCancelled struct {
	EmployeeAbsence
	Reason string `json:"reason,omitempty" pii:"employee"`
}

// EmployeeHasLeft ends the employment.
type EmployeeHasLeft struct {
	On     Date   `json:"left_on"`
	Reason string `json:"reason,omitempty" pii:"employee"`
}

// EmployeeWasRehired begins it anew.
type EmployeeWasRehired struct {
	On Date `json:"hired_on"`
}

func (v EmployeeWasHired) Apply(e *Employee) {
	*e = Employee{
		ID: v.ID, Name: v.Name, DisplayName: v.DisplayName, Login: v.Login, Position: v.Position, Department: v.Department, Head: v.Head,
		Email: v.Email, Phone: v.Phone, Zone: v.Zone, Calendar: v.Calendar, Hired: v.Hired, State: EmployeeEmployed,
	}
}
func (v EmployeeWasRenamed) Apply(e *Employee)          { e.Name, e.DisplayName = v.Name, v.DisplayName }
func (v EmployeeContactsWereChanged) Apply(e *Employee) { e.Email, e.Phone = v.Email, v.Phone }
func (v EmployeeLoginWasChanged) Apply(e *Employee)     { e.Login = v.Login }
func (v EmployeeWasTransferred) Apply(e *Employee) {
	e.Position, e.Department, e.Head = v.Position, v.Department, v.Head
}
func (v EmployeeScheduleWasChanged) Apply(e *Employee) { e.Zone, e.Calendar = v.Zone, v.Calendar }
func (v EmployeeRoleWasGranted) Apply(e *Employee)     { e.Roles = With(e.Roles, v.Role) }
func (v EmployeeRoleWasRevoked) Apply(e *Employee) {
	e.Roles = Without(e.Roles, func(r Role) bool { return r == v.Role })
}
func (v EmployeeLimitsWereSet) Apply(e *Employee) { e.Limits = v.Limits }
func (v EmployeeAbsenceWasPlanned) Apply(e *Employee) {
	e.Absences = With(e.Absences, v.EmployeeAbsence)
}
func (v EmployeeAbsenceWasChanged) Apply(e *Employee) {
	e.Absences = slices.Clone(e.Absences)
	for i, a := range e.Absences {
		if a.ID == v.ID {
			e.Absences[i] = v.EmployeeAbsence
		}
	}
}
func (v EmployeeAbsenceWasCancelled) Apply(e *Employee) {
	e.Absences = Without(e.Absences, func(a EmployeeAbsence) bool { return a.ID == v.ID })
}
func (v EmployeeHasLeft) Apply(e *Employee)    { e.State, e.Left, e.Roles = EmployeeLeft, v.On, nil }
func (v EmployeeWasRehired) Apply(e *Employee) { e.State, e.Hired, e.Left = EmployeeEmployed, v.On, "" }
