package demo

import (
	"strconv"
	"time"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
)

// The told stories: what happens rarely, and must be seen in two weeks all the same.

// tellStaff is what happens in the company itself.
func (g *generator) tellStaff() {
	g.scenario("company")
	boss, head := g.named("belov"), g.named("orlova")
	at := func(day, minutes int) time.Time { return boss.on(g.days[day], time.Duration(minutes)*time.Minute) }
	g.tellCalendars(at)
	g.tellDepartments(at)

	panina := g.named("panina")
	give(g, at(1, 20), boss, domain.Employees, panina.ID, "rename", commands.RenameEmployee{Name: domain.EmployeeName{Last: "Панина-Серова", First: "Светлана", Patronymic: "Борисовна"}})
	give(g, at(1, 24), boss, domain.Employees, panina.ID, "contacts", commands.ChangeEmployeeContacts{Email: "panina-serova@severny-service.example", Phone: phone(9717)})
	danilov := g.named("danilov")
	id := give(g, at(2, 15), boss, domain.Employees, danilov.ID, "login", commands.ChangeEmployeeLogin{Login: "danilov.e"})
	react(g, at(2, 15).Add(2*time.Second), causeIn(domain.Employees, danilov.ID, id, 0), "release_logins",
		domain.LoginNames, domain.LoginNameOf(danilov.Login), commands.ReleaseLoginName{Login: danilov.Login, Holder: danilov.ID})
	danilov.Login = "danilov.e"
	rybakov := g.named("rybakov")
	give(g, at(2, 60), boss, domain.Employees, rybakov.ID, "transfer", commands.TransferEmployee{Position: "Ведущий маркетолог", Department: idOf[domain.Department](g, "department", "marketing"), Head: panina.ID})
	rybakov.Position = "Ведущий маркетолог"
	give(g, at(3, 10), boss, domain.Employees, g.named("larin").ID, "grant", commands.GrantRole{Role: domain.RoleManager})
	give(g, at(3, 18), boss, domain.Employees, g.named("larin").ID, "revoke", commands.RevokeRole{Role: domain.RoleManager})
	morozova := g.named("morozova")
	morozova.limits.MaxDiscountBP = 800
	give(g, g.founded.Add(time.Hour), head, domain.Employees, morozova.ID, "more", commands.SetAuthorityLimits{AuthorityLimits: morozova.limits})
	g.tellAbsences(at)
	g.tellLeaver(boss)
}

// tellAbsences sends somebody on leave, with a substitute; further absences are changed and cancelled.
func (g *generator) tellAbsences(at func(day, minutes int) time.Time) {
	away, substitute := g.named("medvedeva"), g.named("guseva")
	leave := commands.AbsenceWish{From: g.days[6], To: g.days[9].AddDays(7), Kind: domain.AbsenceVacation, Substitute: substitute.ID}
	planned := away.on(g.early[len(g.early)-1], 90*time.Minute)
	wish := leave
	wish.From = g.days[5]
	id := give(g, planned, away, domain.Employees, away.ID, "vacation", commands.PlanAbsence{AbsenceWish: wish})
	absence := domain.DerivedID[domain.Absence](away.ID.String(), id.String())
	give(g, planned.Add(2*time.Hour), away, domain.Employees, away.ID, "vacation changed", commands.ChangeAbsence{ID: absence, AbsenceWish: leave})
	away.schedule.Absences = []domain.Absence{{From: leave.From, To: leave.To, Kind: leave.Kind, Substitute: leave.Substitute}}

	trip := commands.AbsenceWish{From: g.days[9].AddDays(14), To: g.days[9].AddDays(16), Kind: domain.AbsenceBusinessTrip}
	savin := g.named("savin")
	id = give(g, at(4, 100), savin, domain.Employees, savin.ID, "trip", commands.PlanAbsence{AbsenceWish: trip})
	give(g, at(5, 30), savin, domain.Employees, savin.ID, "no trip", commands.CancelAbsence{ID: domain.DerivedID[domain.Absence](savin.ID.String(), id.String()), Reason: "Клиент перенёс монтаж."})
}

