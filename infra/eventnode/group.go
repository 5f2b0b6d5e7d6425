package eventnode

import (
	"cmp"
	"container/list"
	"slices"
	"time"

	"github.com/google/uuid"
)

const (
	// unsentWindow bounds what waits to be written to one connection, however
	// large a buffer its consumer asks for.
	unsentWindow = 256

	// skippedPerCheckpoint is how many events the filter may pass over before a
	// checkpoint is written for their sake alone. Checkpoints are events of $all
	// themselves: a small number would feed on itself.
	skippedPerCheckpoint = 1000

	noPlace = -1
)

// nackAction says what shall become of a message its consumer could not process.
type nackAction int

const (
	nackRetry nackAction = iota
	nackPark
	nackSkip
)

// message is one event on its way to a consumer. A message is done when it was
// acknowledged, skipped, or its parking is durable.
type message struct {
	seq      uint64  // order of reading
	number   uint64  // the same among messages of the source alone
	place    int64   // revision or position in the source
	below    int64   // where a checkpoint just below this message lies
	replayed int64   // revision in the parked stream; noPlace for messages of the source
	event    *record // what was read: the link when it is one
	target   *record // what the link leads to
	isLink   bool    // it was followed; without a target it leads nowhere
	pin      string  // what the pinned strategies tell messages apart by
	retries  int

	consumer  *consumer // nil unless in flight
	delivered time.Time
	queue     *list.List // the queue it waits in: fresh, retry or flight
	at        *list.Element
	open      *list.Element // its place among the messages not done
	reason    string        // why it is to be parked
}

// consumer is one connection as the group sees it.
type consumer struct {
	id       uint64
	buffer   int // messages it takes without acknowledging any
	inFlight map[uuid.UUID][]*message
	count    int // of inFlight
	unsent   int // delivered, but not yet written to the connection
	items    meter
	timings  *timings // nil without extra statistics
}

func (c *consumer) free() bool {
	return c.count < c.buffer && c.unsent < min(c.buffer, unsentWindow)
}

// delivery is a message handed to a consumer, with its retry count of that moment.
type delivery struct {
	consumer *consumer
	message  *message
	retries  int
}

// consumerGroup decides who gets what when, and what is done. It knows neither
// connections nor disks nor clocks: all of that is told to it. Messages come in
// with add, wait in fresh or retry, are in flight with a consumer, and end as done.
type consumerGroup struct {
	settings  groupSettings
	strategy  strategy
	consumers []*consumer // in order of connection
	nextID    uint64

	fresh  *list.List // read, never delivered; in order
	retry  *list.List // to be delivered again, before fresh ones; by seq
	flight *list.List // with a consumer; oldest delivery first

	parks   []*message // waiting to be written to the parked stream
	parking []*message // being written there

	open    *list.List // messages of the source that are not done, by seq
	replays *list.List // replayed messages that are not done, by seq

	seq     uint64
	numbers uint64
	read    int64 // place up to which the source was read
	skipped int   // events passed over by the filter since the last checkpoint
	items   meter

	checkpoint   progress // the last one written; place is noPlace before the first
	checkpointAt time.Time
	writing      *progress // the one being written
}

// progress is a place together with the number of messages up to it.
type progress struct {
	place  int64
	number uint64
}

// newConsumerGroup begins behind the place read. checkpoint is what the last run
// of the group has written.
func newConsumerGroup(settings groupSettings, checkpoint, read int64, now time.Time) *consumerGroup {
	return &consumerGroup{
		settings: settings, strategy: newStrategy(settings.Strategy),
		fresh: list.New(), retry: list.New(), flight: list.New(), open: list.New(), replays: list.New(),
		read: read, checkpoint: progress{place: checkpoint}, checkpointAt: now, items: meter{since: now},
	}
}

// add takes the next event of the source.
func (g *consumerGroup) add(m *message) {
	g.numbers++
	m.number, m.below, m.replayed = g.numbers, g.read, noPlace
	g.read = m.place
	m.open = g.open.PushBack(m)
	g.enter(m, g.fresh)
}

// pass notes that the source was read on without a message for anybody.
func (g *consumerGroup) pass(place int64, skipped int) {
	g.read = max(g.read, place)
	g.skipped += skipped
}

// replay takes a message out of the parked stream.
func (g *consumerGroup) replay(m *message) {
	m.open = g.replays.PushBack(m)
	g.enter(m, g.retry)
}

