package domain

import (
	"slices"
	"time"
)

// Negotiation is a talk with a counterparty in which something may be promised. Its record is screened by rules the
// minute it is saved, reviewed where needed, and can be stopped before a wrong promise does harm.
type Negotiation struct {
	Counterparty CounterpartyID
	Author       EmployeeID
	Topic        string
	Channel      NegotiationChannel
	Stage        NegotiationStage
	Ours         []EmployeeID
	Theirs       []Negotiator
	PlannedFrom  time.Time
	PlannedTo    time.Time
	HeldFrom     time.Time
	HeldTo       time.Time
	// RecordBy is until when the record is not late.
	RecordBy time.Time
	State    NegotiationState
	Record   NegotiationRecord
	// Promises are the commitments of the record and of its earlier versions, in the order of their making.
	Promises []Promise
	// LastStep is the highest number given to a next step, StepsDone those that were done.
	LastStep  int
	StepsDone []int
	Review    Review
	// Published says that the present record went to the followers, PublishedReviewed that it did so after its approval.
	Published         bool
	PublishedReviewed bool
	Informed          []EmployeeID
}

// NegotiationID identifies a negotiation.
type NegotiationID = ID[Negotiation]

// NegotiationState is how far a negotiation itself has come; its review has states of its own.
type NegotiationState string

// The states; the zero value means that the negotiation does not exist.
const (
	NegotiationPlanned   NegotiationState = "planned"
	NegotiationHeld      NegotiationState = "held"
	NegotiationRecorded  NegotiationState = "recorded"
	NegotiationCancelled NegotiationState = "cancelled"
)

// NegotiationTransitions is the workflow up to the record. Rescheduling stays in Planned, correcting in Recorded.
var NegotiationTransitions = Transitions[NegotiationState]{
	"":                  {NegotiationPlanned, NegotiationHeld},
	NegotiationPlanned:  {NegotiationPlanned, NegotiationHeld, NegotiationCancelled},
	NegotiationHeld:     {NegotiationRecorded},
	NegotiationRecorded: {NegotiationRecorded},
}

// NegotiationStage is how far the deal has come.
type NegotiationStage string

// The stages.
const (
	StageFirstContact NegotiationStage = "first_contact"
	StageNeeds        NegotiationStage = "needs"
	StageProposal     NegotiationStage = "proposal"
	StageBargaining   NegotiationStage = "bargaining"
	StageAgreed       NegotiationStage = "agreed"
	StageClosedWon    NegotiationStage = "closed_won"
	StageClosedLost   NegotiationStage = "closed_lost"
)

// EarlyStages are those at which stopping a wrong promise counts as early.
var EarlyStages = []NegotiationStage{StageFirstContact, StageNeeds, StageProposal}

// Valid reports a known stage.
func (s NegotiationStage) Valid() bool {
	return slices.Contains(EarlyStages, s) || slices.Contains([]NegotiationStage{StageBargaining, StageAgreed, StageClosedWon, StageClosedLost}, s)
}

// Early reports a stage at which stopping a wrong promise counts as early.
func (s NegotiationStage) Early() bool { return slices.Contains(EarlyStages, s) }

// NegotiationChannel is how the parties talked.
type NegotiationChannel string

// The channels.
const (
	ByMeeting   NegotiationChannel = "meeting"
	ByCall      NegotiationChannel = "call"
	ByVideo     NegotiationChannel = "video"
	ByMail      NegotiationChannel = "email"
	ByMessenger NegotiationChannel = "messenger"
)

// Valid reports a known channel.
func (c NegotiationChannel) Valid() bool {
	return slices.Contains([]NegotiationChannel{ByMeeting, ByCall, ByVideo, ByMail, ByMessenger}, c)
}

// Negotiator is somebody who spoke for the counterparty; Person is zero for one who is not on the client's card.
type Negotiator struct {
	Person   ContactPersonID `json:"person_id,omitzero" format:"uuid" doc:"The contact person, when on the client's card"`
	Name     string          `json:"name" pii:"contact" minLength:"1" maxLength:"200" doc:"Name as introduced"`
	Position string          `json:"position,omitempty" pii:"contact" maxLength:"200" doc:"Position as introduced"`
}

// NextStep is what follows from a negotiation: what, by whom, when.
type NextStep struct {
	No   int        `json:"no,omitempty" minimum:"0" doc:"Number within the negotiation; absent for a new step"`
	What string     `json:"what" pii:"counterparty" minLength:"1" maxLength:"2000" doc:"What is to be done"`
	Who  EmployeeID `json:"who_id" format:"uuid" doc:"Our employee who sees to it"`
	When Date       `json:"when" format:"date" doc:"The day it is to be done"`
}

