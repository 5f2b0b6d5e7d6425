package mailbox

import (
	"encoding/base64"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

func enc(t *testing.T, e encoding.Encoding, s string) string {
	t.Helper()
	out, err := e.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// mail puts the usual fields before the given ones; lines end as on the wire.
func mail(extra, body string) []byte {
	head := "From: A <a@example.org>\nTo: b@example.org\nDate: Mon, 11 Mar 2024 09:00:00 +0300\nMessage-ID: <1@example.org>\n"
	return []byte(strings.ReplaceAll(head+extra+"\n"+body, "\n", "\r\n"))
}

func parse(t *testing.T, raw []byte) Message {
	t.Helper()
	m, refusal := Parse(raw, Options{})
	if refusal != nil {
		t.Fatal(refusal)
	}
	mustBeSound(t, m)
	return m
}

func TestSubjects(t *testing.T) {
	t.Parallel()
	russian := "Счёт № 5 — «Ёлка»"
	koi := enc(t, charmap.KOI8R, "Привет из Твери")
	tests := []struct{ name, raw, want string }{
		{"plain", "hello", "hello"},
		{"utf-8 base64", "=?utf-8?B?" + b64(russian) + "?=", russian},
		{"windows-1251 with language", "=?windows-1251*ru?b?" + b64(enc(t, charmap.Windows1251, russian)) + "?=", russian},
		{"koi8-r quoted-printable", "=?KOI8-R?Q?" + qp(koi) + "?=", "Привет из Твери"},
		{"ibm866", "=?cp866?B?" + b64(enc(t, charmap.CodePage866, "Привет")) + "?=", "Привет"},
		{"iso-8859-5", "=?iso-8859-5?B?" + b64(enc(t, charmap.ISO8859_5, "Привет")) + "?=", "Привет"},
		{"a character cut between two words", "=?utf-8?B?" + b64(russian[:5]) + "?=\n =?utf-8?Q?" + qp(russian[5:]) + "?=", russian},
		{"words of two charsets", "=?utf-8?B?" + b64("Ёж ") + "?= =?koi8-r?B?" + b64(koi) + "?=", "Ёж Привет из Твери"},
		{"words with text between", "=?utf-8?B?" + b64("Ёж") + "?= and =?utf-8?B?" + b64("уж") + "?=", "Ёж and уж"},
		{"word glued to text", "Re:=?utf-8?B?" + b64("Ёж") + "?=!", "Re:Ёж!"},
		{"word that lies", "=?utf-8?B?" + b64(enc(t, charmap.Windows1251, "Привет из Твери")) + "?=", "Привет из Твери"},
		{"word in an unknown charset", "=?klingon?Q?abc?=", "abc"},
		{"word without padding", "=?utf-8?B?" + strings.TrimRight(b64("Ёжик"), "=") + "?=", "Ёжик"},
		{"spaces inside a word", "=?utf-8?Q?a b_c?=", "a b c"},
		{"line end inside a word", "=?utf-8?Q?a=0D=0ABcc:_x?=", "a  Bcc: x"},
		{"no word at all", "a =?b c?= d", "a =?b c?= d"},
		{"raw windows-1251", enc(t, charmap.Windows1251, "Просим устранить неисправность"), "Просим устранить неисправность"},
		{"raw koi8-r", enc(t, charmap.KOI8R, "Просим устранить неисправность"), "Просим устранить неисправность"},
		{"raw utf-8", "Просим", "Просим"},
		{"raw capitals", enc(t, charmap.Windows1251, "СРОЧНО: ЖАЛОБА НА КАССУ"), "СРОЧНО: ЖАЛОБА НА КАССУ"},
		{"raw German", "Gr\xfc\xdfe", "Grüße"},
		{"folded", "one\n two\n\tthree", "one two three"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if m := parse(t, mail("Subject: "+tc.raw+"\n", "x")); m.Subject != tc.want {
				t.Errorf("got %q, want %q", m.Subject, tc.want)
			}
		})
	}
}

func qp(s string) string {
	var out strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&out, "=%02X", s[i])
	}
	return out.String()
}

