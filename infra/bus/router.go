package bus

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/ThreeDotsLabs/watermill"
	"github.com/ThreeDotsLabs/watermill/message"

	"github.com/letopis-crm/letopis/domain"
)

// Handler is one consumer of the log: a projection or a policy.
type Handler struct {
	Name string
	// Start returns the checkpoint to go on from, nil for the first event. It may block, to wait for a lease. Its error
	// is logged and it is called again.
	Start func(ctx context.Context) (after *uint64, err error)
	// Wants says of an event type whether the handler takes it; nil: all. Of the others it learns the position only.
	Wants func(eventType string) bool
	// Apply takes a batch, all events after the one before, and moves the checkpoint to upTo. It must bear the same batch
	// twice. No events: only the position moved.
	Apply func(ctx context.Context, events []domain.Recorded, upTo uint64) error
	// CaughtUp is called when there was nothing more after the batch applied last; nil if nobody cares.
	CaughtUp func(ctx context.Context) error
	// Failed is given an error of Apply or CaughtUp and decides; it may block until something was done about it. nil:
	// always Retry.
	Failed func(ctx context.Context, err error) Verdict
}

// Config of Run. The zero value is usable.
type Config struct {
	Logger         *slog.Logger
	MaxBatch       int           // default 500
	IdleCheckpoint time.Duration // default 1 s
	MinPause       time.Duration // default 50 ms
	MaxPause       time.Duration // default 5 s
}

// closeTimeout is how long handlers may work on after the context has ended.
const closeTimeout = 10 * time.Second

// Run feeds the handlers, each by a subscription of its own from its own checkpoint, until the context ends. Handlers
// fail and rest independently.
func Run(ctx context.Context, source Source, handlers []Handler, config Config) error {
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	// What the router tells of its own coming and going is of interest to nobody but its debugger.
	logger := watermill.NewSlogLoggerWithLevelMapping(config.Logger, map[slog.Level]slog.Level{slog.LevelInfo: slog.LevelDebug})
	router, err := message.NewRouter(message.RouterConfig{CloseTimeout: closeTimeout}, logger)
	if err != nil {
		return err
	}
	for _, h := range handlers {
		subscriber, err := NewSubscriber(SubscriberConfig{Source: source, Start: h.Start, Wants: h.Wants, MaxBatch: config.MaxBatch,
			IdleCheckpoint: config.IdleCheckpoint, MinPause: config.MinPause, MaxPause: config.MaxPause, Logger: config.Logger})
		if err != nil {
			return err
		}
		router.AddConsumerHandler(h.Name, h.Name, subscriber, h.consume)
	}
	if len(handlers) == 0 {
		<-ctx.Done() // a router without handlers would end at once
		return nil
	}
	return router.Run(ctx)
}

func (h Handler) consume(m *message.Message) error {
	err := h.take(m)
	if err != nil && h.Failed != nil && m.Context().Err() == nil {
		m.Metadata.Set(MetaVerdict, string(h.Failed(m.Context(), err)))
	}
	return err
}

// take turns a panic into an error, so that Failed hears of it; the router would only answer with Nack.
func (h Handler) take(m *message.Message) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("%s: panic: %v\n%s", h.Name, fault, debug.Stack())
		}
	}()
	events, err := DecodeFrame(m.Payload)
	if err != nil {
		return err
	}
	if text := m.Metadata.Get(MetaUpTo); text != "" {
		upTo, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return err
		}
		if err := h.Apply(m.Context(), events, upTo); err != nil {
			return err
		}
	}
	if m.Metadata.Get(MetaCaughtUp) == "" || h.CaughtUp == nil {
		return nil
	}
	return h.CaughtUp(m.Context())
}
