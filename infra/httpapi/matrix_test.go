package httpapi_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/access"
)

// outsider is an employee whom nobody's team holds: the kit's team are those who have roles.
const outsider = domain.Role("outsider")

// possession is a record of somebody's with a text that no other record has.
type possession struct {
	owner  domain.Role
	kind   string
	id     uuid.UUID
	canary string
}

// matrix asks every operation about every kind of record, by whom it is one's own, a colleague's and an outsider's.
type matrix struct {
	*kit
	*generator
	owners  []domain.Role
	records []possession
	clients map[domain.Role]uuid.UUID
	facts   map[uuid.UUID]fact
	asked   atomic.Int64
	mu      sync.Mutex // of what is counted
	shown   map[string]int
	refused map[string]int
}

// fact is what the right to a record depends on, and of which resource it is.
type fact struct {
	resource access.Resource
	record   access.Record
}

// collection tells of which kind the records of a path are.
var collection = map[string]string{
	"counterparties": domain.Counterparties.Name(), "contact-persons": domain.ContactPersons.Name(), "influence-links": domain.InfluenceLinks.Name(),
	"duplicates": domain.DuplicatePairs.Name(), "audience-groups": domain.AudienceGroups.Name(), "negotiations": domain.Negotiations.Name(),
	"messages": domain.IncomingMessages.Name(), "threads": domain.InternalThreads.Name(), "assignments": domain.Assignments.Name(), "work-items": domain.WorkItems.Name(),
	"time-sheets": domain.TimeSheets.Name(), "reminders": domain.Reminders.Name(), "attachments": domain.AttachedFiles.Name(), "employees": domain.Employees.Name(),
	"departments": domain.Departments.Name(), "working-calendars": domain.WorkingCalendars.Name(), "emergency-accesses": domain.EmergencyAccesses.Name(),
	"exports": domain.Counterparties.Name(),
}

// elsewhere are collections that are no records of the log, and approvals, whose right is that to what they ask for.
var elsewhere = []string{"accounts", "sessions", "tokens", "approvals"}

// Whoever asks by whatever door is given exactly what the policy lets them read, and changes nothing that it does not let
// them change. The policy is asked about the record as the log has it; the doors are those of the OpenAPI document.
func TestWhoMayWhat(t *testing.T) {
	t.Parallel()
	m := &matrix{kit: newKit(t), generator: newGenerator(3), owners: append(slices.Clone(domain.Roles), outsider), clients: map[domain.Role]uuid.UUID{},
		facts: map[uuid.UUID]fact{}, shown: map[string]int{}, refused: map[string]int{}}
	m.settle()
	m.feed()
	m.each(m.reads)
	for _, role := range m.askers() {
		m.changes(role)
	}
	t.Logf("%d requests; shown by kind: %v; refused at the record: %v", m.asked.Load(), m.shown, m.refused)
	if m.asked.Load() < 3000 {
		t.Errorf("only %d requests: are the operations found?", m.asked.Load())
	}
	m.enough()
}

func (m *matrix) askers() []domain.Role { return append([]domain.Role{""}, domain.Roles...) }

// each runs the same for all who ask, a few at a time.
func (m *matrix) each(ask func(domain.Role)) {
	roles := make(chan domain.Role)
	var asking sync.WaitGroup
	for range 3 {
		asking.Go(func() {
			for role := range roles {
				ask(role)
			}
		})
	}
	for _, role := range m.askers() {
		roles <- role
	}
	close(roles)
	asking.Wait()
}

// enough makes sure that the matrix could fail: of every kind something was shown, and something refused for its sake.
func (m *matrix) enough() {
	// Everybody may read and, with a right to change any, change all of these.
	free := []string{domain.AudienceGroups.Name(), domain.Employees.Name(), domain.Departments.Name(), domain.WorkingCalendars.Name(), domain.EmergencyAccesses.Name()}
	for _, kind := range collection {
		if m.shown[kind] == 0 {
			m.t.Errorf("nothing of a %s was ever shown", kind)
		}
		if m.refused[kind] == 0 && !slices.Contains(free, kind) {
			m.t.Errorf("no change of a %s was ever refused for the sake of the record", kind)
		}
	}
}