// substitute lets a colleague take a message in place of who is away.
func (g *generator) substitute(away, instead *worker) {
	d := g.scenario("substitute")
	m := &incoming{id: idOf[domain.IncomingMessage](g, "message", "substitute"), name: "substitute", addressee: away, taker: g.named("karpova"), client: g.anyKnown(d), text: messageTexts[5]}
	routed := g.receive(d, m, m.taker.on(g.days[7], 95*time.Minute))
	for i, command := range []string{"acknowledge", "resolve"} {
		request := commands.Request{CommandID: commandID(m.id, command), Actor: instead.ID, OnBehalfOf: away.ID, Source: domain.SourceUI}
		when := instead.after(routed, time.Duration(10+40*i)*time.Minute)
		if i == 0 {
			ask(g, when, request, domain.IncomingMessages, m.id, commands.AcknowledgeMessage{})
			continue
		}
		ask(g, when, request, domain.IncomingMessages, m.id, commands.ResolveMessage{Outcome: outcomes[4], Became: domain.MessageOutcome{Kind: domain.OutcomeNone}})
	}
}

// tellLeaver is a seasonal worker who leaves and comes back.
func (g *generator) tellLeaver(boss *worker) {
	id := idOf[domain.Employee](g, "employee", "seasonal")
	first := g.early[0]
	give(g, boss.on(first, 10*time.Minute), boss, domain.Employees, id, "hire", commands.HireEmployee{
		Name: domain.EmployeeName{Last: "Чайкина", First: "Мария", Patronymic: "Львовна"}, Position: "Помощник диспетчера",
		Department: idOf[domain.Department](g, "department", "dispatch"), Head: g.named("belkina").ID, Zone: "Europe/Moscow", Hired: first.AddDays(-200),
	})
	last := g.early[len(g.early)-1]
	give(g, boss.on(last, 400*time.Minute), boss, domain.Employees, id, "leave", commands.DismissEmployee{On: last, Reason: "Окончание сезонного договора"})
	give(g, boss.on(g.days[8], 30*time.Minute), boss, domain.Employees, id, "rehire", commands.RehireEmployee{On: g.days[8]})
}

func (g *generator) tellCalendars(at func(day, minutes int) time.Time) {
	boss := g.named("belov")
	training, old := idOf[domain.WorkingCalendar](g, "calendar", "training"), idOf[domain.WorkingCalendar](g, "calendar", "old")
	c := domain.WorkingCalendars
	give(g, at(0, 10), boss, c, training, "define", commands.DefineWorkingCalendar{Name: "Учебный центр", Holidays: domain.HolidaysOfRussia, Hours: domain.OfficeWeek()})
	give(g, at(0, 12), boss, c, training, "rename", commands.RenameWorkingCalendar{Name: "Учебный центр, дневные группы"})
	extra := domain.Date(strconv.Itoa(g.until.Year()+1) + "-06-11")
	give(g, at(0, 15), boss, c, training, "days", commands.SetCalendarDays{Days: []domain.CalendarDay{
		{Date: extra, Kind: domain.DayShortened, ShortenedBy: 60, Name: "Канун праздника"}, {Date: extra.AddDays(8), Kind: domain.DayOff, Name: "День открытых дверей"},
	}, Reason: "План на будущий год"})
	give(g, at(0, 40), boss, c, training, "clear", commands.ClearCalendarDays{Days: []domain.Date{extra.AddDays(8)}, Reason: "День открытых дверей перенесён"})
	week := domain.OfficeWeek()
	week.Saturday = []domain.WorkingSpan{{From: 600, To: 840}}
	give(g, at(0, 50), boss, c, training, "week", commands.SetCalendarWeek{From: domain.Date(g.until.AddDate(0, 2, 0).Format(dateForm)), Hours: week, Reason: "Субботние группы"})
	give(g, at(0, 60), boss, domain.Employees, g.named("frolov").ID, "calendar", commands.ChangeEmployeeSchedule{Zone: "Europe/Moscow", Calendar: training})
	give(g, at(0, 70), boss, c, old, "define", commands.DefineWorkingCalendar{Name: "Сменный график", Holidays: domain.NoHolidays, Hours: domain.OfficeWeek()})
	give(g, at(1, 70), boss, c, old, "retire", commands.RetireWorkingCalendar{Reason: "Смены отменены"})
}

