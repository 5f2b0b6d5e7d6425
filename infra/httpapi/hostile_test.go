package httpapi_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/postgres"
	"github.com/letopis-crm/letopis/projections"
)

// hostile sends what a generator makes and judges every answer.
type hostile struct {
	*kit
	*generator
	found map[string]string // the first request of each kind of finding
	fed   map[string]uint64 // how far each projector is; gone when an event stopped it
	cause map[uint64]string // the request behind the events up to a position
	count map[string]int    // answers by status
	works map[string]bool   // operations that have succeeded
}

// setting reads a number of the environment.
func setting(name string, otherwise uint64) uint64 {
	if n, err := strconv.ParseUint(os.Getenv(name), 10, 64); err == nil {
		return n
	}
	return otherwise
}

// No request, however made, gets a fault of the server, an answer that the document does not promise, a change by a
// refused command or by a query, or an event that a read model cannot take.
//
// LETOPIS_FUZZ_SECONDS is how long it goes on, LETOPIS_FUZZ_SEED repeats a run.
func TestHostileRequests(t *testing.T) {
	t.Parallel()
	seed := setting("LETOPIS_FUZZ_SEED", rand.Uint64N(1e9))
	t.Logf("LETOPIS_FUZZ_SEED=%d", seed)
	h := &hostile{kit: newKit(t), generator: newGenerator(seed), found: map[string]string{}, fed: map[string]uint64{}, cause: map[uint64]string{},
		count: map[string]int{}, works: map[string]bool{}}
	for _, p := range h.projectors {
		h.fed[p.Name()] = 0
	}
	h.staff()
	end := time.Now().Add(time.Duration(setting("LETOPIS_FUZZ_SECONDS", 60)) * time.Second)
	h.begin()
	for round := 0; time.Now().Before(end); round++ {
		h.round(round, end)
	}
	h.project()
	for _, kind := range slices.Sorted(maps.Keys(h.found)) {
		t.Errorf("%s\n\t%s", kind, h.found[kind])
	}
	t.Logf("answers by status: %v; %d of %d operations succeeded at least once", h.count, len(h.works), len(h.all))
	if t.Failed() {
		t.Logf("repeat with LETOPIS_FUZZ_SEED=%d", seed)
	}
}

// staff puts those who ask into the register: their names must be found.
func (h *hostile) staff() {
	for _, role := range domain.Roles {
		_, err := commands.Execute(h.t.Context(), h.executor, domain.Employees, h.who[role],
			commands.HireEmployee{Name: domain.EmployeeName{Last: "Орлова", First: string(role)}, Hired: "2020-01-09"},
			commands.Request{CommandID: uuid.New(), Source: domain.SourceImport, Actor: h.who[role]})
		if err != nil {
			h.t.Fatal(err)
		}
		remember(h.ids, "employees", h.who[role].String())
	}
}

// begin makes records of every kind, so that later requests meet some.
func (h *hostile) begin() {
	for range 3 {
		for _, o := range h.all {
			if o.Method == http.MethodPost && !strings.Contains(o.Path, "{") && !costly[o.OperationID] {
				for try := 0; try < 5 && !h.give(h.valid(o)); try++ {
					continue
				}
			}
		}
	}
	h.project()
}

// costly operations hash passwords; one that never ends is tried elsewhere.
var costly = map[string]bool{"sign-in": true, "create-account": true, "reset-password": true, "change-password": true}

const endless = "follow-changes"

// round tries every operation in a few ways, in a different order each time.
func (h *hostile) round(no int, end time.Time) {
	order := h.Perm(len(h.all))
	for i, at := range order {
		o := h.all[at]
		if o.OperationID == endless || costly[o.OperationID] && h.IntN(4) > 0 || time.Now().After(end) {
			continue
		}
		h.give(h.valid(o))
		h.give(h.poisoned(o, injections[(no+at)%len(injections)]))
		for range 3 {
			h.give(h.broken(o))
		}
		if o.Method == http.MethodPost {
			h.giveTwice(o)
		}
		if i%60 == 0 {
			h.project()
		}
	}
}

type answer struct {
	status int
	header http.Header
	raw    []byte
	body   any
	took   time.Duration
}

func (h *hostile) ask(a ask) (answer, error) {
	r, err := http.NewRequestWithContext(h.t.Context(), a.op.Method, h.url+a.target(), bytes.NewReader(a.body))
	if err != nil {
		return answer{}, err
	}
	if a.role != "" {
		r.Header.Set("Authorization", "Bearer "+h.token[a.role])
	}
	for name, value := range a.header {
		r.Header.Set(name, value)
	}
	r.Host = a.header["Host"]
	start := time.Now()
	response, err := client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	body, _ := decoded(raw)
	return answer{response.StatusCode, response.Header, raw, body, time.Since(start)}, err
}

