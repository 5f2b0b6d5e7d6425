package eventnode

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/uuid"
)

// expectation is a row of the table of expected revision and idempotency. Letters
// are event ids; given is what the stream has been through, appends with exact
// revisions unless told otherwise.
type expectation struct {
	name     string
	given    string // letters are appended, ! deletes, # tombstones, m writes metadata
	expected int64
	ids      string
	want     int    // revision of the answer, wrong or deleted
	got      string // current revision a wrong version reports
	after    string // what the stream then shows
}

const (
	wrong   = -100 // wrong expected version
	deleted = -200 // stream deleted
)

func expectations() []expectation {
	const none, anyRevision, exists = expectNoStream, expectAny, expectStreamExists
	return []expectation{
		{"no stream, new", "", none, "ab", 1, "", "ab"},
		{"exact, current", "ab", 1, "c", 2, "", "abc"},
		{"exact, current, id written before", "ab", 1, "a", 2, "", "aba"},
		{"exact, ahead", "ab", 5, "c", wrong, "1", "ab"},
		{"exact, missing stream", "", 0, "a", wrong, "no_stream", ""},
		{"exact, repeated", "abc", 0, "b", 1, "", "abc"},
		{"exact, all repeated", "abcd", 0, "bcd", 3, "", "abcd"},
		{"exact, first differs", "abc", 0, "x", wrong, "2", "abc"},
		{"exact, later differs", "abcd", 0, "bx", wrong, "3", "abcd"},
		{"exact, repeated and past the end", "abc", 1, "cd", wrong, "2", "abc"},
		{"exact, behind, no events", "abc", 0, "", wrong, "2", "abc"},
		{"exact, current, no events", "abc", 2, "", 2, "", "abc"},
		{"no stream, repeated", "abc", none, "ab", 1, "", "abc"},
		{"no stream, exists", "abc", none, "x", wrong, "2", "abc"},
		{"no stream, exists, no events", "abc", none, "", wrong, "2", "abc"},
		{"no stream, later differs", "abc", none, "ax", wrong, "2", "abc"},
		{"no stream, soft deleted", "abc!", none, "xy", 4, "", "xy"},
		{"no stream, soft deleted, repeated", "abc!", none, "a", 0, "", ""},
		{"no stream, deleted and revived", "abc!d", none, "x", wrong, "3", "d"},
		{"no stream, metadata only", "m", none, "a", 0, "", "a"},
		{"no stream, same id twice", "", none, "aa", 1, "", "aa"},
		{"no stream, same id twice, repeated", "aa", none, "aa", 1, "", "aa"},
		{"exact, same id twice", "a", 0, "bb", 2, "", "abb"},
		{"exact, soft deleted", "abc!", 2, "x", 3, "", "x"},
		{"exact, soft deleted, behind", "abc!", 1, "x", wrong, "2", ""},
		{"any, new", "", anyRevision, "a", 0, "", "a"},
		{"any, no events", "ab", anyRevision, "", 1, "", "ab"},
		{"any, first unknown", "ab", anyRevision, "c", 2, "", "abc"},
		{"any, all known", "abc", anyRevision, "ab", 1, "", "abc"},
		{"any, all known, in another order", "abc", anyRevision, "ca", 0, "", "abc"},
		{"any, a later one unknown", "abc", anyRevision, "ax", wrong, "2", "abc"},
		{"any, first unknown, a later one known", "abc", anyRevision, "xa", 4, "", "abcxa"},
		{"any, same id twice", "", anyRevision, "aa", 1, "", "aa"},
		{"any, soft deleted", "abc!", anyRevision, "x", 3, "", "x"},
		{"any, soft deleted, repeated", "abc!", anyRevision, "b", 1, "", ""},
		{"exists, there", "ab", exists, "c", 2, "", "abc"},
		{"exists, repeated", "ab", exists, "a", 0, "", "ab"},
		{"exists, a later one unknown", "ab", exists, "ax", wrong, "1", "ab"},
		{"exists, missing", "", exists, "a", wrong, "no_stream", ""},
		{"exists, metadata only", "m", exists, "a", 0, "", "a"},
		{"exists, soft deleted", "ab!", exists, "x", deleted, "", ""},
		{"exact, tombstoned", "ab#", 1, "c", deleted, "", ""},
		{"exact, tombstoned, repeated", "ab#", 0, "b", deleted, "", ""},
		{"no stream, tombstoned", "#", none, "a", deleted, "", ""},
		{"any, tombstoned", "ab#", anyRevision, "c", deleted, "", ""},
		{"any, tombstoned, repeated", "ab#", anyRevision, "a", deleted, "", ""},
		{"exists, tombstoned", "ab#", exists, "c", deleted, "", ""},
		{"exists, deleted and tombstoned", "ab!#", exists, "c", deleted, "", ""},
	}
}

