package domain

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Counterparty is anybody the company deals with: an organisation, a sole trader or a natural person, in one or several
// roles. It is never deleted; one that turned out to be the same as another is merged into it and can be parted again.
type Counterparty struct {
	ID          CounterpartyID
	State       CounterpartyState
	Record      CounterpartyRecord
	Roles       []RolePeriod
	Responsible EmployeeID
	Parent      CounterpartyID
	KeyAccount  bool
	Accounts    []BankAccount
	Signatories []Signatory
	Consents    []Consent
	External    []ExternalRow
	// MergedInto is the survivor while the state is merged; Before is the state to return to.
	MergedInto CounterpartyID
	MergePair  DuplicatePairID
	Before     CounterpartyState
	Absorbed   []CounterpartyWasJoined
}

// CounterpartyID identifies a counterparty.
type CounterpartyID = ID[Counterparty]

// CounterpartyRecord is what is known about a counterparty apart from its dealings with us.
type CounterpartyRecord struct {
	Kind          CounterpartyKind  `json:"kind" enum:"organisation,sole_trader,natural_person" doc:"Organisation, sole trader or natural person"`
	LegalName     string            `json:"legal_name" pii:"counterparty" maxLength:"1000" doc:"Full name"`
	ShortName     string            `json:"short_name,omitempty" pii:"counterparty" maxLength:"500" doc:"Name in daily use"`
	Country       string            `json:"country,omitempty" public:"" maxLength:"2" doc:"ISO 3166 code of the country; Russia when absent"`
	INN           string            `json:"inn,omitempty" pii:"counterparty" maxLength:"20" doc:"Taxpayer number"`
	KPP           string            `json:"kpp,omitempty" pii:"counterparty" maxLength:"9" doc:"Registration reason code; differs per branch"`
	OGRN          string            `json:"ogrn,omitempty" pii:"counterparty" maxLength:"20" doc:"State register number, OGRN or OGRNIP"`
	LegalAddress  string            `json:"legal_address,omitempty" pii:"counterparty" maxLength:"1000" doc:"Registered address"`
	ActualAddress string            `json:"actual_address,omitempty" pii:"counterparty" maxLength:"1000" doc:"Address where it works"`
	PostalAddress string            `json:"postal_address,omitempty" pii:"counterparty" maxLength:"1000" doc:"Address for letters"`
	Industry      string            `json:"industry_okved,omitempty" public:"" maxLength:"500" doc:"Line of business, OKVED code or words"`
	Segment       string            `json:"segment,omitempty" public:"" maxLength:"200" doc:"Market segment"`
	Region        string            `json:"region,omitempty" public:"" maxLength:"200" doc:"Sales region"`
	TimeZone      string            `json:"time_zone,omitempty" public:"" maxLength:"60" doc:"IANA time zone, Asia/Yekaterinburg"`
	Source        string            `json:"source,omitempty" public:"" maxLength:"200" doc:"How the counterparty was won"`
	Comment       string            `json:"comment,omitempty" pii:"counterparty" maxLength:"4000" doc:"Remark"`
	Since         Date              `json:"since,omitempty" format:"date" doc:"Day the relationship began"`
	Extra         map[string]string `json:"extra,omitempty" pii:"counterparty" doc:"What a list had beyond these fields"`
	ContactDetails
}

// CounterpartyKind is what a counterparty is by law.
type CounterpartyKind string

// The kinds.
const (
	KindOrganisation  CounterpartyKind = "organisation"
	KindSoleTrader    CounterpartyKind = "sole_trader"
	KindNaturalPerson CounterpartyKind = "natural_person"
)

// CounterpartyRole is what a counterparty is to us. Roles coexist: a competitor may be a customer.
type CounterpartyRole string

// The roles.
const (
	RoleCustomer   CounterpartyRole = "customer"
	RolePartner    CounterpartyRole = "partner"
	RoleCompetitor CounterpartyRole = "competitor"
	RoleSupplier   CounterpartyRole = "supplier"
	RoleAuthority  CounterpartyRole = "authority"
	RoleOther      CounterpartyRole = "other"
)

