package domain_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/letopis-crm/letopis/domain"
)

func TestCounterparty(t *testing.T) {
	t.Parallel()
	type C = domain.Counterparty
	type E = []domain.Event[C]
	id, survivor, pair := domain.NewID[C](), domain.NewID[C](), domain.NewID[domain.DuplicatePair]()
	anna, boris := domain.NewID[domain.Employee](), domain.NewID[domain.Employee]()
	record := domain.CounterpartyRecord{Kind: domain.KindOrganisation, LegalName: "ООО «Ромашка»", INN: "7707083893", KPP: "773601001"}
	registered := domain.CounterpartyWasRegistered{ID: id, CounterpartyRecord: record, State: domain.CounterpartyProspect, Roles: []domain.CounterpartyRole{domain.RoleCustomer}, Responsible: anna}
	foreign := registered
	foreign.CounterpartyRecord = domain.CounterpartyRecord{Kind: domain.KindOrganisation, LegalName: "Siemens", Country: "DE", INN: "DE129274202"}
	renamed := record
	renamed.LegalName, renamed.Region = "ООО «Ромашка плюс»", "Урал"
	wrongNumber := record
	wrongNumber.INN = "7707083894"
	doubtful := registered
	doubtful.CounterpartyRecord = wrongNumber
	account := domain.BankAccount{BIK: "044525225", Account: "40702810938000000036", Bank: "Сбербанк"}
	for i := range 10 {
		account.Account = account.Account[:8] + string(rune('0'+i)) + account.Account[9:]
		if domain.ValidAccount(account.BIK, account.Account) {
			break
		}
	}
	phones := domain.ContactDetails{Phones: []domain.Phone{{Raw: "8 (916) 123-45-67", E164: "+79161234567"}}, Emails: []domain.Email{{Address: "info@romashka.example"}}}
	check(t, []rule[C]{
		{name: "register", when: func(c C) (E, error) { return c.Register(registered) }, then: E{registered}},
		{name: "a wrong check digit is refused", when: func(c C) (E, error) { return c.Register(doubtful) }, err: invalid},
		{name: "foreign numbers follow other rules", when: func(c C) (E, error) { return c.Register(foreign) }, then: E{foreign}},
		{name: "a name is needed", when: func(c C) (E, error) {
			return c.Register(domain.CounterpartyWasRegistered{CounterpartyRecord: domain.CounterpartyRecord{Kind: "organisation"}})
		}, err: invalid},
		{name: "register twice", given: E{registered}, when: func(c C) (E, error) { return c.Register(registered) }, err: domain.ErrAlreadyExists},
		{name: "correct", given: E{registered}, when: func(c C) (E, error) { return c.Change(renamed) }, then: E{domain.CounterpartyDetailsWereChanged{[]domain.FieldChange{
			{Field: "legal_name", From: "ООО «Ромашка»", To: "ООО «Ромашка плюс»"}, {Field: "region", To: "Урал"},
		}}}},
		{name: "the same is already so", given: E{registered}, when: func(c C) (E, error) { return c.Change(record) }},
		{name: "a wrong number typed later is refused", given: E{registered}, when: func(c C) (E, error) { return c.Change(wrongNumber) }, err: invalid},
		{name: "an old wrong number does not stop other corrections", given: E{doubtful}, when: func(c C) (E, error) {
			to := wrongNumber
			to.Region = "Урал"
			return c.Change(to)
		}, then: E{domain.CounterpartyDetailsWereChanged{[]domain.FieldChange{{Field: "region", To: "Урал"}}}}},
		{name: "contacts", given: E{registered}, when: func(c C) (E, error) {
			upper := phones
			upper.Emails = []domain.Email{{Address: " Info@Romashka.example"}, {Address: "info@romashka.example"}}
			return c.ChangeContacts(upper)
		}, then: E{domain.CounterpartyContactsWereChanged{To: phones}}},
		{name: "activate", given: E{registered}, when: func(c C) (E, error) { return c.Activate("договор") }, then: E{domain.CounterpartyBecameActive{"договор"}}},
		{name: "close needs a reason", given: E{registered}, when: func(c C) (E, error) { return c.Close("") }, err: invalid},
		{name: "a closed one is reopened", given: E{registered, domain.CounterpartyWasClosed{"x"}}, when: func(c C) (E, error) { return c.Activate("вернулись") }, then: E{domain.CounterpartyWasReopened{To: domain.CounterpartyActive, Reason: "вернулись"}}},
		{name: "only a closed one is reopened", given: E{registered}, when: func(c C) (E, error) { return c.Reopen(domain.CounterpartyActive, "x") }, err: domain.ErrCounterpartyTransition},
		{name: "a competitor may be a customer", given: E{registered}, when: func(c C) (E, error) { return c.AddRole(domain.RoleCompetitor, "2026-01-01") }, then: E{domain.CounterpartyGotRole{Role: domain.RoleCompetitor, Since: "2026-01-01"}}},
		{name: "a role twice is already so", given: E{registered}, when: func(c C) (E, error) { return c.AddRole(domain.RoleCustomer, "2026-01-01") }},
		{name: "a role ends not before it began", given: E{registered, domain.CounterpartyGotRole{domain.RolePartner, "2026-02-01"}}, when: func(c C) (E, error) { return c.RemoveRole(domain.RolePartner, "2026-01-01") }, err: invalid},
		{name: "entrust", given: E{registered}, when: func(c C) (E, error) { return c.Entrust(boris, "отпуск") }, then: E{domain.CounterpartyWasEntrusted{From: anna, To: boris, Reason: "отпуск"}}},
		{name: "nobody belongs to a descendant", given: E{registered}, when: func(c C) (E, error) { return c.Join(id, survivor, []domain.CounterpartyID{survivor, id}) }, err: domain.ErrCounterpartyParent},
		{name: "a bank account", given: E{registered}, when: func(c C) (E, error) { return c.AddAccount(account) }, then: E{domain.CounterpartyAccountWasAdded{account}}},
		{name: "an account of another bank", given: E{registered}, when: func(c C) (E, error) {
			other := account
			other.BIK = "044525974"
			return c.AddAccount(other)
		}, err: invalid},
		{name: "a signatory needs a document", given: E{registered}, when: func(c C) (E, error) { return c.AddSignatory(domain.Signatory{Name: "Иванов И. И."}) }, err: invalid},
		{name: "a merged one refuses everything", given: E{registered, domain.CounterpartyWasMerged{survivor, pair}}, when: func(c C) (E, error) { return c.Activate("x") }, err: domain.ErrCounterpartyMerged},
		{name: "merging twice is already so", given: E{registered, domain.CounterpartyWasMerged{survivor, pair}}, when: func(c C) (E, error) { return c.MergeInto(survivor, pair) }},
		{name: "unmerge", given: E{registered, domain.CounterpartyWasMerged{survivor, pair}}, when: func(c C) (E, error) { return c.Unmerge(survivor, pair, "ошибка") }, then: E{domain.CounterpartyWasUnmerged{survivor, pair, "ошибка"}}},
		{name: "nothing there", when: func(c C) (E, error) { return c.Rest("x") }, err: domain.ErrNotFound},
	})
}

