package domain

import (
	"slices"
	"time"
)

// IncomingMessages are the streams "message-<id>".
var IncomingMessages = NewCategory("message",
	Type[MessageWasRegistered]("message.registered"),
	Type[MessageWasClassified]("message.classified"),
	Type[MessageWasMatched]("message.matched"),
	Type[MessageWasUnmatched]("message.unmatched"),
	Type[MessageWasRouted]("message.routed"),
	Type[MessageWasRerouted]("message.rerouted"),
	Type[MessageWasAcknowledged]("message.acknowledged"),
	Type[MessageAcknowledgementOverdue]("message.acknowledgement_overdue"),
	Type[MessageWasTakenUp]("message.taken_up"),
	Type[MessageWasResolved]("message.resolved"),
	Type[MessageWasLost]("message.lost"),
	Type[MessageWasSpam]("message.marked_spam"),
	Type[MessageWasReopened]("message.reopened"),
)

// MessageWasRegistered records what came in, from whom, and who took it.
type MessageWasRegistered struct {
	Channel       MessageChannel  `json:"channel"`
	ReceivedAt    time.Time       `json:"received_at"`
	TakenBy       EmployeeID      `json:"taken_by_id,omitzero"`
	FromRaw       string          `json:"from_raw" pii:"contact"`
	FromName      string          `json:"from_name,omitempty" pii:"contact"`
	FromEmail     string          `json:"from_email,omitempty" pii:"contact"`
	FromPhone     string          `json:"from_phone,omitempty" pii:"contact"`
	Counterparty  CounterpartyID  `json:"counterparty_id,omitzero"`
	Person        ContactPersonID `json:"person_id,omitzero"`
	Subject       string          `json:"subject,omitempty" pii:"counterparty"`
	Text          string          `json:"text" pii:"counterparty"`
	Truncated     bool            `json:"truncated,omitempty"`
	Topic         string          `json:"topic,omitempty" public:""`
	Intent        MessageIntent   `json:"intent,omitempty"`
	Urgency       MessageUrgency  `json:"urgency"`
	CallbackBy    time.Time       `json:"callback_by,omitzero"`
	RecordingHash string          `json:"recording_hash,omitempty" public:""`
	AdvertSource  string          `json:"advert_source,omitempty" public:""`
	Attachments   []Attachment    `json:"attachments,omitempty"`
	Mail          *MailHeader     `json:"mail,omitempty"`
	RawSHA256     string          `json:"raw_sha256,omitempty" public:""`
}

// MailHeader are the fields of an e-mail that tie it to others.
type MailHeader struct {
	MessageID string    `json:"message_id,omitempty" public:"" maxLength:"998" doc:"Message-ID of the e-mail"`
	InReplyTo string    `json:"in_reply_to,omitempty" public:"" maxLength:"998" doc:"Message-ID of the e-mail it answers"`
	To        []string  `json:"to,omitempty" pii:"contact" maxItems:"500" doc:"Addresses it was sent to"`
	Date      time.Time `json:"date,omitzero" doc:"Date the sender gave"`
}

// MessageWasClassified says what the message is about. Pending: the deadline is still ahead of an acknowledgement.
type MessageWasClassified struct {
	Topic   string         `json:"topic" public:""`
	Intent  MessageIntent  `json:"intent"`
	Urgency MessageUrgency `json:"urgency"`
	AckBy   time.Time      `json:"acknowledge_by,omitzero"`
	Pending bool           `json:"pending,omitempty"`
}

// MessageWasMatched says who sent the message, and how that was found out.
type MessageWasMatched struct {
	Counterparty CounterpartyID  `json:"counterparty_id,omitzero"`
	Person       ContactPersonID `json:"person_id,omitzero"`
	Rule         MatchRule       `json:"rule"`
}

// MatchRule is how a sender was found.
type MatchRule string

// The rules.
const (
	MatchByHand  MatchRule = "by_hand"
	MatchByEmail MatchRule = "by_email"
	MatchByPhone MatchRule = "by_phone"
)

// MessageWasUnmatched takes a wrong match back.
type MessageWasUnmatched struct {
	Counterparty CounterpartyID  `json:"counterparty_id,omitzero"`
	Person       ContactPersonID `json:"person_id,omitzero"`
	Reason       string          `json:"reason" pii:"counterparty"`
}

// MessageWasRouted hands the message to its addressee and starts the clock.
type MessageWasRouted struct {
	Addressee    EmployeeID     `json:"addressee_id"`
	ClockStarted time.Time      `json:"clock_started"`
	AckBy        time.Time      `json:"acknowledge_by,omitzero"`
	Urgency      MessageUrgency `json:"urgency"`
}

// MessageWasRerouted hands it to somebody else on the same clock. Pending: the passing of the deadline is not on record yet.
type MessageWasRerouted struct {
	Addressee    EmployeeID `json:"addressee_id"`
	From         EmployeeID `json:"from_id"`
	Hop          int        `json:"hop"`
	ClockStarted time.Time  `json:"clock_started"`
	AckBy        time.Time  `json:"acknowledge_by,omitzero"`
	Pending      bool       `json:"pending,omitempty"`
	Reason       string     `json:"reason" pii:"counterparty"`
}

