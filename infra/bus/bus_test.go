package bus_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/bus"
)

// memoryLog is a log that can be followed.
type memoryLog struct {
	mu      sync.Mutex
	entries []entry
	more    chan struct{}
	drops   int // so many subscriptions end with an error after their first event
}

type entry struct {
	position uint64
	system   bool // passed over
}

func newLog() *memoryLog { return &memoryLog{more: make(chan struct{})} }

func (l *memoryLog) append(n int, system bool) (last uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for range n {
		last = uint64(10 * (len(l.entries) + 1))
		l.entries = append(l.entries, entry{last, system})
	}
	close(l.more)
	l.more = make(chan struct{})
	return last
}

func (l *memoryLog) look(from int) ([]entry, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.entries[from:]), l.more
}

func (l *memoryLog) drop() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drops--
	return l.drops >= 0
}

var errDropped = errors.New("dropped")

func (l *memoryLog) Follow(ctx context.Context, after *uint64, handle func(domain.Recorded) error, caughtUp func(), checkpoint func(uint64)) error {
	seen := 0
	if after != nil {
		seen = int(*after / 10)
	}
	for {
		entries, more := l.look(seen)
		for _, e := range entries {
			seen++
			if e.system {
				checkpoint(e.position)
				continue
			}
			if err := handle(domain.Recorded{Position: e.position, Revision: uint64(seen), Type: "test", Data: []byte("data")}); err != nil {
				return err
			}
			if l.drop() {
				return errDropped
			}
		}
		caughtUp()
		select {
		case <-more:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// consumer remembers what it was given and keeps a checkpoint.
type consumer struct {
	mu         sync.Mutex
	checkpoint *uint64
	positions  []uint64
	batches    []int
	caughtUp   int
	changed    chan struct{}
	fail       func(events []domain.Recorded) error
}

func newConsumer() *consumer { return &consumer{changed: make(chan struct{})} }

func (c *consumer) start(context.Context) (*uint64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.checkpoint, nil
}

func (c *consumer) apply(_ context.Context, events []domain.Recorded, upTo uint64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.wake()
	if c.fail != nil {
		if err := c.fail(events); err != nil {
			return err
		}
	}
	for _, e := range events {
		c.positions = append(c.positions, e.Position)
	}
	c.batches = append(c.batches, len(events))
	c.checkpoint = &upTo
	return nil
}

func (c *consumer) atEnd(context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.wake()
	c.caughtUp++
	return nil
}

func (c *consumer) wake() {
	close(c.changed)
	c.changed = make(chan struct{})
}

func (c *consumer) await(t *testing.T, condition func() bool) {
	t.Helper()
	for deadline := time.After(20 * time.Second); ; {
		c.mu.Lock()
		met, changed := condition(), c.changed
		c.mu.Unlock()
		if met {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("the condition did not come true: %d events, checkpoint %v", len(c.positions), c.checkpoint)
		}
	}
}

func (c *consumer) at(position uint64) func() bool {
	return func() bool { return c.checkpoint != nil && *c.checkpoint == position }
}

func (c *consumer) handler(name string) bus.Handler {
	return bus.Handler{Name: name, Start: c.start, Apply: c.apply, CaughtUp: c.atEnd}
}

func quick(t *testing.T) bus.Config {
	t.Helper()
	return bus.Config{Logger: slog.New(slog.NewTextHandler(t.Output(), nil)), MinPause: time.Millisecond, MaxPause: 5 * time.Millisecond, IdleCheckpoint: time.Millisecond}
}

// run runs the bus until stop.
func run(t *testing.T, l *memoryLog, config bus.Config, handlers ...bus.Handler) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- bus.Run(ctx, l, handlers, config) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the bus ended with %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

func (c *consumer) mustHave(t *testing.T, n int) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.positions) != n || !slices.IsSorted(c.positions) || len(slices.Compact(slices.Clone(c.positions))) != n {
		t.Errorf("%d events, want each of %d once and in order", len(c.positions), n)
	}
}

func TestEveryConsumerGetsEverythingOnceAndInOrder(t *testing.T) {
	t.Parallel()
	l := newLog()
	last := l.append(3000, false)
	consumers := []*consumer{newConsumer(), newConsumer(), newConsumer()}
	var handlers []bus.Handler
	for i, c := range consumers {
		handlers = append(handlers, c.handler(fmt.Sprint("consumer", i)))
	}
	stop := run(t, l, quick(t), handlers...)
	for _, c := range consumers {
		c.await(t, c.at(last))
	}
	for range 50 {
		last = l.append(1, false)
	}
	for _, c := range consumers {
		c.await(t, c.at(last))
		c.await(t, func() bool { return c.caughtUp > 0 })
	}
	stop()
	for _, c := range consumers {
		c.mustHave(t, 3050)
		if biggest := slices.Max(c.batches); biggest > 500 {
			t.Errorf("a batch of %d", biggest)
		}
	}
}

// While one batch is being worked on the next gathers, and the source is held up.
func TestBatchesGrowBehindASlowConsumer(t *testing.T) {
	t.Parallel()
	l, c := newLog(), newConsumer()
	l.append(1, false)
	gate, arrived := make(chan struct{}), make(chan struct{}, 100)
	c.fail = func([]domain.Recorded) error {
		arrived <- struct{}{}
		<-gate
		return nil
	}
	run(t, l, quick(t), c.handler("slow"))
	<-arrived
	last := l.append(2000, false)
	close(gate)
	c.await(t, c.at(last))
	c.mustHave(t, 2001)
	if len(c.batches) > 100 {
		t.Errorf("%d batches", len(c.batches))
	}
}

func TestRedeliveryAfterAFault(t *testing.T) {
	t.Parallel()
	l, c := newLog(), newConsumer()
	last := l.append(700, false)
	failures := 0
	c.fail = func(events []domain.Recorded) error {
		failures++
		switch {
		case failures > 9:
			return nil
		case failures%3 == 0:
			panic("a panic is a fault like any other")
		default:
			return errors.New("the database is away")
		}
	}
	run(t, l, quick(t), c.handler("faulty"))
	c.await(t, c.at(last))
	c.mustHave(t, 700)
}

func TestOneStopsOthersGoOn(t *testing.T) {
	t.Parallel()
	l, bad, good := newLog(), newConsumer(), newConsumer()
	last := l.append(700, false)
	poison := errors.New("poison")
	bad.fail = func([]domain.Recorded) error { return poison }
	stopped := make(chan error, 10)
	h := bad.handler("bad")
	h.Failed = func(_ context.Context, err error) bus.Verdict {
		stopped <- err
		return bus.Stop
	}
	stop := run(t, l, quick(t), h, good.handler("good"))
	if err := <-stopped; !errors.Is(err, poison) {
		t.Errorf("%v", err)
	}
	good.await(t, good.at(last))
	last = l.append(100, false)
	good.await(t, good.at(last))
	stop()
	good.mustHave(t, 800)
	if len(stopped) > 0 {
		t.Error("it was given more after it stopped")
	}
}

func TestRestartFromTheCheckpoint(t *testing.T) {
	t.Parallel()
	l, c := newLog(), newConsumer()
	last := l.append(900, false)
	fenced := errors.New("fenced")
	once := sync.OnceValue(func() error {
		moved := uint64(250 * 10) // somebody else did this much
		c.checkpoint = &moved
		return fenced
	})
	c.fail = func([]domain.Recorded) error {
		if len(c.batches) == 0 {
			if err := once(); err != nil && c.checkpoint != nil && *c.checkpoint == 2500 {
				c.fail = nil
				return err
			}
		}
		return nil
	}
	h := c.handler("fenced")
	h.Failed = func(_ context.Context, err error) bus.Verdict {
		if errors.Is(err, fenced) {
			return bus.Restart
		}
		return bus.Retry
	}
	run(t, l, quick(t), h)
	c.await(t, c.at(last))
	c.mustHave(t, 650)
	if c.positions[0] != 2510 {
		t.Errorf("went on at %d", c.positions[0])
	}
}

func TestADroppedSourceLosesNothing(t *testing.T) {
	t.Parallel()
	l, c := newLog(), newConsumer()
	last := l.append(300, false)
	l.drops = 20
	run(t, l, quick(t), c.handler("dropped"))
	c.await(t, c.at(last))
	c.mustHave(t, 300)
}

func TestStopAndGoOn(t *testing.T) {
	t.Parallel()
	l, c := newLog(), newConsumer()
	last := l.append(1000, false)
	stop := run(t, l, quick(t), c.handler("first"))
	c.await(t, func() bool { return len(c.positions) > 0 })
	stop()
	run(t, l, quick(t), c.handler("second"))
	c.await(t, c.at(last))
	c.mustHave(t, 1000)
}

func TestPositionsPassedOverMoveTheCheckpoint(t *testing.T) {
	t.Parallel()
	l, c := newLog(), newConsumer()
	l.append(3, false)
	last := l.append(50, true)
	run(t, l, quick(t), c.handler("idle"))
	c.await(t, c.at(last))
	last = l.append(1, true)
	c.await(t, c.at(last))
	c.mustHave(t, 3)
}

func TestPositionsPassedOverAreGatheredWhenIdle(t *testing.T) {
	t.Parallel()
	l, c := newLog(), newConsumer()
	config := quick(t)
	config.IdleCheckpoint = time.Hour
	l.append(1, false)
	run(t, l, config, c.handler("idle"))
	c.await(t, func() bool { return c.caughtUp == 1 })
	l.append(1000, true)
	last := l.append(1, false)
	c.await(t, c.at(last))
	c.mustHave(t, 2)
	if len(c.batches) > 3 {
		t.Errorf("%d batches for two events", len(c.batches))
	}
}

func TestAnEmptyLogIsCaughtUp(t *testing.T) {
	t.Parallel()
	c := newConsumer()
	run(t, newLog(), quick(t), c.handler("empty"))
	c.await(t, func() bool { return c.caughtUp == 1 })
	if c.checkpoint != nil {
		t.Errorf("checkpoint %d of nothing", *c.checkpoint)
	}
}

// What Watermill asks of a subscriber.

func subscribe(t *testing.T, ctx context.Context, l *memoryLog) (*bus.Subscriber, <-chan *message.Message) { //nolint:revive // t comes first in tests
	t.Helper()
	s, err := bus.NewSubscriber(bus.SubscriberConfig{Source: l, Start: newConsumer().start, MaxBatch: 10, MinPause: time.Millisecond, MaxPause: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	messages, err := s.Subscribe(ctx, "topic")
	if err != nil {
		t.Fatal(err)
	}
	return s, messages
}

func TestNoNextMessageBeforeAck(t *testing.T) {
	t.Parallel()
	l := newLog()
	l.append(100, false)
	_, messages := subscribe(t, t.Context(), l)
	first := <-messages
	select {
	case <-messages:
		t.Fatal("a second message before the Ack of the first")
	default:
	}
	first.Nack()
	again := <-messages
	if !first.Equals(again) {
		t.Error("after Nack came something else")
	}
	if first.Context().Err() == nil {
		t.Error("the context of a message goes on after Nack")
	}
	again.Ack()
	second := <-messages
	if second.Equals(again) {
		t.Error("after Ack came the same")
	}
	if again.Context().Err() == nil {
		t.Error("the context of a message goes on after Ack")
	}
	second.Ack()
}

func TestTheChannelClosesWithItsContext(t *testing.T) {
	t.Parallel()
	type key struct{}
	l := newLog()
	l.append(100, false)
	ctx, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, "kept"))
	_, messages := subscribe(t, ctx, l)
	m := <-messages
	if m.Context().Value(key{}) != "kept" {
		t.Error("the message has another context")
	}
	cancel() // the message is never acked
	if _, open := <-messages; open {
		t.Error("a message after the end")
	}
}

func TestClose(t *testing.T) {
	t.Parallel()
	l := newLog()
	l.append(100, false)
	s, messages := subscribe(t, t.Context(), l)
	<-messages
	var closing sync.WaitGroup
	for range 3 {
		closing.Go(func() { _ = s.Close() })
	}
	closing.Wait()
	if _, open := <-messages; open {
		t.Error("a message after Close")
	}
	if _, err := s.Subscribe(t.Context(), "topic"); !errors.Is(err, bus.ErrClosed) {
		t.Errorf("%v", err)
	}
}

func BenchmarkRouter(b *testing.B) {
	l, c := newLog(), newConsumer()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { _ = bus.Run(ctx, l, []bus.Handler{c.handler("bench")}, bus.Config{}); close(done) }()
	n := 0
	for b.Loop() {
		last := l.append(100_000, false)
		n += 100_000
		for {
			c.mu.Lock()
			there, changed := c.at(last)(), c.changed
			c.mu.Unlock()
			if there {
				break
			}
			<-changed
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
	cancel()
	<-done
}
