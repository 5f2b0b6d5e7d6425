package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/letopis-crm/letopis/domain"
)

// Reactor keeps the place of one policy in the log. Only the process that holds the policy's lease reacts.
type Reactor struct {
	pool   *pgxpool.Pool
	policy string
	lease  *pgx.Conn
}

// RegisterPolicies gives every policy without a checkpoint the present end of the log (-1: an empty log): a policy is
// not made to react to what happened before it was deployed. Call it before anything is appended by this process.
func RegisterPolicies(ctx context.Context, pool *pgxpool.Pool, head int64, policies ...string) error {
	for _, name := range policies {
		if _, err := pool.Exec(ctx, `insert into letopis.policy (name, position) values ($1, $2) on conflict do nothing`, name, head); err != nil {
			return err
		}
	}
	return nil
}

// NewReactor returns the place-keeper of a policy.
func NewReactor(pool *pgxpool.Pool, policy string) *Reactor {
	return &Reactor{pool: pool, policy: policy}
}

// Start waits for the policy's lease and returns the position after which to go on; nil is the log's beginning.
func (r *Reactor) Start(ctx context.Context) (after *uint64, err error) {
	r.Release()
	if r.lease, err = holdLease(ctx, r.pool, "policy/"+r.policy); err != nil {
		return nil, err
	}
	var position int64
	if err := r.lease.QueryRow(ctx, `select position from letopis.policy where name = $1`, r.policy).Scan(&position); err != nil {
		return nil, fmt.Errorf("checkpoint of policy %s: %w", r.policy, err)
	}
	if position < 0 {
		return nil, nil
	}
	p := uint64(position)
	return &p, nil
}

// Done moves the checkpoint. It fails when the lease is lost: another process reacts from here.
func (r *Reactor) Done(ctx context.Context, upTo uint64, reacted int) error {
	_, err := r.lease.Exec(ctx, `update letopis.policy set position = $2, events = events + $3, updated_at = now() where name = $1 and position < $2`,
		r.policy, int64(upTo), reacted)
	return err
}

// Refused records a business refusal that the policy met; it is not tried again.
func (r *Reactor) Refused(ctx context.Context, e domain.Recorded, refusal *domain.Refusal) error {
	return pgx.BeginFunc(ctx, r.lease, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `insert into letopis.policy_refusal (policy, position, event_id, code, message) values ($1, $2, $3, $4, $5)`,
			r.policy, int64(e.Position), e.ID, refusal.Code, refusal.Error()); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `update letopis.policy set refused = refused + 1 where name = $1`, r.policy)
		return err
	})
}

// Release gives the lease up.
func (r *Reactor) Release() {
	if r.lease != nil {
		dropLease(r.lease)
		r.lease = nil
	}
}

// holdLease takes a session advisory lock on a connection of its own, waiting until its present holder ends.
func holdLease(ctx context.Context, pool *pgxpool.Pool, name string) (*pgx.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, pool.Config().ConnConfig)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Exec(ctx, `select pg_advisory_lock(hashtextextended('letopis/' || $1, 0))`, name); err != nil {
		dropLease(conn)
		return nil, fmt.Errorf("lease %s: %w", name, err)
	}
	return conn, nil
}

// Leased runs what only one process may do at a time, once the lease of that name is free, on the connection that holds it.
func Leased(ctx context.Context, pool *pgxpool.Pool, name string, run func(context.Context, *pgx.Conn) error) error {
	lease, err := holdLease(ctx, pool, name)
	if err != nil {
		return err
	}
	defer dropLease(lease)
	return run(ctx, lease)
}

// dropLease ends the session that holds the lock, and the lock with it.
func dropLease(conn *pgx.Conn) { _ = conn.Close(context.Background()) }
