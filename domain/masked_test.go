package domain_test

import (
	"testing"

	"github.com/letopis-crm/letopis/domain"
)

func TestMasks(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Указан телефон +7 900 000-12-34, почта ivan@firm.example": "Указан телефон •••34, почта i•••@firm.example",
		"ООО «Ромашка 2000» с 2026-03-10":                          "ООО «Ромашка 2000» с 2026-03-10",
		"Договор №12":          "Договор №12",
		"8(900)0001234":        "•••34",
		"почта@пример.example": "п•••@пример.example",
	} {
		if got := domain.MaskText(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
	d := domain.ContactDetails{
		Phones: []domain.Phone{{Raw: "8 900 000-12-34", E164: "+79000001234", Ext: "5"}}, Emails: []domain.Email{{Address: "ivan@firm.example", Note: "личная"}},
		Messengers: []domain.Messenger{{Account: "@ivan"}}, Websites: []string{"https://firm.example"},
	}.Masked()
	if d.Phones[0] != (domain.Phone{Raw: "•••34"}) || d.Emails[0] != (domain.Email{Address: "i•••@firm.example"}) || d.Messengers[0].Account != "•••" || len(d.Websites) != 1 {
		t.Errorf("%+v", d)
	}
	for number, want := range map[string]string{"12": "•••", "": "•••", "+79000001234": "•••34"} {
		if got := domain.MaskNumber(number); got != want {
			t.Errorf("%q became %q", number, got)
		}
	}
}
