package eventnode

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
	"github.com/google/uuid"
	"golang.org/x/sys/unix"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// pauses is a clock whose pauses end when the test says so.
type pauses chan time.Time

func (p pauses) after(time.Duration) <-chan time.Time { return p }

// pass lets the keeper try once.
func (p pauses) pass(t *testing.T) {
	t.Helper()
	select {
	case p <- time.Time{}:
	case <-time.After(30 * time.Second):
		t.Fatal("the node does not try to open its store")
	}
}

// until lets the keeper try as often as it takes for the core to change.
func (p pauses) until(t *testing.T, node *Node, old *core) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for {
		select {
		case p <- time.Time{}:
		case <-old.over:
			return
		case <-deadline:
			t.Fatalf("the node stays read-only: %s", node.State().Why)
		}
	}
}

// faulty is a disk that fails at what the test chooses.
type faulty struct {
	disk *vfs.MemFS
	hits atomic.Pointer[func(errorfs.Op) error]
}

func (f *faulty) fs() vfs.FS {
	return errorfs.Wrap(f.disk, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if hits := f.hits.Load(); hits != nil {
			return (*hits)(op)
		}
		return nil
	}))
}

func (f *faulty) fail(hits func(errorfs.Op) error) { f.hits.Store(&hits) }
func (f *faulty) heal()                            { f.hits.Store(nil) }

// send is one append straight to the writer.
func send(ctx context.Context, node *Node, stream string, expected int64, id uuid.UUID, size int) (writeResult, error) {
	return node.core().writer.submit(ctx, &writeRequest{
		stream: stream, expected: expected, events: []proposedEvent{{id: id, eventType: "t", data: make([]byte, size)}},
	})
}

// sendUntilRefused appends to a few streams until the node refuses.
func sendUntilRefused(t *testing.T, node *Node, j *journal) {
	t.Helper()
	var appenders sync.WaitGroup
	for i := range 4 {
		stream := fmt.Sprintf("stream-%d", i)
		appenders.Go(func() {
			for {
				id := uuid.New()
				result, err := send(t.Context(), node, stream, j.begin(stream, id), id, 2_000)
				if err != nil {
					if !errors.Is(err, errFailed) && !errors.Is(err, errStopped) {
						t.Errorf("append on a broken disk: %v", err)
					}
					return
				}
				j.ack(stream, result.position)
			}
		})
	}
	appenders.Wait()
}

// landInFlight repeats what was in flight, twice, and takes it into the journal.
func landInFlight(t *testing.T, node *Node, j *journal) error {
	t.Helper()
	positions := map[string]uint64{}
	err := j.resend(func(stream string, expected int64, id uuid.UUID) (int64, error) {
		result, err := send(t.Context(), node, stream, expected, id, 2_000)
		if first, again := positions[stream]; again && first != result.position {
			return 0, fmt.Errorf("landed at %d and at %d", first, result.position)
		}
		positions[stream] = result.position
		return result.revision, err
	})
	for stream, position := range positions {
		j.ack(stream, position)
	}
	return err
}

var diskFaults = []struct {
	name  string
	after int64 // at most so many go well first
	hits  func(errorfs.Op) bool
}{
	{"write", 40, func(op errorfs.Op) bool { return op.Kind == errorfs.OpFileWrite }},
	{"next file", 3, func(op errorfs.Op) bool { return op.Kind == errorfs.OpCreate || op.Kind == errorfs.OpReuseForWrite }},
	{"sync", 40, func(op errorfs.Op) bool {
		return op.Kind == errorfs.OpFileSync || op.Kind == errorfs.OpFileSyncData || op.Kind == errorfs.OpFileSyncTo
	}},
	{"sync of the directory", 3, func(op errorfs.Op) bool { return op.Kind == errorfs.OpFileSync && op.Path == "node" }},
	{"manifest", 3, func(op errorfs.Op) bool {
		return op.Kind.ReadOrWrite() == errorfs.OpIsWrite && strings.Contains(op.Path, "MANIFEST")
	}},
	{"table", 10, func(op errorfs.Op) bool {
		return op.Kind.ReadOrWrite() == errorfs.OpIsWrite && strings.HasSuffix(op.Path, ".sst")
	}},
	{"anything", 60, func(op errorfs.Op) bool { return op.Kind.ReadOrWrite() == errorfs.OpIsWrite }},
}

