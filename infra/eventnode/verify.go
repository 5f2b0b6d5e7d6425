package eventnode

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/sstable"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// shownFaults bounds the list of a report; FaultCount counts all of them.
const shownFaults = 1000

// Report is what a verification has read and found.
type Report struct {
	Records       int64    `json:"records"`
	RecordBytes   int64    `json:"record_bytes"`
	Scavenged     uint64   `json:"scavenged_bytes"` // removed by scavenges
	Streams       int64    `json:"streams"`
	IndexEntries  int64    `json:"index_entries"`
	SystemValues  int64    `json:"system_values"`
	Files         int64    `json:"files"`
	FileBytes     int64    `json:"file_bytes"`
	LastPosition  uint64   `json:"last_position"`
	OddMetadata   int64    `json:"odd_metadata"` // $metadata events that nobody can parse; they bound nothing
	FaultCount    int64    `json:"fault_count"`
	Faults        []string `json:"faults"`
	FaultsOmitted bool     `json:"faults_omitted,omitempty"`
}

// OK tells whether nothing is wrong.
func (r *Report) OK() bool { return r.FaultCount == 0 }

func (r *Report) fault(format string, args ...any) {
	r.FaultCount++
	if len(r.Faults) == shownFaults {
		r.FaultsOmitted = true
		return
	}
	r.Faults = append(r.Faults, fmt.Sprintf(format, args...))
}

// IsCorrupt tells damaged or lost data from every other error.
func IsCorrupt(err error) bool {
	return errors.Is(err, errCorruptRecord) || errors.Is(err, errCorruptEntry) || errors.Is(err, errLost) ||
		err != nil && pebble.IsCorruptionError(err)
}

// Verify reads a whole database that no node has open, and changes nothing in it. The
// faults are in the report; the error says why there is none.
func Verify(ctx context.Context, dir string) (Report, error) {
	cfg := Config{Dir: dir}
	cfg.setDefaults()
	return verifyDir(ctx, vfs.Default, cfg)
}

func verifyDir(ctx context.Context, fs vfs.FS, cfg Config) (report Report, err error) {
	if _, err := fs.Stat(cfg.Dir); err != nil {
		return report, err
	}
	lock, err := pebble.LockDirectory(cfg.Dir, fs)
	if err != nil {
		return report, fmt.Errorf("%w: %s: %w", errInUse, cfg.Dir, err)
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	v := &verifier{fs: fs, dir: cfg.Dir, report: &report}
	if err := v.files(ctx); err != nil {
		return report, err
	}
	damaged, err := damagedLogs(fs, cfg.Dir)
	if err != nil {
		return report, err
	}
	for _, fault := range damaged {
		report.fault("%s", fault)
	}
	state, err := readMark(fs, cfg.Dir)
	if err != nil {
		return report, err
	}
	if state.damaged != nil {
		report.fault("%v", state.damaged)
	}
	desc, err := pebble.Peek(cfg.Dir, fs)
	if err != nil || !desc.Exists {
		v.blame(nil)
		report.fault("%s holds no database that can be opened (%v)", cfg.Dir, err)
		return report, nil
	}
	s, err := openReadOnly(fs, cfg)
	if err != nil {
		v.blame(nil)
		report.fault("the database in %s cannot be opened: %v", cfg.Dir, err)
		return report, nil
	}
	v.store, v.from = s, s.db
	live, err := liveTables(s.db)
	if err != nil {
		return report, errors.Join(err, s.db.Close())
	}
	v.blame(live)
	if last := s.durable.Load(); last < state.position {
		report.fault("log: it ends at position %d, events up to %d were acknowledged", last, state.position)
	}
	return report, errors.Join(v.walk(ctx), s.db.Close())
}

// Verify reads the whole log and its indexes as they are now, while the node goes on.
func (n *Node) Verify(ctx context.Context) (report Report, err error) {
	core := n.core()
	ctx, done, err := core.care.begin(ctx)
	if err != nil {
		return report, err
	}
	defer done()
	snapshot := core.store.db.NewSnapshot()
	defer func() { err = errors.Join(err, snapshot.Close()) }()
	v := &verifier{fs: n.fs(), dir: n.cfg.Dir, report: &report, store: core.store, from: snapshot}
	live, err := liveTables(core.store.db) // of now: later ones are being written
	if err != nil {
		return report, err
	}
	if err := v.files(ctx); err != nil {
		return report, err
	}
	v.blame(live)
	return report, v.walk(ctx)
}

// verifier walks one database.
type verifier struct {
	fs     vfs.FS
	dir    string
	store  *store
	from   pebble.Reader
	report *Report

	suspects map[string]error // tables that cannot be read, by file name

	ids     map[string]uint64 // of the streams met lately
	skipped bool              // something could not be read: what is missing cannot be told from what was not seen
}

// files checks the sums of every block of every table.
func (v *verifier) files(ctx context.Context) error {
	names, err := v.fs.List(v.dir)
	if err != nil {
		return err
	}
	slices.Sort(names)
	v.suspects = map[string]error{}
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return err
		}
		path := v.fs.PathJoin(v.dir, name)
		switch {
		case strings.HasSuffix(name, ".sst"):
			if err := v.table(path); err != nil && !errors.Is(err, os.ErrNotExist) { // a compaction has replaced it
				v.suspects[name] = fmt.Errorf("file %s: %w", path, err)
			}
		case strings.HasPrefix(name, "MANIFEST-") && v.store == nil:
			torn, err := tornManifest(v.fs, path)
			if torn != nil || err != nil {
				v.report.fault("%v", errors.Join(torn, err))
			}
		}
	}
	return nil
}

