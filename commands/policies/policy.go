// Package policies holds the reactions of Letopis: an event leads to commands.
//
// A policy has a checkpoint of its own and is never replayed by a rebuild. The command ids follow from the event, the
// policy and an ordinal, so a redelivered event repeats its commands without a second effect. A business refusal is
// logged and passed over; a technical failure stops the policy until it succeeds.
package policies

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
)

// Policy turns events into commands.
type Policy struct {
	// Name is the key of its checkpoint.
	Name      string
	Reactions []Reaction
	// After names projections that must have reached the event before the policy reacts: those its lookups read.
	After []string
}

// Reaction is what a policy does about one type of event.
type Reaction struct {
	Type  string
	react func(ctx context.Context, r *Run, event any) error
}

// Run is one reaction to one event.
type Run struct {
	Executor *commands.Executor
	Policy   string
	Event    domain.Recorded
	Meta     domain.Metadata
	ordinal  int
}

// ID is the id of the aggregate that the event belongs to.
func (r *Run) ID() uuid.UUID {
	id, _ := r.Event.AggregateID()
	return id
}

// Request is the envelope of the policy's next command. The system gives it, whoever caused the event: nobody finds acts
// in their name that they did not do; the causation leads to the event and its actor. Commands must be given in an order
// that depends on the event only.
func (r *Run) Request() commands.Request {
	r.ordinal++
	return commands.Request{
		CommandID:   uuid.NewSHA1(r.Event.ID, fmt.Appendf(nil, "%s/%d", r.Policy, r.ordinal)),
		Correlation: r.Meta.CorrelationID,
		Causation:   r.Event.ID,
		Actor:       domain.SystemActor,
		Source:      domain.SourcePolicy,
	}
}

// On declares a reaction to events of Go type E.
func On[E any](react func(ctx context.Context, r *Run, e E) error) Reaction {
	t, ok := domain.EventTypeOf[E]()
	if !ok {
		panic(fmt.Sprintf("policies: %T is not a declared event", *new(E)))
	}
	return Reaction{Type: t.Name, react: func(ctx context.Context, r *Run, event any) error { return react(ctx, r, event.(E)) }}
}

// Types are the event types the policy reacts to.
func (p Policy) Types() map[string]bool {
	types := make(map[string]bool, len(p.Reactions))
	for _, r := range p.Reactions {
		types[r.Type] = true
	}
	return types
}

// React runs the policy's reactions to one event. Refusals are given to refused and passed over; a returned error is
// technical and the event must be given again.
func (p Policy) React(ctx context.Context, x *commands.Executor, e domain.Recorded, refused func(error)) error {
	for _, reaction := range p.Reactions {
		if reaction.Type != e.Type {
			continue
		}
		meta, err := e.Meta()
		if err != nil {
			return err
		}
		t, _ := domain.EventTypeNamed(e.Type)
		event, err := t.Decode(max(meta.SchemaVersion, 1), e.Data)
		if err != nil {
			return err
		}
		err = reaction.react(ctx, &Run{Executor: x, Policy: p.Name, Event: e, Meta: meta}, event)
		if _, business := domain.IsRefusal(err); business {
			refused(err)
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}
