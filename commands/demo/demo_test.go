package demo_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/commands/demo"
	"github.com/letopis-crm/letopis/commands/policies"
	"github.com/letopis-crm/letopis/commands/storetest"
	"github.com/letopis-crm/letopis/domain"
)

// until is a Thursday afternoon.
var until = time.Date(2026, 6, 25, 12, 40, 0, 0, time.UTC)

func tell(t *testing.T, store commands.Store, until time.Time) (demo.Company, error) {
	t.Helper()
	clock := &demo.Clock{}
	return demo.Tiny(t.Context(), commands.NewExecutor(store, clock.Now), clock, until, nil)
}

// told is one story that tests may read together.
func told(t *testing.T) (*storetest.Store, demo.Company) {
	t.Helper()
	s := once()
	if s.err != nil {
		t.Fatal(s.err)
	}
	return s.store, s.company
}

type story struct {
	store   *storetest.Store
	company demo.Company
	err     error
}

var once = sync.OnceValue(func() story {
	s, clock := story{store: storetest.New()}, &demo.Clock{}
	s.company, s.err = demo.Tiny(context.Background(), commands.NewExecutor(s.store, clock.Now), clock, until, nil)
	return s
})

func TestTinyTellsTheSameStoryTwice(t *testing.T) {
	t.Parallel()
	first, company := told(t)
	second := storetest.New()
	if _, err := tell(t, second, until); err != nil {
		t.Fatal(err)
	}
	same(t, first.All(), second.All())
	if n := len(first.All()); n < 3000 || n > 6000 {
		t.Errorf("%d events, wanted 3,000 to 6,000", n)
	}
	if company.Clients < 110 || len(company.Employees) < 28 {
		t.Errorf("%d clients, %d employees", company.Clients, len(company.Employees))
	}
	for i, role := range []domain.Role{domain.RoleAdministrator, domain.RoleManager, domain.RoleComplianceReviewer, domain.RoleEmployee} {
		if p := company.Employees[i]; p.Roles[0] != role || p.Login == "" || p.Name == "" {
			t.Errorf("employee %d is %+v, wanted the role %s", i, p, role)
		}
	}
}

