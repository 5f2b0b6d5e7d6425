package readmodels_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/commands/policies"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/readmodels"
)

// reactor runs policies and the scheduler by hand, as the process would.
type reactor struct {
	k        *kit
	policies []policies.Policy
	seen     uint64
}

// settle lets the policies and due items react until nothing more happens.
func (r *reactor) settle() {
	r.k.t.Helper()
	for {
		before := len(r.k.store.All())
		r.k.project(0)
		for _, e := range r.k.store.All() {
			if e.Position <= r.seen {
				continue
			}
			r.seen = e.Position
			for _, p := range r.policies {
				if err := p.React(r.k.t.Context(), r.k.executor, e, func(err error) { r.k.t.Logf("refused: %v", err) }); err != nil {
					r.k.t.Fatal(err)
				}
			}
		}
		r.k.project(0)
		r.tick()
		if len(r.k.store.All()) == before {
			return
		}
	}
}

func (r *reactor) tick() {
	r.k.t.Helper()
	found, err := r.k.DB.Query(r.k.t.Context(), `select id, kind, target, at from read.due where at <= $1 order by at, id`, r.k.clock)
	if err != nil {
		r.k.t.Fatal(err)
	}
	defer found.Close()
	for found.Next() {
		var d policies.Due
		if err := found.Scan(&d.ID, &d.Kind, &d.Target, &d.At); err != nil {
			r.k.t.Fatal(err)
		}
		if err := policies.DueKinds[d.Kind](r.k.t.Context(), r.k.executor, d); err != nil {
			r.k.t.Fatal(err)
		}
	}
}

