package files_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/iotest"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/files"
)

func open(t *testing.T, dir string) *files.Store {
	t.Helper()
	s, err := files.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func put(t *testing.T, s *files.Store, content string) string {
	t.Helper()
	kept, err := s.Put(t.Context(), strings.NewReader(content), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return kept.SHA256
}

func read(t *testing.T, s *files.Store, digest string) (string, error) {
	t.Helper()
	f, err := s.Open(digest)
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(b), nil
}

// tree lists everything in a directory, for what must not be there.
func tree(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			name, _ := filepath.Rel(dir, path)
			all = append(all, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func digestOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

func TestKeepsUnderTheDigest(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "made", "files")
	s := open(t, dir)
	digest := put(t, s, "Договор № 7")
	if digest != digestOf("Договор № 7") {
		t.Errorf("digest %s", digest)
	}
	if again := put(t, s, "Договор № 7"); again != digest {
		t.Errorf("the same content again is %s", again)
	}
	if want := []string{filepath.Join(digest[:2], digest[2:4], digest)}; !slices.Equal(tree(t, dir), want) {
		t.Errorf("the directory holds %v, want %v", tree(t, dir), want)
	}
	if got, err := read(t, open(t, dir), digest); got != "Договор № 7" || err != nil {
		t.Errorf("after opening again: %q %v", got, err)
	}
}

func TestNamesNothingButDigests(t *testing.T) {
	t.Parallel()
	outside := t.TempDir()
	dir := filepath.Join(outside, "files")
	s := open(t, dir)
	secret := filepath.Join(outside, "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	good := put(t, s, "x")
	for _, name := range []string{
		"", ".", "..", "../secret", "/etc/passwd", secret, "a/../../secret", strings.Repeat("../", 21) + "a",
		strings.ToUpper(good), good + "0", good[:63], good[:63] + "g", good[:62] + "é", good + "\x00", "incoming/" + good,
	} {
		if got, err := read(t, s, name); !errors.Is(err, domain.ErrNoFile) {
			t.Errorf("%q: %q %v", name, got, err)
		}
	}
	if _, err := read(t, s, digestOf("never put")); !errors.Is(err, domain.ErrNoFile) {
		t.Errorf("a digest of nothing: %v", err)
	}
}

// Somebody with a hand in the directory cannot make the store read or write elsewhere.
func TestLinksLeadNowhere(t *testing.T) {
	t.Parallel()
	outside := t.TempDir()
	dir := filepath.Join(outside, "files")
	s := open(t, dir)
	secret := filepath.Join(outside, "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := func(target, name string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, name); err != nil {
			t.Fatal(err)
		}
	}
	planted := digestOf("planted")
	link(secret, filepath.Join(dir, planted[:2], planted[2:4], planted))
	if got, err := read(t, s, planted); err == nil {
		t.Errorf("a link to a file outside was followed: %q", got)
	}
	// The folder of a content yet to come leads out of the directory.
	escaping := "escaping"
	link(outside, filepath.Join(dir, digestOf(escaping)[:2]))
	if _, err := s.Put(t.Context(), strings.NewReader(escaping), 100); err == nil {
		t.Error("a content was written through a link")
	}
	if got := tree(t, outside); slices.ContainsFunc(got, func(name string) bool {
		return !strings.HasPrefix(name, "files") && name != "secret"
	}) || len(tree(t, filepath.Join(dir, "incoming"))) != 0 {
		t.Errorf("left behind: %v", got)
	}
	if b, err := os.ReadFile(secret); string(b) != "secret" || err != nil {
		t.Errorf("the file outside: %q %v", b, err)
	}
	report, err := s.Verify(t.Context(), nil)
	if err != nil || report.OK() || len(report.Damaged) != 2 {
		t.Errorf("the verification says %+v %v", report, err)
	}
	// A content put where a link was planted replaces the link.
	put(t, s, "planted")
	if got, err := read(t, s, planted); got != "planted" || err != nil {
		t.Errorf("%q %v", got, err)
	}
}

func TestLeavesNothingOfAFailure(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	broken := errors.New("the line broke")
	for _, c := range []struct {
		what    string
		ctx     context.Context
		content io.Reader
		err     error
	}{
		{"a truncated upload", t.Context(), io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken)), broken},
		{"a body cut short", t.Context(), io.MultiReader(strings.NewReader("half"), iotest.ErrReader(io.ErrUnexpectedEOF)), io.ErrUnexpectedEOF},
		{"a full disk", t.Context(), io.MultiReader(strings.NewReader("half"), iotest.ErrReader(&fs.PathError{Op: "write", Err: syscall.ENOSPC})), domain.ErrFileNoRoom},
		{"a caller who has gone", gone, strings.NewReader("text"), context.Canceled},
		{"one byte too many", t.Context(), strings.NewReader("12345678901"), domain.ErrFileTooLarge},
		{"an endless content", t.Context(), endless{}, domain.ErrFileTooLarge},
		{"nothing", t.Context(), strings.NewReader(""), domain.ErrFileEmpty},
	} {
		if kept, err := s.Put(c.ctx, c.content, 10); !errors.Is(err, c.err) || kept != (domain.StoredFile{}) {
			t.Errorf("%s: %+v %v", c.what, kept, err)
		}
		if left := tree(t, dir); len(left) > 0 {
			t.Errorf("%s left %v", c.what, left)
		}
	}
	if kept, err := s.Put(t.Context(), strings.NewReader("1234567890"), 10); err != nil || kept.Size != 10 {
		t.Errorf("just as much as is allowed: %+v %v", kept, err)
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }

// What a crash has left is removed at the next start; what another process still writes is not.
func TestStartRemovesLeftovers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	digest := put(t, s, "kept")
	for _, name := range []string{"ABC", "ABC.part", "folder/inside"} {
		path := filepath.Join(dir, "incoming", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	content := &slow{begun: make(chan struct{}), goOn: make(chan struct{})}
	done := make(chan error, 1)
	go func() {
		_, err := s.Put(context.WithoutCancel(t.Context()), content, 100)
		done <- err
	}()
	<-content.begun
	other := open(t, dir)
	if left := tree(t, filepath.Join(dir, "incoming")); len(left) != 1 || strings.HasPrefix(left[0], "ABC") {
		t.Errorf("a start left %v", left)
	}
	close(content.goOn)
	if err := <-done; err != nil {
		t.Errorf("the upload that was under way: %v", err)
	}
	for name, want := range map[string]string{digest: "kept", digestOf("slowly"): "slowly"} {
		if got, err := read(t, other, name); got != want || err != nil {
			t.Errorf("%q %v, want %q", got, err, want)
		}
	}
	if left := tree(t, filepath.Join(dir, "incoming")); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}

// slow gives its content once it is told to.
type slow struct {
	begun, goOn chan struct{}
	given       bool
}

func (s *slow) Read(b []byte) (int, error) {
	if s.given {
		return 0, io.EOF
	}
	close(s.begun)
	<-s.goOn
	s.given = true
	return copy(b, "slowly"), nil
}

func TestSameContentAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	content := bytes.Repeat([]byte("одно и то же "), 20_000)
	stores := []*files.Store{open(t, dir), open(t, dir)}
	var work sync.WaitGroup
	for i := range 16 {
		work.Go(func() {
			kept, err := stores[i%2].Put(t.Context(), bytes.NewReader(content), 1<<20)
			if err != nil || kept.SHA256 != digestOf(string(content)) || kept.Size != int64(len(content)) {
				t.Errorf("%+v %v", kept, err)
				return
			}
			if got, err := read(t, stores[(i+1)%2], kept.SHA256); got != string(content) || err != nil {
				t.Errorf("%d bytes, %v", len(got), err)
			}
		})
	}
	work.Wait()
	if left := tree(t, dir); len(left) != 1 {
		t.Errorf("the directory holds %v", left)
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	good, rotten, lost := put(t, s, "good"), put(t, s, "rotten"), put(t, s, "lost")
	report, err := s.Verify(t.Context(), []string{good, rotten, lost})
	if err != nil || !report.OK() || report.Files != 3 || report.Bytes != 14 {
		t.Fatalf("%+v %v", report, err)
	}
	place := func(digest string) string { return filepath.Join(digest[:2], digest[2:4], digest) }
	if err := os.WriteFile(filepath.Join(dir, place(rotten)), []byte("rotteN"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, place(lost))); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "stray.html"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	report, err = s.Verify(t.Context(), []string{good, rotten, lost, lost})
	want := []string{place(rotten), "stray.html"}
	slices.Sort(want)
	slices.Sort(report.Damaged)
	if err != nil || report.OK() || !slices.Equal(report.Damaged, want) || !slices.Equal(report.Missing, []string{lost}) {
		t.Errorf("%+v %v, want damaged %v and missing %s", report, err, want, lost)
	}
	// The same content put again makes it whole.
	put(t, s, "rotten")
	if got, err := read(t, s, rotten); got != "rotten" || err != nil {
		t.Errorf("%q %v", got, err)
	}
}

// A type is told only where name and content agree, and never one that a browser would run.
func TestMediaTypes(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	const (
		html = "<!DOCTYPE html><script>alert(1)</script>"
		svg  = `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`
		pdf  = "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n"
		png  = "\x89PNG\x0D\x0A\x1A\x0Arest"
		zip  = "PK\x03\x04rest"
		ole  = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1rest"
	)
	for _, c := range []struct{ content, name, want string }{
		{pdf, "договор.pdf", "application/pdf"},
		{pdf, "ДОГОВОР.PDF", "application/pdf"},
		{png, "a.png", "image/png"},
		{"\xFF\xD8\xFFrest", "a.jpeg", "image/jpeg"},
		{"GIF89arest", "a.gif", "image/gif"},
		{"RIFF\x00\x00\x00\x00WEBPVP8 ", "a.webp", "image/webp"},
		{zip, "a.zip", "application/zip"},
		{zip, "a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		{ole, "a.xls", "application/vnd.ms-excel"},
		{"просто текст", "a.txt", "text/plain"},
		{"a;b\n1;2", "a.csv", "text/csv"},
		{"From: orlova@example.com\r\n\r\ntext", "a.eml", "message/rfc822"},
		{html, "a.html", domain.AnyBytes},
		{html, "a.txt", domain.AnyBytes},
		{html, "a.pdf", domain.AnyBytes},
		{svg, "a.svg", domain.AnyBytes},
		{svg, "a.png", domain.AnyBytes},
		{"alert(1)", "a.js", domain.AnyBytes},
		{pdf, "a.html", domain.AnyBytes},
		{pdf, "a", domain.AnyBytes},
		{png, "a.jpg", domain.AnyBytes},
		{"MZ\x90\x00", "a.exe", domain.AnyBytes},
		{"x", "a.txt.html", domain.AnyBytes},
	} {
		kept, err := s.Look(t.Context(), put(t, s, c.content), c.name)
		if err != nil || kept.MediaType != c.want || kept.Size != int64(len(c.content)) {
			t.Errorf("%.8q as %s: %+v %v, want %s", c.content, c.name, kept, err, c.want)
		}
	}
}
