package commands

import (
	"cmp"
	"context"
	"time"

	"github.com/letopis-crm/letopis/domain"
)

// RegisterMessage records a call, a letter or another message that reached the company, from a known or an unknown
// sender. With an addressee it is routed at once.
//
// The import of mail gives it the id domain.IncomingMessageIDOfMail and the digest of the raw mail: a second import
// writes nothing.
type RegisterMessage struct {
	By
	Channel       domain.MessageChannel  `json:"channel" enum:"call,email,web_form,messenger,visit,letter" doc:"How it came in"`
	ReceivedAt    time.Time              `json:"received_at,omitzero" doc:"When it came in; now when absent"`
	FromRaw       string                 `json:"from_raw" minLength:"1" maxLength:"2000" doc:"Sender as given: number, address or name"`
	FromName      string                 `json:"from_name,omitempty" maxLength:"500" doc:"Sender's name as given"`
	FromEmail     string                 `json:"from_email,omitempty" maxLength:"254" doc:"Sender's e-mail address; found in from_raw when absent"`
	FromPhone     string                 `json:"from_phone,omitempty" maxLength:"50" doc:"Sender's number as +79161234567; found in from_raw when absent"`
	Counterparty  domain.CounterpartyID  `json:"counterparty_id,omitzero" format:"uuid" doc:"The counterparty, when known"`
	Person        domain.ContactPersonID `json:"person_id,omitzero" format:"uuid" doc:"The contact person, when known"`
	Subject       string                 `json:"subject,omitempty" maxLength:"2000" doc:"Subject"`
	Text          string                 `json:"text,omitempty" maxLength:"1000000" doc:"What was said or written; 200,000 characters are kept"`
	Topic         string                 `json:"topic,omitempty" maxLength:"200" doc:"What it is about"`
	Intent        domain.MessageIntent   `json:"intent,omitempty" enum:"question,order,complaint,partner,spam,other" doc:"What the sender wants"`
	Urgency       domain.MessageUrgency  `json:"urgency,omitempty" enum:"high,normal,low" doc:"How soon it must be acknowledged: 15 minutes, 1 hour, 4 hours of working time; normal when absent"`
	CallbackBy    time.Time              `json:"callback_by,omitzero" doc:"When the sender wants to be called back"`
	RecordingHash string                 `json:"recording_hash,omitempty" maxLength:"64" doc:"SHA-256 of the recording"`
	AdvertSource  string                 `json:"advert_source,omitempty" maxLength:"200" doc:"Advertisement that led the sender here"`
	Attachments   []domain.Attachment    `json:"attachments,omitempty" maxItems:"100" doc:"Files that came with it"`
	Mail          *domain.MailHeader     `json:"mail,omitempty" doc:"Fields of the e-mail"`
	RawSHA256     string                 `json:"raw_sha256,omitempty" maxLength:"64" doc:"SHA-256 of the message as received"`
	Addressee     domain.EmployeeID      `json:"addressee_id,omitzero" format:"uuid" doc:"Employee it is meant for; absent: to be routed later"`
	clock         domain.AcknowledgementClock
}

// Prepare reads the sender's number and brings the addressee's schedule.
func (c *RegisterMessage) Prepare(ctx context.Context, f *Facts) (err error) {
	if c.ReceivedAt.IsZero() {
		c.ReceivedAt = f.At()
	}
	if f.Request.Source == domain.SourceImport || f.Request.Source == domain.SourcePolicy {
		c.By = By{} // nobody took it
	}
	if number := ReadPhone(cmp.Or(c.FromPhone, c.FromRaw), ""); number.E164 != "" {
		c.FromPhone = number.E164
	}
	if c.ReceivedAt.After(f.Now().Add(receivedAhead)) {
		var v domain.Invalid
		v.Add("received_at", "in_future", "a message cannot have come in in the future")
		return v.Err()
	}
	if !c.Addressee.IsZero() {
		c.clock, err = f.acknowledgementClock(ctx, c.Addressee)
	}
	return err
}

// receivedAhead is how far another machine's clock may be ahead of ours.
const receivedAhead = time.Minute

func (c RegisterMessage) Decide(s domain.IncomingMessage, _ time.Time) ([]domain.Event[domain.IncomingMessage], error) {
	return s.Receive(domain.MessageWasRegistered{
		Channel: c.Channel, ReceivedAt: c.ReceivedAt, TakenBy: c.Who(), FromRaw: c.FromRaw, FromName: c.FromName, FromEmail: c.FromEmail, FromPhone: c.FromPhone,
		Counterparty: c.Counterparty, Person: c.Person, Subject: c.Subject, Text: c.Text, Topic: c.Topic, Intent: c.Intent, Urgency: c.Urgency,
		CallbackBy: c.CallbackBy, RecordingHash: c.RecordingHash, AdvertSource: c.AdvertSource, Attachments: c.Attachments, Mail: c.Mail, RawSHA256: c.RawSHA256,
	}, c.clock)
}