// writeAnswer is what a client learns from an append, however it appended.
type writeAnswer struct {
	revision int // wrong, deleted; -1 = no stream
	current  string
	position esdb.Position
}

type appender func(t *testing.T, target target, stream string, expected int64, letters string) writeAnswer

func throughClient(t *testing.T, target target, stream string, expected int64, letters string) writeAnswer {
	t.Helper()
	result, err := target.client.AppendToStream(within(t), stream,
		esdb.AppendToStreamOptions{ExpectedRevision: clientRevision(expected)}, ids{stream}.events(letters)...)
	switch {
	case codeOf(err) == esdb.ErrorCodeWrongExpectedVersion:
		_, current, _ := strings.Cut(err.Error(), "but got '")
		return writeAnswer{revision: wrong, current: strings.TrimSuffix(current, "'")}
	case codeOf(err) == esdb.ErrorCodeStreamDeleted:
		return writeAnswer{revision: deleted}
	case err != nil:
		t.Fatal(err)
	}
	return writeAnswer{
		revision: int(result.NextExpectedVersion),
		position: esdb.Position{Commit: result.CommitPosition, Prepare: result.PreparePosition},
	}
}

func clientRevision(expected int64) esdb.ExpectedRevision {
	switch expected {
	case expectNoStream:
		return esdb.NoStream{}
	case expectAny:
		return esdb.Any{}
	case expectStreamExists:
		return esdb.StreamExists{}
	}
	return esdb.Revision(uint64(expected))
}

func throughBatch(t *testing.T, target target, stream string, expected int64, letters string) writeAnswer {
	t.Helper()
	answer := appendBatch(t, target.raw, stream, expected, letters)
	if s := answer.GetSuccess(); s != nil {
		return writeAnswer{
			revision: int(s.GetCurrentRevision()),
			position: esdb.Position{Commit: s.GetPosition().GetCommitPosition(), Prepare: s.GetPosition().GetPreparePosition()},
		}
	}
	detail, err := answer.GetError().GetDetails()[0].UnmarshalNew()
	if err != nil {
		t.Fatal(err)
	}
	switch detail := detail.(type) {
	case *shared.StreamDeleted:
		return writeAnswer{revision: deleted}
	case *shared.WrongExpectedVersion:
		current := "no_stream"
		if detail.GetCurrentNoStream() == nil {
			current = strconv.FormatUint(detail.GetCurrentStreamRevision(), 10)
		}
		return writeAnswer{revision: wrong, current: current}
	}
	t.Fatalf("answered with %v", answer)
	return writeAnswer{}
}

