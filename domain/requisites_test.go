package domain_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/letopis-crm/letopis/domain"
)

func TestRequisites(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what  string
		valid func(string) bool
		good  []string
		bad   []string
	}{
		{"INN", domain.ValidINN, []string{"7707083893", "7736207543", "500100732259"}, []string{"", "7707083894", "0000000000", "1111111111", "0077070838", "50010073225", "770708389x", "500100732258"}},
		{"KPP", domain.ValidKPP, []string{"773601001", "7736AB001"}, []string{"", "77360100", "7736ab001", "001601001", "111111111"}},
		{"OGRN", domain.ValidOGRN, []string{"1027700132195", "304500116000157"}, []string{"", "1027700132196", "304500116000158", "1111111111111", "102770013219"}},
		{"BIK", domain.ValidBIK, []string{"044525225"}, []string{"", "04452522", "04452522x", "000000000"}},
		{"correspondent account", func(s string) bool { return domain.ValidCorrespondentAccount("044525225", s) }, []string{"30101810400000000225"}, []string{"", "30101810400000000226", "3010181040000000022"}},
	} {
		for _, s := range c.good {
			if !c.valid(s) {
				t.Errorf("%s %q should be right", c.what, s)
			}
		}
		for _, s := range c.bad {
			if c.valid(s) {
				t.Errorf("%s %q should be wrong", c.what, s)
			}
		}
	}
}

// A single mistyped digit of an organisation's number never passes unless the arithmetic cannot tell (remainder 10).
func TestAccountFindsEveryMistypedDigit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		head := rapid.StringMatching(`4[0-9]{18}`).Draw(t, "account")
		var right string
		for d := range 10 {
			if s := head + string(rune('0'+d)); domain.ValidAccount("044525225", s) {
				right = s
			}
		}
		if right == "" {
			t.Fatal("no digit completes the account")
		}
		at := rapid.IntRange(0, 19).Draw(t, "at")
		digit := rapid.StringMatching(`[0-9]`).Draw(t, "digit")
		if wrong := right[:at] + digit + right[at+1:]; wrong != right && domain.ValidAccount("044525225", wrong) {
			t.Fatalf("%s passes as well as %s", wrong, right)
		}
	})
}

func TestNormalName(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`Общество с ограниченной ответственностью "РОМАШКА ПЛЮС"`: "ромашка плюс",
		`ООО «Ромашка Плюс»`:             "ромашка плюс",
		`ЗАО Ромашка-плюс`:               "ромашка плюс",
		`ИП Королёв А.С.`:                "королев а с",
		`ООО`:                            "ооо",
		`SOUTHEAST ALABAMA MEDICAL CTR.`: "southeast alabama medical ctr",
		`St. Mary's Hospital, Inc`:       "st marys hospital",
	} {
		if got := domain.NormalName(in); got != want {
			t.Errorf("NormalName(%q) = %q, want %q", in, got, want)
		}
	}
	if long := domain.NormalName(strings.Repeat("ооо ", 50)); long == "" {
		t.Error("a name of legal forms only keeps something")
	}
}
