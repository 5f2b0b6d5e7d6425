package domain_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/letopis-crm/letopis/domain"
)

var monday = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func TestAssignment(t *testing.T) {
	t.Parallel()
	type A = domain.Assignment
	type E = []domain.Event[A]
	boss, anna, boris, chief := domain.NewID[domain.Employee](), domain.NewID[domain.Employee](), domain.NewID[domain.Employee](), domain.NewID[domain.Employee]()
	due := monday.AddDate(0, 0, 5)
	issued := domain.AssignmentWasIssued{Issuer: boss, Assignee: anna, CoExecutors: []domain.EmployeeID{boris}, Title: "Смета", ExpectedResult: "Файл", Priority: domain.PriorityNormal, Due: due, PlannedEffort: 60}
	accepted, started := domain.AssignmentWasAccepted{}, domain.AssignmentWasStarted{}
	verifyBy := monday.AddDate(0, 0, 3)
	reported := domain.AssignmentWasReportedDone{Result: "Готово", VerifyBy: verifyBy, Due: due}
	later := due.AddDate(0, 0, 2)
	check(t, []rule[A]{
		{name: "issue", when: func(a A) (E, error) { return a.Issue(issued, monday) }, then: E{issued}},
		{name: "issue needs a future due time and a result to expect", when: func(a A) (E, error) {
			return a.Issue(domain.AssignmentWasIssued{Issuer: boss, Assignee: anna, Title: "x", Due: monday}, monday)
		}, err: invalid},
		{name: "accept", given: E{issued}, when: func(a A) (E, error) { return a.Accept(anna) }, then: E{accepted}},
		{name: "a co-executor does not accept", given: E{issued}, when: func(a A) (E, error) { return a.Accept(boris) }, err: domain.ErrAssignmentNotAssignee},
		{name: "decline needs a reason", given: E{issued}, when: func(a A) (E, error) { return a.Decline(anna, " ") }, err: invalid},
		{name: "starting accepts", given: E{issued}, when: func(a A) (E, error) { return a.Start(anna) }, then: E{accepted, started}},
		{name: "report from the start writes every step", given: E{issued}, when: func(a A) (E, error) { return a.ReportDone(anna, "Готово", verifyBy) }, then: E{accepted, started, reported}},
		{name: "report", given: E{issued, accepted, started}, when: func(a A) (E, error) { return a.ReportDone(anna, "Готово", verifyBy) }, then: E{reported}},
		{name: "the assignee does not verify", given: E{issued, accepted, started, reported}, when: func(a A) (E, error) { return a.Verify(anna, chief, "") }, err: domain.ErrAssignmentOwnResult},
		{name: "a co-executor does not verify, even as the head", given: E{issued, accepted, started, reported}, when: func(a A) (E, error) { return a.Verify(boris, boris, "") }, err: domain.ErrAssignmentOwnResult},
		{name: "the issuer verifies", given: E{issued, accepted, started, reported}, when: func(a A) (E, error) { return a.Verify(boss, chief, "") }, then: E{domain.AssignmentWasVerified{By: boss}}},
		{name: "the issuer's head verifies", given: E{issued, accepted, started, reported}, when: func(a A) (E, error) { return a.Verify(chief, chief, "") }, then: E{domain.AssignmentWasVerified{By: chief}}},
		{name: "nobody is nobody's head", given: E{issued, accepted, started, reported}, when: func(a A) (E, error) { return a.Verify(domain.EmployeeID{}, domain.EmployeeID{}, "") }, err: domain.ErrAssignmentNotIssuer},
		{name: "return and rework", given: E{issued, accepted, started, reported, domain.AssignmentWasReturned{boss, "нет итога"}}, when: func(a A) (E, error) { return a.ReportDone(anna, "Готово", verifyBy) }, then: E{started, reported}},
		{name: "change of the due time keeps the original", given: E{issued}, when: func(a A) (E, error) { return a.ChangeDue(boss, chief, later, "ждём цены", monday) }, then: E{domain.AssignmentDueWasChanged{From: due, To: later, Author: boss, Reason: "ждём цены"}}},
		{name: "the assignee only asks for time", given: E{issued}, when: func(a A) (E, error) { return a.ChangeDue(anna, chief, later, "x", monday) }, err: domain.ErrAssignmentNotIssuer},
		{name: "ask for time", given: E{issued}, when: func(a A) (E, error) { return a.AskForTime(anna, later, "болею") }, then: E{domain.AssignmentTimeWasAsked{later, "болею"}}},
		{name: "reassign a declined one", given: E{issued, domain.AssignmentWasDeclined{"отпуск"}}, when: func(a A) (E, error) { return a.Reassign(boss, chief, boris, "замена") }, then: E{domain.AssignmentWasReassigned{anna, boris, "замена"}}},
		{name: "remind too early", given: E{issued, accepted, started, reported}, when: func(a A) (E, error) { return a.RemindOfVerification(verifyBy.Add(-time.Minute)) }},
		{name: "remind", given: E{issued, accepted, started, reported}, when: func(a A) (E, error) { return a.RemindOfVerification(verifyBy) }, then: E{domain.AssignmentVerificationWasReminded{boss, verifyBy}}},
		{name: "nothing there", when: func(a A) (E, error) { return a.Accept(anna) }, err: domain.ErrNotFound},
	})
}

