package projections

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// SearchRow is what a counterparty or a person is found by. Phones hold each number in international form and by its
// last ten digits; emails are in lower case.
type SearchRow struct {
	ID     string                `json:"id"`
	Entity string                `json:"entity"`
	Target uuid.UUID             `json:"target"`
	Client domain.CounterpartyID `json:"client_id"`
	Title  string                `json:"title"`
	Norm   string                `json:"norm"`
	INN    string                `json:"inn"`
	Phones []string              `json:"phones"`
	Emails []string              `json:"emails"`
}

var searchEntries = NewTable[SearchRow]("search_entry", "id")

func indexClient(b *Batch, c *ClientRow) {
	norm := c.NormName
	if full := c.Card.Record.LegalName; full != c.Name {
		norm += " | " + domain.NormalName(full)
	}
	indexed(b, SearchRow{Entity: "client", Target: c.ID.UUID(), Client: c.ID, Title: c.Name, Norm: norm, INN: c.INN}, c.Card.Record.ContactDetails)
}

func indexPerson(b *Batch, p *PersonRow) {
	indexed(b, SearchRow{Entity: "person", Target: p.ID.UUID(), Client: p.ClientID, Title: p.FullName, Norm: p.NormName}, p.Card.Reach)
}

func indexed(b *Batch, row SearchRow, d domain.ContactDetails) {
	row.ID = row.Entity + "/" + row.Target.String()
	for _, p := range d.Phones {
		row.Phones = appendOnce(row.Phones, domain.PhoneKeys(p)...)
	}
	for _, m := range d.Emails {
		row.Emails = appendOnce(row.Emails, strings.ToLower(m.Address))
	}
	searchEntries.Put(b, row.ID, row)
}

func appendOnce(list []string, values ...string) []string {
	for _, v := range values {
		if v != "" && !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	return list
}