var (
	counterpartyKinds = []CounterpartyKind{KindOrganisation, KindSoleTrader, KindNaturalPerson}
	counterpartyRoles = []CounterpartyRole{RoleCustomer, RolePartner, RoleCompetitor, RoleSupplier, RoleAuthority, RoleOther}
	countryShape      = regexp.MustCompile(`^[A-Z]{2}$`)
	zoneShape         = regexp.MustCompile(`^[A-Za-z_]+(/[A-Za-z0-9_+-]+)*$`)
)

// RolePeriod is a role with the days it began and ended; no end means now, no beginning that nobody knows.
type RolePeriod struct {
	Role  CounterpartyRole
	Since Date
	Until Date
}

// CounterpartyState is where the relationship stands.
type CounterpartyState string

// The states; the zero value means that the counterparty does not exist.
const (
	CounterpartyProspect CounterpartyState = "prospect"
	CounterpartyActive   CounterpartyState = "active"
	CounterpartyDormant  CounterpartyState = "dormant"
	CounterpartyClosed   CounterpartyState = "closed"
	CounterpartyMerged   CounterpartyState = "merged"
)

// CounterpartyTransitions is the workflow. Merging is possible in every state and undone into the same.
var CounterpartyTransitions = Transitions[CounterpartyState]{
	"":                   {CounterpartyProspect, CounterpartyActive},
	CounterpartyProspect: {CounterpartyActive, CounterpartyDormant, CounterpartyClosed, CounterpartyMerged},
	CounterpartyActive:   {CounterpartyDormant, CounterpartyClosed, CounterpartyMerged},
	CounterpartyDormant:  {CounterpartyActive, CounterpartyClosed, CounterpartyMerged},
	CounterpartyClosed:   {CounterpartyProspect, CounterpartyActive, CounterpartyMerged},
	CounterpartyMerged:   {CounterpartyProspect, CounterpartyActive, CounterpartyDormant, CounterpartyClosed},
}

// BankAccount is where a counterparty is paid.
type BankAccount struct {
	BIK           string `json:"bik" pii:"counterparty" maxLength:"11" doc:"Code of the bank"`
	Account       string `json:"account" pii:"counterparty" minLength:"1" maxLength:"34" doc:"Settlement account"`
	Correspondent string `json:"correspondent_account,omitempty" pii:"counterparty" maxLength:"34" doc:"The bank's account with the central bank"`
	Bank          string `json:"bank,omitempty" pii:"counterparty" maxLength:"500" doc:"Name of the bank"`
	Currency      string `json:"currency,omitempty" public:"" maxLength:"3" doc:"ISO 4217 code; roubles when absent"`
	Since         Date   `json:"since,omitempty" format:"date" doc:"Valid from"`
	Until         Date   `json:"until,omitempty" format:"date" doc:"Closed on"`
}

// Signatory may sign for a counterparty, by a document and up to a day.
type Signatory struct {
	Number     int             `json:"number" doc:"Number within the counterparty"`
	Name       string          `json:"name" pii:"person" doc:"Who signs"`
	Position   string          `json:"position" pii:"person" doc:"As what"`
	Authority  string          `json:"authority_document" pii:"counterparty" doc:"Charter, power of attorney with its number and day"`
	Person     ContactPersonID `json:"person_id,omitzero" format:"uuid" doc:"The contact person, where there is one"`
	ValidFrom  Date            `json:"valid_from,omitempty" format:"date" doc:"From this day"`
	ValidUntil Date            `json:"valid_until,omitempty" format:"date" doc:"Up to and including this day; without limit when absent"`
}

// ValidOn reports that the signatory may sign on the day.
func (s Signatory) ValidOn(day Date) bool {
	return (s.ValidFrom == "" || s.ValidFrom <= day) && (s.ValidUntil == "" || day <= s.ValidUntil)
}

// ExternalRow is the counterparty as another system keeps it, with what that system said last. Hash is empty for a
// number that was typed by hand.
type ExternalRow struct {
	Source string
	ID     string
	Hash   string
	Record CounterpartyRecord
}

