package eventnode

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
)

// inbox reads a subscription in the background, so that a test can give up waiting.
type inbox struct {
	t      *testing.T
	events chan *esdb.SubscriptionEvent
}

func follow(t *testing.T, sub *esdb.Subscription, err error) inbox {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	in := inbox{t, make(chan *esdb.SubscriptionEvent)}
	done := make(chan struct{})
	t.Cleanup(func() {
		close(done)
		_ = sub.Close()
	})
	go func() {
		for {
			event := sub.Recv()
			select {
			case in.events <- event:
			case <-done:
				return
			}
			if event.SubscriptionDropped != nil {
				return
			}
		}
	}()
	return in
}

func (in inbox) next() *esdb.SubscriptionEvent {
	in.t.Helper()
	select {
	case event := <-in.events:
		return event
	case <-time.After(20 * time.Second):
		in.t.Fatal("the subscription is silent")
		return nil
	}
}

// event returns the next event, passing over checkpoints.
func (in inbox) event() *esdb.RecordedEvent {
	in.t.Helper()
	for {
		switch e := in.next(); {
		case e.EventAppeared != nil:
			return e.EventAppeared.OriginalEvent()
		case e.CheckPointReached != nil:
		default:
			in.t.Fatalf("want an event, got %+v", e)
		}
	}
}

// untilCaughtUp returns what comes before the caught-up message.
func (in inbox) untilCaughtUp() (events []*esdb.RecordedEvent, checkpoints []uint64) {
	in.t.Helper()
	for {
		switch e := in.next(); {
		case e.EventAppeared != nil:
			events = append(events, e.EventAppeared.OriginalEvent())
		case e.CheckPointReached != nil:
			checkpoints = append(checkpoints, e.CheckPointReached.Commit)
		case e.CaughtUp != nil:
			return events, checkpoints
		default:
			in.t.Fatalf("want an event or caught up, got %+v", e)
		}
	}
}

func (n ids) recorded(events []*esdb.RecordedEvent) (out string) {
	for _, e := range events {
		out += n.letter(e.EventID)
	}
	return out
}

func TestSubscribeToAll(t *testing.T) {
	t.Parallel()
	c := newTarget(t).client
	stream := newStream()
	names := ids{stream}
	mine := func(in inbox) *esdb.RecordedEvent {
		for {
			if e := in.event(); e.StreamID == stream {
				return e
			}
		}
	}
	var positions []esdb.Position
	expected := esdb.ExpectedRevision(esdb.NoStream{})
	for i, letter := range "abc" {
		r := appendTo(t, c, stream, expected, names.events(string(letter))...)
		positions = append(positions, esdb.Position{Commit: r.CommitPosition, Prepare: r.PreparePosition})
		expected = esdb.Revision(uint64(i))
	}
	subscribe := func(from esdb.AllPosition) inbox {
		t.Helper()
		sub, err := c.SubscribeToAll(t.Context(), esdb.SubscribeToAllOptions{From: from})
		return follow(t, sub, err)
	}
	fromStart, behindFirst, fromEnd := subscribe(esdb.Start{}), subscribe(positions[0]), subscribe(esdb.End{})
	past, pastNumber := subscribe(esdb.Position{Commit: math.MaxUint64, Prepare: math.MaxUint64}), subscribe(positions[2])
	for in, want := range map[inbox]string{fromStart: "abc", behindFirst: "bc", fromEnd: "", past: "", pastNumber: ""} {
		events, checkpoints := in.untilCaughtUp()
		events = slices.DeleteFunc(events, func(e *esdb.RecordedEvent) bool { return e.StreamID != stream })
		if got := names.recorded(events); got != want {
			t.Errorf("before caught up: %q, want %q", got, want)
		}
		if len(checkpoints) > 0 {
			t.Errorf("checkpoints without a filter: %v", checkpoints)
		}
	}
	appendTo(t, c, stream, expected, names.events("x")...)
	for _, in := range []inbox{fromStart, behindFirst, fromEnd, past, pastNumber} {
		if got := names.letter(mine(in).EventID); got != "x" {
			t.Errorf("live: %q", got)
		}
	}
}

func TestFilteredSubscription(t *testing.T) {
	t.Parallel()
	c := newTarget(t).client
	tag := uuid.NewString()
	wanted, other := "wanted-"+tag, "other-"+tag
	for range 40 {
		appendTo(t, c, other, esdb.Any{}, manyEvents(2)...)
		appendTo(t, c, wanted, esdb.Any{}, esdb.EventData{EventID: uuid.New(), EventType: "type-" + tag, Data: []byte("{}")})
	}
	tests := []struct {
		name   string
		filter *esdb.SubscriptionFilter
	}{
		{"stream prefix", &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{"nothing-", wanted}}},
		{"stream regex", &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Regex: "^want.*" + tag + "$"}},
		{"type prefix", &esdb.SubscriptionFilter{Type: esdb.EventFilterType, Prefixes: []string{"type-" + tag}}},
		{"type regex", &esdb.SubscriptionFilter{Type: esdb.EventFilterType, Regex: "e-" + tag}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			subscribe := func(from esdb.AllPosition) inbox {
				t.Helper()
				sub, err := c.SubscribeToAll(t.Context(), esdb.SubscribeToAllOptions{From: from, Filter: tt.filter})
				return follow(t, sub, err)
			}
			events, checkpoints := subscribe(esdb.Start{}).untilCaughtUp()
			if len(events) != 40 {
				t.Fatalf("%d events, want 40", len(events))
			}
			for i, e := range events {
				if e.StreamID != wanted || e.EventNumber != uint64(i) {
					t.Fatalf("event %d is %s/%d", i, e.StreamID, e.EventNumber)
				}
			}
			if len(checkpoints) < 2 || !slices.IsSorted(checkpoints) || len(slices.Compact(slices.Clone(checkpoints))) != len(checkpoints) {
				t.Fatalf("checkpoints %v", checkpoints)
			}
			if last := checkpoints[len(checkpoints)-1]; last < events[39].Position.Commit {
				t.Errorf("the last checkpoint %d lies before the last event", last)
			}
			// Going on behind a checkpoint gives exactly the events behind it.
			middle := checkpoints[len(checkpoints)/2]
			var want []uint64
			for _, e := range events {
				if e.Position.Commit > middle {
					want = append(want, e.EventNumber)
				}
			}
			rest, _ := subscribe(esdb.Position{Commit: middle, Prepare: middle}).untilCaughtUp()
			var got []uint64
			for _, e := range rest {
				got = append(got, e.EventNumber)
			}
			if !slices.Equal(got, want) {
				t.Errorf("behind checkpoint %d: %v, want %v", middle, got, want)
			}
		})
	}
}

