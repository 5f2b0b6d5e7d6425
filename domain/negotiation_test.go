package domain_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/letopis-crm/letopis/domain"
)

// talk is a negotiation of Anna with a client, in which she promised a discount.
type talk struct {
	client   domain.CounterpartyID
	anna     domain.EmployeeID
	reviewer domain.EmployeeID
	promise  domain.Commitment
	held     domain.NegotiationWasHeld
	record   domain.NegotiationRecord
}

func newTalk() talk {
	t := talk{client: domain.NewID[domain.Counterparty](), anna: domain.NewID[domain.Employee](), reviewer: domain.NewID[domain.Employee]()}
	discount := int64(1500)
	t.promise = domain.Commitment{
		ID: domain.NewID[domain.Commitment](), By: domain.ByUs, Kind: domain.CommitsDiscount, Topic: "Поддержка", Text: "Скидка 15 %",
		Sentence: "Дадим вам пятнадцать процентов.", Value: domain.CommitmentValue{BasisPoints: &discount}, Owner: t.anna,
	}
	ours := []domain.EmployeeID{t.anna}
	t.held = domain.NegotiationWasHeld{
		Counterparty: t.client, Author: t.anna, Topic: "Поддержка", Channel: domain.ByMeeting, Ours: ours,
		HeldFrom: monday, HeldTo: monday.Add(time.Hour), RecordBy: monday.AddDate(0, 0, 3),
	}
	t.record = domain.NegotiationRecord{
		Topic: "Поддержка", Stage: domain.StageBargaining, Ours: ours, Theirs: []domain.Negotiator{{Name: "Иванов"}}, Summary: "Обсудили цену",
		Commitments: []domain.Commitment{t.promise}, NextSteps: []domain.NextStep{{No: 1, What: "Выслать предложение", Who: t.anna, When: "2026-03-05"}},
	}
	return t
}

func (t talk) recorded() domain.NegotiationWasRecorded {
	return domain.NegotiationWasRecorded{NegotiationRecord: t.record, Author: t.anna, RecordBy: t.held.RecordBy}
}