// Refusals of counterparties.
var (
	ErrCounterpartyMerged     = Refuse("counterparty.merged", "this counterparty was merged into another one")
	ErrCounterpartyTransition = Refuse("counterparty.transition", "this step is not possible in the present state")
	ErrCounterpartyParent     = Refuse("counterparty.parent_cycle", "a counterparty cannot belong to itself")
	ErrCounterpartyKeyTaken   = Refuse("counterparty.requisites_taken", "another counterparty has this INN and KPP")
	ErrCounterpartyNotMerged  = Refuse("counterparty.not_merged", "these two counterparties are not merged")
	ErrCounterpartyInUse      = Refuse("counterparty.joint_identity", "later events depend on the merge; they must be set right first")
)

// Subjects is the counterparty itself.
func (c Counterparty) Subjects() []CounterpartyID {
	if c.ID.IsZero() {
		return nil
	}
	return []CounterpartyID{c.ID}
}

// Participants is the responsible employee.
func (c Counterparty) Participants() []EmployeeID { return []EmployeeID{c.Responsible} }

// Name is the name in daily use.
func (r CounterpartyRecord) Name() string { return cmp.Or(r.ShortName, r.LegalName) }

// Register enters a counterparty that somebody typed in: wrong numbers are refused.
func (c Counterparty) Register(r CounterpartyWasRegistered) ([]Event[Counterparty], error) {
	if c.State != "" {
		return nil, ErrAlreadyExists
	}
	r.State = cmp.Or(r.State, CounterpartyProspect)
	r.CounterpartyRecord = r.normal()
	var v Invalid
	r.check(&v)
	r.checkDialled(&v, ContactDetails{})
	v.fields = append(v.fields, r.RequisiteProblems()...)
	checkRoles(&v, r.Roles)
	v.Check(CounterpartyTransitions.Allows("", r.State), "state", "enum", "a new counterparty is a prospect or active")
	if err := v.Err(); err != nil {
		return nil, err
	}
	return []Event[Counterparty]{r}, nil
}

// Change corrects fields. Numbers are checked when they are among what changes: an old wrong one does not stop the
// correction of something else.
func (c Counterparty) Change(to CounterpartyRecord) ([]Event[Counterparty], error) {
	if err := c.Present(); err != nil {
		return nil, err
	}
	to.ContactDetails = c.Record.ContactDetails
	to = to.normal()
	changes := c.Record.changesTo(to)
	var v Invalid
	to.check(&v)
	if slices.ContainsFunc(changes, func(f FieldChange) bool { return requisiteFields[f.Field] }) {
		v.fields = append(v.fields, to.RequisiteProblems()...)
	}
	if err := v.Err(); err != nil {
		return nil, err
	}
	if len(changes) == 0 {
		return nil, nil
	}
	return []Event[Counterparty]{CounterpartyDetailsWereChanged{Changes: changes}}, nil
}

// ChangeContacts replaces the ways to reach the counterparty.
func (c Counterparty) ChangeContacts(to ContactDetails) ([]Event[Counterparty], error) {
	to = to.normal()
	var v Invalid
	to.check(&v)
	to.checkDialled(&v, c.Record.ContactDetails)
	switch {
	case c.Present() != nil:
		return nil, c.Present()
	case v.Err() != nil:
		return nil, v.Err()
	case c.Record.equal(to):
		return nil, nil
	}
	return []Event[Counterparty]{CounterpartyContactsWereChanged{From: c.Record.ContactDetails, To: to}}, nil
}

// Activate records that business with the counterparty began, or began again.
func (c Counterparty) Activate(reason string) ([]Event[Counterparty], error) {
	if c.State == CounterpartyClosed {
		return c.Reopen(CounterpartyActive, reason)
	}
	return c.move(CounterpartyActive, CounterpartyBecameActive{reason})
}

// Rest records that business with the counterparty has gone quiet.
func (c Counterparty) Rest(reason string) ([]Event[Counterparty], error) {
	return c.move(CounterpartyDormant, CounterpartyBecameDormant{reason})
}

// Close ends the relationship; the record stays.
func (c Counterparty) Close(reason string) ([]Event[Counterparty], error) {
	var v Invalid
	if v.Require("reason", reason); v.Err() != nil {
		return nil, v.Err()
	}
	return c.move(CounterpartyClosed, CounterpartyWasClosed{reason})
}