func TestBodies(t *testing.T) {
	t.Parallel()
	const text = "Добрый день! Касса не печатает чек.\n— Ёлкин\n"
	plain := "Добрый день! Касса не печатает чек.\nЁлкин\n"
	crlf := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
	body := func(contentType, transfer, body string) []byte {
		return append(mail("Content-Type: "+contentType+"\nContent-Transfer-Encoding: "+transfer+"\n", ""), body...)
	}
	tests := []struct {
		name    string
		raw     []byte
		want    string
		defects []string
	}{
		{"utf-8", body("text/plain; charset=UTF-8", "8bit", crlf(text)), text, nil},
		{"windows-1251 base64", body("text/plain; charset=windows-1251", "BASE64", b64(enc(t, charmap.Windows1251, text))), text, nil},
		{"koi8-r", body(`text/plain; charset="koi8-r"`, "8bit", enc(t, charmap.KOI8R, plain)), plain, nil},
		{"iso-8859-5 quoted-printable", body("text/plain; charset=iso-8859-5", "quoted-printable", qp(enc(t, charmap.ISO8859_5, plain))), plain, nil},
		{"ibm866", body("text/plain; charset=ibm866", "8bit", enc(t, charmap.CodePage866, plain)), plain, nil},
		{"utf-8 that is windows-1251", body("text/plain; charset=utf-8", "8bit", enc(t, charmap.Windows1251, text)), text, []string{DefectCharsetLies}},
		{"utf-8 that is koi8-r", body("text/plain; charset=utf-8", "8bit", enc(t, charmap.KOI8R, plain)), plain, []string{DefectCharsetLies}},
		{"windows-1251 that is utf-8", body("text/plain; charset=windows-1251", "8bit", text), text, []string{DefectCharsetLies}},
		{"us-ascii that is utf-8", body("text/plain; charset=us-ascii", "8bit", text), text, []string{DefectCharsetLies}},
		{"no charset, ibm866", body("text/plain", "8bit", enc(t, charmap.CodePage866, plain)), plain, []string{DefectNoCharset}},
		{"unknown charset", body("text/plain; charset=x-mars", "8bit", text), text, []string{DefectCharsetUnknown}},
		{"utf-8 with a broken byte", body("text/plain; charset=utf-8", "8bit", text+"\xff"), text + "\ufffd", []string{DefectBrokenBytes}},
		{"base64 with rubbish", body("text/plain; charset=utf-8", "base64", b64(text)[:10]+"*!"+b64(text)[10:]), text, []string{DefectBase64}},
		{"base64 without its end", body("text/plain; charset=utf-8", "base64", strings.TrimRight(b64("Ёжик"), "=")), "Ёжик", []string{DefectBase64}},
		{"words labelled base64", body("text/plain; charset=utf-8", "base64", "these are words\nin plain sight\n"), "these are words\nin plain sight\n", []string{DefectBase64}},
		{"quoted-printable with bare signs", body("text/plain", "quoted-printable", "1=1 =3D 2=\r\n= x =ZZ\r\n"), "1=1 = 2= x =ZZ\n", []string{DefectQP}},
		{"unknown transfer encoding", body("text/plain", "base9000", "x\n"), "x\n", []string{DefectEncoding}},
		{"bad content type", body("textual", "7bit", "x\n"), "x\n", []string{DefectContentType}},
		{"control characters", body("text/plain", "7bit", "a\x00b\x07c\td\n"), "abc\td\n", nil},
		{"bare carriage returns", body("text/plain", "7bit", "a\rb\r\nc"), "a\nb\nc", nil},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := parse(t, tc.raw)
			if m.Text != tc.want || !slices.Equal(m.Defects, tc.defects) {
				t.Errorf("got %q %v, want %q %v", m.Text, m.Defects, tc.want, tc.defects)
			}
		})
	}
}

