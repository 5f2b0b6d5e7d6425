package eventnode

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	streamspb "github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// TestCheckpointsWhileCatchingUp checks the rhythm against whole logs: of each, m is
// an event that matches the filter and . one that does not. e3 is the third event,
// c3 a checkpoint at it, u caught up.
func TestCheckpointsWhileCatchingUp(t *testing.T) {
	t.Parallel()
	run := func(from, to int) (out string) {
		for i := from; i <= to; i++ {
			out += fmt.Sprintf("e%d ", i)
		}
		return out
	}
	tests := []struct {
		name       string
		log        string
		window     uint32 // 0 = no window
		multiplier uint32
		from       int // events before the start; -1 = end
		want       string
	}{
		{"empty log", "", 3, 1, 0, "u"},
		{"every page", "..........", 3, 1, 0, "c3 c6 c9 c10 u"},
		{"every second page", "..........", 3, 2, 0, "c6 c10 u"},
		{"an interval longer than the log", "..........", 3, 4, 0, "c10 u"},
		{"events of a page go before its checkpoint", "m.m.......", 3, 1, 0, "e1 e3 c3 c6 c9 c10 u"},
		{"the last event has its checkpoint already", "..m", 3, 1, 0, "e3 c3 u"},
		{"from the middle", "..........", 3, 1, 4, "c7 c10 u"},
		{"from the last event", "..........", 3, 1, 10, "u"},
		{"from the end", "..........", 3, 1, -1, "u"},
		{"no window, matches end the page", strings.Repeat("m", 40), 0, 1, 0, run(1, 32) + "c32 " + run(33, 40) + "c40 u"},
		{"no window, nothing matches", strings.Repeat(".", 100), 0, 1, 0, "c100 u"},
		{"many matches in a wide window", strings.Repeat("m", 40), 50, 1, 0, run(1, 40) + "c40 u"},
		{"what is over counts on", strings.Repeat("m", 70), 50, 1, 0, run(1, 64) + "c64 " + run(65, 70) + "c70 u"},
		{"an interval beyond all numbers", "....", math.MaxUint32, math.MaxUint32, 0, "c4 u"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			node := openNode(t, memConfig()) // the whole log counts, so it must be the test's own
			raw := rawClient(t, "unix://"+serve(t, node))
			index := map[uint64]int{}
			var start uint64
			for i, kind := range tt.log {
				position := write(t, node, map[rune]string{'m': "match", '.': "skip"}[kind], expectAny, uuid.New()).position
				index[position] = i + 1
				if i+1 == tt.from {
					start = position
				}
			}
			by := &filterBy{
				Filter: streamExpression("", "match"), CheckpointIntervalMultiplier: tt.multiplier,
				Window: &streamspb.ReadReq_Options_FilterOptions_Count{Count: empty},
			}
			if tt.window > 0 {
				by.Window = &streamspb.ReadReq_Options_FilterOptions_Max{Max: tt.window}
			}
			call, err := raw.Read(within(t), readFrom("", both(asSubscription, filtered(by), func(o *readOptions) {
				switch {
				case tt.from < 0:
					o.GetAll().AllOption = &streamspb.ReadReq_Options_AllOptions_End{End: empty}
				case tt.from > 0:
					fromPosition(start, start)(o)
				}
			})))
			if err != nil {
				t.Fatal(err)
			}
			if first, err := call.Recv(); err != nil || first.GetConfirmation().GetSubscriptionId() == "" {
				t.Fatalf("the first message is %v, %v", first, err)
			}
			got := ""
			for !strings.HasSuffix(got, "u") {
				answer, err := call.Recv()
				if err != nil {
					t.Fatal(err)
				}
				switch {
				case answer.GetEvent() != nil:
					got += fmt.Sprintf("e%d ", index[answer.GetEvent().GetCommitPosition()])
				case answer.GetCheckpoint() != nil:
					got += fmt.Sprintf("c%d ", index[answer.GetCheckpoint().GetCommitPosition()])
				case answer.GetCaughtUp() != nil:
					got += "u"
				default:
					t.Fatalf("unexpected %v", answer)
				}
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestSubscribe goes through where a subscription may begin and what it may follow.
func TestSubscribe(t *testing.T) {
	t.Parallel()
	target := newTarget(t)
	tests := []struct {
		name   string
		stream string
		given  string
		from   esdb.StreamPosition
		before string // caught up
		then   string // appended later
		live   string
	}{
		{"start", newStream(), "abc", esdb.Start{}, "abc", "de", "de"},
		{"behind a revision", newStream(), "abc", esdb.Revision(0), "bc", "de", "de"},
		{"missing, from the start", newStream(), "", esdb.Start{}, "", "de", "de"},
		{"deleted", newStream(), "abc!", esdb.Start{}, "", "de", "de"},
		{"behind the last", newStream(), "abc", esdb.Revision(2), "", "de", "de"},
		{"end", newStream(), "abc", esdb.End{}, "", "de", "de"},
		{"the largest number is the end", newStream(), "abc", esdb.Revision(math.MaxUint64), "", "de", "de"},
		{"missing", newStream(), "", esdb.Revision(0), "", "de", "e"},
		{"deleted and revived", newStream(), "abc!d", esdb.Start{}, "d", "e", "e"},
		{"deleted, from the end", newStream(), "abc!", esdb.End{}, "", "de", "de"},
		{"name not ASCII", "conformance-Поток-" + uuid.NewString(), "ab", esdb.Revision(0), "b", "c", "c"},
		{"metadata has only its last event", "$$" + newStream(), "abc", esdb.Start{}, "c", "de", "de"},
		{"deleted while it is followed", newStream(), "abc", esdb.Start{}, "abc", "!d", "d"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			names := ids{tt.stream}
			prepare(t, target.client, tt.stream, strings.ReplaceAll(tt.given, "!d", "!"))
			if strings.HasSuffix(tt.given, "!d") {
				appendTo(t, target.client, tt.stream, esdb.Any{}, names.events("d")...)
			}
			sub, err := target.client.SubscribeToStream(t.Context(), tt.stream, esdb.SubscribeToStreamOptions{From: tt.from})
			in := follow(t, sub, err)
			events, checkpoints := in.untilCaughtUp()
			if got := names.recorded(events); got != tt.before || len(checkpoints) > 0 {
				t.Fatalf("before caught up: %q, checkpoints %v; want %q", got, checkpoints, tt.before)
			}
			for _, step := range tt.then {
				if step == '!' {
					prepare(t, target.client, tt.stream, "!")
					continue
				}
				appendTo(t, target.client, newStream(), esdb.NoStream{}, manyEvents(1)...) // somebody else's
				appendTo(t, target.client, tt.stream, esdb.Any{}, names.events(string(step))...)
			}
			for _, want := range tt.live {
				if got := names.letter(in.event().EventID); got != string(want) {
					t.Fatalf("live: %s, want %c", got, want)
				}
			}
		})
	}
}

// TestTombstoneIsFollowed: a subscription to the stream gets the tombstone and then
// its error, with trailers; one to $all gets it like any event.
func TestTombstoneIsFollowed(t *testing.T) {
	t.Parallel()
	target := newTarget(t)
	stream := newStream()
	prepare(t, target.client, stream, "a")
	one, err := target.raw.Read(within(t), readFrom(stream, asSubscription))
	if err != nil {
		t.Fatal(err)
	}
	sub, err := target.client.SubscribeToAll(t.Context(), esdb.SubscribeToAllOptions{From: esdb.End{}})
	all := follow(t, sub, err)
	all.untilCaughtUp()
	for caughtUp := false; !caughtUp; {
		answer, err := one.Recv()
		if err != nil {
			t.Fatal(err)
		}
		caughtUp = answer.GetCaughtUp() != nil
	}
	prepare(t, target.client, stream, "#")
	answer, err := one.Recv()
	if event := answer.GetEvent().GetEvent(); err != nil || event.GetMetadata()[keyType] != deletedType || event.GetStreamRevision() != math.MaxInt64 {
		t.Errorf("the tombstone arrives as %v, %v", answer, err)
	}
	_, err = one.Recv()
	if status.Code(err) != codes.FailedPrecondition || one.Trailer().Get("exception")[0] != "stream-deleted" || one.Trailer().Get("stream-name")[0] != stream {
		t.Errorf("then %v, %v", err, one.Trailer())
	}
	for {
		if e := all.event(); e.StreamID == stream {
			if e.EventType != deletedType || e.EventNumber != math.MaxInt64 {
				t.Errorf("$all shows %s %d", e.EventType, e.EventNumber)
			}
			return
		}
	}
}

// TestSubscriptionResolvesLinks before caught up and after.
func TestSubscriptionResolvesLinks(t *testing.T) {
	t.Parallel()
	target := newTarget(t)
	source, links := newStream(), newStream()
	prepare(t, target.client, source, "ab")
	link := func(to string) {
		appendTo(t, target.client, links, esdb.Any{}, esdb.EventData{EventID: uuid.New(), EventType: linkType, Data: []byte(to)})
	}
	link("0@" + source)
	sub, err := target.client.SubscribeToStream(t.Context(), links, esdb.SubscribeToStreamOptions{From: esdb.Start{}, ResolveLinkTos: true})
	in := follow(t, sub, err)
	check := func(number uint64, letter string) {
		t.Helper()
		e := in.next().EventAppeared
		if e == nil || e.Link == nil || e.Link.StreamID != links || e.Link.EventNumber != number {
			t.Fatalf("want link %d, got %+v", number, e)
		}
		if letter == "" && e.Event != nil || letter != "" && (e.Event == nil || ids{source}.letter(e.Event.EventID) != letter) {
			t.Errorf("link %d leads to %+v, want %q", number, e.Event, letter)
		}
	}
	check(0, "a")
	in.untilCaughtUp()
	link("1@" + source)
	link("7@" + source)
	check(1, "b")
	check(2, "")
}

// TestIntervalBeyondAllNumbers: a product too large for a number is still large.
func TestIntervalBeyondAllNumbers(t *testing.T) {
	t.Parallel()
	f, err := parseFilter(readFrom("", filtered(&filterBy{
		Filter: typeExpression("a"), CheckpointIntervalMultiplier: math.MaxUint32,
		Window: &streamspb.ReadReq_Options_FilterOptions_Max{Max: math.MaxUint32},
	})).GetOptions())
	if err != nil || f.interval != math.MaxInt {
		t.Errorf("%d, %v", f.interval, err)
	}
}
