package httpapi_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/httpapi"
)

// operation is one of the document's, with its shared parts in place.
type operation struct {
	*huma.Operation
	parameters []*huma.Param
	body       *huma.Schema // nil for none, and for one that is not JSON
	responses  map[string]*huma.Response
}

// open is for everybody, signed in or not.
func (o operation) open() bool { return o.Security != nil && len(o.Security) == 0 }

// described lists the operations by path and method, always in the same order.
func described() ([]operation, schemas) {
	document := httpapi.Describe()
	var all []operation
	for _, path := range slices.Sorted(maps.Keys(document.Paths)) {
		item := document.Paths[path]
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil || op.Responses["303"] != nil {
				continue // a page sends its browser on, whatever it is asked
			}
			o := operation{Operation: op, responses: map[string]*huma.Response{}}
			for _, p := range op.Parameters {
				if p.Ref != "" {
					p = document.Components.Parameters[p.Ref[strings.LastIndex(p.Ref, "/")+1:]]
				}
				o.parameters = append(o.parameters, p)
			}
			for status, r := range op.Responses {
				if r.Ref != "" {
					r = document.Components.Responses[r.Ref[strings.LastIndex(r.Ref, "/")+1:]]
				}
				o.responses[status] = r
			}
			if op.RequestBody != nil && op.RequestBody.Content["application/json"] != nil {
				o.body = op.RequestBody.Content["application/json"].Schema
			}
			all = append(all, o)
		}
	}
	return all, schemas{document.Components.Schemas}
}

// plural is the collection that the operation is about, such as "assignments".
func (o operation) plural() string { return strings.Split(o.Path, "/")[2] }

// ask is a request before it is sent.
type ask struct {
	op     operation
	role   domain.Role // "" for nobody
	path   string
	query  url.Values
	header map[string]string
	body   []byte
	// broken tells that the body is no proper JSON text; it must be refused.
	broken string
}

func (a ask) clone() ask {
	a.query, a.header = maps.Clone(a.query), maps.Clone(a.header)
	return a
}

func (a ask) target() string {
	if len(a.query) == 0 {
		return a.path
	}
	return a.path + "?" + a.query.Encode()
}

// String is a command line that repeats the request.
func (a ask) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "curl -X %s -H 'Authorization: Bearer $%s'", a.op.Method, strings.ToUpper(string(a.role)))
	for _, name := range slices.Sorted(maps.Keys(a.header)) {
		fmt.Fprintf(&b, " -H %q", name+": "+short(a.header[name]))
	}
	if a.body != nil {
		fmt.Fprintf(&b, " --data-binary %q", short(string(a.body)))
	}
	return b.String() + " '$URL" + short(a.target()) + "'"
}

func short(text string) string {
	if len(text) <= 1500 {
		return text
	}
	return text[:1500] + fmt.Sprintf("… (%d bytes)", len(text))
}

// generator makes requests out of the document. The same seed makes the same requests of the same answers.
type generator struct {
	*rand.Rand
	schemas
	all  []operation
	now  time.Time
	ids  map[string][]string // what was created, by collection
	seen map[string][]string // ids by the property they were seen under
	made int
}

func newGenerator(seed uint64) *generator {
	all, s := described()
	return &generator{Rand: rand.New(rand.NewPCG(seed, seed)), schemas: s, all: all, now: time.Now().UTC().Truncate(time.Hour), ids: map[string][]string{}, seen: map[string][]string{}}
}

func pick[T any](g *generator, list []T) T { return list[g.IntN(len(list))] }

// collections tells what an id of this name is of.
var collections = map[string]string{
	"counterparty": "counterparties", "client": "counterparties", "left": "counterparties", "right": "counterparties", "survivor": "counterparties",
	"became": "counterparties", "party": "counterparties", "source": "counterparties", "parent_counterparty": "counterparties", "group": "audience-groups",
	"person": "contact-persons", "from_person": "contact-persons", "to_person": "contact-persons", "calendar": "working-calendars", "department": "departments",
	"assignment": "assignments", "negotiation": "negotiations", "thread": "threads", "message": "messages",
}

