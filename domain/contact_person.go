package domain

import (
	"slices"
	"strings"
	"time"
	"unicode"
)

// ContactPerson is somebody to talk to at one or several counterparties. People move: what they did at an earlier
// employer stays in that employer's history.
type ContactPerson struct {
	ID      ContactPersonID
	Details PersonDetails
	ContactDetails
	Employments   []Employment
	DecisionRoles []DecisionRole
	DoNotContact  bool
	Consents      []Consent
	Imported      []ImportedPerson
}

// ContactPersonID identifies a contact person.
type ContactPersonID = ID[ContactPerson]

// PersonDetails is what is known about a person apart from how to reach them.
type PersonDetails struct {
	LastName         string  `json:"last_name,omitempty" pii:"person" maxLength:"200" doc:"Family name"`
	FirstName        string  `json:"first_name,omitempty" pii:"person" maxLength:"200" doc:"Given name"`
	Patronymic       string  `json:"patronymic,omitempty" pii:"person" maxLength:"200" doc:"Patronymic"`
	Position         string  `json:"position,omitempty" pii:"person" maxLength:"500" doc:"Position"`
	Department       string  `json:"department,omitempty" pii:"person" maxLength:"500" doc:"Department"`
	Birthday         Date    `json:"birthday,omitempty" format:"date" doc:"Day of birth"`
	Language         string  `json:"language,omitempty" public:"" maxLength:"20" doc:"Language to speak, a code such as ru"`
	PreferredChannel Channel `json:"preferred_channel,omitempty" enum:"email,sms,call,messenger,letter" doc:"Channel the person prefers"`
	Comment          string  `json:"comment,omitempty" pii:"person" maxLength:"4000" doc:"Remark"`
}

// FullName is the name as Russians write it: family name, given name, patronymic.
func (d PersonDetails) FullName() string {
	return strings.Join(strings.Fields(d.LastName+" "+d.FirstName+" "+d.Patronymic), " ")
}

// SplitName parts a full name. Cyrillic names begin with the family name, others end with it; a single word is the
// family name.
func SplitName(full string) PersonDetails {
	words := strings.Fields(full)
	cyrillic := strings.ContainsFunc(full, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) })
	switch {
	case len(words) == 0:
		return PersonDetails{}
	case len(words) == 1:
		return PersonDetails{LastName: words[0]}
	case cyrillic:
		return PersonDetails{LastName: words[0], FirstName: words[1], Patronymic: strings.Join(words[2:], " ")}
	}
	last := len(words) - 1
	return PersonDetails{FirstName: strings.Join(words[:last], " "), LastName: words[last]}
}

// Employment is a time at a counterparty; no end means now.
type Employment struct {
	Counterparty CounterpartyID `json:"counterparty_id" format:"uuid" doc:"Employer"`
	Position     string         `json:"position,omitempty" pii:"person" maxLength:"500" doc:"Position there"`
	Department   string         `json:"department,omitempty" pii:"person" maxLength:"500" doc:"Department there"`
	From         Date           `json:"from,omitempty" format:"date" doc:"First day"`
	To           Date           `json:"to,omitempty" format:"date" doc:"Last day; absent while employed"`
}

// DecisionRole is what a person is in the decisions of a counterparty, on one topic or on all of them.
type DecisionRole struct {
	Counterparty CounterpartyID `json:"counterparty_id" format:"uuid" doc:"Where the decision is made"`
	Role         BuyingRole     `json:"role" enum:"decision_maker,economic_buyer,technical_evaluator,influencer,gatekeeper,user,champion,opponent" doc:"Role in the decision"`
	Topic        string         `json:"topic,omitempty" pii:"counterparty" maxLength:"300" doc:"What is decided; every topic when absent"`
	Since        Date           `json:"since,omitempty" format:"date" doc:"Known from"`
}

// BuyingRole is a role in a decision.
type BuyingRole string

var buyingRoles = []BuyingRole{"decision_maker", "economic_buyer", "technical_evaluator", "influencer", "gatekeeper", "user", "champion", "opponent"}

// ImportedPerson is the person as a row of another system's list described them last.
type ImportedPerson struct {
	RowOrigin
	Details  PersonDetails
	Contacts ContactDetails
}

// Refusals of contact persons.
var (
	ErrPersonNotEmployed = Refuse("contact_person.not_employed", "the person does not work there")
	ErrPersonEmployed    = Refuse("contact_person.already_employed", "the person works there already")
)