func TestMultipart(t *testing.T) {
	t.Parallel()
	part := func(header, body string) string { return "--b\n" + header + "\n" + body + "\n" }
	mixed := "Content-Type: multipart/mixed; boundary=b\n"
	plain := part("Content-Type: text/plain\n", "plain")
	page := part("Content-Type: text/html\n", "<p>page</p>")
	tests := []struct {
		name, extra, body string
		text              string
		html              bool
		attachments       string
		defects           []string
	}{
		{"alternative takes plain", "Content-Type: multipart/alternative; boundary=b\n", plain + page + "--b--\n", "plain", false, "", nil},
		{"alternative in wrong order", "Content-Type: multipart/alternative; boundary=b\n", page + plain + "--b--\n", "plain", false, "", nil},
		{"alternative with empty plain", "Content-Type: multipart/alternative; boundary=b\n", part("Content-Type: text/plain\n", " ") + page + "--b--\n", "page\n", true, "", nil},
		{"mixed keeps both", mixed, page + plain + "--b--\n", "page\nplain", true, "", nil},
		{"not closed", mixed, plain, "plain", false, "", []string{DefectNotClosed}},
		{"epilogue", mixed, plain + "--b--\nnobody reads this\n", "plain", false, "", nil},
		{"white space behind the boundary", mixed, "--b \t\n\nplain\n--b-- \n", "plain", false, "", nil},
		{"text right behind the boundary", mixed, "--b\nJust text\n--b--\n", "Just text", false, "", []string{DefectNoBlankLine}},
		{"no boundary", "Content-Type: multipart/mixed\n", "words\n", "words\n", false, "", []string{DefectNoBoundary}},
		{"boundary found by look", "Content-Type: multipart/mixed\n", "------=_1\n\nplain\n------=_1--\n", "plain", false, "", []string{DefectNoBoundary}},
		{"boundary never comes", mixed, "words\n", "words\n", false, "", []string{DefectNotClosed, DefectNoParts}},
		{"words before the parts", mixed, "Delivery failed.\n" + part("Content-Type: image/png; name=a.png\n", "x") + "--b--\n", "Delivery failed.\n", false, "a.png", nil},
		{"attached text", mixed, plain + part("Content-Type: text/plain\nContent-Disposition: attachment; filename=\"a.txt\"\n", "x") + "--b--\n", "plain", false, "a.txt", nil},
		{"inline text with a name", mixed, plain + part("Content-Type: text/plain; name=notes.txt\nContent-Disposition: inline\n", "x") + "--b--\n", "plain", false, "notes.txt", nil},
		{"mail inside", mixed, plain + part("Content-Type: message/rfc822\n", "Subject: inner/one\nMessage-ID: <2@x>\n\ninner text") + "--b--\n", "plain", false, "inner-one.eml", nil},
		{"digest", "Content-Type: multipart/digest; boundary=b\n", "--b\n\nSubject: one\n\nx\n--b\n\nSubject: two\n\ny\n--b--\n", "", false, "one.eml two.eml", nil},
		{"path in a name", mixed, part("Content-Type: application/pdf; name=\"..\\..\\C:\\x\\act.pdf\"\n", "x") + "--b--\n", "", false, "act.pdf", nil},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := parse(t, mail(tc.extra, tc.body))
			var names []string
			for _, a := range m.Attachments {
				names = append(names, a.Name)
			}
			if m.Text != tc.text || m.HTML != tc.html || strings.Join(names, " ") != tc.attachments || !slices.Equal(m.Defects, tc.defects) {
				t.Errorf("text %q, html %v, attachments %q, defects %v", m.Text, m.HTML, names, m.Defects)
			}
		})
	}
}

