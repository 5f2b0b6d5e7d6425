package domain

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// InternalThread is one matter between colleagues: a question, a proposal, an agreement or a notice. Each addressee has a
// clock of their own, in the working time of their calendar.
type InternalThread struct {
	Kind       ThreadKind
	Author     EmployeeID
	Parties    []ThreadParty // the addressees; of an agreement also the author
	CC         []EmployeeID
	Subject    string
	Context    ThreadContext
	Version    int          // of an agreement's text
	AcceptedBy []EmployeeID // of that version
	Dispute    ThreadDispute
	State      ThreadState
}

// InternalThreadID identifies a thread.
type InternalThreadID = ID[InternalThread]

// ThreadKind is what a thread is for.
type ThreadKind string

// The kinds. A notice asks for no answer; an agreement asks for acceptance.
const (
	ThreadQuestion  ThreadKind = "question"
	ThreadProposal  ThreadKind = "proposal"
	ThreadAgreement ThreadKind = "agreement"
	ThreadNotice    ThreadKind = "notice"
)

var threadKinds = []ThreadKind{ThreadQuestion, ThreadProposal, ThreadAgreement, ThreadNotice}

// ThreadState is where a thread stands as a whole.
type ThreadState string

// The states; the zero value means that the thread does not exist.
const (
	ThreadAsked      ThreadState = "asked"    // somebody still has to answer
	ThreadAnswered   ThreadState = "answered" // everybody has
	ThreadClosed     ThreadState = "closed"
	ThreadProposed   ThreadState = "proposed"   // an agreement waits for its parties
	ThreadAgreed     ThreadState = "agreed"     // all parties accepted this version
	ThreadDeclined   ThreadState = "declined"   // a party declined this version
	ThreadSuperseded ThreadState = "superseded" // another agreement took its place
)

// ThreadTransitions is the workflow. What changes neither the answers nor the acceptances stays in the state; a dispute
// runs beside it.
var ThreadTransitions = Transitions[ThreadState]{
	"":               {ThreadAsked, ThreadProposed},
	ThreadAsked:      {ThreadAsked, ThreadAnswered, ThreadClosed},
	ThreadAnswered:   {ThreadAnswered, ThreadAsked, ThreadClosed},
	ThreadClosed:     {ThreadClosed},
	ThreadProposed:   {ThreadProposed, ThreadAgreed, ThreadDeclined, ThreadSuperseded, ThreadClosed},
	ThreadAgreed:     {ThreadAgreed, ThreadProposed, ThreadSuperseded},
	ThreadDeclined:   {ThreadDeclined, ThreadProposed, ThreadSuperseded, ThreadClosed},
	ThreadSuperseded: {ThreadSuperseded},
}

// ThreadPartyState is where a thread stands with one of its addressees.
type ThreadPartyState string

// The states of an addressee. Returned: the author asked for more, on a new clock.
const (
	PartyAsked    ThreadPartyState = "asked"
	PartySeen     ThreadPartyState = "seen"
	PartyAnswered ThreadPartyState = "answered"
	PartyReturned ThreadPartyState = "returned"
	PartyAccepted ThreadPartyState = "accepted"
	PartyDeclined ThreadPartyState = "declined"
)

// ThreadParty is an addressee with the present clock.
type ThreadParty struct {
	ThreadClock
	State   ThreadPartyState
	Seen    int  // number of the clock on which it was seen last
	Overdue bool // the passed deadline of this clock is on record
	// MovedTo is a deadline that MovedBy proposes and the other side has not accepted yet.
	MovedTo time.Time
	MovedBy EmployeeID
}

// ThreadClock is the time an addressee has to answer. Clocks of an addressee are numbered from 1.
type ThreadClock struct {
	Employee EmployeeID `json:"employee_id"`
	Number   int        `json:"clock"`
	Started  time.Time  `json:"started_at"`
	ReplyBy  time.Time  `json:"reply_by,omitzero"`
}

// ThreadContext is what a thread is about.
type ThreadContext struct {
	Ref          Ref            `json:"ref,omitzero" doc:"The record it is about"`
	Counterparty CounterpartyID `json:"counterparty_id,omitzero" format:"uuid" doc:"The counterparty it is about"`
}

// ThreadDispute is a disagreement about a thread that an arbiter settles.
type ThreadDispute struct {
	No       int
	OpenedBy EmployeeID
	Reason   string
	Arbiter  EmployeeID
	Ruling   string
	State    ThreadDisputeState
}

