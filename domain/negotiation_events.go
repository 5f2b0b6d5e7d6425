package domain

import (
	"slices"
	"time"
)

// Negotiations are the streams "negotiation-<id>".
var Negotiations = NewCategory("negotiation",
	Type[NegotiationWasPlanned]("negotiation.planned"),
	Type[NegotiationWasRescheduled]("negotiation.rescheduled"),
	Type[NegotiationWasCancelled]("negotiation.cancelled"),
	Type[NegotiationWasHeld]("negotiation.held"),
	Type[NegotiationWasRecorded]("negotiation.recorded"),
	Type[NegotiationWasCorrected]("negotiation.corrected"),
	Type[NegotiationStepWasDone]("negotiation.step_done"),
	Type[NegotiationWasPublished]("negotiation.published"),
	Type[NegotiationScreeningHit]("negotiation.screening_hit"),
	Type[NegotiationWasScreened]("negotiation.screened"),
	Type[NegotiationReviewWasQueued]("negotiation.review_queued"),
	Type[NegotiationReviewWasClaimed]("negotiation.review_claimed"),
	Type[NegotiationReviewWasReleased]("negotiation.review_released"),
	Type[NegotiationReviewWasEscalated]("negotiation.review_escalated"),
	Type[NegotiationWasApproved]("negotiation.approved"),
	Type[NegotiationWasApprovedWithRemarks]("negotiation.approved_with_remarks"),
	Type[NegotiationWasStopped]("negotiation.stopped"),
	Type[CommitmentWasKept]("negotiation.commitment_kept"),
	Type[CommitmentWasBroken]("negotiation.commitment_broken"),
	Type[CommitmentWasWaived]("negotiation.commitment_waived"),
	Type[CommitmentWasSuperseded]("negotiation.commitment_superseded"),
	Type[CommitmentWasHandedOver]("negotiation.commitment_handed_over"),
)

// NegotiationWasPlanned puts it on the timetable.
type NegotiationWasPlanned struct {
	Counterparty CounterpartyID     `json:"counterparty_id"`
	Author       EmployeeID         `json:"author_id"`
	Topic        string             `json:"topic" pii:"counterparty"`
	Channel      NegotiationChannel `json:"channel"`
	Stage        NegotiationStage   `json:"stage"`
	Ours         []EmployeeID       `json:"our_participant_ids"`
	Theirs       []Negotiator       `json:"their_participants,omitempty"`
	PlannedFrom  time.Time          `json:"planned_from"`
	PlannedTo    time.Time          `json:"planned_to"`
}

// NegotiationWasRescheduled moves a planned one.
type NegotiationWasRescheduled struct {
	OldFrom time.Time `json:"old_from"`
	OldTo   time.Time `json:"old_to"`
	From    time.Time `json:"planned_from"`
	To      time.Time `json:"planned_to"`
	Reason  string    `json:"reason" pii:"counterparty"`
}

// NegotiationWasCancelled takes a planned one off the timetable.
type NegotiationWasCancelled struct {
	Reason string `json:"reason" pii:"counterparty"`
}

// NegotiationWasHeld says that the parties talked; it begins an unplanned negotiation. RecordBy is when the record
// becomes late.
type NegotiationWasHeld struct {
	Counterparty CounterpartyID     `json:"counterparty_id"`
	Author       EmployeeID         `json:"author_id"`
	Topic        string             `json:"topic" pii:"counterparty"`
	Channel      NegotiationChannel `json:"channel"`
	Ours         []EmployeeID       `json:"our_participant_ids"`
	HeldFrom     time.Time          `json:"held_from"`
	HeldTo       time.Time          `json:"held_to"`
	RecordBy     time.Time          `json:"record_by"`
}

// NegotiationWasRecorded is the result as its author saved it.
type NegotiationWasRecorded struct {
	NegotiationRecord
	Author   EmployeeID `json:"author_id"`
	RecordBy time.Time  `json:"record_by"`
	Late     bool       `json:"late,omitempty"`
}

