package projections

import (
	_ "embed"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// ThreadRow is a thread of internal correspondence; Readers are all who may read it.
type ThreadRow struct {
	ID             uuid.UUID             `json:"id"`
	Kind           string                `json:"kind"`
	Author         domain.EmployeeID     `json:"author"`
	Addressees     []domain.EmployeeID   `json:"addressees"`
	CC             []domain.EmployeeID   `json:"cc"`
	Readers        []domain.EmployeeID   `json:"readers"`
	Subject        string                `json:"subject"`
	Text           string                `json:"text"`
	Version        int                   `json:"version"`
	AcceptedBy     []domain.EmployeeID   `json:"accepted_by"`
	ContextKind    string                `json:"context_kind"`
	ContextID      uuid.NullUUID         `json:"context_id"`
	Counterparty   domain.CounterpartyID `json:"counterparty"`
	State          string                `json:"state"`
	OpenedAt       time.Time             `json:"opened_at"`
	ConcludedAt    time.Time             `json:"concluded_at,omitzero"`
	ClosedAt       time.Time             `json:"closed_at,omitzero"`
	ClosedWords    string                `json:"closed_words"`
	Successor      uuid.NullUUID         `json:"successor"`
	DisputeState   string                `json:"dispute_state"`
	Disputes       int                   `json:"disputes"`
	ChangedAt      time.Time             `json:"changed_at"`
	OpenedEvent    uuid.UUID             `json:"opened_event"`
	ConcludedEvent uuid.NullUUID         `json:"concluded_event"`
	ClosedEvent    uuid.NullUUID         `json:"closed_event"`
}

// ThreadPartyRow is an addressee with the present clock. Waiting: an answer is still expected.
type ThreadPartyRow struct {
	ID            string            `json:"id"`
	Thread        uuid.UUID         `json:"thread"`
	Employee      domain.EmployeeID `json:"employee"`
	Author        domain.EmployeeID `json:"author"`
	Kind          string            `json:"kind"`
	State         string            `json:"state"`
	Waiting       bool              `json:"waiting"`
	Clock         int               `json:"clock"`
	StartedAt     time.Time         `json:"started_at"`
	ReplyBy       time.Time         `json:"reply_by,omitzero"`
	SeenAt        time.Time         `json:"seen_at,omitzero"`
	AnsweredAt    time.Time         `json:"answered_at,omitzero"`
	Minutes       *int              `json:"minutes"`
	Late          bool              `json:"late"`
	Overdue       bool              `json:"overdue"`
	MovedTo       time.Time         `json:"moved_to,omitzero"`
	MovedBy       domain.EmployeeID `json:"moved_by"`
	MovedReason   string            `json:"moved_reason"`
	StartedEvent  uuid.UUID         `json:"started_event"`
	AnsweredEvent uuid.NullUUID     `json:"answered_event"`
}

// ThreadEntryRow is one step of a thread with its words.
type ThreadEntryRow struct {
	Thread    uuid.UUID         `json:"thread"`
	Position  int64             `json:"position"`
	At        time.Time         `json:"at"`
	By        domain.EmployeeID `json:"by_id"`
	Type      string            `json:"type"`
	Addressee domain.EmployeeID `json:"addressee"`
	Text      string            `json:"text"`
	Version   int               `json:"version"`
	EventID   uuid.UUID         `json:"event_id"`
}

// ThreadDisputeRow is a dispute about a thread.
type ThreadDisputeRow struct {
	ID           string                `json:"id"`
	Thread       uuid.UUID             `json:"thread"`
	No           int                   `json:"no"`
	State        string                `json:"state"`
	OpenedBy     domain.EmployeeID     `json:"opened_by"`
	OpenedAt     time.Time             `json:"opened_at"`
	Reason       string                `json:"reason"`
	Arbiter      domain.EmployeeID     `json:"arbiter"`
	AppointedAt  time.Time             `json:"appointed_at,omitzero"`
	Ruling       string                `json:"ruling"`
	RuledAt      time.Time             `json:"ruled_at,omitzero"`
	Counterparty domain.CounterpartyID `json:"counterparty"`
	OpenedEvent  uuid.UUID             `json:"opened_event"`
	RuledEvent   uuid.NullUUID         `json:"ruled_event"`
}

var (
	threads        = NewTable[ThreadRow]("internal_thread", "id")
	threadParties  = NewTable[ThreadPartyRow]("thread_party", "id")
	threadEntries  = NewLog[ThreadEntryRow]("thread_entry")
	threadDisputes = NewTable[ThreadDisputeRow]("thread_dispute", "id")
	threadClocks   = NewTable[ResponseClockRow]("thread_clock", "id")
)

//go:embed threads.sql
var threadsSQL string

// Threads is the internal correspondence: threads, who owes an answer to whom, agreements, disputes, and every clock.
var Threads = Projection{Name: "threads", Version: 1, Schema: threadsSQL, Handlers: slices.Concat(threadQuestionHandlers, threadAgreementHandlers, threadDisputeHandlers)}

var threadQuestionHandlers = []Handler{
	On(func(b *Batch, e Envelope[domain.ThreadWasOpened]) { threadOpened(b, e) }),
	On(func(b *Batch, e Envelope[domain.ThreadWasSeen]) {
		addEntry(b, e, e.Event.By, domain.EmployeeID{}, "", 0)
		changeParty(b, e.Key(), e.Event.By, func(r *ThreadPartyRow) {
			r.SeenAt = e.At()
			if r.State == string(domain.PartyAsked) {
				r.State = string(domain.PartySeen)
			}
			threadClocks.Change(b, threadClockKey(r), func(c *ResponseClockRow) { c.SeenAt, c.SeenEvent = e.At(), just(e.EventID) })
		})
	}),
	On(func(b *Batch, e Envelope[domain.ThreadWasAnswered]) {
		addEntry(b, e, e.Event.By, domain.EmployeeID{}, e.Event.Text, 0)
		answerParty(b, e.Key(), e.Event.By, domain.PartyAnswered, e.At(), e.EventID, e.Event.BusinessMinutes, e.Event.Late)
		threadStep(b, e.Key(), e.At(), func(r *ThreadRow) {
			r.State = string(domain.ThreadAnswered)
			for _, a := range r.Addressees {
				if p := threadParties.Find(b, threadPartyKey(e.Key(), a)); p != nil && p.Waiting {
					r.State = string(domain.ThreadAsked)
				}
			}
		})
	}),
	On(func(b *Batch, e Envelope[domain.ThreadAnswerWasAccepted]) {
		addEntry(b, e, e.Meta.Actor, e.Event.Addressee, "", 0)
		changeParty(b, e.Key(), e.Event.Addressee, func(r *ThreadPartyRow) { r.State = string(domain.PartyAccepted) })
		threadStep(b, e.Key(), e.At(), nil)
	}),
	On(func(b *Batch, e Envelope[domain.ThreadAnswerWasReturned]) {
		addEntry(b, e, e.Meta.Actor, e.Event.Employee, e.Event.Text, 0)
		startClock(b, e.ID, e.Event.ThreadClock, domain.PartyReturned, e.EventID, e.At())
		threadStep(b, e.Key(), e.At(), func(r *ThreadRow) { r.State = string(domain.ThreadAsked) })
	}),
	On(func(b *Batch, e Envelope[domain.ThreadAnswerOverdue]) {
		changeParty(b, e.Key(), e.Event.Addressee, func(r *ThreadPartyRow) {
			r.Overdue = true
			threadClocks.Change(b, threadClockKey(r), func(c *ResponseClockRow) { c.Overdue, c.OverdueEvent = true, just(e.EventID) })
		})
	}),
	On(func(b *Batch, e Envelope[domain.ThreadWasCommented]) {
		addEntry(b, e, e.Event.By, domain.EmployeeID{}, e.Event.Text, 0)
		threadStep(b, e.Key(), e.At(), nil)
	}),
	On(func(b *Batch, e Envelope[domain.ThreadAddresseeWasAdded]) {
		addEntry(b, e, e.Event.By, e.Event.Employee, "", 0)
		threadStep(b, e.Key(), e.At(), func(r *ThreadRow) {
			if r.State == string(domain.ThreadAnswered) {
				r.State = string(domain.ThreadAsked)
			}
			r.Addressees, r.Readers = append(r.Addressees, e.Event.Employee), append(r.Readers, e.Event.Employee)
			newParty(b, r, e.Event.ThreadClock, e.EventID)
		})
	}),
	On(func(b *Batch, e Envelope[domain.ThreadDeadlineWasProposed]) {
		addEntry(b, e, e.Event.By, e.Event.Addressee, e.Event.Reason, 0)
		changeParty(b, e.Key(), e.Event.Addressee, func(r *ThreadPartyRow) { r.MovedTo, r.MovedBy, r.MovedReason = e.Event.To, e.Event.By, e.Event.Reason })
	}),
	On(func(b *Batch, e Envelope[domain.ThreadDeadlineWasChanged]) {
		addEntry(b, e, e.Event.By, e.Event.Addressee, "", 0)
		changeParty(b, e.Key(), e.Event.Addressee, func(r *ThreadPartyRow) {
			r.ReplyBy, r.MovedTo, r.MovedBy, r.MovedReason = e.Event.To, time.Time{}, domain.EmployeeID{}, ""
			threadClocks.Change(b, threadClockKey(r), func(c *ResponseClockRow) { c.DueAt = e.Event.To })
		})
	}),
	On(func(b *Batch, e Envelope[domain.ThreadDeadlineWasRefused]) {
		addEntry(b, e, e.Event.By, e.Event.Addressee, e.Event.Reason, 0)
		changeParty(b, e.Key(), e.Event.Addressee, func(r *ThreadPartyRow) { r.MovedTo, r.MovedBy, r.MovedReason = time.Time{}, domain.EmployeeID{}, "" })
	}),
	On(func(b *Batch, e Envelope[domain.ThreadWasClosed]) {
		addEntry(b, e, e.Meta.Actor, domain.EmployeeID{}, e.Event.Summary, 0)
		stopClocks(b, e.Key(), e.Event.Stopped, "closed", e.At(), e.EventID)
		endThread(b, e.Key(), domain.ThreadClosed, e.At(), e.EventID, e.Event.Summary)
	}),
}

var threadAgreementHandlers = []Handler{
	On(func(b *Batch, e Envelope[domain.ThreadAgreementWasRevised]) {
		addEntry(b, e, e.Event.By, domain.EmployeeID{}, e.Event.Text, e.Event.Version)
		threadStep(b, e.Key(), e.At(), func(r *ThreadRow) {
			r.State, r.Text, r.Version, r.AcceptedBy = string(domain.ThreadProposed), e.Event.Text, e.Event.Version, []domain.EmployeeID{}
			r.ConcludedAt, r.ConcludedEvent, r.ClosedAt, r.ClosedEvent, r.ClosedWords = time.Time{}, uuid.NullUUID{}, time.Time{}, uuid.NullUUID{}, ""
		})
		for _, c := range e.Event.Clocks {
			startClock(b, e.ID, c, domain.PartyAsked, e.EventID, e.At())
		}
	}),
	On(func(b *Batch, e Envelope[domain.ThreadAgreementWasAccepted]) {
		addEntry(b, e, e.Event.By, domain.EmployeeID{}, "", e.Event.Version)
		threadStep(b, e.Key(), e.At(), func(r *ThreadRow) { r.AcceptedBy = append(r.AcceptedBy, e.Event.By) })
		if e.Event.Clock == 0 {
			changeParty(b, e.Key(), e.Event.By, func(r *ThreadPartyRow) { r.State, r.Waiting = string(domain.PartyAccepted), false })
			return
		}
		answerParty(b, e.Key(), e.Event.By, domain.PartyAccepted, e.At(), e.EventID, e.Event.BusinessMinutes, e.Event.Late)
	}),
	On(func(b *Batch, e Envelope[domain.ThreadAgreementWasConcluded]) {
		addEntry(b, e, e.Meta.Actor, domain.EmployeeID{}, "", e.Event.Version)
		threadStep(b, e.Key(), e.At(), func(r *ThreadRow) {
			r.State, r.ConcludedAt, r.ConcludedEvent = string(domain.ThreadAgreed), e.At(), just(e.EventID)
		})
	}),
	On(func(b *Batch, e Envelope[domain.ThreadAgreementWasDeclined]) {
		addEntry(b, e, e.Event.By, domain.EmployeeID{}, e.Event.Reason, e.Event.Version)
		if e.Event.Clock > 0 {
			answerParty(b, e.Key(), e.Event.By, domain.PartyDeclined, e.At(), e.EventID, e.Event.BusinessMinutes, e.Event.Late)
		} else {
			changeParty(b, e.Key(), e.Event.By, func(r *ThreadPartyRow) { r.State, r.Waiting = string(domain.PartyDeclined), false })
		}
		stopClocks(b, e.Key(), e.Event.Stopped, "closed", e.At(), e.EventID)
		endThread(b, e.Key(), domain.ThreadDeclined, e.At(), e.EventID, e.Event.Reason)
	}),
	On(func(b *Batch, e Envelope[domain.ThreadAgreementWasSuperseded]) {
		addEntry(b, e, e.Event.By, domain.EmployeeID{}, e.Event.Reason, 0)
		stopClocks(b, e.Key(), e.Event.Stopped, "closed", e.At(), e.EventID)
		endThread(b, e.Key(), domain.ThreadSuperseded, e.At(), e.EventID, e.Event.Reason)
		threadStep(b, e.Key(), e.At(), func(r *ThreadRow) { r.Successor = just(e.Event.Successor.UUID()) })
	}),
}

var threadDisputeHandlers = []Handler{
	On(func(b *Batch, e Envelope[domain.ThreadDisputeWasOpened]) {
		addEntry(b, e, e.Event.By, domain.EmployeeID{}, e.Event.Reason, 0)
		threadStep(b, e.Key(), e.At(), func(r *ThreadRow) {
			r.DisputeState, r.Disputes = string(domain.DisputeOpened), e.Event.No
			threadDisputes.Put(b, disputeKey(e.Key(), e.Event.No), ThreadDisputeRow{
				ID: disputeKey(e.Key(), e.Event.No), Thread: e.ID, No: e.Event.No, State: string(domain.DisputeOpened), OpenedBy: e.Event.By,
				OpenedAt: e.At(), Reason: e.Event.Reason, Counterparty: r.Counterparty, OpenedEvent: e.EventID,
			})
		})
	}),
	On(func(b *Batch, e Envelope[domain.ThreadArbitrationBegan]) {
		addEntry(b, e, e.Event.By, e.Event.Arbiter, "", 0)
		threadStep(b, e.Key(), e.At(), func(r *ThreadRow) {
			r.DisputeState = string(domain.DisputeUnderArbitration)
			if !slices.Contains(r.Readers, e.Event.Arbiter) {
				r.Readers = append(r.Readers, e.Event.Arbiter)
			}
		})
		threadDisputes.Change(b, disputeKey(e.Key(), e.Event.No), func(r *ThreadDisputeRow) {
			r.State, r.Arbiter, r.AppointedAt = string(domain.DisputeUnderArbitration), e.Event.Arbiter, e.At()
		})
	}),
	On(func(b *Batch, e Envelope[domain.ThreadDisputeWasRuled]) {
		addEntry(b, e, e.Event.By, domain.EmployeeID{}, e.Event.Ruling, 0)
		threadStep(b, e.Key(), e.At(), func(r *ThreadRow) { r.DisputeState = string(domain.DisputeRuled) })
		threadDisputes.Change(b, disputeKey(e.Key(), e.Event.No), func(r *ThreadDisputeRow) {
			r.State, r.Ruling, r.RuledAt, r.RuledEvent = string(domain.DisputeRuled), e.Event.Ruling, e.At(), just(e.EventID)
		})
	}),
}

func threadOpened(b *Batch, e Envelope[domain.ThreadWasOpened]) {
	v := e.Event
	row := ThreadRow{
		ID: e.ID, Kind: string(v.Kind), Author: v.Author, CC: v.CC, Subject: v.Subject, Text: v.Text, AcceptedBy: []domain.EmployeeID{},
		ContextKind: string(v.Context.Ref.Kind), ContextID: just(v.Context.Ref.ID), Counterparty: v.Context.Counterparty,
		State: string(domain.ThreadAsked), OpenedAt: e.At(), ChangedAt: e.At(), OpenedEvent: e.EventID,
	}
	for _, c := range v.Clocks {
		row.Addressees = append(row.Addressees, c.Employee)
		newParty(b, &row, c, e.EventID)
	}
	if v.Kind == domain.ThreadAgreement {
		row.State, row.Version = string(domain.ThreadProposed), 1
		newParty(b, &row, domain.ThreadClock{Employee: v.Author, Started: e.At()}, e.EventID)
	}
	row.Readers = slices.Concat([]domain.EmployeeID{v.Author}, row.Addressees, v.CC)
	threads.Put(b, e.Key(), row)
	addEntry(b, e, v.Author, domain.EmployeeID{}, v.Text, row.Version)
}

// newParty adds an addressee. Clock 0 is the author of an agreement, from whom nothing is expected yet.
func newParty(b *Batch, thread *ThreadRow, c domain.ThreadClock, event uuid.UUID) {
	key := threadPartyKey(thread.ID.String(), c.Employee)
	threadParties.Put(b, key, ThreadPartyRow{ID: key, Thread: thread.ID, Employee: c.Employee, Author: thread.Author, Kind: thread.Kind})
	startClock(b, thread.ID, c, domain.PartyAsked, event, c.Started)
}

// startClock puts an addressee on a new clock; one that still runs is replaced.
func startClock(b *Batch, thread uuid.UUID, c domain.ThreadClock, state domain.ThreadPartyState, event uuid.UUID, at time.Time) {
	changeParty(b, thread.String(), c.Employee, func(r *ThreadPartyRow) {
		threadClocks.Change(b, threadClockKey(r), func(old *ResponseClockRow) { old.stop("replaced", at, event) })
		*r = ThreadPartyRow{
			ID: r.ID, Thread: r.Thread, Employee: r.Employee, Author: r.Author, Kind: r.Kind, State: string(state),
			Waiting: c.Number > 0 && r.Kind != string(domain.ThreadNotice), Clock: c.Number, StartedAt: c.Started, ReplyBy: c.ReplyBy, StartedEvent: event,
		}
		if !r.Waiting {
			return
		}
		threadClocks.Put(b, threadClockKey(r), ResponseClockRow{
			ID: threadClockKey(r), Kind: r.Kind, Record: thread, Employee: c.Employee, Asker: r.Author, Number: c.Number,
			StartedAt: c.Started, DueAt: c.ReplyBy, StartedEvent: event,
		})
	})
}

func answerParty(b *Batch, thread string, who domain.EmployeeID, state domain.ThreadPartyState, at time.Time, event uuid.UUID, minutes int, late bool) {
	changeParty(b, thread, who, func(r *ThreadPartyRow) {
		r.State, r.Waiting, r.AnsweredAt, r.Minutes, r.Late, r.AnsweredEvent = string(state), false, at, &minutes, late, just(event)
		r.MovedTo, r.MovedBy, r.MovedReason = time.Time{}, domain.EmployeeID{}, ""
		threadClocks.Change(b, threadClockKey(r), func(c *ResponseClockRow) { c.answer(string(state), at, event, minutes, late) })
	})
}

func stopClocks(b *Batch, thread string, who []domain.EmployeeID, how string, at time.Time, event uuid.UUID) {
	for _, id := range who {
		changeParty(b, thread, id, func(r *ThreadPartyRow) {
			r.Waiting = false
			threadClocks.Change(b, threadClockKey(r), func(c *ResponseClockRow) { c.stop(how, at, event) })
		})
	}
}

func endThread(b *Batch, key string, state domain.ThreadState, at time.Time, event uuid.UUID, words string) {
	threadStep(b, key, at, func(r *ThreadRow) {
		r.State, r.ClosedAt, r.ClosedEvent, r.ClosedWords = string(state), at, just(event), words
	})
}

func threadStep(b *Batch, key string, at time.Time, f func(*ThreadRow)) {
	threads.Change(b, key, func(r *ThreadRow) {
		r.ChangedAt = at
		if f != nil {
			f(r)
		}
	})
}

func changeParty(b *Batch, thread string, who domain.EmployeeID, f func(*ThreadPartyRow)) {
	threadParties.Change(b, threadPartyKey(thread, who), f)
}

// addEntry keeps the course of a thread with its words.
func addEntry[E any](b *Batch, e Envelope[E], by, addressee domain.EmployeeID, text string, version int) {
	t, _ := domain.EventTypeOf[E]()
	threadEntries.Add(b, ThreadEntryRow{Thread: e.ID, Position: int64(e.Position), At: e.At(), By: by, Type: t.Name, Addressee: addressee, Text: text, Version: version, EventID: e.EventID})
}

func threadPartyKey(thread string, who domain.EmployeeID) string {
	return thread + "/" + who.String()
}

func threadClockKey(r *ThreadPartyRow) string { return r.ID + "/" + strconv.Itoa(r.Clock) }

func disputeKey(thread string, no int) string { return thread + "/" + strconv.Itoa(no) }