// ThreadDisputeState is where a dispute stands.
type ThreadDisputeState string

// The states; the zero value means that there is no dispute.
const (
	DisputeOpened           ThreadDisputeState = "opened"
	DisputeUnderArbitration ThreadDisputeState = "under_arbitration"
	DisputeRuled            ThreadDisputeState = "ruled"
)

// ThreadDisputeTransitions is the workflow of a dispute. After a ruling a new dispute may be opened.
var ThreadDisputeTransitions = Transitions[ThreadDisputeState]{
	"":                      {DisputeOpened},
	DisputeOpened:           {DisputeOpened, DisputeUnderArbitration},
	DisputeUnderArbitration: {DisputeUnderArbitration, DisputeRuled},
	DisputeRuled:            {DisputeRuled, DisputeOpened},
}

// ThreadReplyWithin is the working time to answer in where the author names no deadline.
const ThreadReplyWithin = 8 * time.Hour

// Refusals of internal correspondence.
var (
	ErrThreadState     = Refuse("thread.state", "the thread does not stand where that is possible")
	ErrThreadForeign   = Refuse("thread.foreign", "that is not this person's part in the thread")
	ErrThreadKind      = Refuse("thread.kind", "threads of this kind know no such step")
	ErrThreadAddressee = Refuse("thread.addressee", "an addressee works here and is not the author")
	ErrThreadNoClock   = Refuse("thread.no_clock", "nothing is expected from that addressee")
	ErrThreadBothSides = Refuse("thread.both_sides", "the other side has to agree to the new deadline")
	ErrThreadVersion   = Refuse("thread.version", "the text was changed meanwhile, read the new version first")
	ErrThreadArbiter   = Refuse("thread.arbiter", "an arbiter works here and is no party of the thread")
	ErrThreadDispute   = Refuse("thread.dispute", "the dispute does not stand where that is possible")
)

// Colleague is what a rule has to know about another employee.
type Colleague struct {
	Employed bool
	Schedule Schedule
}

// ThreadMoment is when something happens in a thread, and what is known of the employees concerned.
type ThreadMoment struct {
	At         time.Time
	Colleagues map[EmployeeID]Colleague
}

// ReplyTerm is how long an answer may take: a deadline, or working time by the calendar of who answers. The zero term
// is ThreadReplyWithin.
type ReplyTerm struct {
	By     time.Time
	Within time.Duration
}

func (r ReplyTerm) deadline(s Schedule, from time.Time) time.Time {
	switch {
	case !r.By.IsZero():
		return r.By
	case r.Within > 0:
		return s.After(from, r.Within)
	}
	return s.After(from, ThreadReplyWithin)
}

func (r ReplyTerm) check(v *Invalid, now time.Time) {
	v.Check(r.By.IsZero() || r.By.After(now), "reply_by", "past", "must lie ahead")
}

func (m ThreadMoment) clock(e EmployeeID, number int, term ReplyTerm) ThreadClock {
	return ThreadClock{Employee: e, Number: number, Started: m.At, ReplyBy: term.deadline(m.Colleagues[e].Schedule, m.At)}
}

func (m ThreadMoment) minutes(c ThreadClock) int {
	if c.Number == 0 {
		return 0
	}
	return m.Colleagues[c.Employee].Schedule.BusinessMinutes(c.Started, m.At)
}

// Subjects are the counterparty it is about.
func (t InternalThread) Subjects() []CounterpartyID { return []CounterpartyID{t.Context.Counterparty} }

// Participants are all who may read the thread: the author, the addressees, those in copy, the arbiter.
func (t InternalThread) Participants() []EmployeeID {
	all := []EmployeeID{t.Author}
	for _, p := range t.Parties {
		all = append(all, p.Employee)
	}
	return append(append(all, t.CC...), t.Dispute.Arbiter)
}

// ThreadDraft is what a thread is opened with.
type ThreadDraft struct {
	Kind       ThreadKind
	Author     EmployeeID
	Addressees []EmployeeID
	CC         []EmployeeID
	Subject    string
	Text       string
	Context    ThreadContext
	Term       ReplyTerm
}

