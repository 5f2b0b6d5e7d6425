package readmodels_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/wording"
	"github.com/letopis-crm/letopis/infra/postgres"
	"github.com/letopis-crm/letopis/infra/postgres/pgtest"
	"github.com/letopis-crm/letopis/projections"
	"github.com/letopis-crm/letopis/readmodels"
)

// historyEvents is how many events the history holds in the benchmark; LETOPIS_BENCH_EVENTS changes it.
func historyEvents() int {
	if n, err := strconv.Atoi(os.Getenv("LETOPIS_BENCH_EVENTS")); err == nil && n > 0 {
		return n
	}
	return 1_000_000
}

var sayings = []string{"обсудили скидку на продление договора", "просят ускорить поставку запасных частей", "касса не печатает чек",
	"договорились о выезде инженера в четверг", "отправлено коммерческое предложение", "клиент недоволен сроком ответа"}

// plannedWork is one event about one of the clients; client 0 has a tenth of all.
func plannedWork(i int, clients []domain.CounterpartyID) domain.Recorded {
	client := clients[0]
	if i%10 != 0 {
		client = clients[rand.IntN(len(clients))]
	}
	at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(i) * time.Minute)
	employee := domain.DerivedID[domain.Employee](strconv.Itoa(i % 90))
	data, err := json.Marshal(domain.WorkItemWasPlanned{Counterparty: client, Responsible: employee, Author: employee, Due: domain.DateOf(at, time.UTC),
		Text: fmt.Sprintf("%s, обращение %d", sayings[i%len(sayings)], i)})
	if err != nil {
		panic(err)
	}
	meta, err := json.Marshal(domain.Metadata{CommandID: uuid.New(), SchemaVersion: 1, Actor: employee, Source: domain.SourceAPI, OccurredAt: at, RecordedAt: at,
		Subjects: []domain.CounterpartyID{client}, Participants: []domain.EmployeeID{employee}})
	if err != nil {
		panic(err)
	}
	return domain.Recorded{ID: uuid.New(), Stream: domain.WorkItems.Stream(domain.NewID[domain.WorkItem]()), Position: uint64(i+1) * 100, Type: "work_item.planned",
		Created: at, Data: data, Metadata: meta}
}

// A page of a client's history with a million events stored: the first page, a page deep inside, and a search for words,
// of the client with a tenth of all events and of ordinary ones. The limit is measured in the same run: the time of an
// empty query to the same server.
func BenchmarkHistoryPage(b *testing.B) {
	pool := pgtest.Pool(b)
	queries := &readmodels.Queries{DB: pool}
	clients := make([]domain.CounterpartyID, 5000)
	for i := range clients {
		clients[i] = domain.NewID[domain.Counterparty]()
	}
	var names []projections.Projection
	for _, p := range projections.All {
		if p.Name == "history" || p.Name == "clients" || p.Name == "employees" || p.Name == "contact_persons" {
			names = append(names, p)
		}
	}
	started := time.Now()
	for _, p := range names {
		projector := postgres.NewProjector(pool, p, postgres.Config{})
		if _, err := projector.Start(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.Cleanup(projector.Close)
		if p.Name == "history" {
			for i := 0; i < historyEvents(); i += 1000 {
				batch := make([]domain.Recorded, 1000)
				for j := range batch {
					batch[j] = plannedWork(i+j, clients)
				}
				if err := projector.Apply(b.Context(), batch, batch[len(batch)-1].Position); err != nil {
					b.Fatal(err)
				}
			}
		}
		if err := projector.CaughtUp(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.Logf("filled %d events in %s", historyEvents(), time.Since(started).Round(time.Second))
	if _, err := pool.Exec(b.Context(), `analyze`); err != nil {
		b.Fatal(err)
	}
	reader := readmodels.Reader{Lang: wording.Russian, Zone: time.UTC}
	deep, err := queries.History(b.Context(), clients[0].UUID(), readmodels.HistoryFilter{PageRequest: readmodels.PageRequest{Limit: 500}}, reader)
	if err != nil {
		b.Fatal(err)
	}
	for name, ask := range map[string]func() (uuid.UUID, readmodels.HistoryFilter){
		"first page, great client": func() (uuid.UUID, readmodels.HistoryFilter) { return clients[0].UUID(), readmodels.HistoryFilter{} },
		"deep page, great client": func() (uuid.UUID, readmodels.HistoryFilter) {
			return clients[0].UUID(), readmodels.HistoryFilter{PageRequest: readmodels.PageRequest{Cursor: deep.Next}}
		},
		"first page, any client": func() (uuid.UUID, readmodels.HistoryFilter) {
			return clients[rand.IntN(len(clients))].UUID(), readmodels.HistoryFilter{}
		},
		"words, great client": func() (uuid.UUID, readmodels.HistoryFilter) {
			return clients[0].UUID(), readmodels.HistoryFilter{Text: "скидка договор"}
		},
	} {
		b.Run(name, func(b *testing.B) {
			var took, floor []time.Duration
			for b.Loop() {
				id, filter := ask()
				start := time.Now()
				found, err := queries.History(b.Context(), id, filter, reader)
				took = append(took, time.Since(start))
				if err != nil || len(found.Items) == 0 {
					b.Fatalf("%d items, %v", len(found.Items), err)
				}
				start = time.Now()
				if _, err := pool.Exec(b.Context(), `select`); err != nil {
					b.Fatal(err)
				}
				floor = append(floor, time.Since(start))
			}
			b.ReportMetric(float64(percentile(took, 50).Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(percentile(took, 95).Microseconds())/1000, "p95-ms")
			b.ReportMetric(float64(percentile(took, 50))/float64(max(percentile(floor, 50), 1)), "x-empty-query")
		})
	}
}

func percentile(list []time.Duration, p int) time.Duration {
	slices.Sort(list)
	return list[min(len(list)-1, len(list)*p/100)]
}
