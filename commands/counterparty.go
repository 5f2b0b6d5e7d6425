package commands

import (
	"context"
	"time"

	"github.com/letopis-crm/letopis/domain"
)

type counterpartyEvents = []domain.Event[domain.Counterparty]

// RegisterCounterparty enters a counterparty. Its INN and KPP must be right and must not belong to another one; who
// registers it is responsible unless somebody else is named.
type RegisterCounterparty struct {
	By
	domain.CounterpartyRecord
	State       domain.CounterpartyState  `json:"state,omitempty" enum:"prospect,active" doc:"Prospect when absent"`
	Roles       []domain.CounterpartyRole `json:"roles,omitempty" maxItems:"6" enum:"customer,partner,competitor,supplier,authority,other" doc:"What it is to us"`
	Responsible domain.EmployeeID         `json:"responsible_employee_id,omitzero" format:"uuid" doc:"Responsible employee; who registers when absent"`
	Parent      domain.CounterpartyID     `json:"parent_counterparty_id,omitzero" format:"uuid" doc:"Head organisation or holding"`
	KeyAccount  bool                      `json:"key_account,omitempty" doc:"Merging it needs a second person"`

	id domain.CounterpartyID
}

// Prepare secures the INN and KPP before the first decision.
func (c *RegisterCounterparty) Prepare(ctx context.Context, f *Facts) error {
	c.id = domain.CounterpartyID(f.ID)
	if _, err := c.Decide(domain.Counterparty{}, f.Now()); err != nil {
		return err
	}
	if _, err := ancestors(ctx, f, c.Parent); err != nil {
		return err
	}
	return claimRequisites(ctx, f, c.id, c.RequisiteKey())
}

func (c RegisterCounterparty) Decide(s domain.Counterparty, _ time.Time) (counterpartyEvents, error) {
	r := domain.CounterpartyWasRegistered{ID: c.id, CounterpartyRecord: c.CounterpartyRecord, State: c.State, Roles: c.Roles,
		Responsible: c.Responsible, Parent: c.Parent, KeyAccount: c.KeyAccount}
	r.ContactDetails = readContacts(c.ContactDetails, c.Country)
	if r.Responsible.IsZero() {
		r.Responsible = c.Who()
	}
	return s.Register(r)
}

// ChangeCounterparty corrects fields; those that are absent stay as they are.
type ChangeCounterparty struct {
	Kind          *domain.CounterpartyKind `json:"kind,omitempty" enum:"organisation,sole_trader,natural_person" doc:"Organisation, sole trader or natural person"`
	LegalName     *string                  `json:"legal_name,omitempty" maxLength:"1000" doc:"Full name"`
	ShortName     *string                  `json:"short_name,omitempty" maxLength:"500" doc:"Name in daily use"`
	Country       *string                  `json:"country,omitempty" maxLength:"2" doc:"ISO 3166 code of the country"`
	INN           *string                  `json:"inn,omitempty" maxLength:"20" doc:"Taxpayer number"`
	KPP           *string                  `json:"kpp,omitempty" maxLength:"9" doc:"Registration reason code"`
	OGRN          *string                  `json:"ogrn,omitempty" maxLength:"20" doc:"State register number"`
	LegalAddress  *string                  `json:"legal_address,omitempty" maxLength:"1000" doc:"Registered address"`
	ActualAddress *string                  `json:"actual_address,omitempty" maxLength:"1000" doc:"Address where it works"`
	PostalAddress *string                  `json:"postal_address,omitempty" maxLength:"1000" doc:"Address for letters"`
	Industry      *string                  `json:"industry_okved,omitempty" maxLength:"500" doc:"Line of business"`
	Segment       *string                  `json:"segment,omitempty" maxLength:"200" doc:"Market segment"`
	Region        *string                  `json:"region,omitempty" maxLength:"200" doc:"Sales region"`
	TimeZone      *string                  `json:"time_zone,omitempty" maxLength:"60" doc:"IANA time zone"`
	Source        *string                  `json:"source,omitempty" maxLength:"200" doc:"How the counterparty was won"`
	Comment       *string                  `json:"comment,omitempty" maxLength:"4000" doc:"Remark"`
	Since         *domain.Date             `json:"since,omitempty" format:"date" doc:"Day the relationship began"`
	Extra         map[string]string        `json:"extra,omitempty" doc:"Further fields; an empty text takes one away"`
}

