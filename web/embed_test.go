package web_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/letopis-crm/letopis/web"
)

// built is a build as npm makes it.
func built() fstest.MapFS {
	return fstest.MapFS{
		".gitkeep":               {},
		".vite/manifest.json":    {Data: []byte("{}")},
		"index.html":             {Data: []byte("<title>Letopis</title>")},
		"index.html.br":          {Data: []byte("index in brotli")},
		"index.html.gz":          {Data: []byte("index in gzip")},
		"icon.svg":               {Data: []byte("<svg/>")},
		"assets/app-1a2b.js":     {Data: []byte("start()")},
		"assets/app-1a2b.js.gz":  {Data: []byte("start in gzip")},
		"assets/app-1a2b.js.br":  {Data: []byte("start in brotli")},
		"assets/style-3c.css":    {Data: []byte("body{}")},
		"assets/style-3c.css.gz": {Data: []byte("style in gzip")},
	}
}

func ask(t *testing.T, files fstest.MapFS, method, path string, header map[string]string) *httptest.ResponseRecorder {
	t.Helper()
	handler, err := web.New(files)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(method, path, nil)
	for name, value := range header {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

// An address of the application opens the application; what is not there is not there.
func TestAddresses(t *testing.T) {
	t.Parallel()
	const page, script = "<title>Letopis</title>", "start()"
	for _, c := range []struct {
		method, path string
		status       int
		body, cache  string
	}{
		{"GET", "/", 200, page, "no-cache"},
		{"GET", "/index.html", 200, page, "no-cache"},
		{"GET", "/counterparties/7?tab=history", 200, page, "no-cache"},
		{"GET", "/v10", 200, page, "no-cache"},
		{"GET", "/assetsless", 200, page, "no-cache"},
		{"GET", "/.gitkeep", 200, page, "no-cache"},
		{"GET", "/.vite/manifest.json", 200, page, "no-cache"},
		{"GET", "/../secret", 200, page, "no-cache"},
		{"GET", "/icon.svg", 200, "<svg/>", "no-cache"},
		{"GET", "/assets/app-1a2b.js", 200, script, "public, max-age=31536000, immutable"},
		{"HEAD", "/assets/app-1a2b.js", 200, "", "public, max-age=31536000, immutable"},
		{"GET", "/assets/app-old.js", 404, "404 page not found\n", ""},
		{"GET", "/assets/app-1a2b.js.gz", 404, "404 page not found\n", ""},
		{"GET", "/assets/", 404, "404 page not found\n", ""},
		{"GET", "/v1", 404, "404 page not found\n", ""},
		{"GET", "/v1/no-such-thing", 404, "404 page not found\n", ""},
		{"POST", "/", 405, "only GET and HEAD\n", ""},
		{"DELETE", "/assets/app-1a2b.js", 405, "only GET and HEAD\n", ""},
	} {
		w := ask(t, built(), c.method, c.path, nil)
		if w.Code != c.status || w.Body.String() != c.body || w.Header().Get("Cache-Control") != c.cache {
			t.Errorf("%s %s: %d %q, Cache-Control %q", c.method, c.path, w.Code, w.Body, w.Header().Get("Cache-Control"))
		}
		if allow := w.Header().Get("Allow"); (c.status == http.StatusMethodNotAllowed) != (allow == "GET, HEAD") {
			t.Errorf("%s %s: Allow %q", c.method, c.path, allow)
		}
	}
}

// The best form that the reader takes is sent, under the type of the file and a tag of its own.
func TestCompressedForms(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ accept, path, coding, body string }{
		{"gzip, deflate, br, zstd", "/assets/app-1a2b.js", "br", "start in brotli"},
		{"gzip", "/assets/app-1a2b.js", "gzip", "start in gzip"},
		{"br;q=0, gzip;q=0.5", "/assets/app-1a2b.js", "gzip", "start in gzip"},
		{"BR; q=0.1", "/assets/app-1a2b.js", "br", "start in brotli"},
		{"*", "/assets/app-1a2b.js", "br", "start in brotli"},
		{"*;q=0", "/assets/app-1a2b.js", "", "start()"},
		{"br;q=many", "/assets/app-1a2b.js", "", "start()"},
		{"identity", "/assets/app-1a2b.js", "", "start()"},
		{"", "/assets/app-1a2b.js", "", "start()"},
		{"br, gzip", "/assets/style-3c.css", "gzip", "style in gzip"},
		{"br", "/any/screen", "br", "index in brotli"},
	} {
		w := ask(t, built(), "GET", c.path, map[string]string{"Accept-Encoding": c.accept})
		h := w.Header()
		if w.Body.String() != c.body || h.Get("Content-Encoding") != c.coding || h.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q %s: %q as %q, Vary %q", c.accept, c.path, w.Body, h.Get("Content-Encoding"), h.Get("Vary"))
		}
		want := map[string]string{"/assets/app-1a2b.js": "text/javascript; charset=utf-8", "/assets/style-3c.css": "text/css; charset=utf-8",
			"/any/screen": "text/html; charset=utf-8"}[c.path]
		if h.Get("Content-Type") != want {
			t.Errorf("%s: Content-Type %q, want %q", c.path, h.Get("Content-Type"), want)
		}
	}
	if w := ask(t, built(), "GET", "/icon.svg", map[string]string{"Accept-Encoding": "br"}); w.Header().Get("Vary") != "" {
		t.Error("a file of one form does not vary")
	}
}