// ContactPersons are the streams "contact_person-<id>".
var ContactPersons = NewCategory("contact_person",
	Type[ContactPersonWasRegistered]("contact_person.registered"),
	Type[ContactPersonDetailsWereChanged]("contact_person.details_changed"),
	Type[ContactPersonContactsWereChanged]("contact_person.contacts_changed"),
	Type[ContactPersonJoined]("contact_person.joined"),
	Type[ContactPersonLeft]("contact_person.left"),
	Type[ContactPersonRefusedContact]("contact_person.do_not_contact_set"),
	Type[ContactPersonAllowedContact]("contact_person.do_not_contact_lifted"),
	Type[ContactPersonGaveConsent]("contact_person.consent_given"),
	Type[ContactPersonWithdrewConsent]("contact_person.consent_withdrawn"),
	Type[ContactPersonGotDecisionRole]("contact_person.decision_role_given"),
	Type[ContactPersonLostDecisionRole]("contact_person.decision_role_withdrawn"),
	Type[ContactPersonRowWasImported]("contact_person.row_imported"),
)

// ContactPersonWasRegistered enters a person with their employer.
type ContactPersonWasRegistered struct {
	ID ContactPersonID `json:"person_id"`
	PersonDetails
	ContactDetails
	Employment *Employment `json:"employment,omitempty"`
	Import     *RowOrigin  `json:"import,omitempty"`
}

// ContactPersonDetailsWereChanged corrects fields, from what to what.
type ContactPersonDetailsWereChanged struct {
	Changes []PersonFieldChange `json:"changes"`
}

// PersonFieldChange says from what to what a field was changed.
type PersonFieldChange struct {
	Field DetailField `json:"field"`
	From  string      `json:"from,omitempty" pii:"person"`
	To    string      `json:"to,omitempty" pii:"person"`
}

// ContactPersonContactsWereChanged replaces the ways to reach the person.
type ContactPersonContactsWereChanged struct {
	From ContactDetails `json:"from"`
	To   ContactDetails `json:"to"`
}

// ContactPersonJoined begins an employment.
type ContactPersonJoined struct{ Employment }

// ContactPersonLeft ends it.
type ContactPersonLeft struct {
	Counterparty CounterpartyID `json:"counterparty_id"`
	To           Date           `json:"to"`
	Reason       string         `json:"reason,omitempty" pii:"person"`
}

// ContactPersonRefusedContact forbids to write or call on our own account.
type ContactPersonRefusedContact struct {
	Reason string `json:"reason" pii:"person"`
}

// ContactPersonAllowedContact lifts that.
type ContactPersonAllowedContact struct {
	Reason string `json:"reason" pii:"person"`
}

// ContactPersonGaveConsent begins a consent.
type ContactPersonGaveConsent struct{ Consent }

// ContactPersonWithdrewConsent ends it.
type ContactPersonWithdrewConsent struct{ Consent }

// ContactPersonGotDecisionRole tells what the person is in decisions.
type ContactPersonGotDecisionRole struct{ DecisionRole }

// ContactPersonLostDecisionRole takes that back.
type ContactPersonLostDecisionRole struct {
	DecisionRole
	Until Date `json:"until,omitempty"`
}

// ContactPersonRowWasImported remembers what another system said.
type ContactPersonRowWasImported struct {
	RowOrigin
	Details  PersonDetails  `json:"details"`
	Contacts ContactDetails `json:"contacts"`
}

func (e ContactPersonWasRegistered) Apply(p *ContactPerson) {
	*p = ContactPerson{ID: e.ID, Details: e.PersonDetails, ContactDetails: e.ContactDetails}
	if e.Employment != nil {
		p.Employments = []Employment{*e.Employment}
	}
	if e.Import != nil {
		p.Imported = []ImportedPerson{{RowOrigin: *e.Import, Details: e.PersonDetails, Contacts: e.ContactDetails}}
	}
}
func (e ContactPersonDetailsWereChanged) Apply(p *ContactPerson) {
	p.Details = p.Details.With(e.Changes)
}
func (e ContactPersonContactsWereChanged) Apply(p *ContactPerson) { p.ContactDetails = e.To }
func (e ContactPersonJoined) Apply(p *ContactPerson) {
	p.Employments = With(p.Employments, e.Employment)
	p.Details.Position, p.Details.Department = e.Position, e.Department
}
func (e ContactPersonLeft) Apply(p *ContactPerson) {
	p.Employments = slices.Clone(p.Employments)
	if i := p.employment(e.Counterparty); i >= 0 {
		p.Employments[i].To = e.To
	}
}
func (e ContactPersonRefusedContact) Apply(p *ContactPerson) { p.DoNotContact = true }
func (e ContactPersonAllowedContact) Apply(p *ContactPerson) { p.DoNotContact = false }
func (e ContactPersonGaveConsent) Apply(p *ContactPerson)    { p.Consents = With(p.Consents, e.Consent) }
func (e ContactPersonWithdrewConsent) Apply(p *ContactPerson) {
	p.Consents = Without(p.Consents, e.same)
}
func (e ContactPersonGotDecisionRole) Apply(p *ContactPerson) {
	p.DecisionRoles = With(p.DecisionRoles, e.DecisionRole)
}
func (e ContactPersonLostDecisionRole) Apply(p *ContactPerson) {
	p.DecisionRoles = Without(p.DecisionRoles, e.same)
}
func (e ContactPersonRowWasImported) Apply(p *ContactPerson) {
	row := ImportedPerson(e)
	p.Imported = With(Without(p.Imported, func(x ImportedPerson) bool { return x.Source == e.Source && x.ExternalID == e.ExternalID }), row)
}

