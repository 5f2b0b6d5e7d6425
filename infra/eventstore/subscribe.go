package eventstore

import (
	"context"
	"errors"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"github.com/letopis-crm/letopis/domain"
)

// notSystem leaves out system events on the server: their types start with '$'.
// It is the one pattern that means the same in .NET and in RE2; a list of prefixes
// cannot say "not".
const notSystem = `^[^\$].*`

// searchWindow is after how many events, seen or left out, the server reports how
// far it has come.
const searchWindow = 256

// handlers receive a subscription, all in one goroutine and in the order of the log.
// Only event is required.
type handlers struct {
	event      func(domain.Recorded) error
	caughtUp   func()
	checkpoint func(position uint64)
}

// SubscribeAll hands over all events behind a position (nil: from the start), those
// there are and then those to come; system events are left out. It blocks until
// ctx ends, the subscription drops (ErrUnavailable, or another error of the
// server) or handle fails, and returns that error.
//
// caughtUp is called when everything that existed has been handled; it may be
// called again later. checkpoint tells that all events up to a position are either
// handled or left out: a subscription may go on behind it. Either may be nil.
func (s *Store) SubscribeAll(
	ctx context.Context, after *uint64,
	handle func(domain.Recorded) error, caughtUp func(), checkpoint func(position uint64),
) error {
	h := handlers{handle, caughtUp, checkpoint}
	// No idle bound: a quiet log is no fault, and keepalive finds a dead connection.
	err := pump(ctx, s, 0, func(ctx context.Context, emit func(*esdb.SubscriptionEvent) bool) error {
		return s.receiveAll(ctx, after, emit)
	}, h.dispatch)
	var stop *visitError
	switch {
	case errors.As(err, &stop):
		return stop.cause
	case ctx.Err() != nil:
		return ctx.Err()
	case s.ctx.Err() != nil:
		return errClosed
	}
	return explain(err, "$all", 0)
}

func (s *Store) receiveAll(ctx context.Context, after *uint64, emit func(*esdb.SubscriptionEvent) bool) error {
	opts := esdb.SubscribeToAllOptions{
		// Left nil it would mean the end of the log.
		From:               esdb.Start{},
		MaxSearchWindow:    searchWindow,
		CheckpointInterval: 1,
		Filter:             &esdb.SubscriptionFilter{Type: esdb.EventFilterType, Regex: notSystem},
	}
	if after != nil {
		opts.From = esdb.Position{Commit: *after, Prepare: *after}
	}
	subscription, err := s.client.SubscribeToAll(ctx, opts)
	if err != nil {
		return err
	}
	defer subscription.Close()
	for {
		event := subscription.Recv()
		if event.SubscriptionDropped != nil {
			return event.SubscriptionDropped.Error
		}
		if !emit(event) {
			return ctx.Err()
		}
	}
}

func (h handlers) dispatch(e *esdb.SubscriptionEvent) error {
	switch {
	case e.EventAppeared != nil:
		return h.event(recorded(e.EventAppeared.OriginalEvent()))
	case e.CheckPointReached != nil && h.checkpoint != nil:
		h.checkpoint(e.CheckPointReached.Commit)
	case e.CaughtUp != nil && h.caughtUp != nil:
		h.caughtUp()
	}
	return nil
}

// Follow is SubscribeAll without an end: when the subscription drops or handle
// fails, it subscribes again behind the last event handled, after a pause that
// grows with every attempt in vain. It returns ctx's error when ctx ends, and an
// error when the Store is closed.
//
// Every event is handed over at least once; one whose handling failed comes again.
func (s *Store) Follow(
	ctx context.Context, after *uint64,
	handle func(domain.Recorded) error, caughtUp func(), checkpoint func(position uint64),
) error {
	var pause backoff
	advance := func(position uint64) {
		after = &position
		pause.reset()
	}
	for {
		err := s.SubscribeAll(ctx, after,
			func(e domain.Recorded) error {
				if err := handle(e); err != nil {
					return err
				}
				advance(e.Position)
				return nil
			},
			caughtUp,
			func(position uint64) {
				advance(position)
				if checkpoint != nil {
					checkpoint(position)
				}
			})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if s.ctx.Err() != nil {
			return err
		}
		s.logger.Warn("event subscription dropped, subscribing again", "error", err, "after", position(after))
		if err := pause.wait(ctx); err != nil {
			return err
		}
	}
}

func position(p *uint64) uint64 {
	if p == nil {
		return 0
	}
	return *p
}
