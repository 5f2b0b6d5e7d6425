package commands

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/access"
)

// Store is what the executor needs of an event store.
//
// Append writes all events or none, at exactly the expected revision (-1: the stream has no events); otherwise the error
// wraps domain.ErrConflict. It returns the commit position of the last event. A nil error means durable.
// ReadStream visits the stream's events from the given revision on, in order; a missing stream has none.
type Store interface {
	Append(ctx context.Context, stream string, expected int64, events []domain.NewEvent) (position uint64, err error)
	ReadStream(ctx context.Context, stream string, from uint64, visit func(domain.Recorded) error) error
}

// Invocation is a command on its way through the executor, as middleware sees it.
type Invocation struct {
	Category string // of the aggregate
	Name     string // of the command's Go type, such as "AssignComplaint"
	ID       uuid.UUID
	Command  any
	Request  Request
}

// Handler executes an invocation.
type Handler func(context.Context, Invocation) (Receipt, error)

// Middleware wraps every command: authorization, logging, metrics and tracing live there, once.
type Middleware func(Handler) Handler

// Executor loads, decides and appends. It is safe for concurrent use.
type Executor struct {
	store Store
	now   func() time.Time
	cache *stateCache
	wrap  []Middleware
	gate  Gate
	files Files // nil: no file can be attached
}

// Gate refuses a command from outside to who has no right to the record that it is for.
type Gate func(ctx context.Context, command, kind string, record access.Record) error

// NewExecutor returns an executor on the store. Middleware runs in the given order, the first outermost.
func NewExecutor(store Store, now func() time.Time, wrap ...Middleware) *Executor {
	return &Executor{store: store, now: now, cache: newStateCache(1 << 20), wrap: wrap}
}

// WithClock is the same executor on another clock: store, cache and middleware are shared.
func (x *Executor) WithClock(now func() time.Time) *Executor {
	other := *x
	other.now = now
	return &other
}

// WithGate is the same executor behind a gate.
func (x *Executor) WithGate(gate Gate) *Executor {
	other := *x
	other.gate = gate
	return &other
}

// Now is the executor's clock, in UTC.
func (x *Executor) Now() time.Time { return x.now().UTC() }

// Preparer is a command that needs facts of other aggregates, or must secure something elsewhere first (a unique
// number). Prepare runs once, before the first decision, and may run again on a retry of the whole command.
type Preparer interface {
	Prepare(ctx context.Context, f *Facts) error
}

// Facts gives a command's Prepare what other aggregates know.
type Facts struct {
	x       *Executor
	Request Request
	ID      uuid.UUID // of the aggregate the command is for
}

// Executor runs follow-up commands; use Request.Derive for their envelope.
func (f *Facts) Executor() *Executor { return f.x }

// Now is the executor's clock.
func (f *Facts) Now() time.Time { return f.x.Now() }

// Fact folds another aggregate's stream. The zero state means that it does not exist.
func Fact[S any](ctx context.Context, f *Facts, category *domain.Category[S], id domain.ID[S]) (S, error) {
	loaded, err := Load(ctx, f.x, category, id)
	return loaded.State, err
}

// Loaded is an aggregate's state together with where its stream stands; Revision is -1 without events.
type Loaded[S any] struct {
	State    S
	Revision int64
	Position uint64
}

// Load folds the present state of an aggregate.
func Load[S any](ctx context.Context, x *Executor, category *domain.Category[S], id domain.ID[S]) (Loaded[S], error) {
	f, err := load(ctx, x, category, category.Stream(id))
	return Loaded[S]{State: f.state, Revision: f.revision, Position: f.position}, err
}

// LoadAsOf folds what was recorded up to and including the instant.
func LoadAsOf[S any](ctx context.Context, x *Executor, category *domain.Category[S], id domain.ID[S], asOf time.Time) (Loaded[S], error) {
	f := emptyFold[S]()
	err := x.store.ReadStream(ctx, category.Stream(id), 0, func(r domain.Recorded) error {
		meta, err := r.Meta()
		if err != nil {
			return err
		}
		if recordedAt(r, meta).After(asOf) {
			return errStop
		}
		return f.take(category, r, meta)
	})
	if errors.Is(err, errStop) {
		err = nil
	}
	return Loaded[S]{State: f.state, Revision: f.revision, Position: f.position}, err
}

var errStop = errors.New("stop reading")

func recordedAt(r domain.Recorded, m domain.Metadata) time.Time {
	if m.RecordedAt.IsZero() {
		return r.Created
	}
	return m.RecordedAt
}

