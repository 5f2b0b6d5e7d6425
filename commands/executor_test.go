package commands_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/commands/storetest"
	"github.com/letopis-crm/letopis/domain"
)

var noon = time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)

func executor(store commands.Store, wrap ...commands.Middleware) *commands.Executor {
	return commands.NewExecutor(store, func() time.Time { return noon }, wrap...)
}

func plan(actor domain.EmployeeID) commands.PlanWorkItem {
	return commands.PlanWorkItem{Counterparty: domain.DerivedID[domain.Counterparty]("c"), Responsible: actor, Due: "2026-03-12", Text: "Позвонить"}
}

// A command id is worth one effect: at once, after the cache is gone, and from another process.
func TestARepeatedCommandAnswersItsReceipt(t *testing.T) {
	t.Parallel()
	store, anna, id := storetest.New(), domain.NewID[domain.Employee](), domain.NewID[domain.WorkItem]()
	x := executor(store)
	request := commands.NewRequest(anna, domain.SourceAPI)
	first, err := commands.Execute(t.Context(), x, domain.WorkItems, id, plan(anna), request)
	if err != nil || first.Events != 1 {
		t.Fatalf("%+v %v", first, err)
	}
	if _, err := commands.Execute(t.Context(), x, domain.WorkItems, id, commands.MoveWorkItem{Due: "2026-03-13", Reason: "занят"}, commands.NewRequest(anna, domain.SourceAPI)); err != nil {
		t.Fatal(err)
	}
	for name, again := range map[string]*commands.Executor{"same process": x, "another process": executor(store)} {
		receipt, err := commands.Execute(t.Context(), again, domain.WorkItems, id, plan(anna), request)
		if err != nil || receipt != first {
			t.Errorf("%s: got %+v %v, want %+v", name, receipt, err, first)
		}
	}
	if n := len(store.All()); n != 2 {
		t.Errorf("%d events in the log, want 2", n)
	}
	other := plan(anna)
	other.Text = "Написать"
	if _, err := commands.Execute(t.Context(), x, domain.WorkItems, id, other, request); !errors.Is(err, commands.ErrCommandReused) {
		t.Errorf("another command under the same id: %v", err)
	}
}

// Nobody is refused on the word of a stale cache.
func TestAStaleCacheIsHarmless(t *testing.T) {
	t.Parallel()
	store, anna, id := storetest.New(), domain.NewID[domain.Employee](), domain.NewID[domain.WorkItem]()
	here, there := executor(store), executor(store)
	give := func(x *commands.Executor, c domain.Command[domain.WorkItem]) error {
		_, err := commands.Execute(t.Context(), x, domain.WorkItems, id, c, commands.NewRequest(anna, domain.SourceAPI))
		return err
	}
	for _, step := range []struct {
		x *commands.Executor
		c domain.Command[domain.WorkItem]
	}{
		{here, wrapped{plan(anna)}}, {there, wrapped{commands.FinishWorkItem{By: commands.By{Actor: anna}, Result: "готово"}}},
	} {
		if err := give(step.x, step.c); err != nil {
			t.Fatal(err)
		}
	}
	err := give(here, wrapped{commands.MoveWorkItem{By: commands.By{Actor: anna}, Due: "2026-03-14", Reason: "x"}})
	if !errors.Is(err, domain.ErrWorkItemNotPlanned) {
		t.Errorf("decided on a stale state: %v", err)
	}
}

// wrapped lets a test hold commands of different types; it names the actor itself.
type wrapped struct {
	domain.Command[domain.WorkItem]
}

func TestIfMatch(t *testing.T) {
	t.Parallel()
	store, anna, id := storetest.New(), domain.NewID[domain.Employee](), domain.NewID[domain.WorkItem]()
	x, none, zero := executor(store), int64(-1), int64(0)
	request := commands.NewRequest(anna, domain.SourceAPI)
	request.IfMatch = &zero
	if _, err := commands.Execute(t.Context(), x, domain.WorkItems, id, plan(anna), request); !errors.Is(err, commands.ErrRevisionMismatch) {
		t.Fatalf("a wrong revision was taken: %v", err)
	}
	request.IfMatch = &none
	if _, err := commands.Execute(t.Context(), x, domain.WorkItems, id, plan(anna), request); err != nil {
		t.Fatal(err)
	}
}

func TestOccurredAt(t *testing.T) {
	t.Parallel()
	anna := domain.NewID[domain.Employee]()
	for name, c := range map[string]struct {
		at     time.Time
		reason string
		field  string
	}{
		"now":                         {},
		"an hour ago":                 {at: noon.Add(-time.Hour)},
		"tomorrow":                    {at: noon.Add(24 * time.Hour), field: "occurred_at"},
		"two days ago":                {at: noon.Add(-48 * time.Hour), field: "reason"},
		"two days ago, with a reason": {at: noon.Add(-48 * time.Hour), reason: "был в поездке"},
	} {
		request := commands.NewRequest(anna, domain.SourceAPI)
		request.OccurredAt, request.Reason = c.at, c.reason
		_, err := commands.Execute(t.Context(), executor(storetest.New()), domain.WorkItems, domain.NewID[domain.WorkItem](), plan(anna), request)
		refusal, _ := domain.IsRefusal(err)
		switch {
		case c.field == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.field != "" && (refusal == nil || refusal.Fields[0].Field != c.field):
			t.Errorf("%s: got %v, want a refusal of %s", name, err, c.field)
		}
	}
}