// Open begins a thread. Whoever proposes an agreement has accepted its text.
func (t InternalThread) Open(d ThreadDraft, m ThreadMoment) ([]Event[InternalThread], error) {
	if t.State != "" {
		return nil, ErrAlreadyExists
	}
	d.Subject = strings.TrimSpace(d.Subject)
	var v Invalid
	v.Check(slices.Contains(threadKinds, d.Kind), "kind", "enum", "is not a kind of thread")
	v.Require("subject", d.Subject)
	v.Require("text", d.Text)
	v.Check(len(d.Addressees) > 0, "addressee_ids", "required", "a thread is addressed to somebody")
	d.Term.check(&v, m.At)
	if err := v.Err(); err != nil {
		return nil, err
	}
	e := ThreadWasOpened{Kind: d.Kind, Author: d.Author, CC: d.CC, Subject: d.Subject, Text: d.Text, Context: d.Context}
	for i, a := range d.Addressees {
		if a == d.Author || !m.Colleagues[a].Employed || slices.Contains(d.Addressees[:i], a) {
			return nil, ErrThreadAddressee.About("addressee_ids[" + strconv.Itoa(i) + "]")
		}
		clock := m.clock(a, 1, d.Term)
		if d.Kind == ThreadNotice {
			clock.ReplyBy = time.Time{}
		}
		e.Clocks = append(e.Clocks, clock)
	}
	if d.Kind != ThreadAgreement {
		return []Event[InternalThread]{e}, nil
	}
	return []Event[InternalThread]{e, ThreadAgreementWasAccepted{By: d.Author, Version: 1}}, nil
}

// See records that an addressee has read it; the clock runs on.
func (t InternalThread) See(by EmployeeID) ([]Event[InternalThread], error) {
	p, ok := t.party(by)
	switch {
	case t.State == "":
		return nil, ErrNotFound
	case !ok:
		return nil, ErrThreadForeign
	case p.Seen == p.Number:
		return nil, nil
	}
	return []Event[InternalThread]{ThreadWasSeen{By: by, Clock: p.Number}}, nil
}

// Answer stops the addressee's clock.
func (t InternalThread) Answer(by EmployeeID, text string, m ThreadMoment) ([]Event[InternalThread], error) {
	var v Invalid
	v.Require("text", text)
	p, ok := t.party(by)
	switch {
	case t.State == "":
		return nil, ErrNotFound
	case t.Kind != ThreadQuestion && t.Kind != ThreadProposal:
		return nil, ErrThreadKind
	case !ok:
		return nil, ErrThreadForeign
	case t.State == ThreadClosed:
		return nil, ErrThreadState
	case !t.awaits(p):
		return nil, ErrThreadNoClock
	case v.Err() != nil:
		return nil, v.Err()
	case m.At.Before(p.Started):
		return nil, beforeClock()
	}
	return []Event[InternalThread]{ThreadWasAnswered{By: by, Clock: p.Number, Text: text, Late: p.late(m.At), BusinessMinutes: m.minutes(p.ThreadClock)}}, nil
}

// AcceptAnswer records that the author is content with an addressee's answer.
func (t InternalThread) AcceptAnswer(by, addressee EmployeeID) ([]Event[InternalThread], error) {
	p, err := t.answerOf(by, addressee)
	if err != nil || p.State == PartyAccepted {
		return nil, err
	}
	return []Event[InternalThread]{ThreadAnswerWasAccepted{Addressee: addressee, Clock: p.Number}}, nil
}

// Return asks an addressee for more; a new clock starts.
func (t InternalThread) Return(by, addressee EmployeeID, text string, term ReplyTerm, m ThreadMoment) ([]Event[InternalThread], error) {
	var v Invalid
	v.Require("text", text)
	term.check(&v, m.At)
	p, err := t.answerOf(by, addressee)
	switch {
	case err != nil:
		return nil, err
	case v.Err() != nil:
		return nil, v.Err()
	}
	return []Event[InternalThread]{ThreadAnswerWasReturned{ThreadClock: m.clock(addressee, p.Number+1, term), Text: text}}, nil
}

// answerOf finds the answer that the author is about to judge.
func (t InternalThread) answerOf(by, addressee EmployeeID) (ThreadParty, error) {
	p, ok := t.party(addressee)
	switch {
	case t.State == "":
		return p, ErrNotFound
	case by != t.Author:
		return p, ErrThreadForeign
	case t.Kind == ThreadAgreement || t.Kind == ThreadNotice:
		return p, ErrThreadKind
	case !ok:
		return p, ErrThreadAddressee
	case t.State == ThreadClosed || (p.State != PartyAnswered && p.State != PartyAccepted):
		return p, ErrThreadState
	}
	return p, nil
}

