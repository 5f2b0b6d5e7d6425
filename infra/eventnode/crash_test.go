package eventnode

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
	"github.com/google/uuid"
)

// ack is one acknowledged event.
type ack struct {
	id       uuid.UUID
	position uint64
}

// journal is what appenders were promised: the acknowledged events of each stream
// by revision, and the event whose answer is still out.
type journal struct {
	mu       sync.Mutex
	acked    map[string][]ack
	inFlight map[string]uuid.UUID
	others   []uint64 // positions of acknowledged writes of other kinds
	total    int
	grown    chan struct{} // holds a token after the journal has grown
}

func newJournal() *journal {
	return &journal{acked: map[string][]ack{}, inFlight: map[string]uuid.UUID{}, grown: make(chan struct{}, 1)}
}

// begin notes an event that is about to be sent and returns its expected revision.
func (j *journal) begin(stream string, id uuid.UUID) int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.inFlight[stream] = id
	return int64(len(j.acked[stream])) - 1
}

func (j *journal) ack(stream string, position uint64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.acked[stream] = append(j.acked[stream], ack{j.inFlight[stream], position})
	delete(j.inFlight, stream)
	j.total++
	select {
	case j.grown <- struct{}{}:
	default:
	}
}

// await returns when n events are acknowledged.
func (j *journal) await(tb testing.TB, n int) {
	tb.Helper()
	timeout := time.After(60 * time.Second)
	for {
		j.mu.Lock()
		enough := j.total >= n
		j.mu.Unlock()
		if enough {
			return
		}
		select {
		case <-j.grown:
		case <-timeout:
			tb.Fatalf("only %d of %d appends were acknowledged", j.total, n)
		}
	}
}

func (j *journal) copy() *journal {
	j.mu.Lock()
	defer j.mu.Unlock()
	c := newJournal()
	c.total, c.others = j.total, slices.Clip(j.others)
	for stream, acks := range j.acked {
		c.acked[stream] = slices.Clip(acks)
	}
	maps.Copy(c.inFlight, j.inFlight)
	return c
}

// verify checks a store after a crash: everything acknowledged is where it was
// acknowledged, and the log and its indexes agree.
func (j *journal) verify(s *store) error {
	if err := checkLog(s); err != nil {
		return err
	}
	for _, position := range j.others {
		if _, found, err := s.findRecord(position); err != nil || !found {
			return fmt.Errorf("the acknowledged write at %d: found %t, %w", position, found, err)
		}
	}
	for stream, acks := range j.acked {
		id, err := s.streamID(stream)
		if err != nil {
			return err
		}
		for revision, want := range acks {
			got, found, err := s.eventAt(id, int64(revision), math.MaxUint64)
			switch {
			case err != nil:
				return err
			case !found:
				return fmt.Errorf("%s/%d was acknowledged and is lost", stream, revision)
			case got.id != want.id || got.position != want.position || got.stream != stream:
				return fmt.Errorf("%s/%d was acknowledged as %v at %d, now it is %v at %d",
					stream, revision, want.id, want.position, got.id, got.position)
			}
		}
	}
	return nil
}

// checkLog reads every record: checksums, positions without gap or overlap,
// revisions without gap, and an index that points to each record and to nothing else.
func checkLog(s *store) error {
	next, revisions, records := uint64(firstPosition), map[string]int64{}, 0
	for from := uint64(0); ; {
		page, err := s.allForwards(from, math.MaxUint64, pageEvents)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			break
		}
		for i := range page {
			r := &page[i]
			if r.position != next {
				return fmt.Errorf("a record at %d, expected at %d", r.position, next)
			}
			next += uint64(r.encodedSize())
			if r.revision != tombstoneRevision {
				if r.revision != revisions[r.stream] {
					return fmt.Errorf("%s has revision %d after %d events", r.stream, r.revision, revisions[r.stream])
				}
				revisions[r.stream]++
			}
			id, err := s.streamID(r.stream)
			if err != nil {
				return err
			}
			position, _, err := s.getNumber(indexKey(id, r.revision))
			if err != nil || position != r.position {
				return fmt.Errorf("the index has %s/%d at %d, it is at %d (%w)", r.stream, r.revision, position, r.position, err)
			}
			records++
		}
		from = page[len(page)-1].position + 1
	}
	entries := 0
	err := s.scan([]byte{spaceIndex}, []byte{spaceIndex + 1}, func(it *pebble.Iterator) error {
		for ok := it.First(); ok; ok = it.Next() {
			if binary.BigEndian.Uint64(it.Value()) >= next {
				return fmt.Errorf("index key %x points behind the end", it.Key())
			}
			entries++
		}
		return nil
	})
	if err == nil && entries != records {
		err = fmt.Errorf("%d index entries for %d records", entries, records)
	}
	return err
}

