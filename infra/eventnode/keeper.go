package eventnode

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
)

const (
	firstPause = time.Second
	longPause  = 30 * time.Second

	// maxAbandoned bounds the openings that were left behind: each keeps its memory
	// tables, at most two of them, and a few goroutines until the process ends.
	maxAbandoned = 8

	// The probe is a file Pebble does not know: it leaves it alone.
	probeName = "probe"
	probeSize = 64 << 10
)

var errTooOften = fmt.Errorf("the store failed %d times since the process began", maxAbandoned)

// keeper gives the node a new opening of its store after one has failed.
//
// Nothing that only the page cache may hold is trusted, although the new opening
// reads it. After a failed fsync the kernel takes the pages for clean: to sync them
// again proves nothing. Pebble does not: opening replays every log file that may
// hold something unflushed into memory, writes that into new tables, syncs those,
// writes a whole new manifest, syncs that, and only then points to it and removes
// what it replaces (replayWAL forces the flush of what it has read, "very important
// for guaranteeing durability" there; the first edit after an opening begins a new
// manifest). Tables named by the old manifest were synced before they were named.
// So an opening that has succeeded stands on the disk; that holds for the first of
// a process as well.
type keeper struct {
	node      *Node
	abandoned int
	quit      chan struct{}
	done      chan struct{}
	leaving   sync.WaitGroup // openings whose last readers are waited for
}

func newKeeper(n *Node) *keeper {
	return &keeper{node: n, quit: make(chan struct{}), done: make(chan struct{})}
}

// first opens the store as the node starts.
func (k *keeper) first() (*core, error) {
	_, refusal := k.node.room.check()
	if refusal == nil {
		opened, err := k.open(false)
		if err == nil || !isDiskTrouble(err) {
			return opened, err
		}
		refusal = err
	}
	reading, err := k.openReading(refusal)
	if err != nil {
		return nil, errors.Join(refusal, err)
	}
	return reading, nil
}

// isDiskTrouble tells errors that may pass from those of a wrong directory or
// damaged data.
func isDiskTrouble(err error) bool {
	for _, trouble := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG, syscall.EIO} {
		if errors.Is(err, trouble) {
			return true
		}
	}
	return false
}

// open makes a core that reads and writes. It runs beside its caller, who is told of
// a failure that leaves it standing still.
func (k *keeper) open(anew bool) (*core, error) {
	cfg := k.node.cfg
	failure := newFailure(cfg.Now)
	watch := newDiskWatch(cfg.FS.PathJoin(cfg.Dir), failure, anew)
	type result struct {
		core *core
		err  error
	}
	opened := make(chan result, 1)
	go func() {
		core, err := k.build(watch)
		opened <- result{core, err}
	}()
	select {
	case r := <-opened:
		if err := failure.err(); err != nil && r.err != nil {
			r.err = err
		}
		return r.core, r.err
	case <-failure.dead:
		k.abandoned++
		watch.stop()
		watch.discard()
		return nil, failure.err()
	}
}

func (k *keeper) build(watch *diskWatch) (*core, error) {
	cfg := k.node.cfg
	s, err := openStore(cfg, watchedFS{cfg.FS, watch}, k.node.cache, false)
	if err != nil {
		return nil, err
	}
	if _, err := s.instanceID(); err != nil {
		return nil, errors.Join(err, s.close())
	}
	c, err := k.newCore(s, watch)
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	go c.writer.run()
	if err := k.node.startOwn(c); err != nil {
		c.end()
		c.rest()
		return nil, errors.Join(err, s.close())
	}
	k.node.scavengeEvery(c.care)
	return c, nil
}

func (k *keeper) newCore(s *store, watch *diskWatch) (c *core, err error) {
	cfg := k.node.cfg
	c = &core{
		store: s, tail: newTail(s.durable.Load()), watch: watch, failure: watch.failure, since: cfg.Now(),
		over: make(chan struct{}),
	}
	if c.care, err = newCare(s, cfg.Now); err != nil {
		return nil, err
	}
	if c.writer, err = newWriter(s, c.tail, c.failure, k.node.room, cfg); err != nil {
		return nil, err
	}
	c.writer.metrics = k.node.metrics
	return c, nil
}

// openReading makes a core that changes nothing in the directory. It has failed from
// the start, which is why the keeper soon tries for a better one.
func (k *keeper) openReading(why error) (*core, error) {
	cfg := k.node.cfg
	if err := syncLogs(cfg.FS, cfg.Dir); err != nil {
		return nil, err
	}
	watch := newDiskWatch(cfg.FS.PathJoin(cfg.Dir), newFailure(cfg.Now), false)
	s, err := openStore(cfg, watchedFS{cfg.FS, watch}, k.node.cache, true)
	if err != nil {
		return nil, err
	}
	c, err := k.newCore(s, watch)
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	c.failure.set(why)
	if c.subscriptions, err = newSubscriptions(k.node, c); err != nil {
		c.end()
		c.subscriptions.stop()
		return nil, errors.Join(err, s.close())
	}
	return c, nil
}