func (g *generator) tellDepartments(at func(day, minutes int) time.Time) {
	boss, project := g.named("belov"), idOf[domain.Department](g, "department", "project")
	give(g, at(0, 80), boss, domain.Departments, project, "found", commands.FoundDepartment{Name: "Проектная группа", Parent: idOf[domain.Department](g, "department", "company")})
	give(g, at(1, 80), boss, domain.Departments, project, "rename", commands.RenameDepartment{Name: "Группа внедрения"})
	give(g, at(2, 80), boss, domain.Departments, project, "move", commands.MoveDepartment{Parent: idOf[domain.Department](g, "department", "technical")})
	give(g, at(7, 80), boss, domain.Departments, project, "close", commands.CloseDepartment{Reason: "Проект завершён"})
}

// anyKnown is a client that was there before the two weeks.
func (g *generator) anyKnown(d dice) *client {
	for {
		if c := g.anyClient(d, g.firstHour()); len(c.people) > 0 {
			return c
		}
	}
}

// tellStories are those of the everyday work.
func (g *generator) tellStories() {
	g.substitute(g.named("medvedeva"), g.named("guseva"))
	g.tellStops()
	g.tellDispute()
	g.tellDeadlines()
	g.tellAgreements()
	g.tellTimeSheet()
	g.tellMatching()
	g.tellAssignment()
	g.tellPromises()
	g.tellReminder()
}

// tellStops are two negotiations that were stopped: one was corrected and approved, the other waits for its author.
func (g *generator) tellStops() {
	for i, story := range []struct {
		login string
		day   int
	}{{"morozova", 3}, {"sokolov", 8}} {
		name := join("stopped", i)
		d, author := g.scenario(name), g.named(story.login)
		n := g.meet(d, name, g.firmOf(d, author), author, author.on(g.days[story.day], 60*time.Minute))
		n.about(d, negotiationTexts[0])
		n.record = g.result(d, n)
		c := domain.Commitment{ID: idOf[domain.Commitment](g, "commitment", name), By: domain.ByUs, Topic: commitmentTopics[domain.CommitsDiscount][0], Owner: author.ID}
		n.record.Commitments, n.record.NoCommitments = []domain.Commitment{discount(c, 25)}, false
		g.hold(n, n.heldTo.Add(3*time.Minute))
		at := author.after(n.heldTo, 35*time.Minute)
		give(g, at, author, domain.Negotiations, n.id, "record", commands.RecordNegotiation{NegotiationRecord: n.record})
		reviewer := g.named("zimina")
		claim := reviewer.after(at, 50*time.Minute)
		g.screenOnly(n, at)
		give(g, claim, reviewer, domain.Negotiations, n.id, "claim", commands.ClaimNegotiationReview{})
		if stopped := claim.Add(25 * time.Minute); i == 0 {
			g.stop(d, n, reviewer, stopped)
		} else {
			g.halt(d, n, reviewer, stopped)
		}
	}
}

// screenOnly is the screening of a story whose further way is told.
func (g *generator) screenOnly(n *deal, recorded time.Time) {
	facts := domain.ScreeningFacts{}
	for _, p := range n.client.people {
		facts.KnownPersons = append(facts.KnownPersons, p.id)
	}
	event := causeIn(domain.Negotiations, n.id, commandID(n.id, "record"), 0)
	react(g, recorded.Add(4*time.Second), event, "screen_negotiations", domain.Negotiations, n.id, commands.ScreenNegotiation{Facts: facts, Seed: 7})
}

