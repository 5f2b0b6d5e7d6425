package httpapi_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/wording"
	"github.com/letopis-crm/letopis/infra/spreadsheet"
)

// feed brings the read models to the end of the log, once.
func (k *kit) feed() {
	k.t.Helper()
	all := k.store.All()
	for _, p := range k.projectors {
		if err := p.Apply(k.t.Context(), all, all[len(all)-1].Position); err != nil {
			k.t.Fatal(p.Name(), err)
		}
	}
}

// exported is the answer to an export and the table in it, as an import reads it.
type exported struct {
	status int
	header http.Header
	body   string
	names  []string
	rows   []spreadsheet.Row
}

func (k *kit) export(role domain.Role, path string, header map[string]string) exported {
	k.t.Helper()
	all := map[string]string{"Authorization": "Bearer " + k.token[role]}
	maps.Copy(all, header)
	var e exported
	e.status, e.body, e.header = k.plainly(http.MethodGet, "/v1/exports"+path, all, "")
	if e.status != http.StatusOK {
		return e
	}
	r, err := spreadsheet.New(path, bytes.NewReader([]byte(e.body)), int64(len(e.body)), spreadsheet.Options{})
	if err != nil {
		k.t.Fatal(path, err)
	}
	defer func() { _ = r.Close() }()
	e.names = r.Header()
	for row, err := range r.Rows() {
		// The line that says that it is not all is shorter than the others.
		if _, short := errors.AsType[spreadsheet.RowErrors](err); err != nil && !short {
			k.t.Fatal(path, err)
		}
		e.rows = append(e.rows, row)
	}
	return e
}

// work makes a client with a hostile name, and something in every list around it. It returns the client's id.
func (k *kit) work(name string) string {
	k.t.Helper()
	for _, role := range domain.Roles {
		if _, err := commands.Execute(k.t.Context(), k.executor, domain.Employees, k.who[role],
			commands.HireEmployee{Name: domain.EmployeeName{Last: "Орлова", First: string(role)}, Hired: "2020-01-09"},
			commands.Request{CommandID: uuid.New(), Source: domain.SourceImport, Actor: k.who[role]}); err != nil {
			k.t.Fatal(err)
		}
	}
	post := func(path, body string) string {
		k.t.Helper()
		status, answer := k.send(domain.RoleEmployee, http.MethodPost, path, body)
		var receipt struct{ ID string }
		if _ = json.Unmarshal([]byte(answer), &receipt); status >= 300 {
			k.t.Fatal(path, status, answer)
		}
		return receipt.ID
	}
	me, colleague := k.who[domain.RoleEmployee].String(), k.who[domain.RoleManager].String()
	client := post("/v1/counterparties", `{"kind":"organisation","legal_name":`+quoted(name)+`,"inn":"7707083893","phones":[{"raw":"+7 (900) 000-00-01"}],"roles":["customer"]}`)
	post("/v1/contact-persons", `{"last_name":`+quoted(name)+`,"counterparty_id":"`+client+`","phones":[{"raw":"+7 900 000-00-02"},{"raw":"+7 900 000-00-03"}]}`)
	post("/v1/negotiations", `{"counterparty_id":"`+client+`","topic":`+quoted(name)+`,"channel":"call","stage":"needs","our_participant_ids":["`+me+`","`+colleague+`"],`+
		`"their_participants":[{"name":"Иванов"},{"name":"Петров"}],"planned_from":"2036-11-23T10:00:00Z","planned_to":"2036-11-23T11:00:00Z"}`)
	post("/v1/assignments", `{"assignee_id":"`+me+`","counterparty_id":"`+client+`","co_executor_ids":["`+colleague+`"],"title":`+quoted(name)+`,"expected_result":"Отчёт","due_at":"2036-11-23T10:00:00Z"}`)
	post("/v1/messages", `{"channel":"call","from_raw":"8 900 000-00-02","subject":`+quoted(name)+`,"text":`+quoted(name)+`}`)
	return client
}

const formula = `=HYPERLINK("http://example.org";"счёт")`

