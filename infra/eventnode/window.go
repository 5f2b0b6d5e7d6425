package eventnode

import (
	"hash/maphash"
	"slices"

	"github.com/cockroachdb/pebble/v2"
	"github.com/google/uuid"
)

// windowBytes bounds how far back in the log the window is rebuilt at start: with
// very large events, reading all of it would take longer than it is worth.
const windowBytes = 256 << 20

// windowKey names an event within its stream: the same id in two streams is two
// events. The stream counts by a hash of its name, so that a rebuild needs nothing
// but the log; the seed is secret, and a clash would need equal ids as well.
type windowKey struct {
	stream uint64
	id     uuid.UUID
}

type windowEntry struct {
	revision int64
	position uint64
}

// idWindow remembers the latest event ids, oldest out first. It is what makes a
// repeated append with expected revision "any" or "stream exists" harmless; being
// bounded it is best effort, as the protocol promises no more.
type idWindow struct {
	seed    maphash.Seed
	entries map[windowKey]windowEntry
	order   []windowSlot // ring
	next    int
}

type windowSlot struct {
	key      windowKey
	position uint64
}

func newIDWindow(size int) *idWindow {
	return &idWindow{
		seed: maphash.MakeSeed(), entries: make(map[windowKey]windowEntry), order: make([]windowSlot, 0, size),
	}
}

func (w *idWindow) key(stream string, id uuid.UUID) windowKey {
	return windowKey{maphash.String(w.seed, stream), id}
}

func (w *idWindow) add(key windowKey, entry windowEntry) {
	slot := windowSlot{key, entry.position}
	w.entries[key] = entry
	if len(w.order) < cap(w.order) {
		w.order = append(w.order, slot)
		return
	}
	old := w.order[w.next]
	// A newer event with the same id may have replaced the entry.
	if w.entries[old.key].position == old.position {
		delete(w.entries, old.key)
	}
	w.order[w.next] = slot
	w.next = (w.next + 1) % len(w.order)
}

func (w *idWindow) find(stream string, id uuid.UUID) (windowEntry, bool) {
	entry, ok := w.entries[w.key(stream, id)]
	return entry, ok
}

// rebuild fills an empty window with the newest events of the log.
func (w *idWindow) rebuild(s *store) error {
	type known struct {
		key   windowKey
		entry windowEntry
	}
	var newest []known
	lower := logKey(max(s.durable.Load(), windowBytes) - windowBytes)
	err := s.scan(lower, []byte{spaceLog + 1}, func(it *pebble.Iterator) error {
		for ok := it.Last(); ok && len(newest) < cap(w.order); ok = it.Prev() {
			value, err := it.ValueAndErr()
			if err != nil {
				return err
			}
			// Neither data nor metadata is copied: the record lives as long as this step.
			r, err := decodeRecord(logPosition(it.Key()), value)
			if err != nil {
				return err
			}
			newest = append(newest, known{w.key(r.stream, r.id), windowEntry{r.revision, r.position}})
		}
		return nil
	})
	for _, known := range slices.Backward(newest) {
		w.add(known.key, known.entry)
	}
	return err
}