// TestExpectedRevision runs the table through both kinds of append. After a restart
// of the node every row must come out the same.
func TestExpectedRevision(t *testing.T) {
	t.Parallel()
	for name, how := range map[string]appender{"append": throughClient, "batch": throughBatch} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			target := newTarget(t)
			for _, tt := range expectations() {
				t.Run(tt.name, func(t *testing.T) {
					t.Parallel()
					stream := newStream()
					prepare(t, target.client, stream, tt.given)
					tt.check(t, target, stream, how)
				})
			}
		})
		t.Run(name+" after a restart", func(t *testing.T) {
			t.Parallel()
			target := newTarget(t)
			if target.node == nil {
				t.Skip("the server is not this test's to restart")
			}
			streams := map[string]string{}
			for _, tt := range expectations() {
				streams[tt.name] = newStream()
				prepare(t, target.client, streams[tt.name], tt.given)
			}
			target = restart(t, target)
			for _, tt := range expectations() {
				t.Run(tt.name, func(t *testing.T) { tt.check(t, target, streams[tt.name], how) })
			}
		})
	}
}

// restart closes a target's node and opens another one on the same files.
func restart(t *testing.T, old target) target {
	t.Helper()
	if err := old.node.Close(); err != nil {
		t.Fatal(err)
	}
	node := openNode(t, old.node.cfg)
	socket := serve(t, node)
	return target{client: connect(t, socket), raw: rawClient(t, "unix://"+socket), node: node}
}

func (tt expectation) check(t *testing.T, target target, stream string, how appender) {
	t.Helper()
	got := how(t, target, stream, tt.expected, tt.ids)
	if got.revision != tt.want || got.current != tt.got {
		t.Fatalf("answered %+v, want %d %s", got, tt.want, tt.got)
	}
	if tt.want == deleted {
		return
	}
	events, err := readStream(t, target.client, stream, esdb.ReadStreamOptions{}, 100)
	if err != nil && codeOf(err) != esdb.ErrorCodeResourceNotFound {
		t.Fatal(err)
	}
	if shown := (ids{stream}).letters(events); shown != tt.after {
		t.Errorf("the stream shows %q, want %q", shown, tt.after)
	}
	for _, e := range events {
		if own := e.OriginalEvent(); tt.ids != "" && own.EventNumber == uint64(got.revision) && own.Position != got.position {
			t.Errorf("answered position %v, the event is at %v", got.position, own.Position)
		}
	}
}

// TestRepeatedAppend: a repeated write is answered as the first one was, position
// included, by whatever rule it is repeated, also after a restart.
func TestRepeatedAppend(t *testing.T) {
	t.Parallel()
	target := newTarget(t)
	source := newStream()
	for _, stream := range []string{source, "$$" + source, "conformance-Поток-" + uuid.NewString()} {
		first := throughClient(t, target, stream, expectNoStream, "abc")
		throughClient(t, target, stream, 2, "d")
		check := func(when string) {
			t.Helper()
			for _, expected := range []int64{expectNoStream, expectAny, expectStreamExists} {
				for _, how := range []appender{throughClient, throughBatch} {
					if again := how(t, target, stream, expected, "abc"); again != first {
						t.Errorf("%s, %s, expected %d: answered %+v, first %+v", stream, when, expected, again, first)
					}
				}
			}
		}
		check("at once")
		if target.node != nil {
			target = restart(t, target)
			check("after a restart")
		}
		if next := throughClient(t, target, stream, 3, "e"); next.revision != 4 || next.position.Commit <= first.position.Commit {
			t.Errorf("%s: the next append answers %+v, the first %+v", stream, next, first)
		}
	}
}

// TestSameIDInTwoStreams: ids are known by stream.
func TestSameIDInTwoStreams(t *testing.T) {
	t.Parallel()
	target := newTarget(t)
	if target.node == nil {
		t.Skip("EventStoreDB knows ids without their streams")
	}
	names := ids{newStream()}
	check := func() {
		t.Helper()
		for _, stream := range []string{newStream(), newStream()} {
			appendTo(t, target.client, stream, esdb.Any{}, names.events("a")...)
			events, err := readStream(t, target.client, stream, esdb.ReadStreamOptions{}, 10)
			if err != nil || names.letters(events) != "a" {
				t.Errorf("%q, %v", names.letters(events), err)
			}
		}
	}
	check()
	target = restart(t, target)
	check()
}

