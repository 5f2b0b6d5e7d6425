package eventnode

import (
	"container/list"
	"math"
)

// streamState is what the writer must know of a stream to judge an append. It
// runs ahead of the disk by the batch being built, so only the writer may see it.
type streamState struct {
	name       string
	id         uint64 // 0 until the first event
	last       int64  // -1 = no events
	tombstoned bool
	hasMeta    bool // the metadata stream has events
	meta       streamMetadata
	metaData   []byte // JSON of the last metadata event
}

// stateBytes bounds the writer's states; a state without metadata takes some 300
// bytes, so the bound on their number is usually reached first.
const (
	stateBytes    = 32 << 20
	stateOverhead = 256 // a state's own fields, its list element and its place in the map
)

// size is the memory a state takes, about.
func (s *streamState) size() int { return stateOverhead + 2*len(s.name) + len(s.metaData) }

// stateCache keeps the states of recently written streams, bounded by their number
// and, because a stream's metadata may be as large as an append, by bytes. Eviction is a call of
// its own: a state changed by an unfinished batch exists nowhere else.
type stateCache struct {
	max     int // states
	bytes   int // of all states, about
	byName  map[string]*list.Element
	recency *list.List // of *streamState, most recent first
}

func newStateCache(limit int) *stateCache {
	return &stateCache{max: limit, byName: map[string]*list.Element{}, recency: list.New()}
}

func (c *stateCache) get(name string) *streamState {
	element, ok := c.byName[name]
	if !ok {
		return nil
	}
	c.recency.MoveToFront(element)
	return element.Value.(*streamState)
}

func (c *stateCache) add(state *streamState) {
	c.byName[state.name] = c.recency.PushFront(state)
	c.bytes += state.size()
}

// resized notes that a state has grown or shrunk since it had the given size.
func (c *stateCache) resized(state *streamState, before int) { c.bytes += state.size() - before }

// evict drops the least recently used states above the limits. Call it only when
// every change is on disk.
func (c *stateCache) evict() {
	for c.recency.Len() > c.max || c.bytes > stateBytes {
		oldest := c.recency.Remove(c.recency.Back()).(*streamState)
		delete(c.byName, oldest.name)
		c.bytes -= oldest.size()
	}
}

// loadState reads a stream's state from disk.
func (s *store) loadState(name string) (*streamState, error) {
	state := &streamState{name: name, last: -1}
	id, err := s.streamID(name)
	if err != nil {
		return nil, err
	}
	if id != 0 {
		state.id = id
		if state.last, state.tombstoned, err = s.lastRevision(id, math.MaxUint64); err != nil {
			return nil, err
		}
	}
	if _, isMeta := metaTarget(name); isMeta {
		return state, nil
	}
	event, found, err := s.lastMetadata(name, math.MaxUint64)
	if err != nil || !found {
		return state, err
	}
	state.setMetadata(event.data)
	return state, nil
}

func (s *streamState) setMetadata(data []byte) {
	s.hasMeta = true
	s.metaData = data
	s.meta = parseMetadata(data)
}
