package domain

import (
	"slices"
	"time"
)

// Review is the control of a recorded negotiation.
type Review struct {
	State ReviewState
	// Hits are those of the latest screening, numbered from 1.
	Hits     []ScreeningHit
	Reviewer EmployeeID
	// By is the deadline of the review; zero unless one waits.
	By        time.Time
	Escalated bool
	// Rounds counts the reviews that came to a verdict.
	Rounds int
	// Stopped means that a stop has not been lifted by an approval yet.
	Stopped     bool
	Reason      string
	Instruction string
	CorrectBy   time.Time
	Remarks     string
	ScoreBP     int64
}

// ReviewState is where the control of a record stands.
type ReviewState string

// The states; the zero value means that the record has not been screened yet.
const (
	ReviewNotRequired         ReviewState = "not_required"
	ReviewQueued              ReviewState = "queued"
	ReviewClaimed             ReviewState = "claimed"
	ReviewApproved            ReviewState = "approved"
	ReviewApprovedWithRemarks ReviewState = "approved_with_remarks"
	ReviewStopped             ReviewState = "stopped"
	ReviewCorrected           ReviewState = "corrected"
)

// ReviewTransitions is the workflow of the control. A corrected record is screened anew.
var ReviewTransitions = Transitions[ReviewState]{
	"":                        {ReviewNotRequired, ReviewQueued, ReviewCorrected},
	ReviewNotRequired:         {ReviewCorrected},
	ReviewQueued:              {ReviewClaimed, ReviewCorrected},
	ReviewClaimed:             {ReviewQueued, ReviewApproved, ReviewApprovedWithRemarks, ReviewStopped},
	ReviewApproved:            {ReviewCorrected},
	ReviewApprovedWithRemarks: {ReviewCorrected},
	ReviewStopped:             {ReviewCorrected},
	ReviewCorrected:           {ReviewNotRequired, ReviewQueued, ReviewCorrected},
}

// QueueReason says why a record is reviewed.
type QueueReason string

// The reasons.
const (
	QueuedByHit    QueueReason = "hit"
	QueuedBySample QueueReason = "sample"
	// QueuedAgain is a record that was changed after a review.
	QueuedAgain QueueReason = "re_review"
)

// Verdict is what a reviewer gives with every outcome: scores for the criteria, and which hits do not hold.
type Verdict struct {
	Scores    []CriterionScore `json:"scores,omitempty" doc:"Marks for the criteria"`
	Dismissed []DismissedHit   `json:"dismissed_hits,omitempty" doc:"Hits that do not hold, with the reason"`
}

// CriterionScore is a mark from 1 to 5 for one criterion.
type CriterionScore struct {
	Criterion string `json:"criterion" public:"" minLength:"1" maxLength:"60" doc:"Code of the criterion"`
	Weight    int64  `json:"weight,omitempty" doc:"Weight by the rules in force; filled in by the system"`
	Score     int64  `json:"score" minimum:"1" maximum:"5" doc:"Mark"`
}

// DismissedHit is a hit that the reviewer found not to hold.
type DismissedHit struct {
	Hit    int    `json:"hit" minimum:"1" doc:"Number of the hit"`
	Reason string `json:"reason" pii:"employee" minLength:"1" maxLength:"1000" doc:"Why it does not hold"`
}

// Refusals of reviews.
var (
	ErrReviewStep        = Refuse("review.wrong_state", "the review does not stand where this step is possible")
	ErrReviewParticipant = Refuse("review.participant", "nobody reviews a negotiation in which they took part")
	ErrReviewClaimed     = Refuse("review.claimed", "another reviewer is at work on the record")
	ErrReviewFatal       = Refuse("review.fatal_hit", "a fatal hit stands: dismiss it with a reason, or stop the negotiation")
)

