package readmodels_test

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/commands/policies"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/readmodels"
)

func (k *kit) client(r domain.CounterpartyRecord, roles ...domain.CounterpartyRole) domain.CounterpartyID {
	k.t.Helper()
	if r.Kind == "" {
		r.Kind = domain.KindOrganisation
	}
	id := domain.NewID[domain.Counterparty]()
	do(k, domain.Counterparties, id, commands.RegisterCounterparty{CounterpartyRecord: r, Roles: roles})
	return id
}

func reach(phone, email string) domain.ContactDetails {
	d := domain.ContactDetails{}
	if phone != "" {
		d.Phones = []domain.Phone{{Raw: phone}}
	}
	if email != "" {
		d.Emails = []domain.Email{{Address: email}}
	}
	return d
}

func (k *kit) person(at domain.CounterpartyID, name, position string, d domain.ContactDetails) domain.ContactPersonID {
	k.t.Helper()
	id := domain.NewID[domain.ContactPerson]()
	do(k, domain.ContactPersons, id, commands.RegisterContactPerson{PersonDetails: domain.PersonDetails{LastName: name, Position: position}, ContactDetails: d, Counterparty: at})
	return id
}

// answer is for queries.
func answer[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func clientNames(items []readmodels.ClientItem) []string {
	list := make([]string, len(items))
	for i, c := range items {
		list[i] = c.Name
	}
	return list
}

func TestClientsAreFound(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	romashka := k.client(domain.CounterpartyRecord{LegalName: `ООО "Ромашка Плюс"`, INN: "7707083893", KPP: "773601001", Region: "Урал", Segment: "опт",
		ContactDetails: reach("8 (916) 123-45-67", "Info@Romashka.example")}, domain.RoleCustomer)
	vasilek := k.client(domain.CounterpartyRecord{LegalName: "АО Василёк", Region: "Алтай"}, domain.RoleCompetitor, domain.RoleCustomer)
	k.client(domain.CounterpartyRecord{LegalName: "Лютик"})
	maria := k.person(vasilek, "Орлова", "директор", reach("+7 495 703-33-33", "orlova@vasilek.example"))
	do(k, domain.Counterparties, vasilek, commands.CloseCounterparty{Reason: "ликвидация"})
	k.project(1)
	list := answer[readmodels.Page[readmodels.ClientItem]](t)
	for what, c := range map[string]struct {
		filter readmodels.ClientFilter
		want   []string
	}{
		"all by name":             {readmodels.ClientFilter{}, []string{"АО Василёк", "Лютик", `ООО "Ромашка Плюс"`}},
		"role":                    {readmodels.ClientFilter{Role: "competitor"}, []string{"АО Василёк"}},
		"state":                   {readmodels.ClientFilter{State: []string{"prospect"}}, []string{"Лютик", `ООО "Ромашка Плюс"`}},
		"region":                  {readmodels.ClientFilter{Region: "Урал"}, []string{`ООО "Ромашка Плюс"`}},
		"responsible":             {readmodels.ClientFilter{Responsible: uuid.Must(uuid.NewV7())}, []string{}},
		"INN":                     {readmodels.ClientFilter{Text: "7707083893"}, []string{`ООО "Ромашка Плюс"`}},
		"beginning of an INN":     {readmodels.ClientFilter{Text: "7707 08"}, []string{`ООО "Ромашка Плюс"`}},
		"phone":                   {readmodels.ClientFilter{Text: "916 123 45 67"}, []string{`ООО "Ромашка Плюс"`}},
		"e-mail in other letters": {readmodels.ClientFilter{Text: "INFO@romashka.example"}, []string{`ООО "Ромашка Плюс"`}},
		"name":                    {readmodels.ClientFilter{Text: "ромашка"}, []string{`ООО "Ромашка Плюс"`}},
		"typing error":            {readmodels.ClientFilter{Text: "рамашка"}, []string{`ООО "Ромашка Плюс"`}},
		"ё and case":              {readmodels.ClientFilter{Text: "ВАСИЛЕК"}, []string{"АО Василёк"}},
		"phone of a person":       {readmodels.ClientFilter{Text: "8 495 703 33 33"}, []string{"АО Василёк"}},
		"text and filter":         {readmodels.ClientFilter{Text: "ромашка", Region: "Алтай"}, []string{}},
		"nonsense":                {readmodels.ClientFilter{Text: "!!!"}, []string{}},
	} {
		if got := clientNames(list(k.Clients(t.Context(), c.filter)).Items); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", what, got, c.want)
		}
	}
	hits := answer[[]readmodels.SearchHit](t)(k.Search(t.Context(), readmodels.SearchFilter{Text: "орлова"}))
	if len(hits) != 1 || hits[0].Kind != "person" || hits[0].ID != maria.UUID() || *hits[0].Client != vasilek.UUID() {
		t.Errorf("search: %+v", hits)
	}
	known := answer[[]readmodels.Known](t)
	if found := known(k.FindByPhone(t.Context(), "+74957033333")); len(found) != 1 || *found[0].Person != maria.UUID() || found[0].Client != vasilek.UUID() {
		t.Errorf("by phone: %+v", found)
	}
	if found := known(k.FindByEmail(t.Context(), " ORLOVA@vasilek.example")); len(found) != 1 || found[0].PersonName != "Орлова" {
		t.Errorf("by e-mail: %+v", found)
	}
	similar := answer[[]readmodels.SimilarClient](t)(k.SimilarClients(t.Context(), readmodels.SimilarFilter{Name: "ромашка-плюс", INN: "7707083893"}))
	if len(similar) != 1 || !similar[0].SameINN || similar[0].ID != romashka.UUID() || similar[0].Similarity < 0.99 {
		t.Errorf("similar: %+v", similar)
	}
}

