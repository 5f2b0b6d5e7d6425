package mailbox

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func simple(subject string) string {
	return "From: a@example.org\nSubject: " + subject + "\nMessage-ID: <" + subject + "@x>\nDate: Mon, 11 Mar 2024 09:00:00 +0300\n\ntext of " + subject + "\n"
}

// names lists what was read as "file#index subject" and what was refused as
// "file#index !reason".
func names(mails []Message, refusals []*Refusal) string {
	var out []string
	for _, m := range mails {
		out = append(out, fmt.Sprintf("%s#%d %s", m.File, m.Index, m.Subject))
	}
	for _, r := range refusals {
		out = append(out, fmt.Sprintf("%s#%d !%s", r.File, r.Index, r.Reason))
	}
	return strings.Join(out, "\n")
}

func readAll(file, content string, opts Options) string {
	return names(collect(ReadFrom(file, strings.NewReader(content), opts)))
}

func TestMbox(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, content, want string }{
		{"two mails", "From a@b Mon\n" + simple("1") + "\nFrom a@b Tue\n" + simple("2") + "\n", "b.mbox#1 1\nb.mbox#2 2"},
		{"no blank line between", "From - \n" + simple("1") + "From - \n" + simple("2"), "b.mbox#1 1\nb.mbox#2 2"},
		{"From in the text", "From a@b Mon\n" + simple("1") + "\nFrom here on it is text.\nReally.\n\nFrom a@b Tue\n" + simple("2"), "b.mbox#1 1\nb.mbox#2 2"},
		{"CRLF", strings.ReplaceAll("From a@b Mon\n"+simple("1")+"\nFrom a@b Tue\n"+simple("2"), "\n", "\r\n"), "b.mbox#1 1\nb.mbox#2 2"},
		{"junk before", "some words\n\nFrom a@b Mon\n" + simple("1"), "b.mbox#2 1\nb.mbox#1 !not_a_mail"},
		{"empty", "", "b.mbox#0 !empty"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := readAll("b.mbox", tc.content, Options{}); got != tc.want {
				t.Errorf("got\n%s\nwant\n%s", got, tc.want)
			}
		})
	}
}

func TestMboxMailEqualsFile(t *testing.T) {
	t.Parallel()
	original := simple("1") + "From the start.\n>From a quote.\n"
	boxed := "From a@b Mon\n" + strings.NewReplacer("\nFrom the", "\n>From the", "\n>From a", "\n>>From a").Replace(original) + "\nFrom a@b Tue\n" + simple("2") + "\n"
	mails, _ := collect(ReadFrom("b", strings.NewReader(boxed), Options{}))
	single, _ := collect(ReadFrom("1.eml", strings.NewReader(original), Options{}))
	if len(mails) != 2 || len(single) != 1 || mails[0].SHA256 != single[0].SHA256 || mails[0].Text != single[0].Text {
		t.Errorf("box %+v, file %+v", mails, single)
	}
}

func TestMboxLargeMailIsRefusedAlone(t *testing.T) {
	t.Parallel()
	large := simple("1") + strings.Repeat(strings.Repeat("x", 200<<10)+"\n", 2)
	got := readAll("b.mbox", "From a@b Mon\n"+large+"\nFrom a@b Tue\n"+simple("2"), Options{MaxMessage: 1000})
	if got != "b.mbox#2 2\nb.mbox#1 !too_large" {
		t.Error(got)
	}
}

func pack(t *testing.T, entries ...string) string {
	t.Helper()
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	w := tar.NewWriter(z)
	for i := 0; i < len(entries); i += 2 {
		h := &tar.Header{Name: entries[i], Mode: 0o600, Size: int64(len(entries[i+1])), Typeflag: tar.TypeReg}
		if entries[i+1] == "->" {
			h = &tar.Header{Name: entries[i], Linkname: "/etc/passwd", Typeflag: tar.TypeSymlink}
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			if _, err := w.Write([]byte(entries[i+1])); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

func gunzipped(t *testing.T, s string) string {
	t.Helper()
	z, err := gzip.NewReader(strings.NewReader(s))
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if _, err := buf.ReadFrom(z); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

func TestArchives(t *testing.T) {
	t.Parallel()
	two := pack(t, "d/1.eml", simple("1"), "d/2", simple("2"))
	tests := []struct {
		name, content string
		opts          Options
		want          string
	}{
		{"tar.gz", two, Options{}, "a.tgz/d/1.eml#1 1\na.tgz/d/2#1 2"},
		{"tar", gunzipped(t, two), Options{}, "a.tgz/d/1.eml#1 1\na.tgz/d/2#1 2"},
		{"box inside", pack(t, "x.mbox", "From a@b\n"+simple("1")+"From a@b\n"+simple("2")), Options{}, "a.tgz/x.mbox#1 1\na.tgz/x.mbox#2 2"},
		{"archive inside", pack(t, "x.tgz", two), Options{}, "a.tgz/x.tgz#0 !nested_archive"},
		{"link", pack(t, "x", "->"), Options{}, "a.tgz/x#0 !unsupported_format"},
		{"empty entry", pack(t, "x.eml", ""), Options{}, "a.tgz/x.eml#1 !empty"},
		{"cut", two[:len(two)-30], Options{}, "a.tgz/d/1.eml#1 1\na.tgz#0 !broken_archive"},
		{"wrong checksum", two[:len(two)-8] + "12345678", Options{}, "a.tgz/d/1.eml#1 1\na.tgz/d/2#1 2\na.tgz#0 !broken_archive"},
		{"larger than allowed", pack(t, "1.eml", simple(strings.Repeat("x", 100<<10))), Options{MaxTotal: 4096}, "a.tgz/1.eml#1 !too_large\na.tgz#0 !too_large"},
		{"broken gzip", "\x1f\x8b\x08", Options{}, "a.tgz#0 !broken_archive"},
		{"zip", "PK\x03\x04....", Options{}, "a.tgz#0 !unsupported_format"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := readAll("a.tgz", tc.content, tc.opts); got != tc.want {
				t.Errorf("got\n%s\nwant\n%s", got, tc.want)
			}
		})
	}
}

func TestMaildir(t *testing.T) {
	t.Parallel()
	root := filepath.Join(t.TempDir(), "mail")
	for name, content := range map[string]string{
		"cur/100.host:2,S": simple("seen"), "new/101.host": simple("new"), "tmp/102.host": simple("unfinished"),
		".Sent/cur/1": simple("sent"), "dovecot-uidlist": "3 V1", ".hidden": "x", "notes.txt": "Shopping: milk", "tmp2/3.eml": simple("other"),
	} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want := "mail/.Sent/cur/1#1 sent\nmail/cur/100.host:2,S#1 seen\nmail/new/101.host#1 new\nmail/tmp2/3.eml#1 other\nmail/notes.txt#1 !not_a_mail"
	if got := names(collect(Read(root, Options{}))); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := names(collect(Read(filepath.Join(root, "none"), Options{}))); got != "none#0 !unreadable" {
		t.Error(got)
	}
}

func TestReadingStopsWhenAsked(t *testing.T) {
	t.Parallel()
	box := strings.Repeat("From a@b\n"+simple("1"), 10)
	n := 0
	for _, refusal := range ReadFrom("b.mbox", strings.NewReader(box), Options{}) {
		if refusal != nil {
			t.Fatal(refusal)
		}
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("%d mails", n)
	}
}
