package domain_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/letopis-crm/letopis/domain"
)

func TestReminder(t *testing.T) {
	t.Parallel()
	type R = domain.Reminder
	type E = []domain.Event[R]
	anna, boris := domain.NewID[domain.Employee](), domain.NewID[domain.Employee]()
	at := func(month time.Month, day, hour int) time.Time {
		return time.Date(2026, month, day, hour, 0, 0, 0, time.UTC)
	}
	link := domain.RefTo(domain.WorkItems, domain.NewID[domain.WorkItem]())
	once := domain.ReminderWasScheduled{Recipient: anna, Author: boris, Text: "Позвонить", FireAt: at(3, 2, 9), Zone: "Europe/Berlin", Repeat: domain.RepeatNone, Channels: []domain.ReminderChannel{domain.RemindInApp}}
	series := func(first time.Time, repeat domain.ReminderRepeat) domain.ReminderWasScheduled {
		e := once
		e.FireAt, e.Repeat = first, repeat
		return e
	}
	relative := once
	relative.Relative, relative.Offset, relative.Subject = true, -60, link
	fired := func(n int, at, next time.Time) domain.ReminderWasFired {
		return domain.ReminderWasFired{Occurrence: n, Recipient: anna, At: at, Next: next}
	}
	fire := func(now time.Time) func(R) (E, error) { return func(r R) (E, error) { return r.Fire(now) } }
	check(t, []rule[R]{
		{name: "schedule", when: func(r R) (E, error) { return r.Schedule(once, at(3, 1, 9)) }, then: E{once}},
		{name: "not in the past", when: func(r R) (E, error) { return r.Schedule(once, at(3, 3, 9)) }, err: invalid},
		{name: "too early", given: E{once}, when: fire(at(3, 2, 8))},
		{name: "fire", given: E{once}, when: fire(at(3, 2, 9)), then: E{fired(1, at(3, 2, 9), time.Time{})}},
		{name: "fire once", given: E{once, fired(1, at(3, 2, 9), time.Time{})}, when: fire(at(3, 2, 10))},
		{name: "daily keeps the clock time over the change of the clocks", given: E{series(at(3, 28, 8), domain.RepeatDaily)}, when: fire(at(3, 28, 9)), then: E{fired(1, at(3, 28, 8), at(3, 29, 7))}},
		{name: "missed occurrences are not made up for", given: E{series(at(3, 2, 9), domain.RepeatWeekly)}, when: fire(at(3, 20, 9)), then: E{fired(1, at(3, 2, 9), at(3, 23, 9))}},
		{name: "monthly on a day that the month does not have", given: E{series(at(1, 31, 9), domain.RepeatMonthly)}, when: fire(at(1, 31, 9)), then: E{fired(1, at(1, 31, 9), at(2, 28, 9))}},
		{name: "and back on it afterwards", given: E{series(at(1, 31, 9), domain.RepeatMonthly), fired(1, at(1, 31, 9), at(2, 28, 9))}, when: fire(at(2, 28, 9)), then: E{fired(2, at(2, 28, 9), at(3, 31, 8))}},
		{name: "yearly", given: E{series(at(3, 2, 9), domain.RepeatYearly)}, when: fire(at(3, 2, 9)), then: E{fired(1, at(3, 2, 9), time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC))}},
		{name: "acknowledge", given: E{once, fired(1, at(3, 2, 9), time.Time{})}, when: func(r R) (E, error) { return r.Acknowledge(anna, at(3, 2, 10)) }, then: E{domain.ReminderWasAcknowledged{Occurrence: 1}}},
		{name: "the author does not acknowledge", given: E{once, fired(1, at(3, 2, 9), time.Time{})}, when: func(r R) (E, error) { return r.Acknowledge(boris, at(3, 2, 10)) }, err: domain.ErrReminderForeign},
		{name: "snooze", given: E{once, fired(1, at(3, 2, 9), time.Time{})}, when: func(r R) (E, error) { return r.Snooze(anna, at(3, 2, 11), at(3, 2, 10)) }, then: E{domain.ReminderWasSnoozed{1, at(3, 2, 11)}}},
		{name: "snooze not for four minutes", given: E{once, fired(1, at(3, 2, 9), time.Time{})}, when: func(r R) (E, error) { return r.Snooze(anna, at(3, 2, 9).Add(4*time.Minute), at(3, 2, 9)) }, err: invalid},
		{name: "snooze not for eight days", given: E{once, fired(1, at(3, 2, 9), time.Time{})}, when: func(r R) (E, error) { return r.Snooze(anna, at(3, 10, 9), at(3, 2, 9)) }, err: invalid},
		{name: "a snoozed one fires again", given: E{once, fired(1, at(3, 2, 9), time.Time{}), domain.ReminderWasSnoozed{1, at(3, 2, 11)}}, when: fire(at(3, 2, 11)), then: E{fired(2, at(3, 2, 11), time.Time{})}},
		{name: "follow the linked date", given: E{relative}, when: func(r R) (E, error) { return r.Follow(at(3, 5, 10), at(3, 1, 9)) }, then: E{domain.ReminderWasMoved{at(3, 2, 9), at(3, 5, 9), domain.MovedWithLink}}},
		{name: "a date that came nearer makes it fire at once", given: E{relative}, when: func(r R) (E, error) { return r.Follow(at(3, 1, 8), at(3, 1, 9)) }, then: E{domain.ReminderWasMoved{at(3, 2, 9), at(3, 1, 7), domain.MovedWithLink}}},
		{name: "one that fired does not move into the past", given: E{relative, fired(1, at(3, 2, 9), time.Time{})}, when: func(r R) (E, error) { return r.Follow(at(3, 1, 10), at(3, 2, 10)) }},
		{name: "one that fired fires again at a date ahead", given: E{relative, fired(1, at(3, 2, 9), time.Time{})}, when: func(r R) (E, error) { return r.Follow(at(3, 5, 10), at(3, 2, 10)) }, then: E{domain.ReminderWasMoved{at(3, 2, 9), at(3, 5, 9), domain.MovedWithLink}}},
		{name: "an absolute one does not follow", given: E{once}, when: func(r R) (E, error) { return r.Follow(at(3, 5, 10), at(3, 1, 9)) }},
		{name: "the link closed", given: E{relative}, when: func(r R) (E, error) { return r.LinkClosed() }, then: E{domain.ReminderWasCancelled{domain.CancelledWithLink}}},
		{name: "the link closed after the end", given: E{relative, fired(1, at(3, 2, 9), time.Time{})}, when: func(r R) (E, error) { return r.LinkClosed() }},
	})
}