// sure is for queries that must not fail; a failure ends the test.
func sure[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestAssignments(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	anna, boris := domain.NewID[domain.Employee](), domain.NewID[domain.Employee]()
	r := &reactor{k: k, policies: []policies.Policy{policies.FollowLinks(k.Queries), policies.RemindPeople()}}
	id, due := domain.NewID[domain.Assignment](), k.clock.AddDate(0, 0, 3)
	do(k, domain.Assignments, id, commands.IssueAssignment{
		Assignee: anna, CoExecutors: []domain.EmployeeID{boris}, Title: "Смета", ExpectedResult: "Файл", Due: due, PlannedEffort: 100,
	})
	before := -60
	reminder := domain.NewID[domain.Reminder]()
	doAs(k, anna, domain.Reminders, reminder, commands.ScheduleReminder{Text: "Сдать смету", Subject: domain.RefTo(domain.Assignments, id), Offset: &before})
	doAs(k, anna, domain.Assignments, id, commands.StartAssignment{})
	day := domain.DateOf(k.clock, time.UTC)
	doAs(k, anna, domain.TimeSheets, domain.TimeSheetOf(anna, day), commands.EnterTime{TimeWorked: commands.TimeWorked{Date: day, Minutes: 90, Assignment: id}})
	doAs(k, boris, domain.TimeSheets, domain.TimeSheetOf(boris, day), commands.EnterTime{TimeWorked: commands.TimeWorked{Date: day, Minutes: 50, Assignment: id}})
	doAs(k, boris, domain.TimeSheets, domain.TimeSheetOf(boris, day), commands.CorrectTime{TimeWorked: commands.TimeWorked{Date: day, Minutes: 60, Assignment: id}, No: 1, Reason: "забыл дорогу"})
	if _, err := try(k, k.actor, domain.TimeSheets, domain.TimeSheetOf(anna, day), commands.EnterTime{TimeWorked: commands.TimeWorked{Date: day, Minutes: 1}}); !errors.Is(err, domain.ErrTimeOtherMonth) {
		t.Errorf("time on a foreign sheet: %v", err)
	}
	r.settle()

	detail := sure(k.Assignment(t.Context(), id.UUID(), k.clock))
	if detail.ActualMin != 150 || *detail.VarianceBP != 5000 || len(detail.Time) != 2 || detail.State != "in_progress" {
		t.Errorf("plan and fact: %+v", detail)
	}
	sheet := sure(k.TimeSheet(t.Context(), boris.UUID(), day.Month()))
	if sheet.Minutes != 60 || len(sheet.Entries) != 1 || string(sheet.Entries[0].Corrections) == "[]" {
		t.Errorf("time sheet: %+v", sheet)
	}
	next := sure(k.Reminders(t.Context(), anna.UUID(), readmodels.ReminderFilter{View: "upcoming"}, k.clock))
	if len(next.Items) != 1 || !next.Items[0].NextAt.Equal(due.Add(-time.Hour)) {
		t.Fatalf("reminder: %+v", next.Items)
	}

	moved := due.AddDate(0, 0, 4)
	do(k, domain.Assignments, id, commands.ChangeAssignmentDue{Due: moved, Reason: "ждём цены"})
	r.settle()
	next = sure(k.Reminders(t.Context(), anna.UUID(), readmodels.ReminderFilter{View: "upcoming"}, k.clock))
	if len(next.Items) != 1 || !next.Items[0].NextAt.Equal(moved.Add(-time.Hour)) || next.Items[0].Moves != 1 {
		t.Fatalf("the reminder did not follow: %+v", next.Items)
	}

	k.clock = due.Add(time.Hour) // past the original due time, before the present one
	doAs(k, anna, domain.Assignments, id, commands.ReportAssignmentDone{Result: "Готово"})
	if _, err := try(k, boris, domain.Assignments, id, commands.VerifyAssignment{}); !errors.Is(err, domain.ErrAssignmentOwnResult) {
		t.Errorf("a co-executor verifies: %v", err)
	}
	standIn := commands.Request{CommandID: uuid.New(), Actor: anna, OnBehalfOf: k.actor, Source: domain.SourceAPI}
	if _, err := commands.Execute(t.Context(), k.executor, domain.Assignments, id, commands.VerifyAssignment{}, standIn); !errors.Is(err, domain.ErrAssignmentOwnResult) {
		t.Errorf("the assignee verifies for the absent issuer: %v", err)
	}
	k.later(6 * 24 * time.Hour)
	r.settle()
	waiting := sure(k.Reminders(t.Context(), k.actor.UUID(), readmodels.ReminderFilter{}, k.clock))
	if len(waiting.Items) != 1 || waiting.Items[0].SubjectID == nil || *waiting.Items[0].SubjectID != id.UUID() {
		t.Errorf("the issuer was not reminded: %+v", waiting.Items)
	}
	do(k, domain.Assignments, id, commands.VerifyAssignment{})
	r.settle()
	list := sure(k.Assignments(t.Context(), readmodels.AssignmentFilter{Executor: boris.UUID()}, k.clock))
	if len(list.Items) != 1 {
		t.Fatalf("list: %+v", list)
	}
	if a := list.Items[0]; !*a.OnTime || *a.OnTimeOriginal || !*a.FirstTimeRight || a.DueChanges != 1 || !a.OriginalDueAt.Equal(due) || a.Overdue {
		t.Errorf("done: %+v", a)
	}
	report := sure(k.AssignmentReport(t.Context(), readmodels.AssignmentReportFilter{}, k.clock))
	if len(report.Rows) != 1 || report.Rows[0].Verified != 1 || *report.Rows[0].FirstTimeRightBP != 10000 || *report.Rows[0].VarianceBP != 5000 {
		t.Errorf("report: %+v", report.Rows)
	}
}

func TestAssignmentBoardAndPages(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	anna, client := domain.NewID[domain.Employee](), domain.NewID[domain.Counterparty]()
	context := domain.Ref{Kind: "meeting", ID: uuid.New()}
	for i := range 5 {
		id := domain.NewID[domain.Assignment]()
		do(k, domain.Assignments, id, commands.IssueAssignment{
			Assignee: anna, Title: "Дело", ExpectedResult: "Итог", Due: k.clock.Add(time.Duration(i+1) * time.Hour), Counterparty: client, Context: []domain.Ref{context},
		})
		if i == 0 {
			doAs(k, anna, domain.Assignments, id, commands.AcceptAssignment{})
		}
	}
	k.project(2)
	k.later(90 * time.Minute)
	board := sure(k.AssignmentBoard(t.Context(), readmodels.AssignmentFilter{Assignee: anna.UUID(), PageRequest: readmodels.PageRequest{Limit: 3}}, k.clock))
	if c := board.Columns; c[0].Count != 4 || len(c[0].Items) != 3 || c[1].Count != 1 || !c[1].Items[0].Overdue || c[0].Items[0].Overdue {
		t.Errorf("board: %+v", c)
	}
	var dues []time.Time
	f := readmodels.AssignmentFilter{Counterparty: client.UUID(), ContextKind: "meeting", ContextID: context.ID, PageRequest: readmodels.PageRequest{Limit: 2}}
	for {
		page := sure(k.Assignments(t.Context(), f, k.clock))
		for _, a := range page.Items {
			dues = append(dues, a.DueAt)
		}
		if f.Cursor = page.Next; f.Cursor == "" {
			break
		}
	}
	if len(dues) != 5 || !dues[0].Before(dues[4]) {
		t.Errorf("pages: %v", dues)
	}
	late := sure(k.Assignments(t.Context(), readmodels.AssignmentFilter{Overdue: true}, k.clock))
	if len(late.Items) != 1 {
		t.Errorf("overdue: %+v", late.Items)
	}
}

func TestWorkSchedule(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	client := domain.NewID[domain.Counterparty]()
	plan := func(due domain.Date) domain.WorkItemID {
		id := domain.NewID[domain.WorkItem]()
		do(k, domain.WorkItems, id, commands.PlanWorkItem{Counterparty: client, Responsible: k.actor, Due: due, Text: "Позвонить"})
		return id
	}
	first, second := plan("2026-03-11"), plan("2026-03-12")
	do(k, domain.WorkItems, first, commands.MoveWorkItem{Due: "2026-03-13", Reason: "занят"})
	do(k, domain.WorkItems, second, commands.FinishWorkItem{Result: "сделано"})
	k.project(1)
	page := sure(k.WorkSchedule(t.Context(), readmodels.WorkScheduleFilter{PageRequest: readmodels.PageRequest{Limit: 1}}, "2026-03-14"))
	if len(page.Items) != 1 || page.Items[0].ID != second.UUID() || page.Next == "" {
		t.Fatalf("first page: %+v", page)
	}
	page = sure(k.WorkSchedule(t.Context(), readmodels.WorkScheduleFilter{PageRequest: readmodels.PageRequest{Cursor: page.Next}}, "2026-03-14"))
	if len(page.Items) != 1 || !page.Items[0].Overdue || page.Items[0].Moved != 1 || page.Items[0].OriginalDue != "2026-03-11" {
		t.Errorf("second page: %+v", page)
	}
	report := sure(k.WorkScheduleReport(t.Context(), readmodels.WorkScheduleFilter{Counterparty: client.UUID()}, "2026-03-14"))
	want := readmodels.WorkScheduleSum{Key: client.String(), Lines: 2, Planned: 1, Done: 1, Overdue: 1, Moved: 1}
	if len(report.Days) != 2 || len(report.Employees) != 1 || !reflect.DeepEqual(report.Counterparties, []readmodels.WorkScheduleSum{want}) {
		t.Errorf("report: %+v", report)
	}
}