// resend repeats what was in flight: each event must then be there exactly once.
func (j *journal) resend(send func(stream string, expected int64, id uuid.UUID) (revision int64, err error)) error {
	for stream, id := range j.inFlight {
		expected := int64(len(j.acked[stream])) - 1
		for range 2 {
			revision, err := send(stream, expected, id)
			if err != nil {
				return fmt.Errorf("%s: repeated append: %w", stream, err)
			}
			if revision != expected+1 {
				return fmt.Errorf("%s: repeated append landed at %d, want %d", stream, revision, expected+1)
			}
		}
	}
	return nil
}

// powerLoss runs appenders on a node, cuts the power while they run and returns
// what a check of the remains finds.
func powerLoss(t *testing.T, seed, round uint64, noSync bool) error {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, round))
	fs := vfs.NewCrashableMem()
	cfg := memConfig()
	cfg.FS, cfg.unsafeNoSync = fs, noSync
	cfg.memTableSize = 64 << 10      // flushes and compactions are cut too
	cfg.Dir = "new/directories/node" // their entries must survive too
	node := openNode(t, cfg)
	j := newJournal()
	ctx, stop := context.WithCancel(t.Context())
	var appenders sync.WaitGroup
	for i := range 16 {
		stream := fmt.Sprintf("stream-%d", i)
		appenders.Go(func() {
			data := make([]byte, 200)
			for ctx.Err() == nil {
				id := uuid.New()
				result, err := node.core().writer.submit(ctx, &writeRequest{
					stream: stream, expected: j.begin(stream, id),
					events: []proposedEvent{{id: id, eventType: "power", data: data}},
				})
				if err != nil {
					return
				}
				j.ack(stream, result.position)
			}
		})
	}
	for i := range 4 {
		appenders.Go(func() { otherWrites(ctx, node, j, fmt.Sprintf("other-%d-", i)) })
	}
	j.await(t, 20+rng.IntN(400))
	promised := j.copy() // before the cut: whatever is acknowledged later may be lost
	clone := fs.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: rng.IntN(101), RNG: rng})
	stop()
	appenders.Wait()
	if err := node.Close(); err != nil {
		return err
	}

	cfg.unsafeNoSync = false
	if round%2 == 1 {
		clone = cutWhileOpening(cfg, clone, rng)
	}
	cfg.FS = clone
	after, err := Open(cfg)
	if err != nil {
		return fmt.Errorf("open after the power cut: %w", err)
	}
	err = promised.verify(after.core().store)
	if err == nil {
		err = promised.resend(func(stream string, expected int64, id uuid.UUID) (int64, error) {
			result, err := after.core().writer.submit(t.Context(), &writeRequest{
				stream: stream, expected: expected, events: []proposedEvent{{id: id, eventType: "power"}},
			})
			return result.revision, err
		})
	}
	if err == nil {
		err = checkLog(after.core().store)
	}
	return errors.Join(err, after.Close())
}

func TestPowerLoss(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	for round := range uint64(200) {
		if err := powerLoss(t, seed, round, false); err != nil {
			t.Fatalf("seed %d, round %d: %v", seed, round, err)
		}
	}
}

// TestPowerLossIsNoticed proves that the check above finds the fault it is for.
func TestPowerLossIsNoticed(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	for round := range uint64(20) {
		if err := powerLoss(t, seed, round, true); err != nil {
			t.Logf("seed %d, round %d, without sync: %v", seed, round, err)
			return
		}
	}
	t.Fatalf("seed %d: without sync nothing was lost: the check proves nothing", seed)
}

