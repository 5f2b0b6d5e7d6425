package eventnode

import (
	"bytes"
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

// TestExpectedRevision is the table of expected revision and idempotency. Letters
// are event ids; "given" is what the stream has been through, appends with exact
// revisions unless told otherwise.
func TestExpectedRevision(t *testing.T) {
	t.Parallel()
	c := newTarget(t).client
	const (
		wrong   = -100 // wrong expected version
		deleted = -200 // stream deleted
	)
	at := func(n uint64) esdb.ExpectedRevision { return esdb.Revision(n) }
	none, anyRevision, exists := esdb.NoStream{}, esdb.Any{}, esdb.StreamExists{}
	tests := []struct {
		name     string
		given    string // letters are appended, ! deletes, # tombstones, m writes metadata
		expected esdb.ExpectedRevision
		ids      string
		want     int    // revision of the answer, wrong or deleted
		got      string // current revision a wrong version reports
		after    string // what the stream then shows
	}{
		{"no stream, new", "", none, "ab", 1, "", "ab"},
		{"exact, current", "ab", at(1), "c", 2, "", "abc"},
		{"exact, current, id written before", "ab", at(1), "a", 2, "", "aba"},
		{"exact, ahead", "ab", at(5), "c", wrong, "1", "ab"},
		{"exact, missing stream", "", at(0), "a", wrong, "no_stream", ""},
		{"exact, repeated", "abc", at(0), "b", 1, "", "abc"},
		{"exact, all repeated", "abcd", at(0), "bcd", 3, "", "abcd"},
		{"exact, first differs", "abc", at(0), "x", wrong, "2", "abc"},
		{"exact, later differs", "abcd", at(0), "bx", wrong, "3", "abcd"},
		{"exact, repeated and past the end", "abc", at(1), "cd", wrong, "2", "abc"},
		{"exact, behind, no events", "abc", at(0), "", wrong, "2", "abc"},
		{"exact, current, no events", "abc", at(2), "", 2, "", "abc"},
		{"no stream, repeated", "abc", none, "ab", 1, "", "abc"},
		{"no stream, exists", "abc", none, "x", wrong, "2", "abc"},
		{"no stream, exists, no events", "abc", none, "", wrong, "2", "abc"},
		{"no stream, soft deleted", "abc!", none, "xy", 4, "", "xy"},
		{"no stream, soft deleted, repeated", "abc!", none, "a", 0, "", ""},
		{"exact, soft deleted", "abc!", at(2), "x", 3, "", "x"},
		{"any, new", "", anyRevision, "a", 0, "", "a"},
		{"any, first unknown", "ab", anyRevision, "c", 2, "", "abc"},
		{"any, all known", "abc", anyRevision, "ab", 1, "", "abc"},
		{"any, a later one unknown", "abc", anyRevision, "ax", wrong, "2", "abc"},
		{"any, first unknown, a later one known", "abc", anyRevision, "xa", 4, "", "abcxa"},
		{"any, soft deleted", "abc!", anyRevision, "x", 3, "", "x"},
		{"exists, there", "ab", exists, "c", 2, "", "abc"},
		{"exists, repeated", "ab", exists, "a", 0, "", "ab"},
		{"exists, missing", "", exists, "a", wrong, "no_stream", ""},
		{"exists, metadata only", "m", exists, "a", 0, "", "a"},
		{"exists, soft deleted", "ab!", exists, "x", deleted, "", ""},
		{"exact, tombstoned", "ab#", at(1), "c", deleted, "", ""},
		{"no stream, tombstoned", "#", none, "a", deleted, "", ""},
		{"any, tombstoned", "ab#", anyRevision, "c", deleted, "", ""},
		{"any, tombstoned, repeated", "ab#", anyRevision, "a", deleted, "", ""},
		{"exists, tombstoned", "ab#", exists, "c", deleted, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			stream := newStream()
			names := ids{stream}
			prepare(t, c, stream, tt.given)
			result, err := c.AppendToStream(within(t), stream,
				esdb.AppendToStreamOptions{ExpectedRevision: tt.expected}, names.events(tt.ids)...)
			switch tt.want {
			case wrong:
				if codeOf(err) != esdb.ErrorCodeWrongExpectedVersion || !strings.HasSuffix(err.Error(), "but got '"+tt.got+"'") {
					t.Fatalf("want wrong expected version at %s, got %v, %v", tt.got, result, err)
				}
			case deleted:
				if codeOf(err) != esdb.ErrorCodeStreamDeleted {
					t.Fatalf("want stream deleted, got %v, %v", result, err)
				}
				return
			default:
				if err != nil || result.NextExpectedVersion != uint64(tt.want) {
					t.Fatalf("want revision %d, got %+v, %v", tt.want, result, err)
				}
			}
			events, err := readStream(t, c, stream, esdb.ReadStreamOptions{}, 100)
			if err != nil && codeOf(err) != esdb.ErrorCodeResourceNotFound {
				t.Fatal(err)
			}
			if got := names.letters(events); got != tt.after {
				t.Errorf("the stream shows %q, want %q", got, tt.after)
			}
			if tt.want >= 0 && tt.ids != "" {
				checkPosition(t, c, stream, result)
			}
		})
	}
}

