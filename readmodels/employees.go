package readmodels

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/letopis-crm/letopis/domain"
)

// EmployeeFilter asks for a part of the directory.
type EmployeeFilter struct {
	Text       string    `query:"text" maxLength:"200" doc:"Part of the name, the position or the e-mail"`
	Department uuid.UUID `query:"department" format:"uuid" doc:"A department with all below it"`
	Head       uuid.UUID `query:"head" format:"uuid" doc:"Direct head"`
	Roles      []string  `query:"role" maxItems:"4" doc:"With one of these roles"`
	Former     bool      `query:"former" doc:"Those who have left, too"`
	PageRequest
}

// EmployeeItem is an employee in lists.
type EmployeeItem struct {
	ID             uuid.UUID  `json:"id" format:"uuid" doc:"The employee"`
	Name           string     `json:"name" doc:"Name as lists show it"`
	FullName       string     `json:"full_name" doc:"Name by its parts"`
	Position       string     `json:"position,omitempty" doc:"Position"`
	DepartmentID   *uuid.UUID `json:"department_id,omitempty" format:"uuid" doc:"Department"`
	DepartmentName string     `json:"department_name,omitempty" doc:"Its name"`
	HeadID         *uuid.UUID `json:"head_id,omitempty" format:"uuid" doc:"Direct head"`
	HeadName       string     `json:"head_name,omitempty" doc:"The head's name"`
	Email          string     `json:"email,omitempty" doc:"Work e-mail"`
	Phone          string     `json:"phone,omitempty" doc:"Work phone"`
	Zone           string     `json:"time_zone" doc:"IANA time zone"`
	Active         bool       `json:"active" doc:"Works here"`
	Roles          []string   `json:"roles" doc:"Roles"`
	AbsentUntil    string     `json:"absent_until,omitempty" doc:"Last day of the present absence, in the employee's zone"`
	AbsenceKind    string     `json:"absence_kind,omitempty" doc:"Why away"`
	SubstituteID   *uuid.UUID `json:"substitute_id,omitempty" format:"uuid" doc:"Who stands in today"`
	SubstituteName string     `json:"substitute_name,omitempty" doc:"The substitute's name"`
}

// An absence's days are days in the zone of the employee. The placeholder is the present instant.
const employeeColumns = `e.id, e.name, e.full_name, coalesce(e.position, '') as position, e.department_id, coalesce(d.name, '') as department_name, e.head_id,
	coalesce(h.name, '') as head_name, coalesce(e.email, '') as email, coalesce(e.phone, '') as phone, e.zone, e.active, e.roles,
	coalesce(a.to_day, '') as absent_until, coalesce(a.kind, '') as absence_kind, a.substitute_id, coalesce(s.name, '') as substitute_name`

const employeeTables = ` from read.employee e left join read.department d on d.id = e.department_id left join read.employee h on h.id = e.head_id
	left join lateral (select * from read.employee_absence x where x.employee_id = e.id
		and to_char($1::timestamptz at time zone e.zone, 'YYYY-MM-DD') between x.from_day and x.to_day limit 1) a on true
	left join read.employee s on s.id = a.substitute_id `

// departmentsBelow are a department and all below it; a circle, which two moves at once could make, ends by itself.
const departmentsBelow = `with recursive below(id) as (select ?::uuid union select d.id from read.department d join below on d.parent_id = below.id) select id from below`

