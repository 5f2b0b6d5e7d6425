package readmodels

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// MessageFilter asks for a part of the inbox.
type MessageFilter struct {
	Addressee    uuid.UUID `query:"addressee" format:"uuid" doc:"Whom it is for"`
	TakenBy      uuid.UUID `query:"taken_by" format:"uuid" doc:"Who took it"`
	Counterparty uuid.UUID `query:"counterparty" format:"uuid" doc:"Who sent it"`
	States       []string  `query:"state" maxItems:"7" doc:"States"`
	Channels     []string  `query:"channel" maxItems:"6" doc:"Channels"`
	Intents      []string  `query:"intent" maxItems:"6" doc:"Intents"`
	Urgencies    []string  `query:"urgency" maxItems:"3" doc:"Urgencies"`
	Topic        string    `query:"topic" maxLength:"200" doc:"The topic"`
	Became       uuid.UUID `query:"became" format:"uuid" doc:"The record it became"`
	Unmatched    bool      `query:"unmatched" doc:"From senders nobody knows"`
	Unanswered   bool      `query:"unanswered" doc:"Not acknowledged yet: not routed, or routed and not acknowledged"`
	Open         bool      `query:"open" doc:"Neither resolved nor lost nor spam"`
	Overdue      bool      `query:"overdue" doc:"Not acknowledged by the deadline"`
	From         time.Time `query:"from" doc:"Received at or after"`
	Until        time.Time `query:"until" doc:"Received before"`
	Text         string    `query:"text" maxLength:"200" doc:"Part of the subject, the beginning of the text, the sender or the topic"`
	PageRequest
}

// MessageItem is a message in lists.
type MessageItem struct {
	ID                uuid.UUID  `json:"id" format:"uuid" doc:"The message"`
	Channel           string     `json:"channel" doc:"How it came in"`
	ReceivedAt        time.Time  `json:"received_at" doc:"When it came in"`
	FromRaw           string     `json:"from_raw" doc:"Sender as given"`
	FromName          string     `json:"from_name,omitempty" doc:"Sender's name as given"`
	Counterparty      *uuid.UUID `json:"counterparty_id,omitempty" format:"uuid" doc:"Who sent it; absent for a sender nobody knows"`
	CounterpartyName  string     `json:"counterparty_name,omitempty" doc:"Its name"`
	Person            *uuid.UUID `json:"person_id,omitempty" format:"uuid" doc:"The contact person"`
	PersonName        string     `json:"person_name,omitempty" doc:"The person's name"`
	Matched           bool       `json:"matched" doc:"The sender is known"`
	Subject           string     `json:"subject,omitempty" doc:"Subject"`
	Excerpt           string     `json:"excerpt" doc:"Beginning of the text"`
	Topic             string     `json:"topic,omitempty" doc:"What it is about"`
	Intent            string     `json:"intent,omitempty" doc:"What the sender wants"`
	Urgency           string     `json:"urgency" doc:"How soon it must be acknowledged"`
	State             string     `json:"state" doc:"Where it stands"`
	Addressee         *uuid.UUID `json:"addressee_id,omitempty" format:"uuid" doc:"Whom it is for"`
	AddresseeName     string     `json:"addressee_name,omitempty" doc:"The addressee's name"`
	Hops              int        `json:"hops" doc:"How often it was rerouted"`
	RoutedAt          *time.Time `json:"routed_at,omitempty" doc:"When the clock started"`
	AcknowledgeBy     *time.Time `json:"acknowledge_by,omitempty" doc:"Deadline of the acknowledgement"`
	AcknowledgedAt    *time.Time `json:"acknowledged_at,omitempty" doc:"When the addressee took notice"`
	AckMinutes        *int       `json:"ack_minutes,omitempty" doc:"Working minutes from routing to acknowledgement, by the calendar of the day"`
	Overdue           bool       `json:"overdue" doc:"Not acknowledged by the deadline"`
	CallbackBy        *time.Time `json:"callback_by,omitempty" doc:"When the sender wants to be called back"`
	Attachments       int        `json:"attachments" doc:"Number of files"`
	BecameKind        string     `json:"became_kind,omitempty" doc:"Kind of the record it became"`
	BecameID          *uuid.UUID `json:"became_id,omitempty" format:"uuid" doc:"The record it became"`
	ResolutionMinutes *int       `json:"resolution_minutes,omitempty" doc:"Working minutes from routing to resolution, by the calendar of the day"`
	ClosedAt          *time.Time `json:"closed_at,omitempty" doc:"When it was resolved, lost or marked as spam"`
}