// checkPosition compares the position an append answered with that of the event it
// names, unless that one is hidden.
func checkPosition(t *testing.T, c *esdb.Client, stream string, result *esdb.WriteResult) {
	t.Helper()
	events, err := readStream(t, c, stream,
		esdb.ReadStreamOptions{From: esdb.Revision(result.NextExpectedVersion)}, 1)
	if err != nil || len(events) == 0 {
		return
	}
	if at := events[0].OriginalEvent().Position; at.Commit != result.CommitPosition || at.Prepare != result.PreparePosition {
		t.Errorf("answered position %d/%d, the event is at %v", result.CommitPosition, result.PreparePosition, at)
	}
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

func TestRepeatedAppendAfterRestart(t *testing.T) {
	t.Parallel()
	cfg := memConfig()
	stream := newStream()
	names := ids{stream}
	node := openNode(t, cfg)
	first := appendTo(t, connect(t, serve(t, node)), stream, esdb.NoStream{}, names.events("abc")...)
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}

	c := connect(t, serve(t, openNode(t, cfg)))
	for _, expected := range []esdb.ExpectedRevision{esdb.NoStream{}, esdb.Any{}, esdb.StreamExists{}} {
		again := appendTo(t, c, stream, expected, names.events("abc")...)
		if *again != *first {
			t.Errorf("%T: answered %+v, first %+v", expected, again, first)
		}
	}
	next := appendTo(t, c, stream, esdb.Revision(2), names.events("d")...)
	if next.NextExpectedVersion != 3 || next.CommitPosition <= first.CommitPosition {
		t.Errorf("after a restart: %+v behind %+v", next, first)
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

func TestEventsReadBackAsWritten(t *testing.T) {
	t.Parallel()
	c := newTarget(t).client
	stream := "conformance-Поток " + uuid.NewString()
	events := []esdb.EventData{
		{EventID: uuid.New(), EventType: "json", ContentType: esdb.ContentTypeJson, Data: []byte(`{"a":1}`), Metadata: []byte(`{"b":2}`)},
		{EventID: uuid.New(), EventType: "двоичное", ContentType: esdb.ContentTypeBinary, Data: []byte{0, 1, 255}},
		{EventID: uuid.New(), EventType: "empty", ContentType: esdb.ContentTypeBinary},
		{EventID: uuid.New(), EventType: "large", ContentType: esdb.ContentTypeBinary, Data: bytes.Repeat([]byte{7}, 500_000)},
	}
	appendTo(t, c, stream, esdb.NoStream{}, events...)
	read, err := readStream(t, c, stream, esdb.ReadStreamOptions{}, 10)
	if err != nil || len(read) != len(events) {
		t.Fatalf("%d events, %v", len(read), err)
	}
	for i, want := range events {
		got := read[i].Event
		contentType := "application/octet-stream"
		if want.ContentType == esdb.ContentTypeJson {
			contentType = "application/json"
		}
		if got.EventID != want.EventID || got.EventType != want.EventType || got.StreamID != stream ||
			got.EventNumber != uint64(i) || got.ContentType != contentType ||
			!bytes.Equal(got.Data, want.Data) || !bytes.Equal(got.UserMetadata, want.Metadata) {
			t.Errorf("event %d reads back differently: %s %s %s", i, got.EventType, got.ContentType, got.StreamID)
		}
	}
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

func proposed(metadata map[string]string) *streamspb.AppendReq {
	return &streamspb.AppendReq{Content: &streamspb.AppendReq_ProposedMessage_{
		ProposedMessage: &streamspb.AppendReq_ProposedMessage{Id: stringUUID(uuid.New()), Metadata: metadata},
	}}
}
