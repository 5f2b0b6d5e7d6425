package domain_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/letopis-crm/letopis/domain"
)

func TestEmployee(t *testing.T) {
	t.Parallel()
	type S = domain.Employee
	type E = []domain.Event[S]
	id, head, boss := domain.NewID[domain.Employee](), domain.NewID[domain.Employee](), domain.NewID[domain.Employee]()
	sales := domain.NewID[domain.Department]()
	hired := domain.EmployeeWasHired{
		ID: id, Name: domain.EmployeeName{Last: "Котова", First: "Анна"}, DisplayName: "Котова Анна", Login: "a.kotova", Position: "менеджер",
		Department: sales, Head: head, Email: "a.kotova@sever.example", Zone: "Europe/Moscow", Hired: "2025-02-03",
	}
	vacation := domain.EmployeeAbsence{ID: domain.NewID[domain.Absence](), Absence: domain.Absence{From: "2026-07-01", To: "2026-07-14", Kind: domain.AbsenceVacation, Substitute: head}}
	colleague := domain.Employee{ID: head, State: domain.EmployeeEmployed}
	draft := hired
	draft.DisplayName, draft.Login, draft.Email = "", " A.Kotova", "A.Kotova@sever.example"
	check(t, []rule[S]{
		{name: "hire fills in and normalises", when: func(s S) (E, error) { return s.Hire(draft, nil) }, then: E{hired}},
		{name: "hire checks the zone", when: func(s S) (E, error) {
			wrong := hired
			wrong.Zone = "Moscow"
			return s.Hire(wrong, nil)
		}, err: invalid},
		{name: "hired twice", given: E{hired}, when: func(s S) (E, error) { return s.Hire(draft, nil) }, err: domain.ErrAlreadyExists},
		{name: "nobody is above themselves", given: E{hired}, when: func(s S) (E, error) {
			return s.Transfer(domain.EmployeeWasTransferred{Head: boss}, domain.Subordination{head, id})
		}, err: domain.ErrEmployeeHeadCycle},
		{name: "transfer", given: E{hired}, when: func(s S) (E, error) {
			return s.Transfer(domain.EmployeeWasTransferred{Position: "руководитель группы", Department: sales, Head: boss}, nil)
		}, then: E{domain.EmployeeWasTransferred{Position: "руководитель группы", Department: sales, FromDepartment: sales, Head: boss}}},
		{name: "transfer to the same place is already so", given: E{hired}, when: func(s S) (E, error) {
			return s.Transfer(domain.EmployeeWasTransferred{Position: "менеджер", Department: sales, Head: head}, nil)
		}},
		{name: "a role is granted once", given: E{hired, domain.EmployeeRoleWasGranted{domain.RoleManager}}, when: func(s S) (E, error) { return s.GrantRole(domain.RoleManager) }},
		{name: "no unknown roles", given: E{hired}, when: func(s S) (E, error) { return s.GrantRole("king") }, err: invalid},
		{name: "revoke a role", given: E{hired, domain.EmployeeRoleWasGranted{domain.RoleManager}}, when: func(s S) (E, error) { return s.RevokeRole(domain.RoleManager) }, then: E{domain.EmployeeRoleWasRevoked{domain.RoleManager}}},
		{name: "limits have a range", given: E{hired}, when: func(s S) (E, error) { return s.Limit(domain.AuthorityLimits{MaxDiscountBP: 10001}) }, err: invalid},
		{name: "limits", given: E{hired}, when: func(s S) (E, error) { return s.Limit(domain.AuthorityLimits{MaxDiscountBP: 500}) }, then: E{domain.EmployeeLimitsWereSet{Limits: domain.AuthorityLimits{MaxDiscountBP: 500}}}},
		{name: "plan an absence", given: E{hired}, when: func(s S) (E, error) { return s.PlanAbsence(vacation, colleague) }, then: E{domain.EmployeeAbsenceWasPlanned{vacation}}},
		{name: "absences do not overlap", given: E{hired, domain.EmployeeAbsenceWasPlanned{vacation}}, when: func(s S) (E, error) {
			other := vacation
			other.ID, other.From, other.To = domain.NewID[domain.Absence](), "2026-07-14", "2026-07-15"
			return s.PlanAbsence(other, colleague)
		}, err: domain.ErrEmployeeOverlap},
		{name: "nobody stands in for themselves", given: E{hired}, when: func(s S) (E, error) {
			own := vacation
			own.Substitute = id
			return s.PlanAbsence(own, domain.Employee{ID: id, State: domain.EmployeeEmployed})
		}, err: domain.ErrEmployeeSubstitute},
		{name: "a substitute works here", given: E{hired}, when: func(s S) (E, error) { return s.PlanAbsence(vacation, domain.Employee{}) }, err: domain.ErrEmployeeSubstitute},
		{name: "change of an unknown absence", given: E{hired}, when: func(s S) (E, error) { return s.ChangeAbsence(vacation, colleague) }, err: domain.ErrEmployeeNoAbsence},
		{name: "cancel an absence", given: E{hired, domain.EmployeeAbsenceWasPlanned{vacation}}, when: func(s S) (E, error) { return s.CancelAbsence(vacation.ID, "перенос") }, then: E{domain.EmployeeAbsenceWasCancelled{vacation, "перенос"}}},
		{name: "who has left changes no more", given: E{hired, domain.EmployeeHasLeft{On: "2026-03-01"}}, when: func(s S) (E, error) { return s.Reach("x@y.example", "") }, err: domain.ErrEmployeeLeft},
		{name: "nobody leaves before coming", given: E{hired}, when: func(s S) (E, error) { return s.Leave("2024-01-01", "") }, err: invalid},
		{name: "back again", given: E{hired, domain.EmployeeHasLeft{On: "2026-03-01"}}, when: func(s S) (E, error) { return s.Rehire("2026-04-01") }, then: E{domain.EmployeeWasRehired{"2026-04-01"}}},
		{name: "not hired at all", when: func(s S) (E, error) { return s.Rehire("2026-04-01") }, err: domain.ErrNotFound},
	})
}

