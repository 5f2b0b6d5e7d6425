// Package bus carries events from the log to projections and policies through Watermill: one message is one batch.
package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"

	"github.com/letopis-crm/letopis/domain"
)

// Source is the log as the bus follows it.
//
// Follow hands over the events after a position (nil: from the first), in order, until the context ends or it fails for
// good. checkpoint tells of positions passed over without an event, caughtUp that there is nothing more for now. All
// three are called by one goroutine and may block.
type Source interface {
	Follow(ctx context.Context, after *uint64, handle func(domain.Recorded) error, caughtUp func(), checkpoint func(position uint64)) error
}

// Metadata of a message.
const (
	// MetaUpTo is the position that the consumer has seen everything up to with this batch; absent: unknown.
	MetaUpTo = "up_to"
	// MetaCaughtUp is "true" on a batch after which there was nothing more.
	MetaCaughtUp = "caught_up"
	// MetaVerdict is set by a consumer before Nack, see Verdict.
	MetaVerdict = "verdict"
)

// Verdict says what is to become of a batch that was not taken.
type Verdict string

// The verdicts.
const (
	// Retry: the same batch again, after a pause that grows.
	Retry Verdict = ""
	// Restart: ask Start for the checkpoint and go on from there.
	Restart Verdict = "restart"
	// Stop: nothing more for this consumer; others are not concerned.
	Stop Verdict = "stop"
)

// SubscriberConfig of a Subscriber. Source and Start must be set.
type SubscriberConfig struct {
	Source Source
	// Start gives the checkpoint to follow from; nil: from the first event. It may block, to wait for a lease.
	Start func(ctx context.Context) (after *uint64, err error)
	// MaxBatch is the most events of a message (default 500), MaxBytes the most of their data (default 8 MB); a larger
	// event goes alone.
	MaxBatch, MaxBytes int
	// IdleCheckpoint is how long positions passed over without events are gathered (default 1 s).
	IdleCheckpoint time.Duration
	// Wants says of an event type whether the consumer takes it; nil: all. What nobody wants is passed over like a position
	// without an event: it costs no message and no transaction of its own.
	Wants func(eventType string) bool
	// MinPause and MaxPause bound the pause before a redelivery or a new Start (defaults 50 ms and 5 s).
	MinPause, MaxPause time.Duration
	Logger             *slog.Logger
}

