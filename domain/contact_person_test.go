package domain_test

import (
	"testing"
	"time"

	"github.com/letopis-crm/letopis/domain"
)

func TestContactPerson(t *testing.T) {
	t.Parallel()
	type P = domain.ContactPerson
	type E = []domain.Event[P]
	id, old, next := domain.NewID[P](), domain.NewID[domain.Counterparty](), domain.NewID[domain.Counterparty]()
	registered := domain.ContactPersonWasRegistered{ID: id, PersonDetails: domain.PersonDetails{LastName: "Орлова", FirstName: "Мария", Position: "директор"},
		Employment: &domain.Employment{Counterparty: old, From: "2024-01-01"}}
	newJob := domain.Employment{Counterparty: next, Position: "закупщик", From: "2026-02-01"}
	role := domain.DecisionRole{Counterparty: old, Role: "decision_maker", Topic: "Закупка"}
	consent := domain.Consent{Channel: domain.ChannelEmail, Scope: "advertising", On: "2026-01-01"}
	now := time.Date(2026, 3, 10, 7, 0, 0, 0, time.UTC)
	born := func(day domain.Date) func(P) (E, error) {
		return func(p P) (E, error) {
			return p.Change(domain.PersonDetails{LastName: "Орлова", Birthday: day}, now)
		}
	}
	reached := func(raw string) func(P) (E, error) {
		return func(p P) (E, error) {
			return p.ChangeContacts(domain.ContactDetails{Phones: []domain.Phone{{Raw: raw}}})
		}
	}
	check(t, []rule[P]{
		{name: "born in the future", given: E{registered}, when: born("3000-01-01"), err: invalid},
		{name: "born tomorrow", given: E{registered}, when: born("2026-03-12"), err: invalid},
		{name: "born in another age", given: E{registered}, when: born("0800-12-25"), err: invalid},
		{name: "a number without digits", given: E{registered}, when: reached("abc"), err: invalid},
		{name: "a number for the secretary", given: E{registered}, when: reached("доб. 12"), then: E{domain.ContactPersonContactsWereChanged{To: domain.ContactDetails{Phones: []domain.Phone{{Raw: "доб. 12"}}}}}},
		{name: "register", when: func(p P) (E, error) { return p.Register(registered, now) }, then: E{registered}},
		{name: "a name is needed", when: func(p P) (E, error) { return p.Register(domain.ContactPersonWasRegistered{ID: id}, now) }, err: invalid},
		{name: "move", given: E{registered}, when: func(p P) (E, error) { return p.Move(newJob) }, then: E{domain.ContactPersonLeft{Counterparty: old, To: "2026-01-31"}, domain.ContactPersonJoined{newJob}}},
		{name: "two employers at once", given: E{registered}, when: func(p P) (E, error) { return p.Join(newJob) }, then: E{domain.ContactPersonJoined{newJob}}},
		{name: "the same employer twice", given: E{registered}, when: func(p P) (E, error) { return p.Join(domain.Employment{Counterparty: old}) }, err: domain.ErrPersonEmployed},
		{name: "leave before the first day", given: E{registered}, when: func(p P) (E, error) { return p.Leave(old, "2023-01-01", "") }, err: invalid},
		{name: "leave where nobody worked", given: E{registered}, when: func(p P) (E, error) { return p.Leave(next, "2026-01-01", "") }, err: domain.ErrPersonNotEmployed},
		{name: "do not contact", given: E{registered}, when: func(p P) (E, error) { return p.RefuseContact("попросила") }, then: E{domain.ContactPersonRefusedContact{"попросила"}}},
		{name: "consent", given: E{registered}, when: func(p P) (E, error) { return p.Consent(consent) }, then: E{domain.ContactPersonGaveConsent{consent}}},
		{name: "consent twice is already so", given: E{registered, domain.ContactPersonGaveConsent{consent}}, when: func(p P) (E, error) { return p.Consent(consent) }},
		{name: "withdraw", given: E{registered, domain.ContactPersonGaveConsent{consent}}, when: func(p P) (E, error) { return p.WithdrawConsent(consent) }, then: E{domain.ContactPersonWithdrewConsent{consent}}},
		{name: "decides", given: E{registered}, when: func(p P) (E, error) { return p.Decides(role) }, then: E{domain.ContactPersonGotDecisionRole{role}}},
		{name: "decides only where employed", given: E{registered}, when: func(p P) (E, error) { return p.Decides(domain.DecisionRole{Counterparty: next, Role: "user"}) }, err: domain.ErrPersonNotEmployed},
		{name: "nobody there", when: func(p P) (E, error) { return p.Join(newJob) }, err: domain.ErrNotFound},
	})
	var p P
	for _, e := range []domain.Event[P]{registered, domain.ContactPersonLeft{Counterparty: old, To: "2026-01-31"}, domain.ContactPersonJoined{newJob}} {
		e.Apply(&p)
	}
	if subjects := p.Subjects(); len(subjects) != 2 || p.Details.Position != "закупщик" {
		t.Errorf("history stays with both employers: %v, %+v", subjects, p.Details)
	}
}

func TestSplitName(t *testing.T) {
	t.Parallel()
	for full, want := range map[string]domain.PersonDetails{
		"Орлова Мария Сергеевна": {LastName: "Орлова", FirstName: "Мария", Patronymic: "Сергеевна"},
		"John P. Smith": {FirstName: "John P.", LastName: "Smith"},
		"Мария":         {LastName: "Мария"},
		"":              {},
	} {
		if got := domain.SplitName(full); got != want {
			t.Errorf("SplitName(%q) = %+v", full, got)
		}
	}
}
