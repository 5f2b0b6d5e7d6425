package domain_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/letopis-crm/letopis/domain"
)

func TestDuplicatePair(t *testing.T) {
	t.Parallel()
	type P = domain.DuplicatePair
	type E = []domain.Event[P]
	a, b := domain.NewID[domain.Counterparty](), domain.NewID[domain.Counterparty]()
	anna, boris := domain.NewID[domain.Employee](), domain.NewID[domain.Employee]()
	rules := []domain.DuplicateRule{domain.RuleSameINN}
	flagged := domain.DuplicateWasFlagged{Left: a, Right: b, Score: 100, Rules: rules, KeysDigest: "k1"}
	proposed := domain.DuplicateMergeWasProposed{Survivor: a, Loser: b, Proposer: anna}
	merged := domain.DuplicatesWereMerged{Survivor: a, Loser: b, Approver: anna}
	check(t, []rule[P]{
		{name: "flag, whichever is named first", when: func(p P) (E, error) { return p.Flag(b, a, 100, rules, "k1", "") }, then: E{flagged}},
		{name: "not with itself", when: func(p P) (E, error) { return p.Flag(a, a, 100, rules, "k1", "") }, err: domain.ErrDuplicateSelf},
		{name: "the same keys are flagged once", given: E{flagged}, when: func(p P) (E, error) { return p.Flag(a, b, 100, rules, "k1", "") }},
		{name: "reject", given: E{flagged}, when: func(p P) (E, error) { return p.Reject("разные", "k1") }, then: E{domain.DuplicateWasRejected{"разные", "k1"}}},
		{name: "a rejected pair is not proposed again", given: E{flagged, domain.DuplicateWasRejected{"", "k1"}}, when: func(p P) (E, error) { return p.Flag(a, b, 100, rules, "k1", "") }},
		{name: "unless a key changed", given: E{flagged, domain.DuplicateWasRejected{"", "k1"}}, when: func(p P) (E, error) { return p.Flag(a, b, 100, rules, "k2", "") }, then: E{domain.DuplicateWasFlagged{a, b, 100, rules, "k2", ""}}},
		{name: "or a person asks again", given: E{flagged, domain.DuplicateWasRejected{"", "k1"}}, when: func(p P) (E, error) {
			return p.Flag(a, b, 0, []domain.DuplicateRule{domain.RuleManual}, "k1", "видел договор")
		}, then: E{domain.DuplicateWasFlagged{a, b, 0, []domain.DuplicateRule{domain.RuleManual}, "k1", "видел договор"}}},
		{name: "merge", given: E{flagged}, when: func(p P) (E, error) { return p.Merge(anna, a, nil, false) }, then: E{merged}},
		{name: "the survivor is one of the two", given: E{flagged}, when: func(p P) (E, error) { return p.Merge(anna, domain.CounterpartyID{}, nil, false) }, err: domain.ErrDuplicateNotOfPair},
		{name: "a key account needs two people", given: E{flagged}, when: func(p P) (E, error) { return p.Merge(anna, a, nil, true) }, err: domain.ErrDuplicateNeedsTwo},
		{name: "not the proposer", given: E{flagged, proposed}, when: func(p P) (E, error) { return p.Approve(anna, true) }, err: domain.ErrDuplicateSamePerson},
		{name: "but another", given: E{flagged, proposed}, when: func(p P) (E, error) { return p.Approve(boris, true) }, then: E{domain.DuplicatesWereMerged{Survivor: a, Loser: b, Proposer: anna, Approver: boris}}},
		{name: "unmerge needs a reason", given: E{flagged, merged}, when: func(p P) (E, error) { return p.Unmerge("", "k1") }, err: invalid},
		{name: "unmerge", given: E{flagged, merged}, when: func(p P) (E, error) { return p.Unmerge("ошибка", "k1") }, then: E{domain.DuplicatesWereUnmerged{a, b, "ошибка", "k1"}}},
		{name: "a branch", given: E{flagged}, when: func(p P) (E, error) { return p.Link(a, "k1") }, then: E{domain.DuplicateWasLinked{a, b, "k1"}}},
		{name: "nobody asked", when: func(p P) (E, error) { return p.Reject("x", "k") }, err: domain.ErrNotFound},
	})
}

// Random commands never leave the declared workflow.
func TestDuplicatePairWorkflow(t *testing.T) {
	t.Parallel()
	a, b := domain.NewID[domain.Counterparty](), domain.NewID[domain.Counterparty]()
	rapid.Check(t, func(t *rapid.T) {
		var p domain.DuplicatePair
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			before := p.State
			var events []domain.Event[domain.DuplicatePair]
			switch rapid.IntRange(0, 5).Draw(t, "command") {
			case 0:
				digest := rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "digest")
				events, _ = p.Flag(a, b, 100, []domain.DuplicateRule{domain.RuleSameINN}, digest, "")
			case 1:
				events, _ = p.Reject("x", "k")
			case 2:
				events, _ = p.Link(a, "k1")
			case 3:
				events, _ = p.Propose(domain.NewID[domain.Employee](), a, nil)
			case 4:
				events, _ = p.Merge(domain.NewID[domain.Employee](), b, nil, rapid.Bool().Draw(t, "key"))
			case 5:
				events, _ = p.Unmerge("x", "k")
			}
			for _, e := range events {
				e.Apply(&p)
			}
			if len(events) > 0 && !domain.DuplicateTransitions.Allows(before, p.State) {
				t.Fatalf("illegal step %q -> %q", before, p.State)
			}
		}
	})
}

