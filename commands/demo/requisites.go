package demo

import (
	"fmt"
	"strconv"

	"github.com/letopis-crm/letopis/domain"
)

// Requisites have right check digits and belong to tax offices that do not exist.

// inn10 is an organisation's taxpayer number.
func inn10(taxOffice string, n int) string {
	return completed(fmt.Sprintf("%s%05d", taxOffice, n), "", 1, domain.ValidINN)
}

// inn12 is a person's taxpayer number.
func inn12(taxOffice string, n int) string {
	return completed(fmt.Sprintf("%s%06d", taxOffice, n), "", 2, domain.ValidINN)
}

// ogrn13 is an organisation's register number.
func ogrn13(taxRegion string, year, n int) string {
	return completed(fmt.Sprintf("1%02d%s99%05d", year%100, taxRegion, n), "", 1, domain.ValidOGRN)
}

// ogrn15 is a sole trader's register number.
func ogrn15(taxRegion string, year, n int) string {
	return completed(fmt.Sprintf("3%02d%s99%07d", year%100, taxRegion, n), "", 1, domain.ValidOGRN)
}

const (
	fictionalBIK  = "049999901"
	fictionalBank = "АО «Банк Тридесятый»"
)

// account is a settlement account with the fictional bank.
func account(n int) string {
	return completed("40702810", fmt.Sprintf("0000%07d", n), 1, func(s string) bool { return domain.ValidAccount(fictionalBIK, s) })
}

func correspondentAccount() string {
	return completed("30101810", "00000000901", 1, func(s string) bool { return domain.ValidCorrespondentAccount(fictionalBIK, s) })
}

// completed puts the check digits between both parts.
func completed(head, tail string, digits int, valid func(string) bool) string {
	format := "%0" + strconv.Itoa(digits) + "d"
	for d := range 100 {
		if s := head + fmt.Sprintf(format, d) + tail; valid(s) {
			return s
		}
	}
	return ""
}

// phone is a number of the range that the demo company's world has.
func phone(n int) string {
	n %= 10_000
	return fmt.Sprintf("+7 900 000-%02d-%02d", n/100, n%100)
}
