package eventstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"github.com/letopis-crm/letopis/domain"
)

// received is how many events may lie between the connection and their consumer.
const received = 256

// everything as a count. The server's numbers are signed.
const everything = math.MaxInt64

var errIdle = fmt.Errorf("%w: nothing received in time", ErrUnavailable)

// ReadStream visits a stream's events in order, from the given revision on. A
// missing stream has none. An error of visit ends the read and is returned as is.
func (s *Store) ReadStream(ctx context.Context, stream string, from uint64, visit func(domain.Recorded) error) error {
	return s.resume(ctx, stream, func(ctx context.Context) (progress bool, err error) {
		opts := esdb.ReadStreamOptions{From: esdb.Revision(from)}
		err = s.receive(ctx, func(ctx context.Context) (*esdb.ReadStream, error) {
			return s.client.ReadStream(ctx, stream, opts, everything)
		}, func(e domain.Recorded) error {
			progress, from = true, e.Revision+1
			return visit(e)
		})
		if isMissing(err) {
			return progress, nil
		}
		return progress, err
	})
}

// ReadStreamBackwards returns up to limit events of a stream, the newest first. A
// missing stream has none.
func (s *Store) ReadStreamBackwards(ctx context.Context, stream string, limit uint64) (events []domain.Recorded, err error) {
	err = s.resume(ctx, stream, func(ctx context.Context) (bool, error) {
		events = nil
		opts := esdb.ReadStreamOptions{From: esdb.End{}, Direction: esdb.Backwards}
		err := s.receive(ctx, func(ctx context.Context) (*esdb.ReadStream, error) {
			return s.client.ReadStream(ctx, stream, opts, limit)
		}, func(e domain.Recorded) error {
			events = append(events, e)
			return nil
		})
		if isMissing(err) {
			return false, nil
		}
		return false, err
	})
	return events, err
}

// ReadAll visits all events there are now, in the order of the log, from the given
// position on (that event included). System events are left out.
func (s *Store) ReadAll(ctx context.Context, from uint64, visit func(domain.Recorded) error) error {
	return s.resume(ctx, "$all", func(ctx context.Context) (progress bool, err error) {
		opts := esdb.ReadAllOptions{From: esdb.Position{Commit: from, Prepare: from}}
		err = s.receive(ctx, func(ctx context.Context) (*esdb.ReadStream, error) {
			return s.client.ReadAll(ctx, opts, everything)
		}, func(e domain.Recorded) error {
			progress, from = true, e.Position+1
			if isSystem(e) {
				return nil
			}
			return visit(e)
		})
		return progress, err
	})
}

// Head returns the position of the last event that is not a system event; ok is
// false when there is none.
func (s *Store) Head(ctx context.Context) (position uint64, ok bool, err error) {
	var before esdb.AllPosition = esdb.End{}
	for count := uint64(8); ; count = min(2*count, 4096) {
		var seen uint64
		err = s.resume(ctx, "$all", func(ctx context.Context) (bool, error) {
			seen = 0
			opts := esdb.ReadAllOptions{From: before, Direction: esdb.Backwards}
			return false, s.receive(ctx, func(ctx context.Context) (*esdb.ReadStream, error) {
				return s.client.ReadAll(ctx, opts, count)
			}, func(e domain.Recorded) error {
				seen++
				if !ok && !isSystem(e) {
					position, ok = e.Position, true
				}
				before = esdb.Position{Commit: e.Position, Prepare: e.Position}
				return nil
			})
		})
		if err != nil || ok || seen < count {
			return position, ok, err
		}
	}
}

func isSystem(e domain.Recorded) bool { return strings.HasPrefix(e.Type, "$") }

// resume repeats a read that was broken off, from where it had come, until it gets
// through, ctx ends, or attempts without any progress have taken the call timeout.
func (s *Store) resume(ctx context.Context, subject string, read func(context.Context) (progress bool, err error)) error {
	var pause backoff
	for giveUp := time.Now().Add(s.callTimeout); ; {
		progress, err := read(ctx)
		if err == nil {
			return nil
		}
		if stop, ok := errors.AsType[*visitError](err); ok {
			return stop.cause
		}
		err = explain(err, subject, 0)
		if !errors.Is(err, ErrUnavailable) || s.ctx.Err() != nil {
			return err
		}
		if progress {
			pause.reset()
			giveUp = time.Now().Add(s.callTimeout)
		}
		if time.Now().After(giveUp) || pause.wait(ctx) != nil {
			return err
		}
	}
}

// visitError carries an error of the consumer past the handling of the client's.
type visitError struct{ cause error }

func (e *visitError) Error() string { return e.cause.Error() }

// receive opens a read and hands its events to visit, in the caller's goroutine.
func (s *Store) receive(
	ctx context.Context, open func(context.Context) (*esdb.ReadStream, error), visit func(domain.Recorded) error,
) error {
	return pump(ctx, s, s.callTimeout, func(ctx context.Context, emit func(domain.Recorded) bool) error {
		read, err := open(ctx)
		if err != nil {
			return err
		}
		defer read.Close()
		for {
			event, err := read.Recv()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if !emit(recorded(event.OriginalEvent())) {
				return ctx.Err()
			}
		}
	}, visit)
}

// pump runs produce in a goroutine of its own and handle in the caller's. It
// returns produce's error after everything emitted was handled, handle's error (as
// a visitError) at once, and ctx's error without waiting for a client that does
// not look at it. idle > 0 bounds the wait for the first and for every next item.
func pump[T any](
	ctx context.Context, s *Store, idle time.Duration,
	produce func(ctx context.Context, emit func(T) bool) error, handle func(T) error,
) error {
	if err := s.begin(); err != nil {
		return err
	}
	ctx, cancel := s.bound(ctx)
	defer cancel()
	items, done := make(chan T, received), make(chan error, 1)
	go func() {
		defer s.calls.Done()
		err := produce(ctx, func(item T) bool {
			select {
			case items <- item:
				return true
			case <-ctx.Done():
				return false
			}
		})
		done <- err
		close(items)
	}()

	var timer *time.Timer
	var expired <-chan time.Time
	if idle > 0 {
		timer = time.NewTimer(idle)
		defer timer.Stop()
		expired = timer.C
	}
	for {
		select {
		case item, ok := <-items:
			if !ok {
				return <-done
			}
			if err := handle(item); err != nil {
				return &visitError{err}
			}
			if timer != nil {
				timer.Reset(idle)
			}
		case <-ctx.Done():
			return ctx.Err()
		case <-expired:
			return errIdle
		}
	}
}

func recorded(e *esdb.RecordedEvent) domain.Recorded {
	return domain.Recorded{
		ID: e.EventID, Stream: e.StreamID, Revision: e.EventNumber, Position: e.Position.Commit,
		Type: e.EventType, Created: e.CreatedDate, Data: e.Data, Metadata: e.UserMetadata,
	}
}
