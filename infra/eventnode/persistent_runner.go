package eventnode

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"
)

const (
	parkedType     = linkType
	checkpointType = "$SubscriptionCheckpoint"

	// retryDelay is how long a group leaves the disk alone after an error.
	retryDelay = time.Second
)

// task is what a group does with the disk. Each fails and is tried again for itself.
type task string

const (
	taskStart      task = "start"
	taskRead       task = "read"
	taskCheckpoint task = "write a checkpoint"
	taskPark       task = "park messages"
	taskTruncate   task = "truncate the parked messages"
)

// connection is a consumer's way to its call. The group never waits for it: the
// consumer's buffer bounds what is under way.
type connection struct {
	consumer *consumer
	out      chan delivery
	gone     chan struct{} // closed when the group has dropped the consumer
	reason   error         // set before that

	from, user, name string
}

// runner is the goroutine around a consumer group: it reads what the group has
// room for, passes on what the group hands out, and writes what the group wants
// written. Everybody else talks to it through its inbox.
type runner struct {
	node   *Node
	core   *core
	id     groupID
	config groupConfig

	inbox  chan func()
	quit   chan struct{}
	reason func() error // why it shall end; set before quit is closed
	ended  chan struct{}
	over   func() error // why it has ended; set before ended is closed

	// Owned by the goroutine.
	group       *consumerGroup // nil until the checkpoint was read
	source      source
	connections map[*consumer]*connection
	atEnd       bool
	looked      time.Time          // when the last step was
	failing     map[task]time.Time // what has failed, and when it may be tried again
	writes      sync.WaitGroup
	written     chan func() // ends of writes
	parkedNext  int64       // first revision of the parked stream that no replay has taken
	replayEnd   int64       // where the replay under way ends
	truncated   int64       // $tb of the parked stream as the runner wants or has it
	truncating  bool
	links       *reader
}

func startRunner(n *Node, c *core, config groupConfig) (*runner, error) {
	g := &runner{
		node: n, core: c, id: config.id(), config: config,
		inbox: make(chan func()), quit: make(chan struct{}), ended: make(chan struct{}),
		connections: map[*consumer]*connection{}, failing: map[task]time.Time{},
		written: make(chan func(), 3), // a checkpoint, a parking, a truncation
		links:   &reader{node: n, core: c},
	}
	if _, err := newSource(n, c, &config, 0); err != nil {
		return nil, err
	}
	go g.run()
	return g, nil
}

// newSource makes the source of a group that begins at a place.
func newSource(n *Node, c *core, config *groupConfig, begin int64) (source, error) {
	if !config.id().all() {
		view := (&reader{node: n, core: c}).view
		return &streamSource{core: c, view: view, stream: config.Stream, revision: begin}, nil
	}
	matches, err := config.Filter.matcher()
	if err != nil {
		return nil, err
	}
	return &allSource{core: c, matches: matches, read: uint64(max(begin-1, 0))}, nil
}

