package readmodels_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/access"
	"github.com/letopis-crm/letopis/domain/wording"
	"github.com/letopis-crm/letopis/infra/files"
	"github.com/letopis-crm/letopis/readmodels"
)

// town is a company at work, made by chance: everything that rights are measured by is in it, and changes hands.
type town struct {
	*kit
	dice    *rand.Rand
	people  []domain.EmployeeID
	clients []domain.CounterpartyID
	file    string
	records []domain.Ref // what a file can be about
}

func one[T any](dice *rand.Rand, list []T) T { return list[dice.IntN(len(list))] }

func some[T any](dice *rand.Rand, list []T) []T {
	return slices.DeleteFunc(slices.Clone(list), func(T) bool { return dice.IntN(3) > 0 })
}

func newTown(t *testing.T) *town {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	t.Logf("the town's seed is %d", seed)
	w := &town{kit: newKit(t, "records"), dice: rand.New(rand.NewPCG(seed, 1))}
	store, err := files.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	kept, err := store.Put(t.Context(), strings.NewReader("акт"), 100)
	if err != nil {
		t.Fatal(err)
	}
	w.file, w.executor = kept.SHA256, w.executor.WithFiles(store)
	for range 6 {
		w.people = append(w.people, hire(w.kit, "Котова", commands.HireEmployee{}))
	}
	for range 8 {
		w.client()
	}
	for range 110 {
		one(w.dice, []func(){w.person, w.negotiate, w.ask, w.write, w.assign, w.attach, w.entrust, w.entrust})()
	}
	w.project(7)
	return w
}

func (w *town) client() {
	id := w.kit.client(domain.CounterpartyRecord{Kind: domain.KindOrganisation, LegalName: "Клиент " + uuid.NewString()})
	w.records = append(w.records, domain.RefTo(domain.Counterparties, id))
	if w.clients = append(w.clients, id); w.dice.IntN(3) > 0 {
		do(w.kit, domain.Counterparties, id, commands.EntrustCounterparty{Responsible: one(w.dice, w.people)})
	}
}

func (w *town) attach() {
	if len(w.records) > 0 {
		doAs(w.kit, one(w.dice, w.people), domain.AttachedFiles, domain.NewID[domain.AttachedFile](), commands.AttachFile{About: one(w.dice, w.records), Name: "акт.txt", SHA256: w.file})
	}
}

func (w *town) entrust() {
	_, _ = try(w.kit, w.actor, domain.Counterparties, one(w.dice, w.clients), commands.EntrustCounterparty{Responsible: one(w.dice, w.people)})
}

func (w *town) person() {
	at := one(w.dice, w.clients)
	if w.dice.IntN(2) == 0 {
		at = domain.CounterpartyID{} // nobody answers for such a person
	}
	w.kit.person(at, "Лицо "+uuid.NewString(), "закупщик", domain.ContactDetails{})
}

func (w *town) negotiate() {
	id := domain.NewID[domain.Negotiation]()
	w.records = append(w.records, domain.RefTo(domain.Negotiations, id))
	doAs(w.kit, one(w.dice, w.people), domain.Negotiations, id, commands.PlanNegotiation{
		Counterparty: one(w.dice, w.clients), Topic: "Цена", Channel: domain.ByCall, Stage: domain.StageNeeds, Ours: append(some(w.dice, w.people), one(w.dice, w.people)),
		PlannedFrom: w.clock.Add(time.Hour), PlannedTo: w.clock.Add(2 * time.Hour),
	})
}

func (w *town) ask() {
	from := one(w.dice, w.people)
	to := slices.DeleteFunc(slices.Clone(w.people), func(p domain.EmployeeID) bool { return p == from })
	open := commands.OpenThread{Kind: domain.ThreadQuestion, Addressees: []domain.EmployeeID{one(w.dice, to)}, Subject: "Склад", Text: "Есть остаток?"}
	open.Context.Counterparty = one(w.dice, w.clients)
	id := domain.NewID[domain.InternalThread]()
	w.records = append(w.records, domain.RefTo(domain.InternalThreads, id))
	doAs(w.kit, from, domain.InternalThreads, id, open)
}

