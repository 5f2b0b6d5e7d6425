package eventnode

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/google/uuid"
)

const (
	groupRequests = 1024
	groupBytes    = 4 << 20

	// queueBytes bounds what the requests in the queue hold, a few groups' worth:
	// more would only wait here instead of in the client.
	queueBytes = 4 * groupBytes
)

var (
	errStopped = errors.New("the node is stopping")
	errFailed  = errors.New("the node has failed")
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
	fatal   func(error)     // does not return
	dead    <-chan struct{} // closed before fatal is obeyed: nothing is acknowledged any more
	queue   chan *writeRequest
	room    budget
	quit    chan struct{}
	stopped chan struct{}
	metrics *metrics
	streams atomic.Uint64 // streams ever written to

	// Owned by the goroutine.
	states      *stateCache
	window      *idWindow
	nextPos     uint64
	nextStream  uint64
	lastCreated int64
	slow        slowSyncs

	// Of the group being built.
	batch   *pebble.Batch
	staged  []record
	bytes   int // of staged
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
func newWriter(s *store, t *tail, cfg Config) (*writer, error) {
	w := &writer{
		store: s, tail: t, now: cfg.Now, sync: pebble.Sync,
		queue: make(chan *writeRequest, groupRequests), quit: make(chan struct{}), stopped: make(chan struct{}),
		states: newStateCache(cfg.stateLimit), window: newIDWindow(cfg.windowSize),
		pending: map[pendingKey]pendingEvent{}, nextPos: firstPosition, room: budget{limit: queueBytes},
		metrics: newMetrics(), slow: slowSyncs{logger: cfg.Logger, threshold: cfg.SlowSync},
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
	w.streams.Store(lastStream)
	return w, w.window.rebuild(s)
}

// submit hands a request to the writer and waits until its answer is durable. When
// ctx ends first the write may still happen.
func (w *writer) submit(ctx context.Context, r *writeRequest) (writeResult, error) {
	if err := w.enqueue(ctx, r); err != nil {
		return writeResult{}, err
	}
	return w.await(ctx, r)
}

// enqueue puts a request behind those enqueued before it, as soon as the queue has
// room for it in number and in bytes.
func (w *writer) enqueue(ctx context.Context, r *writeRequest) error {
	r.done = make(chan struct{})
	r.size = requestSize(r)
	for wait := w.room.take(r.size); wait != nil; wait = w.room.take(r.size) {
		if err := w.happened(ctx, wait); err != nil {
			return err
		}
	}
	select {
	case w.queue <- r: // nearly always
		return nil
	default:
	}
	var err error
	select {
	case w.queue <- r:
		return nil
	case <-w.stopped:
		err = errStopped
	case <-w.dead:
		err = errFailed
	case <-ctx.Done():
		err = ctx.Err()
	}
	w.room.give(r.size)
	return err
}

// happened waits for an event that only a working writer brings about.
func (w *writer) happened(ctx context.Context, event <-chan struct{}) error {
	select {
	case <-event:
		return nil
	case <-w.stopped:
		return errStopped
	case <-w.dead:
		return errFailed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// await returns the answer to an enqueued request once it is durable.
func (w *writer) await(ctx context.Context, r *writeRequest) (writeResult, error) {
	select {
	case <-r.done:
		return r.result, nil
	case <-w.dead:
		return writeResult{}, errFailed
	case <-ctx.Done():
		return writeResult{}, ctx.Err()
	case <-w.stopped:
	}
	select {
	case <-r.done: // the last group was answered as the writer stopped
		return r.result, nil
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
			w.fatal(err)
		}
		w.answer(group)
		w.states.evict()
		w.count(group)
	}
}

func (w *writer) answer(group []*writeRequest) {
	bytes := 0
	for _, r := range group {
		bytes += r.size
		close(r.done)
	}
	w.room.give(bytes)
}

// count runs after the answers: nobody waits for it.
func (w *writer) count(group []*writeRequest) {
	w.streams.Store(w.nextStream - 1)
	w.metrics.stateEntries.Set(float64(w.states.recency.Len()))
	w.metrics.stateBytes.Set(float64(w.states.bytes))
	w.metrics.windowEntries.Set(float64(len(w.window.entries)))
	w.metrics.groupRequests.Observe(float64(len(group)))
	for _, r := range group {
		if r.result.outcome != written {
			w.metrics.refused.WithLabelValues(r.result.outcome.label()).Inc()
		}
	}
	if len(w.staged) == 0 {
		return
	}
	w.metrics.groupEvents.Observe(float64(len(w.staged)))
	w.metrics.groupBytes.Observe(float64(w.bytes))
	w.metrics.appendedEvents.Add(float64(len(w.staged)))
	w.metrics.appendedBytes.Add(float64(w.bytes))
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
	for size := first.size; len(group) < groupRequests && size < groupBytes; {
		select {
		case r := <-w.queue:
			group = append(group, r)
			size += r.size
		default:
			return group
		}
	}
	return group
}

func requestSize(r *writeRequest) int {
	size := len(r.stream)
	for i := range r.events {
		size += recordFixedSize + r.events[i].size()
	}
	for i := range r.links {
		size += recordFixedSize + len(r.links[i].stream) + r.links[i].event.size()
	}
	return size
}

// commit performs a group and makes it durable. Nothing of the group may be
// answered before it returns nil: even a refusal speaks of events written beside it.
func (w *writer) commit(group []*writeRequest) error {
	w.batch = w.store.db.NewBatch()
	w.staged, w.bytes = nil, 0
	clear(w.pending)
	for _, r := range group {
		r.result = w.perform(r)
		if r.result.err != nil {
			// The states may hold half of the request: there is no way back.
			return fmt.Errorf("write to %q: %w", r.stream, r.result.err)
		}
	}
	if w.batch.Empty() {
		return w.batch.Close()
	}
	if err := w.apply(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	if len(w.staged) == 0 {
		return w.batch.Close()
	}
	if err := w.store.acknowledge(w.staged[len(w.staged)-1].position); err != nil {
		return fmt.Errorf("mark: %w", err)
	}
	w.tail.publish(w.staged)
	return w.batch.Close()
}

// apply commits the batch, with its sync.
func (w *writer) apply() error {
	start := time.Now()
	err := w.store.apply(w.batch, w.sync)
	end := time.Now()
	took := end.Sub(start)
	w.metrics.fsync.Observe(took.Seconds())
	w.slow.observe(end, took, w.batch.Len(), len(w.staged), len(w.queue))
	return err
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

func (w *writer) setMetadata(state *streamState, data []byte) {
	before := state.size()
	state.setMetadata(data)
	w.states.resized(state, before)
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
	put = w.batch.SetDeferred(indexKeySize, numberSize)
	putIndexKey(put.Key, state.id, revision)
	putNumber(put.Value, put.Key, r.position)
	if err := put.Finish(); err != nil {
		return record{}, err
	}
	w.nextPos += uint64(size)
	state.last = revision
	w.staged = append(w.staged, r)
	w.bytes += size
	w.pending[pendingKey{state.id, revision}] = pendingEvent{r.id, r.position}
	w.window.add(w.window.key(r.stream, r.id), windowEntry{revision, r.position})
	return r, nil
}

func (w *writer) nameStream(state *streamState) error {
	state.id = w.nextStream
	w.nextStream++
	key := nameKey(state.name)
	return w.batch.Set(key, sealedNumber(key, state.id), nil)
}

// timestamp never goes back, whatever the clock does: reads by age rely on it.
func (w *writer) timestamp() int64 {
	w.lastCreated = max(w.lastCreated, toTicks(w.now()))
	return w.lastCreated
}