// otherWrites appends several events at once, sets metadata, deletes and tombstones,
// one stream after the other.
func otherWrites(ctx context.Context, node *Node, j *journal, prefix string) {
	event := func(data string) proposedEvent {
		return proposedEvent{id: uuid.New(), eventType: "other", data: []byte(data)}
	}
	for i := 0; ; i++ {
		stream := prefix + strconv.Itoa(i)
		for _, r := range []*writeRequest{
			{stream: stream, expected: expectNoStream, events: []proposedEvent{event("a"), event("b"), event("c")}},
			{stream: metaStream(stream), expected: expectAny, events: []proposedEvent{event(`{"$maxCount":2}`)}},
			{kind: writeDelete, stream: stream, expected: expectAny},
			{stream: stream, expected: expectAny, events: []proposedEvent{event("d")}},
			{kind: writeTombstone, stream: stream, expected: expectAny},
		} {
			result, err := node.core().writer.submit(ctx, r)
			if err != nil {
				return
			}
			j.mu.Lock()
			j.others = append(j.others, result.position)
			j.mu.Unlock()
		}
	}
}

// cutWhileOpening opens a store and cuts the power at a random write of that.
func cutWhileOpening(cfg Config, disk *vfs.MemFS, rng *rand.Rand) *vfs.MemFS {
	var mu sync.Mutex
	left := 1 + rng.IntN(60)
	clone := disk
	cfg.FS = errorfs.Wrap(disk, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if op.Kind.ReadOrWrite() == errorfs.OpIsRead {
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		if left--; left == 0 {
			clone = disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: rng.IntN(101), RNG: rng})
		}
		return nil
	}))
	if node, err := Open(cfg); err == nil {
		_ = node.Close() // the disk it is on has gone
	}
	return clone
}

// TestSubscribersSeeOnlyDurableEvents cuts the power the moment an event reaches a
// reader: it must be on the disk by then.
func TestSubscribersSeeOnlyDurableEvents(t *testing.T) {
	t.Parallel()
	fs := vfs.NewCrashableMem()
	cfg := memConfig()
	cfg.FS = fs
	node := openNode(t, cfg)
	c := connect(t, serve(t, node))
	sub, err := c.SubscribeToAll(t.Context(), esdb.SubscribeToAllOptions{From: esdb.Start{}})
	in := follow(t, sub, err)
	in.untilCaughtUp()
	for i := range int64(20) {
		go func() {
			_, _ = node.core().writer.submit(t.Context(), &writeRequest{
				stream: "s", expected: i - 1, events: []proposedEvent{{id: uuid.New(), eventType: "t"}},
			})
		}()
		position := in.event().Position.Commit
		cfg.FS = fs.CrashClone(vfs.CrashCloneCfg{})
		after := openNode(t, cfg)
		if durable := after.core().store.durable.Load(); durable < position {
			t.Fatalf("an event at %d was delivered, the disk ends at %d", position, durable)
		}
	}
}

// child is a node in a process of its own.
type child struct {
	cmd    *exec.Cmd
	output *bufio.Scanner
}

func startChild(t *testing.T, dir, socket string) *child {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDirEnv+"="+dir, childSocketEnv+"="+socket)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &child{cmd, bufio.NewScanner(stdout)}
	t.Cleanup(c.kill)
	return c
}

// firstLine is "ready" when the node answers calls, else why it does not.
func (c *child) firstLine() string {
	c.output.Scan()
	return c.output.Text()
}

// kill sends SIGKILL and waits; it may be called again.
func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

// TestKill kills the node's process under load, several times over one directory.
func TestKill(t *testing.T) {
	t.Parallel()
	dir, socket := t.TempDir(), socketPath(t)
	j := newJournal()
	written := 0
	for round := range 5 {
		node := startChild(t, dir, socket)
		if line := node.firstLine(); line != "ready" {
			t.Fatalf("round %d: %s", round, line)
		}
		c := connect(t, socket)
		if err := j.resend(func(stream string, expected int64, id uuid.UUID) (int64, error) {
			return sendTo(within(t), c, stream, expected, id)
		}); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		settle(t, j, c)
		if err := verifyOverWire(t, j, c); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}

		before := j.total
		ctx, stop := context.WithCancel(t.Context())
		var appenders sync.WaitGroup
		for i := range 32 {
			stream := fmt.Sprintf("stream-%d", i)
			appenders.Go(func() {
				// A client of its own: a call may hang on the outage of a shared one.
				c := connect(t, socket)
				for {
					id := uuid.New()
					expected := j.begin(stream, id)
					position, err := sendForPosition(ctx, c, stream, expected, id)
					if err != nil {
						return
					}
					j.ack(stream, position)
				}
			})
		}
		j.await(t, before+300+rand.IntN(700))
		node.kill()
		stop()
		appenders.Wait()
		written = j.total
	}
	t.Logf("%d appends were acknowledged over 5 kills", written)

	if err := j.verify(openNode(t, Config{Dir: dir, Logger: quiet()}).core().store); err != nil {
		t.Error(err)
	}
}

