package eventnode

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	streamspb "github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
)

func isEOF(err error) bool { return errors.Is(err, io.EOF) }

// codeOf finds the client's error in a chain; its own FromError does not unwrap.
func codeOf(err error) esdb.ErrorCode {
	if e, ok := errors.AsType[*esdb.Error](err); ok {
		return e.Code()
	}
	return -1
}

// prepare brings a stream into the state that a row of the table begins with.
func prepare(t *testing.T, c *esdb.Client, stream, given string) {
	t.Helper()
	next := esdb.ExpectedRevision(esdb.NoStream{})
	for i, step := range given {
		switch step {
		case '!':
			if _, err := c.DeleteStream(within(t), stream, esdb.DeleteStreamOptions{ExpectedRevision: esdb.Any{}}); err != nil {
				t.Fatal(err)
			}
		case '#':
			if _, err := c.TombstoneStream(within(t), stream, esdb.TombstoneStreamOptions{ExpectedRevision: esdb.Any{}}); err != nil {
				t.Fatal(err)
			}
		case 'm':
			setMetadata(t, c, stream, func(m *esdb.StreamMetadata) { m.AddCustomProperty("owner", "test") })
		default:
			appendTo(t, c, stream, next, ids{stream}.events(string(step))...)
			next = esdb.Revision(uint64(i))
		}
	}
}

func setMetadata(t *testing.T, c *esdb.Client, stream string, set func(*esdb.StreamMetadata)) {
	t.Helper()
	var metadata esdb.StreamMetadata
	set(&metadata)
	if _, err := c.SetStreamMetadata(within(t), stream,
		esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, metadata); err != nil {
		t.Fatal(err)
	}
}

// TestEvictedStreams appends to more streams than the writer keeps in memory.
func TestEvictedStreams(t *testing.T) {
	t.Parallel()
	cfg := memConfig()
	cfg.stateLimit = 3
	node := openNode(t, cfg)
	for revision := range int64(4) {
		for i := range 10 {
			r := write(t, node, fmt.Sprintf("s-%d", i), revision-1, uuid.New())
			if r.outcome != written || r.revision != revision {
				t.Fatalf("stream %d: %+v, want revision %d", i, r, revision)
			}
		}
	}
	if err := node.Close(); err != nil { // the cache is the writer's alone while it runs
		t.Fatal(err)
	}
	if got := node.core().writer.states.recency.Len(); got > 3 {
		t.Errorf("%d states are kept", got)
	}
}

// TestWindowIsBounded checks that "any" forgets old ids, and only those.
func TestWindowIsBounded(t *testing.T) {
	t.Parallel()
	w := newIDWindow(3)
	key := func(n byte) windowKey { return w.key("s", uuid.UUID{n}) }
	for i, n := range []byte{1, 2, 1, 3} {
		w.add(key(n), windowEntry{int64(i), uint64(i + 1)})
	}
	if e, ok := w.find("s", uuid.UUID{1}); !ok || e.revision != 2 {
		t.Errorf("the newer of two equal ids is gone: %+v, %v", e, ok)
	}
	w.add(key(4), windowEntry{4, 5})
	if _, ok := w.find("s", uuid.UUID{2}); ok {
		t.Error("the oldest id is still known")
	}
	if len(w.entries) != 3 {
		t.Errorf("%d entries", len(w.entries))
	}
}

// write appends one event past gRPC.
func write(tb testing.TB, node *Node, stream string, expected int64, id uuid.UUID) writeResult {
	tb.Helper()
	result, err := node.core().writer.submit(within(tb), &writeRequest{
		stream: stream, expected: expected, events: []proposedEvent{{id: id, eventType: "test", data: []byte("data")}},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return result
}

func TestAppendLimits(t *testing.T) {
	t.Parallel()
	c := newTarget(t).client
	stream := newStream()
	event := func(size int) esdb.EventData {
		return esdb.EventData{EventID: uuid.New(), EventType: "12345678", Data: make([]byte, size-8)}
	}
	const limit = 1 << 20
	appendTo(t, c, stream, esdb.NoStream{}, event(limit/2), event(limit/2))
	_, err := c.AppendToStream(within(t), stream, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Revision(1)},
		event(limit/2), event(limit/2+1))
	if err == nil || !strings.Contains(err.Error(), "Append Size") {
		t.Errorf("one byte too many: %v", err)
	}
	appendTo(t, c, stream, esdb.Revision(1), event(8))
}

// TestWrongVersionFields reads the answer itself: old clients look at other fields.
func TestWrongVersionFields(t *testing.T) {
	t.Parallel()
	raw := newTarget(t).raw
	send := func(options *streamspb.AppendReq_Options) *streamspb.AppendResp_WrongExpectedVersion {
		t.Helper()
		options.StreamIdentifier = streamIdentifier(newStream())
		call, err := raw.Append(within(t))
		if err != nil {
			t.Fatal(err)
		}
		if err := call.Send(&streamspb.AppendReq{Content: &streamspb.AppendReq_Options_{Options: options}}); err != nil {
			t.Fatal(err)
		}
		if err := call.Send(proposed(map[string]string{keyType: "t", keyContentType: contentJSON})); err != nil {
			t.Fatal(err)
		}
		answer, err := call.CloseAndRecv()
		if err != nil {
			t.Fatal(err)
		}
		return answer.GetWrongExpectedVersion()
	}
	w := send(&streamspb.AppendReq_Options{ExpectedStreamRevision: &streamspb.AppendReq_Options_Revision{Revision: 4}})
	if w.GetExpectedRevision() != 4 || w.GetExpectedRevision_20_6_0() != 4 ||
		w.GetCurrentNoStream() == nil || w.GetNoStream_20_6_0() == nil {
		t.Errorf("exact revision: %v", w)
	}
	w = send(&streamspb.AppendReq_Options{ExpectedStreamRevision: &streamspb.AppendReq_Options_StreamExists{StreamExists: empty}})
	if w.GetExpectedStreamExists() == nil || w.GetStreamExists_20_6_0() == nil {
		t.Errorf("stream exists: %v", w)
	}
	w = appendWrongVersion(expectNoStream, 7).GetWrongExpectedVersion()
	if w.GetExpectedNoStream() == nil || w.GetExpectedRevision_20_6_0() != math.MaxUint64 ||
		w.GetCurrentRevision() != 7 || w.GetCurrentRevision_20_6_0() != 7 {
		t.Errorf("no stream: %v", w)
	}
}

func appendOptions(stream string) *streamspb.AppendReq {
	return &streamspb.AppendReq{Content: &streamspb.AppendReq_Options_{Options: &streamspb.AppendReq_Options{
		StreamIdentifier:       streamIdentifier(stream),
		ExpectedStreamRevision: &streamspb.AppendReq_Options_Any{Any: empty},
	}}}
}

func proposed(metadata map[string]string) *streamspb.AppendReq {
	return &streamspb.AppendReq{Content: &streamspb.AppendReq_ProposedMessage_{
		ProposedMessage: &streamspb.AppendReq_ProposedMessage{Id: stringUUID(uuid.New()), Metadata: metadata},
	}}
}
