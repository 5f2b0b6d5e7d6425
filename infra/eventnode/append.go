package eventnode

import (
	"math"

	"github.com/google/uuid"
)

// Expected revisions below zero are rules, not numbers; the values are those of
// the protocol's error trailers.
const (
	expectNoStream     = -1
	expectAny          = -2
	expectStreamExists = -4
)

type writeKind int

const (
	writeEvents writeKind = iota
	writeDelete
	writeTombstone
	writeLinks
)

// proposedEvent is an event as the client sent it.
type proposedEvent struct {
	id        uuid.UUID
	json      bool
	eventType string
	data      []byte
	metadata  []byte
}

// writeRequest is one write on its way through the writer.
type writeRequest struct {
	kind     writeKind
	stream   string
	expected int64
	events   []proposedEvent
	links    []proposedLink // of writeLinks
	system   []systemValue  // set in the same batch as the events

	size   int // bytes it takes in the queue
	result writeResult
	done   chan struct{} // closed when result is set and durable
}

type outcome int

const (
	written outcome = iota
	wrongVersion
	streamGone
)

// writeResult answers a write. current is the stream's last revision as the
// decision saw it (-1 = no events); revision and position are those of the last
// event of the write (-1 and 0 = nothing was ever written).
type writeResult struct {
	outcome  outcome
	revision int64
	position uint64
	current  int64
	refused  error // there is no room on the disk: the client's answer
	err      error
}

// perform decides on one request and stages its records.
func (w *writer) perform(r *writeRequest) writeResult {
	if r.kind == writeLinks {
		return w.appendLinks(r)
	}
	state, err := w.state(r.stream)
	if err != nil {
		return writeResult{err: err}
	}
	result, accepted, err := w.check(state, r)
	if err != nil {
		return writeResult{err: err}
	}
	if !accepted {
		return result
	}
	if r.kind != writeEvents || len(r.events) > 0 {
		if err := w.space.admit(requestSize(r)); err != nil {
			return writeResult{refused: err}
		}
	}
	switch r.kind {
	case writeDelete:
		return w.softDelete(state)
	case writeTombstone:
		return w.tombstone(state)
	default:
		return w.appendEvents(state, r.events)
	}
}

// check applies the rules of expected revision and idempotency. When the request
// is not accepted, the result is its answer.
func (w *writer) check(state *streamState, r *writeRequest) (result writeResult, accepted bool, err error) {
	wrong := writeResult{outcome: wrongVersion, current: state.last, revision: -1}
	gone, err := w.gone(state)
	if err != nil {
		return wrong, false, err
	}
	if gone {
		return writeResult{outcome: streamGone, current: state.last}, false, nil
	}
	if r.expected == expectStreamExists {
		switch {
		case state.meta.softDeleted():
			return writeResult{outcome: streamGone, current: state.last}, false, nil
		case state.last < 0 && !state.hasMeta:
			return wrong, false, nil
		}
	}
	if r.kind == writeDelete && state.last < 0 && !state.hasMeta {
		return wrong, false, nil
	}
	switch {
	case r.expected == expectAny || r.expected == expectStreamExists:
		result, accepted = w.checkKnown(state, r.events)
		return result, accepted, nil
	case r.expected == state.last:
		return result, true, nil
	case r.expected > state.last:
		return wrong, false, nil
	default:
		return w.checkRepeated(state, r)
	}
}

// gone tells whether the stream is tombstoned; a metadata stream goes with its target.
func (w *writer) gone(state *streamState) (bool, error) {
	target, isMeta := metaTarget(state.name)
	if !isMeta || state.tombstoned {
		return state.tombstoned, nil
	}
	targetState, err := w.state(target)
	if err != nil {
		return false, err
	}
	return targetState.tombstoned, nil
}

// checkKnown looks for a repetition by event ids alone.
func (w *writer) checkKnown(state *streamState, events []proposedEvent) (writeResult, bool) {
	repeated := writeResult{current: state.last}
	for i := range events {
		entry, known := w.window.find(state.name, events[i].id)
		if known {
			repeated.revision, repeated.position = entry.revision, entry.position
			continue
		}
		if i == 0 {
			return repeated, true
		}
		return writeResult{outcome: wrongVersion, current: state.last, revision: -1}, false
	}
	return repeated, len(events) == 0
}

