package domain

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// IncomingMessage is one call, letter or other message that reached the company, from a known or an unknown sender.
type IncomingMessage struct {
	Channel      MessageChannel
	ReceivedAt   time.Time
	TakenBy      EmployeeID
	Counterparty CounterpartyID
	Person       ContactPersonID
	Intent       MessageIntent
	Topic        string
	Urgency      MessageUrgency
	CallbackBy   time.Time
	Addressee    EmployeeID
	ClockStarted time.Time // when the message was first routed; reroutes keep it
	AckBy        time.Time // deadline of the acknowledgement
	Acknowledged time.Time // zero while nobody has
	Overdue      bool      // the passed deadline is on record
	Hops         int
	Outcome      string
	Became       MessageOutcome
	RawSHA256    string
	State        MessageState
}

// IncomingMessageID identifies an incoming message.
type IncomingMessageID = ID[IncomingMessage]

// IncomingMessageIDOfMail follows from the digest of the raw mail: a second import meets the first one.
func IncomingMessageIDOfMail(rawSHA256 string) IncomingMessageID {
	return DerivedID[IncomingMessage]("mail", strings.ToLower(rawSHA256))
}

// MessageState is where an incoming message stands.
type MessageState string

// The states; the zero value means that the message does not exist. Rerouting leads back to Routed.
const (
	MessageRegistered   MessageState = "registered"
	MessageRouted       MessageState = "routed"
	MessageAcknowledged MessageState = "acknowledged"
	MessageInProgress   MessageState = "in_progress"
	MessageResolved     MessageState = "resolved"
	MessageLost         MessageState = "lost"
	MessageSpam         MessageState = "spam"
)

// MessageTransitions is the workflow. Classifying, matching and the passing of a deadline stay in the state.
var MessageTransitions = Transitions[MessageState]{
	"":                  {MessageRegistered},
	MessageRegistered:   {MessageRegistered, MessageRouted, MessageLost, MessageSpam},
	MessageRouted:       {MessageRouted, MessageAcknowledged, MessageLost, MessageSpam},
	MessageAcknowledged: {MessageAcknowledged, MessageInProgress, MessageResolved, MessageRouted, MessageLost, MessageSpam},
	MessageInProgress:   {MessageInProgress, MessageResolved, MessageRouted, MessageLost, MessageSpam},
	MessageResolved:     {MessageResolved, MessageInProgress},
	MessageLost:         {MessageLost, MessageRegistered, MessageRouted, MessageInProgress},
	MessageSpam:         {MessageSpam, MessageRegistered, MessageRouted, MessageInProgress},
}

// MessageChannel is how a message came in.
type MessageChannel string

// The channels.
const (
	MessageByCall      MessageChannel = "call"
	MessageByEmail     MessageChannel = "email"
	MessageByWebForm   MessageChannel = "web_form"
	MessageByMessenger MessageChannel = "messenger"
	MessageByVisit     MessageChannel = "visit"
	MessageByLetter    MessageChannel = "letter"
)

// MessageIntent is what the sender wants.
type MessageIntent string

// The intents; empty while nobody has said.
const (
	IntentQuestion  MessageIntent = "question"
	IntentOrder     MessageIntent = "order"
	IntentComplaint MessageIntent = "complaint"
	IntentPartner   MessageIntent = "partner"
	IntentSpam      MessageIntent = "spam"
	IntentOther     MessageIntent = "other"
)

// MessageUrgency decides how soon the addressee has to acknowledge.
type MessageUrgency string

// The urgencies.
const (
	UrgencyHigh   MessageUrgency = "high"
	UrgencyNormal MessageUrgency = "normal"
	UrgencyLow    MessageUrgency = "low"
)

// AcknowledgeWithin is the working time an addressee has to acknowledge a message.
var AcknowledgeWithin = map[MessageUrgency]time.Duration{
	UrgencyHigh:   15 * time.Minute,
	UrgencyNormal: time.Hour,
	UrgencyLow:    4 * time.Hour,
}