// Reopen takes a closed relationship up again, as a prospect or at once active.
func (c Counterparty) Reopen(to CounterpartyState, reason string) ([]Event[Counterparty], error) {
	if c.Present() == nil && c.State != CounterpartyClosed && c.State != to {
		return nil, ErrCounterpartyTransition
	}
	return c.move(to, CounterpartyWasReopened{To: to, Reason: reason})
}

func (c Counterparty) move(to CounterpartyState, e Event[Counterparty]) ([]Event[Counterparty], error) {
	switch {
	case c.Present() != nil:
		return nil, c.Present()
	case c.State == to:
		return nil, nil
	case to == CounterpartyMerged || !CounterpartyTransitions.Allows(c.State, to):
		return nil, ErrCounterpartyTransition
	}
	return []Event[Counterparty]{e}, nil
}

// AddRole gives a role from a day on.
func (c Counterparty) AddRole(role CounterpartyRole, since Date) ([]Event[Counterparty], error) {
	var v Invalid
	checkRoles(&v, []CounterpartyRole{role})
	v.Check(since == "" || since.Valid(), "since", "date", "must be a day such as 2026-11-23")
	switch {
	case c.Present() != nil:
		return nil, c.Present()
	case v.Err() != nil:
		return nil, v.Err()
	case c.HasRole(role):
		return nil, nil
	}
	return []Event[Counterparty]{CounterpartyGotRole{Role: role, Since: since}}, nil
}

// RemoveRole ends a role on a day.
func (c Counterparty) RemoveRole(role CounterpartyRole, until Date) ([]Event[Counterparty], error) {
	var v Invalid
	v.Check(until == "" || until.Valid(), "until", "date", "must be a day such as 2026-11-23")
	i := slices.IndexFunc(c.Roles, func(p RolePeriod) bool { return p.Role == role && p.Until == "" })
	if i >= 0 && until != "" {
		v.Check(c.Roles[i].Since <= until, "until", "before_start", "a role cannot end before it began")
	}
	switch {
	case c.Present() != nil:
		return nil, c.Present()
	case v.Err() != nil:
		return nil, v.Err()
	case i < 0:
		return nil, nil
	}
	return []Event[Counterparty]{CounterpartyLostRole{Role: role, Until: until}}, nil
}

// HasRole reports a role that has not ended.
func (c Counterparty) HasRole(role CounterpartyRole) bool {
	return slices.ContainsFunc(c.Roles, func(p RolePeriod) bool { return p.Role == role && p.Until == "" })
}

// Entrust makes an employee responsible; the zero employee leaves the counterparty to nobody.
func (c Counterparty) Entrust(to EmployeeID, reason string) ([]Event[Counterparty], error) {
	switch {
	case c.Present() != nil:
		return nil, c.Present()
	case c.Responsible == to:
		return nil, nil
	}
	return []Event[Counterparty]{CounterpartyWasEntrusted{From: c.Responsible, To: to, Reason: reason}}, nil
}

// Join puts the counterparty under a parent: a branch under its head, a company under its holding. ancestors are the
// parent and what stands above it. The zero parent makes it stand alone.
func (c Counterparty) Join(self, parent CounterpartyID, ancestors []CounterpartyID) ([]Event[Counterparty], error) {
	switch {
	case c.Present() != nil:
		return nil, c.Present()
	case parent == self || slices.Contains(ancestors, self):
		return nil, ErrCounterpartyParent
	case c.Parent == parent:
		return nil, nil
	}
	return []Event[Counterparty]{CounterpartyParentWasChanged{From: c.Parent, To: parent}}, nil
}

// MarkKey makes the counterparty a key account: merging it needs a second person.
func (c Counterparty) MarkKey(key bool, reason string) ([]Event[Counterparty], error) {
	switch {
	case c.Present() != nil:
		return nil, c.Present()
	case c.KeyAccount == key:
		return nil, nil
	case key:
		return []Event[Counterparty]{CounterpartyBecameKey{reason}}, nil
	}
	return []Event[Counterparty]{CounterpartyCeasedKey{reason}}, nil
}