// Comment adds words that no clock waits for.
func (t InternalThread) Comment(by EmployeeID, text string) ([]Event[InternalThread], error) {
	var v Invalid
	v.Require("text", text)
	switch {
	case t.State == "":
		return nil, ErrNotFound
	case !slices.Contains(t.Participants(), by):
		return nil, ErrThreadForeign
	case v.Err() != nil:
		return nil, v.Err()
	}
	return []Event[InternalThread]{ThreadWasCommented{By: by, Text: text}}, nil
}

// AddAddressee asks one more colleague; the author and the addressees may.
func (t InternalThread) AddAddressee(by, addressee EmployeeID, term ReplyTerm, m ThreadMoment) ([]Event[InternalThread], error) {
	var v Invalid
	term.check(&v, m.At)
	_, known := t.party(addressee)
	_, party := t.party(by)
	switch {
	case t.State == "":
		return nil, ErrNotFound
	case known && addressee != t.Author:
		return nil, nil
	case by != t.Author && !party:
		return nil, ErrThreadForeign
	case t.State != ThreadAsked && t.State != ThreadAnswered && t.State != ThreadProposed:
		return nil, ErrThreadState
	case addressee == t.Author || !m.Colleagues[addressee].Employed:
		return nil, ErrThreadAddressee
	case v.Err() != nil:
		return nil, v.Err()
	}
	clock := m.clock(addressee, 1, term)
	if t.Kind == ThreadNotice {
		clock.ReplyBy = time.Time{}
	}
	return []Event[InternalThread]{ThreadAddresseeWasAdded{ThreadClock: clock, By: by}}, nil
}

// ProposeDeadline asks the other side for another deadline of an addressee's answer.
func (t InternalThread) ProposeDeadline(by, addressee EmployeeID, to time.Time, reason string, now time.Time) ([]Event[InternalThread], error) {
	var v Invalid
	v.Require("reason", reason)
	v.Check(to.After(now), "reply_by", "past", "must lie ahead")
	p, err := t.deadlineOf(by, addressee)
	switch {
	case err != nil:
		return nil, err
	case v.Err() != nil:
		return nil, v.Err()
	case p.ReplyBy.Equal(to) || (p.MovedBy == by && p.MovedTo.Equal(to)):
		return nil, nil
	}
	return []Event[InternalThread]{ThreadDeadlineWasProposed{By: by, Addressee: addressee, Clock: p.Number, From: p.ReplyBy, To: to, Reason: reason}}, nil
}

// AcceptDeadline makes a proposed deadline valid; only the side that did not propose it can.
func (t InternalThread) AcceptDeadline(by, addressee EmployeeID) ([]Event[InternalThread], error) {
	p, err := t.deadlineOf(by, addressee)
	switch {
	case err != nil:
		return nil, err
	case p.MovedTo.IsZero():
		return nil, nil
	case p.MovedBy == by:
		return nil, ErrThreadBothSides
	}
	return []Event[InternalThread]{ThreadDeadlineWasChanged{By: by, Addressee: addressee, Clock: p.Number, From: p.ReplyBy, To: p.MovedTo, Pending: !p.Overdue}}, nil
}

// RefuseDeadline leaves the deadline as it is; whoever proposed the other one may take it back with it.
func (t InternalThread) RefuseDeadline(by, addressee EmployeeID, reason string) ([]Event[InternalThread], error) {
	p, err := t.deadlineOf(by, addressee)
	switch {
	case err != nil:
		return nil, err
	case p.MovedTo.IsZero():
		return nil, nil
	}
	return []Event[InternalThread]{ThreadDeadlineWasRefused{By: by, Addressee: addressee, To: p.MovedTo, Reason: reason}}, nil
}

func (t InternalThread) deadlineOf(by, addressee EmployeeID) (ThreadParty, error) {
	p, ok := t.party(addressee)
	switch {
	case t.State == "":
		return p, ErrNotFound
	case by != t.Author && by != addressee:
		return p, ErrThreadForeign
	case t.Kind == ThreadNotice:
		return p, ErrThreadKind
	case !ok || !t.awaits(p):
		return p, ErrThreadNoClock
	}
	return p, nil
}

// Close ends the thread; the clocks that still run stop without an answer. An agreement in force is superseded instead.
func (t InternalThread) Close(by EmployeeID, summary string) ([]Event[InternalThread], error) {
	switch {
	case t.State == "":
		return nil, ErrNotFound
	case by != t.Author:
		return nil, ErrThreadForeign
	case t.State == ThreadClosed:
		return nil, nil
	case !ThreadTransitions.Allows(t.State, ThreadClosed):
		return nil, ErrThreadState
	}
	return []Event[InternalThread]{ThreadWasClosed{Summary: summary, Stopped: t.stillRunning()}}, nil
}

