package eventnode

import (
	"errors"
	"math"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/google/uuid"
)

// group runs requests through the writer as one group.
func group(t *testing.T, requests ...*writeRequest) (*store, []writeResult) {
	t.Helper()
	cfg := memConfig()
	cfg.setDefaults()
	if err := makeDir(cfg.FS, cfg.Dir); err != nil {
		t.Fatal(err)
	}
	failure := newFailure(cfg.Now)
	cache := pebble.NewCache(1 << 20)
	s, err := openStore(cfg, watchedFS{cfg.FS, newDiskWatch(cfg.Dir, failure, false)}, cache, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(s.close(), failure.err()); err != nil {
			t.Error(err)
		}
		cache.Unref()
	})
	w, err := newWriter(s, newTail(0), failure, newRoom(cfg), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.commit(requests); err != nil {
		t.Fatal(err)
	}
	results := make([]writeResult, len(requests))
	for i, r := range requests {
		results[i] = r.result
	}
	return s, results
}

// TestOneGroup decides each request against what the earlier ones of its group did,
// although none of that is on the disk yet.
func TestOneGroup(t *testing.T) {
	t.Parallel()
	a, b, c := uuid.New(), uuid.New(), uuid.New()
	to := func(expected int64, ids ...uuid.UUID) *writeRequest {
		r := &writeRequest{stream: "s", expected: expected}
		for _, id := range ids {
			r.events = append(r.events, proposedEvent{id: id, eventType: "t"})
		}
		return r
	}
	s, results := group(t,
		to(expectNoStream, a, b),
		to(expectNoStream, a, b),
		to(expectNoStream, a),
		to(expectAny, b),
		to(expectNoStream, c),
		to(0, b),
		to(0, b, c),
		to(1, c),
		&writeRequest{kind: writeDelete, stream: "s", expected: 2},
		to(expectStreamExists, c),
		to(expectNoStream, uuid.New()),
		&writeRequest{kind: writeTombstone, stream: "s", expected: expectAny},
		to(expectAny, uuid.New()),
	)
	for i, want := range []struct {
		outcome  outcome
		revision int64
	}{
		{written, 1}, {written, 1}, {written, 0}, {written, 1}, {wrongVersion, -1}, {written, 1}, {wrongVersion, -1},
		{written, 2}, {written, 2}, {streamGone, 0}, {written, 3}, {written, math.MaxInt64}, {streamGone, 0},
	} {
		if results[i].outcome != want.outcome || results[i].revision != want.revision {
			t.Errorf("request %d: %+v, want %+v", i, results[i], want)
		}
	}
	if results[1].position != results[0].position || results[3].position != results[0].position {
		t.Errorf("repeated appends answer other positions: %+v", results[:4])
	}
	events, err := s.allForwards(0, math.MaxUint64, 100)
	if err != nil || len(events) != 7 { // 4 events, 2 of metadata, 1 tombstone
		t.Errorf("%d records, %v", len(events), err)
	}
}

// TestReadsEndAtDurable puts the durable position back and looks whether anything
// above it shows: Pebble itself would show all.
func TestReadsEndAtDurable(t *testing.T) {
	t.Parallel()
	s, results := group(t,
		&writeRequest{stream: "s", expected: expectNoStream, events: []proposedEvent{{id: uuid.New()}, {id: uuid.New()}}},
		&writeRequest{stream: "s", expected: 1, events: []proposedEvent{{id: uuid.New()}}},
		&writeRequest{stream: "later", expected: expectNoStream, events: []proposedEvent{{id: uuid.New()}}},
		&writeRequest{stream: "$$s", expected: expectNoStream, events: []proposedEvent{{id: uuid.New(), data: []byte(`{"$tb":1}`)}}},
		&writeRequest{kind: writeTombstone, stream: "s", expected: expectAny},
	)
	s.durable.Store(results[0].position)
	v, err := s.view("s", 0)
	if err != nil || v.first != 0 || v.last != 1 || v.tombstoned {
		t.Fatalf("%+v, %v", v, err)
	}
	forwards, err := s.streamForwards(v, 0, 10)
	if err != nil || len(forwards) != 2 {
		t.Errorf("forwards: %d events, %v", len(forwards), err)
	}
	backwards, err := s.streamBackwards(v, math.MaxInt64-1, 10)
	if err != nil || len(backwards) != 2 || backwards[0].revision != 1 {
		t.Errorf("backwards: %d events, %v", len(backwards), err)
	}
	if v, err := s.view("later", 0); err != nil || v.exists {
		t.Errorf("a stream that is not durable: %+v, %v", v, err)
	}
	if _, found, err := s.eventAt(v.id, 2, v.bound); err != nil || found {
		t.Errorf("an event that is not durable is found, %v", err)
	}
	all, err := s.allForwards(0, v.bound, 10)
	if err != nil || len(all) != 2 {
		t.Errorf("$all: %d events, %v", len(all), err)
	}
	all, err = s.allBackwards(math.MaxUint64, v.bound, 10)
	if err != nil || len(all) != 2 {
		t.Errorf("$all backwards: %d events, %v", len(all), err)
	}
}
