package postgres

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// DueItem is a row of the due read model whose time has come.
type DueItem struct {
	ID     string
	Kind   string
	Target uuid.UUID
	At     time.Time
}

// DueOutcome is what came of a due item's command.
type DueOutcome struct {
	// Outcome is done, nothing, refused or failed. Only failed items are tried again.
	Outcome  string
	Position uint64
	Message  string
}

// Ticker executes due items. One process holds its lease; the others wait to take over. It asks for everything at or
// before now, never for "today": a missed run loses nothing.
type Ticker struct {
	Pool   *pgxpool.Pool
	Logger *slog.Logger
	Now    func() time.Time
	// Every bounds how long a due item waits. Default: a second.
	Every time.Duration
	Run   func(context.Context, DueItem) DueOutcome
}

// dueBatch bounds how much one look takes on.
const dueBatch = 500

// retryAfter is how long a failed item waits before it is tried again, times the number of attempts.
const retryAfter = 10 * time.Second

// Serve ticks until the context ends; a lost connection is taken up again.
func (t *Ticker) Serve(ctx context.Context) {
	if t.Every == 0 {
		t.Every = time.Second
	}
	for ctx.Err() == nil {
		if err := Leased(ctx, t.Pool, "scheduler", t.tick); err != nil && ctx.Err() == nil {
			t.Logger.WarnContext(ctx, "the scheduler lost its place", "err", err)
			pause(ctx, t.Every)
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func (t *Ticker) tick(ctx context.Context, lease *pgx.Conn) error {
	for ctx.Err() == nil {
		full, err := t.once(ctx, lease)
		if err != nil {
			return err
		}
		if !full {
			pause(ctx, t.Every)
		}
	}
	return nil
}

// once executes what is due now; full says that there may be more.
func (t *Ticker) once(ctx context.Context, lease *pgx.Conn) (full bool, err error) {
	found, err := lease.Query(ctx, `select d.id, d.kind, d.target, d.at from read.due d
		left join letopis.due_tick k on k.due_id = d.id and k.due_at = d.at
		where d.at <= $1 and (k.due_id is null or (k.outcome = 'failed' and k.at + make_interval(secs => $2 * k.attempts) <= $1))
		order by d.at limit $3`, t.Now().UTC(), retryAfter.Seconds(), dueBatch)
	if err != nil {
		return false, err
	}
	items, err := pgx.CollectRows(found, pgx.RowToStructByPos[DueItem])
	if err != nil {
		return false, err
	}
	for _, item := range items {
		if err := t.record(ctx, lease, item, t.Run(ctx, item)); err != nil {
			return false, err
		}
	}
	return len(items) == dueBatch, nil
}

func (t *Ticker) record(ctx context.Context, lease *pgx.Conn, item DueItem, out DueOutcome) error {
	if out.Outcome == "failed" {
		t.Logger.WarnContext(ctx, "a due item failed", "id", item.ID, "err", out.Message)
	}
	var position any
	if out.Position > 0 {
		position = int64(out.Position)
	}
	_, err := lease.Exec(ctx, `insert into letopis.due_tick (due_id, due_at, kind, position, outcome, message, at) values ($1, $2, $3, $4, $5, nullif($6, ''), $7)
		on conflict (due_id, due_at) do update set outcome = excluded.outcome, position = excluded.position, message = excluded.message,
			attempts = letopis.due_tick.attempts + 1, at = excluded.at`,
		item.ID, item.At, item.Kind, position, out.Outcome, out.Message, t.Now().UTC())
	return err
}
