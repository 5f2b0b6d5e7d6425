package commands_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/commands/storetest"
	"github.com/letopis-crm/letopis/domain"
)

// office is an executor on a store in memory, on a Tuesday at 10:00 in Moscow.
type office struct {
	t     *testing.T
	x     *commands.Executor
	store *storetest.Store
	now   time.Time
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, store: storetest.New(), now: time.Date(2026, 3, 10, 7, 0, 0, 0, time.UTC)}
	o.x = commands.NewExecutor(o.store, func() time.Time { return o.now })
	return o
}

func ask[S any, C domain.Command[S]](o *office, by domain.EmployeeID, category *domain.Category[S], id domain.ID[S], command C) error {
	_, err := commands.Execute(o.t.Context(), o.x, category, id, command, commands.NewRequest(by, domain.SourceAPI))
	return err
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t *testing.T, err error, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got %v, want %v", err, want)
	}
}

func (o *office) hire(name, login string, head domain.EmployeeID, department domain.DepartmentID) domain.EmployeeID {
	o.t.Helper()
	id := domain.NewID[domain.Employee]()
	must(o.t, ask(o, id, domain.Employees, id, commands.HireEmployee{Name: domain.EmployeeName{Last: name, First: "Н."}, Login: login, Head: head, Department: department, Hired: "2025-01-09"}))
	return id
}

func TestLoginIsUnique(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	anna := o.hire("Котова", "kotova", domain.EmployeeID{}, domain.DepartmentID{})
	boris := o.hire("Львов", "", domain.EmployeeID{}, domain.DepartmentID{})
	refused(t, ask(o, anna, domain.Employees, boris, commands.ChangeEmployeeLogin{Login: "KOTOVA"}), domain.ErrLoginTaken)
	must(t, ask(o, anna, domain.Employees, anna, commands.ChangeEmployeeLogin{Login: "anna"}))
	must(t, ask(o, anna, domain.LoginNames, domain.LoginNameOf("kotova"), commands.ReleaseLoginName{Login: "kotova", Holder: anna}))
	must(t, ask(o, anna, domain.Employees, boris, commands.ChangeEmployeeLogin{Login: "kotova"}))

	unfit := domain.NewID[domain.Employee]()
	refused(t, ask(o, anna, domain.Employees, unfit, commands.HireEmployee{Login: "free", Hired: "2025-01-09"}), domain.Refuse(domain.CodeInvalid, ""))
	must(t, ask(o, anna, domain.Employees, boris, commands.ChangeEmployeeLogin{Login: "free"}))
}

func TestNobodyIsAboveThemselves(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	boss := o.hire("Первый", "", domain.EmployeeID{}, domain.DepartmentID{})
	middle := o.hire("Второй", "", boss, domain.DepartmentID{})
	last := o.hire("Третий", "", middle, domain.DepartmentID{})
	refused(t, ask(o, boss, domain.Employees, boss, commands.TransferEmployee{Head: last}), domain.ErrEmployeeHeadCycle)
	refused(t, ask(o, boss, domain.Employees, boss, commands.TransferEmployee{Head: boss}), domain.ErrEmployeeHeadCycle)
	must(t, ask(o, boss, domain.Employees, last, commands.TransferEmployee{Head: boss}))
}

func TestDepartmentsAreATree(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	found := func(parent domain.DepartmentID) domain.DepartmentID {
		id := domain.NewID[domain.Department]()
		must(t, ask(o, domain.EmployeeID{}, domain.Departments, id, commands.FoundDepartment{Name: "Отдел", Parent: parent}))
		return id
	}
	root := found(domain.DepartmentID{})
	middle := found(root)
	leaf := found(middle)
	refused(t, ask(o, domain.EmployeeID{}, domain.Departments, root, commands.MoveDepartment{Parent: leaf}), domain.ErrDepartmentCycle)
	must(t, ask(o, domain.EmployeeID{}, domain.Departments, leaf, commands.MoveDepartment{Parent: root}))
	refused(t, ask(o, domain.EmployeeID{}, domain.Departments, leaf, commands.MoveDepartment{Parent: domain.NewID[domain.Department]()}), domain.ErrDepartmentParent)
}

