package domain

import (
	"slices"
	"strings"
)

// ImportedRow is a counterparty as another system's list describes it.
type ImportedRow struct {
	RowOrigin
	Record   CounterpartyRecord
	Roles    []CounterpartyRole
	Accounts []BankAccount
	State    CounterpartyState // of a new counterparty; prospect when empty
}

// Import takes a row of another system. The same row again changes nothing, whatever people did meanwhile. A row that
// changed brings in what changed in it since the last time, and nothing else: corrections made here stay, unless the
// other system says something new about that very field. A field that the row no longer has is emptied only if nobody
// has corrected it here. A row seen for the first time fills what is still empty. Numbers that cannot be right are
// kept: see RequisitesDoubtful.
func (c Counterparty) Import(self CounterpartyID, row ImportedRow) ([]Event[Counterparty], error) {
	row.Record = row.Record.normal()
	row.Record.setUnreadableApart()
	var v Invalid
	v.Require("source", row.Source)
	v.Require("external_id", row.ExternalID)
	v.Require("row_hash", row.RowHash)
	row.Record.check(&v)
	checkRoles(&v, row.Roles)
	if err := v.Err(); err != nil {
		return nil, err
	}
	if c.State == "" {
		return c.importNew(self, row)
	}
	if err := c.Present(); err != nil {
		return nil, err
	}
	var last *CounterpartyRecord
	if i := c.external(row.Source, row.ExternalID); i >= 0 && c.External[i].Hash != "" {
		if c.External[i].Hash == row.RowHash {
			return nil, nil
		}
		last = &c.External[i].Record
	}
	return c.importAgain(row, last)
}

func (c Counterparty) importNew(self CounterpartyID, row ImportedRow) ([]Event[Counterparty], error) {
	state := CounterpartyProspect
	if row.State == CounterpartyActive {
		state = row.State
	}
	events := []Event[Counterparty]{CounterpartyWasRegistered{
		ID: self, CounterpartyRecord: row.Record, State: state, Roles: row.Roles, Import: &row.RowOrigin,
	}}
	return append(events, c.newAccounts(row.Accounts)...), nil
}

func (c Counterparty) importAgain(row ImportedRow, last *CounterpartyRecord) ([]Event[Counterparty], error) {
	var events []Event[Counterparty]
	if changes := c.Record.news(row.Record, last); len(changes) > 0 {
		events = append(events, CounterpartyDetailsWereChanged{Changes: changes})
	}
	contacts := c.Record.Plus(row.Record.ContactDetails)
	if last != nil {
		gone := last.Minus(row.Record.ContactDetails)
		contacts = c.Record.Minus(gone).Plus(row.Record.Minus(last.ContactDetails))
	}
	if !contacts.equal(c.Record.ContactDetails) {
		events = append(events, CounterpartyContactsWereChanged{From: c.Record.ContactDetails, To: contacts})
	}
	for _, role := range row.Roles {
		if !slices.ContainsFunc(c.Roles, func(p RolePeriod) bool { return p.Role == role }) {
			events = append(events, CounterpartyGotRole{Role: role, Since: row.Record.Since})
		}
	}
	events = append(events, c.newAccounts(row.Accounts)...)
	return append(events, CounterpartyRowWasImported{RowOrigin: row.RowOrigin, Record: row.Record}), nil
}

func (c Counterparty) newAccounts(accounts []BankAccount) []Event[Counterparty] {
	var events []Event[Counterparty]
	for _, a := range accounts {
		a = a.normal()
		known := slices.ContainsFunc(c.Accounts, func(b BankAccount) bool { return b.BIK == a.BIK && b.Account == a.Account })
		if a.Account != "" && !known {
			events = append(events, CounterpartyAccountWasAdded{a})
		}
	}
	return events
}

// news are the changes that a row brings to the record. last is what the row was before, nil the first time.
func (r CounterpartyRecord) news(row CounterpartyRecord, last *CounterpartyRecord) []FieldChange {
	var changes []FieldChange
	for _, name := range r.fields(row) {
		now, said := r.text(name), row.text(name)
		switch {
		case now == said:
			continue
		case last == nil && (now != "" || said == ""):
			continue
		case last != nil && said == last.text(name):
			continue
		case last != nil && said == "" && now != last.text(name):
			continue
		}
		changes = append(changes, FieldChange{Field: name, From: now, To: said})
	}
	return changes
}

// setUnreadableApart keeps what cannot be an e-mail address as a remark of the list instead of losing it, and leaves
// out a country, zone or day that is none.
func (r *CounterpartyRecord) setUnreadableApart() {
	var odd []string
	r.Emails = Without(r.Emails, func(e Email) bool {
		if emailShape.MatchString(e.Address) {
			return false
		}
		odd = append(odd, e.Address)
		return true
	})
	if len(r.Emails) == 0 {
		r.Emails = nil
	}
	apart := map[string]*string{"country": &r.Country, "time_zone": &r.TimeZone, "since": (*string)(&r.Since)}
	good := map[string]bool{"country": countryShape.MatchString(r.Country), "time_zone": isZone(r.TimeZone), "since": r.Since.Valid()}
	set := func(name, text string) {
		if text == "" {
			return
		}
		if r.Extra == nil {
			r.Extra = map[string]string{}
		}
		r.Extra[name] = text
	}
	set("emails", strings.Join(odd, ", "))
	for name, text := range apart {
		if !good[name] {
			set(name, *text)
			*text = ""
		}
	}
}
