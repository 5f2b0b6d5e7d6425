package policies

import (
	"context"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
)

var _ = dueKind("reminder", func(ctx context.Context, x *commands.Executor, d Due) error {
	_, err := commands.Execute(ctx, x, domain.Reminders, domain.ReminderID(d.Target), commands.FireReminder{}, d.Request())
	return err
})
