package bus

import (
	"context"
	"slices"
	"sync"

	"github.com/letopis-crm/letopis/domain"
)

// Feed is one live subscription for all consumers of a process. A consumer catches up by a subscription of its own and
// then joins the feed; one that falls behind what the feed remembers leaves it and catches up again. So the log sends
// each event to the process once, not once per consumer.
type Feed struct {
	source Source

	mu      sync.Mutex
	recent  []domain.Recorded // all events after `from`, in order; its array is only appended to
	from    int64             // -1: the beginning of the log
	running bool
	live    bool // the feed itself has caught up
	changed chan struct{}
}

var _ Source = (*Feed)(nil)

// remembered is how many recent events a feed keeps, at least.
const remembered = 4096

// NewFeed returns a feed over the log. Consumers may follow it before it runs: they follow the log itself meanwhile.
func NewFeed(source Source) *Feed { return &Feed{source: source, changed: make(chan struct{})} }

// Run feeds until the context ends. after is the end of the log, nil when it is empty: what lies before is for consumers
// to catch up with.
func (f *Feed) Run(ctx context.Context, after *uint64) error {
	f.update(func() { f.from, f.running = place(after), true })
	return f.source.Follow(ctx, after, func(e domain.Recorded) error {
		f.update(func() { f.remember(e) })
		return nil
	}, func() { f.update(func() { f.live = true }) }, func(uint64) {})
}

// place is a position as a number, -1 for none.
func place(after *uint64) int64 {
	if after == nil {
		return -1
	}
	return int64(*after) // #nosec G115 -- positions are offsets in a file
}

func (f *Feed) update(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
	close(f.changed)
	f.changed = make(chan struct{})
}

func (f *Feed) remember(e domain.Recorded) {
	f.recent = append(f.recent, e)
	if len(f.recent) >= 2*remembered {
		f.from = int64(f.recent[remembered-1].Position) // #nosec G115 -- as above
		f.recent = slices.Clone(f.recent[remembered:])
	}
}

// after returns the remembered events behind the position; known is false when the feed does not reach back so far.
func (f *Feed) after(position int64) (events []domain.Recorded, known, live bool, changed <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.running || position < f.from {
		return nil, false, false, f.changed
	}
	i, _ := slices.BinarySearchFunc(f.recent, position+1, func(e domain.Recorded, p int64) int {
		return int(int64(e.Position) - p) // #nosec G115 -- as above
	})
	return f.recent[i:len(f.recent):len(f.recent)], true, f.live, f.changed
}

// Follow implements Source.
func (f *Feed) Follow(ctx context.Context, after *uint64, handle func(domain.Recorded) error, caughtUp func(), checkpoint func(uint64)) error {
	position := place(after)
	for {
		err := f.join(ctx, &position, handle, caughtUp)
		if err == nil {
			err = f.catchUp(ctx, &position, handle, caughtUp, checkpoint)
		}
		if err != nil {
			return err
		}
	}
}

// join gives the feed's events from the position on; nil when the feed does not reach back to it.
func (f *Feed) join(ctx context.Context, position *int64, handle func(domain.Recorded) error, caughtUp func()) error {
	told := false
	for {
		events, known, live, changed := f.after(*position)
		if !known {
			return ctx.Err()
		}
		for _, e := range events {
			if err := handle(e); err != nil {
				return err
			}
			*position = int64(e.Position) // #nosec G115 -- as above
		}
		if len(events) > 0 {
			continue
		}
		if live && !told {
			caughtUp()
			told = true
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}

// catchUp follows the log itself until the feed reaches back to the position; then it returns nil.
func (f *Feed) catchUp(ctx context.Context, position *int64, handle func(domain.Recorded) error, caughtUp func(), checkpoint func(uint64)) error {
	alone, leave := context.WithCancel(ctx)
	defer leave()
	// Once reached, always reached: the feed may forget the position again before the subscription has ended, and what was
	// passed over in between must not be followed by more.
	reached := false
	var after *uint64
	if *position >= 0 {
		p := uint64(*position) // #nosec G115 -- not negative
		after = &p
	}
	err := f.source.Follow(alone, after, func(e domain.Recorded) error {
		if reached {
			return nil // on its way when we left; the feed has it
		}
		if err := handle(e); err != nil {
			return err
		}
		*position = int64(e.Position) // #nosec G115 -- as above
		if _, reached, _, _ = f.after(*position); reached {
			leave()
		}
		return nil
	}, func() {
		if reached {
			return
		}
		if _, reached, _, _ = f.after(*position); reached {
			leave()
			return
		}
		caughtUp()
	}, func(passed uint64) {
		if !reached {
			checkpoint(passed)
		}
	})
	if reached && ctx.Err() == nil {
		return nil
	}
	return err
}
