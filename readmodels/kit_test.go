package readmodels_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/commands/storetest"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/postgres"
	"github.com/letopis-crm/letopis/infra/postgres/pgtest"
	"github.com/letopis-crm/letopis/projections"
	"github.com/letopis-crm/letopis/readmodels"
)

// kit runs the whole way in one test: commands on a store in memory, their events through the real projector into a real
// Postgres, queries on it. Its clock moves only when the test moves it.
type kit struct {
	*readmodels.Queries
	t        *testing.T
	store    *storetest.Store
	executor *commands.Executor
	clock    time.Time
	projects []*postgres.Projector
	fed      map[string]uint64
	actor    domain.EmployeeID
}

// newKit fills the named projections, all when none is named. The clock stands at a working Tuesday, 10:00 in Moscow.
func newKit(t *testing.T, names ...string) *kit {
	t.Helper()
	pool := pgtest.Pool(t)
	k := &kit{Queries: &readmodels.Queries{DB: pool}, t: t, store: storetest.New(), fed: map[string]uint64{},
		clock: time.Date(2026, 3, 10, 7, 0, 0, 0, time.UTC), actor: domain.NewID[domain.Employee]()}
	k.executor = commands.NewExecutor(k.store, func() time.Time { return k.clock })
	for _, p := range projections.All {
		if len(names) > 0 && !slices.Contains(names, p.Name) {
			continue
		}
		projector := postgres.NewProjector(pool, p, postgres.Config{})
		if _, err := projector.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(projector.Close)
		k.projects = append(k.projects, projector)
	}
	k.project(0)
	return k
}

// project brings the read models to the end of the log, in batches of the given size; 0 is everything at once.
func (k *kit) project(batch int) {
	k.t.Helper()
	all := k.store.All()
	for _, p := range k.projects {
		events := slices.DeleteFunc(slices.Clone(all), func(r domain.Recorded) bool { return r.Position <= k.fed[p.Name()] })
		if batch <= 0 {
			batch = max(len(events), 1)
		}
		for chunk := range slices.Chunk(events, batch) {
			upTo := chunk[len(chunk)-1].Position
			if err := p.Apply(k.t.Context(), chunk, upTo); err != nil {
				k.t.Fatal(err)
			}
			k.fed[p.Name()] = upTo
		}
		if err := p.CaughtUp(k.t.Context()); err != nil {
			k.t.Fatal(err)
		}
	}
}

// later moves the clock.
func (k *kit) later(d time.Duration) { k.clock = k.clock.Add(d) }

// do gives a command as the kit's actor; a refusal fails the test.
func do[S any, C domain.Command[S]](k *kit, category *domain.Category[S], id domain.ID[S], command C) commands.Receipt {
	k.t.Helper()
	return doAs(k, k.actor, category, id, command)
}

// doAs gives a command as the given employee.
func doAs[S any, C domain.Command[S]](k *kit, actor domain.EmployeeID, category *domain.Category[S], id domain.ID[S], command C) commands.Receipt {
	k.t.Helper()
	receipt, err := try(k, actor, category, id, command)
	if err != nil {
		k.t.Fatalf("%T: %v", command, err)
	}
	return receipt
}

// try gives a command and returns what came of it.
func try[S any, C domain.Command[S]](k *kit, actor domain.EmployeeID, category *domain.Category[S], id domain.ID[S], command C) (commands.Receipt, error) {
	return commands.Execute(context.Background(), k.executor, category, id, command,
		commands.Request{CommandID: uuid.Must(uuid.NewV7()), Actor: actor, Source: domain.SourceAPI})
}
