package domain

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Event is a fact about one kind of aggregate. Apply is its only method: an event nobody handles does not compile,
// and an event of another aggregate cannot be returned by these rules.
//
// Apply must not share memory between states: it copies slices and maps before it changes them (see With and Without),
// because states are cached and read concurrently.
type Event[S any] interface{ Apply(*S) }

// Command asks an aggregate for a decision. The zero S is an aggregate that does not exist yet.
// No events and no error means: it is already so, there is nothing to record.
type Command[S any] interface {
	Decide(state S, now time.Time) ([]Event[S], error)
}

// Subjects is implemented by states that are about counterparties. The executor takes the union of the state before
// and after the events, so a change of counterparty concerns both.
type Subjects interface{ Subjects() []CounterpartyID }

// Participants is implemented by states that concern employees.
type Participants interface{ Participants() []EmployeeID }

// Beside is implemented by states that lie beside another record, such as a file: the right to them is the right to it.
type Beside interface{ Beside() Ref }

// EventType binds a Go event type to its wire name.
type EventType[S any] struct {
	name     string
	goType   reflect.Type
	version  int
	decode   func(version int, data []byte) (Event[S], error)
	upcasted []int
}

// Upcaster turns an older form of an event into the present one. See Was.
type Upcaster[E any] struct {
	version int
	lift    func(data []byte) (E, error)
}

// Was declares that schema version v of the event had the shape Old, and how to lift it to the present one.
func Was[E, Old any](v int, lift func(Old) E) Upcaster[E] {
	return Upcaster[E]{version: v, lift: func(data []byte) (E, error) {
		var old Old
		if err := json.Unmarshal(data, &old); err != nil {
			var none E
			return none, err
		}
		return lift(old), nil
	}}
}

// Type declares the wire name of event E, `aggregate.past_tense`, and its older forms. The present schema version is
// one more than the number of older forms.
func Type[E Event[S], S any](name string, older ...Upcaster[E]) EventType[S] {
	t := EventType[S]{name: name, goType: reflect.TypeFor[E](), version: len(older) + 1}
	lifts := make(map[int]func([]byte) (E, error), len(older))
	for _, u := range older {
		lifts[u.version] = u.lift
		t.upcasted = append(t.upcasted, u.version)
	}
	t.decode = func(version int, data []byte) (Event[S], error) {
		if lift, ok := lifts[version]; ok {
			return lift(data)
		}
		if version > t.version {
			return nil, fmt.Errorf("event %s has schema version %d, this program knows up to %d", name, version, t.version)
		}
		var e E
		if err := json.Unmarshal(data, &e); err != nil {
			return nil, err
		}
		return e, nil
	}
	return t
}

// Category is one kind of aggregate: its streams are "<name>-<id>", its events the declared types.
type Category[S any] struct {
	name   string
	byName map[string]EventType[S]
	byType map[reflect.Type]EventType[S]
}

// NewCategory declares a category and registers its event types for AllEventTypes.
func NewCategory[S any](name string, types ...EventType[S]) *Category[S] {
	c := &Category[S]{name: name, byName: map[string]EventType[S]{}, byType: map[reflect.Type]EventType[S]{}}
	records[name] = c
	for _, t := range types {
		if _, twice := c.byName[t.name]; twice || strings.Contains(name, "-") {
			panic("domain: category " + name + " is declared wrongly at " + t.name)
		}
		c.byName[t.name] = t
		c.byType[t.goType] = t
		register(TypeInfo{Category: name, Name: t.name, Version: t.version, GoType: t.goType, Older: t.upcasted,
			decode: func(v int, data []byte) (any, error) { return t.decode(v, data) }})
	}
	return c
}

// Name is the stream category.
func (c *Category[S]) Name() string { return c.name }

// Stream is the stream of one aggregate.
func (c *Category[S]) Stream(id ID[S]) string { return c.name + "-" + id.String() }

// Encode gives the wire form of an event: its name, schema version and JSON.
func (c *Category[S]) Encode(e Event[S]) (name string, version int, data []byte, err error) {
	t, ok := c.byType[reflect.TypeOf(e)]
	if !ok {
		return "", 0, nil, fmt.Errorf("event %T is not declared in category %s", e, c.name)
	}
	data, err = json.Marshal(e)
	return t.name, t.version, data, err
}

// Decode reads a recorded event of this category; ErrUnknownEvent for a name that is not declared.
func (c *Category[S]) Decode(r Recorded) (Event[S], error) {
	t, ok := c.byName[r.Type]
	if !ok {
		return nil, fmt.Errorf("%w: %s in stream %s", ErrUnknownEvent, r.Type, r.Stream)
	}
	e, err := t.decode(r.SchemaVersion(), r.Data)
	if err != nil {
		return nil, fmt.Errorf("event %s at %s/%d: %w", r.Type, r.Stream, r.Revision, err)
	}
	return e, nil
}

// ErrUnknownEvent is returned for an event type that this program does not know.
var ErrUnknownEvent = errors.New("unknown event type")

// ErrConflict is what stores wrap when a stream is not at the expected revision.
var ErrConflict = errors.New("stream is not at the expected revision")