func TestAttachmentNames(t *testing.T) {
	t.Parallel()
	const want = "Акт №7.txt"
	escaped := strings.ReplaceAll(qp(want), "=", "%")
	for name, param := range map[string]string{
		"RFC 2231":            "filename*=utf-8''" + escaped,
		"RFC 2231 in pieces":  "filename*0*=utf-8'ru'" + escaped[:12] + "; filename*1*=" + escaped[12:],
		"pieces out of order": "filename*1*=" + escaped[12:] + "; filename*0*=utf-8'ru'" + escaped[:12],
		"both forms":          "filename=akt.txt; filename*=utf-8''" + escaped,
		"encoded word":        "filename=\"=?utf-8?B?" + b64(want) + "?=\"",
		"raw utf-8":           "filename=\"" + want + "\"",
		"raw windows-1251":    "filename=\"" + enc(t, charmap.Windows1251, want) + "\"",
		"unquoted with space": "filename=" + want,
		"repeated":            "filename=\"" + want + "\"; filename=other.txt",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := parse(t, mail("Content-Type: application/octet-stream\nContent-Disposition: attachment; "+param+"\n", "x"))
			if len(m.Attachments) != 1 || m.Attachments[0].Name != want {
				t.Errorf("attachments %+v", m.Attachments)
			}
		})
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	word := "=?utf-8?B?" + b64("Ёлкин, Яков") + "?="
	for in, want := range map[string][]Address{
		"a@b.ru":                    {{"", "a@b.ru"}},
		"A B <a@b.ru>, c@d.ru":      {{"A B", "a@b.ru"}, {"", "c@d.ru"}},
		`"B, A" <a@b.ru>`:           {{"B, A", "a@b.ru"}},
		word + " <a@b.ru>":          {{"Ёлкин, Яков", "a@b.ru"}},
		`"` + word + `" <a@b.ru>`:   {{"Ёлкин, Яков", "a@b.ru"}},
		"=?utf-8?Q?B,_A?= <a@b.ru>": {{"B, A", "a@b.ru"}},
		"a@b.ru (A B)":              {{"A B", "a@b.ru"}},
		"undisclosed-recipients:;":  nil,
		"Team: a@b.ru, C <c@d.ru>;": {{"", "a@b.ru"}, {"C", "c@d.ru"}},
		"A <a@b.ru> C <c@d.ru>":     {{"A", "a@b.ru"}, {"C", "c@d.ru"}},
		"<mailto:a@b.ru>; c@d.ru":   {{"", "a@b.ru"}, {"", "c@d.ru"}},
		"A a@b.ru":                  {{"A", "a@b.ru"}},
		"just a name":               {{"just a name", ""}},
		"<>":                        nil,
		"\"unclosed <a@b.ru>":       {{"unclosed", "a@b.ru"}},
		"a@b.ru <a@b.ru>":           {{"", "a@b.ru"}},
		"A <a@b.ru":                 {{"A", "a@b.ru"}},
		"":                          nil,
	} {
		if got := parseAddresses(in); !reflect.DeepEqual(got, want) {
			t.Errorf("%q gives %+v, want %+v", in, got, want)
		}
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Mon, 11 Mar 2024 09:05:00 +0300":               "2024-03-11T06:05:00Z",
		"11 Mar 24 09:05 MSK":                           "2024-03-11T06:05:00Z",
		"Mon, 11 Mar 2024 09:05:00 +0300 (MSK)":         "2024-03-11T06:05:00Z",
		"Mon, 11 Mar 2024 09:05:00 GMT+0300":            "2024-03-11T06:05:00Z",
		"Mon, 11 Mar 2024 9:5:3 +-0300":                 "2024-03-11T12:05:03Z",
		"Mon, 11 Mar 2024 09:05:00 EST":                 "2024-03-11T14:05:00Z",
		"Mon, 11 Mar 2024 09:05:00":                     "2024-03-11T09:05:00Z",
		"Mon, 11 Mar 2024 09:05:00 +03:00":              "2024-03-11T06:05:00Z",
		"Mon, 11 Mar 2024 09:05:00 XYZ":                 "2024-03-11T09:05:00Z",
		"Mon Mar 11 09:05:00 2024":                      "2024-03-11T09:05:00Z",
		"Mon, 11 Mar 2024 09:05:00 +0300 SCORE version": "2024-03-11T06:05:00Z",
		"2024-03-11T09:05:00+03:00":                     "2024-03-11T06:05:00Z",
		"2024-03-11 09:05:00":                           "2024-03-11T09:05:00Z",
		"Tue, 04 Jun 0102 21:41:59 +1000":               "",
		"yesterday":                                     "",
		"":                                              "",
		"((((":                                          "",
	} {
		got := ""
		if d, ok := parseDate(in); ok {
			got = d.UTC().Format(time.RFC3339)
		}
		if got != want {
			t.Errorf("%q gives %s, want %s", in, got, want)
		}
	}
}

