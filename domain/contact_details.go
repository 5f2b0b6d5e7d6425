package domain

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// ContactDetails are the ways to reach somebody.
type ContactDetails struct {
	Phones     []Phone     `json:"phones,omitempty" doc:"Phone numbers"`
	Emails     []Email     `json:"emails,omitempty" doc:"E-mail addresses"`
	Messengers []Messenger `json:"messengers,omitempty" doc:"Accounts in messengers"`
	Websites   []string    `json:"websites,omitempty" pii:"contact" doc:"Web sites"`
}

// Phone is a number as it was written and as it is dialled. E164 is empty where the writing cannot be understood: the
// writing is kept all the same.
type Phone struct {
	Raw  string    `json:"raw" pii:"contact" doc:"As it was written"`
	E164 string    `json:"e164,omitempty" pii:"contact" doc:"International form, +79161234567"`
	Ext  string    `json:"ext,omitempty" pii:"contact" doc:"Extension"`
	Kind PhoneKind `json:"kind,omitempty" enum:"work,mobile,home,fax,other" doc:"Kind of number"`
	Note string    `json:"note,omitempty" pii:"contact" doc:"Remark, such as the hours it is answered"`
}

// PhoneKind is what a number is for.
type PhoneKind string

// The kinds of numbers.
const (
	PhoneWork   PhoneKind = "work"
	PhoneMobile PhoneKind = "mobile"
	PhoneHome   PhoneKind = "home"
	PhoneFax    PhoneKind = "fax"
	PhoneOther  PhoneKind = "other"
)

// Email is an address in lower case.
type Email struct {
	Address string `json:"address" pii:"contact" maxLength:"254" doc:"Address in lower case"`
	Note    string `json:"note,omitempty" pii:"contact" maxLength:"500" doc:"Remark, such as what it is for"`
}

// Messenger is an account in a messenger.
type Messenger struct {
	Kind    MessengerKind `json:"kind" enum:"telegram,whatsapp,viber,vk,max,skype,other" doc:"Which messenger"`
	Account string        `json:"account" pii:"contact" minLength:"1" maxLength:"200" doc:"Name, number or link"`
	Note    string        `json:"note,omitempty" pii:"contact" maxLength:"500" doc:"Remark"`
}

// MessengerKind names a messenger.
type MessengerKind string

var (
	messengerKinds = []MessengerKind{"telegram", "whatsapp", "viber", "vk", "max", "skype", "other"}
	phoneKinds     = []PhoneKind{"", PhoneWork, PhoneMobile, PhoneHome, PhoneFax, PhoneOther}
	e164Shape      = regexp.MustCompile(`^\+[1-9]\d{6,14}$`)
	dialled        = regexp.MustCompile(`\d\D*\d`)
	emailShape     = regexp.MustCompile(`^[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]+$`)
)

// NormalEmail is the form in which e-mail addresses are compared.
func NormalEmail(address string) string { return strings.ToLower(strings.TrimSpace(address)) }

// key is the number as people compare it: the dialled form, else the digits as written, with the extension.
func (p Phone) key() string {
	if p.E164 != "" {
		return p.E164 + "#" + p.Ext
	}
	return strings.TrimSpace(p.Raw) + "#" + p.Ext
}

// normal puts addresses in lower case and leaves out what is written twice.
func (d ContactDetails) normal() ContactDetails {
	emails := make([]Email, 0, len(d.Emails))
	for _, e := range d.Emails {
		e.Address = NormalEmail(e.Address)
		emails = append(emails, e)
	}
	return ContactDetails{
		Phones:     once(d.Phones, Phone.key),
		Emails:     once(emails, func(e Email) string { return e.Address }),
		Messengers: once(d.Messengers, func(m Messenger) string { return string(m.Kind) + strings.ToLower(m.Account) }),
		Websites:   once(d.Websites, strings.ToLower),
	}
}

