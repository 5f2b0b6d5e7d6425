package eventnode

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	streamspb "github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
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

func TestAppendRevivesAndKeepsOtherMetadata(t *testing.T) {
	t.Parallel()
	node := openNode(t, memConfig())
	c := connect(t, serve(t, node))
	prepare(t, c, "s", "ab")
	appendTo(t, c, "$$s", esdb.Any{}, esdb.EventData{
		EventID: uuid.New(), EventType: "$metadata", ContentType: esdb.ContentTypeJson,
		Data: []byte(`{"$tb":9223372036854775807,"owner":"x","big":12345678901234567890}`),
	})
	appendTo(t, c, "s", esdb.NoStream{}, ids{"s"}.events("c")...)
	events, err := readStream(t, c, "$$s", esdb.ReadStreamOptions{From: esdb.End{}, Direction: esdb.Backwards}, 1)
	if err != nil || len(events) != 1 {
		t.Fatal(err)
	}
	if got := string(events[0].Event.Data); got != `{"$tb":2,"big":12345678901234567890,"owner":"x"}` {
		t.Errorf("metadata %s", got)
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

// TestErrors checks status and trailers: clients decide by the trailer "exception".
func TestErrors(t *testing.T) {
	t.Parallel()
	target := newTarget(t)
	tombstoned, there := newStream(), newStream()
	prepare(t, target.client, tombstoned, "a#")
	prepare(t, target.client, there, "ab")
	foreign := "conformance-ключ-" + uuid.NewString()
	prepare(t, target.client, foreign, "a#")

	deleteAt := func(stream string, revision uint64) func() (metadata.MD, error) {
		return func() (metadata.MD, error) {
			var trailers metadata.MD
			_, err := target.raw.Delete(within(t), &streamspb.DeleteReq{Options: &streamspb.DeleteReq_Options{
				StreamIdentifier:       streamIdentifier(stream),
				ExpectedStreamRevision: &streamspb.DeleteReq_Options_Revision{Revision: revision},
			}}, grpc.Trailer(&trailers))
			return trailers, err
		}
	}
	deleteMissing := func() (metadata.MD, error) {
		var trailers metadata.MD
		_, err := target.raw.Delete(within(t), &streamspb.DeleteReq{Options: &streamspb.DeleteReq_Options{
			StreamIdentifier:       streamIdentifier(newStream()),
			ExpectedStreamRevision: &streamspb.DeleteReq_Options_StreamExists{StreamExists: empty},
		}}, grpc.Trailer(&trailers))
		return trailers, err
	}
	read := func(stream string) func() (metadata.MD, error) {
		return func() (metadata.MD, error) {
			call, err := target.raw.Read(within(t), &streamspb.ReadReq{Options: &streamspb.ReadReq_Options{
				StreamOption: &streamspb.ReadReq_Options_Stream{Stream: &streamspb.ReadReq_Options_StreamOptions{
					StreamIdentifier: streamIdentifier(stream),
					RevisionOption:   &streamspb.ReadReq_Options_StreamOptions_Start{Start: empty},
				}},
				CountOption:  &streamspb.ReadReq_Options_Count{Count: 1},
				FilterOption: &streamspb.ReadReq_Options_NoFilter{NoFilter: empty},
				UuidOption:   &streamspb.ReadReq_Options_UUIDOption{Content: &streamspb.ReadReq_Options_UUIDOption_Structured{Structured: empty}},
			}})
			if err != nil {
				return nil, err
			}
			_, err = call.Recv()
			return call.Trailer(), err
		}
	}
	appendEvent := func(event *streamspb.AppendReq) func() (metadata.MD, error) {
		return func() (metadata.MD, error) {
			call, err := target.raw.Append(within(t))
			if err != nil {
				return nil, err
			}
			_ = call.Send(&streamspb.AppendReq{Content: &streamspb.AppendReq_Options_{Options: &streamspb.AppendReq_Options{
				StreamIdentifier:       streamIdentifier(newStream()),
				ExpectedStreamRevision: &streamspb.AppendReq_Options_Any{Any: empty},
			}}})
			_ = call.Send(event) // the answer says what was wrong
			_, err = call.CloseAndRecv()
			return call.Trailer(), err
		}
	}
	big := proposed(map[string]string{keyType: "t", keyContentType: contentJSON})
	big.GetProposedMessage().Data = make([]byte, 1<<20)
	noUUID := func() (metadata.MD, error) {
		call, err := target.raw.Read(within(t), &streamspb.ReadReq{Options: &streamspb.ReadReq_Options{
			StreamOption: &streamspb.ReadReq_Options_All{All: &streamspb.ReadReq_Options_AllOptions{
				AllOption: &streamspb.ReadReq_Options_AllOptions_Start{Start: empty},
			}},
			CountOption:  &streamspb.ReadReq_Options_Count{Count: 1},
			FilterOption: &streamspb.ReadReq_Options_NoFilter{NoFilter: empty},
		}})
		if err != nil {
			return nil, err
		}
		_, err = call.Recv()
		return call.Trailer(), err
	}
	badPosition := func() (metadata.MD, error) {
		call, err := target.raw.Read(within(t), &streamspb.ReadReq{Options: &streamspb.ReadReq_Options{
			StreamOption: &streamspb.ReadReq_Options_All{All: &streamspb.ReadReq_Options_AllOptions{
				AllOption: &streamspb.ReadReq_Options_AllOptions_Position{
					Position: &streamspb.ReadReq_Options_Position{CommitPosition: 1, PreparePosition: 2},
				},
			}},
			CountOption:  &streamspb.ReadReq_Options_Count{Count: 1},
			FilterOption: &streamspb.ReadReq_Options_NoFilter{NoFilter: empty},
			UuidOption:   &streamspb.ReadReq_Options_UUIDOption{Content: &streamspb.ReadReq_Options_UUIDOption_Structured{Structured: empty}},
		}})
		if err != nil {
			return nil, err
		}
		_, err = call.Recv()
		return call.Trailer(), err
	}
	tests := []struct {
		name     string
		call     func() (metadata.MD, error)
		code     codes.Code
		trailers map[string]string
	}{
		{"read, tombstoned", read(tombstoned), codes.FailedPrecondition,
			map[string]string{"exception": "stream-deleted", "stream-name": tombstoned}},
		{"delete, tombstoned", deleteAt(tombstoned, 0), codes.FailedPrecondition, map[string]string{"exception": "stream-deleted"}},
		{"read, tombstoned, name not ASCII", read(foreign), codes.FailedPrecondition, map[string]string{"exception": "stream-deleted"}},
		{"delete, wrong version", deleteAt(there, 5), codes.FailedPrecondition, map[string]string{
			"exception": "wrong-expected-version", "stream-name": there, "expected-version": "5", "actual-version": "1"}},
		{"delete, missing", deleteMissing, codes.FailedPrecondition, map[string]string{
			"exception": "wrong-expected-version", "expected-version": "-4", "actual-version": "-1"}},
		{"append, too big", appendEvent(big), codes.InvalidArgument, map[string]string{
			"exception": "maximum-append-size-exceeded", "maximum-append-size": "1048576"}},
		{"append, no type", appendEvent(proposed(map[string]string{keyContentType: contentJSON})), codes.InvalidArgument,
			map[string]string{"exception": "missing-required-metadata-property", "required-metadata-properties": "type,content-type"}},
		{"append, no content type", appendEvent(proposed(map[string]string{keyType: "t"})), codes.InvalidArgument,
			map[string]string{"exception": "missing-required-metadata-property"}},
		{"read, no uuid option", noUUID, codes.InvalidArgument, nil},
		{"read, bad position", badPosition, codes.InvalidArgument, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			trailers, err := tt.call()
			if status.Code(err) != tt.code {
				t.Fatalf("got %v, want %v", err, tt.code)
			}
			for key, want := range tt.trailers {
				if got := trailers.Get(key); len(got) != 1 || got[0] != want {
					t.Errorf("trailer %s = %q, want %q", key, got, want)
				}
			}
		})
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
