package httpapi_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/httpapi"
)

// operations lists what the document describes, as "METHOD path".
func operations() map[string]*huma.Operation {
	all := map[string]*huma.Operation{}
	for path, item := range httpapi.Describe().Paths {
		for method, op := range map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "DELETE": item.Delete, "PUT": item.Put} {
			if op != nil {
				all[method+" "+path] = op
			}
		}
	}
	return all
}

// Every operation says what it does, and can be described without a running system.
func TestDescribe(t *testing.T) {
	t.Parallel()
	if _, err := json.Marshal(httpapi.Describe()); err != nil {
		t.Fatal(err)
	}
	for name, op := range operations() {
		if op.Summary == "" || len(op.Tags) == 0 || op.OperationID == "" {
			t.Errorf("%s lacks a summary, a tag or an id", name)
		}
		inPath := 0
		for _, p := range op.Parameters {
			if p.In == "path" {
				inPath++
			}
		}
		if inPath != strings.Count(name, "{") {
			t.Errorf("%s does not read all parameters of its path", name)
		}
	}
}

// place fills a path's parameters with a well-formed id that names nothing.
func place(path string) string {
	path = strings.ReplaceAll(path, "{kind}", "work_item")
	for strings.Contains(path, "{") {
		begin, end := strings.Index(path, "{"), strings.Index(path, "}")
		path = path[:begin] + "00000000-0000-4000-8000-000000000001" + path[end+1:]
	}
	return path
}

// Nobody gets anything without signing in, and no operation answers garbage or an unknown id with a fault of the server.
func TestEveryOperationRefusesProperly(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	for name, op := range operations() {
		method, path, _ := strings.Cut(name, " ")
		if op.OperationID == "follow-changes" {
			continue // a stream does not end; its refusal is tested end to end
		}
		status, body := k.send("", method, place(path), "{}")
		open := method == "GET" && op.Security != nil && len(op.Security) == 0
		if status >= 500 || status < 400 && !open {
			t.Errorf("%s without signing in: %d %s", name, status, body)
		}
		for _, garbage := range []string{"", "{}", "[]", "null", `{"a":`, `"text"`, `{"text":{"text":[]}}`, strings.Repeat(`{"a":`, 2000)} {
			if status, body := k.send(domain.RoleManager, method, place(path), garbage); status >= 500 && status != http.StatusServiceUnavailable {
				t.Errorf("%s with %.30q: %d %s", name, garbage, status, body)
			} else if status == http.StatusServiceUnavailable {
				t.Errorf("%s with %.30q failed technically: %s", name, garbage, body)
			}
		}
	}
}

// An employee is refused what is a manager's.
func TestRolesAreHeld(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	for _, c := range []struct {
		role         domain.Role
		method, path string
		body         string
		want         int
	}{
		{domain.RoleEmployee, "POST", "/v1/employees", `{"name":{"last":"Новая","first":"Анна"},"hired_on":"2026-03-10"}`, 403},
		{domain.RoleAdministrator, "POST", "/v1/employees", `{"name":{"last":"Новая","first":"Анна"},"hired_on":"2026-03-10"}`, 201},
		{domain.RoleEmployee, "POST", "/v1/accounts", `{"employee_id":"00000000-0000-4000-8000-000000000001","login":"x","password":"long enough for it"}`, 403},
	} {
		if status, body := k.send(c.role, c.method, c.path, c.body); status != c.want {
			t.Errorf("%s %s as %s: %d, want %d: %s", c.method, c.path, c.role, status, c.want, body)
		}
	}
}

// No filter, however odd, is answered with a fault of the server.
func FuzzFilters(f *testing.F) {
	k := newKit(f)
	var paths []string
	for name, op := range operations() {
		if method, path, _ := strings.Cut(name, " "); method == "GET" && op.OperationID != "follow-changes" {
			paths = append(paths, path)
			for _, p := range op.Parameters {
				if p.In == "query" {
					f.Add(uint(len(paths)-1), p.Name, "1")
					f.Add(uint(len(paths)-1), p.Name, "%' or 1=1 --")
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, which uint, name, value string) {
		query := url.Values{name: {value}}.Encode()
		inner := *k
		inner.t = t
		status, body := inner.send(domain.RoleManager, "GET", place(paths[which%uint(len(paths))])+"?"+query, "")
		if status >= 500 {
			t.Errorf("%s?%s: %d %s", paths[which%uint(len(paths))], query, status, body)
		}
	})
}

// Commands over HTTP, the store in memory: the cost of the API layer and the executor.
func BenchmarkCommandOverHTTP(b *testing.B) {
	k := newKit(b)
	body := `{"counterparty_id":"00000000-0000-4000-8000-000000000001","responsible_id":"` + k.who[domain.RoleEmployee].String() +
		`","due_date":"2026-12-01","text":"Позвонить и уточнить срок поставки"}`
	b.Run("command", func(b *testing.B) {
		for b.Loop() {
			if status, answer := k.send(domain.RoleEmployee, "POST", "/v1/work-items", body); status != http.StatusCreated {
				b.Fatal(status, answer)
			}
		}
	})
	b.Run("empty request, the limit", func(b *testing.B) {
		for b.Loop() {
			if status, answer := k.send("", "GET", "/livez", ""); status != http.StatusOK {
				b.Fatal(status, answer)
			}
		}
	})
}
