package mailbox

import (
	"strings"
	"testing"
)

// A line end within a value would be a new header, or a new line of a log, wherever the value is used next. It can come in
// plain, folded, in an encoded word, in a parameter or in the name of a file.
func TestValuesAreOneLine(t *testing.T) {
	t.Parallel()
	const b64 = "=?utf-8?b?eA0KQmNjOiBldmlsQGV4YW1wbGUub3JnDQoAG1szMW0=?=" // x, a line end, "Bcc: evil@example.org", a zero, an escape
	const q = "=?utf-8?q?x=0D=0ABcc:_evil=40example.org=0A=00=1B[31m?="
	for _, hostile := range []string{b64, q, "x\rBcc: evil@example.org", "x\x00y", "x\n Bcc: evil@example.org", "\"x\\\r\\\nBcc: y\"", "=?utf-8?q?=E2=80=A8Bcc:?="} {
		raw := "Subject: " + hostile + "\nFrom: " + hostile + " <a@example.org>\nTo: \"" + hostile + "\" <b@example.org>\nMessage-ID: <" + hostile + "@example.org>\n" +
			"References: <" + hostile + "@a>\nIn-Reply-To: " + hostile + "@b\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/pdf; name=\"" + hostile + "\"\nContent-ID: <" + hostile + ">\n" +
			"Content-Disposition: attachment; filename*=utf-8''x%0D%0ABcc%3A%20evil%00%1B.pdf\n\nx\n--b\n" +
			"Content-Disposition: attachment; filename=\"../../" + hostile + "\"\n\nx\n--b--\n"
		m, refusal := Parse([]byte(raw), Options{})
		if refusal != nil {
			t.Errorf("%q: %v", hostile, refusal)
			continue
		}
		mustBeSound(t, m)
		values := append(append([]string{m.Subject, m.MessageID}, m.References...), m.InReplyTo...)
		for _, a := range append(m.From, m.To...) {
			values = append(values, a.Name, a.Addr)
		}
		for _, a := range m.Attachments {
			values = append(values, a.Name, a.ContentID)
			if strings.ContainsAny(a.Name, "/\\") || strings.HasPrefix(a.Name, "..") {
				t.Errorf("the name %q leads elsewhere", a.Name)
			}
		}
		for _, v := range values {
			if strings.ContainsAny(v, "\r\n\x00\x1b") {
				t.Errorf("%q became %q", hostile, v)
			}
		}
		if len(m.Attachments) != 2 {
			t.Errorf("%q: %d attachments", hostile, len(m.Attachments))
		}
	}
}
