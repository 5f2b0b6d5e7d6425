package eventnode

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/google/uuid"
)

const (
	groupRequests = 1024
	groupBytes    = 4 << 20
)

var (
	errStopped = errors.New("the node is stopping")
	errFailed  = errors.New("the event store is read-only")
)

// writer is the one goroutine that changes the store. It takes a request and
// whatever else has queued up meanwhile, decides on each against the state the
// earlier ones leave behind, commits all of them with one sync, and only then
// answers. The queue fills during the sync, so groups form without a timer and a
// lone client waits for nobody.
type writer struct {
	store   *store
	tail    *tail
	now     func() time.Time
	sync    *pebble.WriteOptions
	failure *failure        // of this opening: nothing is acknowledged after it
	dead    <-chan struct{} // the failure's
	room    *room
	queue   chan *writeRequest
	quit    chan struct{}
	stopped chan struct{}

	// Owned by the goroutine.
	states      *stateCache
	window      *idWindow
	nextPos     uint64
	nextStream  uint64
	lastCreated int64

	// Of the group being built.
	batch   *pebble.Batch
	staged  []record
	pending map[pendingKey]pendingEvent
}

type pendingKey struct {
	stream   uint64
	revision int64
}

type pendingEvent struct {
	id       uuid.UUID
	position uint64
}

// newWriter reads where the log ends and rebuilds the window of known ids.
func newWriter(s *store, t *tail, f *failure, r *room, cfg Config) (*writer, error) {
	w := &writer{
		store: s, tail: t, failure: f, dead: f.dead, room: r, now: cfg.Now, sync: pebble.Sync,
		queue: make(chan *writeRequest, groupRequests), quit: make(chan struct{}), stopped: make(chan struct{}),
		states: newStateCache(cfg.stateLimit), window: newIDWindow(cfg.windowSize),
		pending: map[pendingKey]pendingEvent{}, nextPos: firstPosition,
	}
	if cfg.unsafeNoSync {
		w.sync = pebble.NoSync
	}
	last, err := s.lastRecord()
	if err != nil {
		return nil, err
	}
	if last.position > 0 {
		w.nextPos = last.position + uint64(last.encodedSize())
		w.lastCreated = last.created
	}
	lastStream, err := s.lastStreamID()
	if err != nil {
		return nil, err
	}
	w.nextStream = lastStream + 1
	return w, w.fillWindow(cfg.windowRebuild)
}

// fillWindow takes the last events of the log into the window, oldest first.
func (w *writer) fillWindow(limit int) error {
	var latest []record
	for before := uint64(math.MaxUint64); len(latest) < limit; {
		records, err := w.store.allBackwards(before, math.MaxUint64, uint64(limit-len(latest)))
		if err != nil {
			return err
		}
		if len(records) == 0 {
			break
		}
		for i := range records {
			records[i].data, records[i].metadata = nil, nil
		}
		latest = append(latest, records...)
		before = records[len(records)-1].position
	}
	ids := map[string]uint64{}
	for i := len(latest) - 1; i >= 0; i-- {
		r := &latest[i]
		id, ok := ids[r.stream]
		if !ok {
			var err error
			if id, err = w.store.streamID(r.stream); err != nil {
				return err
			}
			ids[r.stream] = id
		}
		w.window.add(windowKey{id, r.id}, windowEntry{r.revision, r.position})
	}
	return nil
}

// submit hands a request to the writer and waits until its answer is durable. When
// ctx ends first the write may still happen.
func (w *writer) submit(ctx context.Context, r *writeRequest) (writeResult, error) {
	r.done = make(chan struct{})
	select {
	case w.queue <- r:
	case <-w.stopped:
		return writeResult{}, errStopped
	case <-w.dead:
		return writeResult{}, w.failure.err()
	case <-ctx.Done():
		return writeResult{}, ctx.Err()
	}
	select {
	case <-r.done:
		return r.result, r.result.refused
	case <-w.dead:
		return writeResult{}, w.failure.err()
	case <-ctx.Done():
		return writeResult{}, ctx.Err()
	case <-w.stopped:
	}
	select {
	case <-r.done: // the last group was answered as the writer stopped
		return r.result, r.result.refused
	default:
		return writeResult{}, errStopped
	}
}

