package spreadsheet

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Record is a counterparty as a list describes it: cleaned text, not yet
// checked against any rule of the domain.
type Record struct {
	Namespace  string // of the external id
	ExternalID string
	Kind       string
	Roles      []string

	LegalName, ShortName        string
	INN, KPP, OGRN              string
	LegalAddress, ActualAddress string
	Industry                    string // OKVED code or words
	Segment, Region, TimeZone   string
	Source                      string // how the counterparty was won
	Phones                      []Phone
	Emails                      []string
	Persons                     []Person
	Comment                     string
	Extra                       map[string]string
}

// Phone is a number as written, and the ISO country whose rules it is read by.
type Phone struct{ Raw, Region string }

// Person is somebody to talk to.
type Person struct {
	FullName, Position string
	Phones             []Phone
	Emails             []string
}

// applying is one row on its way to a record.
type applying struct {
	row  Row
	errs []FieldError
}

// Apply turns a row into a record. The record holds everything that could be
// read; the errors name what could not, and notes tell what was corrected.
func (m Mapping) Apply(row Row) (Record, []FieldError) {
	a := &applying{row: row}
	rec := Record{Namespace: m.doc.Source, ExternalID: a.text("key", m.doc.Key), Kind: a.text("kind", m.doc.Kind.Rule)}
	if rec.ExternalID == "" && !m.doc.Key.isZero() && !m.doc.Key.Optional {
		a.report(FieldError{Field: "key", Column: firstColumn(m.doc.Key), Code: CodeRequired})
	}
	for _, r := range m.doc.Roles {
		if role := a.text("roles", r.Rule); role != "" && !slices.Contains(rec.Roles, role) {
			rec.Roles = append(rec.Roles, role)
		}
	}
	f := &m.doc.Fields
	for i, dst := range []*string{&rec.LegalName, &rec.ShortName, &rec.INN, &rec.KPP, &rec.OGRN, &rec.LegalAddress,
		&rec.ActualAddress, &rec.Industry, &rec.Segment, &rec.Region, &rec.TimeZone, &rec.Source, &rec.Comment} {
		*dst = a.text(f.single()[i].name, *f.single()[i].rule)
	}
	if rec.LegalName == "" && rec.ShortName == "" {
		a.report(FieldError{Field: "legal_name", Column: firstColumn(f.LegalName), Code: CodeRequired})
	}
	if inn, kpp, both := strings.Cut(rec.INN, "/"); both {
		// 1C prints both numbers in one cell, "ИНН/КПП".
		rec.INN, rec.KPP = strings.TrimSpace(inn), cmp.Or(rec.KPP, strings.TrimSpace(kpp))
	}
	rec.INN = a.inn(rec.INN, f.INN)
	rec.Phones = a.phones("phones", f.Phones)
	rec.Emails = a.emails("emails", f.Emails)
	for i, p := range f.Persons {
		a.person(&rec, fmt.Sprintf("persons[%d]", i), p)
	}
	a.extra(&rec, m)
	return rec, a.errs
}

func (a *applying) report(e FieldError) { a.errs = append(a.errs, e) }

func firstColumn(r Rule) string {
	if c := r.columns(); len(c) > 0 {
		return c[0]
	}
	return ""
}

// text evaluates a rule to one value.
func (a *applying) text(field string, r Rule) string {
	v := strings.TrimSpace(a.raw(r))
	for _, t := range r.Transform {
		var err error
		if v, err = transform(t, v); err != nil {
			a.report(FieldError{Field: field, Column: firstColumn(r), Code: CodeBadNumber, Value: v})
		}
	}
	if v != "" && r.Date != "" {
		iso, err := isoDate(v, r.Date)
		if err != nil {
			a.report(FieldError{Field: field, Column: firstColumn(r), Code: CodeBadDate, Value: v, Detail: "expected " + r.Date})
		}
		v = iso
	}
	if v != "" && r.Map != nil {
		v = a.mapped(field, r, v)
	}
	if v == "" {
		return r.Default
	}
	return v
}

