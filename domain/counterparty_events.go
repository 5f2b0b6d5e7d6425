package domain

import "slices"

// Counterparties are the streams "counterparty-<id>".
var Counterparties = NewCategory("counterparty",
	Type[CounterpartyWasRegistered]("counterparty.registered"),
	Type[CounterpartyDetailsWereChanged]("counterparty.details_changed"),
	Type[CounterpartyContactsWereChanged]("counterparty.contacts_changed"),
	Type[CounterpartyBecameActive]("counterparty.activated"),
	Type[CounterpartyBecameDormant]("counterparty.became_dormant"),
	Type[CounterpartyWasClosed]("counterparty.closed"),
	Type[CounterpartyWasReopened]("counterparty.reopened"),
	Type[CounterpartyGotRole]("counterparty.role_added"),
	Type[CounterpartyLostRole]("counterparty.role_removed"),
	Type[CounterpartyWasEntrusted]("counterparty.responsible_changed"),
	Type[CounterpartyParentWasChanged]("counterparty.parent_changed"),
	Type[CounterpartyBecameKey]("counterparty.marked_as_key"),
	Type[CounterpartyCeasedKey]("counterparty.unmarked_as_key"),
	Type[CounterpartyAccountWasAdded]("counterparty.bank_account_added"),
	Type[CounterpartyAccountWasClosed]("counterparty.bank_account_closed"),
	Type[CounterpartyGotSignatory]("counterparty.signatory_added"),
	Type[CounterpartyLostSignatory]("counterparty.signatory_withdrawn"),
	Type[CounterpartyWasIdentified]("counterparty.external_id_added"),
	Type[CounterpartyRowWasImported]("counterparty.row_imported"),
	Type[CounterpartyGaveConsent]("counterparty.consent_given"),
	Type[CounterpartyWithdrewConsent]("counterparty.consent_withdrawn"),
	Type[CounterpartyWasMerged]("counterparty.merged_into"),
	Type[CounterpartyWasUnmerged]("counterparty.unmerged"),
	Type[CounterpartyWasJoined]("counterparty.absorbed"),
	Type[CounterpartyWasParted]("counterparty.released"),
)

// CounterpartyWasRegistered enters a counterparty. Import tells which row of which list it came from.
type CounterpartyWasRegistered struct {
	ID CounterpartyID `json:"counterparty_id"`
	CounterpartyRecord
	State       CounterpartyState  `json:"state"`
	Roles       []CounterpartyRole `json:"roles,omitempty"`
	Responsible EmployeeID         `json:"responsible_employee_id,omitzero"`
	Parent      CounterpartyID     `json:"parent_counterparty_id,omitzero"`
	KeyAccount  bool               `json:"key_account,omitempty"`
	Import      *RowOrigin         `json:"import,omitempty"`
}

// RowOrigin names a row of another system's list and its digest.
type RowOrigin struct {
	Source     string `json:"source" public:""`
	ExternalID string `json:"external_id" public:""`
	RowHash    string `json:"row_hash" public:""`
}

// CounterpartyDetailsWereChanged corrects fields, from what to what.
type CounterpartyDetailsWereChanged struct {
	Changes []FieldChange `json:"changes"`
}

// CounterpartyContactsWereChanged replaces the ways to reach the counterparty.
type CounterpartyContactsWereChanged struct {
	From ContactDetails `json:"from"`
	To   ContactDetails `json:"to"`
}

// CounterpartyBecameActive begins business.
type CounterpartyBecameActive struct {
	Reason string `json:"reason,omitempty" pii:"counterparty"`
}

// CounterpartyBecameDormant records that business has gone quiet.
type CounterpartyBecameDormant struct {
	Reason string `json:"reason,omitempty" pii:"counterparty"`
}

// CounterpartyWasClosed ends the relationship.
type CounterpartyWasClosed struct {
	Reason string `json:"reason" pii:"counterparty"`
}

// CounterpartyWasReopened takes a closed relationship up again.
type CounterpartyWasReopened struct {
	To     CounterpartyState `json:"to"`
	Reason string            `json:"reason,omitempty" pii:"counterparty"`
}

// CounterpartyGotRole begins a role.
type CounterpartyGotRole struct {
	Role  CounterpartyRole `json:"role"`
	Since Date             `json:"since,omitempty"`
}

// CounterpartyLostRole ends a role.
type CounterpartyLostRole struct {
	Role  CounterpartyRole `json:"role"`
	Until Date             `json:"until,omitempty"`
}

