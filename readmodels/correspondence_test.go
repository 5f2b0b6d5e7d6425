package readmodels_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/readmodels"
)

func hire(k *kit, last string, command commands.HireEmployee) domain.EmployeeID {
	k.t.Helper()
	id := domain.NewID[domain.Employee]()
	command.Name, command.Hired = domain.EmployeeName{Last: last, First: "Анна"}, "2025-01-09"
	doAs(k, id, domain.Employees, id, command)
	return id
}

func fine[T any](k *kit) func(T, error) T {
	return func(v T, err error) T {
		k.t.Helper()
		if err != nil {
			k.t.Fatal(err)
		}
		return v
	}
}

func TestEmployeeDirectory(t *testing.T) {
	t.Parallel()
	k := newKit(t, "employees")
	company, sales := domain.NewID[domain.Department](), domain.NewID[domain.Department]()
	do(k, domain.Departments, company, commands.FoundDepartment{Name: "Компания"})
	do(k, domain.Departments, sales, commands.FoundDepartment{Name: "Продажи", Parent: company})
	boris := hire(k, "Львов", commands.HireEmployee{Login: "lvov", Department: company})
	anna := hire(k, "Котова", commands.HireEmployee{Position: "менеджер", Department: sales, Head: boris, Zone: "Asia/Vladivostok"})
	gone := hire(k, "Бывший", commands.HireEmployee{Department: sales})
	do(k, domain.Employees, gone, commands.DismissEmployee{On: "2026-03-01"})
	do(k, domain.Employees, anna, commands.GrantRole{Role: domain.RoleManager})
	do(k, domain.Employees, anna, commands.SetAuthorityLimits{AuthorityLimits: domain.AuthorityLimits{MaxDiscountBP: 500, MaxCommitment: domain.Money{Minor: 100_00, Currency: "RUB"}}})
	doAs(k, anna, domain.Employees, anna, commands.PlanAbsence{AbsenceWish: commands.AbsenceWish{From: "2026-03-10", To: "2026-03-11", Kind: domain.AbsenceVacation, Substitute: boris}})
	k.project(2)

	list := fine[readmodels.Page[readmodels.EmployeeItem]](k)
	if got := list(k.Employees(t.Context(), readmodels.EmployeeFilter{}, k.clock)); len(got.Items) != 2 || got.Items[0].FullName != "Котова Анна" || got.Items[0].SubstituteName != "Львов Анна" {
		t.Errorf("%+v", got.Items)
	}
	first := list(k.Employees(t.Context(), readmodels.EmployeeFilter{PageRequest: readmodels.PageRequest{Limit: 1}}, k.clock))
	next := list(k.Employees(t.Context(), readmodels.EmployeeFilter{PageRequest: readmodels.PageRequest{Limit: 1, Cursor: first.Next}}, k.clock))
	if len(next.Items) != 1 || next.Items[0].ID != boris.UUID() || next.Next != "" {
		t.Errorf("second page %+v", next)
	}
	for name, f := range map[string]readmodels.EmployeeFilter{
		"department with all below": {Department: company.UUID(), Former: true, Text: "анна"}, "role": {Roles: []string{"manager"}}, "head": {Head: boris.UUID()}, "words": {Text: "МЕНЕДЖ"},
	} {
		if got := list(k.Employees(t.Context(), f, k.clock)); len(got.Items) != map[string]int{"department with all below": 3}[name]+len(f.Roles)+b2i(f.Head != uuid.Nil)+b2i(f.Text == "МЕНЕДЖ") {
			t.Errorf("%s: %+v", name, got.Items)
		}
	}
	card := fine[readmodels.EmployeeDetail](k)(k.Employee(t.Context(), anna.UUID(), k.clock))
	if card.AbsentUntil != "2026-03-11" || card.MaxDiscountBP != 500 || len(card.Absences) != 1 || card.DepartmentName != "Продажи" || card.HeadName != "Львов Анна" {
		t.Errorf("%+v", card)
	}
	// The absence ends with the day in Vladivostok: seven hours before Moscow's midnight.
	if got := fine[readmodels.EmployeeDetail](k)(k.Employee(t.Context(), anna.UUID(), time.Date(2026, 3, 11, 14, 0, 0, 0, time.UTC))); got.SubstituteID != nil {
		t.Errorf("still substituted: %+v", got.EmployeeItem)
	}
	if got := fine[readmodels.EmployeeDetail](k)(k.Employee(t.Context(), boris.UUID(), k.clock)); len(got.StandsInFor) != 1 || got.StandsInFor[0].EmployeeID != anna.UUID() {
		t.Errorf("%+v", got.StandsInFor)
	}
	if tree := fine[[]readmodels.DepartmentNode](k)(k.Departments(t.Context())); len(tree) != 2 || tree[1].Employees != 1 {
		t.Errorf("%+v", tree)
	}
	if got := fine[readmodels.Page[readmodels.EmployeeAbsence]](k)(k.Absences(t.Context(), readmodels.AbsenceFilter{Department: sales.UUID(), From: "2026-03-11"})); len(got.Items) != 1 {
		t.Errorf("%+v", got)
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestMessageInbox(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	desk := hire(k, "Приёмная", commands.HireEmployee{})
	anna, boris := hire(k, "Котова", commands.HireEmployee{}), hire(k, "Львов", commands.HireEmployee{})
	client := domain.NewID[domain.Counterparty]()
	register := func(c commands.RegisterMessage) domain.IncomingMessageID {
		id := domain.NewID[domain.IncomingMessage]()
		doAs(k, desk, domain.IncomingMessages, id, c)
		k.later(time.Minute)
		return id
	}
	broken := register(commands.RegisterMessage{Channel: domain.MessageByCall, FromRaw: "8 900 123-45-67", Text: "Не печатает", Topic: "печать", Urgency: domain.UrgencyHigh, Addressee: anna})
	order := register(commands.RegisterMessage{Channel: domain.MessageByEmail, FromRaw: "ivan@firm.example", Subject: "Заказ", Text: "Нужен картридж", Counterparty: client, Addressee: anna})
	spam := register(commands.RegisterMessage{Channel: domain.MessageByEmail, FromRaw: "x@y.example", Text: "Купите"})
	lost := register(commands.RegisterMessage{Channel: domain.MessageByCall, FromRaw: "скрытый номер", Addressee: boris})
	doAs(k, desk, domain.IncomingMessages, spam, commands.MarkMessageSpam{})
	doAs(k, desk, domain.IncomingMessages, broken, commands.RerouteMessage{Addressee: boris, Reason: "Котова на выезде"})
	k.later(30 * time.Minute)
	do(k, domain.IncomingMessages, broken, commands.NoteMessageOverdue{})
	doAs(k, boris, domain.IncomingMessages, broken, commands.AcknowledgeMessage{})
	complaint := domain.Ref{Kind: "complaint", ID: uuid.New()}
	doAs(k, boris, domain.IncomingMessages, broken, commands.ResolveMessage{Outcome: "жалоба", Became: domain.MessageOutcome{Kind: domain.OutcomeComplaint, Ref: complaint}})
	doAs(k, anna, domain.IncomingMessages, order, commands.AcknowledgeMessage{})
	doAs(k, desk, domain.IncomingMessages, lost, commands.LoseMessage{Reason: "не дозвонились"})
	k.project(3)

	list := fine[readmodels.Page[readmodels.MessageItem]](k)
	for name, c := range map[string]struct {
		f    readmodels.MessageFilter
		want []domain.IncomingMessageID
	}{
		"all, newest first": {readmodels.MessageFilter{}, []domain.IncomingMessageID{lost, spam, order, broken}},
		"addressee":         {readmodels.MessageFilter{Addressee: boris.UUID()}, []domain.IncomingMessageID{lost, broken}},
		"unmatched":         {readmodels.MessageFilter{Unmatched: true, Open: true}, nil},
		"counterparty":      {readmodels.MessageFilter{Counterparty: client.UUID()}, []domain.IncomingMessageID{order}},
		"channel and state": {readmodels.MessageFilter{Channels: []string{"call"}, States: []string{"resolved"}}, []domain.IncomingMessageID{broken}},
		"overdue":           {readmodels.MessageFilter{Overdue: true}, []domain.IncomingMessageID{broken}},
		"words":             {readmodels.MessageFilter{Text: "КАРТРИДЖ"}, []domain.IncomingMessageID{order}},
		"what it became":    {readmodels.MessageFilter{Became: complaint.ID}, []domain.IncomingMessageID{broken}},
	} {
		got := list(k.Messages(t.Context(), c.f, k.clock)).Items
		if len(got) != len(c.want) {
			t.Errorf("%s: %d messages", name, len(got))
			continue
		}
		for i, m := range got {
			if m.ID != c.want[i].UUID() {
				t.Errorf("%s: %s at %d", name, m.Excerpt, i)
			}
		}
	}
	detail := fine[readmodels.MessageDetail](k)(k.Message(t.Context(), broken.UUID(), k.clock))
	if detail.Hops != 1 || *detail.AckMinutes != 34 || *detail.AckMinutesNow != 34 || len(detail.Handovers) != 2 || detail.Handovers[1].ToName != "Львов Анна" || detail.FromPhone != "+79001234567" || !detail.Overdue {
		t.Errorf("%+v", detail)
	}
	mine := fine[[]readmodels.MyMessage](k)(k.MyMessages(t.Context(), anna.UUID(), k.clock.Add(-time.Hour), k.clock))
	if len(mine) != 1 || !mine[0].New || mine[0].WaitingMinutes != 33 {
		t.Errorf("%+v", mine)
	}
	groups := fine[[]readmodels.MessageGroup](k)(k.MessageAnalysis(t.Context(), readmodels.MessageAnalysisFilter{By: "channel"}, time.UTC, k.clock))
	if len(groups) != 2 || groups[0].Key != "call" || groups[0].Lost != 1 || groups[0].LostBP != 5000 || groups[0].ReroutedBP != 5000 || groups[0].Complaints != 1 || *groups[0].AckMedian != 34 {
		t.Errorf("%+v", groups)
	}
	for by := range map[string]bool{"topic": true, "hour": true, "weekday": true, "addressee": true, "department": true, "counterparty": true} {
		fine[[]readmodels.MessageGroup](k)(k.MessageAnalysis(t.Context(), readmodels.MessageAnalysisFilter{By: by}, time.UTC, k.clock))
	}
	for _, measure := range []string{"messages", "unmatched", "unanswered", "acknowledged", "late", "resolved", "lost", "spam", "rerouted"} {
		evidence := fine[readmodels.NumberEvidence](k)(k.MessageEvidence(t.Context(), readmodels.MessageEvidenceFilter{
			MessageAnalysisFilter: readmodels.MessageAnalysisFilter{By: "channel"}, Key: "call", Measure: measure,
		}, time.UTC, k.clock))
		want := map[string]int{"messages": 2, "unmatched": 2, "acknowledged": 1, "late": 1, "resolved": 1, "lost": 1, "rerouted": 1}[measure]
		if evidence.Number != want || len(evidence.Events) != want {
			t.Errorf("%s: %+v, want %d", measure, evidence, want)
		}
		for _, id := range evidence.Events {
			if !recorded(k, id) {
				t.Errorf("%s: event %s is not in the log", measure, id)
			}
		}
	}
}

func recorded(k *kit, event uuid.UUID) bool {
	for _, r := range k.store.All() {
		if r.ID == event {
			return true
		}
	}
	return false
}

func TestCorrespondence(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	anna, boris, vera := hire(k, "Котова", commands.HireEmployee{}), hire(k, "Львов", commands.HireEmployee{}), hire(k, "Юрьева", commands.HireEmployee{})
	open := func(by domain.EmployeeID, c commands.OpenThread) domain.InternalThreadID {
		id := domain.NewID[domain.InternalThread]()
		doAs(k, by, domain.InternalThreads, id, c)
		return id
	}
	question := open(anna, commands.OpenThread{Kind: domain.ThreadQuestion, Addressees: []domain.EmployeeID{boris, vera}, Subject: "Склад", Text: "Есть остаток?", ReplyTerm: commands.ReplyTerm{ReplyWithinMin: 60}})
	agreement := open(boris, commands.OpenThread{Kind: domain.ThreadAgreement, Addressees: []domain.EmployeeID{anna}, Subject: "Дежурство", Text: "По субботам"})
	open(anna, commands.OpenThread{Kind: domain.ThreadNotice, Addressees: []domain.EmployeeID{boris}, Subject: "Склад закрыт", Text: "До среды"})
	k.later(90 * time.Minute)
	do(k, domain.InternalThreads, question, commands.NoteThreadOverdue{})
	doAs(k, boris, domain.InternalThreads, question, commands.AnswerThread{Text: "Нет"})
	doAs(k, anna, domain.InternalThreads, agreement, commands.ReviseAgreement{Text: "По воскресеньям"})
	k.later(30 * time.Minute)
	doAs(k, boris, domain.InternalThreads, agreement, commands.AcceptAgreement{Version: 2})
	doAs(k, anna, domain.InternalThreads, question, commands.ReturnAnswer{Addressee: boris, Text: "А у поставщика?"})
	doAs(k, anna, domain.InternalThreads, question, commands.OpenDispute{Reason: "ответа нет по существу"})
	k.project(0)

	owed := fine[[]readmodels.AwaitedAnswer](k)
	if got := owed(k.OwedByMe(t.Context(), vera.UUID(), k.clock)); len(got) != 1 || !got[0].Overdue || got[0].WaitingMinutes != 120 {
		t.Errorf("vera owes %+v", got)
	}
	if got := owed(k.OwedByMe(t.Context(), boris.UUID(), k.clock)); len(got) != 1 || got[0].State != "returned" || got[0].WaitingMinutes != 0 {
		t.Errorf("boris owes %+v", got)
	}
	if got := owed(k.OwedToMe(t.Context(), anna.UUID(), k.clock)); len(got) != 2 || got[0].Employee != vera.UUID() {
		t.Errorf("anna waits for %+v", got)
	}
	threads := fine[readmodels.Page[readmodels.ThreadItem]](k)
	if got := threads(k.Threads(t.Context(), readmodels.ThreadFilter{Overdue: true}, anna.UUID(), k.clock)).Items; len(got) != 1 || got[0].Waiting != 2 || len(got[0].AddresseeNames) != 2 || got[0].DisputeState != "opened" {
		t.Errorf("%+v", got)
	}
	if got := threads(k.Threads(t.Context(), readmodels.ThreadFilter{}, vera.UUID(), k.clock)).Items; len(got) != 1 {
		t.Errorf("vera reads %d threads", len(got))
	}
	if _, err := k.Thread(t.Context(), agreement.UUID(), vera.UUID(), k.clock); err == nil {
		t.Error("a stranger reads an agreement")
	}
	detail := fine[readmodels.ThreadDetail](k)(k.Thread(t.Context(), question.UUID(), anna.UUID(), k.clock))
	if len(detail.Parties) != 2 || len(detail.Entries) != 4 || detail.Entries[2].Text != "А у поставщика?" || len(detail.DisputeList) != 1 || detail.State != "asked" {
		t.Errorf("%+v", detail)
	}
	register := fine[readmodels.Page[readmodels.AgreementItem]](k)(k.Agreements(t.Context(), readmodels.AgreementFilter{States: []string{"agreed"}}, anna.UUID(), k.clock)).Items
	if len(register) != 1 || register[0].Version != 2 || register[0].Text != "По воскресеньям" || len(register[0].AcceptedNames) != 2 || register[0].ConcludedAt == nil {
		t.Errorf("%+v", register)
	}
	if got := fine[readmodels.Page[readmodels.ThreadDispute]](k)(k.Disputes(t.Context(), readmodels.DisputeFilter{States: []string{"opened"}}, boris.UUID())).Items; len(got) != 1 || got[0].OpenedByName != "Котова Анна" {
		t.Errorf("%+v", got)
	}
	responseTimes(t, k, boris)
}

// responseTimes: boris answered a question in 90 minutes and a new version in 30; anna answered his proposal in 90 by
// revising it; vera has not answered.
func responseTimes(t *testing.T, k *kit, boris domain.EmployeeID) {
	t.Helper()
	report := fine[[]readmodels.ResponseTimes](k)
	find := func(key string, all []readmodels.ResponseTimes) readmodels.ResponseTimes {
		for _, r := range all {
			if r.Key == key {
				return r
			}
		}
		return readmodels.ResponseTimes{}
	}
	got := find(boris.String(), report(k.ResponseTimes(t.Context(), readmodels.ResponseTimeFilter{Recompute: true})))
	if got.Asked != 3 || got.Answered != 2 || *got.Median != 30 || *got.P90 != 90 || *got.MedianNow != 30 || got.Changed != 0 || got.Late != 1 || got.Unanswered != 1 {
		t.Errorf("%+v", got)
	}
	clocks := fine[readmodels.Page[readmodels.ResponseClock]](k)(k.ResponseClocks(t.Context(), readmodels.ResponseClockFilter{Key: boris.String(), Measure: "answered"}, k.clock)).Items
	if len(clocks) != 2 || clocks[0].StoppedEvent == nil || !recorded(k, *clocks[0].StoppedEvent) || !recorded(k, clocks[0].StartedEvent) || !clocks[0].Overdue {
		t.Errorf("%+v", clocks)
	}
	// The calendar is corrected: that morning was free. The report shows the old and the new value.
	calendar := domain.NewID[domain.WorkingCalendar]()
	do(k, domain.WorkingCalendars, calendar, commands.DefineWorkingCalendar{Name: "Поздний", Holidays: domain.HolidaysOfRussia, Hours: domain.OfficeWeek()})
	do(k, domain.WorkingCalendars, calendar, commands.SetCalendarDays{Days: []domain.CalendarDay{{Date: "2026-03-10", Kind: domain.DayWorking, Hours: []domain.WorkingSpan{{From: 11 * 60, To: 20 * 60}}}}})
	do(k, domain.Employees, boris, commands.ChangeEmployeeSchedule{Zone: "Europe/Moscow", Calendar: calendar})
	k.project(0)
	got = find(boris.String(), report(k.ResponseTimes(t.Context(), readmodels.ResponseTimeFilter{Recompute: true})))
	if *got.P90 != 90 || *got.P90Now != 30 || got.Changed != 1 {
		t.Errorf("after the correction %+v", got)
	}
	for _, by := range []string{"department", "kind"} {
		report(k.ResponseTimes(t.Context(), readmodels.ResponseTimeFilter{By: by, Recompute: true, From: k.clock.Add(-24 * time.Hour)}))
	}
	if calendars := fine[[]readmodels.WorkingCalendarDetail](k)(k.WorkingCalendars(t.Context())); len(calendars) != 1 || len(calendars[0].Days) != 1 || calendars[0].Employees != 1 {
		t.Errorf("%+v", calendars)
	}
	sameRowsInAnyBatches(t, k, "employees", "messages", "threads", "due")
}

// sameRowsInAnyBatches fills the projections again, event by event, and compares every row.
func sameRowsInAnyBatches(t *testing.T, k *kit, names ...string) {
	t.Helper()
	single := newKit(t, append(names, "clients")...)
	single.store = k.store
	single.project(1)
	for _, table := range []string{"employee", "department", "employee_absence", "working_calendar", "incoming_message", "incoming_message_body", "message_hop", "message_clock", "internal_thread", "thread_party", "thread_entry", "thread_dispute", "thread_clock", "due"} {
		var whole, steps string
		//sqlvet:built the names are listed above
		sql := fmt.Sprintf("select coalesce(jsonb_agg(to_jsonb(x) order by to_jsonb(x)::text), '[]')::text from read.%s x", table)
		if err := k.DB.QueryRow(t.Context(), sql).Scan(&whole); err != nil {
			t.Fatal(err)
		}
		if err := single.DB.QueryRow(t.Context(), sql).Scan(&steps); err != nil {
			t.Fatal(err)
		}
		if whole != steps {
			t.Errorf("%s differs by batch size\n%s\n%s", table, whole, steps)
		}
	}
}
