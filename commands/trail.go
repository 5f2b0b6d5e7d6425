package commands

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// Step is one event of a record's audit trail: who, when, and from what to what.
type Step struct {
	Event   domain.Recorded
	Meta    domain.Metadata
	Changes []domain.Difference
}

// Past is a record as it stood at some instant.
type Past struct {
	State    any
	Revision int64
	Position uint64
}

// Trail folds a record's stream and says of each event what it changed, up to and including the instant asOf (zero:
// all). An unknown category or id is domain.ErrNotFound.
func Trail(ctx context.Context, x *Executor, category string, id uuid.UUID, asOf time.Time) (Past, []Step, error) {
	past := Past{Revision: -1}
	record, ok := domain.RecordNamed(category)
	if !ok {
		return past, nil, domain.ErrNotFound.Because("there is no kind of record called " + category)
	}
	past.State = record.Zero()
	var steps []Step
	err := x.store.ReadStream(ctx, record.StreamOf(id.String()), 0, func(r domain.Recorded) error {
		meta, err := r.Meta()
		if err != nil {
			return err
		}
		if !asOf.IsZero() && recordedAt(r, meta).After(asOf) {
			return errStop
		}
		after, err := record.Fold(past.State, r)
		if err != nil {
			return err
		}
		steps = append(steps, Step{Event: r, Meta: meta, Changes: domain.Differences(past.State, after)})
		past = Past{State: after, Revision: int64(r.Revision), Position: r.Position}
		return nil
	})
	if err != nil && !errors.Is(err, errStop) {
		return past, nil, err
	}
	if len(steps) == 0 {
		return past, nil, domain.ErrNotFound
	}
	return past, steps, nil
}

// Record folds the present state of a record of any kind. An unknown kind or id is domain.ErrNotFound.
func Record(ctx context.Context, x *Executor, ref domain.Ref) (Past, error) {
	past := Past{Revision: -1}
	record, ok := domain.RecordNamed(string(ref.Kind))
	if !ok {
		return past, domain.ErrNotFound.Because("there is no kind of record called " + string(ref.Kind))
	}
	past.State = record.Zero()
	err := x.store.ReadStream(ctx, record.StreamOf(ref.ID.String()), 0, func(r domain.Recorded) error {
		after, err := record.Fold(past.State, r)
		past = Past{State: after, Revision: int64(r.Revision), Position: r.Position}
		return err
	})
	if err == nil && past.Revision < 0 {
		err = domain.ErrNotFound
	}
	return past, err
}
