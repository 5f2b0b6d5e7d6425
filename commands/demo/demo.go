// Package demo tells the life of a fictional company by giving real commands: ООО «Северный Сервис», which services
// equipment and computers and keeps a training centre, in four offices between Moscow and Vladivostok.
//
// The story follows from its seed and its end alone. Every id in it is derived from a name, so a run that broke off is
// completed by running it again on the same log. Nothing in it is about real people or companies.
//
// Policies and the scheduler do not run beside the generator: it gives their commands itself, with the ids that the
// policies give, so that a system started on the log later finds its reactions done.
package demo

import (
	"context"
	"errors"
	"math"
	"strconv"
	"time"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
)

// Company is what a story leaves behind. Those who show the product best come first: an administrator, a manager, a
// compliance reviewer and a seller.
type Company struct {
	Employees      []Person
	Clients        int
	ContactPersons int
}

// Person is an employee of the fictional company.
type Person struct {
	ID       domain.EmployeeID
	Login    string
	Name     string
	Position string
	Roles    []domain.Role
}

// Tiny tells two weeks of a company of some thirty people, up to the instant. The executor's clock must be the given
// one and the executor has no middleware.
//
// A log in which the story was begun keeps its own end: a second run completes the first one, whatever until says.
// progress may be nil.
func Tiny(ctx context.Context, x *commands.Executor, clock *Clock, until time.Time, progress func(done, total int)) (Company, error) {
	g := newGenerator(x, clock, tinySeed)
	begun, err := g.begun(ctx)
	if err != nil {
		return Company{}, err
	}
	if !begun.IsZero() {
		until = begun.Add(tinyLead)
	}
	g.span(until, tinyLead, tinyDays)
	g.hire(1)
	g.tellStaff()
	g.enter(tinyClients, tinyMeanwhile)
	g.tellClients()
	g.tellStories()
	for _, w := range []*worker{g.named("sokolov"), g.named("orlova"), g.named("zimina"), g.named("zhukov"), g.named("gromov")} {
		g.fillDesk(w)
	}
	for i := range g.days {
		g.tellDay(i, tinyDaily)
	}
	return g.company(), g.drain(ctx, g.until, progress)
}

const (
	tinySeed      = "tiny"
	tinyLead      = 35 * 24 * time.Hour // from the founding to the end
	tinyDays      = 10
	tinyClients   = 114
	tinyMeanwhile = 8 // further clients, during the two weeks
)

var tinyDaily = daily{messages: 15, threads: 9, assignments: 7, negotiations: 5, workItems: 9, reminders: 7}

// perDay and perClient are about how many events the mix has.
const perDay, perClient = 318, 7.3

// Load tells about n events of the same mix, as fast as it can, for measurements: many stories side by side, so the log
// follows the time only roughly. It drives clocks of its own and leaves the given one at the end. Two seeds give two
// companies that can live in one log. A run is completed by another one with the same arguments.
func Load(ctx context.Context, x *commands.Executor, clock *Clock, until time.Time, n int, seed int64) error {
	g := newGenerator(x, clock, "load"+strconv.FormatInt(seed, 10))
	g.bulk, g.taxOffice = true, 98-int(uint64(seed)%90)
	clients := max(20, min(n/40, 90_000))
	stories := max(float64(n)-perClient*float64(clients), 1)
	days := min(max(int(stories/perDay), 2), 240)
	scale := stories / perDay / float64(days)
	g.span(until, time.Duration(days*8/5+40)*24*time.Hour, days)
	g.hire(max(1, min(int(scale), 31)))
	g.enter(clients, 0)
	mix := tinyDaily.times(scale)
	if err := g.drainWide(ctx, g.firstHour()); err != nil {
		return err
	}
	for i, day := range g.days {
		g.tellDay(i, mix)
		if err := g.drainWide(ctx, day.AddDays(1).Start(time.UTC)); err != nil {
			return err
		}
	}
	if err := g.drainWide(ctx, g.until); err != nil {
		return err
	}
	clock.Set(g.until)
	return nil
}

// generator knows the company and plans its steps.
type generator struct {
	agenda
	x       *commands.Executor
	clock   *Clock
	seed    string
	bulk    bool
	founded time.Time
	days    []domain.Date // working days of the story; the last is that of its end
	early   []domain.Date // working days before, on which the first clients were entered

	staff  []*worker
	logins map[string]*worker
	groups map[string][]*worker
	place  map[domain.EmployeeID]int

	clients   []*client // in the order of their registration
	persons   int       // contact persons
	invented  int       // people altogether
	pairs     int
	taxOffice int
	rules     domain.ScreeningParameters
	stops     map[domain.EmployeeID][]time.Time
}

