package domain_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/letopis-crm/letopis/domain"
)

func TestInternalThread(t *testing.T) {
	t.Parallel()
	type S = domain.InternalThread
	type E = []domain.Event[S]
	anna, boris, vera, judge := domain.NewID[domain.Employee](), domain.NewID[domain.Employee](), domain.NewID[domain.Employee](), domain.NewID[domain.Employee]()
	at := func(s string) domain.ThreadMoment {
		return domain.ThreadMoment{At: moscow(t, s), Colleagues: map[domain.EmployeeID]domain.Colleague{
			anna: {Employed: true}, boris: {Employed: true, Schedule: domain.Schedule{Zone: "Asia/Vladivostok"}}, vera: {Employed: true}, judge: {Employed: true},
		}}
	}
	ten, noon := at("2026-11-23 10:00"), at("2026-11-23 12:00")
	draft := domain.ThreadDraft{Kind: domain.ThreadQuestion, Author: anna, Addressees: []domain.EmployeeID{boris, vera}, Subject: "Срок", Text: "Успеем?", Term: domain.ReplyTerm{Within: 2 * time.Hour}}
	// In Vladivostok it is 17:00: one hour today, one tomorrow.
	borisClock := domain.ThreadClock{Employee: boris, Number: 1, Started: ten.At, ReplyBy: inZone(t, "Asia/Vladivostok", "2026-11-24 10:00")}
	veraClock := domain.ThreadClock{Employee: vera, Number: 1, Started: ten.At, ReplyBy: noon.At}
	opened := domain.ThreadWasOpened{Kind: domain.ThreadQuestion, Author: anna, Clocks: []domain.ThreadClock{borisClock, veraClock}, Subject: "Срок", Text: "Успеем?"}
	answered := domain.ThreadWasAnswered{By: vera, Clock: 1, Text: "Да", BusinessMinutes: 90}
	again := domain.ThreadAnswerWasReturned{ThreadClock: domain.ThreadClock{Employee: vera, Number: 2, Started: noon.At, ReplyBy: moscow(t, "2026-11-23 15:00")}, Text: "А склад?"}
	check(t, []rule[S]{
		{name: "each addressee has a clock of their own calendar", when: func(s S) (E, error) { return s.Open(draft, ten) }, then: E{opened}},
		{name: "nobody asks themselves", when: func(s S) (E, error) {
			own := draft
			own.Addressees = []domain.EmployeeID{anna}
			return s.Open(own, ten)
		}, err: domain.ErrThreadAddressee},
		{name: "seen", given: E{opened}, when: func(s S) (E, error) { return s.See(vera) }, then: E{domain.ThreadWasSeen{vera, 1}}},
		{name: "seen does not stop the clock", given: E{opened, domain.ThreadWasSeen{vera, 1}}, when: func(s S) (E, error) { return s.NoteOverdue(noon.At) }, then: E{domain.ThreadAnswerOverdue{vera, 1, noon.At}}},
		{name: "seen once per clock", given: E{opened, domain.ThreadWasSeen{vera, 1}}, when: func(s S) (E, error) { return s.See(vera) }},
		{name: "answer", given: E{opened}, when: func(s S) (E, error) { return s.Answer(vera, "Да", at("2026-11-23 11:30")) }, then: E{answered}},
		{name: "a late answer says so", given: E{opened}, when: func(s S) (E, error) { return s.Answer(vera, "Да", at("2026-11-23 12:30")) }, then: E{domain.ThreadWasAnswered{By: vera, Clock: 1, Text: "Да", Late: true, BusinessMinutes: 150}}},
		{name: "an answer stops the clock", given: E{opened, answered}, when: func(s S) (E, error) { return s.NoteOverdue(noon.At) }},
		{name: "nobody answers before the question", given: E{opened}, when: func(s S) (E, error) { return s.Answer(vera, "Да", at("2026-11-23 09:00")) }, err: invalid},
		{name: "one more addressee has time ahead", given: E{opened}, when: func(s S) (E, error) { return s.AddAddressee(anna, judge, domain.ReplyTerm{By: ten.At}, noon) }, err: invalid},
		{name: "answered twice", given: E{opened, answered}, when: func(s S) (E, error) { return s.Answer(vera, "Да", noon) }, err: domain.ErrThreadNoClock},
		{name: "a stranger does not answer", given: E{opened}, when: func(s S) (E, error) { return s.Answer(judge, "Да", noon) }, err: domain.ErrThreadForeign},
		{name: "return starts a new clock", given: E{opened, answered}, when: func(s S) (E, error) {
			return s.Return(anna, vera, "А склад?", domain.ReplyTerm{Within: 2 * time.Hour}, noon)
		}, then: E{again}},
		{name: "the new clock can be overdue again", given: E{opened, domain.ThreadAnswerOverdue{vera, 1, noon.At}, answered, again}, when: func(s S) (E, error) { return s.NoteOverdue(again.ReplyBy) }, then: E{domain.ThreadAnswerOverdue{vera, 2, again.ReplyBy}}},
		{name: "only the author accepts", given: E{opened, answered}, when: func(s S) (E, error) { return s.AcceptAnswer(boris, vera) }, err: domain.ErrThreadForeign},
		{name: "accept", given: E{opened, answered}, when: func(s S) (E, error) { return s.AcceptAnswer(anna, vera) }, then: E{domain.ThreadAnswerWasAccepted{vera, 1}}},
		{name: "a new deadline is proposed", given: E{opened}, when: func(s S) (E, error) {
			return s.ProposeDeadline(vera, vera, again.ReplyBy, "совещание", ten.At)
		}, then: E{domain.ThreadDeadlineWasProposed{vera, vera, 1, noon.At, again.ReplyBy, "совещание"}}},
		{name: "one side is not enough", given: E{opened, domain.ThreadDeadlineWasProposed{vera, vera, 1, noon.At, again.ReplyBy, "совещание"}}, when: func(s S) (E, error) { return s.AcceptDeadline(vera, vera) }, err: domain.ErrThreadBothSides},
		{name: "the other side accepts", given: E{opened, domain.ThreadDeadlineWasProposed{vera, vera, 1, noon.At, again.ReplyBy, "совещание"}}, when: func(s S) (E, error) { return s.AcceptDeadline(anna, vera) }, then: E{domain.ThreadDeadlineWasChanged{anna, vera, 1, noon.At, again.ReplyBy, true}}},
		{name: "close stops the clocks", given: E{opened, answered}, when: func(s S) (E, error) { return s.Close(anna, "решено") }, then: E{domain.ThreadWasClosed{"решено", []domain.EmployeeID{boris}}}},
		{name: "a dispute", given: E{opened}, when: func(s S) (E, error) { return s.OpenDispute(vera, "не моё") }, then: E{domain.ThreadDisputeWasOpened{vera, 1, "не моё"}}},
		{name: "an arbiter is no party", given: E{opened, domain.ThreadDisputeWasOpened{vera, 1, "не моё"}}, when: func(s S) (E, error) { return s.AppointArbiter(anna, boris, ten) }, err: domain.ErrThreadArbiter},
		{name: "arbitration", given: E{opened, domain.ThreadDisputeWasOpened{vera, 1, "не моё"}}, when: func(s S) (E, error) { return s.AppointArbiter(anna, judge, ten) }, then: E{domain.ThreadArbitrationBegan{anna, 1, judge}}},
		{name: "only the arbiter rules", given: E{opened, domain.ThreadDisputeWasOpened{vera, 1, "не моё"}, domain.ThreadArbitrationBegan{anna, 1, judge}}, when: func(s S) (E, error) { return s.RuleDispute(anna, "прав я") }, err: domain.ErrThreadForeign},
		{name: "ruling", given: E{opened, domain.ThreadDisputeWasOpened{vera, 1, "не моё"}, domain.ThreadArbitrationBegan{anna, 1, judge}}, when: func(s S) (E, error) { return s.RuleDispute(judge, "отвечает Вера") }, then: E{domain.ThreadDisputeWasRuled{judge, 1, "отвечает Вера"}}},
	})
}