// AddAccount enters a bank account; a Russian one is checked against its bank.
func (c Counterparty) AddAccount(a BankAccount) ([]Event[Counterparty], error) {
	a = a.normal()
	var v Invalid
	v.Require("account", a.Account)
	if c.Record.Russian() {
		v.Check(ValidBIK(a.BIK), "bik", "bik", "is not the code of a bank: nine digits")
		v.Check(!ValidBIK(a.BIK) || ValidAccount(a.BIK, a.Account), "account", "account", "does not belong to this bank: a digit is wrong")
		v.Check(a.Correspondent == "" || ValidCorrespondentAccount(a.BIK, a.Correspondent), "correspondent_account", "account", "does not belong to this bank: a digit is wrong")
	}
	v.Check(a.Since == "" || a.Since.Valid(), "since", "date", "must be a day such as 2026-11-23")
	switch {
	case c.Present() != nil:
		return nil, c.Present()
	case v.Err() != nil:
		return nil, v.Err()
	case c.account(a) >= 0:
		return nil, nil
	}
	return []Event[Counterparty]{CounterpartyAccountWasAdded{a}}, nil
}

// CloseAccount ends a bank account on a day.
func (c Counterparty) CloseAccount(bik, account string, on Date, reason string) ([]Event[Counterparty], error) {
	var v Invalid
	v.Check(on.Valid(), "until", "date", "must be a day such as 2026-11-23")
	switch {
	case c.Present() != nil:
		return nil, c.Present()
	case v.Err() != nil:
		return nil, v.Err()
	case c.account(BankAccount{BIK: bik, Account: account}) < 0:
		return nil, ErrNotFound.Because("the counterparty has no such account")
	}
	return []Event[Counterparty]{CounterpartyAccountWasClosed{BIK: bik, Account: account, Until: on, Reason: reason}}, nil
}

// account is the place of an account that is not closed, or -1.
func (c Counterparty) account(a BankAccount) int {
	return slices.IndexFunc(c.Accounts, func(b BankAccount) bool { return b.BIK == a.BIK && b.Account == a.Account && b.Until == "" })
}

func (a BankAccount) normal() BankAccount {
	a.BIK, a.Account, a.Correspondent = strings.ReplaceAll(a.BIK, " ", ""), strings.ReplaceAll(a.Account, " ", ""), strings.ReplaceAll(a.Correspondent, " ", "")
	return a
}

// AddSignatory enters who may sign.
func (c Counterparty) AddSignatory(s Signatory) ([]Event[Counterparty], error) {
	var v Invalid
	v.Require("name", s.Name)
	v.Require("authority_document", s.Authority)
	v.Check(s.ValidFrom == "" || s.ValidFrom.Valid(), "valid_from", "date", "must be a day such as 2026-11-23")
	v.Check(s.ValidUntil == "" || s.ValidUntil.Valid(), "valid_until", "date", "must be a day such as 2026-11-23")
	v.Check(s.ValidUntil == "" || s.ValidFrom <= s.ValidUntil, "valid_until", "before_start", "ends before it begins")
	switch {
	case c.Present() != nil:
		return nil, c.Present()
	case v.Err() != nil:
		return nil, v.Err()
	}
	s.Number = len(c.Signatories) + 1
	return []Event[Counterparty]{CounterpartyGotSignatory{s}}, nil
}

// WithdrawSignatory ends the right to sign; the day is the last on which it holds.
func (c Counterparty) WithdrawSignatory(number int, until Date, reason string) ([]Event[Counterparty], error) {
	var v Invalid
	v.Check(until.Valid(), "valid_until", "date", "must be a day such as 2026-11-23")
	switch {
	case c.Present() != nil:
		return nil, c.Present()
	case v.Err() != nil:
		return nil, v.Err()
	case number < 1 || number > len(c.Signatories):
		return nil, ErrNotFound.Because("the counterparty has no such signatory")
	case c.Signatories[number-1].ValidUntil == until:
		return nil, nil
	}
	return []Event[Counterparty]{CounterpartyLostSignatory{Number: number, Until: until, Reason: reason}}, nil
}

