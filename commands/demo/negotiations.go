package demo

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/wording"
)

// deal is a negotiation of the story on its way.
type deal struct {
	id       domain.NegotiationID
	name     string
	client   *client
	author   *worker
	ours     []domain.EmployeeID
	theirs   []domain.Negotiator
	text     negotiationText
	channel  domain.NegotiationChannel
	heldFrom time.Time
	heldTo   time.Time
	record   domain.NegotiationRecord
	hits     []domain.ScreeningHit // of the latest screening
	rounds   int                   // verdicts so far
}

// talk is one negotiation, planned or not.
func (g *generator) talk(name string, day domain.Date) {
	d := g.scenario(name)
	var c *client
	for range 50 {
		if c = g.anyClient(d, day.Start(time.UTC)); len(c.people) > 0 {
			break
		}
	}
	at := c.owner.on(day, d.minutes(10, 400))
	if len(c.people) == 0 {
		return
	}
	if d.chance(55) {
		g.arrange(d, name, c, c.owner, at)
		return
	}
	n := g.meet(d, name, c, c.owner, at)
	g.see(d, n, true)
}

// meet draws who talks about what.
func (g *generator) meet(d dice, name string, c *client, author *worker, from time.Time) *deal {
	n := &deal{id: idOf[domain.Negotiation](g, "negotiation", name), name: name, client: c, author: author, text: of(d, negotiationTexts)}
	n.channel = of(d, []domain.NegotiationChannel{domain.ByCall, domain.ByCall, domain.ByMeeting, domain.ByVideo, domain.ByMail})
	n.ours = []domain.EmployeeID{author.ID}
	if d.chance(25) {
		if colleague := g.anyOf(d, "service", "training"); colleague != author {
			n.ours = append(n.ours, colleague.ID)
		}
	}
	for _, p := range c.people[:1+d.IntN(len(c.people))] {
		n.theirs = append(n.theirs, domain.Negotiator{Person: p.id, Name: p.name, Position: p.position})
	}
	n.heldFrom = from
	n.heldTo = from.Add(d.minutes(15, 70))
	n.about(d, n.text)
	return n
}

// about says what they talk about.
func (n *deal) about(d dice, text negotiationText) {
	n.text = text
	n.text.summary = strings.ReplaceAll(text.summary, "{thing}", of(d, equipment))
}

// arrange plans a negotiation and sees it through.
func (g *generator) arrange(d dice, name string, c *client, author *worker, at time.Time) domain.NegotiationID {
	n := g.meet(d, name, c, author, author.after(at, d.minutes(90, 1100)).Truncate(15*time.Minute))
	if !n.heldFrom.After(at) {
		n.heldFrom = n.heldFrom.Add(30 * time.Minute)
		n.heldTo = n.heldTo.Add(30 * time.Minute)
	}
	g.planTalk(n, at)
	switch roll := d.IntN(100); {
	case roll < 5:
		give(g, at.Add(20*time.Minute), author, domain.Negotiations, n.id, "cancel", commands.CancelNegotiation{Reason: "Клиент отказался от встречи."})
		return n.id
	case roll < 14:
		later := author.after(n.heldFrom, 8*time.Hour)
		n.heldTo = later.Add(n.heldTo.Sub(n.heldFrom))
		n.heldFrom = later
		give(g, at.Add(30*time.Minute), author, domain.Negotiations, n.id, "reschedule", commands.RescheduleNegotiation{PlannedFrom: n.heldFrom, PlannedTo: n.heldTo, Reason: of(d, delayOfMeeting)})
	}
	g.see(d, n, false)
	return n.id
}

func (g *generator) planTalk(n *deal, at time.Time) {
	give(g, at, n.author, domain.Negotiations, n.id, "plan", commands.PlanNegotiation{
		Counterparty: n.client.id, Topic: n.text.topic + ", " + n.client.name, Channel: n.channel, Stage: n.text.stage, Ours: n.ours, Theirs: n.theirs,
		PlannedFrom: n.heldFrom, PlannedTo: n.heldTo,
	})
}