// Pages hold every client once, in order, whatever way they are sorted.
func TestClientPages(t *testing.T) {
	t.Parallel()
	k := newKit(t, "clients", "duplicates", "employees")
	for i := range 23 {
		k.later(time.Minute)
		k.client(domain.CounterpartyRecord{LegalName: fmt.Sprintf("Клиент %02d", i%7)})
	}
	k.project(5)
	for _, f := range []readmodels.ClientFilter{{}, {Sort: "newest"}, {Text: "клиент"}} {
		seen := map[uuid.UUID]bool{}
		f.Limit = 4
		for {
			page := answer[readmodels.Page[readmodels.ClientItem]](t)(k.Clients(t.Context(), f))
			for _, c := range page.Items {
				if seen[c.ID] {
					t.Fatalf("%+v: %s twice", f, c.Name)
				}
				seen[c.ID] = true
			}
			if f.Cursor = page.Next; f.Cursor == "" {
				break
			}
		}
		if len(seen) != 23 {
			t.Errorf("%+v: %d clients", f, len(seen))
		}
	}
}

func TestClientCardAndContactReport(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	head := k.client(domain.CounterpartyRecord{LegalName: "Головная", LegalAddress: "Москва", ContactDetails: reach("8 (916) 123-45-67", "a@head.example")})
	branch := k.client(domain.CounterpartyRecord{LegalName: "Филиал", ContactDetails: reach("", "b@head.example")})
	do(k, domain.Counterparties, branch, commands.JoinCounterparty{Parent: head})
	orlova := k.person(head, "Орлова", "директор", reach("8 (916) 765-43-21", ""))
	petrov := k.person(head, "Петров", "юрист", domain.ContactDetails{})
	do(k, domain.ContactPersons, petrov, commands.DismissPerson{Counterparty: head, To: "2026-03-09"})
	do(k, domain.ContactPersons, orlova, commands.GivePersonConsent{Consent: domain.Consent{Channel: domain.ChannelEmail, Scope: "advertising"}})
	do(k, domain.Counterparties, head, commands.AddSignatory{Name: "Орлова М. С.", Authority: "Устав", ValidUntil: "2026-12-31"})
	k.later(time.Hour)
	do(k, domain.Counterparties, head, commands.ChangeCounterpartyContacts{ContactDetails: reach("8 (916) 000-00-01", "a@head.example")})
	group := domain.NewID[domain.AudienceGroup]()
	do(k, domain.AudienceGroups, group, commands.CreateAudienceGroup{Kind: domain.GroupOfCounterparties, Name: "Урал"})
	do(k, domain.AudienceGroups, group, commands.AddGroupMembers{GroupMembers: domain.GroupMembers{Counterparties: []domain.CounterpartyID{head}}})
	k.project(2)

	card := answer[readmodels.ClientCard](t)(k.ClientCard(t.Context(), head.UUID()))
	if len(card.Branches) != 1 || len(card.People) != 2 || !card.People[0].Current || card.People[1].Current || len(card.Signatories) != 1 || len(card.Groups) != 1 {
		t.Errorf("card: %+v", card)
	}
	if *card.Responsible != k.actor.UUID() || card.Revision != 2 {
		t.Errorf("responsible %v, revision %d", card.Responsible, card.Revision)
	}
	report := answer[readmodels.ContactReport](t)(k.ContactReport(t.Context(), head.UUID(), readmodels.ContactReportFilter{}, k.clock))
	if len(report.Own) != 3 || len(report.People) != 1 || len(report.People[0].Consents) != 1 || len(report.Places) != 1 {
		t.Errorf("report: %+v", report)
	}
	report = answer[readmodels.ContactReport](t)(k.ContactReport(t.Context(), head.UUID(), readmodels.ContactReportFilter{Past: true}, k.clock))
	old := slices.IndexFunc(report.Own, func(p readmodels.ContactPoint) bool { return p.Value == "+79161234567" })
	if len(report.Own) != 4 || len(report.People) != 2 || report.Own[old].Until == nil || !report.Own[old].Until.Equal(k.clock) {
		t.Errorf("report with the past: %+v", report)
	}
	members := answer[readmodels.GroupCard](t)(k.Group(t.Context(), group.UUID()))
	if len(members.Members) != 1 || members.Members[0].Name != "Головная" || members.Size != 1 {
		t.Errorf("group: %+v", members)
	}
	person := answer[readmodels.PersonCard](t)(k.PersonCard(t.Context(), petrov.UUID()))
	if len(person.Employments) != 1 || person.Employments[0].Name != "Головная" || person.Employments[0].To != "2026-03-09" {
		t.Errorf("person: %+v", person)
	}
	people := answer[readmodels.Page[readmodels.PersonItem]](t)(k.Persons(t.Context(), readmodels.PersonFilter{Client: head.UUID(), Text: "орл"}))
	if len(people.Items) != 1 {
		t.Errorf("persons: %+v", people)
	}
	merges := answer[readmodels.Page[readmodels.GroupItem]](t)(k.Groups(t.Context(), readmodels.GroupFilter{}))
	if len(merges.Items) != 1 {
		t.Errorf("groups: %+v", merges)
	}
}