// Attachment is a file kept outside the log, known by its digest.
type Attachment struct {
	SHA256 string `json:"sha256" public:"" pattern:"^[0-9a-f]{64}$" doc:"Digest of the content"`
	Name   string `json:"name" pii:"counterparty" minLength:"1" maxLength:"255" doc:"File name"`
	Mime   string `json:"mime" public:"" maxLength:"100" doc:"Media type"`
	Size   int64  `json:"size" minimum:"0" doc:"Bytes"`
}

// NegotiationRecord is what a negotiation is recorded with. An empty list of commitments or of next steps must be
// confirmed, so that nothing is left out by forgetting.
type NegotiationRecord struct {
	Topic          string           `json:"topic" pii:"counterparty" minLength:"1" maxLength:"500" doc:"What it was about"`
	Stage          NegotiationStage `json:"stage" enum:"first_contact,needs,proposal,bargaining,agreed,closed_won,closed_lost" doc:"How far the deal has come"`
	Ours           []EmployeeID     `json:"our_participant_ids" minItems:"1" doc:"Our employees who took part"`
	Theirs         []Negotiator     `json:"their_participants" minItems:"1" doc:"Who spoke for the counterparty"`
	Summary        string           `json:"summary" pii:"counterparty" minLength:"1" maxLength:"20000" doc:"The result"`
	TheirPositions []string         `json:"their_positions,omitempty" pii:"counterparty" doc:"What the counterparty stood for"`
	OurPositions   []string         `json:"our_positions,omitempty" pii:"counterparty" doc:"What we stood for"`
	Commitments    []Commitment     `json:"commitments,omitempty" doc:"What was promised, by us and by them"`
	NoCommitments  bool             `json:"no_commitments,omitempty" doc:"Confirms that nothing was promised"`
	NextSteps      []NextStep       `json:"next_steps,omitempty" doc:"What follows"`
	NoNextSteps    bool             `json:"no_next_steps,omitempty" doc:"Confirms that nothing follows"`
	LegalApproval  string           `json:"legal_approval,omitempty" pii:"employee" maxLength:"500" doc:"Who of the lawyers agreed to unusual terms, and where"`
	Attachments    []Attachment     `json:"attachments,omitempty" doc:"Files"`
}

// Refusals of negotiations.
var (
	ErrNegotiationStep        = Refuse("negotiation.wrong_state", "the negotiation does not stand where this step is possible")
	ErrNegotiationForeign     = Refuse("negotiation.not_participant", "only the author or one of our participants may do that")
	ErrNegotiationNoStep      = Refuse("negotiation.no_next_step", "the record has no such next step")
	ErrNegotiationUnderReview = Refuse("negotiation.under_review", "a reviewer is at work on the record")
)

// Subjects is the counterparty.
func (n Negotiation) Subjects() []CounterpartyID { return []CounterpartyID{n.Counterparty} }

// Participants are the author, those who took part, those who have a next step or a promise to keep, the reviewer and the
// informed.
func (n Negotiation) Participants() []EmployeeID {
	all := append([]EmployeeID{n.Author, n.Review.Reviewer}, n.Ours...)
	for _, s := range n.Record.NextSteps {
		all = append(all, s.Who)
	}
	for _, p := range n.Promises {
		all = append(all, p.Owner)
	}
	return append(all, n.Informed...)
}

// TookPart reports that the employee is the author or was present.
func (n Negotiation) TookPart(who EmployeeID) bool {
	return who == n.Author || slices.Contains(n.Ours, who)
}

// Plan puts a negotiation on the timetable.
func (n Negotiation) Plan(e NegotiationWasPlanned) ([]Event[Negotiation], error) {
	if n.State != "" {
		return nil, ErrAlreadyExists
	}
	var v Invalid
	checkNegotiation(&v, e.Counterparty, e.Topic, e.Channel)
	v.Check(e.Stage.Valid(), "stage", "unknown", "is not a known stage")
	v.Check(len(e.Ours) > 0, "our_participant_ids", "required", "somebody of us takes part")
	checkSpan(&v, "planned_from", e.PlannedFrom, "planned_to", e.PlannedTo)
	return negotiationEvents(v.Err(), e)
}

func checkSpan(v *Invalid, begins string, from time.Time, ends string, to time.Time) {
	v.Check(!from.IsZero(), begins, "required", "it begins at some time")
	v.Check(to.After(from), ends, "order", "must be later than "+begins)
}