// see holds the negotiation, records it and follows the record.
func (g *generator) see(d dice, n *deal, atOnce bool) {
	n.record = g.result(d, n)
	if d.chance(14) {
		g.spoil(d, n)
	}
	at := n.author.after(n.heldTo, d.minutes(10, 200))
	if d.chance(5) {
		at = n.author.after(n.heldTo, 25*time.Hour) // late
	}
	record := commands.RecordNegotiation{NegotiationRecord: n.record}
	index := 0
	if atOnce && d.chance(50) {
		record.Talk = n.talked()
		index = 1
	} else {
		g.hold(n, n.heldTo.Add(3*time.Minute))
	}
	id := give(g, at, n.author, domain.Negotiations, n.id, "record", record)
	g.screen(d, n, at, id, index)
	g.finishSteps(d, n, at)
}

func (n *deal) talked() *commands.NegotiationTalk {
	return &commands.NegotiationTalk{Counterparty: n.client.id, Topic: n.text.topic + ", " + n.client.name, Channel: n.channel, Ours: n.ours, HeldFrom: n.heldFrom, HeldTo: n.heldTo}
}

func (g *generator) hold(n *deal, at time.Time) {
	give(g, at, n.author, domain.Negotiations, n.id, "hold", commands.HoldNegotiation{NegotiationTalk: *n.talked()})
}

// result is what the negotiation came to, within the author's authority.
func (g *generator) result(d dice, n *deal) domain.NegotiationRecord {
	r := domain.NegotiationRecord{
		Topic: n.text.topic + ", " + n.client.name, Stage: n.text.stage, Ours: n.ours, Theirs: n.theirs, Summary: n.text.summary,
		TheirPositions: []string{n.text.their}, OurPositions: []string{n.text.our},
	}
	day := n.author.schedule.AddWorkingDays(n.author.today(n.heldTo), 1+d.IntN(4))
	r.NextSteps = []domain.NextStep{{What: n.text.step, Who: n.author.ID, When: day}}
	kinds := []domain.CommitmentKind{domain.CommitsScope, domain.CommitsDiscount, domain.CommitsPaymentTerm, domain.CommitsDelivery, domain.CommitsPrice}
	if slices.Contains(g.rules.EarlyStages, n.text.stage) || n.author.limits == (domain.AuthorityLimits{}) {
		kinds = kinds[:1]
	}
	for _, kind := range kinds {
		if d.chance(38) {
			r.Commitments = append(r.Commitments, g.promise(d, n, kind, len(r.Commitments)))
		}
	}
	r.NoCommitments = len(r.Commitments) == 0
	return r
}

// promise is one within the author's authority.
func (g *generator) promise(d dice, n *deal, kind domain.CommitmentKind, i int) domain.Commitment {
	c := domain.Commitment{
		ID: idOf[domain.Commitment](g, "commitment", join(n.name, i)), By: domain.ByUs, Kind: kind, Topic: of(d, commitmentTopics[kind]), Owner: n.author.ID,
		Due: n.author.after(n.heldTo, d.minutes(8*60, 60*60)).Truncate(time.Hour),
	}
	switch kind {
	case domain.CommitsDiscount:
		return discount(c, 1+d.IntN(max(1, n.author.limits.MaxDiscountBP/100)))
	case domain.CommitsPaymentTerm:
		return payment(c, 10+5*d.IntN(5))
	case domain.CommitsDelivery:
		return delivery(c, n.author.today(n.heldTo).AddDays(8+d.IntN(14)))
	case domain.CommitsPrice:
		return price(c, 20+d.IntN(180))
	default:
		if d.chance(40) {
			c.By, c.Text = domain.ByThem, "Клиент передаст список оборудования и назначит ответственного."
			return c
		}
		c.Text, c.Sentence = "Составим перечень работ и согласуем его с клиентом.", "Перечень пришлём на этой неделе, вы его посмотрите."
		return c
	}
}