// react gives every event so far to the policy, as its runner does.
func (k *kit) react(p policies.Policy) {
	k.t.Helper()
	for _, e := range k.store.All() {
		if p.Types()[e.Type] {
			if err := p.React(context.Background(), k.executor, e, func(err error) { k.t.Log(err) }); err != nil {
				k.t.Fatal(err)
			}
		}
	}
}

func TestDuplicatesFromFindingToUnmerging(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	ctx := t.Context()
	one := k.client(domain.CounterpartyRecord{LegalName: "ООО Ромашка", ContactDetails: reach("8 (916) 123-45-67", "")})
	two := k.client(domain.CounterpartyRecord{LegalName: "Ромашка", Region: "Урал", ContactDetails: reach("+7 916 123 45 67", "")})
	k.client(domain.CounterpartyRecord{LegalName: "Ромашка"})
	k.client(domain.CounterpartyRecord{LegalName: "Другая", ContactDetails: reach("+7 916 123 45 67", "")})
	head := k.client(domain.CounterpartyRecord{LegalName: "Сбербанк", INN: "7707083893", KPP: "773601001"})
	branch := k.client(domain.CounterpartyRecord{LegalName: "Уральский банк", INN: "7707083893", KPP: "667102001"})
	k.project(0)
	k.react(policies.FindDuplicates(k.Queries))
	k.project(0)
	k.react(policies.FindDuplicates(k.Queries)) // given again: nothing new
	k.project(0)
	queue := answer[readmodels.Page[readmodels.DuplicateItem]](t)(k.DuplicateQueue(ctx, readmodels.DuplicateFilter{}))
	if len(queue.Items) != 2 || queue.Items[0].Suggestion != "branch" || queue.Items[1].Score != 70 || queue.Items[1].Left.Record.LegalName == "" {
		t.Fatalf("queue: %+v", queue.Items)
	}
	if list := answer[readmodels.Page[readmodels.ClientItem]](t)(k.Clients(ctx, readmodels.ClientFilter{Duplicates: true})); len(list.Items) != 4 {
		t.Errorf("with duplicates: %v", clientNames(list.Items))
	}
	do(k, domain.DuplicatePairs, domain.DuplicatePairOf(head, branch), commands.LinkBranch{Head: head})
	pair := domain.DuplicatePairOf(one, two)
	do(k, domain.DuplicatePairs, pair, commands.MergeCounterparties{Survivor: one})
	k.person(one, "Орлова", "директор", domain.ContactDetails{})
	k.project(3)
	card := answer[readmodels.ClientCard](t)(k.ClientCard(ctx, two.UUID()))
	if card.ID != one.UUID() || len(card.Merged) != 1 || card.Record.Region != "Урал" || card.Duplicates != 0 {
		t.Errorf("the loser's card is the survivor's: %+v", card)
	}
	if aliases := answer[[]uuid.UUID](t)(k.AliasesOf(ctx, two.UUID())); !slices.Equal(aliases, []uuid.UUID{one.UUID(), two.UUID()}) {
		t.Errorf("aliases %v", aliases)
	}
	if found := answer[[]readmodels.Known](t)(k.FindByPhone(ctx, "+79161234567")); slices.ContainsFunc(found, func(f readmodels.Known) bool { return f.Client == two.UUID() }) {
		t.Errorf("the loser is found by its survivor: %+v", found)
	}
	if c := answer[readmodels.ClientCard](t)(k.ClientCard(ctx, branch.UUID())); c.Parent == nil || *c.Parent != head.UUID() {
		t.Errorf("the branch has its head: %+v", c.Parent)
	}
	do(k, domain.DuplicatePairs, pair, commands.UnmergeCounterparties{Reason: "разные"})
	k.project(0)
	if c := answer[readmodels.ClientCard](t)(k.ClientCard(ctx, two.UUID())); c.ID != two.UUID() || c.State != "prospect" {
		t.Errorf("after the un-merge: %+v", c)
	}
	if c := answer[readmodels.ClientCard](t)(k.ClientCard(ctx, one.UUID())); len(c.Merged) != 0 || c.Record.Region != "" {
		t.Errorf("after the un-merge: %+v", c)
	}
	log := answer[readmodels.Page[readmodels.MergeItem]](t)(k.MergeLog(ctx, readmodels.MergeLogFilter{}))
	if len(log.Items) != 2 || log.Items[0].Action != "unmerged" || log.Items[1].LoserName != "Ромашка" {
		t.Errorf("merge log: %+v", log.Items)
	}
	k.react(policies.FindDuplicates(k.Queries))
	k.project(0)
	if queue := answer[readmodels.Page[readmodels.DuplicateItem]](t)(k.DuplicateQueue(ctx, readmodels.DuplicateFilter{})); len(queue.Items) != 0 {
		t.Errorf("what was parted is not proposed again: %+v", queue.Items)
	}
	k.sameRowsOneByOne("client", "client_alias", "client_change", "person", "search_entry", "duplicate_pair", "merge_log")
}