func (c *SubscriberConfig) setDefaults() {
	for _, d := range []struct {
		value *int
		is    int
	}{{&c.MaxBatch, 500}, {&c.MaxBytes, 8 << 20}} {
		if *d.value <= 0 {
			*d.value = d.is
		}
	}
	for _, d := range []struct {
		value *time.Duration
		is    time.Duration
	}{{&c.IdleCheckpoint, time.Second}, {&c.MinPause, 50 * time.Millisecond}, {&c.MaxPause, 5 * time.Second}} {
		if *d.value <= 0 {
			*d.value = d.is
		}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
}

func (c *SubscriberConfig) validate() error {
	if c.Source == nil || c.Start == nil {
		return errors.New("bus: a subscriber needs a Source and Start")
	}
	return nil
}

// Subscriber is a Watermill subscriber whose message is a batch of events in a frame.
//
// Batches need no timer, only greed: one event, then whatever else has arrived, up to the maximum. While a batch is with
// its consumer the next one gathers, in a bounded channel: the source is held up when the consumer is slow.
//
// One message is in flight; the next comes after its Ack. After Nack the batch comes again. The channel is closed only
// with its context or by Close: a router closes itself when its handlers end.
type Subscriber struct {
	config  SubscriberConfig
	closing context.Context //nolint:containedctx // ends with Close
	cancel  context.CancelFunc
	running sync.WaitGroup
}

var _ message.Subscriber = (*Subscriber)(nil)

// NewSubscriber checks the configuration.
func NewSubscriber(config SubscriberConfig) (*Subscriber, error) {
	config.setDefaults()
	if err := config.validate(); err != nil {
		return nil, err
	}
	s := &Subscriber{config: config}
	s.closing, s.cancel = context.WithCancel(context.Background())
	return s, nil
}

// ErrClosed is returned by Subscribe after Close.
var ErrClosed = errors.New("bus: the subscriber is closed")

// Subscribe implements message.Subscriber. The topic only names the consumer in logs.
func (s *Subscriber) Subscribe(ctx context.Context, topic string) (<-chan *message.Message, error) {
	if s.closing.Err() != nil {
		return nil, ErrClosed
	}
	ctx, cancel := context.WithCancel(ctx)
	context.AfterFunc(s.closing, cancel)
	out := make(chan *message.Message)
	s.running.Go(func() {
		defer close(out)
		defer cancel()
		d := &delivery{SubscriberConfig: s.config, topic: topic, out: out}
		d.run(ctx)
	})
	return out, nil
}

// Close implements message.Subscriber: it ends all subscriptions and waits for them.
func (s *Subscriber) Close() error {
	s.cancel()
	s.running.Wait()
	return nil
}

// delivery is one subscription.
type delivery struct {
	SubscriberConfig
	topic string
	out   chan<- *message.Message
}

var (
	errRestart     = errors.New("restart from the checkpoint")
	errSourceEnded = errors.New("the source ended")
)

// run follows the source again and again, always from the checkpoint.
func (d *delivery) run(ctx context.Context) {
	pause := d.newPause()
	for ctx.Err() == nil {
		err := d.follow(ctx, &pause)
		if ctx.Err() != nil {
			return
		}
		if errors.Is(err, errRestart) {
			d.Logger.Info("consumer goes on from its checkpoint", "consumer", d.topic)
			pause.wait(ctx)
			continue
		}
		d.Logger.Warn("consumer was interrupted, starting again from its checkpoint", "consumer", d.topic, "error", err)
		pause.wait(ctx)
	}
}

// item is what the source tells: an event, a position passed over, or that there is nothing more.
type item struct {
	event    *domain.Recorded
	passed   uint64
	caughtUp bool
}

func (d *delivery) follow(ctx context.Context, pause *pause) error {
	after, err := d.Start(ctx)
	if err != nil {
		return err
	}
	following, cancel := context.WithCancel(ctx)
	items, ended := make(chan item, d.MaxBatch), make(chan error, 1)
	go func() {
		err := d.Source.Follow(following, after, func(e domain.Recorded) error { return put(following, items, d.item(e)) },
			func() { _ = put(following, items, item{caughtUp: true}) },
			func(position uint64) { _ = put(following, items, item{passed: position}) })
		ended <- errors.Join(errSourceEnded, err)
		close(items)
	}()
	defer func() {
		cancel()
		for range items { // until the source has let go
		}
	}()
	g := gatherer{SubscriberConfig: &d.SubscriberConfig, items: items}
	for {
		b, ok := g.next(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !ok {
			return <-ended
		}
		if err := d.deliver(ctx, b, pause); err != nil {
			return err
		}
	}
}

// item is the event, or only its position when the consumer does not want it.
func (d *delivery) item(e domain.Recorded) item {
	if d.Wants != nil && !d.Wants(e.Type) {
		return item{passed: e.Position}
	}
	return item{event: &e}
}

func put(ctx context.Context, items chan<- item, i item) error {
	select {
	case items <- i:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// batch is what one message carries.
type batch struct {
	events   []domain.Recorded
	upTo     uint64
	known    bool // upTo is
	caughtUp bool
}

// deliver gives the batch until it is taken.
func (d *delivery) deliver(ctx context.Context, b batch, pause *pause) error {
	payload := EncodeFrame(b.events)
	for {
		m, done := d.message(ctx, b, payload)
		verdict, err := d.give(ctx, m)
		done()
		if err != nil {
			return err
		}
		switch verdict {
		case taken:
			pause.reset()
			return nil
		case Restart:
			return errRestart
		case Stop:
			d.Logger.Error("consumer stopped", "consumer", d.topic)
			<-ctx.Done()
			return ctx.Err()
		default:
			pause.wait(ctx)
		}
	}
}

// taken is no verdict a consumer can give: it is Ack.
const taken Verdict = "taken"

func (d *delivery) give(ctx context.Context, m *message.Message) (Verdict, error) {
	select {
	case d.out <- m:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	select {
	case <-m.Acked():
		return taken, nil
	case <-m.Nacked():
		return Verdict(m.Metadata.Get(MetaVerdict)), nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (d *delivery) message(ctx context.Context, b batch, payload []byte) (m *message.Message, done func()) {
	ctx, done = context.WithCancel(ctx)
	m = message.NewMessageWithContext(ctx, fmt.Sprintf("%s@%d", d.topic, b.upTo), payload)
	if b.known {
		m.Metadata.Set(MetaUpTo, strconv.FormatUint(b.upTo, 10))
	}
	if b.caughtUp {
		m.Metadata.Set(MetaCaughtUp, "true")
	}
	return m, done
}

// gatherer makes batches of items.
type gatherer struct {
	*SubscriberConfig
	items <-chan item
	// held is the batch so far; between batches it may hold a position passed over.
	held  batch
	bytes int
}

// next waits for a batch that is worth a message; false when the source has ended.
func (g *gatherer) next(ctx context.Context) (batch, bool) {
	var idle <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return batch{}, false
		case <-idle:
			return g.take(), true
		case i, ok := <-g.items:
			if !ok {
				return batch{}, false
			}
			g.add(i)
		}
		g.gatherMore()
		if len(g.held.events) > 0 || g.held.caughtUp {
			return g.take(), true
		}
		if idle == nil {
			idle = time.After(g.IdleCheckpoint)
		}
	}
}

// gatherMore takes what has arrived already.
func (g *gatherer) gatherMore() {
	for len(g.held.events) < g.MaxBatch && g.bytes < g.MaxBytes {
		select {
		case i, ok := <-g.items:
			if !ok {
				return // next finds it again
			}
			g.add(i)
		default:
			return
		}
	}
}

func (g *gatherer) add(i item) {
	position := i.passed
	switch {
	case i.caughtUp:
		g.held.caughtUp = true
		return
	case i.event != nil:
		position = i.event.Position
		g.held.events = append(g.held.events, *i.event)
		g.bytes += len(i.event.Data) + len(i.event.Metadata)
	}
	g.held.upTo, g.held.known = max(g.held.upTo, position), true
}

func (g *gatherer) take() batch {
	b := g.held
	g.held, g.bytes = batch{events: make([]domain.Recorded, 0, len(b.events))}, 0
	return b
}

// pause is a back-off with jitter.
type pause struct {
	least, most, now time.Duration
}

func (d *delivery) newPause() pause { return pause{d.MinPause, d.MaxPause, d.MinPause} }

func (p *pause) reset() { p.now = p.least }

func (p *pause) wait(ctx context.Context) {
	half := p.now / 2
	timer := time.NewTimer(half + rand.N(half+1)) // #nosec G404 -- spreads retries
	defer timer.Stop()
	p.now = min(2*p.now, p.most)
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
