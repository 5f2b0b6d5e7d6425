package readmodels_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/wording"
	"github.com/letopis-crm/letopis/readmodels"
)

// form makes an employee's report as it is made over HTTP: content first, then the record that it was shown.
func (k *kit) form(of, shownTo domain.EmployeeID, first bool) readmodels.DailyReport {
	k.t.Helper()
	day := sure(commands.DailyReportDayOf(k.t.Context(), k.executor, of))
	report := sure(k.DailyReport(k.t.Context(), readmodels.DailyReportFrame{
		Employee: of, Now: k.clock, Day: day.Day, Zone: day.Zone, SoonUntil: day.SoonUntil, Horizon: day.Horizon, Lang: wording.Russian,
	}))
	doAs(k, shownTo, domain.DailyReports, domain.DailyReportOf(of, day.Day), commands.IssueDailyReport{
		Employee: of, Date: day.Day, FirstOnly: first, Sections: report.Content(), Hash: report.Hash,
	})
	k.project(0)
	return report
}

// lines are a section's items as "group title", marked with ! when overdue and with * when new.
func lines(s readmodels.DailyReportSection) string {
	all := make([]string, len(s.Items))
	for i, e := range s.Items {
		all[i] = strings.TrimSpace(e.Group + " " + e.Title)
		if e.Overdue {
			all[i] += "!"
		}
		if e.New {
			all[i] += "*"
		}
	}
	return strings.Join(all, "; ")
}

func TestDailyReport(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	anna, boris, client := k.actor, domain.NewID[domain.Employee](), domain.NewID[domain.Counterparty]()
	chief := domain.NewID[domain.Employee]()
	do(k, domain.Employees, anna, commands.HireEmployee{Name: domain.EmployeeName{Last: "Орлова", First: "Анна"}, Hired: "2020-01-09", Head: chief})
	do(k, domain.Employees, boris, commands.HireEmployee{Name: domain.EmployeeName{Last: "Белов", First: "Борис"}, Hired: "2020-01-09"})

	k.project(0)
	empty := k.form(anna, anna, true)
	if len(empty.Sections) != 6 || empty.EmployeeName == "" || empty.LastLogin != nil {
		t.Fatalf("empty report: %+v", empty)
	}
	for i, s := range empty.Sections {
		if s.No != i+1 || s.Section != string(domain.DailySections[i]) || s.Title == "" || s.Count != 0 || s.Items == nil {
			t.Errorf("section %d: %+v", i+1, s)
		}
	}

	k.later(time.Minute)
	issue := func(from, to domain.EmployeeID, title string, due time.Duration) domain.AssignmentID {
		id := domain.NewID[domain.Assignment]()
		doAs(k, from, domain.Assignments, id, commands.IssueAssignment{Assignee: to, Title: title, ExpectedResult: "Итог", Due: k.clock.Add(due)})
		return id
	}
	doAs(k, boris, domain.IncomingMessages, domain.NewID[domain.IncomingMessage](), commands.RegisterMessage{
		Channel: domain.MessageByCall, FromRaw: "+7 916 123-45-67", Subject: "Просят перезвонить", Addressee: anna, Counterparty: client,
	})
	ask := func(from, to domain.EmployeeID, subject string) {
		doAs(k, from, domain.InternalThreads, domain.NewID[domain.InternalThread](), commands.OpenThread{
			Kind: domain.ThreadQuestion, Addressees: []domain.EmployeeID{to}, Subject: subject, Text: "Когда?",
		})
	}
	ask(boris, anna, "Вопрос Анне")
	ask(anna, boris, "Вопрос Борису")
	issue(boris, anna, "Срочное", time.Hour)
	issue(boris, anna, "Спокойное", 30*24*time.Hour)
	done := issue(anna, boris, "Готовое", 5*24*time.Hour)
	doAs(k, boris, domain.Assignments, done, commands.ReportAssignmentDone{Result: "Сделал"})
	issue(anna, boris, "Просроченное", time.Hour)
	issue(anna, boris, "Скорое", 30*time.Hour)
	issue(anna, boris, "Далёкое", 30*24*time.Hour)
	k.bargain(client, "Записанные", 0)
	do(k, domain.Negotiations, domain.NewID[domain.Negotiation](), commands.HoldNegotiation{NegotiationTalk: commands.NegotiationTalk{
		Counterparty: client, Topic: "Незаписанные", Channel: domain.ByCall, Ours: []domain.EmployeeID{anna}, HeldFrom: k.clock.Add(-time.Hour), HeldTo: k.clock.Add(-time.Minute),
	}})
	meet := func(topic string, in time.Duration) {
		do(k, domain.Negotiations, domain.NewID[domain.Negotiation](), commands.PlanNegotiation{
			Counterparty: client, Topic: topic, Channel: domain.ByCall, Stage: domain.StageNeeds, Ours: []domain.EmployeeID{anna}, PlannedFrom: k.clock.Add(in - time.Hour), PlannedTo: k.clock.Add(in),
		})
	}
	meet("Прошедшие", 2*time.Hour)
	meet("Предстоящие", 48*time.Hour)
	plan := func(due domain.Date, text string) {
		do(k, domain.WorkItems, domain.NewID[domain.WorkItem](), commands.PlanWorkItem{Counterparty: client, Responsible: anna, Due: due, Text: text})
	}
	plan("2026-03-11", "Завтрашняя")
	plan("2026-03-20", "Нескорая")
	k.later(22 * time.Hour) // the next morning
	k.project(1)
	report := k.form(anna, anna, true)
	for i, want := range []string{
		"Просят перезвонить!*",
		"Вопрос Анне*",
		"Вопрос Борису*",
		"Срочное!*; Спокойное*",
		"a Готовое*; b Просроченное!*; c Скорое*",
		"no_record Прошедшие!*; next_step Выслать предложение!*; work_item Завтрашняя*; no_record Незаписанные",
	} {
		if got := lines(report.Sections[i]); got != want {
			t.Errorf("section %d: %s\nwant %s", i+1, got, want)
		}
	}

	again := k.form(anna, anna, false)
	if again.Hash != report.Hash {
		t.Errorf("the same content has another digest")
	}
	k.form(anna, chief, false)
	stranger := domain.NewID[domain.Employee]()
	if _, err := try(k, stranger, domain.DailyReports, domain.DailyReportOf(anna, "2026-03-11"), commands.IssueDailyReport{
		Employee: anna, Date: "2026-03-11", Sections: report.Content(), Hash: report.Hash,
	}); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("a stranger sees the report: %v", err)
	}
	archive := sure(k.DailyReportArchive(t.Context(), anna.UUID(), readmodels.DailyReportFilter{}))
	if len(archive.Items) != 3 || archive.Items[0].Occasion != "by_other" || archive.Items[0].ShownTo != chief.UUID() ||
		archive.Items[1].Occasion != "first_sign_in" || archive.Items[1].Hash != report.Hash || archive.Items[1].Items != 12 {
		t.Errorf("archive: %+v", archive.Items)
	}
}