// Employees is one page of the directory, by name.
func (q *Queries) Employees(ctx context.Context, f EmployeeFilter, now time.Time) (Page[EmployeeItem], error) {
	w := &where{}
	w.arg(now)
	w.and(!f.Former, "e.active")
	w.and(f.Head != uuid.Nil, "e.head_id = ?", f.Head)
	w.and(f.Department != uuid.Nil, "e.department_id in ("+departmentsBelow+")", f.Department)
	w.and(len(f.Roles) > 0, "e.roles && ?::text[]", f.Roles)
	w.and(f.Text != "", "(e.full_name || ' ' || e.name || ' ' || coalesce(e.position, '') || ' ' || coalesce(e.email, '')) ilike '%' || ? || '%'", escapeLike(f.Text))
	var (
		name string
		id   uuid.UUID
	)
	paged, err := f.after(&name, &id)
	if err != nil {
		return Page[EmployeeItem]{}, err
	}
	w.and(paged, `(e.name collate "C", e.id) > (?, ?)`, name, id)
	//sqlvet:built the parts are constants of this package; values travel as arguments
	sql := `select ` + employeeColumns + employeeTables + `where ` + w.sql() + ` order by e.name collate "C", e.id limit ` + w.arg(f.limit()+1)
	found, err := rows[EmployeeItem](ctx, q.DB, sql, w.args...)
	return page(found, f.limit(), func(r EmployeeItem) []any { return []any{r.Name, r.ID} }), err
}

// EmployeeDetail is one employee's card.
type EmployeeDetail struct {
	EmployeeItem
	LastName              string            `json:"last_name" doc:"Family name"`
	FirstName             string            `json:"first_name" doc:"Given name"`
	Patronymic            string            `json:"patronymic,omitempty" doc:"Patronymic"`
	Login                 string            `json:"login,omitempty" doc:"Name to sign in with"`
	CalendarID            *uuid.UUID        `json:"calendar_id,omitempty" format:"uuid" doc:"Working calendar; absent: the built-in Russian one"`
	CalendarName          string            `json:"calendar_name,omitempty" doc:"Its name"`
	HiredOn               string            `json:"hired_on" format:"date" doc:"First working day"`
	LeftOn                string            `json:"left_on,omitempty" doc:"Last working day"`
	MaxDiscountBP         int               `json:"max_discount_bp" doc:"Largest discount, in hundredths of a percent"`
	MaxPaymentTermDays    int               `json:"max_payment_term_days" doc:"Longest payment term, in days"`
	MaxCommitmentMinor    int64             `json:"max_commitment_minor" doc:"Largest sum that may be promised, in minor units"`
	MaxCommitmentCurrency string            `json:"max_commitment_currency,omitempty" doc:"Its currency"`
	MayGrantExclusivity   bool              `json:"may_grant_exclusivity" doc:"May promise exclusivity"`
	Absences              []EmployeeAbsence `json:"absences" db:"-" doc:"Absences from a year back on, the first first"`
	StandsInFor           []EmployeeAbsence `json:"stands_in_for" db:"-" doc:"Whom this employee stands in for today"`
}

// EmployeeAbsence is a time away from work.
type EmployeeAbsence struct {
	ID             uuid.UUID  `json:"id" format:"uuid" doc:"The absence"`
	EmployeeID     uuid.UUID  `json:"employee_id" format:"uuid" doc:"Who is away"`
	EmployeeName   string     `json:"employee_name" doc:"The person's name"`
	FromDay        string     `json:"from" format:"date" doc:"First day away"`
	ToDay          string     `json:"to" format:"date" doc:"Last day away"`
	Kind           string     `json:"kind" doc:"Why"`
	SubstituteID   *uuid.UUID `json:"substitute_id,omitempty" format:"uuid" doc:"Who stands in"`
	SubstituteName string     `json:"substitute_name,omitempty" doc:"The substitute's name"`
}

const absenceSelect = `select a.id, a.employee_id, coalesce(e.name, '') as employee_name, a.from_day, a.to_day, a.kind, a.substitute_id, coalesce(s.name, '') as substitute_name
	from read.employee_absence a left join read.employee e on e.id = a.employee_id left join read.employee s on s.id = a.substitute_id `

