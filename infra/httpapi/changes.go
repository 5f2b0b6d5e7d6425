package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/sse"

	"github.com/letopis-crm/letopis/infra/postgres"
	"github.com/letopis-crm/letopis/projections"
)

// Changed says which records a read model has new rows for; ask for them again to see how.
type Changed struct {
	Projection string   `json:"projection" doc:"The read model"`
	Position   uint64   `json:"position" doc:"It now holds everything up to this position"`
	Keys       []string `json:"keys" doc:"Changed rows as entity/id; entity/* when there are many"`
}

// Lost says that changes were left out because the reader was too slow: ask for everything again.
type Lost struct {
	Position uint64 `json:"position" doc:"The last position seen"`
}

// Alive keeps the connection open through proxies.
type Alive struct {
	At time.Time `json:"at" doc:"Server time"`
}

// heartbeat is how often a quiet stream says that it lives.
const heartbeat = 15 * time.Second

func registerChanges(a *API) {
	sse.Register(a.huma, huma.Operation{
		Method: http.MethodGet, Path: "/v1/changes", OperationID: "follow-changes", Tags: []string{"changes"},
		Summary: "What changes, as server-sent events: keys and positions, not the data",
	}, map[string]any{"changed": Changed{}, "lost": Lost{}, "alive": Alive{}}, a.followChanges)
}

func (a *API) followChanges(ctx context.Context, _ *struct{}, send sse.Sender) {
	changes, cancel := a.Hub.Subscribe()
	defer cancel()
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	if send.Data(Alive{At: a.Executor.Now()}) != nil {
		return
	}
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-a.Streams.Done():
			return
		case at := <-beat.C:
			err = send.Data(Alive{At: at.UTC()})
		case change, open := <-changes:
			switch {
			case !open:
				return
			case change.Lost:
				err = send.Data(Lost{Position: change.Position})
			default:
				err = a.tellChange(ctx, change, send)
			}
		}
		if err != nil {
			return
		}
	}
}

// tellChange tells a change as far as the reader may know of it. Rights are measured by the register of records, which must
// have come as far first, and is nobody's screen itself.
func (a *API) tellChange(ctx context.Context, change postgres.Change, send sse.Sender) error {
	if change.Projection == projections.Records.Name {
		return nil
	}
	waiting, cancel := context.WithTimeout(ctx, waitAtMost)
	defer cancel()
	if err := a.Hub.WaitFor(waiting, change.Position, projections.Records.Name); err != nil {
		return send.Data(Lost{Position: change.Position})
	}
	keys, err := a.queries(ctx).Known(ctx, change.Keys)
	switch {
	case err != nil:
		return send.Data(Lost{Position: change.Position})
	case len(keys) == 0 && len(change.Keys) > 0:
		return nil
	}
	return send.Data(Changed{Projection: change.Projection, Position: change.Position, Keys: keys})
}