func TestAgreement(t *testing.T) {
	t.Parallel()
	type S = domain.InternalThread
	type E = []domain.Event[S]
	anna, boris, vera := domain.NewID[domain.Employee](), domain.NewID[domain.Employee](), domain.NewID[domain.Employee]()
	m := domain.ThreadMoment{At: moscow(t, "2026-11-23 10:00"), Colleagues: map[domain.EmployeeID]domain.Colleague{anna: {Employed: true}, boris: {Employed: true}, vera: {Employed: true}}}
	clock := func(e domain.EmployeeID, n int) domain.ThreadClock {
		return domain.ThreadClock{Employee: e, Number: n, Started: m.At, ReplyBy: moscow(t, "2026-11-24 10:00")}
	}
	draft := domain.ThreadDraft{Kind: domain.ThreadAgreement, Author: anna, Addressees: []domain.EmployeeID{boris, vera}, Subject: "Дежурства", Text: "По очереди"}
	opened := domain.ThreadWasOpened{Kind: domain.ThreadAgreement, Author: anna, Clocks: []domain.ThreadClock{clock(boris, 1), clock(vera, 1)}, Subject: "Дежурства", Text: "По очереди"}
	yes := func(e domain.EmployeeID, version, clock int) domain.ThreadAgreementWasAccepted {
		return domain.ThreadAgreementWasAccepted{By: e, Version: version, Clock: clock}
	}
	proposed := E{opened, yes(anna, 1, 0)}
	concluded := domain.ThreadAgreementWasConcluded{Version: 1, Parties: []domain.EmployeeID{anna, boris, vera}}
	agreed := append(append(E{}, proposed...), yes(boris, 1, 1), yes(vera, 1, 1), concluded)
	revised := domain.ThreadAgreementWasRevised{By: boris, Version: 2, Text: "Через день", Clocks: []domain.ThreadClock{clock(anna, 1), clock(vera, 2)}}
	check(t, []rule[S]{
		{name: "who proposes has accepted", when: func(s S) (E, error) { return s.Open(draft, m) }, then: proposed},
		{name: "one acceptance is not all", given: proposed, when: func(s S) (E, error) { return s.AcceptAgreement(boris, 1, m) }, then: E{yes(boris, 1, 1)}},
		{name: "the last one concludes", given: append(append(E{}, proposed...), yes(boris, 1, 1)), when: func(s S) (E, error) { return s.AcceptAgreement(vera, 1, m) }, then: E{yes(vera, 1, 1), concluded}},
		{name: "an edit leaves time ahead", given: agreed, when: func(s S) (E, error) {
			return s.ReviseAgreement(boris, "Через день", domain.ReplyTerm{By: m.At}, m)
		}, err: invalid},
		{name: "an edit voids the acceptances", given: agreed, when: func(s S) (E, error) { return s.ReviseAgreement(boris, "Через день", domain.ReplyTerm{}, m) }, then: E{revised, yes(boris, 2, 0)}},
		{name: "nobody accepts a text they have not read", given: append(append(E{}, agreed...), revised, yes(boris, 2, 0)), when: func(s S) (E, error) { return s.AcceptAgreement(vera, 1, m) }, err: domain.ErrThreadVersion},
		{name: "the author accepts the edit too", given: append(append(E{}, agreed...), revised, yes(boris, 2, 0)), when: func(s S) (E, error) { return s.AcceptAgreement(anna, 2, m) }, then: E{yes(anna, 2, 1)}},
		{name: "decline", given: proposed, when: func(s S) (E, error) { return s.DeclineAgreement(vera, "не могу", m) }, then: E{domain.ThreadAgreementWasDeclined{By: vera, Version: 1, Reason: "не могу", Clock: 1, Stopped: []domain.EmployeeID{boris}}}},
		{name: "an agreement is not answered", given: proposed, when: func(s S) (E, error) { return s.Answer(vera, "да", m) }, err: domain.ErrThreadKind},
		{name: "supersede", given: agreed, when: func(s S) (E, error) {
			return s.SupersedeAgreement(vera, domain.InternalThreadID{}, "новый график")
		}, then: E{domain.ThreadAgreementWasSuperseded{By: vera, Reason: "новый график"}}},
		{name: "an agreement in force is not closed", given: agreed, when: func(s S) (E, error) { return s.Close(anna, "") }, err: domain.ErrThreadState},
	})
}