// Employee is one employee's card; domain.ErrNotFound where there is none.
func (q *Queries) Employee(ctx context.Context, id uuid.UUID, now time.Time) (EmployeeDetail, error) {
	sql := `select ` + employeeColumns + `, e.last_name, e.first_name, e.patronymic, coalesce(e.login, '') as login, e.calendar_id, coalesce(c.name, '') as calendar_name,
		e.hired_on, coalesce(e.left_on, '') as left_on, e.max_discount_bp, e.max_payment_term_days, e.max_commitment_minor, e.max_commitment_currency, e.may_grant_exclusivity` +
		employeeTables + `left join read.working_calendar c on c.id = e.calendar_id where e.id = $2`
	detail, err := one[EmployeeDetail](ctx, q.DB, sql, now, id)
	if err != nil {
		return detail, err
	}
	if detail.Absences, err = rows[EmployeeAbsence](ctx, q.DB, absenceSelect+`where a.employee_id = $1 and a.to_day >= $2 order by a.from_day limit 500`,
		id, now.AddDate(-1, 0, 0).Format(time.DateOnly)); err != nil {
		return detail, err
	}
	detail.StandsInFor, err = q.StandsInFor(ctx, id, now)
	return detail, err
}

// EmployeesWithEmail are the active employees with the work address.
func (q *Queries) EmployeesWithEmail(ctx context.Context, email string) ([]domain.EmployeeID, error) {
	found, err := q.DB.Query(ctx, `select id from read.employee where active and lower(email) = lower($1) limit 2`, email)
	if err != nil {
		return nil, err
	}
	ids, err := pgx.CollectRows(found, pgx.RowTo[uuid.UUID])
	employees := make([]domain.EmployeeID, len(ids))
	for i, id := range ids {
		employees[i] = domain.EmployeeID(id)
	}
	return employees, err
}

// EmployeeRoles is somebody who works here, with what they may do in general.
type EmployeeRoles struct {
	ID    domain.EmployeeID
	Roles []domain.Role
}

// EmployeesWithRoles are the active employees who have one of the roles.
func (q *Queries) EmployeesWithRoles(ctx context.Context, roles []domain.Role) ([]EmployeeRoles, error) {
	return rows[EmployeeRoles](ctx, q.DB, `select id, roles from read.employee where active and roles && $1::text[] order by id`, roles)
}

// StandsInFor lists whom the employee stands in for at the instant.
func (q *Queries) StandsInFor(ctx context.Context, substitute uuid.UUID, now time.Time) ([]EmployeeAbsence, error) {
	return rows[EmployeeAbsence](ctx, q.DB, absenceSelect+`where a.substitute_id = $1
		and to_char($2::timestamptz at time zone e.zone, 'YYYY-MM-DD') between a.from_day and a.to_day order by e.name, a.id`, substitute, now)
}

// AbsenceFilter asks for absences.
type AbsenceFilter struct {
	Employee   uuid.UUID   `query:"employee" format:"uuid" doc:"Who is away"`
	Department uuid.UUID   `query:"department" format:"uuid" doc:"A department with all below it"`
	From       domain.Date `query:"from" format:"date" doc:"Away on this day or later"`
	Until      domain.Date `query:"until" format:"date" doc:"Away on this day or earlier"`
	PageRequest
}

// Absences is one page of absences, by first day.
func (q *Queries) Absences(ctx context.Context, f AbsenceFilter) (Page[EmployeeAbsence], error) {
	w := &where{}
	w.and(f.Employee != uuid.Nil, "a.employee_id = ?", f.Employee)
	w.and(f.Department != uuid.Nil, "e.department_id in ("+departmentsBelow+")", f.Department)
	w.and(f.From != "", "a.to_day >= ?", string(f.From))
	w.and(f.Until != "", "a.from_day <= ?", string(f.Until))
	var (
		day string
		id  uuid.UUID
	)
	paged, err := f.after(&day, &id)
	if err != nil {
		return Page[EmployeeAbsence]{}, err
	}
	w.and(paged, "(a.from_day, a.id) > (?, ?)", day, id)
	//sqlvet:built the parts are constants of this package; values travel as arguments
	sql := absenceSelect + `where ` + w.sql() + ` order by a.from_day, a.id limit ` + w.arg(f.limit()+1)
	found, err := rows[EmployeeAbsence](ctx, q.DB, sql, w.args...)
	return page(found, f.limit(), func(r EmployeeAbsence) []any { return []any{r.FromDay, r.ID} }), err
}

