package readmodels_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/commands/policies"
	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/readmodels"
)

// bargain records a negotiation of the kit's actor in which a discount is promised.
func (k *kit) bargain(client domain.CounterpartyID, topic string, discount int64) domain.NegotiationID {
	k.t.Helper()
	id, ours := domain.NewID[domain.Negotiation](), []domain.EmployeeID{k.actor}
	do(k, domain.Negotiations, id, commands.RecordNegotiation{
		NegotiationRecord: domain.NegotiationRecord{
			Topic: topic, Stage: domain.StageProposal, Ours: ours, Theirs: []domain.Negotiator{{Name: "Иванов"}}, Summary: "Обсудили цену",
			Commitments: []domain.Commitment{{
				By: domain.ByUs, Kind: domain.CommitsDiscount, Topic: "Поддержка", Text: "Скидка", Sentence: "Дадим скидку.",
				Value: domain.CommitmentValue{BasisPoints: &discount}, Due: k.clock.AddDate(0, 0, 3),
			}},
			NextSteps: []domain.NextStep{{What: "Выслать предложение", Who: k.actor, When: domain.DateOf(k.clock, time.UTC)}},
		},
		Talk: &commands.NegotiationTalk{
			Counterparty: client, Topic: topic, Channel: domain.ByCall, Ours: ours, HeldFrom: k.clock.Add(-time.Hour), HeldTo: k.clock.Add(-time.Minute),
		},
	})
	return id
}

