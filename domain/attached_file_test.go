package domain_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

func TestAttachedFile(t *testing.T) {
	t.Parallel()
	about := domain.Ref{Kind: "negotiation", ID: uuid.New()}
	author := domain.NewID[domain.Employee]()
	attached := domain.FileWasAttached{
		About: about, Name: "договор.pdf", MediaType: "application/pdf", Size: 7, SHA256: strings.Repeat("a1", 32), Author: author, Note: "скан",
		Concerns: []domain.CounterpartyID{domain.NewID[domain.Counterparty]()}, Involved: []domain.EmployeeID{domain.NewID[domain.Employee]()},
	}
	from := func(change func(*domain.FileWasAttached)) func(domain.AttachedFile) ([]domain.Event[domain.AttachedFile], error) {
		return func(a domain.AttachedFile) ([]domain.Event[domain.AttachedFile], error) {
			e := attached
			change(&e)
			return a.Attach(e)
		}
	}
	describe := func(name, note string) func(domain.AttachedFile) ([]domain.Event[domain.AttachedFile], error) {
		return func(a domain.AttachedFile) ([]domain.Event[domain.AttachedFile], error) {
			return a.Describe(name, note, "text/plain")
		}
	}
	withdraw := func(reason string) func(domain.AttachedFile) ([]domain.Event[domain.AttachedFile], error) {
		return func(a domain.AttachedFile) ([]domain.Event[domain.AttachedFile], error) { return a.Withdraw(reason) }
	}
	type events = []domain.Event[domain.AttachedFile]
	renamed := domain.FileWasRenamed{About: about, OldName: "договор.pdf", Name: "акт.txt", MediaType: "text/plain"}
	withdrawn := domain.FileWasWithdrawn{About: about, Name: "договор.pdf", Reason: "не тот"}
	check(t, []rule[domain.AttachedFile]{
		{"attach", nil, from(func(*domain.FileWasAttached) {}), events{attached}, nil},
		{"attach cleans the name", nil, from(func(e *domain.FileWasAttached) { e.Name = `C:\Документы\договор.pdf` }), events{attached}, nil},
		{"attach twice", events{attached}, from(func(*domain.FileWasAttached) {}), nil, domain.ErrAlreadyExists},
		{"attach to nothing", nil, from(func(e *domain.FileWasAttached) { e.About = domain.Ref{} }), nil, invalid},
		{"attach to a file", nil, from(func(e *domain.FileWasAttached) { e.About.Kind = "attachment" }), nil, invalid},
		{"attach without a name", nil, from(func(e *domain.FileWasAttached) { e.Name = "../.." }), nil, invalid},
		{"attach without a digest", nil, from(func(e *domain.FileWasAttached) { e.SHA256 = strings.Repeat("A1", 32) }), nil, invalid},
		{"rename", events{attached}, describe("акт.txt", "скан"), events{renamed}, nil},
		{"describe", events{attached}, describe("договор.pdf", "подписан"), events{domain.FileWasDescribed{About: about, Name: "договор.pdf", Note: "подписан"}}, nil},
		{"rename and describe", events{attached}, describe("акт.txt", ""), events{renamed, domain.FileWasDescribed{About: about, Name: "акт.txt"}}, nil},
		{"describe as it is", events{attached}, describe("договор.pdf", "скан"), events{}, nil},
		{"rename to nothing", events{attached}, describe(" . ", "скан"), nil, invalid},
		{"rename nothing", nil, describe("акт.txt", ""), nil, domain.ErrNotFound},
		{"rename a withdrawn one", events{attached, withdrawn}, describe("акт.txt", ""), nil, domain.ErrFileWithdrawn},
		{"withdraw", events{attached}, withdraw("не тот"), events{withdrawn}, nil},
		{"withdraw without a reason", events{attached}, withdraw(" "), nil, invalid},
		{"withdraw twice", events{attached, withdrawn}, withdraw("снова"), events{}, nil},
		{"withdraw nothing", nil, withdraw("не тот"), nil, domain.ErrNotFound},
	})
	var a domain.AttachedFile
	attached.Apply(&a)
	if !slices.Equal(a.Subjects(), attached.Concerns) || !slices.Equal(a.Participants(), append(slices.Clone(attached.Involved), author)) {
		t.Errorf("it concerns %v and %v", a.Subjects(), a.Participants())
	}
}

func TestFileName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"договор.pdf":                  "договор.pdf",
		"/etc/passwd":                  "passwd",
		"../../../etc/passwd":          "passwd",
		`..\..\windows\system32.ini`:   "system32.ini",
		`C:\Мои документы\акт №5.docx`: "акт №5.docx",
		"a/b/":                          "b",
		"..":                            "",
		"/":                             "",
		"":                              "",
		" . ":                           "",
		".htaccess":                     "htaccess",
		"счёт\r\nSet-Cookie: a=b.pdf":   "счётSet-Cookie_ a=b.pdf",
		"a\x00b\x7f.txt":                "ab.txt",
		"invoice\u202efdp.exe":          "invoicefdp.exe",
		"a\u200b\u2066b\u2069\ufeff.md": "ab.md",
		"a\u00a0b.txt":                  "a b.txt",
		`a"b<c>|?*.txt`:                 "a_b_c____.txt",
		"\xff\xfe.txt":                  "txt",
		"trailing. . ":                  "trailing",
	} {
		if got := domain.FileName(name); got != want {
			t.Errorf("%q became %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{strings.Repeat("ж", 500) + ".pdf", strings.Repeat("a", 199) + "ж", "a." + strings.Repeat("ж", 300), strings.Repeat("😀", 100)} {
		got := domain.FileName(name)
		if len(got) > 200 || !utf8.ValidString(got) || got == "" || domain.FileName(got) != got {
			t.Errorf("%.20q… became %q of %d bytes", name, got, len(got))
		}
	}
	if got := domain.FileName(strings.Repeat("ж", 500) + ".pdf"); !strings.HasSuffix(got, "ж.pdf") {
		t.Errorf("a long name lost its extension: %q", got)
	}
}