func (w *town) write() {
	id := domain.NewID[domain.IncomingMessage]()
	message := commands.RegisterMessage{Channel: domain.MessageByCall, FromRaw: "скрытый номер", Text: "Перезвоните"}
	if w.dice.IntN(2) == 0 {
		message.Counterparty = one(w.dice, w.clients)
	}
	if w.dice.IntN(2) == 0 {
		message.Addressee = one(w.dice, w.people)
	}
	do(w.kit, domain.IncomingMessages, id, message)
	_, _ = try(w.kit, w.actor, domain.IncomingMessages, id, commands.RerouteMessage{Addressee: one(w.dice, w.people), Reason: "Отпуск"})
}

func (w *town) assign() {
	id, from := domain.NewID[domain.Assignment](), one(w.dice, w.people)
	doAs(w.kit, from, domain.Assignments, id, commands.IssueAssignment{
		Assignee: one(w.dice, w.people), Title: "Смета", ExpectedResult: "Файл", Due: w.clock.Add(time.Hour), Counterparty: one(w.dice, w.clients),
	})
	if w.dice.IntN(2) == 0 {
		_, _ = try(w.kit, from, domain.Assignments, id, commands.ReassignAssignment{Assignee: one(w.dice, w.people), Reason: "Болезнь"})
	}
}

// someone is an actor as they come: any roles, any team, any cases, for an absent colleague or not, in an emergency or not.
func (w *town) someone(t *rapid.T) access.Actor {
	a := access.Actor{Employee: rapid.SampledFrom(w.people).Draw(t, "who")}
	a.Roles = rapid.SliceOfNDistinct(rapid.SampledFrom(domain.Roles), 0, 3, func(r domain.Role) domain.Role { return r }).Draw(t, "roles")
	a.Team = rapid.SliceOfDistinct(rapid.SampledFrom(w.people), func(p domain.EmployeeID) domain.EmployeeID { return p }).Draw(t, "team")
	a.Cases = rapid.SliceOfDistinct(rapid.SampledFrom(w.clients), func(c domain.CounterpartyID) domain.CounterpartyID { return c }).Draw(t, "cases")
	if rapid.Bool().Draw(t, "for another") {
		a.OnBehalfOf = rapid.SampledFrom(w.people).Draw(t, "absent")
	}
	a.Within = rapid.SampledFrom([]access.Resource{"", "", access.Exports}).Draw(t, "within")
	a.Opened = rapid.SampledFrom([]access.Scope{access.None, access.None, access.Assigned, access.All}).Draw(t, "opened")
	return a
}

