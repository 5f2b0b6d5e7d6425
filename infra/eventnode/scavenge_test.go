package eventnode

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/uuid"
)

// unhurried takes the pauses out of a node's scavenges.
func unhurried(node *Node) *Node {
	node.core().care.scavenger.rest = func(context.Context, time.Duration) {}
	return node
}

func submit(tb testing.TB, node *Node, r writeRequest) writeResult {
	tb.Helper()
	result, err := node.core().writer.submit(within(tb), &r)
	if err != nil {
		tb.Fatal(err)
	}
	return result
}

// shown is what every stream shows, by name.
func shown(s *store, streams []string, now time.Time) (map[string][]string, error) {
	out := map[string][]string{}
	for _, stream := range streams {
		v, err := s.view(stream, toTicks(now))
		if err != nil {
			return nil, err
		}
		lines := []string{fmt.Sprint(v.exists, v.tombstoned, v.softDeleted)}
		if !v.tombstoned {
			lines = append(lines, fmt.Sprint("last ", v.last))
		}
		for from := v.first; !v.tombstoned; {
			events, err := s.streamForwards(v, from, 100)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", stream, err)
			}
			if len(events) == 0 {
				break
			}
			for i := range events {
				lines = append(lines, fmt.Sprintf("%d at %d: %s", events[i].revision, events[i].position, events[i].data))
			}
			from = events[len(events)-1].revision + 1
		}
		out[stream] = lines
	}
	return out, nil
}

func positions(tb testing.TB, s *store) (all []uint64) {
	tb.Helper()
	for from := uint64(0); ; from = all[len(all)-1] + 1 {
		events, err := s.allForwards(from, math.MaxUint64, pageEvents)
		if err != nil {
			tb.Fatal(err)
		}
		if len(events) == 0 {
			return all
		}
		for i := range events {
			all = append(all, events[i].position)
		}
	}
}

// randomWrite is one write to one of the streams. Metadata never shows again what is
// hidden from now: that would differ where a scavenge came first.
func randomWrite(tb testing.TB, rng *rand.Rand, s *store, stream string, now time.Time) writeRequest {
	tb.Helper()
	r := writeRequest{stream: stream, expected: expectAny}
	switch n := rng.IntN(100); {
	case n < 75:
		for range 1 + rng.IntN(5) {
			r.events = append(r.events, proposedEvent{
				id: uuid.New(), eventType: "t", data: fmt.Appendf(nil, "%d", rng.Uint64()),
			})
		}
	case n < 92:
		v, err := s.view(stream, toTicks(now))
		if err != nil {
			tb.Fatal(err)
		}
		text := fmt.Sprintf(`{"$tb":%d`, min(v.first, v.last+1)+rng.Int64N(3))
		if rng.IntN(2) == 0 {
			text += fmt.Sprintf(`,"$maxCount":%d`, 1+rng.IntN(8))
		}
		if rng.IntN(2) == 0 {
			text += fmt.Sprintf(`,"$maxAge":%d`, 1+rng.IntN(200))
		}
		r.stream = metaStream(stream)
		r.events = []proposedEvent{{id: uuid.New(), json: true, eventType: metadataType, data: []byte(text + "}")}}
	case n < 99:
		r.kind = writeDelete
	default:
		r.kind = writeTombstone
	}
	return r
}

// TestScavengeShowsTheSame writes the same to two nodes, scavenges one of them again
// and again with power cuts in between, and compares what all streams show.
func TestScavengeShowsTheSame(t *testing.T) {
	t.Parallel()
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			scavengeRounds(t, seed)
		})
	}
}

