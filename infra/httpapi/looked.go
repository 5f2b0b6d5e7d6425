package httpapi

import (
	"context"
	"encoding/json"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/access"
	"github.com/letopis-crm/letopis/infra/accesslog"
)

// maxPurpose bounds what is kept of why somebody reads.
const maxPurpose = 500

// purposeHeader tells why something is read, where an operation has no parameter for it.
var purposeHeader = &huma.Param{Name: "X-Purpose", In: "header", Schema: &huma.Schema{Type: "string"},
	Description: "Why this is read, percent-encoded; kept in the access log"}

// noted is a query that leaves an entry in the access log: after it has answered and before anything of the answer leaves.
func noted[I, O any](a *API, op *huma.Operation, query func(context.Context, *I) (O, error)) func(context.Context, *I) (O, error) {
	if !access.Noted(op.OperationID) {
		return query
	}
	op.Parameters = append(op.Parameters, purposeHeader)
	l := lookOf(op, reflect.TypeFor[I](), reflect.TypeFor[O]())
	a.looks[op.OperationID] = l
	return func(ctx context.Context, in *I) (O, error) {
		out, err := query(ctx, in)
		if err != nil {
			return out, err
		}
		if err := a.saw(ctx, l, reflect.ValueOf(in).Elem(), reflect.ValueOf(&out).Elem()); err != nil {
			var none O
			return none, err
		}
		return out, nil
	}
}

// look is what the access log has to know of an operation.
type look struct {
	operation string
	way       access.Way
	resource  access.Resource
	// kind is the kind of record in the path; "" where there is none or the path tells it.
	kind string
	// id, kindAt and purpose are where the input has them; nil where it has none.
	id, kindAt, purpose []int
	// answer is the type of the answer, find what looks for clients and kinds of records in it.
	answer reflect.Type
	find   finder
}

func lookOf(op *huma.Operation, in, out reflect.Type) look {
	right, _ := access.RightOf(op.OperationID)
	l := look{operation: op.OperationID, way: access.WayOf(op.OperationID, op.Path), resource: right.Resource, answer: out, find: finderOf(out)}
	for _, f := range reflect.VisibleFields(in) {
		switch {
		case f.Tag.Get("path") == "id":
			l.id = f.Index
		case f.Tag.Get("path") == "kind":
			l.kindAt = f.Index
		case f.Tag.Get("query") == "purpose":
			l.purpose = f.Index
		}
	}
	if l.id != nil && l.kindAt == nil {
		l.kind = kindIn(op.Path)
	}
	return l
}

// kindIn is the kind of the record that a path such as /v1/counterparties/{id}/history is about.
func kindIn(path string) string {
	plural, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(path, "/v1/"), "exports/"), "/")
	return plurals[plural]
}

// plurals are the collections under which records are asked for by their ids.
var plurals = map[string]string{
	"counterparties": domain.Counterparties.Name(), "contact-persons": domain.ContactPersons.Name(), "audience-groups": domain.AudienceGroups.Name(),
	"negotiations": domain.Negotiations.Name(), "messages": domain.IncomingMessages.Name(), "threads": domain.InternalThreads.Name(),
	"attachments": domain.AttachedFiles.Name(), "assignments": domain.Assignments.Name(), "employees": domain.Employees.Name(),
}

// saw writes down who was given what.
func (a *API) saw(ctx context.Context, l look, in, out reflect.Value) error {
	found := touched{kinds: map[string]bool{}}
	l.find(out, &found)
	e := a.entry(ctx)
	e.Way, e.Operation, e.Resource, e.Kind, e.Clients, e.Results = l.way, l.operation, l.resource, l.kind, found.clients, resultsIn(out)
	e.Purpose = purposeOf(ctx, l, in)
	if l.id != nil {
		e.Record = in.FieldByIndex(l.id).Convert(uuidType).Interface().(uuid.UUID)
	}
	if l.kindAt != nil {
		e.Kind = in.FieldByIndex(l.kindAt).String()
	}
	if e.Kind == domain.Counterparties.Name() {
		e.Clients = append([]uuid.UUID{e.Record}, e.Clients...)
	}
	shown := found.resources()
	if e.Resource == access.Own {
		if len(shown) == 0 {
			return nil // nothing of anybody's was shown
		}
		e.Resource = shown[0]
	}
	e.Guarded = l.resource.Guarded() || slices.ContainsFunc(shown, access.Resource.Guarded)
	return a.AccessLog.Note(ctx, e)
}

// entry is one with who asks, and from where.
func (a *API) entry(ctx context.Context) accesslog.Entry {
	who := principal(ctx)
	return accesslog.Entry{
		Employee: who.Employee, OnBehalfOf: who.OnBehalfOf, Credential: who.Credential, Address: clientOf(ctx).Address,
		Query: queryOf(ctx).Encode(), Request: requestOf(ctx),
	}
}

func purposeOf(ctx context.Context, l look, in reflect.Value) string {
	purpose := headerOf(ctx, purposeHeader.Name)
	if plain, err := url.PathUnescape(purpose); err == nil {
		purpose = plain
	}
	if l.purpose != nil && in.FieldByIndex(l.purpose).String() != "" {
		purpose = in.FieldByIndex(l.purpose).String()
	}
	return accesslog.Cut(purpose, maxPurpose)
}

// resultsIn counts the rows of a page or a list; anything else is one.
func resultsIn(out reflect.Value) int {
	if out.Kind() == reflect.Struct {
		if items := out.FieldByName("Items"); items.IsValid() && items.Kind() == reflect.Slice {
			return items.Len()
		}
	}
	if out.Kind() == reflect.Slice {
		return out.Len()
	}
	return 1
}

