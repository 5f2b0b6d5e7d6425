package demo

import (
	"time"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
)

// fillDesk leaves open matters with somebody, so that every section of the daily report has something to show.
func (g *generator) fillDesk(w *worker) {
	d := g.scenario(join("desk", w.Login))
	name := func(what string) string { return join("desk", w.Login, what) }
	ago := func(minutes int) time.Time { return w.before(g.until, time.Duration(minutes)*time.Minute) }
	g.deskMessages(d, w, name, ago)
	g.deskThreads(d, w, name, ago)
	g.deskAssignments(d, w, name, ago)
	g.deskSchedule(d, w, name, ago)
	if len(g.clientsOf(w)) > 0 {
		g.deskNegotiations(d, w, name, ago)
	}
	g.deskReminders(w, name, ago)
}

func (g *generator) deskMessages(d dice, w *worker, name func(string) string, ago func(int) time.Time) {
	for i, minutes := range []int{25, 95, 230} {
		m := &incoming{id: idOf[domain.IncomingMessage](g, "message", name(join("message", i))), addressee: w, taker: g.named("belkina"), client: g.clientFor(d, w), text: messageTexts[(i*5+g.index(w))%len(messageTexts)]}
		m.text.urgency = domain.UrgencyNormal
		at := g.receive(d, m, ago(minutes))
		if i == 0 {
			continue
		}
		if at = w.after(at, 15*time.Minute); at.After(m.ackBy) {
			g.noteOverdue(m)
		}
		give(g, at, w, domain.IncomingMessages, m.id, "acknowledge", commands.AcknowledgeMessage{})
		if i == 2 {
			give(g, w.after(at, 8*time.Minute), w, domain.IncomingMessages, m.id, "begin", commands.BeginMessage{})
		}
	}
}

func (g *generator) deskThreads(d dice, w *worker, name func(string) string, ago func(int) time.Time) {
	put := func(what string, author, to *worker, at time.Time, text threadText) domain.InternalThreadID {
		return g.open(d, name(what), author, []*worker{to}, g.clientFor(d, w), at, domain.ThreadQuestion, text)
	}
	late := put("late", g.anyone(d, w), w, ago(700), questions[g.index(w)%len(questions)])
	due(g, w.after(ago(700), domain.ThreadReplyWithin), domain.InternalThreads, late, "overdue", commands.NoteThreadOverdue{})
	put("fresh", g.anyone(d, w), w, ago(45), questions[(g.index(w)+3)%len(questions)])
	author, text := g.anyone(d, w), questions[(g.index(w)+5)%len(questions)]
	back := put("returned", author, w, ago(300), text)
	give(g, ago(240), w, domain.InternalThreads, back, "answer", commands.AnswerThread{Text: text.answer})
	give(g, ago(120), author, domain.InternalThreads, back, "return", commands.ReturnAnswer{Addressee: w.ID, Text: text.more})
	for i, minutes := range []int{200, 60} {
		to := g.anyone(d, w)
		mine := put(join("mine", i), w, to, ago(minutes), questions[(g.index(w)+i+1)%len(questions)])
		if i == 0 {
			give(g, ago(170), to, domain.InternalThreads, mine, "see", commands.SeeThread{})
		}
	}
}