// The whole way of a wrong promise: recorded, screened, claimed, stopped, corrected, reviewed again, approved.
func TestNegotiationReview(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	reviewer, head, client := domain.NewID[domain.Employee](), domain.NewID[domain.Employee](), domain.NewID[domain.Counterparty]()
	do(k, domain.Employees, k.actor, commands.HireEmployee{Name: domain.EmployeeName{Last: "Орлова", First: "Анна"}, Hired: "2020-01-09", Head: head})
	r := &reactor{k: k, policies: []policies.Policy{policies.ScreenNegotiations(k.Queries), policies.PublishNegotiations(k.Queries), policies.RemindPeople()}}
	id := k.bargain(client, "Поддержка на год", 1500)
	r.settle()

	desk := sure(k.ReviewDesk(t.Context(), readmodels.ReviewDeskFilter{Unclaimed: true}, k.clock))
	if len(desk.Items) != 1 || desk.Items[0].ReviewReason != "hit" || len(desk.Items[0].LatestHits) != 2 {
		t.Fatalf("review desk: %+v", desk)
	}
	rules := []string{desk.Items[0].LatestHits[0].Rule, desk.Items[0].LatestHits[1].Rule}
	if !slices.Equal(rules, []string{"R1", "R7"}) || desk.Items[0].LatestHits[0].Detail != "15.00 % > 0.00 %" {
		t.Errorf("hits: %+v", desk.Items[0].LatestHits)
	}
	if _, err := try(k, k.actor, domain.Negotiations, id, commands.ClaimNegotiationReview{}); !errors.Is(err, domain.ErrReviewParticipant) {
		t.Errorf("a participant reviews: %v", err)
	}
	standIn := commands.Request{CommandID: id.UUID(), Actor: k.actor, OnBehalfOf: reviewer, Source: domain.SourceAPI}
	if _, err := commands.Execute(t.Context(), k.executor, domain.Negotiations, id, commands.ClaimNegotiationReview{}, standIn); !errors.Is(err, domain.ErrReviewParticipant) {
		t.Errorf("a participant reviews for an absent reviewer: %v", err)
	}
	k.later(3 * 24 * time.Hour)
	r.settle()
	escalated := sure(k.ReviewDesk(t.Context(), readmodels.ReviewDeskFilter{Overdue: true}, k.clock))
	told := sure(k.Reminders(t.Context(), head.UUID(), readmodels.ReminderFilter{}, k.clock))
	if len(escalated.Items) != 1 || !escalated.Items[0].Escalated || len(told.Items) != 1 {
		t.Errorf("escalation: %+v, reminder of the head: %+v", escalated.Items, told.Items)
	}

	doAs(k, reviewer, domain.Negotiations, id, commands.ClaimNegotiationReview{})
	doAs(k, reviewer, domain.Negotiations, id, commands.StopNegotiation{
		Verdict: domain.Verdict{Scores: []domain.CriterionScore{{Criterion: "within_authority", Score: 1}}}, Reason: "Нет полномочий", Instruction: "Отозвать скидку",
	})
	r.settle()
	blocked := sure(k.Negotiations(t.Context(), readmodels.NegotiationFilter{Blocked: true}, k.clock))
	disputed := sure(k.Commitments(t.Context(), readmodels.CommitmentFilter{Counterparty: client.UUID(), States: []string{"disputed"}}, k.clock))
	if len(blocked.Items) != 1 || blocked.Items[0].Instruction != "Отозвать скидку" || len(disputed.Items) != 1 || disputed.Items[0].Sentence != "Дадим скидку." {
		t.Fatalf("stopped: %+v, commitments: %+v", blocked.Items, disputed.Items)
	}

	loaded, err := commands.Load(t.Context(), k.executor, domain.Negotiations, id)
	if err != nil {
		t.Fatal(err)
	}
	record := loaded.State.Record
	record.Commitments = slices.Clone(record.Commitments)
	less := int64(300)
	record.Commitments[0].Value = domain.CommitmentValue{BasisPoints: &less}
	do(k, domain.Negotiations, id, commands.CorrectNegotiation{NegotiationRecord: record, Reason: "по указанию"})
	r.settle()
	doAs(k, reviewer, domain.Negotiations, id, commands.ClaimNegotiationReview{})
	doAs(k, reviewer, domain.Negotiations, id, commands.ApproveNegotiation{Verdict: domain.Verdict{
		Scores:    []domain.CriterionScore{{Criterion: "within_authority", Score: 4}},
		Dismissed: []domain.DismissedHit{{Hit: 1, Reason: "согласовано директором"}},
	}})
	r.settle()
	d := sure(k.Negotiation(t.Context(), id.UUID(), k.clock))
	if d.Review != "approved" || d.Blocked || d.ScoreBP != 8000 || len(d.ScreenHits) != 4 || d.Corrections != 1 || len(d.Steps) != 1 {
		t.Errorf("approved: %+v", d)
	}
	if len(d.Commitments) != 1 || d.Commitments[0].State != "open" || d.Commitments[0].ValueText != "3.00 %" || d.PublishedAt == nil || d.PublishedUnreviewed {
		t.Errorf("released and published: %+v", d)
	}
	m := sure(k.NegotiationMetrics(t.Context(), readmodels.NegotiationMetricsFilter{}, k.clock))
	if m.Recorded != 1 || *m.HitRateBP != 10000 || m.Stops != 1 || *m.EarlyStopRateBP != 10000 || m.OpenCommitments != 1 || len(m.Rules) != 2 || m.Rules[0].Hits != 2 {
		t.Errorf("metrics: %+v", m)
	}

	// The standing promise contradicts the next one, and the author has been stopped before.
	k.later(time.Hour)
	second := k.bargain(client, "Поддержка на два года", 0)
	r.settle()
	d = sure(k.Negotiation(t.Context(), second.UUID(), k.clock))
	var hit []string
	for _, h := range d.ScreenHits {
		hit = append(hit, h.Rule)
	}
	if !slices.Equal(hit, []string{"R4", "R7", "R9"}) {
		t.Errorf("hits of the second: %+v", d.ScreenHits)
	}
}