func TestEnvelope(t *testing.T) {
	t.Parallel()
	m := parse(t, []byte("Received: from x by y; Mon, 11 Mar 2024 09:00:00 +0300\nSender: S <s@example.org>\n"+
		"In-Reply-To: <1@x> (your mail)\nReferences: <0@x>\n <1@x>\nAuto-Submitted: auto-replied; x=y\nList-Id: <l.example.org>\nReply-To: r@example.org\n\nx"))
	if m.MessageID != "" || !slices.Equal(m.InReplyTo, []string{"1@x"}) || !slices.Equal(m.References, []string{"0@x", "1@x"}) {
		t.Errorf("ids %q %q %q", m.MessageID, m.InReplyTo, m.References)
	}
	if m.AutoSubmitted != "auto-replied" || !m.Bulk || len(m.ReplyTo) != 1 || len(m.From) != 1 || m.From[0].Name != "S" {
		t.Errorf("%+v", m)
	}
	want := []string{DefectNoFrom, DefectNoMessageID, DefectNoDate, DefectDateFromRelay}
	if !slices.Equal(m.Defects, want) || m.Date.UTC().Hour() != 6 {
		t.Errorf("defects %v, date %v", m.Defects, m.Date)
	}
}

func TestBrokenHeaders(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, raw, subject, text, defect string }{
		{"leading space", " From: a@b.ru\nSubject: s\n\nx", "s", "x", DefectHeaderStart},
		{"garbage first", "garbage\nFrom: a@b.ru\nSubject: s\n\nx", "s", "x", DefectHeaderStart},
		{"lost fold", "From: a@b.ru\nContent-Type: text/plain;\ncharset=utf-8\nSubject: s\n\nЁ", "s", "Ё", DefectHeaderFold},
		{"no blank line", "From: a@b.ru\nSubject: s\nHello there\nmore", "s", "Hello there\nmore", DefectNoBlankLine},
		{"From line of a box", "From a@b Mon\nFrom: a@b.ru\nSubject: s\n\nx", "s", "x", ""},
		{"space before the colon", "From : a@b.ru\nSubject : s\n\nx", "s", "x", ""},
		{"carriage returns alone", "From: a@b.ru\rSubject: s\r\rx", "s", "x", ""},
		{"BOM", "\ufeffFrom: a@b.ru\nSubject: s\n\nx", "s", "x", ""},
		{"no body", "From: a@b.ru\nSubject: s", "s", "", ""},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := parse(t, []byte(tc.raw))
			if m.Subject != tc.subject || m.Text != tc.text || tc.defect != "" && !slices.Contains(m.Defects, tc.defect) || m.From[0].Addr != "a@b.ru" {
				t.Errorf("subject %q, text %q, from %v, defects %v", m.Subject, m.Text, m.From, m.Defects)
			}
		})
	}
}