// Random commands never leave the declared workflow.
func TestAssignmentWorkflow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		boss, anna := domain.NewID[domain.Employee](), domain.NewID[domain.Employee]()
		var a domain.Assignment
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			var events []domain.Event[domain.Assignment]
			switch rapid.IntRange(0, 9).Draw(t, "command") {
			case 0:
				events, _ = a.Issue(domain.AssignmentWasIssued{Issuer: boss, Assignee: anna, Title: "x", ExpectedResult: "y", Due: monday.Add(time.Hour)}, monday)
			case 1:
				events, _ = a.Accept(anna)
			case 2:
				events, _ = a.Decline(anna, "x")
			case 3:
				events, _ = a.Start(anna)
			case 4:
				events, _ = a.ReportDone(anna, "x", monday)
			case 5:
				events, _ = a.Verify(boss, boss, "")
			case 6:
				events, _ = a.Return(boss, boss, "x")
			case 7:
				events, _ = a.Cancel(boss, boss, "x")
			case 8:
				events, _ = a.Reassign(boss, boss, domain.NewID[domain.Employee](), "x")
				for _, e := range events {
					e.Apply(&a)
				}
				events = nil
				anna = a.Assignee
			case 9:
				events, _ = a.RemindOfVerification(monday)
			}
			for _, e := range events {
				before := a.State
				e.Apply(&a)
				if before != a.State && !domain.AssignmentTransitions.Allows(before, a.State) {
					t.Fatalf("illegal step %q -> %q by %T", before, a.State, e)
				}
			}
		}
	})
}

