package spreadsheet

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
)

const sampleMapping = `
source: crm
key: Код
kind: organisation
roles: [customer, {column: Роль, map: {Поставщик: supplier, Покупатель: customer}, optional: true}]
fields:
  legal_name: {first: [Полное, Имя]}
  short_name: Имя
  inn: ИНН
  actual_address: {join: [Город, Улица], with: "; "}
  segment: {value: list}
  region: {column: Город, transform: [upper]}
  phones: [{column: Тел, region: RU}, Моб]
  emails: [Почта]
  persons:
    - full_name: Кто
      position: {column: Должность, default: сотрудник}
      phones: [Тел кто]
extra:
  turnover: {column: Оборот, transform: [decimal]}
  since: {column: С какого, date: dd.mm.yyyy}
keep_unmapped: true
`

var sampleHeader = []string{"Код", "Имя", "Полное", "ИНН", "Город", "Улица", "Тел", "Моб", "Почта", "Кто", "Должность", "Тел кто", "Оборот", "С какого", "Роль", "Цвет"}

func sample(t *testing.T) Mapping {
	t.Helper()
	m, err := ParseMapping("m.yaml", []byte(sampleMapping))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestApply(t *testing.T) {
	t.Parallel()
	row := NewRow(2, sampleHeader, []string{" 42 ", "Ёлка", "", "7707083893", "Тверь", "Мира, 1",
		"8 (4822) 11-22-33 доб. 5, доб. 6; +7 900 000 00 01", "+7 900 000 00 01", "A@b.ru, c@d.ru",
		"Иванов И.", "", "123-45-67", "1 234,50", "05.03.2024", "поставщик", "зелёный"})
	got, errs := sample(t).Apply(row)
	if errs != nil {
		t.Fatalf("errors %v", errs)
	}
	want := Record{Namespace: "crm", ExternalID: "42", Kind: "organisation", Roles: []string{"customer", "supplier"},
		LegalName: "Ёлка", ShortName: "Ёлка", INN: "7707083893", ActualAddress: "Тверь; Мира, 1", Segment: "list", Region: "ТВЕРЬ",
		Phones: []Phone{{"8 (4822) 11-22-33 доб. 5, доб. 6", "RU"}, {"+7 900 000 00 01", "RU"}, {"+7 900 000 00 01", ""}},
		Emails: []string{"A@b.ru", "c@d.ru"}, Persons: []Person{{FullName: "Иванов И.", Position: "сотрудник", Phones: []Phone{{"123-45-67", ""}}}},
		Extra: map[string]string{"turnover": "1234.50", "since": "2024-03-05", "Цвет": "зелёный"}}
	want.Phones = slices.Compact(want.Phones)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestApplyReports(t *testing.T) {
	t.Parallel()
	row := NewRow(7, sampleHeader, []string{"", "", "", "123456789", "", "", "12", "", "почта", "", "директор", "", "много", "31.02.2024", "враг", ""})
	rec, errs := sample(t).Apply(row)
	var got []string
	for _, e := range errs {
		r := e.In("f.csv", row)
		got = append(got, r.Field+" "+r.Column+" "+string(r.Code))
		if r.Row != 7 || r.File != "f.csv" {
			t.Errorf("place of %v", r)
		}
	}
	want := []string{"key Код required", "roles Роль unmapped_value", "legal_name Полное required", "phones Тел bad_phone",
		"emails Почта bad_email", "persons[0].full_name Кто required", "extra.since С какого bad_date", "extra.turnover Оборот bad_number"}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if rec.INN != "123456789" || rec.Persons != nil {
		t.Errorf("record %+v", rec)
	}
}

func TestINN(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in, out string
		code    Code
		note    bool
	}{
		{"7707083893", "7707083893", "", false},
		{"500100732259", "500100732259", "", false},
		{"7707083894", "7707083894", CodeBadINN, false},
		{"0000000000", "0000000000", CodeBadINN, false},
		{"105001241", "0105001241", CodeINNZero, true}, {"50010073296", "050010073296", CodeINNZero, true}, // a zero of region 01 was eaten
		{"123456789", "123456789", "", false}, // УНП of Belarus: foreign lengths pass
		{"77О7083893", "77О7083893", CodeBadINN, false},
		{"", "", "", false},
	}
	for _, tc := range tests {
		t.Run(tc.in, func(t *testing.T) {
			t.Parallel()
			a := &applying{}
			if got := a.inn(tc.in, Rule{Column: "ИНН"}); got != tc.out {
				t.Errorf("got %q, want %q", got, tc.out)
			}
			var code Code
			note := false
			for _, e := range a.errs {
				code, note = e.Code, e.Note
			}
			if code != tc.code || note != tc.note {
				t.Errorf("reported %q (note %v), want %q", code, note, tc.code)
			}
		})
	}
}

func TestMappingRefused(t *testing.T) {
	t.Parallel()
	base := "source: x\nfields:\n  legal_name: A\n"
	tests := []struct{ name, src, want string }{
		{"unknown key", base + "colour: red\n", "colour"},
		{"unknown field", base + "  color: A\n", "color"},
		{"unknown key in a rule", base + "  region: {colum: A}\n", "colum"},
		{"unknown key in a phone", base + "  phones: [{column: A, country: RU}]\n", "country"},
		{"no source", "fields:\n  legal_name: A\n", "source"},
		{"no name", "source: x\nfields: {inn: A}\n", "legal_name"},
		{"two sources of a value", base + "  region: {column: A, value: B}\n", "region: give exactly one"},
		{"phone without column", base + "  phones: [{region: RU}]\n", "phones[0]: give exactly one"},
		{"person without name", base + "  persons: [{position: A}]\n", "persons[0].full_name"},
		{"unknown transform", base + "  region: {column: A, transform: [up]}\n", "up"},
		{"bad date pattern", base + "extra: {d: {column: A, date: yyyy}}\n", "mm"},
		{"two values for one key", base + "  region: {column: A, map: {x: 1, X: 2}}\n", "two values"},
		{"anchor", "source: &a x\nfields: {legal_name: *a}\n", "not allowed"},
		{"deep flow", "source: " + strings.Repeat("[", 40) + strings.Repeat("]", 40), "nested"},
		{"deep compact", "source: " + strings.Repeat("- ", 40) + "x", "nested"},
		{"not YAML", "source: [x\n", "bad_mapping"},
		{"too large", strings.Repeat("#\n", maxMappingBytes), "larger"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseMapping("m.yaml", []byte(tc.src))
			var fe *FileError
			if !errors.As(err, &fe) || fe.Code != CodeBadMapping || fe.File != "m.yaml" {
				t.Fatalf("error %v", err)
			}
			if !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %q does not name %q", err, tc.want)
			}
		})
	}
}