func TestSubstituteStandsInOnlyMeanwhile(t *testing.T) {
	t.Parallel()
	boris := domain.NewID[domain.Employee]()
	anna := domain.Employee{Zone: "Asia/Vladivostok", Absences: []domain.EmployeeAbsence{{Absence: domain.Absence{From: "2026-11-24", To: "2026-11-24", Substitute: boris}}}}
	for at, want := range map[string]domain.EmployeeID{"2026-11-23 16:59": {}, "2026-11-23 17:00": boris, "2026-11-24 16:59": boris, "2026-11-24 17:00": {}} {
		if got := anna.SubstituteOn(moscow(t, at)); got != want {
			t.Errorf("%s in Moscow: %v", at, got)
		}
	}
}

func TestEmployeeWorkflow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var e domain.Employee
		day := rapid.Map(rapid.IntRange(0, 400), func(n int) domain.Date { return domain.Date("2025-01-01").AddDays(n) })
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			before := e.State
			var events []domain.Event[domain.Employee]
			switch rapid.IntRange(0, 5).Draw(t, "command") {
			case 0:
				events, _ = e.Hire(domain.EmployeeWasHired{ID: domain.NewID[domain.Employee](), Name: domain.EmployeeName{Last: "А", First: "Б"}, Hired: day.Draw(t, "hired")}, nil)
			case 1:
				events, _ = e.Leave(day.Draw(t, "left"), "")
			case 2:
				events, _ = e.Rehire(day.Draw(t, "again"))
			case 3:
				events, _ = e.GrantRole(domain.RoleManager)
			case 4:
				from := day.Draw(t, "from")
				events, _ = e.PlanAbsence(domain.EmployeeAbsence{ID: domain.NewID[domain.Absence](), Absence: domain.Absence{From: from, To: from.AddDays(rapid.IntRange(0, 20).Draw(t, "days")), Kind: domain.AbsenceSick}}, domain.Employee{})
			case 5:
				events, _ = e.RevokeRole(domain.RoleManager)
			}
			for _, event := range events {
				event.Apply(&e)
			}
			if len(events) > 0 && !domain.EmployeeTransitions.Allows(before, e.State) {
				t.Fatalf("illegal step %q -> %q", before, e.State)
			}
			for i, a := range e.Absences {
				for _, b := range e.Absences[:i] {
					if a.From <= b.To && b.From <= a.To {
						t.Fatalf("absences overlap: %v %v", a, b)
					}
				}
			}
		}
	})
}