// settle makes a record of every kind for everybody who asks, and for the outsider.
func (m *matrix) settle() {
	m.who[outsider] = domain.NewID[domain.Employee]()
	for _, owner := range m.owners {
		settled(m, owner, domain.Employees, m.who[owner], func(canary string) commands.HireEmployee {
			return commands.HireEmployee{Name: domain.EmployeeName{Last: "Орлова", First: string(owner)}, Position: canary, Hired: "2020-01-09"}
		})
	}
	for _, owner := range m.owners {
		m.business(owner)
		m.office(owner)
	}
	for _, p := range m.records {
		m.facts[p.id] = m.known(p)
	}
}

// settled gives a command in the owner's name, with the canary of the record that it begins.
func settled[S any, C domain.Command[S]](m *matrix, owner domain.Role, category *domain.Category[S], id domain.ID[S], command func(canary string) C) domain.ID[S] {
	m.t.Helper()
	p := possession{owner, category.Name(), id.UUID(), fmt.Sprintf("канарейка-%s-%s.", owner, category.Name())}
	if _, err := commands.Execute(m.t.Context(), m.executor, category, id, command(p.canary), commands.NewRequest(m.who[owner], domain.SourceImport)); err != nil {
		m.t.Fatal(p.canary, err)
	}
	m.records = append(m.records, p)
	for plural, kind := range collection {
		if kind == p.kind {
			remember(m.ids, plural, p.id.String())
		}
	}
	return id
}

func (m *matrix) business(owner domain.Role) {
	me := m.who[owner]
	client := settled(m, owner, domain.Counterparties, domain.NewID[domain.Counterparty](), func(canary string) commands.RegisterCounterparty {
		return commands.RegisterCounterparty{CounterpartyRecord: domain.CounterpartyRecord{Kind: domain.KindOrganisation, LegalName: canary}, Responsible: me}
	})
	m.clients[owner] = client.UUID()
	branch := domain.NewID[domain.Counterparty]()
	if _, err := commands.Execute(m.t.Context(), m.executor, domain.Counterparties, branch,
		commands.RegisterCounterparty{CounterpartyRecord: domain.CounterpartyRecord{Kind: domain.KindOrganisation, LegalName: "ООО Филиал"}, Responsible: me},
		commands.NewRequest(me, domain.SourceImport)); err != nil {
		m.t.Fatal(err)
	}
	settled(m, owner, domain.DuplicatePairs, domain.DuplicatePairOf(client, branch), func(canary string) commands.FlagDuplicate {
		return commands.FlagDuplicate{Left: client, Right: branch, Note: canary}
	})
	person := settled(m, owner, domain.ContactPersons, domain.NewID[domain.ContactPerson](), func(canary string) commands.RegisterContactPerson {
		return commands.RegisterContactPerson{PersonDetails: domain.PersonDetails{LastName: canary}, Counterparty: client}
	})
	influence := commands.SupposeInfluence{Counterparty: client, From: person, Decision: "Поставка", Kind: "approves", Since: "2026-01-09",
		InfluenceWeight: domain.InfluenceWeight{Strength: 3, Confidence: 50}}
	settled(m, owner, domain.InfluenceLinks, influence.Link(), func(canary string) commands.SupposeInfluence {
		influence.Evidence.Note = canary
		return influence
	})
	settled(m, owner, domain.Negotiations, domain.NewID[domain.Negotiation](), func(canary string) commands.PlanNegotiation {
		return commands.PlanNegotiation{Counterparty: client, Topic: canary, Channel: "call", Stage: "needs", Ours: []domain.EmployeeID{me},
			PlannedFrom: m.now.AddDate(0, 0, 1), PlannedTo: m.now.AddDate(0, 0, 1).Add(time.Hour)}
	})
	settled(m, owner, domain.IncomingMessages, domain.NewID[domain.IncomingMessage](), func(canary string) commands.RegisterMessage {
		return commands.RegisterMessage{Channel: "letter", FromRaw: "Иванов", Counterparty: client, Subject: canary, Text: canary}
	})
	settled(m, owner, domain.WorkItems, domain.NewID[domain.WorkItem](), func(canary string) commands.PlanWorkItem {
		return commands.PlanWorkItem{Counterparty: client, Responsible: me, Due: domain.DateOf(m.now, time.UTC), Text: canary}
	})
	settled(m, owner, domain.Assignments, domain.NewID[domain.Assignment](), func(canary string) commands.IssueAssignment {
		return commands.IssueAssignment{Assignee: me, Title: canary, ExpectedResult: canary, Due: m.now.AddDate(0, 0, 5), Counterparty: client}
	})
	thread := settled(m, owner, domain.InternalThreads, domain.NewID[domain.InternalThread](), func(canary string) commands.OpenThread {
		return commands.OpenThread{Kind: domain.ThreadQuestion, Addressees: []domain.EmployeeID{m.correspondent()}, Subject: canary, Text: canary,
			Context: domain.ThreadContext{Counterparty: client}}
	})
	digest := m.upload(domain.RoleManager, "договор "+string(owner), "a.txt")
	settled(m, owner, domain.AttachedFiles, domain.NewID[domain.AttachedFile](), func(canary string) commands.AttachFile {
		return commands.AttachFile{About: domain.RefTo(domain.InternalThreads, thread), Name: canary + "txt", SHA256: digest}
	})
}

