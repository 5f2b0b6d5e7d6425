package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/projections"
)

// Config of a projector. The zero value is usable.
type Config struct {
	Logger  *slog.Logger
	Metrics *Metrics
	// MaxBatch is how many events go into one transaction; 0: 1000.
	MaxBatch int
}

func (c Config) withDefaults() Config {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.MaxBatch <= 0 {
		c.MaxBatch = 1000
	}
	return c
}

// Projector feeds one projection. Any number of processes may run one for the same projection: the lease picks who
// works, the others wait in Start.
//
// Start, Apply and CaughtUp are called by one goroutine. Applying is idempotent: what the tables hold is passed over,
// so a batch may be given again after an error of unknown outcome.
type Projector struct {
	pool       *pgxpool.Pool
	projection projections.Projection
	config     Config

	mu      sync.Mutex
	session *session // nil: lost, to be taken again
	seen    int64    // the caller has given everything up to here
	started bool
	// behind: caught up, but the version that serves is further; to be tried again after the next batch.
	behind bool
}

// NewProjector returns a projector; it does nothing before Start.
func NewProjector(pool *pgxpool.Pool, p projections.Projection, config Config) *Projector {
	return &Projector{pool: pool, projection: p, config: config.withDefaults()}
}

// Name is the projection's.
func (p *Projector) Name() string { return p.projection.Name }

// Start makes the tables where there are none, waits for the lease and returns the checkpoint: the position of the last
// event that the tables hold, nil for none. It may be called again, to go on from the checkpoint. ErrSuperseded: a
// newer version serves, this one has nothing to do.
func (p *Projector) Start(ctx context.Context) (after *uint64, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drop()
	if err := p.take(ctx); err != nil {
		return nil, err
	}
	p.seen, p.started = p.session.gen.Position, true
	if p.seen < 0 {
		return nil, nil
	}
	position := uint64(p.seen)
	return &position, nil
}

// take opens a session on the present generation. While it waits for the lease the generation may change.
func (p *Projector) take(ctx context.Context) error {
	for {
		g, err := currentGeneration(ctx, p.pool, p.projection)
		if err != nil {
			return err
		}
		s, err := openSession(ctx, p.pool, p.projection, g)
		if errors.Is(err, ErrFenced) {
			continue
		}
		if err != nil {
			return err
		}
		now, err := currentGeneration(ctx, p.pool, p.projection)
		if err == nil && now.same(s.gen) {
			p.session = s
			p.config.Logger.Info("projection has the lease", "projection", g.Name, "schema", g.SchemaName, "position", s.gen.Position)
			return nil
		}
		s.close()
		if err != nil {
			return err
		}
	}
}

func (p *Projector) drop() {
	if p.session != nil {
		p.session.close()
		p.session = nil
	}
}

// Close gives the lease back. It waits for a call under way, so end its context first.
func (p *Projector) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drop()
}

// Apply writes the effect of the events, all that lie after the previous call's upTo, and moves the checkpoint to upTo.
//
// Errors: *projections.Poison — an event cannot be taken; everything before it is written and the projection is marked.
// ErrFenced — the checkpoint is not where it was left and events would be missed; Start again. ErrSuperseded — a newer
// version serves. Everything else may pass: give the batch again.
//
// A rebuild that puts a new generation in this one's place goes unnoticed by the caller: the projector finds its
// checkpoint fenced, takes the lease of the new generation and goes on there.
func (p *Projector) Apply(ctx context.Context, events []domain.Recorded, upTo uint64) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.started {
		return errors.New("postgres: Apply before Start")
	}
	for len(events) > p.config.MaxBatch {
		part := events[:p.config.MaxBatch]
		if err := p.applyPart(ctx, part, int64(part[len(part)-1].Position)); err != nil {
			return err
		}
		events = events[p.config.MaxBatch:]
	}
	if err := p.applyPart(ctx, events, int64(upTo)); err != nil {
		return err
	}
	if p.behind {
		return p.trySwitch(ctx)
	}
	return nil
}

const fencedRounds = 3

func (p *Projector) applyPart(ctx context.Context, events []domain.Recorded, upTo int64) error {
	var err error
	for range fencedRounds {
		if err = p.resume(ctx); err != nil {
			return err
		}
		began := time.Now()
		err = p.session.apply(ctx, events, upTo)
		if err == nil {
			p.seen = max(p.seen, upTo)
			p.config.Metrics.applied(p.Name(), len(events), upTo, time.Since(began))
			p.config.Metrics.setPoisoned(p.Name(), false)
			return nil
		}
		if !errors.Is(err, ErrFenced) {
			return p.failed(ctx, err)
		}
		p.config.Logger.Warn("projection was fenced, looking where to go on", "projection", p.Name(), "error", err)
		p.drop()
	}
	return err
}

