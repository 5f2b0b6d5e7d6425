package main

import (
	"context"
	"time"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/access"
	"github.com/letopis-crm/letopis/infra/identity"
	"github.com/letopis-crm/letopis/readmodels"
)

// directory tells the identity service what the log knows about employees.
type directory struct {
	x       *commands.Executor
	queries *readmodels.Queries
}

// Roles implements identity.Directory: whoever is employed without a role of their own is an employee.
func (d directory) Roles(ctx context.Context, id domain.EmployeeID) ([]domain.Role, error) {
	loaded, err := commands.Load(ctx, d.x, domain.Employees, id)
	switch {
	case err != nil || loaded.State.State != domain.EmployeeEmployed:
		return nil, err
	case len(loaded.State.Roles) == 0:
		return []domain.Role{domain.RoleEmployee}, nil
	}
	return loaded.State.Roles, nil
}

// Standing implements identity.Directory.
func (d directory) Standing(ctx context.Context, id domain.EmployeeID, now time.Time) (access.Standing, error) {
	return d.queries.Standing(ctx, id, now)
}

// WithRoles implements identity.Directory.
func (d directory) WithRoles(ctx context.Context, roles []domain.Role) ([]identity.Colleague, error) {
	found, err := d.queries.EmployeesWithRoles(ctx, roles)
	colleagues := make([]identity.Colleague, len(found))
	for i, one := range found {
		colleagues[i] = identity.Colleague{Employee: one.ID, Roles: one.Roles}
	}
	return colleagues, err
}

// StandsInFor implements identity.Directory.
func (d directory) StandsInFor(ctx context.Context, actor, absent domain.EmployeeID, now time.Time) (bool, error) {
	loaded, err := commands.Load(ctx, d.x, domain.Employees, absent)
	if err != nil {
		return false, err
	}
	return loaded.State.SubstituteOn(now) == actor && !actor.IsZero(), nil
}

// WithEmail implements identity.Directory.
func (d directory) WithEmail(ctx context.Context, email string) ([]domain.EmployeeID, error) {
	return d.queries.EmployeesWithEmail(ctx, domain.NormalEmail(email))
}
