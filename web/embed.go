// Package web serves the web application that is built into the program.
//
// The build lies in dist. Without it — the program was built without npm — every page says so; the API works all the same.
package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed all:dist
var dist embed.FS

// Handler serves the application that this program was built with.
func Handler() (http.Handler, error) {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, err
	}
	return New(files)
}

// index is the page that the application starts from, at whatever address it is opened.
const index = "index.html"

// assets are named by their content: what is there once stays the same for ever.
const assets = "assets/"

const (
	forEver = "public, max-age=31536000, immutable"
	askAnew = "no-cache"
)

// policy lets the pages load what this server gives, and nothing else. Styles may be inline: the components set them.
const policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; worker-src 'self'; " +
	"frame-ancestors 'none'; base-uri 'self'; form-action 'self'"

// codings are the compressions a file may lie beside itself in, the better one first.
var codings = []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}}

// form is one way a file is sent: as it is, or compressed.
type form struct {
	coding string
	tag    string
	body   []byte
}

type file struct {
	contentType  string
	cacheControl string
	// forms are in the order of preference; the last is the file as it is.
	forms []form
}

// application knows all its files: they are few, and nothing is looked for on any disk.
type application map[string]file

// New serves the application that was built into files.
func New(files fs.FS) (http.Handler, error) {
	app := application{}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !served(name) {
			return err
		}
		app[name], err = read(files, name)
		return err
	})
	if err != nil {
		return nil, err
	}
	return app, nil
}

// served: neither what the build keeps for itself nor compressed forms have an address of their own.
func served(name string) bool {
	return !strings.Contains("/"+name, "/.") && !strings.HasSuffix(name, ".br") && !strings.HasSuffix(name, ".gz")
}

func read(files fs.FS, name string) (file, error) {
	f := file{contentType: typeOf(name), cacheControl: askAnew}
	if strings.HasPrefix(name, assets) {
		f.cacheControl = forEver
	}
	for _, c := range codings {
		body, err := fs.ReadFile(files, name+c.suffix)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return f, err
		}
		f.forms = append(f.forms, newForm(c.name, body))
	}
	body, err := fs.ReadFile(files, name)
	f.forms = append(f.forms, newForm("", body))
	return f, err
}

// newForm tags the bytes that are sent: two codings of a file are two things to a cache.
func newForm(coding string, body []byte) form {
	sum := sha256.Sum256(body)
	return form{coding: coding, tag: strconv.Quote(hex.EncodeToString(sum[:16])), body: body}
}

// types are those of a build. The machine's own table may know them otherwise, or not at all.
var types = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8", ".json": "application/json", ".map": "application/json",
	".webmanifest": "application/manifest+json", ".txt": "text/plain; charset=utf-8", ".svg": "image/svg+xml",
	".png": "image/png", ".ico": "image/x-icon", ".webp": "image/webp", ".woff2": "font/woff2", ".wasm": "application/wasm",
}

func typeOf(name string) string {
	extension := path.Ext(name)
	if known, ok := types[extension]; ok {
		return known
	}
	if guess := mime.TypeByExtension(extension); guess != "" {
		return guess
	}
	return "application/octet-stream"
}

// ServeHTTP answers an address of the application with its page: which screen it names is the application's affair. A
// missing asset is missing, and so is everything under the API's addresses.
func (a application) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Content-Security-Policy", policy)
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	f, found := a[name]
	switch {
	case found:
		f.serve(w, r)
	case within(name, "v1/"), within(name, assets):
		http.NotFound(w, r)
	default:
		a.start(w, r)
	}
}

func within(name, folder string) bool { return strings.HasPrefix(name+"/", folder) }

func (a application) start(w http.ResponseWriter, r *http.Request) {
	page, built := a[index]
	if !built {
		notBuilt(w)
		return
	}
	page.serve(w, r)
}

func (f file) serve(w http.ResponseWriter, r *http.Request) {
	chosen := f.choose(r.Header.Get("Accept-Encoding"))
	h := w.Header()
	h.Set("Cache-Control", f.cacheControl)
	h.Set("ETag", chosen.tag)
	if len(f.forms) > 1 {
		h.Add("Vary", "Accept-Encoding")
	}
	if known(r.Header.Get("If-None-Match"), chosen.tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", f.contentType)
	h.Set("Content-Length", strconv.Itoa(len(chosen.body)))
	if chosen.coding != "" {
		h.Set("Content-Encoding", chosen.coding)
	}
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(chosen.body) // the reader may have gone
}

func (f file) choose(accepted string) form {
	for _, candidate := range f.forms {
		if candidate.coding == "" || accepts(accepted, candidate.coding) {
			return candidate
		}
	}
	return f.forms[len(f.forms)-1]
}

// accepts reads Accept-Encoding: what is named decides, then the star.
func accepts(header, coding string) bool {
	star := false
	for part := range strings.SplitSeq(header, ",") {
		name, parameters, _ := strings.Cut(part, ";")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case coding:
			return wanted(parameters)
		case "*":
			star = wanted(parameters)
		}
	}
	return star
}

// wanted: a weight of nothing forbids.
func wanted(parameters string) bool {
	weight, given := strings.CutPrefix(strings.ReplaceAll(strings.ToLower(parameters), " ", ""), "q=")
	if !given {
		return true
	}
	q, err := strconv.ParseFloat(weight, 64)
	return err == nil && q > 0
}

// known reports that the reader has what bears this tag. Proxies may have weakened it on the way.
func known(header, tag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		part = strings.TrimSpace(part)
		if part == "*" || strings.TrimPrefix(part, "W/") == tag {
			return true
		}
	}
	return false
}

const notBuiltPage = `<!doctype html>
<html lang="ru">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Летопись</title>
<h1>Летопись</h1>
<p>Эта программа собрана без веб-приложения. Соберите её командой <code>make build</code>.
Программный интерфейс работает, его описание: <a href="/v1/openapi.json">/v1/openapi.json</a>.</p>
<div lang="en">
<h1>Letopis</h1>
<p>This program was built without the web application. Build it with <code>make build</code>.
The API works, its description: <a href="/v1/openapi.json">/v1/openapi.json</a>.</p>
</div>
</html>
`

func notBuilt(w http.ResponseWriter) {
	w.Header().Set("Content-Type", types[".html"])
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = w.Write([]byte(notBuiltPage)) // the reader may have gone
}
