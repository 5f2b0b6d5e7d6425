package projections

import (
	_ "embed"
	"slices"
	"time"

	"github.com/letopis-crm/letopis/domain"
)

// ClientRow is one counterparty: the columns of the list and its filters, and the card as JSON beside them.
type ClientRow struct {
	ID          domain.CounterpartyID     `json:"id"`
	Name        string                    `json:"name"`
	NormName    string                    `json:"norm_name"`
	Kind        domain.CounterpartyKind   `json:"kind"`
	State       domain.CounterpartyState  `json:"state"`
	Before      domain.CounterpartyState  `json:"state_before"`
	StateSince  time.Time                 `json:"state_since"`
	Country     string                    `json:"country"`
	INN         string                    `json:"inn"`
	KPP         string                    `json:"kpp"`
	Doubtful    bool                      `json:"requisites_doubtful"`
	Segment     string                    `json:"segment"`
	Region      string                    `json:"region"`
	Zone        string                    `json:"time_zone"`
	Responsible domain.EmployeeID         `json:"responsible_id"`
	Parent      domain.CounterpartyID     `json:"parent_id"`
	KeyAccount  bool                      `json:"key_account"`
	Roles       []domain.CounterpartyRole `json:"roles"`
	MergedInto  domain.CounterpartyID     `json:"merged_into"`
	Aliases     []domain.CounterpartyID   `json:"aliases"`
	// ExternalKeys are the numbers in other systems, without the systems.
	ExternalKeys []string   `json:"external_keys"`
	Card         ClientCard `json:"card"`
	Registered   time.Time  `json:"registered_at"`
	Changed      time.Time  `json:"changed_at"`
	Revision     int64      `json:"revision"`
}

// ClientCard is what only the card shows: one document, written and read as a whole.
type ClientCard struct {
	Record      domain.CounterpartyRecord  `json:"record"`
	RoleFacts   []RoleFact                 `json:"role_facts,omitempty"`
	Contacts    []domain.ContactPoint      `json:"contacts,omitempty"`
	Accounts    []domain.BankAccount       `json:"bank_accounts,omitempty"`
	Signatories []domain.Signatory         `json:"signatories,omitempty"`
	Consents    []ConsentFact              `json:"consents,omitempty"`
	External    []domain.ExternalReference `json:"external_ids,omitempty"`
}

// RoleFact is a role with the days it began and ended.
type RoleFact struct {
	Role  domain.CounterpartyRole `json:"role"`
	Since domain.Date             `json:"since,omitempty"`
	Until domain.Date             `json:"until,omitempty"`
}

// ConsentFact is a consent given, and when it was withdrawn.
type ConsentFact struct {
	domain.Consent
	GivenAt     time.Time  `json:"given_at"`
	WithdrawnAt *time.Time `json:"withdrawn_at,omitempty"`
}

// ClientAliasRow says for which counterparty a merged one stands today.
type ClientAliasRow struct {
	Alias    domain.CounterpartyID `json:"alias"`
	Survivor domain.CounterpartyID `json:"survivor"`
}

// ClientChangeRow is a step in the life of a client, for the growth of portfolios. The other columns are as they were
// after the step.
type ClientChangeRow struct {
	Position    int64                 `json:"position"`
	At          time.Time             `json:"at"`
	Client      domain.CounterpartyID `json:"client_id"`
	Step        string                `json:"step"`
	From        domain.EmployeeID     `json:"from_responsible_id"`
	Responsible domain.EmployeeID     `json:"responsible_id"`
	Segment     string                `json:"segment"`
	Region      string                `json:"region"`
}

var (
	clients       = NewTable[ClientRow]("client", "id")
	clientAliases = NewTable[ClientAliasRow]("client_alias", "alias")
	clientChanges = NewLog[ClientChangeRow]("client_change")
)

//go:embed clients.sql
var clientsSQL string

// Clients are the registers of counterparties and of contact persons, what they are found by, and the names under which
// merged ones go on.
var Clients = Projection{Name: "clients", Version: 1, Schema: clientsSQL, Handlers: slices.Concat(clientHandlers, personHandlers)}

