package commands

import (
	"context"
	"time"

	"github.com/letopis-crm/letopis/domain"
)

type personEvents = []domain.Event[domain.ContactPerson]

// RegisterContactPerson enters a person to talk to, usually with an employer.
type RegisterContactPerson struct {
	domain.PersonDetails
	domain.ContactDetails
	Counterparty domain.CounterpartyID `json:"counterparty_id,omitzero" format:"uuid" doc:"Employer"`
	From         domain.Date           `json:"from,omitempty" format:"date" doc:"First day there"`

	id      domain.ContactPersonID
	country string
}

// Prepare looks at the employer.
func (c *RegisterContactPerson) Prepare(ctx context.Context, f *Facts) error {
	c.id = domain.ContactPersonID(f.ID)
	employer, err := existingCounterparty(ctx, f, c.Counterparty)
	c.country = employer.Record.Country
	return err
}

func (c RegisterContactPerson) Decide(s domain.ContactPerson, now time.Time) (personEvents, error) {
	r := domain.ContactPersonWasRegistered{ID: c.id, PersonDetails: c.PersonDetails, ContactDetails: readContacts(c.ContactDetails, c.country)}
	if !c.Counterparty.IsZero() {
		r.Employment = &domain.Employment{Counterparty: c.Counterparty, Position: c.Position, Department: c.Department, From: c.From}
	}
	return s.Register(r, now)
}

// existingCounterparty refuses one that is not there, or names the survivor of one that was merged; the zero id is nobody.
func existingCounterparty(ctx context.Context, f *Facts, id domain.CounterpartyID) (domain.Counterparty, error) {
	if id.IsZero() {
		return domain.Counterparty{}, nil
	}
	s, err := Fact(ctx, f, domain.Counterparties, id)
	switch {
	case err != nil:
		return s, err
	case s.State != "":
		return s, s.Present()
	}
	var v domain.Invalid
	v.Add("counterparty_id", "not_found", "there is no such counterparty")
	return s, v.Err()
}

// ChangeContactPerson corrects fields; those that are absent stay as they are.
type ChangeContactPerson struct {
	LastName         *string         `json:"last_name,omitempty" maxLength:"200" doc:"Family name"`
	FirstName        *string         `json:"first_name,omitempty" maxLength:"200" doc:"Given name"`
	Patronymic       *string         `json:"patronymic,omitempty" maxLength:"200" doc:"Patronymic"`
	Position         *string         `json:"position,omitempty" maxLength:"500" doc:"Position"`
	Department       *string         `json:"department,omitempty" maxLength:"500" doc:"Department"`
	Birthday         *domain.Date    `json:"birthday,omitempty" doc:"Day of birth, 1980-05-31; empty takes it away"`
	Language         *string         `json:"language,omitempty" maxLength:"20" doc:"Language to speak"`
	PreferredChannel *domain.Channel `json:"preferred_channel,omitempty" doc:"email, sms, call, messenger or letter"`
	Comment          *string         `json:"comment,omitempty" maxLength:"4000" doc:"Remark"`
}

func (c ChangeContactPerson) Decide(s domain.ContactPerson, now time.Time) (personEvents, error) {
	d := s.Details
	set(&d.LastName, c.LastName)
	set(&d.FirstName, c.FirstName)
	set(&d.Patronymic, c.Patronymic)
	set(&d.Position, c.Position)
	set(&d.Department, c.Department)
	set(&d.Birthday, c.Birthday)
	set(&d.Language, c.Language)
	set(&d.PreferredChannel, c.PreferredChannel)
	set(&d.Comment, c.Comment)
	return s.Change(d, now)
}

// ChangePersonContacts replaces the ways to reach the person.
type ChangePersonContacts struct {
	domain.ContactDetails
	Country string `json:"country,omitempty" maxLength:"2" doc:"Country whose numbering plan the phones follow; Russia when absent"`
}

func (c ChangePersonContacts) Decide(s domain.ContactPerson, _ time.Time) (personEvents, error) {
	return s.ChangeContacts(readContacts(c.ContactDetails, c.Country))
}

// EmployPerson begins an employment; others go on.
type EmployPerson struct{ domain.Employment }

// Prepare looks at the employer.
func (c *EmployPerson) Prepare(ctx context.Context, f *Facts) error {
	_, err := existingCounterparty(ctx, f, c.Counterparty)
	return err
}

func (c EmployPerson) Decide(s domain.ContactPerson, _ time.Time) (personEvents, error) {
	return s.Join(c.Employment)
}

// MovePerson ends all employments and begins another.
type MovePerson struct{ domain.Employment }

// Prepare looks at the employer.
func (c *MovePerson) Prepare(ctx context.Context, f *Facts) error {
	_, err := existingCounterparty(ctx, f, c.Counterparty)
	return err
}

func (c MovePerson) Decide(s domain.ContactPerson, _ time.Time) (personEvents, error) {
	return s.Move(c.Employment)
}

// DismissPerson ends an employment.
type DismissPerson struct {
	Counterparty domain.CounterpartyID `json:"counterparty_id" format:"uuid" doc:"Employer"`
	To           domain.Date           `json:"to" format:"date" doc:"Last day"`
	Reason       string                `json:"reason,omitempty" maxLength:"2000" doc:"Why"`
}

func (c DismissPerson) Decide(s domain.ContactPerson, _ time.Time) (personEvents, error) {
	return s.Leave(c.Counterparty, c.To, c.Reason)
}

// RefuseContact records that the person does not wish to be contacted.
type RefuseContact struct {
	Reason string `json:"reason" minLength:"1" maxLength:"2000" doc:"What the person said"`
}

func (c RefuseContact) Decide(s domain.ContactPerson, _ time.Time) (personEvents, error) {
	return s.RefuseContact(c.Reason)
}

// AllowContact records that the person may be contacted again.
type AllowContact struct {
	Reason string `json:"reason" minLength:"1" maxLength:"2000" doc:"What the person said"`
}

func (c AllowContact) Decide(s domain.ContactPerson, _ time.Time) (personEvents, error) {
	return s.AllowContact(c.Reason)
}

// GivePersonConsent records that the person agreed to be written to.
type GivePersonConsent struct{ domain.Consent }

func (c GivePersonConsent) Decide(s domain.ContactPerson, _ time.Time) (personEvents, error) {
	return s.Consent(c.Consent)
}

// WithdrawPersonConsent records that the person no longer agrees.
type WithdrawPersonConsent struct{ domain.Consent }

func (c WithdrawPersonConsent) Decide(s domain.ContactPerson, _ time.Time) (personEvents, error) {
	return s.WithdrawConsent(c.Consent)
}

// GiveDecisionRole tells what the person is in the decisions of an employer.
type GiveDecisionRole struct{ domain.DecisionRole }

func (c GiveDecisionRole) Decide(s domain.ContactPerson, _ time.Time) (personEvents, error) {
	return s.Decides(c.DecisionRole)
}

// WithdrawDecisionRole takes that back.
type WithdrawDecisionRole struct {
	domain.DecisionRole
	Until domain.Date `json:"until,omitempty" format:"date" doc:"Last day"`
}

func (c WithdrawDecisionRole) Decide(s domain.ContactPerson, _ time.Time) (personEvents, error) {
	return s.NoLongerDecides(c.DecisionRole, c.Until)
}