// Prepare secures the new INN and KPP if they change. The old ones are released by a policy once the change stands.
func (c *ChangeCounterparty) Prepare(ctx context.Context, f *Facts) error {
	id := domain.CounterpartyID(f.ID)
	s, err := Fact(ctx, f, domain.Counterparties, id)
	if err != nil {
		return err
	}
	if _, err := c.Decide(s, f.Now()); err != nil {
		return err
	}
	if key := c.apply(s.Record).RequisiteKey(); key != s.Record.RequisiteKey() {
		return claimRequisites(ctx, f, id, key)
	}
	return nil
}

func (c ChangeCounterparty) Decide(s domain.Counterparty, _ time.Time) (counterpartyEvents, error) {
	return s.Change(c.apply(s.Record))
}

func (c ChangeCounterparty) apply(r domain.CounterpartyRecord) domain.CounterpartyRecord {
	set(&r.Kind, c.Kind)
	set(&r.LegalName, c.LegalName)
	set(&r.ShortName, c.ShortName)
	set(&r.Country, c.Country)
	set(&r.INN, c.INN)
	set(&r.KPP, c.KPP)
	set(&r.OGRN, c.OGRN)
	set(&r.LegalAddress, c.LegalAddress)
	set(&r.ActualAddress, c.ActualAddress)
	set(&r.PostalAddress, c.PostalAddress)
	set(&r.Industry, c.Industry)
	set(&r.Segment, c.Segment)
	set(&r.Region, c.Region)
	set(&r.TimeZone, c.TimeZone)
	set(&r.Source, c.Source)
	set(&r.Comment, c.Comment)
	set(&r.Since, c.Since)
	changes := make([]domain.FieldChange, 0, len(c.Extra))
	for name, text := range c.Extra {
		changes = append(changes, domain.FieldChange{Field: domain.DetailField("extra." + name), To: text})
	}
	return r.With(changes)
}

func set[T any](field *T, to *T) {
	if to != nil {
		*field = *to
	}
}

// ChangeCounterpartyContacts replaces the ways to reach the counterparty.
type ChangeCounterpartyContacts struct{ domain.ContactDetails }

func (c ChangeCounterpartyContacts) Decide(s domain.Counterparty, _ time.Time) (counterpartyEvents, error) {
	return s.ChangeContacts(readContacts(c.ContactDetails, s.Record.Country))
}

// ActivateCounterparty records that business began, or began again.
type ActivateCounterparty struct {
	Reason string `json:"reason,omitempty" maxLength:"2000" doc:"What it began with"`
}

func (c ActivateCounterparty) Decide(s domain.Counterparty, _ time.Time) (counterpartyEvents, error) {
	return s.Activate(c.Reason)
}

// RestCounterparty records that business has gone quiet.
type RestCounterparty struct {
	Reason string `json:"reason,omitempty" maxLength:"2000" doc:"Why"`
}

func (c RestCounterparty) Decide(s domain.Counterparty, _ time.Time) (counterpartyEvents, error) {
	return s.Rest(c.Reason)
}

// CloseCounterparty ends the relationship; the card stays.
type CloseCounterparty struct {
	Reason string `json:"reason" minLength:"1" maxLength:"2000" doc:"Why"`
}

func (c CloseCounterparty) Decide(s domain.Counterparty, _ time.Time) (counterpartyEvents, error) {
	return s.Close(c.Reason)
}

// ReopenCounterparty takes a closed relationship up again.
type ReopenCounterparty struct {
	To     domain.CounterpartyState `json:"to" enum:"prospect,active" doc:"As a prospect or at once active"`
	Reason string                   `json:"reason,omitempty" maxLength:"2000" doc:"Why"`
}