var clientHandlers = []Handler{
	On(func(b *Batch, e Envelope[domain.CounterpartyWasRegistered]) {
		c := registeredClient(e)
		clients.Put(b, e.Key(), c)
		indexClient(b, &c)
		noteClient(b, e, &c, "registered", domain.EmployeeID{})
		if c.State == domain.CounterpartyActive {
			noteClient(b, e, &c, "active", c.Responsible)
		}
	}),
	onRecord(func(c *ClientRow, e Envelope[domain.CounterpartyDetailsWereChanged]) {
		c.Card.Record = c.Card.Record.With(e.Event.Changes)
	}),
	onRecord(func(c *ClientRow, e Envelope[domain.CounterpartyContactsWereChanged]) {
		c.Card.Record.ContactDetails = e.Event.To
	}),
	onClient(func(b *Batch, c *ClientRow, e Envelope[domain.CounterpartyBecameActive]) {
		moveClient(b, c, e, domain.CounterpartyActive)
	}),
	onClient(func(b *Batch, c *ClientRow, e Envelope[domain.CounterpartyBecameDormant]) {
		moveClient(b, c, e, domain.CounterpartyDormant)
	}),
	onClient(func(b *Batch, c *ClientRow, e Envelope[domain.CounterpartyWasClosed]) {
		moveClient(b, c, e, domain.CounterpartyClosed)
	}),
	onClient(func(b *Batch, c *ClientRow, e Envelope[domain.CounterpartyWasReopened]) {
		moveClient(b, c, e, e.Event.To)
	}),
	onClient(func(_ *Batch, c *ClientRow, e Envelope[domain.CounterpartyGotRole]) {
		c.Card.RoleFacts = append(c.Card.RoleFacts, RoleFact{Role: e.Event.Role, Since: e.Event.Since})
	}),
	onClient(func(_ *Batch, c *ClientRow, e Envelope[domain.CounterpartyLostRole]) {
		c.endRole(e.Event.Role, e.Event.Until)
	}),
	onClient(func(b *Batch, c *ClientRow, e Envelope[domain.CounterpartyWasEntrusted]) {
		c.Responsible = e.Event.To
		noteClient(b, e, c, "entrusted", e.Event.From)
	}),
	onClient(func(_ *Batch, c *ClientRow, e Envelope[domain.CounterpartyParentWasChanged]) { c.Parent = e.Event.To }),
	onClient(func(_ *Batch, c *ClientRow, _ Envelope[domain.CounterpartyBecameKey]) { c.KeyAccount = true }),
	onClient(func(_ *Batch, c *ClientRow, _ Envelope[domain.CounterpartyCeasedKey]) { c.KeyAccount = false }),
	onClient(func(_ *Batch, c *ClientRow, e Envelope[domain.CounterpartyAccountWasAdded]) {
		c.Card.Accounts = append(c.Card.Accounts, e.Event.BankAccount)
	}),
	onClient(func(_ *Batch, c *ClientRow, e Envelope[domain.CounterpartyAccountWasClosed]) {
		for i, a := range c.Card.Accounts {
			if a.BIK == e.Event.BIK && a.Account == e.Event.Account && a.Until == "" {
				c.Card.Accounts[i].Until = e.Event.Until
			}
		}
	}),
	onClient(func(_ *Batch, c *ClientRow, e Envelope[domain.CounterpartyGotSignatory]) {
		c.Card.Signatories = append(c.Card.Signatories, e.Event.Signatory)
	}),
	onClient(func(_ *Batch, c *ClientRow, e Envelope[domain.CounterpartyLostSignatory]) {
		c.Card.Signatories[e.Event.Number-1].ValidUntil = e.Event.Until
	}),
	onClient(func(_ *Batch, c *ClientRow, e Envelope[domain.CounterpartyWasIdentified]) {
		c.identify(e.Event.Source, e.Event.ExternalID)
	}),
	onClient(func(_ *Batch, c *ClientRow, e Envelope[domain.CounterpartyRowWasImported]) {
		c.identify(e.Event.Source, e.Event.ExternalID)
	}),
	onClient(func(_ *Batch, c *ClientRow, e Envelope[domain.CounterpartyGaveConsent]) {
		c.Card.Consents = append(c.Card.Consents, ConsentFact{Consent: e.Event.Consent, GivenAt: e.At()})
	}),
	onClient(func(_ *Batch, c *ClientRow, e Envelope[domain.CounterpartyWithdrewConsent]) {
		withdrawConsent(c.Card.Consents, e.Event.Consent, e.At())
	}),
	onClient(func(b *Batch, c *ClientRow, e Envelope[domain.CounterpartyWasMerged]) {
		c.Before, c.MergedInto = c.State, e.Event.Survivor
		moveClient(b, c, e, domain.CounterpartyMerged)
		renameAliases(b, domain.With(c.Aliases, c.ID), e.Event.Survivor)
		clients.Change(b, e.Event.Survivor.String(), func(s *ClientRow) {
			s.Aliases = slices.Concat(s.Aliases, c.Aliases, []domain.CounterpartyID{c.ID})
		})
	}),
	onClient(func(b *Batch, c *ClientRow, e Envelope[domain.CounterpartyWasUnmerged]) {
		clients.Change(b, c.MergedInto.String(), func(s *ClientRow) {
			s.Aliases = domain.Without(s.Aliases, func(id domain.CounterpartyID) bool { return id == c.ID || slices.Contains(c.Aliases, id) })
		})
		renameAliases(b, c.Aliases, c.ID)
		clientAliases.Delete(b, e.Key())
		c.State, c.StateSince, c.Before, c.MergedInto = c.Before, e.At(), "", domain.CounterpartyID{}
		noteClient(b, e, c, "unmerged", c.Responsible)
	}),
	onRecord(func(c *ClientRow, e Envelope[domain.CounterpartyWasJoined]) {
		c.Card.Record = c.Card.Record.With(e.Event.Changes)
		c.Card.Record.ContactDetails = c.Card.Record.Plus(e.Event.Contacts)
		for _, role := range e.Event.Roles {
			c.Card.RoleFacts = append(c.Card.RoleFacts, RoleFact{Role: role})
		}
	}),
	onRecord(func(c *ClientRow, e Envelope[domain.CounterpartyWasParted]) {
		c.Card.Record = c.Card.Record.With(e.Event.Changes)
		c.Card.Record.ContactDetails = c.Card.Record.Minus(e.Event.Contacts)
		for _, role := range e.Event.Roles {
			c.endRole(role, "")
		}
	}),
}

