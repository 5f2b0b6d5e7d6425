package projections

import (
	_ "embed"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// IncomingMessageRow is a message with its course. AckMinutes and ResolutionMinutes are working minutes by the calendar
// of the day; the instants allow to compute them anew.
type IncomingMessageRow struct {
	ID                uuid.UUID              `json:"id"`
	Channel           string                 `json:"channel"`
	ReceivedAt        time.Time              `json:"received_at"`
	TakenBy           domain.EmployeeID      `json:"taken_by"`
	FromRaw           string                 `json:"from_raw"`
	FromName          string                 `json:"from_name"`
	FromEmail         string                 `json:"from_email"`
	FromPhone         string                 `json:"from_phone"`
	Counterparty      domain.CounterpartyID  `json:"counterparty"`
	Person            domain.ContactPersonID `json:"person"`
	Matched           bool                   `json:"matched"`
	MatchRule         string                 `json:"match_rule"`
	Subject           string                 `json:"subject"`
	Excerpt           string                 `json:"excerpt"`
	Topic             string                 `json:"topic"`
	Intent            string                 `json:"intent"`
	Urgency           string                 `json:"urgency"`
	CallbackBy        time.Time              `json:"callback_by,omitzero"`
	AdvertSource      string                 `json:"advert_source"`
	Attachments       int                    `json:"attachments"`
	State             string                 `json:"state"`
	Addressee         domain.EmployeeID      `json:"addressee"`
	Hops              int                    `json:"hops"`
	RoutedAt          time.Time              `json:"routed_at,omitzero"`
	AcknowledgeBy     time.Time              `json:"acknowledge_by,omitzero"`
	AcknowledgedAt    time.Time              `json:"acknowledged_at,omitzero"`
	AcknowledgedBy    domain.EmployeeID      `json:"acknowledged_by"`
	AckMinutes        *int                   `json:"ack_minutes"`
	AckLate           bool                   `json:"ack_late"`
	Overdue           bool                   `json:"overdue"`
	TakenUpAt         time.Time              `json:"taken_up_at,omitzero"`
	ClosedAt          time.Time              `json:"closed_at,omitzero"`
	Outcome           string                 `json:"outcome"`
	BecameKind        string                 `json:"became_kind"`
	BecameID          uuid.NullUUID          `json:"became_id"`
	ResolutionMinutes *int                   `json:"resolution_minutes"`
	LastWords         string                 `json:"last_words"`
	ChangedAt         time.Time              `json:"changed_at"`
	RegisteredEvent   uuid.UUID              `json:"registered_event"`
	RoutedEvent       uuid.NullUUID          `json:"routed_event"`
	AcknowledgedEvent uuid.NullUUID          `json:"acknowledged_event"`
	OverdueEvent      uuid.NullUUID          `json:"overdue_event"`
	ClosedEvent       uuid.NullUUID          `json:"closed_event"`
}

// IncomingMessageBodyRow holds what only the message's own page shows.
type IncomingMessageBodyRow struct {
	ID            uuid.UUID           `json:"id"`
	Text          string              `json:"text"`
	Truncated     bool                `json:"truncated"`
	Attachments   []domain.Attachment `json:"attachments"`
	Mail          *domain.MailHeader  `json:"mail"`
	MailID        string              `json:"mail_id,omitzero"`
	InReplyTo     string              `json:"in_reply_to,omitzero"`
	RecordingHash string              `json:"recording_hash"`
	RawSHA256     string              `json:"raw_sha256,omitzero"`
}

// MessageHopRow is one handing over; hop 0 is the first routing.
type MessageHopRow struct {
	Message uuid.UUID         `json:"message"`
	Hop     int               `json:"hop"`
	From    domain.EmployeeID `json:"from_employee"`
	To      domain.EmployeeID `json:"to_employee"`
	At      time.Time         `json:"at"`
	Reason  string            `json:"reason"`
	EventID uuid.UUID         `json:"event_id"`
}

// ResponseClockRow is one person's clock on a message or a thread: from the question to what stopped it. How is
// "answered", "accepted", "declined", or, where no answer came, "rerouted", "replaced", "closed", "lost", "spam".
type ResponseClockRow struct {
	ID           string            `json:"id"`
	Kind         string            `json:"kind"`
	Record       uuid.UUID         `json:"record"`
	Employee     domain.EmployeeID `json:"employee"`
	Asker        domain.EmployeeID `json:"asker"`
	Number       int               `json:"number"`
	StartedAt    time.Time         `json:"started_at"`
	DueAt        time.Time         `json:"due_at,omitzero"`
	SeenAt       time.Time         `json:"seen_at,omitzero"`
	StoppedAt    time.Time         `json:"stopped_at,omitzero"`
	How          string            `json:"how"`
	Minutes      *int              `json:"minutes"`
	Late         bool              `json:"late"`
	Overdue      bool              `json:"overdue"`
	StartedEvent uuid.UUID         `json:"started_event"`
	SeenEvent    uuid.NullUUID     `json:"seen_event"`
	StoppedEvent uuid.NullUUID     `json:"stopped_event"`
	OverdueEvent uuid.NullUUID     `json:"overdue_event"`
}

func (c *ResponseClockRow) stop(how string, at time.Time, event uuid.UUID) {
	if c.StoppedAt.IsZero() {
		c.How, c.StoppedAt, c.StoppedEvent = how, at, just(event)
	}
}

func (c *ResponseClockRow) answer(how string, at time.Time, event uuid.UUID, minutes int, late bool) {
	c.stop(how, at, event)
	c.Minutes, c.Late = &minutes, late
}

func just(id uuid.UUID) uuid.NullUUID { return uuid.NullUUID{UUID: id, Valid: id != uuid.Nil} }

var (
	messages      = NewTable[IncomingMessageRow]("incoming_message", "id")
	messageBodies = NewTable[IncomingMessageBodyRow]("incoming_message_body", "id")
	messageHops   = NewLog[MessageHopRow]("message_hop")
	messageClocks = NewTable[ResponseClockRow]("message_clock", "id")
)

//go:embed messages.sql
var messagesSQL string

// Messages is the inbox of the company: every message, whom it is for, how soon it was acknowledged, what it became.
var Messages = Projection{Name: "messages", Version: 1, Schema: messagesSQL, Handlers: []Handler{
	On(func(b *Batch, e Envelope[domain.MessageWasRegistered]) { messageRegistered(b, e) }),
	On(func(b *Batch, e Envelope[domain.MessageWasClassified]) {
		messageStep(b, e.Key(), e.At(), func(r *IncomingMessageRow) {
			r.Topic, r.Intent, r.Urgency, r.AcknowledgeBy = e.Event.Topic, string(e.Event.Intent), string(e.Event.Urgency), e.Event.AckBy
			if !e.Event.AckBy.IsZero() {
				messageClocks.Change(b, messageClockKey(r), func(c *ResponseClockRow) { c.DueAt = e.Event.AckBy })
			}
		})
	}),
	On(func(b *Batch, e Envelope[domain.MessageWasMatched]) {
		messageStep(b, e.Key(), e.At(), func(r *IncomingMessageRow) {
			r.Counterparty, r.Person, r.Matched, r.MatchRule = e.Event.Counterparty, e.Event.Person, true, string(e.Event.Rule)
		})
	}),
	On(func(b *Batch, e Envelope[domain.MessageWasUnmatched]) {
		messageStep(b, e.Key(), e.At(), func(r *IncomingMessageRow) {
			r.Counterparty, r.Person, r.Matched, r.MatchRule, r.LastWords = domain.CounterpartyID{}, domain.ContactPersonID{}, false, "", e.Event.Reason
		})
	}),
	On(func(b *Batch, e Envelope[domain.MessageWasRouted]) {
		messageStep(b, e.Key(), e.At(), func(r *IncomingMessageRow) {
			r.State, r.Addressee, r.RoutedAt, r.AcknowledgeBy, r.RoutedEvent = string(domain.MessageRouted), e.Event.Addressee, e.Event.ClockStarted, e.Event.AckBy, just(e.EventID)
			startMessageClock(b, r, e.EventID)
		})
		messageHops.Add(b, MessageHopRow{Message: e.ID, To: e.Event.Addressee, At: e.At(), EventID: e.EventID})
	}),
	On(func(b *Batch, e Envelope[domain.MessageWasRerouted]) {
		messageStep(b, e.Key(), e.At(), func(r *IncomingMessageRow) {
			stopMessageClock(b, r, "rerouted", e.At(), e.EventID)
			r.State, r.Addressee, r.Hops, r.LastWords = string(domain.MessageRouted), e.Event.Addressee, e.Event.Hop, e.Event.Reason
			startMessageClock(b, r, e.EventID)
		})
		messageHops.Add(b, MessageHopRow{Message: e.ID, Hop: e.Event.Hop, From: e.Event.From, To: e.Event.Addressee, At: e.At(), Reason: e.Event.Reason, EventID: e.EventID})
	}),
	On(func(b *Batch, e Envelope[domain.MessageWasAcknowledged]) {
		messageStep(b, e.Key(), e.At(), func(r *IncomingMessageRow) {
			v := e.Event
			r.State, r.AcknowledgedAt, r.AcknowledgedBy, r.AckMinutes = string(domain.MessageAcknowledged), v.At, v.By, &v.BusinessMinutes
			r.AckLate, r.AcknowledgedEvent = v.Late, just(e.EventID)
			messageClocks.Change(b, messageClockKey(r), func(c *ResponseClockRow) {
				c.answer("answered", v.At, e.EventID, v.BusinessMinutes, v.Late)
			})
		})
	}),
	On(func(b *Batch, e Envelope[domain.MessageAcknowledgementOverdue]) {
		messageStep(b, e.Key(), e.At(), func(r *IncomingMessageRow) {
			r.Overdue, r.OverdueEvent = true, just(e.EventID)
			messageClocks.Change(b, messageClockKey(r), func(c *ResponseClockRow) { c.Overdue, c.OverdueEvent = true, just(e.EventID) })
		})
	}),
	On(func(b *Batch, e Envelope[domain.MessageWasTakenUp]) {
		messageStep(b, e.Key(), e.At(), func(r *IncomingMessageRow) { r.State, r.TakenUpAt = string(domain.MessageInProgress), e.At() })
	}),
	On(func(b *Batch, e Envelope[domain.MessageWasResolved]) {
		closeMessage(b, e.Key(), domain.MessageResolved, e.At(), e.EventID, e.Event.Outcome, func(r *IncomingMessageRow) {
			minutes := e.Event.BusinessMinutes
			r.Outcome, r.BecameKind, r.ResolutionMinutes = e.Event.Outcome, string(e.Event.Became.Kind), &minutes
			r.BecameID = just(e.Event.Became.Ref.ID)
		})
	}),
	On(func(b *Batch, e Envelope[domain.MessageWasLost]) {
		closeMessage(b, e.Key(), domain.MessageLost, e.At(), e.EventID, e.Event.Reason, nil)
	}),
	On(func(b *Batch, e Envelope[domain.MessageWasSpam]) {
		closeMessage(b, e.Key(), domain.MessageSpam, e.At(), e.EventID, e.Event.Reason, nil)
	}),
	On(func(b *Batch, e Envelope[domain.MessageWasReopened]) {
		messageStep(b, e.Key(), e.At(), func(r *IncomingMessageRow) {
			r.State, r.LastWords, r.ClosedAt, r.ClosedEvent = string(e.Event.State), e.Event.Reason, time.Time{}, uuid.NullUUID{}
			r.Outcome, r.BecameKind, r.BecameID, r.ResolutionMinutes = "", "", uuid.NullUUID{}, nil
			if e.Event.State == domain.MessageRouted {
				messageClocks.Change(b, messageClockKey(r), func(c *ResponseClockRow) { c.How, c.StoppedAt, c.StoppedEvent = "", time.Time{}, uuid.NullUUID{} })
			}
		})
	}),
}}

// excerptLength is how much of a text lists show and search, in characters.
const excerptLength = 400

func messageRegistered(b *Batch, e Envelope[domain.MessageWasRegistered]) {
	v := e.Event
	excerpt, _ := domain.CapText(v.Text, excerptLength)
	row := IncomingMessageRow{
		ID: e.ID, Channel: string(v.Channel), ReceivedAt: v.ReceivedAt, TakenBy: v.TakenBy, FromRaw: v.FromRaw, FromName: v.FromName,
		FromEmail: v.FromEmail, FromPhone: v.FromPhone, Counterparty: v.Counterparty, Person: v.Person,
		Matched: !v.Counterparty.IsZero() || !v.Person.IsZero(), Subject: v.Subject, Excerpt: excerpt, Topic: v.Topic, Intent: string(v.Intent),
		Urgency: string(v.Urgency), CallbackBy: v.CallbackBy, AdvertSource: v.AdvertSource, Attachments: len(v.Attachments),
		State: string(domain.MessageRegistered), ChangedAt: e.At(), RegisteredEvent: e.EventID,
	}
	if row.Matched {
		row.MatchRule = string(domain.MatchByHand)
	}
	messages.Put(b, e.Key(), row)
	body := IncomingMessageBodyRow{ID: e.ID, Text: v.Text, Truncated: v.Truncated, Attachments: v.Attachments, Mail: v.Mail, RecordingHash: v.RecordingHash, RawSHA256: v.RawSHA256}
	if v.Mail != nil {
		body.MailID, body.InReplyTo = v.Mail.MessageID, v.Mail.InReplyTo
	}
	messageBodies.Put(b, e.Key(), body)
}

func messageStep(b *Batch, key string, at time.Time, f func(*IncomingMessageRow)) {
	messages.Change(b, key, func(r *IncomingMessageRow) {
		r.ChangedAt = at
		f(r)
	})
}

func closeMessage(b *Batch, key string, state domain.MessageState, at time.Time, event uuid.UUID, words string, f func(*IncomingMessageRow)) {
	messageStep(b, key, at, func(r *IncomingMessageRow) {
		r.State, r.ClosedAt, r.ClosedEvent, r.LastWords = string(state), at, just(event), words
		stopMessageClock(b, r, string(state), at, event)
		if f != nil {
			f(r)
		}
	})
}

// messageClockKey is the clock of the present addressee.
func messageClockKey(r *IncomingMessageRow) string { return r.ID.String() + "/" + strconv.Itoa(r.Hops) }

func startMessageClock(b *Batch, r *IncomingMessageRow, event uuid.UUID) {
	messageClocks.Put(b, messageClockKey(r), ResponseClockRow{
		ID: messageClockKey(r), Kind: "message", Record: r.ID, Employee: r.Addressee, Asker: r.TakenBy, Number: r.Hops,
		StartedAt: r.RoutedAt, DueAt: r.AcknowledgeBy, StartedEvent: event, Overdue: r.Overdue, OverdueEvent: r.OverdueEvent,
	})
}

func stopMessageClock(b *Batch, r *IncomingMessageRow, how string, at time.Time, event uuid.UUID) {
	messageClocks.Change(b, messageClockKey(r), func(c *ResponseClockRow) { c.stop(how, at, event) })
}