// NegotiationWasCorrected replaces the record. Superseded are the commitments it no longer has, Disputed those that
// stay in dispute until the review.
type NegotiationWasCorrected struct {
	NegotiationRecord
	Author     EmployeeID     `json:"author_id"`
	Reason     string         `json:"reason" pii:"employee"`
	Superseded []CommitmentID `json:"superseded_ids,omitempty"`
	Disputed   []CommitmentID `json:"disputed_ids,omitempty"`
}

// NegotiationStepWasDone closes a next step.
type NegotiationStepWasDone struct {
	Step   int        `json:"step"`
	By     EmployeeID `json:"by_id"`
	Result string     `json:"result" pii:"counterparty"`
}

// NegotiationWasPublished informs the followers of the counterparty.
type NegotiationWasPublished struct {
	Informed []EmployeeID `json:"informed_ids,omitempty"`
	Reviewed bool         `json:"reviewed"`
}

// NegotiationScreeningHit is one finding of the automatic screening.
type NegotiationScreeningHit struct{ ScreeningHit }

// NegotiationWasScreened closes a screening. Whoever doubts the sample can draw it again from the seed.
type NegotiationWasScreened struct {
	RulesVersion    int   `json:"rules_version"`
	Hits            int   `json:"hits"`
	SampleSeed      int64 `json:"sample_seed"`
	SamplingPercent int   `json:"sampling_percent"`
	Review          bool  `json:"review_required"`
}

// NegotiationReviewWasQueued puts the record on the review desk.
type NegotiationReviewWasQueued struct {
	Reason   QueueReason `json:"reason"`
	ReviewBy time.Time   `json:"review_by"`
}

// NegotiationReviewWasClaimed takes it for review.
type NegotiationReviewWasClaimed struct {
	Reviewer EmployeeID `json:"reviewer_id"`
}

// NegotiationReviewWasReleased puts it back into the queue.
type NegotiationReviewWasReleased struct {
	Reviewer EmployeeID `json:"reviewer_id"`
}

// NegotiationReviewWasEscalated notes a missed deadline of the review.
type NegotiationReviewWasEscalated struct {
	To       EmployeeID `json:"to_id,omitzero"`
	Reviewer EmployeeID `json:"reviewer_id,omitzero"`
	ReviewBy time.Time  `json:"review_by"`
}

// NegotiationWasApproved finds the record in order. Released are the commitments that were in dispute.
type NegotiationWasApproved struct {
	Verdict
	Reviewer EmployeeID     `json:"reviewer_id"`
	ScoreBP  int64          `json:"score_bp"`
	Released []CommitmentID `json:"released_ids,omitempty"`
}

// NegotiationWasApprovedWithRemarks finds it acceptable.
type NegotiationWasApprovedWithRemarks struct {
	Verdict
	Reviewer EmployeeID     `json:"reviewer_id"`
	ScoreBP  int64          `json:"score_bp"`
	Released []CommitmentID `json:"released_ids,omitempty"`
	Remarks  string         `json:"remarks" pii:"employee"`
}

// NegotiationWasStopped says that it must not go on like this. Disputed are the commitments nobody may build upon,
// CorrectBy is until when the author is to follow the instruction.
type NegotiationWasStopped struct {
	Verdict
	Reviewer    EmployeeID       `json:"reviewer_id"`
	ScoreBP     int64            `json:"score_bp"`
	Author      EmployeeID       `json:"author_id"`
	Stage       NegotiationStage `json:"stage"`
	Reason      string           `json:"reason" pii:"employee"`
	Instruction string           `json:"instruction" pii:"employee"`
	CorrectBy   time.Time        `json:"correct_by"`
	Disputed    []CommitmentID   `json:"disputed_ids,omitempty"`
}