// correspondent is one more employee, who never asks.
func (m *matrix) correspondent() domain.EmployeeID {
	id := domain.NewID[domain.Employee]()
	if _, err := commands.Execute(m.t.Context(), m.executor, domain.Employees, id, commands.HireEmployee{Name: domain.EmployeeName{Last: "Петров", First: "Пётр"}, Hired: "2020-01-09"},
		commands.NewRequest(domain.SystemActor, domain.SourceImport)); err != nil {
		m.t.Fatal(err)
	}
	return id
}

func (m *matrix) office(owner domain.Role) {
	me, today := m.who[owner], domain.DateOf(m.now, time.UTC)
	settled(m, owner, domain.AudienceGroups, domain.NewID[domain.AudienceGroup](), func(canary string) commands.CreateAudienceGroup {
		return commands.CreateAudienceGroup{Kind: "person_group", Name: canary}
	})
	settled(m, owner, domain.Departments, domain.NewID[domain.Department](), func(canary string) commands.FoundDepartment {
		return commands.FoundDepartment{Name: canary, Head: me}
	})
	settled(m, owner, domain.WorkingCalendars, domain.NewID[domain.WorkingCalendar](), func(canary string) commands.DefineWorkingCalendar {
		return commands.DefineWorkingCalendar{Name: canary, Holidays: "none", Hours: domain.OfficeWeek()}
	})
	settled(m, owner, domain.TimeSheets, domain.TimeSheetOf(me, today), func(canary string) commands.EnterTime {
		return commands.EnterTime{TimeWorked: commands.TimeWorked{Date: today, Minutes: 10, Comment: canary}}
	})
	settled(m, owner, domain.Reminders, domain.NewID[domain.Reminder](), func(canary string) commands.ScheduleReminder {
		return commands.ScheduleReminder{Text: canary, FireAt: m.now.AddDate(0, 0, 3)}
	})
	settled(m, owner, domain.EmergencyAccesses, domain.NewID[domain.EmergencyAccess](), func(canary string) commands.OpenEmergencyAccess {
		return commands.OpenEmergencyAccess{Client: domain.CounterpartyID(m.clients[owner]), Reason: "Срочно нужно узнать: " + canary, Minutes: 60}
	})
}

// known is what the log says of the record at present.
func (m *matrix) known(p possession) fact {
	m.t.Helper()
	past, _, err := commands.Trail(m.t.Context(), m.executor, p.kind, p.id, time.Time{})
	if err != nil {
		m.t.Fatal(p.canary, err)
	}
	kind, record, err := commands.Rights(m.t.Context(), m.executor, p.kind, past.State)
	if err != nil {
		m.t.Fatal(p.canary, err)
	}
	resource, declared := access.Of(kind)
	if !declared {
		m.t.Fatal(kind)
	}
	return fact{resource, record}
}

func (m *matrix) actor(role domain.Role) access.Actor {
	standing, err := m.staff.Standing(m.t.Context(), m.who[role], m.now)
	if err != nil {
		m.t.Fatal(err)
	}
	return access.Actor{Employee: m.who[role], Roles: []domain.Role{role}, Standing: standing}
}

// others are whose records a person asks for: their own, those of a colleague, those of the outsider.
func (m *matrix) others(role domain.Role) []domain.Role {
	colleague := domain.RoleManager
	if role == domain.RoleManager {
		colleague = domain.RoleEmployee
	}
	return []domain.Role{role, colleague, outsider}
}