// touched is what was found in an answer: clients, and the kinds of the records of which the answer is made.
type touched struct {
	clients []uuid.UUID
	kinds   map[string]bool
}

// resources are those of the kinds, the guarded first.
func (t touched) resources() []access.Resource {
	var shown []access.Resource
	for kind := range t.kinds {
		if resource, known := access.Of(kind); known {
			shown = append(shown, resource)
		}
	}
	slices.SortFunc(shown, func(a, b access.Resource) int {
		if a.Guarded() != b.Guarded() {
			if a.Guarded() {
				return -1
			}
			return 1
		}
		return strings.Compare(string(a), string(b))
	})
	return shown
}

// finder looks for clients and kinds in a value of one type.
type finder func(v reflect.Value, found *touched)

// clientNames are the names under which answers hold ids of clients; a field of another name says `holds:"client"`.
var clientNames = []string{"counterparty_id", "client_id", "subject_ids", "counterparty_ids", "client_ids"}

var (
	uuidType   = reflect.TypeFor[uuid.UUID]()
	clientType = reflect.TypeFor[domain.CounterpartyID]()
	jsonType   = reflect.TypeFor[json.RawMessage]()
)

var finders sync.Map // of types to what finds in them

// finderOf is made of the type once, by the names and types of its fields, so that no query can forget to tell.
func finderOf(t reflect.Type) finder {
	if known, ok := finders.Load(t); ok {
		return known.(func() finder)()
	}
	// A type that holds itself meets this entry on the way.
	var made finder
	finders.Store(t, func() finder { return func(v reflect.Value, found *touched) { made(v, found) } })
	made = finderIn(t)
	finders.Store(t, func() finder { return made })
	return made
}

func nothing(reflect.Value, *touched) {}

func finderIn(t reflect.Type) finder {
	switch t {
	case clientType:
		return clientsIn
	case jsonType:
		return inJSON
	}
	switch t.Kind() {
	case reflect.Pointer:
		return inPointer(finderOf(t.Elem()))
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return nothing
		}
		return inList(finderOf(t.Elem()))
	case reflect.Map:
		return inMap(finderOf(t.Elem()))
	case reflect.Struct:
		return inStruct(t)
	}
	return nothing
}

func inPointer(inner finder) finder {
	return func(v reflect.Value, found *touched) {
		if !v.IsNil() {
			inner(v.Elem(), found)
		}
	}
}

func inList(inner finder) finder {
	return func(v reflect.Value, found *touched) {
		for i := range v.Len() {
			inner(v.Index(i), found)
		}
	}
}

func inMap(inner finder) finder {
	return func(v reflect.Value, found *touched) {
		for _, key := range v.MapKeys() {
			inner(v.MapIndex(key), found)
		}
	}
}

func inStruct(t reflect.Type) finder {
	fields := map[int]finder{}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.IsExported() || f.Anonymous {
			fields[i] = inField(f)
		}
	}
	return func(v reflect.Value, found *touched) {
		for i, inner := range fields {
			inner(v.Field(i), found)
		}
	}
}

// inField heeds what the field says it holds: "client", "kind" (of record), or "client in X" for a list whose elements
// have a client's id in their field X.
func inField(f reflect.StructField) finder {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	holds, where, within := strings.Cut(f.Tag.Get("holds"), " in ")
	switch {
	case holds == "kind":
		return func(v reflect.Value, found *touched) { found.kinds[v.String()] = true }
	case within:
		at := fieldNamed(f.Type.Elem(), where)
		return inList(func(v reflect.Value, found *touched) { clientsIn(v.FieldByIndex(at), found) })
	case holds == "client", slices.Contains(clientNames, name):
		return clientsIn
	}
	return finderOf(f.Type)
}

func fieldNamed(t reflect.Type, name string) []int {
	f, ok := t.FieldByName(name)
	if !ok {
		panic("httpapi: " + t.String() + " has no field " + name)
	}
	return f.Index
}

// clientsIn takes a client's id, its text, or a list of such.
func clientsIn(v reflect.Value, found *touched) {
	switch {
	case v.Kind() == reflect.Pointer:
		if !v.IsNil() {
			clientsIn(v.Elem(), found)
		}
	case v.Type().ConvertibleTo(uuidType) && v.Kind() == reflect.Array:
		found.clients = append(found.clients, v.Convert(uuidType).Interface().(uuid.UUID))
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			clientsIn(v.Index(i), found)
		}
	case v.Kind() == reflect.String:
		if id, err := uuid.Parse(v.String()); err == nil {
			found.clients = append(found.clients, id)
		}
	}
}

// inJSON looks into what the answer passes on as it was kept.
func inJSON(v reflect.Value, found *touched) {
	var kept any
	if json.Unmarshal(v.Bytes(), &kept) == nil {
		found.inAny(kept)
	}
}

func (t *touched) inAny(kept any) {
	switch value := kept.(type) {
	case []any:
		for _, inner := range value {
			t.inAny(inner)
		}
	case map[string]any:
		for name, inner := range value {
			if slices.Contains(clientNames, name) {
				clientsIn(reflect.ValueOf(texts(inner)), t)
				continue
			}
			t.inAny(inner)
		}
	}
}

func texts(kept any) []string {
	switch value := kept.(type) {
	case string:
		return []string{value}
	case []any:
		var all []string
		for _, inner := range value {
			all = append(all, texts(inner)...)
		}
		return all
	}
	return nil
}
