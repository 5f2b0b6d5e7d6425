// Package access says who may do and see what: one table of role × resource × action → scope, compiled both to a check of
// one record and, by readmodels, to a condition of SQL. The table prints its own documentation, docs/access.md.
//
// Rights stand here and nowhere else. What depends on the state of one record ("only the assignee reports the work done")
// is a rule of its aggregate.
package access

import (
	"slices"
	"time"

	"github.com/letopis-crm/letopis/domain"
)

// Resource is a kind of thing that rights are given on.
type Resource string

// The resources.
const (
	// Clients are counterparties and contact persons with their influence, duplicates and history as clients.
	Clients Resource = "clients"
	// ContactDetails are telephone numbers and addresses: whoever may read the client but not these sees them masked.
	ContactDetails Resource = "contact_details"
	// Segments are the groups to write to.
	Segments Resource = "segments"
	// Negotiations are negotiations with what was promised in them.
	Negotiations Resource = "negotiations"
	// Interactions are messages, calls and other contacts.
	Interactions Resource = "interactions"
	// Correspondence is what colleagues ask and tell each other.
	Correspondence Resource = "correspondence"
	// Work is assignments, the work schedule, time sheets, reminders and daily reports.
	Work Resource = "work"
	// Performance is how colleagues work, in figures.
	Performance Resource = "performance"
	// Reports are figures about clients and business with them.
	Reports Resource = "reports"
	// Exports are lists taken out of the system.
	Exports Resource = "exports"
	// Directory is who works here, in which department and when, with the company's rules.
	Directory Resource = "directory"
	// Accounts are logins, roles and what one signs in with.
	Accounts Resource = "accounts"
	// AccessLog is who looked at what.
	AccessLog Resource = "access_log"
	// Emergency is reading beyond one's rights, for a reason and a time.
	Emergency Resource = "emergency"
	// Approvals are requests that need a second person.
	Approvals Resource = "approvals"
	// Attachments are files beside a record: the right to a file is the right to its record.
	Attachments Resource = "attachments"
	// Own is everybody's own affairs: session, tokens, desk.
	Own Resource = "own"
)

// Resources are all resources, in the order of the documentation.
var Resources = []Resource{
	Clients, ContactDetails, Segments, Negotiations, Interactions, Correspondence, Work, Performance, Reports, Exports, Directory, Accounts, AccessLog, Emergency,
	Approvals, Attachments, Own,
}

// Action is what is done with a resource.
type Action string

// The actions.
const (
	Read   Action = "read"
	Change Action = "change"
	Decide Action = "decide"
)

// Actions are all actions, in the order of the documentation.
var Actions = []Action{Read, Change, Decide}

// Scope is how far a right reaches: a set of bits, each of which admits some records. The zero value admits none.
type Scope uint8

// The scopes.
const (
	// Participant: the record names the person.
	Participant Scope = 1 << iota
	// Mine: the record names the person, or a client of it is theirs; so do records that nobody answers for.
	Mine
	// Department: as Mine, for anybody of the person's department and the departments below it.
	Department
	// Assigned: the record is about a client whom an open assignment of the person is about, or names the person.
	Assigned
	// All: every record.
	All

	None Scope = 0
)

// Record is what the right to a record depends on.
type Record struct {
	// Participants are the employees whom the record names.
	Participants []domain.EmployeeID
	// Answering are the employees whom the record's clients are entrusted to.
	Answering []domain.EmployeeID
	Clients   []domain.CounterpartyID
}

// Actor is who asks, with what the scopes are measured by.
type Actor struct {
	Employee domain.EmployeeID
	// OnBehalfOf is the absent colleague whose records are one's own for this request; zero for nobody.
	OnBehalfOf domain.EmployeeID
	Roles      []domain.Role
	// Within is a resource whose right to read must reach the record, too, such as Exports; empty for none.
	Within Resource
	Standing
}

// Standing is where an employee stands at present.
type Standing struct {
	// Team is everybody of the employee's department and of the departments below it.
	Team []domain.EmployeeID
	// Cases are the clients of the open assignments given to the employee, and those opened in an emergency.
	Cases []domain.CounterpartyID
	// Opened adds to what the employee may read of the business while an emergency access lasts.
	Opened Scope
	// Until is when the first of them ends, and the standing is another; zero for never.
	Until time.Time
}

// WithEmergency is the standing while an emergency access to the client, or to everything, lasts.
func (s Standing) WithEmergency(client domain.CounterpartyID, until time.Time) Standing {
	if client.IsZero() {
		s.Opened |= All
	} else {
		s.Opened |= Assigned
		s.Cases = domain.With(s.Cases, client)
	}
	if s.Until.IsZero() || until.Before(s.Until) {
		s.Until = until
	}
	return s
}

// Persons are in whose name the actor asks: the employee, and the absent colleague if there is one.
func (a Actor) Persons() []domain.EmployeeID {
	if a.OnBehalfOf.IsZero() {
		return []domain.EmployeeID{a.Employee}
	}
	return []domain.EmployeeID{a.Employee, a.OnBehalfOf}
}

// Colleagues are the team, which everybody belongs to themselves.
func (a Actor) Colleagues() []domain.EmployeeID { return append(a.Persons(), a.Team...) }

// Scope is how far the actor's roles reach together.
func (a Actor) Scope(resource Resource, action Action) Scope {
	scope := None
	for _, role := range a.Roles {
		scope |= table[role][resource][action]
	}
	if action == Read && slices.Contains(business, resource) {
		scope |= a.Opened
	}
	return scope
}

// business are the resources that an emergency access opens.
var business = []Resource{Clients, ContactDetails, Segments, Negotiations, Interactions, Correspondence, Work}

// Check reports whether the actor may act on the record.
func (a Actor) Check(resource Resource, action Action, r Record) bool {
	return a.covers(a.Scope(resource, action), r) && a.covers(a.Bound(), r)
}

// Bound is how far the actor reaches at most.
func (a Actor) Bound() Scope {
	if a.Within == "" {
		return All
	}
	return a.Scope(a.Within, Read)
}

func (a Actor) covers(s Scope, r Record) bool {
	free := len(r.Participants) == 0 && len(r.Answering) == 0
	switch {
	case s&All != 0:
		return true
	case s&(Participant|Mine|Department|Assigned) != 0 && common(r.Participants, a.Persons()),
		s&Mine != 0 && (free || common(r.Answering, a.Persons())),
		s&Department != 0 && (free || common(r.Participants, a.Colleagues()) || common(r.Answering, a.Colleagues())),
		s&Assigned != 0 && common(r.Clients, a.Cases):
		return true
	}
	return false
}

func common[T any](list, other []domain.ID[T]) bool {
	return slices.ContainsFunc(list, func(id domain.ID[T]) bool { return slices.Contains(other, id) })
}