// Execute runs a command against one aggregate.
//
//  1. Read the stream from the known revision and fold it.
//  2. If an event bears this command id, return its receipt: the command was done before.
//  3. Decide. No events: return the present receipt.
//  4. Append at the exact revision. On conflict read the tail and decide again, at most five rounds.
//
// Errors: a *domain.Refusal (business), or a technical failure after which the outcome is unknown and the same command
// id may be sent again.
func Execute[S any, C domain.Command[S]](ctx context.Context, x *Executor, category *domain.Category[S], id domain.ID[S], command C, request Request) (Receipt, error) {
	if request.CommandID == uuid.Nil {
		return Receipt{}, errors.New("commands: a request without a command id")
	}
	run := func(ctx context.Context, in Invocation) (Receipt, error) {
		if by, ok := any(&command).(interface{ setBy(Request) }); ok {
			by.setBy(in.Request)
		}
		return execute(ctx, x, category, id, &command, in.Request)
	}
	for _, v := range slices.Backward(x.wrap) {
		run = v(run)
	}
	return run(ctx, Invocation{Category: category.Name(), Name: CommandName(command), ID: id.UUID(), Command: command, Request: request})
}

// CommandName is the name of a command's Go type.
func CommandName(command any) string {
	t := reflect.TypeOf(command)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Name()
}

const maxRounds = 5

func execute[S any, C domain.Command[S]](ctx context.Context, x *Executor, category *domain.Category[S], id domain.ID[S], command *C, request Request) (Receipt, error) {
	now := x.Now()
	if err := checkOccurredAt(request, now); err != nil {
		return Receipt{}, err
	}
	if err := domain.Keepable(command); err != nil {
		return Receipt{}, err
	}
	stream, digest := category.Stream(id), commandDigest(*command)
	f, current, err := known(ctx, x, category, stream)
	if err != nil {
		return Receipt{}, err
	}
	prepared := false
	for range maxRounds {
		written, after, receipt, err := decide(ctx, x, category, id, command, request, f, now, digest, &prepared)
		if (err != nil || written == nil) && !current {
			// A cached state may be behind: nobody is refused on its word.
			f, err = load(ctx, x, category, stream)
			if err != nil {
				return Receipt{}, err
			}
			current = true
			continue
		}
		if err != nil || written == nil {
			return receipt.named(id.UUID(), stream), err
		}
		position, err := x.store.Append(ctx, stream, f.revision, written)
		if err == nil {
			f = f.advanced(after, len(written), position, request.CommandID, digest)
			x.cache.put(stream, f, f.size())
			return Receipt{ID: id.UUID(), Stream: stream, Revision: f.revision, Position: position, Events: len(written)}, nil
		}
		if !errors.Is(err, domain.ErrConflict) {
			return Receipt{}, fmt.Errorf("append to %s: %w", stream, err)
		}
		if f, err = load(ctx, x, category, stream); err != nil {
			return Receipt{}, err
		}
		current = true
	}
	return Receipt{}, ErrBusy
}

// decide is one round: the events to write, or the receipt of a command that has nothing to write.
func decide[S any, C domain.Command[S]](ctx context.Context, x *Executor, category *domain.Category[S], id domain.ID[S], command *C, request Request,
	f *fold[S], now time.Time, digest string, prepared *bool,
) ([]domain.NewEvent, S, Receipt, error) {
	if receipt, done, err := f.repeated(request.CommandID, digest); done || err != nil {
		return nil, f.state, receipt, err
	}
	if request.IfMatch != nil && *request.IfMatch != f.revision {
		return nil, f.state, Receipt{}, ErrRevisionMismatch
	}
	if !*prepared {
		if err := x.pass(ctx, category.Name(), f.state, f.revision, CommandName(*command), request); err != nil {
			return nil, f.state, Receipt{}, err
		}
		if err := prepare(ctx, x, id.UUID(), command, request); err != nil {
			return nil, f.state, Receipt{}, err
		}
		*prepared = true
	}
	decided, err := (*command).Decide(f.state, now)
	if err != nil || len(decided) == 0 {
		return nil, f.state, Receipt{Revision: f.revision, Position: f.position}, err
	}
	written, after, err := encode(category, category.Stream(id), f.state, decided, request, CommandName(*command), digest, now)
	return written, after, Receipt{}, err
}

// pass asks the gate. What begins a record needs no right to it: there is none yet.
func (x *Executor) pass(ctx context.Context, kind string, state any, revision int64, command string, request Request) error {
	if x.gate == nil || !request.Outside || revision < 0 {
		return nil
	}
	kind, record, err := Rights(ctx, x, kind, state)
	if err != nil {
		return err
	}
	return x.gate(ctx, command, kind, record)
}

// Rights gives what the right to a record depends on, out of its folded state, and of which kind the record is: what lies
// beside another record is measured by that one.
func Rights(ctx context.Context, x *Executor, kind string, state any) (string, access.Record, error) {
	if b, ok := state.(domain.Beside); ok {
		about := b.Beside()
		past, err := Record(ctx, x, about)
		if err != nil {
			return kind, access.Record{}, err
		}
		kind, state = string(about.Kind), past.State
	}
	record, err := recordOf(ctx, x, state)
	return kind, record, err
}

func recordOf(ctx context.Context, x *Executor, state any) (access.Record, error) {
	r := access.Record{Participants: union(participantsOf(state)), Clients: union(subjectsOf(state))}
	for _, client := range r.Clients {
		loaded, err := Load(ctx, x, domain.Counterparties, client)
		if err != nil {
			return r, err
		}
		r.Answering = union(r.Answering, participantsOf(loaded.State))
	}
	return r, nil
}