func TestTimeSheet(t *testing.T) {
	t.Parallel()
	type S = domain.TimeSheet
	type E = []domain.Event[S]
	anna, boris := domain.NewID[domain.Employee](), domain.NewID[domain.Employee]()
	now := time.Date(2026, 3, 12, 20, 0, 0, 0, time.UTC)
	clock := func(hour, minute int) time.Time { return time.Date(2026, 3, 12, hour, minute, 0, 0, time.UTC) }
	span := func(from, to time.Time) domain.TimeEntry {
		return domain.TimeEntry{Date: "2026-03-12", From: from, To: to}
	}
	entered := func(no, minutes int, e domain.TimeEntry) domain.TimeWasEntered {
		e.No, e.Minutes = no, minutes
		return domain.TimeWasEntered{Employee: anna, Entry: e}
	}
	first := entered(1, 120, span(clock(9, 0), clock(11, 0)))
	enter := func(by domain.EmployeeID, e domain.TimeEntry) func(S) (E, error) {
		return func(s S) (E, error) { return s.Enter(by, e, time.UTC, now) }
	}
	late := domain.TimeEntry{No: 1, Date: "2026-03-08", Minutes: 30, Late: true}
	corrected := domain.TimeEntry{No: 1, Date: "2026-03-12", From: clock(9, 0), To: clock(10, 0), Minutes: 60}
	check(t, []rule[S]{
		{name: "enter", when: enter(anna, span(clock(9, 0), clock(11, 0))), then: E{first}},
		{name: "no overlap", given: E{first}, when: enter(anna, span(clock(10, 59), clock(12, 0))), err: domain.ErrTimeOverlap},
		{name: "one after the other", given: E{first}, when: enter(anna, span(clock(11, 0), clock(12, 0))), then: E{entered(2, 60, span(clock(11, 0), clock(12, 0)))}},
		{name: "24 hours", given: E{first}, when: enter(anna, domain.TimeEntry{Date: "2026-03-12", Minutes: 1321}), err: domain.ErrTimeDayFull},
		{name: "24 hours exactly", given: E{first}, when: enter(anna, domain.TimeEntry{Date: "2026-03-12", Minutes: 1320}), then: E{entered(2, 1320, domain.TimeEntry{Date: "2026-03-12"})}},
		{name: "later than three days is late", when: enter(anna, domain.TimeEntry{Date: "2026-03-08", Minutes: 30}), then: E{domain.TimeWasEntered{anna, late}}},
		{name: "three days later is not", when: enter(anna, domain.TimeEntry{Date: "2026-03-09", Minutes: 30}), then: E{domain.TimeWasEntered{anna, domain.TimeEntry{No: 1, Date: "2026-03-09", Minutes: 30}}}},
		{name: "not in advance", when: enter(anna, domain.TimeEntry{Date: "2026-03-13", Minutes: 30}), err: invalid},
		{name: "not over midnight", when: enter(anna, span(clock(-1, 0), clock(1, 0))), err: invalid},
		{name: "by nobody else", given: E{first}, when: enter(boris, domain.TimeEntry{Date: "2026-03-12", Minutes: 1}), err: domain.ErrTimeForeign},
		{name: "another month is another sheet", given: E{first}, when: enter(anna, domain.TimeEntry{Date: "2026-02-12", Minutes: 1}), err: domain.ErrTimeOtherMonth},
		{name: "a correction may lie where the entry lay", given: E{first}, when: func(s S) (E, error) {
			return s.Correct(anna, domain.TimeEntry{No: 1, Date: "2026-03-12", From: clock(9, 0), To: clock(10, 0)}, "ошибка", time.UTC, now)
		}, then: E{domain.TimeEntryWasCorrected{anna, corrected, first.Entry, "ошибка"}}},
		{name: "withdraw", given: E{first}, when: func(s S) (E, error) { return s.Withdraw(anna, 1, "не то") }, then: E{domain.TimeEntryWasWithdrawn{anna, first.Entry, "не то"}}},
		{name: "withdraw what is not there", given: E{first}, when: func(s S) (E, error) { return s.Withdraw(anna, 2, "не то") }, err: domain.ErrTimeNoEntry},
	})
}

// Whatever is entered, no two spans overlap and no day has more than 24 hours.
func TestTimeSheetNeverOverflows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		anna := domain.NewID[domain.Employee]()
		day := time.Date(2026, 3, 12, 0, 0, 0, 0, time.UTC)
		var s domain.TimeSheet
		for range rapid.IntRange(1, 40).Draw(t, "entries") {
			e := domain.TimeEntry{Date: "2026-03-12", Minutes: rapid.IntRange(0, 600).Draw(t, "minutes")}
			if rapid.Bool().Draw(t, "clocked") {
				from := rapid.IntRange(0, 1439).Draw(t, "from")
				e.From = day.Add(time.Duration(from) * time.Minute)
				e.To = e.From.Add(time.Duration(rapid.IntRange(1, 600).Draw(t, "length")) * time.Minute)
			}
			events, _ := s.Enter(anna, e, time.UTC, day.AddDate(0, 0, 2))
			for _, e := range events {
				e.Apply(&s)
			}
		}
		if s.MinutesOn("2026-03-12") > 24*60 {
			t.Fatalf("%d minutes in a day", s.MinutesOn("2026-03-12"))
		}
		for i, a := range s.Entries {
			for _, b := range s.Entries[:i] {
				if !a.From.IsZero() && !b.From.IsZero() && a.From.Before(b.To) && b.From.Before(a.To) {
					t.Fatalf("%v overlaps %v", a, b)
				}
			}
		}
	})
}
