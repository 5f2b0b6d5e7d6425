package domain

import (
	"slices"
	"strconv"
	"strings"
)

// DuplicatePair is a question about two counterparties: are they the same? It is one stream per pair, so an answer is
// remembered and the question is not put again until something that speaks for or against it has changed.
type DuplicatePair struct {
	Left, Right CounterpartyID
	State       DuplicateState
	Score       int
	Rules       []DuplicateRule
	KeysDigest  string
	Survivor    CounterpartyID
	Loser       CounterpartyID
	Take        []DetailField
	Proposer    EmployeeID
}

// DuplicatePairID identifies a pair.
type DuplicatePairID = ID[DuplicatePair]

// DuplicatePairOf is the id of the pair, whichever is named first.
func DuplicatePairOf(a, b CounterpartyID) DuplicatePairID {
	a, b = ordered(a, b)
	return DerivedID[DuplicatePair]("duplicate", a.String(), b.String())
}

func ordered(a, b CounterpartyID) (left, right CounterpartyID) {
	if strings.Compare(a.String(), b.String()) > 0 {
		return b, a
	}
	return a, b
}

// DuplicateState is where the question stands.
type DuplicateState string

// The states; the zero value means that nobody asked.
const (
	DuplicateCandidate DuplicateState = "candidate"
	DuplicateRejected  DuplicateState = "rejected"
	DuplicateBranch    DuplicateState = "branch"
	DuplicateProposed  DuplicateState = "merge_proposed"
	DuplicateMerged    DuplicateState = "merged"
	DuplicateUnmerged  DuplicateState = "unmerged"
)

// DuplicateTransitions is the workflow.
var DuplicateTransitions = Transitions[DuplicateState]{
	"":                 {DuplicateCandidate},
	DuplicateCandidate: {DuplicateCandidate, DuplicateRejected, DuplicateBranch, DuplicateProposed, DuplicateMerged},
	DuplicateRejected:  {DuplicateCandidate},
	DuplicateBranch:    {DuplicateCandidate},
	DuplicateProposed:  {DuplicateRejected, DuplicateMerged},
	DuplicateMerged:    {DuplicateUnmerged},
	DuplicateUnmerged:  {DuplicateCandidate},
}

// Refusals of pairs.
var (
	ErrDuplicateTransition   = Refuse("duplicate.transition", "this step is not possible in the present state")
	ErrDuplicateNeedsTwo     = Refuse("duplicate.needs_proposal", "a key account is merged by two people: one proposes, another approves")
	ErrDuplicateSamePerson   = Refuse("duplicate.same_person", "who proposed the merge of a key account may not approve it")
	ErrDuplicateNotOfPair    = Refuse("duplicate.not_of_pair", "the survivor must be one of the two")
	ErrDuplicateSelf         = Refuse("duplicate.self", "a counterparty is not its own duplicate")
	ErrDuplicateMergedBefore = Refuse("duplicate.merged_before", "one of the two is merged into a third counterparty")
)

// DuplicatePairs are the streams "duplicate-<id>".
var DuplicatePairs = NewCategory("duplicate",
	Type[DuplicateWasFlagged]("duplicate.flagged"),
	Type[DuplicateWasRejected]("duplicate.rejected"),
	Type[DuplicateWasLinked]("duplicate.linked_as_branch"),
	Type[DuplicateMergeWasProposed]("duplicate.merge_proposed"),
	Type[DuplicatesWereMerged]("duplicate.merged"),
	Type[DuplicatesWereUnmerged]("duplicate.unmerged"),
)

// DuplicateWasFlagged puts the question. KeysDigest is a digest of what both sides are compared by.
type DuplicateWasFlagged struct {
	Left       CounterpartyID  `json:"left_id"`
	Right      CounterpartyID  `json:"right_id"`
	Score      int             `json:"score"`
	Rules      []DuplicateRule `json:"rules"`
	KeysDigest string          `json:"keys_digest,omitempty" public:""`
	Note       string          `json:"note,omitempty" pii:"counterparty"`
}

// DuplicateWasRejected answers: these are two.
type DuplicateWasRejected struct {
	Reason     string `json:"reason,omitempty" pii:"counterparty"`
	KeysDigest string `json:"keys_digest,omitempty" public:""`
}