// once keeps the first of each key; nil for none, so that equal details are equal values.
func once[T any](list []T, key func(T) string) []T {
	var kept []T
	seen := map[string]bool{}
	for _, x := range list {
		if k := key(x); k != "" && !seen[k] {
			seen[k] = true
			kept = append(kept, x)
		}
	}
	return kept
}

func (d ContactDetails) check(v *Invalid) {
	for i, p := range d.Phones {
		v.Require("phones["+strconv.Itoa(i)+"].raw", p.Raw)
		v.Check(p.E164 == "" || e164Shape.MatchString(p.E164), "phones["+strconv.Itoa(i)+"].e164", "e164", "is not an international number")
		v.Check(slices.Contains(phoneKinds, p.Kind), "phones["+strconv.Itoa(i)+"].kind", "enum", "is not a kind of phone")
	}
	for i, e := range d.Emails {
		v.Check(emailShape.MatchString(e.Address), "emails["+strconv.Itoa(i)+"].address", "email", "is not an e-mail address")
	}
	for i, m := range d.Messengers {
		v.Require("messengers["+strconv.Itoa(i)+"].account", m.Account)
		v.Check(slices.Contains(messengerKinds, m.Kind), "messengers["+strconv.Itoa(i)+"].kind", "enum", "is not a known messenger")
	}
}

// checkDialled refuses numbers without any digits to dial. Lists have such, and what came with one stays.
func (d ContactDetails) checkDialled(v *Invalid, before ContactDetails) {
	for i, p := range d.Phones {
		ok := p.E164 != "" || dialled.MatchString(p.Raw) || slices.Contains(before.Phones, p)
		v.Check(ok, "phones["+strconv.Itoa(i)+"].raw", "phone", "has no number in it")
	}
}

func (d ContactDetails) equal(o ContactDetails) bool {
	return slices.Equal(d.Phones, o.Phones) && slices.Equal(d.Emails, o.Emails) &&
		slices.Equal(d.Messengers, o.Messengers) && slices.Equal(d.Websites, o.Websites)
}

// Plus is the union; what is there already stays as it is.
func (d ContactDetails) Plus(o ContactDetails) ContactDetails {
	return ContactDetails{
		Phones: With(d.Phones, o.Phones...), Emails: With(d.Emails, o.Emails...),
		Messengers: With(d.Messengers, o.Messengers...), Websites: With(d.Websites, o.Websites...),
	}.normal()
}

// Minus leaves out what o has.
func (d ContactDetails) Minus(o ContactDetails) ContactDetails {
	return ContactDetails{
		Phones:     without(d.Phones, o.Phones, Phone.key),
		Emails:     without(d.Emails, o.Emails, func(e Email) string { return NormalEmail(e.Address) }),
		Messengers: without(d.Messengers, o.Messengers, func(m Messenger) string { return string(m.Kind) + strings.ToLower(m.Account) }),
		Websites:   without(d.Websites, o.Websites, strings.ToLower),
	}.normal()
}

func without[T any](list, unwanted []T, key func(T) string) []T {
	return Without(list, func(x T) bool {
		return slices.ContainsFunc(unwanted, func(u T) bool { return key(u) == key(x) })
	})
}

// PhoneKeys are the forms under which a number is looked up: international, then the last ten digits for those who call
// without the country.
func PhoneKeys(p Phone) []string {
	written := p.E164
	if written == "" {
		written = p.Raw
	}
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, written)
	var keys []string
	if p.E164 != "" {
		keys = append(keys, p.E164)
	}
	if len(digits) >= lastDigits {
		keys = append(keys, digits[len(digits)-lastDigits:])
	}
	return keys
}

const lastDigits = 10

// ReachKey names a number or address whoever has it, for what is known of the number itself; "" for other channels.
func ReachKey(channel, value string) string {
	switch channel {
	case "phone":
		if keys := PhoneKeys(Phone{Raw: value}); len(keys) > 0 {
			return "phone/" + keys[0]
		}
	case "email":
		if address := NormalEmail(value); address != "" {
			return "email/" + address
		}
	}
	return ""
}