func (c ReopenCounterparty) Decide(s domain.Counterparty, _ time.Time) (counterpartyEvents, error) {
	return s.Reopen(c.To, c.Reason)
}

// AddCounterpartyRole gives a role from a day on.
type AddCounterpartyRole struct {
	Role  domain.CounterpartyRole `json:"role" enum:"customer,partner,competitor,supplier,authority,other" doc:"The role"`
	Since domain.Date             `json:"since,omitempty" format:"date" doc:"From this day"`
}

func (c AddCounterpartyRole) Decide(s domain.Counterparty, _ time.Time) (counterpartyEvents, error) {
	return s.AddRole(c.Role, c.Since)
}

// RemoveCounterpartyRole ends a role on a day.
type RemoveCounterpartyRole struct {
	Role  domain.CounterpartyRole `json:"role" enum:"customer,partner,competitor,supplier,authority,other" doc:"The role"`
	Until domain.Date             `json:"until" format:"date" doc:"Last day"`
}

func (c RemoveCounterpartyRole) Decide(s domain.Counterparty, _ time.Time) (counterpartyEvents, error) {
	return s.RemoveRole(c.Role, c.Until)
}

// EntrustCounterparty makes an employee responsible.
type EntrustCounterparty struct {
	Responsible domain.EmployeeID `json:"responsible_employee_id,omitzero" format:"uuid" doc:"Who takes over; nobody when absent"`
	Reason      string            `json:"reason,omitempty" maxLength:"2000" doc:"Why"`
}

func (c EntrustCounterparty) Decide(s domain.Counterparty, _ time.Time) (counterpartyEvents, error) {
	return s.Entrust(c.Responsible, c.Reason)
}

// JoinCounterparty puts the counterparty under a head organisation or holding.
type JoinCounterparty struct {
	Parent domain.CounterpartyID `json:"parent_counterparty_id,omitzero" format:"uuid" doc:"Head organisation; none when absent"`

	id    domain.CounterpartyID
	above []domain.CounterpartyID
}

// Prepare looks at what stands above the parent.
func (c *JoinCounterparty) Prepare(ctx context.Context, f *Facts) (err error) {
	c.id = domain.CounterpartyID(f.ID)
	c.above, err = ancestors(ctx, f, c.Parent)
	return err
}

func (c JoinCounterparty) Decide(s domain.Counterparty, _ time.Time) (counterpartyEvents, error) {
	return s.Join(c.id, c.Parent, c.above)
}

// MarkKeyAccount makes the counterparty a key account, or takes that back.
type MarkKeyAccount struct {
	Key    bool   `json:"key_account" doc:"Whether it is a key account"`
	Reason string `json:"reason,omitempty" maxLength:"2000" doc:"Why"`
}

func (c MarkKeyAccount) Decide(s domain.Counterparty, _ time.Time) (counterpartyEvents, error) {
	return s.MarkKey(c.Key, c.Reason)
}

// AddBankAccount enters a bank account.
type AddBankAccount struct{ domain.BankAccount }

func (c AddBankAccount) Decide(s domain.Counterparty, _ time.Time) (counterpartyEvents, error) {
	return s.AddAccount(c.BankAccount)
}

// CloseBankAccount ends a bank account.
type CloseBankAccount struct {
	BIK     string      `json:"bik" maxLength:"11" doc:"Code of the bank"`
	Account string      `json:"account" minLength:"1" maxLength:"34" doc:"Settlement account"`
	Until   domain.Date `json:"until" format:"date" doc:"Last day"`
	Reason  string      `json:"reason,omitempty" maxLength:"2000" doc:"Why"`
}

func (c CloseBankAccount) Decide(s domain.Counterparty, _ time.Time) (counterpartyEvents, error) {
	return s.CloseAccount(c.BIK, c.Account, c.Until, c.Reason)
}

