package commands

import (
	"context"
	"time"

	"github.com/letopis-crm/letopis/domain"
)

// ReplyTerm is how long an answer may take. One of both, or none: eight hours of the addressee's working time.
type ReplyTerm struct {
	ReplyBy        time.Time `json:"reply_by,omitzero" doc:"Deadline of the answer"`
	ReplyWithinMin int       `json:"reply_within_min,omitempty" minimum:"1" maximum:"100000" doc:"Working minutes to answer in, by each addressee's calendar"`
}

func (t ReplyTerm) term() domain.ReplyTerm {
	return domain.ReplyTerm{By: t.ReplyBy, Within: time.Duration(t.ReplyWithinMin) * time.Minute}
}

// moment brings what a thread has to know of the employees concerned.
func (f *Facts) moment(ctx context.Context, by By, people ...domain.EmployeeID) (domain.ThreadMoment, error) {
	m := domain.ThreadMoment{At: f.At(), Colleagues: make(map[domain.EmployeeID]domain.Colleague, len(people))}
	if err := f.ActsFor(ctx, by); err != nil {
		return m, err
	}
	for _, id := range people {
		colleague, err := f.Colleague(ctx, id)
		if err != nil {
			return m, err
		}
		m.Colleagues[id] = colleague
	}
	return m, nil
}

// OpenThread puts a question, a proposal, an agreement or a notice to colleagues.
type OpenThread struct {
	By
	Kind       domain.ThreadKind    `json:"kind" enum:"question,proposal,agreement,notice" doc:"What it is for; a notice asks for no answer"`
	Addressees []domain.EmployeeID  `json:"addressee_ids" minItems:"1" maxItems:"100" doc:"Who is to answer or to agree, each on a clock of their own"`
	CC         []domain.EmployeeID  `json:"cc_ids,omitempty" maxItems:"100" doc:"Who may read along"`
	Subject    string               `json:"subject" minLength:"1" maxLength:"500" doc:"Subject"`
	Text       string               `json:"text" minLength:"1" maxLength:"50000" doc:"The question, the proposal, or the text to agree on"`
	Context    domain.ThreadContext `json:"context,omitzero" doc:"What it is about"`
	ReplyTerm
	moment domain.ThreadMoment
}

// Prepare brings the addressees' schedules.
func (c *OpenThread) Prepare(ctx context.Context, f *Facts) (err error) {
	c.moment, err = f.moment(ctx, c.By, c.Addressees...)
	return err
}

func (c OpenThread) Decide(s domain.InternalThread, _ time.Time) ([]domain.Event[domain.InternalThread], error) {
	return s.Open(domain.ThreadDraft{
		Kind: c.Kind, Author: c.Who(), Addressees: c.Addressees, CC: c.CC, Subject: c.Subject, Text: c.Text, Context: c.Context, Term: c.term(),
	}, c.moment)
}

// SeeThread records that an addressee has read it; the clock runs on.
type SeeThread struct {
	By
}

// Prepare checks who asks.
func (c *SeeThread) Prepare(ctx context.Context, f *Facts) error { return f.ActsFor(ctx, c.By) }

func (c SeeThread) Decide(s domain.InternalThread, _ time.Time) ([]domain.Event[domain.InternalThread], error) {
	return s.See(c.Who())
}

// AnswerThread answers a question or a proposal; the clock stops.
type AnswerThread struct {
	By
	Text   string `json:"text" minLength:"1" maxLength:"50000" doc:"The answer"`
	moment domain.ThreadMoment
}

// Prepare brings the addressee's schedule.
func (c *AnswerThread) Prepare(ctx context.Context, f *Facts) (err error) {
	c.moment, err = f.moment(ctx, c.By, c.Who())
	return err
}

func (c AnswerThread) Decide(s domain.InternalThread, _ time.Time) ([]domain.Event[domain.InternalThread], error) {
	return s.Answer(c.Who(), c.Text, c.moment)
}

// AcceptAnswer records that the author is content with an addressee's answer.
type AcceptAnswer struct {
	By
	Addressee domain.EmployeeID `json:"addressee_id" format:"uuid" doc:"Whose answer"`
}

// Prepare checks who asks.
func (c *AcceptAnswer) Prepare(ctx context.Context, f *Facts) error { return f.ActsFor(ctx, c.By) }

func (c AcceptAnswer) Decide(s domain.InternalThread, _ time.Time) ([]domain.Event[domain.InternalThread], error) {
	return s.AcceptAnswer(c.Who(), c.Addressee)
}

// ReturnAnswer asks an addressee for more; a new clock starts.
type ReturnAnswer struct {
	By
	Addressee domain.EmployeeID `json:"addressee_id" format:"uuid" doc:"Whose answer"`
	Text      string            `json:"text" minLength:"1" maxLength:"50000" doc:"What is missing"`
	ReplyTerm
	moment domain.ThreadMoment
}