func TestCheckNamesColumns(t *testing.T) {
	t.Parallel()
	cov := sample(t).Check([]string{"код", "Имя", "ИНН", "Город", "Тел", "Почта", "Кто", "Должность", "Тел кто", "Оборот", "С какого", "Лишнее"})
	if got := strings.Join(cov.Missing, ","); got != "Улица,Моб" {
		t.Errorf("missing %s", got)
	}
	if got := strings.Join(cov.Absent, ","); got != "Роль,Полное" {
		t.Errorf("absent %s", got)
	}
	if got := strings.Join(cov.Unused, ","); got != "Лишнее" {
		t.Errorf("unused %s", got)
	}
	if err := cov.Err("f.csv"); err == nil || !strings.Contains(err.Error(), "Улица, Моб") {
		t.Errorf("error %v", err)
	}
	if err := sample(t).Check(sampleHeader).Err("f.csv"); err != nil {
		t.Error(err)
	}
}

func TestDecimal(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"": "", "5": "5", "1 234,56": "1234.56", "1.234,56": "1234.56", "1,234.56": "1234.56",
		"-0,5": "-0.5", "1\u00a0000": "1000", "1'000.5": "1000.5", "1.234.567,8": "1234567.8", "1,2,3": "", "abc": ""} {
		got, err := decimal(in)
		if want == "" && in != "" {
			if err == nil {
				t.Errorf("%q gives %q, want an error", in, got)
			}
			continue
		}
		if got != want || err != nil {
			t.Errorf("%q gives %q, %v, want %q", in, got, err, want)
		}
	}
}

func TestBuiltinMappings(t *testing.T) {
	t.Parallel()
	for _, name := range BuiltinNames() {
		if m, err := Builtin(name); err != nil || m.Description == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Builtin("none"); err == nil || !strings.Contains(err.Error(), "1c-list") {
		t.Errorf("error %v", err)
	}
}

func TestListOf1C(t *testing.T) {
	t.Parallel()
	m, err := Builtin("1c-list")
	if err != nil {
		t.Fatal(err)
	}
	header := []string{"Код", "Наименование", "Полное наименование", "ИНН/КПП", "Телефон", "E-mail", "Адрес", "Вид контрагента", "Менеджер"}
	if err := m.Check(header).Err("list"); err != nil {
		t.Fatal(err)
	}
	rec, errs := m.Apply(NewRow(2, header, []string{"00-000012", "Ромашка", "ООО «Ромашка»", "7707083893/770701001",
		"8 (495) 111-22-33", "info@example.org", "Москва", "Юридическое лицо", "Петров"}))
	if errs != nil {
		t.Fatal(errs)
	}
	want := Record{Namespace: "1c", ExternalID: "00-000012", Kind: "organisation", Roles: []string{"customer"},
		LegalName: "ООО «Ромашка»", ShortName: "Ромашка", INN: "7707083893", KPP: "770701001", LegalAddress: "Москва", ActualAddress: "Москва",
		Phones: []Phone{{"8 (495) 111-22-33", "RU"}}, Emails: []string{"info@example.org"}, Extra: map[string]string{"Менеджер": "Петров"}}
	if !reflect.DeepEqual(rec, want) {
		t.Errorf("got  %+v\nwant %+v", rec, want)
	}
}