// sameRowsOneByOne fills a second database event by event and compares the tables.
func (k *kit) sameRowsOneByOne(tables ...string) {
	k.t.Helper()
	again := newKit(k.t, "clients", "duplicates")
	again.store = k.store
	again.project(1)
	for _, table := range tables {
		var dumps [2]string
		for i, db := range []*kit{k, again} {
			//sqlvet:built the tables are named by the test
			if err := db.DB.QueryRow(k.t.Context(), `select coalesce(string_agg(t::text, E'\n' order by t::text), '') from read.`+table+` t`).Scan(&dumps[i]); err != nil {
				k.t.Fatal(err)
			}
		}
		if dumps[0] != dumps[1] || dumps[0] == "" && table != "client_alias" {
			k.t.Errorf("%s differs by batch size\n%s\n%s", table, dumps[0], dumps[1])
		}
	}
}

func TestChainsOfMerges(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	a, b, c := k.client(domain.CounterpartyRecord{LegalName: "А"}), k.client(domain.CounterpartyRecord{LegalName: "Б"}), k.client(domain.CounterpartyRecord{LegalName: "В"})
	merge := func(survivor, loser domain.CounterpartyID) domain.DuplicatePairID {
		flag := commands.FlagDuplicate{Left: survivor, Right: loser}
		do(k, domain.DuplicatePairs, flag.Pair(), flag)
		do(k, domain.DuplicatePairs, flag.Pair(), commands.MergeCounterparties{Survivor: survivor})
		return flag.Pair()
	}
	merge(b, c)
	outer := merge(a, b)
	k.project(1)
	resolve := answer[uuid.UUID](t)
	if got := resolve(k.ResolveAlias(t.Context(), c.UUID())); got != a.UUID() {
		t.Errorf("%s stands for the last", got)
	}
	do(k, domain.DuplicatePairs, outer, commands.UnmergeCounterparties{Reason: "x"})
	k.project(1)
	if got := resolve(k.ResolveAlias(t.Context(), c.UUID())); got != b.UUID() {
		t.Errorf("%s stands for the last after the un-merge", got)
	}
	if aliases := answer[[]uuid.UUID](t)(k.AliasesOf(t.Context(), a.UUID())); len(aliases) != 1 {
		t.Errorf("aliases %v", aliases)
	}
}