// DuplicateWasLinked answers: one is a branch of the other.
type DuplicateWasLinked struct {
	Head       CounterpartyID `json:"head_id"`
	Branch     CounterpartyID `json:"branch_id"`
	KeysDigest string         `json:"keys_digest,omitempty" public:""`
}

// DuplicateMergeWasProposed asks a second person to approve a merge.
type DuplicateMergeWasProposed struct {
	Survivor CounterpartyID `json:"survivor_id"`
	Loser    CounterpartyID `json:"loser_id"`
	Take     []DetailField  `json:"take_from_loser,omitempty"`
	Proposer EmployeeID     `json:"proposer_id"`
}

// DuplicatesWereMerged answers: these are one.
type DuplicatesWereMerged struct {
	Survivor CounterpartyID `json:"survivor_id"`
	Loser    CounterpartyID `json:"loser_id"`
	Take     []DetailField  `json:"take_from_loser,omitempty"`
	Proposer EmployeeID     `json:"proposer_id,omitzero"`
	Approver EmployeeID     `json:"approver_id"`
}

// DuplicatesWereUnmerged takes the merge back.
type DuplicatesWereUnmerged struct {
	Survivor   CounterpartyID `json:"survivor_id"`
	Loser      CounterpartyID `json:"loser_id"`
	Reason     string         `json:"reason" pii:"counterparty"`
	KeysDigest string         `json:"keys_digest,omitempty" public:""`
}

func (e DuplicateWasFlagged) Apply(p *DuplicatePair) {
	*p = DuplicatePair{Left: e.Left, Right: e.Right, State: DuplicateCandidate, Score: e.Score, Rules: e.Rules, KeysDigest: e.KeysDigest}
}
func (e DuplicateWasRejected) Apply(p *DuplicatePair) {
	p.State, p.KeysDigest = DuplicateRejected, e.KeysDigest
}
func (e DuplicateWasLinked) Apply(p *DuplicatePair) {
	p.State, p.KeysDigest = DuplicateBranch, e.KeysDigest
}
func (e DuplicateMergeWasProposed) Apply(p *DuplicatePair) {
	p.State, p.Survivor, p.Loser, p.Take, p.Proposer = DuplicateProposed, e.Survivor, e.Loser, e.Take, e.Proposer
}
func (e DuplicatesWereMerged) Apply(p *DuplicatePair) {
	p.State, p.Survivor, p.Loser, p.Take, p.Proposer = DuplicateMerged, e.Survivor, e.Loser, e.Take, e.Proposer
}
func (e DuplicatesWereUnmerged) Apply(p *DuplicatePair) {
	p.State, p.KeysDigest = DuplicateUnmerged, e.KeysDigest
}

// Subjects are both counterparties.
func (p DuplicatePair) Subjects() []CounterpartyID { return []CounterpartyID{p.Left, p.Right} }

// Flag puts the question. An answered one is put again only with other keys than it was answered with, or by a person.
func (p DuplicatePair) Flag(a, b CounterpartyID, score int, rules []DuplicateRule, digest, note string) ([]Event[DuplicatePair], error) {
	left, right := ordered(a, b)
	byHand := slices.Contains(rules, RuleManual)
	var v Invalid
	v.Check(score >= 0, "score", "range", "must not be negative")
	v.Check(len(rules) > 0, "rules", "required", "a suspicion has a reason")
	switch {
	case a == b || a.IsZero() || b.IsZero():
		return nil, ErrDuplicateSelf
	case v.Err() != nil:
		return nil, v.Err()
	case p.State == DuplicateMerged || p.State == DuplicateProposed:
		return nil, nil
	case p.State != "" && !byHand && digest == p.KeysDigest:
		return nil, nil
	case p.State == DuplicateCandidate && (byHand || p.Score == score && slices.Equal(p.Rules, rules)):
		return nil, nil
	}
	return []Event[DuplicatePair]{DuplicateWasFlagged{Left: left, Right: right, Score: score, Rules: rules, KeysDigest: digest, Note: note}}, nil
}