// Sixteen writers of one record: every acknowledged move is there, once.
func TestConcurrentCommandsLoseNothing(t *testing.T) {
	t.Parallel()
	store, anna, id := storetest.New(), domain.NewID[domain.Employee](), domain.NewID[domain.WorkItem]()
	x := executor(store)
	if _, err := commands.Execute(t.Context(), x, domain.WorkItems, id, plan(anna), commands.NewRequest(anna, domain.SourceAPI)); err != nil {
		t.Fatal(err)
	}
	var acknowledged sync.Map
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			request := commands.NewRequest(anna, domain.SourceAPI)
			move := commands.MoveWorkItem{Due: domain.Date("2026-04-01").AddDays(i), Reason: "x"}
			receipt, err := commands.Execute(context.Background(), x, domain.WorkItems, id, move, request)
			if err == nil && receipt.Events == 1 {
				acknowledged.Store(request.CommandID, receipt.Revision)
			} else if !errors.Is(err, commands.ErrBusy) {
				t.Errorf("%v", err)
			}
		})
	}
	group.Wait()
	found := map[uuid.UUID]int64{}
	for _, r := range store.All() {
		meta, err := r.Meta()
		if err != nil {
			t.Fatal(err)
		}
		if _, twice := found[meta.CommandID]; twice {
			t.Errorf("command %s has two events", meta.CommandID)
		}
		found[meta.CommandID] = int64(r.Revision)
		if len(meta.Subjects) != 1 || len(meta.Salt) != 16 {
			t.Errorf("metadata lack subjects or salt: %+v", meta)
		}
	}
	acknowledged.Range(func(id, revision any) bool {
		if found[id.(uuid.UUID)] != revision.(int64) {
			t.Errorf("acknowledged command %s is at %d, not at %d", id, found[id.(uuid.UUID)], revision)
		}
		return true
	})
}

// A dry run decides like the real one and writes nothing.
func TestDryRun(t *testing.T) {
	t.Parallel()
	store, anna, id := storetest.New(), domain.NewID[domain.Employee](), domain.NewID[domain.WorkItem]()
	x := executor(commands.NewDryRun(store))
	for _, c := range []domain.Command[domain.WorkItem]{plan(anna), commands.MoveWorkItem{By: commands.By{Actor: anna}, Due: "2026-05-01", Reason: "x"}} {
		if _, err := commands.Execute(t.Context(), x, domain.WorkItems, id, wrapped{c}, commands.NewRequest(anna, domain.SourceAPI)); err != nil {
			t.Fatal(err)
		}
	}
	if len(store.All()) != 0 {
		t.Error("a dry run wrote")
	}
}

// The trail says of each event what it changed, and the past is the past.
func TestTrail(t *testing.T) {
	t.Parallel()
	store, anna, id, clock := storetest.New(), domain.NewID[domain.Employee](), domain.NewID[domain.WorkItem](), noon
	x := commands.NewExecutor(store, func() time.Time { return clock })
	if _, err := commands.Execute(t.Context(), x, domain.WorkItems, id, plan(anna), commands.NewRequest(anna, domain.SourceAPI)); err != nil {
		t.Fatal(err)
	}
	clock = clock.Add(time.Hour)
	if _, err := commands.Execute(t.Context(), x, domain.WorkItems, id, commands.MoveWorkItem{Due: "2026-03-20", Reason: "x"}, commands.NewRequest(anna, domain.SourceAPI)); err != nil {
		t.Fatal(err)
	}
	_, steps, err := commands.Trail(t.Context(), x, "work_item", id.UUID(), time.Time{})
	if err != nil || len(steps) != 2 {
		t.Fatalf("%d steps, %v", len(steps), err)
	}
	want := domain.Difference{Field: "due", Before: "2026-03-12", After: "2026-03-20"}
	if steps[1].Changes[0] != want {
		t.Errorf("got %+v, want %+v", steps[1].Changes, want)
	}
	past, _, err := commands.Trail(t.Context(), x, "work_item", id.UUID(), noon.Add(time.Minute))
	if err != nil || past.State.(domain.WorkItem).Due != "2026-03-12" {
		t.Errorf("the past is %+v, %v", past, err)
	}
	if _, _, err := commands.Trail(t.Context(), x, "work_item", uuid.New(), time.Time{}); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("an unknown record: %v", err)
	}
}
