package commands

import (
	"context"
	"time"

	"github.com/letopis-crm/letopis/domain"
)

type pairEvents = []domain.Event[domain.DuplicatePair]

// FlagDuplicate asks whether two counterparties are the same.
type FlagDuplicate struct {
	Left  domain.CounterpartyID `json:"left_id" format:"uuid" doc:"One counterparty"`
	Right domain.CounterpartyID `json:"right_id" format:"uuid" doc:"The other one"`
	Note  string                `json:"note,omitempty" maxLength:"2000" doc:"What speaks for it"`

	digest string
}

// Pair is the id of the pair that the command is for.
func (c FlagDuplicate) Pair() domain.DuplicatePairID { return domain.DuplicatePairOf(c.Left, c.Right) }

// Prepare checks that both are there.
func (c *FlagDuplicate) Prepare(ctx context.Context, f *Facts) error {
	left, right, err := bothOf(ctx, f, c.Left, c.Right)
	c.digest = digestOfKeys(left, right)
	return err
}

func (c FlagDuplicate) Decide(s domain.DuplicatePair, _ time.Time) (pairEvents, error) {
	return s.Flag(c.Left, c.Right, domain.DuplicateThreshold, []domain.DuplicateRule{domain.RuleManual}, c.digest, c.Note)
}

// SuspectDuplicate is FlagDuplicate as the finder gives it: with a score, rules and the digest of what was compared.
type SuspectDuplicate struct {
	Left       domain.CounterpartyID  `json:"left_id"`
	Right      domain.CounterpartyID  `json:"right_id"`
	Score      int                    `json:"score"`
	Rules      []domain.DuplicateRule `json:"rules"`
	KeysDigest string                 `json:"keys_digest"`
}

func (c SuspectDuplicate) Decide(s domain.DuplicatePair, _ time.Time) (pairEvents, error) {
	return s.Flag(c.Left, c.Right, c.Score, c.Rules, c.KeysDigest, "")
}

// RejectDuplicate answers that these are two.
type RejectDuplicate struct {
	Reason string `json:"reason,omitempty" maxLength:"2000" doc:"What tells them apart"`

	digest string
}

// Prepare learns by what the two are told apart: the question is put again only when that changes.
func (c *RejectDuplicate) Prepare(ctx context.Context, f *Facts) (err error) {
	c.digest, err = presentDigest(ctx, f)
	return err
}

func (c RejectDuplicate) Decide(s domain.DuplicatePair, _ time.Time) (pairEvents, error) {
	return s.Reject(c.Reason, c.digest)
}

// presentDigest is that of both sides of the pair as they are now.
func presentDigest(ctx context.Context, f *Facts) (string, error) {
	pair, err := Fact(ctx, f, domain.DuplicatePairs, domain.DuplicatePairID(f.ID))
	if err != nil {
		return "", err
	}
	left, err := Fact(ctx, f, domain.Counterparties, pair.Left)
	if err != nil {
		return "", err
	}
	right, err := Fact(ctx, f, domain.Counterparties, pair.Right)
	return digestOfKeys(left, right), err
}

func digestOfKeys(left, right domain.Counterparty) string {
	return domain.KeysDigest(left.Record.Keys(), right.Record.Keys())
}

// LinkBranch answers that one is a branch of the other: the branch gets the head as its parent.
type LinkBranch struct {
	Head domain.CounterpartyID `json:"head_id" format:"uuid" doc:"Which of the two is the head"`

	digest string
}

// Prepare puts the branch under the head.
func (c *LinkBranch) Prepare(ctx context.Context, f *Facts) error {
	pair, err := Fact(ctx, f, domain.DuplicatePairs, domain.DuplicatePairID(f.ID))
	if err != nil {
		return err
	}
	if c.digest, err = presentDigest(ctx, f); err != nil {
		return err
	}
	events, err := pair.Link(c.Head, c.digest)
	if err != nil || len(events) == 0 {
		return err
	}
	branch := pair.Left
	if branch == c.Head {
		branch = pair.Right
	}
	_, err = Execute(ctx, f.x, domain.Counterparties, branch, JoinCounterparty{Parent: c.Head}, f.Request.Derive("join"))
	return err
}

func (c LinkBranch) Decide(s domain.DuplicatePair, _ time.Time) (pairEvents, error) {
	return s.Link(c.Head, c.digest)
}

