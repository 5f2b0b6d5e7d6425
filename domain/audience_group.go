package domain

import "strings"

// AudienceGroup is a list of counterparties or of persons to write to.
type AudienceGroup struct {
	Kind           GroupKind
	Name           string
	Counterparties map[CounterpartyID]bool
	Persons        map[ContactPersonID]bool
	Closed         bool
}

// AudienceGroupID identifies a group.
type AudienceGroupID = ID[AudienceGroup]

// GroupKind is what a group consists of.
type GroupKind string

// The kinds.
const (
	GroupOfCounterparties GroupKind = "counterparty_group"
	GroupOfPersons        GroupKind = "person_group"
)

// Refusals of groups.
var (
	ErrGroupClosed = Refuse("audience_group.closed", "the group is closed")
	ErrGroupKind   = Refuse("audience_group.kind", "the group holds members of the other kind")
)

// AudienceGroups are the streams "audience_group-<id>".
var AudienceGroups = NewCategory("audience_group",
	Type[AudienceGroupWasCreated]("audience_group.created"),
	Type[AudienceGroupWasRenamed]("audience_group.renamed"),
	Type[AudienceGroupGotMembers]("audience_group.members_added"),
	Type[AudienceGroupLostMembers]("audience_group.members_removed"),
	Type[AudienceGroupWasClosed]("audience_group.closed"),
)

// GroupMembers are members of either kind.
type GroupMembers struct {
	Counterparties []CounterpartyID  `json:"counterparty_ids,omitempty" maxItems:"10000" doc:"Counterparties, of a counterparty group"`
	Persons        []ContactPersonID `json:"person_ids,omitempty" maxItems:"10000" doc:"Persons, of a person group"`
}

// AudienceGroupWasCreated makes a group.
type AudienceGroupWasCreated struct {
	Kind GroupKind `json:"kind"`
	Name string    `json:"name" public:""`
}

// AudienceGroupWasRenamed gives it another name.
type AudienceGroupWasRenamed struct {
	From string `json:"from" public:""`
	To   string `json:"to" public:""`
}

// AudienceGroupGotMembers adds members.
type AudienceGroupGotMembers struct{ GroupMembers }

// AudienceGroupLostMembers removes members.
type AudienceGroupLostMembers struct{ GroupMembers }

// AudienceGroupWasClosed ends the group.
type AudienceGroupWasClosed struct {
	Reason string `json:"reason,omitempty" public:""`
}

func (e AudienceGroupWasCreated) Apply(g *AudienceGroup) {
	*g = AudienceGroup{Kind: e.Kind, Name: e.Name}
}
func (e AudienceGroupWasRenamed) Apply(g *AudienceGroup) { g.Name = e.To }
func (e AudienceGroupGotMembers) Apply(g *AudienceGroup) {
	g.Counterparties = members(g.Counterparties, e.Counterparties, true)
	g.Persons = members(g.Persons, e.Persons, true)
}
func (e AudienceGroupLostMembers) Apply(g *AudienceGroup) {
	g.Counterparties = members(g.Counterparties, e.Counterparties, false)
	g.Persons = members(g.Persons, e.Persons, false)
}
func (e AudienceGroupWasClosed) Apply(g *AudienceGroup) { g.Closed = true }

// members is a copy of the set with the ids in or out of it.
func members[T any](set map[ID[T]]bool, ids []ID[T], in bool) map[ID[T]]bool {
	if len(ids) == 0 {
		return set
	}
	changed := make(map[ID[T]]bool, len(set)+len(ids))
	for id := range set {
		changed[id] = true
	}
	for _, id := range ids {
		if in {
			changed[id] = true
		} else {
			delete(changed, id)
		}
	}
	return changed
}

// Create makes a group.
func (g AudienceGroup) Create(kind GroupKind, name string) ([]Event[AudienceGroup], error) {
	name = strings.TrimSpace(name)
	var v Invalid
	v.Require("name", name)
	v.Check(kind == GroupOfCounterparties || kind == GroupOfPersons, "kind", "enum", "must be counterparty_group or person_group")
	switch {
	case g.Name != "":
		return nil, ErrAlreadyExists
	case v.Err() != nil:
		return nil, v.Err()
	}
	return []Event[AudienceGroup]{AudienceGroupWasCreated{Kind: kind, Name: name}}, nil
}

// Rename gives the group another name.
func (g AudienceGroup) Rename(name string) ([]Event[AudienceGroup], error) {
	name = strings.TrimSpace(name)
	var v Invalid
	v.Require("name", name)
	switch {
	case g.open() != nil:
		return nil, g.open()
	case v.Err() != nil:
		return nil, v.Err()
	case g.Name == name:
		return nil, nil
	}
	return []Event[AudienceGroup]{AudienceGroupWasRenamed{From: g.Name, To: name}}, nil
}

// Add puts members in; those who are in already are passed over.
func (g AudienceGroup) Add(m GroupMembers) ([]Event[AudienceGroup], error) {
	m.Counterparties = Without(m.Counterparties, func(id CounterpartyID) bool { return g.Counterparties[id] || id.IsZero() })
	m.Persons = Without(m.Persons, func(id ContactPersonID) bool { return g.Persons[id] || id.IsZero() })
	return g.change(m, AudienceGroupGotMembers{m})
}

// Remove takes members out.
func (g AudienceGroup) Remove(m GroupMembers) ([]Event[AudienceGroup], error) {
	m.Counterparties = Without(m.Counterparties, func(id CounterpartyID) bool { return !g.Counterparties[id] })
	m.Persons = Without(m.Persons, func(id ContactPersonID) bool { return !g.Persons[id] })
	return g.change(m, AudienceGroupLostMembers{m})
}

func (g AudienceGroup) change(m GroupMembers, e Event[AudienceGroup]) ([]Event[AudienceGroup], error) {
	switch {
	case g.open() != nil:
		return nil, g.open()
	case len(m.Counterparties) > 0 && g.Kind != GroupOfCounterparties, len(m.Persons) > 0 && g.Kind != GroupOfPersons:
		return nil, ErrGroupKind
	case len(m.Counterparties)+len(m.Persons) == 0:
		return nil, nil
	}
	return []Event[AudienceGroup]{e}, nil
}

// Close ends the group.
func (g AudienceGroup) Close(reason string) ([]Event[AudienceGroup], error) {
	switch {
	case g.Name == "":
		return nil, ErrNotFound
	case g.Closed:
		return nil, nil
	}
	return []Event[AudienceGroup]{AudienceGroupWasClosed{reason}}, nil
}

func (g AudienceGroup) open() error {
	switch {
	case g.Name == "":
		return ErrNotFound
	case g.Closed:
		return ErrGroupClosed
	}
	return nil
}