func (a *applying) raw(r Rule) string {
	switch {
	case r.Value != "":
		return r.Value
	case r.Column != "":
		return a.row.Get(r.Column)
	case r.First != nil:
		for _, c := range r.First {
			if v := strings.TrimSpace(a.row.Get(c)); v != "" {
				return v
			}
		}
		return ""
	}
	var parts []string
	for _, c := range r.Join {
		if v := strings.TrimSpace(a.row.Get(c)); v != "" {
			parts = append(parts, v)
		}
	}
	with := r.With
	if with == "" {
		with = ", "
	}
	return strings.Join(parts, with)
}

func (a *applying) mapped(field string, r Rule, v string) string {
	if to, ok := r.Map[foldName(v)]; ok {
		return to
	}
	a.report(FieldError{Field: field, Column: firstColumn(r), Code: CodeUnmapped, Value: v})
	return ""
}

func transform(name, v string) (string, error) {
	switch name {
	case "trim":
		return squeeze(v), nil
	case "upper":
		return strings.ToUpper(v), nil
	case "lower":
		return strings.ToLower(v), nil
	case "digits":
		return onlyDigits(v), nil
	case "decimal":
		return decimal(v)
	case "before_slash":
		before, _, _ := strings.Cut(v, "/")
		return strings.TrimSpace(before), nil
	case "after_slash":
		_, after, _ := strings.Cut(v, "/")
		return strings.TrimSpace(after), nil
	}
	return v, nil
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

var (
	plainDecimal = regexp.MustCompile(`^[+-]?[0-9]+(\.[0-9]+)?$`)
	errNotNumber = errors.New("not a number")
)

// decimal reads "1 234,56" and "1.234,56" and "1,234.56" alike: the last sign
// is the decimal one when both occur. A lone comma is decimal, as in Russia.
func decimal(v string) (string, error) {
	if v == "" {
		return "", nil
	}
	s := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\'' {
			return -1
		}
		return r
	}, v)
	comma, dot := strings.LastIndexByte(s, ','), strings.LastIndexByte(s, '.')
	if comma > dot {
		s = strings.ReplaceAll(s, ".", "")
		s = strings.Replace(s, ",", ".", 1)
	} else if comma >= 0 {
		s = strings.ReplaceAll(s, ",", "")
	}
	if !plainDecimal.MatchString(s) {
		return v, errNotNumber
	}
	return s, nil
}

// dateLayout turns dd.mm.yyyy hh:mi:ss into the layout of package time.
func dateLayout(pattern string) (string, error) {
	p := strings.ToLower(pattern)
	for _, part := range []string{"yy", "mm", "dd"} {
		if !strings.Contains(p, part) {
			return "", fmt.Errorf("date pattern %q lacks %s", pattern, part)
		}
	}
	layout := strings.NewReplacer("yyyy", "2006", "yy", "06", "mm", "01", "dd", "02", "hh", "15", "mi", "04", "ss", "05").Replace(p)
	return layout, nil
}

// isoDate also takes values that are ISO dates already: cells of XLSX files
// styled as dates come so.
func isoDate(v, pattern string) (string, error) {
	layout, err := dateLayout(pattern)
	if err != nil {
		return "", err
	}
	for _, l := range []string{layout, "2006-01-02", "2006-01-02T15:04:05"} {
		t, err := time.Parse(l, v)
		if err != nil {
			continue
		}
		if strings.Contains(l, "15") && (t.Hour() != 0 || t.Minute() != 0 || t.Second() != 0) {
			return t.Format("2006-01-02T15:04:05"), nil
		}
		return t.Format("2006-01-02"), nil
	}
	return "", errors.New("not a date")
}

// inn restores the zero that Excel eats and warns of a wrong check digit.
// Partners abroad have numbers of other lengths: those pass without a word.
func (a *applying) inn(v string, r Rule) string {
	if v == "" || onlyDigits(v) != v {
		if v != "" {
			a.report(FieldError{Field: "inn", Column: firstColumn(r), Code: CodeBadINN, Value: v, Detail: "not only digits"})
		}
		return v
	}
	switch len(v) {
	case 9, 11:
		if ValidINN("0" + v) {
			a.report(FieldError{Field: "inn", Column: firstColumn(r), Code: CodeINNZero, Value: v, Detail: "read as 0" + v, Note: true})
			return "0" + v
		}
	case 10, 12:
		if !ValidINN(v) {
			a.report(FieldError{Field: "inn", Column: firstColumn(r), Code: CodeBadINN, Value: v, Detail: "wrong check digit"})
		}
	}
	return v
}

