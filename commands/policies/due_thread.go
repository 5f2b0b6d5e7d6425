package policies

import (
	"context"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
)

// One row per addressee; the command notes every deadline of the thread that has passed.
var _ = dueKind("thread.answer", func(ctx context.Context, x *commands.Executor, d Due) error {
	_, err := commands.Execute(ctx, x, domain.InternalThreads, domain.InternalThreadID(d.Target), commands.NoteThreadOverdue{}, d.Request())
	return err
})