func TestNegotiation(t *testing.T) {
	t.Parallel()
	type N = domain.Negotiation
	type E = []domain.Event[N]
	x := newTalk()
	boris := domain.NewID[domain.Employee]()
	soon, late := monday.Add(2*time.Hour), monday.AddDate(0, 0, 4)
	recorded := x.recorded()
	lateRecord := recorded
	lateRecord.Late = true
	rules := domain.BuiltInScreening()
	hit := domain.ScreeningHit{Rule: domain.RuleDiscount, Commitment: x.promise.ID, Detail: "15.00 % > 10.00 %", Fatal: true}
	written := hit
	written.No, written.Version = 1, 1
	by := monday.AddDate(0, 0, 1)
	screened := E{domain.NegotiationScreeningHit{written}, domain.NegotiationWasScreened{1, 1, 7, 10, true}, domain.NegotiationReviewWasQueued{domain.QueuedByHit, by}}
	claimed := domain.NegotiationReviewWasClaimed{x.reviewer}
	inReview := slices.Concat(E{x.held, recorded}, screened, E{claimed})
	stopped := domain.NegotiationWasStopped{
		Reviewer: x.reviewer, Author: x.anna, Stage: domain.StageBargaining, Reason: "Нет полномочий", Instruction: "Отозвать скидку", CorrectBy: by, Disputed: []domain.CommitmentID{x.promise.ID},
	}
	without := x.record
	without.Commitments, without.NoCommitments = nil, true
	dismissed := domain.Verdict{Scores: []domain.CriterionScore{{"within_authority", 3, 5}, {"payment_terms", 2, 3}}, Dismissed: []domain.DismissedHit{{1, "согласовано"}}}
	published := func(reviewed bool) domain.NegotiationWasPublished {
		return domain.NegotiationWasPublished{Informed: []domain.EmployeeID{boris}, Reviewed: reviewed}
	}
	approved := append(slices.Clone(inReview), published(false), domain.NegotiationWasApproved{Reviewer: x.reviewer})
	bare := func(change func(*domain.NegotiationRecord)) func(N) (E, error) {
		r := x.record
		change(&r)
		return func(n N) (E, error) { return n.Save(x.anna, r, soon) }
	}
	check(t, []rule[N]{
		{name: "hold", when: func(n N) (E, error) { return n.Hold(x.anna, x.held, soon) }, then: E{x.held}},
		{name: "not in the future", when: func(n N) (E, error) { return n.Hold(x.anna, x.held, monday) }, err: invalid},
		{name: "record", given: E{x.held}, when: func(n N) (E, error) { return n.Save(x.anna, x.record, soon) }, then: E{recorded}},
		{name: "record late", given: E{x.held}, when: func(n N) (E, error) { return n.Save(x.anna, x.record, late) }, then: E{lateRecord}},
		{name: "record needs both sides", given: E{x.held}, when: bare(func(r *domain.NegotiationRecord) { r.Theirs = nil }), err: invalid},
		{name: "record needs the steps or a confirmation", given: E{x.held}, when: bare(func(r *domain.NegotiationRecord) { r.NextSteps = nil }), err: invalid},
		{name: "record needs the commitments or a confirmation", given: E{x.held}, when: bare(func(r *domain.NegotiationRecord) { r.Commitments = nil }), err: invalid},
		{name: "not both", given: E{x.held}, when: bare(func(r *domain.NegotiationRecord) { r.NoCommitments = true }), err: invalid},
		{name: "record by a stranger", given: E{x.held}, when: func(n N) (E, error) { return n.Save(boris, x.record, soon) }, err: domain.ErrNegotiationForeign},
		{name: "screen", given: E{x.held, recorded}, when: func(n N) (E, error) { return n.Screened(rules, []domain.ScreeningHit{hit}, 7, by) }, then: screened},
		{name: "screen once", given: inReview, when: func(n N) (E, error) { return n.Screened(rules, nil, 7, by) }},
		{name: "a participant does not review", given: slices.Concat(E{x.held, recorded}, screened), when: func(n N) (E, error) { return n.Claim(x.anna) }, err: domain.ErrReviewParticipant},
		{name: "claim", given: slices.Concat(E{x.held, recorded}, screened), when: func(n N) (E, error) { return n.Claim(x.reviewer) }, then: E{claimed}},
		{name: "one reviewer at a time", given: inReview, when: func(n N) (E, error) { return n.Claim(boris) }, err: domain.ErrReviewClaimed},
		{name: "a fatal hit stands", given: inReview, when: func(n N) (E, error) { return n.Approve(x.reviewer, domain.Verdict{}, "") }, err: domain.ErrReviewFatal},
		{name: "approve", given: inReview, when: func(n N) (E, error) { return n.Approve(x.reviewer, dismissed, "") }, then: E{domain.NegotiationWasApproved{Verdict: dismissed, Reviewer: x.reviewer, ScoreBP: 8400}}},
		{name: "stop needs an instruction", given: inReview, when: func(n N) (E, error) { return n.Stop(x.reviewer, domain.Verdict{}, "x", "", by) }, err: invalid},
		{name: "stop", given: inReview, when: func(n N) (E, error) {
			return n.Stop(x.reviewer, domain.Verdict{}, "Нет полномочий", "Отозвать скидку", by)
		}, then: E{stopped}},
		{name: "a disputed commitment is not kept", given: append(slices.Clone(inReview), stopped), when: func(n N) (E, error) {
			return n.Settle(x.anna, boris, x.promise.ID, domain.CommitmentKept, "x")
		}, err: domain.ErrCommitmentState},
		{name: "correct supersedes what is left out", given: append(slices.Clone(inReview), stopped), when: func(n N) (E, error) { return n.Correct(x.anna, without, "по указанию") }, then: E{
			domain.NegotiationWasCorrected{NegotiationRecord: without, Author: x.anna, Reason: "по указанию", Superseded: []domain.CommitmentID{x.promise.ID}},
		}},
		{name: "what stays stays disputed", given: append(slices.Clone(inReview), stopped), when: func(n N) (E, error) { return n.Correct(x.anna, x.record, "уточнение") }, then: E{
			domain.NegotiationWasCorrected{NegotiationRecord: x.record, Author: x.anna, Reason: "уточнение", Disputed: []domain.CommitmentID{x.promise.ID}},
		}},
		{name: "corrected after a stop is reviewed again", given: append(slices.Clone(inReview), stopped, domain.NegotiationWasCorrected{NegotiationRecord: x.record, Author: x.anna, Disputed: stopped.Disputed}), when: func(n N) (E, error) {
			return n.Screened(domain.ScreeningParameters{Version: 2}, nil, 7, by)
		}, then: E{domain.NegotiationWasScreened{2, 0, 7, 0, true}, domain.NegotiationReviewWasQueued{domain.QueuedAgain, by}}},
		{name: "approval releases", given: append(slices.Clone(inReview), stopped, domain.NegotiationWasCorrected{NegotiationRecord: x.record, Author: x.anna, Disputed: stopped.Disputed},
			domain.NegotiationWasScreened{Review: true}, domain.NegotiationReviewWasQueued{domain.QueuedAgain, by}, claimed), when: func(n N) (E, error) {
			return n.Approve(x.reviewer, domain.Verdict{}, "впредь согласовывать")
		}, then: E{domain.NegotiationWasApprovedWithRemarks{Reviewer: x.reviewer, Released: stopped.Disputed, Remarks: "впредь согласовывать"}}},
		{name: "nothing is corrected under the reviewer's hands", given: inReview, when: func(n N) (E, error) { return n.Correct(x.anna, x.record, "x") }, err: domain.ErrNegotiationUnderReview},
		{name: "escalate", given: inReview, when: func(n N) (E, error) { return n.Escalate(boris, by) }, then: E{domain.NegotiationReviewWasEscalated{boris, x.reviewer, by}}},
		{name: "not before the deadline", given: inReview, when: func(n N) (E, error) { return n.Escalate(boris, by.Add(-1)) }},
		{name: "kept", given: E{x.held, recorded}, when: func(n N) (E, error) {
			return n.Settle(x.anna, boris, x.promise.ID, domain.CommitmentKept, "счёт со скидкой")
		}, then: E{domain.CommitmentWasKept{x.promise.ID, x.anna, "счёт со скидкой"}}},
		{name: "only by whom it concerns", given: E{x.held, recorded}, when: func(n N) (E, error) {
			return n.Settle(boris, x.reviewer, x.promise.ID, domain.CommitmentKept, "x")
		}, err: domain.ErrCommitmentForeign},
		{name: "step done", given: E{x.held, recorded}, when: func(n N) (E, error) { return n.FinishStep(x.anna, 1, "выслано") }, then: E{domain.NegotiationStepWasDone{1, x.anna, "выслано"}}},
		{name: "a stopped one is not published", given: append(slices.Clone(inReview), stopped), when: func(n N) (E, error) { return n.Publish([]domain.EmployeeID{boris}) }, err: domain.ErrNegotiationStep},
		{name: "publish unreviewed", given: E{x.held, recorded}, when: func(n N) (E, error) { return n.Publish([]domain.EmployeeID{boris}) }, then: E{domain.NegotiationWasPublished{Informed: []domain.EmployeeID{boris}}}},
		{name: "publish unreviewed once", given: E{x.held, recorded, published(false)}, when: func(n N) (E, error) { return n.Publish([]domain.EmployeeID{boris}) }},
		{name: "publish again after the approval", given: approved, when: func(n N) (E, error) { return n.Publish([]domain.EmployeeID{boris}) }, then: E{published(true)}},
		{name: "publish reviewed once", given: append(slices.Clone(approved), published(true)), when: func(n N) (E, error) { return n.Publish([]domain.EmployeeID{boris}) }},
		{name: "publish a corrected record again", given: append(slices.Clone(approved), published(true), domain.NegotiationWasCorrected{NegotiationRecord: x.record, Author: x.anna},
			domain.NegotiationWasScreened{Review: true}, domain.NegotiationReviewWasQueued{domain.QueuedAgain, by}, claimed, domain.NegotiationWasApproved{Reviewer: x.reviewer}),
			when: func(n N) (E, error) { return n.Publish([]domain.EmployeeID{boris}) }, then: E{published(true)}},
	})
}

