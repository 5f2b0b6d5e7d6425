package policies

import (
	"context"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
)

var _ = dueKind("assignment.unverified", func(ctx context.Context, x *commands.Executor, d Due) error {
	_, err := commands.Execute(ctx, x, domain.Assignments, domain.AssignmentID(d.Target), commands.RemindOfVerification{}, d.Request())
	return err
})