var ofEmployees = []string{"employee", "head", "owner", "assignee", "responsible", "substitute", "recipient", "arbiter", "who", "participant", "executor",
	"addressee", "cc", "actor", "asker", "author", "issuer", "informed", "reviewer", "taken_by", "by"}

// id is mostly one that is there, of the right kind.
func (g *generator) id(name, plural string) string {
	stem := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name, "s"), "_id"), "_ids")
	of := collections[stem]
	switch {
	case of != "":
	case slices.ContainsFunc(ofEmployees, func(e string) bool { return strings.Contains(stem, e) }):
		of = "employees"
	case name == "id" || name == "parent_id" || name == "parent":
		of = plural
	}
	known := g.ids[of]
	if of == "" {
		known = g.seen[name]
	}
	if len(known) == 0 || g.IntN(20) == 0 {
		return uuid.UUID{6: 0x40, 8: 0x80, 14: byte(g.IntN(256)), 15: byte(g.IntN(256))}.String()
	}
	return pick(g, known)
}

// usualContent is that of every uploaded file, and usualDigest its digest: what was uploaded can be attached.
const usualContent = "Договор поставки"

var usualDigest = func() string {
	sum := sha256.Sum256([]byte(usualContent))
	return hex.EncodeToString(sum[:])
}()

// usual are texts that the rules of their fields like.
var usual = map[string][]string{
	"kpp": {"773601001"}, "bik": {"044525225"}, "country": {"RU", "KZ"}, "currency": {"RUB", "USD"}, "time_zone": {"Europe/Moscow", "Asia/Vladivostok"}, "zone": {"Europe/Moscow"},
	"birthday": {"1980-05-31"}, "preferred_channel": {"call", "email"}, "language": {"ru"}, "industry_okved": {"46.73"}, "raw": {"8 (916) 123-45-67", "+7 495 123-45-67 доб. 12"},
	"phone": {"8 916 123-45-67"}, "from_phone": {"8 916 123-45-67"}, "from_raw": {"8 916 123-45-67", "orlova@example.com"}, "e164": {"+79161234567"},
	"websites": {"https://example.com"}, "password": {"a long password"}, "new_password": {"a long password"}, "old_password": {"a long password"},
	"sha256": {usualDigest}, "raw_sha256": {strings.Repeat("a1", 32)}, "month": {"2026-03"}, "scope": {"email", "call"},
	"take_from_loser": {"inn", "kpp", "phones"}, "cursor": {""}, "our_positions": {"Цена твёрдая"}, "criterion": {"подпись"},
}

// value is one that fits the schema and, as far as names tell, the rules.
func (g *generator) value(s *huma.Schema, name, plural string, depth int) any {
	s = g.resolve(s)
	switch {
	case s == nil:
		return "text"
	case len(s.Enum) > 0:
		return pick(g, s.Enum)
	}
	switch s.Type {
	case huma.TypeObject:
		if name == "about" {
			return map[string]any{"kind": "assignment", "id": g.id("assignment_id", "")}
		}
		object := map[string]any{}
		for _, property := range slices.Sorted(maps.Keys(s.Properties)) {
			if slices.Contains(s.Required, property) || depth < 3 && g.IntN(3) == 0 {
				object[property] = g.value(s.Properties[property], property, plural, depth+1)
			}
		}
		return object
	case huma.TypeArray:
		list := make([]any, g.IntN(3))
		if s.MinItems != nil && len(list) < *s.MinItems {
			list = make([]any, *s.MinItems)
		}
		for i := range list {
			list[i] = g.value(s.Items, name, plural, depth+1)
		}
		return list
	case huma.TypeInteger, huma.TypeNumber:
		low, high := 0.0, 100.0
		if s.Minimum != nil {
			low = *s.Minimum
			high = low + 100
		}
		if s.Maximum != nil {
			high = min(high, *s.Maximum)
		}
		return low + float64(g.IntN(int(high-low)+1))
	case huma.TypeBoolean:
		return g.IntN(2) == 0
	}
	return g.text(s, name, plural)
}

