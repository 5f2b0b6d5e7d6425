package domain

import "time"

// ContactPoint is a way to reach somebody, and since when and until when it was the one to use.
type ContactPoint struct {
	Channel string     `json:"channel" enum:"phone,email,messenger,website,legal_address,actual_address,postal_address" doc:"What it is"`
	Value   string     `json:"value" doc:"Number in international form, address or account"`
	Raw     string     `json:"raw,omitempty" doc:"Number as it was written"`
	Ext     string     `json:"ext,omitempty" doc:"Extension"`
	Kind    string     `json:"kind,omitempty" doc:"Kind of number or messenger"`
	Note    string     `json:"note,omitempty" doc:"Remark"`
	Since   time.Time  `json:"since" doc:"Valid since"`
	Until   *time.Time `json:"until,omitempty" doc:"Valid until; absent while it is"`
}

// Same reports the same number or address, whatever is remarked of it.
func (p ContactPoint) Same(o ContactPoint) bool {
	return p.Channel == o.Channel && p.Value == o.Value && p.Ext == o.Ext
}

// Points are the ways to reach the counterparty, its addresses among them, as valid since the instant.
func (r CounterpartyRecord) Points(since time.Time) []ContactPoint {
	points := r.ContactDetails.Points(since)
	for _, a := range []struct{ channel, text string }{
		{"legal_address", r.LegalAddress}, {"actual_address", r.ActualAddress}, {"postal_address", r.PostalAddress},
	} {
		if a.text != "" {
			points = append(points, ContactPoint{Channel: a.channel, Value: a.text, Since: since})
		}
	}
	return points
}

// Points are the numbers and addresses as valid since the instant.
func (d ContactDetails) Points(since time.Time) []ContactPoint {
	points := []ContactPoint{}
	for _, p := range d.Phones {
		value := p.E164
		if value == "" {
			value = p.Raw
		}
		points = append(points, ContactPoint{Channel: "phone", Value: value, Raw: p.Raw, Ext: p.Ext, Kind: string(p.Kind), Note: p.Note, Since: since})
	}
	for _, m := range d.Emails {
		points = append(points, ContactPoint{Channel: "email", Value: m.Address, Note: m.Note, Since: since})
	}
	for _, m := range d.Messengers {
		points = append(points, ContactPoint{Channel: "messenger", Value: m.Account, Kind: string(m.Kind), Note: m.Note, Since: since})
	}
	for _, w := range d.Websites {
		points = append(points, ContactPoint{Channel: "website", Value: w, Since: since})
	}
	return points
}