func (g *consumerGroup) enter(m *message, queue *list.List) {
	g.seq++
	m.seq = g.seq
	m.wait(queue, queue.PushBack(m))
}

// room is how many messages may still be read, given the buffer's size.
func (g *consumerGroup) room(size int) int {
	return size - g.fresh.Len() - g.retry.Len() - len(g.parks) - len(g.parking)
}

func (g *consumerGroup) connect(buffer int, now time.Time) *consumer {
	g.nextID++
	c := &consumer{id: g.nextID, buffer: buffer, inFlight: map[uuid.UUID][]*message{}, items: meter{since: now}}
	if g.settings.ExtraStatistics {
		c.timings = &timings{}
	}
	g.consumers = append(g.consumers, c)
	return c
}

// full tells whether the group takes no more consumers.
func (g *consumerGroup) full() bool {
	limit := g.settings.MaxSubscriberCount
	return limit > 0 && len(g.consumers) >= limit
}

// disconnect gives the consumer's messages to the others.
func (g *consumerGroup) disconnect(c *consumer) {
	g.consumers = slices.DeleteFunc(g.consumers, func(other *consumer) bool { return other == c })
	var lost []*message
	for _, same := range c.inFlight {
		lost = append(lost, same...)
	}
	slices.SortFunc(lost, func(a, b *message) int { return cmp.Compare(a.seq, b.seq) })
	for _, m := range lost {
		g.land(m)
		g.again(m)
	}
}

// dispatch hands out what can be handed out, retries first.
func (g *consumerGroup) dispatch(now time.Time) (out []delivery) {
	for _, queue := range []*list.List{g.retry, g.fresh} {
		for at := queue.Front(); at != nil; {
			if !slices.ContainsFunc(g.consumers, (*consumer).free) {
				return out
			}
			m := at.Value.(*message)
			at = at.Next()
			if c := g.strategy.pick(g.consumers, m); c != nil {
				g.deliver(m, c, now)
				out = append(out, delivery{c, m, m.retries})
			}
		}
	}
	return out
}

func (g *consumerGroup) deliver(m *message, c *consumer, now time.Time) {
	m.leave()
	m.wait(g.flight, g.flight.PushBack(m))
	m.consumer, m.delivered = c, now
	c.inFlight[m.event.id] = append(c.inFlight[m.event.id], m)
	c.count++
	c.unsent++
	c.items.total++
	g.items.total++
	g.strategy.took(c, m)
}

// sent frees room towards the connection.
func (g *consumerGroup) sent(c *consumer, n int) { c.unsent -= n }

// ack ends messages. Ids that are not in flight with this consumer, such as those
// of messages that have timed out meanwhile, are passed over.
func (g *consumerGroup) ack(c *consumer, ids []uuid.UUID, now time.Time) {
	for _, id := range ids {
		if m := g.take(c, id, now); m != nil {
			g.finish(m)
		}
	}
}

func (g *consumerGroup) nack(c *consumer, ids []uuid.UUID, action nackAction, reason string, now time.Time) {
	for _, id := range ids {
		m := g.take(c, id, now)
		if m == nil {
			continue
		}
		switch action {
		case nackSkip:
			g.finish(m)
		case nackPark:
			g.park(m, "Client explicitly NAK'ed message.\n"+reason)
		case nackRetry:
			g.again(m)
		}
	}
}

// take ends the flight of the consumer's oldest message with this id: one stream
// may hold an id twice.
func (g *consumerGroup) take(c *consumer, id uuid.UUID, now time.Time) *message {
	same := c.inFlight[id]
	if len(same) == 0 {
		return nil
	}
	m := same[0]
	if c.timings != nil {
		c.timings.add(now.Sub(m.delivered))
	}
	g.land(m)
	return m
}

// land takes a message back from its consumer.
func (g *consumerGroup) land(m *message) {
	c := m.consumer
	rest := slices.DeleteFunc(c.inFlight[m.event.id], func(other *message) bool { return other == m })
	if len(rest) == 0 {
		delete(c.inFlight, m.event.id)
	} else {
		c.inFlight[m.event.id] = rest
	}
	c.count--
	m.leave()
	m.consumer = nil
	g.strategy.left(m)
}

// again queues a message once more, unless that was done often enough.
func (g *consumerGroup) again(m *message) {
	if m.retries >= g.settings.MaxRetryCount {
		g.park(m, "Maximum retry count reached")
		return
	}
	m.retries++
	// From the back: what is queued again is mostly younger than what waits.
	at := g.retry.Back()
	for at != nil && at.Value.(*message).seq > m.seq {
		at = at.Prev()
	}
	if at == nil {
		m.wait(g.retry, g.retry.PushFront(m))
		return
	}
	m.wait(g.retry, g.retry.InsertAfter(m, at))
}