// Prepare brings the addressee's schedule.
func (c *ReturnAnswer) Prepare(ctx context.Context, f *Facts) (err error) {
	c.moment, err = f.moment(ctx, c.By, c.Addressee)
	return err
}

func (c ReturnAnswer) Decide(s domain.InternalThread, _ time.Time) ([]domain.Event[domain.InternalThread], error) {
	return s.Return(c.Who(), c.Addressee, c.Text, c.term(), c.moment)
}

// CommentThread adds words that no clock waits for.
type CommentThread struct {
	By
	Text string `json:"text" minLength:"1" maxLength:"50000" doc:"The comment"`
}

// Prepare checks who asks.
func (c *CommentThread) Prepare(ctx context.Context, f *Facts) error { return f.ActsFor(ctx, c.By) }

func (c CommentThread) Decide(s domain.InternalThread, _ time.Time) ([]domain.Event[domain.InternalThread], error) {
	return s.Comment(c.Who(), c.Text)
}

// AddAddressee asks one more colleague.
type AddAddressee struct {
	By
	Addressee domain.EmployeeID `json:"addressee_id" format:"uuid" doc:"Who is asked too"`
	ReplyTerm
	moment domain.ThreadMoment
}

// Prepare brings the new addressee's schedule.
func (c *AddAddressee) Prepare(ctx context.Context, f *Facts) (err error) {
	c.moment, err = f.moment(ctx, c.By, c.Addressee)
	return err
}

func (c AddAddressee) Decide(s domain.InternalThread, _ time.Time) ([]domain.Event[domain.InternalThread], error) {
	return s.AddAddressee(c.Who(), c.Addressee, c.term(), c.moment)
}

// ProposeDeadline asks the other side for another deadline of an addressee's answer.
type ProposeDeadline struct {
	By
	Addressee domain.EmployeeID `json:"addressee_id" format:"uuid" doc:"Whose answer"`
	ReplyBy   time.Time         `json:"reply_by" doc:"The deadline proposed"`
	Reason    string            `json:"reason" minLength:"1" maxLength:"2000" doc:"Why"`
}

// Prepare checks who asks.
func (c *ProposeDeadline) Prepare(ctx context.Context, f *Facts) error { return f.ActsFor(ctx, c.By) }

func (c ProposeDeadline) Decide(s domain.InternalThread, now time.Time) ([]domain.Event[domain.InternalThread], error) {
	return s.ProposeDeadline(c.Who(), c.Addressee, c.ReplyBy, c.Reason, now)
}

// AcceptDeadline makes a proposed deadline valid; only the side that did not propose it can.
type AcceptDeadline struct {
	By
	Addressee domain.EmployeeID `json:"addressee_id" format:"uuid" doc:"Whose answer"`
}

// Prepare checks who asks.
func (c *AcceptDeadline) Prepare(ctx context.Context, f *Facts) error { return f.ActsFor(ctx, c.By) }

func (c AcceptDeadline) Decide(s domain.InternalThread, _ time.Time) ([]domain.Event[domain.InternalThread], error) {
	return s.AcceptDeadline(c.Who(), c.Addressee)
}

// RefuseDeadline leaves the deadline as it is.
type RefuseDeadline struct {
	By
	Addressee domain.EmployeeID `json:"addressee_id" format:"uuid" doc:"Whose answer"`
	Reason    string            `json:"reason,omitempty" maxLength:"2000" doc:"Why"`
}

// Prepare checks who asks.
func (c *RefuseDeadline) Prepare(ctx context.Context, f *Facts) error { return f.ActsFor(ctx, c.By) }

func (c RefuseDeadline) Decide(s domain.InternalThread, _ time.Time) ([]domain.Event[domain.InternalThread], error) {
	return s.RefuseDeadline(c.Who(), c.Addressee, c.Reason)
}

// CloseThread ends the thread; clocks that still run stop without an answer.
type CloseThread struct {
	By
	Summary string `json:"summary,omitempty" maxLength:"4000" doc:"What came of it"`
}

// Prepare checks who asks.
func (c *CloseThread) Prepare(ctx context.Context, f *Facts) error { return f.ActsFor(ctx, c.By) }

func (c CloseThread) Decide(s domain.InternalThread, _ time.Time) ([]domain.Event[domain.InternalThread], error) {
	return s.Close(c.Who(), c.Summary)
}

// agreementStep is what the commands of an agreement need: the schedules of all parties.
type agreementStep struct{ moment domain.ThreadMoment }

func (a *agreementStep) prepare(ctx context.Context, f *Facts, by By) error {
	thread, err := Fact(ctx, f, domain.InternalThreads, domain.InternalThreadID(f.ID))
	if err != nil {
		return err
	}
	var people []domain.EmployeeID
	for _, p := range thread.Parties {
		people = append(people, p.Employee)
	}
	a.moment, err = f.moment(ctx, by, people...)
	return err
}

