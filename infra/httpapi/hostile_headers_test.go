package httpapi_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/httpapi"
)

// onEveryAnswer keeps browsers from reading more into an answer than there is, pages and errors included.
var onEveryAnswer = map[string]string{
	"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin", "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

// apiHeaders are on every answer of the API: nothing of it is a page, and nothing of it is kept.
var apiHeaders = func() map[string]string {
	all := maps.Clone(onEveryAnswer)
	all["Cache-Control"], all["Content-Security-Policy"] = "no-store", "default-src 'none'; frame-ancestors 'none'"
	return all
}()

func TestSecurityHeaders(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	for _, c := range []struct {
		method, path string
		status       int
		headers      map[string]string
	}{
		{"GET", "/", 200, onEveryAnswer}, {"GET", "/assets/app.js", 200, onEveryAnswer}, {"GET", "/assets/none.js", 404, onEveryAnswer}, {"POST", "/", 405, onEveryAnswer},
		{"GET", "/livez", 200, apiHeaders}, {"GET", "/readyz", 200, apiHeaders}, {"GET", "/metrics", 200, apiHeaders}, {"GET", "/v1/openapi.json", 200, apiHeaders},
		{"GET", "/v1", 404, apiHeaders}, {"GET", "/v1/none", 404, apiHeaders}, {"PUT", "/v1/session", 405, apiHeaders}, {"GET", "/v1/session", 401, apiHeaders},
		{"GET", "/v1//session", 404, apiHeaders}, {"GET", "/v1/../etc/passwd", 404, apiHeaders}, {"GET", "//v1/session", 404, onEveryAnswer}, {"TRACE", "/v1/session", 405, apiHeaders},
	} {
		status, _, header := k.plainly(c.method, c.path, nil, "")
		for name, want := range c.headers {
			if got := header.Get(name); status != c.status || got != want {
				t.Errorf("%s %s: %d, want %d; %s: %q, want %q", c.method, c.path, status, c.status, name, got, want)
			}
		}
		if c.path[0] == '/' && !strings.Contains(header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
			t.Errorf("%s %s may be framed", c.method, c.path)
		}
	}
}

// plainly sends a request with exactly these headers.
func (k *kit) plainly(method, path string, header map[string]string, body string) (int, string, http.Header) {
	k.t.Helper()
	r, err := http.NewRequestWithContext(k.t.Context(), method, k.url+path, strings.NewReader(body))
	if err != nil {
		k.t.Fatal(err)
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	response, err := client.Do(r)
	if err != nil {
		k.t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		k.t.Fatal(err)
	}
	return response.StatusCode, string(raw), response.Header
}

// What another site's page can make a browser send changes nothing, and is refused as a problem.
func TestOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	body := `{"name":"Клиенты","kind":"counterparty_group"}`
	ask := func(extra map[string]string) (int, string) {
		header := map[string]string{"Authorization": "Bearer " + k.token[domain.RoleManager], "Content-Type": "application/json"}
		maps.Copy(header, extra)
		status, answer, _ := k.plainly("POST", "/v1/audience-groups", header, body)
		var problem httpapi.Problem
		_ = json.Unmarshal([]byte(answer), &problem)
		return status, problem.Code
	}
	for _, c := range []struct {
		header map[string]string
		status int
		code   string
	}{
		{map[string]string{"Sec-Fetch-Site": "same-origin"}, 201, ""},
		{map[string]string{"Origin": k.url}, 201, ""},
		{map[string]string{"Sec-Fetch-Site": "cross-site"}, 403, "forbidden"},
		{map[string]string{"Sec-Fetch-Site": "same-site"}, 403, "forbidden"},
		{map[string]string{"Origin": "https://evil.example.org"}, 403, "forbidden"},
		{map[string]string{"Origin": "null"}, 403, "forbidden"},
		{map[string]string{"Content-Type": "text/plain"}, 415, "unsupported_media_type"},
		{map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, 415, "unsupported_media_type"},
		{map[string]string{"Content-Type": "multipart/form-data; boundary=x"}, 415, "unsupported_media_type"},
	} {
		before := k.store.head.Load()
		if status, code := ask(c.header); status != c.status || code != c.code || (status == 201) != (k.store.head.Load() > before) {
			t.Errorf("%v: %d %s, want %d %s", c.header, status, code, c.status, c.code)
		}
	}
}

// Nothing larger than it may be is read.
func TestLimits(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	text := func(size int) string {
		return `{"channel":"call","from_raw":"8 916 123-45-67","text":"` + strings.Repeat("a", size) + `"}`
	}
	for size, want := range map[int]int{900_000: 201, 1_500_000: 422, 2 << 20: 413, 5 << 20: 413} {
		if status, answer := k.send(domain.RoleEmployee, "POST", "/v1/messages", text(size)); status != want || want > 300 && !strings.Contains(answer, `"code"`) {
			t.Errorf("%d bytes: %d %.200s, want %d", size, status, answer, want)
		}
	}
	for size, want := range map[int]string{20_000: "401", 33_000: "431", 200_000: "431"} {
		if got := k.raw("GET /v1/session HTTP/1.1\r\nHost: x\r\nA: " + strings.Repeat("a", size) + "\r\n\r\n"); got != want {
			t.Errorf("a header of %d bytes: %s, want %s", size, got, want)
		}
	}
}

// raw sends bytes over a bare connection and returns the status of the answer, "" for none.
func (k *kit) raw(request string) string {
	k.t.Helper()
	conn, err := (&net.Dialer{}).DialContext(k.t.Context(), "tcp", strings.TrimPrefix(k.url, "http://"))
	if err != nil {
		k.t.Fatal(err)
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, request) // the server may hang up before it has read all
	_ = conn.(*net.TCPConn).CloseWrite()
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return ""
	}
	_, rest, _ := strings.Cut(line, " ")
	return rest[:3]
}