// reads asks all queries in a role's name.
func (m *matrix) reads(role domain.Role) {
	for _, o := range m.all {
		switch {
		case o.Method != http.MethodGet || o.OperationID == endless || o.open():
		case strings.Contains(o.Path, "{kind}"):
			for _, p := range m.of(role, "") {
				m.read(role, o, p, strings.ReplaceAll(o.Path, "{kind}", p.kind))
			}
		case strings.Contains(o.Path, "{id}"):
			for _, p := range m.of(role, m.kindOf(o)) {
				m.read(role, o, p, o.Path)
			}
		default:
			for _, query := range m.questions(role, o) {
				status, answer := m.get(role, o.Path+"?"+query.Encode())
				if status >= 500 || role == "" && status != http.StatusUnauthorized {
					m.t.Errorf("%s asks %s?%s: %d %s", role, o.Path, query.Encode(), status, answer)
				}
				m.look(role, o, answer)
			}
		}
	}
}

// of lists the records of a kind, or of all kinds, that the person asks for.
func (m *matrix) of(role domain.Role, kind string) []possession {
	return slices.DeleteFunc(slices.Clone(m.records), func(p possession) bool {
		return kind != "" && p.kind != kind || !slices.Contains(m.others(role), p.owner)
	})
}

// kindOf is the kind of record that the operation is about: there is none that the matrix does not know.
func (m *matrix) kindOf(o operation) string {
	kind, known := collection[o.plural()]
	if !known && !slices.Contains(elsewhere, o.plural()) {
		m.t.Errorf("%s: the matrix has no record for %s", o.OperationID, o.Path)
	}
	return kind
}

func (m *matrix) get(role domain.Role, target string) (int, string) {
	m.asked.Add(1)
	return m.send(role, http.MethodGet, target, "")
}

// read asks a query about one record.
func (m *matrix) read(role domain.Role, o operation, p possession, path string) {
	target := strings.ReplaceAll(path, "{id}", p.id.String())
	if o.plural() == "exports" {
		target += "?format=csv" // the other form is packed: no word could be found in it
	}
	status, answer := m.get(role, target)
	may := m.mayRead(role, o, p)
	if role != "" && !may && lists[o.OperationID] && status == http.StatusOK {
		may = true // a list of nothing, unless look finds something
	}
	if may != (status == http.StatusOK) || !may && !slices.Contains([]int{401, 403, 404}, status) {
		m.t.Errorf("%s asks %s about %s: %d %.300s, and the policy says %v", role, o.OperationID, p.canary, status, answer, may)
	}
	m.look(role, o, answer)
}

// lists are queries about one client that answer with a list: whoever may read nothing of it gets an empty one.
var lists = map[string]bool{"get-counterparty-history": true, "get-influence-map": true, "export-counterparty-history": true}

// mayRead is what the policy says of a query about one record.
func (m *matrix) mayRead(role domain.Role, o operation, p possession) bool {
	right, _ := access.RightOf(o.OperationID)
	actor, f := m.actor(role), m.facts[p.id]
	needs := []access.Resource{f.resource}
	switch right.Resource {
	case access.Own, access.Attachments:
		// The whole of a client holds its numbers and addresses.
		if p.kind == domain.Counterparties.Name() || p.kind == domain.ContactPersons.Name() {
			needs = append(needs, access.ContactDetails)
		}
	case access.Exports:
		actor.Within = access.Exports
	default:
		needs = append(needs, right.Resource)
	}
	return !slices.ContainsFunc(needs, func(r access.Resource) bool { return !actor.Check(r, access.Read, f.record) })
}

// look finds whose records an answer tells of, and asks the policy about each of them.
func (m *matrix) look(role domain.Role, o operation, answer string) {
	right, _ := access.RightOf(o.OperationID)
	actor := m.actor(role)
	if right.Resource == access.Exports {
		actor.Within = access.Exports
	}
	for _, p := range m.records {
		if !strings.Contains(answer, p.canary) {
			continue
		}
		if f := m.facts[p.id]; role == "" || !actor.Check(f.resource, access.Read, f.record) {
			m.t.Errorf("%s is told of %s by %s: %.500s", role, p.canary, o.OperationID, answer)
		}
		m.mu.Lock()
		m.shown[p.kind]++
		m.mu.Unlock()
	}
}

