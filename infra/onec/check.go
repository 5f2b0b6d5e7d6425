package onec

import (
	"fmt"
	"regexp"
	"strings"
)

var kppShape = regexp.MustCompile(`^\d{4}[0-9A-Z]{2}\d{3}$`)

// check reports what looks wrong. Nothing is dropped for it: partners abroad
// have other numbers, and a person will look at the list.
func (r *Reader) check(c *Counterparty) {
	report := func(field string, code Code, value, detail string) {
		c.Problems = append(c.Problems, Problem{File: r.file, Line: c.Line, ID: c.ID, Field: field, Code: code, Value: value, Detail: detail})
	}
	if c.ID == "" {
		report("Ид", CodeNoID, "", "")
	} else if line, known := r.seen[c.ID]; known {
		report("Ид", CodeDupID, c.ID, fmt.Sprintf("first on line %d", line))
	} else if len(r.seen) < maxIDs {
		r.seen[c.ID] = c.Line
	}
	if c.Name == "" && c.FullName == "" {
		report("Наименование", CodeNoName, "", "")
	}
	if c.Kind == Unknown {
		report("ОфициальноеНаименование", CodeKindUnsure, "", "neither a legal entity's nor a person's name tag")
	}
	if !plausibleINN(c.INN) {
		report("ИНН", CodeBadINN, c.INN, "")
	}
	if c.KPP != "" && !kppShape.MatchString(c.KPP) {
		report("КПП", CodeBadKPP, c.KPP, "")
	}
	if !plausibleOGRN(c.OGRN) {
		report("ОГРН", CodeBadOGRN, c.OGRN, "")
	}
	for _, contact := range c.Contacts {
		if contact.Value == "" {
			report("Контакт", CodeNoValue, contact.Type, "")
		}
	}
}

// maxIDs bounds the memory of repeated ids; beyond it repeats go unnoticed
// here, and the importer meets them.
const maxIDs = 1 << 20

// plausibleINN takes an empty number, and checks the digits of Russian ones.
func plausibleINN(s string) bool {
	switch {
	case s == "":
		return true
	case !allDigits(s) || strings.HasPrefix(s, "00") || strings.Count(s, s[:1]) == len(s):
		return false
	case len(s) == 10:
		return weighted(s, 2, 4, 10, 3, 5, 9, 4, 6, 8)
	case len(s) == 12:
		return weighted(s, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8) && weighted(s, 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
	default:
		return false
	}
}

// weighted compares the digit behind the weighted ones with their sum modulo 11 modulo 10.
func weighted(s string, weights ...int) bool {
	sum := 0
	for i, w := range weights {
		sum += w * int(s[i]-'0')
	}
	return sum%11%10 == int(s[len(weights)]-'0')
}

// plausibleOGRN takes an empty number, and checks the last digit: the number
// before it modulo 11 for 13 digits, modulo 13 for the 15 of an entrepreneur.
func plausibleOGRN(s string) bool {
	if s == "" {
		return true
	}
	if !allDigits(s) || len(s) != 13 && len(s) != 15 {
		return false
	}
	rest, modulus := 0, len(s)-2
	for _, d := range s[:len(s)-1] {
		rest = (rest*10 + int(d-'0')) % modulus
	}
	return rest%10 == int(s[len(s)-1]-'0')
}

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