// Random commands never leave the workflow, an agreement holds only with everybody's acceptance of its text, and a
// deadline is overdue at most once per clock.
func TestThreadWorkflow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		people := []domain.EmployeeID{domain.NewID[domain.Employee](), domain.NewID[domain.Employee](), domain.NewID[domain.Employee](), domain.NewID[domain.Employee]()}
		m := domain.ThreadMoment{At: time.Date(2026, 3, 2, 7, 0, 0, 0, time.UTC), Colleagues: map[domain.EmployeeID]domain.Colleague{}}
		for _, p := range people {
			m.Colleagues[p] = domain.Colleague{Employed: true}
		}
		var s domain.InternalThread
		noted := map[domain.ThreadClock]bool{}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			m.At = m.At.Add(time.Duration(rapid.IntRange(0, 300).Draw(t, "minutes")) * time.Minute)
			by, other := rapid.SampledFrom(people).Draw(t, "by"), rapid.SampledFrom(people).Draw(t, "other")
			for _, e := range threadStep(t, s, by, other, m) {
				before, dispute := s.State, s.Dispute.State
				e.Apply(&s)
				if !domain.ThreadTransitions.Allows(before, s.State) {
					t.Fatalf("illegal step %q -> %q by %T", before, s.State, e)
				}
				if s.Dispute.State != dispute && !domain.ThreadDisputeTransitions.Allows(dispute, s.Dispute.State) {
					t.Fatalf("illegal dispute %q -> %q", dispute, s.Dispute.State)
				}
				if late, ok := e.(domain.ThreadAnswerOverdue); ok {
					key := domain.ThreadClock{Employee: late.Addressee, Number: late.Clock}
					if noted[key] {
						t.Fatal("overdue twice on one clock")
					}
					noted[key] = true
				}
				if s.State == domain.ThreadAgreed && len(s.AcceptedBy) != len(s.Parties) {
					t.Fatalf("agreed by %d of %d", len(s.AcceptedBy), len(s.Parties))
				}
			}
		}
	})
}