// tick takes back what was not answered in time.
func (g *consumerGroup) tick(now time.Time) {
	if g.settings.MessageTimeout <= 0 {
		return
	}
	for at := g.flight.Front(); at != nil; at = g.flight.Front() {
		m := at.Value.(*message)
		if m.delivered.Add(g.settings.MessageTimeout).After(now) {
			return
		}
		g.land(m)
		g.again(m)
	}
}

func (g *consumerGroup) park(m *message, reason string) {
	m.reason = reason
	g.parks = append(g.parks, m)
}

// beginParking returns what shall be written to the parked stream now, in one
// write. The next write waits for parked or parkingFailed.
func (g *consumerGroup) beginParking() []*message {
	if len(g.parking) > 0 {
		return nil
	}
	g.parking, g.parks = g.parks, nil
	return g.parking
}

// parked ends the messages whose parking has become durable.
func (g *consumerGroup) parked() {
	for _, m := range g.parking {
		g.finish(m)
	}
	g.parking = nil
}

func (g *consumerGroup) parkingFailed() {
	g.parks = append(g.parking, g.parks...)
	g.parking = nil
}

func (g *consumerGroup) finish(m *message) {
	if m.replayed != noPlace {
		g.replays.Remove(m.open)
		return
	}
	g.open.Remove(m.open)
}

// replaysFrom is the lowest revision of the parked stream that a replay has not
// brought to an end; next is where the next replay would begin.
func (g *consumerGroup) replaysFrom(next int64) int64 {
	if first := g.replays.Front(); first != nil {
		return first.Value.(*message).replayed
	}
	return next
}

// beginCheckpoint returns the place to be written as the checkpoint, if it is
// time: just below the lowest message that is not done. The next one waits for
// checkpointWritten or checkpointFailed.
func (g *consumerGroup) beginCheckpoint(now time.Time) (place int64, due bool) {
	at, wanted := g.checkpointDue()
	if !wanted || at.After(now) {
		return noPlace, false
	}
	done := g.done()
	g.writing = &done
	return done.place, true
}

// checkpointDue tells when the next checkpoint is to be written, as things stand.
func (g *consumerGroup) checkpointDue() (at time.Time, wanted bool) {
	done := g.done()
	if g.writing != nil || done.place <= g.checkpoint.place {
		return at, false
	}
	progress := int(done.number - g.checkpoint.number)
	switch {
	case progress >= max(1, g.settings.MaxCheckpointCount):
		return at, true
	case progress >= max(1, g.settings.MinCheckpointCount), g.skipped >= skippedPerCheckpoint:
		return g.checkpointAt.Add(g.settings.CheckpointAfter), true
	}
	return at, false
}

// done is how far everything is done.
func (g *consumerGroup) done() progress {
	if lowest := g.open.Front(); lowest != nil {
		m := lowest.Value.(*message)
		return progress{m.below, m.number - 1}
	}
	return progress{g.read, g.numbers}
}

// checkpointWritten notes that the checkpoint is durable. What was done meanwhile
// counts for the next one.
func (g *consumerGroup) checkpointWritten(now time.Time) {
	g.checkpoint, g.checkpointAt = *g.writing, now
	g.writing, g.skipped = nil, 0
}

func (g *consumerGroup) checkpointFailed() { g.writing = nil }

// timeout is when the next message times out; the zero time = none does.
func (g *consumerGroup) timeout() time.Time {
	if first := g.flight.Front(); first != nil && g.settings.MessageTimeout > 0 {
		return first.Value.(*message).delivered.Add(g.settings.MessageTimeout)
	}
	return time.Time{}
}

// nextCheckpoint is when a checkpoint is to be written; the zero time = not as
// things stand.
func (g *consumerGroup) nextCheckpoint() time.Time {
	at, wanted := g.checkpointDue()
	if !wanted {
		return time.Time{}
	}
	if at.IsZero() {
		return g.checkpointAt
	}
	return at
}

// sooner returns the earlier of two times, of which the zero one means never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func (m *message) wait(queue *list.List, at *list.Element) { m.queue, m.at = queue, at }

func (m *message) leave() {
	m.queue.Remove(m.at)
	m.queue, m.at = nil, nil
}
