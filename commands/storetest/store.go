// Package storetest is an event store in memory, with the contract of commands.Store, for tests of rules that span
// several streams.
package storetest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/letopis-crm/letopis/domain"
)

// Store keeps all events in one ordered list. It is safe for concurrent use.
type Store struct {
	mu      sync.Mutex
	all     []domain.Recorded
	streams map[string][]domain.Recorded
}

// New returns an empty store.
func New() *Store { return &Store{streams: map[string][]domain.Recorded{}} }

// Append implements commands.Store, with the idempotency of the real one: the same events at the same place are
// answered again.
func (s *Store) Append(_ context.Context, stream string, expected int64, events []domain.NewEvent) (uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	existing := s.streams[stream]
	if last := int64(len(existing)) - 1; last != expected {
		if position, same := alreadyThere(existing, expected, events); same {
			return position, nil
		}
		return 0, fmt.Errorf("stream %s is at %d, expected %d: %w", stream, last, expected, domain.ErrConflict)
	}
	for i, e := range events {
		r := domain.Recorded{
			ID: e.ID, Stream: stream, Revision: uint64(expected + 1 + int64(i)), Position: uint64(len(s.all)+1) * 100,
			Type: e.Type, Created: time.Now().UTC(), Data: slices.Clone(e.Data), Metadata: slices.Clone(e.Metadata),
		}
		s.all, s.streams[stream] = append(s.all, r), append(s.streams[stream], r)
	}
	return uint64(len(s.all)) * 100, nil
}

func alreadyThere(existing []domain.Recorded, expected int64, events []domain.NewEvent) (uint64, bool) {
	if expected+int64(len(events)) >= int64(len(existing)) || expected < -1 {
		return 0, false
	}
	var position uint64
	for i, e := range events {
		r := existing[expected+1+int64(i)]
		if r.ID != e.ID {
			return 0, false
		}
		position = r.Position
	}
	return position, true
}

// ReadStream implements commands.Store.
func (s *Store) ReadStream(_ context.Context, stream string, from uint64, visit func(domain.Recorded) error) error {
	s.mu.Lock()
	found := s.streams[stream]
	s.mu.Unlock()
	for _, r := range found {
		if r.Revision >= from {
			if err := visit(r); err != nil {
				return err
			}
		}
	}
	return nil
}

// All returns every event in order.
func (s *Store) All() []domain.Recorded {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.all)
}

// ReadAll visits every event at or after the position, in order.
func (s *Store) ReadAll(_ context.Context, from uint64, visit func(domain.Recorded) error) error {
	for _, r := range s.All() {
		if r.Position >= from {
			if err := visit(r); err != nil {
				return err
			}
		}
	}
	return nil
}