// Random commands never leave the three declared workflows.
func TestNegotiationWorkflow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x := newTalk()
		now := monday.Add(2 * time.Hour)
		var n domain.Negotiation
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			var events []domain.Event[domain.Negotiation]
			switch rapid.IntRange(0, 13).Draw(t, "command") {
			case 0:
				events, _ = n.Plan(domain.NegotiationWasPlanned{Counterparty: x.client, Author: x.anna, Topic: "x", Channel: domain.ByCall, Stage: domain.StageNeeds, Ours: x.held.Ours, PlannedFrom: monday, PlannedTo: now})
			case 1, 2:
				events, _ = n.Hold(x.anna, x.held, now)
			case 3:
				events, _ = n.Cancel(x.anna, "x")
			case 4, 5:
				events, _ = n.Save(x.anna, x.record, now)
			case 6:
				r := x.record
				if rapid.Bool().Draw(t, "leave out") {
					r.Commitments, r.NoCommitments = nil, true
				}
				events, _ = n.Correct(x.anna, r, "x")
			case 7:
				events, _ = n.Screened(domain.BuiltInScreening(), nil, rapid.Int64().Draw(t, "seed"), now)
			case 8:
				events, _ = n.Claim(x.reviewer)
			case 9:
				events, _ = n.Release(x.reviewer)
			case 10:
				events, _ = n.Approve(x.reviewer, domain.Verdict{}, rapid.SampledFrom([]string{"", "x"}).Draw(t, "remarks"))
			case 11:
				events, _ = n.Stop(x.reviewer, domain.Verdict{}, "x", "y", now)
			case 12:
				to := rapid.SampledFrom([]domain.CommitmentState{domain.CommitmentKept, domain.CommitmentBroken, domain.CommitmentWaived}).Draw(t, "outcome")
				events, _ = n.Settle(x.anna, x.anna, x.promise.ID, to, "x")
			case 13:
				events, _ = n.Supersede(x.anna, x.anna, x.promise.ID, domain.NewID[domain.Commitment](), "x")
			}
			for _, e := range events {
				before := n
				e.Apply(&n)
				legal(t, e, domain.NegotiationTransitions, before.State, n.State)
				legal(t, e, domain.ReviewTransitions, before.Review.State, n.Review.State)
				for i, p := range before.Promises {
					legal(t, e, domain.CommitmentTransitions, p.State, n.Promises[i].State)
				}
			}
		}
	})
}

