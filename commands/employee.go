package commands

import (
	"context"
	"time"

	"github.com/letopis-crm/letopis/domain"
)

// HireEmployee puts a person into the register of employees.
type HireEmployee struct {
	Name        domain.EmployeeName      `json:"name" doc:"Name by its parts"`
	DisplayName string                   `json:"display_name,omitempty" maxLength:"200" doc:"Name as lists show it; the full name when absent"`
	Login       string                   `json:"login,omitempty" maxLength:"100" pattern:"^[A-Za-z0-9][A-Za-z0-9._@-]*$" doc:"Name to sign in with; nobody else has it"`
	Position    string                   `json:"position,omitempty" maxLength:"200" doc:"Position"`
	Department  domain.DepartmentID      `json:"department_id,omitzero" format:"uuid" doc:"Department"`
	Head        domain.EmployeeID        `json:"head_id,omitzero" format:"uuid" doc:"Direct head"`
	Email       string                   `json:"email,omitempty" maxLength:"254" doc:"Work e-mail"`
	Phone       string                   `json:"phone,omitempty" maxLength:"50" doc:"Work phone"`
	Zone        string                   `json:"time_zone,omitempty" maxLength:"64" example:"Asia/Yekaterinburg" doc:"IANA time zone; Europe/Moscow when absent"`
	Calendar    domain.WorkingCalendarID `json:"calendar_id,omitzero" format:"uuid" doc:"Working calendar; the built-in Russian one when absent"`
	Hired       domain.Date              `json:"hired_on" format:"date" doc:"First working day"`
	ExternalID  string                   `json:"external_id,omitempty" maxLength:"100" doc:"Id in another system"`
	id          domain.EmployeeID
	above       domain.Subordination
}

// Prepare brings the heads above and reserves the login.
func (c *HireEmployee) Prepare(ctx context.Context, f *Facts) (err error) {
	c.id = domain.EmployeeID(f.ID)
	if c.above, err = f.Heads(ctx, c.Head); err != nil {
		return err
	}
	if err := needDepartment(ctx, f, c.Department); err != nil {
		return err
	}
	if err := needCalendar(ctx, f, c.Calendar); err != nil {
		return err
	}
	// Decided once before anything is reserved: a refused employee takes no login.
	existing, err := Fact(ctx, f, domain.Employees, c.id)
	if err != nil {
		return err
	}
	if _, err := c.Decide(existing, f.Now()); err != nil {
		return err
	}
	return takeLogin(ctx, f, c.id, c.Login)
}

func (c HireEmployee) Decide(s domain.Employee, _ time.Time) ([]domain.Event[domain.Employee], error) {
	return s.Hire(domain.EmployeeWasHired{
		ID: c.id, Name: c.Name, DisplayName: c.DisplayName, Login: c.Login, Position: c.Position, Department: c.Department, Head: c.Head,
		Email: c.Email, Phone: c.Phone, Zone: c.Zone, Calendar: c.Calendar, Hired: c.Hired, ExternalID: c.ExternalID,
	}, c.above)
}

func needDepartment(ctx context.Context, f *Facts, id domain.DepartmentID) error {
	if id.IsZero() {
		return nil
	}
	d, err := Fact(ctx, f, domain.Departments, id)
	if err == nil && d.State != domain.DepartmentWorking {
		var v domain.Invalid
		v.Add("department_id", "unknown", "there is no such department at work")
		err = v.Err()
	}
	return err
}

func needCalendar(ctx context.Context, f *Facts, id domain.WorkingCalendarID) error {
	if id.IsZero() {
		return nil
	}
	c, err := Fact(ctx, f, domain.WorkingCalendars, id)
	if err == nil && c.State != domain.WorkingCalendarInUse {
		var v domain.Invalid
		v.Add("calendar_id", "unknown", "there is no such calendar in use")
		err = v.Err()
	}
	return err
}

func takeLogin(ctx context.Context, f *Facts, holder domain.EmployeeID, login string) error {
	if domain.NormalLogin(login) == "" {
		return nil
	}
	_, err := Execute(ctx, f.Executor(), domain.LoginNames, domain.LoginNameOf(login), TakeLoginName{Login: login, Holder: holder}, f.Request.Derive("take login "+domain.NormalLogin(login)))
	return err
}

// RenameEmployee changes the name.
type RenameEmployee struct {
	Name        domain.EmployeeName `json:"name" doc:"Name by its parts"`
	DisplayName string              `json:"display_name,omitempty" maxLength:"200" doc:"Name as lists show it; the full name when absent"`
}

func (c RenameEmployee) Decide(s domain.Employee, _ time.Time) ([]domain.Event[domain.Employee], error) {
	return s.Rename(c.Name, c.DisplayName)
}

