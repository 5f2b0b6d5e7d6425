package domain

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// ScreeningRules are the rules by which records of negotiations are screened, with all their versions. There is one
// stream of them.
type ScreeningRules struct {
	Versions []ScreeningParameters // published ones, from 2 on
}

// ScreeningRulesID identifies the one set of rules.
type ScreeningRulesID = ID[ScreeningRules]

// TheScreeningRules is the id of the one set of rules.
var TheScreeningRules = DerivedID[ScreeningRules]("screening_rules")

// RuleID names a screening rule.
type RuleID string

// The rules.
const (
	RuleDiscount       RuleID = "R1" // discount or sum above the author's authority
	RulePriceFloor     RuleID = "R2" // price below the floor
	RulePaymentTerm    RuleID = "R3" // payment term too long
	RuleConflict       RuleID = "R4" // contradicts an open commitment or a contract clause
	RuleDelivery       RuleID = "R5" // delivery before the earliest feasible day
	RuleForbiddenWords RuleID = "R6" // exclusivity, penalty or guarantee without legal approval
	RuleUnknownPerson  RuleID = "R7" // somebody who is not on the client's card
	RuleEarlyMoney     RuleID = "R8" // a money commitment at the first stages
	RuleEarlierStop    RuleID = "R9" // the author was stopped before
)

// ScreeningRuleIDs are all rules in their order.
var ScreeningRuleIDs = []RuleID{
	RuleDiscount, RulePriceFloor, RulePaymentTerm, RuleConflict, RuleDelivery,
	RuleForbiddenWords, RuleUnknownPerson, RuleEarlyMoney, RuleEarlierStop,
}

// ScreeningParameters is one version of the rules. Limits of authority are not here: they are the author's own.
type ScreeningParameters struct {
	Version         int                `json:"version,omitempty" readOnly:"true" doc:"Number of the version; 1 is built in"`
	Disabled        []RuleID           `json:"disabled_rules,omitempty" doc:"Rules that are switched off"`
	Fatal           []RuleID           `json:"fatal_rules,omitempty" doc:"Rules whose hits make the review score zero"`
	PriceFloors     []PriceFloor       `json:"price_floors,omitempty" doc:"Lowest prices by topic"`
	MaxPaymentDays  int64              `json:"max_payment_days" minimum:"0" maximum:"3650" doc:"Longest payment term in days"`
	MinDeliveryDays int64              `json:"min_delivery_days" minimum:"0" maximum:"3650" doc:"Earliest delivery, in days after the negotiation"`
	ForbiddenStems  []ForbiddenStem    `json:"forbidden_stems,omitempty" doc:"Beginnings of words that need legal approval"`
	EarlyStages     []NegotiationStage `json:"early_stages,omitempty" doc:"Stages at which no money is promised"`
	SamplingPercent int                `json:"sampling_percent" minimum:"0" maximum:"100" doc:"Share of records without hits that are reviewed all the same"`
	LookbackDays    int                `json:"lookback_days" minimum:"0" maximum:"3650" doc:"How long an earlier stop of the author counts"`
	ReviewHours     int                `json:"review_hours" minimum:"1" maximum:"400" doc:"Working hours within which a record is to be reviewed"`
	Criteria        []ReviewCriterion  `json:"criteria,omitempty" doc:"What reviewers mark"`
}

// PriceFloor is the lowest price for a topic; an empty topic is any.
type PriceFloor struct {
	Topic string `json:"topic,omitempty" public:"" maxLength:"200" doc:"Topic of the commitment; absent for any"`
	Floor Money  `json:"floor" doc:"Lowest price"`
}

// ForbiddenStem is how words begin that need legal approval.
type ForbiddenStem struct {
	Stem  string `json:"stem" public:"" minLength:"3" maxLength:"60" doc:"Beginning of the word, in lower case"`
	Group string `json:"group" public:"" enum:"exclusivity,penalty,guarantee" doc:"What such words promise"`
}

// ReviewCriterion is something reviewers mark from 1 to 5.
type ReviewCriterion struct {
	Code   string `json:"code" public:"" minLength:"1" maxLength:"60" doc:"Stable code"`
	Weight int64  `json:"weight" minimum:"1" maximum:"100" doc:"Weight in the score"`
}

