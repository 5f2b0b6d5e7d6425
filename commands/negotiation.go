package commands

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/letopis-crm/letopis/domain"
)

// PlanNegotiation puts a negotiation on the timetable.
type PlanNegotiation struct {
	By
	Counterparty domain.CounterpartyID     `json:"counterparty_id" format:"uuid" doc:"With whom"`
	Topic        string                    `json:"topic" minLength:"1" maxLength:"500" doc:"What it is about"`
	Channel      domain.NegotiationChannel `json:"channel" enum:"meeting,call,video,email,messenger" doc:"How the parties talk"`
	Stage        domain.NegotiationStage   `json:"stage" enum:"first_contact,needs,proposal,bargaining,agreed,closed_won,closed_lost" doc:"How far the deal has come"`
	Ours         []domain.EmployeeID       `json:"our_participant_ids" minItems:"1" maxItems:"50" doc:"Our participants"`
	Theirs       []domain.Negotiator       `json:"their_participants,omitempty" maxItems:"50" doc:"Their participants, as far as known"`
	PlannedFrom  time.Time                 `json:"planned_from" doc:"Begin"`
	PlannedTo    time.Time                 `json:"planned_to" doc:"End"`
}

func (c PlanNegotiation) Decide(s domain.Negotiation, _ time.Time) ([]domain.Event[domain.Negotiation], error) {
	return s.Plan(domain.NegotiationWasPlanned{
		Counterparty: c.Counterparty, Author: c.Who(), Topic: c.Topic, Channel: c.Channel, Stage: c.Stage, Ours: c.Ours, Theirs: c.Theirs,
		PlannedFrom: c.PlannedFrom, PlannedTo: c.PlannedTo,
	})
}

// RescheduleNegotiation moves a planned negotiation.
type RescheduleNegotiation struct {
	By
	PlannedFrom time.Time `json:"planned_from" doc:"New begin"`
	PlannedTo   time.Time `json:"planned_to" doc:"New end"`
	Reason      string    `json:"reason" minLength:"1" maxLength:"2000" doc:"Why"`
}

func (c RescheduleNegotiation) Decide(s domain.Negotiation, _ time.Time) ([]domain.Event[domain.Negotiation], error) {
	return s.Reschedule(c.Who(), c.PlannedFrom, c.PlannedTo, c.Reason)
}

// CancelNegotiation takes a planned negotiation off the timetable.
type CancelNegotiation struct {
	By
	Reason string `json:"reason" minLength:"1" maxLength:"2000" doc:"Why"`
}

func (c CancelNegotiation) Decide(s domain.Negotiation, _ time.Time) ([]domain.Event[domain.Negotiation], error) {
	return s.Cancel(c.Who(), c.Reason)
}

// HoldNegotiation records that the parties talked, planned or not; the record itself may follow within 24 working hours.
type HoldNegotiation struct {
	By
	NegotiationTalk
	recordBy time.Time
}

// NegotiationTalk is the outward side of a negotiation: who talked, when and how.
type NegotiationTalk struct {
	Counterparty domain.CounterpartyID     `json:"counterparty_id" format:"uuid" doc:"With whom"`
	Topic        string                    `json:"topic" minLength:"1" maxLength:"500" doc:"What it was about"`
	Channel      domain.NegotiationChannel `json:"channel" enum:"meeting,call,video,email,messenger" doc:"How the parties talked"`
	Ours         []domain.EmployeeID       `json:"our_participant_ids" minItems:"1" maxItems:"50" doc:"Our participants"`
	HeldFrom     time.Time                 `json:"held_from" doc:"Begin"`
	HeldTo       time.Time                 `json:"held_to" doc:"End"`
}

// recordingTime is the working time within which a negotiation is to be recorded.
const recordingTime = 24 * time.Hour

func (t NegotiationTalk) held(author domain.EmployeeID, recordBy time.Time) domain.NegotiationWasHeld {
	return domain.NegotiationWasHeld{
		Counterparty: t.Counterparty, Author: author, Topic: t.Topic, Channel: t.Channel, Ours: t.Ours,
		HeldFrom: t.HeldFrom, HeldTo: t.HeldTo, RecordBy: recordBy,
	}
}

// Prepare finds the deadline of the record by the author's working time.
func (c *HoldNegotiation) Prepare(ctx context.Context, f *Facts) error {
	schedule, err := f.Schedule(ctx, c.Who())
	c.recordBy = schedule.After(c.HeldTo, recordingTime)
	return err
}

func (c HoldNegotiation) Decide(s domain.Negotiation, now time.Time) ([]domain.Event[domain.Negotiation], error) {
	return s.Hold(c.Who(), c.held(c.Who(), c.recordBy), now)
}