// tellDispute is a question whose answer is disputed, until an arbiter rules.
func (g *generator) tellDispute() {
	d := g.scenario("dispute")
	author, other, arbiter := g.named("tarasov"), g.named("nazarov"), g.named("gromov")
	at := author.on(g.days[2], 40*time.Minute)
	id := g.open(d, "dispute", author, []*worker{other}, g.anyKnown(d), at, domain.ThreadQuestion, questions[3])
	t := domain.InternalThreads
	give(g, author.after(at, 50*time.Minute), other, t, id, "answer", commands.AnswerThread{Text: questions[3].answer})
	give(g, author.after(at, 90*time.Minute), author, t, id, "dispute", commands.OpenDispute{Reason: "Причина названа неверно: проводка проверена независимым электриком."})
	give(g, author.after(at, 120*time.Minute), author, t, id, "arbiter", commands.AppointArbiter{Arbiter: arbiter.ID})
	give(g, author.after(at, 600*time.Minute), arbiter, t, id, "rule", commands.RuleDispute{Ruling: "Выехать вместе и снять показания; до этого клиенту отвечает сервисный отдел."})
	give(g, author.after(at, 640*time.Minute), author, t, id, "return", commands.ReturnAnswer{Addressee: other.ID, Text: "Нужны показания после совместного выезда."})
	give(g, author.after(at, 900*time.Minute), other, t, id, "answer/2", commands.AnswerThread{Text: "Выехали вместе: виноват блок питания, заменили."})
	give(g, author.after(at, 960*time.Minute), author, t, id, "accept", commands.AcceptAnswer{Addressee: other.ID})

	open := g.open(d, "dispute/open", g.named("lisin"), []*worker{g.named("chernov")}, g.anyKnown(d), author.on(g.days[8], 30*time.Minute), domain.ThreadQuestion, questions[1])
	give(g, author.on(g.days[8], 120*time.Minute), g.named("chernov"), t, open, "answer", commands.AnswerThread{Text: questions[1].answer})
	give(g, author.on(g.days[8], 170*time.Minute), g.named("lisin"), t, open, "dispute", commands.OpenDispute{Reason: "Машина занята другой заявкой, срок нереален."})
}

// tellDeadlines are questions whose deadline is bargained over, with one more colleague asked.
func (g *generator) tellDeadlines() {
	d := g.scenario("deadlines")
	author, first, second := g.named("lebedeva"), g.named("filatov"), g.named("larin")
	t := domain.InternalThreads
	at := author.on(g.days[4], 20*time.Minute)
	id := g.open(d, "deadlines", author, []*worker{first}, g.anyKnown(d), at, domain.ThreadQuestion, questions[4])
	give(g, author.after(at, 30*time.Minute), author, t, id, "add", commands.AddAddressee{Addressee: second.ID})
	later := first.after(at, 14*time.Hour).Truncate(time.Minute)
	give(g, author.after(at, 60*time.Minute), first, t, id, "propose", commands.ProposeDeadline{Addressee: first.ID, ReplyBy: later, Reason: "На выезде до вечера."})
	give(g, author.after(at, 80*time.Minute), author, t, id, "agreed", commands.AcceptDeadline{Addressee: first.ID})
	give(g, author.after(at, 90*time.Minute), second, t, id, "propose/2", commands.ProposeDeadline{Addressee: second.ID, ReplyBy: later.Add(48 * time.Hour), Reason: "Нужна выписка из банка."})
	give(g, author.after(at, 100*time.Minute), author, t, id, "refused", commands.RefuseDeadline{Addressee: second.ID, Reason: "Клиент ждёт ответа завтра."})
	give(g, author.after(at, 300*time.Minute), second, t, id, "answer/2", commands.AnswerThread{Text: questions[4].answer})
	give(g, author.after(at, 600*time.Minute), first, t, id, "answer", commands.AnswerThread{Text: questions[4].answer})
}

