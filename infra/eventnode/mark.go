package eventnode

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"

	"github.com/cockroachdb/pebble/v2"
	walrecord "github.com/cockroachdb/pebble/v2/record"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// Pebble cannot tell a torn end of its write-ahead log, which a power cut leaves,
// from a damaged one: damage in the last block of the newest log, and damage that
// looks like an end, just make it shorter. The mark is the second witness. It says up
// to which position events were acknowledged, and a log that ends before it is not
// opened.
//
// It is written after the sync of the events, so it never promises too much. It is
// not synced itself: after kill -9 it is exact, after a power cut it may be as old as
// the kernel's last write-back. Then damagedLogs still notices all but one thing:
// damage to the very last group of writes in the same accident looks like a torn end.
const (
	markName     = "acknowledged"
	markSlotSize = 20 // sequence, position, checksum
	markSlots    = 2  // written in turn, so that a torn write spoils the older one only
)

var errLost = errors.New("acknowledged events are lost")

// durableMark is the file with the last acknowledged position.
type durableMark struct {
	file     vfs.File
	sequence uint64
}

// markState is what a mark file says.
type markState struct {
	sequence, position uint64
	found              bool
	damaged            error
}

// readMark reads the file; a file that is missing or damaged is no error here.
func readMark(fs vfs.FS, dir string) (state markState, err error) {
	path := fs.PathJoin(dir, markName)
	data, err := readFile(fs, path)
	if errors.Is(err, os.ErrNotExist) {
		return state, nil
	}
	if err != nil {
		return state, err
	}
	for at := range markSlots {
		end := (at + 1) * markSlotSize
		if len(data) < end {
			break // the second slot is not written yet
		}
		slot := data[end-markSlotSize : end]
		if crc32.Checksum(slot[:16], castagnoli) != binary.BigEndian.Uint32(slot[16:]) {
			state.damaged = fmt.Errorf("%w: file %s: checksum of slot %d differs", errCorruptEntry, path, at)
			continue
		}
		if sequence := binary.BigEndian.Uint64(slot); !state.found || sequence > state.sequence {
			state.sequence, state.position, state.found = sequence, binary.BigEndian.Uint64(slot[8:]), true
		}
	}
	if len(data)%markSlotSize != 0 || len(data) > markSlots*markSlotSize {
		state.damaged = fmt.Errorf("%w: file %s: %d bytes long", errCorruptEntry, path, len(data))
	}
	return state, nil
}

func readFile(fs vfs.FS, path string) ([]byte, error) {
	file, err := fs.Open(path)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(file)
	return data, errors.Join(err, file.Close())
}

// openMark continues the file, with the position the log has now.
func openMark(fs vfs.FS, dir string, position uint64) (*durableMark, error) {
	state, err := readMark(fs, dir)
	if err != nil {
		return nil, err
	}
	file, err := fs.OpenReadWrite(fs.PathJoin(dir, markName), "unspecified")
	if err != nil {
		return nil, err
	}
	m := &durableMark{file: file, sequence: state.sequence}
	for range markSlots { // a damaged slot is healed
		err = errors.Join(err, m.move(position))
	}
	if err = errors.Join(err, file.Sync(), syncDir(fs, dir)); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return m, nil
}

// move notes that everything up to the position is acknowledged.
func (m *durableMark) move(position uint64) error {
	m.sequence++
	slot := make([]byte, 0, markSlotSize)
	slot = binary.BigEndian.AppendUint64(slot, m.sequence)
	slot = binary.BigEndian.AppendUint64(slot, position)
	slot = binary.BigEndian.AppendUint32(slot, crc32.Checksum(slot, castagnoli))
	_, err := m.file.WriteAt(slot, int64(m.sequence%markSlots)*markSlotSize)
	return err
}

func (m *durableMark) close() error { return errors.Join(m.file.Sync(), m.file.Close()) }

// acknowledge moves the bound of everything that leaves the node to the position,
// behind which nothing is synced yet.
func (s *store) acknowledge(position uint64) error {
	s.durable.Store(position)
	return s.mark.move(position)
}

// unflushed is how far back from the end the log may still lie in Pebble's
// write-ahead log alone: two memtables, and as much again for good measure.
const unflushed = 4 * memTableSize

// checkRemains looks at a database before it is opened for writing, because opening
// it cleans away what damage has left: does the log reach as far as the mark, and
// does it hold everything that Pebble's own logs are to bring back?
func checkRemains(fs vfs.FS, cfg Config, lock *pebble.Lock) error {
	desc, err := pebble.Peek(cfg.Dir, fs)
	if err != nil {
		return err
	}
	state, err := readMark(fs, cfg.Dir)
	if err != nil {
		return err
	}
	if !desc.Exists {
		if state.found && state.position > 0 {
			return fmt.Errorf("%w: the database's files are missing from %s, its log reached position %d",
				errLost, cfg.Dir, state.position)
		}
		return nil
	}
	if state.damaged != nil {
		cfg.Logger.Error("event node: the whole log is checked", "error", state.damaged)
	}
	damaged, err := damagedLogs(fs, cfg.Dir)
	if err != nil {
		return err
	}
	if len(damaged) > 0 {
		return fmt.Errorf("%w: %s", errLost, damaged[0])
	}
	torn, err := tornManifest(fs, desc.ManifestFilename)
	if err != nil {
		return err
	}
	s, err := openReadOnly(fs, cfg, lock)
	if err != nil {
		return err
	}
	err = s.checkEnd(cfg.Dir, state, torn)
	return errors.Join(err, s.db.Close())
}