func (f *Facts) acknowledgementClock(ctx context.Context, addressee domain.EmployeeID) (domain.AcknowledgementClock, error) {
	colleague, err := f.Colleague(ctx, addressee)
	return domain.AcknowledgementClock{Addressee: addressee, Employed: colleague.Employed, At: f.At(), Schedule: colleague.Schedule}, err
}

// messageStep is what most commands about a message need: who asks, and the clock of the present addressee.
type messageStep struct {
	by    domain.MessageHandler
	clock domain.AcknowledgementClock
}

func (m *messageStep) prepare(ctx context.Context, f *Facts, by By) error {
	if err := f.ActsFor(ctx, by); err != nil {
		return err
	}
	message, err := Fact(ctx, f, domain.IncomingMessages, domain.IncomingMessageID(f.ID))
	if err != nil {
		return err
	}
	if m.clock, err = f.acknowledgementClock(ctx, message.Addressee); err != nil {
		return err
	}
	m.by.Who = by.Who()
	m.by.Superior, err = f.IsSuperior(ctx, by.Who(), message.Addressee)
	return err
}

// ClassifyMessage says what the message is about. A changed urgency moves the deadline of the acknowledgement.
type ClassifyMessage struct {
	By
	Topic   string                `json:"topic,omitempty" maxLength:"200" doc:"What it is about"`
	Intent  domain.MessageIntent  `json:"intent,omitempty" enum:"question,order,complaint,partner,spam,other" doc:"What the sender wants"`
	Urgency domain.MessageUrgency `json:"urgency" enum:"high,normal,low" doc:"How soon it must be acknowledged"`
	step    messageStep
}

// Prepare brings the addressee's schedule.
func (c *ClassifyMessage) Prepare(ctx context.Context, f *Facts) error {
	return c.step.prepare(ctx, f, c.By)
}

func (c ClassifyMessage) Decide(s domain.IncomingMessage, _ time.Time) ([]domain.Event[domain.IncomingMessage], error) {
	return s.Classify(c.Topic, c.Intent, c.Urgency, c.step.clock)
}

// MatchMessage says which counterparty or person sent the message.
type MatchMessage struct {
	Counterparty domain.CounterpartyID  `json:"counterparty_id,omitzero" format:"uuid" doc:"The counterparty"`
	Person       domain.ContactPersonID `json:"person_id,omitzero" format:"uuid" doc:"The contact person"`
}

func (c MatchMessage) Decide(s domain.IncomingMessage, _ time.Time) ([]domain.Event[domain.IncomingMessage], error) {
	return s.Match(domain.MessageWasMatched{Counterparty: c.Counterparty, Person: c.Person, Rule: domain.MatchByHand})
}

// MatchMessageBySender is the policy's command: it matches a message that nobody has matched.
type MatchMessageBySender struct {
	Counterparty domain.CounterpartyID  `json:"counterparty_id"`
	Person       domain.ContactPersonID `json:"person_id"`
	Rule         domain.MatchRule       `json:"rule"`
}

func (c MatchMessageBySender) Decide(s domain.IncomingMessage, _ time.Time) ([]domain.Event[domain.IncomingMessage], error) {
	return s.MatchOnce(domain.MessageWasMatched{Counterparty: c.Counterparty, Person: c.Person, Rule: c.Rule})
}

// UnmatchMessage takes a wrong match back: the sender is unknown again.
type UnmatchMessage struct {
	Reason string `json:"reason" minLength:"1" maxLength:"2000" doc:"Why the match was wrong"`
}

func (c UnmatchMessage) Decide(s domain.IncomingMessage, _ time.Time) ([]domain.Event[domain.IncomingMessage], error) {
	return s.Unmatch(c.Reason)
}

// RouteMessage hands the message to the employee it is meant for; the clock of the acknowledgement starts.
type RouteMessage struct {
	Addressee domain.EmployeeID `json:"addressee_id" format:"uuid" doc:"Employee it is meant for"`
	clock     domain.AcknowledgementClock
}

// Prepare brings the addressee's schedule.
func (c *RouteMessage) Prepare(ctx context.Context, f *Facts) (err error) {
	c.clock, err = f.acknowledgementClock(ctx, c.Addressee)
	return err
}

func (c RouteMessage) Decide(s domain.IncomingMessage, _ time.Time) ([]domain.Event[domain.IncomingMessage], error) {
	return s.Route(c.clock)
}

