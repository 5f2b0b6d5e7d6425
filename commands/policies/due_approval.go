package policies

import (
	"context"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
)

var _ = dueKind("approval", func(ctx context.Context, x *commands.Executor, d Due) error {
	_, err := commands.Execute(ctx, x, domain.Approvals, domain.ApprovalID(d.Target), commands.ExpireApproval{}, d.Request())
	return err
})
