package accesslog_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/commands/storetest"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/access"
	"github.com/letopis-crm/letopis/infra/accesslog"
	"github.com/letopis-crm/letopis/infra/postgres/pgtest"
)

// kit is a log on a real Postgres, with a clock that the test sets.
type kit struct {
	*accesslog.Log
	t     *testing.T
	pool  *pgxpool.Pool
	clock atomic.Int64
	x     *commands.Executor
}

func newKit(t *testing.T) *kit {
	t.Helper()
	k := &kit{t: t, pool: pgtest.Pool(t)}
	k.set(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	k.Log = accesslog.New(k.pool, k.now, slog.New(slog.DiscardHandler))
	k.x = commands.NewExecutor(storetest.New(), k.now)
	return k
}

func (k *kit) now() time.Time       { return time.UnixMicro(k.clock.Load()) }
func (k *kit) set(to time.Time)     { k.clock.Store(to.UnixMicro()) }
func (k *kit) pass(d time.Duration) { k.set(k.now().Add(d)) }

// written counts the entries in the table.
func (k *kit) written() int {
	k.t.Helper()
	var n int
	if err := k.pool.QueryRow(k.t.Context(), `select count(*) from audit.access_log`).Scan(&n); err != nil {
		k.t.Fatal(err)
	}
	return n
}

func (k *kit) note(entries ...accesslog.Entry) {
	k.t.Helper()
	for _, e := range entries {
		if err := k.Note(k.t.Context(), e); err != nil {
			k.t.Fatal(err)
		}
	}
}

func (k *kit) flush() {
	k.t.Helper()
	if err := k.Flush(k.t.Context()); err != nil {
		k.t.Fatal(err)
	}
}

func (k *kit) exec(sql string) {
	k.t.Helper()
	tag, err := k.pool.Exec(k.t.Context(), sql)
	if err != nil {
		k.t.Fatal(err)
	}
	if tag.RowsAffected() == 0 && !strings.HasPrefix(sql, "alter") {
		k.t.Fatalf("nothing was changed by %s", sql)
	}
}

var anna, boris = domain.DerivedID[domain.Employee]("anna"), domain.DerivedID[domain.Employee]("boris")

func viewOf(by domain.EmployeeID, record string) accesslog.Entry {
	id := domain.DerivedID[domain.Counterparty](record).UUID()
	return accesslog.Entry{
		Employee: by, Credential: "session", Address: "192.0.2.1", Way: access.View, Operation: "get-counterparty", Resource: access.Clients,
		Kind: "counterparty", Record: id, Clients: []uuid.UUID{id}, Results: 1, Request: uuid.New(),
	}
}

func guarded(e accesslog.Entry) accesslog.Entry {
	e.Guarded, e.Resource = true, access.Negotiations
	return e
}

// What is guarded is there when Note returns; the rest waits, refreshing adds nothing for five minutes.
func TestNote(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.note(guarded(viewOf(anna, "a")), guarded(viewOf(anna, "a")))
	if n := k.written(); n != 2 {
		t.Fatalf("%d guarded entries are written, want 2", n)
	}
	k.note(viewOf(anna, "b"))
	if n := k.written(); n != 2 {
		t.Fatalf("an entry that may wait was written at once")
	}
	k.pass(4 * time.Minute)
	k.note(viewOf(anna, "b"), viewOf(boris, "b"), viewOf(anna, "c"))
	k.pass(time.Minute)
	k.note(viewOf(anna, "b"))
	list := viewOf(anna, "b")
	list.Way, list.Record, list.Kind, list.Operation = access.List, uuid.Nil, "", "list-counterparties"
	k.note(list, list)
	k.flush()
	if n := k.written(); n != 2+1+2+1+2 {
		t.Fatalf("%d entries, want 8: views are repeated after five minutes, lists always", n)
	}
}

// An entry names 200 clients at most, and counts all of them once.
func TestClientsAreBounded(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	e := guarded(viewOf(anna, "a"))
	for range 300 {
		e.Clients = append(e.Clients, uuid.New())
	}
	e.Clients = append(e.Clients, e.Clients[0], uuid.Nil)
	e.Query = "limit=500"
	k.note(e)
	var named, counted, digest int
	if err := k.pool.QueryRow(t.Context(), `select cardinality(client_ids), client_count, length(query_digest) from audit.access_log`).Scan(&named, &counted, &digest); err != nil {
		t.Fatal(err)
	}
	if named != 200 || counted != 301 || digest != 32 {
		t.Errorf("%d named, %d counted, a digest of %d bytes", named, counted, digest)
	}
}

// Without room to wait entries are written at once; without a database nothing that is guarded is answered, and what waits
// goes on waiting.
func TestNothingIsDropped(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.Narrow(1)
	k.note(viewOf(anna, "a"), viewOf(anna, "b"))
	if n := k.written(); n != 1 {
		t.Fatalf("%d entries are written, want the one without room", n)
	}
	k.exec(`alter table audit.access_log rename to elsewhere`)
	if err := k.Note(t.Context(), guarded(viewOf(anna, "c"))); !errors.Is(err, accesslog.ErrUnavailable) {
		t.Errorf("a guarded entry that cannot be written: %v", err)
	}
	if err := k.Note(t.Context(), viewOf(anna, "d")); !errors.Is(err, accesslog.ErrUnavailable) {
		t.Errorf("an entry without room that cannot be written: %v", err)
	}
	if err := k.Flush(t.Context()); err == nil {
		t.Error("writing into nowhere succeeded")
	}
	k.exec(`alter table audit.elsewhere rename to access_log`)
	k.flush()
	if n := k.written(); n != 2 {
		t.Errorf("%d entries, want 2: what waited was lost", n)
	}
}

// What waits is written when the program stops.
func TestRunWritesTheRest(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	ctx, stop := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	k.note(viewOf(anna, "a"))
	stop()
	go func() { stopped <- k.Run(ctx) }()
	if err := <-stopped; err != nil {
		t.Fatal(err)
	}
	if n := k.written(); n != 1 {
		t.Errorf("%d entries, want 1", n)
	}
}

// Every month finds its part made before it begins.
func TestPartsAreMadeAhead(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	for range 5 {
		k.note(guarded(viewOf(anna, "a")))
		k.set(k.now().AddDate(0, 1, 0))
	}
	var parts int
	if err := k.pool.QueryRow(t.Context(), `select count(*) from pg_inherits where inhparent = 'audit.access_log'::regclass`).Scan(&parts); err != nil {
		t.Fatal(err)
	}
	if n := k.written(); n != 5 || parts != 7 {
		t.Errorf("%d entries in %d parts, want 5 in 7", n, parts)
	}
}

// seal makes entries in three hours, of which two are sealed.
func (k *kit) seal() *accesslog.Sealer {
	k.t.Helper()
	for _, name := range []string{"a", "b", "c"} {
		k.note(guarded(viewOf(anna, name)))
	}
	k.pass(2 * time.Hour)
	k.note(guarded(viewOf(boris, "a")))
	k.pass(time.Hour + 5*time.Minute)
	k.note(guarded(viewOf(boris, "b")))
	s := &accesslog.Sealer{DB: k.pool, Executor: k.x, Logger: slog.New(slog.DiscardHandler), Now: k.now}
	for range 2 {
		if err := s.Once(k.t.Context()); err != nil {
			k.t.Fatal(err)
		}
	}
	return s
}

func (k *kit) verify() accesslog.Verified {
	k.t.Helper()
	v, err := accesslog.Verify(k.t.Context(), k.pool, k.x)
	if err != nil {
		k.t.Fatal(err)
	}
	return v
}

// An untouched log agrees with its seals; an hour is sealed five minutes after its end and not before.
func TestSealedHoursAgree(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	s := k.seal()
	if v := k.verify(); v != (accesslog.Verified{Hours: 2, Entries: 4, Unsealed: 1}) {
		t.Errorf("%+v", v)
	}
	k.pass(59*time.Minute + 59*time.Second)
	if err := s.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	if v := k.verify(); v.Hours != 2 {
		t.Errorf("an hour was sealed too early: %+v", v)
	}
	k.pass(time.Second)
	if err := s.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	if v := k.verify(); v != (accesslog.Verified{Hours: 3, Entries: 5}) {
		t.Errorf("%+v", v)
	}
}

// Whatever is changed in a sealed hour, it is named.
func TestVerifyNamesTheHour(t *testing.T) {
	t.Parallel()
	nine := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		sql  string
		hour time.Time
	}{
		"changed":        {`update audit.access_log set purpose = 'другая' where id = (select id from audit.access_log order by id limit 1)`, nine},
		"removed":        {`delete from audit.access_log where id = (select id from audit.access_log order by id limit 1)`, nine},
		"hour removed":   {`delete from audit.access_log where written_at < '2026-03-02 12:00Z' and written_at > '2026-03-02 10:00Z'`, nine.Add(2 * time.Hour)},
		"another person": {`update audit.access_log set employee_id = gen_random_uuid() where written_at < '2026-03-02 12:00Z' and written_at > '2026-03-02 10:00Z'`, nine.Add(2 * time.Hour)},
		"moved":          {`update audit.access_log set written_at = written_at + interval '1 hour' where id = (select id from audit.access_log order by id limit 1)`, nine},
		"added": {`insert into audit.access_log select written_at + interval '1 hour', gen_random_uuid(), at, employee_id, on_behalf_of, credential, address, way, operation,
			resource, record_kind, record_id, client_ids, client_count, purpose, results, query_digest, policy, request_id from audit.access_log order by id limit 1`, nine.Add(time.Hour)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKit(t)
			k.seal()
			k.exec(c.sql)
			if v := k.verify(); !v.Wrong.Equal(c.hour) || v.Why == "" {
				t.Errorf("%+v, want the hour of %s", v, c.hour)
			}
		})
	}
}
