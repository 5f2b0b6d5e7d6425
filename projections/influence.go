package projections

import (
	_ "embed"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// InfluenceRow is one link of an influence map with everything it ever was: Versions follow each other in time, so the
// map can be drawn as of any day.
type InfluenceRow struct {
	ID       uuid.UUID              `json:"id"`
	Client   domain.CounterpartyID  `json:"client_id"`
	From     domain.ContactPersonID `json:"from_person_id"`
	To       domain.ContactPersonID `json:"to_person_id"`
	Decision string                 `json:"to_decision"`
	Kind     domain.InfluenceKind   `json:"kind"`
	Topic    string                 `json:"topic"`
	State    domain.InfluenceState  `json:"state"`
	Versions []InfluenceVersion     `json:"versions"`
	Revision int64                  `json:"revision"`
}

// InfluenceVersion is a link between two days: From is the first one, Until the first one on which it was otherwise.
type InfluenceVersion struct {
	domain.InfluenceWeight
	State    domain.InfluenceState `json:"state"`
	Evidence domain.Evidence       `json:"evidence"`
	From     domain.Date           `json:"from"`
	Until    domain.Date           `json:"until,omitempty"`
	Reason   string                `json:"reason,omitempty"`
}

var influenceLinks = NewTable[InfluenceRow]("influence_link", "id")

//go:embed influence.sql
var influenceSQL string

// Influence is who moves whom at each counterparty.
var Influence = Projection{Name: "influence", Version: 1, Schema: influenceSQL, Handlers: []Handler{
	On(func(b *Batch, e Envelope[domain.InfluenceWasSupposed]) {
		l := influenceLinks.Row(b, e.Key())
		s := e.Event
		l.Client, l.From, l.To, l.Decision, l.Kind, l.Topic = s.Counterparty, s.From, s.To, s.Decision, s.Kind, s.Topic
		l.State, l.Revision = domain.InfluenceHypothesis, int64(e.Revision)
		l.Versions = append(l.Versions, InfluenceVersion{InfluenceWeight: s.InfluenceWeight, State: l.State, Evidence: s.Evidence, From: s.Since})
	}),
	onInfluence(func(l *InfluenceRow, e Envelope[domain.InfluenceWasConfirmed]) {
		l.State = domain.InfluenceConfirmed
		l.turn(e.Event.On, func(v *InfluenceVersion) { v.Confidence, v.Evidence = e.Event.Confidence, e.Event.Evidence })
	}),
	onInfluence(func(l *InfluenceRow, e Envelope[domain.InfluenceWasRevised]) {
		l.turn(e.Event.On, func(v *InfluenceVersion) { v.InfluenceWeight, v.Evidence = e.Event.To, e.Event.Evidence })
	}),
	onInfluence(func(l *InfluenceRow, e Envelope[domain.InfluenceBecameOutdated]) {
		l.State = domain.InfluenceOutdated
		last := &l.Versions[len(l.Versions)-1]
		last.Until, last.Reason = e.Event.Until.AddDays(1), e.Event.Reason
	}),
}}

func onInfluence[E any](change func(l *InfluenceRow, e Envelope[E])) Handler {
	return On(func(b *Batch, e Envelope[E]) {
		influenceLinks.Change(b, e.Key(), func(l *InfluenceRow) {
			change(l, e)
			l.Revision = int64(e.Revision)
		})
	})
}

// turn ends the present version on a day and begins the next one with it.
func (l *InfluenceRow) turn(on domain.Date, change func(*InfluenceVersion)) {
	next := l.Versions[len(l.Versions)-1]
	l.Versions[len(l.Versions)-1].Until = on
	next.State, next.From, next.Until, next.Reason = l.State, on, "", ""
	change(&next)
	l.Versions = append(l.Versions, next)
}
