package onec

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func readFile(t *testing.T, path string) ([]Counterparty, Summary) {
	t.Helper()
	r, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	var all []Counterparty
	for c, err := range r.Counterparties() {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	return all, r.Summary()
}

func readString(doc string, opts Options) ([]Counterparty, Summary, error) {
	r, err := NewReader("a.xml", strings.NewReader(doc), opts)
	if err != nil {
		return nil, Summary{}, err
	}
	var all []Counterparty
	for c, err := range r.Counterparties() {
		if err != nil {
			return all, r.Summary(), err
		}
		all = append(all, c)
	}
	return all, r.Summary(), nil
}

func TestLegalEntityInFull(t *testing.T) {
	t.Parallel()
	all, summary := readFile(t, "testdata/bare.xml")
	if len(all) != 4 || summary.Counterparties != 4 || summary.SchemaVersion != "2.05" || summary.Formed != "2026-01-15T10:00:00" {
		t.Fatalf("%d counterparties, %+v", len(all), summary)
	}
	want := Counterparty{
		Line: 7, Path: "КоммерческаяИнформация/Контрагенты",
		ID: "c-1", Name: "Сосна", FullName: `ООО "Сосна & Ель"`, Kind: Legal,
		INN: "7707083893", KPP: "770701001", OGRN: "1027700132195", OKPO: "00032537", OKVED: "62.01",
		LegalAddress: Address{Text: "170000, Тверь, ул. Мира, 1", Comment: "со двора"},
		ActualAddress: Address{Text: "Тверь, Лесная, 2",
			Parts: []AddressPart{{"Город", "Тверь"}, {"Улица", "Лесная, 2"}}},
		Contacts: []Contact{
			{Phone, "ТЕЛЕФОН РАБОЧИЙ", "+7 4822 00-00-02", "до 18"},
			{Mobile, "Моб. телефон", "+7 900 000 00 03", ""},
			{Email, "Электронная почта", "sosna@example.org", ""},
			{Website, "ВебСайт", "https://example.org", ""},
			{Email, "Прочее", "second@example.org", ""},
			{Fax, "Факс", "", ""}},
		Persons: []ContactPerson{
			{Name: "Лесная Анна Ивановна", Position: "директор", Relation: "Руководитель",
				Contacts: []Contact{{Phone, "Телефон Рабочий", "+7 4822 00-00-01", ""}}},
			{ID: "p-1", Name: "Дубов Пётр", Relation: "Контактное лицо"},
			{ID: "p-2", Name: "Сосна-Ржев", Relation: "Филиал"}},
		Accounts: []Account{{"40702810000000000001", "044525225", "Банк", "30101810400000000225"}},
		Comment:  "Платит вовремя",
		Problems: []Problem{{File: "bare.xml", Line: 7, ID: "c-1", Field: "Контакт", Code: CodeNoValue, Value: "Факс"}},
	}
	if !reflect.DeepEqual(all[0], want) {
		t.Errorf("got\n%+v\nwant\n%+v", all[0], want)
	}
	if got := all[0].Values(Phone, Mobile); len(got) != 2 {
		t.Errorf("phones %q", got)
	}
}

func TestEntrepreneurAndDoubts(t *testing.T) {
	t.Parallel()
	all, _ := readFile(t, "testdata/bare.xml")
	ip := all[1]
	if ip.Kind != Person || !ip.Entrepreneur || ip.OGRN != "304500116000157" || ip.LegalAddress.Text != "г. Ржев" ||
		ip.Family != "Клёнов" || len(ip.Requisites) != 2 || ip.Problems != nil {
		t.Errorf("entrepreneur %+v", ip)
	}
	codes := func(c Counterparty) string {
		var s []string
		for _, p := range c.Problems {
			s = append(s, string(p.Code))
		}
		return strings.Join(s, " ")
	}
	if got := codes(all[2]); got != "repeated_id bad_inn bad_kpp bad_ogrn" || all[2].Kind != Legal {
		t.Errorf("doubtful one: %s, %s", all[2].Kind, got)
	}
	if got := codes(all[3]); got != "no_id no_name" || all[3].Kind != Person {
		t.Errorf("empty one: %s, %s", all[3].Kind, got)
	}
}

func TestContainerInWindows1251(t *testing.T) {
	t.Parallel()
	all, summary := readFile(t, "testdata/container_windows-1251.xml")
	if len(all) != 1 || all[0].Name != "Рябина №7" || all[0].Role != "Покупатель" ||
		all[0].Path != "КоммерческаяИнформация/Контейнер/Документ/Контрагенты" {
		t.Fatalf("%+v", all)
	}
	if summary.Elements["Документ"] != 1 || summary.Elements["Товар"] != 1 || summary.Elements["ОфициальноеНаименование"] != 0 {
		t.Errorf("elements %v", summary.Elements)
	}
}

func TestBOMWinsOverDeclaration(t *testing.T) {
	t.Parallel()
	all, _ := readFile(t, "testdata/wrong_declaration_bom.xml")
	if len(all) != 1 || all[0].Name != "Ёлка" || all[0].FullName != "Ёлкина Ю." || all[0].Kind != Person || all[0].Entrepreneur {
		t.Fatalf("%+v", all)
	}
}

func TestContactKinds(t *testing.T) {
	t.Parallel()
	for typ, want := range map[string]ContactKind{
		"Телефон внутренний": Phone, "телефон рабочий": Phone, "ТЕЛЕФОН МОБИЛЬНЫЙ": Mobile, "Сотовый": Mobile, "Тел.": Phone,
		"Телефон/факс": Phone, "Факс": Fax, "Почта": Email, "E-Mail": Email, "Эл. почта": Email, "Адрес электронной почты": Email,
		"Веб-сайт": Website, "Почтовый адрес": Other, "ICQ": Messenger, "Пейджер": Other, "Координаты на карте": Other, "": Other, "WorkPhone": Phone,
	} {
		if got := contactKind(typ, "x"); got != want {
			t.Errorf("%q is %s, want %s", typ, got, want)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	one := "<Контрагенты><Контрагент><Ид>1</Ид></Контрагент></Контрагенты>"
	tests := []struct {
		name, doc string
		opts      Options
		code      Code
		before    int // counterparties delivered before
	}{
		{"empty", "", Options{}, CodeNotXML, 0},
		{"text", "just words", Options{}, CodeNotXML, 0},
		{"other XML", "<html><body/></html>", Options{}, CodeNotCML, 0},
		{"cut", one[:len(one)-10], Options{}, CodeNotXML, 1},
		{"cut inside", one[:len(one)-40], Options{}, CodeNotXML, 0},
		{"crossed tags", "<Контрагенты><a></Контрагенты></a>", Options{}, CodeNotXML, 0},
		{"external entity", `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><Контрагент><Ид>&x;</Ид></Контрагент>`, Options{}, CodeNotXML, 0},
		{"unknown charset", `<?xml version="1.0" encoding="klingon"?>` + one, Options{}, CodeCharset, 0},
		{"windows-1251 without saying so", "<Контрагент><Ид>\xcf\xf0</Ид></Контрагент>", Options{}, CodeNotXML, 0},
		{"deep", "<Документ>" + strings.Repeat("<a>", 99), Options{}, CodeTooDeep, 0},
		{"deep counterparty", "<Контрагент>" + strings.Repeat("<a>", 50000), Options{}, CodeNotXML, 0},
		{"large file", one + strings.Repeat(" ", 1000), Options{MaxBytes: 200}, CodeTooLarge, 1},
		{"large counterparty", "<Контрагент><Комментарий>" + strings.Repeat("x", 200<<10), Options{MaxElementBytes: 1 << 10}, CodeElementSize, 0},
		{"large token", "<Документ><a>" + strings.Repeat("x", 200<<10), Options{MaxElementBytes: 1 << 10}, CodeElementSize, 0},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			all, _, err := readString(tc.doc, tc.opts)
			var e *Error
			if !errors.As(err, &e) || e.Code != tc.code || e.File != "a.xml" {
				t.Fatalf("error %v, want %s", err, tc.code)
			}
			if len(all) != tc.before {
				t.Errorf("%d counterparties before the error", len(all))
			}
		})
	}
}

func TestFileAtItsLimit(t *testing.T) {
	t.Parallel()
	doc := "<Контрагент><Ид>1</Ид></Контрагент>"
	if all, _, err := readString(doc, Options{MaxBytes: int64(len(doc))}); err != nil || len(all) != 1 {
		t.Errorf("%d, %v", len(all), err)
	}
}

// endless gives one counterparty after another and never ends by itself.
type endless struct{ left int }

func (e *endless) Read(p []byte) (int, error) {
	const one = "<Контрагент><Ид>1</Ид><Комментарий>слова слова слова</Комментарий></Контрагент>"
	if e.left--; e.left < 0 {
		return 0, io.EOF
	}
	return copy(p, one), nil
}

func TestStreamsManyCounterparties(t *testing.T) {
	t.Parallel()
	in := io.MultiReader(strings.NewReader("<Контрагенты>"), &endless{left: 20000}, strings.NewReader("</Контрагенты>"))
	r, err := NewReader("a.xml", in, Options{MaxElementBytes: 4 << 10})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, err := range r.Counterparties() {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 20000 {
		t.Errorf("%d counterparties", n)
	}
}

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

type expectedCounterparty struct{ ID, Name, Full, INN, KPP, Phone, Email string }

func TestAgreesWithExpectations(t *testing.T) {
	t.Parallel()
	dir := sharedDir(t, "09_synthetic_ru")
	content, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var byPattern map[string]json.RawMessage
	if err := json.Unmarshal(content, &byPattern); err != nil {
		t.Fatal(err)
	}
	files := 0
	for pattern, raw := range byPattern {
		if !strings.HasPrefix(pattern, "xml/") {
			continue
		}
		var want []expectedCounterparty
		if err := json.Unmarshal(raw, &want); err != nil {
			t.Fatal(err)
		}
		paths, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			files++
			all, _ := readFile(t, path)
			var got []expectedCounterparty
			for _, c := range all {
				got = append(got, expectation(c))
				if c.Kind != Legal || c.Problems != nil {
					t.Errorf("%s: %s, %v", path, c.Kind, c.Problems)
				}
				if inDocument := strings.Contains(path, "document"); inDocument != (c.Role == "Покупатель") {
					t.Errorf("%s: role %q", path, c.Role)
				}
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s\ngot  %+v\nwant %+v", path, got, want)
			}
		}
	}
	if files != 3 {
		t.Errorf("%d files were compared, want 3", files)
	}
}

func expectation(c Counterparty) expectedCounterparty {
	digits := func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}
	return expectedCounterparty{c.ID, c.Name, c.FullName, c.INN, c.KPP,
		"+" + strings.Map(digits, strings.Join(c.Values(Phone), ",")), strings.Join(c.Values(Email), ",")}
}

