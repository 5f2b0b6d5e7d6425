package postgres

import (
	"context"

	"github.com/letopis-crm/letopis/domain"
)

// TransactAt writes a batch as if the projector believed its checkpoint to be at the position.
func (p *Projector) TransactAt(ctx context.Context, position int64, events []domain.Recorded, upTo uint64) error {
	p.session.gen.Position = position
	return p.session.transact(ctx, events, int64(upTo))
}

// BackendPID is the process of the projector's own connection.
func (p *Projector) BackendPID() uint32 { return p.session.conn.PgConn().PID() }

// Notification and WithoutZeroBytes are tested directly.
var (
	Notification     = notification
	WithoutZeroBytes = withoutZeroBytes
)