// RerouteMessage hands the message to somebody else on the same clock.
type RerouteMessage struct {
	By
	Addressee domain.EmployeeID `json:"addressee_id" format:"uuid" doc:"The new addressee"`
	Reason    string            `json:"reason" minLength:"1" maxLength:"2000" doc:"Why"`
	step      messageStep
	clock     domain.AcknowledgementClock
}

// Prepare brings both addressees.
func (c *RerouteMessage) Prepare(ctx context.Context, f *Facts) (err error) {
	if err := c.step.prepare(ctx, f, c.By); err != nil {
		return err
	}
	c.clock, err = f.acknowledgementClock(ctx, c.Addressee)
	return err
}

func (c RerouteMessage) Decide(s domain.IncomingMessage, _ time.Time) ([]domain.Event[domain.IncomingMessage], error) {
	return s.Reroute(c.step.by, c.clock, c.Reason)
}

// AcknowledgeMessage records that the addressee has taken notice. A substitute or a superior may do it.
type AcknowledgeMessage struct {
	By
	step messageStep
}

// Prepare brings the addressee's schedule.
func (c *AcknowledgeMessage) Prepare(ctx context.Context, f *Facts) error {
	return c.step.prepare(ctx, f, c.By)
}

func (c AcknowledgeMessage) Decide(s domain.IncomingMessage, _ time.Time) ([]domain.Event[domain.IncomingMessage], error) {
	return s.Acknowledge(c.step.by, c.step.clock)
}

// BeginMessage records that the addressee works on the message.
type BeginMessage struct {
	By
	step messageStep
}

// Prepare brings the addressee's schedule.
func (c *BeginMessage) Prepare(ctx context.Context, f *Facts) error {
	return c.step.prepare(ctx, f, c.By)
}

func (c BeginMessage) Decide(s domain.IncomingMessage, _ time.Time) ([]domain.Event[domain.IncomingMessage], error) {
	return s.Begin(c.step.by, c.step.clock)
}

// ResolveMessage closes the message: what came of it, and the record it became.
type ResolveMessage struct {
	By
	Outcome string                `json:"outcome" minLength:"1" maxLength:"4000" doc:"What came of it"`
	Became  domain.MessageOutcome `json:"became" doc:"The record it became"`
	step    messageStep
}

// Prepare brings the addressee's schedule.
func (c *ResolveMessage) Prepare(ctx context.Context, f *Facts) error {
	return c.step.prepare(ctx, f, c.By)
}

func (c ResolveMessage) Decide(s domain.IncomingMessage, _ time.Time) ([]domain.Event[domain.IncomingMessage], error) {
	return s.Resolve(c.step.by, c.step.clock, c.Outcome, c.Became)
}

// LoseMessage records that the sender was never answered.
type LoseMessage struct {
	By
	Reason string `json:"reason" minLength:"1" maxLength:"2000" doc:"Why"`
	step   messageStep
}

// Prepare finds out who asks.
func (c *LoseMessage) Prepare(ctx context.Context, f *Facts) error {
	return c.step.prepare(ctx, f, c.By)
}

func (c LoseMessage) Decide(s domain.IncomingMessage, _ time.Time) ([]domain.Event[domain.IncomingMessage], error) {
	return s.Lose(c.step.by, c.Reason)
}

// MarkMessageSpam records that nobody has to answer.
type MarkMessageSpam struct {
	By
	Reason string `json:"reason,omitempty" maxLength:"2000" doc:"Why"`
	step   messageStep
}

// Prepare finds out who asks.
func (c *MarkMessageSpam) Prepare(ctx context.Context, f *Facts) error {
	return c.step.prepare(ctx, f, c.By)
}

func (c MarkMessageSpam) Decide(s domain.IncomingMessage, _ time.Time) ([]domain.Event[domain.IncomingMessage], error) {
	return s.MarkSpam(c.step.by, c.Reason)
}

// ReopenMessage takes a resolved, lost or unwanted message up again.
type ReopenMessage struct {
	By
	Reason string `json:"reason" minLength:"1" maxLength:"2000" doc:"Why"`
	step   messageStep
}

// Prepare finds out who asks.
func (c *ReopenMessage) Prepare(ctx context.Context, f *Facts) error {
	return c.step.prepare(ctx, f, c.By)
}

func (c ReopenMessage) Decide(s domain.IncomingMessage, _ time.Time) ([]domain.Event[domain.IncomingMessage], error) {
	return s.Reopen(c.step.by, c.Reason)
}

// NoteMessageOverdue is the scheduler's command: the deadline of the acknowledgement has passed.
type NoteMessageOverdue struct{}

func (c NoteMessageOverdue) Decide(s domain.IncomingMessage, now time.Time) ([]domain.Event[domain.IncomingMessage], error) {
	return s.NoteOverdue(now)
}