// Reschedule moves a planned negotiation.
func (n Negotiation) Reschedule(by EmployeeID, from, to time.Time, reason string) ([]Event[Negotiation], error) {
	var v Invalid
	checkSpan(&v, "planned_from", from, "planned_to", to)
	v.Require("reason", reason)
	if n.State == NegotiationPlanned && from.Equal(n.PlannedFrom) && to.Equal(n.PlannedTo) {
		return nil, nil
	}
	return negotiationEvents(n.may(by, NegotiationPlanned, v.Err()),
		NegotiationWasRescheduled{OldFrom: n.PlannedFrom, OldTo: n.PlannedTo, From: from, To: to, Reason: reason})
}

// Cancel takes a planned negotiation off the timetable.
func (n Negotiation) Cancel(by EmployeeID, reason string) ([]Event[Negotiation], error) {
	if n.State == NegotiationCancelled {
		return nil, nil
	}
	return negotiationEvents(n.may(by, NegotiationCancelled, said("reason", reason)), NegotiationWasCancelled{Reason: reason})
}

// Hold records that the parties talked, planned or not. e.RecordBy is until when the record is expected.
func (n Negotiation) Hold(by EmployeeID, e NegotiationWasHeld, now time.Time) ([]Event[Negotiation], error) {
	var v Invalid
	checkNegotiation(&v, e.Counterparty, e.Topic, e.Channel)
	v.Check(n.Counterparty.IsZero() || e.Counterparty == n.Counterparty, "counterparty_id", "other", "the negotiation was planned with another counterparty")
	v.Check(len(e.Ours) > 0, "our_participant_ids", "required", "somebody of us took part")
	checkSpan(&v, "held_from", e.HeldFrom, "held_to", e.HeldTo)
	v.Check(!e.HeldTo.After(now), "held_to", "in_future", "a fact cannot lie in the future")
	if n.State == NegotiationHeld {
		return nil, ErrNegotiationStep
	}
	return negotiationEvents(n.may(by, NegotiationHeld, v.Err()), e)
}

// Save records the result of a negotiation that was held.
func (n Negotiation) Save(by EmployeeID, r NegotiationRecord, now time.Time) ([]Event[Negotiation], error) {
	if n.State == NegotiationRecorded {
		return nil, ErrNegotiationStep.Because("the negotiation is recorded already; correct the record instead")
	}
	r = r.numbered(n.LastStep)
	if err := n.may(by, NegotiationRecorded, r.check(nil)); err != nil {
		return nil, err
	}
	return []Event[Negotiation]{NegotiationWasRecorded{
		NegotiationRecord: r, Author: by, RecordBy: n.RecordBy, Late: !n.RecordBy.IsZero() && now.After(n.RecordBy),
	}}, nil
}

// Correct replaces the record, saying why. Commitments keep their ids; those left out are superseded. A record that
// was reviewed goes back to review.
func (n Negotiation) Correct(by EmployeeID, r NegotiationRecord, reason string) ([]Event[Negotiation], error) {
	r = r.numbered(n.LastStep)
	err := n.may(by, NegotiationRecorded, r.check(n.Promises), said("reason", reason))
	switch {
	case err == nil && n.State != NegotiationRecorded:
		err = ErrNegotiationStep
	case err == nil && n.Review.State == ReviewClaimed:
		err = ErrNegotiationUnderReview
	}
	if err != nil {
		return nil, err
	}
	return []Event[Negotiation]{NegotiationWasCorrected{
		NegotiationRecord: r, Author: by, Reason: reason, Superseded: n.leftOut(r), Disputed: n.stillDisputed(r),
	}}, nil
}

// FinishStep notes that a next step was done.
func (n Negotiation) FinishStep(by EmployeeID, no int, result string) ([]Event[Negotiation], error) {
	i := slices.IndexFunc(n.Record.NextSteps, func(s NextStep) bool { return s.No == no })
	switch {
	case n.State == "":
		return nil, ErrNotFound
	case i < 0:
		return nil, ErrNegotiationNoStep
	case by != n.Record.NextSteps[i].Who && !n.TookPart(by):
		return nil, ErrNegotiationForeign
	case slices.Contains(n.StepsDone, no):
		return nil, nil
	}
	return negotiationEvents(said("result", result), NegotiationStepWasDone{Step: no, By: by, Result: result})
}