func threadStep(t *rapid.T, s domain.InternalThread, by, other domain.EmployeeID, m domain.ThreadMoment) []domain.Event[domain.InternalThread] {
	var events []domain.Event[domain.InternalThread]
	switch rapid.IntRange(0, 17).Draw(t, "command") {
	case 0:
		kind := rapid.SampledFrom([]domain.ThreadKind{domain.ThreadQuestion, domain.ThreadAgreement, domain.ThreadNotice, domain.ThreadProposal}).Draw(t, "kind")
		events, _ = s.Open(domain.ThreadDraft{Kind: kind, Author: by, Addressees: []domain.EmployeeID{other}, Subject: "x", Text: "x"}, m)
	case 1:
		events, _ = s.See(by)
	case 2:
		events, _ = s.Answer(by, "x", m)
	case 3:
		events, _ = s.AcceptAnswer(by, other)
	case 4:
		events, _ = s.Return(by, other, "x", domain.ReplyTerm{}, m)
	case 5:
		events, _ = s.AddAddressee(by, other, domain.ReplyTerm{}, m)
	case 6:
		events, _ = s.ProposeDeadline(by, other, m.At.Add(5*time.Hour), "x", m.At)
	case 7:
		events, _ = s.AcceptDeadline(by, other)
	case 8:
		events, _ = s.RefuseDeadline(by, other, "x")
	case 9:
		events, _ = s.Close(by, "x")
	case 10:
		events, _ = s.ReviseAgreement(by, "x", domain.ReplyTerm{}, m)
	case 11, 12:
		events, _ = s.AcceptAgreement(by, s.Version, m)
	case 13:
		events, _ = s.DeclineAgreement(by, "x", m)
	case 14:
		events, _ = s.OpenDispute(by, "x")
	case 15:
		events, _ = s.AppointArbiter(by, other, m)
	case 16:
		events, _ = s.RuleDispute(by, "x")
	case 17:
		events, _ = s.NoteOverdue(m.At)
	}
	return events
}
