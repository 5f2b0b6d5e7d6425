package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/letopis-crm/letopis/infra/eventstore"
)

// head is the position of the last event of the log in the data directory; no server may be running on it.
func head(t *testing.T, data string) uint64 {
	t.Helper()
	p, err := openPlant(t.Context(), plantFlags{Data: data}, discard)
	if err != nil {
		t.Fatal(err)
	}
	defer p.close(context.Background())
	position, _, err := p.store.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return position
}

// Every real file that holds counterparties or mails is taken; a dry run writes nothing, a second run changes nothing.
func TestImportsConverge(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind  string
		files []string
		want  string
	}{
		"hospitals": {"counterparties", []string{"01_counterparties/cms_hospital_general_information.csv.gz"}, "3502 rows: 3502 created, 0 changed, 0 unchanged, 0 refused"},
		"1C": {"commerceml", []string{"09_synthetic_ru/xml/contragents_210_utf8_bom.xml", "09_synthetic_ru/xml/contragents_210_windows-1251.xml",
			"09_synthetic_ru/xml/document_with_contragents_210.xml", "05_1c_xml/bitrix-query-response-full.xml", "05_1c_xml/import0_1.xml"}, " 0 refused"},
		"mail": {"mail", []string{"09_synthetic_ru/eml", "06_eml/enmime", "06_eml/mimekit"}, " 1 refused"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var files []string
			for _, f := range c.files {
				files = append(files, dataFile(t, f))
			}
			data := filepath.Join(t.TempDir(), "data")
			args := append([]string{"import", "--data", data, c.kind}, files...)
			dry := must(t, nil, append([]string{"import", "--data", data, "--dry-run", c.kind}, files...)...)
			if position := head(t, data); position != 0 {
				t.Fatalf("a dry run wrote: the log ends at %d", position)
			}
			first := must(t, nil, args...)
			if !strings.Contains(first, c.want) || !strings.Contains(dry, c.want) {
				t.Errorf("import says %q, dry run %q, want %q", last(first), last(dry), c.want)
			}
			before := head(t, data)
			second := must(t, nil, args...)
			if after := head(t, data); after != before || !strings.Contains(second, " 0 created, 0 changed") {
				t.Errorf("a second run moved the log from %d to %d and says %q", before, after, last(second))
			}
			if out := must(t, nil, "verify", "--data", data); strings.Contains(out, "differ") {
				t.Errorf("verify: %s", out)
			}
		})
	}
}

func last(out string) string {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	return lines[len(lines)-1]
}

// A list of our own for the test below: some rows, no real people.
func writeList(t *testing.T, rows int) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("Код;Наименование;Полное наименование;Телефон;E-mail\n")
	for i := range rows {
		fmt.Fprintf(&b, "%06d;Пример-%d;ООО «Пример-%d»;8 900 000-%02d-%02d;client%d@example%d.example\n", i, i, i, i/100%100, i%100, i, i)
	}
	path := filepath.Join(t.TempDir(), "list.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// kill -9 in the middle of an import, several times, then run it to its end: nothing is lost, nothing doubled, the read
// models are clean. A kill counts only if it came after some rows were taken and before the last.
func TestKilledImports(t *testing.T) {
	t.Parallel()
	const rows = 3000
	list, data := writeList(t, rows), filepath.Join(t.TempDir(), "data")
	must(t, nil, "import", "--data", data, "--dry-run", "counterparties", list) // makes the database, so that kills hit the import
	taken, hits := 0, 0
	for life := 200 * time.Millisecond; hits < 3 && taken < rows && life < time.Minute; {
		ctx, cancel := context.WithTimeout(t.Context(), life+time.Duration(rand.IntN(100))*time.Millisecond)
		_ = program(ctx, nil, "import", "--data", data, "counterparties", list).Run() // killed, or done before
		cancel()
		switch now := len(registered(t, data)); {
		case now == taken: // it had not got so far: this machine is slow just now
			life = life * 3 / 2
		case now < rows:
			hits++
			fallthrough
		default:
			taken = now
		}
	}
	if hits == 0 {
		t.Fatal("no kill came in the middle of the import")
	}
	out := must(t, nil, "import", "--data", data, "counterparties", list)
	if !strings.Contains(out, fmt.Sprintf("%d rows", rows)) || !strings.Contains(out, " 0 refused") {
		t.Fatalf("the last run says %s", out)
	}
	found := registered(t, data)
	for stream, n := range found {
		if n != 1 {
			t.Errorf("%s was registered %d times", stream, n)
		}
	}
	if len(found) != rows {
		t.Errorf("%d counterparties in the log, want %d", len(found), rows)
	}
	if out := must(t, nil, "verify", "--data", data); strings.Contains(out, "differ") {
		t.Errorf("verify: %s", out)
	}
}

// registered counts, by stream, how often counterparties were registered, and checks that revisions have no gaps.
func registered(t *testing.T, data string) map[string]int {
	t.Helper()
	p, err := openPlant(t.Context(), plantFlags{Data: data}, discard)
	if err != nil {
		t.Fatal(err)
	}
	defer p.close(context.Background())
	found, revisions := map[string]int{}, map[string]uint64{}
	if err := p.store.ReadAll(t.Context(), 0, eachEvent(func(stream, kind string, revision uint64) {
		if revision != revisions[stream] {
			t.Errorf("stream %s has revision %d where %d was due", stream, revision, revisions[stream])
		}
		revisions[stream]++
		if kind == "counterparty.registered" {
			found[stream]++
		}
	})); err != nil {
		t.Fatal(err)
	}
	return found
}

var nodeAt = regexp.MustCompile(`event node on (\S+)`)

// With EVENTSTORE_URL and DATABASE_URL the same binary uses those servers: a node of its own process, and the database of
// another installation.
func TestExternalServers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	node := program(ctx, nil, "node", "--data", filepath.Join(dir, "node"), "--listen", "127.0.0.1:0")
	out, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); _ = node.Wait() })
	buffer := make([]byte, 200)
	n, err := out.Read(buffer)
	if err != nil {
		t.Fatal(err)
	}
	address := nodeAt.FindStringSubmatch(string(buffer[:n]))
	if address == nil {
		t.Fatalf("the node says %q", buffer[:n])
	}
	env := []string{"EVENTSTORE_URL=esdb://" + address[1] + "?tls=false", "DATABASE_URL=" + ownDatabase(t)}
	data := filepath.Join(dir, "unused")
	s := serve(t, env, "--data", data)
	admin := s.signIn("admin", s.password)
	client, header := admin.want(http.StatusCreated, http.MethodPost, "/v1/counterparties", map[string]any{"kind": "organisation", "legal_name": "ООО «Внешние серверы»"})
	admin.want(http.StatusOK, http.MethodGet, "/v1/counterparties/"+client["id"].(string)+"/history", nil, "X-After", header.Get("X-Position"))
	if _, err := os.Stat(filepath.Join(data, "events")); err == nil {
		t.Error("an embedded node was started beside the external one")
	}
	store, err := eventstore.Dial("esdb://" + address[1] + "?tls=false")
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if _, some, err := store.Head(t.Context()); err != nil || !some {
		t.Errorf("the external node holds no events: %v", err)
	}
}
