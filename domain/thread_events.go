package domain

import (
	"slices"
	"time"
)

// InternalThreads are the streams "thread-<id>".
var InternalThreads = NewCategory("thread",
	Type[ThreadWasOpened]("thread.opened"),
	Type[ThreadWasSeen]("thread.seen"),
	Type[ThreadWasAnswered]("thread.answered"),
	Type[ThreadAnswerWasAccepted]("thread.answer_accepted"),
	Type[ThreadAnswerWasReturned]("thread.answer_returned"),
	Type[ThreadAnswerOverdue]("thread.answer_overdue"),
	Type[ThreadWasCommented]("thread.commented"),
	Type[ThreadAddresseeWasAdded]("thread.addressee_added"),
	Type[ThreadDeadlineWasProposed]("thread.deadline_proposed"),
	Type[ThreadDeadlineWasChanged]("thread.deadline_changed"),
	Type[ThreadDeadlineWasRefused]("thread.deadline_refused"),
	Type[ThreadWasClosed]("thread.closed"),
	Type[ThreadAgreementWasRevised]("thread.agreement_revised"),
	Type[ThreadAgreementWasAccepted]("thread.agreement_accepted"),
	Type[ThreadAgreementWasConcluded]("thread.agreement_concluded"),
	Type[ThreadAgreementWasDeclined]("thread.agreement_declined"),
	Type[ThreadAgreementWasSuperseded]("thread.agreement_superseded"),
	Type[ThreadDisputeWasOpened]("thread.dispute_opened"),
	Type[ThreadArbitrationBegan]("thread.arbitration_begun"),
	Type[ThreadDisputeWasRuled]("thread.dispute_ruled"),
)

// ThreadWasOpened begins a thread, with a clock for each addressee.
type ThreadWasOpened struct {
	Kind    ThreadKind    `json:"kind"`
	Author  EmployeeID    `json:"author_id"`
	Clocks  []ThreadClock `json:"addressees"`
	CC      []EmployeeID  `json:"cc_ids,omitempty"`
	Subject string        `json:"subject" pii:"counterparty"`
	Text    string        `json:"text" pii:"counterparty"`
	Context ThreadContext `json:"context,omitzero"`
}

// ThreadWasSeen records that an addressee has read it.
type ThreadWasSeen struct {
	By    EmployeeID `json:"by_id"`
	Clock int        `json:"clock"`
}

// ThreadWasAnswered stops an addressee's clock, with the working minutes it ran by the addressee's calendar of that day.
type ThreadWasAnswered struct {
	By              EmployeeID `json:"by_id"`
	Clock           int        `json:"clock"`
	Text            string     `json:"text" pii:"counterparty"`
	Late            bool       `json:"late,omitempty"`
	BusinessMinutes int        `json:"business_minutes"`
}

// ThreadAnswerWasAccepted records that the author is content with an answer.
type ThreadAnswerWasAccepted struct {
	Addressee EmployeeID `json:"addressee_id"`
	Clock     int        `json:"clock"`
}

// ThreadAnswerWasReturned asks for more, on a new clock.
type ThreadAnswerWasReturned struct {
	ThreadClock
	Text string `json:"text" pii:"counterparty"`
}

// ThreadAnswerOverdue records that a deadline passed without an answer.
type ThreadAnswerOverdue struct {
	Addressee EmployeeID `json:"addressee_id"`
	Clock     int        `json:"clock"`
	ReplyBy   time.Time  `json:"reply_by"`
}

// ThreadWasCommented adds words that no clock waits for.
type ThreadWasCommented struct {
	By   EmployeeID `json:"by_id"`
	Text string     `json:"text" pii:"counterparty"`
}

// ThreadAddresseeWasAdded asks one more colleague.
type ThreadAddresseeWasAdded struct {
	ThreadClock
	By EmployeeID `json:"by_id"`
}

// ThreadDeadlineWasProposed asks the other side for another deadline.
type ThreadDeadlineWasProposed struct {
	By        EmployeeID `json:"by_id"`
	Addressee EmployeeID `json:"addressee_id"`
	Clock     int        `json:"clock"`
	From      time.Time  `json:"from"`
	To        time.Time  `json:"to"`
	Reason    string     `json:"reason" pii:"counterparty"`
}

