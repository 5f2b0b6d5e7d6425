package policies

import (
	"context"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
)

var _ = dueKind("negotiation.unreviewed", func(ctx context.Context, x *commands.Executor, d Due) error {
	_, err := commands.Execute(ctx, x, domain.Negotiations, domain.NegotiationID(d.Target), commands.EscalateNegotiationReview{}, d.Request())
	return err
})