// ReviseAgreement writes a new version: all acceptances are void, the other parties get new clocks.
func (t InternalThread) ReviseAgreement(by EmployeeID, text string, term ReplyTerm, m ThreadMoment) ([]Event[InternalThread], error) {
	var v Invalid
	v.Require("text", text)
	term.check(&v, m.At)
	reviser, err := t.partyOfAgreement(by)
	switch {
	case err != nil:
		return nil, err
	case !ThreadTransitions.Allows(t.State, ThreadProposed):
		return nil, ErrThreadState
	case v.Err() != nil:
		return nil, v.Err()
	}
	e := ThreadAgreementWasRevised{By: by, Version: t.Version + 1, Text: text}
	for _, p := range t.Parties {
		if p.Employee != by {
			e.Clocks = append(e.Clocks, m.clock(p.Employee, p.Number+1, term))
		}
	}
	return []Event[InternalThread]{e, t.acceptance(reviser, e.Version, m)}, nil
}

// AcceptAgreement accepts the version that was read. With the last party's acceptance the agreement is concluded.
func (t InternalThread) AcceptAgreement(by EmployeeID, version int, m ThreadMoment) ([]Event[InternalThread], error) {
	p, err := t.partyOfAgreement(by)
	switch {
	case err != nil:
		return nil, err
	case slices.Contains(t.AcceptedBy, by) && version == t.Version:
		return nil, nil
	case t.State != ThreadProposed:
		return nil, ErrThreadState
	case version != t.Version:
		return nil, ErrThreadVersion
	case t.awaits(p) && m.At.Before(p.Started):
		return nil, beforeClock()
	}
	events := []Event[InternalThread]{t.acceptance(p, t.Version, m)}
	if len(t.AcceptedBy)+1 == len(t.Parties) {
		events = append(events, ThreadAgreementWasConcluded{Version: t.Version, Parties: With(t.AcceptedBy, by)})
	}
	return events, nil
}

func (t InternalThread) acceptance(p ThreadParty, version int, m ThreadMoment) ThreadAgreementWasAccepted {
	e := ThreadAgreementWasAccepted{By: p.Employee, Version: version}
	if t.awaits(p) {
		e.Clock, e.Late, e.BusinessMinutes = p.Number, p.late(m.At), m.minutes(p.ThreadClock)
	}
	return e
}

// DeclineAgreement declines the present version for everybody.
func (t InternalThread) DeclineAgreement(by EmployeeID, reason string, m ThreadMoment) ([]Event[InternalThread], error) {
	var v Invalid
	v.Require("reason", reason)
	p, err := t.partyOfAgreement(by)
	switch {
	case err != nil:
		return nil, err
	case t.State == ThreadDeclined && p.State == PartyDeclined:
		return nil, nil
	case t.State != ThreadProposed:
		return nil, ErrThreadState
	case v.Err() != nil:
		return nil, v.Err()
	case t.awaits(p) && m.At.Before(p.Started):
		return nil, beforeClock()
	}
	e := ThreadAgreementWasDeclined{By: by, Version: t.Version, Reason: reason}
	if t.awaits(p) {
		e.Clock, e.Late, e.BusinessMinutes = p.Number, p.late(m.At), m.minutes(p.ThreadClock)
	}
	e.Stopped = Without(t.stillRunning(), func(id EmployeeID) bool { return id == by })
	return []Event[InternalThread]{e}, nil
}

// SupersedeAgreement records that another agreement took its place.
func (t InternalThread) SupersedeAgreement(by EmployeeID, successor InternalThreadID, reason string) ([]Event[InternalThread], error) {
	var v Invalid
	v.Require("reason", reason)
	_, err := t.partyOfAgreement(by)
	switch {
	case err != nil:
		return nil, err
	case t.State == ThreadSuperseded:
		return nil, nil
	case !ThreadTransitions.Allows(t.State, ThreadSuperseded):
		return nil, ErrThreadState
	case v.Err() != nil:
		return nil, v.Err()
	}
	return []Event[InternalThread]{ThreadAgreementWasSuperseded{By: by, Successor: successor, Reason: reason, Stopped: t.stillRunning()}}, nil
}