// syncLogs makes durable what an opening for reading is about to show. It writes no
// new tables: what a process that was killed had written and not synced would be
// shown, and lost by a power cut after that.
func syncLogs(fs vfs.FS, dir string) error {
	names, err := fs.List(dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if !strings.HasSuffix(name, ".log") && !strings.HasPrefix(name, "MANIFEST-") {
			continue // tables were synced before the manifest names them; to open LOCK would undo it
		}
		file, err := fs.Open(fs.PathJoin(dir, name))
		if err != nil {
			return err
		}
		if err := errors.Join(file.Sync(), file.Close()); err != nil {
			return err
		}
	}
	return syncDir(fs, dir)
}

// run waits for the core to fail and puts a new one in its place, until stop.
func (k *keeper) run() {
	defer close(k.done)
	for {
		old := k.node.core()
		select {
		case <-k.quit:
			return
		case <-old.failure.dead:
		}
		k.node.cfg.Logger.Error("event node: read-only", "error", old.failure.cause)
		if !old.store.readOnly {
			k.abandoned++
		}
		next, err := k.replace(old)
		if err != nil {
			k.node.cfg.Fatal(err)
			return
		}
		if next == nil {
			return
		}
		k.node.current.Store(next)
		old.end()
		k.leaving.Go(func() {
			_ = k.leave(old) // it has failed before
			next.watch.removePostponed(watchedFS{k.node.cfg.FS, next.watch})
		})
		k.node.cfg.Logger.Info("event node: writable again", "position", next.store.durable.Load())
	}
}

// replace opens the store anew as often as it takes. It returns nothing when the
// node is closed meanwhile, and an error when there is no use in trying.
func (k *keeper) replace(old *core) (*core, error) {
	for pause, err := firstPause, old.failure.cause; ; pause = min(2*pause, longPause) {
		switch {
		case isDamage(err):
			return nil, err
		case k.abandoned >= maxAbandoned:
			return nil, fmt.Errorf("%w: %w", errTooOften, err)
		}
		select {
		case <-k.quit:
			return nil, nil
		case <-k.node.cfg.after(pause):
		}
		var next *core
		if next, err = k.tryAgain(old); err == nil {
			return next, nil
		}
		k.node.cfg.Logger.Warn("event node: still read-only", "error", err)
	}
}

func isDamage(err error) bool {
	return errors.Is(err, errDamaged) || errors.Is(err, errLost) || errors.Is(err, errCorruptEntry) || errors.Is(err, errCorruptRecord) || pebble.IsCorruptionError(err)
}

func (k *keeper) tryAgain(old *core) (*core, error) {
	old.watch.stop()
	if _, err := k.node.room.check(); err != nil {
		return nil, err
	}
	if err := probe(k.node.cfg.FS, k.node.cfg.Dir); err != nil {
		return nil, err
	}
	next, err := k.open(true)
	if err != nil {
		return nil, err
	}
	instance, err := next.store.instanceID()
	if err == nil && instance != k.node.instance {
		err = fmt.Errorf("%w: another store lies in %s", errDamaged, k.node.cfg.Dir)
	}
	if err != nil {
		next.end()
		next.rest()
		return nil, errors.Join(err, next.store.close())
	}
	return next, nil
}

// probe finds out whether the disk takes something new.
func probe(fs vfs.FS, dir string) error {
	name := fs.PathJoin(dir, probeName)
	file, err := fs.Create(name, vfs.WriteCategoryUnspecified)
	if err != nil {
		return err
	}
	_, err = file.Write(make([]byte, probeSize))
	if err == nil {
		err = file.Sync()
	}
	err = errors.Join(err, file.Close())
	return errors.Join(err, fs.Remove(name))
}

// stop ends run and waits for it.
func (k *keeper) stop() {
	close(k.quit)
	<-k.done
}

// leave lets go of an opening that serves nobody any more.
func (k *keeper) leave(c *core) error {
	c.rest()
	c.store.reads.shut()
	if c.store.readOnly {
		return c.store.close()
	}
	if c.failure.err() == nil {
		closed := make(chan error, 1)
		go func() { closed <- c.store.close() }()
		select {
		case err := <-closed:
			return err
		case <-c.failure.dead:
		}
	}
	// Goroutines of it stand still: closing it would wait for them.
	c.watch.stop()
	c.watch.discard()
	return c.failure.err()
}