// CommitmentWasKept says that a promise was kept, and how that is known.
type CommitmentWasKept struct {
	Commitment CommitmentID `json:"commitment_id"`
	By         EmployeeID   `json:"by_id"`
	Comment    string       `json:"comment" pii:"counterparty"`
}

// CommitmentWasBroken says that a promise was not kept.
type CommitmentWasBroken struct {
	Commitment CommitmentID `json:"commitment_id"`
	By         EmployeeID   `json:"by_id"`
	Comment    string       `json:"comment" pii:"counterparty"`
}

// CommitmentWasWaived says that whom it was given to let it go.
type CommitmentWasWaived struct {
	Commitment CommitmentID `json:"commitment_id"`
	By         EmployeeID   `json:"by_id"`
	Comment    string       `json:"comment" pii:"counterparty"`
}

// CommitmentWasSuperseded says that a later promise took its place.
type CommitmentWasSuperseded struct {
	Commitment CommitmentID `json:"commitment_id"`
	Successor  CommitmentID `json:"successor_id"`
	By         EmployeeID   `json:"by_id"`
	Comment    string       `json:"comment" pii:"counterparty"`
}

// CommitmentWasHandedOver makes another employee its owner.
type CommitmentWasHandedOver struct {
	Commitment CommitmentID `json:"commitment_id"`
	From       EmployeeID   `json:"from_id"`
	To         EmployeeID   `json:"to_id"`
	Reason     string       `json:"reason" pii:"employee"`
}

func (e NegotiationWasPlanned) Apply(n *Negotiation) {
	*n = Negotiation{
		Counterparty: e.Counterparty, Author: e.Author, Topic: e.Topic, Channel: e.Channel, Stage: e.Stage,
		Ours: slices.Clone(e.Ours), Theirs: slices.Clone(e.Theirs), PlannedFrom: e.PlannedFrom, PlannedTo: e.PlannedTo,
		State: NegotiationPlanned,
	}
}
func (e NegotiationWasRescheduled) Apply(n *Negotiation) { n.PlannedFrom, n.PlannedTo = e.From, e.To }
func (e NegotiationWasCancelled) Apply(n *Negotiation)   { n.State = NegotiationCancelled }
func (e NegotiationWasHeld) Apply(n *Negotiation) {
	n.Counterparty, n.Author, n.Topic, n.Channel = e.Counterparty, e.Author, e.Topic, e.Channel
	n.Ours, n.HeldFrom, n.HeldTo, n.RecordBy = slices.Clone(e.Ours), e.HeldFrom, e.HeldTo, e.RecordBy
	n.State = NegotiationHeld
}

func (e NegotiationWasRecorded) Apply(n *Negotiation) {
	n.State, n.Author = NegotiationRecorded, e.Author
	n.take(e.NegotiationRecord)
}

func (e NegotiationWasCorrected) Apply(n *Negotiation) {
	n.take(e.NegotiationRecord)
	n.turn(e.Superseded, CommitmentSuperseded)
	n.turn(e.Disputed, CommitmentDisputed)
	n.Review.State, n.Review.Reviewer, n.Review.By = ReviewCorrected, EmployeeID{}, time.Time{}
	n.Published, n.PublishedReviewed = false, false // the followers know another record
}
func (e NegotiationStepWasDone) Apply(n *Negotiation) { n.StepsDone = With(n.StepsDone, e.Step) }
func (e NegotiationWasPublished) Apply(n *Negotiation) {
	n.Published, n.PublishedReviewed, n.Informed = true, e.Reviewed, slices.Clone(e.Informed)
}

func (e NegotiationScreeningHit) Apply(n *Negotiation) {
	hits := n.Review.Hits
	if e.No == 1 {
		hits = nil
	}
	n.Review.Hits = With(hits, e.ScreeningHit)
}

func (e NegotiationWasScreened) Apply(n *Negotiation) {
	if e.Hits == 0 {
		n.Review.Hits = nil
	}
	if !e.Review {
		n.Review.State = ReviewNotRequired
	}
}