// ValidINN checks length, region and check digits of a Russian taxpayer number.
// Numbers of one repeated digit pass the arithmetic and are still refused.
func ValidINN(s string) bool {
	if onlyDigits(s) != s || len(s) < 2 || s[:2] == "00" || strings.Count(s, s[:1]) == len(s) {
		return false
	}
	switch len(s) {
	case 10:
		return checkDigit(s, 2, 4, 10, 3, 5, 9, 4, 6, 8)
	case 12:
		return checkDigit(s, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8) && checkDigit(s, 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
	}
	return false
}

// checkDigit compares the digit behind the weighted ones with their sum modulo 11 modulo 10.
func checkDigit(s string, weights ...int) bool {
	sum := 0
	for i, w := range weights {
		sum += w * int(s[i]-'0')
	}
	return sum%11%10 == int(s[len(weights)]-'0')
}

func (a *applying) phones(field string, rules []phoneRule) []Phone {
	var out []Phone
	for _, r := range rules {
		for _, raw := range splitPhones(a.text(field, r.Rule)) {
			p := Phone{Raw: raw, Region: r.Region}
			switch {
			case len(onlyDigits(raw)) < 5:
				a.report(FieldError{Field: field, Column: firstColumn(r.Rule), Code: CodeBadPhone, Value: raw})
			case !slices.Contains(out, p):
				out = append(out, p)
			}
		}
	}
	return out
}

// splitPhones parts several numbers of one cell. What has too few digits to be
// a number, such as "доб. 12", belongs to the number before it.
func splitPhones(cell string) []string {
	var out []string
	for _, part := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(",;\n\r", r) }) {
		part = squeeze(part)
		switch {
		case part == "":
		case len(out) > 0 && len(onlyDigits(part)) < 5:
			out[len(out)-1] += ", " + part
		default:
			out = append(out, part)
		}
	}
	return out
}

var emailShape = regexp.MustCompile(`^[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]+$`)

func (a *applying) emails(field string, rules []Rule) []string {
	var out []string
	for _, r := range rules {
		for _, part := range strings.FieldsFunc(a.text(field, r), func(c rune) bool {
			return unicode.IsSpace(c) || strings.ContainsRune(",;<>", c)
		}) {
			switch {
			case !emailShape.MatchString(part):
				a.report(FieldError{Field: field, Column: firstColumn(r), Code: CodeBadEmail, Value: part})
			case !slices.Contains(out, part):
				out = append(out, part)
			}
		}
	}
	return out
}

func (a *applying) person(rec *Record, field string, r personRule) {
	p := Person{FullName: a.text(field, r.FullName), Position: a.text(field, r.Position),
		Phones: a.phones(field+".phones", r.Phones), Emails: a.emails(field+".emails", r.Emails)}
	if p.FullName != "" {
		rec.Persons = append(rec.Persons, p)
		return
	}
	if p.Position != "" || p.Phones != nil || p.Emails != nil {
		// Without a name there is no person, but the ways to reach somebody stay.
		a.report(FieldError{Field: field + ".full_name", Column: firstColumn(r.FullName), Code: CodeRequired, Value: p.Position})
		rec.Phones = append(rec.Phones, p.Phones...)
		rec.Emails = append(rec.Emails, p.Emails...)
	}
}

func (a *applying) extra(rec *Record, m Mapping) {
	set := func(name, v string) {
		if v == "" {
			return
		}
		if rec.Extra == nil {
			rec.Extra = map[string]string{}
		}
		rec.Extra[name] = v
	}
	for _, name := range slices.Sorted(maps.Keys(m.doc.Extra)) {
		set(name, a.text("extra."+name, m.doc.Extra[name]))
	}
	if !m.doc.KeepUnmapped {
		return
	}
	for name, v := range a.row.Cells() {
		if !m.used[foldName(name)] {
			set(name, strings.TrimSpace(v))
		}
	}
}