// questions are the ways to ask a list: plainly, and by each of its filters that could reach into others' records.
func (m *matrix) questions(role domain.Role, o operation) []url.Values {
	plain := url.Values{}
	for _, p := range o.parameters {
		switch {
		case p.Name == "limit":
			plain.Set("limit", fmt.Sprint(int(*m.resolve(p.Schema).Maximum)))
		case p.Name == "format":
			plain.Set("format", "csv")
		case p.Required:
			plain.Set(p.Name, "канарейка")
		}
	}
	all := []url.Values{plain}
	for _, p := range o.parameters {
		if p.In != "query" {
			continue
		}
		for _, value := range m.reaching(role, p) {
			query := maps.Clone(plain)
			query.Set(p.Name, value)
			all = append(all, query)
		}
	}
	if o.OperationID == "list-attachments" {
		for _, p := range m.of(role, domain.InternalThreads.Name()) {
			all = append(all, url.Values{"about_kind": {p.kind}, "about_id": {p.id.String()}})
		}
	}
	return all
}

// reaching are values of a filter that others' records answer to.
func (m *matrix) reaching(role domain.Role, p *huma.Param) (values []string) {
	s := m.resolve(p.Schema)
	switch of := collections[strings.TrimSuffix(p.Name, "_id")]; {
	case s.Format == "uuid" && of == "counterparties":
		for _, p := range m.of(role, domain.Counterparties.Name()) {
			values = append(values, p.id.String())
		}
	case s.Format == "uuid" && slices.Contains(ofEmployees, strings.TrimSuffix(p.Name, "_id")):
		for _, owner := range m.others(role) {
			if owner != "" {
				values = append(values, m.who[owner].String())
			}
		}
	case p.Name == "q", p.Name == "text", p.Name == "name":
		values = []string{"канарейка"}
	case p.Name == "kind" && len(s.Enum) == 0 && s.Type == huma.TypeString:
		values = slices.Sorted(maps.Values(collection))
	case s.Type == huma.TypeBoolean:
		values = []string{"true", "false"}
	}
	return values
}

// changes gives all commands in a role's name, with an empty body and with a proper one.
func (m *matrix) changes(role domain.Role) {
	for _, o := range m.all {
		if o.Method != http.MethodPost || !strings.Contains(o.Path, "{id}") {
			continue
		}
		kind := m.kindOf(o)
		if kind == "" {
			continue
		}
		for _, p := range m.of(role, kind) {
			m.change(role, o, p, "{}")
			m.change(role, o, p, string(m.valid(o).body))
		}
	}
}

const (
	noRole   = "your roles do not allow this"
	notYours = "this record is not yours to change"
)

// change gives one command. A body that is not fit to be read is refused before the record is looked at.
func (m *matrix) change(role domain.Role, o operation, p possession, body string) {
	before, may, right := m.store.head.Load(), false, access.Right{}
	if role != "" {
		right, may = m.mayChange(role, o, p)
	}
	m.asked.Add(1)
	status, answer := m.send(role, http.MethodPost, strings.ReplaceAll(o.Path, "{id}", p.id.String()), body)
	var problem struct{ Detail string }
	_ = json.Unmarshal([]byte(answer), &problem)
	atGate := status == http.StatusForbidden && strings.Contains(problem.Detail, notYours)
	byRole := status == http.StatusForbidden && strings.Contains(problem.Detail, noRole)
	ok := !atGate && !byRole && status < 500
	switch {
	case role == "":
		ok = status == http.StatusUnauthorized
	case m.actor(role).Scope(right.Resource, right.Action) == access.None:
		ok = byRole
	case !may:
		ok = atGate || status == http.StatusUnprocessableEntity
	}
	if changed := m.store.head.Load() != before; !ok || changed && !may {
		m.t.Errorf("%s gives %s to %s with %s: %d %.300s, the policy says %v, the log changed: %v", role, o.OperationID, p.canary, body, status, answer, may, changed)
	}
	if atGate {
		m.refused[p.kind]++
	}
}

// mayChange is what the policy says of a command to one record, as it stands.
func (m *matrix) mayChange(role domain.Role, o operation, p possession) (access.Right, bool) {
	right, declared := access.RightOf(o.OperationID)
	if !declared {
		m.t.Error(o.OperationID, "has no right")
	}
	f := m.known(p)
	asked := right
	if right.Resource == access.Attachments {
		asked.Resource = f.resource
	}
	return right, m.actor(role).Check(asked.Resource, asked.Action, f.record)
}