// AwaitsScreening reports a record that no screening has looked at since it was saved or corrected.
func (n Negotiation) AwaitsScreening() bool {
	return n.State == NegotiationRecorded && (n.Review.State == "" || n.Review.State == ReviewCorrected)
}

// Blocked reports that nothing may be built on the record: it was stopped and has not been approved since.
func (n Negotiation) Blocked() bool { return n.Review.Stopped }

// Screened records the outcome of a screening and queues the record for review: always with hits, or after an earlier
// review; else if the seed falls into the sample. reviewBy is the deadline of the review.
func (n Negotiation) Screened(rules ScreeningParameters, hits []ScreeningHit, seed int64, reviewBy time.Time) ([]Event[Negotiation], error) {
	switch {
	case n.State == "":
		return nil, ErrNotFound
	case !n.AwaitsScreening():
		return nil, nil
	}
	events := make([]Event[Negotiation], 0, len(hits)+2)
	for i, h := range hits {
		h.No, h.Version = i+1, rules.Version
		events = append(events, NegotiationScreeningHit{h})
	}
	reason, review := n.queueReason(rules, len(hits), seed)
	events = append(events, NegotiationWasScreened{RulesVersion: rules.Version, Hits: len(hits), SampleSeed: seed, SamplingPercent: rules.SamplingPercent, Review: review})
	if review {
		events = append(events, NegotiationReviewWasQueued{Reason: reason, ReviewBy: reviewBy})
	}
	return events, nil
}

func (n Negotiation) queueReason(rules ScreeningParameters, hits int, seed int64) (QueueReason, bool) {
	switch {
	case hits > 0:
		return QueuedByHit, true
	case n.Review.Rounds > 0:
		return QueuedAgain, true
	default:
		return QueuedBySample, Sampled(seed, rules.SamplingPercent)
	}
}

// Claim takes a queued record for review. The reviewer took no part in the negotiation.
func (n Negotiation) Claim(by EmployeeID) ([]Event[Negotiation], error) {
	err := n.reviewStep(ReviewClaimed)
	switch {
	case n.Review.State == ReviewClaimed && n.Review.Reviewer == by:
		return nil, nil
	case n.Review.State == ReviewClaimed:
		err = ErrReviewClaimed
	case err == nil && (by.IsZero() || n.TookPart(by)):
		err = ErrReviewParticipant
	}
	return negotiationEvents(err, NegotiationReviewWasClaimed{Reviewer: by})
}

// NoParticipant refuses those who took part: nobody reviews a negotiation of their own, not even standing in for a
// reviewer.
func (n Negotiation) NoParticipant(who EmployeeID) error {
	if n.TookPart(who) {
		return ErrReviewParticipant
	}
	return nil
}

// Release puts a claimed record back into the queue.
func (n Negotiation) Release(by EmployeeID) ([]Event[Negotiation], error) {
	if n.Review.State == ReviewQueued {
		return nil, nil
	}
	return negotiationEvents(n.reviewing(by, ReviewQueued), NegotiationReviewWasReleased{Reviewer: by})
}

// Approve finds the record in order, with or without remarks. A fatal hit must have been dismissed. Commitments that a
// stop had put into dispute are released.
func (n Negotiation) Approve(by EmployeeID, v Verdict, remarks string) ([]Event[Negotiation], error) {
	to := ReviewApproved
	if remarks != "" {
		to = ReviewApprovedWithRemarks
	}
	err := n.reviewing(by, to, v.check(n.Review.Hits))
	if err == nil && v.fatal(n.Review.Hits) {
		err = ErrReviewFatal
	}
	if err != nil {
		return nil, err
	}
	released := n.promisesIn(CommitmentDisputed)
	if remarks == "" {
		return []Event[Negotiation]{NegotiationWasApproved{Reviewer: by, Verdict: v, ScoreBP: v.Score(n.Review.Hits), Released: released}}, nil
	}
	return []Event[Negotiation]{NegotiationWasApprovedWithRemarks{Reviewer: by, Verdict: v, ScoreBP: v.Score(n.Review.Hits), Released: released, Remarks: remarks}}, nil
}