// RecordNegotiation saves the result. With `talk` it records in one go a negotiation that was not marked as held before.
type RecordNegotiation struct {
	By
	domain.NegotiationRecord
	Talk     *NegotiationTalk `json:"talk,omitempty" doc:"Who talked when and how; needed unless the negotiation is marked as held"`
	recordBy time.Time
}

// Prepare gives new commitments an id and an owner, and finds the deadline of the record.
func (c *RecordNegotiation) Prepare(ctx context.Context, f *Facts) error {
	c.Commitments = owned(f, c.Who(), c.Commitments)
	if c.Talk == nil {
		return nil
	}
	schedule, err := f.Schedule(ctx, c.Who())
	c.recordBy = schedule.After(c.Talk.HeldTo, recordingTime)
	return err
}

func (c RecordNegotiation) Decide(s domain.Negotiation, now time.Time) ([]domain.Event[domain.Negotiation], error) {
	if c.Talk == nil || s.State == domain.NegotiationHeld || s.State == domain.NegotiationRecorded {
		return s.Save(c.Who(), c.NegotiationRecord, now)
	}
	events, err := s.Hold(c.Who(), c.Talk.held(c.Who(), c.recordBy), now)
	if err != nil {
		return nil, err
	}
	for _, e := range events {
		e.Apply(&s)
	}
	saved, err := s.Save(c.Who(), c.NegotiationRecord, now)
	return append(events, saved...), err
}

// owned gives commitments without an id one that follows from the command, and the author as owner by default.
func owned(f *Facts, author domain.EmployeeID, list []domain.Commitment) []domain.Commitment {
	list = slices.Clone(list)
	for i := range list {
		if list[i].ID.IsZero() {
			list[i].ID = domain.DerivedID[domain.Commitment]("commitment", f.Request.CommandID.String(), strconv.Itoa(i))
		}
		if list[i].Owner.IsZero() {
			list[i].Owner = author
		}
	}
	return list
}

// CorrectNegotiation replaces the record. Commitments that stay are given with their ids; those left out are superseded.
type CorrectNegotiation struct {
	By
	domain.NegotiationRecord
	Reason string `json:"reason" minLength:"1" maxLength:"2000" doc:"Why"`
}

// Prepare implements Preparer.
func (c *CorrectNegotiation) Prepare(_ context.Context, f *Facts) error {
	c.Commitments = owned(f, c.Who(), c.Commitments)
	return nil
}

func (c CorrectNegotiation) Decide(s domain.Negotiation, _ time.Time) ([]domain.Event[domain.Negotiation], error) {
	return s.Correct(c.Who(), c.NegotiationRecord, c.Reason)
}

// FinishNegotiationStep notes that a next step was done.
type FinishNegotiationStep struct {
	By
	Step   int    `json:"step" minimum:"1" doc:"Number of the step"`
	Result string `json:"result" minLength:"1" maxLength:"4000" doc:"What came of it"`
}

func (c FinishNegotiationStep) Decide(s domain.Negotiation, _ time.Time) ([]domain.Event[domain.Negotiation], error) {
	return s.FinishStep(c.Who(), c.Step, c.Result)
}

// ScreenNegotiation applies the rules in force to a fresh record. A policy gives it, with the facts it gathered; the
// author's limits and the rules are facts of the log and are added here.
type ScreenNegotiation struct {
	Facts    domain.ScreeningFacts
	Seed     int64
	rules    domain.ScreeningParameters
	reviewBy time.Time
}

// Prepare implements Preparer.
func (c *ScreenNegotiation) Prepare(ctx context.Context, f *Facts) error {
	n, err := Fact(ctx, f, domain.Negotiations, domain.NegotiationID(f.ID))
	if err != nil {
		return err
	}
	rules, err := Fact(ctx, f, domain.ScreeningRuleSets, domain.TheScreeningRules)
	if err != nil {
		return err
	}
	author, err := Fact(ctx, f, domain.Employees, n.Author)
	if err != nil {
		return err
	}
	schedule, err := f.Schedule(ctx, n.Author)
	c.rules = rules.Current()
	c.Facts.Author, c.Facts.HeldOn = author.Limits, domain.DateOf(n.HeldTo, schedule.Location())
	c.reviewBy = schedule.After(f.Now(), time.Duration(c.rules.ReviewHours)*time.Hour)
	return err
}

func (c ScreenNegotiation) Decide(s domain.Negotiation, _ time.Time) ([]domain.Event[domain.Negotiation], error) {
	return s.Screened(c.rules, domain.Screen(c.rules, s.Record, c.Facts), c.Seed, c.reviewBy)
}