// stop lets the writer finish what is queued and waits for it, unless the node
// has failed.
func (w *writer) stop() {
	close(w.quit)
	select {
	case <-w.stopped:
	case <-w.dead:
	}
}

func (w *writer) run() {
	defer close(w.stopped)
	for {
		group := w.gather()
		if group == nil {
			return
		}
		if err := w.commit(group); err != nil {
			w.failure.set(err)
			return
		}
		for _, r := range group {
			close(r.done)
		}
		w.states.evict()
	}
}

// gather waits for a request and takes those behind it. nil means stop.
func (w *writer) gather() []*writeRequest {
	var first *writeRequest
	select {
	case first = <-w.queue:
	case <-w.quit:
		select {
		case first = <-w.queue:
		default:
			return nil
		}
	}
	group := []*writeRequest{first}
	for size := requestSize(first); len(group) < groupRequests && size < groupBytes; {
		select {
		case r := <-w.queue:
			group = append(group, r)
			size += requestSize(r)
		default:
			return group
		}
	}
	return group
}

func requestSize(r *writeRequest) int {
	size := 0
	for i := range r.events {
		size += recordFixedSize + len(r.events[i].data) + len(r.events[i].metadata)
	}
	return size
}

// commit performs a group and makes it durable. Nothing of the group may be
// answered before it returns nil: even a refusal speaks of events written beside it.
func (w *writer) commit(group []*writeRequest) error {
	w.batch = w.store.db.NewBatch()
	w.staged = nil
	clear(w.pending)
	for _, r := range group {
		r.result = w.perform(r)
		if r.result.err != nil {
			// The states may hold half of the request: there is no way back.
			return fmt.Errorf("write to %q: %w", r.stream, r.result.err)
		}
	}
	if len(w.staged) == 0 {
		return w.batch.Close()
	}
	if err := w.store.db.Apply(w.batch, w.sync); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	w.store.durable.Store(w.staged[len(w.staged)-1].position)
	w.tail.publish(w.staged)
	return w.batch.Close()
}

// state returns the writer's view of a stream.
func (w *writer) state(stream string) (*streamState, error) {
	if state := w.states.get(stream); state != nil {
		return state, nil
	}
	state, err := w.store.loadState(stream)
	if err != nil {
		return nil, err
	}
	w.states.add(state)
	return state, nil
}

// stage adds one event to the group and moves the stream's state on.
func (w *writer) stage(state *streamState, revision int64, event proposedEvent) (record, error) {
	if state.id == 0 {
		if err := w.nameStream(state); err != nil {
			return record{}, err
		}
	}
	r := record{
		position: w.nextPos, revision: revision, created: w.timestamp(), id: event.id, json: event.json,
		stream: state.name, eventType: event.eventType, data: event.data, metadata: event.metadata,
	}
	size := r.encodedSize()
	put := w.batch.SetDeferred(logKeySize, size)
	putLogKey(put.Key, r.position)
	r.encode(put.Value)
	if err := put.Finish(); err != nil {
		return record{}, err
	}
	put = w.batch.SetDeferred(indexKeySize, 8)
	putIndexKey(put.Key, state.id, revision)
	binary.BigEndian.PutUint64(put.Value, r.position)
	if err := put.Finish(); err != nil {
		return record{}, err
	}
	w.nextPos += uint64(size)
	state.last = revision
	w.staged = append(w.staged, r)
	w.pending[pendingKey{state.id, revision}] = pendingEvent{r.id, r.position}
	w.window.add(windowKey{state.id, r.id}, windowEntry{revision, r.position})
	return r, nil
}

func (w *writer) nameStream(state *streamState) error {
	state.id = w.nextStream
	w.nextStream++
	return w.batch.Set(nameKey(state.name), binary.BigEndian.AppendUint64(nil, state.id), nil)
}

// timestamp never goes back, whatever the clock does: reads by age rely on it.
func (w *writer) timestamp() int64 {
	w.lastCreated = max(w.lastCreated, toTicks(w.now()))
	return w.lastCreated
}
