package httpapi_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/access"
	"github.com/letopis-crm/letopis/readmodels"
)

// noted is what the access log answers in a role's name, the latest first.
func (k *kit) noted(role domain.Role, query string) []readmodels.AccessItem {
	k.t.Helper()
	status, body := k.send(role, http.MethodGet, "/v1/access-log"+query, "")
	if status != http.StatusOK {
		k.t.Fatalf("%s: %d %s", query, status, body)
	}
	var page readmodels.Page[readmodels.AccessItem]
	if err := json.Unmarshal([]byte(body), &page); err != nil {
		k.t.Fatal(err)
	}
	return page.Items
}

// catchUp brings the read models to the end of the log, once.
func (k *kit) catchUp() {
	k.t.Helper()
	all := k.store.All()
	for _, p := range k.projectors {
		if err := p.Apply(k.t.Context(), all, all[len(all)-1].Position); err != nil {
			k.t.Fatal(err)
		}
	}
}

// created gives a command of creation in a role's name and returns the id.
func (k *kit) created(role domain.Role, path, body string) uuid.UUID {
	k.t.Helper()
	status, answer := k.send(role, http.MethodPost, path, body)
	var receipt struct{ ID uuid.UUID }
	if err := json.Unmarshal([]byte(answer), &receipt); err != nil || status >= 300 {
		k.t.Fatalf("%s: %d %s", path, status, answer)
	}
	return receipt.ID
}

// What is read is found in the log: by client, with how, why and from where; one's own affairs are not.
func TestReadingsAreNoted(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	const registrar, reviewer = domain.RoleEmployee, domain.RoleComplianceReviewer
	client := k.created(registrar, "/v1/counterparties", `{"kind":"organisation","legal_name":"ООО Ромашка"}`)
	other := k.created(registrar, "/v1/counterparties", `{"kind":"organisation","legal_name":"ООО Василёк"}`)
	assignment := domain.NewID[domain.Assignment]()
	_, err := commands.Execute(t.Context(), k.executor, domain.Assignments, assignment, commands.IssueAssignment{
		Title: "Проверить смету", ExpectedResult: "Смета проверена", Assignee: k.who[registrar], Counterparty: domain.CounterpartyID(client), Due: time.Now().AddDate(0, 0, 7),
	}, commands.Request{CommandID: uuid.New(), Actor: k.who[registrar], Source: domain.SourceImport})
	if err != nil {
		t.Fatal(err)
	}
	k.catchUp()
	header := map[string]string{"Authorization": "Bearer " + k.token[registrar], "X-Purpose": "%D0%B7%D0%B2%D0%BE%D0%BD%D0%BE%D0%BA"}
	if status, body, answered := k.plainly(http.MethodGet, "/v1/counterparties/"+client.String(), header, ""); status != http.StatusOK || uuid.Validate(answered.Get("X-Request-Id")) != nil {
		t.Fatalf("%d %s, request %q", status, body, answered.Get("X-Request-Id"))
	}
	for _, path := range []string{
		"/v1/counterparties?limit=10", "/v1/search?q=%D0%A0%D0%BE%D0%BC%D0%B0%D1%88%D0%BA%D0%B0", "/v1/session", "/v1/tokens", "/v1/records/assignment/" + assignment.String(),
		"/v1/assignments/" + assignment.String(), "/v1/counterparties/" + client.String() + "/history", "/v1/counterparties/" + client.String() + "/contacts?purpose=%D0%BE%D1%82%D1%87%D1%91%D1%82",
	} {
		if status, body := k.send(registrar, http.MethodGet, path, ""); path != "/v1/tokens" && status != http.StatusOK {
			t.Fatalf("%s: %d %s", path, status, body)
		}
	}
	if status, _ := k.send(registrar, http.MethodGet, "/v1/counterparties/"+uuid.NewString(), ""); status != http.StatusNotFound {
		t.Fatalf("a client who is not there: %d", status)
	}
	seen := map[string]readmodels.AccessItem{}
	for _, item := range k.noted(reviewer, "?client="+client.String()) {
		seen[item.Operation] = item
	}
	for operation, want := range map[string]struct {
		way      access.Way
		resource access.Resource
		kind     string
		headline string
		clients  int
	}{
		"get-counterparty":         {access.View, access.Clients, "counterparty", "Открыта карточка клиента", 1},
		"list-counterparties":      {access.List, access.Clients, "", "Просмотрен список клиентов", 2},
		"search":                   {access.Search, access.Clients, "", "Поиск клиентов", 1},
		"get-record":               {access.View, access.Work, "assignment", "Открыта работа или задание", 1},
		"get-assignment":           {access.View, access.Work, "assignment", "Открыта работа или задание", 1},
		"get-counterparty-history": {access.View, access.Clients, "counterparty", "Открыта карточка клиента", 1},
		"get-contact-report":       {access.View, access.ContactDetails, "counterparty", "Открыты контактные сведения клиента", 1},
	} {
		got, ok := seen[operation]
		if !ok || got.Way != string(want.way) || got.Resource != string(want.resource) || got.RecordKind != want.kind || got.Headline != want.headline || got.ClientCount != want.clients ||
			got.Employee != k.who[registrar].UUID() || got.Address == "" || got.Credential == "" || got.Policy != access.Version() {
			t.Errorf("%s: %+v, want %+v", operation, got, want)
		}
	}
	if len(seen) != 7 {
		t.Errorf("%d operations are noted about the client, want 7", len(seen))
	}
	if seen["get-counterparty"].Purpose != "звонок" || seen["get-contact-report"].Purpose != "отчёт" {
		t.Errorf("the purposes are %q and %q", seen["get-counterparty"].Purpose, seen["get-contact-report"].Purpose)
	}
	if got := seen["list-counterparties"]; got.Results != 2 || !slices.ContainsFunc(got.Clients, func(c readmodels.AccessClient) bool { return c.ID == other && c.Name == "ООО Василёк" }) {
		t.Errorf("the list was noted as %+v", got)
	}
	for _, item := range k.noted(registrar, "") {
		if item.Employee != k.who[registrar].UUID() {
			t.Errorf("an employee learns what another looked at: %+v", item)
		}
	}
	if got := k.noted(reviewer, "?employee="+k.who[registrar].String()+"&resource=contact_details&action=view&limit=1"); len(got) != 1 || got[0].Operation != "get-contact-report" {
		t.Errorf("filtered: %+v", got)
	}
	if status, body := k.send(reviewer, http.MethodGet, "/v1/reports/access", ""); status != http.StatusOK || !strings.Contains(body, k.who[registrar].String()) {
		t.Errorf("the report: %d %s", status, body)
	}
	if got := k.noted(reviewer, "?resource=access_log"); len(got) < 2 {
		t.Error("looking at the access log is not noted")
	}
}

