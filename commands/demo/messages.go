package demo

import (
	"strings"
	"time"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
)

// incoming is a message of the story on its way.
type incoming struct {
	id        domain.IncomingMessageID
	name      string
	client    *client // nil for an unknown sender
	addressee *worker
	text      messageText
	taker     *worker
	ackBy     time.Time
}

// message is one call or letter, from its coming in to its end.
func (g *generator) message(name string, day domain.Date) {
	d := g.scenario(name)
	taker := g.anyOf(d, "dispatch")
	m := &incoming{id: idOf[domain.IncomingMessage](g, "message", name), name: name, taker: taker, text: of(d, messageTexts)}
	received := taker.on(day, rush(d))
	c := g.anyClient(d, received)
	m.addressee = g.addresseeFor(d, c, m.text.to)
	if !d.chance(18) {
		m.client = c
	}
	roll := d.IntN(100)
	if roll < 3 {
		m.client, m.text.subject, m.text.text, m.text.topic, m.text.intent = nil, "Выгодное предложение", of(d, spamTexts), "Реклама", ""
	}
	routed := g.receive(d, m, received)
	switch {
	case roll < 3:
		give(g, m.addressee.after(routed, d.minutes(1, 20)), m.addressee, domain.IncomingMessages, m.id, "spam", commands.MarkMessageSpam{Reason: "Рассылка"})
	case roll < 5:
		g.noteOverdue(m)
		give(g, m.addressee.after(routed, d.minutes(300, 700)), m.addressee, domain.IncomingMessages, m.id, "lose", commands.LoseMessage{Reason: of(d, lostReasons)})
	case roll < 14:
		g.attend(d, m, g.pass(d, m, routed))
	default:
		g.attend(d, m, routed)
	}
}

// rush is when people call: most before noon and in the afternoon.
func rush(d dice) time.Duration {
	switch roll := d.IntN(10); {
	case roll < 4:
		return d.minutes(60, 180)
	case roll < 7:
		return d.minutes(270, 390)
	}
	return d.minutes(5, 470)
}

func (g *generator) addresseeFor(d dice, c *client, department string) *worker {
	if c.owner.group == department || department == "sales" {
		return c.owner
	}
	return g.anyOf(d, department)
}

// receive registers the message and hands it to its addressee; it tells when.
func (g *generator) receive(d dice, m *incoming, received time.Time) time.Time {
	thing := strings.NewReplacer("{thing}", of(d, equipment))
	command := commands.RegisterMessage{
		Channel: channelOf(d), ReceivedAt: received, Subject: thing.Replace(m.text.subject), Text: thing.Replace(m.text.text),
		Topic: m.text.topic, Intent: m.text.intent, Urgency: m.text.urgency,
	}
	if d.chance(8) {
		command.AdvertSource = of(d, adverts)
	}
	person := g.sender(d, m, &command)
	at := received.Add(d.minutes(1, 5))
	written := command.Channel == domain.MessageByEmail || command.Channel == domain.MessageByWebForm
	if written {
		id := ask(g, at, commands.Request{CommandID: commandID(m.id, "register"), Actor: domain.SystemActor, Source: domain.SourceImport}, domain.IncomingMessages, m.id, command)
		if m.client != nil {
			match := commands.MatchMessageBySender{Counterparty: m.client.id, Person: person, Rule: domain.MatchByEmail}
			react(g, at.Add(2*time.Second), causeIn(domain.IncomingMessages, m.id, id, 0), "match_senders", domain.IncomingMessages, m.id, match)
		}
		at = m.taker.after(at, d.minutes(2, 14))
		give(g, at, m.taker, domain.IncomingMessages, m.id, "route", commands.RouteMessage{Addressee: m.addressee.ID})
	} else {
		if m.client != nil {
			command.Counterparty, command.Person = m.client.id, person
		}
		command.Addressee = m.addressee.ID
		give(g, at, m.taker, domain.IncomingMessages, m.id, "register", command)
	}
	m.ackBy = m.addressee.after(at, domain.AcknowledgeWithin[m.text.urgency])
	return at
}

