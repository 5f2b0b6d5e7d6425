package eventnode

import (
	"math"

	streamspb "github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
)

// subscribeAll sends every event of $all behind a position, first those that exist
// and then, without end, those to come.
func (r *reader) subscribeAll(options *streamspb.ReadReq_Options_AllOptions) error {
	last, err := allStart(options)
	if err != nil {
		return err
	}
	if r.filter.asked && r.filter.interval == 0 {
		return errZeroInterval
	}
	head, changed := r.core.tail.wait()
	if last == math.MaxUint64 {
		last = head
	}
	if err := r.send(confirmationResp(uuid.NewString())); err != nil {
		return err
	}
	checkpoints := &checkpointer{reader: r, last: last}
	for live := false; ; {
		for last < head {
			events, err := r.core.after(last, head)
			if err != nil {
				return err
			}
			r.node.metrics.readEvents.Add(float64(len(events)))
			if len(events) == 0 {
				last = head
			}
			for i := range events {
				if err := r.consider(&events[i], checkpoints, live); err != nil {
					return err
				}
				last = events[i].position
			}
		}
		if !live {
			live = true
			if err := checkpoints.caughtUp(last); err != nil {
				return err
			}
			if err := r.send(caughtUpResp()); err != nil {
				return err
			}
		}
		if err := r.wait(changed); err != nil {
			return err
		}
		// The channel is taken before the next look at the log, so no event can
		// slip in between.
		head, changed = r.core.tail.wait()
	}
}

// errZeroInterval is what EventStoreDB answers too: it throws.
var errZeroInterval = &callError{code: codes.Unknown, message: "checkpointIntervalMultiplier must be above zero"}

// after returns the next events with last < position <= head. There may be none
// left of them: a scavenge removes events between two others.
func (c *core) after(last, head uint64) ([]record, error) {
	if events, ok := c.tail.after(last, pageEvents); ok {
		return events, nil
	}
	return c.store.allForwards(last+1, head, pageEvents)
}

func (r *reader) consider(event *record, checkpoints *checkpointer, live bool) error {
	matched := r.filter.matches(event)
	if matched {
		if err := r.sendEvent(event); err != nil {
			return err
		}
	}
	return checkpoints.considered(event.position, matched, live)
}

// wait returns when the log has grown, or with an error when the call is over.
func (r *reader) wait(changed <-chan struct{}) error {
	select {
	case <-changed:
		return nil
	case <-r.call.Context().Done():
		return r.call.Context().Err()
	case <-r.core.over:
		return errNotReady()
	}
}

// checkpointer tells a filtered subscription how far it has come, so that a
// client may resume behind events it never saw. The rhythm is EventStoreDB's:
// while catching up the count is tested at page ends, live at every event.
type checkpointer struct {
	reader  *reader
	last    uint64 // last position sent, or where the subscription began
	count   int    // considered since the last checkpoint
	inPage  int
	matches int
}

func (c *checkpointer) considered(position uint64, matched, live bool) error {
	f := c.reader.filter
	if f.interval == 0 {
		return nil
	}
	c.count++
	c.inPage++
	if matched {
		c.matches++
	}
	if live {
		if c.count < f.interval {
			return nil
		}
		c.count = 0
		return c.send(position)
	}
	if c.matches < filterWindow && (f.window == 0 || c.inPage < f.window) {
		return nil
	}
	c.inPage, c.matches = 0, 0
	if c.count < f.interval {
		return nil
	}
	c.count %= f.interval
	return c.send(position)
}

// caughtUp marks the end of catching up with a checkpoint.
func (c *checkpointer) caughtUp(position uint64) error {
	c.count = 0
	if c.reader.filter.interval == 0 {
		return nil
	}
	return c.send(position)
}

func (c *checkpointer) send(position uint64) error {
	if position <= c.last {
		return nil
	}
	c.last = position
	return c.reader.send(checkpointResp(position))
}

// subscribeStream sends every event of a stream behind a revision, then those to
// come. The stream need not exist yet; a tombstone ends the subscription.
func (r *reader) subscribeStream(options *streamspb.ReadReq_Options_StreamOptions) error {
	head, changed := r.core.tail.wait()
	v, err := r.view(r.stream)
	if err != nil {
		return err
	}
	if v.tombstoned {
		return errStreamDeleted(r.stream)
	}
	next, err := subscriptionStart(options, v)
	if err != nil {
		return err
	}
	if err := r.send(confirmationResp(uuid.NewString())); err != nil {
		return err
	}
	// The view may be ahead of head: what lies between is sent now and skipped
	// by its revision later.
	if next, err = r.sendVisible(v, next); err != nil {
		return err
	}
	if err := r.send(caughtUpResp()); err != nil {
		return err
	}
	for last := head; ; last = head {
		if err := r.wait(changed); err != nil {
			return err
		}
		head, changed = r.core.tail.wait()
		if next, err = r.sendLive(last, head, next); err != nil {
			return err
		}
	}
}

// subscriptionStart is the first revision a subscription wants.
func subscriptionStart(options *streamspb.ReadReq_Options_StreamOptions, v streamView) (int64, error) {
	switch from := options.GetRevisionOption().(type) {
	case *streamspb.ReadReq_Options_StreamOptions_Revision:
		if from.Revision == math.MaxUint64 {
			return v.last + 1, nil
		}
		return asRevision(from.Revision) + 1, nil
	case *streamspb.ReadReq_Options_StreamOptions_Start:
		return 0, nil
	case *streamspb.ReadReq_Options_StreamOptions_End:
		return v.last + 1, nil
	}
	return 0, invalid("the revision to begin at is missing")
}

// sendVisible sends what the view shows from a revision on and returns the next one.
func (r *reader) sendVisible(v streamView, next int64) (int64, error) {
	for !v.softDeleted {
		events, err := r.core.store.streamForwards(v, next, pageEvents)
		if err != nil || len(events) == 0 {
			return next, err
		}
		r.node.metrics.readEvents.Add(float64(len(events)))
		for i := range events {
			if err := r.sendEvent(&events[i]); err != nil {
				return next, err
			}
		}
		next = events[len(events)-1].revision + 1
	}
	return next, nil
}

// sendLive sends the stream's events with last < position <= head.
func (r *reader) sendLive(last, head uint64, next int64) (int64, error) {
	for last < head {
		events, ok := r.core.tail.after(last, pageEvents)
		if !ok {
			return r.sendMissed(next)
		}
		for i := range events {
			event := &events[i]
			last = event.position
			if event.stream != r.stream || event.revision < next {
				continue
			}
			if err := r.sendEvent(event); err != nil {
				return next, err
			}
			if event.revision == tombstoneRevision {
				return next, errStreamDeleted(r.stream)
			}
			next = event.revision + 1
		}
	}
	return next, nil
}

// sendMissed goes to the stream's index when the client was too slow for the tail.
func (r *reader) sendMissed(next int64) (int64, error) {
	v, err := r.view(r.stream)
	if err != nil {
		return next, err
	}
	if v.tombstoned {
		return next, errStreamDeleted(r.stream)
	}
	return r.sendVisible(v, next)
}
