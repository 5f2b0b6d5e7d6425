// Package importing turns files of other systems into commands: lists of counterparties, CommerceML, mail.
//
// An import converges: ids follow from the source, aggregates remember what they took, so a run that was killed is simply
// run again, and a finished one changes nothing the second time. A row that cannot be taken is reported with its place and
// its wrong fields; the others go on.
package importing

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"sync"

	"github.com/letopis-crm/letopis/commands"
	"github.com/letopis-crm/letopis/domain"
)

// Outcome is what became of a row.
type Outcome string

// The outcomes.
const (
	Created   Outcome = "created"
	Changed   Outcome = "changed"
	Unchanged Outcome = "unchanged"
	Refused   Outcome = "refused"
)

// Problem is something wrong with a row. Notes tell what was corrected; the row was taken.
type Problem struct {
	File  string
	Row   int
	Key   string
	Field string
	Code  string
	Text  string
	Value string
	Note  bool
}

func (p Problem) String() string {
	place := fmt.Sprintf("%s:%d", p.File, p.Row)
	if p.Key != "" {
		place += " (" + p.Key + ")"
	}
	if p.Field != "" {
		place += " " + p.Field
	}
	return fmt.Sprintf("%s: %s: %s", place, p.Code, p.Text)
}

// Item is one row on its way: its place, what is known to be wrong with it, and the command to give.
type Item struct {
	File string
	Row  int
	// Key orders: items with the same key are taken in the order of the file.
	Key      string
	Problems []Problem
	// Do gives the commands and tells the position of what they wrote, 0 for nothing; nil when the row cannot be taken.
	Do func(context.Context, *commands.Executor) (Outcome, uint64, error)
}

// Report is what an import came to.
type Report struct {
	Rows     int
	Outcomes map[Outcome]int
	Problems []Problem
	// Position is the last commit position written, 0 when nothing was.
	Position uint64
}

func (r *Report) String() string {
	return fmt.Sprintf("%d rows: %d created, %d changed, %d unchanged, %d refused", r.Rows, r.Outcomes[Created], r.Outcomes[Changed],
		r.Outcomes[Unchanged], r.Outcomes[Refused])
}

func (r *Report) add(other *Report) {
	r.Rows += other.Rows
	for outcome, n := range other.Outcomes {
		r.Outcomes[outcome] += n
	}
	r.Problems = append(r.Problems, other.Problems...)
	r.Position = max(r.Position, other.Position)
}

// Options of an import.
type Options struct {
	// Again takes files that were taken before.
	Again bool
	// Done is told of every row.
	Done func(Item)
}

// Take imports all parts of the source. A file that was taken before is not taken again: two files that say different
// things about the same client would otherwise take turns for ever.
func Take(ctx context.Context, x *commands.Executor, source Source, env Env, o Options) (*Report, error) {
	total := &Report{Outcomes: map[Outcome]int{}}
	for _, part := range source.Parts() {
		id := domain.FileImportOf(part.Kind, part.Mapping, part.SHA256)
		if part.SHA256 != "" && !o.Again {
			before, err := commands.Load(ctx, x, domain.FileImports, id)
			if err != nil {
				return total, err
			}
			if before.Revision >= 0 {
				total.add(&Report{Rows: before.State.Rows, Outcomes: map[Outcome]int{Unchanged: before.State.Rows}})
				continue
			}
		}
		report, err := run(ctx, x, part.Items(env), o.Done)
		total.add(report)
		if err == nil && part.SHA256 != "" {
			err = finish(ctx, x, env, id, part, report)
		}
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

// finish records that the file was taken.
func finish(ctx context.Context, x *commands.Executor, env Env, id domain.FileImportID, part Part, r *Report) error {
	done := commands.FinishFileImport{FileWasImported: domain.FileWasImported{
		Kind: part.Kind, Name: part.Name, SHA256: part.SHA256, Mapping: part.Mapping, Rows: r.Rows,
		Created: r.Outcomes[Created], Changed: r.Outcomes[Changed], Unchanged: r.Outcomes[Unchanged], Refused: r.Outcomes[Refused],
	}}
	_, err := commands.Execute(ctx, x, domain.FileImports, id, done, env.request())
	return err
}

// workers is how many rows are under way at once: appends of all of them share the store's sync.
const workers = 16

// run takes all items. A row's refusal is counted and reported; a technical failure ends the run, and it can be run
// again. An error of the sequence itself (an unreadable file) ends it too, after the rows before it.
func run(ctx context.Context, x *commands.Executor, items Items, done func(Item)) (*Report, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	report := &Report{Outcomes: map[Outcome]int{}}
	var mu sync.Mutex
	take := func(it Item) {
		outcome, position, problems, err := one(ctx, x, it)
		if err != nil {
			cancel(fmt.Errorf("%s:%d: %w", it.File, it.Row, err))
			return
		}
		mu.Lock()
		defer mu.Unlock()
		report.Rows++
		report.Outcomes[outcome]++
		report.Problems = append(report.Problems, problems...)
		report.Position = max(report.Position, position)
		done(it)
	}
	lanes := make([]chan Item, workers)
	var group sync.WaitGroup
	for i := range lanes {
		lanes[i] = make(chan Item, 4)
		group.Go(func() {
			for it := range lanes[i] {
				if ctx.Err() == nil {
					take(it)
				}
			}
		})
	}
	feedErr := feed(ctx, items, lanes)
	for _, lane := range lanes {
		close(lane)
	}
	group.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return report, cause
	}
	return report, feedErr
}

// feed gives each item to the lane of its key.
func feed(ctx context.Context, items Items, lanes []chan Item) error {
	for it, err := range items {
		if err != nil {
			return err
		}
		h := fnv.New32a()
		_, _ = h.Write([]byte(it.Key)) // never fails
		select {
		case lanes[h.Sum32()%uint32(len(lanes))] <- it:
		case <-ctx.Done():
			return nil
		}
	}
	return nil
}

// busyTries is how often a row is tried whose record changes under the hands of its neighbours.
const busyTries = 20

func one(ctx context.Context, x *commands.Executor, it Item) (Outcome, uint64, []Problem, error) {
	if it.Do == nil {
		return Refused, 0, it.Problems, nil
	}
	outcome, position, err := it.Do(ctx, x)
	for tries := 1; errors.Is(err, commands.ErrBusy) && tries < busyTries; tries++ {
		outcome, position, err = it.Do(ctx, x)
	}
	refusal, refused := domain.IsRefusal(err)
	if refused && !errors.Is(refusal, commands.ErrBusy) {
		return Refused, position, append(it.Problems, refusals(it, refusal)...), nil
	}
	return outcome, position, it.Problems, err
}

func refusals(it Item, r *domain.Refusal) []Problem {
	if len(r.Fields) == 0 {
		return []Problem{{File: it.File, Row: it.Row, Key: it.Key, Code: r.Code, Text: r.Message}}
	}
	problems := make([]Problem, len(r.Fields))
	for i, f := range r.Fields {
		problems[i] = Problem{File: it.File, Row: it.Row, Key: it.Key, Field: f.Field, Code: f.Code, Text: f.Message}
	}
	return problems
}
