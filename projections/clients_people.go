package projections

import (
	"time"

	"github.com/letopis-crm/letopis/domain"
)

// PersonRow is one contact person. Employers are all of them, past and present; ClientID is the latest present one.
type PersonRow struct {
	ID           domain.ContactPersonID  `json:"id"`
	FullName     string                  `json:"full_name"`
	NormName     string                  `json:"norm_name"`
	ClientID     domain.CounterpartyID   `json:"client_id"`
	Position     string                  `json:"position"`
	Department   string                  `json:"department"`
	Employers    []domain.CounterpartyID `json:"employers"`
	DoNotContact bool                    `json:"do_not_contact"`
	Card         PersonCard              `json:"card"`
	Registered   time.Time               `json:"registered_at"`
	Changed      time.Time               `json:"changed_at"`
	Revision     int64                   `json:"revision"`
}

// PersonCard is what only the card shows.
type PersonCard struct {
	Details       domain.PersonDetails  `json:"details"`
	Reach         domain.ContactDetails `json:"reach"`
	Employments   []domain.Employment   `json:"employments,omitempty"`
	Contacts      []domain.ContactPoint `json:"contacts,omitempty"`
	Consents      []ConsentFact         `json:"consents,omitempty"`
	DecisionRoles []domain.DecisionRole `json:"decision_roles,omitempty"`
}

var persons = NewTable[PersonRow]("person", "id")

var personHandlers = []Handler{
	On(func(b *Batch, e Envelope[domain.ContactPersonWasRegistered]) {
		p := PersonRow{ID: e.Event.ID, Card: PersonCard{Details: e.Event.PersonDetails, Reach: e.Event.ContactDetails},
			Registered: e.At(), Changed: e.Meta.RecordedAt, Revision: int64(e.Revision)}
		if e.Event.Employment != nil {
			p.Card.Employments = []domain.Employment{*e.Event.Employment}
		}
		p.derive()
		persons.Put(b, e.Key(), p)
		indexPerson(b, &p)
	}),
	onPerson(func(p *PersonRow, e Envelope[domain.ContactPersonDetailsWereChanged]) {
		p.Card.Details = p.Card.Details.With(e.Event.Changes)
	}),
	onPerson(func(p *PersonRow, e Envelope[domain.ContactPersonContactsWereChanged]) { p.Card.Reach = e.Event.To }),
	onPerson(func(p *PersonRow, e Envelope[domain.ContactPersonJoined]) {
		p.Card.Employments = append(p.Card.Employments, e.Event.Employment)
		p.Card.Details.Position, p.Card.Details.Department = e.Event.Position, e.Event.Department
	}),
	onPerson(func(p *PersonRow, e Envelope[domain.ContactPersonLeft]) {
		for i, j := range p.Card.Employments {
			if j.Counterparty == e.Event.Counterparty && j.To == "" {
				p.Card.Employments[i].To = e.Event.To
			}
		}
	}),
	onPerson(func(p *PersonRow, _ Envelope[domain.ContactPersonRefusedContact]) { p.DoNotContact = true }),
	onPerson(func(p *PersonRow, _ Envelope[domain.ContactPersonAllowedContact]) { p.DoNotContact = false }),
	onPerson(func(p *PersonRow, e Envelope[domain.ContactPersonGaveConsent]) {
		p.Card.Consents = append(p.Card.Consents, ConsentFact{Consent: e.Event.Consent, GivenAt: e.At()})
	}),
	onPerson(func(p *PersonRow, e Envelope[domain.ContactPersonWithdrewConsent]) {
		withdrawConsent(p.Card.Consents, e.Event.Consent, e.At())
	}),
	onPerson(func(p *PersonRow, e Envelope[domain.ContactPersonGotDecisionRole]) {
		p.Card.DecisionRoles = append(p.Card.DecisionRoles, e.Event.DecisionRole)
	}),
	onPerson(func(p *PersonRow, e Envelope[domain.ContactPersonLostDecisionRole]) {
		p.Card.DecisionRoles = domain.Without(p.Card.DecisionRoles, func(r domain.DecisionRole) bool { return r == e.Event.DecisionRole })
	}),
}

// onPerson changes the person's row and what follows from it.
func onPerson[E any](change func(p *PersonRow, e Envelope[E])) Handler {
	return On(func(b *Batch, e Envelope[E]) {
		persons.Change(b, e.Key(), func(p *PersonRow) {
			before := p.Card.Reach.Points(p.Registered)
			change(p, e)
			p.Changed, p.Revision = e.Meta.RecordedAt, int64(e.Revision)
			p.derive()
			p.Card.Contacts = follow(p.Card.Contacts, before, p.Card.Reach.Points(e.At()), e.At())
			indexPerson(b, p)
		})
	})
}

// derive sets the columns that follow from the details and employments.
func (p *PersonRow) derive() {
	p.FullName = p.Card.Details.FullName()
	p.NormName = domain.NormalName(p.FullName)
	p.Position, p.Department = p.Card.Details.Position, p.Card.Details.Department
	p.ClientID, p.Employers = domain.CounterpartyID{}, nil
	for _, e := range p.Card.Employments {
		p.Employers = append(p.Employers, e.Counterparty)
		if e.To == "" {
			p.ClientID = e.Counterparty
		}
	}
}