// tornManifest tells where a manifest ends too early, or nil. Pebble takes any end.
func tornManifest(fs vfs.FS, path string) (torn, err error) {
	file, err := fs.Open(path)
	if err != nil {
		return nil, err
	}
	reader := walrecord.NewReader(file, 0)
	for {
		edit, err := reader.Next()
		if err == nil {
			_, err = io.Copy(io.Discard, edit)
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil, file.Close()
		case err != nil:
			torn = fmt.Errorf("file %s is cut off or damaged at offset %d: %w", path, reader.Offset(), err)
			return torn, file.Close()
		}
	}
}

// checkEnd compares the end of the log with the mark and looks for gaps before it.
func (s *store) checkEnd(dir string, state markState, torn error) error {
	last, err := s.lastRecord()
	if err != nil {
		return err
	}
	if last.position < state.position {
		return fmt.Errorf("%w: the log in %s ends at position %d, it was acknowledged up to %d; its last write-ahead log or its manifest is damaged%s",
			errLost, dir, last.position, state.position, because(torn))
	}
	from := uint64(0)
	if torn == nil && state.found && state.damaged == nil && last.position > unflushed {
		from = last.position - unflushed
	}
	cover, err := s.coverage(from)
	if err != nil {
		return err
	}
	faults, err := cover.compare(s.db)
	if err != nil || len(faults) == 0 {
		return err
	}
	return fmt.Errorf("%w: %s%s", errLost, faults[0], because(torn))
}

func because(torn error) string {
	if torn == nil {
		return ""
	}
	return " (" + torn.Error() + ")"
}

// chapterSize divides the log, for the accounts of what was scavenged.
const chapterSize = 16 << 20

// coverage accounts for every byte of a part of the log: it belongs to a record, or
// it lies in a gap, and all gaps of a chapter together must be what a scavenge has
// noted to have removed there.
type coverage struct {
	start, next uint64
	gaps        map[uint64]uint64 // chapter -> bytes
}

// coverage reads the log from the chapter of a position on.
func (s *store) coverage(from uint64) (*coverage, error) {
	start := from / chapterSize * chapterSize
	c, err := s.newCoverage(start)
	if err != nil {
		return nil, err
	}
	err = s.scan(logKey(start), []byte{spaceLog + 1}, func(it *pebble.Iterator) error {
		for ok := it.First(); ok; ok = it.Next() {
			value, err := it.ValueAndErr()
			if err != nil {
				return err
			}
			position := logPosition(it.Key())
			if _, err := decodeRecord(position, value); err != nil {
				return err
			}
			if err := c.record(position, len(value)); err != nil {
				return err
			}
		}
		return nil
	})
	return c, err
}

// newCoverage begins at the start of a chapter, behind the record that reaches into it.
func (s *store) newCoverage(start uint64) (*coverage, error) {
	c := &coverage{start: start, next: max(start, firstPosition), gaps: map[uint64]uint64{}}
	err := s.scan([]byte{spaceLog}, logKey(start), func(it *pebble.Iterator) error {
		if !it.Last() {
			return nil
		}
		value, err := it.ValueAndErr()
		c.next = max(c.next, logPosition(it.Key())+uint64(len(value)))
		return err
	})
	return c, err
}

func (c *coverage) record(position uint64, size int) error {
	if position < c.next {
		return corrupt(position, fmt.Sprintf("the record before it ends at %d", c.next))
	}
	addSpan(c.gaps, c.next, position)
	c.next = position + uint64(size)
	return nil
}

// addSpan counts the bytes of [from, to) for the chapters they lie in.
func addSpan(chapters map[uint64]uint64, from, to uint64) {
	for from < to {
		chapter := from / chapterSize
		end := min(to, (chapter+1)*chapterSize)
		chapters[chapter] += end - from
		from = end
	}
}

// compare names the chapters whose gaps differ from the scavenge's accounts.
func (c *coverage) compare(from pebble.Reader) (faults []string, err error) {
	if c.next <= c.start {
		return nil, nil
	}
	for chapter := c.start / chapterSize; chapter <= (c.next-1)/chapterSize; chapter++ {
		removed, err := scavengedBytes(from, chapter)
		if err != nil {
			return nil, err
		}
		gap := c.gaps[chapter]
		low, high := max(chapter*chapterSize, firstPosition), min((chapter+1)*chapterSize, c.next)
		switch {
		case gap > removed:
			faults = append(faults, fmt.Sprintf("log: between positions %d and %d, %d bytes of events are missing that no scavenge has removed",
				low, high, gap-removed))
		case gap < removed:
			faults = append(faults, fmt.Sprintf("log: between positions %d and %d, %d bytes of events are there that a scavenge has removed",
				low, high, removed-gap))
		}
	}
	return faults, nil
}

func chapterName(chapter uint64) string { return fmt.Sprintf("scavenged/%010x", chapter) }

// scavengedBytes is how much was removed from a chapter of the log.
func scavengedBytes(from pebble.Reader, chapter uint64) (uint64, error) {
	key := systemKey(chapterName(chapter))
	value, closer, err := from.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	body, err := unseal(key, value)
	if err == nil && len(body) != 8 {
		err = corruptEntry(key, fmt.Sprintf("%d bytes long", len(value)))
	}
	if err != nil {
		return 0, errors.Join(err, closer.Close())
	}
	return binary.BigEndian.Uint64(body), closer.Close()
}