// PublishNegotiation informs the followers of the counterparty. A policy gives it.
type PublishNegotiation struct {
	Informed []domain.EmployeeID
}

func (c PublishNegotiation) Decide(s domain.Negotiation, _ time.Time) ([]domain.Event[domain.Negotiation], error) {
	return s.Publish(c.Informed)
}

// ClaimNegotiationReview takes a record for review.
type ClaimNegotiationReview struct{ By }

func (c ClaimNegotiationReview) Decide(s domain.Negotiation, _ time.Time) ([]domain.Event[domain.Negotiation], error) {
	if err := s.NoParticipant(c.Actor); err != nil {
		return nil, err
	}
	return s.Claim(c.Who())
}

// ReleaseNegotiationReview puts it back into the queue.
type ReleaseNegotiationReview struct{ By }

func (c ReleaseNegotiationReview) Decide(s domain.Negotiation, _ time.Time) ([]domain.Event[domain.Negotiation], error) {
	return s.Release(c.Who())
}

// ApproveNegotiation finds the record in order; with remarks it is approved with remarks.
type ApproveNegotiation struct {
	By
	domain.Verdict
	Remarks string `json:"remarks,omitempty" maxLength:"4000" doc:"What to heed"`
}

// Prepare gives the marks their weights.
func (c *ApproveNegotiation) Prepare(ctx context.Context, f *Facts) (err error) {
	c.Scores, err = weighed(ctx, f, c.Scores)
	return err
}

func (c ApproveNegotiation) Decide(s domain.Negotiation, _ time.Time) ([]domain.Event[domain.Negotiation], error) {
	if err := s.NoParticipant(c.Actor); err != nil {
		return nil, err
	}
	return s.Approve(c.Who(), c.Verdict, c.Remarks)
}

// StopNegotiation puts the negotiation's commitments into dispute and instructs its author.
type StopNegotiation struct {
	By
	domain.Verdict
	Reason      string    `json:"reason" minLength:"1" maxLength:"4000" doc:"What is wrong"`
	Instruction string    `json:"instruction" minLength:"1" maxLength:"4000" doc:"What the author has to do"`
	CorrectBy   time.Time `json:"correct_by,omitzero" doc:"Until when; one business day of the author by default"`
}

// Prepare gives the marks their weights, and the author a deadline.
func (c *StopNegotiation) Prepare(ctx context.Context, f *Facts) (err error) {
	if c.Scores, err = weighed(ctx, f, c.Scores); err != nil || !c.CorrectBy.IsZero() {
		return err
	}
	n, err := Fact(ctx, f, domain.Negotiations, domain.NegotiationID(f.ID))
	if err != nil {
		return err
	}
	schedule, err := f.Schedule(ctx, n.Author)
	c.CorrectBy = schedule.After(f.Now(), BusinessDay)
	return err
}

func (c StopNegotiation) Decide(s domain.Negotiation, _ time.Time) ([]domain.Event[domain.Negotiation], error) {
	if err := s.NoParticipant(c.Actor); err != nil {
		return nil, err
	}
	return s.Stop(c.Who(), c.Verdict, c.Reason, c.Instruction, c.CorrectBy)
}

// weighed takes the weights of the rules in force; an unknown criterion has none.
func weighed(ctx context.Context, f *Facts, scores []domain.CriterionScore) ([]domain.CriterionScore, error) {
	rules, err := Fact(ctx, f, domain.ScreeningRuleSets, domain.TheScreeningRules)
	if err != nil {
		return nil, err
	}
	weights := map[string]int64{}
	for _, c := range rules.Current().Criteria {
		weights[c.Code] = c.Weight
	}
	scores = slices.Clone(scores)
	for i := range scores {
		scores[i].Weight = weights[scores[i].Criterion]
	}
	return scores, nil
}

// EscalateNegotiationReview notes a missed deadline of the review and whom it was told. The scheduler gives it.
type EscalateNegotiationReview struct{ to domain.EmployeeID }

// Prepare finds the head of the reviewer, or of the author where nobody claimed the review.
func (c *EscalateNegotiationReview) Prepare(ctx context.Context, f *Facts) error {
	n, err := Fact(ctx, f, domain.Negotiations, domain.NegotiationID(f.ID))
	if err != nil {
		return err
	}
	late := n.Review.Reviewer
	if late.IsZero() {
		late = n.Author
	}
	above, err := f.Heads(ctx, late)
	if len(above) > 0 {
		c.to = above[0]
	}
	return err
}

func (c EscalateNegotiationReview) Decide(s domain.Negotiation, now time.Time) ([]domain.Event[domain.Negotiation], error) {
	return s.Escalate(c.to, now)
}

