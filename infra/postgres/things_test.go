package postgres_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/postgres"
	"github.com/letopis-crm/letopis/projections"
)

type testThing struct{}

type thingNamed struct {
	Name string `json:"name" public:""`
}

type thingCounted struct {
	By int `json:"by"`
}

type thingRemoved struct{}

type thingIgnored struct{}

func (thingNamed) Apply(*testThing)   {}
func (thingCounted) Apply(*testThing) {}
func (thingRemoved) Apply(*testThing) {}
func (thingIgnored) Apply(*testThing) {}

var things = domain.NewCategory("test_thing",
	domain.Type[thingNamed]("test_thing.named"),
	domain.Type[thingCounted]("test_thing.counted"),
	domain.Type[thingRemoved]("test_thing.removed"),
	domain.Type[thingIgnored]("test_thing.ignored"),
)

type thingID = domain.ID[testThing]

type thingRow struct {
	ID     thingID   `json:"id"`
	Name   string    `json:"name"`
	Count  int       `json:"count"`
	Seen   time.Time `json:"seen,omitzero"`
	Events []string  `json:"events"`
}

type totalRow struct {
	Initial string `json:"initial"`
	Things  int    `json:"things"`
}

type noteRow struct {
	Position uint64          `json:"position"`
	Thing    thingID         `json:"thing"`
	Type     string          `json:"type"`
	At       time.Time       `json:"at"`
	Body     json.RawMessage `json:"body"`
}

var (
	thingTable = projections.NewTable[thingRow]("thing", "id")
	totalTable = projections.NewTable[totalRow]("total", "initial")
	noteLog    = projections.NewLog[noteRow]("note")
)

const thingsSQL = `
create table thing (
  id uuid primary key,
  name text not null check (name <> 'forbidden'),
  count int not null,
  seen timestamptz,
  events text[] not null,
  upper_name text generated always as (upper(name)) stored
) with (fillfactor = 70);
create table total (initial text primary key, things int not null);
create table note (
  n bigint generated always as identity,
  position bigint not null, thing uuid, type text not null, at timestamptz not null, body jsonb
);
-- after catch-up: cheaper then
create index note_thing on note (thing, position);
`

// thingsProjection has keyed tables, a counter that many things share, and a log. Every database has its own checkpoints,
// so all tests may use the same name.
func thingsProjection(version int) projections.Projection {
	note := func(b *projections.Batch, id uuid.UUID, position uint64, name string, meta domain.Metadata, body any) {
		encoded, _ := json.Marshal(body)
		noteLog.Add(b, noteRow{Position: position, Thing: thingID(id), Type: name, At: meta.OccurredAt, Body: encoded})
	}
	return projections.Projection{Name: "things", Version: version, Schema: thingsSQL, Handlers: []projections.Handler{
		projections.On(func(b *projections.Batch, e projections.Envelope[thingNamed]) {
			if e.Event.Name == "panic" {
				panic("a name like that")
			}
			before := thingTable.Find(b, e.Key())
			if before != nil && before.Name != "" {
				totalTable.Change(b, initial(before.Name), func(r *totalRow) { r.Things-- })
			}
			row := thingTable.Row(b, e.Key())
			row.Name, row.Seen = e.Event.Name, e.At()
			row.Events = append(row.Events, "named")
			totalTable.Row(b, initial(row.Name)).Things++
			note(b, e.ID, e.Position, "named", e.Meta, e.Event)
		}),
		projections.On(func(b *projections.Batch, e projections.Envelope[thingCounted]) {
			row := thingTable.Row(b, e.Key())
			row.Count += e.Event.By
			note(b, e.ID, e.Position, "counted", e.Meta, e.Event)
		}),
		projections.On(func(b *projections.Batch, e projections.Envelope[thingRemoved]) {
			if row := thingTable.Find(b, e.Key()); row != nil && row.Name != "" {
				totalTable.Change(b, initial(row.Name), func(r *totalRow) { r.Things-- })
			}
			thingTable.Delete(b, e.Key())
		}),
	}}
}

func initial(name string) string {
	for _, r := range name {
		return string(r)
	}
	return ""
}

// countsProjection is a second, smaller reader of the same events.
func countsProjection() projections.Projection {
	table := projections.NewTable[totalRow]("kind_count", "initial")
	return projections.Projection{
		Name: "counts", Version: 1, Schema: `create table kind_count (initial text primary key, things int not null)`,
		Every: func(b *projections.Batch, e projections.Recorded) error {
			table.Row(b, e.Type).Things++
			return nil
		},
	}
}

