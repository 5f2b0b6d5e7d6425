package demo

import (
	"slices"
	"strings"
	"time"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
)

// worker is an employee of the story, with what the story has to know.
type worker struct {
	Person
	row      int // of the table
	last     string
	office   office
	group    string // department's key
	head     *worker
	schedule domain.Schedule
	limits   domain.AuthorityLimits
}

// after is when the worker has worked that long.
func (w *worker) after(from time.Time, working time.Duration) time.Time {
	return w.schedule.After(from, working).UTC()
}

// on is a moment of the worker's day, so many minutes of work after its beginning.
func (w *worker) on(day domain.Date, working time.Duration) time.Time {
	return w.schedule.After(day.Start(w.schedule.Location()), working).UTC()
}

// before is a moment since which the worker has worked that long.
func (w *worker) before(until time.Time, working time.Duration) time.Time {
	t := until
	for {
		missing := working - w.schedule.Between(t, until)
		if missing <= 0 {
			return t
		}
		t = t.Add(-missing)
	}
}

func (w *worker) today(t time.Time) domain.Date { return domain.DateOf(t, w.schedule.Location()) }

// hire founds the company: departments, people, roles, limits. Larger companies have several people of each kind.
func (g *generator) hire(copies int) {
	g.scenario("staff")
	g.people(copies)
	boss := g.named("belov")
	at := g.founded
	next := func() time.Time { at = at.Add(20 * time.Second); return at }
	system := &worker{Person: Person{ID: domain.SystemActor}}
	for i, d := range departments {
		found := commands.FoundDepartment{Name: d.name}
		if d.parent != "" {
			found.Parent = idOf[domain.Department](g, "department", d.parent)
		}
		when := g.founded // the founding of the first one says when the story began
		if i > 0 {
			when = next()
		}
		give(g, when, system, domain.Departments, idOf[domain.Department](g, "department", d.key), "found", found)
	}
	for _, w := range g.byRank() {
		g.hireOne(next(), system, w)
	}
	for _, w := range g.staff {
		give(g, next(), boss, domain.Employees, w.ID, "role", commands.GrantRole{Role: w.Roles[0]})
		if w.limits != (domain.AuthorityLimits{}) {
			give(g, next(), boss, domain.Employees, w.ID, "limits", commands.SetAuthorityLimits{AuthorityLimits: w.limits})
		}
	}
	for _, d := range departments {
		give(g, next(), boss, domain.Departments, idOf[domain.Department](g, "department", d.key), "head", commands.AppointDepartmentHead{Head: g.named(d.head).ID})
	}
	rules := g.rules
	rules.Version = 0
	give(g, next(), g.named("zimina"), domain.ScreeningRuleSets, domain.TheScreeningRules, "rules/"+g.seed,
		commands.PublishScreeningRules{Parameters: rules, Reason: "Уточнены нижние цены обслуживания"})
}

func (g *generator) hireOne(at time.Time, by, w *worker) {
	row := staff[w.row]
	h := commands.HireEmployee{
		Name: domain.EmployeeName{Last: w.last, First: row.first, Patronymic: row.patronymic}, Login: w.Login, Position: row.position,
		Department: idOf[domain.Department](g, "department", row.department), Email: w.Login + "@severny-service.example",
		Phone: phone(9000 + g.index(w)), Zone: w.office.zone, Hired: w.today(g.founded).AddDays(-400 - 37*g.index(w)),
	}
	if w.head != nil {
		h.Head = w.head.ID
	}
	give(g, at, by, domain.Employees, w.ID, "hire", h)
}

// people makes the workers of the table, and of its copies in larger companies.
func (g *generator) people(copies int) {
	for c := range copies {
		for i, row := range staff {
			login, last := row.login, row.last
			if c > 0 {
				login, last = join(row.login, c), row.last+"-"+roman(c)
				login = strings.ReplaceAll(login, "/", "")
			}
			if g.seed != tinySeed {
				login += "." + g.seed
			}
			w := &worker{
				Person: Person{ID: idOf[domain.Employee](g, "employee", login), Login: login, Position: row.position, Roles: []domain.Role{domain.RoleEmployee}},
				row:    i, last: last, office: officeOf(row.office), group: row.department,
			}
			w.Name = last + " " + row.first + " " + row.patronymic
			if role, ok := rolesOf[row.login]; ok {
				w.Roles = []domain.Role{role}
			}
			if w.group == "sales" || w.group == "accounts" || w.group == "commerce" {
				w.limits = limitsOf(row.login)
			}
			w.schedule = domain.Schedule{Zone: w.office.zone}
			g.place[w.ID] = len(g.staff)
			g.staff = append(g.staff, w)
			if c == 0 {
				g.logins[row.login] = w
			}
			g.groups[w.group] = append(g.groups[w.group], w)
		}
	}
	for _, w := range g.staff {
		w.head = g.logins[staff[w.row].head]
	}
}

func limitsOf(login string) domain.AuthorityLimits {
	million := func(n int64) domain.Money { return domain.Money{Minor: n * 100_000_000, Currency: "RUB"} }
	switch login {
	case "orlova":
		return domain.AuthorityLimits{MaxDiscountBP: 2000, MaxPaymentTermDays: 60, MaxCommitment: million(20), MayGrantExclusivity: true}
	case "lebedeva", "sokolov":
		return domain.AuthorityLimits{MaxDiscountBP: 1000, MaxPaymentTermDays: 30, MaxCommitment: million(5)}
	}
	return domain.AuthorityLimits{MaxDiscountBP: 700, MaxPaymentTermDays: 30, MaxCommitment: million(2)}
}

// byRank begins with those who have nobody above them.
func (g *generator) byRank() []*worker {
	var ranked []*worker
	for rank := range 5 {
		for _, w := range g.staff {
			above := 0
			for h := w.head; h != nil; h = h.head {
				above++
			}
			if above == rank {
				ranked = append(ranked, w)
			}
		}
	}
	return ranked
}

func (g *generator) named(login string) *worker { return g.logins[login] }

func (g *generator) index(w *worker) int { return g.place[w.ID] }

// anyOf picks somebody of a department.
func (g *generator) anyOf(d dice, groups ...string) *worker {
	return of(d, g.groups[of(d, groups)])
}

// anyone picks somebody who is none of the others.
func (g *generator) anyone(d dice, but ...*worker) *worker {
	for {
		w := of(d, g.staff)
		if !slices.Contains(but, w) {
			return w
		}
	}
}

func officeOf(key string) office {
	for _, o := range offices {
		if o.key == key {
			return o
		}
	}
	return offices[0]
}

func roman(n int) string {
	return strings.Repeat("I", n%4) + strings.Repeat("V", n/4%2) + strings.Repeat("X", n/8)
}
