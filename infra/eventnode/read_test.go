package eventnode

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
)

func TestReadStream(t *testing.T) {
	t.Parallel()
	c := newTarget(t).client
	stream := newStream()
	names := ids{stream}
	appendTo(t, c, stream, esdb.NoStream{}, names.events("abcdefghij")...)
	forwards, backwards := esdb.Forwards, esdb.Backwards
	tests := []struct {
		name      string
		from      esdb.StreamPosition
		direction esdb.Direction
		count     uint64
		want      string
	}{
		{"all", esdb.Start{}, forwards, 100, "abcdefghij"},
		{"first", esdb.Start{}, forwards, 3, "abc"},
		{"from a revision, included", esdb.Revision(4), forwards, 3, "efg"},
		{"to the end", esdb.Revision(8), forwards, 100, "ij"},
		{"behind the end", esdb.Revision(10), forwards, 5, ""},
		{"far behind the end", esdb.Revision(1000), forwards, 5, ""},
		{"from the end, forwards", esdb.End{}, forwards, 5, ""},
		{"backwards", esdb.End{}, backwards, 100, "jihgfedcba"},
		{"last", esdb.End{}, backwards, 1, "j"},
		{"backwards from a revision, included", esdb.Revision(4), backwards, 3, "edc"},
		{"backwards to the start", esdb.Revision(1), backwards, 100, "ba"},
		{"backwards from behind the end", esdb.Revision(1000), backwards, 2, "ji"},
		{"backwards from the start", esdb.Start{}, backwards, 5, "a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			events, err := readStream(t, c, stream, esdb.ReadStreamOptions{From: tt.from, Direction: tt.direction}, tt.count)
			if err != nil {
				t.Fatal(err)
			}
			if got := names.letters(events); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	if _, err := readStream(t, c, newStream(), esdb.ReadStreamOptions{}, 1); codeOf(err) != esdb.ErrorCodeResourceNotFound {
		t.Errorf("missing stream: %v", err)
	}
}

func TestReadAll(t *testing.T) {
	t.Parallel()
	c := newTarget(t).client
	stream := newStream()
	names := ids{stream}
	first := appendTo(t, c, stream, esdb.NoStream{}, names.events("a")...)
	for i, letter := range "bcde" {
		appendTo(t, c, stream, esdb.Revision(uint64(i)), names.events(string(letter))...)
	}
	mine := func(events []*esdb.ResolvedEvent) []*esdb.ResolvedEvent {
		return slices.DeleteFunc(events, func(e *esdb.ResolvedEvent) bool { return e.OriginalEvent().StreamID != stream })
	}
	start := esdb.Position{Commit: first.CommitPosition, Prepare: first.PreparePosition}

	forwards := readAll(t, c, esdb.ReadAllOptions{From: start}, 10_000)
	if forwards[0].OriginalEvent().Position != start {
		t.Errorf("forwards is not inclusive: first position is %v, want %v", forwards[0].OriginalEvent().Position, start)
	}
	if !slices.IsSortedFunc(forwards, func(a, b *esdb.ResolvedEvent) int {
		return int(a.OriginalEvent().Position.Commit) - int(b.OriginalEvent().Position.Commit)
	}) {
		t.Error("positions do not increase")
	}
	for _, e := range forwards {
		if e.Commit == nil || *e.Commit != e.OriginalEvent().Position.Commit {
			t.Errorf("commit position %v of an event at %v", e.Commit, e.OriginalEvent().Position)
		}
	}
	forwards = mine(forwards)
	if got := names.letters(forwards); got != "abcde" {
		t.Fatalf("forwards: %q", got)
	}
	third := forwards[2].OriginalEvent().Position
	back := readAll(t, c, esdb.ReadAllOptions{From: third, Direction: esdb.Backwards}, 10_000)
	if back[0].OriginalEvent().Position.Commit >= third.Commit {
		t.Error("backwards is not exclusive")
	}
	if got := names.letters(mine(back)); got != "ba" {
		t.Errorf("backwards from the third: %q", got)
	}
	if got := names.letters(mine(readAll(t, c, esdb.ReadAllOptions{From: esdb.End{}, Direction: esdb.Backwards}, 10_000))); got != "edcba" {
		t.Errorf("backwards from the end: %q", got)
	}
	if got := readAll(t, c, esdb.ReadAllOptions{From: esdb.Start{}}, 3); len(got) != 3 || got[0].OriginalEvent().Position.Commit == 0 {
		t.Errorf("the first three events: %d, first at %v", len(got), got[0].OriginalEvent().Position)
	}
	if got := readAll(t, c, esdb.ReadAllOptions{From: esdb.End{}}, 3); len(got) != 0 {
		t.Errorf("forwards from the end: %d events", len(got))
	}
	if got := readAll(t, c, esdb.ReadAllOptions{From: esdb.Start{}, Direction: esdb.Backwards}, 3); len(got) != 0 {
		t.Errorf("backwards from the start: %d events", len(got))
	}
}

// TestReadPages reads more than fits into one page, both ways.
func TestReadPages(t *testing.T) {
	t.Parallel()
	c := newTarget(t).client
	stream := newStream()
	const n = 3*pageEvents + 7
	for i := 0; i < n; i += 100 {
		appendTo(t, c, stream, esdb.Any{}, manyEvents(min(100, n-i))...)
	}
	for _, direction := range []esdb.Direction{esdb.Forwards, esdb.Backwards} {
		var from esdb.StreamPosition = esdb.Start{}
		if direction == esdb.Backwards {
			from = esdb.End{}
		}
		events, err := readStream(t, c, stream, esdb.ReadStreamOptions{From: from, Direction: direction}, math.MaxInt64)
		if err != nil || len(events) != n {
			t.Fatalf("direction %d: %d events, %v", direction, len(events), err)
		}
		for i, e := range events {
			want := uint64(i)
			if direction == esdb.Backwards {
				want = uint64(n - 1 - i)
			}
			if e.Event.EventNumber != want {
				t.Fatalf("event %d has number %d, want %d", i, e.Event.EventNumber, want)
			}
		}
	}
	all := 0
	for _, e := range readAll(t, c, esdb.ReadAllOptions{From: esdb.Start{}}, math.MaxInt64) {
		if e.Event.StreamID == stream {
			all++
		}
	}
	if all != n {
		t.Errorf("$all has %d of the events, want %d", all, n)
	}
}

func manyEvents(n int) []esdb.EventData {
	events := make([]esdb.EventData, n)
	for i := range events {
		events[i] = esdb.EventData{EventID: uuid.New(), EventType: "many", ContentType: esdb.ContentTypeJson, Data: []byte(`{}`)}
	}
	return events
}

func TestResolveLinks(t *testing.T) {
	t.Parallel()
	c := newTarget(t).client
	// The name contains the separator: only the first one counts.
	source, links := "conformance-a@b-"+uuid.NewString(), newStream()
	names := ids{source}
	appendTo(t, c, source, esdb.NoStream{}, names.events("abc")...)
	gone := newStream()
	appendTo(t, c, gone, esdb.NoStream{}, names.events("z")...)
	for _, target := range []string{"1@" + source, "9@" + source, "0@" + gone, "0@" + newStream(), "nonsense"} {
		appendTo(t, c, links, esdb.Any{}, esdb.EventData{EventID: uuid.New(), EventType: linkType, Data: []byte(target)})
	}
	if _, err := c.DeleteStream(within(t), gone, esdb.DeleteStreamOptions{ExpectedRevision: esdb.Any{}}); err != nil {
		t.Fatal(err)
	}
	resolved, err := readStream(t, c, links, esdb.ReadStreamOptions{ResolveLinkTos: true}, 10)
	if err != nil || len(resolved) != 5 {
		t.Fatalf("%d events, %v", len(resolved), err)
	}
	for i, e := range resolved {
		if e.Link == nil || e.Link.StreamID != links || e.Link.EventNumber != uint64(i) {
			t.Fatalf("event %d has link %+v", i, e.Link)
		}
		switch {
		case i > 0 && e.Event != nil:
			t.Errorf("link %d resolves to %+v", i, e.Event)
		case i == 0 && (e.Event == nil || e.Event.StreamID != source || e.Event.EventNumber != 1):
			t.Errorf("the link resolves to %+v", e.Event)
		case e.Commit != nil && *e.Commit != e.Link.Position.Commit:
			t.Errorf("commit position %d is not the link's", *e.Commit)
		}
	}
	plain, err := readStream(t, c, links, esdb.ReadStreamOptions{}, 1)
	if err != nil || plain[0].Link != nil || plain[0].Event.EventType != linkType {
		t.Errorf("not resolved: %+v, %v", plain[0], err)
	}
}

func TestStreamMetadata(t *testing.T) {
	t.Parallel()
	c := newTarget(t).client
	tests := []struct {
		name string
		set  func(*esdb.StreamMetadata)
		want string
	}{
		{"nothing", func(m *esdb.StreamMetadata) {}, "abcde"},
		{"maximum count", func(m *esdb.StreamMetadata) { m.SetMaxCount(2) }, "de"},
		{"maximum count above the length", func(m *esdb.StreamMetadata) { m.SetMaxCount(20) }, "abcde"},
		{"truncated", func(m *esdb.StreamMetadata) { m.SetTruncateBefore(3) }, "de"},
		{"truncated behind the end", func(m *esdb.StreamMetadata) { m.SetTruncateBefore(30) }, ""},
		{"the stricter wins", func(m *esdb.StreamMetadata) { m.SetTruncateBefore(1); m.SetMaxCount(3) }, "cde"},
		{"maximum age, young events", func(m *esdb.StreamMetadata) { m.SetMaxAge(time.Hour) }, "abcde"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			stream := newStream()
			names := ids{stream}
			appendTo(t, c, stream, esdb.NoStream{}, names.events("abcde")...)
			setMetadata(t, c, stream, func(m *esdb.StreamMetadata) { m.SetMaxCount(1) })
			setMetadata(t, c, stream, tt.set)
			events, err := readStream(t, c, stream, esdb.ReadStreamOptions{}, 100)
			if err != nil {
				t.Fatal(err)
			}
			if got := names.letters(events); got != tt.want {
				t.Errorf("forwards %q, want %q", got, tt.want)
			}
			events, err = readStream(t, c, stream, esdb.ReadStreamOptions{From: esdb.End{}, Direction: esdb.Backwards}, 100)
			if err != nil {
				t.Fatal(err)
			}
			slices.Reverse(events)
			if got := names.letters(events); got != tt.want {
				t.Errorf("backwards %q, want %q", got, tt.want)
			}
			var want esdb.StreamMetadata
			tt.set(&want)
			got, err := c.GetStreamMetadata(within(t), stream, esdb.ReadStreamOptions{})
			if err != nil || !equalCount(got.MaxCount(), want.MaxCount()) {
				t.Errorf("metadata reads back as %+v, %v", got, err)
			}
			inAll := 0
			for _, e := range readAll(t, c, esdb.ReadAllOptions{From: esdb.Start{}}, math.MaxInt64) {
				if e.Event.StreamID == stream {
					inAll++
				}
			}
			if inAll != 5 {
				t.Errorf("$all shows %d events, want 5", inAll)
			}
		})
	}
}

func equalCount(a, b *uint64) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }

