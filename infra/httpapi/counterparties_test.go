package httpapi_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/identity"
)

func TestCounterpartyAPI(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	post := func(path, body string, want int) string {
		t.Helper()
		status, answer := k.send(domain.RoleEmployee, http.MethodPost, path, body)
		if status != want {
			t.Fatalf("%s: %d %s", path, status, answer)
		}
		var receipt struct{ ID string }
		_ = json.Unmarshal([]byte(answer), &receipt)
		return receipt.ID
	}
	id := post("/v1/counterparties", `{"kind":"organisation","legal_name":"ПАО Сбербанк","inn":"7707083893","kpp":"773601001","phones":[{"raw":"8 (916) 123-45-67"}],"roles":["customer"]}`, http.StatusCreated)
	for body, what := range map[string]string{
		`{"kind":"organisation","legal_name":"Рога","inn":"7707083894"}`:                   `"inn"`,
		`{"kind":"organisation","legal_name":"Сбер","inn":"7707083893","kpp":"773601001"}`: id,
	} {
		if status, answer := k.send(domain.RoleEmployee, http.MethodPost, "/v1/counterparties", body); status < 400 || !strings.Contains(answer, what) {
			t.Errorf("%s: %d %s, want %s in it", body, status, answer, what)
		}
	}
	other := post("/v1/counterparties", `{"kind":"organisation","legal_name":"Сбербанк","inn":"7707083893"}`, http.StatusCreated)
	post("/v1/counterparties/"+id+"/change", `{"region":"Урал"}`, http.StatusOK)
	person := post("/v1/contact-persons", `{"last_name":"Орлова","counterparty_id":"`+id+`"}`, http.StatusCreated)
	link := post("/v1/influence-links", `{"counterparty_id":"`+id+`","from_person_id":"`+person+`","to_decision":"выбор","kind":"approves","strength":5,"attitude_to_us":1,"confidence":50,"evidence":{"note":"встреча"},"since":"2026-01-01"}`, http.StatusOK)
	post("/v1/influence-links/"+link+"/outdate", `{"until":"2026-02-01","reason":"ушла"}`, http.StatusOK)
	pair := post("/v1/duplicates", `{"left_id":"`+id+`","right_id":"`+other+`"}`, http.StatusOK)
	post("/v1/duplicates/"+pair+"/merge", `{"survivor_id":"`+id+`"}`, http.StatusForbidden)
	if status, answer := k.send(domain.RoleManager, http.MethodPost, "/v1/duplicates/"+pair+"/merge", `{"survivor_id":"`+id+`","take_from_loser":["inn","shoe_size"]}`); status != http.StatusUnprocessableEntity || !strings.Contains(answer, "take_from_loser[1]") {
		t.Errorf("a field that no counterparty has: %d %s", status, answer)
	}
	if status, answer := k.send(domain.RoleManager, http.MethodPost, "/v1/duplicates/"+pair+"/merge", `{"survivor_id":"`+id+`"}`); status != http.StatusOK {
		t.Errorf("merge: %d %s", status, answer)
	}
	if status, answer := k.send(domain.RoleEmployee, http.MethodPost, "/v1/counterparties/"+other+"/activate", `{}`); status < 400 || !strings.Contains(answer, id) {
		t.Errorf("the loser's refusal names the survivor: %d %s", status, answer)
	}
	for _, path := range []string{
		"/v1/counterparties?q=ромашка&role=customer&state=active&has_duplicates=true&limit=3", "/v1/counterparties?sort=newest&responsible=" + id + "&parent=" + id, "/v1/duplicates?client=" + id, "/v1/reports/portfolio-growth?responsible=" + id, "/v1/similar-counterparties?name=ромашка&phone=123",
		"/v1/search?q=ромашка", "/v1/contact-persons?q=орл", "/v1/duplicates?rule=same_inn", "/v1/merge-log", "/v1/audience-groups", "/v1/reports/portfolio-growth", "/v1/reports/portfolios",
	} {
		if status, answer := k.send(domain.RoleEmployee, http.MethodGet, path, ""); status != http.StatusOK {
			t.Errorf("%s: %d %s", path, status, answer)
		}
	}
	for path, want := range map[string]string{"counterparties?limit=0": `"range"`, "counterparties?responsible=1": `"invalid"`, "counterparties?state=gone": `query.state`, "time-sheet?month=2026-99": `query.month`} {
		if status, answer := k.send(domain.RoleEmployee, http.MethodGet, "/v1/"+path, ""); status != http.StatusUnprocessableEntity || !strings.Contains(answer, want) {
			t.Errorf("%s: %d %s, want %s", path, status, answer, want)
		}
	}
	for _, path := range []string{"", "/contacts"} {
		if status, _ := k.send(domain.RoleEmployee, http.MethodGet, "/v1/counterparties/"+id+path, ""); status != http.StatusNotFound {
			t.Errorf("%s of an empty register: %d", path, status)
		}
	}
}

