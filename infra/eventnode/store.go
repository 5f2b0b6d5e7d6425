package eventnode

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/uuid"
)

const (
	// formatVersion 2 seals index, name and system entries; a database of version 1
	// is taken over when it is opened.
	formatVersion = 2

	// firstPosition is above zero: position 0 means "before everything".
	firstPosition = 1

	memTableSize = 32 << 20
	cacheSize    = 64 << 20
)

var (
	errInUse   = errors.New("the directory is in use by another node")
	errNoStore = errors.New("there are no events yet")
	errDamaged = errors.New("the data is damaged")
)

// store is the log and its indexes in one Pebble database.
//
// Pebble makes a batch readable before its log is synced. Everything that leaves
// the node is therefore bounded by durable, the position of the last event whose
// sync has returned; every method that takes a bound takes that.
type store struct {
	db       *pebble.DB
	durable  atomic.Uint64
	readOnly bool
	failure  *failure // of this opening; nil for one that only looks
	reads    gate
	seals    seals
	mark     *durableMark // nil when read-only

	// removal keeps a scavenge out while a view of a stream is taken. Readers that
	// need no more than one iterator need no lock: that is a snapshot.
	removal sync.RWMutex

	// writing is held by whoever changes the database, and by a backup while it
	// copies the write-ahead log: a log that grows under the copy would look damaged.
	writing sync.Mutex

	closing sync.Mutex // held by those who look at the store without a call of their own
	closed  bool
}

// apply makes a batch part of the database.
func (s *store) apply(batch *pebble.Batch, options *pebble.WriteOptions) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.db.Apply(batch, options)
}

// applyAside is apply for those who may not stand still when the disk fails. The batch
// then belongs to the opening that is left behind.
func (s *store) applyAside(batch *pebble.Batch, options *pebble.WriteOptions) error {
	applied := make(chan error, 1)
	go func() { applied <- s.apply(batch, options) }()
	select {
	case err := <-applied:
		return errors.Join(err, batch.Close())
	case <-s.failure.dead:
		return s.failure.err()
	}
}

// openStore opens or creates the database and reads the end of its log.
func openStore(cfg Config, fs watchedFS, cache *pebble.Cache, readOnly bool) (*store, error) {
	if err := checkRemains(cfg.FS, cfg); err != nil {
		return nil, err
	}
	opts := pebbleOptions(fs, storeLogger{cfg.Logger, fs.watch.failure.set})
	opts.Cache, opts.ReadOnly = cache, readOnly
	if cfg.memTableSize != 0 {
		opts.MemTableSize = cfg.memTableSize
	}
	db, err := pebble.Open(cfg.Dir, opts)
	if err != nil {
		return nil, err
	}
	s := &store{db: db, readOnly: readOnly, failure: fs.watch.failure}
	if err := s.begin(cfg, fs); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *store) begin(cfg Config, fs watchedFS) error {
	if err := s.checkFormat(); err != nil {
		return err
	}
	last, err := s.lastRecord()
	if err != nil {
		return err
	}
	s.durable.Store(last.position)
	if !s.readOnly {
		s.mark, err = openMark(fs, cfg.Dir, last.position)
	}
	return err
}