// do runs a function in the group's goroutine and waits for it.
func (g *runner) do(ctx context.Context, f func()) error {
	done := make(chan struct{})
	select {
	case g.inbox <- func() { f(); close(done) }:
		<-done
		return nil
	case <-g.ended:
		return g.over()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// stop ends the group; its consumers get what the reason returns.
func (g *runner) stop(reason func() error) {
	g.reason = reason
	close(g.quit)
	<-g.ended
}

func (g *runner) now() time.Time { return g.node.cfg.Now() }

func (g *runner) run() {
	defer close(g.ended)
	defer g.writes.Wait()
	for {
		_, changed := g.core.tail.wait()
		more := g.step()
		if !g.await(more, changed) {
			break
		}
	}
	for _, conn := range g.connections {
		conn.reason = g.over()
		close(conn.gone)
	}
}

// await waits until there is something to do and lets it be done; with more to
// read it only looks. It returns false when the group is over.
func (g *runner) await(more bool, changed <-chan struct{}) bool {
	if more {
		ready := make(chan struct{})
		close(ready)
		changed = ready
	} else if !g.atEnd {
		changed = nil // there is no room for what has come
	}
	ring, silence := g.alarm()
	defer silence()
	select {
	case f := <-g.inbox:
		f()
	case f := <-g.written:
		f()
	case <-ring:
	case <-changed:
	case <-g.quit:
		g.over = g.reason
		return false
	case <-g.core.over:
		g.over = errNotReady
		return false
	}
	return true
}

// alarm rings when the group wants to be looked at again.
func (g *runner) alarm() (ring <-chan time.Time, silence func()) {
	var wake time.Time
	now := g.looked // not the time it is now: what has come due since would ring for nobody
	for _, until := range g.failing {
		if until.After(now) {
			wake = sooner(wake, until)
		}
	}
	if g.group != nil {
		wake = sooner(wake, g.group.timeout())
		if !g.held(taskCheckpoint, now) {
			wake = sooner(wake, g.group.nextCheckpoint())
		}
	}
	if wake.IsZero() {
		return nil, func() {}
	}
	return g.node.cfg.alarm(wake)
}

// step does what can be done without waiting. more means that there is more to
// read, and room for it.
func (g *runner) step() (more bool) {
	now := g.now()
	g.looked = now
	if g.group == nil && !g.held(taskStart, now) {
		g.tried(taskStart, g.load(now))
	}
	if g.group == nil {
		return false
	}
	g.group.tick(now)
	if !g.held(taskRead, now) {
		var err error
		more, err = g.fill()
		g.tried(taskRead, err)
	}
	g.handOut(now)
	g.store(now)
	return more
}

// tried notes how a task has ended. One that failed is left alone for a while; it
// is logged once, until it succeeds again.
func (g *runner) tried(what task, err error) (succeeded bool) {
	if err == nil {
		delete(g.failing, what)
		return true
	}
	if _, known := g.failing[what]; !known {
		g.node.cfg.Logger.Error("event node: persistent subscription", "group", g.id.String(), "cannot", string(what), "error", err)
	}
	g.failing[what] = g.now().Add(retryDelay)
	return false
}

func (g *runner) held(what task, now time.Time) bool { return g.failing[what].After(now) }

// load finds out where the group has to go on.
func (g *runner) load(now time.Time) error {
	checkpoint := int64(noPlace)
	data, err := g.core.store.lastData(g.id.checkpointStream())
	if err != nil {
		return err
	}
	begin := g.config.Begin
	if data != nil {
		if checkpoint, err = parseCheckpoint(data, g.id.all()); err != nil {
			return err
		}
		begin = checkpoint + 1
	}
	v, err := g.links.view(g.id.parkedStream())
	if err != nil {
		return err
	}
	if g.source, err = newSource(g.node, g.core, &g.config, begin); err != nil {
		return err
	}
	g.parkedNext, g.truncated = parkedRange(v)
	g.replayEnd = g.parkedNext
	g.group = newConsumerGroup(g.config.Settings, checkpoint, begin-1, now)
	return nil
}

// parkedRange is the first revision of the parked stream that counts, as a
// replay and as a truncation see it.
func parkedRange(v streamView) (next, truncated int64) {
	if v.softDeleted {
		return v.last + 1, v.last + 1
	}
	return v.first, v.first
}

// fill reads one page, if there is room for it.
func (g *runner) fill() (more bool, err error) {
	if more, err = g.fillReplay(); more || err != nil {
		return more, err
	}
	settings := &g.config.Settings
	size := settings.HistoryBufferSize
	if g.atEnd && settings.LiveBufferSize > 0 {
		size = settings.LiveBufferSize
	}
	room := g.group.room(size)
	if g.atEnd && room < 1 || !g.atEnd && room < settings.ReadBatchSize {
		g.atEnd = g.atEnd && room > 0
		return false, nil
	}
	page, err := g.source.next(min(settings.ReadBatchSize, room))
	if err == nil {
		err = g.take(page.events)
	}
	if err != nil {
		// The source may have gone on over what the group did not get.
		again, _ := newSource(g.node, g.core, &g.config, g.group.read+1) // the filter was good before
		g.source = again
		return false, err
	}
	g.group.pass(page.read, page.skipped)
	g.atEnd = page.atEnd
	return !page.atEnd, nil
}

// take makes messages of events.
func (g *runner) take(events []record) error {
	for i := range events {
		m := &message{event: &events[i], place: events[i].revision}
		if g.id.all() {
			m.place = int64(events[i].position)
		}
		if err := g.resolve(m, g.config.Settings.ResolveLinks); err != nil {
			return err
		}
		g.group.add(m)
	}
	return nil
}

// resolve looks up what a link leads to.
func (g *runner) resolve(m *message, links bool) (err error) {
	if links && m.event.eventType == linkType {
		m.isLink = true
		if m.target, err = g.links.linkTarget(m.event); err != nil {
			return err
		}
	}
	m.pin = pinOf(g.config.Settings.Strategy, m)
	return nil
}

// fillReplay goes on with the replay of parked messages.
func (g *runner) fillReplay() (more bool, err error) {
	room := g.group.room(g.config.Settings.HistoryBufferSize)
	if g.parkedNext >= g.replayEnd || room < 1 {
		return false, nil
	}
	v, err := g.links.view(g.id.parkedStream())
	if err != nil {
		return false, err
	}
	limit := min(int64(g.config.Settings.ReadBatchSize), int64(room), g.replayEnd-g.parkedNext)
	var page []record
	if v.exists && !v.softDeleted && !v.tombstoned {
		if page, err = g.core.store.streamForwards(v, g.parkedNext, uint64(limit)); err != nil {
			return false, err
		}
	}
	for i := range page {
		if page[i].revision >= g.replayEnd {
			page = page[:i]
			break
		}
		m := &message{event: &page[i], replayed: page[i].revision}
		if err := g.resolve(m, true); err != nil {
			return false, err
		}
		g.group.replay(m)
		g.parkedNext = page[i].revision + 1
	}
	if len(page) == 0 {
		g.parkedNext = g.replayEnd // somebody else has truncated the stream
	}
	return g.parkedNext < g.replayEnd, nil
}

// handOut passes on what the group gives to its consumers. The channels have room
// for it: the group counts what is unsent.
func (g *runner) handOut(now time.Time) {
	for _, d := range g.group.dispatch(now) {
		g.connections[d.consumer].out <- d
	}
}

// store begins the writes that are due. Each is done beside the group, which goes
// on meanwhile, but there is never more than one of a kind.
func (g *runner) store(now time.Time) {
	if !g.held(taskCheckpoint, now) {
		if place, due := g.group.beginCheckpoint(now); due {
			g.writeCheckpoint(place)
		}
	}
	if !g.held(taskPark, now) {
		if messages := g.group.beginParking(); len(messages) > 0 {
			g.writeParked(messages)
		}
	}
	wanted := g.group.replaysFrom(g.parkedNext)
	if wanted > g.truncated && !g.truncating && !g.held(taskTruncate, now) {
		g.truncateParked(wanted)
	}
}

// write runs a write beside the group and its end within.
func (g *runner) write(what task, write func() error, succeeded, failed func()) {
	g.writes.Go(func() {
		err := write()
		g.written <- func() {
			if g.tried(what, err) {
				succeeded()
				return
			}
			failed()
		}
	})
}

func (g *runner) writeCheckpoint(place int64) {
	data, _ := json.Marshal(placeWords(place, g.id.all())) // a string always marshals
	g.write(taskCheckpoint, func() error {
		return g.core.writeVersion(context.Background(), g.id.checkpointStream(), checkpointType, data)
	}, func() { g.group.checkpointWritten(g.now()) }, g.group.checkpointFailed)
}

func (g *runner) writeParked(messages []*message) {
	events := make([]proposedEvent, 0, len(messages))
	for _, m := range messages {
		metadata, _ := json.Marshal(map[string]any{ // strings, a time and a number always marshal
			"added": g.now().UTC(), "reason": m.reason, "subscriptionEventNumber": m.event.revision,
		})
		events = append(events, proposedEvent{
			id: uuid.New(), eventType: parkedType, data: []byte(linkTo(m)), metadata: metadata,
		})
	}
	g.write(taskPark, func() error {
		return g.core.appendOwn(context.Background(), g.id.parkedStream(), events...)
	}, g.group.parked, g.group.parkingFailed)
}

// truncateParked hides what was replayed and is done. A replayed message stays in
// the parked stream until then: it would be lost with the node otherwise.
func (g *runner) truncateParked(before int64) {
	g.truncating = true
	g.write(taskTruncate, func() error {
		event, _, err := g.core.store.currentMetadata(g.id.parkedStream())
		if err != nil {
			return err
		}
		data := withTruncateBefore(event.data, before)
		return g.core.appendOwn(context.Background(), metaStream(g.id.parkedStream()), jsonEvent(metadataType, data))
	}, func() { g.truncating, g.truncated = false, before }, func() { g.truncating = false })
}

// replayParked queues the messages parked by now, or those below stopAt.
func (g *runner) replayParked(stopAt int64) error {
	if g.group == nil {
		return errNotReady()
	}
	v, err := g.links.view(g.id.parkedStream())
	if err != nil || !v.exists || v.softDeleted {
		return err
	}
	g.parkedNext = max(g.parkedNext, v.first)
	g.replayEnd = max(g.replayEnd, min(v.last+1, stopAt))
	return nil
}

// connect adds a consumer.
func (g *runner) connect(ctx context.Context, buffer int, conn *connection) error {
	var failed error
	err := g.do(ctx, func() {
		switch {
		case g.group == nil:
			failed = errNotReady()
		case g.group.full():
			failed = errGroupFull(g.id)
		default:
			conn.consumer = g.group.connect(buffer, g.now())
			conn.out = make(chan delivery, min(buffer, unsentWindow))
			g.connections[conn.consumer] = conn
		}
	})
	return errors.Join(err, failed)
}

// disconnect takes a consumer's messages back. It does nothing when the group is over.
func (g *runner) disconnect(conn *connection) {
	_ = g.do(context.Background(), func() {
		delete(g.connections, conn.consumer)
		g.group.disconnect(conn.consumer)
	})
}
