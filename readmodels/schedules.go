package readmodels

import (
	"context"
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

func sortedDays(days map[domain.Date]domain.CalendarDay) []domain.Date {
	return slices.Sorted(maps.Keys(days))
}

// Schedules tell when employees work by the present calendars and absences. Who is not in the directory works by the
// built-in calendar.
func (q *Queries) Schedules(ctx context.Context, employees []uuid.UUID) (map[uuid.UUID]domain.Schedule, error) {
	type person struct {
		ID         uuid.UUID
		Zone       string
		CalendarID *uuid.UUID
	}
	people, err := rows[person](ctx, q.DB, `select id, zone, calendar_id from read.employee where id = any($1)`, employees)
	if err != nil {
		return nil, err
	}
	absences, err := q.absencesOf(ctx, employees)
	if err != nil {
		return nil, err
	}
	calendars, err := q.calendars(ctx)
	if err != nil {
		return nil, err
	}
	schedules := make(map[uuid.UUID]domain.Schedule, len(people))
	for _, p := range people {
		s := domain.Schedule{Zone: p.Zone, Absences: absences[p.ID]}
		if p.CalendarID != nil {
			s.Calendar = calendars[*p.CalendarID]
		}
		schedules[p.ID] = s
	}
	return schedules, nil
}

// Schedule is one employee's.
func (q *Queries) Schedule(ctx context.Context, employee uuid.UUID) (domain.Schedule, error) {
	all, err := q.Schedules(ctx, []uuid.UUID{employee})
	return all[employee], err
}

func (q *Queries) absencesOf(ctx context.Context, employees []uuid.UUID) (map[uuid.UUID][]domain.Absence, error) {
	found, err := rows[EmployeeAbsence](ctx, q.DB, absenceSelect+`where a.employee_id = any($1) order by a.from_day`, employees)
	absences := map[uuid.UUID][]domain.Absence{}
	for _, a := range found {
		absence := domain.Absence{From: domain.Date(a.FromDay), To: domain.Date(a.ToDay), Kind: domain.AbsenceKind(a.Kind)}
		if a.SubstituteID != nil {
			absence.Substitute = domain.EmployeeID(*a.SubstituteID)
		}
		absences[a.EmployeeID] = append(absences[a.EmployeeID], absence)
	}
	return absences, err
}

func (q *Queries) calendars(ctx context.Context) (map[uuid.UUID]domain.WorkingCalendar, error) {
	found, err := rows[calendarRow](ctx, q.DB, calendarSelect)
	if err != nil {
		return nil, err
	}
	calendars := make(map[uuid.UUID]domain.WorkingCalendar, len(found))
	for _, r := range found {
		if calendars[r.ID], err = r.calendar(); err != nil {
			return nil, err
		}
	}
	return calendars, nil
}