// ChangeEmployeeContacts changes how colleagues reach the employee.
type ChangeEmployeeContacts struct {
	Email string `json:"email,omitempty" maxLength:"254" doc:"Work e-mail; absent: none"`
	Phone string `json:"phone,omitempty" maxLength:"50" doc:"Work phone; absent: none"`
}

func (c ChangeEmployeeContacts) Decide(s domain.Employee, _ time.Time) ([]domain.Event[domain.Employee], error) {
	return s.Reach(c.Email, c.Phone)
}

// ChangeEmployeeLogin changes the name the employee signs in with.
type ChangeEmployeeLogin struct {
	Login string `json:"login,omitempty" maxLength:"100" pattern:"^([A-Za-z0-9][A-Za-z0-9._@-]*)?$" doc:"New name; absent: signing in ends"`
}

// Prepare reserves the login.
func (c *ChangeEmployeeLogin) Prepare(ctx context.Context, f *Facts) error {
	employee, err := Fact(ctx, f, domain.Employees, domain.EmployeeID(f.ID))
	if err != nil {
		return err
	}
	if _, err := c.Decide(employee, f.Now()); err != nil {
		return err
	}
	return takeLogin(ctx, f, employee.ID, c.Login)
}

func (c ChangeEmployeeLogin) Decide(s domain.Employee, _ time.Time) ([]domain.Event[domain.Employee], error) {
	return s.GiveLogin(c.Login)
}

// TransferEmployee changes the position, the department or the direct head.
type TransferEmployee struct {
	Position   string              `json:"position,omitempty" maxLength:"200" doc:"Position"`
	Department domain.DepartmentID `json:"department_id,omitzero" format:"uuid" doc:"Department; absent: none"`
	Head       domain.EmployeeID   `json:"head_id,omitzero" format:"uuid" doc:"Direct head; absent: none"`
	above      domain.Subordination
}

// Prepare brings the heads above the new head.
func (c *TransferEmployee) Prepare(ctx context.Context, f *Facts) (err error) {
	if c.above, err = f.Heads(ctx, c.Head); err != nil {
		return err
	}
	return needDepartment(ctx, f, c.Department)
}

func (c TransferEmployee) Decide(s domain.Employee, _ time.Time) ([]domain.Event[domain.Employee], error) {
	return s.Transfer(domain.EmployeeWasTransferred{Position: c.Position, Department: c.Department, Head: c.Head}, c.above)
}

// ChangeEmployeeSchedule changes the time zone and the working calendar.
type ChangeEmployeeSchedule struct {
	Zone     string                   `json:"time_zone" maxLength:"64" example:"Asia/Yekaterinburg" doc:"IANA time zone"`
	Calendar domain.WorkingCalendarID `json:"calendar_id,omitzero" format:"uuid" doc:"Working calendar; the built-in Russian one when absent"`
}

// Prepare checks that the calendar is in use.
func (c *ChangeEmployeeSchedule) Prepare(ctx context.Context, f *Facts) error {
	return needCalendar(ctx, f, c.Calendar)
}

func (c ChangeEmployeeSchedule) Decide(s domain.Employee, _ time.Time) ([]domain.Event[domain.Employee], error) {
	return s.Work(c.Zone, c.Calendar)
}

// GrantRole gives an employee a role.
type GrantRole struct {
	Role domain.Role `json:"role" enum:"employee,service_engineer,marketer,manager,quality_manager,compliance_reviewer,auditor,data_protection_officer,administrator" doc:"The role"`
}

func (c GrantRole) Decide(s domain.Employee, _ time.Time) ([]domain.Event[domain.Employee], error) {
	return s.GrantRole(c.Role)
}

// RevokeRole takes a role away.
type RevokeRole struct {
	Role domain.Role `json:"role" enum:"employee,service_engineer,marketer,manager,quality_manager,compliance_reviewer,auditor,data_protection_officer,administrator" doc:"The role"`
}

func (c RevokeRole) Decide(s domain.Employee, _ time.Time) ([]domain.Event[domain.Employee], error) {
	return s.RevokeRole(c.Role)
}

// SetAuthorityLimits says how far the employee may go in negotiations without asking.
type SetAuthorityLimits struct {
	domain.AuthorityLimits
}

func (c SetAuthorityLimits) Decide(s domain.Employee, _ time.Time) ([]domain.Event[domain.Employee], error) {
	return s.Limit(c.AuthorityLimits)
}

// AbsenceWish is what an absence is planned or changed to.
type AbsenceWish struct {
	From       domain.Date        `json:"from" format:"date" doc:"First day away"`
	To         domain.Date        `json:"to" format:"date" doc:"Last day away"`
	Kind       domain.AbsenceKind `json:"kind" enum:"vacation,sick,business_trip,training,other" doc:"Why"`
	Substitute domain.EmployeeID  `json:"substitute_id,omitzero" format:"uuid" doc:"Who stands in meanwhile"`
}

