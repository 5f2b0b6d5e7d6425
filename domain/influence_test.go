package domain_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/letopis-crm/letopis/domain"
)

func TestInfluence(t *testing.T) {
	t.Parallel()
	type L = domain.InfluenceLink
	type E = []domain.Event[L]
	client, orlov, popova := domain.NewID[domain.Counterparty](), domain.NewID[domain.ContactPerson](), domain.NewID[domain.ContactPerson]()
	seen := domain.Evidence{Note: "сказал на встрече"}
	weight := domain.InfluenceWeight{Strength: 4, Attitude: -1, Confidence: 50}
	supposed := domain.InfluenceWasSupposed{Counterparty: client, From: orlov, To: popova, Kind: domain.InfluenceApproves, Topic: "Закупка", InfluenceWeight: weight, Evidence: seen, Since: "2026-01-10"}
	stronger := domain.InfluenceWeight{Strength: 5, Attitude: 2, Confidence: 80}
	both := supposed
	both.Decision = "выбор"
	check(t, []rule[L]{
		{name: "suppose", when: func(l L) (E, error) { return l.Suppose(supposed) }, then: E{supposed}},
		{name: "a link leads to one thing", when: func(l L) (E, error) { return l.Suppose(both) }, err: invalid},
		{name: "evidence and weight are needed", when: func(l L) (E, error) {
			return l.Suppose(domain.InfluenceWasSupposed{Counterparty: client, From: orlov, To: popova, Kind: "approves", Since: "2026-01-10"})
		}, err: invalid},
		{name: "one open link", given: E{supposed}, when: func(l L) (E, error) {
			again := supposed
			again.Strength = 1
			return l.Suppose(again)
		}, err: domain.ErrInfluenceOpen},
		{name: "confirm", given: E{supposed}, when: func(l L) (E, error) { return l.Confirm(seen, 90, "2026-02-01") }, then: E{domain.InfluenceWasConfirmed{seen, 90, "2026-02-01"}}},
		{name: "not before it began", given: E{supposed}, when: func(l L) (E, error) { return l.Confirm(seen, 90, "2025-02-01") }, err: invalid},
		{name: "revise", given: E{supposed}, when: func(l L) (E, error) { return l.Revise(stronger, seen, "2026-02-01") }, then: E{domain.InfluenceWasRevised{From: weight, To: stronger, Evidence: seen, On: "2026-02-01"}}},
		{name: "outdated links are not revised", given: E{supposed, domain.InfluenceBecameOutdated{"2026-03-01", "ушёл"}}, when: func(l L) (E, error) { return l.Revise(stronger, seen, "2026-02-01") }, err: domain.ErrInfluenceNotOpen},
		{name: "supposed anew", given: E{supposed, domain.InfluenceBecameOutdated{"2026-03-01", "ушёл"}}, when: func(l L) (E, error) { return l.Suppose(supposed) }, then: E{supposed}},
	})
	same := domain.InfluenceLinkOf(orlov, domain.ContactPersonID{}, "Выбор  подрядчика", "approves", "ЁЛКА")
	if same != domain.InfluenceLinkOf(orlov, domain.ContactPersonID{}, "выбор подрядчика", "approves", "елка") {
		t.Error("a topic is the same in other letters")
	}
}

// Random commands never leave the declared workflow.
func TestInfluenceWorkflow(t *testing.T) {
	t.Parallel()
	seen := domain.Evidence{Note: "x"}
	rapid.Check(t, func(t *rapid.T) {
		var l domain.InfluenceLink
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			before := l.State
			var events []domain.Event[domain.InfluenceLink]
			weight := domain.InfluenceWeight{Strength: rapid.IntRange(1, 5).Draw(t, "strength")}
			switch rapid.IntRange(0, 3).Draw(t, "command") {
			case 0:
				events, _ = l.Suppose(domain.InfluenceWasSupposed{Counterparty: domain.NewID[domain.Counterparty](), From: domain.NewID[domain.ContactPerson](), Decision: "x",
					Kind: "signs", InfluenceWeight: weight, Evidence: seen, Since: "2026-01-01"})
			case 1:
				events, _ = l.Confirm(seen, 50, "2026-01-02")
			case 2:
				events, _ = l.Revise(weight, seen, "2026-01-02")
			case 3:
				events, _ = l.Outdate("2026-01-02", "x")
			}
			for _, e := range events {
				e.Apply(&l)
			}
			if len(events) > 0 && !domain.InfluenceTransitions.Allows(before, l.State) {
				t.Fatalf("illegal step %q -> %q", before, l.State)
			}
		}
	})
}
