package commands_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/access"
	"github.com/letopis-crm/letopis/infra/files"
)

// withFiles gives the registry a store of files with one in it.
func (r *registry) withFiles(content string) string {
	r.t.Helper()
	store, err := files.Open(r.t.TempDir())
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = store.Close() })
	kept, err := store.Put(r.t.Context(), strings.NewReader(content), 1<<20)
	if err != nil {
		r.t.Fatal(err)
	}
	r.x = r.x.WithFiles(store)
	return kept.SHA256
}

func (r *registry) attach(by domain.EmployeeID, about domain.Ref, name, digest string) (domain.AttachedFileID, error) {
	r.t.Helper()
	id := domain.NewID[domain.AttachedFile]()
	_, err := commands.Execute(r.t.Context(), r.x, domain.AttachedFiles, id, commands.AttachFile{About: about, Name: name, SHA256: digest, Note: "скан"}, r.by(by))
	return id, err
}

func (r *registry) file(id domain.AttachedFileID) domain.AttachedFile {
	r.t.Helper()
	loaded, err := commands.Load(r.t.Context(), r.x, domain.AttachedFiles, id)
	if err != nil {
		r.t.Fatal(err)
	}
	return loaded.State
}

// Size, type, clients and participants are facts of the server: nobody says them.
func TestAttachFile(t *testing.T) {
	t.Parallel()
	r := newRegistry(t)
	digest := r.withFiles("%PDF-1.7 договор")
	client, err := r.register("ООО Ромашка", sberINN, sberKPP)
	if err != nil {
		t.Fatal(err)
	}
	item := domain.NewID[domain.WorkItem]()
	r.must(commands.Execute(t.Context(), r.x, domain.WorkItems, item,
		commands.PlanWorkItem{Counterparty: client, Responsible: r.boris, Due: "2026-03-05", Text: "Отвезти договор"}, r.by(r.boris)))
	id, err := r.attach(r.anna, domain.RefTo(domain.WorkItems, item), "../договор.pdf", digest)
	if err != nil {
		t.Fatal(err)
	}
	got := r.file(id)
	if got.Name != "договор.pdf" || got.MediaType != "application/pdf" || got.Size != int64(len("%PDF-1.7 договор")) || got.Author != r.anna ||
		!slices.Equal(got.Subjects(), []domain.CounterpartyID{client}) || !slices.Equal(got.Participants(), []domain.EmployeeID{r.boris, r.anna}) {
		t.Errorf("%+v", got)
	}
	all := r.store.All()
	meta, err := all[len(all)-1].Meta()
	if err != nil || !slices.Equal(meta.Subjects, []domain.CounterpartyID{client}) || !slices.Equal(meta.Participants, []domain.EmployeeID{r.boris, r.anna}) {
		t.Errorf("the event concerns %v and %v, %v", meta.Subjects, meta.Participants, err)
	}
	// Under a name that says something else, the content is just bytes.
	r.must(commands.Execute(t.Context(), r.x, domain.AttachedFiles, id, commands.DescribeAttachment{Name: "договор.html", Note: "скан"}, r.by(r.boris)))
	if got := r.file(id); got.MediaType != domain.AnyBytes || got.Name != "договор.html" {
		t.Errorf("renamed: %+v", got)
	}
	r.must(commands.Execute(t.Context(), r.x, domain.AttachedFiles, id, commands.WithdrawAttachment{Reason: "не тот"}, r.by(r.boris)))
	if got := r.file(id); got.State != domain.FileWithdrawn || got.SHA256 != digest {
		t.Errorf("withdrawn: %+v", got)
	}
}

