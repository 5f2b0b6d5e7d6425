package eventnode

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
)

// TestStateCacheBytes gives many streams the largest metadata there may be.
func TestStateCacheBytes(t *testing.T) {
	t.Parallel()
	node := openNode(t, memConfig())
	large := fmt.Appendf(nil, `{"note":"%s","$maxCount":3}`, strings.Repeat("x", 1<<20-100))
	const streams = 3 * stateBytes >> 20
	for i := range streams {
		if _, err := node.core().writer.submit(t.Context(), &writeRequest{
			stream: fmt.Sprintf("$$s-%d", i), expected: expectNoStream,
			events: []proposedEvent{{id: uuid.New(), json: true, eventType: metadataType, data: large}},
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	states := node.core().writer.states
	sum := 0
	for element := states.recency.Front(); element != nil; element = element.Next() {
		sum += element.Value.(*streamState).size()
	}
	if sum != states.bytes || sum > stateBytes {
		t.Errorf("the states take %d bytes, counted %d, allowed %d", sum, states.bytes, stateBytes)
	}
	if len(states.byName) != states.recency.Len() || states.recency.Len() < stateBytes>>20/2 {
		t.Errorf("%d states by name, %d in order", len(states.byName), states.recency.Len())
	}
}

// TestTailPageBytes bounds what one slow subscriber keeps of a tail that moves on.
func TestTailPageBytes(t *testing.T) {
	t.Parallel()
	tail := newTail(0)
	var records []record
	for i := range 64 {
		records = append(records, record{position: uint64(i + 1), data: make([]byte, 100<<10)})
	}
	tail.publish(records)
	page, ok := tail.after(0, pageEvents)
	if !ok || len(page) != 3 {
		t.Errorf("%d records of 100 KiB in one page, want 3", len(page))
	}
	if page, ok = tail.after(63, pageEvents); !ok || len(page) != 1 {
		t.Errorf("%d records behind the last but one", len(page))
	}
	tail.publish([]record{{position: 65, data: make([]byte, 2*pageBytes)}})
	if page, ok = tail.after(64, pageEvents); !ok || len(page) != 1 {
		t.Errorf("a record larger than a page: %d", len(page))
	}
}

// TestBudget lets in while anything is free, makes others wait, and forgets nothing.
func TestBudget(t *testing.T) {
	t.Parallel()
	b := budget{limit: 100}
	for range 2 {
		if b.take(60) != nil {
			t.Fatal("there was room")
		}
	}
	first, second := b.take(1), b.take(1)
	if first == nil || second == nil {
		t.Fatal("there was no room")
	}
	b.give(10)
	select {
	case <-first:
		t.Fatal("woken although nothing is free")
	default:
	}
	b.give(30)
	<-first
	<-second
	if b.take(1000) != nil {
		t.Error("a large request is never let in")
	}
	if wait := b.take(1); wait == nil {
		t.Error("let in beside it")
	}
	b.give(1000 + 80)
	if b.inUse() != 0 {
		t.Errorf("%d bytes in use at the end", b.inUse())
	}
}

// TestQueueBytes holds the writer at a disk that does not answer, sends it more than
// may pile up, and looks at what waits inside and what outside.
func TestQueueBytes(t *testing.T) {
	t.Parallel()
	disk := &stuckDisk{}
	cfg := memConfig()
	cfg.FS = disk.fs()
	node := openNode(t, cfg)
	w := node.core().writer
	release := disk.hold()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	const requests, size = 64, 1 << 20
	results := make(chan error, requests)
	for i := range requests {
		go func() {
			_, err := w.submit(ctx, &writeRequest{
				stream: fmt.Sprintf("s-%d", i), expected: expectNoStream,
				events: []proposedEvent{{id: uuid.New(), eventType: "t", data: make([]byte, size)}},
			})
			results <- err
		}()
	}
	// All are either let in or waiting once the budget is used up.
	disk.stuck(t)
	for wait := w.room.take(0); wait == nil; wait = w.room.take(0) {
		select {
		case <-t.Context().Done():
			t.Fatal("the budget is never used up")
		default:
		}
	}
	if used := w.room.inUse(); used < queueBytes || used > queueBytes+2*size {
		t.Errorf("%d bytes were let in, the limit is %d", used, queueBytes)
	}
	impatient, giveUp := context.WithCancel(t.Context())
	giveUp()
	if _, err := w.submit(impatient, &writeRequest{stream: "late", expected: expectAny}); !errors.Is(err, context.Canceled) {
		t.Errorf("a caller who gives up gets %v", err)
	}
	release()
	for range requests {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	if used := w.room.inUse(); used != 0 {
		t.Errorf("%d bytes are still counted when all is answered", used)
	}
}

// TestQueueStops frees those who wait for room when the node fails or stops.
func TestQueueStops(t *testing.T) {
	t.Parallel()
	w := &writer{room: budget{limit: 1, used: 1}, stopped: make(chan struct{}), failure: newFailure(time.Now)}
	var waiting sync.WaitGroup
	var got error
	waiting.Go(func() { _, got = w.submit(t.Context(), &writeRequest{stream: "s"}) })
	close(w.stopped)
	waiting.Wait()
	if !errors.Is(got, errStopped) {
		t.Errorf("at the stop: %v", got)
	}
	failure := newFailure(time.Now)
	w = &writer{room: budget{limit: 1, used: 1}, stopped: make(chan struct{}), failure: failure, dead: failure.dead}
	waiting.Go(func() { _, got = w.submit(t.Context(), &writeRequest{stream: "s"}) })
	failure.set(errors.New("no room"))
	waiting.Wait()
	if !errors.Is(got, errFailed) {
		t.Errorf("at a failure: %v", got)
	}
}