// Subjects are all employers, past and present: history stays with each.
func (p ContactPerson) Subjects() []CounterpartyID {
	var all []CounterpartyID
	for _, e := range p.Employments {
		all = append(all, e.Counterparty)
	}
	return all
}

// Register enters a person.
func (p ContactPerson) Register(r ContactPersonWasRegistered, now time.Time) ([]Event[ContactPerson], error) {
	if !p.ID.IsZero() {
		return nil, ErrAlreadyExists
	}
	r.PersonDetails, r.ContactDetails = r.PersonDetails.normal(), r.ContactDetails.normal()
	var v Invalid
	r.PersonDetails.check(&v, now)
	r.ContactDetails.check(&v)
	if r.Import == nil {
		r.checkDialled(&v, ContactDetails{})
	}
	if r.Employment != nil {
		r.Employment.check(&v, "employment.")
	}
	if err := v.Err(); err != nil {
		return nil, err
	}
	return []Event[ContactPerson]{r}, nil
}

// Change corrects fields.
func (p ContactPerson) Change(to PersonDetails, now time.Time) ([]Event[ContactPerson], error) {
	to = to.normal()
	changes := p.Details.changesTo(to)
	var v Invalid
	to.check(&v, now)
	switch {
	case p.ID.IsZero():
		return nil, ErrNotFound
	case v.Err() != nil:
		return nil, v.Err()
	case len(changes) == 0:
		return nil, nil
	}
	return []Event[ContactPerson]{ContactPersonDetailsWereChanged{changes}}, nil
}

// ChangeContacts replaces the ways to reach the person.
func (p ContactPerson) ChangeContacts(to ContactDetails) ([]Event[ContactPerson], error) {
	to = to.normal()
	var v Invalid
	to.check(&v)
	to.checkDialled(&v, p.ContactDetails)
	switch {
	case p.ID.IsZero():
		return nil, ErrNotFound
	case v.Err() != nil:
		return nil, v.Err()
	case p.equal(to):
		return nil, nil
	}
	return []Event[ContactPerson]{ContactPersonContactsWereChanged{From: p.ContactDetails, To: to}}, nil
}

// Join begins an employment. The person may work at several places at once.
func (p ContactPerson) Join(e Employment) ([]Event[ContactPerson], error) {
	var v Invalid
	e.check(&v, "")
	switch {
	case p.ID.IsZero():
		return nil, ErrNotFound
	case v.Err() != nil:
		return nil, v.Err()
	case p.employment(e.Counterparty) >= 0:
		return nil, ErrPersonEmployed
	}
	return []Event[ContactPerson]{ContactPersonJoined{e}}, nil
}

// Leave ends an employment on a day.
func (p ContactPerson) Leave(c CounterpartyID, to Date, reason string) ([]Event[ContactPerson], error) {
	i := p.employment(c)
	var v Invalid
	v.Check(to.Valid(), "to", "date", "must be a day such as 2026-11-23")
	v.Check(i < 0 || p.Employments[i].From <= to, "to", "before_start", "an employment cannot end before it began")
	switch {
	case p.ID.IsZero():
		return nil, ErrNotFound
	case i < 0:
		return nil, ErrPersonNotEmployed
	case v.Err() != nil:
		return nil, v.Err()
	}
	return []Event[ContactPerson]{ContactPersonLeft{Counterparty: c, To: to, Reason: reason}}, nil
}

// Move ends all present employments on the day before a new one begins.
func (p ContactPerson) Move(e Employment) ([]Event[ContactPerson], error) {
	var v Invalid
	v.Check(e.From.Valid(), "from", "date", "must be a day such as 2026-11-23")
	if err := v.Err(); err != nil {
		return nil, err
	}
	var events []Event[ContactPerson]
	for _, old := range p.Employments {
		if old.To != "" || old.Counterparty == e.Counterparty {
			continue
		}
		left, err := p.Leave(old.Counterparty, max(old.From, e.From.AddDays(-1)), "")
		if err != nil {
			return nil, err
		}
		events = append(events, left...)
	}
	joined, err := p.Join(e)
	return append(events, joined...), err
}