const messageColumns = `m.id, m.channel, m.received_at, m.from_raw, m.from_name, m.counterparty, coalesce(c.name, '') as counterparty_name, m.person,
	coalesce(p.full_name, '') as person_name, m.matched, m.subject, m.excerpt, m.topic, m.intent, m.urgency, m.state, m.addressee, coalesce(e.name, '') as addressee_name,
	m.hops, m.routed_at, m.acknowledge_by, m.acknowledged_at, m.ack_minutes, m.callback_by, m.attachments, m.became_kind, m.became_id, m.resolution_minutes, m.closed_at`

const messageTables = ` from read.incoming_message m left join read.client c on c.id = m.counterparty left join read.person p on p.id = m.person
	left join read.employee e on e.id = m.addressee `

// messageOverdue is true for what was late and for what is waiting beyond its deadline; its placeholder is the present instant.
const messageOverdue = `(m.ack_late or m.overdue or (m.state = 'routed' and m.acknowledge_by <= ?))`

const (
	messageUnanswered = `m.state in ('registered', 'routed')`
	messageOpen       = `m.state in ('registered', 'routed', 'acknowledged', 'in_progress')`
)

func (q *Queries) messageWhere(ctx context.Context, w *where, f MessageFilter, now time.Time) error {
	w.and(f.Addressee != uuid.Nil, "m.addressee = ?", f.Addressee)
	w.and(f.TakenBy != uuid.Nil, "m.taken_by = ?", f.TakenBy)
	w.and(len(f.States) > 0, "m.state = any(?)", f.States)
	w.and(len(f.Channels) > 0, "m.channel = any(?)", f.Channels)
	w.and(len(f.Intents) > 0, "m.intent = any(?)", f.Intents)
	w.and(len(f.Urgencies) > 0, "m.urgency = any(?)", f.Urgencies)
	w.and(f.Topic != "", "m.topic = ?", f.Topic)
	w.and(f.Became != uuid.Nil, "m.became_id = ?", f.Became)
	w.and(f.Unmatched, "not m.matched")
	w.and(f.Unanswered, messageUnanswered)
	w.and(f.Open, messageOpen)
	w.and(f.Overdue, messageOverdue, now)
	w.and(!f.From.IsZero(), "m.received_at >= ?", f.From)
	w.and(!f.Until.IsZero(), "m.received_at < ?", f.Until)
	w.and(f.Text != "", "(m.subject || ' ' || m.excerpt || ' ' || m.from_raw || ' ' || m.topic) ilike '%' || ? || '%'", escapeLike(f.Text))
	if f.Counterparty == uuid.Nil {
		return nil
	}
	aliases, err := q.aliases(ctx, f.Counterparty)
	w.and(true, "m.counterparty = any(?)", aliases)
	return err
}