// AddSignatory enters who may sign for the counterparty.
type AddSignatory struct {
	Name       string                 `json:"name" minLength:"1" maxLength:"500" doc:"Who signs"`
	Position   string                 `json:"position,omitempty" maxLength:"500" doc:"As what"`
	Authority  string                 `json:"authority_document" minLength:"1" maxLength:"500" doc:"Charter, or power of attorney with its number and day"`
	Person     domain.ContactPersonID `json:"person_id,omitzero" format:"uuid" doc:"The contact person, where there is one"`
	ValidFrom  domain.Date            `json:"valid_from,omitempty" format:"date" doc:"From this day"`
	ValidUntil domain.Date            `json:"valid_until,omitempty" format:"date" doc:"Up to and including this day"`
}

func (c AddSignatory) Decide(s domain.Counterparty, _ time.Time) (counterpartyEvents, error) {
	return s.AddSignatory(domain.Signatory{Name: c.Name, Position: c.Position, Authority: c.Authority, Person: c.Person, ValidFrom: c.ValidFrom, ValidUntil: c.ValidUntil})
}

// WithdrawSignatory ends the right to sign.
type WithdrawSignatory struct {
	Number int         `json:"number" minimum:"1" doc:"Number of the signatory"`
	Until  domain.Date `json:"valid_until" format:"date" doc:"Last day"`
	Reason string      `json:"reason,omitempty" maxLength:"2000" doc:"Why"`
}

func (c WithdrawSignatory) Decide(s domain.Counterparty, _ time.Time) (counterpartyEvents, error) {
	return s.WithdrawSignatory(c.Number, c.Until, c.Reason)
}

// IdentifyCounterparty notes its number in another system.
type IdentifyCounterparty struct {
	Source     string `json:"source" minLength:"1" maxLength:"100" doc:"Which system"`
	ExternalID string `json:"external_id" minLength:"1" maxLength:"200" doc:"Number there"`
}

func (c IdentifyCounterparty) Decide(s domain.Counterparty, _ time.Time) (counterpartyEvents, error) {
	return s.Identify(c.Source, c.ExternalID)
}

// GiveCounterpartyConsent records that the counterparty agreed to be written to.
type GiveCounterpartyConsent struct{ domain.Consent }

func (c GiveCounterpartyConsent) Decide(s domain.Counterparty, _ time.Time) (counterpartyEvents, error) {
	return s.Consent(c.Consent)
}

// WithdrawCounterpartyConsent records that it no longer agrees.
type WithdrawCounterpartyConsent struct{ domain.Consent }

func (c WithdrawCounterpartyConsent) Decide(s domain.Counterparty, _ time.Time) (counterpartyEvents, error) {
	return s.WithdrawConsent(c.Consent)
}

// maxAncestry bounds how far parents and merges are followed.
const maxAncestry = 20

// ancestors are the parent and what stands above it; a parent that does not exist is refused.
func ancestors(ctx context.Context, f *Facts, parent domain.CounterpartyID) ([]domain.CounterpartyID, error) {
	var above []domain.CounterpartyID
	for id := parent; !id.IsZero() && len(above) < maxAncestry; {
		s, err := Fact(ctx, f, domain.Counterparties, id)
		if err != nil {
			return nil, err
		}
		if err := s.Present(); id == parent && err != nil {
			return nil, err
		}
		above = append(above, id)
		id = s.Parent
	}
	return above, nil
}

// survivorOf follows merges to the counterparty that stands for this one today.
func survivorOf(ctx context.Context, x *Executor, id domain.CounterpartyID) (domain.CounterpartyID, domain.Counterparty, error) {
	for range maxAncestry {
		loaded, err := Load(ctx, x, domain.Counterparties, id)
		if err != nil || loaded.State.State != domain.CounterpartyMerged {
			return id, loaded.State, err
		}
		id = loaded.State.MergedInto
	}
	return id, domain.Counterparty{}, domain.ErrCounterpartyParent.Because("the merges lead in a circle")
}