// blame reports the unreadable tables that the database is made of; nil = all of them.
// A table that was being written when the power went, or is being written now, belongs
// to nothing yet.
func (v *verifier) blame(live map[string]bool) {
	for _, name := range slices.Sorted(maps.Keys(v.suspects)) {
		if live == nil || live[name] {
			v.report.fault("%v", v.suspects[name])
		}
	}
}

// liveTables are the files of the tables a database is made of.
func liveTables(db *pebble.DB) (map[string]bool, error) {
	levels, err := db.SSTables()
	if err != nil {
		return nil, err
	}
	live := map[string]bool{}
	for _, level := range levels {
		for _, table := range level {
			live[fmt.Sprintf("%06d.sst", uint64(table.BackingSSTNum))] = true
		}
	}
	return live, nil
}

func (v *verifier) table(path string) error {
	file, err := v.fs.Open(path)
	if err != nil {
		return err
	}
	readable, err := sstable.NewSimpleReadable(file)
	if err != nil {
		return errors.Join(err, file.Close())
	}
	v.report.Files++
	v.report.FileBytes += readable.Size()
	options := pebbleOptions(v.fs, storeLogger{})
	options.EnsureDefaults()
	reader, err := sstable.NewReader(context.Background(), readable, options.MakeReaderOptions())
	if err != nil {
		return errors.Join(err, readable.Close())
	}
	return errors.Join(reader.ValidateBlockChecksums(), reader.Close())
}

func (v *verifier) walk(ctx context.Context) error {
	v.ids = map[string]uint64{}
	cover := &coverage{next: firstPosition, gaps: map[uint64]uint64{}}
	for _, pass := range []struct {
		space byte
		visit func(key, value []byte)
	}{
		{spaceLog, func(key, value []byte) { v.logRecord(cover, key, value) }},
		{spaceIndex, v.indexEntry()},
		{spaceName, v.nameEntry()},
		{spaceSystem, v.systemValue},
	} {
		if err := v.each(ctx, pass.space, pass.visit); err != nil {
			return err
		}
	}
	if v.skipped {
		return nil
	}
	faults, err := cover.compare(v.from)
	if err != nil {
		v.report.fault("%v", err)
	}
	for _, fault := range faults {
		v.report.fault("%s", fault)
	}
	if v.report.Records != v.report.IndexEntries {
		v.report.fault("index: %d entries for %d records", v.report.IndexEntries, v.report.Records)
	}
	return nil
}

// each visits a key space. Where it cannot be read it goes on with the next table file.
func (v *verifier) each(ctx context.Context, space byte, visit func(key, value []byte)) error {
	from, end := []byte{space}, []byte{space + 1}
	for from != nil {
		it, err := v.from.NewIter(&pebble.IterOptions{LowerBound: from, UpperBound: end})
		if err != nil {
			return err
		}
		last := bytes.Clone(from)
		for ok := it.First(); ok && err == nil; ok = it.Next() {
			var value []byte
			if value, err = it.ValueAndErr(); err != nil {
				break
			}
			visit(it.Key(), value)
			last = append(last[:0], it.Key()...)
			if err := ctx.Err(); err != nil {
				return errors.Join(err, it.Close())
			}
		}
		err = errors.Join(err, it.Error(), it.Close())
		if from = nil; err != nil {
			v.skipped = true
			v.report.fault("behind %s: cannot be read: %v", describeKey(last), err)
			from = v.nextTable(last, end)
		}
	}
	return nil
}

// nextTable is the first key of a table behind a key, or nil.
func (v *verifier) nextTable(after, end []byte) (next []byte) {
	levels, err := v.store.db.SSTables()
	if err != nil {
		return nil
	}
	for _, tables := range levels {
		for i := range tables {
			first := tables[i].Smallest.UserKey
			if bytes.Compare(first, after) > 0 && bytes.Compare(first, end) < 0 &&
				(next == nil || bytes.Compare(first, next) < 0) {
				next = bytes.Clone(first)
			}
		}
	}
	return next
}