// resume takes the lease again after a lost connection or a fence.
func (p *Projector) resume(ctx context.Context) error {
	if p.session != nil && !p.session.conn.IsClosed() {
		return nil
	}
	p.drop()
	if err := p.take(ctx); err != nil {
		return err
	}
	if p.session.gen.Position < p.seen {
		return fmt.Errorf("%s is at %d, events were given up to %d: %w", p.session.gen, p.session.gen.Position, p.seen, ErrFenced)
	}
	return nil
}

func (p *Projector) failed(ctx context.Context, err error) error {
	var poison *projections.Poison
	if !errors.As(err, &poison) {
		return err
	}
	p.config.Metrics.setPoisoned(p.Name(), true)
	p.config.Logger.Error("PROJECTION STOPPED at an event it cannot take; skip it or deploy a fix",
		"projection", p.Name(), "position", poison.Event.Position, "event_type", poison.Event.Type,
		"stream", poison.Event.Stream, "revision", poison.Event.Revision, "error", poison.Cause)
	if marked := p.session.poisoned(ctx, poison); marked != nil {
		return errors.Join(err, marked)
	}
	return err
}

// CaughtUp is told when the caller has given everything there is. The first time the rest of the schema is created and
// the readers' views are switched to this version.
func (p *Projector) CaughtUp(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.resume(ctx); err != nil {
		return err
	}
	if p.session.gen.Serving {
		return nil
	}
	if err := p.session.finishSchema(ctx); err != nil {
		return err
	}
	return p.trySwitch(ctx)
}

func (p *Projector) trySwitch(ctx context.Context) error {
	if err := p.resume(ctx); err != nil {
		return err
	}
	if p.session.gen.Serving {
		p.behind = false
		return nil
	}
	switched, err := p.session.serve(ctx, false, func(int64) (bool, error) { return false, nil })
	if err != nil {
		return err
	}
	p.behind = !switched
	if switched {
		p.config.Logger.Info("read model serves", "projection", p.Name(), "schema", p.session.gen.SchemaName, "position", p.session.gen.Position)
		sweep(ctx, p.pool, p.Name(), p.config.Logger)
	}
	return nil
}

// Settle is called with an error of Apply and returns when there is something to be done about it: true — call Start
// and go on from its checkpoint; false — it may pass, give the batch again. For a poisoned projection it waits until an
// operator skips the event, for a superseded one until the context ends.
func (p *Projector) Settle(ctx context.Context, err error) (restart bool) {
	var poison *projections.Poison
	switch {
	case errors.Is(err, ErrSuperseded):
		p.config.Logger.Warn("projection rests", "projection", p.Name(), "error", err)
		<-ctx.Done()
		return true
	case errors.As(err, &poison):
		p.awaitOperator(ctx)
		return true
	default:
		return errors.Is(err, ErrFenced)
	}
}

const operatorPoll = 250 * time.Millisecond

func (p *Projector) awaitOperator(ctx context.Context) {
	ticker := time.NewTicker(operatorPoll)
	defer ticker.Stop()
	for {
		var poisoned bool
		err := p.pool.QueryRow(ctx, `select exists (select from letopis.projection where name = $1 and version = $2 and status = 'poisoned')`,
			p.Name(), p.projection.Version).Scan(&poisoned)
		if ctx.Err() != nil || err == nil && !poisoned {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// ErrNotPoisoned is returned by Skip where the projection does not stand at that event.
var ErrNotPoisoned = errors.New("the projection is not stopped at this position")

// Skip records an operator's decision to leave out the event that a projection is stopped at. A running projector goes
// on by itself; a rebuild leaves the event out, too.
func Skip(ctx context.Context, pool *pgxpool.Pool, name string, position uint64, operator, reason string) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `update letopis.projection set status = case when serving then 'active' else 'filling' end,
			error = null, error_position = null, error_event = null, updated_at = now()
			where name = $1 and status = 'poisoned' and error_position = $2`, name, int64(position))
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return fmt.Errorf("%s at %d: %w", name, position, ErrNotPoisoned)
		}
		_, err = tx.Exec(ctx, `insert into letopis.projection_skip (name, position, operator, reason) values ($1, $2, $3, $4) on conflict do nothing`,
			name, int64(position), operator, reason)
		return err
	})
}

// Skip is the package's Skip for this projection.
func (p *Projector) Skip(ctx context.Context, position uint64, operator, reason string) error {
	return Skip(ctx, p.pool, p.Name(), position, operator, reason)
}