// ThreadDeadlineWasChanged makes it valid. Pending: the passing of the former one is not on record.
type ThreadDeadlineWasChanged struct {
	By        EmployeeID `json:"by_id"`
	Addressee EmployeeID `json:"addressee_id"`
	Clock     int        `json:"clock"`
	From      time.Time  `json:"from"`
	To        time.Time  `json:"to"`
	Pending   bool       `json:"pending,omitempty"`
}

// ThreadDeadlineWasRefused leaves the deadline as it was.
type ThreadDeadlineWasRefused struct {
	By        EmployeeID `json:"by_id"`
	Addressee EmployeeID `json:"addressee_id"`
	To        time.Time  `json:"to"`
	Reason    string     `json:"reason,omitempty" pii:"counterparty"`
}

// ThreadWasClosed ends the thread. Stopped are the addressees whose clocks ran until now.
type ThreadWasClosed struct {
	Summary string       `json:"summary,omitempty" pii:"counterparty"`
	Stopped []EmployeeID `json:"stopped_ids,omitempty"`
}

// ThreadAgreementWasRevised writes a new version; the other parties get new clocks.
type ThreadAgreementWasRevised struct {
	By      EmployeeID    `json:"by_id"`
	Version int           `json:"version"`
	Text    string        `json:"text" pii:"counterparty"`
	Clocks  []ThreadClock `json:"addressees"`
}

// ThreadAgreementWasAccepted is one party's acceptance of a version. Clock is 0 for who wrote it without being asked.
type ThreadAgreementWasAccepted struct {
	By              EmployeeID `json:"by_id"`
	Version         int        `json:"version"`
	Clock           int        `json:"clock,omitempty"`
	Late            bool       `json:"late,omitempty"`
	BusinessMinutes int        `json:"business_minutes"`
}

// ThreadAgreementWasConcluded makes a version valid: every party has accepted it.
type ThreadAgreementWasConcluded struct {
	Version int          `json:"version"`
	Parties []EmployeeID `json:"party_ids"`
}

// ThreadAgreementWasDeclined ends a version for everybody. Stopped are the others whose clocks ran.
type ThreadAgreementWasDeclined struct {
	By              EmployeeID   `json:"by_id"`
	Version         int          `json:"version"`
	Reason          string       `json:"reason" pii:"counterparty"`
	Clock           int          `json:"clock,omitempty"`
	Late            bool         `json:"late,omitempty"`
	BusinessMinutes int          `json:"business_minutes"`
	Stopped         []EmployeeID `json:"stopped_ids,omitempty"`
}

// ThreadAgreementWasSuperseded puts another agreement in its place.
type ThreadAgreementWasSuperseded struct {
	By        EmployeeID       `json:"by_id"`
	Successor InternalThreadID `json:"successor_id,omitzero"`
	Reason    string           `json:"reason" pii:"counterparty"`
	Stopped   []EmployeeID     `json:"stopped_ids,omitempty"`
}

// ThreadDisputeWasOpened records a disagreement. Disputes of a thread are numbered from 1.
type ThreadDisputeWasOpened struct {
	By     EmployeeID `json:"by_id"`
	No     int        `json:"no"`
	Reason string     `json:"reason" pii:"counterparty"`
}

// ThreadArbitrationBegan gives it to an arbiter.
type ThreadArbitrationBegan struct {
	By      EmployeeID `json:"by_id"`
	No      int        `json:"no"`
	Arbiter EmployeeID `json:"arbiter_id"`
}

// ThreadDisputeWasRuled is the arbiter's decision.
type ThreadDisputeWasRuled struct {
	By     EmployeeID `json:"by_id"`
	No     int        `json:"no"`
	Ruling string     `json:"ruling" pii:"counterparty"`
}

func (e ThreadWasOpened) Apply(t *InternalThread) {
	*t = InternalThread{Kind: e.Kind, Author: e.Author, CC: e.CC, Subject: e.Subject, Context: e.Context, State: ThreadAsked}
	if e.Kind == ThreadAgreement {
		t.State, t.Version = ThreadProposed, 1
		t.Parties = []ThreadParty{{ThreadClock: ThreadClock{Employee: e.Author}, State: PartyAccepted}}
	}
	for _, c := range e.Clocks {
		t.Parties = With(t.Parties, ThreadParty{ThreadClock: c, State: PartyAsked})
	}
}

func (e ThreadWasSeen) Apply(t *InternalThread) {
	t.change(e.By, func(p *ThreadParty) {
		p.Seen = e.Clock
		if p.State == PartyAsked {
			p.State = PartySeen
		}
	})
}

