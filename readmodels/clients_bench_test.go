package readmodels_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/commands/storetest"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/postgres"
	"github.com/letopis-crm/letopis/infra/postgres/pgtest"
	"github.com/letopis-crm/letopis/projections"
)

// BenchmarkClientsCatchUp fills the register from an import of which a third is imported again with changes.
func BenchmarkClientsCatchUp(b *testing.B) {
	const clients = 15_000
	now := time.Date(2026, 3, 10, 7, 0, 0, 0, time.UTC)
	store := storetest.New()
	x := commands.NewExecutor(store, func() time.Time { return now })
	take := func(i int, region string) {
		_, err := commands.Import(b.Context(), x, commands.ImportCounterparty{Source: "1c", ExternalID: fmt.Sprint(i), Roles: []domain.CounterpartyRole{domain.RoleCustomer},
			Record: domain.CounterpartyRecord{Kind: domain.KindOrganisation, LegalName: fmt.Sprintf("ООО «Ромашка %d»", i), Region: region, LegalAddress: "г. Екатеринбург, ул. Ленина, 1",
				ContactDetails: domain.ContactDetails{Phones: []domain.Phone{{Raw: fmt.Sprintf("+7 900 %07d", i)}}, Emails: []domain.Email{{Address: fmt.Sprintf("c%d@example.com", i)}}}},
		}, commands.NewRequest(domain.SystemActor, domain.SourceImport))
		if err != nil {
			b.Fatal(err)
		}
	}
	for i := range clients {
		take(i, "Урал")
	}
	for i := range clients / 3 {
		take(i, "Сибирь")
	}
	events := store.All()
	for b.Loop() {
		b.StopTimer()
		projector := postgres.NewProjector(pgtest.Pool(b), projections.Clients, postgres.Config{})
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
		applied := time.Since(start)
		if err := projector.CaughtUp(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(events))/applied.Seconds(), "events/s")
		b.ReportMetric(float64(len(events))/time.Since(start).Seconds(), "events/s-with-indexes")
		projector.Close()
	}
}
