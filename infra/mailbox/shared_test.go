package mailbox

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
)

// sharedDir finds the published data sets beside the project, and skips the
// test where there are none.
func sharedDir(t *testing.T, name string) string {
	t.Helper()
	for _, dir := range []string{os.Getenv("LETOPIS_DATA"), filepath.Join("..", "..", "..", "shared", "data")} {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); dir != "" && err == nil {
			return path
		}
	}
	t.Skipf("%s is neither under LETOPIS_DATA nor in ../shared/data beside the project", name)
	return ""
}

type expectedMail struct {
	Subject     string
	Body        *string
	Attachments []struct{ Name, Text string }
}

func TestAgreesWithExpectations(t *testing.T) {
	t.Parallel()
	dir := sharedDir(t, "09_synthetic_ru")
	content, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var byName map[string]json.RawMessage
	if err := json.Unmarshal(content, &byName); err != nil {
		t.Fatal(err)
	}
	compared := 0
	for name, raw := range byName {
		if !strings.HasPrefix(name, "eml/") {
			continue
		}
		compared++
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			var want expectedMail
			if err := json.Unmarshal(raw, &want); err != nil {
				t.Fatal(err)
			}
			mails, refusals := collect(Read(filepath.Join(dir, name), Options{}))
			if len(mails) != 1 || len(refusals) != 0 {
				t.Fatalf("%d mails, refusals %v", len(mails), refusals)
			}
			compare(t, mails[0], want)
		})
	}
	if compared != 14 {
		t.Errorf("%d mails were compared, want 14", compared)
	}
}

func compare(t *testing.T, m Message, want expectedMail) {
	t.Helper()
	if m.Subject != want.Subject {
		t.Errorf("subject %q, want %q", m.Subject, want.Subject)
	}
	if want.Body != nil && m.Text != *want.Body {
		t.Errorf("text %q, want %q", m.Text, *want.Body)
	}
	if want.Body == nil && (m.Text != "" || len(m.Calendars) != 1) {
		t.Errorf("invitation with text %q and %d calendars", m.Text, len(m.Calendars))
	}
	if len(m.Attachments) != len(want.Attachments) {
		t.Fatalf("%d attachments, want %d", len(m.Attachments), len(want.Attachments))
	}
	for i, w := range want.Attachments {
		text, ok := m.Attachments[i].Text()
		if m.Attachments[i].Name != w.Name || !ok || text != w.Text {
			t.Errorf("attachment %q %q, want %q %q", m.Attachments[i].Name, text, w.Name, w.Text)
		}
	}
	if m.Date.IsZero() || len(m.From) != 1 || m.From[0].Addr != "office@romashka.example" {
		t.Errorf("date %v, from %v", m.Date, m.From)
	}
}

// TestEveryRealMail holds the promise that a mail becomes a message or a named
// refusal, and tells how many of each.
func TestEveryRealMail(t *testing.T) {
	t.Parallel()
	dir := sharedDir(t, "06_eml")
	tests := []struct {
		path           string
		mails, refused int
	}{
		{"enmime", 59, 1},
		{"mimekit", 19, 0},
		{"spamassassin_subset.tar.gz", 371, 0},
	}
	for _, tc := range tests {
		t.Run(tc.path, func(t *testing.T) {
			t.Parallel()
			mails, refusals := collect(Read(filepath.Join(dir, tc.path), Options{}))
			defects, html, bounces, attachments, textless := map[string]int{}, 0, 0, 0, 0
			for _, m := range mails {
				attachments += len(m.Attachments)
				if m.HTML {
					html++
				}
				if m.Bounce != nil {
					bounces++
				}
				if strings.TrimSpace(m.Text) == "" {
					textless++
				}
				for _, d := range m.Defects {
					defects[d]++
				}
				mustBeSound(t, m)
			}
			for _, r := range refusals {
				t.Logf("refused: %v", r)
			}
			t.Logf("%d messages, %d refusals; %d from HTML, %d bounces, %d attachments, %d without text; defects: %s",
				len(mails), len(refusals), html, bounces, attachments, textless, counts(defects))
			if len(mails) != tc.mails || len(refusals) != tc.refused {
				t.Errorf("want %d messages and %d refusals", tc.mails, tc.refused)
			}
		})
	}
}

func counts(m map[string]int) string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	var out strings.Builder
	for _, name := range names {
		_, _ = out.WriteString(name + "=" + json.Number(itoa(m[name])).String() + " ")
	}
	return out.String()
}
