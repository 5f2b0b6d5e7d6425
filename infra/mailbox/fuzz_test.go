package mailbox

import (
	"strings"
	"testing"
)

var tight = Options{MaxMessage: 256 << 10, MaxTotal: 1 << 20, MaxText: 10 << 10, MaxParts: 50, MaxDepth: 5}

var mailSeeds = []string{
	"", "From: a@b.ru\n\nx",
	"From: =?utf-8?B?0J?= <a@b>, \"x\nSubject: =?koi8-r?Q?=F0?=\n =?koi8-r?Q?=D2?=\nDate: 11 Mar 24 09:10 MSK\n\n\xcf\xf0",
	"Content-Type: multipart/mixed; boundary=\"b\"\n\n--b\nContent-Type: text/html; charset=big5\n\n<p>x<br><pre>y\n--b\n\n--b--\n",
	"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nA: b\n\nFinal-Recipient: rfc822;x\nAction: failed\n--b--",
	"Subject: x\nContent-Type: a/b; name*0*=utf-8''%D0; name*1*=%90; x=\"y\\\"\nContent-Transfer-Encoding: base64\n\n====AA==!\n",
	"Content-Type: text/plain; charset=iso-2022-jp\n\n\x1b$BF|K\\8l",
	"Content-Type: multipart/alternative; boundary=\n\n--\n\nx\n----\n",
}

func FuzzMail(f *testing.F) {
	for _, seed := range mailSeeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		m, refusal := Parse([]byte(raw), tight)
		if refusal != nil {
			if refusal.Reason == "" {
				t.Fatal("refusal without a reason")
			}
			return
		}
		mustBeSound(t, m)
		if len(m.Text) > tight.MaxText {
			t.Fatalf("text of %d bytes", len(m.Text))
		}
		for _, a := range m.Attachments {
			a.Text()
		}
	})
}

// FuzzMbox reads anything as an upload, archives included.
func FuzzMbox(f *testing.F) {
	f.Add("From a@b\nFrom: a\n\nx\n\n>From y\n\nFrom - \nSubject: s\n\n")
	f.Add("From a\nFrom b\nFrom c: d\n")
	f.Add("\x1f\x8b\x08\x00")
	f.Add(strings.Repeat("\x00", 257) + "ustar" + strings.Repeat("\x00", 250))
	for _, seed := range mailSeeds {
		f.Add("From - \n" + seed + "\nFrom - \n" + seed)
	}
	f.Fuzz(func(t *testing.T, content string) {
		n := 0
		for m, refusal := range ReadFrom("fuzz.mbox", strings.NewReader(content), tight) {
			n++
			if refusal != nil && (refusal.Reason == "" || refusal.File == "") {
				t.Fatalf("nameless refusal %+v", refusal)
			}
			if refusal == nil {
				mustBeSound(t, m)
			}
		}
		if n == 0 && !strings.HasPrefix(content, "\x1f\x8b") && len(content) < 262 {
			t.Fatal("neither a message nor a refusal")
		}
	})
}