// PublishScreeningRules puts a new version of the rules in force.
type PublishScreeningRules struct {
	By
	Parameters domain.ScreeningParameters `json:"parameters" doc:"The whole new version"`
	Reason     string                     `json:"reason" minLength:"1" maxLength:"2000" doc:"Why"`
}

func (c PublishScreeningRules) Decide(s domain.ScreeningRules, _ time.Time) ([]domain.Event[domain.ScreeningRules], error) {
	return s.Publish(c.Who(), c.Parameters, c.Reason)
}

// CommitmentChange names a commitment of a negotiation and says how the change is known.
type CommitmentChange struct {
	Commitment domain.CommitmentID `json:"commitment_id" format:"uuid" doc:"The commitment"`
	Comment    string              `json:"comment" minLength:"1" maxLength:"2000" doc:"How one knows, or why"`
}

// asOwnersHead is the fact that the owner's rights need: who asks, if above the owner, else nobody.
func (c CommitmentChange) asOwnersHead(ctx context.Context, f *Facts, by By) (domain.EmployeeID, error) {
	n, err := Fact(ctx, f, domain.Negotiations, domain.NegotiationID(f.ID))
	if err != nil {
		return domain.EmployeeID{}, err
	}
	return asHeadOf(ctx, f, by, n.OwnerOf(c.Commitment))
}

// KeepCommitment says that a promise was kept.
type KeepCommitment struct {
	By
	CommitmentChange
	head domain.EmployeeID
}

// Prepare implements Preparer.
func (c *KeepCommitment) Prepare(ctx context.Context, f *Facts) (err error) {
	c.head, err = c.asOwnersHead(ctx, f, c.By)
	return err
}

func (c KeepCommitment) Decide(s domain.Negotiation, _ time.Time) ([]domain.Event[domain.Negotiation], error) {
	return s.Settle(c.Who(), c.head, c.Commitment, domain.CommitmentKept, c.Comment)
}

// BreakCommitment says that a promise was not kept.
type BreakCommitment struct {
	By
	CommitmentChange
	head domain.EmployeeID
}

// Prepare implements Preparer.
func (c *BreakCommitment) Prepare(ctx context.Context, f *Facts) (err error) {
	c.head, err = c.asOwnersHead(ctx, f, c.By)
	return err
}

func (c BreakCommitment) Decide(s domain.Negotiation, _ time.Time) ([]domain.Event[domain.Negotiation], error) {
	return s.Settle(c.Who(), c.head, c.Commitment, domain.CommitmentBroken, c.Comment)
}

// WaiveCommitment says that whom a promise was given to let it go.
type WaiveCommitment struct {
	By
	CommitmentChange
	head domain.EmployeeID
}

// Prepare implements Preparer.
func (c *WaiveCommitment) Prepare(ctx context.Context, f *Facts) (err error) {
	c.head, err = c.asOwnersHead(ctx, f, c.By)
	return err
}

func (c WaiveCommitment) Decide(s domain.Negotiation, _ time.Time) ([]domain.Event[domain.Negotiation], error) {
	return s.Settle(c.Who(), c.head, c.Commitment, domain.CommitmentWaived, c.Comment)
}

// SupersedeCommitment says that a later promise took this one's place.
type SupersedeCommitment struct {
	By
	CommitmentChange
	Successor domain.CommitmentID `json:"successor_id" format:"uuid" doc:"The later commitment"`
	head      domain.EmployeeID
}

// Prepare implements Preparer.
func (c *SupersedeCommitment) Prepare(ctx context.Context, f *Facts) (err error) {
	c.head, err = c.asOwnersHead(ctx, f, c.By)
	return err
}

func (c SupersedeCommitment) Decide(s domain.Negotiation, _ time.Time) ([]domain.Event[domain.Negotiation], error) {
	return s.Supersede(c.Who(), c.head, c.Commitment, c.Successor, c.Comment)
}

// HandOverCommitment makes another employee the owner of a commitment.
type HandOverCommitment struct {
	By
	CommitmentChange
	Owner domain.EmployeeID `json:"owner_id" format:"uuid" doc:"Who sees to it from now on"`
	head  domain.EmployeeID
}

// Prepare implements Preparer.
func (c *HandOverCommitment) Prepare(ctx context.Context, f *Facts) (err error) {
	if err := stillHere(ctx, f, c.Owner); err != nil {
		return err
	}
	c.head, err = c.asOwnersHead(ctx, f, c.By)
	return err
}

func (c HandOverCommitment) Decide(s domain.Negotiation, _ time.Time) ([]domain.Event[domain.Negotiation], error) {
	return s.HandOver(c.Who(), c.head, c.Commitment, c.Owner, c.Comment)
}