// What is no proper HTTP gets a refusal or nothing, and a body that ends too early is the sender's fault.
func TestMalformedRequests(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	signedIn := "Host: x\r\nContent-Type: application/json\r\nAuthorization: Bearer " + k.token[domain.RoleEmployee] + "\r\n"
	for name, request := range map[string]string{
		"garbage":             "\x16\x03\x01\x00\xa5\r\n\r\n",
		"no host":             "GET /v1/session HTTP/1.1\r\n\r\n",
		"two lengths":         "POST /v1/threads HTTP/1.1\r\n" + signedIn + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
		"length and chunks":   "POST /v1/threads HTTP/1.1\r\n" + signedIn + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}",
		"negative length":     "POST /v1/threads HTTP/1.1\r\n" + signedIn + "Content-Length: -2\r\n\r\n{}",
		"less than announced": "POST /v1/audience-groups HTTP/1.1\r\n" + signedIn + "Content-Length: 200\r\n\r\n{\"name\":",
		"broken chunk":        "POST /v1/audience-groups HTTP/1.1\r\n" + signedIn + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}",
		"zero in a header":    "GET /v1/session HTTP/1.1\r\n" + signedIn + "X-Time-Zone: a\x00b\r\n\r\n",
		"split header":        "GET /v1/session HTTP/1.1\r\n" + signedIn + "X-Time-Zone: a\n b\r\nx y: 1\r\n\r\n",
		"absolute address":    "GET http://evil.example.org/v1/none HTTP/1.1\r\n" + signedIn + "\r\n",
	} {
		if status := k.raw(request); status != "" && status[0] != '4' {
			t.Errorf("%s: %s", name, status)
		}
	}
	if strings.Contains(k.log.String(), "panic") {
		t.Error(k.log)
	}
}

// A log line is one line of JSON whatever a client sends, and no made-up method makes a counter of its own.
func TestLogInjection(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	forged := "x\r\n{\"level\":\"ERROR\",\"msg\":\"forged\"}\x1b[31m"
	for _, path := range []string{"/v1/" + "a%0d%0a%7b%22msg%22:%22forged%22%7d%1b%5b31m", "/v1/counterparties?text=x%0d%0a%1b", "/v1/records/%0aforged/00000000-0000-4000-8000-000000000001"} {
		k.plainly("GET", path, map[string]string{"Authorization": "Bearer " + k.token[domain.RoleEmployee]}, "")
	}
	for _, name := range []string{"X-Time-Zone", "X-On-Behalf-Of", "X-After", "Idempotency-Key", "If-Match", "Accept-Language", "X-Forwarded-For", "Referer", "Cookie", "Origin"} {
		k.plainly("GET", "/v1/counterparties", map[string]string{"Authorization": "Bearer " + k.token[domain.RoleEmployee], name: "x\t{\"msg\":\"forged\"}\u2028\u0085\xff"}, "")
	}
	k.plainly("GET", "/v1/exports/counterparties?q=%0d%0a%1b%00forged", map[string]string{"Authorization": "Bearer " + k.token[domain.RoleEmployee]}, "")
	k.plainly("GET", "/v1/oidc/callback?state=%0d%0aforged&error=%1b%0aforged", nil, "")
	k.send("", "POST", "/v1/session", `{"login":`+quoted(forged)+`,"password":"x"}`)
	k.plainly("GET", "/v1/session", map[string]string{"User-Agent": "\xff", "Authorization": "Bearer \u202e"}, "")
	k.plainly("FORGED", "/v1/session", nil, "")
	// A panic is logged with what the client sent.
	broken := httpapi.Deps{Logger: slog.New(slog.NewJSONHandler(k.log, nil)), Streams: t.Context(), Health: func(context.Context) map[string]error { panic(errors.New(forged)) }}
	handler, err := httpapi.New(broken)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "forged") || w.Header().Get("X-Frame-Options") != "DENY" {
		t.Errorf("a panic: %d %s", w.Code, w.Body)
	}
	for line := range strings.Lines(k.log.String()) {
		if !json.Valid([]byte(line)) || strings.ContainsAny(strings.TrimSuffix(line, "\n"), "\r\x1b\n") {
			t.Errorf("not one line of JSON: %q", line)
		}
	}
	if _, metrics, _ := k.plainly("GET", "/metrics", nil, ""); strings.Contains(metrics, "FORGED") {
		t.Error("a made-up method has a counter")
	}
}

func quoted(text string) string { return string(encoded(text)) }