// Stop finds that the negotiation must not go on like this: its open commitments become disputed, and the author is
// instructed what to correct, and until when.
func (n Negotiation) Stop(by EmployeeID, v Verdict, reason, instruction string, correctBy time.Time) ([]Event[Negotiation], error) {
	var invalid Invalid
	invalid.Require("reason", reason)
	invalid.Require("instruction", instruction)
	return negotiationEvents(n.reviewing(by, ReviewStopped, v.check(n.Review.Hits), invalid.Err()), NegotiationWasStopped{
		Reviewer: by, Verdict: v, ScoreBP: v.Score(n.Review.Hits), Author: n.Author, Stage: n.Stage,
		Reason: reason, Instruction: instruction, CorrectBy: correctBy, Disputed: n.promisesIn(CommitmentOpen),
	})
}

// Escalate notes that the review's deadline was missed, once per deadline. to is who is told.
func (n Negotiation) Escalate(to EmployeeID, now time.Time) ([]Event[Negotiation], error) {
	waiting := n.Review.State == ReviewQueued || n.Review.State == ReviewClaimed
	if !waiting || n.Review.Escalated || now.Before(n.Review.By) {
		return nil, nil
	}
	return []Event[Negotiation]{NegotiationReviewWasEscalated{To: to, Reviewer: n.Review.Reviewer, ReviewBy: n.Review.By}}, nil
}

func (n Negotiation) reviewStep(to ReviewState) error {
	switch {
	case n.State == "":
		return ErrNotFound
	case !ReviewTransitions.Allows(n.Review.State, to):
		return ErrReviewStep
	}
	return nil
}

// reviewing says whether the employee, being the reviewer, may take the step.
func (n Negotiation) reviewing(by EmployeeID, to ReviewState, also ...error) error {
	err := n.reviewStep(to)
	switch {
	case err != nil:
		return err
	case n.Review.Reviewer != by:
		return ErrReviewClaimed
	case n.TookPart(by):
		return ErrReviewParticipant
	}
	return firstError(also...)
}

func (n Negotiation) promisesIn(state CommitmentState) []CommitmentID {
	var ids []CommitmentID
	for _, p := range n.Promises {
		if p.State == state {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// Score is Σ weight·mark / (5·Σ weight) in basis points; 0 with a fatal hit that stands, and without marks.
func (v Verdict) Score(hits []ScreeningHit) int64 {
	var sum, weights int64
	for _, s := range v.Scores {
		sum, weights = sum+s.Weight*s.Score, weights+s.Weight
	}
	if weights == 0 || v.fatal(hits) {
		return 0
	}
	return sum * 10_000 / (5 * weights)
}

func (v Verdict) fatal(hits []ScreeningHit) bool {
	return slices.ContainsFunc(hits, func(h ScreeningHit) bool { return h.Fatal && !v.dismisses(h.No) })
}

func (v Verdict) dismisses(hit int) bool {
	return slices.ContainsFunc(v.Dismissed, func(d DismissedHit) bool { return d.Hit == hit })
}

func (v Verdict) check(hits []ScreeningHit) error {
	var invalid Invalid
	for i, s := range v.Scores {
		invalid.Check(s.Score >= 1 && s.Score <= 5, at("scores", i, "score"), "range", "must be between 1 and 5")
		invalid.Check(s.Weight > 0, at("scores", i, "criterion"), "unknown", "is not a criterion of the rules in force")
	}
	for i, d := range v.Dismissed {
		known := slices.ContainsFunc(hits, func(h ScreeningHit) bool { return h.No == d.Hit })
		invalid.Check(known, at("dismissed_hits", i, "hit"), "unknown", "there is no such hit")
		invalid.Require(at("dismissed_hits", i, "reason"), d.Reason)
	}
	return invalid.Err()
}