// Identify notes the number of the counterparty in another system.
func (c Counterparty) Identify(source, id string) ([]Event[Counterparty], error) {
	var v Invalid
	v.Require("source", source)
	v.Require("external_id", id)
	switch {
	case c.Present() != nil:
		return nil, c.Present()
	case v.Err() != nil:
		return nil, v.Err()
	case c.external(source, id) >= 0:
		return nil, nil
	}
	return []Event[Counterparty]{CounterpartyWasIdentified{Source: source, ExternalID: id}}, nil
}

func (c Counterparty) external(source, id string) int {
	return slices.IndexFunc(c.External, func(x ExternalRow) bool { return x.Source == source && x.ID == id })
}

// Consent records that the counterparty agreed to be written to.
func (c Counterparty) Consent(k Consent) ([]Event[Counterparty], error) {
	switch {
	case c.Present() != nil:
		return nil, c.Present()
	case k.check() != nil:
		return nil, k.check()
	case hasConsent(c.Consents, k):
		return nil, nil
	}
	return []Event[Counterparty]{CounterpartyGaveConsent{k}}, nil
}

// WithdrawConsent records that the counterparty no longer agrees.
func (c Counterparty) WithdrawConsent(k Consent) ([]Event[Counterparty], error) {
	switch {
	case c.Present() != nil:
		return nil, c.Present()
	case k.check() != nil:
		return nil, k.check()
	case !hasConsent(c.Consents, k):
		return nil, nil
	}
	return []Event[Counterparty]{CounterpartyWithdrewConsent{k}}, nil
}

// Present refuses what does not exist and what was merged; the latter refusal names the survivor, see HolderIn.
func (c Counterparty) Present() error {
	if c.State == "" {
		return ErrNotFound
	}
	if c.State == CounterpartyMerged {
		return mergedInto(c.MergedInto)
	}
	return nil
}

// Exists reports a counterparty that may be dealt with: registered and not merged into another.
func (c Counterparty) Exists() bool { return c.Present() == nil }

func mergedInto(survivor CounterpartyID) error {
	return &Refusal{Code: ErrCounterpartyMerged.Code, Message: ErrCounterpartyMerged.Message,
		Fields: []FieldError{{Field: "counterparty_id", Code: "merged_into", Message: survivor.String()}}}
}

// normal trims texts, writes codes in capitals and empties the empty.
func (r CounterpartyRecord) normal() CounterpartyRecord {
	for _, f := range recordFields {
		p := f.of(&r)
		*p = strings.TrimSpace(*p)
	}
	r.Country, r.KPP = strings.ToUpper(r.Country), strings.ToUpper(r.KPP)
	for _, number := range []*string{&r.INN, &r.KPP, &r.OGRN} {
		*number = strings.ReplaceAll(*number, " ", "")
	}
	r.Extra = maps.Clone(r.Extra)
	maps.DeleteFunc(r.Extra, func(_, text string) bool { return text == "" })
	if len(r.Extra) == 0 {
		r.Extra = nil
	}
	r.ContactDetails = r.ContactDetails.normal()
	return r
}

// isZone: files beside the zones of a machine have names too, but not such.
func isZone(name string) bool {
	_, err := ZoneNamed(name)
	return err == nil && zoneShape.MatchString(name)
}

// check holds for typed and imported records alike; requisites have their own check.
func (r CounterpartyRecord) check(v *Invalid) {
	v.Check(slices.Contains(counterpartyKinds, r.Kind), "kind", "enum", "must be organisation, sole_trader or natural_person")
	v.Require("legal_name", r.Name())
	v.Check(r.Country == "" || countryShape.MatchString(r.Country), "country", "country", "must be an ISO 3166 code of two letters")
	v.Check(r.TimeZone == "" || isZone(r.TimeZone), "time_zone", "zone", "must be an IANA zone such as Europe/Moscow")
	v.Check(r.Since == "" || r.Since.Valid(), "since", "date", "must be a day such as 2026-11-23")
	r.ContactDetails.check(v)
}

func checkRoles(v *Invalid, roles []CounterpartyRole) {
	for _, role := range roles {
		v.Check(slices.Contains(counterpartyRoles, role), "roles", "enum", "is not a role")
	}
}

// DetailField names a field of a record that was changed, "extra.<name>" for one beyond the usual.
type DetailField string

