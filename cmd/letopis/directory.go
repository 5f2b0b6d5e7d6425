package main

import (
	"context"
	"time"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/identity"
	"github.com/letopis-crm/letopis/readmodels"
)

// directory tells the identity service what the log knows about employees.
type directory struct {
	x       *commands.Executor
	queries *readmodels.Queries
}

// Roles implements identity.Directory: everybody employed is at least an employee.
func (d directory) Roles(ctx context.Context, id domain.EmployeeID) ([]identity.Role, error) {
	loaded, err := commands.Load(ctx, d.x, domain.Employees, id)
	if err != nil || loaded.State.State != domain.EmployeeEmployed {
		return nil, err
	}
	roles := []identity.Role{identity.EmployeeRole}
	for _, r := range loaded.State.Roles {
		if identity.Role(r) != identity.EmployeeRole {
			roles = append(roles, identity.Role(r))
		}
	}
	return roles, nil
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