// BuiltInScreening is version 1 of the rules.
func BuiltInScreening() ScreeningParameters {
	stems := func(group string, words ...string) []ForbiddenStem {
		list := make([]ForbiddenStem, len(words))
		for i, w := range words {
			list[i] = ForbiddenStem{Stem: w, Group: group}
		}
		return list
	}
	return ScreeningParameters{
		Version:         1,
		Fatal:           []RuleID{RuleDiscount, RulePriceFloor, RulePaymentTerm, RuleConflict, RuleForbiddenWords},
		MaxPaymentDays:  30,
		MinDeliveryDays: 5,
		ForbiddenStems: slices.Concat(
			stems("exclusivity", "эксклюзив", "исключительны", "исключительну", "исключительног", "исключительная", "исключительное", "монопол", "единственн", "exclusiv", "monopol"),
			stems("penalty", "штраф", "неустойк", "пени", "пеня", "пеней", "penalt", "liquidated"),
			stems("guarantee", "гарант", "поручительств", "guarant", "warrant"),
		),
		EarlyStages:     []NegotiationStage{StageFirstContact, StageNeeds},
		SamplingPercent: 10,
		LookbackDays:    90,
		ReviewHours:     8,
		Criteria: []ReviewCriterion{
			{"within_authority", 3}, {"payment_terms", 2}, {"no_prohibited_promises", 3}, {"contract_basis", 2},
			{"no_conflict_of_interest", 2}, {"consistent_answers", 1}, {"record_completeness", 1},
		},
	}
}

// Current is the version in force.
func (s ScreeningRules) Current() ScreeningParameters {
	if len(s.Versions) == 0 {
		return BuiltInScreening()
	}
	return s.Versions[len(s.Versions)-1]
}

// ScreeningRuleSets is the stream of the rules.
var ScreeningRuleSets = NewCategory("screening_rules",
	Type[ScreeningRulesWerePublished]("screening_rules.published"),
)

// ScreeningRulesWerePublished puts a version in force.
type ScreeningRulesWerePublished struct {
	Parameters ScreeningParameters `json:"parameters"`
	Author     EmployeeID          `json:"author_id"`
	Reason     string              `json:"reason" public:""`
}

func (e ScreeningRulesWerePublished) Apply(s *ScreeningRules) {
	s.Versions = With(s.Versions, e.Parameters)
}

// Publish puts a new version in force.
func (s ScreeningRules) Publish(by EmployeeID, p ScreeningParameters, reason string) ([]Event[ScreeningRules], error) {
	p.Version = s.Current().Version + 1
	var v Invalid
	v.Require("reason", reason)
	v.Check(p.SamplingPercent >= 0 && p.SamplingPercent <= 100, "sampling_percent", "range", "must be between 0 and 100")
	v.Check(p.ReviewHours > 0, "review_hours", "range", "must be positive")
	v.Check(p.MaxPaymentDays >= 0 && p.MinDeliveryDays >= 0 && p.LookbackDays >= 0, "max_payment_days", "negative", "days are not negative")
	for i, f := range p.PriceFloors {
		v.Check(f.Floor.Valid(), at("price_floors", i, "floor"), "currency", "needs an ISO currency")
	}
	for i, c := range p.Criteria {
		v.Require(at("criteria", i, "code"), c.Code)
		v.Check(c.Weight > 0, at("criteria", i, "weight"), "range", "must be positive")
	}
	for _, stage := range p.EarlyStages {
		v.Check(stage.Valid(), "early_stages", "unknown", string(stage)+" is not a known stage")
	}
	checkRules(&v, "disabled_rules", p.Disabled)
	checkRules(&v, "fatal_rules", p.Fatal)
	if err := v.Err(); err != nil {
		return nil, err
	}
	return []Event[ScreeningRules]{ScreeningRulesWerePublished{Parameters: p, Author: by, Reason: reason}}, nil
}

func checkRules(v *Invalid, field string, rules []RuleID) {
	for _, id := range rules {
		v.Check(slices.Contains(ScreeningRuleIDs, id), field, "unknown", string(id)+" is not a rule")
	}
}

// ScreeningHit is one finding: which rule of which version, about which commitment. Detail holds the values that met,
// such as "15.00 % > 10.00 %", and needs no translation.
type ScreeningHit struct {
	No         int          `json:"no"`
	Rule       RuleID       `json:"rule"`
	Version    int          `json:"rules_version"`
	Commitment CommitmentID `json:"commitment_id,omitzero"`
	Detail     string       `json:"detail" pii:"counterparty"`
	Fatal      bool         `json:"fatal"`
}

// ScreeningFacts is what the rules must know besides the record.
type ScreeningFacts struct {
	// Author is how far the author may go; the zero value allows nothing.
	Author AuthorityLimits
	// KnownPersons are on the counterparty's card.
	KnownPersons []ContactPersonID
	// Known are the open commitments to and by the counterparty from elsewhere, and clauses of its contracts.
	Known []KnownCommitment
	// EarliestDelivery is the earliest feasible day by the stages under way, if any.
	EarliestDelivery Date
	// EarlierStops counts the author's stopped negotiations within the lookback.
	EarlierStops int
	// HeldOn is the day of the negotiation.
	HeldOn Date
}