// tellAgreements are one that went through two versions and was later superseded, and one that was declined.
func (g *generator) tellAgreements() {
	d := g.scenario("agreements")
	t := domain.InternalThreads
	author, a, b := g.named("gromov"), g.named("belkina"), g.named("orlova")
	text := agreements[1]
	at := author.on(g.days[1], 30*time.Minute)
	id := g.open(d, "agreement", author, []*worker{a, b}, nil, at, domain.ThreadAgreement, text)
	step := func(minutes int) time.Time { return b.after(at, time.Duration(minutes)*time.Minute) }
	give(g, step(60), a, t, id, "accept", commands.AcceptAgreement{Version: 1})
	give(g, step(120), b, t, id, "revise", commands.ReviseAgreement{Text: text.more})
	give(g, step(150), author, t, id, "accept/2", commands.AcceptAgreement{Version: 2})
	give(g, step(200), a, t, id, "accept/3", commands.AcceptAgreement{Version: 2})
	next := idOf[domain.InternalThread](g, "thread", "agreement/next")
	g.open(d, "agreement/next", author, []*worker{a, b}, nil, step(2400), domain.ThreadAgreement, agreements[2])
	give(g, step(2460), author, t, id, "supersede", commands.SupersedeAgreement{Successor: next, Reason: "Порядок расчётов вошёл в новое соглашение."})
	give(g, step(2500), a, t, next, "accept", commands.AcceptAgreement{Version: 1})

	declined := g.open(d, "agreement/declined", g.named("panina"), []*worker{g.named("frolov")}, nil, step(900), domain.ThreadAgreement, agreements[0])
	give(g, step(1000), g.named("frolov"), t, declined, "decline", commands.DeclineAgreement{Reason: "Учебный центр ночью не работает."})
}

// tellTimeSheet enters, corrects and withdraws time that was worked by the clock.
func (g *generator) tellTimeSheet() {
	g.scenario("time sheet")
	who := g.named("titova")
	day := g.early[len(g.early)-1] // before others are given tasks, so that the numbers are known
	sheet := domain.TimeSheetOf(who.ID, day)
	entry := func(from, to int, comment string) commands.TimeWorked {
		return commands.TimeWorked{Date: day, From: who.on(day, time.Duration(from)*time.Minute), To: who.on(day, time.Duration(to)*time.Minute), Comment: comment}
	}
	give(g, who.on(day, 70*time.Minute), who, domain.TimeSheets, sheet, "1", commands.EnterTime{TimeWorked: entry(5, 60, "Сверка с банком")})
	give(g, who.on(day, 190*time.Minute), who, domain.TimeSheets, sheet, "2", commands.EnterTime{TimeWorked: entry(60, 180, "Бюджет квартала")})
	give(g, who.on(day, 200*time.Minute), who, domain.TimeSheets, sheet, "correct", commands.CorrectTime{TimeWorked: entry(60, 150, "Бюджет квартала"), No: 2, Reason: "Ошибка во времени окончания"})
	give(g, who.on(day, 210*time.Minute), who, domain.TimeSheets, sheet, "withdraw", commands.WithdrawTime{No: 1, Reason: "Внесено дважды"})
}

// tellMatching is a message from an unknown number that was matched wrongly, and then rightly.
func (g *generator) tellMatching() {
	d := g.scenario("matching")
	taker, who := g.named("dyomina"), g.named("zhukov")
	m := &incoming{id: idOf[domain.IncomingMessage](g, "message", "matching"), addressee: who, taker: taker, text: messageTexts[6]}
	routed := g.receive(d, m, taker.on(g.days[5], 130*time.Minute))
	wrong, right := g.anyKnown(d), g.firmOf(d, who)
	for wrong == right {
		wrong = g.anyKnown(d)
	}
	c := domain.IncomingMessages
	give(g, routed.Add(4*time.Minute), taker, c, m.id, "match", commands.MatchMessage{Counterparty: wrong.id})
	give(g, routed.Add(20*time.Minute), who, c, m.id, "unmatch", commands.UnmatchMessage{Reason: "Звонивший назвал другую компанию."})
	give(g, routed.Add(22*time.Minute), who, c, m.id, "match/2", commands.MatchMessage{Counterparty: right.id})
	give(g, routed.Add(23*time.Minute), who, c, m.id, "begin", commands.BeginMessage{})
	give(g, routed.Add(60*time.Minute), who, c, m.id, "resolve", commands.ResolveMessage{Outcome: outcomes[2], Became: domain.MessageOutcome{Kind: domain.OutcomeNone}})
	give(g, routed.Add(80*time.Minute), who, c, m.id, "reopen", commands.ReopenMessage{Reason: "Клиент просит другой день."})
}

