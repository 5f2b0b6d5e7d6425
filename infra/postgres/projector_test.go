package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/postgres"
	"github.com/letopis-crm/letopis/infra/postgres/pgtest"
	"github.com/letopis-crm/letopis/projections"
)

func TestBatchesOfAnySizeGiveTheSameRows(t *testing.T) {
	t.Parallel()
	log := story(t, 600)
	var first string
	for _, size := range []int{1, 7, 500} {
		pool := pgtest.Pool(t)
		feed(t, started(t, pool, thingsProjection(1)), log.all(), size)
		rows := dump(t, pool, "thing", "total", "note")
		if first == "" {
			first = rows
			if !strings.Contains(rows, "РОМАШКА") || !strings.Contains(rows, "note (") {
				t.Fatal(rows)
			}
		}
		if rows != first {
			t.Errorf("batches of %d give\n%s\nbatches of 1 gave\n%s", size, rows, first)
		}
	}
}

func TestABatchGivenTwiceHasNoSecondEffect(t *testing.T) {
	t.Parallel()
	pool, log := pgtest.Pool(t), story(t, 50)
	p := started(t, pool, thingsProjection(1))
	feed(t, p, log.all(), 50)
	once := dump(t, pool, "thing", "total", "note")
	feed(t, p, log.all(), 20)
	if twice := dump(t, pool, "thing", "total", "note"); twice != once {
		t.Errorf("after\n%s\nbefore\n%s", twice, once)
	}
}

func TestTheFenceStopsAWriterWhoIsWrong(t *testing.T) {
	t.Parallel()
	pool, log := pgtest.Pool(t), story(t, 50)
	p := started(t, pool, thingsProjection(1))
	feed(t, p, log.all()[:40], 40)
	before := dump(t, pool, "thing", "total", "note")
	err := p.TransactAt(t.Context(), 100, log.all()[1:20], log.all()[19].Position)
	if !errors.Is(err, postgres.ErrFenced) {
		t.Errorf("%v", err)
	}
	if after := dump(t, pool, "thing", "total", "note"); after != before {
		t.Errorf("after\n%s\nbefore\n%s", after, before)
	}
	if err := p.Apply(t.Context(), log.all()[40:], log.all()[49].Position); err != nil {
		t.Errorf("the next batch: %v", err)
	}
}

func TestACheckpointThatWentBackIsNotPassedOver(t *testing.T) {
	t.Parallel()
	pool, log := pgtest.Pool(t), story(t, 50)
	p := started(t, pool, thingsProjection(1))
	feed(t, p, log.all()[:40], 10)
	if _, err := pool.Exec(t.Context(), `update letopis.projection set position = $1`, log.all()[20].Position); err != nil {
		t.Fatal(err)
	}
	err := p.Apply(t.Context(), log.all()[40:], log.all()[49].Position)
	if !errors.Is(err, postgres.ErrFenced) || !p.Settle(t.Context(), err) {
		t.Errorf("%v", err)
	}
}

func TestRestartGoesOnFromTheCheckpoint(t *testing.T) {
	t.Parallel()
	pool, log := pgtest.Pool(t), story(t, 100)
	p := newProjector(t, pool, thingsProjection(1))
	after, err := p.Start(t.Context())
	if err != nil || after != nil {
		t.Fatalf("%v %v", after, err)
	}
	feed(t, p, log.all()[:30], 10)
	// Events that are nobody's move the checkpoint too.
	if err := p.Apply(t.Context(), nil, log.all()[29].Position+3); err != nil {
		t.Fatal(err)
	}
	p.Close()
	after, err = newProjector(t, pool, thingsProjection(1)).Start(t.Context())
	if err != nil || after == nil || *after != log.all()[29].Position+3 {
		t.Errorf("%v %v", after, err)
	}
}

