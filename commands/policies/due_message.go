package policies

import (
	"context"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
)

var _ = dueKind("message.acknowledgement", func(ctx context.Context, x *commands.Executor, d Due) error {
	_, err := commands.Execute(ctx, x, domain.IncomingMessages, domain.IncomingMessageID(d.Target), commands.NoteMessageOverdue{}, d.Request())
	return err
})
