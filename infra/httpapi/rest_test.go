package httpapi_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"

	"github.com/letopis-crm/letopis/infra/httpapi"
	"github.com/letopis-crm/letopis/web"
)

// What the API does not have is told as a problem, with and without a user interface beside it: a program that asks for
// a record must not be given a page.
func TestNothingThere(t *testing.T) {
	t.Parallel()
	pages, err := web.New(fstest.MapFS{"index.html": {Data: []byte("page")}})
	if err != nil {
		t.Fatal(err)
	}
	for _, beside := range []http.Handler{nil, pages} {
		handler, err := httpapi.New(httpapi.Deps{Logger: slog.New(slog.DiscardHandler), Streams: t.Context(), Web: beside})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			method, path string
			status       int
			code, allow  string
		}{
			{"GET", "/v1/no-such-thing", 404, "not_found", ""},
			{"POST", "/v1/no-such-thing", 404, "not_found", ""},
			{"GET", "/v1/", 404, "not_found", ""},
			{"GET", "/v1", 404, "not_found", ""},
			{"PUT", "/v1/counterparties", 405, "method_not_allowed", "GET, POST"},
			{"GET", "/v1/work-items/00000000-0000-4000-8000-000000000001/finish", 405, "method_not_allowed", "POST"},
		} {
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httptest.NewRequest(c.method, c.path, nil))
			var problem httpapi.Problem
			if err := json.Unmarshal(w.Body.Bytes(), &problem); err != nil {
				t.Errorf("%s %s with pages %v: %v", c.method, c.path, beside != nil, err)
			}
			if w.Code != c.status || problem.Code != c.code || problem.Status != c.status || w.Header().Get("Allow") != c.allow ||
				w.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s %s with pages %v: %d %s, Allow %q, %s", c.method, c.path, beside != nil, w.Code, problem.Code, w.Header().Get("Allow"), w.Header().Get("Content-Type"))
			}
		}
	}
}

// Everything else is the user interface's, and it is given without signing in.
func TestPages(t *testing.T) {
	t.Parallel()
	pages, err := web.New(fstest.MapFS{"index.html": {Data: []byte("page")}})
	if err != nil {
		t.Fatal(err)
	}
	handler, err := httpapi.New(httpapi.Deps{Logger: slog.New(slog.DiscardHandler), Streams: t.Context(), Web: pages})
	if err != nil {
		t.Fatal(err)
	}
	for path, status := range map[string]int{"/": 200, "/counterparties/7": 200, "/v10": 200, "/assets/missing.js": 404, "/livez": 200} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		body, err := io.ReadAll(w.Body)
		if w.Code != status || err != nil || (path != "/livez" && status == 200 && string(body) != "page") {
			t.Errorf("%s: %d %s", path, w.Code, body)
		}
	}
}