// TestFailedDisk breaks the disk at each kind of place, at a random moment: nothing
// acknowledged is lost, what there is can be read meanwhile, and the node writes
// again when the disk does. In the end the power is cut.
func TestFailedDisk(t *testing.T) {
	t.Parallel()
	const rounds = 15
	for i, fault := range diskFaults {
		t.Run(fault.name, func(t *testing.T) {
			t.Parallel()
			seed := rand.Uint64()
			for round := range uint64(rounds) {
				rng := rand.New(rand.NewPCG(seed, round<<8+uint64(i)))
				if err := failedDisk(t, rng, fault.after, fault.hits); err != nil {
					t.Fatalf("seed %d, round %d: %v", seed, round, err)
				}
			}
		})
	}
}

func failedDisk(t *testing.T, rng *rand.Rand, after int64, hits func(errorfs.Op) bool) error {
	t.Helper()
	disk := &faulty{disk: vfs.NewCrashableMem()}
	clock := make(pauses)
	cfg := memConfig()
	cfg.FS, cfg.after, cfg.memTableSize = disk.fs(), clock.after, 128<<10
	node := openNode(t, cfg)
	j := newJournal()
	for range 2 { // a second failure meets the second opening
		reason := []error{syscall.ENOSPC, syscall.EIO}[rng.IntN(2)]
		var left atomic.Int64
		left.Store(rng.Int64N(after + 1))
		old := node.core()
		disk.fail(func(op errorfs.Op) error {
			if hits(op) && left.Add(-1) < 0 {
				return reason
			}
			return nil
		})
		sendUntilRefused(t, node, j)
		if state := node.State(); state.Writable || !strings.Contains(state.Why, reason.Error()) {
			return fmt.Errorf("state on a broken disk: %+v", state)
		}
		if err := readable(node, j); err != nil {
			return fmt.Errorf("while the disk is broken: %w", err)
		}
		if rng.IntN(2) == 0 {
			clock.pass(t) // in vain: the disk is still broken
		}
		disk.heal()
		clock.until(t, node, old)
		if err := landInFlight(t, node, j); err != nil {
			return err
		}
		if err := j.verify(node.core().store); err != nil {
			return fmt.Errorf("after the disk was repaired: %w", err)
		}
	}
	clone := disk.disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: rng.IntN(101), RNG: rng})
	if err := node.Close(); err != nil {
		return err
	}
	cfg.FS = clone
	remains := openNode(t, cfg)
	return errors.Join(j.verify(remains.core().store), remains.Close())
}

// readable reads the last acknowledged event of every stream through a view.
func readable(node *Node, j *journal) error {
	for stream, acks := range j.acked {
		s := node.core().store
		v, err := s.view(stream, 0)
		if err != nil {
			return err
		}
		events, err := s.streamBackwards(v, math.MaxInt64-1, 1)
		if err != nil {
			return err
		}
		if len(events) != 1 || events[0].revision < int64(len(acks))-1 {
			return fmt.Errorf("%s ends before its last acknowledged event", stream)
		}
	}
	return nil
}

// TestFailedDiskOverWire: a client is told why, keeps reading, loses its subscription
// when the store has been opened anew, and writes on.
func TestFailedDiskOverWire(t *testing.T) {
	t.Parallel()
	disk := &faulty{disk: vfs.NewCrashableMem()}
	clock := make(pauses)
	cfg := memConfig()
	cfg.FS, cfg.after = disk.fs(), clock.after
	node := openNode(t, cfg)
	c := connect(t, serve(t, node))
	stream := newStream()
	names := ids{stream}
	appendTo(t, c, stream, esdb.NoStream{}, names.events("ab")...)
	subscription, err := connect(t, serve(t, node)).SubscribeToAll(t.Context(), esdb.SubscribeToAllOptions{From: esdb.Start{}})
	in := follow(t, subscription, err)
	in.untilCaughtUp()
	old := node.core()
	disk.fail(func(op errorfs.Op) error {
		if op.Kind == errorfs.OpFileWrite || op.Kind == errorfs.OpCreate {
			return syscall.ENOSPC
		}
		return nil
	})
	_, err = c.AppendToStream(within(t), stream, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Revision(1)}, names.events("c")...)
	var refused *esdb.Error
	if !errors.As(err, &refused) || refused.Code() != esdb.ErrorUnavailable || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("append on a full disk: %v", err)
	}
	if events, err := readStream(t, c, stream, esdb.ReadStreamOptions{}, 10); err != nil || names.letters(events) != "ab" {
		t.Errorf("read on a full disk: %s, %v", names.letters(events), err)
	}
	disk.heal()
	clock.until(t, node, old)
	if e := in.next(); e.SubscriptionDropped == nil || status.Code(e.SubscriptionDropped.Error) != codes.Unavailable {
		t.Errorf("the subscription on the old opening: %+v", e)
	}
	appendTo(t, c, stream, esdb.Revision(1), names.events("c")...)
	if events, err := readStream(t, c, stream, esdb.ReadStreamOptions{}, 10); err != nil || names.letters(events) != "abc" {
		t.Errorf("read after the disk has room: %s, %v", names.letters(events), err)
	}
}

