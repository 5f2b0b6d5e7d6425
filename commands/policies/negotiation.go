package policies

import (
	"context"
	"encoding/binary"
	"time"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
)

// ScreeningFacts answers what the screening rules ask of read models.
type ScreeningFacts interface {
	// KnownPersons are the contact persons on the counterparty's card.
	KnownPersons(ctx context.Context, of domain.CounterpartyID) ([]domain.ContactPersonID, error)
	// StandingCommitments are the open ones with the counterparty, those of the given negotiation left out.
	StandingCommitments(ctx context.Context, with domain.CounterpartyID, except domain.NegotiationID) ([]domain.KnownCommitment, error)
	// StopsOf counts the author's negotiations stopped since the instant, the given one left out.
	StopsOf(ctx context.Context, author domain.EmployeeID, since time.Time, except domain.NegotiationID) (int, error)
	// FollowersOf are the employees who want to know about the counterparty.
	FollowersOf(ctx context.Context, counterparty domain.CounterpartyID) ([]domain.EmployeeID, error)
}

// ScreenNegotiations screens every record the minute it is saved or corrected.
func ScreenNegotiations(facts ScreeningFacts) Policy {
	screen := func(ctx context.Context, r *Run) error {
		id := domain.NegotiationID(r.ID())
		n, err := commands.Load(ctx, r.Executor, domain.Negotiations, id)
		if err != nil {
			return err
		}
		known, err := gather(ctx, r, facts, id, n.State)
		if err != nil {
			return err
		}
		_, err = commands.Execute(ctx, r.Executor, domain.Negotiations, id, commands.ScreenNegotiation{Facts: known, Seed: seedOf(r)}, r.Request())
		return err
	}
	return Policy{Name: "screen_negotiations", After: []string{"negotiations", "commitments", "clients"}, Reactions: []Reaction{
		On(func(ctx context.Context, r *Run, _ domain.NegotiationWasRecorded) error { return screen(ctx, r) }),
		On(func(ctx context.Context, r *Run, _ domain.NegotiationWasCorrected) error { return screen(ctx, r) }),
	}}
}

func gather(ctx context.Context, r *Run, facts ScreeningFacts, id domain.NegotiationID, n domain.Negotiation) (domain.ScreeningFacts, error) {
	var known domain.ScreeningFacts
	rules, err := commands.Load(ctx, r.Executor, domain.ScreeningRuleSets, domain.TheScreeningRules)
	if err != nil {
		return known, err
	}
	if known.KnownPersons, err = facts.KnownPersons(ctx, n.Counterparty); err != nil {
		return known, err
	}
	if known.Known, err = facts.StandingCommitments(ctx, n.Counterparty, id); err != nil {
		return known, err
	}
	since := r.Meta.RecordedAt.AddDate(0, 0, -rules.State.Current().LookbackDays)
	known.EarlierStops, err = facts.StopsOf(ctx, n.Author, since, id)
	return known, err
}

// seedOf is the lot of the sample: the event's salt is random, fixed when the record was written, and known to nobody
// before. It keeps 53 bits, so that every reader of JSON sees the same number.
func seedOf(r *Run) int64 {
	if len(r.Meta.Salt) < 8 {
		return 0
	}
	return int64(binary.BigEndian.Uint64(r.Meta.Salt) >> 11)
}

// PublishNegotiations informs the followers of the counterparty: after an approval, and at once, marked as not
// reviewed, where no review is required.
func PublishNegotiations(facts ScreeningFacts) Policy {
	publish := func(ctx context.Context, r *Run) error {
		id := domain.NegotiationID(r.ID())
		n, err := commands.Load(ctx, r.Executor, domain.Negotiations, id)
		if err != nil {
			return err
		}
		followers, err := facts.FollowersOf(ctx, n.State.Counterparty)
		if err != nil || len(followers) == 0 {
			return err
		}
		_, err = commands.Execute(ctx, r.Executor, domain.Negotiations, id, commands.PublishNegotiation{Informed: followers}, r.Request())
		return err
	}
	return Policy{Name: "publish_negotiations", After: []string{"clients", "commitments"}, Reactions: []Reaction{
		On(func(ctx context.Context, r *Run, _ domain.NegotiationWasApproved) error { return publish(ctx, r) }),
		On(func(ctx context.Context, r *Run, _ domain.NegotiationWasApprovedWithRemarks) error {
			return publish(ctx, r)
		}),
		On(func(ctx context.Context, r *Run, e domain.NegotiationWasScreened) error {
			if e.Review {
				return nil
			}
			return publish(ctx, r)
		}),
	}}
}
