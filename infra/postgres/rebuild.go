package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/projections"
)

// EventSource is the log, read from one end to the other.
//
// ReadAll visits, in order, the events at positions >= from that are there when it is called, and may visit some that
// come meanwhile.
type EventSource interface {
	ReadAll(ctx context.Context, from uint64, visit func(domain.Recorded) error) error
}

// ErrBusy is returned when another rebuild or verification of the read model runs.
var ErrBusy = errors.New("another rebuild or verification of this read model is running")

const rebuildBatch = 2000

// Rebuild fills a new generation beside the one that serves and puts it in its place. Readers never wait, and a running
// projector goes on with the new generation by itself. It also brings an older version back.
func Rebuild(ctx context.Context, pool *pgxpool.Pool, p projections.Projection, source EventSource, config Config) error {
	config = config.withDefaults()
	unlock, err := alone(ctx, pool, "rebuild/"+p.Name)
	if err != nil {
		return err
	}
	defer unlock()
	if err := abandonRebuilds(ctx, pool, p.Name); err != nil {
		return err
	}
	sweep(ctx, pool, p.Name, config.Logger)
	var g generation
	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if err := lockFor(ctx, tx, "projection/"+p.Name); err != nil {
			return err
		}
		g, err = createGeneration(ctx, tx, p, true)
		return err
	})
	if err != nil {
		return err
	}
	err = rebuildInto(ctx, pool, p, g, source)
	if err != nil {
		err = errors.Join(err, abandonRebuilds(context.WithoutCancel(ctx), pool, p.Name))
	}
	sweep(context.WithoutCancel(ctx), pool, p.Name, config.Logger)
	return err
}

func rebuildInto(ctx context.Context, pool *pgxpool.Pool, p projections.Projection, g generation, source EventSource) error {
	s, err := openSession(ctx, pool, p, g)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.readAll(ctx, source); err != nil {
		return err
	}
	if err := s.finishSchema(ctx); err != nil {
		return err
	}
	// What came while the indexes were made is read before anybody has to wait for it.
	if err := s.readAll(ctx, source); err != nil {
		return err
	}
	_, err = s.serve(ctx, true, func(position int64) (bool, error) { return true, s.readTo(ctx, source, position) })
	return err
}

// readAll applies everything that the source has after the checkpoint.
func (s *session) readAll(ctx context.Context, source EventSource) error {
	return s.read(ctx, source, func(domain.Recorded) bool { return false })
}

// readTo brings the checkpoint to exactly this position, which the log has reached already.
func (s *session) readTo(ctx context.Context, source EventSource, position int64) error {
	err := s.read(ctx, source, func(e domain.Recorded) bool { return int64(e.Position) > position })
	if err != nil || s.gen.Position >= position {
		return err
	}
	return s.apply(ctx, nil, position)
}

var errEnough = errors.New("read far enough")

func (s *session) read(ctx context.Context, source EventSource, enough func(domain.Recorded) bool) error {
	var batch []domain.Recorded
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		err := s.apply(ctx, batch, int64(batch[len(batch)-1].Position))
		batch = batch[:0]
		return err
	}
	err := source.ReadAll(ctx, uint64(s.gen.Position+1), func(e domain.Recorded) error {
		if enough(e) {
			return errEnough
		}
		if batch = append(batch, e); len(batch) < rebuildBatch {
			return nil
		}
		return flush()
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	return flush()
}

// abandonRebuilds retires what interrupted rebuilds left. The caller is the only one who rebuilds.
func abandonRebuilds(ctx context.Context, pool *pgxpool.Pool, name string) error {
	_, err := pool.Exec(ctx, `update letopis.projection set status = 'retired', updated_at = now() where name = $1 and rebuild and status <> 'retired'`, name)
	return err
}

// alone takes a lock that only one connection of all processes has.
func alone(ctx context.Context, pool *pgxpool.Pool, what string) (unlock func(), err error) {
	conn, err := pgx.ConnectConfig(ctx, pool.Config().ConnConfig)
	if err != nil {
		return nil, err
	}
	closeIt := func() { release(conn) }
	var got bool
	err = conn.QueryRow(ctx, `select pg_try_advisory_lock(hashtextextended('letopis/alone/' || $1, 0))`, what).Scan(&got)
	if err == nil && !got {
		err = fmt.Errorf("%s: %w", what, ErrBusy)
	}
	if err != nil {
		closeIt()
		return nil, err
	}
	return closeIt, nil
}