func (g *generator) text(s *huma.Schema, name, plural string) string {
	g.made++
	switch {
	case s.Format == "uuid", strings.HasSuffix(name, "_ids"):
		return g.id(name, plural)
	case s.Format == "date":
		return g.day(name).Format(time.DateOnly)
	case s.Format == "date-time":
		return g.day(name).Format(time.RFC3339)
	case usual[name] != nil:
		return pick(g, usual[name])
	case s.Format == "" && s.MaxLength == nil && (name == "from" || name == "to"):
		return map[string]string{"from": "09:00", "to": "13:00"}[name]
	}
	switch name {
	case "inn":
		return innOf(g.IntN(1e9))
	case "email", "address", "from_email":
		return "name" + strconv.Itoa(g.made) + "@example.com"
	case "login":
		return "login" + strconv.Itoa(g.made)
	case "kind":
		return "assignment"
	}
	text := "Текст " + strconv.Itoa(g.made) + " о поставке"
	if s.MaxLength != nil && len([]rune(text)) > *s.MaxLength {
		return string([]rune(text)[:*s.MaxLength])
	}
	return text
}

// day lies in order: what begins, what ends, what is due.
func (g *generator) day(name string) time.Time {
	switch {
	case strings.Contains(name, "hired"), strings.Contains(name, "since"), strings.Contains(name, "received"), strings.Contains(name, "seen"), strings.Contains(name, "occurred"), strings.Contains(name, "held"):
		return g.now.Add(-time.Hour)
	case strings.HasSuffix(name, "to"), strings.Contains(name, "until"), strings.Contains(name, "due"), strings.Contains(name, "deadline"), strings.Contains(name, "left"):
		return g.now.AddDate(0, 0, 10+g.IntN(50))
	}
	return g.now.AddDate(0, 0, 1+g.IntN(5))
}

// innOf completes nine digits to a right number of an organisation.
func innOf(seed int) string {
	digits := fmt.Sprintf("%09d", seed)
	sum := 0
	for i, weight := range []int{2, 4, 10, 3, 5, 9, 4, 6, 8} {
		sum += weight * int(digits[i]-'0')
	}
	return digits + strconv.Itoa(sum%11%10)
}

var everyRole = slices.Concat(domain.Roles, []domain.Role{domain.RoleAdministrator, domain.RoleManager})

// valid asks for something possible.
func (g *generator) valid(o operation) ask {
	a := ask{op: o, role: pick(g, everyRole), path: o.Path, query: url.Values{}, header: map[string]string{}}
	for _, p := range o.parameters {
		switch {
		case p.In == "path" && p.Name == "kind":
			a.path = strings.ReplaceAll(a.path, "{kind}", pick(g, []string{"assignment", "counterparty", "employee", "thread"}))
		case p.In == "path":
			a.path = strings.ReplaceAll(a.path, "{"+p.Name+"}", url.PathEscape(g.text(g.resolve(p.Schema), p.Name, o.plural())))
		case p.In == "query" && (p.Required || g.IntN(4) == 0) && p.Name != "occurred_at" && p.Name != "cursor":
			a.query.Set(p.Name, plain(g.value(p.Schema, p.Name, o.plural(), 1)))
		}
	}
	switch {
	case o.body != nil:
		a.body = encoded(g.value(o.body, "", o.plural(), 0))
		a.header["Content-Type"] = "application/json"
	case o.RequestBody != nil:
		a.body = []byte(usualContent)
		a.header["Content-Type"] = domain.AnyBytes
	}
	return a
}

func encoded(v any) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(v)
	return bytes.TrimSpace(b.Bytes())
}

// plain is a value as parameters are written.
func plain(v any) string {
	switch x := v.(type) {
	case []any:
		parts := make([]string, len(x))
		for i, e := range x {
			parts[i] = plain(e)
		}
		return strings.Join(parts, ",")
	case string:
		return x
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case nil:
		return ""
	}
	return fmt.Sprint(v)
}

// spot is where a value stands in a body.
type spot struct {
	schema *huma.Schema
	value  any
	set    func(any)
	remove func()
}

// places lists the value itself and all inside it.
func (g *generator) places(s *huma.Schema, v any, set func(any), remove func()) []spot {
	s = g.resolve(s)
	if s == nil {
		return nil
	}
	found := []spot{{s, v, set, remove}}
	switch x := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(x)) {
			found = append(found, g.places(s.Properties[name], x[name], func(n any) { x[name] = n }, func() { delete(x, name) })...)
		}
	case []any:
		for i := range x {
			found = append(found, g.places(s.Items, x[i], func(n any) { x[i] = n }, func() { x[i] = nil })...)
		}
	}
	return found
}