func TestExcludeSystemEvents(t *testing.T) {
	t.Parallel()
	c := newTarget(t).client
	stream := newStream()
	appendTo(t, c, stream, esdb.NoStream{}, manyEvents(1)...)
	setMetadata(t, c, stream, func(m *esdb.StreamMetadata) { m.SetMaxCount(5) })
	sub, err := c.SubscribeToAll(t.Context(), esdb.SubscribeToAllOptions{
		From: esdb.Start{}, Filter: esdb.ExcludeSystemEventsFilter(),
	})
	events, _ := follow(t, sub, err).untilCaughtUp()
	mine := 0
	for _, e := range events {
		if e.EventType[0] == '$' {
			t.Errorf("system event %s in %s", e.EventType, e.StreamID)
		}
		if e.StreamID == stream {
			mine++
		}
	}
	if mine != 1 {
		t.Errorf("%d events of the stream", mine)
	}
}

// TestLiveCheckpoints checks the rhythm: every interval-th considered event, at its
// position, and the count starts anew.
func TestLiveCheckpoints(t *testing.T) {
	t.Parallel()
	node := openNode(t, memConfig())
	c := connect(t, serve(t, node))
	sub, err := c.SubscribeToAll(t.Context(), esdb.SubscribeToAllOptions{
		From: esdb.Start{}, MaxSearchWindow: 5, CheckpointInterval: 2,
		Filter: &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{"match"}},
	})
	in := follow(t, sub, err)
	if events, checkpoints := in.untilCaughtUp(); len(events)+len(checkpoints) > 0 {
		t.Fatalf("an empty log gives %v, %v", events, checkpoints)
	}
	for i := range int64(30) {
		stream := "skip"
		if i == 9 {
			stream = "match"
		}
		r := write(t, node, stream, expectAny, uuid.New())
		if i == 9 {
			if e := in.next(); e.EventAppeared == nil {
				t.Fatalf("want the matching event before its checkpoint, got %+v", e)
			}
		}
		if i%10 != 9 {
			continue
		}
		if e := in.next(); e.CheckPointReached == nil || e.CheckPointReached.Commit != r.position {
			t.Fatalf("after event %d: %+v, want a checkpoint at %d", i, e, r.position)
		}
	}
}

// TestSlowSubscribers read nothing while more is appended than the tail and the
// transport hold, and still get everything once and in order.
func TestSlowSubscribers(t *testing.T) {
	t.Parallel()
	node := openNode(t, memConfig())
	c := connect(t, serve(t, node))
	all, err := c.SubscribeToAll(t.Context(), esdb.SubscribeToAllOptions{From: esdb.Start{}})
	inAll := follow(t, all, err)
	one, err := c.SubscribeToStream(t.Context(), "slow", esdb.SubscribeToStreamOptions{From: esdb.Start{}})
	inStream := follow(t, one, err)
	inAll.untilCaughtUp()
	inStream.untilCaughtUp()

	const n = 3 * tailEvents
	for i := 0; i < n; i += 256 {
		appendTo(t, c, "slow", esdb.Any{}, manyEvents(256)...)
	}
	for name, in := range map[string]inbox{"$all": inAll, "stream": inStream} {
		for i := range uint64(n) {
			if e := in.event(); e.EventNumber != i {
				t.Fatalf("%s: event %d has number %d", name, i, e.EventNumber)
			}
		}
	}
}

func TestTailReachesBackOrSaysSo(t *testing.T) {
	t.Parallel()
	tail := newTail(10)
	if _, ok := tail.after(9, 1); ok {
		t.Error("a new tail claims to know what came before it")
	}
	if events, ok := tail.after(10, 1); !ok || len(events) != 0 {
		t.Errorf("%v, %v", events, ok)
	}
	position := uint64(10)
	for range tailEvents/100 + 2 {
		batch := make([]record, 100)
		for i := range batch {
			position++
			batch[i].position = position
		}
		_, changed := tail.wait()
		tail.publish(batch)
		select {
		case <-changed:
		default:
			t.Fatal("nobody was woken")
		}
	}
	if _, ok := tail.after(tail.start-1, 1); ok {
		t.Error("the tail claims events it has dropped")
	}
	events, ok := tail.after(tail.start, math.MaxInt)
	if !ok || len(events) != tailEvents || events[0].position != tail.start+1 || events[len(events)-1].position != position {
		t.Errorf("%d events, %v", len(events), ok)
	}
}
