package commands

import (
	"regexp"
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"github.com/letopis-crm/letopis/domain"
)

// ReadPhone understands a number as people write it, by the numbering plan of a country (Russia when empty). What
// follows the number, such as "многоканальный", becomes the note. The writing is always kept; E164 stays empty where
// it cannot be understood or lacks the city code.
func ReadPhone(raw, country string) domain.Phone {
	if country == "" {
		country = domain.CountryRussia
	}
	raw = strings.TrimSpace(raw)
	phone := domain.Phone{Raw: raw}
	number, err := phonenumbers.Parse(raw, country)
	if err != nil {
		head, note := cutNote(raw)
		if number, err = phonenumbers.Parse(head, country); err != nil {
			return phone
		}
		phone.Note = note
	}
	if !phonenumbers.IsValidNumber(number) {
		return phone
	}
	phone.E164 = phonenumbers.Format(number, phonenumbers.E164)
	phone.Ext = number.GetExtension()
	if phonenumbers.GetNumberType(number) == phonenumbers.MOBILE {
		phone.Kind = domain.PhoneMobile
	}
	return phone
}

var leadingNumber = regexp.MustCompile(`^\D{0,3}\d[\d\s().–—-]*\d`)

// cutNote parts the number from the words behind it.
func cutNote(raw string) (head, note string) {
	head = leadingNumber.FindString(raw)
	return head, strings.Trim(strings.TrimPrefix(raw, head), " ,;()")
}

// readContacts understands the phones that have no international form yet; what the caller said of a number stays.
func readContacts(d domain.ContactDetails, country string) domain.ContactDetails {
	d.Phones = slices.Clone(d.Phones)
	for i, said := range d.Phones {
		if said.E164 != "" {
			continue
		}
		read := ReadPhone(said.Raw, country)
		if said.Ext != "" {
			read.Ext = said.Ext
		}
		if said.Kind != "" {
			read.Kind = said.Kind
		}
		if said.Note != "" {
			read.Note = said.Note
		}
		d.Phones[i] = read
	}
	return d
}
