package domain

import "slices"

// The two sides of a merge. A merge loses nothing: the loser keeps its stream and becomes another name of the survivor,
// the survivor takes over what was chosen, and both remember the pair that decided it. Documents keep the counterparty
// they were written for; readers ask for the survivor and all its names.
//
// Un-merging gives each its own again. It is possible while nothing depends on the joint identity, which is decided by
// the survivor alone. A later fact depends on it when
//
//   - a field that the merge changed was changed again,
//   - the loser's row in another system was imported into the survivor, or
//   - the survivor was itself merged into a third one (that merge is undone first).
//
// Facts in other streams do not depend on it: they name the counterparty they are about, and go with it.

// MergeInto makes the counterparty another name of the survivor.
func (c Counterparty) MergeInto(survivor CounterpartyID, pair DuplicatePairID) ([]Event[Counterparty], error) {
	switch {
	case c.State == CounterpartyMerged && c.MergedInto == survivor && c.MergePair == pair:
		return nil, nil
	case c.Present() != nil:
		return nil, c.Present()
	case c.ID == survivor:
		return nil, ErrCounterpartyParent.Because("a counterparty cannot be merged into itself")
	}
	return []Event[Counterparty]{CounterpartyWasMerged{Survivor: survivor, Pair: pair}}, nil
}

// Unmerge makes the counterparty stand for itself again, in the state it was in.
func (c Counterparty) Unmerge(survivor CounterpartyID, pair DuplicatePairID, reason string) ([]Event[Counterparty], error) {
	switch {
	case c.State == "":
		return nil, ErrNotFound
	case c.State != CounterpartyMerged:
		return nil, nil
	case c.MergedInto != survivor || c.MergePair != pair:
		return nil, ErrCounterpartyNotMerged
	}
	return []Event[Counterparty]{CounterpartyWasUnmerged{Survivor: survivor, Pair: pair, Reason: reason}}, nil
}

// Absorb takes over what the loser brings: fields named by take, fields that are empty here, ways to reach it and roles.
func (c Counterparty) Absorb(loser Counterparty, pair DuplicatePairID, take []DetailField) ([]Event[Counterparty], error) {
	switch {
	case c.Present() != nil:
		return nil, c.Present()
	case c.absorbed(loser.ID) != nil:
		return nil, nil
	}
	e := CounterpartyWasJoined{Loser: loser.ID, Pair: pair, Contacts: loser.Record.Minus(c.Record.ContactDetails)}
	for _, change := range c.Record.changesTo(loser.Record) {
		if change.To != "" && (change.From == "" || slices.Contains(take, change.Field)) {
			e.Changes = append(e.Changes, change)
		}
	}
	for _, p := range loser.Roles {
		if p.Until == "" && !c.HasRole(p.Role) {
			e.Roles = append(e.Roles, p.Role)
		}
	}
	for _, x := range loser.External {
		e.External = append(e.External, ExternalReference{Source: x.Source, ExternalID: x.ID})
	}
	return []Event[Counterparty]{e}, nil
}

// Release gives back what the merge with the loser brought in, unless later events depend on it.
func (c Counterparty) Release(loser CounterpartyID, reason string) ([]Event[Counterparty], error) {
	if err := c.Present(); err != nil {
		return nil, err
	}
	joined := c.absorbed(loser)
	if joined == nil {
		return nil, nil
	}
	if dependent := c.dependents(*joined); len(dependent) > 0 {
		return nil, &Refusal{Code: ErrCounterpartyInUse.Code, Message: ErrCounterpartyInUse.Message, Fields: dependent}
	}
	e := CounterpartyWasParted{Loser: loser, Pair: joined.Pair, Contacts: joined.Contacts, Roles: joined.Roles, Reason: reason}
	for _, change := range joined.Changes {
		e.Changes = append(e.Changes, FieldChange{Field: change.Field, From: change.To, To: change.From})
	}
	return []Event[Counterparty]{e}, nil
}

func (c Counterparty) absorbed(loser CounterpartyID) *CounterpartyWasJoined {
	for i := range c.Absorbed {
		if c.Absorbed[i].Loser == loser {
			return &c.Absorbed[i]
		}
	}
	return nil
}

// dependents names the later facts that hold the joint identity together: the field or row, and the kind of event.
func (c Counterparty) dependents(joined CounterpartyWasJoined) []FieldError {
	var v Invalid
	for _, change := range joined.Changes {
		if now := c.Record.text(change.Field); now != change.To {
			v.Add(string(change.Field), "counterparty.details_changed", "was changed after the merge, from "+change.To+" to "+now)
		}
	}
	for _, x := range joined.External {
		if i := c.external(x.Source, x.ExternalID); i >= 0 {
			v.Add("external_ids", "counterparty.row_imported", "row "+x.ExternalID+" of "+x.Source+" was imported into the survivor after the merge")
		}
	}
	return v.fields
}