// Messages is one page of the inbox, the newest first.
func (q *Queries) Messages(ctx context.Context, f MessageFilter, now time.Time) (Page[MessageItem], error) {
	w := &where{}
	if err := q.messageWhere(ctx, w, f, now); err != nil {
		return Page[MessageItem]{}, err
	}
	var (
		at time.Time
		id uuid.UUID
	)
	paged, err := f.after(&at, &id)
	if err != nil {
		return Page[MessageItem]{}, err
	}
	w.and(paged, "(m.received_at, m.id) < (?, ?)", at, id)
	//sqlvet:built the parts are constants of this package; values travel as arguments
	sql := `select ` + messageColumns + `, ` + overdueColumn(w, now) + messageTables + `where ` + w.sql() +
		` order by m.received_at desc, m.id desc limit ` + w.arg(f.limit()+1)
	found, err := rows[MessageItem](ctx, q.DB, sql, w.args...)
	return page(found, f.limit(), func(r MessageItem) []any { return []any{r.ReceivedAt, r.ID} }), err
}

func overdueColumn(w *where, now time.Time) string {
	return `(m.ack_late or m.overdue or (m.state = 'routed' and m.acknowledge_by <= ` + w.arg(now) + `)) as overdue`
}

// MessageDetail is one message with all its words and its course.
type MessageDetail struct {
	MessageItem
	TakenBy           *uuid.UUID      `json:"taken_by_id,omitempty" format:"uuid" doc:"Who took it"`
	TakenByName       string          `json:"taken_by_name,omitempty" doc:"The person's name"`
	FromEmail         string          `json:"from_email,omitempty" doc:"Sender's address"`
	FromPhone         string          `json:"from_phone,omitempty" doc:"Sender's number"`
	MatchRule         string          `json:"match_rule,omitempty" doc:"How the sender was found: by_hand, by_email, by_phone"`
	Text              string          `json:"text" doc:"What was said or written"`
	Truncated         bool            `json:"truncated,omitempty" doc:"The text was longer than what is kept"`
	Files             json.RawMessage `json:"files" doc:"Attachments: sha256, name, mime, size"`
	Mail              json.RawMessage `json:"mail,omitempty" doc:"Fields of the e-mail"`
	RecordingHash     string          `json:"recording_hash,omitempty" doc:"SHA-256 of the recording"`
	AdvertSource      string          `json:"advert_source,omitempty" doc:"Advertisement that led the sender here"`
	Outcome           string          `json:"outcome,omitempty" doc:"What came of it"`
	LastWords         string          `json:"last_words,omitempty" doc:"Reason given with the last step"`
	AckMinutesNow     *int            `json:"ack_minutes_now,omitempty" db:"-" doc:"Working minutes to the acknowledgement by the present calendar"`
	WaitingMinutes    *int            `json:"waiting_minutes,omitempty" db:"-" doc:"Working minutes it has waited for an acknowledgement"`
	AnswersTo         *uuid.UUID      `json:"answers_to_id,omitempty" format:"uuid" doc:"Message to which this e-mail replies"`
	Handovers         []MessageHop    `json:"handovers" db:"-" doc:"Whom it was given to, in order"`
	RegisteredEvent   uuid.UUID       `json:"registered_event_id" format:"uuid" doc:"Event of the registration"`
	RoutedEvent       *uuid.UUID      `json:"routed_event_id,omitempty" format:"uuid" doc:"Event that started the clock"`
	AcknowledgedEvent *uuid.UUID      `json:"acknowledged_event_id,omitempty" format:"uuid" doc:"Event that stopped it"`
	ClosedEvent       *uuid.UUID      `json:"closed_event_id,omitempty" format:"uuid" doc:"Event that closed the message"`
}

// MessageHop is one handing over of a message.
type MessageHop struct {
	Hop      int        `json:"hop" doc:"0 for the first routing"`
	From     *uuid.UUID `json:"from_id,omitempty" format:"uuid" doc:"Who gave it away"`
	FromName string     `json:"from_name,omitempty" doc:"The person's name"`
	To       uuid.UUID  `json:"to_id" format:"uuid" doc:"Who got it"`
	ToName   string     `json:"to_name" doc:"The person's name"`
	At       time.Time  `json:"at" doc:"When"`
	Reason   string     `json:"reason,omitempty" doc:"Why"`
	EventID  uuid.UUID  `json:"event_id" format:"uuid" doc:"The event"`
}