// CounterpartyWasEntrusted hands the counterparty from one employee to another.
type CounterpartyWasEntrusted struct {
	From   EmployeeID `json:"from,omitzero"`
	To     EmployeeID `json:"to,omitzero"`
	Reason string     `json:"reason,omitempty" pii:"counterparty"`
}

// CounterpartyParentWasChanged puts the counterparty under another one.
type CounterpartyParentWasChanged struct {
	From CounterpartyID `json:"from,omitzero"`
	To   CounterpartyID `json:"to,omitzero"`
}

// CounterpartyBecameKey makes it a key account.
type CounterpartyBecameKey struct {
	Reason string `json:"reason,omitempty" pii:"counterparty"`
}

// CounterpartyCeasedKey takes that back.
type CounterpartyCeasedKey struct {
	Reason string `json:"reason,omitempty" pii:"counterparty"`
}

// CounterpartyAccountWasAdded enters a bank account.
type CounterpartyAccountWasAdded struct{ BankAccount }

// CounterpartyAccountWasClosed ends a bank account.
type CounterpartyAccountWasClosed struct {
	BIK     string `json:"bik" pii:"counterparty"`
	Account string `json:"account" pii:"counterparty"`
	Until   Date   `json:"until"`
	Reason  string `json:"reason,omitempty" pii:"counterparty"`
}

// CounterpartyGotSignatory enters who may sign.
type CounterpartyGotSignatory struct{ Signatory }

// CounterpartyLostSignatory ends the right to sign.
type CounterpartyLostSignatory struct {
	Number int    `json:"number"`
	Until  Date   `json:"valid_until"`
	Reason string `json:"reason,omitempty" pii:"counterparty"`
}

// CounterpartyWasIdentified notes a number in another system.
type CounterpartyWasIdentified struct {
	Source     string `json:"source" public:""`
	ExternalID string `json:"external_id" public:""`
}

// CounterpartyRowWasImported remembers what another system said, so that its next word can be compared with it.
type CounterpartyRowWasImported struct {
	RowOrigin
	Record CounterpartyRecord `json:"record"`
}

// CounterpartyGaveConsent begins a consent.
type CounterpartyGaveConsent struct{ Consent }

// CounterpartyWithdrewConsent ends it.
type CounterpartyWithdrewConsent struct{ Consent }

// CounterpartyWasMerged makes the counterparty another name of the survivor.
type CounterpartyWasMerged struct {
	Survivor CounterpartyID  `json:"survivor_id"`
	Pair     DuplicatePairID `json:"pair_id"`
}

// CounterpartyWasUnmerged makes the counterparty stand for itself again.
type CounterpartyWasUnmerged struct {
	Survivor CounterpartyID  `json:"survivor_id"`
	Pair     DuplicatePairID `json:"pair_id"`
	Reason   string          `json:"reason" pii:"counterparty"`
}

// CounterpartyWasJoined is the survivor's side of a merge: what the other one brought in. External are the loser's
// numbers in other systems.
type CounterpartyWasJoined struct {
	Loser    CounterpartyID      `json:"loser_id"`
	Pair     DuplicatePairID     `json:"pair_id"`
	Changes  []FieldChange       `json:"changes,omitempty"`
	Contacts ContactDetails      `json:"contacts_added,omitzero"`
	Roles    []CounterpartyRole  `json:"roles_added,omitempty"`
	External []ExternalReference `json:"external_ids,omitempty"`
}

// ExternalReference is a number in another system.
type ExternalReference struct {
	Source     string `json:"source" public:"" doc:"Which system"`
	ExternalID string `json:"external_id" public:"" doc:"Number there"`
}

// CounterpartyWasParted takes back what the merge brought in.
type CounterpartyWasParted struct {
	Loser    CounterpartyID     `json:"loser_id"`
	Pair     DuplicatePairID    `json:"pair_id"`
	Changes  []FieldChange      `json:"changes,omitempty"`
	Contacts ContactDetails     `json:"contacts_removed,omitzero"`
	Roles    []CounterpartyRole `json:"roles_removed,omitempty"`
	Reason   string             `json:"reason" pii:"counterparty"`
}