func (t InternalThread) partyOfAgreement(by EmployeeID) (ThreadParty, error) {
	p, ok := t.party(by)
	switch {
	case t.State == "":
		return p, ErrNotFound
	case t.Kind != ThreadAgreement:
		return p, ErrThreadKind
	case !ok:
		return p, ErrThreadForeign
	}
	return p, nil
}

// OpenDispute records that the parties disagree.
func (t InternalThread) OpenDispute(by EmployeeID, reason string) ([]Event[InternalThread], error) {
	var v Invalid
	v.Require("reason", reason)
	switch {
	case t.State == "":
		return nil, ErrNotFound
	case !t.isParty(by):
		return nil, ErrThreadForeign
	case !ThreadDisputeTransitions.Allows(t.Dispute.State, DisputeOpened) || t.Dispute.State == DisputeOpened:
		return nil, ErrThreadDispute
	case v.Err() != nil:
		return nil, v.Err()
	}
	return []Event[InternalThread]{ThreadDisputeWasOpened{By: by, No: t.Dispute.No + 1, Reason: reason}}, nil
}

// AppointArbiter gives an open dispute to somebody who is no party of it.
func (t InternalThread) AppointArbiter(by, arbiter EmployeeID, m ThreadMoment) ([]Event[InternalThread], error) {
	switch {
	case t.State == "":
		return nil, ErrNotFound
	case t.Dispute.State != DisputeOpened && t.Dispute.State != DisputeUnderArbitration:
		return nil, ErrThreadDispute
	case t.Dispute.Arbiter == arbiter:
		return nil, nil
	case !t.isParty(by) && by != t.Dispute.Arbiter:
		return nil, ErrThreadForeign
	case t.isParty(arbiter) || !m.Colleagues[arbiter].Employed:
		return nil, ErrThreadArbiter
	}
	return []Event[InternalThread]{ThreadArbitrationBegan{By: by, No: t.Dispute.No, Arbiter: arbiter}}, nil
}

// RuleDispute is the arbiter's decision.
func (t InternalThread) RuleDispute(by EmployeeID, ruling string) ([]Event[InternalThread], error) {
	var v Invalid
	v.Require("ruling", ruling)
	switch {
	case t.State == "":
		return nil, ErrNotFound
	case t.Dispute.State == DisputeRuled && t.Dispute.Ruling == ruling && t.Dispute.Arbiter == by:
		return nil, nil
	case t.Dispute.State != DisputeUnderArbitration:
		return nil, ErrThreadDispute
	case by != t.Dispute.Arbiter:
		return nil, ErrThreadForeign
	case v.Err() != nil:
		return nil, v.Err()
	}
	return []Event[InternalThread]{ThreadDisputeWasRuled{By: by, No: t.Dispute.No, Ruling: ruling}}, nil
}

// NoteOverdue records, once per clock, each deadline that has passed without an answer.
func (t InternalThread) NoteOverdue(now time.Time) ([]Event[InternalThread], error) {
	var events []Event[InternalThread]
	for _, p := range t.Parties {
		if t.awaits(p) && !p.Overdue && p.late(now) {
			events = append(events, ThreadAnswerOverdue{Addressee: p.Employee, Clock: p.Number, ReplyBy: p.ReplyBy})
		}
	}
	return events, nil
}

// awaits: the addressee's clock runs.
func (t InternalThread) awaits(p ThreadParty) bool {
	live := t.State == ThreadAsked || t.State == ThreadProposed
	return live && t.Kind != ThreadNotice && p.waiting()
}

func (t InternalThread) stillRunning() []EmployeeID {
	var running []EmployeeID
	for _, p := range t.Parties {
		if t.awaits(p) {
			running = append(running, p.Employee)
		}
	}
	return running
}

func (t InternalThread) party(e EmployeeID) (ThreadParty, bool) {
	i := slices.IndexFunc(t.Parties, func(p ThreadParty) bool { return p.Employee == e })
	if i < 0 {
		return ThreadParty{}, false
	}
	return t.Parties[i], true
}

// isParty: the author and the addressees, not those in copy.
func (t InternalThread) isParty(e EmployeeID) bool {
	_, addressee := t.party(e)
	return addressee || e == t.Author
}

// waiting: this addressee has not answered on the present clock.
func (p ThreadParty) waiting() bool {
	return p.State == PartyAsked || p.State == PartySeen || p.State == PartyReturned
}

func (p ThreadParty) late(at time.Time) bool { return !p.ReplyBy.IsZero() && !at.Before(p.ReplyBy) }