// employment is the place of a present employment, or -1.
func (p ContactPerson) employment(c CounterpartyID) int {
	return slices.IndexFunc(p.Employments, func(e Employment) bool { return e.Counterparty == c && e.To == "" })
}

func (e Employment) check(v *Invalid, prefix string) {
	v.Check(!e.Counterparty.IsZero(), prefix+"counterparty_id", "required", "an employment is at a counterparty")
	v.Check(e.From == "" || e.From.Valid(), prefix+"from", "date", "must be a day such as 2026-11-23")
	v.Check(e.To == "" || e.To.Valid() && e.From <= e.To, prefix+"to", "before_start", "must be a day not before the first one")
}

// RefuseContact forbids to write or call on our own account.
func (p ContactPerson) RefuseContact(reason string) ([]Event[ContactPerson], error) {
	return p.setContact(true, reason, ContactPersonRefusedContact{reason})
}

// AllowContact lifts that.
func (p ContactPerson) AllowContact(reason string) ([]Event[ContactPerson], error) {
	return p.setContact(false, reason, ContactPersonAllowedContact{reason})
}

func (p ContactPerson) setContact(refused bool, reason string, e Event[ContactPerson]) ([]Event[ContactPerson], error) {
	var v Invalid
	v.Require("reason", reason)
	switch {
	case p.ID.IsZero():
		return nil, ErrNotFound
	case p.DoNotContact == refused:
		return nil, nil
	case v.Err() != nil:
		return nil, v.Err()
	}
	return []Event[ContactPerson]{e}, nil
}

// Consent records that the person agreed to be written to.
func (p ContactPerson) Consent(k Consent) ([]Event[ContactPerson], error) {
	switch {
	case p.ID.IsZero():
		return nil, ErrNotFound
	case k.check() != nil:
		return nil, k.check()
	case hasConsent(p.Consents, k):
		return nil, nil
	}
	return []Event[ContactPerson]{ContactPersonGaveConsent{k}}, nil
}

// WithdrawConsent records that the person no longer agrees.
func (p ContactPerson) WithdrawConsent(k Consent) ([]Event[ContactPerson], error) {
	switch {
	case p.ID.IsZero():
		return nil, ErrNotFound
	case k.check() != nil:
		return nil, k.check()
	case !hasConsent(p.Consents, k):
		return nil, nil
	}
	return []Event[ContactPerson]{ContactPersonWithdrewConsent{k}}, nil
}

// Decides tells what the person is in the decisions of an employer.
func (p ContactPerson) Decides(r DecisionRole) ([]Event[ContactPerson], error) {
	r.Topic = strings.TrimSpace(r.Topic)
	var v Invalid
	v.Check(slices.Contains(buyingRoles, r.Role), "role", "enum", "is not a role in a decision")
	v.Check(r.Since == "" || r.Since.Valid(), "since", "date", "must be a day such as 2026-11-23")
	switch {
	case p.ID.IsZero():
		return nil, ErrNotFound
	case v.Err() != nil:
		return nil, v.Err()
	case p.employment(r.Counterparty) < 0:
		return nil, ErrPersonNotEmployed
	case slices.ContainsFunc(p.DecisionRoles, r.same):
		return nil, nil
	}
	return []Event[ContactPerson]{ContactPersonGotDecisionRole{r}}, nil
}

// NoLongerDecides takes a decision role back.
func (p ContactPerson) NoLongerDecides(r DecisionRole, until Date) ([]Event[ContactPerson], error) {
	r.Topic = strings.TrimSpace(r.Topic)
	var v Invalid
	v.Check(until == "" || until.Valid(), "until", "date", "must be a day such as 2026-11-23")
	i := slices.IndexFunc(p.DecisionRoles, r.same)
	switch {
	case p.ID.IsZero():
		return nil, ErrNotFound
	case v.Err() != nil:
		return nil, v.Err()
	case i < 0:
		return nil, nil
	}
	return []Event[ContactPerson]{ContactPersonLostDecisionRole{DecisionRole: p.DecisionRoles[i], Until: until}}, nil
}

func (r DecisionRole) same(o DecisionRole) bool {
	return r.Counterparty == o.Counterparty && r.Role == o.Role && strings.EqualFold(r.Topic, o.Topic)
}

