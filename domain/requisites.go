package domain

import (
	"regexp"
	"strconv"
	"strings"
)

// The state's numbers of a Russian organisation and their check digits. A number whose digits are all equal passes the
// arithmetic of an INN and is still refused, as is the region 00 that nobody has.

var (
	onlyDigits = regexp.MustCompile(`^\d+$`)
	kppShape   = regexp.MustCompile(`^\d{4}[0-9A-Z]{2}\d{3}$`)
)

// ValidINN checks a taxpayer number: 10 digits of an organisation or 12 of a person.
func ValidINN(s string) bool {
	if !onlyDigits.MatchString(s) || strings.HasPrefix(s, "00") || allEqual(s) {
		return false
	}
	switch len(s) {
	case 10:
		return controlDigit(s, 2, 4, 10, 3, 5, 9, 4, 6, 8)
	case 12:
		return controlDigit(s, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8) && controlDigit(s, 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
	}
	return false
}

// ValidKPP checks the shape of a registration reason code; it has no check digit, and its fifth and sixth signs may be
// capital letters.
func ValidKPP(s string) bool {
	return kppShape.MatchString(s) && !strings.HasPrefix(s, "00") && !allEqual(s)
}

// ValidOGRN checks the 13 digits of an organisation's register number or the 15 of a sole trader's.
func ValidOGRN(s string) bool {
	if !onlyDigits.MatchString(s) || allEqual(s) {
		return false
	}
	switch len(s) {
	case 13:
		return remainderDigit(s, 11)
	case 15:
		return remainderDigit(s, 13)
	}
	return false
}

// ValidBIK checks the nine digits of a Russian bank's code.
func ValidBIK(s string) bool { return len(s) == 9 && onlyDigits.MatchString(s) && !allEqual(s) }

// ValidAccount checks a settlement account against the bank that keeps it.
func ValidAccount(bik, account string) bool {
	return ValidBIK(bik) && accountKey(bik[6:], account)
}

// ValidCorrespondentAccount checks a bank's account with the central bank.
func ValidCorrespondentAccount(bik, account string) bool {
	return ValidBIK(bik) && accountKey("0"+bik[4:6], account)
}

// accountKey is the sum with the weights 7, 1, 3 over the bank's three digits and the twenty of the account.
func accountKey(bank, account string) bool {
	if len(account) != 20 || !onlyDigits.MatchString(account) {
		return false
	}
	sum := 0
	for i, r := range bank + account {
		sum += [3]int{7, 1, 3}[i%3] * int(r-'0') % 10
	}
	return sum%10 == 0
}

// controlDigit compares the digit behind the weighted ones with their sum modulo 11 modulo 10.
func controlDigit(s string, weights ...int) bool {
	sum := 0
	for i, w := range weights {
		sum += w * int(s[i]-'0')
	}
	return sum%11%10 == int(s[len(weights)]-'0')
}

// remainderDigit compares the last digit with the number before it modulo m modulo 10.
func remainderDigit(s string, m uint64) bool {
	last := len(s) - 1
	n, err := strconv.ParseUint(s[:last], 10, 64)
	return err == nil && n%m%10 == uint64(s[last]-'0')
}

func allEqual(s string) bool { return s != "" && strings.Count(s, s[:1]) == len(s) }

// CountryRussia is the country whose rules requisites are checked by; no country means the same.
const CountryRussia = "RU"

// Russian reports that the state's numbers follow Russian rules.
func (r CounterpartyRecord) Russian() bool { return r.Country == "" || r.Country == CountryRussia }

// RequisiteProblems names what is wrong with the state's numbers. Foreign counterparties have none: their numbers
// follow rules of their own.
func (r CounterpartyRecord) RequisiteProblems() []FieldError {
	if !r.Russian() {
		return nil
	}
	var v Invalid
	v.Check(r.INN == "" || ValidINN(r.INN), "inn", "inn", "is not a taxpayer number: its length, region or check digit is wrong")
	if r.INN != "" && ValidINN(r.INN) {
		v.Check((len(r.INN) == 10) == (r.Kind == KindOrganisation), "inn", "inn_length", "an organisation's number has 10 digits, a person's 12")
	}
	v.Check(r.KPP == "" || ValidKPP(r.KPP), "kpp", "kpp", "is not a registration reason code of nine signs")
	v.Check(r.KPP == "" || r.Kind == KindOrganisation, "kpp", "kpp_person", "only an organisation has a KPP")
	v.Check(r.KPP == "" || r.INN != "", "inn", "required", "a KPP needs an INN")
	v.Check(r.OGRN == "" || ValidOGRN(r.OGRN), "ogrn", "ogrn", "is not a register number: its length or check digit is wrong")
	if r.OGRN != "" && ValidOGRN(r.OGRN) {
		v.Check((len(r.OGRN) == 13) == (r.Kind == KindOrganisation), "ogrn", "ogrn_length", "an organisation's number has 13 digits, a sole trader's 15")
	}
	return v.fields
}

// RequisitesDoubtful reports numbers that cannot be right. Imported records keep them with this warning.
func (r CounterpartyRecord) RequisitesDoubtful() bool { return len(r.RequisiteProblems()) > 0 }

// RequisiteKey is what may belong to one counterparty only: country, INN and KPP. Empty when there is no number, or one
// that cannot be right: wrong numbers repeat in real lists and prove nothing.
func (r CounterpartyRecord) RequisiteKey() string {
	if len(r.INN) < 5 || allEqual(r.INN) {
		return ""
	}
	for _, p := range r.RequisiteProblems() {
		if p.Field == "inn" || p.Field == "kpp" {
			return ""
		}
	}
	country := r.Country
	if country == "" {
		country = CountryRussia
	}
	return country + "/" + r.INN + "/" + r.KPP
}
