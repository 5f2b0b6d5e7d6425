package eventstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/eventnode/nodetest"
)

// newServer is an event node that a test can take down and bring up again.
func newServer(tb testing.TB) *nodetest.Server {
	tb.Helper()
	return nodetest.Start(tb, nodetest.OnUnixSocket())
}

func dial(tb testing.TB, url string, opts ...Option) *Store {
	tb.Helper()
	s, err := Dial(url, append([]Option{WithLogger(slog.New(slog.DiscardHandler))}, opts...)...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// target is the server under test: the one of EVENTSTORE_URL, or a node of the test's own.
func target(t *testing.T) *Store {
	t.Helper()
	if url := os.Getenv("EVENTSTORE_URL"); url != "" {
		return dial(t, url)
	}
	return dial(t, newServer(t).URL())
}

func events(n int) []domain.NewEvent {
	out := make([]domain.NewEvent, n)
	for i := range out {
		out[i] = domain.NewEvent{
			ID: uuid.New(), Type: "test.happened",
			Data: fmt.Appendf(nil, `{"n":%d}`, i), Metadata: []byte(`{"source":"test"}`),
		}
	}
	return out
}

func newStream() string { return "test-" + uuid.NewString() }

func mustAppend(t *testing.T, s *Store, stream string, expected int64, batch []domain.NewEvent) uint64 {
	t.Helper()
	position, err := s.Append(t.Context(), stream, expected, batch)
	if err != nil {
		t.Fatal(err)
	}
	return position
}

func readStream(t *testing.T, s *Store, stream string, from uint64) (read []domain.Recorded) {
	t.Helper()
	err := s.ReadStream(t.Context(), stream, from, func(r domain.Recorded) error {
		read = append(read, r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func TestAppendAndRead(t *testing.T) {
	t.Parallel()
	s, stream := target(t), newStream()
	batch := events(3)
	position := mustAppend(t, s, stream, -1, batch)

	read := readStream(t, s, stream, 0)
	if len(read) != 3 {
		t.Fatalf("read %d events, want 3", len(read))
	}
	for i, r := range read {
		if r.ID != batch[i].ID || r.Revision != uint64(i) || r.Stream != stream || r.Type != batch[i].Type ||
			string(r.Data) != string(batch[i].Data) || string(r.Metadata) != string(batch[i].Metadata) {
			t.Errorf("event %d reads back as %+v", i, r)
		}
		if age := time.Since(r.Created); age < -time.Minute || age > time.Minute {
			t.Errorf("event %d was created at %v", i, r.Created)
		}
	}
	if read[2].Position != position {
		t.Errorf("append returned position %d, the last event is at %d", position, read[2].Position)
	}
	if tail := readStream(t, s, stream, 2); len(tail) != 1 || tail[0].Revision != 2 {
		t.Errorf("from revision 2: %+v", tail)
	}
	if past := readStream(t, s, stream, 9); len(past) != 0 {
		t.Errorf("behind the end: %+v", past)
	}
	if none := readStream(t, s, newStream(), 0); len(none) != 0 {
		t.Errorf("missing stream: %+v", none)
	}
	newest, err := s.ReadStreamBackwards(t.Context(), stream, 2)
	if err != nil || len(newest) != 2 || newest[0].Revision != 2 || newest[1].Revision != 1 {
		t.Errorf("backwards: %+v, %v", newest, err)
	}
	if none, err := s.ReadStreamBackwards(t.Context(), newStream(), 2); err != nil || len(none) != 0 {
		t.Errorf("missing stream backwards: %+v, %v", none, err)
	}
}

func TestVisitErrorEndsRead(t *testing.T) {
	t.Parallel()
	s, stream := target(t), newStream()
	mustAppend(t, s, stream, -1, events(3))
	stop, visited := errors.New("enough"), 0
	err := s.ReadStream(t.Context(), stream, 0, func(domain.Recorded) error { visited++; return stop })
	if err != stop || visited != 1 { //nolint:errorlint // promised as is
		t.Fatalf("after %d events: %v", visited, err)
	}
}

func TestAppendExpectedRevision(t *testing.T) {
	t.Parallel()
	s, stream := target(t), newStream()
	first, second := events(2), events(1)
	position := mustAppend(t, s, stream, -1, first)
	mustAppend(t, s, stream, 1, second)

	if again := mustAppend(t, s, stream, -1, first); again != position {
		t.Errorf("the repeated append returned position %d, the first one %d", again, position)
	}
	if n := len(readStream(t, s, stream, 0)); n != 3 {
		t.Errorf("the stream has %d events after a repeated append, want 3", n)
	}
	for _, tt := range []struct {
		stream           string
		expected, actual int64
	}{{stream, -1, 2}, {stream, 0, 2}, {stream, 7, 2}, {newStream(), 3, -1}} {
		_, err := s.Append(t.Context(), tt.stream, tt.expected, events(1))
		var wrong *ErrWrongRevision
		if !errors.As(err, &wrong) || !errors.Is(err, domain.ErrConflict) {
			t.Fatalf("expected %d: %v", tt.expected, err)
		}
		if *wrong != (ErrWrongRevision{tt.stream, tt.expected, tt.actual}) {
			t.Errorf("expected %d: %+v", tt.expected, *wrong)
		}
	}
	if _, err := s.Append(t.Context(), stream, -2, events(1)); err == nil {
		t.Error("an append with expected revision -2 succeeded")
	}
	if _, err := s.Append(t.Context(), stream, 2, nil); err == nil {
		t.Error("an append without events succeeded")
	}
	if _, err := s.Append(t.Context(), stream, 2, []domain.NewEvent{{Type: "x"}}); err == nil {
		t.Error("an append of an event without id succeeded")
	}
}

func TestReadAllAndHead(t *testing.T) {
	t.Parallel()
	s := target(t)
	if os.Getenv("EVENTSTORE_URL") == "" {
		if _, ok, err := s.Head(t.Context()); ok || err != nil {
			t.Fatalf("head of a store with system events only: %v, %v", ok, err)
		}
	}
	stream := newStream()
	first := mustAppend(t, s, stream, -1, events(1))
	last := mustAppend(t, s, stream, 0, events(600))

	var positions []uint64
	err := s.ReadAll(t.Context(), first, func(r domain.Recorded) error {
		if r.Type[0] == '$' {
			t.Errorf("system event %s", r.Type)
		}
		if r.Stream == stream {
			positions = append(positions, r.Position)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(positions) != 601 || positions[0] != first || positions[600] != last {
		t.Errorf("%d events from the first position on", len(positions))
	}
	if os.Getenv("EVENTSTORE_URL") == "" {
		if head, ok, err := s.Head(t.Context()); head != last || !ok || err != nil {
			t.Errorf("head = %d, %v, %v; want %d", head, ok, err, last)
		}
	}
}

func TestSubscribeAll(t *testing.T) {
	t.Parallel()
	s, stream := target(t), newStream()
	mustAppend(t, s, stream, -1, events(1))
	second := mustAppend(t, s, stream, 0, events(1))
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()

	var got []uint64
	caughtUp := false
	after := second - 1
	err := s.SubscribeAll(ctx, &after, func(r domain.Recorded) error {
		if r.Stream != stream {
			return nil
		}
		if got = append(got, r.Revision); r.Revision == 3 {
			cancel()
		}
		return nil
	}, func() {
		if !caughtUp {
			caughtUp = true
			go func() { _, _ = s.Append(ctx, stream, 1, events(2)) }()
		}
	}, nil)
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	// The position lies between the first two events.
	if !caughtUp || !slices.Equal(got, []uint64{1, 2, 3}) {
		t.Fatalf("caught up %v, revisions %v", caughtUp, got)
	}
}

func TestSubscribeAllFromStartReportsCheckpoints(t *testing.T) {
	t.Parallel()
	s := dial(t, newServer(t).URL())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var at uint64
	err := s.SubscribeAll(ctx, nil, func(r domain.Recorded) error {
		t.Errorf("system event %s of %s", r.Type, r.Stream)
		return nil
	}, cancel, func(position uint64) { at = position })
	if !errors.Is(err, context.Canceled) || at == 0 {
		t.Fatalf("a log of system events only: checkpoint %d, %v", at, err)
	}
}

func TestHandlerErrorEndsSubscription(t *testing.T) {
	t.Parallel()
	s := target(t)
	mustAppend(t, s, newStream(), -1, events(1))
	broken := errors.New("broken")
	err := s.SubscribeAll(t.Context(), nil, func(domain.Recorded) error { return broken }, nil, nil)
	if err != broken { //nolint:errorlint // promised as is
		t.Fatal(err)
	}
}

// TestOutage takes the server away for three seconds under load: calls end with
// their deadlines, and afterwards everything works with the same client.
func TestOutage(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	s := dial(t, srv.URL(), WithCallTimeout(20*time.Second))

	const writers = 8
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var running sync.WaitGroup
	var acknowledged [writers]atomic.Int64
	var late atomic.Int64
	for i := range writers {
		running.Go(func() {
			stream := fmt.Sprintf("outage-%d", i)
			expected := int64(-1)
			batch := events(1)
			for ctx.Err() == nil {
				const limit = time.Second
				callCtx, cancel := context.WithTimeout(ctx, limit)
				start := time.Now()
				_, err := s.Append(callCtx, stream, expected, batch)
				cancel()
				if took := time.Since(start); took > limit+time.Second {
					late.Add(1)
				}
				if err != nil {
					if !errors.Is(err, ErrUnavailable) && ctx.Err() == nil {
						t.Errorf("append during the outage: %v", err)
						return
					}
					continue // the same events again: they may have been written
				}
				acknowledged[i].Add(1)
				expected++
				batch = events(1)
			}
		})
	}

	var followed sync.Mutex
	seen := map[string]int64{}
	more := make(chan struct{}, 1)
	running.Go(func() {
		err := s.Follow(ctx, nil, func(r domain.Recorded) error {
			followed.Lock()
			defer followed.Unlock()
			if r.Revision != uint64(seen[r.Stream]) {
				t.Errorf("%s: revision %d after %d events", r.Stream, r.Revision, seen[r.Stream])
			}
			seen[r.Stream]++
			select {
			case more <- struct{}{}:
			default:
			}
			return nil
		}, nil, nil)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("follow ended: %v", err)
		}
	})
	awaitAll := func(what string, target int64) {
		t.Helper()
		deadline := time.After(30 * time.Second)
		for {
			followed.Lock()
			ready := len(seen) == writers
			for i := range writers {
				ready = ready && seen[fmt.Sprintf("outage-%d", i)] >= target
			}
			followed.Unlock()
			if ready {
				return
			}
			select {
			case <-more:
			case <-deadline:
				t.Fatalf("%s: followed only %v", what, seen)
			}
		}
	}

	awaitAll("before the outage", 5)
	srv.Down()
	outage := time.NewTimer(3 * time.Second)
	if err := s.ReadStream(deadline(t, 300*time.Millisecond), "outage-0", 0, func(domain.Recorded) error { return nil }); !errors.Is(err, ErrUnavailable) {
		t.Errorf("read during the outage: %v", err)
	}
	<-outage.C
	before := acknowledged[0].Load()
	srv.Up()
	awaitAll("after the outage", before+20)
	stop()
	running.Wait()

	if n := late.Load(); n > 0 {
		t.Errorf("%d calls ran past their deadline", n)
	}
	for i := range writers {
		stream := fmt.Sprintf("outage-%d", i)
		n := int64(len(readStream(t, s, stream, 0)))
		if acked := acknowledged[i].Load(); n < acked || n > acked+1 {
			t.Errorf("%s has %d events, %d were acknowledged", stream, n, acked)
		}
	}
}

func deadline(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// TestServerNeverThere checks the calls of a client that has never had a connection.
func TestServerNeverThere(t *testing.T) {
	t.Parallel()
	s := dial(t, "unix://"+filepath.Join(t.TempDir(), "none"))
	start := time.Now()
	_, err := s.Append(deadline(t, 200*time.Millisecond), "a", -1, events(1))
	if !errors.Is(err, ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("append: %v", err)
	}
	if err := s.SubscribeAll(deadline(t, 200*time.Millisecond), nil, nil, nil, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("subscription: %v", err)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("two calls of 200 ms took %v", took)
	}
}

func TestClosedStore(t *testing.T) {
	t.Parallel()
	s := dial(t, newServer(t).URL())
	subscribed := make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		ended <- s.Follow(context.Background(), nil, func(domain.Recorded) error { return nil },
			func() { close(subscribed) }, nil)
	}()
	<-subscribed
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, ErrUnavailable) {
		t.Errorf("follow after Close: %v", err)
	}
	if _, err := s.Append(t.Context(), "a", -1, events(1)); !errors.Is(err, ErrUnavailable) {
		t.Errorf("append after Close: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
}

func TestDialRefusesBadAddresses(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"", "kurrentdb://localhost:2113", "unix://relative/path", "esdb://user:secret@:bad:port", "esdb://user:secret@%zz",
	} {
		s, err := Dial(address)
		if err == nil {
			_ = s.Close()
			t.Errorf("%q was accepted", address)
			continue
		}
		if msg := err.Error(); len(address) > 0 && strings.Contains(msg, "secret") {
			t.Errorf("the error shows the password: %s", msg)
		}
	}
}