// Which records without hits are reviewed follows from the seed that is in the log.
func TestNegotiationSample(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	do(k, domain.ScreeningRuleSets, domain.TheScreeningRules, commands.PublishScreeningRules{
		Parameters: domain.ScreeningParameters{Disabled: domain.ScreeningRuleIDs, SamplingPercent: 50, ReviewHours: 8}, Reason: "проба",
	})
	r := &reactor{k: k, policies: []policies.Policy{policies.ScreenNegotiations(k.Queries)}}
	client := domain.NewID[domain.Counterparty]()
	for range 20 {
		k.bargain(client, "Поддержка", 9000)
	}
	r.settle()
	queued := 0
	for _, n := range sure(k.Negotiations(t.Context(), readmodels.NegotiationFilter{}, k.clock)).Items {
		d := sure(k.Negotiation(t.Context(), n.ID, k.clock))
		drawn := d.Review == "queued"
		if drawn {
			queued++
		}
		if domain.Sampled(d.SampleSeed, 50) != drawn || d.RulesVersion != 2 || d.Hits != 0 {
			t.Errorf("seed %d of version %d gave %s", d.SampleSeed, d.RulesVersion, d.Review)
		}
	}
	if queued == 0 || queued == 20 {
		t.Errorf("%d of 20 drawn at 50 %%", queued)
	}
}

// The same events give the same rows, one by one and all at once.
func TestWorkRowsDoNotDependOnBatches(t *testing.T) {
	t.Parallel()
	names := []string{"assignments", "work_items", "negotiations", "commitments", "reminders", "daily_reports", "due"}
	one, all := newKit(t, names...), newKit(t, names...)
	all.store = one.store
	k, client, reviewer := one, domain.NewID[domain.Counterparty](), domain.NewID[domain.Employee]()
	for i := range 3 {
		id := k.bargain(client, "Поддержка", int64(i*1000))
		do(k, domain.Negotiations, id, commands.ScreenNegotiation{Seed: int64(i)})
		doAs(k, reviewer, domain.Negotiations, id, commands.ClaimNegotiationReview{})
		doAs(k, reviewer, domain.Negotiations, id, commands.StopNegotiation{Reason: "Нет полномочий", Instruction: "Отозвать"})
		loaded, err := commands.Load(t.Context(), k.executor, domain.Negotiations, id)
		if err != nil {
			t.Fatal(err)
		}
		record := loaded.State.Record
		record.Commitments, record.NoCommitments = nil, true
		record.NextSteps = []domain.NextStep{{What: "Объясниться", Who: k.actor, When: "2026-03-12"}}
		do(k, domain.Negotiations, id, commands.CorrectNegotiation{NegotiationRecord: record, Reason: "по указанию"})
		do(k, domain.Negotiations, id, commands.FinishNegotiationStep{Step: 2, Result: "объяснились"})
		task := domain.NewID[domain.Assignment]()
		do(k, domain.Assignments, task, commands.IssueAssignment{Assignee: reviewer, Title: "Дело", ExpectedResult: "Итог", Due: k.clock.Add(time.Hour)})
		before := -5
		do(k, domain.Reminders, domain.NewID[domain.Reminder](), commands.ScheduleReminder{Text: "Спросить", Subject: domain.RefTo(domain.Assignments, task), Offset: &before})
		day := domain.DateOf(k.clock, time.UTC)
		doAs(k, reviewer, domain.TimeSheets, domain.TimeSheetOf(reviewer, day), commands.EnterTime{TimeWorked: commands.TimeWorked{Date: day, Minutes: 10, Assignment: task}})
		doAs(k, reviewer, domain.Assignments, task, commands.ReportAssignmentDone{Result: "Готово"})
		do(k, domain.Assignments, task, commands.ReturnAssignment{Reason: "Не то"})
		k.later(time.Minute)
	}
	one.project(1)
	all.project(0)
	for _, table := range []string{
		"assignment", "time_entry", "work_item", "negotiation", "negotiation_hit", "negotiation_stop", "negotiation_step", "commitment", "reminder", "daily_report", "due",
	} {
		dump := func(k *kit) []string {
			//sqlvet:built the table is one of the list above
			found := sure(k.DB.Query(t.Context(), `select to_jsonb(t)::text from read.`+table+` t order by 1`))
			return sure(pgx.CollectRows(found, pgx.RowTo[string]))
		}
		if a, b := dump(one), dump(all); !slices.Equal(a, b) {
			t.Errorf("%s: %v\nand %v", table, a, b)
		}
	}
}