// FieldChange says from what to what a field was changed.
type FieldChange struct {
	Field DetailField `json:"field" doc:"Which field"`
	From  string      `json:"from,omitempty" pii:"counterparty" doc:"What it was"`
	To    string      `json:"to,omitempty" pii:"counterparty" doc:"What it became"`
}

// recordFields are the texts of a record in the order in which changes are told.
var recordFields = []struct {
	name DetailField
	of   func(*CounterpartyRecord) *string
}{
	{"kind", func(r *CounterpartyRecord) *string { return (*string)(&r.Kind) }},
	{"legal_name", func(r *CounterpartyRecord) *string { return &r.LegalName }},
	{"short_name", func(r *CounterpartyRecord) *string { return &r.ShortName }},
	{"country", func(r *CounterpartyRecord) *string { return &r.Country }},
	{"inn", func(r *CounterpartyRecord) *string { return &r.INN }},
	{"kpp", func(r *CounterpartyRecord) *string { return &r.KPP }},
	{"ogrn", func(r *CounterpartyRecord) *string { return &r.OGRN }},
	{"legal_address", func(r *CounterpartyRecord) *string { return &r.LegalAddress }},
	{"actual_address", func(r *CounterpartyRecord) *string { return &r.ActualAddress }},
	{"postal_address", func(r *CounterpartyRecord) *string { return &r.PostalAddress }},
	{"industry_okved", func(r *CounterpartyRecord) *string { return &r.Industry }},
	{"segment", func(r *CounterpartyRecord) *string { return &r.Segment }},
	{"region", func(r *CounterpartyRecord) *string { return &r.Region }},
	{"time_zone", func(r *CounterpartyRecord) *string { return &r.TimeZone }},
	{"source", func(r *CounterpartyRecord) *string { return &r.Source }},
	{"comment", func(r *CounterpartyRecord) *string { return &r.Comment }},
	{"since", func(r *CounterpartyRecord) *string { return (*string)(&r.Since) }},
}

// known reports that records have such a field.
func (f DetailField) known() bool {
	return strings.HasPrefix(string(f), extraPrefix) || slices.ContainsFunc(recordFields, func(r struct {
		name DetailField
		of   func(*CounterpartyRecord) *string
	}) bool {
		return r.name == f
	})
}

var requisiteFields = map[DetailField]bool{"kind": true, "country": true, "inn": true, "kpp": true, "ogrn": true}

const extraPrefix = "extra."

// text is the value of a field; "" for one that is empty or unknown.
func (r CounterpartyRecord) text(field DetailField) string {
	for _, f := range recordFields {
		if f.name == field {
			return *f.of(&r)
		}
	}
	return r.Extra[strings.TrimPrefix(string(field), extraPrefix)]
}

// With is the record after the changes; the receiver keeps its own.
func (r CounterpartyRecord) With(changes []FieldChange) CounterpartyRecord {
	for _, c := range changes {
		if name, extra := strings.CutPrefix(string(c.Field), extraPrefix); extra {
			r.Extra = maps.Clone(r.Extra)
			if r.Extra == nil {
				r.Extra = map[string]string{}
			}
			if r.Extra[name] = c.To; c.To == "" {
				delete(r.Extra, name)
			}
			continue
		}
		for _, f := range recordFields {
			if f.name == c.Field {
				*f.of(&r) = c.To
			}
		}
	}
	return r
}

// fields are all fields that either record has.
func (r CounterpartyRecord) fields(o CounterpartyRecord) []DetailField {
	var names []DetailField
	for _, f := range recordFields {
		names = append(names, f.name)
	}
	extra := map[string]bool{}
	for name := range r.Extra {
		extra[name] = true
	}
	for name := range o.Extra {
		extra[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(extra)) {
		names = append(names, DetailField(extraPrefix+name))
	}
	return names
}

// changesTo lists from what to what each field differs.
func (r CounterpartyRecord) changesTo(o CounterpartyRecord) []FieldChange {
	var changes []FieldChange
	for _, name := range r.fields(o) {
		if from, to := r.text(name), o.text(name); from != to {
			changes = append(changes, FieldChange{Field: name, From: from, To: to})
		}
	}
	return changes
}
