package eventnode

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

// A scavenge gives back the space of events that no read of their stream shows any
// more, because of $maxAge, $maxCount, $tb, a delete or a tombstone.
//
// What stays: every visible event, the last event of each stream (numbers go on from
// it), tombstones, the last event of each metadata stream, and the last record of the
// log, so that positions and stream numbers never repeat. Revisions and positions of
// what stays do not change; $all has holes.
//
// What it means for writers: an append with an exact expected revision is compared
// with the stored ids of the events behind that revision. Where those are removed, a
// repetition cannot be told from a conflict any more and is answered as wrong expected
// version, as EventStoreDB does: a lost answer costs the client a look, never a second
// write. The ids known for "any" stay in memory until they grow old or the node stops.
//
// Removing takes no part in the writer's groups. A batch of removals holds the
// records, their index entries and the account of the chapters they lay in, and is not
// synced: a power cut before the writer's next sync undoes all of it at once.
const (
	removeEvents = 256  // events in one batch of removals
	saveStreams  = 1000 // streams between two notes of how far it has come
	scavengeName = "scavenge"
	compactShare = 4 // a chapter is compacted when one byte in so many was removed
)

var errScavenging = errors.New("a scavenge is running already")

// ScavengeState is how far a scavenge has come.
type ScavengeState struct {
	Running  bool      `json:"running"`
	Started  time.Time `json:"started"`
	Finished time.Time `json:"finished"` // zero until the last run has come to its end
	Streams  int64     `json:"streams"`  // looked at
	Events   int64     `json:"events"`   // removed
	Bytes    int64     `json:"bytes"`    // of records removed
	Error    string    `json:"error,omitempty"`

	// Next is the stream an interrupted run goes on with.
	Next string `json:"next,omitempty"`
}

// scavenger runs one scavenge at a time on one core.
type scavenger struct {
	store *store
	now   func() time.Time
	rest  func(ctx context.Context, worked time.Duration) // between batches

	busy sync.Mutex // held by the one run

	mu    sync.Mutex
	state ScavengeState

	// Of the run.
	touched map[uint64]uint64 // chapter -> bytes removed, not compacted yet
}

func newScavenger(s *store, now func() time.Time) (*scavenger, error) {
	g := &scavenger{store: s, now: now, rest: restAsLong, touched: map[uint64]uint64{}}
	value, found, err := s.system(scavengeName)
	if err != nil || !found {
		return g, err
	}
	if err := json.Unmarshal(value, &g.state); err != nil {
		return nil, corruptEntry(systemKey(scavengeName), err.Error())
	}
	return g, nil
}