// Reject answers that these are two. digest is that of the keys the answer was given with, see KeysDigest.
func (p DuplicatePair) Reject(reason, digest string) ([]Event[DuplicatePair], error) {
	return p.answer(DuplicateRejected, DuplicateWasRejected{Reason: reason, KeysDigest: digest})
}

// Link answers that one is a branch of the other.
func (p DuplicatePair) Link(head CounterpartyID, digest string) ([]Event[DuplicatePair], error) {
	branch, err := p.other(head)
	if err != nil {
		return nil, err
	}
	return p.answer(DuplicateBranch, DuplicateWasLinked{Head: head, Branch: branch, KeysDigest: digest})
}

// Propose asks a second person to approve a merge. take names the fields whose value the loser gives.
func (p DuplicatePair) Propose(by EmployeeID, survivor CounterpartyID, take []DetailField) ([]Event[DuplicatePair], error) {
	loser, err := p.other(survivor)
	if err == nil {
		err = knownFields(take)
	}
	if err != nil {
		return nil, err
	}
	return p.answer(DuplicateProposed, DuplicateMergeWasProposed{Survivor: survivor, Loser: loser, Take: take, Proposer: by})
}

// Merge answers that these are one. key says that one of them is a key account: then it must be proposed first.
func (p DuplicatePair) Merge(by EmployeeID, survivor CounterpartyID, take []DetailField, key bool) ([]Event[DuplicatePair], error) {
	loser, err := p.other(survivor)
	switch {
	case err != nil:
		return nil, err
	case p.State == DuplicateMerged && p.Survivor == survivor:
		return nil, nil
	case p.State == DuplicateProposed:
		return p.Approve(by, key)
	case key && DuplicateTransitions.Allows(p.State, DuplicateMerged):
		return nil, ErrDuplicateNeedsTwo
	}
	if err := knownFields(take); err != nil {
		return nil, err
	}
	return p.answer(DuplicateMerged, DuplicatesWereMerged{Survivor: survivor, Loser: loser, Take: take, Approver: by})
}

// knownFields refuses to take a value from a field that no record has.
func knownFields(take []DetailField) error {
	v := &Invalid{}
	for i, field := range take {
		v.Check(field.known(), "take_from_loser["+strconv.Itoa(i)+"]", "unknown", "is not a field of a counterparty")
	}
	return v.Err()
}

// Approve carries out a proposed merge, as it was proposed.
func (p DuplicatePair) Approve(by EmployeeID, key bool) ([]Event[DuplicatePair], error) {
	switch {
	case p.State == DuplicateMerged:
		return nil, nil
	case p.State != DuplicateProposed:
		return nil, p.refused()
	case key && by == p.Proposer:
		return nil, ErrDuplicateSamePerson
	}
	return []Event[DuplicatePair]{DuplicatesWereMerged{Survivor: p.Survivor, Loser: p.Loser, Take: p.Take, Proposer: p.Proposer, Approver: by}}, nil
}

// Unmerge takes the merge back. The two are remembered as different with the keys they have then.
func (p DuplicatePair) Unmerge(reason, digest string) ([]Event[DuplicatePair], error) {
	var v Invalid
	if v.Require("reason", reason); v.Err() != nil {
		return nil, v.Err()
	}
	return p.answer(DuplicateUnmerged, DuplicatesWereUnmerged{Survivor: p.Survivor, Loser: p.Loser, Reason: reason, KeysDigest: digest})
}

func (p DuplicatePair) answer(to DuplicateState, e Event[DuplicatePair]) ([]Event[DuplicatePair], error) {
	switch {
	case p.State == to:
		return nil, nil
	case !DuplicateTransitions.Allows(p.State, to):
		return nil, p.refused()
	}
	return []Event[DuplicatePair]{e}, nil
}

func (p DuplicatePair) refused() error {
	if p.State == "" {
		return ErrNotFound
	}
	return ErrDuplicateTransition
}

// other is the one of the pair that is not named.
func (p DuplicatePair) other(one CounterpartyID) (CounterpartyID, error) {
	switch {
	case p.State == "":
		return CounterpartyID{}, ErrNotFound
	case one == p.Left:
		return p.Right, nil
	case one == p.Right:
		return p.Left, nil
	}
	return CounterpartyID{}, ErrDuplicateNotOfPair
}