// A message is acknowledged by its addressee, by the substitute during the absence, or by a superior; by nobody else.
func TestWhoMayAcknowledge(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	boss := o.hire("Главный", "", domain.EmployeeID{}, domain.DepartmentID{})
	department := domain.NewID[domain.Department]()
	must(t, ask(o, boss, domain.Departments, department, commands.FoundDepartment{Name: "Сервис", Head: boss}))
	anna := o.hire("Котова", "", domain.EmployeeID{}, department)
	boris := o.hire("Львов", "", domain.EmployeeID{}, department)
	desk := o.hire("Приёмная", "", domain.EmployeeID{}, domain.DepartmentID{})
	message := func() domain.IncomingMessageID {
		id := domain.NewID[domain.IncomingMessage]()
		must(t, ask(o, desk, domain.IncomingMessages, id, commands.RegisterMessage{Channel: domain.MessageByCall, FromRaw: "8 (900) 123-45-67", Text: "Перезвоните", Addressee: anna}))
		return id
	}
	first := message()
	state, err := commands.Load(t.Context(), o.x, domain.IncomingMessages, first)
	must(t, err)
	if want := o.now.Add(time.Hour); !state.State.AckBy.Equal(want) || state.State.State != domain.MessageRouted {
		t.Fatalf("%s by %v, want %v", state.State.State, state.State.AckBy, want)
	}
	refused(t, ask(o, boris, domain.IncomingMessages, first, commands.AcknowledgeMessage{}), domain.ErrMessageForeign)
	must(t, ask(o, anna, domain.IncomingMessages, first, commands.AcknowledgeMessage{}))
	must(t, ask(o, boss, domain.IncomingMessages, message(), commands.AcknowledgeMessage{}))

	inHerName := commands.NewRequest(boris, domain.SourceAPI)
	inHerName.OnBehalfOf = anna
	second := message()
	_, err = commands.Execute(t.Context(), o.x, domain.IncomingMessages, second, commands.AcknowledgeMessage{}, inHerName)
	refused(t, err, commands.ErrNotSubstitute)
	must(t, ask(o, anna, domain.Employees, anna, commands.PlanAbsence{AbsenceWish: commands.AbsenceWish{From: "2026-03-10", To: "2026-03-12", Kind: domain.AbsenceSick, Substitute: boris}}))
	inHerName.CommandID = uuid.New()
	_, err = commands.Execute(t.Context(), o.x, domain.IncomingMessages, second, commands.AcknowledgeMessage{}, inHerName)
	must(t, err)
}

// A mail that is imported twice is there once.
func TestMailIsImportedOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	const digest = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
	for range 2 {
		request := commands.NewRequest(domain.SystemActor, domain.SourceImport)
		request.OccurredAt = o.now.Add(-72 * time.Hour)
		_, err := commands.Execute(t.Context(), o.x, domain.IncomingMessages, domain.IncomingMessageIDOfMail(digest), commands.RegisterMessage{
			Channel: domain.MessageByEmail, FromRaw: "Иван <ivan@firm.example>", Subject: "Счёт", RawSHA256: digest,
			Mail: &domain.MailHeader{MessageID: "<1@firm.example>", To: []string{"info@sever.example"}},
		}, request)
		must(t, err)
	}
	if n := len(o.store.All()); n != 1 {
		t.Fatalf("%d events, want 1", n)
	}
}

// An answer is late by the calendar of who answers.
func TestThreadClocksFollowTheAddressee(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	anna := o.hire("Котова", "", domain.EmployeeID{}, domain.DepartmentID{})
	east := o.hire("Восточный", "", domain.EmployeeID{}, domain.DepartmentID{})
	must(t, ask(o, anna, domain.Employees, east, commands.ChangeEmployeeSchedule{Zone: "Asia/Vladivostok"}))
	id := domain.NewID[domain.InternalThread]()
	o.now = o.now.Add(2 * time.Hour) // noon in Moscow, 19:00 in Vladivostok
	must(t, ask(o, anna, domain.InternalThreads, id, commands.OpenThread{
		Kind: domain.ThreadQuestion, Addressees: []domain.EmployeeID{east}, Subject: "Склад", Text: "Есть ли остаток?", ReplyTerm: commands.ReplyTerm{ReplyWithinMin: 60},
	}))
	state, err := commands.Load(t.Context(), o.x, domain.InternalThreads, id)
	must(t, err)
	if got, want := state.State.Parties[0].ReplyBy, time.Date(2026, 3, 11, 0, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Fatalf("due %v, want %v (10:00 in Vladivostok)", got, want)
	}
	o.now = time.Date(2026, 3, 11, 0, 30, 0, 0, time.UTC)
	must(t, ask(o, east, domain.InternalThreads, id, commands.NoteThreadOverdue{}))
	must(t, ask(o, east, domain.InternalThreads, id, commands.AnswerThread{Text: "Есть"}))
	var answer domain.ThreadWasAnswered
	all := o.store.All()
	event, err := domain.InternalThreads.Decode(all[len(all)-1])
	must(t, err)
	answer, _ = event.(domain.ThreadWasAnswered)
	if !answer.Late || answer.BusinessMinutes != 90 {
		t.Fatalf("%+v", answer)
	}
}