func (v *verifier) logRecord(cover *coverage, key, value []byte) {
	v.report.Records++
	v.report.RecordBytes += int64(len(value))
	position := logPosition(key)
	v.report.LastPosition = position
	if err := cover.record(position, len(value)); err != nil {
		v.report.fault("%v", err)
	}
	r, err := decodeRecord(position, value)
	if err != nil {
		v.report.fault("%v", err)
		return
	}
	if r.eventType == metadataType && !json.Valid(r.data) {
		v.report.OddMetadata++
	}
	id, err := v.streamID(r.stream)
	if err != nil {
		v.report.fault("record at position %d: %v", position, err)
		return
	}
	entry := indexKey(id, r.revision)
	at, found, err := v.number(entry)
	switch {
	case err != nil:
		v.report.fault("record at position %d: %v", position, err)
	case id == 0:
		v.report.fault("record at position %d: its stream %q has no number", position, r.stream)
	case !found:
		v.report.fault("record at position %d: stream %q has no revision %d in the index", position, r.stream, r.revision)
	case at != position:
		v.report.fault("record at position %d: the index has revision %d of stream %q at position %d", position, r.revision, r.stream, at)
	}
}

// idsKept bounds the memory of a verification.
const idsKept = 100_000

func (v *verifier) streamID(stream string) (uint64, error) {
	if id, ok := v.ids[stream]; ok {
		return id, nil
	}
	id, _, err := v.number(nameKey(stream))
	if err != nil {
		return 0, err
	}
	if len(v.ids) >= idsKept {
		clear(v.ids)
	}
	v.ids[stream] = id
	return id, nil
}

func (v *verifier) number(key []byte) (uint64, bool, error) {
	value, closer, err := v.from.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	number, err := v.store.seals.number(key, value)
	return number, err == nil, errors.Join(err, closer.Close())
}

// indexEntry checks each entry, and the order of revisions within a stream.
func (v *verifier) indexEntry() func(key, value []byte) {
	stream, next := uint64(0), int64(0)
	return func(key, value []byte) {
		v.report.IndexEntries++
		if len(key) != indexKeySize {
			v.report.fault("index: %s is no entry", describeKey(key))
			return
		}
		revision := indexRevision(key)
		if indexStream(key) == stream && revision != next && revision != tombstoneRevision {
			v.report.fault("index of stream number %d: revision %d follows %d", stream, revision, next-1)
		}
		stream, next = indexStream(key), revision+1
		position, err := v.store.seals.number(key, value)
		if err != nil {
			v.report.fault("%v", err)
			return
		}
		if _, closer, err := v.from.Get(logKey(position)); err != nil {
			v.report.fault("%s: the record at position %d cannot be read: %v", describeKey(key), position, err)
		} else {
			_ = closer.Close() // it has nothing to say
		}
	}
}

// nameEntry checks that each name has a number of its own, and the number events.
func (v *verifier) nameEntry() func(key, value []byte) {
	var seen []uint64 // a bit for each number
	return func(key, value []byte) {
		v.report.Streams++
		id, err := v.store.seals.number(key, value)
		if err != nil {
			v.report.fault("%v", err)
			return
		}
		if id == 0 || id > uint64(v.report.IndexEntries)+idsKept*64 {
			v.report.fault("%s: %d cannot be the number of a stream", describeKey(key), id)
			return
		}
		for uint64(len(seen)) <= id/64 {
			seen = append(seen, 0)
		}
		if seen[id/64]&(1<<(id%64)) != 0 {
			v.report.fault("%s: its number %d belongs to another stream too", describeKey(key), id)
		}
		seen[id/64] |= 1 << (id % 64)
		if err := v.hasEvents(id); err != nil {
			v.report.fault("%s: %v", describeKey(key), err)
		}
	}
}

func (v *verifier) hasEvents(id uint64) error {
	it, err := v.from.NewIter(&pebble.IterOptions{LowerBound: indexKey(id, 0), UpperBound: indexEnd(id)})
	if err != nil {
		return err
	}
	found := it.First()
	err = errors.Join(it.Error(), it.Close())
	if err == nil && !found {
		err = fmt.Errorf("stream number %d has no event in the index", id)
	}
	return err
}

func (v *verifier) systemValue(key, value []byte) {
	v.report.SystemValues++
	if len(value) == 1 && string(key[1:]) == "format" { // of format 1
		return
	}
	body, err := unseal(key, value)
	if err != nil {
		v.report.fault("%v", err)
		return
	}
	if strings.HasPrefix(string(key[1:]), "scavenged/") {
		if len(body) != 8 {
			v.report.fault("%s: %d bytes long", describeKey(key), len(body))
			return
		}
		v.report.Scavenged += binary.BigEndian.Uint64(body)
	}
}
