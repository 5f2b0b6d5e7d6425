package httpapi_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/letopis-crm/letopis/domain"
)

// sqlOrders end a text, a comment, a pattern, a number or a list of somebody's SQL and go on with an order of their own.
var sqlOrders = []string{
	`'`, `''`, `"`, `\'`, `\`, `;`, `--`, `/*`, `*/`, `$$`, `$1`, `$9`, `?`, `:x`, `%`, `_`, `%s`, `()`, `{}`, `[]`, `{1,2}`, `null`,
	`' OR '1'='1`, `' OR 1=1 --`, `") OR ("1"="1`, `1) OR (1=1`, `' AND 1=0 UNION SELECT login FROM identity.account --`, `0 UNION SELECT 1,2,3`,
	`'; DROP TABLE identity.account; --`, `'; DELETE FROM identity.account; --`, `1; UPDATE identity.account SET login = 'x'`, `'; SELECT pg_sleep(9); --`, `1 AND pg_sleep(9) IS NULL`,
	`' || (SELECT version()) || '`, `'::int`, `CAST('x' AS int)`, `$$; SELECT 1; $$`, `E'\\047'`, `U&'\0027'`, `chr(39)||'x'`, `name; --`, `name, (SELECT 1)`, `name DESC NULLS FIRST`, `created_at)--`,
	"' OR\n1=1", "\u02bc OR 1=1", "％", `' ORDER BY 99 --`, `1' LIMIT 0 OFFSET 1 --`, `x' COLLATE "C`,
}

// answersTo asks every query of the document with every order in each of its parameters, one at a time.
func answersTo(t *testing.T, k *kit, judge func(target string, status int, answer string)) {
	t.Helper()
	all, _ := described()
	targets := make(chan string)
	var asking sync.WaitGroup
	for range 4 {
		asking.Go(func() {
			for target := range targets {
				status, answer := k.send(domain.RoleManager, http.MethodGet, target, "")
				judge(target, status, answer)
			}
		})
	}
	for _, o := range all {
		if o.Method != http.MethodGet || o.OperationID == endless {
			continue
		}
		for _, p := range o.parameters {
			for _, order := range sqlOrders {
				switch p.In {
				case "query":
					targets <- place(o.Path) + "?" + url.Values{p.Name: {order}}.Encode()
				case "path":
					targets <- place(strings.Replace(o.Path, "{"+p.Name+"}", url.PathEscape(order), 1))
				}
			}
		}
	}
	close(targets)
	asking.Wait()
}

// A parameter is a value, whatever is written in it: no answer is a fault, and the database has not taken a word of it for
// SQL.
func TestParametersAreNoSQL(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.work("ООО «Ромашка»")
	k.feed()
	count := func() (n int) {
		if err := k.pool.QueryRow(t.Context(), `select (select count(*) from identity.account) + (select count(*) from read.client) + (select count(*) from read.history)`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before, asked := count(), 0
	var mu sync.Mutex
	answersTo(t, k, func(target string, status int, answer string) {
		mu.Lock()
		defer mu.Unlock()
		asked++
		if status >= 500 || strings.Contains(answer, "SQLSTATE") || strings.Contains(answer, "PostgreSQL") {
			t.Errorf("%s: %d %.300s", target, status, answer)
		}
	})
	if asked < 5000 {
		t.Errorf("only %d requests: are the parameters found?", asked)
	}
	if strings.Contains(k.log.String(), "SQLSTATE") {
		at := strings.Index(k.log.String(), "SQLSTATE")
		t.Errorf("the database did not understand: %.600s", k.log.String()[max(0, at-300):])
	}
	if after := count(); after != before {
		t.Errorf("%d rows became %d", before, after)
	}
	if status, answer := k.send(domain.RoleManager, http.MethodGet, "/v1/counterparties", ""); status != http.StatusOK || !strings.Contains(answer, "Ромашка") {
		t.Errorf("afterwards: %d %s", status, answer)
	}
}

// A search finds the letters that were typed: a per cent sign is one, and no joker.
func TestSearchesAreLiteral(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.work("Скидка 10% за_год")
	k.feed()
	for path, name := range map[string]string{
		"/v1/assignments": "text", "/v1/negotiations": "text", "/v1/messages": "text", "/v1/threads": "text", "/v1/commitments": "text", "/v1/employees": "text", "/v1/contact-persons": "q",
		"/v1/counterparties": "q",
	} {
		found := func(text string) int {
			t.Helper()
			status, answer := k.send(domain.RoleManager, http.MethodGet, path+"?"+url.Values{name: {text}}.Encode(), "")
			var list struct{ Items []json.RawMessage }
			if err := json.Unmarshal([]byte(answer), &list); err != nil || status != http.StatusOK {
				t.Fatalf("%s: %d %s", path, status, answer)
			}
			return len(list.Items)
		}
		jokers := []string{"%%", "__", `\`, "Ск%ка", "О%ва"}
		if name != "q" { // a search for names passes over signs, and forgives a letter
			jokers = append(jokers, "Ск____", "С_идка", "%год", "Скидка%год", "_рлова")
		}
		for _, joker := range jokers {
			if n := found(joker); n != 0 {
				t.Errorf("%s: %d rows for %s", path, n, joker)
			}
		}
		if slices.Contains([]string{"/v1/assignments", "/v1/negotiations", "/v1/messages"}, path) {
			for _, letters := range []string{"10%", "за_год", "кидка 10% за_г"} {
				if found(letters) != 1 {
					t.Errorf("%s: nothing is found by %s", path, letters)
				}
			}
		}
	}
}

// A key is its owner's: somebody else with the same one gets an answer, and a record, of their own.
func TestKeysBelongToTheirOwners(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	give := func(role domain.Role, path, name string) string {
		t.Helper()
		status, answer, header := k.plainly(http.MethodPost, path, map[string]string{"Authorization": "Bearer " + k.token[role], "Content-Type": "application/json",
			"Idempotency-Key": "one and the same"}, `{"text":`+quoted(name)+`,"fire_at":"2099-01-01T10:00:00Z"}`)
		if status != http.StatusCreated {
			t.Fatalf("%s: %d %s", role, status, answer)
		}
		return header.Get("Location") + answer
	}
	first, seen := give(domain.RoleEmployee, "/v1/reminders", "Первая"), map[string]domain.Role{}
	if again := give(domain.RoleEmployee, "/v1/reminders", "Первая"); again != first {
		t.Errorf("the same again: %s, first %s", again, first)
	}
	for _, role := range domain.Roles {
		if role == domain.RoleAdministrator {
			continue // has no work of the kind
		}
		head := k.store.head.Load()
		answer := give(role, "/v1/reminders", "Первая")
		if other, known := seen[answer]; known {
			t.Errorf("%s got the answer of %s", role, other)
		}
		if seen[answer] = role; (answer == first) != (role == domain.RoleEmployee) || (k.store.head.Load() == head) != (role == domain.RoleEmployee) {
			t.Errorf("%s: %s, the first one %s", role, answer, first)
		}
	}
}
