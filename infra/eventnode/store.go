package eventnode

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/uuid"
)

const (
	formatVersion = 1

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
	reads    gate
}

// openStore opens or creates the database and reads the end of its log.
func openStore(cfg Config, fs watchedFS, cache *pebble.Cache, readOnly bool) (*store, error) {
	opts := pebbleOptions(fs, cache, storeLogger{cfg.Logger, fs.watch.failure.set})
	opts.ReadOnly = readOnly
	if cfg.memTableSize != 0 {
		opts.MemTableSize = cfg.memTableSize
	}
	db, err := pebble.Open(cfg.Dir, opts)
	if err != nil {
		return nil, err
	}
	s := &store{db: db, readOnly: readOnly}
	if err := s.checkFormat(); err != nil {
		return nil, errors.Join(err, s.close())
	}
	last, err := s.lastRecord()
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	s.durable.Store(last.position)
	return s, nil
}

// pebbleOptions share one cache: an opening that had to be left behind must not keep
// a cache of its own.
func pebbleOptions(fs vfs.FS, cache *pebble.Cache, logger storeLogger) *pebble.Options {
	opts := &pebble.Options{
		FS:                 fs,
		FormatMajorVersion: pebble.FormatNewest,
		MemTableSize:       memTableSize,
		Cache:              cache,
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

func (s *store) close() error { return s.db.Close() }

// checkFormat stamps a new database and refuses one written by a newer node.
func (s *store) checkFormat() error {
	value, found, err := s.system("format")
	switch {
	case err != nil:
		return err
	case !found && s.readOnly:
		return errNoStore
	case !found:
		return s.db.Set(systemKey("format"), []byte{formatVersion}, pebble.Sync)
	case len(value) != 1 || value[0] != formatVersion:
		return fmt.Errorf("the database has format %v, this program knows only %d", value, formatVersion)
	}
	return nil
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
	return id, s.db.Set(systemKey("instance"), id[:], pebble.Sync)
}

func (s *store) system(name string) ([]byte, bool, error) { return s.get(systemKey(name)) }

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
	if len(value) != 8 {
		return 0, false, errors.Join(fmt.Errorf("key %x: want 8 bytes, have %d", key, len(value)), closer.Close())
	}
	return binary.BigEndian.Uint64(value), true, closer.Close()
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
			id = binary.BigEndian.Uint64(it.Key()[1:])
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

// record returns the event at a known position.
func (s *store) record(position uint64) (record, error) {
	value, found, err := s.get(logKey(position))
	if err != nil {
		return record{}, err
	}
	if !found {
		return record{}, corrupt(position, "missing")
	}
	return decodeRecord(position, value)
}

// eventAt finds the event of a stream by its revision. found is false when it
// lies above the bound.
func (s *store) eventAt(stream uint64, revision int64, bound uint64) (r record, found bool, err error) {
	position, found, err := s.getNumber(indexKey(stream, revision))
	if err != nil || !found || position > bound {
		return record{}, false, err
	}
	r, err = s.record(position)
	return r, err == nil, err
}

// lastRevision returns the last event number of a stream (-1 = none) and whether
// a tombstone lies on top of it.
func (s *store) lastRevision(stream uint64, bound uint64) (last int64, tombstoned bool, err error) {
	last = -1
	err = s.scan(indexKey(stream, 0), indexEnd(stream), func(it *pebble.Iterator) error {
		for ok := it.Last(); ok; ok = it.Prev() {
			if binary.BigEndian.Uint64(it.Value()) > bound {
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