func TestHTMLBecomesReadable(t *testing.T) {
	t.Parallel()
	for page, want := range map[string]string{
		"<p>One</p><p>Two</p>":                                       "One\n\nTwo\n",
		"a<br>b<br/>c":                                               "a\nb\nc\n",
		"<ul><li>one<li> two</ul>end":                                "- one\n- two\nend\n",
		"<table><tr><td>a<td>b</tr><tr><td>c</table>":                "a b\nc\n",
		"<style>p{}</style><script>x<y</script><title>t</title>text": "text\n",
		"<pre>a\n  b</pre>":                                          "a\n  b\n",
		"a &amp; b&nbsp;&laquo;c&raquo; <b>d</b>":                    "a & b\u00a0«c» d\n",
		"<img alt='logo'> <a href='x'>link</a>":                      "logo link\n",
		"a\u200b\u200bb<div></div><div></div><div>c":                 "ab\nc\n",
		"<noscript><b>x</b></noscript>y":                             "y\n",
		"broken <b <i>x":                                             "broken x\n",
		"":                                                           "",
		"<p> </p>":                                                   "",
		"a<br><br><br><br>b":                                         "a\n\nb\n",
	} {
		if got, whole := htmlText(page, 1000); got != want || !whole {
			t.Errorf("%q gives %q (whole: %v), want %q", page, got, whole, want)
		}
	}
}

func TestHTMLMail(t *testing.T) {
	t.Parallel()
	page := "<meta charset='windows-1251'><p>" + enc(t, charmap.Windows1251, "Ёлка") + "</p>"
	if m := parse(t, mail("Content-Type: text/html\n", page)); m.Text != "Ёлка\n" || !m.HTML || m.Defects != nil {
		t.Errorf("%q %v %v", m.Text, m.HTML, m.Defects)
	}
}

func TestInvitation(t *testing.T) {
	t.Parallel()
	m := parse(t, mail("Content-Type: text/calendar; method=REQUEST; charset=utf-8\n", "BEGIN:VCALENDAR\nEND:VCALENDAR\n"))
	if len(m.Calendars) != 1 || m.Text != "" || m.Attachments != nil || m.Calendars[0].MIME != "text/calendar" {
		t.Errorf("%+v", m)
	}
}

