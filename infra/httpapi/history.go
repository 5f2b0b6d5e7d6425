package httpapi

import (
	"context"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/readmodels"
)

type historyInput struct {
	ID uuid.UUID `path:"id" format:"uuid" doc:"The counterparty"`
	readmodels.HistoryFilter
}

type eventsInput struct{ readmodels.EventFilter }

func registerHistory(a *API) {
	get(a, "/counterparties/{id}/history", "get-counterparty-history", "counterparties", "Everything that happened with a client, the newest first",
		reads("history", "clients"), func(ctx context.Context, in *historyInput) (readmodels.Page[readmodels.HistoryItem], error) {
			return a.queries(ctx).History(ctx, in.ID, in.HistoryFilter, reader(ctx))
		})
	get(a, "/events", "list-events", "records", "Events of the whole log, such as those behind a number of a report",
		reads("history"), func(ctx context.Context, in *eventsInput) (readmodels.Page[readmodels.HistoryItem], error) {
			return a.queries(ctx).Events(ctx, in.EventFilter, reader(ctx))
		})
}