// MessageOutcome says what a message became: a record of another kind, or none.
type MessageOutcome struct {
	Kind MessageOutcomeKind `json:"kind" enum:"negotiation,complaint,consultation,assignment,work_item,thread,none" doc:"Kind of the record; none: it ended here"`
	Ref  Ref                `json:"ref,omitzero" doc:"The record; absent for none"`
}

// MessageOutcomeKind is a kind of record that a message can become.
type MessageOutcomeKind string

// The kinds of outcome.
const (
	OutcomeNegotiation  MessageOutcomeKind = "negotiation"
	OutcomeComplaint    MessageOutcomeKind = "complaint"
	OutcomeConsultation MessageOutcomeKind = "consultation"
	OutcomeAssignment   MessageOutcomeKind = "assignment"
	OutcomeWorkItem     MessageOutcomeKind = "work_item"
	OutcomeThread       MessageOutcomeKind = "thread"
	OutcomeNone         MessageOutcomeKind = "none"
)

var (
	messageChannels = []MessageChannel{MessageByCall, MessageByEmail, MessageByWebForm, MessageByMessenger, MessageByVisit, MessageByLetter}
	messageIntents  = []MessageIntent{"", IntentQuestion, IntentOrder, IntentComplaint, IntentPartner, IntentSpam, IntentOther}
	messageOutcomes = []MessageOutcomeKind{OutcomeNegotiation, OutcomeComplaint, OutcomeConsultation, OutcomeAssignment, OutcomeWorkItem, OutcomeThread, OutcomeNone}
)

// Refusals of the intake of messages.
var (
	ErrMessageForeign   = Refuse("message.foreign", "only the addressee, a substitute or a superior may do that")
	ErrMessageState     = Refuse("message.state", "the message does not stand where that is possible")
	ErrMessageUnmatched = Refuse("message.not_matched", "the message is not matched to that sender")
	ErrMessageAddressee = Refuse("message.addressee", "the addressee does not work here").About("addressee_id")
	ErrMessageStale     = Refuse("message.stale", "the message was routed to somebody else meanwhile")
)

// MessageHandler is who asks something of a message, and whether they stand above its addressee.
type MessageHandler struct {
	Who      EmployeeID
	Superior bool
}

// AcknowledgementClock is what the clock of a message needs to know: for whom it was read, the deadline it gives, and
// the working minutes that have passed on it.
type AcknowledgementClock struct {
	Addressee EmployeeID
	Employed  bool
	At        time.Time // when it happens
	Schedule  Schedule  // of the addressee
}

// Subjects is the matched counterparty.
func (m IncomingMessage) Subjects() []CounterpartyID { return []CounterpartyID{m.Counterparty} }

// Participants are who took the message and whom it is for.
func (m IncomingMessage) Participants() []EmployeeID { return []EmployeeID{m.TakenBy, m.Addressee} }

// Register records a message. The same raw mail a second time writes nothing.
func (m IncomingMessage) Register(r MessageWasRegistered) ([]Event[IncomingMessage], error) {
	switch {
	case m.State != "" && r.RawSHA256 != "" && m.RawSHA256 == r.RawSHA256:
		return nil, nil
	case m.State != "":
		return nil, ErrAlreadyExists
	}
	r = r.capped()
	r.FromEmail = cmp.Or(NormalEmail(r.FromEmail), addressIn(r.FromRaw))
	if r.Urgency == "" {
		r.Urgency = UrgencyNormal
	}
	var v Invalid
	v.Check(slices.Contains(messageChannels, r.Channel), "channel", "enum", "is not a channel")
	v.Check(!r.ReceivedAt.IsZero(), "received_at", "required", "a message came in at some time")
	v.Require("from_raw", r.FromRaw)
	checkClassification(&v, r.Intent, r.Urgency)
	if err := v.Err(); err != nil {
		return nil, err
	}
	return []Event[IncomingMessage]{r}, nil
}

// Receive registers a message and, where the clock names an addressee, routes it at once.
func (m IncomingMessage) Receive(r MessageWasRegistered, clock AcknowledgementClock) ([]Event[IncomingMessage], error) {
	events, err := m.Register(r)
	if err != nil || len(events) == 0 || clock.Addressee.IsZero() {
		return events, err
	}
	for _, e := range events {
		e.Apply(&m)
	}
	routed, err := m.Route(clock)
	if err != nil {
		return nil, err
	}
	return With(events, routed...), nil
}

