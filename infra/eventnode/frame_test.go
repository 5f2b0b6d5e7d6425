package eventnode

import (
	"math"
	"strings"
	"testing"

	streamspb "github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"
)

// message is what a frame must hold, built the slow way.
func (f framer) message(r, target *record, isLink bool) *streamspb.ReadResp {
	e := encoder{structuredUUID}
	if f.asText {
		e = encoder{stringUUID}
	}
	read := &streamspb.ReadResp_ReadEvent{
		Position: &streamspb.ReadResp_ReadEvent_CommitPosition{CommitPosition: r.position},
	}
	if !isLink {
		read.Event = e.recorded(r)
	} else {
		read.Link = e.recorded(r)
		if target != nil {
			read.Event = e.recorded(target)
		}
	}
	return &streamspb.ReadResp{Content: &streamspb.ReadResp_Event{Event: read}}
}

func drawRecord(t *rapid.T, name string) *record {
	text := rapid.OneOf(rapid.String(), rapid.Just(strings.Repeat("ж", 70)), rapid.Just(""))
	bytes := rapid.OneOf(rapid.SliceOf(rapid.Byte()), rapid.Just(make([]byte, 127)), rapid.Just(make([]byte, 20_000)))
	id := rapid.OneOf(rapid.Custom(func(t *rapid.T) uuid.UUID {
		return uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
	}), rapid.Just(uuid.UUID{15: 1}), rapid.Just(uuid.UUID{0: 1}))
	return &record{
		position:  rapid.Uint64Range(1, math.MaxInt64).Draw(t, name+".position"),
		revision:  rapid.Int64Range(0, math.MaxInt64).Draw(t, name+".revision"),
		created:   rapid.Int64().Draw(t, name+".created"),
		id:        id.Draw(t, name+".id"),
		json:      rapid.Bool().Draw(t, name+".json"),
		stream:    text.Draw(t, name+".stream"),
		eventType: text.Draw(t, name+".type"),
		data:      bytes.Draw(t, name+".data"),
		metadata:  bytes.Draw(t, name+".metadata"),
	}
}

// TestFrame decodes frames with protobuf and compares the messages.
func TestFrame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := framer{asText: rapid.Bool().Draw(t, "text")}
		r, isLink := drawRecord(t, "record"), rapid.Bool().Draw(t, "link")
		var target *record
		if isLink && rapid.Bool().Draw(t, "resolved") {
			target = drawRecord(t, "target")
		}
		want := f.message(r, target, isLink)
		got := f.frame(r, target, isLink)
		defer got.Free()
		var decoded streamspb.ReadResp
		if err := proto.Unmarshal(got.ReadOnlyData(), &decoded); err != nil {
			t.Fatal(err)
		}
		if !proto.Equal(&decoded, want) {
			t.Fatalf("decoded\n%v\nwant\n%v", &decoded, want)
		}
		if size := proto.Size(want); got.Len() != size {
			t.Fatalf("%d bytes, protobuf needs %d", got.Len(), size)
		}
	})
}