func TestTinyKeepsItsEndWhenToldAgain(t *testing.T) {
	t.Parallel()
	store, _ := told(t)
	before := len(store.All())
	if _, err := tell(t, store, until.Add(50*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if after := len(store.All()); after != before {
		t.Errorf("a second run wrote %d events", after-before)
	}
}

func TestTinyCompletesABrokenRun(t *testing.T) {
	t.Parallel()
	whole, _ := told(t)
	d := rand.New(rand.NewPCG(1, rand.Uint64()))
	for range 2 {
		broken := storetest.New()
		left := 1 + d.IntN(len(whole.All())*2/3)
		t.Logf("breaking off after %d appends", left)
		cut := &cutStore{Store: broken, left: left}
		if _, err := tell(t, cut, until); !errors.Is(err, errCut) {
			t.Fatalf("the run broke off with %v", err)
		}
		if _, err := tell(t, broken, until.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		same(t, whole.All(), broken.All())
	}
}

// Every event of the story, whoever gave its instants, is written in UTC and whole microseconds, and somebody did it.
func TestTinyIsWrittenInUTC(t *testing.T) {
	t.Parallel()
	store, _ := told(t)
	other := regexp.MustCompile(`"\d{4}-\d\d-\d\dT[\d:]+(\.\d{7,}Z|[\d.]*[+-]\d\d:\d\d)"`)
	for _, e := range store.All() {
		if found := other.Find(slices.Concat(e.Data, e.Metadata)); found != nil {
			t.Errorf("%s has %s", e.Type, found)
		}
		if meta, err := e.Meta(); err != nil || meta.Actor.IsZero() {
			t.Errorf("nobody did %s: %v", e.Type, err)
		}
	}
}

func TestTinyAtAnyTime(t *testing.T) {
	t.Parallel()
	for _, end := range []time.Time{
		time.Date(2026, 1, 12, 5, 0, 0, 0, time.UTC),   // after the long holidays
		time.Date(2026, 5, 10, 22, 30, 0, 0, time.UTC), // a Sunday night among holidays
		time.Date(2026, 11, 23, 12, 18, 7, 5, time.UTC),
	} {
		if _, err := tell(t, storetest.New(), end); err != nil {
			t.Errorf("until %s: %v", end, err)
		}
	}
}

// reasons says why an event type is not in the story.
var reasons = map[string]string{
	"access.opened":               "the reading side records what it opens",
	"contact_person.row_imported": "imports of other systems' lists write it",
	"counterparty.row_imported":   "imports of other systems' lists write it",
	"daily_report.issued":         "the reading side forms the reports",
	"requisite.released":          "a policy's, after a change of the INN",
	"requisite.taken_over":        "happens to claims that a crash has orphaned",
}

func TestTinyShowsEveryEvent(t *testing.T) {
	t.Parallel()
	store, _ := told(t)
	counts := map[string]int{}
	for _, e := range store.All() {
		counts[e.Type]++
	}
	for _, info := range domain.AllEventTypes() {
		if _, excused := reasons[info.Name]; counts[info.Name] == 0 && !excused && storied(info.Category) {
			t.Errorf("the story has no %s", info.Name)
		}
		if testing.Verbose() {
			t.Logf("%6d %s", counts[info.Name], info.Name)
		}
	}
}

// storied are the kinds of records that the story is about; later ones have stories of their own.
func storied(category string) bool {
	return slices.Contains(strings.Fields("assignment timesheet audience_group contact_person counterparty daily_report department duplicate employee "+
		"influence login_name message negotiation screening_rules reminder requisite thread work_item working_calendar"), category)
}

// TestDesksAreFull folds what the daily report is formed of: the main users have something in each of its sections.
func TestDesksAreFull(t *testing.T) {
	t.Parallel()
	store, company := told(t)
	sections := map[domain.EmployeeID]map[domain.DailySection]int{}
	put := func(who domain.EmployeeID, section domain.DailySection, is bool) {
		if sections[who] == nil {
			sections[who] = map[domain.DailySection]int{}
		}
		if is {
			sections[who][section]++
		}
	}
	for _, state := range states(t, store) {
		switch s := state.(type) {
		case domain.IncomingMessage:
			open := []domain.MessageState{domain.MessageRouted, domain.MessageAcknowledged, domain.MessageInProgress}
			put(s.Addressee, domain.SectionMessages, slices.Contains(open, s.State))
		case domain.InternalThread:
			for _, p := range s.Parties {
				waits := s.State == domain.ThreadAsked && slices.Contains([]domain.ThreadPartyState{domain.PartyAsked, domain.PartySeen, domain.PartyReturned}, p.State)
				put(p.Employee, domain.SectionToAnswer, waits)
				put(s.Author, domain.SectionUnanswered, waits)
			}
		case domain.Assignment:
			put(s.Assignee, domain.SectionToDo, slices.Contains(domain.AssignmentToDo, s.State))
			put(s.Issuer, domain.SectionToCheck, s.State == domain.AssignmentReported || s.Overdue(until))
		case domain.WorkItem:
			put(s.Responsible, domain.SectionNegotiations, s.State == domain.WorkItemPlanned)
		}
	}
	for _, p := range company.Employees[1:4] {
		for _, section := range domain.DailySections {
			if sections[p.ID][section] == 0 {
				t.Errorf("%s has nothing in the section %s", p.Login, section)
			}
		}
	}
}

// states folds every stream.
func states(t *testing.T, store *storetest.Store) map[string]any {
	t.Helper()
	all := map[string]any{}
	for _, e := range store.All() {
		record, ok := domain.RecordNamed(e.Category())
		if !ok {
			t.Fatalf("no kind of record for %s", e.Stream)
		}
		if all[e.Stream] == nil {
			all[e.Stream] = record.Zero()
		}
		after, err := record.Fold(all[e.Stream], e)
		if err != nil {
			t.Fatal(err)
		}
		all[e.Stream] = after
	}
	return all
}

// TestPoliciesFindTheirWorkDone gives the log to policies that need no read model, as a system started later does.
func TestPoliciesFindTheirWorkDone(t *testing.T) {
	t.Parallel()
	store := storetest.New()
	if _, err := tell(t, store, until); err != nil {
		t.Fatal(err)
	}
	log, clock := store.All(), &demo.Clock{}
	clock.Set(until)
	x := commands.NewExecutor(store, clock.Now)
	for _, policy := range []policies.Policy{policies.RemindPeople(), policies.ReleaseLogins} {
		for _, e := range log {
			if err := policy.React(t.Context(), x, e, func(err error) { t.Errorf("%s: %s refused: %v", policy.Name, e.Type, err) }); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, e := range store.All()[len(log):] {
		t.Errorf("a policy wrote %s %s", e.Stream, e.Type)
	}
}

// TestPeopleKeepOfficeHours looks at what people do by themselves: nearly all of it in their own working time.
func TestPeopleKeepOfficeHours(t *testing.T) {
	t.Parallel()
	store, _ := told(t)
	people := states(t, store)
	done, late := 0, 0
	for _, e := range store.All() {
		meta, err := e.Meta()
		if err != nil {
			t.Fatal(err)
		}
		who, ok := people[domain.Employees.Stream(meta.Actor)].(domain.Employee)
		if strings.Contains(string(e.Data), "{thing}") {
			t.Errorf("unfinished words in %s: %s", e.Type, e.Data)
		}
		if !ok || meta.Source != domain.SourceUI {
			continue
		}
		done++
		if schedule := who.Schedule(domain.WorkingCalendar{}); !schedule.Working(meta.RecordedAt) && !schedule.Working(meta.RecordedAt.Add(-time.Hour)) {
			late++
		}
	}
	if late*12 > done {
		t.Errorf("%d of %d acts lie outside of office hours", late, done)
	}
	t.Logf("%d of %d acts lie outside of office hours", late, done)
}

func TestTimeInTheLogRuns(t *testing.T) {
	t.Parallel()
	store, _ := told(t)
	last := time.Time{}
	for _, e := range store.All() {
		meta, err := e.Meta()
		if err != nil {
			t.Fatal(err)
		}
		if meta.RecordedAt.Before(last) || meta.RecordedAt.After(until) {
			t.Fatalf("%s %s is recorded at %s, after %s", e.Stream, e.Type, meta.RecordedAt, last)
		}
		last = meta.RecordedAt
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	store, clock := storetest.New(), &demo.Clock{}
	const n = 3000
	before := 0
	for _, seed := range []int64{1, 2, 2} {
		before = len(store.All())
		if err := demo.Load(t.Context(), commands.NewExecutor(store, clock.Now), clock, until, n, seed); err != nil {
			t.Fatal(err)
		}
	}
	got := len(store.All())
	if got < n*2*8/10 || got > n*2*12/10 {
		t.Errorf("%d events, wanted about %d", got, 2*n)
	}
	if got != before {
		t.Errorf("the same load twice wrote %d events", got-before)
	}
}

// same compares everything but the salt, which is random.
func same(t *testing.T, a, b []domain.Recorded) {
	t.Helper()
	if len(a) != len(b) {
		t.Fatalf("%d events against %d", len(a), len(b))
	}
	for i := range a {
		if a[i].ID != b[i].ID || a[i].Stream != b[i].Stream || a[i].Type != b[i].Type || !bytes.Equal(a[i].Data, b[i].Data) || unsalted(t, a[i]) != unsalted(t, b[i]) {
			t.Fatalf("event %d differs:\n%s %s\n%s\n%s %s\n%s", i, a[i].Stream, a[i].Type, a[i].Data, b[i].Stream, b[i].Type, b[i].Data)
		}
	}
}

func unsalted(t *testing.T, e domain.Recorded) string {
	t.Helper()
	meta, err := e.Meta()
	if err != nil {
		t.Fatal(err)
	}
	meta.Salt = nil
	text, err := json.Marshal(meta)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var errCut = errors.New("cut off")

// cutStore breaks off after some appends.
type cutStore struct {
	commands.Store
	left int
}

func (c *cutStore) Append(ctx context.Context, stream string, expected int64, events []domain.NewEvent) (uint64, error) {
	if c.left--; c.left < 0 {
		return 0, errCut
	}
	return c.Store.Append(ctx, stream, expected, events)
}