func legal[S comparable](t *rapid.T, e any, table domain.Transitions[S], from, to S) {
	if from != to && !table.Allows(from, to) {
		t.Fatalf("illegal step %v -> %v by %T", from, to, e)
	}
}

func TestScreen(t *testing.T) {
	t.Parallel()
	x := newTalk()
	known := domain.NewID[domain.ContactPerson]()
	number := func(n int64) *int64 { return &n }
	roubles := func(n int64) *domain.Money { return &domain.Money{Minor: n * 100, Currency: "RUB"} }
	ours := func(kind domain.CommitmentKind, v domain.CommitmentValue) domain.Commitment {
		return domain.Commitment{ID: domain.NewID[domain.Commitment](), By: domain.ByUs, Kind: kind, Topic: "Поддержка", Text: "x", Value: v, Owner: x.anna}
	}
	facts := domain.ScreeningFacts{
		Author: domain.AuthorityLimits{MaxDiscountBP: 1000, MaxPaymentTermDays: 60}, KnownPersons: []domain.ContactPersonID{known}, HeldOn: "2026-03-02",
	}
	rules := domain.BuiltInScreening()
	rules.PriceFloors = []domain.PriceFloor{{"поддержка", domain.Money{Minor: 5_000_000, Currency: "RUB"}}}
	for _, c := range []struct {
		name   string
		record func(*domain.NegotiationRecord)
		facts  func(*domain.ScreeningFacts)
		want   []domain.RuleID
		detail string
	}{
		{name: "nothing wrong"},
		{name: "discount", record: func(r *domain.NegotiationRecord) {
			r.Commitments = []domain.Commitment{ours(domain.CommitsDiscount, domain.CommitmentValue{BasisPoints: number(1501)})}
		}, want: []domain.RuleID{"R1"}, detail: "15.01 % > 10.00 %"},
		{name: "discount at the limit", record: func(r *domain.NegotiationRecord) {
			r.Commitments = []domain.Commitment{ours(domain.CommitsDiscount, domain.CommitmentValue{BasisPoints: number(1000)})}
		}},
		{name: "price floor", record: func(r *domain.NegotiationRecord) {
			r.Commitments = []domain.Commitment{ours(domain.CommitsPrice, domain.CommitmentValue{Money: roubles(49_999)})}
		}, want: []domain.RuleID{"R2"}, detail: "49999.00 RUB < 50000.00 RUB"},
		{name: "payment term", record: func(r *domain.NegotiationRecord) {
			r.Commitments = []domain.Commitment{ours(domain.CommitsPaymentTerm, domain.CommitmentValue{Days: number(45)})}
		}, want: []domain.RuleID{"R3"}, detail: "45 > 30"},
		{name: "conflict with what stands", record: func(r *domain.NegotiationRecord) {
			r.Commitments = []domain.Commitment{ours(domain.CommitsDiscount, domain.CommitmentValue{BasisPoints: number(500)})}
		}, facts: func(f *domain.ScreeningFacts) {
			f.Known = []domain.KnownCommitment{{Commitment: ours(domain.CommitsDiscount, domain.CommitmentValue{BasisPoints: number(700)})}}
		}, want: []domain.RuleID{"R4"}, detail: "5.00 % ≠ 7.00 %"},
		{name: "conflict within the record", record: func(r *domain.NegotiationRecord) {
			r.Commitments = []domain.Commitment{
				ours(domain.CommitsDiscount, domain.CommitmentValue{BasisPoints: number(500)}), ours(domain.CommitsDiscount, domain.CommitmentValue{BasisPoints: number(600)}),
			}
		}, want: []domain.RuleID{"R4"}, detail: "6.00 % ≠ 5.00 %"},
		{name: "delivery", record: func(r *domain.NegotiationRecord) {
			r.Commitments = []domain.Commitment{ours(domain.CommitsDelivery, domain.CommitmentValue{Date: "2026-03-06"})}
		}, want: []domain.RuleID{"R5"}, detail: "2026-03-06 < 2026-03-07"},
		{name: "forbidden word, any case and form", record: func(r *domain.NegotiationRecord) {
			r.Summary = "Обещали Эксклюзивный договор"
		}, want: []domain.RuleID{"R6"}, detail: "эксклюзивный"},
		{name: "forbidden word in English", record: func(r *domain.NegotiationRecord) { r.OurPositions = []string{"We guarantee delivery"} }, want: []domain.RuleID{"R6"}, detail: "guarantee"},
		{name: "forbidden word with legal approval", record: func(r *domain.NegotiationRecord) {
			r.Summary, r.LegalApproval = "Обещали эксклюзив", "Петров, письмо 12"
		}},
		{name: "only is not exclusive", record: func(r *domain.NegotiationRecord) {
			r.Summary = "Работаем исключительно по предоплате"
		}},
		{name: "an author who may grant exclusivity", record: func(r *domain.NegotiationRecord) { r.Summary = "Обещали эксклюзив" }, facts: func(f *domain.ScreeningFacts) { f.Author.MayGrantExclusivity = true }},
		{name: "unknown person", record: func(r *domain.NegotiationRecord) { r.Theirs = []domain.Negotiator{{Name: "Сидоров"}} }, want: []domain.RuleID{"R7"}, detail: "Сидоров"},
		{name: "money too early", record: func(r *domain.NegotiationRecord) {
			r.Stage = domain.StageFirstContact
			r.Commitments = []domain.Commitment{ours(domain.CommitsPrice, domain.CommitmentValue{Money: roubles(60_000)})}
		}, want: []domain.RuleID{"R8"}, detail: "60000.00 RUB"},
		{name: "stopped before", facts: func(f *domain.ScreeningFacts) { f.EarlierStops = 2 }, want: []domain.RuleID{"R9"}, detail: "2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r, f := x.record, facts
			r.Commitments, r.NoCommitments, r.Theirs = nil, true, []domain.Negotiator{{Person: known, Name: "Иванов"}}
			if c.record != nil {
				c.record(&r)
			}
			if c.facts != nil {
				c.facts(&f)
			}
			hits := domain.Screen(rules, r, f)
			var got []domain.RuleID
			for _, h := range hits {
				got = append(got, h.Rule)
			}
			if !slices.Equal(got, c.want) || len(hits) > 0 && hits[0].Detail != c.detail {
				t.Fatalf("got %+v, want %v with %q", hits, c.want, c.detail)
			}
		})
	}
}