func TestDepartment(t *testing.T) {
	t.Parallel()
	type S = domain.Department
	type E = []domain.Event[S]
	id, parent, grand, head := domain.NewID[S](), domain.NewID[S](), domain.NewID[S](), domain.NewID[domain.Employee]()
	founded := domain.DepartmentWasFounded{ID: id, Name: "Продажи", Parent: parent, Head: head}
	above := domain.DepartmentPlace{Parent: domain.Department{ID: parent, State: domain.DepartmentWorking}, Above: []domain.DepartmentID{grand}}
	check(t, []rule[S]{
		{name: "found", when: func(s S) (E, error) { return s.Found(founded, above) }, then: E{founded}},
		{name: "the department above exists", when: func(s S) (E, error) { return s.Found(founded, domain.DepartmentPlace{}) }, err: domain.ErrDepartmentParent},
		{name: "never below itself", given: E{founded}, when: func(s S) (E, error) { return s.Move(id, above) }, err: domain.ErrDepartmentCycle},
		{name: "never below what lies below it", given: E{founded}, when: func(s S) (E, error) {
			return s.Move(grand, domain.DepartmentPlace{Parent: domain.Department{State: domain.DepartmentWorking}, Above: []domain.DepartmentID{parent, id}})
		}, err: domain.ErrDepartmentCycle},
		{name: "to the root", given: E{founded}, when: func(s S) (E, error) { return s.Move(domain.DepartmentID{}, domain.DepartmentPlace{}) }, then: E{domain.DepartmentWasMoved{From: parent}}},
		{name: "a vacant place", given: E{founded}, when: func(s S) (E, error) { return s.AppointHead(domain.EmployeeID{}) }, then: E{domain.DepartmentHeadWasAppointed{Former: head}}},
		{name: "a name is needed", given: E{founded}, when: func(s S) (E, error) { return s.Rename(" ") }, err: invalid},
		{name: "closed for good", given: E{founded, domain.DepartmentWasClosed{}}, when: func(s S) (E, error) { return s.Rename("Сбыт") }, err: domain.ErrDepartmentClosed},
	})
}

func TestLoginName(t *testing.T) {
	t.Parallel()
	type S = domain.LoginName
	type E = []domain.Event[S]
	anna, boris := domain.NewID[domain.Employee](), domain.NewID[domain.Employee]()
	taken := domain.LoginNameWasTaken{Login: "anna", Holder: anna}
	check(t, []rule[S]{
		{name: "free", when: func(s S) (E, error) { return s.Take("Anna", anna) }, then: E{taken}},
		{name: "one's own", given: E{taken}, when: func(s S) (E, error) { return s.Take("anna", anna) }},
		{name: "somebody else's", given: E{taken}, when: func(s S) (E, error) { return s.Take("anna", boris) }, err: domain.ErrLoginTaken},
		{name: "only the holder lets go", given: E{taken}, when: func(s S) (E, error) { return s.Release("anna", boris) }},
		{name: "free again", given: E{taken, domain.LoginNameWasReleased{"anna", anna}}, when: func(s S) (E, error) { return s.Take("anna", boris) }, then: E{domain.LoginNameWasTaken{"anna", boris}}},
	})
}