func TestOneOfTwoProjectorsHasTheLease(t *testing.T) {
	t.Parallel()
	pool, log := pgtest.Pool(t), story(t, 40)
	first := started(t, pool, thingsProjection(1))
	feed(t, first, log.all()[:20], 20)

	second := newProjector(t, pool, thingsProjection(1))
	checkpoint := make(chan *uint64, 1)
	go func() {
		after, err := second.Start(context.Background())
		if err != nil {
			t.Error(err)
		}
		checkpoint <- after
	}()
	awaitTrue(t, func() bool {
		return value[bool](t, pool, `select exists (select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database()))`)
	})
	feed(t, first, log.all()[:30], 20)
	select {
	case <-checkpoint:
		t.Fatal("two have the lease")
	default:
	}
	first.Close()
	if after := <-checkpoint; after == nil || *after != log.all()[29].Position {
		t.Errorf("%v", after)
	}
}

func TestTakeoverWhenTheOwnersConnectionDies(t *testing.T) {
	t.Parallel()
	pool, log := pgtest.Pool(t), story(t, 40)
	first := started(t, pool, thingsProjection(1))
	feed(t, first, log.all()[:20], 20)
	second := newProjector(t, pool, thingsProjection(1))
	started := make(chan time.Time, 1)
	go func() {
		if _, err := second.Start(context.Background()); err != nil {
			t.Error(err)
		}
		started <- time.Now()
	}()
	awaitTrue(t, func() bool {
		return value[bool](t, pool, `select exists (select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database()))`)
	})
	killed := time.Now()
	if !value[bool](t, pool, `select pg_terminate_backend($1)`, first.BackendPID()) {
		t.Fatal("not killed")
	}
	t.Logf("takeover in %v", (<-started).Sub(killed))
	feed(t, second, log.all()[20:], 20)

	// The former owner waits for the lease again, and finds everything done.
	go second.Close()
	for {
		err := first.Apply(t.Context(), log.all()[20:], log.all()[39].Position)
		if err == nil {
			break
		}
		if t.Context().Err() != nil {
			t.Fatal(err)
		}
	}
	if n := value[int](t, pool, `select count(distinct position) - count(*) from read.note`); n != 0 {
		t.Errorf("%d notes twice", -n)
	}
}

func TestPoisonStopsOneAndOthersGoOn(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"panic", "forbidden"} { // a fault of the handler, and one that only the database finds
		t.Run(bad, func(t *testing.T) {
			t.Parallel()
			pool, log := pgtest.Pool(t), story(t, 30)
			poison := log.add(t, domain.NewID[testThing](), thingNamed{Name: bad})
			log.continued(t, 30)

			p := started(t, pool, thingsProjection(1))
			feed(t, p, log.all()[:20], 20)
			err := p.Apply(t.Context(), log.all()[20:], log.all()[60].Position)
			var named *projections.Poison
			if !errors.As(err, &named) || named.Event.Position != poison.Position {
				t.Fatalf("%v", err)
			}
			status := value[string](t, pool, `select status || ' ' || position || ' ' || error_position from letopis.projection where name = 'things'`)
			if want := fmt.Sprint("poisoned ", log.all()[29].Position, " ", poison.Position); status != want {
				t.Errorf("%q, want %q", status, want)
			}

			feed(t, started(t, pool, countsProjection()), log.all(), 20)
			if n := value[int](t, pool, `select sum(things) from read.kind_count`); n != 61 {
				t.Errorf("the other one took %d", n)
			}

			settled := make(chan bool)
			go func() { settled <- p.Settle(context.Background(), err) }()
			if err := p.Skip(t.Context(), poison.Position+1, "oper", "wrong"); !errors.Is(err, postgres.ErrNotPoisoned) {
				t.Errorf("%v", err)
			}
			if err := p.Skip(t.Context(), poison.Position, "operator", "a name nobody can have"); err != nil {
				t.Fatal(err)
			}
			if !<-settled {
				t.Error("no restart after the skip")
			}
			after, err := p.Start(t.Context())
			if err != nil || *after != log.all()[29].Position {
				t.Fatalf("%v %v", after, err)
			}
			feed(t, p, log.all()[30:], 40)
			report, err := postgres.Verify(t.Context(), pool, thingsProjection(1), log)
			if err != nil || !report.OK() {
				t.Errorf("%+v %v", report, err)
			}
			if n := value[int](t, pool, `select count(*) from letopis.projection_skip where operator = 'operator'`); n != 1 {
				t.Errorf("%d skips recorded", n)
			}
		})
	}
}