func discount(c domain.Commitment, percent int) domain.Commitment {
	bp := int64(percent) * 100
	c.Kind, c.Value = domain.CommitsDiscount, domain.CommitmentValue{BasisPoints: &bp}
	c.Text, c.Sentence = "Скидка "+strconv.Itoa(percent)+" % при оплате вперёд", "При оплате вперёд сделаем "+strconv.Itoa(percent)+" процентов."
	c.Condition = "Оплата до начала работ"
	return c
}

func payment(c domain.Commitment, days int) domain.Commitment {
	n := int64(days)
	c.Kind, c.Value = domain.CommitsPaymentTerm, domain.CommitmentValue{Days: &n}
	c.Text = "Оплата не позже " + strconv.Itoa(days) + " дней после подписания акта"
	return c
}

func delivery(c domain.Commitment, day domain.Date) domain.Commitment {
	c.Kind, c.Value = domain.CommitsDelivery, domain.CommitmentValue{Date: day}
	c.Text, c.Sentence = "Поставка не позже "+string(day), "К этому дню всё будет у вас на складе."
	return c
}

func price(c domain.Commitment, thousands int) domain.Commitment {
	c.Kind, c.Value = domain.CommitsPrice, domain.CommitmentValue{Money: &domain.Money{Minor: int64(thousands) * 100_000, Currency: "RUB"}}
	c.Text = "Обслуживание за " + strconv.Itoa(thousands) + " 000 рублей в месяц"
	return c
}

// spoil puts something into the record that the rules will find.
func (g *generator) spoil(d dice, n *deal) {
	c := domain.Commitment{
		ID: idOf[domain.Commitment](g, "commitment", join(n.name, "wrong")), By: domain.ByUs, Owner: n.author.ID, Due: n.author.after(n.heldTo, 40*time.Hour).Truncate(time.Hour),
	}
	switch d.IntN(6) {
	case 0:
		c = discount(c, 25)
	case 1:
		c = payment(c, 45)
	case 2:
		c = delivery(c, n.author.today(n.heldTo).AddDays(2))
	case 3:
		c = price(c, 9)
	case 4:
		n.record.Summary += " Пообещали гарантию на все работы."
		return
	default:
		n.record.Theirs = append(slices.Clone(n.record.Theirs), domain.Negotiator{Name: "Представитель собственника", Position: "Советник"})
		return
	}
	c.Topic = commitmentTopics[c.Kind][0]
	n.record.Commitments = slices.DeleteFunc(slices.Clone(n.record.Commitments), func(o domain.Commitment) bool { return o.Kind == c.Kind })
	n.record.Commitments, n.record.NoCommitments = append(n.record.Commitments, c), false
}

// screen is the policy that screens every record. What it finds decides how the story goes on.
func (g *generator) screen(d dice, n *deal, recorded time.Time, command uuid.UUID, index int) {
	at := recorded.Add(4 * time.Second)
	facts := domain.ScreeningFacts{}
	for _, p := range n.client.people {
		facts.KnownPersons = append(facts.KnownPersons, p.id)
	}
	for _, stop := range g.stops[n.author.ID] {
		facts.EarlierStops += boolean(stop.Before(at))
	}
	known := facts
	known.Author, known.HeldOn = n.author.limits, n.author.today(n.heldTo)
	n.hits = domain.Screen(g.rules, n.record, known)
	seed := int64(d.Uint64() >> 11)
	screening := react(g, at, causeIn(domain.Negotiations, n.id, command, index), "screen_negotiations",
		domain.Negotiations, n.id, commands.ScreenNegotiation{Facts: facts, Seed: seed})
	if len(n.hits) > 0 || n.rounds > 0 || domain.Sampled(seed, g.rules.SamplingPercent) {
		g.review(d, n, at)
		return
	}
	g.publish(n, at, causeIn(domain.Negotiations, n.id, screening, 0))
	g.follow(d, n, at)
}