// tellAssignment is one whose wording and helpers change, and one whose issuer had to be reminded.
func (g *generator) tellAssignment() {
	d := g.scenario("assignment")
	issuer, assignee := g.named("gromov"), g.named("savin")
	at := issuer.on(g.days[1], 45*time.Minute)
	w := g.issue(d, "story", issuer, assignee, g.anyKnown(d), at, 40*time.Hour)
	c := domain.Assignments
	give(g, issuer.after(at, 60*time.Minute), issuer, c, w.id, "revise", commands.ReviseAssignment{
		Title: "Разобрать причины повторных выездов", Description: "Только выезды по системам видеонаблюдения.", ExpectedResult: w.text.expected,
		Priority: domain.PriorityHigh, PlannedEffort: 480, Reason: "Сузили задачу после разговора с клиентом.",
	})
	give(g, issuer.after(at, 90*time.Minute), assignee, c, w.id, "helpers", commands.SetAssignmentCoExecutors{CoExecutors: []domain.EmployeeID{g.named("danilov").ID, g.named("nazarov").ID}})
	give(g, issuer.after(at, 100*time.Minute), assignee, c, w.id, "start", commands.StartAssignment{})
	w.planned = 4 * time.Hour
	report := issuer.after(at, 1500*time.Minute)
	g.enterTime(d, w, report.Add(-time.Minute), "time")
	g.report(w, report, "report")
	check := issuer.after(report, 20*time.Hour)
	g.awaitVerification(w, report, check)
	give(g, check, issuer, c, w.id, "verify", commands.VerifyAssignment{Remark: "Хорошая работа, выводы применим и в других офисах."})

	given := g.named("lebedeva").on(g.days[3], 100*time.Minute)
	declined := g.issue(d, "story/declined", g.named("lebedeva"), g.named("osipov"), nil, given, 16*time.Hour)
	give(g, given.Add(30*time.Minute), g.named("osipov"), c, declined.id, "decline", commands.DeclineAssignment{Reason: declineReasons[0]})
	give(g, given.Add(60*time.Minute), g.named("lebedeva"), c, declined.id, "reassign", commands.ReassignAssignment{Assignee: g.named("zhukov").ID, Reason: "Передано свободному менеджеру."})
	cancelled := g.issue(d, "story/cancelled", g.named("lebedeva"), g.named("zhukov"), nil, given.Add(2*time.Hour), 16*time.Hour)
	give(g, given.Add(3*time.Hour), g.named("lebedeva"), c, cancelled.id, "cancel", commands.CancelAssignment{Reason: "Клиент снял вопрос."})
}