// ProposeMerge asks a second person to approve a merge.
type ProposeMerge struct {
	By
	Survivor domain.CounterpartyID `json:"survivor_id" format:"uuid" doc:"Which of the two stays"`
	Take     []domain.DetailField  `json:"take_from_loser,omitempty" maxItems:"50" doc:"Fields whose value the other one gives"`
}

// Prepare checks that both are there.
func (c *ProposeMerge) Prepare(ctx context.Context, f *Facts) error {
	pair, err := Fact(ctx, f, domain.DuplicatePairs, domain.DuplicatePairID(f.ID))
	if err != nil || pair.State == "" {
		return err
	}
	_, _, err = bothOf(ctx, f, pair.Left, pair.Right)
	return err
}

func (c ProposeMerge) Decide(s domain.DuplicatePair, _ time.Time) (pairEvents, error) {
	return s.Propose(c.Who(), c.Survivor, c.Take)
}

// MergeCounterparties answers that these are one: the survivor stays, the other becomes another name of it. A key
// account is merged by two people: ProposeMerge, then ApproveMerge.
type MergeCounterparties struct {
	By
	Survivor domain.CounterpartyID `json:"survivor_id" format:"uuid" doc:"Which of the two stays"`
	Take     []domain.DetailField  `json:"take_from_loser,omitempty" maxItems:"50" doc:"Fields whose value the other one gives"`

	key bool
}

// Prepare merges the two streams once the pair allows it.
func (c *MergeCounterparties) Prepare(ctx context.Context, f *Facts) (err error) {
	c.key, err = mergeStreams(ctx, f, func(p domain.DuplicatePair, key bool) (pairEvents, error) {
		return p.Merge(c.Who(), c.Survivor, c.Take, key)
	})
	return err
}

func (c MergeCounterparties) Decide(s domain.DuplicatePair, _ time.Time) (pairEvents, error) {
	return s.Merge(c.Who(), c.Survivor, c.Take, c.key)
}

// ApproveMerge carries out a proposed merge, as it was proposed. For a key account it must be another person.
type ApproveMerge struct {
	By

	key bool
}

// Prepare merges the two streams once the pair allows it.
func (c *ApproveMerge) Prepare(ctx context.Context, f *Facts) (err error) {
	c.key, err = mergeStreams(ctx, f, func(p domain.DuplicatePair, key bool) (pairEvents, error) {
		return p.Approve(c.Who(), key)
	})
	return err
}

func (c ApproveMerge) Decide(s domain.DuplicatePair, _ time.Time) (pairEvents, error) {
	return s.Approve(c.Who(), c.key)
}

// mergeStreams makes the loser another name of the survivor, and lets the survivor take over. The steps can be
// repeated: a merge that broke off half-way is completed by giving the command again.
func mergeStreams(ctx context.Context, f *Facts, decide func(domain.DuplicatePair, bool) (pairEvents, error)) (key bool, err error) {
	id := domain.DuplicatePairID(f.ID)
	pair, err := Fact(ctx, f, domain.DuplicatePairs, id)
	if err != nil || pair.State == "" {
		return false, err
	}
	left, right, err := bothOf(ctx, f, pair.Left, pair.Right)
	if err != nil && !halfMerged(left, right, id) {
		return false, err
	}
	key = left.KeyAccount || right.KeyAccount
	events, err := decide(pair, key)
	if err != nil || len(events) == 0 {
		return key, err
	}
	merged, ok := events[0].(domain.DuplicatesWereMerged)
	if !ok {
		return key, nil
	}
	loser := left
	if merged.Loser == pair.Right {
		loser = right
	}
	return key, mergeBoth(ctx, f, merged, loser, id)
}

func mergeBoth(ctx context.Context, f *Facts, m domain.DuplicatesWereMerged, loser domain.Counterparty, pair domain.DuplicatePairID) error {
	if _, err := Execute(ctx, f.x, domain.Counterparties, m.Loser, mergeInto{m.Survivor, pair}, f.Request.Derive("merge_into")); err != nil {
		return err
	}
	_, err := Execute(ctx, f.x, domain.Counterparties, m.Survivor, absorb{Loser: m.Loser, Pair: pair, Take: m.Take, from: loser}, f.Request.Derive("absorb"))
	if _, refused := domain.IsRefusal(err); refused {
		// The survivor was merged itself meanwhile: the loser stands for itself again.
		back := unmergeFrom{Survivor: m.Survivor, Pair: pair, Reason: "the survivor was merged meanwhile"}
		if _, undo := Execute(ctx, f.x, domain.Counterparties, m.Loser, back, f.Request.Derive("merge_back")); undo != nil {
			return undo
		}
	}
	return err
}