// publish is the policy that informs those who follow the client.
func (g *generator) publish(n *deal, at time.Time, event cause) {
	react(g, at.Add(2*time.Second), event, "publish_negotiations", domain.Negotiations, n.id,
		commands.PublishNegotiation{Informed: []domain.EmployeeID{n.client.owner.ID}})
}

// reviewers may review the negotiation: they took no part in it.
func (g *generator) reviewers(n *deal) []*worker {
	var all []*worker
	for _, w := range g.staff {
		if w.Roles[0] == domain.RoleComplianceReviewer && w != n.author {
			all = append(all, w)
		}
	}
	return all
}

// review is the work of the review desk on one record.
func (g *generator) review(d dice, n *deal, queued time.Time) {
	reviewer := of(d, g.reviewers(n))
	at := reviewer.after(queued, d.around(100*time.Minute, 0.9))
	g.escalate(n, queued, at)
	round := strconv.Itoa(n.rounds + 1)
	give(g, at, reviewer, domain.Negotiations, n.id, "claim/"+round, commands.ClaimNegotiationReview{})
	if d.chance(8) {
		give(g, at.Add(6*time.Minute), reviewer, domain.Negotiations, n.id, "release/"+round, commands.ReleaseNegotiationReview{})
		reviewer = of(d, g.reviewers(n))
		at = reviewer.after(at, d.minutes(20, 60))
		give(g, at, reviewer, domain.Negotiations, n.id, "claim again/"+round, commands.ClaimNegotiationReview{})
	}
	at = reviewer.after(at, d.minutes(10, 50))
	if n.fatal() && n.rounds == 0 && d.chance(35) {
		g.stop(d, n, reviewer, at)
		return
	}
	g.approve(d, n, reviewer, at)
}

// escalate notes a missed deadline of the review, and reminds the head of the author.
func (g *generator) escalate(n *deal, queued, claimed time.Time) {
	reviewBy := n.author.after(queued, time.Duration(g.rules.ReviewHours)*time.Hour)
	if claimed.Before(reviewBy) || n.author.head == nil {
		return
	}
	id := due(g, reviewBy, domain.Negotiations, n.id, "escalate/"+strconv.Itoa(n.rounds+1), commands.EscalateNegotiationReview{})
	g.remindAtOnce(reviewBy, causeIn(domain.Negotiations, n.id, id, 0), n.author.head.ID, wording.Word("reminder.text.review_late", wording.Russian), ref(domain.Negotiations, n.id))
}

func (n *deal) fatal() bool {
	return slices.ContainsFunc(n.hits, func(h domain.ScreeningHit) bool { return h.Fatal })
}

// approve finds the record in order; fatal hits are dismissed with a reason.
func (g *generator) approve(d dice, n *deal, reviewer *worker, at time.Time) {
	command := commands.ApproveNegotiation{Verdict: g.marks(d, 4)}
	for i, h := range n.hits {
		if h.Fatal {
			command.Dismissed = append(command.Dismissed, domain.DismissedHit{Hit: i + 1, Reason: "Согласовано с коммерческим директором до переговоров."})
		}
	}
	if len(n.hits) > 0 || d.chance(20) {
		command.Remarks = of(d, reviewRemarks)
	}
	n.rounds++
	id := give(g, at, reviewer, domain.Negotiations, n.id, "approve/"+strconv.Itoa(n.rounds), command)
	g.publish(n, at, causeIn(domain.Negotiations, n.id, id, 0))
	g.follow(d, n, at)
}

func (g *generator) marks(d dice, from int64) domain.Verdict {
	var v domain.Verdict
	for _, c := range g.rules.Criteria {
		v.Scores = append(v.Scores, domain.CriterionScore{Criterion: c.Code, Score: min(5, from+int64(d.IntN(2)))})
	}
	return v
}

