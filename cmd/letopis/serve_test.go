package main

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The whole way over HTTP with nothing configured: sign in, command, receipt, query with the receipt's position, change
// on the stream, history, trail; and a graceful stop after which everything is still there.
func TestServeEndToEnd(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	s := serve(t, nil, "--data", data)
	admin := s.signIn("admin", s.password)

	me, _ := admin.want(http.StatusOK, http.MethodGet, "/v1/session", nil)
	changes := admin.follow(t)

	client, header := admin.want(http.StatusCreated, http.MethodPost, "/v1/counterparties", map[string]any{
		"kind": "organisation", "legal_name": "ООО «Ромашка»", "inn": "7707083893", "kpp": "773601001", "roles": []string{"customer"},
		"phones": []any{map[string]any{"raw": "8 (900) 000-12-34"}}, "emails": []any{map[string]any{"address": "info@romashka.example"}},
	}, "Idempotency-Key", "first client")
	again, _ := admin.want(http.StatusCreated, http.MethodPost, "/v1/counterparties", map[string]any{
		"kind": "organisation", "legal_name": "ООО «Ромашка»", "inn": "7707083893", "kpp": "773601001", "roles": []string{"customer"},
		"phones": []any{map[string]any{"raw": "8 (900) 000-12-34"}}, "emails": []any{map[string]any{"address": "info@romashka.example"}},
	}, "Idempotency-Key", "first client")
	if client["id"] != again["id"] || client["position"] != again["position"] {
		t.Errorf("the same key gave %v and %v", client, again)
	}
	id := client["id"].(string)
	position := header.Get("X-Position")

	found, _ := admin.want(http.StatusOK, http.MethodGet, "/v1/counterparties?q=ромашки", nil, "X-After", position)
	if items := found["items"].([]any); len(items) != 1 {
		t.Errorf("search with a typing error finds %d clients, want 1: %v", len(items), found)
	}
	work, header := admin.want(http.StatusCreated, http.MethodPost, "/v1/work-items", map[string]any{
		"counterparty_id": id, "responsible_id": me["employee_id"], "due_date": "2026-12-01", "text": "Позвонить",
	})
	history, _ := admin.want(http.StatusOK, http.MethodGet, "/v1/counterparties/"+id+"/history", nil, "X-After", header.Get("X-Position"))
	events := history["items"].([]any)
	if len(events) < 2 || events[0].(map[string]any)["type"] != "work_item.planned" {
		t.Errorf("history is %v", events)
	}
	trail, _ := admin.want(http.StatusOK, http.MethodGet, "/v1/records/work_item/"+work["id"].(string)+"/trail", nil)
	if steps := trail["steps"].([]any); len(steps) != 1 || len(steps[0].(map[string]any)["changes"].([]any)) == 0 {
		t.Errorf("trail is %v", trail)
	}
	if !changes.saw("history/" + id) {
		t.Errorf("the stream of changes does not name history/%s", id)
	}
	kept, _ := admin.want(http.StatusCreated, http.MethodPost, "/v1/files?name=a.txt", "the content of a file")
	admin.want(http.StatusCreated, http.MethodPost, "/v1/attachments", map[string]any{
		"about": map[string]any{"kind": "counterparty", "id": id}, "name": "a.txt", "sha256": kept["sha256"],
	})
	if code := s.stop(); code != 0 {
		t.Fatalf("the server ended with %d:\n%s", code, s.said())
	}

	back := serve(t, nil, "--data", data)
	admin = back.signIn("admin", s.password)
	admin.want(http.StatusOK, http.MethodGet, "/v1/counterparties/"+id+"/history", nil, "X-After", header.Get("X-Position"))
	if out := must(t, nil, "verify", "--data", data); strings.Contains(out, "differ") || !strings.Contains(out, "files: clean, 1 files") {
		t.Errorf("verify beside the running server: %s", out)
	}
	digest := kept["sha256"].(string)
	if err := os.Remove(filepath.Join(data, "files", digest[:2], digest[2:4], digest)); err != nil {
		t.Fatal(err)
	}
	if out, err := letopis(t, nil, "verify", "--data", data, "files"); err == nil || !strings.Contains(out, digest+": missing") {
		t.Errorf("verify without the file: %v %s", err, out)
	}
	must(t, nil, "rebuild", "--data", data, "history")
	admin.want(http.StatusOK, http.MethodGet, "/v1/counterparties/"+id+"/history", nil)
}