func sendTo(ctx context.Context, c *esdb.Client, stream string, expected int64, id uuid.UUID) (int64, error) {
	result, err := sendEvent(ctx, c, stream, expected, id)
	if err != nil {
		return 0, err
	}
	return int64(result.NextExpectedVersion), nil
}

func sendForPosition(ctx context.Context, c *esdb.Client, stream string, expected int64, id uuid.UUID) (uint64, error) {
	result, err := sendEvent(ctx, c, stream, expected, id)
	if err != nil {
		return 0, err
	}
	return result.CommitPosition, nil
}

func sendEvent(ctx context.Context, c *esdb.Client, stream string, expected int64, id uuid.UUID) (*esdb.WriteResult, error) {
	opts := esdb.AppendToStreamOptions{ExpectedRevision: esdb.NoStream{}}
	if expected >= 0 {
		opts.ExpectedRevision = esdb.Revision(uint64(expected))
	}
	return c.AppendToStream(ctx, stream, opts, esdb.EventData{EventID: id, EventType: "kill", Data: make([]byte, 300)})
}

// settle takes the events that were in flight, and have landed by now, into the journal.
func settle(t *testing.T, j *journal, c *esdb.Client) {
	t.Helper()
	for stream := range j.inFlight {
		events, err := readStream(t, c, stream, esdb.ReadStreamOptions{From: esdb.End{}, Direction: esdb.Backwards}, 1)
		if err != nil {
			t.Fatal(err)
		}
		j.ack(stream, events[0].Event.Position.Commit)
	}
}

// verifyOverWire reads every stream and $all through the client.
func verifyOverWire(t *testing.T, j *journal, c *esdb.Client) error {
	t.Helper()
	counts := map[string]int{}
	last := uint64(0)
	for _, e := range readAll(t, c, esdb.ReadAllOptions{From: esdb.Start{}}, math.MaxInt64) {
		if e.Event.Position.Commit <= last {
			return fmt.Errorf("$all: position %d after %d", e.Event.Position.Commit, last)
		}
		last = e.Event.Position.Commit
		acks := j.acked[e.Event.StreamID]
		if acks == nil {
			continue // a system event
		}
		n := counts[e.Event.StreamID]
		counts[e.Event.StreamID]++
		if n >= len(acks) || acks[n].id != e.Event.EventID || acks[n].position != last || e.Event.EventNumber != uint64(n) {
			return fmt.Errorf("%s: event %d of $all is not the one that was acknowledged", e.Event.StreamID, n)
		}
	}
	for stream, acks := range j.acked {
		if counts[stream] != len(acks) {
			return fmt.Errorf("%s: $all has %d events, %d were acknowledged", stream, counts[stream], len(acks))
		}
		events, err := readStream(t, c, stream, esdb.ReadStreamOptions{}, math.MaxInt64)
		if err != nil {
			return err
		}
		for i, e := range events {
			if e.Event.EventID != acks[i].id || e.Event.EventNumber != uint64(i) {
				return fmt.Errorf("%s/%d is not the acknowledged event", stream, i)
			}
		}
	}
	return nil
}

// TestDirectoryIsLocked refuses a second node, in this process and in another.
func TestDirectoryIsLocked(t *testing.T) {
	t.Parallel()
	dir, socket := t.TempDir(), socketPath(t)
	other := startChild(t, dir, socket)
	if line := other.firstLine(); line != "ready" {
		t.Fatal(line)
	}
	if _, err := Open(Config{Dir: dir, Logger: quiet()}); !errors.Is(err, errInUse) {
		t.Errorf("open under a running process: %v", err)
	}
	other.kill()
	node := openNode(t, Config{Dir: dir, Logger: quiet()})
	if _, err := Open(Config{Dir: dir, Logger: quiet()}); !errors.Is(err, errInUse) {
		t.Errorf("second open in one process: %v", err)
	}
	third := startChild(t, dir, socketPath(t))
	if line := third.firstLine(); !strings.Contains(line, "in use") {
		t.Errorf("another process says %q", line)
	}
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
}