// memoryLog is an event log in memory: positions grow with gaps, as a real log's do.
type memoryLog struct {
	mu     sync.Mutex
	events []domain.Recorded
}

var began = time.Date(2026, 11, 23, 9, 0, 0, 123456789, time.UTC)

func (l *memoryLog) add(tb testing.TB, id thingID, e domain.Event[testThing]) domain.Recorded {
	tb.Helper()
	name, version, data, err := things.Encode(e)
	if err != nil {
		tb.Fatal(err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.events)
	meta, err := json.Marshal(domain.Metadata{SchemaVersion: version, OccurredAt: began.Add(time.Duration(n) * time.Second)})
	if err != nil {
		tb.Fatal(err)
	}
	r := domain.Recorded{ID: uuid.New(), Stream: things.Stream(id), Revision: uint64(n), Position: uint64(100 + 7*n), Type: name, Data: data, Metadata: meta}
	l.events = append(l.events, r)
	return r
}

func (l *memoryLog) all() []domain.Recorded {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clip(l.events)
}

func (l *memoryLog) after(position int64) []domain.Recorded {
	all := l.all()
	for i, e := range all {
		if int64(e.Position) > position {
			return all[i:]
		}
	}
	return nil
}

// ReadAll implements postgres.EventSource.
func (l *memoryLog) ReadAll(ctx context.Context, from uint64, visit func(domain.Recorded) error) error {
	for _, e := range l.after(int64(from) - 1) {
		if err := errors.Join(ctx.Err(), visit(e)); err != nil {
			return err
		}
	}
	return nil
}

// story fills a log with n events about a few things.
func story(tb testing.TB, n int) *memoryLog {
	tb.Helper()
	l := &memoryLog{}
	l.continued(tb, n)
	return l
}

func (l *memoryLog) continued(tb testing.TB, n int) {
	tb.Helper()
	first := len(l.all())
	for i := first; i < first+n; i++ {
		id := domain.DerivedID[testThing](fmt.Sprint(i % 17))
		switch {
		case i%11 == 10:
			l.add(tb, id, thingRemoved{})
		case i%7 == 6:
			l.add(tb, id, thingIgnored{})
		case i%3 == 0:
			l.add(tb, id, thingNamed{Name: []string{"ромашка", "василёк", "клевер", "ковыль\x00с нулём"}[i%4]})
		default:
			l.add(tb, id, thingCounted{By: i})
		}
	}
}

func newProjector(tb testing.TB, pool *pgxpool.Pool, p projections.Projection) *postgres.Projector {
	tb.Helper()
	projector := postgres.NewProjector(pool, p, postgres.Config{})
	tb.Cleanup(projector.Close)
	return projector
}

// started is a projector that has its lease.
func started(tb testing.TB, pool *pgxpool.Pool, p projections.Projection) *postgres.Projector {
	tb.Helper()
	projector := newProjector(tb, pool, p)
	if _, err := projector.Start(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return projector
}

// feed applies what the log has after the position, in batches, and says that this is all.
func feed(tb testing.TB, p *postgres.Projector, events []domain.Recorded, batch int) {
	tb.Helper()
	for len(events) > 0 {
		n := min(batch, len(events))
		if err := p.Apply(tb.Context(), events[:n], events[n-1].Position); err != nil {
			tb.Fatal(err)
		}
		events = events[n:]
	}
	if err := p.CaughtUp(tb.Context()); err != nil {
		tb.Fatal(err)
	}
}

// dump is all rows that readers see.
func dump(tb testing.TB, pool *pgxpool.Pool, tables ...string) string {
	tb.Helper()
	var text strings.Builder
	for _, table := range tables {
		rows, err := pool.Query(tb.Context(), "select to_jsonb(x)::text from (select * from read."+table+") x order by 1") //sqlvet:built a table named by the test
		if err != nil {
			tb.Fatal(err)
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			tb.Fatal(err)
		}
		fmt.Fprintf(&text, "%s (%d)\n%s\n", table, len(lines), strings.Join(lines, "\n"))
	}
	return text.String()
}

func value[T any](tb testing.TB, pool *pgxpool.Pool, sql string, args ...any) T {
	tb.Helper()
	var v T
	if err := pool.QueryRow(tb.Context(), sql, args...).Scan(&v); err != nil {
		tb.Fatalf("%s: %v", sql, err)
	}
	return v
}