// MessageWasAcknowledged records that the addressee took notice, and the working minutes it took by the addressee's
// calendar of that day.
type MessageWasAcknowledged struct {
	By              EmployeeID `json:"by_id"`
	Addressee       EmployeeID `json:"addressee_id"`
	At              time.Time  `json:"at"`
	AckBy           time.Time  `json:"acknowledge_by,omitzero"`
	Late            bool       `json:"late,omitempty"`
	BusinessMinutes int        `json:"business_minutes"`
}

// MessageAcknowledgementOverdue records that the deadline passed without an acknowledgement.
type MessageAcknowledgementOverdue struct {
	Addressee EmployeeID `json:"addressee_id"`
	AckBy     time.Time  `json:"acknowledge_by"`
	Hops      int        `json:"hops,omitempty"`
}

// MessageWasTakenUp records that work on it began.
type MessageWasTakenUp struct {
	By EmployeeID `json:"by_id"`
}

// MessageWasResolved closes it, with the working minutes since it was routed.
type MessageWasResolved struct {
	Outcome         string         `json:"outcome" pii:"counterparty"`
	Became          MessageOutcome `json:"became"`
	BusinessMinutes int            `json:"business_minutes"`
}

// MessageWasLost closes it: the sender was never answered.
type MessageWasLost struct {
	Reason string `json:"reason" pii:"counterparty"`
}

// MessageWasSpam closes it: nobody has to answer.
type MessageWasSpam struct {
	Reason string `json:"reason,omitempty" pii:"counterparty"`
}

// MessageWasReopened brings a closed message back to a state. Pending: its deadline is still ahead or unrecorded.
type MessageWasReopened struct {
	State   MessageState `json:"state"`
	AckBy   time.Time    `json:"acknowledge_by,omitzero"`
	Pending bool         `json:"pending,omitempty"`
	Reason  string       `json:"reason" pii:"counterparty"`
}

func (e MessageWasRegistered) Apply(m *IncomingMessage) {
	*m = IncomingMessage{
		Channel: e.Channel, ReceivedAt: e.ReceivedAt, TakenBy: e.TakenBy, Counterparty: e.Counterparty, Person: e.Person, Intent: e.Intent,
		Topic: e.Topic, Urgency: e.Urgency, CallbackBy: e.CallbackBy, RawSHA256: e.RawSHA256, State: MessageRegistered,
	}
}
func (e MessageWasClassified) Apply(m *IncomingMessage) {
	m.Topic, m.Intent, m.Urgency, m.AckBy = e.Topic, e.Intent, e.Urgency, e.AckBy
}
func (e MessageWasMatched) Apply(m *IncomingMessage) {
	m.Counterparty, m.Person = e.Counterparty, e.Person
}
func (e MessageWasUnmatched) Apply(m *IncomingMessage) {
	m.Counterparty, m.Person = CounterpartyID{}, ContactPersonID{}
}
func (e MessageWasRouted) Apply(m *IncomingMessage) {
	m.Addressee, m.ClockStarted, m.AckBy, m.State = e.Addressee, e.ClockStarted, e.AckBy, MessageRouted
}
func (e MessageWasRerouted) Apply(m *IncomingMessage) {
	m.Addressee, m.Hops, m.Acknowledged, m.State = e.Addressee, e.Hop, time.Time{}, MessageRouted
}
func (e MessageWasAcknowledged) Apply(m *IncomingMessage) {
	m.Acknowledged, m.State = e.At, MessageAcknowledged
}
func (e MessageAcknowledgementOverdue) Apply(m *IncomingMessage) { m.Overdue = true }
func (e MessageWasTakenUp) Apply(m *IncomingMessage)             { m.State = MessageInProgress }
func (e MessageWasResolved) Apply(m *IncomingMessage) {
	m.Outcome, m.Became, m.State = e.Outcome, e.Became, MessageResolved
}
func (e MessageWasLost) Apply(m *IncomingMessage)     { m.State = MessageLost }
func (e MessageWasSpam) Apply(m *IncomingMessage)     { m.State = MessageSpam }
func (e MessageWasReopened) Apply(m *IncomingMessage) { m.State = e.State }

// capped cuts every text to what the log holds; only the body says so.
func (e MessageWasRegistered) capped() MessageWasRegistered {
	e.Text, e.Truncated = CapText(e.Text, MessageTextLimit)
	for _, short := range []*string{&e.FromRaw, &e.FromName, &e.FromEmail, &e.FromPhone, &e.Subject, &e.Topic, &e.AdvertSource} {
		*short, _ = CapText(*short, shortText)
	}
	e.Attachments = slices.Clone(e.Attachments[:min(len(e.Attachments), mostAttachments)])
	for i := range e.Attachments {
		e.Attachments[i].Name, _ = CapText(e.Attachments[i].Name, longestFileName)
		e.Attachments[i].Mime, _ = CapText(e.Attachments[i].Mime, longestFileName)
	}
	if e.Mail != nil {
		mail := *e.Mail
		mail.MessageID, _ = CapText(mail.MessageID, shortText)
		mail.InReplyTo, _ = CapText(mail.InReplyTo, shortText)
		mail.To = nil
		for _, to := range e.Mail.To[:min(len(e.Mail.To), mostRecipients)] {
			to, _ = CapText(to, longestAddress)
			mail.To = append(mail.To, to)
		}
		e.Mail = &mail
	}
	return e
}

const (
	shortText       = 2_000 // characters
	longestAddress  = 320
	longestFileName = 255
	mostRecipients  = 100
	mostAttachments = 100
)