// KnownCommitment is a promise that stands already.
type KnownCommitment struct {
	Commitment
	// Origin is the record it stands in.
	Origin Ref
}

// Screen applies the rules to a record. The same input gives the same hits in the same order.
func Screen(rules ScreeningParameters, r NegotiationRecord, facts ScreeningFacts) []ScreeningHit {
	var hits []ScreeningHit
	for _, rule := range screeningRules {
		if slices.Contains(rules.Disabled, rule.id) {
			continue
		}
		for _, found := range rule.find(rules, r, facts) {
			found.Rule, found.Version, found.Fatal = rule.id, rules.Version, slices.Contains(rules.Fatal, rule.id)
			hits = append(hits, found)
		}
	}
	return hits
}

var screeningRules = []struct {
	id   RuleID
	find func(ScreeningParameters, NegotiationRecord, ScreeningFacts) []ScreeningHit
}{
	{RuleDiscount, beyondAuthority},
	{RulePriceFloor, belowFloor},
	{RulePaymentTerm, paymentTooLate},
	{RuleConflict, conflicts},
	{RuleDelivery, deliveryTooEarly},
	{RuleForbiddenWords, forbiddenWords},
	{RuleUnknownPerson, unknownPersons},
	{RuleEarlyMoney, earlyMoney},
	{RuleEarlierStop, earlierStops},
}

func beyondAuthority(_ ScreeningParameters, r NegotiationRecord, f ScreeningFacts) []ScreeningHit {
	return r.ours(func(c Commitment) string {
		limit, sum := int64(f.Author.MaxDiscountBP), f.Author.MaxCommitment
		switch {
		case c.Kind == CommitsDiscount && c.Value.BasisPoints != nil && *c.Value.BasisPoints > limit:
			return percent(*c.Value.BasisPoints) + " > " + percent(limit)
		case c.Kind != CommitsPrice && c.Value.Money != nil && !sum.IsZero() && c.Value.Money.Currency == sum.Currency && c.Value.Money.Minor > sum.Minor:
			return c.Value.Money.String() + " > " + sum.String()
		}
		return ""
	})
}

func belowFloor(p ScreeningParameters, r NegotiationRecord, _ ScreeningFacts) []ScreeningHit {
	return r.ours(func(c Commitment) string {
		if c.Kind != CommitsPrice || c.Value.Money == nil {
			return ""
		}
		for _, f := range p.PriceFloors {
			applies := f.Topic == "" || normal(f.Topic) == normal(c.Topic)
			if applies && f.Floor.Currency == c.Value.Money.Currency && c.Value.Money.Minor < f.Floor.Minor {
				return c.Value.Money.String() + " < " + f.Floor.String()
			}
		}
		return ""
	})
}

// paymentTooLate takes the stricter of the rules' limit and the author's own.
func paymentTooLate(p ScreeningParameters, r NegotiationRecord, f ScreeningFacts) []ScreeningHit {
	limit := min(p.MaxPaymentDays, int64(f.Author.MaxPaymentTermDays))
	return r.each(func(c Commitment) string {
		if c.Kind != CommitsPaymentTerm || c.Value.Days == nil || *c.Value.Days <= limit {
			return ""
		}
		return strconv.FormatInt(*c.Value.Days, 10) + " > " + strconv.FormatInt(limit, 10)
	})
}

// conflicts finds promises of one side, kind and topic with different values: against what stands already, and within
// the record itself.
func conflicts(_ ScreeningParameters, r NegotiationRecord, f ScreeningFacts) []ScreeningHit {
	own := make([]KnownCommitment, len(r.Commitments))
	for i, c := range r.Commitments {
		own[i] = KnownCommitment{Commitment: c}
	}
	return r.each(func(c Commitment) string {
		earlier := slices.IndexFunc(own, func(k KnownCommitment) bool { return k.ID == c.ID })
		for _, k := range slices.Concat(f.Known, own[:max(earlier, 0)]) {
			if k.ID != c.ID && k.By == c.By && k.Kind == c.Kind && normal(k.Topic) == normal(c.Topic) && !k.Value.Same(c.Value) {
				return c.Value.String() + " ≠ " + k.Value.String()
			}
		}
		return ""
	})
}

