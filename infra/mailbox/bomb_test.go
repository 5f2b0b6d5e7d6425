package mailbox

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// What a mail can make of itself costs a few times its size, or it is refused. Not parallel: what is allocated is counted
// for the whole process.
func TestBombs(t *testing.T) { //nolint:paralleltest // see above
	const large = 30 << 20 // as large as a mail may be
	var deep, nested strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&deep, "--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n", i, i+1)
		nested.WriteString("Content-Type: message/rfc822\n\n")
	}
	from := "From: a@example.org\n"
	for name, c := range map[string]struct {
		raw    string
		reason Reason // "" where it is read
	}{
		"many header fields":    {from + strings.Repeat("a:b\n", large/4) + "\nx", ReasonTooLarge},
		"many known fields":     {strings.Repeat("From:a@b.c\n", large/11) + "\nx", ReasonTooLarge},
		"one long field":        {from + "Subject: " + strings.Repeat("x", large) + "\n\nx", ReasonTooLarge},
		"one folded field":      {from + "Subject: x\n" + strings.Repeat(" x\n", large/3) + "\nx", ReasonTooLarge},
		"many addresses":        {from + "To: " + strings.Repeat("a@b.c,", large/6) + "\n\nx", ReasonTooLarge},
		"many references":       {from + "References: " + strings.Repeat("<a@b>", large/5) + "\n\nx", ReasonTooLarge},
		"many encoded words":    {from + "Subject: " + strings.Repeat("=?utf-8?q?a?= ", large/14) + "\n\nx", ReasonTooLarge},
		"parts of depth":        {from + "Content-Type: multipart/mixed; boundary=b0\n\n" + deep.String(), ""},
		"mails within mails":    {from + nested.String(), ""},
		"many parts":            {from + "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\n", large/5), ReasonTooManyParts},
		"a part of many fields": {from + "Content-Type: multipart/mixed; boundary=b\n\n--b\n" + strings.Repeat("a:b\n", large/4) + "\nx\n--b--\n", ReasonTooLarge},
		"parts of many fields":  {from + "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n"+strings.Repeat("a:b\n", 8000)+"\nx\n", 900), ReasonTooLarge},
		"a report of many fields": {from + "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n" +
			strings.Repeat("a:b\n\n", large/5) + "--b--\n", ReasonTooLarge},
		"HTML of depth":          {from + "Content-Type: text/html\n\n" + strings.Repeat("<div>", large/5), ""},
		"HTML of entities":       {from + "Content-Type: text/html\n\n" + strings.Repeat("&NotEqualTilde;", large/15), ""},
		"quoted line ends":       {from + "Content-Transfer-Encoding: quoted-printable\n\n" + strings.Repeat("=\n", large/2), ""},
		"base64 of nothing":      {from + "Content-Transfer-Encoding: base64\n\n" + strings.Repeat("\n", large), ""},
		"a charset that expands": {from + "Content-Type: text/plain; charset=koi8-r\n\n" + strings.Repeat("\xbf", large), ""},
	} {
		t.Run(name, func(t *testing.T) { //nolint:paralleltest // as above
			raw := []byte(c.raw)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			m, refusal := Parse(raw, Options{})
			runtime.ReadMemStats(&after)
			if got := (after.TotalAlloc - before.TotalAlloc) >> 20; got > 512 {
				t.Errorf("%d MB cost %d MB", len(raw)>>20, got)
			}
			switch {
			case refusal == nil && c.reason != "", refusal != nil && refusal.Reason != c.reason:
				t.Errorf("%v, want %s", refusal, c.reason)
			case refusal == nil:
				mustBeSound(t, m)
			}
		})
	}
}

// An archive is refused where it grows beyond what an archive may be, and nothing is unpacked twice.
func TestPackedBombs(t *testing.T) { //nolint:paralleltest // as above
	packed := func(content []byte) string {
		var buf bytes.Buffer
		w := gzip.NewWriter(&buf)
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return buf.String()
	}
	zeros := bytes.Repeat([]byte("0"), 200<<20)
	box := append([]byte("From a@b\nFrom: a@b.c\n\n"), zeros...)
	for name, c := range map[string]struct{ content, want string }{
		"gzip in gzip":        {packed([]byte(packed(zeros))), "a.gz#0 !nested_archive"},
		"a large mail, small": {packed(append([]byte("From: a@b.c\n\n"), zeros...)), "a.gz#1 !too_large"},
		"a large box, small":  {packed(box), "a.gz#1 !too_large"},
		"a tar that lies":     {packed(append([]byte(gunzipped(t, pack(t, "1.eml", "From: a@b.c\n\nx"))[:512]), zeros[:1<<20]...)), ""},
	} {
		t.Run(name, func(t *testing.T) { //nolint:paralleltest // as above
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			got := readAll("a.gz", c.content, Options{})
			runtime.ReadMemStats(&after)
			if c.want != "" && got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if c.want == "" && !strings.Contains(got, "!broken_archive") {
				t.Errorf("got %s", got)
			}
			if cost := (after.TotalAlloc - before.TotalAlloc) >> 20; cost > 256 {
				t.Errorf("%d KB cost %d MB", len(c.content)>>10, cost)
			}
		})
	}
}
