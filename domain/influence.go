package domain

import (
	"slices"
	"strings"

	"github.com/google/uuid"
)

// InfluenceLink says who moves whom, or which decision, at a counterparty. Its id follows from who, whom, how and on
// what topic: there is one stream for each such question and so at most one open link.
type InfluenceLink struct {
	InfluenceWasSupposed
	State InfluenceState
}

// InfluenceLinkID identifies a link.
type InfluenceLinkID = ID[InfluenceLink]

// InfluenceLinkOf is the id of the link that answers the question. decision counts where there is no person.
func InfluenceLinkOf(from, to ContactPersonID, decision string, kind InfluenceKind, topic string) InfluenceLinkID {
	target := to.String()
	if to.IsZero() {
		target = NormalTopic(decision)
	}
	return DerivedID[InfluenceLink]("influence", from.String(), target, string(kind), NormalTopic(topic))
}

// NormalTopic is the form in which topics and decisions are compared.
func NormalTopic(topic string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(strings.ToLower(topic), "ё", "е")), " ")
}

// InfluenceKind is how somebody moves a decision.
type InfluenceKind string

// The kinds.
const (
	InfluenceApproves       InfluenceKind = "approves"
	InfluenceRecommends     InfluenceKind = "recommends"
	InfluenceBlocks         InfluenceKind = "blocks"
	InfluenceSigns          InfluenceKind = "signs"
	InfluenceUses           InfluenceKind = "uses"
	InfluenceControlsBudget InfluenceKind = "controls_budget"
	InfluenceInformal       InfluenceKind = "informal"
)

var influenceKinds = []InfluenceKind{
	InfluenceApproves, InfluenceRecommends, InfluenceBlocks, InfluenceSigns, InfluenceUses, InfluenceControlsBudget, InfluenceInformal,
}

// InfluenceState is how sure the link is.
type InfluenceState string

// The states; the zero value means that nothing was ever supposed.
const (
	InfluenceHypothesis InfluenceState = "hypothesis"
	InfluenceConfirmed  InfluenceState = "confirmed"
	InfluenceOutdated   InfluenceState = "outdated"
)

// InfluenceTransitions is the workflow. A revision stays in its state; an outdated link may be supposed anew.
var InfluenceTransitions = Transitions[InfluenceState]{
	"":                  {InfluenceHypothesis},
	InfluenceHypothesis: {InfluenceHypothesis, InfluenceConfirmed, InfluenceOutdated},
	InfluenceConfirmed:  {InfluenceConfirmed, InfluenceOutdated},
	InfluenceOutdated:   {InfluenceHypothesis},
}

// Refusals of influence links.
var (
	ErrInfluenceOpen    = Refuse("influence.open", "there is an open link of this kind already; revise it")
	ErrInfluenceNotOpen = Refuse("influence.not_open", "the link is outdated")
)

// InfluenceLinks are the streams "influence-<id>".
var InfluenceLinks = NewCategory("influence",
	Type[InfluenceWasSupposed]("influence.supposed"),
	Type[InfluenceWasConfirmed]("influence.confirmed"),
	Type[InfluenceWasRevised]("influence.revised"),
	Type[InfluenceBecameOutdated]("influence.outdated"),
)

// InfluenceWeight is how strong a link is, how the person is disposed to us, and how sure we are of it.
type InfluenceWeight struct {
	Strength   int `json:"strength" minimum:"1" maximum:"5" doc:"1 weak to 5 decisive"`
	Attitude   int `json:"attitude_to_us" minimum:"-2" maximum:"2" doc:"-2 against us to 2 for us"`
	Confidence int `json:"confidence" minimum:"0" maximum:"100" doc:"How sure we are, per cent"`
}

// Evidence is what a link rests on: an event, words, or both.
type Evidence struct {
	EventID uuid.UUID `json:"event_id,omitzero" format:"uuid" doc:"The event that shows it"`
	Note    string    `json:"note,omitempty" pii:"counterparty" maxLength:"2000" doc:"What shows it"`
}

func (e Evidence) empty() bool { return e.EventID == uuid.Nil && strings.TrimSpace(e.Note) == "" }

// InfluenceWasSupposed opens a link as a hypothesis.
type InfluenceWasSupposed struct {
	Counterparty CounterpartyID  `json:"counterparty_id"`
	From         ContactPersonID `json:"from_person_id"`
	To           ContactPersonID `json:"to_person_id,omitzero"`
	Decision     string          `json:"to_decision,omitempty" pii:"counterparty"`
	Kind         InfluenceKind   `json:"kind"`
	Topic        string          `json:"topic,omitempty" pii:"counterparty"`
	InfluenceWeight
	Evidence Evidence `json:"evidence"`
	Since    Date     `json:"since"`
}

// InfluenceWasConfirmed turns the hypothesis into knowledge.
type InfluenceWasConfirmed struct {
	Evidence   Evidence `json:"evidence"`
	Confidence int      `json:"confidence"`
	On         Date     `json:"on"`
}

// InfluenceWasRevised weighs the link anew.
type InfluenceWasRevised struct {
	From     InfluenceWeight `json:"from"`
	To       InfluenceWeight `json:"to"`
	Evidence Evidence        `json:"evidence"`
	On       Date            `json:"on"`
}

