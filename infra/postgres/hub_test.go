package postgres_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/letopis-crm/letopis/infra/postgres"
	"github.com/letopis-crm/letopis/infra/postgres/pgtest"
)

func startHub(t *testing.T, pool *pgxpool.Pool) *postgres.Hub {
	t.Helper()
	h := postgres.NewHub(pool, testLogger(t))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { _ = h.Run(ctx); close(done) }()
	t.Cleanup(func() { cancel(); <-done })
	return h
}

func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func TestWaitForAPosition(t *testing.T) {
	t.Parallel()
	pool, log := pgtest.Pool(t), story(t, 40)
	h := startHub(t, pool)
	p, other := started(t, pool, thingsProjection(1)), started(t, pool, countsProjection())
	feed(t, p, log.all()[:10], 10)
	feed(t, other, log.all()[:20], 10)

	if err := h.WaitFor(within(t, 10*time.Second), log.all()[9].Position, "things", "counts"); err != nil {
		t.Error(err)
	}
	if err := h.WaitFor(within(t, 30*time.Millisecond), log.all()[19].Position, "things", "counts"); !errors.Is(err, postgres.ErrNotYet) {
		t.Errorf("%v", err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := h.WaitFor(cancelled, log.all()[19].Position, "things"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}

	waited := make(chan error)
	go func() { waited <- h.WaitFor(within(t, 10*time.Second), log.all()[19].Position, "things", "counts") }()
	feed(t, p, log.all()[10:20], 10)
	if err := <-waited; err != nil {
		t.Error(err)
	}
}

func TestALostNotificationCostsLittle(t *testing.T) {
	t.Parallel()
	pool, log := pgtest.Pool(t), story(t, 40)
	h := startHub(t, pool)
	feed(t, started(t, pool, thingsProjection(1)), log.all(), 40)
	if err := h.WaitFor(within(t, 10*time.Second), log.all()[39].Position, "things"); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), `update letopis.projection set position = position + 1000`); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := h.WaitFor(within(t, 10*time.Second), log.all()[39].Position+1000, "things"); err != nil {
		t.Fatal(err)
	}
	t.Logf("noticed after %v", time.Since(began))
}

func TestHubSurvivesItsConnection(t *testing.T) {
	t.Parallel()
	pool, log := pgtest.Pool(t), story(t, 40)
	h := startHub(t, pool)
	p := started(t, pool, thingsProjection(1))
	feed(t, p, log.all()[:10], 10)
	if err := h.WaitFor(within(t, 10*time.Second), log.all()[9].Position, "things"); err != nil {
		t.Fatal(err)
	}
	changes, cancel := h.Subscribe()
	defer cancel()
	if n := value[int](t, pool, `select count(pg_terminate_backend(pid)) from pg_stat_activity where query = 'listen letopis' or query like '%where serving and status%' and pid <> pg_backend_pid()`); n == 0 {
		t.Fatal("nobody listens")
	}
	for c := range changes {
		if c.Lost {
			break
		}
	}
	feed(t, p, log.all()[10:20], 10)
	for c := range changes {
		if c.Position == log.all()[19].Position {
			break
		}
	}
}

func TestSubscribersAreToldWhatChanged(t *testing.T) {
	t.Parallel()
	pool, log := pgtest.Pool(t), story(t, 40)
	h := startHub(t, pool)
	p := started(t, pool, thingsProjection(1))
	feed(t, p, log.all()[:10], 10)
	if err := h.WaitFor(within(t, 10*time.Second), log.all()[9].Position, "things"); err != nil {
		t.Fatal(err)
	}
	changes, cancel := h.Subscribe()
	id := log.all()[11].Stream[len("test_thing-"):]
	feed(t, p, log.all()[10:12], 10)
	for c := range changes {
		if c.Position != log.all()[11].Position {
			continue
		}
		if c.Projection != "things" || !slices.Contains(c.Keys, "thing/"+id) {
			t.Errorf("%+v", c)
		}
		break
	}
	cancel()
	for range changes { // it must be closed
	}
}

// pingPosition counts up below the positions that the test is about.
var pingPosition atomic.Int64

func TestASlowSubscriberIsTold(t *testing.T) {
	t.Parallel()
	pool := pgtest.Pool(t)
	h := startHub(t, pool)
	p := started(t, pool, thingsProjection(1))
	feed(t, p, nil, 1)
	slow, cancel := h.Subscribe()
	defer cancel()
	for heard := false; !heard; { // what came before the hub listened is not its business
		if err := p.Apply(t.Context(), nil, uint64(pingPosition.Add(1))); err != nil {
			t.Fatal(err)
		}
		select {
		case <-slow:
			heard = true
		case <-time.After(10 * time.Millisecond):
		}
	}
	const many = 600
	for i := range uint64(many) {
		if err := p.Apply(t.Context(), nil, 1_000_000+i); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.WaitFor(within(t, 10*time.Second), 1_000_000+many-1, "things"); err != nil {
		t.Fatal(err)
	}
	lost := 0
	for c := range slow {
		if c.Lost {
			lost++
		}
		if c.Position == 1_000_000+many-1 {
			break
		}
	}
	if lost == 0 {
		t.Error("not told that changes were dropped")
	}
}

func TestNotificationsFit(t *testing.T) {
	t.Parallel()
	keys := func(n int, pattern string) (all []string) {
		for i := range n {
			all = append(all, fmt.Sprintf(pattern, i))
		}
		return all
	}
	for _, c := range []struct {
		keys []string
		want string
	}{
		{keys(2, "thing/%d"), `["thing/0","thing/1"]`},
		{keys(5000, "thing/%d"), `["thing/*"]`},
		{keys(5000, "thing%d/1"), `["*"]`},
		{keys(1000, "\x01\x02%d"), `["*"]`},
	} {
		payload := postgres.Notification("things", 7, c.keys)
		if len(payload) >= 8000 || !strings.Contains(payload, c.want) || !json.Valid([]byte(payload)) {
			t.Errorf("%d bytes: %.80s, want %s", len(payload), payload, c.want)
		}
	}
}
