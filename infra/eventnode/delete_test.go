package eventnode

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	streamspb "github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func TestSoftDelete(t *testing.T) {
	t.Parallel()
	c := newTarget(t).client
	stream := newStream()
	names := ids{stream}
	prepare(t, c, stream, "abc")
	setMetadata(t, c, stream, func(m *esdb.StreamMetadata) { m.SetMaxCount(10) })

	result, err := c.DeleteStream(within(t), stream, esdb.DeleteStreamOptions{ExpectedRevision: esdb.Revision(2)})
	if err != nil {
		t.Fatal(err)
	}
	meta := readAll(t, c, esdb.ReadAllOptions{From: result.Position}, 1)[0].Event
	if meta.StreamID != "$$"+stream || meta.EventType != "$metadata" || tb(t, meta.Data) != "9223372036854775807" {
		t.Errorf("the delete is recorded as %s in %s: %s", meta.EventType, meta.StreamID, meta.Data)
	}
	if _, err := readStream(t, c, stream, esdb.ReadStreamOptions{}, 1); codeOf(err) != esdb.ErrorCodeResourceNotFound {
		t.Fatalf("a deleted stream reads as %v", err)
	}

	setMetadata(t, c, stream, func(m *esdb.StreamMetadata) { m.SetMaxCount(7) })
	if events, err := readStream(t, c, stream, esdb.ReadStreamOptions{}, 10); err != nil || len(events) != 0 {
		t.Errorf("after new metadata: %d events, %v", len(events), err)
	}
	appendTo(t, c, stream, esdb.Revision(2), names.events("d")...)
	events, err := readStream(t, c, stream, esdb.ReadStreamOptions{}, 10)
	if err != nil || names.letters(events) != "d" || events[0].Event.EventNumber != 3 {
		t.Errorf("the revived stream shows %q, %v", names.letters(events), err)
	}
	m, err := c.GetStreamMetadata(within(t), stream, esdb.ReadStreamOptions{})
	if err != nil || m.MaxCount() == nil || *m.MaxCount() != 7 || m.TruncateBefore() == nil || *m.TruncateBefore() != 3 {
		t.Errorf("metadata of the revived stream: %+v, %v", m, err)
	}
}

func tb(t *testing.T, data []byte) string {
	t.Helper()
	var m struct {
		TruncateBefore json.Number `json:"$tb"`
	}
	if err := json.Unmarshal(data, &m); err != nil {
		t.Error(err)
	}
	return m.TruncateBefore.String()
}

func TestTombstone(t *testing.T) {
	t.Parallel()
	c := newTarget(t).client
	for _, given := range []string{"abc", "abc!", ""} {
		stream := newStream()
		prepare(t, c, stream, given)
		result, err := c.TombstoneStream(within(t), stream, esdb.TombstoneStreamOptions{ExpectedRevision: esdb.Any{}})
		if err != nil {
			t.Fatalf("given %q: %v", given, err)
		}
		event := readAll(t, c, esdb.ReadAllOptions{From: result.Position}, 1)[0].Event
		if event.StreamID != stream || event.EventType != "$streamDeleted" || event.EventNumber != 1<<63-1 {
			t.Errorf("the tombstone is %s %d in %s", event.EventType, event.EventNumber, event.StreamID)
		}
		for _, name := range []string{stream, "$$" + stream} {
			if _, err := readStream(t, c, name, esdb.ReadStreamOptions{}, 1); codeOf(err) != esdb.ErrorCodeStreamDeleted {
				t.Errorf("given %q: %s reads as %v", given, name, err)
			}
			_, err = c.AppendToStream(within(t), name, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, manyEvents(1)...)
			if codeOf(err) != esdb.ErrorCodeStreamDeleted {
				t.Errorf("given %q: append to %s: %v", given, name, err)
			}
		}
		_, err = c.DeleteStream(within(t), stream, esdb.DeleteStreamOptions{ExpectedRevision: esdb.Any{}})
		if codeOf(err) != esdb.ErrorCodeStreamDeleted {
			t.Errorf("given %q: delete after the tombstone: %v", given, err)
		}
	}
}

func TestTombstoneSurvivesRestart(t *testing.T) {
	t.Parallel()
	cfg := memConfig()
	node := openNode(t, cfg)
	prepare(t, connect(t, serve(t, node)), "s", "abc#")
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	c := connect(t, serve(t, openNode(t, cfg)))
	if _, err := c.AppendToStream(within(t), "s", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Revision(2)}, manyEvents(1)...); codeOf(err) != esdb.ErrorCodeStreamDeleted {
		t.Errorf("append after a restart: %v", err)
	}
}

func TestEventTooBig(t *testing.T) {
	t.Parallel()
	cfg := memConfig()
	cfg.MaxEventSize = 100
	node := openNode(t, cfg)
	raw := rawClient(t, "unix://"+serve(t, node))
	call, err := raw.Append(within(t))
	if err != nil {
		t.Fatal(err)
	}
	event := proposed(map[string]string{keyType: "t", keyContentType: contentJSON})
	event.GetProposedMessage().Data = make([]byte, 100)
	_ = call.Send(&streamspb.AppendReq{Content: &streamspb.AppendReq_Options_{Options: &streamspb.AppendReq_Options{
		StreamIdentifier:       streamIdentifier("s"),
		ExpectedStreamRevision: &streamspb.AppendReq_Options_Any{Any: empty},
	}}})
	_ = call.Send(event)
	_, err = call.CloseAndRecv()
	want := map[string]string{
		"exception": "maximum-append-event-size-exceeded", "maximum-append-event-size": "100",
		"proposed-append-event-size": "101", "event-id": event.GetProposedMessage().GetId().GetString_(),
	}
	for key, value := range want {
		if got := call.Trailer().Get(key); status.Code(err) != codes.InvalidArgument || fmt.Sprint(got) != fmt.Sprint([]string{value}) {
			t.Errorf("%v, trailer %s = %q, want %q", err, key, got, value)
		}
	}
}

func TestInvalidStreams(t *testing.T) {
	t.Parallel()
	c := connect(t, serve(t, openNode(t, memConfig())))
	for _, stream := range []string{"", "$all", "$$", "$$$$s", "\xff"} {
		if _, err := c.AppendToStream(within(t), stream, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, manyEvents(1)...); err == nil {
			t.Errorf("append to %q succeeded", stream)
		}
	}
}

func TestParseMetadata(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		data string
		want streamMetadata
	}{
		{`{}`, streamMetadata{}},
		{`not json`, streamMetadata{}},
		{`[]`, streamMetadata{}},
		{`{"$maxCount":3,"$tb":4}`, streamMetadata{maxCount: 3, truncateBefore: 4}},
		{`{"$maxAge":60}`, streamMetadata{maxAge: 60e9}},
		{`{"$maxAge":9223372036854775807}`, streamMetadata{maxAge: 9223372036e9}},
		{`{"$maxCount":-3}`, streamMetadata{}},
	} {
		if got := parseMetadata([]byte(tt.data)); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.data, got, tt.want)
		}
	}
}