// onClient changes the counterparty's row.
func onClient[E any](change func(b *Batch, c *ClientRow, e Envelope[E])) Handler {
	return On(func(b *Batch, e Envelope[E]) {
		clients.Change(b, e.Key(), func(c *ClientRow) {
			change(b, c, e)
			c.Changed, c.Revision = e.Meta.RecordedAt, int64(e.Revision)
			c.deriveRoles()
		})
	})
}

// onRecord changes what is known of the counterparty, and so what it is found by.
func onRecord[E any](change func(c *ClientRow, e Envelope[E])) Handler {
	return onClient(func(b *Batch, c *ClientRow, e Envelope[E]) {
		before := c.Card.Record.Points(c.Registered)
		change(c, e)
		c.deriveRecord()
		c.Card.Contacts = follow(c.Card.Contacts, before, c.Card.Record.Points(e.At()), e.At())
		indexClient(b, c)
	})
}

func registeredClient(e Envelope[domain.CounterpartyWasRegistered]) ClientRow {
	r := e.Event
	c := ClientRow{ID: r.ID, State: r.State, StateSince: e.At(), Responsible: r.Responsible, Parent: r.Parent, KeyAccount: r.KeyAccount,
		Card: ClientCard{Record: r.CounterpartyRecord}, Registered: e.At(), Changed: e.Meta.RecordedAt, Revision: int64(e.Revision)}
	for _, role := range r.Roles {
		c.Card.RoleFacts = append(c.Card.RoleFacts, RoleFact{Role: role, Since: r.Since})
	}
	if r.Import != nil {
		c.identify(r.Import.Source, r.Import.ExternalID)
	}
	c.deriveRecord()
	c.deriveRoles()
	return c
}

