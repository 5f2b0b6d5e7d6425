package mailbox

import (
	"iter"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

func itoa(n int) string { return strconv.Itoa(n) }

func collect(seq iter.Seq2[Message, *Refusal]) (mails []Message, refusals []*Refusal) {
	for m, refusal := range seq {
		if refusal != nil {
			refusals = append(refusals, refusal)
			continue
		}
		mails = append(mails, m)
	}
	return mails, refusals
}

// mustBeSound checks what every message promises.
func mustBeSound(t *testing.T, m Message) {
	t.Helper()
	values := append(append([]string{m.Subject, m.MessageID}, m.References...), m.InReplyTo...)
	for _, list := range [][]Address{m.From, m.To, m.Cc, m.ReplyTo} {
		for _, a := range list {
			values = append(values, a.Name, a.Addr)
		}
	}
	for _, a := range append(m.Attachments, m.Calendars...) {
		values = append(values, a.Name, a.ContentID)
		if a.Size != int64(len(a.Content)) || len(a.SHA256) != 64 || a.MIME == "" {
			t.Errorf("%s: attachment %+v", m.File, a)
		}
	}
	for _, v := range values {
		if !utf8.ValidString(v) || strings.ContainsAny(v, "\r\n\x00") {
			t.Errorf("%s: unclean value %q", m.File, v)
		}
	}
	if !utf8.ValidString(m.Text) || strings.ContainsAny(m.Text, "\r\x00") {
		t.Errorf("%s: unclean text", m.File)
	}
	if len(m.SHA256) != 64 || m.Index < 1 {
		t.Errorf("%s: sum %q, index %d", m.File, m.SHA256, m.Index)
	}
}
