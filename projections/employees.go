package projections

import (
	_ "embed"
	"slices"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// EmployeeRow is an employee's card. Every list that shows an employee's name joins it.
type EmployeeRow struct {
	ID                    uuid.UUID                `json:"id"`
	Name                  string                   `json:"name"`
	FullName              string                   `json:"full_name"`
	LastName              string                   `json:"last_name"`
	FirstName             string                   `json:"first_name"`
	Patronymic            string                   `json:"patronymic"`
	Login                 string                   `json:"login,omitzero"`
	Position              string                   `json:"position,omitzero"`
	Department            domain.DepartmentID      `json:"department_id"`
	Head                  domain.EmployeeID        `json:"head_id"`
	Email                 string                   `json:"email,omitzero"`
	Phone                 string                   `json:"phone,omitzero"`
	Zone                  string                   `json:"zone"`
	Calendar              domain.WorkingCalendarID `json:"calendar_id"`
	Active                bool                     `json:"active"`
	HiredOn               string                   `json:"hired_on"`
	LeftOn                string                   `json:"left_on,omitzero"`
	Roles                 []string                 `json:"roles"`
	MaxDiscountBP         int                      `json:"max_discount_bp"`
	MaxPaymentTermDays    int                      `json:"max_payment_term_days"`
	MaxCommitmentMinor    int64                    `json:"max_commitment_minor"`
	MaxCommitmentCurrency string                   `json:"max_commitment_currency"`
	MayGrantExclusivity   bool                     `json:"may_grant_exclusivity"`
	ExternalID            string                   `json:"external_id,omitzero"`
}

// DepartmentRow is a node of the tree of departments.
type DepartmentRow struct {
	ID     uuid.UUID           `json:"id"`
	Name   string              `json:"name"`
	Parent domain.DepartmentID `json:"parent_id"`
	Head   domain.EmployeeID   `json:"head_id"`
	Active bool                `json:"active"`
}

// EmployeeAbsenceRow is a time away from work; a cancelled one has no row.
type EmployeeAbsenceRow struct {
	ID         uuid.UUID         `json:"id"`
	Employee   uuid.UUID         `json:"employee_id"`
	FromDay    string            `json:"from_day"`
	ToDay      string            `json:"to_day"`
	Kind       string            `json:"kind"`
	Substitute domain.EmployeeID `json:"substitute_id"`
	EventID    uuid.UUID         `json:"event_id"`
}

// WorkingCalendarRow is a working calendar with all its hours and days, as far as Schedule needs them.
type WorkingCalendarRow struct {
	ID       uuid.UUID                          `json:"id"`
	Name     string                             `json:"name"`
	Holidays string                             `json:"holidays"`
	Weeks    []domain.WeekInForce               `json:"weeks"`
	Days     map[domain.Date]domain.CalendarDay `json:"days"`
	Active   bool                               `json:"active"`
}

var (
	employees        = NewTable[EmployeeRow]("employee", "id")
	departments      = NewTable[DepartmentRow]("department", "id")
	employeeAbsences = NewTable[EmployeeAbsenceRow]("employee_absence", "id")
	workingCalendars = NewTable[WorkingCalendarRow]("working_calendar", "id")
)

//go:embed employees.sql
var employeesSQL string

// Employees is the directory: employees, the tree of departments, absences and working calendars.
var Employees = Projection{Name: "employees", Version: 1, Schema: employeesSQL, Handlers: slices.Concat(employeeHandlers, departmentHandlers, workingCalendarHandlers)}

var employeeHandlers = []Handler{
	On(func(b *Batch, e Envelope[domain.EmployeeWasHired]) {
		v := e.Event
		row := EmployeeRow{
			ID: e.ID, Login: v.Login, Position: v.Position, Department: v.Department, Head: v.Head, Email: v.Email, Phone: v.Phone,
			Zone: zoneOr(v.Zone), Calendar: v.Calendar, Active: true, HiredOn: string(v.Hired), Roles: []string{}, ExternalID: v.ExternalID,
		}
		row.named(v.Name, v.DisplayName)
		employees.Put(b, e.Key(), row)
	}),
	On(func(b *Batch, e Envelope[domain.EmployeeWasRenamed]) {
		employees.Change(b, e.Key(), func(r *EmployeeRow) { r.named(e.Event.Name, e.Event.DisplayName) })
	}),
	On(func(b *Batch, e Envelope[domain.EmployeeContactsWereChanged]) {
		employees.Change(b, e.Key(), func(r *EmployeeRow) { r.Email, r.Phone = e.Event.Email, e.Event.Phone })
	}),
	On(func(b *Batch, e Envelope[domain.EmployeeLoginWasChanged]) {
		employees.Change(b, e.Key(), func(r *EmployeeRow) { r.Login = e.Event.Login })
	}),
	On(func(b *Batch, e Envelope[domain.EmployeeWasTransferred]) {
		employees.Change(b, e.Key(), func(r *EmployeeRow) {
			r.Position, r.Department, r.Head = e.Event.Position, e.Event.Department, e.Event.Head
		})
	}),
	On(func(b *Batch, e Envelope[domain.EmployeeScheduleWasChanged]) {
		employees.Change(b, e.Key(), func(r *EmployeeRow) { r.Zone, r.Calendar = zoneOr(e.Event.Zone), e.Event.Calendar })
	}),
	On(func(b *Batch, e Envelope[domain.EmployeeRoleWasGranted]) {
		employees.Change(b, e.Key(), func(r *EmployeeRow) { r.Roles = append(r.Roles, string(e.Event.Role)) })
	}),
	On(func(b *Batch, e Envelope[domain.EmployeeRoleWasRevoked]) {
		employees.Change(b, e.Key(), func(r *EmployeeRow) {
			r.Roles = domain.Without(r.Roles, func(role string) bool { return role == string(e.Event.Role) })
		})
	}),
	On(func(b *Batch, e Envelope[domain.EmployeeLimitsWereSet]) {
		employees.Change(b, e.Key(), func(r *EmployeeRow) {
			l := e.Event.Limits
			r.MaxDiscountBP, r.MaxPaymentTermDays, r.MayGrantExclusivity = l.MaxDiscountBP, l.MaxPaymentTermDays, l.MayGrantExclusivity
			r.MaxCommitmentMinor, r.MaxCommitmentCurrency = l.MaxCommitment.Minor, l.MaxCommitment.Currency
		})
	}),
	On(func(b *Batch, e Envelope[domain.EmployeeHasLeft]) {
		employees.Change(b, e.Key(), func(r *EmployeeRow) { r.Active, r.LeftOn, r.Roles = false, string(e.Event.On), []string{} })
	}),
	On(func(b *Batch, e Envelope[domain.EmployeeWasRehired]) {
		employees.Change(b, e.Key(), func(r *EmployeeRow) { r.Active, r.HiredOn, r.LeftOn = true, string(e.Event.On), "" })
	}),
	On(func(b *Batch, e Envelope[domain.EmployeeAbsenceWasPlanned]) {
		putAbsence(b, e.ID, e.EventID, e.Event.EmployeeAbsence)
	}),
	On(func(b *Batch, e Envelope[domain.EmployeeAbsenceWasChanged]) {
		putAbsence(b, e.ID, e.EventID, e.Event.EmployeeAbsence)
	}),
	On(func(b *Batch, e Envelope[domain.EmployeeAbsenceWasCancelled]) {
		employeeAbsences.Delete(b, e.Event.ID.String())
	}),
}

func (r *EmployeeRow) named(n domain.EmployeeName, display string) {
	r.Name, r.FullName, r.LastName, r.FirstName, r.Patronymic = display, n.Full(), n.Last, n.First, n.Patronymic
}

func zoneOr(zone string) string {
	if zone == "" {
		return domain.DefaultZone
	}
	return zone
}

func putAbsence(b *Batch, employee, event uuid.UUID, a domain.EmployeeAbsence) {
	employeeAbsences.Put(b, a.ID.String(), EmployeeAbsenceRow{
		ID: a.ID.UUID(), Employee: employee, FromDay: string(a.From), ToDay: string(a.To), Kind: string(a.Kind), Substitute: a.Substitute, EventID: event,
	})
}

var departmentHandlers = []Handler{
	On(func(b *Batch, e Envelope[domain.DepartmentWasFounded]) {
		departments.Put(b, e.Key(), DepartmentRow{ID: e.ID, Name: e.Event.Name, Parent: e.Event.Parent, Head: e.Event.Head, Active: true})
	}),
	On(func(b *Batch, e Envelope[domain.DepartmentWasRenamed]) {
		departments.Change(b, e.Key(), func(r *DepartmentRow) { r.Name = e.Event.Name })
	}),
	On(func(b *Batch, e Envelope[domain.DepartmentWasMoved]) {
		departments.Change(b, e.Key(), func(r *DepartmentRow) { r.Parent = e.Event.Parent })
	}),
	On(func(b *Batch, e Envelope[domain.DepartmentHeadWasAppointed]) {
		departments.Change(b, e.Key(), func(r *DepartmentRow) { r.Head = e.Event.Head })
	}),
	On(func(b *Batch, e Envelope[domain.DepartmentWasClosed]) {
		departments.Change(b, e.Key(), func(r *DepartmentRow) { r.Active = false })
	}),
}

var workingCalendarHandlers = []Handler{
	On(func(b *Batch, e Envelope[domain.WorkingCalendarWasDefined]) {
		workingCalendars.Row(b, e.Key())
		changeCalendar(b, e.Key(), e.Event)
	}),
	On(func(b *Batch, e Envelope[domain.WorkingCalendarWasRenamed]) { changeCalendar(b, e.Key(), e.Event) }),
	On(func(b *Batch, e Envelope[domain.WorkingCalendarWeekWasSet]) { changeCalendar(b, e.Key(), e.Event) }),
	On(func(b *Batch, e Envelope[domain.WorkingCalendarDaysWereSet]) { changeCalendar(b, e.Key(), e.Event) }),
	On(func(b *Batch, e Envelope[domain.WorkingCalendarDaysWereCleared]) { changeCalendar(b, e.Key(), e.Event) }),
	On(func(b *Batch, e Envelope[domain.WorkingCalendarWasRetired]) { changeCalendar(b, e.Key(), e.Event) }),
}

// changeCalendar lets the domain fold: a calendar's row is its state.
func changeCalendar(b *Batch, key string, e domain.Event[domain.WorkingCalendar]) {
	workingCalendars.Change(b, key, func(r *WorkingCalendarRow) {
		c := domain.WorkingCalendar{Name: r.Name, Holidays: domain.CalendarHolidays(r.Holidays), Weeks: r.Weeks, Days: r.Days, State: domain.WorkingCalendarInUse}
		e.Apply(&c)
		r.Name, r.Holidays, r.Weeks, r.Days, r.Active = c.Name, string(c.Holidays), c.Weeks, c.Days, c.State == domain.WorkingCalendarInUse
		if r.Days == nil {
			r.Days = map[domain.Date]domain.CalendarDay{}
		}
	})
}