// TypeInfo describes one event type for projections, documentation and tests.
type TypeInfo struct {
	Category string
	Name     string
	Version  int
	Older    []int
	GoType   reflect.Type
	decode   func(version int, data []byte) (any, error)
}

// Decode reads the event's JSON of the given schema version.
func (t TypeInfo) Decode(version int, data []byte) (any, error) { return t.decode(version, data) }

var (
	typesByName = map[string]TypeInfo{}
	typesByGo   = map[reflect.Type]TypeInfo{}
)

func register(t TypeInfo) {
	if _, twice := typesByName[t.Name]; twice {
		panic("domain: event type " + t.Name + " is declared twice")
	}
	typesByName[t.Name] = t
	typesByGo[t.GoType] = t
}

// AllEventTypes lists every declared event type by name.
func AllEventTypes() []TypeInfo {
	all := make([]TypeInfo, 0, len(typesByName))
	for _, t := range typesByName {
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b TypeInfo) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// EventTypeNamed finds an event type by its wire name.
func EventTypeNamed(name string) (TypeInfo, bool) { t, ok := typesByName[name]; return t, ok }

// EventTypeOf finds the declaration of the Go type E.
func EventTypeOf[E any]() (TypeInfo, bool) { t, ok := typesByGo[reflect.TypeFor[E]()]; return t, ok }

// Recorded is an event as the log gives it: position orders all events, revision those of the stream (from 0).
type Recorded struct {
	ID       uuid.UUID
	Stream   string
	Revision uint64
	Position uint64
	Type     string
	Created  time.Time
	Data     []byte
	Metadata []byte
}

// NewEvent is an event on its way into the log.
type NewEvent struct {
	ID       uuid.UUID
	Type     string
	Data     []byte
	Metadata []byte
}

// AggregateID is the id part of the stream's name; false for streams that are not an aggregate's.
func (r Recorded) AggregateID() (uuid.UUID, bool) {
	_, id, found := strings.Cut(r.Stream, "-")
	if !found {
		return uuid.UUID{}, false
	}
	u, err := uuid.Parse(id)
	return u, err == nil
}

// Category is the part of the stream's name before the first dash.
func (r Recorded) Category() string {
	category, _, _ := strings.Cut(r.Stream, "-")
	return category
}

// Meta decodes the metadata; broken metadata is an error, missing metadata the zero value.
func (r Recorded) Meta() (Metadata, error) {
	var m Metadata
	if len(r.Metadata) == 0 {
		return m, nil
	}
	if err := json.Unmarshal(r.Metadata, &m); err != nil {
		return m, fmt.Errorf("metadata of %s/%d: %w", r.Stream, r.Revision, err)
	}
	return m, nil
}

// SchemaVersion is the version the event was written with; 1 where none is recorded.
func (r Recorded) SchemaVersion() int {
	var m struct {
		SchemaVersion int `json:"schema_version"`
	}
	if len(r.Metadata) == 0 || json.Unmarshal(r.Metadata, &m) != nil || m.SchemaVersion == 0 {
		return 1
	}
	return m.SchemaVersion
}

// Source says by which door a command came in.
type Source string

// The doors.
const (
	SourceUI     Source = "ui"
	SourceAPI    Source = "api"
	SourceImport Source = "import"
	SourcePolicy Source = "policy"
	// SourceTelephony is the telephone exchange, which reports the calls it puts through.
	SourceTelephony Source = "telephony"
)

// Metadata is written by the executor with every event.
//
// OccurredAt is when it happened in the world, RecordedAt when the server accepted it; the first may lie before the
// second. Subjects and Participants are fixed at writing, so no later projection can forget a kind of event. Salt makes
// the digest of a low-entropy event unguessable.
type Metadata struct {
	CorrelationID uuid.UUID        `json:"$correlationId"`
	CausationID   uuid.UUID        `json:"$causationId"`
	CommandID     uuid.UUID        `json:"command_id"`
	Command       string           `json:"command,omitempty"`
	CommandDigest string           `json:"command_digest,omitempty"`
	SchemaVersion int              `json:"schema_version"`
	Actor         EmployeeID       `json:"actor"`
	OnBehalfOf    EmployeeID       `json:"on_behalf_of,omitzero"`
	Source        Source           `json:"source"`
	Reason        string           `json:"reason,omitempty"`
	OccurredAt    time.Time        `json:"occurred_at"`
	RecordedAt    time.Time        `json:"recorded_at"`
	ClientIPHash  string           `json:"client_ip_hash,omitempty"`
	Salt          []byte           `json:"salt"`
	Subjects      []CounterpartyID `json:"subjects,omitempty"`
	Participants  []EmployeeID     `json:"participants,omitempty"`
	// FormerSubjects and FormerParticipants are those among them whom the record named before the event, and no more.
	FormerSubjects     []CounterpartyID `json:"former_subjects,omitempty"`
	FormerParticipants []EmployeeID     `json:"former_participants,omitempty"`
	// Beside is the record that this one lies beside, if it is none of its own.
	Beside Ref `json:"beside,omitzero"`
}

// With returns a copy of list with the values appended; the receiver's backing array is never written.
func With[T any](list []T, values ...T) []T {
	return append(slices.Clip(slices.Clone(list)), values...)
}

// Without returns a copy of list without the elements that match.
func Without[T any](list []T, match func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(list), match)
}