func (e NegotiationReviewWasQueued) Apply(n *Negotiation) {
	n.Review.State, n.Review.By, n.Review.Escalated = ReviewQueued, e.ReviewBy, false
}

func (e NegotiationReviewWasClaimed) Apply(n *Negotiation) {
	n.Review.State, n.Review.Reviewer = ReviewClaimed, e.Reviewer
}

func (e NegotiationReviewWasReleased) Apply(n *Negotiation) {
	n.Review.State, n.Review.Reviewer = ReviewQueued, EmployeeID{}
}
func (e NegotiationReviewWasEscalated) Apply(n *Negotiation) { n.Review.Escalated = true }

func (e NegotiationWasApproved) Apply(n *Negotiation) {
	n.judge(ReviewApproved, e.ScoreBP)
	n.turn(e.Released, CommitmentOpen)
}

func (e NegotiationWasApprovedWithRemarks) Apply(n *Negotiation) {
	n.judge(ReviewApprovedWithRemarks, e.ScoreBP)
	n.Review.Remarks = e.Remarks
	n.turn(e.Released, CommitmentOpen)
}

func (e NegotiationWasStopped) Apply(n *Negotiation) {
	n.judge(ReviewStopped, e.ScoreBP)
	n.Review.Stopped, n.Review.Reason, n.Review.Instruction, n.Review.CorrectBy = true, e.Reason, e.Instruction, e.CorrectBy
	n.turn(e.Disputed, CommitmentDisputed)
}
func (e CommitmentWasKept) Apply(n *Negotiation) {
	n.turn([]CommitmentID{e.Commitment}, CommitmentKept)
}
func (e CommitmentWasBroken) Apply(n *Negotiation) {
	n.turn([]CommitmentID{e.Commitment}, CommitmentBroken)
}

func (e CommitmentWasWaived) Apply(n *Negotiation) {
	n.turn([]CommitmentID{e.Commitment}, CommitmentWaived)
}

func (e CommitmentWasSuperseded) Apply(n *Negotiation) {
	n.turn([]CommitmentID{e.Commitment}, CommitmentSuperseded)
}

func (e CommitmentWasHandedOver) Apply(n *Negotiation) {
	n.Promises = slices.Clone(n.Promises)
	for i := range n.Promises {
		if n.Promises[i].ID == e.Commitment {
			n.Promises[i].Owner = e.To
		}
	}
}

// take puts a new version of the record in place; commitments that were there before keep their states.
func (n *Negotiation) take(r NegotiationRecord) {
	n.Record, n.Topic, n.Stage = r, r.Topic, r.Stage
	n.Ours, n.Theirs = slices.Clone(r.Ours), slices.Clone(r.Theirs)
	for _, s := range r.NextSteps {
		n.LastStep = max(n.LastStep, s.No)
	}
	n.Promises = slices.Clone(n.Promises)
	for _, c := range r.Commitments {
		i := slices.IndexFunc(n.Promises, func(p Promise) bool { return p.ID == c.ID })
		if i < 0 {
			n.Promises = append(n.Promises, Promise{c, CommitmentOpen})
			continue
		}
		n.Promises[i].Commitment = c
	}
}

// turn gives the commitments a state.
func (n *Negotiation) turn(ids []CommitmentID, to CommitmentState) {
	n.Promises = slices.Clone(n.Promises)
	for i := range n.Promises {
		if slices.Contains(ids, n.Promises[i].ID) {
			n.Promises[i].State = to
		}
	}
}

func (n *Negotiation) judge(to ReviewState, score int64) {
	r := &n.Review
	r.State, r.ScoreBP, r.By, r.Rounds = to, score, time.Time{}, r.Rounds+1
	r.Stopped, r.Reason, r.Instruction, r.Remarks, r.CorrectBy = false, "", "", "", time.Time{}
}