// give sends a request, judges the answer and reports whether it was a success.
func (h *hostile) give(a ask) bool {
	got, faults := h.try(a)
	for _, fault := range faults {
		h.report(a, fault)
	}
	h.count[strconv.Itoa(got.status)]++
	h.learn(a.op, got.status, got.body)
	if got.status >= 200 && got.status < 300 {
		h.works[a.op.OperationID] = true
		return true
	}
	return false
}

// try sends a request and lists what is wrong with the answer.
func (h *hostile) try(a ask) (answer, []string) {
	before := h.store.head.Load()
	got, err := h.ask(a)
	after := h.store.head.Load()
	if err != nil {
		if strings.Contains(err.Error(), "invalid header field") {
			return got, nil // the client will not send it
		}
		return got, []string{"no answer: " + err.Error()}
	}
	if after != before {
		h.cause[after] = a.String()
	}
	faults := h.judge(a, got)
	if after != before && (a.op.Method == http.MethodGet && !notes[a.op.OperationID] || got.status >= 400) {
		faults = append(faults, fmt.Sprintf("answered %d and changed the log", got.status))
	}
	return got, faults
}

// notes are the queries that record who asked.
var notes = map[string]bool{"get-contact-report": true}

// leaks are words of our machinery.
var leaks = regexp.MustCompile(`SQLSTATE|goroutine \d|\.go:\d+|runtime error|/root/|/work/|pgx|Go struct|Go value|identity\.account \(|httpapi\.|commands\.[A-Z]|domain\.[A-Z]|password_hash"`)

// slow is longer than any request takes, and shorter than what an injected pg_sleep asks for.
const slow = 4500 * time.Millisecond

func (h *hostile) judge(a ask, got answer) []string {
	var faults []string
	if got.status == http.StatusRequestHeaderFieldsTooLarge {
		return nil // the server refuses before our part of it sees anything
	}
	say := func(ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, fmt.Sprintf(format, args...))
		}
	}
	response, documented := a.op.responses[strconv.Itoa(got.status)]
	say(got.status < 500, "status %d", got.status)
	say(documented, "undocumented status %d", got.status)
	say(got.took < slow, "slow")
	for _, leak := range leaks.FindAllString(string(got.raw), 1) {
		say(strings.Contains(string(a.body)+a.target(), leak), "the answer tells of %s", leak)
	}
	// What the store of files answers itself, such as 412 to an If-Match, has no body.
	sandboxed := a.op.OperationID == "download-attachment" && (got.status < 300 || len(got.raw) == 0)
	for name, want := range apiHeaders {
		if sandboxed && name == "Content-Security-Policy" {
			want = "sandbox; default-src 'none'; frame-ancestors 'none'"
		}
		say(got.header.Get(name) == want, "%s: %q", name, got.header.Get(name))
	}
	if got.status >= 400 && !sandboxed {
		problem, _ := got.body.(map[string]any)
		code, _ := problem["code"].(string)
		say(got.header.Get("Content-Type") == "application/problem+json" && code != "" && problem["status"] == float64(got.status), "status %d without a problem", got.status)
		return faults
	}
	say(a.broken == "", "took a body that is no JSON: %s", a.broken)
	for _, wrong := range h.requestFaults(a) {
		say(false, "took what its schema forbids: %s", general(wrong))
	}
	if documented && len(got.raw) > 0 && response.Content["application/json"] != nil {
		for _, wrong := range h.faults(response.Content["application/json"].Schema, got.body, "answer") {
			say(false, "the answer does not fit: %s", general(wrong))
		}
	}
	return faults
}

// requestFaults lists where a request violates the document.
func (h *hostile) requestFaults(a ask) []string {
	var wrong []string
	if a.op.body != nil {
		if body, ok := decoded(a.body); ok {
			wrong = h.faults(a.op.body, body, "body")
		}
	}
	known := map[string]bool{}
	for _, p := range a.op.parameters {
		known[p.Name] = p.In == "query"
		text, given := a.header[p.Name], true
		if p.In == "query" {
			text, given = a.query.Get(p.Name), a.query.Has(p.Name)
		}
		if given && text != "" && p.In != "path" {
			wrong = append(wrong, h.faults(p.Schema, read(h.resolve(p.Schema), text), p.In+"."+p.Name)...)
		}
	}
	for name := range a.query {
		if !known[name] {
			wrong = append(wrong, "query: unknown parameter")
		}
	}
	return wrong
}

// read is a parameter's text as the value it stands for.
func read(s *huma.Schema, text string) any {
	switch s.Type {
	case huma.TypeInteger, huma.TypeNumber:
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			return n
		}
	case huma.TypeBoolean:
		if b, err := strconv.ParseBool(text); err == nil {
			return b
		}
	case huma.TypeArray:
		var list []any
		for part := range strings.SplitSeq(text, ",") {
			list = append(list, part)
		}
		return list
	}
	return text
}

