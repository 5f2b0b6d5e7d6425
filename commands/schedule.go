package commands

import (
	"context"
	"slices"
	"time"

	"github.com/letopis-crm/letopis/domain"
)

// Schedule tells when an employee works: working calendar, time zone and absences. An employee who is not in the
// register works by the built-in calendar.
func (f *Facts) Schedule(ctx context.Context, id domain.EmployeeID) (domain.Schedule, error) {
	employee, err := Fact(ctx, f, domain.Employees, id)
	if err != nil {
		return domain.Schedule{}, err
	}
	return f.scheduleOf(ctx, employee)
}

func (f *Facts) scheduleOf(ctx context.Context, e domain.Employee) (domain.Schedule, error) {
	var calendar domain.WorkingCalendar
	if !e.Calendar.IsZero() {
		known, err := Fact(ctx, f, domain.WorkingCalendars, e.Calendar)
		if err != nil {
			return domain.Schedule{}, err
		}
		calendar = known
	}
	return e.Schedule(calendar), nil
}

// At is when the command's fact happened in the world: now, unless it is entered later.
func (f *Facts) At() time.Time {
	if f.Request.OccurredAt.IsZero() {
		return f.Now()
	}
	return f.Request.OccurredAt.UTC()
}

// Colleague is what rules have to know about another employee.
func (f *Facts) Colleague(ctx context.Context, id domain.EmployeeID) (domain.Colleague, error) {
	employee, err := Fact(ctx, f, domain.Employees, id)
	if err != nil {
		return domain.Colleague{}, err
	}
	schedule, err := f.scheduleOf(ctx, employee)
	return domain.Colleague{Employed: employee.State == domain.EmployeeEmployed, Schedule: schedule}, err
}

// Heads are the direct heads above an employee, from the employee on up. A longer chain than any company has ends it.
func (f *Facts) Heads(ctx context.Context, id domain.EmployeeID) (domain.Subordination, error) {
	var above domain.Subordination
	for range longestChain {
		if id.IsZero() {
			break
		}
		employee, err := Fact(ctx, f, domain.Employees, id)
		if err != nil {
			return nil, err
		}
		above, id = append(above, employee.Head), employee.Head
	}
	return above, nil
}

const longestChain = 50

// IsSuperior reports whether who stands above the employee: a direct head, or the head of the department or of one
// above it.
func (f *Facts) IsSuperior(ctx context.Context, who, employee domain.EmployeeID) (bool, error) {
	if who.IsZero() || employee.IsZero() || who == employee {
		return false, nil
	}
	heads, err := f.Heads(ctx, employee)
	if err != nil {
		return false, err
	}
	if slices.Contains(heads, who) {
		return true, nil
	}
	subordinate, err := Fact(ctx, f, domain.Employees, employee)
	if err != nil {
		return false, err
	}
	departments, err := f.departmentsAbove(ctx, subordinate.Department)
	for _, d := range departments {
		if d.Head == who {
			return true, err
		}
	}
	return false, err
}

// departmentsAbove are a department and those it lies in, from the nearest up.
func (f *Facts) departmentsAbove(ctx context.Context, id domain.DepartmentID) ([]domain.Department, error) {
	var above []domain.Department
	for range longestChain {
		if id.IsZero() {
			break
		}
		department, err := Fact(ctx, f, domain.Departments, id)
		if err != nil {
			return nil, err
		}
		above, id = append(above, department), department.Parent
	}
	return above, nil
}

// ErrNotSubstitute refuses a command on behalf of somebody who is not away, or whom another person stands in for.
var ErrNotSubstitute = domain.Refuse("employee.not_substitute", "nobody stands in for that person but the named substitute, during the absence")

// ActsFor checks that who gives the command on behalf of another may: the substitute named in an absence, while it
// lasts. Policies and imports act for the system.
func (f *Facts) ActsFor(ctx context.Context, by By) error {
	if by.OnBehalfOf.IsZero() || by.OnBehalfOf == by.Actor || f.Request.Source == domain.SourcePolicy || f.Request.Source == domain.SourceImport {
		return nil
	}
	absent, err := Fact(ctx, f, domain.Employees, by.OnBehalfOf)
	if err != nil {
		return err
	}
	if absent.SubstituteOn(f.Now()) != by.Actor {
		return ErrNotSubstitute
	}
	return nil
}