// TestRealExports reads published exports: catalogues without counterparties
// give none, and the shop's orders give a buyer each, though a nameless one.
func TestRealExports(t *testing.T) {
	t.Parallel()
	dir := sharedDir(t, "05_1c_xml")
	for name, want := range map[string]int{"import0_1.xml": 0, "import0_1_with_nested_groups.xml": 0, "offers0_1.xml": 0,
		"bitrix-query-response-empty.xml": 0, "bitrix-query-response-full.xml": 2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all, summary := readFile(t, filepath.Join(dir, name))
			others := 0
			for _, n := range summary.Elements {
				others += n
			}
			if len(all) != want || others == 0 || summary.SchemaVersion == "" {
				t.Errorf("%d counterparties, %d other elements, schema %q", len(all), others, summary.SchemaVersion)
			}
			for _, c := range all {
				if c.Kind != Person || c.Role != "Покупатель" || len(c.Problems) == 0 {
					t.Errorf("%+v", c)
				}
			}
			t.Logf("%d counterparties, %d other elements of %d names", len(all), others, len(summary.Elements))
		})
	}
}

func FuzzCommerceML(f *testing.F) {
	for _, name := range []string{"bare.xml", "container_windows-1251.xml", "wrong_declaration_bom.xml"} {
		content, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(content))
	}
	f.Add("<Контрагент><ИНН>0</ИНН><ОГРН>1</ОГРН><Контакты><Контакт/></Контакты></Контрагент>")
	f.Add("<Контрагенты><Контрагент><Представители><Представитель><Контрагент>")
	f.Add("\ufeff<?xml version='1.0' encoding='koi8-r'?><Документ/>")
	f.Fuzz(func(t *testing.T, doc string) {
		all, summary, err := readString(doc, Options{MaxBytes: 1 << 20, MaxElementBytes: 64 << 10, MaxDepth: 20})
		var e *Error
		if err != nil && (!errors.As(err, &e) || e.Code == "" || e.File == "") {
			t.Fatalf("untyped error %v", err)
		}
		if len(all) != summary.Counterparties {
			t.Fatalf("%d delivered, %d counted", len(all), summary.Counterparties)
		}
		for _, c := range all {
			if c.Line < 1 || c.Kind == "" {
				t.Fatalf("%+v", c)
			}
		}
	})
}