var numbered = regexp.MustCompile(`\[\d+\]`)

// general is a fault without what differs from one request to the next.
func general(fault string) string { return short(numbered.ReplaceAllString(fault, "[]")) }

// report keeps the first and smallest request of each kind of finding.
func (h *hostile) report(a ask, fault string) {
	kind := a.op.OperationID + ": " + fault
	if _, known := h.found[kind]; known || len(h.found) > 60 {
		return
	}
	h.found[kind] = "…"
	if !strings.Contains(fault, "log") {
		a = h.smaller(a, fault)
	}
	got, _ := h.ask(a)
	h.found[kind] = a.String() + "\n\t" + short(string(got.raw))
}

// smaller leaves out what the finding does not need.
func (h *hostile) smaller(a ask, fault string) ask {
	still := func(b ask) bool {
		_, faults := h.try(b)
		return slices.Contains(faults, fault)
	}
	for _, name := range slices.Sorted(maps.Keys(a.query)) {
		b := a.clone()
		if delete(b.query, name); still(b) {
			a = b
		}
	}
	for _, name := range slices.Sorted(maps.Keys(a.header)) {
		b := a.clone()
		if delete(b.header, name); still(b) {
			a = b
		}
	}
	body, _ := decoded(a.body)
	object, ok := body.(map[string]any)
	if !ok || a.broken != "" {
		return a
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		b := a.clone()
		less := maps.Clone(object)
		delete(less, name)
		if b.body = encoded(less); still(b) {
			a, object = b, less
		}
	}
	return a
}

// giveTwice repeats a command under its key: the answer is the same and nothing more happens. Somebody else with the
// same key gets an answer of their own.
func (h *hostile) giveTwice(o operation) {
	a := h.valid(o)
	if _, ok := o.responses["200"]; !ok && o.responses["201"] == nil || !slices.ContainsFunc(o.parameters, func(p *huma.Param) bool { return p.Name == "Idempotency-Key" }) {
		return
	}
	a.header["Idempotency-Key"] = "key-" + strconv.Itoa(h.made)
	first, faults := h.try(a)
	if len(faults) > 0 || first.status >= 300 {
		return
	}
	h.learn(o, first.status, first.body)
	before := h.store.head.Load()
	second, _ := h.try(a)
	if h.store.head.Load() != before {
		h.report(a, "the same request again changed the log")
	}
	if o.OperationID != "form-daily-report" && (second.status != first.status || receiptOf(second) != receiptOf(first)) {
		h.report(a, fmt.Sprintf("the same request again: %d %s, first %d %s", second.status, receiptOf(second), first.status, receiptOf(first)))
	}
	if strings.Contains(o.Path, "{") || first.status != http.StatusCreated {
		return
	}
	other := a.clone()
	for other.role == a.role {
		other.role = pick(h.generator, domain.Roles)
	}
	if third, _ := h.try(other); third.status < 300 && receiptOf(third) == receiptOf(first) {
		h.report(other, "somebody else's key gave somebody else's answer")
	}
}

// receiptOf is where a command's effect stands.
func receiptOf(a answer) string {
	var r commands.Receipt
	_ = json.Unmarshal(a.raw, &r)
	return fmt.Sprintf("%s at %d/%d", r.ID, r.Revision, r.Position)
}

// project brings the read models to the end of the log. An event that one cannot take is a finding: nothing would come
// after it.
func (h *hostile) project() {
	all := h.store.All()
	for _, p := range h.projectors {
		from, goes := h.fed[p.Name()]
		rest := slices.DeleteFunc(slices.Clone(all), func(e domain.Recorded) bool { return e.Position <= from })
		if !goes || len(rest) == 0 {
			continue
		}
		upTo := rest[len(rest)-1].Position
		if err := p.Apply(h.t.Context(), rest, upTo); err != nil {
			h.stopped(p, err)
			continue
		}
		h.fed[p.Name()] = upTo
	}
}

func (h *hostile) stopped(p *postgres.Projector, err error) {
	delete(h.fed, p.Name())
	poison, ok := errors.AsType[*projections.Poison](err)
	if !ok {
		h.found["the read model "+p.Name()+" failed: "+err.Error()] = ""
		return
	}
	cause := ""
	for _, position := range slices.Sorted(maps.Keys(h.cause)) {
		if position >= poison.Event.Position {
			cause = h.cause[position]
			break
		}
	}
	h.found[fmt.Sprintf("the read model %s cannot take %s: %v", p.Name(), poison.Event.Type, poison.Cause)] = cause + "\n\t" + short(string(poison.Event.Data))
}
