package domain

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"
)

// DuplicateRule is a reason to suspect that two counterparties are one.
type DuplicateRule string

// The rules.
const (
	RuleSameINN   DuplicateRule = "same_inn"
	RuleSamePhone DuplicateRule = "same_phone"
	RuleSameEmail DuplicateRule = "same_email"
	RuleSameName  DuplicateRule = "similar_name"
	// RuleBranch accompanies an equal INN where the KPP differ: a branch, so a link is suggested instead of a merge.
	RuleBranch DuplicateRule = "other_kpp"
	RuleManual DuplicateRule = "flagged_by_hand"
)

// What each rule weighs, and from which sum on a pair is a candidate. A name alone, a phone alone never suffice: both
// repeat among different organisations.
const (
	scoreINN, scorePhone, scoreEmail, scoreName = 100, 40, 40, 30

	DuplicateThreshold = 70
	// SimilarName is the trigram similarity of normal names from which they count as the same.
	SimilarName = 0.9
)

// MatchKeys are what counterparties are compared by.
type MatchKeys struct {
	INN, KPP string
	Phones   []string // E.164
	Emails   []string // lower case
	Name     string   // see NormalName
}

// Keys are what the record is compared by. Numbers that cannot be right are no keys.
func (r CounterpartyRecord) Keys() MatchKeys {
	k := MatchKeys{Name: NormalName(r.Name())}
	if r.RequisiteKey() != "" {
		k.INN, k.KPP = r.INN, r.KPP
	}
	for _, p := range r.Phones {
		if p.E164 != "" && !slices.Contains(k.Phones, p.E164) {
			k.Phones = append(k.Phones, p.E164)
		}
	}
	for _, e := range r.Emails {
		k.Emails = append(k.Emails, e.Address)
	}
	return k
}

// Weak reports keys that no other counterparty could be found by.
func (k MatchKeys) Weak() bool { return k.INN == "" && len(k.Phones) == 0 && len(k.Emails) == 0 }

// Compare scores two counterparties; similarity is that of their names, 0 to 1.
func (k MatchKeys) Compare(o MatchKeys, similarity float64) (score int, rules []DuplicateRule) {
	hit := func(is bool, weight int, rule DuplicateRule) {
		if is {
			score += weight
			rules = append(rules, rule)
		}
	}
	sameINN := k.INN != "" && k.INN == o.INN
	hit(sameINN, scoreINN, RuleSameINN)
	hit(sameINN && k.KPP != "" && o.KPP != "" && k.KPP != o.KPP, 0, RuleBranch)
	hit(meet(k.Phones, o.Phones), scorePhone, RuleSamePhone)
	hit(meet(k.Emails, o.Emails), scoreEmail, RuleSameEmail)
	hit(similarity >= SimilarName, scoreName, RuleSameName)
	return score, rules
}

// Lookalike is a counterparty that shares a key with another one, with what both are compared by.
type Lookalike struct {
	ID         CounterpartyID
	Keys       MatchKeys
	Similarity float64 // of the names
}

func meet(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}

// KeysDigest is the same as long as neither side's keys change, whichever is named first.
func KeysDigest(a, b MatchKeys) string {
	sides := []string{a.text(), b.text()}
	slices.Sort(sides)
	sum := sha256.Sum256([]byte(strings.Join(sides, "\x00")))
	return hex.EncodeToString(sum[:12])
}

func (k MatchKeys) text() string {
	return strings.Join([]string{k.INN, k.KPP, k.Name, strings.Join(slices.Sorted(slices.Values(k.Phones)), ","), strings.Join(slices.Sorted(slices.Values(k.Emails)), ",")}, "|")
}

// legalForms are left out of names before they are compared. Names have no quotes and no ё by then.
var legalForms = func() map[string][][]string {
	byFirst := map[string][][]string{}
	for _, form := range []string{
		"общество с ограниченной ответственностью", "публичное акционерное общество", "закрытое акционерное общество",
		"открытое акционерное общество", "непубличное акционерное общество", "акционерное общество", "индивидуальный предприниматель",
		"муниципальное унитарное предприятие", "федеральное государственное унитарное предприятие", "государственное унитарное предприятие",
		"ооо", "оао", "зао", "пао", "нао", "ао", "ип", "чп", "тоо", "одо", "уп", "гуп", "муп", "фгуп", "нко", "ано",
		"llc", "ltd", "inc", "corp", "gmbh", "plc",
	} {
		words := strings.Fields(form)
		byFirst[words[0]] = append(byFirst[words[0]], words)
	}
	return byFirst
}()

// legalForm is the number of words of the legal form at the beginning of words, 0 for none.
func legalForm(words []string) int {
	for _, form := range legalForms[words[0]] {
		if len(form) <= len(words) && slices.Equal(form, words[:len(form)]) {
			return len(form)
		}
	}
	return 0
}

// NormalName is the form in which names are compared: lower case, ё as е, without quotes, signs and legal forms.
func NormalName(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r == 'ё':
			b.WriteRune('е')
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
		case r == '\'' || r == '’' || r == '"' || r == '«' || r == '»':
		default:
			b.WriteByte(' ')
		}
	}
	words := strings.Fields(b.String())
	bare := make([]string, 0, len(words))
	for i := 0; i < len(words); {
		if n := legalForm(words[i:]); n > 0 {
			i += n
			continue
		}
		bare = append(bare, words[i])
		i++
	}
	if len(bare) == 0 {
		bare = words
	}
	return strings.Join(bare, " ")
}