// Message is one message; domain.ErrNotFound where there is none.
func (q *Queries) Message(ctx context.Context, id uuid.UUID, now time.Time) (MessageDetail, error) {
	w := &where{}
	//sqlvet:built the parts are constants of this package; values travel as arguments
	sql := `select ` + messageColumns + `, ` + overdueColumn(w, now) + `, m.taken_by, coalesce(t.name, '') as taken_by_name, m.from_email, m.from_phone, m.match_rule,
		b.text, b.truncated, b.attachments as files, b.mail, b.recording_hash, m.advert_source, m.outcome, m.last_words,
		(select o.id from read.incoming_message_body o where o.mail_id = b.in_reply_to order by o.id limit 1) as answers_to,
		m.registered_event, m.routed_event, m.acknowledged_event, m.closed_event` + messageTables +
		`left join read.employee t on t.id = m.taken_by join read.incoming_message_body b on b.id = m.id where m.id = ` + w.arg(id)
	detail, err := one[MessageDetail](ctx, q.DB, sql, w.args...)
	if err != nil {
		return detail, err
	}
	if err := q.recomputeMessage(ctx, &detail, now); err != nil {
		return detail, err
	}
	detail.Handovers, err = rows[MessageHop](ctx, q.DB, `select h.hop, h.from_employee as "from", coalesce(f.name, '') as from_name, h.to_employee as "to",
		coalesce(t.name, '') as to_name, h.at, h.reason, h.event_id from read.message_hop h left join read.employee f on f.id = h.from_employee
		left join read.employee t on t.id = h.to_employee where h.message = $1 order by h.hop, h.at, h.event_id`, id)
	return detail, err
}

func (q *Queries) recomputeMessage(ctx context.Context, m *MessageDetail, now time.Time) error {
	if m.Addressee == nil || m.RoutedAt == nil {
		return nil
	}
	schedule, err := q.Schedule(ctx, *m.Addressee)
	switch {
	case m.AcknowledgedAt != nil:
		minutes := schedule.BusinessMinutes(*m.RoutedAt, *m.AcknowledgedAt)
		m.AckMinutesNow = &minutes
	case m.State == string(domain.MessageRouted):
		minutes := schedule.BusinessMinutes(*m.RoutedAt, now)
		m.WaitingMinutes = &minutes
	}
	return err
}

// MyMessage is a message on somebody's desk.
type MyMessage struct {
	MessageItem
	New            bool `json:"new" db:"-" doc:"Routed since the last visit"`
	WaitingMinutes int  `json:"waiting_minutes" db:"-" doc:"Working minutes since it was routed"`
}

// MyMessages are the open messages addressed to an employee, those to be acknowledged first, by deadline: section 1 of
// the daily report. seenUntil is when the employee last looked.
func (q *Queries) MyMessages(ctx context.Context, employee uuid.UUID, seenUntil, now time.Time) ([]MyMessage, error) {
	w := &where{}
	w.and(true, "m.addressee = ?", employee)
	w.and(true, "m.state in ('routed', 'acknowledged', 'in_progress')")
	//sqlvet:built the parts are constants of this package; values travel as arguments
	sql := `select ` + messageColumns + `, ` + overdueColumn(w, now) + messageTables + `where ` + w.sql() +
		` order by (m.state = 'routed') desc, m.acknowledge_by nulls last, m.received_at, m.id limit 1000`
	found, err := rows[MyMessage](ctx, q.DB, sql, w.args...)
	if err != nil {
		return nil, err
	}
	schedule, err := q.Schedule(ctx, employee)
	for i := range found {
		if routed := found[i].RoutedAt; routed != nil {
			found[i].New = routed.After(seenUntil)
			found[i].WaitingMinutes = schedule.BusinessMinutes(*routed, now)
		}
	}
	return found, err
}
