package domain

import (
	"maps"
	"time"
)

// Access is who opened personal data of one counterparty on one day. It has streams of its own, so that openings, which
// are many, do not lengthen the records that were opened.
type Access struct {
	Counterparty CounterpartyID
	Day          Date
	// Opened is when each employee last opened it on this day, as far as recorded.
	Opened map[EmployeeID]time.Time
}

// AccessID identifies a counterparty's day.
type AccessID = ID[Access]

// AccessOf is the stream of a counterparty's day.
func AccessOf(to CounterpartyID, day Date) AccessID {
	return DerivedID[Access]("access", to.String(), string(day))
}

// AccessKind is what was opened.
type AccessKind string

// AccessToContacts is the report of all contact information of a counterparty and its people.
const AccessToContacts AccessKind = "contact_information"

// OneOpening is how long an opened report counts as one opening, however often it is refreshed.
const OneOpening = 10 * time.Minute

// Accesses are the streams "access-<id>".
var Accesses = NewCategory("access",
	Type[PersonalDataWasOpened]("access.opened"),
)

// PersonalDataWasOpened says who saw what, and for what if they said so.
type PersonalDataWasOpened struct {
	Counterparty CounterpartyID `json:"counterparty_id"`
	Day          Date           `json:"date"`
	Employee     EmployeeID     `json:"employee_id"`
	What         AccessKind     `json:"what"`
	At           time.Time      `json:"at"`
	Purpose      string         `json:"purpose,omitempty" pii:"employee"`
}

func (e PersonalDataWasOpened) Apply(a *Access) {
	opened := maps.Clone(a.Opened)
	if opened == nil {
		opened = map[EmployeeID]time.Time{}
	}
	opened[e.Employee] = e.At
	*a = Access{Counterparty: e.Counterparty, Day: e.Day, Opened: opened}
}

// Subjects is the counterparty.
func (a Access) Subjects() []CounterpartyID { return []CounterpartyID{a.Counterparty} }

// Open records an opening, unless it is a refreshing of the last one.
func (a Access) Open(e PersonalDataWasOpened) ([]Event[Access], error) {
	var v Invalid
	v.Check(!e.Counterparty.IsZero(), "counterparty_id", "required", "somebody's data were opened")
	v.Check(!e.Employee.IsZero(), "employee_id", "required", "somebody opened them")
	v.Check(e.What == AccessToContacts, "what", "enum", "is nothing that can be opened")
	last, before := a.Opened[e.Employee]
	switch {
	case v.Err() != nil:
		return nil, v.Err()
	case before && e.At.Before(last.Add(OneOpening)):
		return nil, nil
	}
	return []Event[Access]{e}, nil
}