func newGenerator(x *commands.Executor, clock *Clock, seed string) *generator {
	g := &generator{
		x: x, clock: clock, seed: seed, logins: map[string]*worker{}, groups: map[string][]*worker{},
		place: map[domain.EmployeeID]int{}, taxOffice: 99, stops: map[domain.EmployeeID][]time.Time{}, rules: domain.BuiltInScreening(),
	}
	g.rules.PriceFloors = []domain.PriceFloor{{Topic: commitmentTopics[domain.CommitsPrice][0], Floor: domain.Money{Minor: 1_500_000, Currency: "RUB"}}}
	return g
}

// begun is when the story in the log began; the zero time when there is none.
func (g *generator) begun(ctx context.Context) (time.Time, error) {
	root := idOf[domain.Department](g, "department", departments[0].key)
	_, steps, err := commands.Trail(ctx, g.x, domain.Departments.Name(), root.UUID(), time.Time{})
	if errors.Is(err, domain.ErrNotFound) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	return steps[0].Meta.RecordedAt, nil
}

// span finds the working days of the story.
func (g *generator) span(until time.Time, lead time.Duration, days int) {
	g.until = until.UTC().Truncate(time.Second)
	g.founded = g.until.Add(-lead)
	var moscow domain.Schedule
	last := domain.DateOf(g.until, moscow.Location())
	all := []domain.Date{last}
	for day := last; day > domain.DateOf(g.founded, moscow.Location()).AddDays(1); {
		day = moscow.AddWorkingDays(day, -1)
		all = append([]domain.Date{day}, all...)
	}
	days = min(days, len(all)-1)
	g.early, g.days = all[1:len(all)-days], all[len(all)-days:]
	if len(g.early) == 0 {
		g.early = g.days[:1]
	}
}

// firstHour is when the story's days begin.
func (g *generator) firstHour() time.Time { return g.days[0].Start(time.UTC).Add(-12 * time.Hour) }

func (g *generator) company() Company {
	c := Company{Clients: len(g.clients) + g.pairs, ContactPersons: g.persons}
	for _, w := range g.staff {
		c.Employees = append(c.Employees, w.Person)
	}
	return c
}

// daily is how many stories of each kind begin on a day.
type daily struct{ messages, threads, assignments, negotiations, workItems, reminders int }

func (d daily) times(scale float64) daily {
	by := func(n int) int { return int(math.Round(float64(n) * scale)) }
	return daily{by(d.messages), by(d.threads), by(d.assignments), by(d.negotiations), by(d.workItems), by(d.reminders)}
}

// tellDay begins the everyday stories of a day.
func (g *generator) tellDay(i int, mix daily) {
	day := g.days[i]
	for n := range mix.messages {
		g.message(join("message", string(day), n), day)
	}
	for n := range mix.threads {
		g.correspond(join("thread", string(day), n), day)
	}
	for n := range mix.assignments {
		g.task(join("assignment", string(day), n), day)
	}
	for n := range mix.negotiations {
		g.talk(join("negotiation", string(day), n), day)
	}
	for n := range mix.workItems {
		g.scheduleWork(join("work", string(day), n), day)
	}
	for n := range mix.reminders {
		g.remember(join("reminder", string(day), n), day)
	}
}

// remindAtOnce is what the policy that reminds people does about an event, and the scheduler right after.
func (g *generator) remindAtOnce(at time.Time, about cause, recipient domain.EmployeeID, text string, subject domain.Ref) {
	if recipient.IsZero() {
		return
	}
	id := domain.DerivedID[domain.Reminder]("reminder", about.event.String())
	at = at.Add(time.Second)
	react(g, at, about, "remind_people", domain.Reminders, id, commands.RemindAtOnce{Recipient: recipient, Text: text, Subject: subject})
	due(g, at.Add(20*time.Second), domain.Reminders, id, "fire/1", commands.FireReminder{})
}

// ref points at a record of the story.
func ref[S any](category *domain.Category[S], id domain.ID[S]) domain.Ref {
	return domain.RefTo(category, id)
}