func checkClassification(v *Invalid, intent MessageIntent, urgency MessageUrgency) {
	v.Check(slices.Contains(messageIntents, intent), "intent", "enum", "is not an intent")
	_, known := AcknowledgeWithin[urgency]
	v.Check(known, "urgency", "enum", "is high, normal or low")
}

// Classify says what the message is about. A changed urgency of a routed message moves its deadline, on the same clock.
func (m IncomingMessage) Classify(topic string, intent MessageIntent, urgency MessageUrgency, clock AcknowledgementClock) ([]Event[IncomingMessage], error) {
	var v Invalid
	checkClassification(&v, intent, urgency)
	switch {
	case m.State == "":
		return nil, ErrNotFound
	case v.Err() != nil:
		return nil, v.Err()
	case m.Topic == topic && m.Intent == intent && m.Urgency == urgency:
		return nil, nil
	}
	e := MessageWasClassified{Topic: topic, Intent: intent, Urgency: urgency, AckBy: m.AckBy}
	if m.State == MessageRouted && urgency != m.Urgency {
		if clock.Addressee != m.Addressee {
			return nil, ErrMessageStale
		}
		e.AckBy = clock.Schedule.After(m.ClockStarted, AcknowledgeWithin[urgency])
	}
	e.Pending = m.State == MessageRouted && !m.Overdue
	return []Event[IncomingMessage]{e}, nil
}

// Match says who sent the message.
func (m IncomingMessage) Match(to MessageWasMatched) ([]Event[IncomingMessage], error) {
	var v Invalid
	v.Check(!to.Counterparty.IsZero() || !to.Person.IsZero(), "counterparty_id", "required", "name a counterparty or a person")
	switch {
	case m.State == "":
		return nil, ErrNotFound
	case v.Err() != nil:
		return nil, v.Err()
	case m.Counterparty == to.Counterparty && m.Person == to.Person:
		return nil, nil
	}
	return []Event[IncomingMessage]{to}, nil
}

// MatchOnce is Match for messages that nobody has matched yet; others stay as they are.
func (m IncomingMessage) MatchOnce(to MessageWasMatched) ([]Event[IncomingMessage], error) {
	if !m.Counterparty.IsZero() || !m.Person.IsZero() {
		return nil, nil
	}
	return m.Match(to)
}

// Unmatch takes a wrong match back: the sender is unknown again.
func (m IncomingMessage) Unmatch(reason string) ([]Event[IncomingMessage], error) {
	var v Invalid
	v.Require("reason", reason)
	switch {
	case m.State == "":
		return nil, ErrNotFound
	case m.Counterparty.IsZero() && m.Person.IsZero():
		return nil, nil
	case v.Err() != nil:
		return nil, v.Err()
	}
	return []Event[IncomingMessage]{MessageWasUnmatched{Counterparty: m.Counterparty, Person: m.Person, Reason: reason}}, nil
}

// Route hands a message to its addressee for the first time; the clock of the acknowledgement starts.
func (m IncomingMessage) Route(clock AcknowledgementClock) ([]Event[IncomingMessage], error) {
	switch {
	case m.State == "":
		return nil, ErrNotFound
	case m.State == MessageRouted && m.Addressee == clock.Addressee:
		return nil, nil
	case m.State != MessageRegistered:
		return nil, ErrMessageState
	case !clock.Employed:
		return nil, ErrMessageAddressee
	}
	return []Event[IncomingMessage]{MessageWasRouted{
		Addressee: clock.Addressee, ClockStarted: clock.At, AckBy: clock.Schedule.After(clock.At, AcknowledgeWithin[m.Urgency]), Urgency: m.Urgency,
	}}, nil
}