func TestRefusalsNameTheOtherCounterparty(t *testing.T) {
	t.Parallel()
	survivor := domain.NewID[domain.Counterparty]()
	c := domain.Counterparty{State: domain.CounterpartyMerged, MergedInto: survivor}
	_, err := c.Rest("x")
	if r, ok := domain.IsRefusal(err); !ok || domain.HolderIn(r) != survivor {
		t.Fatalf("got %v", err)
	}
}

// The same row changes nothing; a changed row brings only what is new in it; corrections by hand stay.
func TestImport(t *testing.T) {
	t.Parallel()
	type C = domain.Counterparty
	id := domain.NewID[C]()
	row := func(hash, name, region, comment string) domain.ImportedRow {
		return domain.ImportedRow{
			RowOrigin: domain.RowOrigin{Source: "1c", ExternalID: "42", RowHash: hash},
			Record: domain.CounterpartyRecord{Kind: domain.KindOrganisation, LegalName: name, Region: region, Comment: comment, INN: "123",
				ContactDetails: domain.ContactDetails{Phones: []domain.Phone{{Raw: hash}}}},
		}
	}
	var c C
	give := func(events []domain.Event[C], err error) int {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			e.Apply(&c)
		}
		return len(events)
	}
	if n := give(c.Import(id, row("a", "Ромашка", "Урал", "старый"))); n != 1 || !c.Record.RequisitesDoubtful() {
		t.Fatalf("first import wrote %d events, doubtful %v", n, c.Record.RequisitesDoubtful())
	}
	byHand := c.Record
	byHand.Region, byHand.Comment = "Сибирь", "исправлен"
	give(c.Change(byHand))
	if n := give(c.Import(id, row("a", "Ромашка", "Урал", "старый"))); n != 0 {
		t.Fatalf("the same row wrote %d events", n)
	}
	give(c.Import(id, row("b", "Ромашка плюс", "Урал", "")))
	if c.Record.LegalName != "Ромашка плюс" || c.Record.Region != "Сибирь" || c.Record.Comment != "исправлен" {
		t.Errorf("got %+v", c.Record)
	}
	if len(c.Record.Phones) != 1 || c.Record.Phones[0].Raw != "b" {
		t.Errorf("phones follow the list: %+v", c.Record.Phones)
	}
	give(c.Import(id, row("c", "Ромашка плюс", "Алтай", "")))
	if c.Record.Region != "Алтай" {
		t.Errorf("what the list says anew counts: %s", c.Record.Region)
	}
	other := row("d", "Ромашка и Ко", "Коми", "")
	other.ExternalID = "43"
	give(c.Import(id, other))
	if c.Record.LegalName != "Ромашка плюс" || len(c.Record.Phones) != 2 || len(c.External) != 2 {
		t.Errorf("another row fills gaps only: %+v", c.Record)
	}
}

