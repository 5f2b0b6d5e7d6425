package eventnode

import (
	"sort"
	"sync"
)

const (
	tailEvents = 4096
	tailBytes  = 16 << 20
)

// tail holds the newest durable events, so that live subscriptions do not touch
// the disk, and wakes those who wait for more.
type tail struct {
	mu      sync.Mutex
	records []record // ascending positions, contiguous in the log
	bytes   int
	start   uint64 // every durable event after this position is in records
	head    uint64 // position of the last durable event
	changed chan struct{}
}

func newTail(head uint64) *tail {
	return &tail{start: head, head: head, changed: make(chan struct{})}
}

// publish appends durable events and wakes the waiters.
func (t *tail) publish(records []record) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range records {
		t.bytes += records[i].encodedSize()
	}
	t.records = append(t.records, records...)
	t.head = records[len(records)-1].position
	t.trim()
	close(t.changed)
	t.changed = make(chan struct{})
}

func (t *tail) trim() {
	drop := 0
	for ; drop < len(t.records)-1 && (len(t.records)-drop > tailEvents || t.bytes > tailBytes); drop++ {
		t.bytes -= t.records[drop].encodedSize()
		t.start = t.records[drop].position
		t.records[drop] = record{}
	}
	t.records = t.records[drop:]
}

func (t *tail) size() (events, bytes int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.records), t.bytes
}

// wait returns the head and a channel that is closed when it moves on.
func (t *tail) wait() (head uint64, changed <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.head, t.changed
}

// after returns up to limit events behind a position, and not more bytes than a
// page read from disk has: a slow subscriber keeps its page in memory after the tail has moved
// on. ok is false when the tail
// no longer reaches back that far.
func (t *tail) after(position uint64, limit int) (records []record, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if position < t.start {
		return nil, false
	}
	i := sort.Search(len(t.records), func(i int) bool { return t.records[i].position > position })
	end, bytes := i, 0
	for ; end < len(t.records) && end-i < limit && bytes < pageBytes; end++ {
		bytes += t.records[end].encodedSize()
	}
	return append([]record(nil), t.records[i:end]...), true
}
