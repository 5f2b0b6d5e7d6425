package eventstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// Append writes all events or none, at exactly the expected revision (-1: the
// stream has no events), and returns the commit position of the last one. nil
// means durable.
//
// Every event needs an id. Repeating an append with the same ids at the same
// revision succeeds without a second write, whatever was appended since; Append
// itself makes use of that and tries again while the server is unavailable, until
// ctx or the call timeout ends. A stream elsewhere is ErrWrongRevision.
func (s *Store) Append(ctx context.Context, stream string, expected int64, events []domain.NewEvent) (uint64, error) {
	proposed, err := propose(events)
	if err != nil {
		return 0, fmt.Errorf("append to %s: %w", stream, err)
	}
	var opts esdb.AppendToStreamOptions
	switch {
	case expected == -1:
		opts.ExpectedRevision = esdb.NoStream{}
	case expected >= 0:
		opts.ExpectedRevision = esdb.Revision(uint64(expected))
	default:
		return 0, fmt.Errorf("append to %s: expected revision %d is neither -1 nor a revision", stream, expected)
	}
	if _, bounded := ctx.Deadline(); !bounded {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.callTimeout)
		defer cancel()
	}
	var pause backoff
	for {
		result, err := watched(ctx, s, func(ctx context.Context) (*esdb.WriteResult, error) {
			return s.client.AppendToStream(ctx, stream, opts, proposed...)
		})
		if err == nil {
			return result.CommitPosition, nil
		}
		err = explain(err, stream, expected)
		if !errors.Is(err, ErrUnavailable) || s.ctx.Err() != nil || pause.wait(ctx) != nil {
			return 0, err
		}
	}
}

// propose refuses events without an id: the client would make one up, a new one at
// every attempt, and a retry would write twice.
func propose(events []domain.NewEvent) ([]esdb.EventData, error) {
	if len(events) == 0 {
		return nil, errors.New("there are no events")
	}
	proposed := make([]esdb.EventData, len(events))
	for i, e := range events {
		if e.ID == uuid.Nil {
			return nil, fmt.Errorf("event %d (%s) has no id", i, e.Type)
		}
		proposed[i] = esdb.EventData{
			EventID: e.ID, EventType: e.Type, ContentType: esdb.ContentTypeJson, Data: e.Data, Metadata: e.Metadata,
		}
	}
	return proposed, nil
}
