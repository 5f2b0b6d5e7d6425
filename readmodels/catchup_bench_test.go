package readmodels_test

import (
	"slices"
	"testing"
	"time"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/commands/demo"
	"github.com/letopis-crm/letopis/commands/storetest"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/postgres"
	"github.com/letopis-crm/letopis/infra/postgres/pgtest"
	"github.com/letopis-crm/letopis/projections"
)

// companyEvents is the life of a company of some size, in the order of the log.
func companyEvents(b *testing.B, n int) []domain.Recorded {
	b.Helper()
	store, clock := storetest.New(), &demo.Clock{}
	x := commands.NewExecutor(store, clock.Now)
	if err := demo.Load(b.Context(), x, clock, time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC), n, 1); err != nil {
		b.Fatal(err)
	}
	return store.All()
}

// Each projection fills from an empty database, in batches as in catch-up.
func BenchmarkCatchUp(b *testing.B) {
	events := companyEvents(b, 50_000)
	for _, p := range projections.All {
		b.Run(p.Name, func(b *testing.B) {
			types, relevant := p.Types(), 0
			for _, e := range events {
				if types == nil || types[e.Type] {
					relevant++
				}
			}
			var took, filled time.Duration
			for b.Loop() {
				b.StopTimer()
				projector := postgres.NewProjector(pgtest.Pool(b), p, postgres.Config{})
				if _, err := projector.Start(b.Context()); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				start := time.Now()
				for batch := range slices.Chunk(events, 1000) {
					if err := projector.Apply(b.Context(), batch, batch[len(batch)-1].Position); err != nil {
						b.Fatal(err)
					}
				}
				filled += time.Since(start)
				if err := projector.CaughtUp(b.Context()); err != nil {
					b.Fatal(err)
				}
				took += time.Since(start)
				b.StopTimer()
				projector.Close()
				b.StartTimer()
			}
			seconds := took.Seconds()
			b.ReportMetric(float64(b.N*len(events))/filled.Seconds(), "events/s")
			b.ReportMetric(float64(b.N*len(events))/seconds, "events/s-with-indexes")
			b.ReportMetric(float64(b.N*relevant)/filled.Seconds(), "handled/s")
		})
	}
}