func deliveryTooEarly(p ScreeningParameters, r NegotiationRecord, f ScreeningFacts) []ScreeningHit {
	earliest := max(f.EarliestDelivery, f.HeldOn.AddDays(int(p.MinDeliveryDays)))
	return r.ours(func(c Commitment) string {
		if c.Kind != CommitsDelivery {
			return ""
		}
		day := c.Value.Date
		if c.Value.Days != nil {
			day = f.HeldOn.AddDays(int(*c.Value.Days))
		}
		if day == "" || day >= earliest {
			return ""
		}
		return string(day) + " < " + string(earliest)
	})
}

// forbiddenWords looks at everything that we said. Promises of such kinds count without any word; an author who may
// grant exclusivity needs no approval for it.
func forbiddenWords(p ScreeningParameters, r NegotiationRecord, f ScreeningFacts) []ScreeningHit {
	if r.LegalApproval != "" {
		return nil
	}
	stems := p.forbiddenTo(f.Author)
	hits := r.ours(func(c Commitment) string {
		needsApproval := c.Kind == CommitsPenalty || c.Kind == CommitsGuarantee || c.Kind == CommitsExclusivity && !f.Author.MayGrantExclusivity
		if needsApproval {
			return string(c.Kind)
		}
		return firstForbidden(stems, c.Topic, c.Text, c.Sentence, c.Condition, c.Value.Text)
	})
	if found := firstForbidden(stems, append([]string{r.Summary}, r.OurPositions...)...); found != "" {
		hits = append(hits, ScreeningHit{Detail: found})
	}
	return hits
}

// forbiddenTo are the stems that the author needs approval for, in the form in which words are compared.
func (p ScreeningParameters) forbiddenTo(author AuthorityLimits) []ForbiddenStem {
	var stems []ForbiddenStem
	for _, s := range p.ForbiddenStems {
		if s.Group != string(CommitsExclusivity) || !author.MayGrantExclusivity {
			stems = append(stems, ForbiddenStem{Stem: normal(s.Stem), Group: s.Group})
		}
	}
	return stems
}

// firstForbidden is the first word that begins with one of the stems; empty where there is none.
func firstForbidden(stems []ForbiddenStem, texts ...string) string {
	for _, text := range texts {
		for _, word := range wordsOf(text) {
			for _, s := range stems {
				if strings.HasPrefix(word, s.Stem) {
					return word
				}
			}
		}
	}
	return ""
}

func unknownPersons(_ ScreeningParameters, r NegotiationRecord, f ScreeningFacts) []ScreeningHit {
	var hits []ScreeningHit
	for _, who := range r.Theirs {
		if who.Person.IsZero() || !slices.Contains(f.KnownPersons, who.Person) {
			hits = append(hits, ScreeningHit{Detail: who.Name})
		}
	}
	return hits
}

func earlyMoney(p ScreeningParameters, r NegotiationRecord, _ ScreeningFacts) []ScreeningHit {
	if !slices.Contains(p.EarlyStages, r.Stage) {
		return nil
	}
	return r.each(func(c Commitment) string {
		if c.Value.Money == nil && c.Kind != CommitsPrice && c.Kind != CommitsDiscount {
			return ""
		}
		return cmp.Or(c.Value.String(), c.Text)
	})
}

func earlierStops(_ ScreeningParameters, _ NegotiationRecord, f ScreeningFacts) []ScreeningHit {
	if f.EarlierStops == 0 {
		return nil
	}
	return []ScreeningHit{{Detail: strconv.Itoa(f.EarlierStops)}}
}

func (r NegotiationRecord) ours(detail func(Commitment) string) []ScreeningHit {
	return r.each(func(c Commitment) string {
		if c.By != ByUs {
			return ""
		}
		return detail(c)
	})
}

// each makes a hit of every commitment with a detail.
func (r NegotiationRecord) each(detail func(Commitment) string) []ScreeningHit {
	var hits []ScreeningHit
	for _, c := range r.Commitments {
		if d := detail(c); d != "" {
			hits = append(hits, ScreeningHit{Commitment: c.ID, Detail: d})
		}
	}
	return hits
}

// Sampled draws one lot: the seed decides, and the same seed gives the same answer. The seed is random, so it is
// spread before the division (splitmix64).
func Sampled(seed int64, percent int) bool {
	x := uint64(seed) + 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	x ^= x >> 31
	return x%100 < uint64(max(percent, 0))
}

// normal makes texts comparable: lower case, ё as е, single spaces.
func normal(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(strings.ToLower(s), "ё", "е")), " ")
}

func wordsOf(text string) []string {
	return strings.FieldsFunc(normal(text), func(r rune) bool { return !unicode.IsLetter(r) })
}
