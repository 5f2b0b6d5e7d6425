// Package projections is the writing side of the read models: which rows follow from which events.
//
// A projection is data: a name, a version, its DDL and its handlers. A handler is a pure function of the event and of
// rows: it names no connection and reads no clock, so the same events give the same rows in whatever batches they come.
// The runtime that feeds projections and stores their rows is infra/postgres.
package projections

import (
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// Projection is one read model's writing side.
type Projection struct {
	// Name is the key of its checkpoint; its schema is "<name>_v<version>".
	Name string
	// Version grows with every change of the schema or of the handlers: the new version fills beside the old one.
	Version int
	// Schema creates the tables; it runs with the projection's own schema first in the search path. What follows a
	// line "-- after catch-up" runs when the projection has caught up for the first time: indexes are cheaper then.
	Schema   string
	Handlers []Handler
	// Every receives every event of the log, also of types that do not exist yet.
	Every func(b *Batch, e Recorded) error
}

// Recorded is an event of any type with its metadata; its data stay raw.
type Recorded struct {
	domain.Recorded
	Meta domain.Metadata
}

// Envelope is a decoded event with where it stands and who did it.
type Envelope[E any] struct {
	// ID is the aggregate's id.
	ID       uuid.UUID
	EventID  uuid.UUID
	Stream   string
	Revision uint64
	Position uint64
	Event    E
	Meta     domain.Metadata
}

// Key is the aggregate's id as a row key.
func (e Envelope[E]) Key() string { return e.ID.String() }

// At is when it happened in the world.
func (e Envelope[E]) At() time.Time { return e.Meta.OccurredAt }

// Handler folds one type of event into rows.
type Handler struct {
	Type  string
	apply func(b *Batch, r Recorded, event any)
}

// On declares a handler for events of Go type E.
func On[E any](h func(b *Batch, e Envelope[E])) Handler {
	t, ok := domain.EventTypeOf[E]()
	if !ok {
		panic(fmt.Sprintf("projections: %s is not a declared event", reflect.TypeFor[E]()))
	}
	return Handler{Type: t.Name, apply: func(b *Batch, r Recorded, event any) {
		id, _ := r.AggregateID()
		h(b, Envelope[E]{ID: id, EventID: r.ID, Stream: r.Stream, Revision: r.Revision, Position: r.Position, Event: event.(E), Meta: r.Meta})
	}}
}

// Types are the event types the projection handles; nil means every type.
func (p Projection) Types() map[string]bool {
	if p.Every != nil {
		return nil
	}
	types := make(map[string]bool, len(p.Handlers))
	for _, h := range p.Handlers {
		types[h.Type] = true
	}
	return types
}

// Poison is an event that a projection cannot take. The projection stops there until an operator acts.
type Poison struct {
	Projection string
	Event      domain.Recorded
	Cause      error
}

func (p *Poison) Error() string {
	return fmt.Sprintf("projection %s cannot take %s at %s/%d (position %d): %v",
		p.Projection, p.Event.Type, p.Event.Stream, p.Event.Revision, p.Event.Position, p.Cause)
}

func (p *Poison) Unwrap() error { return p.Cause }

// Apply folds the events, in order, into the batch. A *Poison error names the event that could not be taken; any other
// error comes from the store of rows and may pass.
func (p Projection) Apply(b *Batch, events []domain.Recorded) error {
	handlers := make(map[string][]Handler, len(p.Handlers))
	for _, h := range p.Handlers {
		handlers[h.Type] = append(handlers[h.Type], h)
	}
	b.expect(events, handlers)
	for i, read := range p.readAll(events, handlers) {
		if err := p.applyOne(b, read, handlers[events[i].Type]); err != nil {
			if broken, ok := errors.AsType[*storeError](err); ok {
				return broken.err
			}
			return &Poison{Projection: p.Name, Event: events[i], Cause: err}
		}
	}
	return nil
}

// reading is an event as handlers take it. The event is nil where no handler is declared for its type.
type reading struct {
	Recorded
	event any
	err   error
}

// readAll decodes the events that the projection handles. Half of the work of a catch-up is this JSON; it depends on no
// row, so all processors share it.
func (p Projection) readAll(events []domain.Recorded, handlers map[string][]Handler) []reading {
	all := make([]reading, len(events))
	share(len(events), func(i int) {
		r := events[i]
		if handled := len(handlers[r.Type]) > 0; handled || p.Every != nil {
			all[i] = read(r, handled)
		}
	})
	return all
}

func read(r domain.Recorded, handled bool) (done reading) {
	defer func() {
		if fault := recover(); fault != nil {
			done.err = fmt.Errorf("panic: %v", fault)
		}
	}()
	done.Recorded.Recorded = r
	if done.Meta, done.err = r.Meta(); done.err == nil && handled {
		done.event, done.err = decode(r, done.Meta)
	}
	return done
}

func (p Projection) applyOne(b *Batch, r reading, handlers []Handler) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			if broken, ok := fault.(*storeError); ok {
				err = broken
				return
			}
			err = fmt.Errorf("panic: %v", fault)
		}
	}()
	if r.err != nil {
		return r.err
	}
	if p.Every != nil {
		if err := p.Every(b, r.Recorded); err != nil {
			return err
		}
	}
	for _, h := range handlers {
		h.apply(b, r.Recorded, r.event)
	}
	return nil
}

func decode(r domain.Recorded, meta domain.Metadata) (any, error) {
	t, ok := domain.EventTypeNamed(r.Type)
	if !ok {
		return nil, fmt.Errorf("%w: %s", domain.ErrUnknownEvent, r.Type)
	}
	return t.Decode(max(meta.SchemaVersion, 1), r.Data)
}

// storeError carries a failure of the row store through a handler, which has no error to return.
type storeError struct{ err error }

func (e *storeError) Error() string { return e.err.Error() }