func TestMergeAndBack(t *testing.T) {
	t.Parallel()
	type C = domain.Counterparty
	pair := domain.NewID[domain.DuplicatePair]()
	a := registeredCounterparty(domain.CounterpartyRecord{Kind: "organisation", LegalName: "Ромашка", Region: "Урал"})
	b := registeredCounterparty(domain.CounterpartyRecord{Kind: "organisation", LegalName: "Ромашка ООО", Region: "Алтай", Comment: "важный",
		ContactDetails: domain.ContactDetails{Emails: []domain.Email{{Address: "b@example.com"}}}})
	before := a
	apply := func(events []domain.Event[C], err error) {
		t.Helper()
		if err != nil || len(events) == 0 {
			t.Fatal(len(events), err)
		}
		for _, e := range events {
			e.Apply(&a)
		}
	}
	apply(a.Absorb(b, pair, []domain.DetailField{"region"}))
	if a.Record.LegalName != "Ромашка" || a.Record.Region != "Алтай" || a.Record.Comment != "важный" || len(a.Record.Emails) != 1 {
		t.Fatalf("after the merge: %+v", a.Record)
	}
	joined := a
	apply(a.Release(b.ID, "ошибка"))
	if a.Record.Region != before.Record.Region || a.Record.Comment != "" || len(a.Record.Emails) != 0 || len(a.Absorbed) != 0 {
		t.Fatalf("after the un-merge: %+v", a.Record)
	}
	a = joined
	moved := a.Record
	moved.Region = "Коми"
	apply(a.Change(moved))
	_, err := a.Release(b.ID, "ошибка")
	r, ok := domain.IsRefusal(err)
	if !ok || !errors.Is(err, domain.ErrCounterpartyInUse) || len(r.Fields) != 1 || r.Fields[0].Field != "region" {
		t.Fatalf("what depends on the merge is listed: %v", err)
	}
}

func registeredCounterparty(r domain.CounterpartyRecord) domain.Counterparty {
	var c domain.Counterparty
	domain.CounterpartyWasRegistered{ID: domain.NewID[domain.Counterparty](), CounterpartyRecord: r, State: domain.CounterpartyProspect}.Apply(&c)
	return c
}

// Random commands never leave the declared workflow.
func TestCounterpartyWorkflow(t *testing.T) {
	t.Parallel()
	survivor, pair := domain.NewID[domain.Counterparty](), domain.NewID[domain.DuplicatePair]()
	rapid.Check(t, func(t *rapid.T) {
		var c domain.Counterparty
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			before := c.State
			var events []domain.Event[domain.Counterparty]
			switch rapid.IntRange(0, 6).Draw(t, "command") {
			case 0:
				events, _ = c.Register(domain.CounterpartyWasRegistered{ID: domain.NewID[domain.Counterparty](), CounterpartyRecord: domain.CounterpartyRecord{Kind: "organisation", LegalName: "x"}})
			case 1:
				events, _ = c.Activate("x")
			case 2:
				events, _ = c.Rest("x")
			case 3:
				events, _ = c.Close("x")
			case 4:
				events, _ = c.Reopen(domain.CounterpartyProspect, "x")
			case 5:
				events, _ = c.MergeInto(survivor, pair)
			case 6:
				events, _ = c.Unmerge(survivor, pair, "x")
			}
			for _, e := range events {
				e.Apply(&c)
			}
			if len(events) > 0 && !domain.CounterpartyTransitions.Allows(before, c.State) {
				t.Fatalf("illegal step %q -> %q", before, c.State)
			}
		}
	})
}
