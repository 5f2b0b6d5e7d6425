package importing_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/commands/storetest"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/importing"
)

// known answers who writes from an address.
type known map[string]domain.CounterpartyID

func (k known) SenderByEmail(_ context.Context, email string) (domain.CounterpartyID, domain.ContactPersonID, error) {
	return k[email], domain.ContactPersonID{}, nil
}

type kit struct {
	t     *testing.T
	dir   string
	store *storetest.Store
	env   importing.Env
}

func newKit(t *testing.T) *kit {
	t.Helper()
	return &kit{t: t, dir: t.TempDir(), store: storetest.New(), env: importing.Env{Actor: domain.SystemActor, Senders: known{}}}
}

func (k *kit) file(name, content string) string {
	k.t.Helper()
	path := filepath.Join(k.dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		k.t.Fatal(err)
	}
	return path
}

// take imports the source and returns what it says.
func (k *kit) take(source importing.Source, err error) *importing.Report {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
	report, err := importing.Take(k.t.Context(), commands.NewExecutor(k.store, time.Now), source, k.env, importing.Options{Done: func(importing.Item) {}})
	if err != nil {
		k.t.Fatal(err)
	}
	return report
}

func (k *kit) want(report *importing.Report, text string) {
	k.t.Helper()
	if report.String() != text {
		k.t.Errorf("the import says %q, want %q; problems: %v", report, text, report.Problems)
	}
}

const mapping = `source: shop
key: Код
kind: organisation
roles: [customer]
fields:
  legal_name: Название
  inn: {column: ИНН, optional: true}
  phones:
    - {column: Телефон, region: RU, optional: true}
`

// A list is taken once; a changed list brings what changed; a row that cannot be taken is named and the others go on.
func TestLists(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	m := k.file("map.yaml", mapping)
	first := k.file("first.csv", "Код;Название;ИНН;Телефон\n1;ООО «Ромашка»;7707083893;8 900 000-00-01\n2;ООО «Лютик»;;\n3;;;\n")
	report := k.take(importing.Lists([]string{first}, m))
	k.want(report, "3 rows: 2 created, 0 changed, 0 unchanged, 1 refused")
	named := false
	for _, p := range report.Problems {
		named = named || (p.Row == 4 && p.Field == "legal_name" && p.Code == "required")
	}
	if !named {
		t.Errorf("no problem names the row without a name: %v", report.Problems)
	}
	var csv bytes.Buffer
	if err := importing.WriteReport(&csv, report); err != nil || !strings.Contains(csv.String(), "legal_name") {
		t.Errorf("the report file is %q, %v", csv.String(), err)
	}
	length := len(k.store.All())
	k.want(k.take(importing.Lists([]string{first}, m)), "3 rows: 0 created, 0 changed, 3 unchanged, 0 refused")
	if len(k.store.All()) != length {
		t.Error("a second run wrote")
	}
	second := k.file("second.csv", "Код;Название;ИНН;Телефон\n1;ООО «Ромашка»;7707083893;8 900 000-00-02\n2;ООО «Лютик»;;\n")
	k.want(k.take(importing.Lists([]string{second}, m)), "2 rows: 0 created, 1 changed, 1 unchanged, 0 refused")
}

// Two files that say different things about the same client are each taken once, in whatever runs.
func TestConflictingFilesDoNotTakeTurns(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	one := k.file("one.xml", oneC("ООО «Астра»"))
	two := k.file("two.xml", oneC("ООО «Астра плюс»"))
	k.want(k.take(importing.CommerceML([]string{one, two})), "2 rows: 1 created, 1 changed, 0 unchanged, 0 refused")
	length := len(k.store.All())
	for range 2 {
		k.want(k.take(importing.CommerceML([]string{one, two})), "2 rows: 0 created, 0 changed, 2 unchanged, 0 refused")
	}
	if len(k.store.All()) != length {
		t.Error("files taken before were taken again")
	}
}

