package projections

import (
	_ "embed"
	"time"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
)

// DuplicateRow is a pair of counterparties that may be one, with the answer.
type DuplicateRow struct {
	ID        uuid.UUID              `json:"id"`
	Left      domain.CounterpartyID  `json:"left_id"`
	Right     domain.CounterpartyID  `json:"right_id"`
	State     domain.DuplicateState  `json:"state"`
	Score     int                    `json:"score"`
	Rules     []domain.DuplicateRule `json:"rules"`
	Note      string                 `json:"note"`
	Survivor  domain.CounterpartyID  `json:"survivor_id"`
	Loser     domain.CounterpartyID  `json:"loser_id"`
	Take      []domain.DetailField   `json:"take_from_loser"`
	Proposer  domain.EmployeeID      `json:"proposer_id"`
	Reason    string                 `json:"reason"`
	FlaggedAt time.Time              `json:"flagged_at"`
	Answerer  domain.EmployeeID      `json:"answered_by"`
	Answered  *time.Time             `json:"answered_at"`
	Revision  int64                  `json:"revision"`
}

// MergeLogRow is a merge or un-merge.
type MergeLogRow struct {
	Position int64                 `json:"position"`
	At       time.Time             `json:"at"`
	Pair     uuid.UUID             `json:"pair_id"`
	Action   string                `json:"action"`
	Survivor domain.CounterpartyID `json:"survivor_id"`
	Loser    domain.CounterpartyID `json:"loser_id"`
	Take     []string              `json:"take_from_loser"`
	Proposer domain.EmployeeID     `json:"proposer_id"`
	Actor    domain.EmployeeID     `json:"actor_id"`
	Reason   string                `json:"reason"`
}

var (
	duplicatePairs = NewTable[DuplicateRow]("duplicate_pair", "id")
	mergeLog       = NewLog[MergeLogRow]("merge_log")
)

//go:embed duplicates.sql
var duplicatesSQL string

// Duplicates is the queue of possible duplicates and the log of merges.
var Duplicates = Projection{Name: "duplicates", Version: 1, Schema: duplicatesSQL, Handlers: []Handler{
	On(func(b *Batch, e Envelope[domain.DuplicateWasFlagged]) {
		f := e.Event
		duplicatePairs.Put(b, e.Key(), DuplicateRow{ID: e.ID, Left: f.Left, Right: f.Right, State: domain.DuplicateCandidate,
			Score: f.Score, Rules: f.Rules, Note: f.Note, FlaggedAt: e.At(), Revision: int64(e.Revision)})
	}),
	onPair(domain.DuplicateRejected, func(p *DuplicateRow, e Envelope[domain.DuplicateWasRejected]) { p.Reason = e.Event.Reason }),
	onPair(domain.DuplicateBranch, func(p *DuplicateRow, e Envelope[domain.DuplicateWasLinked]) {
		p.Survivor, p.Loser = e.Event.Head, e.Event.Branch
	}),
	onPair(domain.DuplicateProposed, func(p *DuplicateRow, e Envelope[domain.DuplicateMergeWasProposed]) {
		p.Survivor, p.Loser, p.Take, p.Proposer = e.Event.Survivor, e.Event.Loser, e.Event.Take, e.Event.Proposer
	}),
	onPair(domain.DuplicateMerged, func(p *DuplicateRow, e Envelope[domain.DuplicatesWereMerged]) {
		p.Survivor, p.Loser, p.Take = e.Event.Survivor, e.Event.Loser, e.Event.Take
	}),
	onPair(domain.DuplicateUnmerged, func(p *DuplicateRow, e Envelope[domain.DuplicatesWereUnmerged]) { p.Reason = e.Event.Reason }),
	On(func(b *Batch, e Envelope[domain.DuplicatesWereMerged]) {
		take := make([]string, len(e.Event.Take))
		for i, field := range e.Event.Take {
			take[i] = string(field)
		}
		mergeLog.Add(b, MergeLogRow{Position: int64(e.Position), At: e.At(), Pair: e.ID, Action: "merged", Survivor: e.Event.Survivor,
			Loser: e.Event.Loser, Take: take, Proposer: e.Event.Proposer, Actor: e.Event.Approver, Reason: e.Meta.Reason})
	}),
	On(func(b *Batch, e Envelope[domain.DuplicatesWereUnmerged]) {
		mergeLog.Add(b, MergeLogRow{Position: int64(e.Position), At: e.At(), Pair: e.ID, Action: "unmerged", Survivor: e.Event.Survivor,
			Loser: e.Event.Loser, Actor: e.Meta.Actor, Reason: e.Event.Reason})
	}),
}}

// onPair records an answer.
func onPair[E any](state domain.DuplicateState, change func(p *DuplicateRow, e Envelope[E])) Handler {
	return On(func(b *Batch, e Envelope[E]) {
		duplicatePairs.Change(b, e.Key(), func(p *DuplicateRow) {
			at := e.At()
			p.State, p.Answerer, p.Answered, p.Revision = state, e.Meta.Actor, &at, int64(e.Revision)
			change(p, e)
		})
	})
}
