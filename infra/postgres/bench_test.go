package postgres_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/postgres/pgtest"
	"github.com/letopis-crm/letopis/projections"
)

// The benchmarks apply one batch per round; events/s is what counts. Every event carries metadata as a real one does.
func BenchmarkProjector(b *testing.B) {
	keyed := projections.Projection{Name: "keyed", Version: 1, Schema: thingsSQL, Handlers: []projections.Handler{
		projections.On(func(b *projections.Batch, e projections.Envelope[thingNamed]) {
			row := thingTable.Row(b, e.Key())
			row.Name, row.Seen = e.Event.Name, e.At()
		}),
	}}
	appended := projections.Projection{Name: "appended", Version: 1, Schema: thingsSQL, Handlers: []projections.Handler{
		projections.On(func(b *projections.Batch, e projections.Envelope[thingNamed]) {
			body, _ := json.Marshal(e.Event)
			noteLog.Add(b, noteRow{Position: e.Position, Thing: thingID(e.ID), Type: "named", At: e.Meta.OccurredAt, Body: body})
		}),
	}}
	nothing := projections.Projection{Name: "nothing", Version: 1, Schema: thingsSQL}
	for _, c := range []struct {
		name   string
		p      projections.Projection
		things int // how many aggregates the events are about; 0: one each
	}{{"keyed_new_rows", keyed, 0}, {"keyed_of_5000", keyed, 5000}, {"append_only", appended, 0}, {"mixed", thingsProjection(1), 5000}, {"of_no_interest", nothing, 0}} {
		for _, size := range []int{1, 500} {
			b.Run(fmt.Sprintf("%s/batch=%d", c.name, size), func(b *testing.B) {
				p := started(b, pgtest.Pool(b), c.p)
				log := &memoryLog{}
				ids := make([]thingID, max(c.things, 1))
				for i := range ids {
					ids[i] = domain.NewID[testThing]()
				}
				batch := make([]domain.Recorded, size)
				for i := range batch {
					batch[i] = log.add(b, domain.NewID[testThing](), thingNamed{Name: "Общество с ограниченной ответственностью «Ромашка»"})
				}
				n, position := 0, uint64(1000)
				for b.Loop() {
					for i := range batch {
						id := domain.NewID[testThing]()
						if c.things > 0 {
							id = ids[(n*7919)%c.things]
						}
						n++
						position += 10
						batch[i].Stream, batch[i].Position = things.Stream(id), position
					}
					if err := p.Apply(b.Context(), batch, position); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
			})
		}
	}
}