// What cannot be written down is not shown where that is guarded; what may wait, waits.
func TestGuardedAnswersNeedTheLog(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	const registrar = domain.RoleEmployee
	client := k.created(registrar, "/v1/counterparties", `{"kind":"organisation","legal_name":"ООО Ромашка"}`)
	imported := func() commands.Request {
		return commands.Request{CommandID: uuid.New(), Actor: k.who[registrar], Source: domain.SourceImport}
	}
	for _, role := range []domain.Role{registrar, domain.RoleManager} {
		hire := commands.HireEmployee{Name: domain.EmployeeName{Last: "Орлова", First: string(role)}, Hired: "2020-01-09"}
		if _, err := commands.Execute(t.Context(), k.executor, domain.Employees, k.who[role], hire, imported()); err != nil {
			t.Fatal(err)
		}
	}
	thread := domain.NewID[domain.InternalThread]()
	_, err := commands.Execute(t.Context(), k.executor, domain.InternalThreads, thread, commands.OpenThread{
		Kind: domain.ThreadQuestion, Subject: "Смета", Text: "Секретное слово", Addressees: []domain.EmployeeID{k.who[domain.RoleManager]},
	}, imported())
	if err != nil {
		t.Fatal(err)
	}
	k.catchUp()
	if _, err := k.pool.Exec(t.Context(), `alter table audit.access_log rename to elsewhere`); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/v1/threads/" + thread.String(), "/v1/threads", "/v1/negotiations", "/v1/records/thread/" + thread.String(), "/v1/counterparties/" + client.String() + "/contacts", "/v1/events"} {
		status, body := k.send(registrar, http.MethodGet, path, "")
		if status != http.StatusServiceUnavailable || !strings.Contains(body, "access_log.unavailable") || strings.Contains(body, "Секретное") || strings.Contains(body, "Смета") {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	if status, body := k.send(registrar, http.MethodGet, "/v1/counterparties/"+client.String(), ""); status != http.StatusOK {
		t.Errorf("what may wait: %d %s", status, body)
	}
	if _, err := k.pool.Exec(t.Context(), `alter table audit.elsewhere rename to access_log`); err != nil {
		t.Fatal(err)
	}
	if status, body := k.send(registrar, http.MethodGet, "/v1/threads/"+thread.String(), ""); status != http.StatusOK || !strings.Contains(body, "Секретное слово") {
		t.Errorf("with the log: %d %s", status, body)
	}
	if got := k.noted(domain.RoleComplianceReviewer, "?client="+client.String()); len(got) != 1 || got[0].Operation != "get-counterparty" {
		t.Errorf("what waited: %+v", got)
	}
}
