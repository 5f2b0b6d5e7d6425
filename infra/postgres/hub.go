package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// ErrNotYet is returned when read models did not reach a position in time.
var ErrNotYet = errors.New("the read model is not there yet")

// Change is one batch of a read model that readers can see.
type Change struct {
	Projection string
	Position   uint64
	// Keys name the changed records as "entity/id"; "entity/*" and "*" stand for many.
	Keys []string
	// Lost: changes were dropped before this point, everything may have changed. All other fields are empty.
	Lost bool
}

// Hub knows how far the read models are. One per process; its Run must be running.
type Hub struct {
	pool   *pgxpool.Pool
	logger *slog.Logger
	wake   chan struct{} // somebody waits: poll

	mu          sync.Mutex
	positions   map[string]int64
	waiters     map[*waiter]struct{}
	subscribers map[*subscriber]struct{}
}

type waiter struct {
	position int64
	names    []string
	reached  chan struct{}
}

// NewHub returns a hub; Run feeds it.
func NewHub(pool *pgxpool.Pool, logger *slog.Logger) *Hub {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	return &Hub{pool: pool, logger: logger, wake: make(chan struct{}, 1),
		positions: map[string]int64{}, waiters: map[*waiter]struct{}{}, subscribers: map[*subscriber]struct{}{}}
}

// fallback is the most that a lost notification costs.
const fallback = 100 * time.Millisecond

// Run listens until the context ends, and connects again when the connection breaks.
func (h *Hub) Run(ctx context.Context) error {
	var polling sync.WaitGroup
	polling.Go(func() { h.poll(ctx) })
	defer polling.Wait()
	for pause := fallback; ; pause = min(2*pause, 5*time.Second) {
		began := time.Now()
		err := h.listen(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if time.Since(began) > time.Minute {
			pause = fallback
		}
		h.logger.Warn("listening for changes was interrupted", "error", err, "again_in", pause)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

func (h *Hub) listen(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, h.pool.Config().ConnConfig)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "listen "+Channel); err != nil {
		return err
	}
	positions, err := servingPositions(ctx, conn)
	if err != nil {
		return err
	}
	h.restart(positions)
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		var told notice
		if err := json.Unmarshal([]byte(n.Payload), &told); err != nil || told.Projection == "" {
			h.logger.Warn("a notification cannot be read", "payload", n.Payload)
			continue
		}
		h.moved(told)
	}
}

func servingPositions(ctx context.Context, db querier) (map[string]int64, error) {
	rows, err := db.Query(ctx, `select name, position from letopis.projection where serving and status <> 'retired'`)
	if err != nil {
		return nil, err
	}
	positions := map[string]int64{}
	var name string
	var position int64
	_, err = pgx.ForEachRow(rows, []any{&name, &position}, func() error {
		positions[name] = position
		return nil
	})
	return positions, err
}

// restart: what was told while nobody listened is lost, so nothing known before counts.
func (h *Hub) restart(positions map[string]int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.positions = positions
	h.release()
	for s := range h.subscribers {
		s.lose()
	}
}

func (h *Hub) moved(n notice) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.positions[n.Projection] = max(h.positions[n.Projection], n.Position)
	h.release()
	for s := range h.subscribers {
		s.give(Change{Projection: n.Projection, Position: uint64(max(n.Position, 0)), Keys: n.Keys})
	}
}

// release lets those go whose position is reached. The caller holds the lock.
func (h *Hub) release() {
	for w := range h.waiters {
		if h.reached(w.position, w.names) {
			delete(h.waiters, w)
			close(w.reached)
		}
	}
}

func (h *Hub) reached(position int64, names []string) bool {
	for _, name := range names {
		if at, known := h.positions[name]; !known || at < position {
			return false
		}
	}
	return true
}

// poll looks for itself as long as somebody waits: a notification may be lost.
func (h *Hub) poll(ctx context.Context) {
	ticker := time.NewTicker(fallback)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.wake:
		}
		for h.waiting() {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			h.look(ctx)
		}
	}
}

func (h *Hub) waiting() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.waiters) > 0
}