// Reroute hands the message to somebody else. The clock and the deadline stay; a hop is counted.
func (m IncomingMessage) Reroute(by MessageHandler, clock AcknowledgementClock, reason string) ([]Event[IncomingMessage], error) {
	var v Invalid
	v.Require("reason", reason)
	switch {
	case m.State == "":
		return nil, ErrNotFound
	case m.Addressee == clock.Addressee && !m.Addressee.IsZero():
		return nil, nil
	case m.Addressee.IsZero() || m.closed():
		return nil, ErrMessageState
	case !m.mayHandle(by):
		return nil, ErrMessageForeign
	case v.Err() != nil:
		return nil, v.Err()
	case !clock.Employed:
		return nil, ErrMessageAddressee
	}
	return []Event[IncomingMessage]{MessageWasRerouted{
		Addressee: clock.Addressee, From: m.Addressee, Hop: m.Hops + 1, ClockStarted: m.ClockStarted, AckBy: m.AckBy, Pending: !m.Overdue, Reason: reason,
	}}, nil
}

// Acknowledge records that the addressee has taken notice.
func (m IncomingMessage) Acknowledge(by MessageHandler, clock AcknowledgementClock) ([]Event[IncomingMessage], error) {
	switch {
	case m.State == "":
		return nil, ErrNotFound
	case m.State == MessageAcknowledged || m.State == MessageInProgress:
		return nil, nil
	case m.State != MessageRouted:
		return nil, ErrMessageState
	case !m.isAddressee(by):
		return nil, ErrMessageForeign
	case clock.Addressee != m.Addressee:
		return nil, ErrMessageStale
	case clock.At.Before(m.ClockStarted):
		return nil, beforeClock()
	}
	return []Event[IncomingMessage]{MessageWasAcknowledged{
		By: by.Who, Addressee: m.Addressee, At: clock.At, AckBy: m.AckBy, Late: clock.At.After(m.AckBy),
		BusinessMinutes: clock.Schedule.BusinessMinutes(m.ClockStarted, clock.At),
	}}, nil
}

// Begin records that the addressee works on it; an unacknowledged message is acknowledged with it.
func (m IncomingMessage) Begin(by MessageHandler, clock AcknowledgementClock) ([]Event[IncomingMessage], error) {
	if m.State == MessageInProgress {
		return nil, nil
	}
	events, err := m.Acknowledge(by, clock)
	switch {
	case err != nil:
		return nil, err
	case !m.isAddressee(by):
		return nil, ErrMessageForeign
	}
	return With(events, Event[IncomingMessage](MessageWasTakenUp{By: by.Who})), nil
}

// Resolve closes the message: what came of it and what it became.
func (m IncomingMessage) Resolve(by MessageHandler, clock AcknowledgementClock, outcome string, became MessageOutcome) ([]Event[IncomingMessage], error) {
	var v Invalid
	v.Require("outcome", outcome)
	v.Check(slices.Contains(messageOutcomes, became.Kind), "became.kind", "enum", "is not something a message can become")
	v.Check((became.Kind == OutcomeNone) == became.Ref.IsZero(), "became.ref", "required", "a record is named, except for none")
	switch {
	case m.State == "":
		return nil, ErrNotFound
	case m.State == MessageResolved && m.Outcome == outcome && m.Became == became:
		return nil, nil
	case m.State != MessageAcknowledged && m.State != MessageInProgress:
		return nil, ErrMessageState
	case !m.isAddressee(by):
		return nil, ErrMessageForeign
	case v.Err() != nil:
		return nil, v.Err()
	case clock.Addressee != m.Addressee:
		return nil, ErrMessageStale
	case clock.At.Before(m.ClockStarted):
		return nil, beforeClock()
	}
	return []Event[IncomingMessage]{MessageWasResolved{
		Outcome: outcome, Became: became, BusinessMinutes: clock.Schedule.BusinessMinutes(m.ClockStarted, clock.At),
	}}, nil
}

// Lose records that the sender was never answered.
func (m IncomingMessage) Lose(by MessageHandler, reason string) ([]Event[IncomingMessage], error) {
	return m.drop(MessageLost, by, reason, MessageWasLost{Reason: reason})
}

// MarkSpam records that nobody has to answer.
func (m IncomingMessage) MarkSpam(by MessageHandler, reason string) ([]Event[IncomingMessage], error) {
	return m.drop(MessageSpam, by, "spam", MessageWasSpam{Reason: reason})
}