// tellPromises is a negotiation whose review was passed on and escalated, and whose promises met every fate.
func (g *generator) tellPromises() {
	d := g.scenario("promises")
	author, first, second := g.named("tarasov"), g.named("ermakov"), g.named("zimina")
	n := g.meet(d, "promises", g.firmOf(d, author), author, author.on(g.days[1], 40*time.Minute))
	n.about(d, negotiationTexts[2])
	n.record = g.result(d, n)
	n.record.Commitments, n.record.NoCommitments = nil, false
	for i, p := range promises {
		n.record.Commitments = append(n.record.Commitments, domain.Commitment{
			ID: idOf[domain.Commitment](g, "commitment", join("promises", i)), By: domain.ByUs, Kind: domain.CommitsScope, Topic: p.topic, Text: p.text,
			Due: author.after(n.heldTo, time.Duration(10+4*i)*time.Hour).Truncate(time.Hour), Owner: author.ID,
		})
	}
	n.record.Theirs = append(n.record.Theirs, domain.Negotiator{Name: "Новый сотрудник снабжения"}) // so that it is reviewed
	g.hold(n, n.heldTo.Add(3*time.Minute))
	at := author.after(n.heldTo, 30*time.Minute)
	give(g, at, author, domain.Negotiations, n.id, "record", commands.RecordNegotiation{NegotiationRecord: n.record})
	g.screenOnly(n, at)
	c := domain.Negotiations
	give(g, at.Add(30*time.Minute), first, c, n.id, "claim", commands.ClaimNegotiationReview{})
	give(g, at.Add(40*time.Minute), first, c, n.id, "release", commands.ReleaseNegotiationReview{})
	late := author.after(at, 10*time.Hour)
	g.escalate(n, at.Add(4*time.Second), late)
	give(g, late, second, c, n.id, "claim/2", commands.ClaimNegotiationReview{})
	approved := late.Add(20 * time.Minute)
	id := give(g, approved, second, c, n.id, "approve", commands.ApproveNegotiation{Verdict: g.marks(d, 4), Remarks: reviewRemarks[1]})
	g.publish(n, approved, causeIn(c, n.id, id, 0))
	promise := func(i int, comment string) commands.CommitmentChange {
		return commands.CommitmentChange{Commitment: n.record.Commitments[i].ID, Comment: comment}
	}
	give(g, author.after(approved, 300*time.Minute), author, c, n.id, "keep", commands.KeepCommitment{CommitmentChange: promise(0, keptComments[2])})
	give(g, author.after(approved, 900*time.Minute), author, c, n.id, "break", commands.BreakCommitment{CommitmentChange: promise(1, "Поставщик задержал партию.")})
	give(g, author.after(approved, 950*time.Minute), author, c, n.id, "waive", commands.WaiveCommitment{CommitmentChange: promise(3, "Клиент обучит людей сам.")})
	give(g, author.after(approved, 960*time.Minute), author, c, n.id, "hand over", commands.HandOverCommitment{CommitmentChange: promise(2, "Выезд назначает диспетчер."), Owner: g.named("belkina").ID})
	give(g, author.after(approved, 970*time.Minute), author, c, n.id, "supersede", commands.SupersedeCommitment{CommitmentChange: promise(4, "Перечень уточнён."), Successor: n.record.Commitments[5].ID})

	lost := g.meet(d, "cancelled", g.firmOf(d, author), author, author.on(g.days[6], 200*time.Minute))
	planned := author.on(g.days[4], 30*time.Minute)
	g.planTalk(lost, planned)
	give(g, planned.Add(time.Hour), author, c, lost.id, "reschedule", commands.RescheduleNegotiation{PlannedFrom: lost.heldFrom.Add(time.Hour), PlannedTo: lost.heldTo.Add(time.Hour), Reason: delayOfMeeting[1]})
	give(g, planned.Add(5*time.Hour), author, c, lost.id, "cancel", commands.CancelNegotiation{Reason: "Клиент отказался от встречи."})
}

// tellReminder is one that was put off and ended, one that was moved and one that was taken back.
func (g *generator) tellReminder() {
	g.scenario("reminder")
	who := g.named("zhukov")
	c := domain.Reminders
	at := who.on(g.days[4], 30*time.Minute)
	for i, what := range []string{"snooze", "move", "cancel"} {
		id := idOf[domain.Reminder](g, "reminder", join("story", what))
		fire := at.Add(time.Hour).Truncate(time.Minute)
		give(g, at, who, c, id, "schedule", commands.ScheduleReminder{Text: reminderTexts[i], FireAt: fire, Repeat: domain.RepeatDaily})
		switch what {
		case "snooze":
			due(g, fire.Add(10*time.Second), c, id, "fire/1", commands.FireReminder{})
			give(g, fire.Add(2*time.Minute), who, c, id, "snooze", commands.SnoozeReminder{Until: fire.Add(30 * time.Minute)})
			due(g, fire.Add(30*time.Minute+10*time.Second), c, id, "fire/2", commands.FireReminder{})
			give(g, fire.Add(33*time.Minute), who, c, id, "dismiss", commands.DismissReminder{})
		case "move":
			give(g, at.Add(5*time.Minute), who, c, id, "move", commands.MoveReminder{FireAt: fire.Add(2 * time.Hour)})
			give(g, at.Add(6*time.Minute), who, c, id, "cancel", commands.CancelReminder{})
		default:
			give(g, at.Add(5*time.Minute), who, c, id, "cancel", commands.CancelReminder{})
		}
	}
}