// What a person's command names must be there; the refusal says which field names nothing.
func TestReferencesAreThere(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	const nobody, anything = `"00000000-0000-4000-8000-000000000001"`, "00000000-0000-4000-8000-000000000002"
	for path, c := range map[string]struct {
		body   string
		fields []string
	}{
		"work-items":     {`{"counterparty_id":` + nobody + `,"responsible_id":` + nobody + `,"due_date":"2026-12-01","text":"Позвонить"}`, []string{"counterparty_id", "responsible_id"}},
		"assignments":    {`{"assignee_id":` + nobody + `,"counterparty_id":` + nobody + `,"title":"Отчёт","expected_result":"Отчёт","due_at":"2036-12-01T10:00:00Z"}`, []string{"assignee_id", "counterparty_id"}},
		"negotiations":   {`{"counterparty_id":` + nobody + `,"our_participant_ids":[` + nobody + `],"topic":"Поставка","channel":"call","stage":"needs","planned_from":"2036-12-01T10:00:00Z","planned_to":"2036-12-01T11:00:00Z"}`, []string{"counterparty_id", "our_participant_ids[0]"}},
		"messages":       {`{"channel":"call","from_raw":"8 916 123-45-67","counterparty_id":` + nobody + `,"addressee_id":` + nobody + `}`, []string{"counterparty_id", "addressee_id"}},
		"messages?":      {`{"channel":"call","from_raw":"8 916 123-45-67","received_at":"2096-12-01T10:00:00Z"}`, []string{"received_at"}},
		"reminders":      {`{"text":"Позвонить","fire_at":"2036-12-01T10:00:00Z","recipient_id":` + nobody + `}`, []string{"recipient_id"}},
		"counterparties": {`{"kind":"organisation","legal_name":"Ромашка","responsible_employee_id":` + nobody + `}`, []string{"responsible_employee_id"}},
		"counterparties/" + anything + "/entrust":       {`{"responsible_employee_id":` + nobody + `}`, []string{"responsible_employee_id"}},
		"messages/" + anything + "/reroute":             {`{"addressee_id":` + nobody + `,"reason":"В отпуске"}`, []string{"addressee_id"}},
		"messages/" + anything + "/match":               {`{"counterparty_id":` + nobody + `,"person_id":` + nobody + `}`, []string{"counterparty_id", "person_id"}},
		"assignments/" + anything + "/reassign":         {`{"assignee_id":` + nobody + `,"reason":"В отпуске"}`, []string{"assignee_id"}},
		"assignments/" + anything + "/set-co-executors": {`{"co_executor_ids":[` + nobody + `]}`, []string{"co_executor_ids[0]"}},
		"employees/" + anything + "/transfer":           {`{"department_id":` + nobody + `,"head_id":` + nobody + `}`, []string{"department_id", "head_id"}},
		"audience-groups/" + anything + "/add-members":  {`{"counterparty_ids":[` + nobody + `]}`, []string{"counterparty_ids[0]"}},
		"threads": {`{"kind":"question","addressee_ids":[` + nobody + `],"subject":"Срок","text":"Когда?","context":{"counterparty_id":` + nobody + `}}`, []string{"addressee_ids[0]", "context.counterparty_id"}},
	} {
		status, answer := k.send(domain.RoleManager, http.MethodPost, "/v1/"+path, c.body)
		for _, field := range c.fields {
			if status != http.StatusUnprocessableEntity || !strings.Contains(answer, "body."+field) {
				t.Errorf("%s: %d %s, want %s named", path, status, answer, field)
			}
		}
	}
}

// What nobody can mean is refused with the field's name, whatever its shape.
func TestImpossibleValues(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	for body, field := range map[string]string{
		`"phones":[{"raw":"abc"}]`: "body.phones[0].raw",
		`"time_zone":"Mars/One"`:   "body.time_zone",
		`"time_zone":"Local"`:      "body.time_zone",
		`"since":"9999-12-31"`:     "body.since",
		`"Legal_Name":"Ромашка"`:   "unexpected property",
		`"legal_name":"Ромашка"`:   "a name is given twice",
		`"extra":` + strings.Repeat(`{"a":`, 40) + `1` + strings.Repeat(`}`, 40): "too deep",
		`"short_name":"` + "\xff" + `"`:                                          "not UTF-8",
	} {
		status, answer := k.send(domain.RoleEmployee, http.MethodPost, "/v1/counterparties", `{"kind":"organisation","legal_name":"Ромашка",`+body+`}`)
		if status != http.StatusUnprocessableEntity && status != http.StatusBadRequest || !strings.Contains(answer, field) {
			t.Errorf("%.60s: %d %s, want %s", body, status, answer, field)
		}
	}
	for path, body := range map[string]string{
		"contact-persons": `{"last_name":"Орлова","birthday":"3000-01-01"}`,
		"contact-persons?reason=x&occurred_at=0000-12-31T10:00:00Z": `{"last_name":"Орлова"}`,
		"reminders": `{"text":"Позвонить","fire_at":"9999-12-31T23:59:59-23:59"}`,
		"employees": `{"name":{"last":"Орлова","first":"Анна"},"hired_on":"2026-03-10","phone":"abc"}`,
	} {
		if status, answer := k.send(domain.RoleManager, http.MethodPost, "/v1/"+path, body); status != http.StatusUnprocessableEntity {
			t.Errorf("%s %s: %d %s", path, body, status, answer)
		}
	}
	session, err := k.identity.SignIn(t.Context(), string(domain.RoleAdministrator), "a long password", identity.Client{})
	if err != nil {
		t.Fatal(err)
	}
	nobody := `{"employee_id":"00000000-0000-4000-8000-000000000001","login":"nobody","password":"a long password"}`
	if status, answer, _ := k.plainly(http.MethodPost, "/v1/accounts", map[string]string{"Cookie": identity.CookieName + "=" + session.Token}, nobody); status != http.StatusUnprocessableEntity {
		t.Errorf("an account of nobody: %d %s", status, answer)
	}
}