// restAsLong leaves the other half of the time to the rest of the node.
func restAsLong(ctx context.Context, worked time.Duration) {
	timer := time.NewTimer(worked)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

func (g *scavenger) progress() ScavengeState {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.state
}

func (g *scavenger) change(f func(*ScavengeState)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f(&g.state)
}

// run scavenges all streams, going on where an interrupted run has stopped.
func (g *scavenger) run(ctx context.Context) (ScavengeState, error) {
	if !g.busy.TryLock() {
		return g.progress(), errScavenging
	}
	defer g.busy.Unlock()
	g.change(func(s *ScavengeState) {
		if s.Next == "" {
			*s = ScavengeState{Started: g.now().UTC()}
		}
		s.Running, s.Error = true, ""
	})
	err := g.visitStreams(ctx)
	g.change(func(s *ScavengeState) {
		s.Running = false
		if err != nil {
			s.Error = err.Error()
			return
		}
		s.Finished, s.Next = g.now().UTC(), ""
	})
	return g.progress(), errors.Join(err, g.saveAlone())
}

func (g *scavenger) saveAlone() error {
	batch := g.store.db.NewBatch()
	return errors.Join(g.save(batch), g.store.apply(batch, pebble.NoSync), batch.Close())
}

func (g *scavenger) save(to pebble.Writer) error {
	state := g.progress()
	state.Running = false
	value, err := json.Marshal(state)
	if err != nil {
		return err
	}
	return setSystem(to, scavengeName, value, pebble.NoSync)
}

func (g *scavenger) visitStreams(ctx context.Context) error {
	next := g.progress().Next
	for {
		began := time.Now()
		names, err := g.store.streamNames(next, saveStreams)
		if err != nil {
			return err
		}
		for _, name := range names {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := g.cleanStream(ctx, name); err != nil {
				return fmt.Errorf("scavenge of %q: %w", name, err)
			}
			next = name + "\x00" // the first name behind it
			g.change(func(s *ScavengeState) { s.Streams++; s.Next = next })
		}
		if len(names) < saveStreams {
			return g.giveBack(ctx)
		}
		if err := g.saveAlone(); err != nil {
			return err
		}
		g.rest(ctx, time.Since(began))
	}
}

// streamNames returns the next names from the given one on.
func (s *store) streamNames(from string, limit int) (names []string, err error) {
	err = s.scan(nameKey(from), []byte{spaceName + 1}, func(it *pebble.Iterator) error {
		for ok := it.First(); ok && len(names) < limit; ok = it.Next() {
			names = append(names, string(it.Key()[1:]))
		}
		return nil
	})
	return names, err
}

// cleanStream removes what the stream does not show any more, a batch at a time.
func (g *scavenger) cleanStream(ctx context.Context, name string) error {
	for {
		began := time.Now()
		removed, err := g.removeSome(name)
		if err != nil || removed < removeEvents {
			return err
		}
		g.rest(ctx, time.Since(began))
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// removal is one event to be removed.
type removal struct {
	revision int64
	position uint64
	size     int
}

// removeSome removes the oldest hidden events of a stream, a batch of them at most.
func (g *scavenger) removeSome(name string) (int, error) {
	s := g.store
	first, id, err := s.hiddenBelow(name, toTicks(g.now()))
	if err != nil {
		return 0, err
	}
	doomed, err := s.oldestEvents(id, first, removeEvents)
	if err != nil || len(doomed) == 0 {
		return 0, err
	}
	s.removal.Lock()
	defer s.removal.Unlock()
	// Metadata written meanwhile may show again what was hidden a moment ago.
	still, err := s.hiddenBelowLocked(name, toTicks(g.now()))
	if err != nil {
		return 0, err
	}
	for len(doomed) > 0 && doomed[len(doomed)-1].revision >= still {
		doomed = doomed[:len(doomed)-1]
	}
	return len(doomed), g.remove(id, doomed)
}

func (s *store) hiddenBelow(name string, now int64) (first int64, id uint64, err error) {
	s.removal.RLock()
	defer s.removal.RUnlock()
	if id, err = s.streamID(name); err != nil {
		return 0, 0, err
	}
	first, err = s.hiddenBelowLocked(name, now)
	return first, id, err
}

// hiddenBelowLocked is the first revision that must stay.
func (s *store) hiddenBelowLocked(name string, now int64) (int64, error) {
	v, err := s.viewLocked(name, now)
	if err != nil {
		return 0, err
	}
	if target, isMeta := metaTarget(name); isMeta && v.tombstoned {
		// The view of it ends at its target's tombstone; its own events are still there.
		if v, err = s.metaView(target, v.bound); err != nil {
			return 0, err
		}
	} else if v.tombstoned {
		return tombstoneRevision, nil
	}
	return min(v.first, v.last), nil
}

// metaView is the view of a metadata stream, whatever became of the target.
func (s *store) metaView(target string, bound uint64) (streamView, error) {
	v := streamView{bound: bound, last: -1}
	var err error
	if v.id, err = s.streamID(metaStream(target)); err != nil || v.id == 0 {
		return v, err
	}
	v.last, _, err = s.lastRevision(v.id, bound)
	v.first = v.last
	return v, err
}

// oldestEvents lists events of a stream below a revision. The last record of the log
// is never among them: without it positions would repeat after the next start.
func (s *store) oldestEvents(id uint64, below int64, limit int) (events []removal, err error) {
	if id == 0 || below <= 0 {
		return nil, nil
	}
	end := s.durable.Load()
	err = s.scan(indexKey(id, 0), indexKey(id, below), func(it *pebble.Iterator) error {
		for ok := it.First(); ok && len(events) < limit; ok = it.Next() {
			position, err := s.seals.number(it.Key(), it.Value())
			if err != nil {
				return err
			}
			if position >= end {
				return nil
			}
			r, found, err := s.findRecord(position)
			if err != nil {
				return err
			}
			if !found {
				return corrupt(position, "missing")
			}
			events = append(events, removal{indexRevision(it.Key()), position, r.encodedSize()})
		}
		return nil
	})
	return events, err
}

// remove takes events out of the log and the index at once, and notes in the accounts
// of their chapters that they are missing for a reason.
func (g *scavenger) remove(id uint64, doomed []removal) error {
	if len(doomed) == 0 {
		return nil
	}
	batch := g.store.db.NewBatch()
	chapters, bytes, err := map[uint64]uint64{}, int64(0), error(nil)
	for _, d := range doomed {
		err = errors.Join(err,
			batch.DeleteSized(logKey(d.position), uint32(d.size), nil),
			batch.Delete(indexKey(id, d.revision), nil))
		addSpan(chapters, d.position, d.position+uint64(d.size))
		bytes += int64(d.size)
	}
	for chapter, removed := range chapters {
		before, readErr := scavengedBytes(g.store.db, chapter)
		err = errors.Join(err, readErr, setSystem(batch, chapterName(chapter),
			binary.BigEndian.AppendUint64(nil, before+removed), nil))
	}
	g.change(func(s *ScavengeState) { s.Events += int64(len(doomed)); s.Bytes += bytes })
	err = errors.Join(err, g.save(batch))
	if err == nil {
		err = g.store.apply(batch, pebble.NoSync)
	}
	if err != nil {
		return errors.Join(err, batch.Close())
	}
	for chapter, removed := range chapters {
		g.touched[chapter] += removed
	}
	return batch.Close()
}

// giveBack compacts the chapters of which much was removed: until then the space is
// marked as free, but still taken. The rest is left to Pebble's own compactions.
func (g *scavenger) giveBack(ctx context.Context) error {
	compacted := false
	for chapter, removed := range g.touched {
		if removed >= chapterSize/compactShare || chapter == g.store.durable.Load()/chapterSize {
			// Small logs consist of their last chapter.
			err := g.store.db.Compact(ctx, logKey(chapter*chapterSize), logKey((chapter+1)*chapterSize), false)
			if err != nil {
				return err
			}
			compacted = true
		}
		delete(g.touched, chapter)
	}
	if !compacted {
		return nil
	}
	return g.store.db.Compact(ctx, []byte{spaceIndex}, []byte{spaceIndex + 1}, false)
}

// keepScavenging runs a scavenge every so often until ctx ends. The first one waits
// as well: a node that has just started has better things to do.
func (g *scavenger) keepScavenging(ctx context.Context, every time.Duration, failed func(error)) {
	wait := min(every, scavengeDelay)
	for {
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		if _, err := g.run(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, errScavenging) {
			failed(err)
		}
		wait = every
	}
}

// scavengeDelay is how long after its start a node scavenges for the first time.
const scavengeDelay = 10 * time.Minute

// Scavenge removes what streams do not show any more and returns when it is done. An
// interrupted one is continued by the next.
func (n *Node) Scavenge(ctx context.Context) (ScavengeState, error) {
	care := n.core().care
	ctx, done, err := care.begin(ctx)
	if err != nil {
		return ScavengeState{}, err
	}
	defer done()
	return care.scavenger.run(ctx)
}

// ScavengeState tells how far the running scavenge has come, or what the last one did.
func (n *Node) ScavengeState() ScavengeState { return n.core().care.scavenger.progress() }