// Stems are compared as words are: in whatever letters somebody published them.
func TestForbiddenStemsInAnyLetters(t *testing.T) {
	t.Parallel()
	rules := domain.ScreeningParameters{Version: 2, Disabled: []domain.RuleID{domain.RuleUnknownPerson}, ForbiddenStems: []domain.ForbiddenStem{{Stem: " ЗачЁт ", Group: "guarantee"}, {Stem: "ИСКЛЮЧИТ", Group: "exclusivity"}}}
	for text, want := range map[string]string{"Обещали зачёты": "зачеты", "Обещали исключительное право": "исключительное", "Обещали зазор": ""} {
		hits := domain.Screen(rules, domain.NegotiationRecord{Summary: text}, domain.ScreeningFacts{HeldOn: "2026-03-02"})
		if len(hits) > 0 != (want != "") || want != "" && !strings.HasSuffix(hits[0].Detail, want) {
			t.Errorf("%s: %+v, want %q", text, hits, want)
		}
	}
	allowed := domain.ScreeningFacts{HeldOn: "2026-03-02", Author: domain.AuthorityLimits{MayGrantExclusivity: true}}
	if hits := domain.Screen(rules, domain.NegotiationRecord{Summary: "Исключительное право"}, allowed); len(hits) > 0 {
		t.Errorf("who may grant exclusivity needs no approval: %+v", hits)
	}
}

// The sample takes about the share it should, and the same seed gives the same answer.
func TestSampled(t *testing.T) {
	t.Parallel()
	drawn := 0
	for seed := range int64(20_000) {
		if domain.Sampled(seed, 10) {
			drawn++
		}
		if domain.Sampled(seed, 0) || !domain.Sampled(seed, 100) {
			t.Fatal("0 % takes none and 100 % all")
		}
	}
	if drawn < 1_800 || drawn > 2_200 {
		t.Fatalf("%d of 20000 drawn at 10 %%", drawn)
	}
}