// TestTooManyFailures gives up in the end, and still reads.
func TestTooManyFailures(t *testing.T) {
	t.Parallel()
	disk := &faulty{disk: vfs.NewCrashableMem()}
	clock := make(pauses)
	cfg := memConfig()
	cfg.FS, cfg.after = disk.fs(), clock.after
	gaveUp := make(chan error, 2)
	cfg.Fatal = func(err error) { gaveUp <- err }
	node := openNode(t, cfg)
	j := newJournal()
	for n := range maxAbandoned {
		old := node.core()
		disk.fail(func(op errorfs.Op) error {
			if op.Kind == errorfs.OpFileSyncData || op.Kind == errorfs.OpFileSync {
				return syscall.EIO
			}
			return nil
		})
		sendUntilRefused(t, node, j)
		disk.heal()
		if n == maxAbandoned-1 {
			break
		}
		clock.until(t, node, old)
		if err := landInFlight(t, node, j); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-gaveUp; !errors.Is(err, errTooOften) || !errors.Is(err, syscall.EIO) {
		t.Errorf("gave up with %v", err)
	}
	if err := readable(node, j); err != nil {
		t.Error(err)
	}
	if err := node.Close(); !errors.Is(err, syscall.EIO) {
		t.Errorf("Close: %v", err)
	}
	if len(gaveUp) != 0 {
		t.Error("Fatal was called twice")
	}
}

// TestReserve refuses writes while the disk is almost full, and answers all else.
func TestReserve(t *testing.T) {
	t.Parallel()
	disk := vfs.NewMem()
	room := func(free uint64) { disk.TestingSetDiskUsage(vfs.DiskUsage{AvailBytes: free, TotalBytes: 1 << 40}) }
	room(1000)
	var clock atomic.Int64
	cfg := memConfig()
	cfg.FS, cfg.ReserveBytes = disk, 1000
	cfg.Now = func() time.Time { return time.Unix(clock.Add(1), 0) }
	node := openNode(t, cfg)
	a, b := uuid.New(), uuid.New()
	write(t, node, "s", -1, a)
	room(999)
	_, err := send(t.Context(), node, "s", 0, b, 10)
	var refused *callError
	if !errors.As(err, &refused) || refused.code != codes.Unavailable || !strings.Contains(refused.message, "999 bytes free") {
		t.Errorf("append: %v", err)
	}
	if _, err := node.core().writer.submit(t.Context(), &writeRequest{kind: writeDelete, stream: "s", expected: 0}); !errors.As(err, &refused) {
		t.Errorf("delete: %v", err)
	}
	if result, err := send(t.Context(), node, "s", -1, a, 10); err != nil || result.outcome != written || result.revision != 0 {
		t.Errorf("a repeated append: %+v, %v", result, err)
	}
	if result, err := send(t.Context(), node, "s", 7, b, 10); err != nil || result.outcome != wrongVersion {
		t.Errorf("a wrong revision: %+v, %v", result, err)
	}
	if state := node.State(); state.Writable || !strings.Contains(state.Why, "999 bytes free") {
		t.Errorf("%+v", state)
	}
	room(1249) // above the reserve, not yet by a quarter
	if _, err := send(t.Context(), node, "s", 0, b, 10); !errors.As(err, &refused) {
		t.Errorf("with a little more room: %v", err)
	}
	room(1250)
	if result, err := send(t.Context(), node, "s", 0, b, 10); err != nil || result.revision != 1 {
		t.Errorf("with room again: %+v, %v", result, err)
	}
	if state := node.State(); !state.Writable {
		t.Errorf("%+v", state)
	}
}

// TestStartOnFullDisk opens for reading and begins to write in the same process.
func TestStartOnFullDisk(t *testing.T) {
	t.Parallel()
	for name, useReserve := range map[string]bool{"almost full": true, "writes fail": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			disk := &faulty{disk: vfs.NewCrashableMem()}
			clock := make(pauses)
			cfg := memConfig()
			cfg.FS, cfg.after, cfg.ReserveBytes = disk.fs(), clock.after, 1000
			node := openNode(t, cfg)
			first, second := uuid.New(), uuid.New()
			write(t, node, "s", -1, first)
			if err := node.Close(); err != nil {
				t.Fatal(err)
			}
			if useReserve {
				disk.disk.TestingSetDiskUsage(vfs.DiskUsage{AvailBytes: 10, TotalBytes: 1 << 40})
			} else {
				disk.fail(func(op errorfs.Op) error {
					if op.Kind == errorfs.OpCreate || op.Kind == errorfs.OpFileWrite {
						return syscall.ENOSPC
					}
					return nil
				})
			}
			node = openNode(t, cfg)
			old := node.core()
			if v, err := old.store.view("s", 0); err != nil || v.last != 0 {
				t.Fatalf("read: %+v, %v", v, err)
			}
			if _, err := send(t.Context(), node, "s", 0, second, 10); !errors.Is(err, errFailed) {
				t.Errorf("append: %v", err)
			}
			clock.pass(t)
			if node.State().Writable {
				t.Error("writable on a full disk")
			}
			disk.heal()
			disk.disk.TestingSetDiskUsage(vfs.DiskUsage{AvailBytes: 10_000, TotalBytes: 1 << 40})
			clock.until(t, node, old)
			if result, err := send(t.Context(), node, "s", 0, second, 10); err != nil || result.revision != 1 {
				t.Errorf("append with room: %+v, %v", result, err)
			}
			if err := checkLog(node.core().store); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestFullDiskInAProcess lets the kernel refuse a running node's writes, by a limit
// on the size of its files, and then lifts it: the same process writes again.
func TestFullDiskInAProcess(t *testing.T) {
	t.Parallel()
	dir, socket := t.TempDir(), socketPath(t)
	node := startChild(t, dir, socket)
	if line := node.firstLine(); line != "ready" {
		t.Fatal(line)
	}
	limit := func(size uint64) {
		if err := unix.Prlimit(node.cmd.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: size, Max: unix.RLIM_INFINITY}, nil); err != nil {
			t.Fatal(err)
		}
	}
	c := connect(t, socket)
	stream := newStream()
	names := ids{stream}
	appendTo(t, c, stream, esdb.NoStream{}, names.events("ab")...)
	limit(1)
	_, err := c.AppendToStream(within(t), stream, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Revision(1)}, names.events("c")...)
	if err == nil || !strings.Contains(err.Error(), "file too large") {
		t.Errorf("append over the limit: %v", err)
	}
	if events, err := readStream(t, c, stream, esdb.ReadStreamOptions{}, 10); err != nil || names.letters(events) != "ab" {
		t.Errorf("read over the limit: %s, %v", names.letters(events), err)
	}
	limit(unix.RLIM_INFINITY)
	for ctx := within(t); ; {
		_, err := c.AppendToStream(ctx, stream, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Revision(1)}, names.events("c")...)
		if err == nil {
			break
		}
		if ctx.Err() != nil {
			t.Fatalf("still refused without the limit: %v", err)
		}
	}
	if events, err := readStream(t, c, stream, esdb.ReadStreamOptions{}, 10); err != nil || names.letters(events) != "abc" {
		t.Errorf("read after the limit: %s, %v", names.letters(events), err)
	}
	node.kill()
	if err := checkLog(openNode(t, Config{Dir: dir, Logger: quiet()}).core().store); err != nil {
		t.Error(err)
	}
}