func (h *Hub) look(ctx context.Context) {
	positions, err := servingPositions(ctx, h.pool)
	if err != nil {
		return // the listener says what is wrong
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for name, position := range positions {
		h.positions[name] = max(h.positions[name], position)
	}
	h.release()
}

// WaitFor returns when what readers see of all the named projections holds everything up to the position. ErrNotYet at
// the context's deadline.
func (h *Hub) WaitFor(ctx context.Context, position uint64, projections ...string) error {
	w := &waiter{position: int64(position), names: projections, reached: make(chan struct{})}
	if h.enqueue(w) {
		return nil
	}
	select {
	case <-w.reached:
		return nil
	case <-ctx.Done():
	}
	h.mu.Lock()
	delete(h.waiters, w)
	h.mu.Unlock()
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("%v at %d: %w", projections, position, ErrNotYet)
	}
	return ctx.Err()
}

func (h *Hub) enqueue(w *waiter) (there bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.reached(w.position, w.names) {
		return true
	}
	h.waiters[w] = struct{}{}
	select {
	case h.wake <- struct{}{}:
	default:
	}
	return false
}

// Known are the positions as last heard, without asking the database.
func (h *Hub) Known() map[string]int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.Clone(h.positions)
}

// Status is how one filled form of a read model stands.
type Status struct {
	Name          string    `json:"name"`
	Version       int       `json:"version"`
	Generation    int       `json:"generation"`
	Status        string    `json:"status"`
	Serving       bool      `json:"serving"`
	Position      int64     `json:"position"` // -1: no event yet
	Events        int64     `json:"events"`
	Error         *string   `json:"error,omitempty"`
	ErrorPosition *int64    `json:"error_position,omitempty"`
	UpdatedAt     time.Time `json:"updated_at"`
}

// Positions reads how all read models stand, retired ones left out, for health and operators.
func (h *Hub) Positions(ctx context.Context) ([]Status, error) { return Positions(ctx, h.pool) }

// Positions reads how all read models stand, retired ones left out.
func Positions(ctx context.Context, pool *pgxpool.Pool) ([]Status, error) {
	rows, err := pool.Query(ctx, `select name, version, generation, status, serving, position, events, error, error_position, updated_at
		from letopis.projection where status <> 'retired' order by name, version, generation`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[Status])
}

// subscriberBuffer is how many changes a subscriber may be behind.
const subscriberBuffer = 256

// subscriber is a queue with a pump: the hub never waits for a consumer. When the queue is full it is emptied and one
// Lost marker takes its place: the consumer has to look at everything anyway.
type subscriber struct {
	mu    sync.Mutex
	queue []Change
	more  chan struct{}
}

func (s *subscriber) give(c Change) {
	s.mu.Lock()
	if len(s.queue) >= subscriberBuffer {
		s.queue = append(s.queue[:0], Change{Lost: true})
	}
	s.queue = append(s.queue, c)
	s.mu.Unlock()
	s.signal()
}

func (s *subscriber) lose() {
	s.mu.Lock()
	s.queue = append(s.queue[:0], Change{Lost: true})
	s.mu.Unlock()
	s.signal()
}

func (s *subscriber) signal() {
	select {
	case s.more <- struct{}{}:
	default:
	}
}

func (s *subscriber) next() (Change, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue) == 0 {
		return Change{}, false
	}
	c := s.queue[0]
	s.queue = s.queue[1:]
	return c, true
}

// Subscribe follows the changes from now on. The channel is closed after cancel.
func (h *Hub) Subscribe() (changes <-chan Change, cancel func()) {
	s := &subscriber{more: make(chan struct{}, 1)}
	out, stop := make(chan Change), make(chan struct{})
	h.mu.Lock()
	h.subscribers[s] = struct{}{}
	h.mu.Unlock()
	go s.pump(out, stop)
	return out, sync.OnceFunc(func() {
		h.mu.Lock()
		delete(h.subscribers, s)
		h.mu.Unlock()
		close(stop)
	})
}

func (s *subscriber) pump(out chan<- Change, stop <-chan struct{}) {
	defer close(out)
	for {
		c, ok := s.next()
		if !ok {
			select {
			case <-stop:
				return
			case <-s.more:
			}
			continue
		}
		select {
		case <-stop:
			return
		case out <- c:
		}
	}
}