// TestRevival: what an append brings back, and that the other keys of the metadata
// stay.
func TestRevival(t *testing.T) {
	t.Parallel()
	const metadata = `{"$maxCount":7,"$tb":9223372036854775807,"owner":"x","big":12345678901234567890}`
	write := func(expected int64, how appender) func(*testing.T, target, string) {
		return func(t *testing.T, target target, stream string) {
			t.Helper()
			how(t, target, stream, expected, "xy")
		}
	}
	tests := []struct {
		name   string
		given  string
		delete bool // by DeleteStream, else by writing $tb
		revive func(*testing.T, target, string)
		after  string
		want   map[string]string // keys of the metadata then
	}{
		{"no stream", "abc", false, write(expectNoStream, throughClient), "xy",
			map[string]string{"$tb": "3", "$maxCount": "7", "owner": `"x"`, "big": "12345678901234567890"}},
		{"exact", "abc", false, write(2, throughClient), "xy", map[string]string{"$tb": "3", "owner": `"x"`}},
		{"any", "abc", false, write(expectAny, throughClient), "xy", map[string]string{"$tb": "3", "owner": `"x"`}},
		{"batch", "abc", false, write(expectNoStream, throughBatch), "xy",
			map[string]string{"$tb": "3", "owner": `"x"`}},
		{"deleted by the client", "abc", true, write(expectNoStream, throughClient), "xy", map[string]string{"$tb": "3", "owner": ""}},
		{"never had events", "", false, write(expectNoStream, throughClient), "xy", map[string]string{"$tb": "0", "owner": `"x"`}},
		{"metadata", "abc", false, func(t *testing.T, target target, stream string) {
			t.Helper()
			appendTo(t, target.client, "$$"+stream, esdb.Any{}, metadataEvent(`{"owner":"y"}`))
		}, "", map[string]string{"$tb": "3", "owner": `"y"`, "$maxCount": ""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			target, stream := newTarget(t), newStream()
			prepare(t, target.client, stream, tt.given)
			if tt.delete {
				prepare(t, target.client, stream, "!")
			} else {
				appendTo(t, target.client, "$$"+stream, esdb.Any{}, metadataEvent(metadata))
			}
			if _, err := readStream(t, target.client, stream, esdb.ReadStreamOptions{}, 1); codeOf(err) != esdb.ErrorCodeResourceNotFound {
				t.Fatalf("deleted, it reads as %v", err)
			}
			if target.node != nil {
				target = restart(t, target)
			}
			tt.revive(t, target, stream)
			events, err := readStream(t, target.client, stream, esdb.ReadStreamOptions{}, 100)
			if err != nil || (ids{stream}).letters(events) != tt.after {
				t.Errorf("it shows %q, %v", ids{stream}.letters(events), err)
			}
			if tt.after != "" && events[0].Event.EventNumber != uint64(len(tt.given)) {
				t.Errorf("numbers go on at %d", events[0].Event.EventNumber)
			}
			meta, err := readStream(t, target.client, "$$"+stream, esdb.ReadStreamOptions{}, 10)
			if err != nil || len(meta) != 1 {
				t.Fatalf("%d metadata events are shown, %v", len(meta), err)
			}
			var keys map[string]json.RawMessage
			if err := json.Unmarshal(meta[0].Event.Data, &keys); err != nil {
				t.Fatal(err)
			}
			for key, want := range tt.want {
				if string(keys[key]) != want {
					t.Errorf("%s = %s, want %s", key, keys[key], want)
				}
			}
		})
	}
}

func metadataEvent(data string) esdb.EventData {
	return esdb.EventData{EventID: uuid.New(), EventType: metadataType, ContentType: esdb.ContentTypeJson, Data: []byte(data)}
}

