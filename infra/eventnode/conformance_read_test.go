package eventnode

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	streamspb "github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
)

func readRaw(t *testing.T, raw streamspb.StreamsClient, request *streamspb.ReadReq) (answers []*streamspb.ReadResp) {
	t.Helper()
	call, err := raw.Read(within(t), request)
	if err != nil {
		t.Fatal(err)
	}
	for {
		answer, err := call.Recv()
		if isEOF(err) {
			return answers
		}
		if err != nil {
			t.Fatal(err)
		}
		answers = append(answers, answer)
	}
}

// TestPositionMessages: only clients that say so get them; the Go client would
// panic. e is an event, f4 the first position 4, l9 the last position 9.
func TestPositionMessages(t *testing.T) {
	t.Parallel()
	target := newTarget(t)
	whole, truncated, hidden := newStream(), newStream(), newStream()
	for stream, before := range map[string]uint64{whole: 0, truncated: 50, hidden: 90} {
		appendTo(t, target.client, stream, esdb.NoStream{}, manyEvents(60)...)
		if before > 0 {
			setMetadata(t, target.client, stream, func(m *esdb.StreamMetadata) { m.SetTruncateBefore(before) })
		}
	}
	events := func(n int) string { return strings.Repeat("e", n) }
	tests := []struct {
		name   string
		stream string
		from   uint64
		count  uint64
		back   bool
		old    bool // the client knows nothing of these messages
		want   string
	}{
		{"whole", whole, 0, 100, false, false, events(60) + " l59"},
		{"an older client", whole, 0, 100, false, true, events(60)},
		{"a part", whole, 10, 5, false, false, events(5) + " l59"},
		{"from the end", whole, 60, 10, false, false, " l59"},
		{"behind the end", whole, 70, 10, false, false, "f60 l59"},
		{"behind the end, an older client", whole, 70, 10, false, true, ""},
		{"backwards", whole, math.MaxUint64, 10, true, false, events(10) + " l59"},
		{"backwards from behind the end", whole, 70, 2, true, false, events(2) + " l59"},
		{"truncated, the first page is empty", truncated, 0, 10, false, false, "f50" + events(10) + " l59"},
		{"truncated, of a larger first page", truncated, 0, 100, false, false, "f50" + events(10) + " l59"},
		{"truncated, the first page reaches it", truncated, 40, 20, false, false, events(10) + " l59"},
		{"truncated, read behind it", truncated, 55, 20, false, false, events(5) + " l59"},
		{"truncated, backwards", truncated, math.MaxUint64, 20, true, false, events(10) + " l59"},
		{"all truncated", hidden, 0, 10, false, false, "f90 l59"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := ""
			for _, answer := range readRaw(t, target.raw, readFrom(tt.stream, func(o *readOptions) {
				o.CountOption = &streamspb.ReadReq_Options_Count{Count: tt.count}
				o.GetStream().RevisionOption = &streamspb.ReadReq_Options_StreamOptions_Revision{Revision: tt.from}
				o.UuidOption.Content = &streamspb.ReadReq_Options_UUIDOption_String_{String_: empty}
				if tt.back {
					o.ReadDirection = streamspb.ReadReq_Options_Backwards
				}
				if !tt.old {
					o.ControlOption = &streamspb.ReadReq_Options_ControlOption{Compatibility: 1}
				}
			})) {
				switch v := answer.Content.(type) {
				case *streamspb.ReadResp_Event:
					if _, err := uuid.Parse(v.Event.GetEvent().GetId().GetString_()); err != nil {
						t.Errorf("asked for ids as strings: %v", v.Event.GetEvent().GetId())
					}
					got += "e"
				case *streamspb.ReadResp_FirstStreamPosition:
					got += fmt.Sprintf("f%d", v.FirstStreamPosition)
				case *streamspb.ReadResp_LastStreamPosition:
					got += fmt.Sprintf(" l%d", v.LastStreamPosition)
				default:
					t.Errorf("unexpected %v", answer)
				}
			}
			if target.node == nil && tt.stream == hidden {
				return // EventStoreDB says it twice
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	// Of $all there are none: EventStoreDB has a message for it that it never sends.
	for _, answer := range readRaw(t, target.raw, readFrom("", func(o *readOptions) {
		o.ControlOption = &streamspb.ReadReq_Options_ControlOption{Compatibility: 1}
	})) {
		if answer.GetEvent() == nil {
			t.Errorf("a read of $all answers %v", answer)
		}
	}
}

// TestReadAllFiltered: reads of $all take filters too, and count what matches.
func TestReadAllFiltered(t *testing.T) {
	t.Parallel()
	target := newTarget(t)
	tag := uuid.NewString()
	wanted, other := "wanted-"+tag, "other-"+tag
	first := appendTo(t, target.client, wanted, esdb.NoStream{}, ids{wanted}.events("a")...)
	for _, letter := range "bcdefghij" {
		for range 80 { // more than a page in between
			appendTo(t, target.client, other, esdb.Any{}, manyEvents(8)...)
		}
		appendTo(t, target.client, wanted, esdb.Any{}, esdb.EventData{
			EventID: ids{wanted}.id(letter), EventType: "letter-" + tag, Data: []byte("{}"),
		})
	}
	most := &streamspb.ReadReq_Options_FilterOptions_Max{Max: 5}
	tests := []struct {
		name      string
		filter    *filterBy
		backwards bool
		count     uint64
		want      string
	}{
		{"stream prefix", &filterBy{Filter: streamExpression("", "nothing", wanted), Window: most}, false, 100, "abcdefghij"},
		{"stream regex", &filterBy{Filter: streamExpression("^want.*" + tag + "$"), Window: most}, false, 100, "abcdefghij"},
		{"type prefix", &filterBy{Filter: typeExpression("", "letter-"+tag), Window: most}, false, 100, "bcdefghij"},
		{"type regex", &filterBy{Filter: typeExpression("r-" + tag), Window: most}, false, 100, "bcdefghij"},
		{"the regex goes before prefixes", &filterBy{Filter: streamExpression("^wanted-"+tag, "other"), Window: most}, false, 100, "abcdefghij"},
		{"as many as asked for", &filterBy{Filter: streamExpression("", wanted), Window: most}, false, 3, "abc"},
		{"one", &filterBy{Filter: typeExpression("", "letter-"+tag), Window: most}, false, 1, "b"},
		{"none", &filterBy{Filter: streamExpression("", wanted), Window: most}, false, 0, ""},
		{"backwards", &filterBy{Filter: streamExpression("", wanted), Window: most}, true, 100, "jihgfedcba"},
		{"backwards, as many as asked for", &filterBy{Filter: streamExpression("", wanted), Window: most}, true, 2, "ji"},
		{"no window", &filterBy{Filter: streamExpression("", wanted),
			Window: &streamspb.ReadReq_Options_FilterOptions_Count{Count: empty}}, false, 100, "abcdefghij"},
		{"nothing matches", &filterBy{Filter: streamExpression("", "no-"+tag), Window: most}, false, 100, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := ""
			for _, answer := range readRaw(t, target.raw, readFrom("", both(filtered(tt.filter), func(o *readOptions) {
				o.CountOption = &streamspb.ReadReq_Options_Count{Count: tt.count}
				if tt.backwards {
					o.ReadDirection = streamspb.ReadReq_Options_Backwards
					o.GetAll().AllOption = &streamspb.ReadReq_Options_AllOptions_End{End: empty}
				} else {
					fromPosition(first.CommitPosition, first.PreparePosition)(o)
				}
			}))) {
				id, err := parseUUID(answer.GetEvent().GetEvent().GetId())
				if err != nil {
					t.Fatal(err)
				}
				got += ids{wanted}.letter(id)
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestAllShowsDeletedEvents: bounds of a stream do not hold in $all, and access
// lists nowhere.
func TestAllShowsDeletedEvents(t *testing.T) {
	t.Parallel()
	target := newTarget(t)
	tests := []struct {
		name, given, metadata string
		inStream              string
	}{
		{"deleted", "abc!", "", ""},
		{"tombstoned", "abc#", "", ""},
		{"truncated", "abc", `{"$tb":2}`, "c"},
		{"counted", "abc", `{"$maxCount":1}`, "c"},
		{"hidden by access", "abc", `{"$acl":{"$r":"$admins","$w":"nobody"}}`, "abc"},
		{"metadata that is none", "abc", `{"$maxCount":"1"}`, "abc"},
		{"metadata that is no object", "abc", `[1]`, "abc"},
		{"keys in another case", "abc", `{"$MAXCOUNT":1,"$TB":2}`, "abc"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			stream := newStream()
			names := ids{stream}
			prepare(t, target.client, stream, tt.given)
			if tt.metadata != "" {
				appendTo(t, target.client, "$$"+stream, esdb.Any{}, metadataEvent(tt.metadata))
			}
			events, _ := readStream(t, target.client, stream, esdb.ReadStreamOptions{}, 10) // deleted ones answer errors, tested elsewhere
			if got := names.letters(events); got != tt.inStream {
				t.Errorf("the stream shows %q, want %q", got, tt.inStream)
			}
			got := ""
			for _, e := range readAll(t, target.client, esdb.ReadAllOptions{From: esdb.Start{}}, math.MaxInt64) {
				if e.Event.StreamID == stream && e.Event.EventType != deletedType {
					got += names.letter(e.Event.EventID)
				}
			}
			if got != "abc" {
				t.Errorf("$all shows %q", got)
			}
		})
	}
}