// DepartmentNode is a department with where it lies in the tree.
type DepartmentNode struct {
	ID        uuid.UUID  `json:"id" format:"uuid" doc:"The department"`
	Name      string     `json:"name" doc:"Name"`
	ParentID  *uuid.UUID `json:"parent_id,omitempty" format:"uuid" doc:"Department it lies in; absent for a root"`
	HeadID    *uuid.UUID `json:"head_id,omitempty" format:"uuid" doc:"Head"`
	HeadName  string     `json:"head_name,omitempty" doc:"The head's name"`
	Active    bool       `json:"active" doc:"Not closed"`
	Employees int        `json:"employees" doc:"Active employees directly in it"`
}

// Departments is the whole tree as a flat list, by name.
func (q *Queries) Departments(ctx context.Context) ([]DepartmentNode, error) {
	return rows[DepartmentNode](ctx, q.DB, `select d.id, d.name, d.parent_id, d.head_id, coalesce(h.name, '') as head_name, d.active,
		(select count(*) from read.employee e where e.department_id = d.id and e.active) as employees
		from read.department d left join read.employee h on h.id = d.head_id order by d.name, d.id`)
}

// WorkingCalendarDetail is a working calendar with its hours and unusual days.
type WorkingCalendarDetail struct {
	ID        uuid.UUID            `json:"id" format:"uuid" doc:"The calendar"`
	Name      string               `json:"name" doc:"Name"`
	Holidays  string               `json:"holidays" doc:"Public holidays it begins with: ru or none"`
	Active    bool                 `json:"active" doc:"Not retired"`
	Employees int                  `json:"employees" doc:"Active employees who have it"`
	Weeks     []domain.WeekInForce `json:"weeks" doc:"Weekly hours, by first day"`
	Days      []domain.CalendarDay `json:"days" doc:"Unusual days, by date"`
}

type calendarRow struct {
	ID        uuid.UUID
	Name      string
	Holidays  string
	Active    bool
	Employees int
	Weeks     json.RawMessage
	Days      json.RawMessage
}

const calendarSelect = `select c.id, c.name, c.holidays, c.active, c.weeks, c.days,
	(select count(*) from read.employee e where e.calendar_id = c.id and e.active) as employees from read.working_calendar c `

// WorkingCalendars lists all calendars that were defined; the built-in one is not among them.
func (q *Queries) WorkingCalendars(ctx context.Context) ([]WorkingCalendarDetail, error) {
	found, err := rows[calendarRow](ctx, q.DB, calendarSelect+`order by c.name, c.id`)
	list := make([]WorkingCalendarDetail, 0, len(found))
	for _, r := range found {
		calendar, err := r.calendar()
		if err != nil {
			return nil, err
		}
		detail := WorkingCalendarDetail{ID: r.ID, Name: r.Name, Holidays: r.Holidays, Active: r.Active, Employees: r.Employees, Weeks: calendar.Weeks, Days: []domain.CalendarDay{}}
		for _, day := range sortedDays(calendar.Days) {
			detail.Days = append(detail.Days, calendar.Days[day])
		}
		list = append(list, detail)
	}
	return list, err
}

func (r calendarRow) calendar() (domain.WorkingCalendar, error) {
	c := domain.WorkingCalendar{Name: r.Name, Holidays: domain.CalendarHolidays(r.Holidays), State: domain.WorkingCalendarInUse}
	if err := json.Unmarshal(r.Weeks, &c.Weeks); err != nil {
		return c, err
	}
	return c, json.Unmarshal(r.Days, &c.Days)
}

// escapeLike takes words as they are: no wildcards.
func escapeLike(words string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(words)
}
