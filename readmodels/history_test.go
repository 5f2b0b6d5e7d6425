package readmodels_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/wording"
	"github.com/letopis-crm/letopis/readmodels"
)

var inRussian = readmodels.Reader{Lang: wording.Russian, Zone: time.UTC}

// A client's history holds every event about it, in order, page by page, in both languages and as of any instant.
func TestHistory(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	client, other := domain.NewID[domain.Counterparty](), domain.NewID[domain.Counterparty]()
	plan := func(c domain.CounterpartyID, text string) domain.WorkItemID {
		id := domain.NewID[domain.WorkItem]()
		do(k, domain.WorkItems, id, commands.PlanWorkItem{Counterparty: c, Responsible: k.actor, Due: "2026-03-20", Text: text})
		return id
	}
	first := plan(client, "Согласовать скидки по договору")
	plan(other, "Чужое дело")
	k.later(time.Hour)
	middle := k.clock
	k.later(time.Hour)
	do(k, domain.WorkItems, first, commands.FinishWorkItem{Result: "скидка согласована"})
	for range 7 {
		k.later(time.Minute)
		plan(client, "Позвонить")
	}
	k.project(3)

	ask := func(f readmodels.HistoryFilter) []readmodels.HistoryItem {
		t.Helper()
		var all []readmodels.HistoryItem
		for {
			page, err := k.History(t.Context(), client.UUID(), f, inRussian)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, page.Items...)
			if f.Cursor = page.Next; f.Cursor == "" {
				return all
			}
		}
	}
	all := ask(readmodels.HistoryFilter{PageRequest: readmodels.PageRequest{Limit: 2}})
	var positions, want []int64
	for _, item := range all {
		positions = append(positions, item.Position)
	}
	for _, r := range slices.Backward(k.store.All()) {
		if meta, err := r.Meta(); err == nil && slices.Contains(meta.Subjects, client) {
			want = append(want, int64(r.Position))
		}
	}
	if !slices.Equal(positions, want) {
		t.Errorf("history has positions %v, the log %v", positions, want)
	}
	if got := all[len(all)-1].Headline; got != "Запланирована работа на 20.03.2026: Согласовать скидки по договору" {
		t.Errorf("headline %q", got)
	}
	if n := len(ask(readmodels.HistoryFilter{AsOf: middle})); n != 1 {
		t.Errorf("as of the middle there are %d events, want 1", n)
	}
	if n := len(ask(readmodels.HistoryFilter{Text: "скидка"})); n != 2 {
		t.Errorf("the words are found in %d events, want 2", n)
	}
	if n := len(ask(readmodels.HistoryFilter{Types: []string{"work_item.done"}, Person: k.actor.UUID()})); n != 1 {
		t.Errorf("by type and person: %d, want 1", n)
	}
	if n := len(ask(readmodels.HistoryFilter{Person: uuid.New()})); n != 0 {
		t.Errorf("of a stranger: %d, want 0", n)
	}
	page, err := k.Events(t.Context(), readmodels.EventFilter{IDs: []string{all[0].EventID.String()}}, inRussian)
	if err != nil || len(page.Items) != 1 || page.Items[0].Position != all[0].Position {
		t.Errorf("by event id: %+v, %v", page, err)
	}
}