func TestInfluenceMap(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	client := k.client(domain.CounterpartyRecord{LegalName: "Завод"})
	boss, clerk, lawyer := k.person(client, "Директоров", "директор", domain.ContactDetails{}), k.person(client, "Снабженцев", "снабженец", domain.ContactDetails{}), k.person(client, "Юристов", "юрист", domain.ContactDetails{})
	seen := domain.Evidence{Note: "встреча"}
	first := commands.SupposeInfluence{Counterparty: client, From: boss, Decision: "Выбор подрядчика", Kind: domain.InfluenceApproves,
		InfluenceWeight: domain.InfluenceWeight{Strength: 5, Attitude: -1, Confidence: 40}, Evidence: seen, Since: "2026-01-10"}
	second := commands.SupposeInfluence{Counterparty: client, From: clerk, To: boss, Kind: domain.InfluenceInformal, Topic: "выбор подрядчика",
		InfluenceWeight: domain.InfluenceWeight{Strength: 3, Attitude: 2, Confidence: 40}, Evidence: seen, Since: "2026-01-20"}
	do(k, domain.InfluenceLinks, first.Link(), first)
	do(k, domain.InfluenceLinks, second.Link(), second)
	do(k, domain.InfluenceLinks, first.Link(), commands.ConfirmInfluence{Evidence: seen, Confidence: 90, On: "2026-02-01"})
	do(k, domain.InfluenceLinks, first.Link(), commands.OutdateInfluence{Until: "2026-02-28", Reason: "сменился"})
	if _, err := try(k, k.actor, domain.InfluenceLinks, second.Link(), second); err != nil {
		t.Errorf("the same again is already so: %v", err)
	}
	k.project(1)
	ask := func(on string) readmodels.InfluenceMap {
		return answer[readmodels.InfluenceMap](t)(k.InfluenceMap(t.Context(), client.UUID(), readmodels.InfluenceFilter{On: on, Topic: "выбор  Подрядчика"}, "2026-03-10"))
	}
	january := ask("2026-01-25")
	if len(january.Links) != 2 || january.Links[0].State == "confirmed" || !slices.Equal(january.Unlinked, []uuid.UUID{lawyer.UUID()}) {
		t.Errorf("january: %+v", january)
	}
	if len(january.Ways) != 2 || !slices.Equal(january.Ways[1].People, []uuid.UUID{clerk.UUID(), boss.UUID()}) || january.Ways[1].Strength != 3 {
		t.Errorf("ways: %+v", january.Ways)
	}
	february := ask("2026-02-10")
	i := slices.IndexFunc(february.Links, func(l readmodels.InfluenceEdge) bool { return l.ID == first.Link().UUID() })
	if i < 0 || february.Links[i].State != "confirmed" || february.Links[i].Confidence != 90 {
		t.Errorf("february: %+v", february.Links)
	}
	if march := ask(""); len(march.Links) != 1 || len(march.Ways) != 0 || march.On != "2026-03-10" {
		t.Errorf("march: %+v", march)
	}
}

