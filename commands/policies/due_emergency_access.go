package policies

import (
	"context"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
)

var _ = dueKind("emergency_access", func(ctx context.Context, x *commands.Executor, d Due) error {
	_, err := commands.Execute(ctx, x, domain.EmergencyAccesses, domain.EmergencyAccessID(d.Target), commands.ExpireEmergencyAccess{}, d.Request())
	return err
})