func TestBounces(t *testing.T) {
	t.Parallel()
	report := "--b\nContent-Type: text/plain\n\nIt failed.\n--b\nContent-Type: %s\n\nReporting-MTA: dns; mx\n\n" +
		"Final-Recipient: rfc822; x@example.org\nAction: Failed\nStatus: 5.1.1 (no such user)\nDiagnostic-Code: smtp; 550 5.1.1 unknown\n\n" +
		"Original-Recipient: rfc822;y@example.org\nAction: delayed\nStatus: 4.0.0\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <lost@example.org>\n--b--\n"
	for _, kind := range []string{"message/delivery-status", "message/global-delivery-status"} {
		m := parse(t, mail("Content-Type: multipart/report; report-type=delivery-status; boundary=b\n", fmt.Sprintf(report, kind)))
		want := &Bounce{Recipients: []BounceRecipient{{"x@example.org", "failed", "5.1.1", "550 5.1.1 unknown"}, {"y@example.org", "delayed", "4.0.0", ""}},
			OriginalID: "lost@example.org"}
		if !reflect.DeepEqual(m.Bounce, want) || !m.Bounce.Failed() || m.Text != "It failed." {
			t.Errorf("%s: %+v %q", kind, m.Bounce, m.Text)
		}
	}
	if m := parse(t, []byte("Return-Path: <>\nFrom: MAILER-DAEMON@mx\n\nfailed")); m.Bounce == nil || m.Bounce.Failed() {
		t.Error("a daemon's mail with an empty return path is a bounce")
	}
	receipt := "--b\nContent-Type: text/plain\n\nread\n--b\nContent-Type: message/disposition-notification\n\nDisposition: x\n--b--\n"
	if m := parse(t, mail("Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n", receipt)); m.Bounce != nil {
		t.Error("a receipt is no bounce")
	}
	var none *Bounce
	if none.Failed() {
		t.Error("no bounce has failed")
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	many := "Content-Type: multipart/mixed; boundary=b\n"
	tests := []struct {
		name   string
		raw    []byte
		opts   Options
		reason Reason
	}{
		{"empty", nil, Options{}, ReasonEmpty},
		{"white space", []byte(" \r\n\n"), Options{}, ReasonEmpty},
		{"prose", []byte("Dear all: this is a letter.\n\nBye."), Options{}, ReasonNotMail},
		{"binary", []byte("\x7fELF\x00\x01"), Options{}, ReasonNotMail},
		{"too large", mail("", strings.Repeat("x", 1000)), Options{MaxMessage: 500}, ReasonTooLarge},
		{"too many parts", mail(many, strings.Repeat("--b\n\nx\n", 50)), Options{MaxParts: 10}, ReasonTooManyParts},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, refusal := Parse(tc.raw, tc.opts)
			if refusal == nil || refusal.Reason != tc.reason {
				t.Errorf("refusal %v, want %s", refusal, tc.reason)
			}
		})
	}
	var target *Refusal
	if err := error(&Refusal{File: "a.eml", Index: 2, Reason: ReasonEmpty, Detail: "d"}); !errors.As(err, &target) || err.Error() != "a.eml (mail 2): empty: d" {
		t.Error(err)
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	var deep strings.Builder
	for i := range 30 {
		fmt.Fprintf(&deep, "--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n", i, i+1)
	}
	m := parse(t, mail("Content-Type: multipart/mixed; boundary=b0\n", deep.String()))
	if !slices.Contains(m.Defects, DefectTooDeep) || len(m.Attachments) != 1 {
		t.Errorf("depth: %v, %d attachments", m.Defects, len(m.Attachments))
	}
	cut, refusal := Parse(mail("Content-Type: text/plain; charset=utf-8\n", strings.Repeat("ё", 100)), Options{MaxText: 51})
	if refusal != nil || cut.Text != strings.Repeat("ё", 25) || !slices.Contains(cut.Defects, DefectTextCut) {
		t.Errorf("text %q, %v", cut.Text, cut.Defects)
	}
}

// TestHostileMailIsReadInTime would not end if any step read the mail once per
// letter.
func TestHostileMailIsReadInTime(t *testing.T) {
	t.Parallel()
	const n = 1 << 20
	for name, raw := range map[string]string{
		"colons in an address":   "From: " + strings.Repeat(":", n) + ";\n\nx",
		"nested comments":        "Date: " + strings.Repeat("(", n) + strings.Repeat(")", n) + "\nTo: " + strings.Repeat("(", n) + "\n\nx",
		"half encoded words":     "Subject: " + strings.Repeat("=?a?q?", n/6) + "\nFrom: " + strings.Repeat("=?a?q?", n/6) + "\n\nx",
		"many raw fields":        strings.Repeat("From: \xcf\xf0\n", n/10) + "\n\xcf\xf0",
		"many parameters":        "Content-Type: a/b" + strings.Repeat("; x*0=y", n/7) + "\n\nx",
		"lines like boundaries":  "Content-Type: multipart/mixed\n\n" + strings.Repeat("--abcdefg\nx", 400) + strings.Repeat("x", n),
		"boundary within itself": "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\nContent-Type: multipart/mixed; boundary=b\n\n", n/50),
		"tags":                   "Content-Type: text/html\n\n" + strings.Repeat("<div><p", n/7),
		"broken header lines":    "From: a@b\n" + strings.Repeat("broken\nx: y\n", n/13),
		"attributes without end": "Content-Type: text/html\n\n<a " + strings.Repeat("b ", n),
		"lying parts":            "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\nContent-Type: text/plain; charset=utf-8\n\n"+strings.Repeat("\xcf\xf0", 400)+"\n", 900),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, refusal := Parse([]byte(raw), Options{})
			if refusal == nil {
				mustBeSound(t, m)
			}
		})
	}
}