// Publish informs the followers of the counterparty of what was agreed. A record whose review is still open is marked
// as not reviewed; a stopped one is not published.
func (n Negotiation) Publish(informed []EmployeeID) ([]Event[Negotiation], error) {
	reviewed := n.Review.State == ReviewApproved || n.Review.State == ReviewApprovedWithRemarks
	switch {
	case n.State == "":
		return nil, ErrNotFound
	case n.State != NegotiationRecorded || n.Review.State == ReviewStopped:
		return nil, ErrNegotiationStep
	case n.Published && n.PublishedReviewed == reviewed && slices.Equal(n.Informed, informed):
		return nil, nil
	}
	return []Event[Negotiation]{NegotiationWasPublished{Informed: slices.Clone(informed), Reviewed: reviewed}}, nil
}

// may says whether the employee may take the step to the state.
func (n Negotiation) may(by EmployeeID, to NegotiationState, also ...error) error {
	switch {
	case n.State == "" && to != NegotiationPlanned && to != NegotiationHeld:
		return ErrNotFound
	case !NegotiationTransitions.Allows(n.State, to):
		return ErrNegotiationStep
	case n.State != "" && !n.TookPart(by):
		return ErrNegotiationForeign
	}
	return firstError(also...)
}

// leftOut are the open commitments that the new record no longer has.
func (n Negotiation) leftOut(r NegotiationRecord) []CommitmentID {
	var gone []CommitmentID
	for _, p := range n.Promises {
		kept := slices.ContainsFunc(r.Commitments, func(c Commitment) bool { return c.ID == p.ID })
		if !kept && CommitmentTransitions.Allows(p.State, CommitmentSuperseded) {
			gone = append(gone, p.ID)
		}
	}
	return gone
}

// stillDisputed are the commitments of the corrected record of a negotiation that was stopped and not yet approved:
// those disputed before, and the new ones.
func (n Negotiation) stillDisputed(r NegotiationRecord) []CommitmentID {
	if !n.Review.Stopped {
		return nil
	}
	var disputed []CommitmentID
	for _, c := range r.Commitments {
		if p, known := n.promise(c.ID); !known || p.State == CommitmentDisputed {
			disputed = append(disputed, c.ID)
		}
	}
	return disputed
}

// numbered gives the new next steps their numbers; a step that has one keeps it.
func (r NegotiationRecord) numbered(last int) NegotiationRecord {
	r.NextSteps = slices.Clone(r.NextSteps)
	for i := range r.NextSteps {
		if no := r.NextSteps[i].No; no <= 0 || no > last {
			last++
			r.NextSteps[i].No = last
		}
	}
	return r
}

// check says what is missing in the record. earlier are the commitments of its earlier versions.
func (r NegotiationRecord) check(earlier []Promise) error {
	var v Invalid
	v.Require("topic", r.Topic)
	v.Require("summary", r.Summary)
	v.Check(r.Stage.Valid(), "stage", "unknown", "is not a known stage")
	v.Check(len(r.Ours) > 0, "our_participant_ids", "required", "somebody of us took part")
	v.Check(len(r.Theirs) > 0, "their_participants", "required", "somebody spoke for the counterparty")
	v.Check(len(r.NextSteps) > 0 != r.NoNextSteps, "next_steps", "unconfirmed", "name the next steps, or confirm that there are none")
	v.Check(len(r.Commitments) > 0 != r.NoCommitments, "commitments", "unconfirmed", "name the commitments, or confirm that there are none")
	for i, who := range r.Theirs {
		v.Require(at("their_participants", i, "name"), who.Name)
	}
	for i, s := range r.NextSteps {
		v.Require(at("next_steps", i, "what"), s.What)
		v.Check(!s.Who.IsZero(), at("next_steps", i, "who_id"), "required", "a step has somebody who sees to it")
		v.Check(s.When.Valid(), at("next_steps", i, "when"), "date", "must be a day such as 2026-11-23")
	}
	seen := map[CommitmentID]bool{}
	for i, c := range r.Commitments {
		c.check(&v, i)
		v.Check(!seen[c.ID], at("commitments", i, "id"), "twice", "each commitment has an id of its own")
		closed := slices.ContainsFunc(earlier, func(p Promise) bool { return p.ID == c.ID && p.State == CommitmentSuperseded })
		v.Check(!closed, at("commitments", i, "id"), "superseded", "a superseded commitment does not come back; make a new one")
		seen[c.ID] = true
	}
	return v.Err()
}

func checkNegotiation(v *Invalid, with CounterpartyID, topic string, channel NegotiationChannel) {
	v.Check(!with.IsZero(), "counterparty_id", "required", "a negotiation is with a counterparty")
	v.Check(channel.Valid(), "channel", "unknown", "is not a known channel")
	v.Require("topic", topic)
}

func negotiationEvents(err error, events ...Event[Negotiation]) ([]Event[Negotiation], error) {
	if err != nil {
		return nil, err
	}
	return events, nil
}