// checkRepeated handles an expected revision the stream has already passed: the
// write is a repetition when exactly its events lie there.
func (w *writer) checkRepeated(state *streamState, r *writeRequest) (writeResult, bool, error) {
	wrong := writeResult{outcome: wrongVersion, current: state.last, revision: -1}
	repeated := writeResult{current: state.last}
	for i := range r.events {
		revision := r.expected + 1 + int64(i)
		id, position, found, err := w.storedID(state, revision)
		if err != nil {
			return wrong, false, err
		}
		if found && id == r.events[i].id {
			repeated.revision, repeated.position = revision, position
			continue
		}
		revives := i == 0 && r.expected == expectNoStream && state.meta.softDeleted()
		return wrong, revives, nil
	}
	if len(r.events) == 0 {
		return wrong, false, nil
	}
	return repeated, false, nil
}

// storedID finds an event's id by its revision, in the batch being built or on disk.
func (w *writer) storedID(state *streamState, revision int64) (uuid.UUID, uint64, bool, error) {
	if revision > state.last {
		return uuid.Nil, 0, false, nil
	}
	if p, ok := w.pending[pendingKey{state.id, revision}]; ok {
		return p.id, p.position, true, nil
	}
	event, found, err := w.store.eventAt(state.id, revision, math.MaxUint64)
	return event.id, event.position, found, err
}

func (w *writer) appendEvents(state *streamState, events []proposedEvent) writeResult {
	if len(events) == 0 {
		return writeResult{current: state.last, revision: state.last}
	}
	revived, err := w.revived(state)
	if err != nil {
		return writeResult{err: err}
	}
	firstNew := state.last + 1
	var last record
	for i := range events {
		if last, err = w.stage(state, state.last+1, events[i]); err != nil {
			return writeResult{err: err}
		}
	}
	if err := w.afterAppend(state, revived, firstNew); err != nil {
		return writeResult{err: err}
	}
	return writeResult{current: state.last, revision: last.revision, position: last.position}
}

// revived returns the soft-deleted stream that an append to the given one brings
// back to life: the stream itself, or the one whose metadata is written.
func (w *writer) revived(state *streamState) (*streamState, error) {
	subject := state
	if target, isMeta := metaTarget(state.name); isMeta {
		var err error
		if subject, err = w.state(target); err != nil {
			return nil, err
		}
	}
	if !subject.meta.softDeleted() {
		return nil, nil
	}
	return subject, nil
}

// afterAppend keeps metadata in step: events in a metadata stream take effect, and
// a revived stream shows its events from the first new one on.
func (w *writer) afterAppend(state, revived *streamState, firstNew int64) error {
	if target, isMeta := metaTarget(state.name); isMeta {
		targetState, err := w.state(target)
		if err != nil {
			return err
		}
		w.setMetadata(targetState, w.staged[len(w.staged)-1].data)
		firstNew = targetState.last + 1
	}
	if revived == nil {
		return nil
	}
	_, err := w.stageMetadata(revived, withTruncateBefore(revived.metaData, firstNew))
	return err
}

// softDelete hides all events until something is appended again.
func (w *writer) softDelete(state *streamState) writeResult {
	event, err := w.stageMetadata(state, withTruncateBefore(nil, math.MaxInt64))
	if err != nil {
		return writeResult{err: err}
	}
	return writeResult{current: state.last, revision: state.last, position: event.position}
}

// tombstone ends the stream for ever.
func (w *writer) tombstone(state *streamState) writeResult {
	last := state.last
	event, err := w.stage(state, tombstoneRevision, proposedEvent{id: uuid.New(), eventType: deletedType})
	if err != nil {
		return writeResult{err: err}
	}
	state.last, state.tombstoned = last, true
	return writeResult{current: last, revision: tombstoneRevision, position: event.position}
}

func (w *writer) stageMetadata(target *streamState, data []byte) (record, error) {
	state, err := w.state(metaStream(target.name))
	if err != nil {
		return record{}, err
	}
	event, err := w.stage(state, state.last+1, proposedEvent{
		id: uuid.New(), json: true, eventType: metadataType, data: data,
	})
	w.setMetadata(target, data)
	return event, err
}