// Random commands never leave the declared workflow, and an ended reminder stays silent.
func TestReminderWorkflow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		anna, now := domain.NewID[domain.Employee](), monday
		var r domain.Reminder
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(1, 3000).Draw(t, "minutes")) * time.Minute)
			var events []domain.Event[domain.Reminder]
			switch rapid.IntRange(0, 7).Draw(t, "command") {
			case 0:
				repeat := rapid.SampledFrom([]domain.ReminderRepeat{domain.RepeatNone, domain.RepeatDaily, domain.RepeatMonthly}).Draw(t, "repeat")
				events, _ = r.Schedule(domain.ReminderWasScheduled{Recipient: anna, Author: anna, Text: "x", FireAt: now.Add(time.Hour), Zone: domain.DefaultZone, Repeat: repeat}, now)
			case 1, 2:
				events, _ = r.Fire(now)
			case 3:
				events, _ = r.Acknowledge(anna, now)
			case 4:
				events, _ = r.Snooze(anna, now.Add(time.Hour), now)
			case 5:
				events, _ = r.Dismiss(anna)
			case 6:
				events, _ = r.Cancel(anna)
			case 7:
				events, _ = r.Move(anna, now.Add(time.Hour), now)
			}
			for _, e := range events {
				before := r
				e.Apply(&r)
				legal(t, e, domain.ReminderTransitions, before.State, r.State)
				if f, ok := e.(domain.ReminderWasFired); ok && (f.Occurrence != before.Occurrence+1 || !f.Next.IsZero() && !f.Next.After(now)) {
					t.Fatalf("fired %+v at %v", f, now)
				}
			}
		}
	})
}

func TestDailyReport(t *testing.T) {
	t.Parallel()
	type D = domain.DailyReport
	type E = []domain.Event[D]
	anna := domain.NewID[domain.Employee]()
	issued := func(occasion domain.DailyOccasion, hash string) domain.DailyReportWasIssued {
		e := domain.DailyReportWasIssued{Employee: anna, ShownTo: anna, Date: "2026-03-02", Occasion: occasion, At: monday, Hash: hash}
		for _, s := range domain.DailySections {
			e.Sections = append(e.Sections, domain.DailyReportContent{Section: s, Items: []domain.Ref{}})
		}
		return e
	}
	issue := func(e domain.DailyReportWasIssued) func(D) (E, error) {
		return func(d D) (E, error) { return d.Issue(e) }
	}
	first := issued(domain.OnFirstSignIn, "a")
	partial := issued(domain.OnDemand, "a")
	partial.Sections = partial.Sections[:5]
	check(t, []rule[D]{
		{name: "first sign-in", when: issue(first), then: E{first}},
		{name: "first sign-in once a day", given: E{first}, when: issue(issued(domain.OnFirstSignIn, "b"))},
		{name: "on demand, changed", given: E{first}, when: issue(issued(domain.OnDemand, "b")), then: E{issued(domain.OnDemand, "b")}},
		{name: "on demand, the same", given: E{first}, when: issue(issued(domain.OnDemand, "a"))},
		{name: "by another, always", given: E{first}, when: issue(issued(domain.ByOther, "a")), then: E{issued(domain.ByOther, "a")}},
		{name: "all six sections", when: issue(partial), err: invalid},
	})
}