// poisoned puts one injection into every free text of a valid request.
func (g *generator) poisoned(o operation, text string) ask {
	a := g.valid(o)
	body, _ := decoded(a.body)
	for _, at := range g.places(o.body, body, func(any) {}, func() {}) {
		if at.schema.Type == huma.TypeString && at.schema.Format == "" && at.schema.Enum == nil && at.schema.Pattern == "" {
			at.set(text)
		}
	}
	if o.body != nil {
		a.body = encoded(body)
	}
	for _, p := range o.parameters {
		if s := g.resolve(p.Schema); p.In == "query" && s.Type == huma.TypeString && s.Format == "" && s.Enum == nil {
			a.query.Set(p.Name, text)
		}
	}
	return a
}

// broken spoils one thing of a valid request.
func (g *generator) broken(o operation) ask {
	a := g.valid(o)
	switch kind := g.IntN(10); {
	case kind < 6 && o.body != nil:
		return g.spoilBody(a)
	case kind < 7 && o.body != nil:
		texts := brokenTexts(a.body)
		a.broken = pick(g, slices.Sorted(maps.Keys(texts)))
		a.body = texts[a.broken]
	case kind < 8:
		g.spoilHeader(a)
	default:
		g.spoilParameter(&a)
	}
	return a
}

func (g *generator) spoilBody(a ask) ask {
	body, _ := decoded(a.body)
	root := body
	at := pick(g, g.places(a.op.body, body, func(v any) { root = v }, func() { root = nil }))
	object, isObject := at.value.(map[string]any)
	list, isList := at.value.([]any)
	switch kind := g.IntN(10); {
	case kind == 0:
		at.set(pick(g, oddValues))
	case kind == 1:
		at.remove()
	case isObject && kind < 6:
		object[pick(g, oddNames)] = pick(g, oddValues)
	case isObject && kind < 8 && len(object) > 0:
		name := pick(g, slices.Sorted(maps.Keys(object)))
		object[strings.ToUpper(name)] = object[name]
	case isList:
		long := make([]any, 0, 1001)
		for range 1001 {
			long = append(long, slices.Concat(list, []any{"x"})[0])
		}
		at.set(long)
	case kind == 9:
		var deep any = "x"
		for range 10 + g.IntN(300) {
			deep = []any{deep}
		}
		at.set(deep)
	default:
		at.set(g.odd(at.schema))
	}
	a.body = encoded(root)
	return a
}

// odd is a value that does not fit, or just so.
func (g *generator) odd(s *huma.Schema) any {
	switch {
	case s.Type == huma.TypeInteger, s.Type == huma.TypeNumber:
		numbers := slices.Clone(oddNumbers)
		if s.Minimum != nil {
			numbers = append(numbers, *s.Minimum-1, *s.Minimum)
		}
		if s.Maximum != nil {
			numbers = append(numbers, *s.Maximum+1, *s.Maximum)
		}
		return pick(g, numbers)
	case s.Format == "uuid":
		return pick(g, oddIDs)
	case s.Format == "date":
		return pick(g, oddDates)
	case s.Format == "date-time":
		return pick(g, oddInstants)
	case s.Type != huma.TypeString:
		return pick(g, oddValues)
	case s.MaxLength != nil && g.IntN(3) == 0:
		return strings.Repeat("ж", *s.MaxLength+g.IntN(2))
	}
	switch g.IntN(5) {
	case 0:
		return strings.Repeat("длинно ", 5000)
	case 1:
		return pick(g, slices.Concat(oddDates, oddInstants, oddIDs))
	}
	return pick(g, injections)
}