// What Check says of one record, folded from its events, is what Where says of all of them in SQL, for every action.
func TestPolicyAgreesWithItself(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	facts := map[uuid.UUID]access.Record{}
	category := map[uuid.UUID]string{}
	for _, r := range w.store.All() {
		id, ok := r.AggregateID()
		if _, seen := facts[id]; !ok || seen {
			continue
		}
		past, _, err := commands.Trail(t.Context(), w.executor, r.Category(), id, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if category[id], facts[id], err = commands.Rights(t.Context(), w.executor, r.Category(), past.State); err != nil {
			t.Fatal(err)
		}
	}
	admitted, refused := 0, 0
	rapid.Check(t, func(r *rapid.T) {
		actor, action := w.someone(r), rapid.SampledFrom(access.Actions).Draw(r, "action")
		condition, args := readmodels.Where(actor, action, nil)
		//sqlvet:built the condition is what is tested; its values travel as arguments
		found, err := w.DB.Query(t.Context(), `select seen.id from read.register seen where `+condition, args...)
		if err != nil {
			r.Fatal(err)
		}
		sees := map[uuid.UUID]bool{}
		for found.Next() {
			var id uuid.UUID
			if err := found.Scan(&id); err != nil {
				r.Fatal(err)
			}
			sees[id] = true
		}
		if err := found.Err(); err != nil {
			r.Fatal(err)
		}
		for id, record := range facts {
			resource, known := access.Of(category[id])
			if want := known && actor.Check(resource, action, record); want != sees[id] {
				r.Fatalf("%s of a %s %+v by %+v: the check says %v, the database %v", action, category[id], record, actor, want, sees[id])
			} else if want {
				admitted++
			} else {
				refused++
			}
		}
	})
	if admitted == 0 || refused == 0 {
		t.Errorf("%d records admitted, %d refused: the test proves nothing", admitted, refused)
	}
}

// Every view that a projection makes has somebody who decided who sees its rows.
func TestEveryViewIsDecided(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	nobody := k.For(access.Actor{Roles: []domain.Role{domain.RoleAuditor}})
	found, err := k.DB.Query(t.Context(), `select table_name::text from information_schema.views where table_schema = 'read'`)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for found.Next() {
		var name string
		if err := found.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if len(names) < 30 {
		t.Fatalf("only %d views: %v", len(names), names)
	}
	for _, name := range names {
		for _, sql := range []string{"select * from read." + name, "select x.* from read." + name + " x where true", "select count(*) from read." + name + " where true", "with w as (select * from read." + name + ") select * from w"} {
			rows, err := nobody.DB.Query(t.Context(), sql)
			if err != nil {
				t.Errorf("%s: %v", sql, err)
				continue
			}
			rows.Close()
			if err := rows.Err(); err != nil {
				t.Errorf("%s: %v", sql, err)
			}
		}
	}
}

// Whoever may read a client but not reach it sees that there are numbers, and no number.
func TestContactDetailsAreMasked(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	id := k.client(domain.CounterpartyRecord{Kind: domain.KindOrganisation, LegalName: "ООО «Ромашка»", ContactDetails: reach("8 (916) 123-45-67", "ivan@romashka.example")})
	person := k.person(id, "Петров", "закупщик", reach("8 (916) 765-43-21", "petrov@romashka.example"))
	do(k, domain.Counterparties, id, commands.ChangeCounterpartyContacts{ContactDetails: reach("8 (916) 123-45-67", "sidor@romashka.example")})
	k.project(0)
	see := func(actor access.Actor) string {
		q := k.For(actor)
		list := answer[readmodels.Page[readmodels.ClientItem]](t)(q.Clients(t.Context(), readmodels.ClientFilter{}))
		card := answer[readmodels.ClientCard](t)(q.ClientCard(t.Context(), id.UUID()))
		persons := answer[readmodels.Page[readmodels.PersonItem]](t)(q.Persons(t.Context(), readmodels.PersonFilter{}))
		one := answer[readmodels.PersonCard](t)(q.PersonCard(t.Context(), person.UUID()))
		history := answer[readmodels.Page[readmodels.HistoryItem]](t)(q.History(t.Context(), id.UUID(), readmodels.HistoryFilter{}, readmodels.Reader{Lang: wording.Russian, Zone: time.UTC}))
		raw, err := json.Marshal([]any{list, card, persons, one, history})
		if err != nil || len(list.Items) != 1 || len(persons.Items) != 1 || len(history.Items) < 3 {
			t.Fatal(err, string(raw))
		}
		return string(raw)
	}
	secrets := []string{"123-45-67", "1234567", "765-43-21", "7654321", "ivan@", "petrov@", "sidor@"}
	own := see(access.Actor{Employee: k.actor, Roles: []domain.Role{domain.RoleEmployee}})
	foreign := see(access.Actor{Employee: domain.NewID[domain.Employee](), Roles: []domain.Role{domain.RoleMarketer}})
	for _, secret := range secrets {
		if strings.Contains(foreign, secret) {
			t.Errorf("a marketer sees %s in %s", secret, foreign)
		}
	}
	if !strings.Contains(own, "123-45-67") || !strings.Contains(own, "petrov@") || !strings.Contains(foreign, "•••67") {
		t.Errorf("one's own: %s\nforeign: %s", own, foreign)
	}
}
