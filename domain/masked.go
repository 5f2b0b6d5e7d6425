package domain

import (
	"regexp"
	"strings"
)

// mask stands for what is not shown.
const mask = "•••"

// MaskNumber leaves of a number its last two signs: enough to tell two apart, too little to dial.
func MaskNumber(number string) string {
	signs := []rune(strings.TrimSpace(number))
	if len(signs) < 5 {
		return mask
	}
	return mask + string(signs[len(signs)-2:])
}

// MaskAddress leaves of an e-mail address its first letter and the place it is at.
func MaskAddress(address string) string {
	name, place, found := strings.Cut(address, "@")
	if !found || name == "" {
		return mask
	}
	return string([]rune(name)[:1]) + mask + "@" + place
}

var (
	addressInText = regexp.MustCompile(`[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+`)
	dayInText     = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2}|\d{2}\.\d{2}\.\d{4})`)
	numberInText  = regexp.MustCompile(`\+?\d[\d\s().-]{5,}\d`)
)

// MaskText masks the numbers and addresses in a sentence; days stay.
func MaskText(text string) string {
	return numberInText.ReplaceAllStringFunc(addressInText.ReplaceAllStringFunc(text, MaskAddress), func(number string) string {
		if dayInText.MatchString(number) {
			return number
		}
		return MaskNumber(number)
	})
}

// Masked are the same ways to reach somebody for who may know only that there are such. Web sites are public.
func (d ContactDetails) Masked() ContactDetails {
	m := ContactDetails{Websites: d.Websites}
	for _, p := range d.Phones {
		m.Phones = append(m.Phones, Phone{Raw: MaskNumber(p.Raw), Kind: p.Kind})
	}
	for _, e := range d.Emails {
		m.Emails = append(m.Emails, Email{Address: MaskAddress(e.Address)})
	}
	for _, a := range d.Messengers {
		m.Messengers = append(m.Messengers, Messenger{Kind: a.Kind, Account: mask})
	}
	return m
}

// Masked is the same way to reach somebody for who may know only that there is one.
func (p ContactPoint) Masked() ContactPoint {
	switch p.Channel {
	case "phone":
		p.Value, p.Raw, p.Ext, p.Note = MaskNumber(p.Value), "", "", ""
	case "email":
		p.Value, p.Note = MaskAddress(p.Value), ""
	case "messenger":
		p.Value, p.Note = mask, ""
	}
	return p
}
