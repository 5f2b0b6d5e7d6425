package postgres_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/postgres"
	"github.com/letopis-crm/letopis/infra/postgres/pgtest"
)

// live feeds a projector with everything that comes into the log until stopped, as the bus does.
func live(t *testing.T, p *postgres.Projector, l *memoryLog) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		position := int64(-1)
		for ctx.Err() == nil {
			events := l.after(position)
			if len(events) == 0 {
				continue
			}
			events = events[:min(len(events), 20)]
			if err := p.Apply(ctx, events, events[len(events)-1].Position); err != nil {
				if ctx.Err() == nil {
					t.Errorf("live: %v", err)
				}
				return
			}
			position = int64(events[len(events)-1].Position)
		}
	}()
	return func() { cancel(); <-done }
}

func TestRebuildBesideLiveAppends(t *testing.T) {
	t.Parallel()
	pool, log := pgtest.Pool(t), story(t, 400)
	p := started(t, pool, thingsProjection(1))
	feed(t, p, nil, 1)
	stop := live(t, p, log)
	defer stop()

	appended := make(chan struct{})
	go func() {
		defer close(appended)
		for range 60 {
			log.continued(t, 25)
		}
	}()
	for range 3 {
		if err := postgres.Rebuild(t.Context(), pool, thingsProjection(1), log, postgres.Config{}); err != nil {
			t.Fatal(err)
		}
	}
	<-appended
	last := log.all()[len(log.all())-1].Position
	awaitTrue(t, func() bool {
		return value[int64](t, pool, `select position from letopis.projection where serving`) == int64(last)
	})
	report, err := postgres.Verify(t.Context(), pool, thingsProjection(1), log)
	if err != nil || !report.OK() || report.Position != last || report.Rows == 0 {
		t.Errorf("%+v %v", report, err)
	}
	if left := value[string](t, pool, `select string_agg(nspname, ' ') from pg_namespace where nspname like 'things%'`); left != "things_v1_g3" {
		t.Errorf("schemas %s", left)
	}
}

func TestAnInterruptedRebuildLeavesTheLiveOneAlone(t *testing.T) {
	t.Parallel()
	pool, log := pgtest.Pool(t), story(t, 100)
	p := started(t, pool, thingsProjection(1))
	feed(t, p, log.all(), 100)
	before := dump(t, pool, "thing", "total", "note")

	broken := errors.New("the log went away")
	err := postgres.Rebuild(t.Context(), pool, thingsProjection(1), failingSource{log, 50, broken}, postgres.Config{})
	if !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	if after := dump(t, pool, "thing", "total", "note"); after != before {
		t.Error("the live rows changed")
	}
	if left := value[string](t, pool, `select string_agg(nspname, ' ') from pg_namespace where nspname like 'things%'`); left != "things_v1" {
		t.Errorf("schemas %s", left)
	}
	log.continued(t, 10)
	feed(t, p, log.all()[100:], 10)
}

type failingSource struct {
	*memoryLog
	after int
	err   error
}

func (s failingSource) ReadAll(ctx context.Context, from uint64, visit func(domain.Recorded) error) error {
	n := 0
	return s.memoryLog.ReadAll(ctx, from, func(e domain.Recorded) error {
		if n++; n > s.after {
			return s.err
		}
		return visit(e)
	})
}

func TestVerifyNamesTamperedRows(t *testing.T) {
	t.Parallel()
	pool, log := pgtest.Pool(t), story(t, 200)
	p := started(t, pool, thingsProjection(1))
	feed(t, p, log.all(), 50)
	stop := live(t, p, log)
	defer stop()

	for _, tampering := range []string{
		`update things_v1.thing set count = count + 1 where id = (select min(id::text)::uuid from things_v1.thing)`,
		`delete from things_v1.thing where id = (select max(id::text)::uuid from things_v1.thing)`,
		`insert into things_v1.total values ('я', 3)`,
		`update things_v1.note set body = '{"forged": true}' where n = 5`,
		`insert into things_v1.note (position, thing, type, at, body) select position, thing, type, at, body from things_v1.note where n = 7`,
	} {
		if _, err := pool.Exec(t.Context(), tampering); err != nil {
			t.Fatal(err)
		}
	}
	for range 30 {
		log.add(t, domain.NewID[testThing](), thingIgnored{})
	}
	report, err := postgres.Verify(t.Context(), pool, thingsProjection(1), log)
	if err != nil {
		t.Fatal(err)
	}
	counted := map[string]int{}
	for _, d := range report.Differences {
		counted[d.Table+" "+string(d.Kind)]++
	}
	for _, want := range []string{"thing differs", "thing missing", "total unexpected", "note missing", "note unexpected", "note differs"} {
		if counted[want] != 1 {
			t.Errorf("%s: %d, want 1", want, counted[want])
		}
	}
	if report.Differing != 6 || !strings.Contains(mustFind(t, report, "note", postgres.RowUnexpected).Key, "forged") {
		t.Errorf("%+v", report)
	}
	if n := value[int](t, pool, `select count(*) from pg_namespace where nspname like 'things%'`); n != 1 {
		t.Errorf("%d schemas are left", n)
	}
	if n := value[int](t, pool, `select count(*) from letopis.projection`); n != 1 {
		t.Errorf("%d rows are left", n)
	}
}

func mustFind(t *testing.T, r postgres.Report, table string, kind postgres.DifferenceKind) postgres.Difference {
	t.Helper()
	for _, d := range r.Differences {
		if d.Table == table && d.Kind == kind {
			return d
		}
	}
	t.Fatalf("no %s row in %s: %+v", kind, table, r)
	return postgres.Difference{}
}

func TestVerifyOfWhatDoesNotServe(t *testing.T) {
	t.Parallel()
	pool := pgtest.Pool(t)
	if _, err := postgres.Verify(t.Context(), pool, thingsProjection(1), &memoryLog{}); !errors.Is(err, postgres.ErrNotServing) {
		t.Errorf("%v", err)
	}
}