func TestIndexesComeAfterCatchUp(t *testing.T) {
	t.Parallel()
	pool, log := pgtest.Pool(t), story(t, 10)
	p := started(t, pool, thingsProjection(1))
	index := `select to_regclass('things_v1.note_thing') is not null`
	if value[bool](t, pool, index) {
		t.Error("there at once")
	}
	feed(t, p, log.all(), 10)
	if !value[bool](t, pool, index) {
		t.Error("not there after catch-up")
	}
}

func TestNewVersionTakesOverWithoutAFailedRead(t *testing.T) {
	t.Parallel()
	pool, log := pgtest.Pool(t), story(t, 300)
	old := started(t, pool, thingsProjection(1))
	feed(t, old, log.all(), 100)

	ctx, stop := context.WithCancel(t.Context())
	reads := make(chan int)
	go func() {
		n := 0
		for ; ctx.Err() == nil; n++ {
			var rows int
			if err := pool.QueryRow(ctx, `select count(id) from read.thing where name <> 'x'`).Scan(&rows); ctx.Err() == nil && (err != nil || rows == 0) {
				t.Errorf("a read failed: %v, %d rows", err, rows)
			}
		}
		reads <- n
	}()

	newer := thingsProjection(2)
	newer.Schema = strings.Replace(newer.Schema, "create table total", "create table extra (a int); create table total", 1)
	newer.Schema = strings.Replace(newer.Schema, "count int not null", "count bigint not null", 1)
	p := started(t, pool, newer)
	feed(t, p, log.all()[:100], 10)
	if got := value[string](t, pool, `select string_agg(schema_name, ' ') from letopis.projection where serving`); got != "things_v1" {
		t.Errorf("%s serves before the new version is as far", got)
	}
	feed(t, p, log.all()[100:], 10)
	log.continued(t, 20)
	feed(t, p, log.all()[300:], 10)
	stop()
	t.Logf("%d reads meanwhile", <-reads)

	if got := value[string](t, pool, `select string_agg(schema_name, ' ') from letopis.projection where serving`); got != "things_v2" {
		t.Errorf("%s serves", got)
	}
	if value[bool](t, pool, `select to_regnamespace('things_v1') is not null`) {
		t.Error("the old schema is still there")
	}
	_ = dump(t, pool, "extra")
	err := old.Apply(t.Context(), log.all()[300:], log.all()[319].Position)
	if !errors.Is(err, postgres.ErrSuperseded) {
		t.Errorf("the old version: %v", err)
	}

	// Going back is a rebuild of the old version.
	if err := postgres.Rebuild(t.Context(), pool, thingsProjection(1), log, postgres.Config{}); err != nil {
		t.Fatal(err)
	}
	feed(t, old, log.all()[300:], 20)
	if got := value[string](t, pool, `select string_agg(schema_name, ' ') from letopis.projection where serving`); got != "things_v1_g1" {
		t.Errorf("%s serves", got)
	}
	if value[bool](t, pool, `select to_regclass('read.extra') is not null`) {
		t.Error("a view of the newer version is left")
	}
}

func TestTwoProjectionsWithATableOfTheSameName(t *testing.T) {
	t.Parallel()
	pool := pgtest.Pool(t)
	feed(t, started(t, pool, thingsProjection(1)), nil, 1)
	thief := countsProjection()
	thief.Schema += `; create table thing (a int)`
	p := started(t, pool, thief)
	if err := p.CaughtUp(t.Context()); err == nil || !strings.Contains(err.Error(), "taken by projection things") {
		t.Errorf("%v", err)
	}
}

func awaitTrue(t *testing.T, condition func() bool) {
	t.Helper()
	ticker := time.NewTicker(2 * time.Millisecond)
	defer ticker.Stop()
	for deadline := time.After(20 * time.Second); !condition(); {
		select {
		case <-deadline:
			t.Fatal("the condition did not come true")
		case <-ticker.C:
		}
	}
}
