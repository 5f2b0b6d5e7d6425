package commands

import (
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// Request is the envelope of a command: who asks, by which door, and the id that makes a retry harmless.
type Request struct {
	// CommandID identifies the attempt: the same id gives the same answer and no second effect. Required.
	CommandID uuid.UUID
	// Correlation groups a business flow; it defaults to the command id.
	Correlation uuid.UUID
	// Causation is the event or command that led to this one; it defaults to the command id.
	Causation uuid.UUID
	Actor     domain.EmployeeID
	// OnBehalfOf is the person whom the actor stands in for.
	OnBehalfOf domain.EmployeeID
	Source     domain.Source
	// Reason says why; required when OccurredAt lies more than a day back.
	Reason string
	// OccurredAt is when it happened in the world; zero means now.
	OccurredAt time.Time
	// IfMatch must equal the stream's revision when given; otherwise ErrRevisionMismatch.
	IfMatch *int64
	// ClientIPHash is a keyed digest of the caller's address.
	ClientIPHash string
	// Outside says that a person or a program asks: what the command names is looked up, and the right to the record is
	// checked.
	Outside bool
}

// Derive returns the request of a follow-up command: its id follows from this one's and the name, so that a repeated
// run of the whole repeats the follow-up too.
func (r Request) Derive(name string) Request {
	d := r
	d.CommandID = uuid.NewSHA1(r.CommandID, []byte(name))
	d.Causation = r.CommandID
	if d.Correlation == uuid.Nil {
		d.Correlation = r.CommandID
	}
	d.IfMatch = nil
	d.Outside = false // this one has been checked, and names what it has looked up or is about to make
	return d
}

// NewRequest is a request of the given actor with a fresh command id.
func NewRequest(actor domain.EmployeeID, source domain.Source) Request {
	return Request{CommandID: uuid.Must(uuid.NewV7()), Actor: actor, Source: source}
}

// Receipt says where the command's effect stands in the log. Revision is -1 for a stream without events.
type Receipt struct {
	ID       uuid.UUID `json:"id" format:"uuid" doc:"The aggregate"`
	Stream   string    `json:"stream" doc:"Its stream in the log"`
	Revision int64     `json:"revision" doc:"Revision of the stream after the command"`
	Position uint64    `json:"position" doc:"Commit position; send it as X-After to read your own write"`
	// Events is the number of events this command wrote, 0 when it was already so.
	Events int `json:"events" doc:"Number of events this command wrote"`
}

// By is embedded by commands whose rule depends on who asks; the executor fills it before Prepare and Decide.
type By struct {
	Actor domain.EmployeeID `json:"-"`
	// OnBehalfOf is set when the actor substitutes somebody.
	OnBehalfOf domain.EmployeeID `json:"-"`
}

func (b *By) setBy(r Request) { b.Actor, b.OnBehalfOf = r.Actor, r.OnBehalfOf }

// Who is the person in whose name the command is given: the one behalf of whom, else the actor.
func (b By) Who() domain.EmployeeID {
	if !b.OnBehalfOf.IsZero() {
		return b.OnBehalfOf
	}
	return b.Actor
}

// Refusals of the executor itself.
var (
	ErrRevisionMismatch = domain.Refuse("revision_mismatch", "the record was changed by somebody else meanwhile")
	ErrCommandReused    = domain.Refuse("command_id_reused", "this command id was already used for a different command")
	ErrBusy             = domain.Refuse("busy", "the record changes too quickly, try again")
)