// What a list shows is what its export holds, in both forms, and no program takes a name for a formula.
func TestExportsHoldWhatListsShow(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	client := k.work(formula)
	k.feed()
	for path, title := range map[string]string{
		"/counterparties": "наименование", "/contact-persons": "фамилия, имя, отчество", "/negotiations": "тема", "/assignments": "заголовок", "/messages": "тема письма",
		"/counterparties/" + client + "/history": "что произошло",
	} {
		status, answer := k.send(domain.RoleEmployee, http.MethodGet, "/v1"+path, "")
		var list struct{ Items []map[string]any }
		if err := json.Unmarshal([]byte(answer), &list); err != nil || status != http.StatusOK || len(list.Items) == 0 {
			t.Fatal(path, status, answer)
		}
		for _, format := range []string{"csv", "xlsx"} {
			e := k.export(domain.RoleEmployee, path+"?format="+format, nil)
			if e.status != http.StatusOK || len(e.rows) != len(list.Items) || e.header.Get("X-Rows") != strconv.Itoa(len(list.Items)) || e.header.Get("X-Rows-Cut") != "false" ||
				e.header.Get("Content-Length") != strconv.Itoa(len(e.body)) || !strings.HasPrefix(e.header.Get("Content-Disposition"), "attachment; filename=\"") ||
				!strings.HasSuffix(e.header.Get("Content-Disposition"), "."+format+`"`) {
				t.Errorf("%s: %d, %d rows of %d, %v", path, e.status, len(e.rows), len(list.Items), e.header)
				continue
			}
			for i, row := range e.rows {
				id, _ := list.Items[i]["id"].(string)
				if id == "" {
					id, _ = list.Items[i]["event_id"].(string)
				}
				if got := row.Get(e.names[len(e.names)-1]); got != id {
					t.Errorf("%s: row %d is %s, the list has %s", path, i, got, id)
				}
			}
			if got := e.rows[0].Get(title); !strings.Contains(got, formula) {
				t.Errorf("%s as %s: %s is %q", path, format, title, got)
			}
			if format == "csv" && (!strings.HasPrefix(e.body, "\ufeff") || strings.Contains(e.body, ";=") || strings.Contains(e.body, `;"=`)) {
				t.Errorf("%s: a formula, or no mark at the beginning: %.200q", path, e.body)
			}
		}
	}
	persons := k.export(domain.RoleEmployee, "/contact-persons?format=csv", nil)
	if !strings.Contains(persons.body, ";+7 900 000-00-02, +7 900 000-00-03;") {
		t.Errorf("numbers of a person: %s", persons.body)
	}
	talks := k.export(domain.RoleEmployee, "/negotiations", nil)
	if got := talks.rows[0].Get("наши участники") + "|" + talks.rows[0].Get("участники клиента"); strings.Count(got, "Орлова") != 2 || !strings.HasSuffix(got, "|Иванов, Петров") {
		t.Errorf("participants: %s", got)
	}
}

// Words, separators and times are the reader's.
func TestExportsSpeakToTheReader(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.work("ООО «Ромашка»")
	k.feed()
	for lang, want := range map[string][]string{
		"ru":    {"\ufeffзаголовок;состояние;", "Asia/Vladivostok", "23.11.2036 20:00", ";поручено;", ";нет;"},
		"en-GB": {"\ufefftitle,state,", "UTC", "23 Nov 2036 10:00", ",issued,", ",no,"},
	} {
		e := k.export(domain.RoleEmployee, "/assignments?format=csv", map[string]string{"Accept-Language": lang, "X-Time-Zone": want[1]})
		for _, text := range slices.Delete(slices.Clone(want), 1, 2) {
			if !strings.Contains(e.body, text) {
				t.Errorf("%s: no %q in %s", lang, text, e.body)
			}
		}
	}
}

// A list that is longer than one may take away says so in its header and in its last line; who may take away nothing gets
// nothing; a filter is that of the list, and pages are not asked for.
func TestExportsAreLimited(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	const there = 501
	for i := range there {
		_, err := commands.Execute(t.Context(), k.executor, domain.Counterparties, domain.NewID[domain.Counterparty](),
			commands.RegisterCounterparty{CounterpartyRecord: domain.CounterpartyRecord{Kind: domain.KindOrganisation, LegalName: fmt.Sprintf("ООО «Ромашка %d»", i), Region: map[bool]string{true: "Урал"}[i < 500]}, Responsible: k.who[domain.RoleEmployee]},
			commands.Request{CommandID: uuid.New(), Source: domain.SourceImport, Actor: domain.SystemActor})
		if err != nil {
			t.Fatal(err)
		}
	}
	k.feed()
	for _, c := range []struct {
		role domain.Role
		path string
		rows int
		cut  bool
	}{
		{domain.RoleEmployee, "/counterparties?format=csv", 500, true}, {domain.RoleEmployee, "/counterparties", 500, true},
		{domain.RoleEmployee, "/counterparties?region=" + "%D0%A3%D1%80%D0%B0%D0%BB", 500, false},
		{domain.RoleManager, "/counterparties?format=csv", there, false}, {domain.RoleComplianceReviewer, "/counterparties", there, false},
		{domain.RoleServiceEngineer, "/counterparties", 0, false},
	} {
		e := k.export(c.role, c.path, nil)
		lines := e.rows
		if c.cut && len(lines) > 0 {
			last := lines[len(lines)-1]
			lines = lines[:len(lines)-1]
			if got := last.Get(e.names[0]); got != wording.Word("export.cut", wording.Russian) {
				t.Errorf("%s: the last line is %q", c.path, got)
			}
		}
		if e.status != http.StatusOK || len(lines) != c.rows || e.header.Get("X-Rows") != strconv.Itoa(c.rows) || e.header.Get("X-Rows-Cut") != strconv.FormatBool(c.cut) {
			t.Errorf("%s %s: %d, %d rows, %v", c.role, c.path, e.status, len(lines), e.header)
		}
	}
	for _, role := range []domain.Role{domain.RoleAdministrator, domain.RoleMarketer, domain.RoleDataProtectionOfficer} {
		if e := k.export(role, "/counterparties", nil); e.status != http.StatusForbidden {
			t.Errorf("a %s takes a list away: %d", role, e.status)
		}
	}
	for _, path := range []string{"/counterparties?limit=5", "/counterparties?cursor=W10", "/counterparties?format=pdf", "/counterparties?color=red"} {
		if e := k.export(domain.RoleEmployee, path, nil); e.status != http.StatusUnprocessableEntity || !strings.Contains(e.body, `"errors":[{"location":"query.`) {
			t.Errorf("%s: %d %s", path, e.status, e.body)
		}
	}
}