// openReadOnly opens a database without changing a byte of it, for looking at it. The
// directory's lock is the caller's concern, and the caller closes db alone.
func openReadOnly(fs vfs.FS, cfg Config) (*store, error) {
	logger := storeLogger{cfg.Logger, func(err error) { cfg.Logger.Error("event store", "error", err) }}
	options := pebbleOptions(unlockedFS{fs}, logger)
	options.ReadOnly, options.CacheSize = true, 8<<20
	db, err := pebble.Open(cfg.Dir, options)
	if err != nil {
		return nil, err
	}
	s := &store{db: db, readOnly: true}
	if err := s.readFormat(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	last, err := s.lastRecord()
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	s.durable.Store(last.position)
	return s, nil
}

// unlockedFS is for a directory whose lock is held already.
type unlockedFS struct{ vfs.FS }

func (unlockedFS) Lock(string) (io.Closer, error) { return io.NopCloser(nil), nil }

func (f unlockedFS) Unwrap() vfs.FS { return f.FS }

func pebbleOptions(fs vfs.FS, logger storeLogger) *pebble.Options {
	opts := &pebble.Options{
		FS:                 fs,
		FormatMajorVersion: pebble.FormatNewest,
		MemTableSize:       memTableSize,
		Logger:             logger,
		// Pebble holds locks of its readers here: nothing may wait.
		EventListener: &pebble.EventListener{
			BackgroundError: func(err error) { logger.fail(fmt.Errorf("flush or compaction: %w", err)) },
			DataCorruption: func(info pebble.DataCorruptionInfo) {
				logger.fail(fmt.Errorf("%w: %s", errDamaged, info))
			},
		},
	}
	for i := range opts.Levels {
		// New stream names are looked up before they exist: filters answer those misses.
		opts.Levels[i].FilterPolicy = bloom.FilterPolicy(10)
	}
	return opts
}

// makeDir creates the directory and makes its own entry durable: without that a
// power cut may remove the directory together with synced files in it.
func makeDir(fs vfs.FS, dir string) error {
	var parents []string
	for path := dir; ; {
		if _, err := fs.Stat(path); err == nil {
			break
		}
		parent := fs.PathDir(path)
		parents = append(parents, parent)
		if parent == path {
			break
		}
		path = parent
	}
	if err := fs.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for _, parent := range parents {
		if err := syncDir(fs, parent); err != nil {
			return err
		}
	}
	return nil
}

func syncDir(fs vfs.FS, dir string) error {
	f, err := fs.OpenDir(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func (s *store) close() error {
	s.closing.Lock()
	defer s.closing.Unlock()
	s.closed = true
	err := s.db.Close()
	if s.mark != nil {
		err = errors.Join(err, s.mark.close())
	}
	return err
}

// pebbleMetrics is nil when the store is closed or has failed: Pebble's figures are
// behind a lock that a failed write may hold for ever.
func (s *store) pebbleMetrics() *pebble.Metrics {
	if s.failure.err() != nil {
		return nil
	}
	read := make(chan *pebble.Metrics, 1)
	go func() { read <- s.openMetrics() }()
	select {
	case metrics := <-read:
		return metrics
	case <-s.failure.dead:
		return nil
	}
}

func (s *store) openMetrics() *pebble.Metrics {
	s.closing.Lock()
	defer s.closing.Unlock()
	if s.closed {
		return nil
	}
	return s.db.Metrics()
}

// checkFormat stamps a new database, takes one of format 1 over and refuses one
// written by a newer node.
func (s *store) checkFormat() error {
	key := systemKey("format")
	value, found, err := s.get(key)
	switch {
	case err != nil:
		return err
	case !found && s.readOnly:
		return errNoStore
	case found && len(value) == 1 && value[0] == 1 && !s.readOnly:
		return s.upgrade()
	}
	if err := s.readFormat(); err != nil || found {
		return err
	}
	return s.db.Set(key, seal(key, encodeFormat(s.seals)), pebble.Sync)
}

// readFormat learns which entries are sealed.
func (s *store) readFormat() error {
	key := systemKey("format")
	value, found, err := s.get(key)
	if err != nil {
		return err
	}
	if !found {
		// So it is in a database that was being created when the power went.
		last, err := s.lastRecord()
		if err == nil && last.position > 0 {
			err = corruptEntry(key, "missing")
		}
		return err
	}
	if len(value) == 1 && value[0] == 1 {
		s.seals = seals{position: math.MaxUint64, stream: math.MaxUint64}
		return nil
	}
	body, err := unseal(key, value)
	if err != nil {
		return err
	}
	if len(body) != formatSize || body[0] != formatVersion {
		return fmt.Errorf("the database has format %v, this program knows only %d", body[:min(1, len(body))], formatVersion)
	}
	s.seals = seals{position: binary.BigEndian.Uint64(body[1:]), stream: binary.BigEndian.Uint64(body[9:])}
	return nil
}

const formatSize = 17

func encodeFormat(since seals) []byte {
	value := binary.BigEndian.AppendUint64([]byte{formatVersion}, since.position)
	return binary.BigEndian.AppendUint64(value, since.stream)
}

// upgrade seals the few system values of format 1 and notes where sealed index and
// name entries begin. Rewriting all that there are would keep the start waiting.
func (s *store) upgrade() error {
	s.seals = seals{position: math.MaxUint64, stream: math.MaxUint64}
	last, err := s.lastRecord()
	if err != nil {
		return err
	}
	stream, err := s.lastStreamID()
	if err != nil {
		return err
	}
	batch := s.db.NewBatch()
	err = s.scan([]byte{spaceSystem}, []byte{spaceSystem + 1}, func(it *pebble.Iterator) error {
		for ok := it.First(); ok; ok = it.Next() {
			if err := batch.Set(it.Key(), seal(it.Key(), it.Value()), nil); err != nil {
				return err
			}
		}
		return nil
	})
	s.seals = seals{position: last.position + 1, stream: stream + 1}
	key := systemKey("format")
	err = errors.Join(err, batch.Set(key, seal(key, encodeFormat(s.seals)), nil))
	if err != nil {
		return errors.Join(err, batch.Close())
	}
	return errors.Join(s.db.Apply(batch, pebble.Sync), batch.Close())
}

// instanceID identifies this database to clients; it is made once.
func (s *store) instanceID() (uuid.UUID, error) {
	value, found, err := s.system("instance")
	if err != nil {
		return uuid.Nil, err
	}
	if found {
		return uuid.FromBytes(value)
	}
	if s.readOnly {
		return uuid.Nil, errNoStore
	}
	id := uuid.New()
	return id, setSystem(s.db, "instance", id[:], pebble.Sync)
}

// system returns a system value without its seal.
func (s *store) system(name string) ([]byte, bool, error) {
	key := systemKey(name)
	value, found, err := s.get(key)
	if err != nil || !found {
		return nil, false, err
	}
	value, err = unseal(key, value)
	return value, err == nil, err
}

// setSystem writes a system value with its seal, into the database or a batch.
func setSystem(to pebble.Writer, name string, value []byte, options *pebble.WriteOptions) error {
	key := systemKey(name)
	return to.Set(key, seal(key, value), options)
}

// get returns a copy of the value.
func (s *store) get(key []byte) ([]byte, bool, error) {
	if err := s.reads.enter(); err != nil {
		return nil, false, err
	}
	defer s.reads.leave()
	value, closer, err := s.db.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	value = append([]byte(nil), value...)
	return value, true, closer.Close()
}

func (s *store) getNumber(key []byte) (uint64, bool, error) {
	if err := s.reads.enter(); err != nil {
		return 0, false, err
	}
	defer s.reads.leave()
	value, closer, err := s.db.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	number, err := s.seals.number(key, value)
	return number, err == nil, errors.Join(err, closer.Close())
}

// streamID returns 0 for a stream nobody has written to.
func (s *store) streamID(stream string) (uint64, error) {
	id, _, err := s.getNumber(nameKey(stream))
	return id, err
}

// lastStreamID is the highest id given out. A stream gets its id together with
// its first event, so the index knows.
func (s *store) lastStreamID() (id uint64, err error) {
	err = s.scan([]byte{spaceIndex}, []byte{spaceIndex + 1}, func(it *pebble.Iterator) error {
		if it.Last() {
			id = indexStream(it.Key())
		}
		return nil
	})
	return id, err
}

// lastRecord returns the zero record for an empty log.
func (s *store) lastRecord() (last record, err error) {
	err = s.scan([]byte{spaceLog}, []byte{spaceLog + 1}, func(it *pebble.Iterator) error {
		if !it.Last() {
			return nil
		}
		last, err = decodeIterator(it)
		return err
	})
	return last, err
}

func (s *store) findRecord(position uint64) (record, bool, error) {
	value, found, err := s.get(logKey(position))
	if err != nil || !found {
		return record{}, false, err
	}
	r, err := decodeRecord(position, value)
	return r, err == nil, err
}

// eventAt finds the event of a stream by its revision. found is false when it
// lies above the bound.
func (s *store) eventAt(stream uint64, revision int64, bound uint64) (r record, found bool, err error) {
	key := indexKey(stream, revision)
	position, found, err := s.getNumber(key)
	if err != nil || !found || position > bound {
		return record{}, false, err
	}
	if r, found, err = s.findRecord(position); err != nil {
		return record{}, false, err
	}
	if !found {
		// A scavenge removes record and entry together, between the two looks perhaps.
		if _, found, err = s.getNumber(key); err == nil && found {
			err = corrupt(position, "missing")
		}
		return record{}, false, err
	}
	return r, true, r.isRevision(revision)
}

// lastRevision returns the last event number of a stream (-1 = none) and whether
// a tombstone lies on top of it.
func (s *store) lastRevision(stream uint64, bound uint64) (last int64, tombstoned bool, err error) {
	last = -1
	err = s.scan(indexKey(stream, 0), indexEnd(stream), func(it *pebble.Iterator) error {
		for ok := it.Last(); ok; ok = it.Prev() {
			position, err := s.seals.number(it.Key(), it.Value())
			if err != nil {
				return err
			}
			if position > bound {
				continue
			}
			revision := indexRevision(it.Key())
			if revision != tombstoneRevision {
				last = revision
				return nil
			}
			tombstoned = true
		}
		return nil
	})
	return last, tombstoned, err
}

// scan runs visit with an iterator over [lower, upper) and returns the first error.
func (s *store) scan(lower, upper []byte, visit func(*pebble.Iterator) error) error {
	if err := s.reads.enter(); err != nil {
		return err
	}
	defer s.reads.leave()
	it, err := s.db.NewIter(&pebble.IterOptions{LowerBound: lower, UpperBound: upper})
	if err != nil {
		return err
	}
	err = visit(it)
	return errors.Join(err, it.Error(), it.Close())
}

// decodeIterator reads the record under the iterator; the result owns its bytes.
func decodeIterator(it *pebble.Iterator) (record, error) {
	value, err := it.ValueAndErr()
	if err != nil {
		return record{}, err
	}
	return decodeRecord(logPosition(it.Key()), append([]byte(nil), value...))
}

// clampEnd keeps position arithmetic away from overflow: nothing is ever written
// above MaxInt64.
func clampEnd(position uint64) uint64 { return min(position, math.MaxInt64) }