func scavengeRounds(t *testing.T, seed uint64) {
	t.Helper()
	var streams []string
	for i := range 6 {
		streams = append(streams, fmt.Sprintf("s-%d", i))
	}
	clock := newTestClock()
	twinConfig, cfg := memConfig(), memConfig()
	twinConfig.Now, cfg.Now = clock.now, clock.now
	disk := vfs.NewCrashableMem()
	cfg.FS = disk
	twin, node := openNode(t, twinConfig), unhurried(openNode(t, cfg))
	rng := rand.New(rand.NewPCG(seed, 2))
	removed := int64(0)
	for round := range 6 {
		for range 60 {
			clock.advance(time.Duration(rng.Int64N(10)) * time.Second)
			request := randomWrite(t, rng, twin.core().store, streams[rng.IntN(len(streams))], clock.now())
			want, got := submit(t, twin, request), submit(t, node, request)
			if want.outcome != got.outcome || want.position != got.position || want.revision != got.revision {
				t.Fatalf("round %d: %+v, without a scavenge %+v", round, got, want)
			}
		}
		var scavenge sync.WaitGroup
		scavenge.Go(func() {
			state, err := node.Scavenge(t.Context())
			if err != nil {
				t.Errorf("round %d: %v", round, err)
			}
			removed += state.Events
		})
		if rng.IntN(2) == 0 {
			scavenge.Wait()
		}
		clone := disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: rng.IntN(101), RNG: rng})
		scavenge.Wait()
		if err := node.Close(); err != nil {
			t.Fatal(err)
		}
		disk, cfg.FS = clone, clone
		node = unhurried(openNode(t, cfg))
		report, err := node.Verify(t.Context())
		if err != nil || !report.OK() {
			t.Fatalf("round %d: %v %v", round, report.Faults, err)
		}
		compareShown(t, twin, node, streams, clock.now())
	}
	if removed == 0 {
		t.Error("nothing was removed: the comparison proves nothing")
	}
}

func compareShown(t *testing.T, twin, node *Node, streams []string, now time.Time) {
	t.Helper()
	for _, stream := range slices.Clone(streams) {
		streams = append(streams, metaStream(stream))
	}
	want, err := shown(twin.core().store, streams, now)
	if err != nil {
		t.Fatal(err)
	}
	got, err := shown(node.core().store, streams, now)
	if err != nil {
		t.Fatal(err)
	}
	for stream := range maps.Keys(want) {
		if !slices.Equal(want[stream], got[stream]) {
			t.Errorf("%s shows\n%v\nwithout a scavenge\n%v", stream, got[stream], want[stream])
		}
	}
	all := positions(t, twin.core().store)
	for _, position := range positions(t, node.core().store) {
		if _, found := slices.BinarySearch(all, position); !found {
			t.Errorf("a record at %d that was never written there", position)
		}
	}
	if a, b := twin.core().store.durable.Load(), node.core().store.durable.Load(); a != b {
		t.Errorf("the log ends at %d, without a scavenge at %d", b, a)
	}
}

