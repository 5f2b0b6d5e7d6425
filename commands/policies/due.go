package policies

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
)

// Due is something whose time has come: a row of the `due` read model.
type Due struct {
	// ID names the occurrence, such as "assignment/<uuid>/unverified".
	ID string
	// Kind chooses the command, see DueKinds.
	Kind string
	// Target is the aggregate.
	Target uuid.UUID
	At     time.Time
}

// Request is the envelope of the command for this occurrence, which the system gives: its id follows from (id, at), so a repeated tick has no
// second effect and a moved time is a new occurrence.
func (d Due) Request() commands.Request {
	return commands.Request{
		CommandID: uuid.NewSHA1(d.Target, fmt.Appendf(nil, "due/%s/%d", d.ID, d.At.UnixMicro())),
		Actor:     domain.SystemActor,
		Source:    domain.SourcePolicy,
	}
}

// DueKinds says which command each kind of due row leads to. A command that finds nothing to do returns no events.
var DueKinds = map[string]func(ctx context.Context, x *commands.Executor, d Due) error{}

func dueKind(kind string, run func(ctx context.Context, x *commands.Executor, d Due) error) bool {
	if _, twice := DueKinds[kind]; twice {
		panic("policies: due kind " + kind + " is declared twice")
	}
	DueKinds[kind] = run
	return true
}