func TestWorkingCalendar(t *testing.T) {
	t.Parallel()
	type S = domain.WorkingCalendar
	type E = []domain.Event[S]
	defined := domain.WorkingCalendarWasDefined{Name: "Двухсменный", Holidays: domain.HolidaysOfRussia, Hours: domain.OfficeWeek()}
	day := domain.CalendarDay{Date: "2026-11-28", Kind: domain.DayWorking, MovedFrom: "2026-11-30"}
	crossed := domain.OfficeWeek()
	crossed.Monday = []domain.WorkingSpan{{From: 600, To: 800}, {From: 700, To: 900}}
	check(t, []rule[S]{
		{name: "define", when: func(s S) (E, error) { return s.Define(defined) }, then: E{defined}},
		{name: "spans do not cross", given: E{defined}, when: func(s S) (E, error) {
			return s.SetWeek(domain.WeekInForce{From: "2026-12-01", Hours: crossed}, "")
		}, err: invalid},
		{name: "a week has some work", given: E{defined}, when: func(s S) (E, error) { return s.SetWeek(domain.WeekInForce{From: "2026-12-01"}, "") }, err: invalid},
		{name: "unusual days", given: E{defined}, when: func(s S) (E, error) { return s.SetDays([]domain.CalendarDay{day}, "перенос") }, then: E{domain.WorkingCalendarDaysWereSet{[]domain.CalendarDay{day}, "перенос"}}},
		{name: "a shortened day is shorter", given: E{defined}, when: func(s S) (E, error) {
			return s.SetDays([]domain.CalendarDay{{Date: "2026-11-24", Kind: domain.DayShortened}}, "")
		}, err: invalid},
		{name: "in force already", given: E{defined, domain.WorkingCalendarWeekWasSet{domain.WeekInForce{From: "2026-11-01", Hours: domain.OfficeWeek()}, ""}}, when: func(s S) (E, error) {
			return s.SetWeek(domain.WeekInForce{From: "2026-11-01", Hours: domain.OfficeWeek()}, "")
		}},
		{name: "unusual already", given: E{defined, domain.WorkingCalendarDaysWereSet{[]domain.CalendarDay{day}, ""}}, when: func(s S) (E, error) { return s.SetDays([]domain.CalendarDay{day}, "перенос") }},
		{name: "only what was set is cleared", given: E{defined, domain.WorkingCalendarDaysWereSet{[]domain.CalendarDay{day}, ""}}, when: func(s S) (E, error) { return s.ClearDays([]domain.Date{"2026-11-28", "2026-11-29"}, "") }, then: E{domain.WorkingCalendarDaysWereCleared{[]domain.Date{"2026-11-28"}, ""}}},
		{name: "retired", given: E{defined, domain.WorkingCalendarWasRetired{}}, when: func(s S) (E, error) { return s.Rename("x") }, err: domain.ErrWorkingCalendarRetired},
	})

	var c domain.WorkingCalendar
	late := domain.OfficeWeek()
	late.Monday = []domain.WorkingSpan{{From: 12 * 60, To: 20 * 60}}
	for _, e := range (E{defined, domain.WorkingCalendarDaysWereSet{[]domain.CalendarDay{day}, ""}, domain.WorkingCalendarWeekWasSet{domain.WeekInForce{From: "2026-11-01", Hours: late}, ""}}) {
		e.Apply(&c)
	}
	s := domain.Schedule{Calendar: c}
	if got := s.BusinessMinutes(moscow(t, "2026-11-28 00:00"), moscow(t, "2026-11-29 00:00")); got != 480 {
		t.Errorf("the moved Saturday has the hours of the Monday it replaces: %d minutes", got)
	}
	if got := s.BusinessMinutes(moscow(t, "2026-10-26 12:00"), moscow(t, "2026-10-26 23:00")); got != 300 {
		t.Errorf("before the change the former hours hold: %d minutes", got)
	}
}