func (e CounterpartyWasRegistered) Apply(c *Counterparty) {
	*c = Counterparty{ID: e.ID, State: e.State, Record: e.CounterpartyRecord, Responsible: e.Responsible, Parent: e.Parent, KeyAccount: e.KeyAccount}
	for _, role := range e.Roles {
		c.Roles = append(c.Roles, RolePeriod{Role: role, Since: e.Since})
	}
	if e.Import != nil {
		c.External = []ExternalRow{{Source: e.Import.Source, ID: e.Import.ExternalID, Hash: e.Import.RowHash, Record: e.CounterpartyRecord}}
	}
}
func (e CounterpartyDetailsWereChanged) Apply(c *Counterparty)  { c.Record = c.Record.With(e.Changes) }
func (e CounterpartyContactsWereChanged) Apply(c *Counterparty) { c.Record.ContactDetails = e.To }
func (e CounterpartyBecameActive) Apply(c *Counterparty)        { c.State = CounterpartyActive }
func (e CounterpartyBecameDormant) Apply(c *Counterparty)       { c.State = CounterpartyDormant }
func (e CounterpartyWasClosed) Apply(c *Counterparty)           { c.State = CounterpartyClosed }
func (e CounterpartyWasReopened) Apply(c *Counterparty)         { c.State = e.To }
func (e CounterpartyGotRole) Apply(c *Counterparty) {
	c.Roles = With(c.Roles, RolePeriod{Role: e.Role, Since: e.Since})
}
func (e CounterpartyLostRole) Apply(c *Counterparty)         { c.Roles = endRole(c.Roles, e.Role, e.Until) }
func (e CounterpartyWasEntrusted) Apply(c *Counterparty)     { c.Responsible = e.To }
func (e CounterpartyParentWasChanged) Apply(c *Counterparty) { c.Parent = e.To }
func (e CounterpartyBecameKey) Apply(c *Counterparty)        { c.KeyAccount = true }
func (e CounterpartyCeasedKey) Apply(c *Counterparty)        { c.KeyAccount = false }
func (e CounterpartyAccountWasAdded) Apply(c *Counterparty) {
	c.Accounts = With(c.Accounts, e.BankAccount)
}
func (e CounterpartyAccountWasClosed) Apply(c *Counterparty) {
	c.Accounts = slices.Clone(c.Accounts)
	if i := c.account(BankAccount{BIK: e.BIK, Account: e.Account}); i >= 0 {
		c.Accounts[i].Until = e.Until
	}
}
func (e CounterpartyGotSignatory) Apply(c *Counterparty) {
	c.Signatories = With(c.Signatories, e.Signatory)
}
func (e CounterpartyLostSignatory) Apply(c *Counterparty) {
	c.Signatories = slices.Clone(c.Signatories)
	c.Signatories[e.Number-1].ValidUntil = e.Until
}
func (e CounterpartyWasIdentified) Apply(c *Counterparty) {
	c.External = With(c.External, ExternalRow{Source: e.Source, ID: e.ExternalID})
}
func (e CounterpartyRowWasImported) Apply(c *Counterparty) {
	c.External = With(Without(c.External, func(x ExternalRow) bool { return x.Source == e.Source && x.ID == e.ExternalID }),
		ExternalRow{Source: e.Source, ID: e.ExternalID, Hash: e.RowHash, Record: e.Record})
}
func (e CounterpartyGaveConsent) Apply(c *Counterparty) { c.Consents = With(c.Consents, e.Consent) }
func (e CounterpartyWithdrewConsent) Apply(c *Counterparty) {
	c.Consents = Without(c.Consents, e.same)
}
func (e CounterpartyWasMerged) Apply(c *Counterparty) {
	c.Before, c.State, c.MergedInto, c.MergePair = c.State, CounterpartyMerged, e.Survivor, e.Pair
}
func (e CounterpartyWasUnmerged) Apply(c *Counterparty) {
	c.State, c.MergedInto, c.MergePair = c.Before, CounterpartyID{}, DuplicatePairID{}
}
func (e CounterpartyWasJoined) Apply(c *Counterparty) {
	c.Record = c.Record.With(e.Changes)
	c.Record.ContactDetails = c.Record.Plus(e.Contacts)
	for _, role := range e.Roles {
		c.Roles = With(c.Roles, RolePeriod{Role: role})
	}
	c.Absorbed = With(c.Absorbed, e)
}
func (e CounterpartyWasParted) Apply(c *Counterparty) {
	c.Record = c.Record.With(e.Changes)
	c.Record.ContactDetails = c.Record.Minus(e.Contacts)
	c.Roles = Without(c.Roles, func(p RolePeriod) bool { return p.Until == "" && slices.Contains(e.Roles, p.Role) })
	c.Absorbed = Without(c.Absorbed, func(j CounterpartyWasJoined) bool { return j.Loser == e.Loser })
}

func endRole(roles []RolePeriod, role CounterpartyRole, until Date) []RolePeriod {
	roles = slices.Clone(roles)
	for i, p := range roles {
		if p.Role == role && p.Until == "" {
			roles[i].Until = until
		}
	}
	if until == "" {
		return Without(roles, func(p RolePeriod) bool { return p.Role == role && p.Until == "" })
	}
	return roles
}