func TestAttachFileIsRefused(t *testing.T) {
	t.Parallel()
	r := newRegistry(t)
	digest := r.withFiles("text")
	client, err := r.register("ООО Ромашка", sberINN, sberKPP)
	if err != nil {
		t.Fatal(err)
	}
	there := domain.RefTo(domain.Counterparties, client)
	file, err := r.attach(r.anna, there, "a.txt", digest)
	if err != nil {
		t.Fatal(err)
	}
	before := len(r.store.All())
	invalid := domain.Refuse(domain.CodeInvalid, "")
	for _, c := range []struct {
		what, name, digest string
		about              domain.Ref
		err                error
	}{
		{"a content that is not there", "a.txt", strings.Repeat("ab", 32), there, domain.ErrNoFile},
		{"a path instead of a digest", "a.txt", "../../../../etc/passwd", there, domain.ErrNoFile},
		{"a record that is not there", "a.txt", digest, domain.Ref{Kind: "counterparty", ID: uuid.New()}, invalid},
		{"a kind that is not there", "a.txt", digest, domain.Ref{Kind: "sorcery", ID: client.UUID()}, invalid},
		{"another kind of record", "a.txt", digest, domain.Ref{Kind: "negotiation", ID: client.UUID()}, invalid},
		{"another file", "a.txt", digest, domain.RefTo(domain.AttachedFiles, file), invalid},
		{"no name", "\u202e..", digest, there, invalid},
	} {
		if _, err := r.attach(r.anna, c.about, c.name, c.digest); !errors.Is(err, c.err) {
			t.Errorf("%s: %v, want %v", c.what, err, c.err)
		}
	}
	if _, err := commands.Execute(t.Context(), r.x, domain.AttachedFiles, domain.NewID[domain.AttachedFile](), commands.WithdrawAttachment{Reason: "нет"}, r.by(r.anna)); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("withdrawing nothing: %v", err)
	}
	if after := len(r.store.All()); after != before {
		t.Errorf("%d events were written", after-before)
	}
}

// Files beside internal correspondence are for those who take part in it, as the correspondence is.
func TestFilesOfThreads(t *testing.T) {
	t.Parallel()
	r := newRegistry(t)
	digest := r.withFiles("text")
	for i, who := range []domain.EmployeeID{r.anna, r.boris} {
		hire := commands.NewRequest(who, domain.SourceImport)
		r.must(commands.Execute(t.Context(), r.x, domain.Employees, who, commands.HireEmployee{Name: domain.EmployeeName{Last: "Орлова", First: []string{"Анна", "Борис"}[i]}, Hired: "2020-01-09"}, hire))
	}
	thread := domain.NewID[domain.InternalThread]()
	r.must(commands.Execute(t.Context(), r.x, domain.InternalThreads, thread,
		commands.OpenThread{Kind: domain.ThreadQuestion, Addressees: []domain.EmployeeID{r.boris}, Subject: "Скидка", Text: "Какая?"}, r.by(r.anna)))
	about := domain.RefTo(domain.InternalThreads, thread)
	id, err := r.attach(r.boris, about, "a.txt", digest)
	if err != nil {
		t.Fatal(err)
	}
	stranger := domain.NewID[domain.Employee]()
	r.x = r.x.WithGate(func(_ context.Context, _, kind string, record access.Record) error {
		resource, _ := access.Of(kind)
		if (access.Actor{Employee: stranger, Roles: []domain.Role{domain.RoleEmployee}}).Check(resource, access.Change, record) {
			return nil
		}
		return domain.ErrForbidden
	})
	outside := func() commands.Request {
		request := r.by(stranger)
		request.Outside = true
		return request
	}
	attach := commands.AttachFile{About: about, Name: "a.txt", SHA256: digest}
	if _, err := commands.Execute(t.Context(), r.x, domain.AttachedFiles, domain.NewID[domain.AttachedFile](), attach, outside()); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("a stranger attaches: %v", err)
	}
	for what, do := range map[string]func(context.Context, commands.Request) error{
		"describe": func(ctx context.Context, by commands.Request) error {
			_, err := commands.Execute(ctx, r.x, domain.AttachedFiles, id, commands.DescribeAttachment{Name: "b.txt"}, by)
			return err
		},
		"withdraw": func(ctx context.Context, by commands.Request) error {
			_, err := commands.Execute(ctx, r.x, domain.AttachedFiles, id, commands.WithdrawAttachment{Reason: "не тот"}, by)
			return err
		},
	} {
		if err := do(t.Context(), outside()); !errors.Is(err, domain.ErrForbidden) {
			t.Errorf("a stranger may %s: %v", what, err)
		}
	}
	if got := r.file(id); got.State != domain.FileAttached || got.Name != "a.txt" {
		t.Errorf("%+v", got)
	}
}