// TestScavengeUnderLoad removes while writers write and readers read: readers see
// whole streams without a gap, subscribers every event that stays, writers no error.
func TestScavengeUnderLoad(t *testing.T) {
	t.Parallel()
	node := unhurried(openNode(t, memConfig()))
	c := connect(t, serve(t, node))
	const writers, writes = 4, 400
	for i := range writers {
		submit(t, node, writeRequest{stream: fmt.Sprintf("$$s-%d", i), expected: expectNoStream, events: []proposedEvent{
			{id: uuid.New(), json: true, eventType: metadataType, data: []byte(`{"$maxCount":3}`)},
		}})
	}
	sub, err := c.SubscribeToAll(t.Context(), esdb.SubscribeToAllOptions{From: esdb.Start{}})
	in := follow(t, sub, err)
	ctx, stop := context.WithCancel(t.Context())
	var work, beside sync.WaitGroup
	for i := range writers {
		stream := fmt.Sprintf("s-%d", i)
		work.Go(func() {
			for n := range int64(writes) {
				submit(t, node, writeRequest{stream: stream, expected: n - 1, events: []proposedEvent{{id: uuid.New(), eventType: "t"}}})
			}
		})
		beside.Go(func() {
			for ctx.Err() == nil {
				if err := wholeStream(node, stream); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	beside.Go(func() {
		for ctx.Err() == nil {
			if _, err := node.Scavenge(t.Context()); err != nil {
				t.Error(err)
				return
			}
		}
	})
	work.Wait()
	stop()
	beside.Wait()
	if _, err := node.Scavenge(t.Context()); err != nil { // the one beside may have been over too early to find anything
		t.Error(err)
	}
	for stays := 0; stays < writers; {
		if e := in.next().EventAppeared; e != nil && e.OriginalEvent().EventNumber == writes-1 {
			stays++
		}
	}
	report, err := node.Verify(t.Context())
	if err != nil || !report.OK() || report.Scavenged == 0 {
		t.Errorf("%+v %v", report, err)
	}
}

func wholeStream(node *Node, stream string) error {
	s := node.core().store
	v, err := s.view(stream, toTicks(time.Now()))
	if err != nil {
		return err
	}
	events, err := s.streamBackwards(v, v.last, 10)
	if err != nil {
		return err
	}
	for i := range events {
		if events[i].revision != v.last-int64(i) {
			return fmt.Errorf("%s: revision %d is followed by %d", stream, v.last-int64(i)+1, events[i].revision)
		}
	}
	if v.first > 0 && len(events) > 3 {
		return fmt.Errorf("%s shows %d events of 3", stream, len(events))
	}
	return nil
}

// TestScavengeGivesSpaceBack looks at the files of a real directory.
func TestScavengeGivesSpaceBack(t *testing.T) {
	t.Parallel()
	node := unhurried(openNode(t, Config{Dir: t.TempDir(), Logger: quiet(), ScavengeEvery: -1}))
	rng := rand.New(rand.NewPCG(1, 3))
	for n := range int64(60) {
		data := make([]byte, 500_000)
		for i := range data {
			data[i] = byte(rng.Uint32())
		}
		submit(t, node, writeRequest{stream: "s", expected: n - 1, events: []proposedEvent{{id: uuid.New(), eventType: "t", data: data}}})
	}
	submit(t, node, writeRequest{stream: "$$s", expected: expectNoStream, events: []proposedEvent{
		{id: uuid.New(), json: true, eventType: metadataType, data: []byte(`{"$maxCount":2}`)},
	}})
	if err := node.core().store.db.Flush(); err != nil {
		t.Fatal(err)
	}
	before := tableBytes(t, node)
	state, err := node.Scavenge(t.Context())
	if err != nil || state.Events != 58 || state.Bytes < 58*500_000 {
		t.Fatalf("%+v %v", state, err)
	}
	if after := tableBytes(t, node); before < 30_000_000 || after > 2_000_000 {
		t.Errorf("the tables took %d bytes, and %d after the scavenge", before, after)
	}
	if state, err = node.Scavenge(t.Context()); err != nil || state.Events != 0 {
		t.Errorf("a second scavenge: %+v %v", state, err)
	}
}

// tableBytes is what the tables take that are part of the database.
func tableBytes(tb testing.TB, node *Node) (bytes uint64) {
	tb.Helper()
	levels, err := node.core().store.db.SSTables()
	if err != nil {
		tb.Fatal(err)
	}
	for _, tables := range levels {
		for i := range tables {
			info, err := os.Stat(filepath.Join(node.cfg.Dir, fmt.Sprintf("%06d.sst", tables[i].BackingSSTNum)))
			if err != nil {
				tb.Fatal(err)
			}
			bytes += uint64(info.Size())
		}
	}
	return bytes
}

// TestScavengeGoesOn stops a scavenge half way; the next one finishes it.
func TestScavengeGoesOn(t *testing.T) {
	t.Parallel()
	cfg := memConfig()
	node := unhurried(openNode(t, cfg))
	for _, stream := range []string{"a", "b"} {
		submit(t, node, writeRequest{stream: stream, expected: expectNoStream, events: func() (events []proposedEvent) {
			for range 3 * removeEvents {
				events = append(events, proposedEvent{id: uuid.New(), eventType: "t"})
			}
			return events
		}()})
		submit(t, node, writeRequest{kind: writeDelete, stream: stream, expected: expectAny})
	}
	ctx, cancel := context.WithCancel(t.Context())
	node.core().care.scavenger.rest = func(context.Context, time.Duration) { cancel() }
	state, err := node.Scavenge(ctx)
	if !errors.Is(err, context.Canceled) || state.Events != removeEvents {
		t.Fatalf("%+v %v", state, err)
	}
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	node = unhurried(openNode(t, cfg))
	if left := node.ScavengeState(); left.Running || left.Events != removeEvents || left.Next == "" {
		t.Errorf("noted: %+v", left)
	}
	state, err = node.Scavenge(t.Context())
	if err != nil || state.Events != 2*(3*removeEvents-1) || state.Next != "" || state.Finished.IsZero() {
		t.Errorf("%+v %v", state, err)
	}
	// A number that was taken stays taken, and a repetition of what is gone is a conflict.
	again := submit(t, node, writeRequest{stream: "a", expected: 4, events: []proposedEvent{{id: uuid.New(), eventType: "t"}}})
	next := submit(t, node, writeRequest{stream: "a", expected: 3*removeEvents - 1, events: []proposedEvent{{id: uuid.New(), eventType: "t"}}})
	if again.outcome != wrongVersion || next.outcome != written || next.revision != 3*removeEvents {
		t.Errorf("%+v, %+v", again, next)
	}
}