func TestDuplicateScore(t *testing.T) {
	t.Parallel()
	keys := func(inn, kpp, phone, email string) domain.MatchKeys {
		k := domain.MatchKeys{INN: inn, KPP: kpp}
		if phone != "" {
			k.Phones = []string{phone}
		}
		if email != "" {
			k.Emails = []string{email}
		}
		return k
	}
	for _, c := range []struct {
		name       string
		a, b       domain.MatchKeys
		similarity float64
		score      int
		rules      []domain.DuplicateRule
	}{
		{"a name alone is not enough", keys("", "", "", ""), keys("", "", "", ""), 1, 30, []domain.DuplicateRule{domain.RuleSameName}},
		{"a phone alone is not enough", keys("", "", "+1", ""), keys("", "", "+1", ""), 0.5, 40, []domain.DuplicateRule{domain.RuleSamePhone}},
		{"phone and name", keys("", "", "+1", ""), keys("", "", "+1", ""), 0.95, 70, []domain.DuplicateRule{domain.RuleSamePhone, domain.RuleSameName}},
		{"INN", keys("1", "", "", ""), keys("1", "2", "", ""), 0, 100, []domain.DuplicateRule{domain.RuleSameINN}},
		{"branch", keys("1", "3", "", ""), keys("1", "2", "", ""), 0, 100, []domain.DuplicateRule{domain.RuleSameINN, domain.RuleBranch}},
	} {
		score, rules := c.a.Compare(c.b, c.similarity)
		if score != c.score || !slices.Equal(rules, c.rules) {
			t.Errorf("%s: %d %v", c.name, score, rules)
		}
	}
	a, b := keys("1", "", "+1", ""), keys("2", "", "", "x@y.z")
	if domain.KeysDigest(a, b) != domain.KeysDigest(b, a) || domain.KeysDigest(a, a) == domain.KeysDigest(a, b) {
		t.Error("the digest follows the keys, not their order")
	}
}

func TestRequisiteClaim(t *testing.T) {
	t.Parallel()
	type R = domain.RequisiteClaim
	type E = []domain.Event[R]
	a, b := domain.NewID[domain.Counterparty](), domain.NewID[domain.Counterparty]()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	claimed := domain.RequisiteWasClaimed{Key: "k", Holder: a, At: now}
	check(t, []rule[R]{
		{name: "claim", when: func(r R) (E, error) { return r.Claim("k", a, domain.ClaimHolder{}, now) }, then: E{claimed}},
		{name: "mine already", given: E{claimed}, when: func(r R) (E, error) { return r.Claim("k", a, domain.ClaimHolder{a, a, true}, now) }},
		{name: "taken", given: E{claimed}, when: func(r R) (E, error) { return r.Claim("k", b, domain.ClaimHolder{a, a, true}, now.Add(time.Hour)) }, err: domain.ErrCounterpartyKeyTaken},
		{name: "the survivor has what the loser had", given: E{claimed}, when: func(r R) (E, error) { return r.Claim("k", b, domain.ClaimHolder{a, b, true}, now) }},
		{name: "somebody was quicker", given: E{claimed}, when: func(r R) (E, error) { return r.Claim("k", b, domain.ClaimHolder{}, now.Add(time.Hour)) }, err: domain.ErrCounterpartyKeyTaken},
		{name: "a young orphan may still come", given: E{claimed}, when: func(r R) (E, error) { return r.Claim("k", b, domain.ClaimHolder{a, a, false}, now.Add(59*time.Second)) }, err: domain.ErrCounterpartyKeyTaken},
		{name: "an old orphan is taken over", given: E{claimed}, when: func(r R) (E, error) { return r.Claim("k", b, domain.ClaimHolder{a, a, false}, now.Add(time.Minute)) }, then: E{domain.RequisiteWasTakenOver{From: a, To: b, At: now.Add(time.Minute)}}},
		{name: "release", given: E{claimed}, when: func(r R) (E, error) { return r.Release(a) }, then: E{domain.RequisiteWasReleased{a}}},
		{name: "release what is another's", given: E{claimed}, when: func(r R) (E, error) { return r.Release(b) }},
	})
}

func TestAudienceGroup(t *testing.T) {
	t.Parallel()
	type G = domain.AudienceGroup
	type E = []domain.Event[G]
	a, b, p := domain.NewID[domain.Counterparty](), domain.NewID[domain.Counterparty](), domain.NewID[domain.ContactPerson]()
	created := domain.AudienceGroupWasCreated{Kind: domain.GroupOfCounterparties, Name: "Урал"}
	of := func(ids ...domain.CounterpartyID) domain.GroupMembers {
		return domain.GroupMembers{Counterparties: ids}
	}
	check(t, []rule[G]{
		{name: "create", when: func(g G) (E, error) { return g.Create(domain.GroupOfCounterparties, "Урал ") }, then: E{created}},
		{name: "only new members", given: E{created, domain.AudienceGroupGotMembers{of(a)}}, when: func(g G) (E, error) { return g.Add(of(a, b)) }, then: E{domain.AudienceGroupGotMembers{of(b)}}},
		{name: "the other kind", given: E{created}, when: func(g G) (E, error) { return g.Add(domain.GroupMembers{Persons: []domain.ContactPersonID{p}}) }, err: domain.ErrGroupKind},
		{name: "remove", given: E{created, domain.AudienceGroupGotMembers{of(a)}}, when: func(g G) (E, error) { return g.Remove(of(a, b)) }, then: E{domain.AudienceGroupLostMembers{of(a)}}},
		{name: "closed", given: E{created, domain.AudienceGroupWasClosed{""}}, when: func(g G) (E, error) { return g.Add(of(a)) }, err: domain.ErrGroupClosed},
	})
}