func (e ThreadWasAnswered) Apply(t *InternalThread) {
	t.change(e.By, func(p *ThreadParty) { p.answered(PartyAnswered) })
	t.State = ThreadAnswered
	for _, p := range t.Parties {
		if p.waiting() {
			t.State = ThreadAsked
		}
	}
}

func (e ThreadAnswerWasAccepted) Apply(t *InternalThread) {
	t.change(e.Addressee, func(p *ThreadParty) { p.State = PartyAccepted })
}

func (e ThreadAnswerWasReturned) Apply(t *InternalThread) {
	t.change(e.Employee, func(p *ThreadParty) {
		*p = ThreadParty{ThreadClock: e.ThreadClock, State: PartyReturned, Seen: p.Seen}
	})
	t.State = ThreadAsked
}

func (e ThreadAnswerOverdue) Apply(t *InternalThread) {
	t.change(e.Addressee, func(p *ThreadParty) { p.Overdue = true })
}

func (e ThreadWasCommented) Apply(*InternalThread) {}

func (e ThreadAddresseeWasAdded) Apply(t *InternalThread) {
	t.Parties = With(t.Parties, ThreadParty{ThreadClock: e.ThreadClock, State: PartyAsked})
	if t.State == ThreadAnswered {
		t.State = ThreadAsked
	}
}

func (e ThreadDeadlineWasProposed) Apply(t *InternalThread) {
	t.change(e.Addressee, func(p *ThreadParty) { p.MovedTo, p.MovedBy = e.To, e.By })
}

func (e ThreadDeadlineWasChanged) Apply(t *InternalThread) {
	t.change(e.Addressee, func(p *ThreadParty) { p.ReplyBy, p.MovedTo, p.MovedBy = e.To, time.Time{}, EmployeeID{} })
}

func (e ThreadDeadlineWasRefused) Apply(t *InternalThread) {
	t.change(e.Addressee, func(p *ThreadParty) { p.MovedTo, p.MovedBy = time.Time{}, EmployeeID{} })
}

func (e ThreadWasClosed) Apply(t *InternalThread) { t.State = ThreadClosed }

func (e ThreadAgreementWasRevised) Apply(t *InternalThread) {
	t.Version, t.AcceptedBy, t.State = e.Version, nil, ThreadProposed
	for _, c := range e.Clocks {
		t.change(c.Employee, func(p *ThreadParty) { *p = ThreadParty{ThreadClock: c, State: PartyAsked, Seen: p.Seen} })
	}
}

func (e ThreadAgreementWasAccepted) Apply(t *InternalThread) {
	t.AcceptedBy = With(t.AcceptedBy, e.By)
	t.change(e.By, func(p *ThreadParty) { p.answered(PartyAccepted) })
}

func (e ThreadAgreementWasConcluded) Apply(t *InternalThread) { t.State = ThreadAgreed }

func (e ThreadAgreementWasDeclined) Apply(t *InternalThread) {
	t.change(e.By, func(p *ThreadParty) { p.answered(PartyDeclined) })
	t.State = ThreadDeclined
}

func (e ThreadAgreementWasSuperseded) Apply(t *InternalThread) { t.State = ThreadSuperseded }

func (e ThreadDisputeWasOpened) Apply(t *InternalThread) {
	t.Dispute = ThreadDispute{No: e.No, OpenedBy: e.By, Reason: e.Reason, State: DisputeOpened}
}

func (e ThreadArbitrationBegan) Apply(t *InternalThread) {
	t.Dispute.Arbiter, t.Dispute.State = e.Arbiter, DisputeUnderArbitration
}

func (e ThreadDisputeWasRuled) Apply(t *InternalThread) {
	t.Dispute.Ruling, t.Dispute.State = e.Ruling, DisputeRuled
}

// change alters one addressee in a list of the state's own.
func (t *InternalThread) change(e EmployeeID, f func(*ThreadParty)) {
	t.Parties = slices.Clone(t.Parties)
	for i := range t.Parties {
		if t.Parties[i].Employee == e {
			f(&t.Parties[i])
		}
	}
}

// answered stops the clock; a deadline that was still under discussion no longer matters.
func (p *ThreadParty) answered(s ThreadPartyState) {
	p.State, p.MovedTo, p.MovedBy = s, time.Time{}, EmployeeID{}
}
