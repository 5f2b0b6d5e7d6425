package eventnode

import "github.com/google/uuid"

// windowKey names an event within its stream: the same id in two streams is two events.
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
	entries map[windowKey]windowEntry
	order   []windowSlot // ring
	next    int
}

type windowSlot struct {
	key      windowKey
	position uint64
}

func newIDWindow(size int) *idWindow {
	return &idWindow{entries: make(map[windowKey]windowEntry), order: make([]windowSlot, 0, size)}
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

func (w *idWindow) find(key windowKey) (windowEntry, bool) {
	entry, ok := w.entries[key]
	return entry, ok
}
