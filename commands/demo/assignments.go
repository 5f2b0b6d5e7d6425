package demo

import (
	"strings"
	"time"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/wording"
)

// task is an assignment given on a day.
func (g *generator) task(name string, day domain.Date) {
	d := g.scenario(name)
	issuer := of(d, g.staff)
	assignee := g.below(d, issuer)
	at := issuer.on(day, d.minutes(15, 420))
	var about *client
	if d.chance(50) {
		about = g.anyClient(d, at)
	}
	g.lane = number(assignee.Login) // one person's time sheet is written by one hand
	g.assign(d, name, issuer, assignee, about, at)
}

// below picks a subordinate, or a colleague of who has none.
func (g *generator) below(d dice, boss *worker) *worker {
	var below []*worker
	for _, w := range g.staff {
		if w.head == boss {
			below = append(below, w)
		}
	}
	if len(below) == 0 {
		return g.anyone(d, boss)
	}
	return of(d, below)
}

// work is an assignment on its way.
type work struct {
	id               domain.AssignmentID
	issuer, assignee *worker
	due              time.Time
	planned          time.Duration
	text             assignmentText
}

// issue gives the assignment.
func (g *generator) issue(d dice, name string, issuer, assignee *worker, about *client, at time.Time, within time.Duration) *work {
	w := &work{id: idOf[domain.Assignment](g, "assignment", name), issuer: issuer, assignee: assignee, text: of(d, assignmentTexts), planned: time.Duration(1+d.IntN(12)) * 30 * time.Minute}
	w.due = assignee.after(at, within).Truncate(time.Minute)
	thing := strings.NewReplacer("{thing}", of(d, equipment))
	command := commands.IssueAssignment{
		Assignee: assignee.ID, Title: w.text.title, Description: thing.Replace(w.text.description), ExpectedResult: w.text.expected,
		Priority: of(d, []domain.Priority{domain.PriorityLow, domain.PriorityNormal, domain.PriorityNormal, domain.PriorityHigh, domain.PriorityUrgent}),
		Due:      w.due, PlannedEffort: int(w.planned / time.Minute),
	}
	if about != nil {
		command.Counterparty = about.id
		command.Title += ": " + about.name
	}
	give(g, at, issuer, domain.Assignments, w.id, "issue", command)
	return w
}

// assign gives an assignment and sees it to its end.
func (g *generator) assign(d dice, name string, issuer, assignee *worker, about *client, at time.Time) domain.AssignmentID {
	w := g.issue(d, name, issuer, assignee, about, at, d.minutes(4*60, 32*60))
	if d.chance(4) {
		at = w.assignee.after(at, d.minutes(10, 120))
		give(g, at, w.assignee, domain.Assignments, w.id, "decline", commands.DeclineAssignment{Reason: of(d, declineReasons)})
		at = issuer.after(at, d.minutes(10, 200))
		w.assignee = g.anyone(d, issuer, w.assignee)
		give(g, at, issuer, domain.Assignments, w.id, "reassign", commands.ReassignAssignment{Assignee: w.assignee.ID, Reason: "Передано более свободному сотруднику."})
	}
	at = w.assignee.after(at, d.around(40*time.Minute, 1))
	give(g, at, w.assignee, domain.Assignments, w.id, "accept", commands.AcceptAssignment{})
	if d.chance(4) {
		give(g, issuer.after(at, d.minutes(5, 200)), issuer, domain.Assignments, w.id, "cancel", commands.CancelAssignment{Reason: "Потребность отпала."})
		return w.id
	}
	left := max(w.assignee.schedule.Between(at, w.due), 2*time.Hour).Truncate(time.Minute)
	start := w.assignee.after(at, left/10)
	give(g, start, w.assignee, domain.Assignments, w.id, "start", commands.StartAssignment{})
	if d.chance(8) {
		g.postpone(d, w, w.assignee.after(start, left/10))
	}
	share := 0.35 + 0.6*d.Float64()
	if d.chance(22) {
		share = 1.05 + 0.4*d.Float64()
	}
	g.finish(d, w, w.assignee.after(start, time.Duration(float64(left)*share).Truncate(time.Second)))
	return w.id
}

// postpone asks for a later due time and gets it.
func (g *generator) postpone(d dice, w *work, at time.Time) {
	later, reason := w.assignee.after(w.due, 8*time.Hour), of(d, delayReasons)
	give(g, at, w.assignee, domain.Assignments, w.id, "ask", commands.AskForAssignmentTime{Due: later, Reason: reason})
	give(g, at.Add(12*time.Minute), w.issuer, domain.Assignments, w.id, "due", commands.ChangeAssignmentDue{Due: later, Reason: reason})
	w.due = later
}

// finish reports the result and has it verified, now and then after a rework.
func (g *generator) finish(d dice, w *work, at time.Time) {
	if d.chance(85) {
		g.enterTime(d, w, at.Add(-2*time.Minute), "time")
	}
	report := g.report(w, at, "report")
	check := w.issuer.after(at, d.around(5*time.Hour, 1))
	if d.chance(13) {
		give(g, check, w.issuer, domain.Assignments, w.id, "return", commands.ReturnAssignment{Reason: of(d, returnReasons)})
		again := w.assignee.after(check, d.minutes(30, 300))
		give(g, again.Add(-10*time.Minute), w.assignee, domain.Assignments, w.id, "restart", commands.StartAssignment{})
		g.enterTime(d, w, again.Add(-2*time.Minute), "time2")
		report = g.report(w, again, "report2")
		check = w.issuer.after(again, d.around(3*time.Hour, 0.7))
	}
	g.awaitVerification(w, report, check)
	give(g, check, w.issuer, domain.Assignments, w.id, "verify", commands.VerifyAssignment{})
}

func (g *generator) report(w *work, at time.Time, what string) time.Time {
	give(g, at, w.assignee, domain.Assignments, w.id, what, commands.ReportAssignmentDone{Result: w.text.result})
	return at
}

// awaitVerification reminds the issuer who has let a result wait too long.
func (g *generator) awaitVerification(w *work, reported, check time.Time) {
	verifyBy := w.issuer.after(reported, 2*commands.BusinessDay)
	if check.Before(verifyBy) {
		return
	}
	id := due(g, verifyBy, domain.Assignments, w.id, "remind", commands.RemindOfVerification{})
	g.remindAtOnce(verifyBy, causeIn(domain.Assignments, w.id, id, 0), w.issuer.ID, wording.Word("reminder.text.verify", wording.Russian), ref(domain.Assignments, w.id))
}

// enterTime puts the time it took on the assignee's sheet.
func (g *generator) enterTime(d dice, w *work, at time.Time, what string) {
	day := w.assignee.today(at)
	minutes := max(10, int(float64(w.planned/time.Minute)*(0.6+0.9*d.Float64())))
	if g.bulk {
		minutes = min(minutes, 30)
	}
	sheet := domain.TimeSheetOf(w.assignee.ID, day)
	give(g, at, w.assignee, domain.TimeSheets, sheet, join(what, w.id.String()), commands.EnterTime{TimeWorked: commands.TimeWorked{
		Date: day, Minutes: minutes, Assignment: w.id, Comment: of(d, workDone),
	}})
}