func TestMaximumAge(t *testing.T) {
	t.Parallel()
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	cfg := memConfig()
	cfg.Now = func() time.Time { return now }
	node := openNode(t, cfg)
	for i := range int64(10) {
		write(t, node, "aging", i-1, uuid.New())
		now = now.Add(time.Minute)
	}
	result, err := node.core().writer.submit(within(t), &writeRequest{stream: "$$aging", expected: expectAny, events: []proposedEvent{
		{id: uuid.New(), eventType: metadataType, data: []byte(`{"$maxAge":240}`)},
	}})
	if err != nil || result.outcome != written {
		t.Fatal(result, err)
	}
	// now is 10 minutes in; events 6..9 are at most 4 minutes old.
	for _, tt := range []struct {
		later time.Duration
		want  int64
	}{{0, 6}, {90 * time.Second, 8}, {time.Hour, 10}} {
		v, err := node.core().store.view("aging", toTicks(now.Add(tt.later)))
		if err != nil || v.first != tt.want || v.last != 9 || !v.exists {
			t.Errorf("%v later: %+v, %v; want first %d", tt.later, v, err, tt.want)
		}
	}
	now = now.Add(time.Hour)
	events, err := readStream(t, connect(t, serve(t, node)), "aging", esdb.ReadStreamOptions{}, 10)
	if err != nil || len(events) != 0 {
		t.Errorf("a stream whose events have all expired: %d events, %v", len(events), err)
	}
}

func TestClockGoingBackDoesNotReorder(t *testing.T) {
	t.Parallel()
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	cfg := memConfig()
	cfg.Now = func() time.Time { return now }
	node := openNode(t, cfg)
	write(t, node, "s", -1, uuid.New())
	now = now.Add(-time.Hour)
	write(t, node, "s", 0, uuid.New())
	records, err := node.core().store.allForwards(0, math.MaxUint64, 10)
	if err != nil || len(records) != 2 || records[1].created < records[0].created {
		t.Fatalf("%+v, %v", records, err)
	}
}

func TestAllHidesBookkeeping(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		stream, eventType string
		visible           bool
	}{
		{"order-1", "placed", true},
		{"$users", "$User", true},
		{"$epoch-information", "$epoch-information", false},
		{"$persistentsubscription-$all::group-checkpoint", "$SubscriptionCheckpoint", false},
		{"$persistentsubscription-$all::group-parked", "$>", false},
		{"$persistentsubscription-order::group-parked", "$>", true},
	} {
		if got := isVisibleInAll(&record{stream: tt.stream, eventType: tt.eventType}); got != tt.visible {
			t.Errorf("%s in %s: visible %v", tt.eventType, tt.stream, got)
		}
	}
}