// Import takes a person of another system's list at an employer, by the rules of Counterparty.Import.
func (p ContactPerson) Import(self ContactPersonID, row ImportedPerson, employer CounterpartyID, now time.Time) ([]Event[ContactPerson], error) {
	row.Details, row.Contacts = row.Details.normal(), row.Contacts.normal()
	row.Contacts.Emails = slices.Clip(Without(row.Contacts.Emails, func(e Email) bool { return !emailShape.MatchString(e.Address) }))
	row.Contacts = row.Contacts.normal()
	if p.ID.IsZero() {
		return p.Register(ContactPersonWasRegistered{ID: self, PersonDetails: row.Details, ContactDetails: row.Contacts, Import: &row.RowOrigin,
			Employment: &Employment{Counterparty: employer, Position: row.Details.Position, Department: row.Details.Department}}, now)
	}
	var last ImportedPerson
	if i := slices.IndexFunc(p.Imported, func(x ImportedPerson) bool { return x.Source == row.Source && x.ExternalID == row.ExternalID }); i >= 0 {
		last = p.Imported[i]
	}
	if last.RowHash != "" && last.RowHash == row.RowHash {
		return nil, nil
	}
	var events []Event[ContactPerson]
	if changes := p.Details.news(row.Details, last.Details); len(changes) > 0 {
		events = append(events, ContactPersonDetailsWereChanged{changes})
	}
	contacts := p.Minus(last.Contacts.Minus(row.Contacts)).Plus(row.Contacts.Minus(last.Contacts))
	if !contacts.equal(p.ContactDetails) {
		events = append(events, ContactPersonContactsWereChanged{From: p.ContactDetails, To: contacts})
	}
	if !slices.ContainsFunc(p.Employments, func(e Employment) bool { return e.Counterparty == employer }) {
		events = append(events, ContactPersonJoined{Employment{Counterparty: employer, Position: row.Details.Position, Department: row.Details.Department}})
	}
	return append(events, ContactPersonRowWasImported(row)), nil
}

var personFields = []struct {
	name DetailField
	of   func(*PersonDetails) *string
}{
	{"last_name", func(d *PersonDetails) *string { return &d.LastName }},
	{"first_name", func(d *PersonDetails) *string { return &d.FirstName }},
	{"patronymic", func(d *PersonDetails) *string { return &d.Patronymic }},
	{"position", func(d *PersonDetails) *string { return &d.Position }},
	{"department", func(d *PersonDetails) *string { return &d.Department }},
	{"birthday", func(d *PersonDetails) *string { return (*string)(&d.Birthday) }},
	{"language", func(d *PersonDetails) *string { return &d.Language }},
	{"preferred_channel", func(d *PersonDetails) *string { return (*string)(&d.PreferredChannel) }},
	{"comment", func(d *PersonDetails) *string { return &d.Comment }},
}

func (d PersonDetails) normal() PersonDetails {
	for _, f := range personFields {
		p := f.of(&d)
		*p = strings.TrimSpace(*p)
	}
	return d
}

func (d PersonDetails) check(v *Invalid, now time.Time) {
	v.Require("last_name", d.FullName())
	v.Check(d.Birthday == "" || d.Birthday.Valid(), "birthday", "date", "must be a day such as 1980-05-31")
	// Somewhere the next day has begun already.
	v.Check(d.Birthday <= DateOf(now, time.UTC).AddDays(1), "birthday", "in_future", "nobody is born in the future")
	v.Check(d.PreferredChannel == "" || slices.Contains(channels, d.PreferredChannel), "preferred_channel", "enum", "is not a channel")
}

// With is the details after the changes.
func (d PersonDetails) With(changes []PersonFieldChange) PersonDetails {
	for _, c := range changes {
		for _, f := range personFields {
			if f.name == c.Field {
				*f.of(&d) = c.To
			}
		}
	}
	return d
}

func (d PersonDetails) changesTo(o PersonDetails) []PersonFieldChange {
	var changes []PersonFieldChange
	for _, f := range personFields {
		if from, to := *f.of(&d), *f.of(&o); from != to {
			changes = append(changes, PersonFieldChange{Field: f.name, From: from, To: to})
		}
	}
	return changes
}

// news are the changes of a row since it was last seen; what it no longer has is emptied only if nobody corrected it.
func (d PersonDetails) news(row, last PersonDetails) []PersonFieldChange {
	return Without(d.changesTo(row), func(c PersonFieldChange) bool {
		for _, f := range personFields {
			if f.name == c.Field {
				before := *f.of(&last)
				return c.To == before || c.To == "" && c.From != before
			}
		}
		return true
	})
}