func (g *generator) spoilParameter(a *ask) {
	var mine []*huma.Param
	for _, p := range a.op.parameters {
		if p.In != "header" && p.In != "cookie" {
			mine = append(mine, p)
		}
	}
	if len(mine) == 0 || g.IntN(8) == 0 {
		a.query.Set(pick(g, oddNames), pick(g, injections))
		return
	}
	p := pick(g, mine)
	s := g.resolve(p.Schema)
	if s.Type == huma.TypeArray {
		s = g.resolve(s.Items)
	}
	text := plain(g.odd(s))
	if p.Name == "cursor" {
		text = pick(g, append([]string{"AAAA", "eyJhIjoxfQ", "eyJhdCI6Ijk5OTk5LTAxLTAxIn0", "W10", "bnVsbA", strings.Repeat("A", 499), "////", "e30="}, injections...))
	}
	if g.IntN(3) == 0 {
		text = pick(g, injections)
	}
	if p.In == "query" {
		a.query.Set(p.Name, text)
		return
	}
	parts := strings.Split(a.op.Path, "/")
	sent := strings.Split(a.path, "/")
	for i := range parts {
		if parts[i] == "{"+p.Name+"}" {
			sent[i] = url.PathEscape(text)
		}
	}
	a.path = strings.Join(sent, "/")
}

// oddHeaders are set one at a time; what no client may send is sent over a bare connection elsewhere.
var oddHeaders = map[string][]string{
	"Content-Type":    {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/html", "application/cbor", "application/json; charset=utf-16", "json", ";;;", "application/xml"},
	"Content-Length":  {},
	"Accept":          {"text/html", "application/cbor", "*/*;q=0", "application/xml;q=1, */*;q=0.1", strings.Repeat("a/b,", 500), ";"},
	"If-Match":        {"*", `"x"`, `W/"1"`, "-1", "99999999999999999999", `"9223372036854775807"`, `"1", "2"`, "''", `"0x1"`, strings.Repeat("1", 40)},
	"Idempotency-Key": {strings.Repeat("k", 200), strings.Repeat("k", 201), "ключ", "' OR 1=1", "\t", "a\u202eb"},
	"X-After":         {"x", "-1", "1e3", "99999999999999999999999", "0x10", "' OR 1=1"},
	"Accept-Language": {"en-GB", "'", strings.Repeat("en,", 3000), "zz"},
	"X-Time-Zone":     {"Mars/One", "Local", "../../etc/passwd", "Europe/../../x", "' OR 1=1", "UTC", "posixrules", "Asia/Vladivostok"},
	"X-On-Behalf-Of":  {"x", "00000000-0000-0000-0000-000000000000", "00000000-0000-4000-8000-000000000001", "' OR 1=1"},
	"Authorization":   {"Bearer", "Bearer ", "Bearer letopis_x", "Basic YTpi", "bearer x", "Bearer ' OR 1=1", "Bearer " + strings.Repeat("A", 5000)},
	"Cookie":          {"letopis_session=x", "letopis_session=", "letopis_session=\"a; b\"", "letopis_session=' OR 1=1", "a=" + strings.Repeat("b", 10_000)},
	"User-Agent":      {"\xff\xfe", strings.Repeat("u", 5000)},
	"X-Forwarded-For": {"1.2.3.4, ' OR 1=1"},
	"Host":            {"evil.example.org"},
}

func (g *generator) spoilHeader(a ask) {
	name := pick(g, slices.Sorted(maps.Keys(oddHeaders)))
	if len(oddHeaders[name]) > 0 {
		a.header[name] = pick(g, oddHeaders[name])
	}
}

// learn remembers the ids in an answer for the requests to come.
func (g *generator) learn(o operation, status int, body any) {
	if object, ok := body.(map[string]any); ok && o.Method == http.MethodPost && status < 300 {
		if id, ok := object["id"].(string); ok {
			remember(g.ids, o.plural(), id)
		}
	}
	g.harvest(body)
}

func (g *generator) harvest(v any) {
	switch x := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(x)) {
			if text, ok := x[name].(string); ok && len(text) == 36 && strings.HasSuffix(name, "_id") {
				remember(g.seen, name, text)
			}
			g.harvest(x[name])
		}
	case []any:
		for _, element := range x {
			g.harvest(element)
		}
	}
}

// remember keeps the latest few: old ones are in their final states.
func remember(ids map[string][]string, of, id string) {
	if slices.Contains(ids[of], id) {
		return
	}
	ids[of] = append(ids[of], id)
	if len(ids[of]) > 12 {
		ids[of] = ids[of][1:]
	}
}