// deriveRecord sets the columns that follow from the record.
func (c *ClientRow) deriveRecord() {
	r := c.Card.Record
	if name := r.Name(); name != c.Name {
		c.Name, c.NormName = name, domain.NormalName(name)
	}
	c.Kind, c.Country, c.INN, c.KPP, c.Doubtful = r.Kind, r.Country, r.INN, r.KPP, r.RequisitesDoubtful()
	c.Segment, c.Region, c.Zone = r.Segment, r.Region, r.TimeZone
}

// deriveRoles sets the roles that have not ended.
func (c *ClientRow) deriveRoles() {
	c.Roles = c.Roles[:0:0]
	for _, f := range c.Card.RoleFacts {
		if f.Until == "" && !slices.Contains(c.Roles, f.Role) {
			c.Roles = append(c.Roles, f.Role)
		}
	}
}

func (c *ClientRow) endRole(role domain.CounterpartyRole, until domain.Date) {
	open := func(f RoleFact) bool { return f.Role == role && f.Until == "" }
	if until == "" {
		c.Card.RoleFacts = domain.Without(c.Card.RoleFacts, open)
		return
	}
	for i, f := range c.Card.RoleFacts {
		if open(f) {
			c.Card.RoleFacts[i].Until = until
		}
	}
}

func (c *ClientRow) identify(source, id string) {
	if x := (domain.ExternalReference{Source: source, ExternalID: id}); !slices.Contains(c.Card.External, x) {
		c.Card.External = append(c.Card.External, x)
		c.ExternalKeys = append(c.ExternalKeys, id)
	}
}

func moveClient[E any](b *Batch, c *ClientRow, e Envelope[E], to domain.CounterpartyState) {
	c.State, c.StateSince = to, e.At()
	noteClient(b, e, c, string(to), c.Responsible)
}

func noteClient[E any](b *Batch, e Envelope[E], c *ClientRow, step string, from domain.EmployeeID) {
	clientChanges.Add(b, ClientChangeRow{Position: int64(e.Position), At: e.At(), Client: c.ID, Step: step, From: from,
		Responsible: c.Responsible, Segment: c.Segment, Region: c.Region})
}

// renameAliases makes the names stand for the survivor.
func renameAliases(b *Batch, names []domain.CounterpartyID, survivor domain.CounterpartyID) {
	for _, id := range names {
		clientAliases.Put(b, id.String(), ClientAliasRow{Alias: id, Survivor: survivor})
	}
}

func withdrawConsent(given []ConsentFact, k domain.Consent, at time.Time) {
	for i, f := range given {
		if f.Channel == k.Channel && f.Scope == k.Scope && f.WithdrawnAt == nil {
			given[i].WithdrawnAt = &at
		}
	}
}

// follow ends the ways to reach somebody that are gone and begins the new ones. As long as nothing changed there is no
// list: the ways follow from the record, all valid since the registration.
func follow(known, before, now []domain.ContactPoint, at time.Time) []domain.ContactPoint {
	if known == nil {
		if slices.EqualFunc(before, now, domain.ContactPoint.Same) {
			return nil
		}
		known = before
	}
	for i, k := range known {
		if k.Until == nil && !slices.ContainsFunc(now, k.Same) {
			known[i].Until = &at
		}
	}
	for _, n := range now {
		i := slices.IndexFunc(known, func(k domain.ContactPoint) bool { return k.Until == nil && k.Same(n) })
		if i < 0 {
			n.Since = at
			known = append(known, n)
			continue
		}
		n.Since = known[i].Since
		known[i] = n
	}
	return known
}