// stream follows /v1/changes.
type stream struct{ keys chan string }

func (c *session) follow(t *testing.T) *stream {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.s.url+"/v1/changes", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Cookie", c.cookie)
	response, err := (&http.Client{}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); _ = response.Body.Close() })
	if response.StatusCode != http.StatusOK {
		t.Fatalf("stream of changes: %s", response.Status)
	}
	s := &stream{keys: make(chan string, 10000)}
	go func() {
		defer close(s.keys)
		lines := bufio.NewScanner(response.Body)
		for lines.Scan() {
			data, ok := strings.CutPrefix(lines.Text(), "data: ")
			var change struct {
				Keys []string `json:"keys"`
			}
			if ok && json.Unmarshal([]byte(data), &change) == nil {
				for _, k := range change.Keys {
					s.keys <- k
				}
			}
		}
	}()
	return s
}

// saw waits until the stream names the key.
func (s *stream) saw(key string) bool {
	deadline := time.After(10 * time.Second)
	for {
		select {
		case k, open := <-s.keys:
			if !open || k == key {
				return open
			}
		case <-deadline:
			return false
		}
	}
}

// Bad input gets a problem that names each wrong field, and nobody gets in without signing in.
func TestProblems(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, "--data", filepath.Join(t.TempDir(), "data"))
	admin, nobody := s.signIn("admin", s.password), &session{s: s}
	for name, c := range map[string]struct {
		who          *session
		method, path string
		body         any
		status       int
		location     string
	}{
		"no session":          {nobody, "GET", "/v1/counterparties", nil, 401, ""},
		"no session, command": {nobody, "POST", "/v1/work-items", map[string]any{"text": "x"}, 422, ""},
		"a field missing":     {admin, "POST", "/v1/work-items", map[string]any{"text": "x"}, 422, "body"},
		"a wrong type":        {admin, "POST", "/v1/work-items", map[string]any{"text": 5, "counterparty_id": "x", "responsible_id": "y", "due_date": "z"}, 422, "body.text"},
		"an unknown field":    {admin, "POST", "/v1/work-items", map[string]any{"text": "x", "colour": "red"}, 422, "body"},
		"a broken cursor":     {admin, "GET", "/v1/counterparties?cursor=zzz", nil, 422, "query.cursor"},
		"a broken limit":      {admin, "GET", "/v1/counterparties?limit=-4", nil, 422, "query.limit"},
		"an unknown query":    {admin, "GET", "/v1/counterparties?colour=red", nil, 422, ""},
		"an unknown record":   {admin, "GET", "/v1/records/work_item/00000000-0000-4000-8000-000000000000/trail", nil, 404, ""},
		"an unknown kind":     {admin, "GET", "/v1/records/spaceship/00000000-0000-4000-8000-000000000000", nil, 404, ""},
		"a broken position":   {admin, "GET", "/v1/counterparties", nil, 422, "header.X-After"},
		"a wrong checksum":    {admin, "POST", "/v1/counterparties", map[string]any{"kind": "organisation", "legal_name": "ООО «Тест»", "inn": "7707083894"}, 422, "body.inn"},
	} {
		header := map[string]string{}
		if name == "a broken position" {
			header["X-After"] = "soon"
		}
		a := c.who.send(c.method, c.path, c.body, header)
		var problem struct {
			Status int
			Code   string
			Errors []struct{ Location string }
		}
		if err := json.Unmarshal(a.Body, &problem); err != nil || a.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: not a problem document: %s %s", name, a.Header.Get("Content-Type"), a.Body)
			continue
		}
		if (a.Status != c.status && (c.who != nobody || a.Status != 401)) || problem.Code == "" {
			t.Errorf("%s: status %d code %q, want %d: %s", name, a.Status, problem.Code, c.status, a.Body)
		}
		named := c.location == ""
		for _, e := range problem.Errors {
			named = named || strings.HasPrefix(e.Location, c.location)
		}
		if !named {
			t.Errorf("%s: no error names %s: %s", name, c.location, a.Body)
		}
	}
}