// A page that the reader has already is not sent again; another form of it is another thing.
func TestTags(t *testing.T) {
	t.Parallel()
	plain, packed := map[string]string{}, map[string]string{"Accept-Encoding": "br"}
	tag := ask(t, built(), "GET", "/", plain).Header().Get("ETag")
	if other := ask(t, built(), "GET", "/", packed).Header().Get("ETag"); tag == "" || tag == other {
		t.Fatalf("tags %s and %s", tag, other)
	}
	for _, given := range []string{tag, "W/" + tag, `"old", ` + tag, "*"} {
		asked := maps.Clone(plain)
		asked["If-None-Match"] = given
		if w := ask(t, built(), "GET", "/", asked); w.Code != http.StatusNotModified || w.Body.Len() > 0 || w.Header().Get("ETag") != tag {
			t.Errorf("If-None-Match %s: %d", given, w.Code)
		}
	}
	packed["If-None-Match"] = tag
	if w := ask(t, built(), "GET", "/", packed); w.Code != http.StatusOK {
		t.Errorf("another form: %d", w.Code)
	}
}

// Every page forbids what it does not need, and a HEAD tells the length of what a GET would send.
func TestHeaders(t *testing.T) {
	t.Parallel()
	w := ask(t, built(), "HEAD", "/", nil)
	if w.Body.Len() != 0 || w.Header().Get("Content-Length") != "22" {
		t.Errorf("HEAD: %d bytes, Content-Length %q", w.Body.Len(), w.Header().Get("Content-Length"))
	}
	for _, part := range []string{"default-src 'self'", "frame-ancestors 'none'", "base-uri 'self'", "form-action 'self'", "worker-src 'self'"} {
		if !strings.Contains(w.Header().Get("Content-Security-Policy"), part) {
			t.Errorf("the policy lacks %s", part)
		}
	}
	if strings.Contains(w.Header().Get("Content-Security-Policy"), "script-src") {
		t.Error("scripts come from this server only")
	}
}

// A program built without the application says so in both languages; it does not pretend.
func TestNotBuilt(t *testing.T) {
	t.Parallel()
	w := ask(t, fstest.MapFS{".gitkeep": {}}, "GET", "/counterparties", nil)
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("%d %s", w.Code, w.Header().Get("Content-Type"))
	}
	for _, sentence := range []string{"без веб-приложения", "without the web application", "/v1/"} {
		if !strings.Contains(w.Body.String(), sentence) {
			t.Errorf("the page does not say %q", sentence)
		}
	}
	if w := ask(t, fstest.MapFS{}, "GET", "/assets/app.js", nil); w.Code != http.StatusNotFound {
		t.Errorf("an asset that is not built: %d", w.Code)
	}
}

// Whatever this program was built with can be served.
func TestHandler(t *testing.T) {
	t.Parallel()
	handler, err := web.Handler()
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Code != http.StatusOK && w.Code != http.StatusServiceUnavailable {
		t.Errorf("the start page: %d", w.Code)
	}
}
