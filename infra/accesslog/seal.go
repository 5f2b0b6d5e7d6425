package accesslog

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/postgres"
)

const (
	// settled is how long after its end an hour is sealed: what was being written has been written.
	settled = 5 * time.Minute
	// sealEvery is how often it is looked whether an hour is to be sealed.
	sealEvery = time.Minute
)

// Sealer seals the hours of the log. One process holds its lease; the others wait to take over.
type Sealer struct {
	DB       *pgxpool.Pool
	Executor *commands.Executor
	Logger   *slog.Logger
	Now      func() time.Time
}

// Serve seals until the context ends; a lost connection is taken up again.
func (s *Sealer) Serve(ctx context.Context) {
	for ctx.Err() == nil {
		err := postgres.Leased(ctx, s.DB, "access-seal", func(ctx context.Context, _ *pgx.Conn) error {
			for ctx.Err() == nil {
				if err := s.Once(ctx); err != nil {
					return err
				}
				pause(ctx, sealEvery)
			}
			return nil
		})
		if err != nil && ctx.Err() == nil {
			s.Logger.WarnContext(ctx, "the access log could not be sealed", "err", err)
			pause(ctx, sealEvery)
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// Once seals every hour that is over and not sealed.
func (s *Sealer) Once(ctx context.Context) error {
	chain, err := commands.Load(ctx, s.Executor, domain.AccessSeals, domain.TheAccessSeal)
	if err != nil {
		return err
	}
	from := time.Time{}
	if !chain.State.Hour.IsZero() {
		from = chain.State.Hour.Add(time.Hour)
	}
	hours, err := hoursWithin(ctx, s.DB, from, s.Now().UTC().Add(-settled).Truncate(time.Hour))
	if err != nil {
		return err
	}
	for _, hour := range hours {
		count, root, err := digest(ctx, s.DB, hour)
		if err != nil {
			return err
		}
		request := commands.Request{
			CommandID: uuid.NewSHA1(domain.TheAccessSeal.UUID(), []byte(hour.Format(time.RFC3339))), Actor: domain.SystemActor, Source: domain.SourcePolicy,
		}
		seal := commands.SealAccessLog{Hour: hour, Count: count, Root: root}
		if _, err := commands.Execute(ctx, s.Executor, domain.AccessSeals, domain.TheAccessSeal, seal, request); err != nil {
			return err
		}
	}
	return nil
}

// hoursWithin are the hours of which the log has entries, in order.
func hoursWithin(ctx context.Context, db *pgxpool.Pool, from, until time.Time) ([]time.Time, error) {
	found, err := db.Query(ctx, `select distinct date_trunc('hour', written_at, 'UTC') as hour from audit.access_log where written_at >= $1 and written_at < $2 order by hour`, from, until)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(found, func(r pgx.CollectableRow) (hour time.Time, err error) {
		err = r.Scan(&hour)
		return hour.UTC(), err
	})
}

// digest is the number of an hour's entries and the root of the tree of their digests, in the order of their ids.
func digest(ctx context.Context, db *pgxpool.Pool, hour time.Time) (int, string, error) {
	found, err := db.Query(ctx, `select written_at, id, at, employee_id, on_behalf_of, credential, address, way, operation, resource, record_kind, record_id, client_ids,
		client_count, purpose, results, query_digest, policy, request_id from audit.access_log where written_at >= $1 and written_at < $2 order by id`, hour, hour.Add(time.Hour))
	if err != nil {
		return 0, "", err
	}
	leaves, err := pgx.CollectRows(found, func(r pgx.CollectableRow) ([sha256.Size]byte, error) {
		entry, err := pgx.RowToStructByPos[row](r)
		if err != nil {
			return [sha256.Size]byte{}, err
		}
		entry.WrittenAt, entry.At = entry.WrittenAt.UTC(), entry.At.UTC()
		text, err := json.Marshal(entry)
		return sha256.Sum256(append([]byte{0}, text...)), err
	})
	if err != nil || len(leaves) == 0 {
		return 0, "", err
	}
	root := rootOf(leaves)
	return len(leaves), hex.EncodeToString(root[:]), nil
}

// rootOf joins digests two by two until one is left; leaves and joints are marked, so that neither passes for the other.
func rootOf(level [][sha256.Size]byte) [sha256.Size]byte {
	for len(level) > 1 {
		var above [][sha256.Size]byte
		for i := 0; i < len(level); i += 2 {
			if i+1 == len(level) {
				above = append(above, level[i])
				continue
			}
			joint := append([]byte{1}, level[i][:]...)
			above = append(above, sha256.Sum256(append(joint, level[i+1][:]...)))
		}
		level = above
	}
	return level[0]
}