func (m IncomingMessage) drop(to MessageState, by MessageHandler, reason string, e Event[IncomingMessage]) ([]Event[IncomingMessage], error) {
	var v Invalid
	v.Require("reason", reason)
	switch {
	case m.State == "":
		return nil, ErrNotFound
	case m.State == to:
		return nil, nil
	case !MessageTransitions.Allows(m.State, to):
		return nil, ErrMessageState
	case !m.mayHandle(by):
		return nil, ErrMessageForeign
	case v.Err() != nil:
		return nil, v.Err()
	}
	return []Event[IncomingMessage]{e}, nil
}

// Reopen takes a closed message up again: a resolved one was not resolved, a lost caller was reached, spam was none.
// It returns to where it stood: to whoever takes messages in, to its addressee, or to work.
func (m IncomingMessage) Reopen(by MessageHandler, reason string) ([]Event[IncomingMessage], error) {
	var v Invalid
	v.Require("reason", reason)
	switch {
	case m.State == "":
		return nil, ErrNotFound
	case !m.closed():
		return nil, nil
	case !m.mayHandle(by):
		return nil, ErrMessageForeign
	case v.Err() != nil:
		return nil, v.Err()
	}
	to := MessageInProgress
	switch {
	case m.Addressee.IsZero():
		to = MessageRegistered
	case m.Acknowledged.IsZero():
		to = MessageRouted
	}
	return []Event[IncomingMessage]{MessageWasReopened{State: to, AckBy: m.AckBy, Pending: to == MessageRouted && !m.Overdue, Reason: reason}}, nil
}

// NoteOverdue records, once, that the deadline of the acknowledgement has passed.
func (m IncomingMessage) NoteOverdue(now time.Time) ([]Event[IncomingMessage], error) {
	if m.State != MessageRouted || m.Overdue || m.AckBy.IsZero() || now.Before(m.AckBy) {
		return nil, nil
	}
	return []Event[IncomingMessage]{MessageAcknowledgementOverdue{Addressee: m.Addressee, AckBy: m.AckBy, Hops: m.Hops}}, nil
}

// beforeClock refuses a late entry that would have stopped a clock before it ran.
func beforeClock() error {
	var v Invalid
	v.Add("occurred_at", "before_clock", "lies before the clock started")
	return v.Err()
}

func (m IncomingMessage) closed() bool {
	return m.State == MessageResolved || m.State == MessageLost || m.State == MessageSpam
}

func (m IncomingMessage) isAddressee(by MessageHandler) bool {
	return by.Superior || by.Who == m.Addressee
}

// mayHandle: before routing everybody takes messages in; later it is a matter of those concerned.
func (m IncomingMessage) mayHandle(by MessageHandler) bool {
	return m.Addressee.IsZero() || m.isAddressee(by) || by.Who == m.TakenBy
}

// MessageTextLimit is how much of a message's text is kept, in characters.
const MessageTextLimit = 200_000

// messageTextBytes bounds the text's form in the log: a single append holds less than 1 MiB.
const messageTextBytes = 590_000

// CapText is the text without what the log cannot hold, cut to the limit of characters and to what fits into an event.
func CapText(text string, limit int) (kept string, truncated bool) {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "")
	runes, size := 0, 0
	for i, r := range text {
		if size += jsonSize(r); runes == limit || size > messageTextBytes {
			return text[:i], true
		}
		runes++
	}
	return text, false
}

// jsonSize is how many bytes encoding/json needs at most for a character.
func jsonSize(r rune) int {
	switch {
	case r < ' ' || r == '<' || r == '>' || r == '&' || r == '\u2028' || r == '\u2029':
		return len(`\u0000`)
	case r == '"' || r == '\\':
		return len(`\"`)
	}
	return utf8.RuneLen(r)
}

// addressIn finds the e-mail address in what a sender is given as, such as "Ivan <ivan@firm.example>".
func addressIn(raw string) string {
	if bracket := strings.LastIndex(raw, "<"); bracket >= 0 {
		raw = strings.TrimSuffix(strings.TrimSpace(raw[bracket+1:]), ">")
	}
	if address := NormalEmail(raw); emailShape.MatchString(address) {
		return address
	}
	return ""
}