// halt stops the negotiation and reminds its author.
func (g *generator) halt(d dice, n *deal, reviewer *worker, at time.Time) {
	n.rounds++
	g.stops[n.author.ID] = append(g.stops[n.author.ID], at)
	id := give(g, at, reviewer, domain.Negotiations, n.id, "stop/"+strconv.Itoa(n.rounds), commands.StopNegotiation{
		Verdict: g.marks(d, 2), Reason: "Обещание выходит за пределы полномочий сотрудника.",
		Instruction: "Свяжитесь с клиентом, уточните условие в пределах полномочий и исправьте запись. До исправления предложение не отправлять.",
	})
	g.remindAtOnce(at, causeIn(domain.Negotiations, n.id, id, 0), n.author.ID, wording.Word("reminder.text.stopped", wording.Russian), ref(domain.Negotiations, n.id))
}

// stop stops the negotiation; its author corrects the record, which is reviewed again.
func (g *generator) stop(d dice, n *deal, reviewer *worker, at time.Time) {
	g.halt(d, n, reviewer, at)
	at = n.author.after(at, d.minutes(60, 300))
	n.repair()
	id := give(g, at, n.author, domain.Negotiations, n.id, "correct", commands.CorrectNegotiation{NegotiationRecord: n.record, Reason: "Исправлено по указанию отдела качества."})
	g.screen(d, n, at, id, 0)
}

// repair brings the record back within authority.
func (n *deal) repair() {
	n.record.Commitments = slices.Clone(n.record.Commitments)
	for i, c := range n.record.Commitments {
		switch c.Kind {
		case domain.CommitsDiscount:
			n.record.Commitments[i] = discount(c, max(1, n.author.limits.MaxDiscountBP/100))
		case domain.CommitsPaymentTerm:
			n.record.Commitments[i] = payment(c, 20)
		case domain.CommitsDelivery:
			n.record.Commitments[i] = delivery(c, n.author.today(n.heldTo).AddDays(12))
		case domain.CommitsPrice:
			n.record.Commitments[i] = price(c, 30)
		default:
		}
	}
	n.record.Summary = strings.ReplaceAll(n.record.Summary, " Пообещали гарантию на все работы.", "")
	n.record.Theirs = n.theirs
	n.record.NextSteps = slices.Clone(n.record.NextSteps)
	n.record.NextSteps[0].No = 1
}

// finishSteps does the next steps on their day, mostly.
func (g *generator) finishSteps(d dice, n *deal, recorded time.Time) {
	step := n.record.NextSteps[0]
	at := n.author.on(step.When, d.minutes(20, 440))
	if d.chance(75) && at.After(recorded) {
		give(g, at, n.author, domain.Negotiations, n.id, "step", commands.FinishNegotiationStep{Step: 1, Result: of(d, workItemResults)})
	}
}

// follow tells what became of the promises.
func (g *generator) follow(d dice, n *deal, from time.Time) {
	for i, c := range n.record.Commitments {
		at := n.author.after(from, d.minutes(200, 2400))
		change := commands.CommitmentChange{Commitment: c.ID}
		switch roll := d.IntN(100); {
		case roll < 45:
			change.Comment = of(d, keptComments)
			give(g, at, n.author, domain.Negotiations, n.id, join("keep", i), commands.KeepCommitment{CommitmentChange: change})
		case roll < 53:
			change.Comment = "Срок прошёл, условие не выполнено."
			give(g, at, n.author, domain.Negotiations, n.id, join("break", i), commands.BreakCommitment{CommitmentChange: change})
		case roll < 57:
			change.Comment = "Клиент отказался от этого условия."
			give(g, at, n.author, domain.Negotiations, n.id, join("waive", i), commands.WaiveCommitment{CommitmentChange: change})
		case roll < 63:
			change.Comment = "Передано тому, кто ведёт клиента."
			give(g, at, n.author, domain.Negotiations, n.id, join("hand over", i), commands.HandOverCommitment{CommitmentChange: change, Owner: g.anyOf(d, "accounts").ID})
		}
	}
}