func prepare(ctx context.Context, x *Executor, id uuid.UUID, command any, request Request) error {
	if err := lookUp(ctx, x, command, request); err != nil {
		return err
	}
	if p, ok := command.(Preparer); ok {
		return p.Prepare(ctx, &Facts{x: x, Request: request, ID: id})
	}
	return nil
}

func (r Receipt) named(id uuid.UUID, stream string) Receipt {
	r.ID, r.Stream = id, stream
	return r
}

// lateEntry is how far back a fact may lie without a reason.
const lateEntry = 24 * time.Hour

func checkOccurredAt(r Request, now time.Time) error {
	var v domain.Invalid
	v.CheckInstant("occurred_at", r.OccurredAt)
	v.Check(!r.OccurredAt.After(now.Add(time.Minute)), "occurred_at", "in_future", "a fact cannot lie in the future")
	late := !r.OccurredAt.IsZero() && r.OccurredAt.Before(now.Add(-lateEntry))
	v.Check(!late || r.Reason != "" || r.Source == domain.SourceImport || r.Source == domain.SourcePolicy,
		"reason", "required", "a fact recorded more than a day later needs a reason")
	return v.Err()
}

func commandDigest(command any) string {
	body, err := json.Marshal(command)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:8])
}

// encode gives the events' wire form and the state after them. Event ids follow from the command id, so an immediate
// retry is answered by the store itself.
//
// Here, and nowhere else, instants become UTC and whole microseconds: every event passes, whether a client, a calendar or
// the clock gave the instant, and it passes before it is applied, so the cached state is the one that the log folds to.
func encode[S any](category *domain.Category[S], stream string, before S, decided []domain.Event[S], r Request, name, digest string, now time.Time) ([]domain.NewEvent, S, error) {
	after, settled := before, make([]domain.Event[S], len(decided))
	for i, e := range decided {
		settled[i] = domain.InUTC(e)
		settled[i].Apply(&after)
	}
	meta := domain.InUTC(metadata(r, name, now))
	meta.CommandDigest = digest
	meta.Subjects = union(subjectsOf(before), subjectsOf(after))
	meta.Participants = union(participantsOf(before), participantsOf(after))
	if b, ok := any(after).(domain.Beside); ok {
		meta.Beside = b.Beside()
	}
	meta.FormerSubjects = missing(meta.Subjects, subjectsOf(after))
	meta.FormerParticipants = missing(meta.Participants, participantsOf(after))
	written := make([]domain.NewEvent, len(settled))
	for i, e := range settled {
		typeName, version, data, err := category.Encode(e)
		if err != nil {
			return nil, after, err
		}
		meta.SchemaVersion = version
		meta.Salt = make([]byte, 16)
		if _, err := rand.Read(meta.Salt); err != nil {
			return nil, after, err
		}
		encoded, err := json.Marshal(meta)
		if err != nil {
			return nil, after, err
		}
		written[i] = domain.NewEvent{ID: uuid.NewSHA1(r.CommandID, fmt.Appendf(nil, "%s/%d", stream, i)), Type: typeName, Data: data, Metadata: encoded}
	}
	return written, after, nil
}

func metadata(r Request, name string, now time.Time) domain.Metadata {
	m := domain.Metadata{
		CommandID: r.CommandID, Command: name, CorrelationID: r.Correlation, CausationID: r.Causation,
		Actor: r.Actor, OnBehalfOf: r.OnBehalfOf, Source: r.Source, Reason: r.Reason, ClientIPHash: r.ClientIPHash,
		OccurredAt: r.OccurredAt, RecordedAt: now,
	}
	if m.CorrelationID == uuid.Nil {
		m.CorrelationID = r.CommandID
	}
	if m.CausationID == uuid.Nil {
		m.CausationID = r.CommandID
	}
	if r.OccurredAt.IsZero() {
		m.OccurredAt = now
	}
	return m
}

func subjectsOf(state any) []domain.CounterpartyID {
	if s, ok := state.(domain.Subjects); ok {
		return s.Subjects()
	}
	return nil
}

func participantsOf(state any) []domain.EmployeeID {
	if p, ok := state.(domain.Participants); ok {
		return p.Participants()
	}
	return nil
}

// missing are those of all that the list does not have.
func missing[T any](all, list []domain.ID[T]) []domain.ID[T] {
	var gone []domain.ID[T]
	for _, id := range all {
		if !slices.Contains(list, id) {
			gone = append(gone, id)
		}
	}
	return gone
}

// union keeps the order of first appearance and leaves zero ids out.
func union[T any](lists ...[]domain.ID[T]) []domain.ID[T] {
	var all []domain.ID[T]
	seen := map[domain.ID[T]]bool{{}: true}
	for _, list := range lists {
		for _, id := range list {
			if !seen[id] {
				seen[id] = true
				all = append(all, id)
			}
		}
	}
	return all
}