func TestPortfolioGrowth(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	boris := domain.NewID[domain.Employee]()
	a := k.client(domain.CounterpartyRecord{LegalName: "А", Region: "Урал"})
	k.client(domain.CounterpartyRecord{LegalName: "Б"})
	k.later(31 * 24 * time.Hour)
	do(k, domain.Counterparties, a, commands.ActivateCounterparty{})
	do(k, domain.Counterparties, a, commands.EntrustCounterparty{Responsible: boris})
	k.project(1)
	growth := answer[[]readmodels.GrowthMonth](t)
	all := growth(k.PortfolioGrowth(t.Context(), readmodels.GrowthFilter{}, k.clock.Add(time.Hour)))
	if len(all) != 2 || all[0].Registered != 2 || all[0].Total != 2 || all[1].Activated != 1 || all[1].Total != 2 || all[0].Month != "2026-03" {
		t.Errorf("all: %+v", all)
	}
	if his := growth(k.PortfolioGrowth(t.Context(), readmodels.GrowthFilter{Responsible: boris.UUID()}, k.clock.Add(time.Hour))); len(his) != 1 || his[0].TakenOver != 1 || his[0].Total != 1 {
		t.Errorf("his: %+v", his)
	}
	if hers := growth(k.PortfolioGrowth(t.Context(), readmodels.GrowthFilter{Responsible: k.actor.UUID()}, k.clock.Add(time.Hour))); len(hers) != 2 || hers[1].HandedOver != 1 || hers[1].Total != 1 {
		t.Errorf("hers: %+v", hers)
	}
	if owners := answer[[]readmodels.Portfolio](t)(k.Portfolios(t.Context())); len(owners) != 2 || owners[0].Total != 1 {
		t.Errorf("owners: %+v", owners)
	}
}

// The register of American hospitals: 3,502 rows, names and phones repeat, no row is lost and none merged by itself.
func TestHospitals(t *testing.T) {
	t.Parallel()
	rows := hospitals(t)
	k := newKit(t, "clients", "duplicates", "employees")
	take := func() (written int) {
		for _, row := range rows {
			receipt, err := commands.Import(t.Context(), k.executor, row, commands.NewRequest(domain.SystemActor, domain.SourceImport))
			if err != nil {
				t.Fatal(err)
			}
			written += receipt.Events
		}
		return written
	}
	if n := take(); n != len(rows) {
		t.Errorf("%d events for %d rows", n, len(rows))
	}
	if n := take(); n != 0 {
		t.Errorf("%d events for the same rows again", n)
	}
	k.project(500)
	var count, phones int
	if err := k.DB.QueryRow(t.Context(), `select count(*), count(distinct phones[1]) from read.search_entry`).Scan(&count, &phones); err != nil {
		t.Fatal(err)
	}
	if count != len(rows) || phones < 3400 {
		t.Errorf("%d clients, %d phones", count, phones)
	}
	k.react(policies.FindDuplicates(k.Queries))
	k.project(0)
	queue := answer[readmodels.Page[readmodels.DuplicateItem]](t)(k.DuplicateQueue(t.Context(), readmodels.DuplicateFilter{PageRequest: readmodels.PageRequest{Limit: 500}}))
	for _, d := range queue.Items {
		if !slices.Equal(d.Rules, []string{"same_phone", "similar_name"}) {
			t.Errorf("a name or a phone alone makes no candidate: %v, %s, %s", d.Rules, d.Left.Name, d.Right.Name)
		}
	}
}

// hospitals reads the list where it lies; without it the same shape is made up.
func hospitals(t *testing.T) []commands.ImportCounterparty {
	t.Helper()
	var list []commands.ImportCounterparty
	row := func(id, name, address, state, phone string) commands.ImportCounterparty {
		return commands.ImportCounterparty{Source: "cms", ExternalID: id, Roles: []domain.CounterpartyRole{domain.RoleCustomer}, Record: domain.CounterpartyRecord{
			Kind: domain.KindOrganisation, LegalName: name, Country: "US", ActualAddress: address, Region: state, ContactDetails: domain.ContactDetails{Phones: []domain.Phone{{Raw: phone}}}}}
	}
	file, err := os.Open(os.Getenv("LETOPIS_HOSPITALS"))
	if err != nil {
		for i := range 3502 {
			list = append(list, row(fmt.Sprint(i), fmt.Sprintf("MEMORIAL HOSPITAL %d", i%3368), "Main Street", "TX", fmt.Sprintf("212555%04d", i%3493)))
		}
		return list
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(unzipped).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := func(name string) int { return slices.Index(all[0], name) }
	for _, r := range all[1:] {
		list = append(list, row(r[column("Provider.ID")], r[column("Hospital.Name")], r[column("Address")]+", "+r[column("City")], r[column("State")], r[column("Phone.Number")]))
	}
	return list
}
