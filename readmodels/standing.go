package readmodels

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/access"
)

// teamOf are everybody in the person's department and below it, in the departments that the person heads, and whoever has
// the person as head, or as head's head, and so on. Those who have left stay in: their records pass to their head. A
// company without departments is one department.
const teamOf = `with recursive
	below(id) as (
		select d.id from read.department d where d.head_id = $1 or d.id = (select e.department_id from read.employee e where e.id = $1)
		union select d.id from read.department d join below on d.parent_id = below.id),
	led(id) as (
		select e.id from read.employee e where e.head_id = $1
		union select e.id from read.employee e join led on e.head_id = led.id)
	select e.id from read.employee e
	where e.department_id in (select id from below) or e.id in (select id from led) or not exists (select from read.department d where d.active)`

// casesOf leaves out what one has given oneself: nobody opens a client to themselves.
const casesOf = `select distinct a.counterparty as id from read.assignment a
	where a.counterparty is not null and a.issuer <> $1 and a.state = any($2) and (a.assignee = $1 or $1 = any(a.co_executors))`

// Standing is what the scopes of an employee's rights are measured by at the instant.
func (q *Queries) Standing(ctx context.Context, employee domain.EmployeeID, now time.Time) (access.Standing, error) {
	var (
		s   access.Standing
		err error
	)
	if s.Team, err = idsOf[domain.Employee](ctx, q.DB, teamOf, employee.UUID()); err != nil {
		return s, err
	}
	if s.Cases, err = idsOf[domain.Counterparty](ctx, q.DB, casesOf, employee.UUID(), openAssignments()); err != nil {
		return s, err
	}
	emergencies, err := q.openEmergencies(ctx, employee, now)
	for _, e := range emergencies {
		s = s.WithEmergency(e.Client, e.Until)
	}
	return s, err
}

type openEmergency struct {
	Client domain.CounterpartyID
	Until  time.Time
}

func (q *Queries) openEmergencies(ctx context.Context, employee domain.EmployeeID, now time.Time) ([]openEmergency, error) {
	found, err := q.DB.Query(ctx, `select coalesce(a.client, '00000000-0000-0000-0000-000000000000') as client, a.until
		from read.emergency_access a where a.person = $1 and a.state = 'open' and a.until > $2`, employee.UUID(), now)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(found, pgx.RowToStructByName[openEmergency])
}

func idsOf[T any](ctx context.Context, db DB, sql string, args ...any) ([]domain.ID[T], error) {
	found, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(found, pgx.RowTo[domain.ID[T]])
}

// openAssignments are the states in which an assignment is still to be seen to.
func openAssignments() []string {
	var open []string
	for state, to := range domain.AssignmentTransitions {
		if state != "" && len(to) > 0 {
			open = append(open, string(state))
		}
	}
	return open
}