func (g *generator) deskAssignments(d dice, w *worker, name func(string) string, ago func(int) time.Time) {
	boss := w.head
	if boss == nil {
		boss = g.named("titova")
	}
	g.issue(d, name("new"), boss, w, g.clientFor(d, w), ago(150), 20*time.Hour)
	begun := g.issue(d, name("begun"), boss, w, nil, ago(900), 22*time.Hour)
	give(g, ago(800), w, domain.Assignments, begun.id, "start", commands.StartAssignment{})
	back := g.issue(d, name("returned"), boss, w, g.clientFor(d, w), ago(1500), 40*time.Hour)
	g.report(back, ago(400), "report")
	give(g, ago(180), boss, domain.Assignments, back.id, "return", commands.ReturnAssignment{Reason: of(d, returnReasons)})

	waiting := g.issue(d, name("waiting"), w, g.below(d, w), g.clientFor(d, w), ago(1600), 30*time.Hour)
	g.report(waiting, ago(90), "report")
	overdue := g.issue(d, name("overdue"), w, g.below(d, w), g.clientFor(d, w), ago(2000), 16*time.Hour)
	give(g, ago(1900), overdue.assignee, domain.Assignments, overdue.id, "start", commands.StartAssignment{})
	soon := g.issue(d, name("soon"), w, g.below(d, w), nil, ago(500), 18*time.Hour)
	give(g, ago(420), soon.assignee, domain.Assignments, soon.id, "accept", commands.AcceptAssignment{})
}

func (g *generator) deskSchedule(d dice, w *worker, name func(string) string, ago func(int) time.Time) {
	today := w.today(g.until)
	for i, day := range []domain.Date{today, w.schedule.AddWorkingDays(today, 1), w.schedule.AddWorkingDays(today, -1), w.schedule.AddWorkingDays(today, 3)} {
		g.line(d, name(join("work", i)), w, g.clientFor(d, w), ago(1100+i), day)
	}
}

// deskNegotiations: one held and not recorded, one planned, and one with a step due today.
func (g *generator) deskNegotiations(d dice, w *worker, name func(string) string, ago func(int) time.Time) {
	held := g.meet(d, name("held"), g.firmOf(d, w), w, ago(260))
	held.heldTo = held.heldFrom.Add(30 * time.Minute)
	g.hold(held, held.heldTo.Add(3*time.Minute))
	ahead := g.meet(d, name("ahead"), g.firmOf(d, w), w, w.after(g.until, 5*time.Hour).Truncate(30*time.Minute))
	g.planTalk(ahead, ago(210))
	step := g.meet(d, name("step"), g.firmOf(d, w), w, ago(1000))
	step.record = g.result(d, step)
	step.record.NextSteps[0].When = w.today(g.until)
	g.hold(step, step.heldTo.Add(3*time.Minute))
	at := w.after(step.heldTo, 40*time.Minute)
	id := give(g, at, w, domain.Negotiations, step.id, "record", commands.RecordNegotiation{NegotiationRecord: step.record})
	g.screen(d, step, at, id, 0)
}

func (g *generator) deskReminders(w *worker, name func(string) string, ago func(int) time.Time) {
	past, ahead := idOf[domain.Reminder](g, "reminder", name("past")), idOf[domain.Reminder](g, "reminder", name("ahead"))
	fire := ago(70).Truncate(time.Minute)
	give(g, ago(600), w, domain.Reminders, past, "schedule", commands.ScheduleReminder{Text: "Перезвонить по вчерашнему обращению", FireAt: fire})
	due(g, fire.Add(10*time.Second), domain.Reminders, past, "fire/1", commands.FireReminder{})
	give(g, ago(590), w, domain.Reminders, ahead, "schedule", commands.ScheduleReminder{
		Text: "Подготовиться к завтрашней встрече", FireAt: w.after(g.until, 2*time.Hour).Truncate(time.Minute), Channels: []domain.ReminderChannel{domain.RemindInApp, domain.RemindByMail},
	})
}

// clientsOf are those the worker is responsible for.
func (g *generator) clientsOf(w *worker) []*client {
	var own []*client
	for _, c := range g.clients {
		if c.owner == w && len(c.people) > 0 && c.since.Before(g.firstHour()) {
			own = append(own, c)
		}
	}
	return own
}

func (g *generator) firmOf(d dice, w *worker) *client { return of(d, g.clientsOf(w)) }

// clientFor is one of the worker's own, or any that has been known for long.
func (g *generator) clientFor(d dice, w *worker) *client {
	if own := g.clientsOf(w); len(own) > 0 {
		return of(d, own)
	}
	return g.anyClient(d, g.firstHour())
}