// halfMerged reports that an earlier attempt for this very pair broke off.
func halfMerged(left, right domain.Counterparty, pair domain.DuplicatePairID) bool {
	return left.MergePair == pair && right.Exists() || right.MergePair == pair && left.Exists()
}

// bothOf are the two counterparties; both must exist and stand for themselves.
func bothOf(ctx context.Context, f *Facts, left, right domain.CounterpartyID) (l, r domain.Counterparty, err error) {
	if l, err = Fact(ctx, f, domain.Counterparties, left); err != nil {
		return l, r, err
	}
	if r, err = Fact(ctx, f, domain.Counterparties, right); err != nil {
		return l, r, err
	}
	switch {
	case l.State == "" || r.State == "":
		err = domain.ErrNotFound.Because("one of the two counterparties does not exist")
	case !l.Exists() || !r.Exists():
		err = domain.ErrDuplicateMergedBefore
	}
	return l, r, err
}

// UnmergeCounterparties takes a merge back: each gets its own again. It is refused while later events depend on the
// joint identity; the refusal lists them.
type UnmergeCounterparties struct {
	Reason string `json:"reason" minLength:"1" maxLength:"2000" doc:"Why the merge was wrong"`

	digest string
}

// Prepare parts the two streams; the survivor, which may refuse, first.
func (c *UnmergeCounterparties) Prepare(ctx context.Context, f *Facts) error {
	id := domain.DuplicatePairID(f.ID)
	pair, err := Fact(ctx, f, domain.DuplicatePairs, id)
	if err != nil {
		return err
	}
	if events, err := pair.Unmerge(c.Reason, ""); err != nil || len(events) == 0 {
		return err
	}
	if _, err := Execute(ctx, f.x, domain.Counterparties, pair.Survivor, release{pair.Loser, c.Reason}, f.Request.Derive("release")); err != nil {
		return err
	}
	back := unmergeFrom{Survivor: pair.Survivor, Pair: id, Reason: c.Reason}
	if _, err = Execute(ctx, f.x, domain.Counterparties, pair.Loser, back, f.Request.Derive("unmerge")); err != nil {
		return err
	}
	c.digest, err = presentDigest(ctx, f)
	return err
}

func (c UnmergeCounterparties) Decide(s domain.DuplicatePair, _ time.Time) (pairEvents, error) {
	return s.Unmerge(c.Reason, c.digest)
}

// mergeInto, absorb, release and unmergeFrom are the counterparties' sides of a merge. Only the commands above give them.
type mergeInto struct {
	Survivor domain.CounterpartyID  `json:"survivor_id"`
	Pair     domain.DuplicatePairID `json:"pair_id"`
}

func (c mergeInto) Decide(s domain.Counterparty, _ time.Time) (counterpartyEvents, error) {
	return s.MergeInto(c.Survivor, c.Pair)
}

type absorb struct {
	Loser domain.CounterpartyID  `json:"loser_id"`
	Pair  domain.DuplicatePairID `json:"pair_id"`
	Take  []domain.DetailField   `json:"take_from_loser"`

	from domain.Counterparty
}

func (c absorb) Decide(s domain.Counterparty, _ time.Time) (counterpartyEvents, error) {
	return s.Absorb(c.from, c.Pair, c.Take)
}

type release struct {
	Loser  domain.CounterpartyID `json:"loser_id"`
	Reason string                `json:"reason"`
}

func (c release) Decide(s domain.Counterparty, _ time.Time) (counterpartyEvents, error) {
	return s.Release(c.Loser, c.Reason)
}

type unmergeFrom struct {
	Survivor domain.CounterpartyID  `json:"survivor_id"`
	Pair     domain.DuplicatePairID `json:"pair_id"`
	Reason   string                 `json:"reason"`
}

func (c unmergeFrom) Decide(s domain.Counterparty, _ time.Time) (counterpartyEvents, error) {
	return s.Unmerge(c.Survivor, c.Pair, c.Reason)
}