// sender fills in from whom the message is, and says which contact person it was.
func (g *generator) sender(d dice, m *incoming, c *commands.RegisterMessage) domain.ContactPersonID {
	byMail := c.Channel == domain.MessageByEmail || c.Channel == domain.MessageByWebForm
	switch {
	case m.client == nil && byMail:
		c.FromRaw = "guest" + phone(d.IntN(900))[14:16] + "@" + of(d, companyHeads).slug + "-neizvestny.example"
	case m.client == nil:
		c.FromRaw, c.FromName = phone(8000+d.IntN(900)), of(d, menFirst)
	case len(m.client.people) == 0 && byMail:
		c.FromRaw, c.FromName = m.client.email, m.client.name
	case len(m.client.people) == 0:
		c.FromRaw, c.FromName = m.client.record.Phones[0].Raw, m.client.name
	default:
		p := of(d, m.client.people)
		c.FromRaw, c.FromName = p.phone, p.name
		if byMail {
			c.FromRaw = p.name + " <" + p.email + ">"
		}
		return p.id
	}
	return domain.ContactPersonID{}
}

func channelOf(d dice) domain.MessageChannel {
	switch roll := d.IntN(100); {
	case roll < 50:
		return domain.MessageByCall
	case roll < 73:
		return domain.MessageByEmail
	case roll < 82:
		return domain.MessageByWebForm
	case roll < 93:
		return domain.MessageByMessenger
	case roll < 97:
		return domain.MessageByVisit
	}
	return domain.MessageByLetter
}

func (g *generator) noteOverdue(m *incoming) {
	due(g, m.ackBy, domain.IncomingMessages, m.id, "overdue", commands.NoteMessageOverdue{})
}

// pass hands the message to a colleague, on the same clock.
func (g *generator) pass(d dice, m *incoming, at time.Time) time.Time {
	at = m.addressee.after(at, d.minutes(3, 25))
	next := g.anyone(d, m.addressee, m.taker)
	give(g, at, m.addressee, domain.IncomingMessages, m.id, "reroute", commands.RerouteMessage{Addressee: next.ID, Reason: of(d, rerouteReasons)})
	m.addressee = next
	return at
}

// attend is what the addressee does: take notice, work, and bring it to an end.
func (g *generator) attend(d dice, m *incoming, from time.Time) {
	median := map[domain.MessageUrgency]time.Duration{domain.UrgencyHigh: 7 * time.Minute, domain.UrgencyNormal: 22 * time.Minute, domain.UrgencyLow: 70 * time.Minute}
	at := m.addressee.after(from, d.around(median[m.text.urgency], 0.8))
	if at.After(m.ackBy) {
		g.noteOverdue(m)
	}
	give(g, at, m.addressee, domain.IncomingMessages, m.id, "acknowledge", commands.AcknowledgeMessage{})
	if d.chance(8) {
		at = at.Add(time.Minute)
		give(g, at, m.addressee, domain.IncomingMessages, m.id, "classify", commands.ClassifyMessage{Topic: m.text.topic + ", уточнено", Intent: m.text.intent, Urgency: m.text.urgency})
	}
	at = m.addressee.after(at, d.minutes(1, 40))
	give(g, at, m.addressee, domain.IncomingMessages, m.id, "begin", commands.BeginMessage{})
	at = m.addressee.after(at, d.around(80*time.Minute, 1))
	g.conclude(d, m, at)
	if d.chance(2) {
		give(g, m.addressee.after(at, d.minutes(60, 300)), m.addressee, domain.IncomingMessages, m.id, "reopen", commands.ReopenMessage{Reason: "Клиент позвонил ещё раз: вопрос не решён."})
	}
}

// conclude resolves the message, often into something else that was set up a minute before.
func (g *generator) conclude(d dice, m *incoming, at time.Time) {
	became := domain.MessageOutcome{Kind: domain.OutcomeNone}
	roll, before := d.IntN(100), at.Add(-time.Minute)
	switch {
	case m.client == nil:
	case roll < 12 && len(m.client.people) > 0:
		id := g.arrange(d, m.name, m.client, m.addressee, before)
		became = domain.MessageOutcome{Kind: domain.OutcomeNegotiation, Ref: ref(domain.Negotiations, id)}
	case roll < 25:
		id := g.assign(d, m.name, m.addressee, g.anyone(d, m.addressee), m.client, before)
		became = domain.MessageOutcome{Kind: domain.OutcomeAssignment, Ref: ref(domain.Assignments, id)}
	case roll < 37:
		id := g.planWork(d, m.name, m.addressee, m.client, before)
		became = domain.MessageOutcome{Kind: domain.OutcomeWorkItem, Ref: ref(domain.WorkItems, id)}
	case roll < 44:
		id := g.question(d, m.name, m.addressee, []*worker{g.anyone(d, m.addressee)}, m.client, before)
		became = domain.MessageOutcome{Kind: domain.OutcomeThread, Ref: ref(domain.InternalThreads, id)}
	}
	give(g, at, m.addressee, domain.IncomingMessages, m.id, "resolve", commands.ResolveMessage{Outcome: of(d, outcomes), Became: became})
}
