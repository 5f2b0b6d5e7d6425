package policies

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
)

// LookalikeFinder lists counterparties that share the INN, a phone or an e-mail address with one.
type LookalikeFinder interface {
	Lookalikes(ctx context.Context, id domain.CounterpartyID, keys domain.MatchKeys) ([]domain.Lookalike, error)
}

// FindDuplicates asks about possible duplicates whenever a counterparty comes or what it is compared by changes.
// It never merges anything.
func FindDuplicates(find LookalikeFinder) Policy {
	search := func(ctx context.Context, r *Run) error {
		id := domain.CounterpartyID(r.ID())
		loaded, err := commands.Load(ctx, r.Executor, domain.Counterparties, id)
		if err != nil || !loaded.State.Exists() {
			return err
		}
		keys := loaded.State.Record.Keys()
		if keys.Weak() {
			return nil
		}
		alike, err := find.Lookalikes(ctx, id, keys)
		if err != nil {
			return err
		}
		return suspect(ctx, r, id, keys, alike)
	}
	return Policy{Name: "duplicate_finder", After: []string{"clients"}, Reactions: []Reaction{
		On(func(ctx context.Context, r *Run, _ domain.CounterpartyWasRegistered) error { return search(ctx, r) }),
		On(func(ctx context.Context, r *Run, _ domain.CounterpartyContactsWereChanged) error {
			return search(ctx, r)
		}),
		On(func(ctx context.Context, r *Run, e domain.CounterpartyDetailsWereChanged) error {
			if !slices.ContainsFunc(e.Changes, func(c domain.FieldChange) bool { return comparedBy[c.Field] }) {
				return nil
			}
			return search(ctx, r)
		}),
	}}
}

var comparedBy = map[domain.DetailField]bool{"inn": true, "kpp": true, "country": true, "kind": true, "legal_name": true, "short_name": true}

// suspect flags each pair that scores enough. One refusal does not spare the other pairs.
func suspect(ctx context.Context, r *Run, id domain.CounterpartyID, keys domain.MatchKeys, alike []domain.Lookalike) error {
	var refused error
	for _, other := range alike {
		score, rules := keys.Compare(other.Keys, other.Similarity)
		if score < domain.DuplicateThreshold {
			continue
		}
		pair := domain.DuplicatePairOf(id, other.ID)
		request := r.Request()
		// Who is alike may differ when the event is given again: the id follows from the pair, not from its place.
		request.CommandID = uuid.NewSHA1(r.Event.ID, []byte(r.Policy+"/"+pair.String()))
		_, err := commands.Execute(ctx, r.Executor, domain.DuplicatePairs, pair, commands.SuspectDuplicate{
			Left: id, Right: other.ID, Score: score, Rules: rules, KeysDigest: domain.KeysDigest(keys, other.Keys),
		}, request)
		if _, business := domain.IsRefusal(err); business {
			refused = err
			continue
		}
		if err != nil {
			return err
		}
	}
	return refused
}

// ReleaseRequisites gives back the INN and KPP that a counterparty no longer has.
var ReleaseRequisites = Policy{Name: "release_requisites", Reactions: []Reaction{
	On(func(ctx context.Context, r *Run, e domain.CounterpartyDetailsWereChanged) error {
		id := domain.CounterpartyID(r.ID())
		loaded, err := commands.Load(ctx, r.Executor, domain.Counterparties, id)
		if err != nil {
			return err
		}
		back := make([]domain.FieldChange, len(e.Changes))
		for i, c := range e.Changes {
			back[i] = domain.FieldChange{Field: c.Field, From: c.To, To: c.From}
		}
		old, present := loaded.State.Record.With(back).RequisiteKey(), loaded.State.Record.RequisiteKey()
		if old == "" || old == present {
			return nil
		}
		_, err = commands.Execute(ctx, r.Executor, domain.RequisiteClaims, domain.RequisiteClaimOf(old), commands.ReleaseRequisite{For: id}, r.Request())
		return err
	}),
}}
