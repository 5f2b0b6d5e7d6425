package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/bus"
	"github.com/letopis-crm/letopis/infra/postgres"
	"github.com/letopis-crm/letopis/infra/postgres/pgtest"
)

// Follow implements bus.Source.
func (l *memoryLog) Follow(ctx context.Context, after *uint64, handle func(domain.Recorded) error, caughtUp func(), _ func(uint64)) error {
	position := int64(-1)
	if after != nil {
		position = int64(*after)
	}
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	for said := false; ; {
		for _, e := range l.after(position) {
			if err := handle(e); err != nil {
				return err
			}
			position, said = int64(e.Position), false
		}
		if !said {
			caughtUp()
			said = true
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

func handlerOf(p *postgres.Projector) bus.Handler {
	return bus.Handler{Name: p.Name(), Start: p.Start, Apply: p.Apply, CaughtUp: p.CaughtUp, Failed: func(ctx context.Context, err error) bus.Verdict {
		if p.Settle(ctx, err) {
			return bus.Restart
		}
		return bus.Retry
	}}
}

// The whole way as the program wires it, with everything that may happen on it.
func TestFromTheLogThroughTheBus(t *testing.T) {
	t.Parallel()
	pool, log := pgtest.Pool(t), story(t, 300)
	hub := startHub(t, pool)
	p, other := newProjector(t, pool, thingsProjection(1)), newProjector(t, pool, countsProjection())
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() {
		done <- bus.Run(ctx, log, []bus.Handler{handlerOf(p), handlerOf(other)}, bus.Config{Logger: testLogger(t), MinPause: time.Millisecond, MaxPause: 20 * time.Millisecond})
	}()
	defer func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	arrive := func(names ...string) {
		t.Helper()
		all := log.all()
		if err := hub.WaitFor(within(t, 20*time.Second), all[len(all)-1].Position, names...); err != nil {
			t.Fatal(err)
		}
	}
	arrive("things", "counts")

	poison := log.add(t, domain.NewID[testThing](), thingNamed{Name: "forbidden"})
	log.continued(t, 50)
	arrive("counts")
	awaitTrue(t, func() bool { return p.Skip(t.Context(), poison.Position, "operator", "test") == nil })
	arrive("things")

	log.continued(t, 50)
	if n := value[int](t, pool, `select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`); n < 2 {
		t.Fatal("nobody was connected")
	}
	log.continued(t, 50)
	arrive("things", "counts")

	if err := postgres.Rebuild(t.Context(), pool, thingsProjection(1), log, postgres.Config{}); err != nil {
		t.Fatal(err)
	}
	log.continued(t, 50)
	arrive("things", "counts")
	for _, projection := range []int{0, 1} {
		verified := countsProjection()
		if projection == 0 {
			verified = thingsProjection(1)
		}
		report, err := postgres.Verify(t.Context(), pool, verified, log)
		if err != nil || !report.OK() {
			t.Errorf("%+v %v", report, err)
		}
	}
}