// InfluenceBecameOutdated closes the link.
type InfluenceBecameOutdated struct {
	Until  Date   `json:"until"`
	Reason string `json:"reason" pii:"counterparty"`
}

func (e InfluenceWasSupposed) Apply(l *InfluenceLink) {
	*l = InfluenceLink{InfluenceWasSupposed: e, State: InfluenceHypothesis}
}
func (e InfluenceWasConfirmed) Apply(l *InfluenceLink) {
	l.State, l.Confidence = InfluenceConfirmed, e.Confidence
}
func (e InfluenceWasRevised) Apply(l *InfluenceLink)     { l.InfluenceWeight = e.To }
func (e InfluenceBecameOutdated) Apply(l *InfluenceLink) { l.State = InfluenceOutdated }

// Subjects is the counterparty.
func (l InfluenceLink) Subjects() []CounterpartyID { return []CounterpartyID{l.Counterparty} }

// Suppose opens the link.
func (l InfluenceLink) Suppose(s InfluenceWasSupposed) ([]Event[InfluenceLink], error) {
	if l.open() {
		if l.InfluenceWasSupposed == s {
			return nil, nil
		}
		return nil, ErrInfluenceOpen
	}
	var v Invalid
	v.Check(!s.Counterparty.IsZero(), "counterparty_id", "required", "a link is within a counterparty")
	v.Check(!s.From.IsZero(), "from_person_id", "required", "a link begins with a person")
	v.Check(s.To.IsZero() != (NormalTopic(s.Decision) == ""), "to_person_id", "one_of", "a link leads to a person or to a decision")
	v.Check(s.To != s.From, "to_person_id", "self", "nobody influences themselves")
	v.Check(slices.Contains(influenceKinds, s.Kind), "kind", "enum", "is not a kind of influence")
	v.Check(!s.Evidence.empty(), "evidence", "required", "a link needs evidence")
	v.Check(s.Since.Valid(), "since", "date", "must be a day such as 2026-11-23")
	s.check(&v)
	if err := v.Err(); err != nil {
		return nil, err
	}
	return []Event[InfluenceLink]{s}, nil
}

// Confirm turns the hypothesis into knowledge.
func (l InfluenceLink) Confirm(evidence Evidence, confidence int, on Date) ([]Event[InfluenceLink], error) {
	var v Invalid
	v.Check(!evidence.empty(), "evidence", "required", "a confirmation needs evidence")
	v.Check(confidence >= 0 && confidence <= 100, "confidence", "range", "must be 0 to 100")
	v.Check(on.Valid() && l.Since <= on, "on", "date", "must be a day not before the link began")
	switch {
	case l.State == InfluenceConfirmed:
		return nil, nil
	case !l.open():
		return nil, l.closed()
	case v.Err() != nil:
		return nil, v.Err()
	}
	return []Event[InfluenceLink]{InfluenceWasConfirmed{Evidence: evidence, Confidence: confidence, On: on}}, nil
}

// Revise weighs the link anew.
func (l InfluenceLink) Revise(to InfluenceWeight, evidence Evidence, on Date) ([]Event[InfluenceLink], error) {
	var v Invalid
	to.check(&v)
	v.Check(!evidence.empty(), "evidence", "required", "a revision needs evidence")
	v.Check(on.Valid() && l.Since <= on, "on", "date", "must be a day not before the link began")
	switch {
	case !l.open():
		return nil, l.closed()
	case l.InfluenceWeight == to:
		return nil, nil
	case v.Err() != nil:
		return nil, v.Err()
	}
	return []Event[InfluenceLink]{InfluenceWasRevised{From: l.InfluenceWeight, To: to, Evidence: evidence, On: on}}, nil
}

// Outdate closes the link; until is the last day on which it held.
func (l InfluenceLink) Outdate(until Date, reason string) ([]Event[InfluenceLink], error) {
	var v Invalid
	v.Require("reason", reason)
	v.Check(until.Valid() && l.Since <= until, "until", "date", "must be a day not before the link began")
	switch {
	case l.State == InfluenceOutdated:
		return nil, nil
	case !l.open():
		return nil, l.closed()
	case v.Err() != nil:
		return nil, v.Err()
	}
	return []Event[InfluenceLink]{InfluenceBecameOutdated{Until: until, Reason: reason}}, nil
}

func (l InfluenceLink) open() bool {
	return l.State == InfluenceHypothesis || l.State == InfluenceConfirmed
}

func (l InfluenceLink) closed() error {
	if l.State == "" {
		return ErrNotFound
	}
	return ErrInfluenceNotOpen
}

func (w InfluenceWeight) check(v *Invalid) {
	v.Check(w.Strength >= 1 && w.Strength <= 5, "strength", "range", "must be 1 to 5")
	v.Check(w.Attitude >= -2 && w.Attitude <= 2, "attitude_to_us", "range", "must be -2 to 2")
	v.Check(w.Confidence >= 0 && w.Confidence <= 100, "confidence", "range", "must be 0 to 100")
}