func (w AbsenceWish) absence(id domain.AbsenceID) domain.EmployeeAbsence {
	return domain.EmployeeAbsence{ID: id, Absence: domain.Absence{From: w.From, To: w.To, Kind: w.Kind, Substitute: w.Substitute}}
}

// PlanAbsence records a time away from work. One's own may be planned by everybody, others' by who stands above them.
type PlanAbsence struct {
	By
	AbsenceWish
	id         domain.AbsenceID
	substitute domain.Employee
}

// Prepare gives the absence its id and brings the substitute.
func (c *PlanAbsence) Prepare(ctx context.Context, f *Facts) (err error) {
	c.id = domain.DerivedID[domain.Absence](f.ID.String(), f.Request.CommandID.String())
	if err := f.ownOrBelow(ctx, c.By); err != nil {
		return err
	}
	c.substitute, err = Fact(ctx, f, domain.Employees, c.Substitute)
	return err
}

func (c PlanAbsence) Decide(s domain.Employee, _ time.Time) ([]domain.Event[domain.Employee], error) {
	return s.PlanAbsence(c.absence(c.id), c.substitute)
}

// ChangeAbsence changes the days, the kind or the substitute.
type ChangeAbsence struct {
	By
	ID domain.AbsenceID `json:"absence_id" format:"uuid" doc:"The absence"`
	AbsenceWish
	substitute domain.Employee
}

// Prepare brings the substitute.
func (c *ChangeAbsence) Prepare(ctx context.Context, f *Facts) (err error) {
	if err := f.ownOrBelow(ctx, c.By); err != nil {
		return err
	}
	c.substitute, err = Fact(ctx, f, domain.Employees, c.Substitute)
	return err
}

func (c ChangeAbsence) Decide(s domain.Employee, _ time.Time) ([]domain.Event[domain.Employee], error) {
	return s.ChangeAbsence(c.absence(c.ID), c.substitute)
}

// CancelAbsence takes an absence back.
type CancelAbsence struct {
	By
	ID     domain.AbsenceID `json:"absence_id" format:"uuid" doc:"The absence"`
	Reason string           `json:"reason,omitempty" maxLength:"2000" doc:"Why"`
}

// Prepare checks who asks.
func (c *CancelAbsence) Prepare(ctx context.Context, f *Facts) error { return f.ownOrBelow(ctx, c.By) }

func (c CancelAbsence) Decide(s domain.Employee, _ time.Time) ([]domain.Event[domain.Employee], error) {
	return s.CancelAbsence(c.ID, c.Reason)
}

// ownOrBelow: absences are a matter of the employee, of who stands above, and of managers and administrators.
func (f *Facts) ownOrBelow(ctx context.Context, by By) error {
	if f.Request.Source == domain.SourceImport || f.Request.Source == domain.SourcePolicy || by.Who().UUID() == f.ID {
		return nil
	}
	asking, err := Fact(ctx, f, domain.Employees, by.Who())
	if err != nil || asking.Has(domain.RoleAdministrator) || asking.Has(domain.RoleManager) {
		return err
	}
	above, err := f.IsSuperior(ctx, by.Who(), domain.EmployeeID(f.ID))
	if err == nil && !above {
		err = domain.ErrForbidden
	}
	return err
}

// DismissEmployee records that the employee no longer works here.
type DismissEmployee struct {
	On     domain.Date `json:"left_on" format:"date" doc:"Last working day"`
	Reason string      `json:"reason,omitempty" maxLength:"2000" doc:"Why"`
}

func (c DismissEmployee) Decide(s domain.Employee, _ time.Time) ([]domain.Event[domain.Employee], error) {
	return s.Leave(c.On, c.Reason)
}

// RehireEmployee takes a former employee back. Roles are granted anew.
type RehireEmployee struct {
	On domain.Date `json:"hired_on" format:"date" doc:"First working day"`
}

func (c RehireEmployee) Decide(s domain.Employee, _ time.Time) ([]domain.Event[domain.Employee], error) {
	return s.Rehire(c.On)
}

// TakeLoginName reserves a name to sign in with; part of hiring and of changing the login.
type TakeLoginName struct {
	Login  string            `json:"login"`
	Holder domain.EmployeeID `json:"employee_id"`
}

func (c TakeLoginName) Decide(s domain.LoginName, _ time.Time) ([]domain.Event[domain.LoginName], error) {
	return s.Take(c.Login, c.Holder)
}

// ReleaseLoginName makes a name free again; a policy does it after a change of login.
type ReleaseLoginName struct {
	Login  string            `json:"login"`
	Holder domain.EmployeeID `json:"employee_id"`
}

func (c ReleaseLoginName) Decide(s domain.LoginName, _ time.Time) ([]domain.Event[domain.LoginName], error) {
	return s.Release(c.Login, c.Holder)
}