// ReviseAgreement writes a new version of the text: all acceptances are void.
type ReviseAgreement struct {
	By
	Text string `json:"text" minLength:"1" maxLength:"50000" doc:"The new text"`
	ReplyTerm
	step agreementStep
}

// Prepare brings the parties' schedules.
func (c *ReviseAgreement) Prepare(ctx context.Context, f *Facts) error {
	return c.step.prepare(ctx, f, c.By)
}

func (c ReviseAgreement) Decide(s domain.InternalThread, _ time.Time) ([]domain.Event[domain.InternalThread], error) {
	return s.ReviseAgreement(c.Who(), c.Text, c.term(), c.step.moment)
}

// AcceptAgreement accepts the version that was read.
type AcceptAgreement struct {
	By
	Version int `json:"version" minimum:"1" doc:"The version that was read"`
	step    agreementStep
}

// Prepare brings the parties' schedules.
func (c *AcceptAgreement) Prepare(ctx context.Context, f *Facts) error {
	return c.step.prepare(ctx, f, c.By)
}

func (c AcceptAgreement) Decide(s domain.InternalThread, _ time.Time) ([]domain.Event[domain.InternalThread], error) {
	return s.AcceptAgreement(c.Who(), c.Version, c.step.moment)
}

// DeclineAgreement declines the present version for everybody.
type DeclineAgreement struct {
	By
	Reason string `json:"reason" minLength:"1" maxLength:"2000" doc:"Why"`
	step   agreementStep
}

// Prepare brings the parties' schedules.
func (c *DeclineAgreement) Prepare(ctx context.Context, f *Facts) error {
	return c.step.prepare(ctx, f, c.By)
}

func (c DeclineAgreement) Decide(s domain.InternalThread, _ time.Time) ([]domain.Event[domain.InternalThread], error) {
	return s.DeclineAgreement(c.Who(), c.Reason, c.step.moment)
}

// SupersedeAgreement records that another agreement took its place.
type SupersedeAgreement struct {
	By
	Successor domain.InternalThreadID `json:"successor_id,omitzero" format:"uuid" doc:"The agreement that took its place"`
	Reason    string                  `json:"reason" minLength:"1" maxLength:"2000" doc:"Why"`
}

// Prepare checks who asks.
func (c *SupersedeAgreement) Prepare(ctx context.Context, f *Facts) error {
	return f.ActsFor(ctx, c.By)
}

func (c SupersedeAgreement) Decide(s domain.InternalThread, _ time.Time) ([]domain.Event[domain.InternalThread], error) {
	return s.SupersedeAgreement(c.Who(), c.Successor, c.Reason)
}

// OpenDispute records that the parties disagree.
type OpenDispute struct {
	By
	Reason string `json:"reason" minLength:"1" maxLength:"4000" doc:"What is disputed"`
}

// Prepare checks who asks.
func (c *OpenDispute) Prepare(ctx context.Context, f *Facts) error { return f.ActsFor(ctx, c.By) }

func (c OpenDispute) Decide(s domain.InternalThread, _ time.Time) ([]domain.Event[domain.InternalThread], error) {
	return s.OpenDispute(c.Who(), c.Reason)
}

// AppointArbiter gives an open dispute to somebody who is no party of it.
type AppointArbiter struct {
	By
	Arbiter domain.EmployeeID `json:"arbiter_id" format:"uuid" doc:"Who is to rule"`
	moment  domain.ThreadMoment
}

// Prepare brings the arbiter.
func (c *AppointArbiter) Prepare(ctx context.Context, f *Facts) (err error) {
	c.moment, err = f.moment(ctx, c.By, c.Arbiter)
	return err
}

func (c AppointArbiter) Decide(s domain.InternalThread, _ time.Time) ([]domain.Event[domain.InternalThread], error) {
	return s.AppointArbiter(c.Who(), c.Arbiter, c.moment)
}

// RuleDispute is the arbiter's decision.
type RuleDispute struct {
	By
	Ruling string `json:"ruling" minLength:"1" maxLength:"4000" doc:"The decision"`
}

// Prepare checks who asks.
func (c *RuleDispute) Prepare(ctx context.Context, f *Facts) error { return f.ActsFor(ctx, c.By) }

func (c RuleDispute) Decide(s domain.InternalThread, _ time.Time) ([]domain.Event[domain.InternalThread], error) {
	return s.RuleDispute(c.Who(), c.Ruling)
}

// NoteThreadOverdue is the scheduler's command: deadlines of answers have passed.
type NoteThreadOverdue struct{}

func (c NoteThreadOverdue) Decide(s domain.InternalThread, now time.Time) ([]domain.Event[domain.InternalThread], error) {
	return s.NoteOverdue(now)
}