func oneC(name string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><КоммерческаяИнформация xmlns="urn:1C.ru:commerceml_2"><Контрагенты><Контрагент><Ид>c0ffee</Ид><Наименование>Астра</Наименование>` +
		`<ОфициальноеНаименование>` + name + `</ОфициальноеНаименование></Контрагент></Контрагенты></КоммерческаяИнформация>`
}

// Every mail becomes a message of the client who writes from the address, or a named refusal.
func TestMail(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	client := domain.NewID[domain.Counterparty]()
	k.env.Senders = known{"anna@example.example": client}
	k.file("a.eml", "From: Anna <anna@example.example>\nTo: us@letopis.example\nSubject: =?utf-8?b?0KHRh9GR0YI=?=\nDate: Tue, 10 Mar 2026 10:00:00 +0300\n"+
		"Message-ID: <1@example.example>\nContent-Type: text/plain; charset=utf-8\n\nПришлите счёт.\n")
	k.file("b.eml", "")
	k.want(k.take(importing.Mail([]string{k.dir})), "2 rows: 1 created, 0 changed, 0 unchanged, 1 refused")
	var found domain.MessageWasRegistered
	for _, r := range k.store.All() {
		event, err := domain.IncomingMessages.Decode(r)
		if errors.Is(err, domain.ErrUnknownEvent) {
			continue
		}
		if e, ok := event.(domain.MessageWasRegistered); ok {
			found = e
		}
		if meta, err := r.Meta(); err != nil || meta.OccurredAt.Hour() != 7 {
			t.Errorf("the mail is recorded as of %v, %v", meta.OccurredAt, err)
		}
	}
	if found.Subject != "Счёт" || found.Counterparty != client || !strings.Contains(found.Text, "Пришлите") {
		t.Errorf("the message is %+v", found)
	}
	length := len(k.store.All())
	k.want(k.take(importing.Mail([]string{k.dir})), "2 rows: 0 created, 0 changed, 1 unchanged, 1 refused")
	if len(k.store.All()) != length {
		t.Error("a second run wrote")
	}
}

// A store that fails ends the import with the place, and the next run completes it.
func TestAFailureIsNotARefusal(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	m := k.file("map.yaml", mapping)
	list := k.file("list.csv", "Код;Название;ИНН;Телефон\n1;ООО «Один»;;\n2;ООО «Два»;;\n3;ООО «Три»;;\n")
	source, err := importing.Lists([]string{list}, m)
	if err != nil {
		t.Fatal(err)
	}
	store := &broken{Store: k.store}
	store.after.Store(1)
	failing := commands.NewExecutor(store, time.Now)
	if _, err := importing.Take(t.Context(), failing, source, k.env, importing.Options{Done: func(importing.Item) {}}); err == nil || !strings.Contains(err.Error(), "list.csv") {
		t.Fatalf("the failure is told as %v", err)
	}
	k.want(k.take(importing.Lists([]string{list}, m)), "3 rows: 2 created, 0 changed, 1 unchanged, 0 refused")
}

// broken is a store that takes some appends and then fails.
type broken struct {
	commands.Store
	after atomic.Int64
}

func (b *broken) Append(ctx context.Context, stream string, expected int64, events []domain.NewEvent) (uint64, error) {
	if b.after.Add(-1) < 0 {
		return 0, errors.New("the disk is gone")
	}
	return b.Store.Append(ctx, stream, expected, events)
}

func TestUnknownMapping(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	list := k.file("list.csv", "a;b\n1;2\n")
	if _, err := importing.Lists([]string{list}, ""); err == nil || !strings.Contains(err.Error(), "--map") {
		t.Errorf("a list that nothing fits: %v", err)
	}
	if _, err := importing.Lists([]string{list}, "nothing"); err == nil || !strings.Contains(err.Error(), "cms-hospitals") {
		t.Errorf("a mapping that does not exist: %v", err)
	}
}
