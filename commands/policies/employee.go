package policies

import (
	"context"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
)

// ReleaseLogins frees the name that an employee no longer signs in with.
var ReleaseLogins = Policy{Name: "release_logins", Reactions: []Reaction{
	On(func(ctx context.Context, r *Run, e domain.EmployeeLoginWasChanged) error {
		if e.Former == "" {
			return nil
		}
		release := commands.ReleaseLoginName{Login: e.Former, Holder: domain.EmployeeID(r.ID())}
		_, err := commands.Execute(ctx, r.Executor, domain.LoginNames, domain.LoginNameOf(e.Former), release, r.Request())
		return err
	}),
}}