// TestEventsReadBackAsWritten goes through names, contents and kinds of content.
func TestEventsReadBackAsWritten(t *testing.T) {
	t.Parallel()
	target := newTarget(t)
	event := func(eventType string, contentType esdb.ContentType, data, metadata []byte) esdb.EventData {
		return esdb.EventData{EventID: uuid.New(), EventType: eventType, ContentType: contentType, Data: data, Metadata: metadata}
	}
	events := []esdb.EventData{
		event("json", esdb.ContentTypeJson, []byte(`{"a":1}`), []byte(`{"b":2}`)),
		event("двоичное", esdb.ContentTypeBinary, []byte{0, 1, 255}, []byte{254, 0}),
		event("empty", esdb.ContentTypeBinary, nil, nil),
		event("empty json", esdb.ContentTypeJson, nil, nil),
		event("not json at all", esdb.ContentTypeJson, []byte("{"), nil),
		event("line\nbreak \x00 🪵", esdb.ContentTypeJson, []byte(`"Ключ — 鍵"`), nil),
		event(strings.Repeat("т", 1000), esdb.ContentTypeBinary, []byte("x"), nil),
		event("large", esdb.ContentTypeBinary, bytes.Repeat([]byte{7}, 500_000), bytes.Repeat([]byte{8}, 500_000)),
	}
	for _, prefix := range []string{"conformance-", "conformance-Поток ", "conformance-a@b/?#%-\"quoted\" \n🪵-", "$conformance-"} {
		stream := prefix + uuid.NewString()
		for i, e := range events { // one by one: together they are too big
			appendTo(t, target.client, stream, clientRevision(int64(i)-1), e)
		}
		read, err := readStream(t, target.client, stream, esdb.ReadStreamOptions{}, 100)
		if err != nil || len(read) != len(events) {
			t.Fatalf("%q: %d events, %v", stream, len(read), err)
		}
		for i, want := range events {
			got := read[i].Event
			contentType := contentBinary
			if want.ContentType == esdb.ContentTypeJson {
				contentType = contentJSON
			}
			if got.EventID != want.EventID || got.EventType != want.EventType || got.StreamID != stream ||
				got.EventNumber != uint64(i) || got.ContentType != contentType || got.CreatedDate.IsZero() ||
				!bytes.Equal(got.Data, want.Data) || !bytes.Equal(got.UserMetadata, want.Metadata) {
				t.Errorf("%q: event %d reads back differently: %s %s", stream, i, got.EventType, got.ContentType)
			}
		}
	}
}

// TestWindowIsRebuiltWhole: after a start as many ids are known as before.
func TestWindowIsRebuiltWhole(t *testing.T) {
	t.Parallel()
	cfg := memConfig()
	cfg.FS = vfs.NewMem()
	cfg.windowSize = 1000
	node := openNode(t, cfg)
	const n = 1500
	written := make([]uuid.UUID, n)
	for i := 0; i < n; i += 100 {
		r := &writeRequest{stream: fmt.Sprintf("s-%d", i/100%7), expected: expectAny}
		for k := range 100 {
			written[i+k] = uuid.New()
			r.events = append(r.events, proposedEvent{id: written[i+k], eventType: "t"})
		}
		if _, err := node.core().writer.submit(within(t), r); err != nil {
			t.Fatal(err)
		}
	}
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	before := node.core().writer.window
	node = openNode(t, cfg)
	if err := node.Close(); err != nil { // the window is the writer's alone while it runs
		t.Fatal(err)
	}
	after := node.core().writer.window
	if len(before.entries) != 1000 || len(after.entries) != 1000 {
		t.Errorf("%d ids were known, now %d", len(before.entries), len(after.entries))
	}
	for i, id := range written {
		stream := fmt.Sprintf("s-%d", i/100%7)
		was, wasKnown := before.find(stream, id)
		is, isKnown := after.find(stream, id)
		if was != is || wasKnown != isKnown || isKnown != (i >= n-1000) {
			t.Fatalf("event %d: %v %v before, %v %v after", i, was, wasKnown, is, isKnown)
		}
	}
}
