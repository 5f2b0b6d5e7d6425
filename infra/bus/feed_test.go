package bus_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/bus"
)

// counted counts the subscriptions that are open at once.
type counted struct {
	*memoryLog
	open, most atomic.Int32
}

func (c *counted) Follow(ctx context.Context, after *uint64, handle func(domain.Recorded) error, caughtUp func(), checkpoint func(uint64)) error {
	c.most.Store(max(c.most.Load(), c.open.Add(1)))
	defer c.open.Add(-1)
	return c.memoryLog.Follow(ctx, after, handle, caughtUp, checkpoint)
}

// Every consumer of a feed is given every event once, in order, wherever it begins and however slow it is; once all have
// joined there is one subscription.
func TestFeed(t *testing.T) {
	t.Parallel()
	log := &counted{memoryLog: newLog()}
	head := log.append(3000, false)
	feed := bus.NewFeed(log)
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	defer group.Wait()
	defer cancel()

	const total = 30_000
	follow := func(name string, after *uint64, slow <-chan struct{}) <-chan struct{} {
		done := make(chan struct{})
		next := uint64(10)
		if after != nil {
			next = *after + 10
		}
		group.Go(func() {
			_ = feed.Follow(ctx, after, func(e domain.Recorded) error {
				if slow != nil && e.Position == head+10 {
					<-slow // while it waits, the feed forgets what it needs next
				}
				if e.Position != next {
					t.Errorf("%s: position %d where %d was due", name, e.Position, next)
				}
				next = e.Position + 10
				if e.Position == 10*total {
					close(done)
				}
				return nil
			}, func() {}, func(uint64) {})
		})
		return done
	}
	middle := uint64(15_000)
	awake := make(chan struct{})
	waiting := []<-chan struct{}{follow("early", nil, nil), follow("middle", &middle, nil)}
	group.Go(func() { _ = feed.Run(ctx, &head) })
	waiting = append(waiting, follow("late", &head, nil), follow("slow", &head, awake))
	for last := uint64(0); last < 10*total; {
		last = log.append(500, false)
	}
	for _, done := range waiting[:3] {
		<-done
	}
	close(awake)
	<-waiting[3]
	for log.open.Load() != 1 {
		<-waitFor(log)
	}
}

// waitFor gives the other goroutines a turn by adding an event, which everybody is told of.
func waitFor(c *counted) <-chan struct{} {
	_, more := c.look(0)
	c.append(1, true)
	return more
}

// Consumers of a feed that does not run yet follow the log itself.
func TestFeedBeforeItRuns(t *testing.T) {
	t.Parallel()
	log := newLog()
	log.append(10, false)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	seen := ""
	_ = bus.NewFeed(log).Follow(ctx, nil, func(e domain.Recorded) error {
		seen += fmt.Sprint(e.Position, " ")
		return nil
	}, cancel, func(uint64) {})
	if seen != "10 20 30 40 50 60 70 80 90 100 " {
		t.Errorf("saw %s", seen)
	}
}
