package domain_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/letopis-crm/letopis/domain"
)

func TestWorkItem(t *testing.T) {
	t.Parallel()
	type W = domain.WorkItem
	type E = []domain.Event[W]
	client, anna, boris := domain.NewID[domain.Counterparty](), domain.NewID[domain.Employee](), domain.NewID[domain.Employee]()
	planned := domain.WorkItemWasPlanned{Counterparty: client, Responsible: anna, Author: anna, Due: "2026-03-12", Text: "Позвонить"}
	check(t, []rule[W]{
		{name: "plan", when: func(w W) (E, error) { return w.Plan(planned) }, then: E{planned}},
		{name: "plan needs all three bindings", when: func(w W) (E, error) { return w.Plan(domain.WorkItemWasPlanned{Text: "x", Due: "2026-13-01"}) }, err: invalid},
		{name: "finish", given: E{planned}, when: func(w W) (E, error) { return w.Finish(anna, "договорились") }, then: E{domain.WorkItemWasDone{"договорились"}}},
		{name: "finish needs a result", given: E{planned}, when: func(w W) (E, error) { return w.Finish(anna, " ") }, err: invalid},
		{name: "a stranger may not", given: E{planned}, when: func(w W) (E, error) { return w.Finish(boris, "x") }, err: domain.ErrWorkItemForeign},
		{name: "finish twice is already so", given: E{planned, domain.WorkItemWasDone{"a"}}, when: func(w W) (E, error) { return w.Finish(anna, "a") }},
		{name: "a done item cannot move", given: E{planned, domain.WorkItemWasDone{"a"}}, when: func(w W) (E, error) { return w.Move(anna, "2026-03-13", "x") }, err: domain.ErrWorkItemNotPlanned},
		{name: "move", given: E{planned}, when: func(w W) (E, error) { return w.Move(anna, "2026-03-13", "болеет") }, then: E{domain.WorkItemWasMoved{"2026-03-12", "2026-03-13", "болеет"}}},
		{name: "move to the same day is already so", given: E{planned}, when: func(w W) (E, error) { return w.Move(anna, "2026-03-12", "") }},
		{name: "nothing there", when: func(w W) (E, error) { return w.Cancel(anna, "x") }, err: domain.ErrNotFound},
	})
}

// Random commands never leave the declared workflow.
func TestWorkItemWorkflow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		anna := domain.NewID[domain.Employee]()
		var w domain.WorkItem
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			before := w.State
			var events []domain.Event[domain.WorkItem]
			switch rapid.IntRange(0, 4).Draw(t, "command") {
			case 0:
				events, _ = w.Plan(domain.WorkItemWasPlanned{Counterparty: domain.NewID[domain.Counterparty](), Responsible: anna, Author: anna, Due: "2026-03-12", Text: "x"})
			case 1:
				events, _ = w.Finish(anna, "x")
			case 2:
				events, _ = w.Move(anna, domain.Date("2026-03-1"+rapid.StringMatching("[0-9]").Draw(t, "day")), "x")
			case 3:
				events, _ = w.Miss(anna, "x")
			case 4:
				events, _ = w.Cancel(anna, "x")
			}
			for _, e := range events {
				e.Apply(&w)
			}
			if len(events) > 0 && !domain.WorkItemTransitions.Allows(before, w.State) {
				t.Fatalf("illegal step %q -> %q", before, w.State)
			}
		}
	})
}
