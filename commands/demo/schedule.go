package demo

import (
	"time"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
)

// scheduleWork puts a line on somebody's work schedule.
func (g *generator) scheduleWork(name string, day domain.Date) {
	d := g.scenario(name)
	who := g.anyOf(d, "sales", "accounts", "service")
	at := who.on(day, d.minutes(5, 460))
	g.planWork(d, name, who, g.anyClient(d, at), at)
}

// planWork plans a line and tells what became of it.
func (g *generator) planWork(d dice, name string, who *worker, c *client, at time.Time) domain.WorkItemID {
	day := who.schedule.AddWorkingDays(who.today(at), 1+d.IntN(4))
	id := g.line(d, name, who, c, at, day)
	reminder := d.chance(25)
	if reminder {
		g.remindBefore(name, who, ref(domain.WorkItems, id), at.Add(time.Minute), who.on(day, time.Second))
	}
	then := who.on(day, d.minutes(10, 450))
	switch roll := d.IntN(100); {
	case roll < 12:
		moved := who.schedule.AddWorkingDays(day, 1+d.IntN(3))
		at = who.on(day, d.minutes(15, 60))
		command := give(g, at, who, domain.WorkItems, id, "move", commands.MoveWorkItem{Due: moved, Reason: of(d, delayReasons)})
		if reminder {
			g.remindAgain(name, who, at.Add(2*time.Second), causeIn(domain.WorkItems, id, command, 0), who.on(moved, time.Second))
		}
		give(g, who.on(moved, d.minutes(10, 450)), who, domain.WorkItems, id, "done", commands.FinishWorkItem{Result: of(d, workItemResults)})
	case roll < 18:
		give(g, then, who, domain.WorkItems, id, "miss", commands.MissWorkItem{Reason: "Клиент не отвечает."})
	case roll < 21:
		give(g, then, who, domain.WorkItems, id, "cancel", commands.CancelWorkItem{Reason: "Клиент решил вопрос сам."})
	case roll < 90:
		give(g, then, who, domain.WorkItems, id, "done", commands.FinishWorkItem{Result: of(d, workItemResults)})
	}
	return id
}

func (g *generator) line(d dice, name string, who *worker, c *client, at time.Time, day domain.Date) domain.WorkItemID {
	id := idOf[domain.WorkItem](g, "work", name)
	give(g, at, who, domain.WorkItems, id, "plan", commands.PlanWorkItem{Counterparty: c.id, Responsible: who.ID, Due: day, Text: of(d, workItemTexts)})
	return id
}

// remindBefore sets up a reminder on the morning of a record's date, and lets it fire.
func (g *generator) remindBefore(name string, who *worker, subject domain.Ref, at, linked time.Time) {
	id := idOf[domain.Reminder](g, "reminder", join("before", name))
	onTime := 0
	give(g, at, who, domain.Reminders, id, "schedule", commands.ScheduleReminder{Text: "Срок по графику работ сегодня", Subject: subject, Offset: &onTime})
	g.fireAndSee(who, id, linked.Truncate(time.Minute), "1")
}

// remindAgain is what happens to that reminder when the date moves.
func (g *generator) remindAgain(name string, who *worker, at time.Time, moved cause, linked time.Time) {
	id := idOf[domain.Reminder](g, "reminder", join("before", name))
	react(g, at, moved, "follow_links", domain.Reminders, id, commands.FollowLinkedDate{})
	g.fireAndSee(who, id, linked.Truncate(time.Minute), "2")
}

func (g *generator) fireAndSee(who *worker, id domain.ReminderID, at time.Time, occurrence string) {
	due(g, at.Add(10*time.Second), domain.Reminders, id, "fire/"+occurrence, commands.FireReminder{})
	give(g, at.Add(9*time.Minute), who, domain.Reminders, id, "acknowledge/"+occurrence, commands.AcknowledgeReminder{})
}

// remember sets up a reminder of one's own and lets it fire.
func (g *generator) remember(name string, day domain.Date) {
	d := g.scenario(name)
	who := g.anyone(d)
	id := idOf[domain.Reminder](g, "reminder", name)
	at := who.on(day, d.minutes(5, 300))
	fire := who.after(at, d.minutes(40, 900)).Truncate(time.Minute)
	command := commands.ScheduleReminder{Text: of(d, reminderTexts), FireAt: fire}
	if d.chance(10) {
		command.Repeat = domain.RepeatWeekly
	}
	give(g, at, who, domain.Reminders, id, "schedule", command)
	if d.chance(5) {
		give(g, at.Add(10*time.Minute), who, domain.Reminders, id, "cancel", commands.CancelReminder{})
		return
	}
	if d.chance(8) {
		fire = who.after(fire, d.minutes(60, 240))
		give(g, at.Add(10*time.Minute), who, domain.Reminders, id, "move", commands.MoveReminder{FireAt: fire})
	}
	due(g, fire.Add(10*time.Second), domain.Reminders, id, "fire/1", commands.FireReminder{})
	at = who.after(fire, d.minutes(1, 8))
	switch roll := d.IntN(100); {
	case roll < 60:
		give(g, at, who, domain.Reminders, id, "acknowledge", commands.AcknowledgeReminder{})
	case roll < 80 && command.Repeat == "":
		until := at.Add(time.Hour).Truncate(time.Minute)
		give(g, at, who, domain.Reminders, id, "snooze", commands.SnoozeReminder{Until: until})
		due(g, until.Add(10*time.Second), domain.Reminders, id, "fire/2", commands.FireReminder{})
		give(g, until.Add(5*time.Minute), who, domain.Reminders, id, "acknowledge", commands.AcknowledgeReminder{})
	case roll < 92:
		give(g, at, who, domain.Reminders, id, "dismiss", commands.DismissReminder{})
	}
}
