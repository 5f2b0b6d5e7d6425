package eventnode

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"net"
	"runtime"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	streamspb "github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
	"google.golang.org/protobuf/proto"
)

// readRequest asks for all of $all, as a read or as a subscription.
func readRequest(subscribe bool) *streamspb.ReadReq {
	options := &streamspb.ReadReq_Options{
		StreamOption: &streamspb.ReadReq_Options_All{All: &streamspb.ReadReq_Options_AllOptions{
			AllOption: &streamspb.ReadReq_Options_AllOptions_Start{Start: &shared.Empty{}},
		}},
		CountOption:  &streamspb.ReadReq_Options_Count{Count: math.MaxInt64},
		FilterOption: &streamspb.ReadReq_Options_NoFilter{NoFilter: &shared.Empty{}},
		UuidOption: &streamspb.ReadReq_Options_UUIDOption{
			Content: &streamspb.ReadReq_Options_UUIDOption_Structured{Structured: &shared.Empty{}},
		},
	}
	if subscribe {
		options.CountOption = &streamspb.ReadReq_Options_Subscription{Subscription: &streamspb.ReadReq_Options_SubscriptionOptions{}}
	}
	return &streamspb.ReadReq{Options: options}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC() // what pools held is free only now
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// TestSlowConsumers lets readers, subscribers and appenders stand still in the middle,
// while others go on. It is not parallel: it measures the memory of the process.
func TestSlowConsumers(t *testing.T) { //nolint:paralleltest // as said
	cfg := memConfig()
	node := openNode(t, cfg)
	socket := serve(t, node)
	c, raw := connect(t, socket), rawClient(t, "unix://"+socket)
	put := func(stream string, events, size int) {
		r := &writeRequest{stream: stream, expected: expectAny}
		for range events {
			r.events = append(r.events, proposedEvent{id: uuid.New(), eventType: "t", data: make([]byte, size)})
		}
		if _, err := node.core().writer.submit(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	for range 64 {
		put("large", 4, 250<<10)
	}
	before := heap()

	const stalled = 40 // of each kind
	ctx, release := context.WithCancel(t.Context())
	defer release()
	for i := range stalled {
		for _, subscribe := range []bool{false, true} {
			call, err := raw.Read(ctx, readRequest(subscribe))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := call.Recv(); err != nil { // it runs; nothing is taken after this
				t.Fatal(err)
			}
		}
		call, err := raw.Append(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := call.Send(&streamspb.AppendReq{Content: &streamspb.AppendReq_Options_{Options: &streamspb.AppendReq_Options{
			StreamIdentifier:       streamIdentifier(fmt.Sprintf("stalled-%d", i)),
			ExpectedStreamRevision: &streamspb.AppendReq_Options_Any{Any: &shared.Empty{}},
		}}}); err != nil {
			t.Fatal(err)
		}
	}
	// The others: they append, and a subscriber sees all of it.
	sub, err := c.SubscribeToStream(within(t), "others", esdb.SubscribeToStreamOptions{From: esdb.Start{}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sub.Close() }()
	const appends = 500
	for range appends {
		appendTo(t, c, "others", esdb.Any{}, esdb.EventData{EventID: uuid.New(), EventType: "t", Data: []byte("small")})
	}
	for seen := uint64(0); seen < appends; {
		e := sub.Recv()
		if e.SubscriptionDropped != nil {
			t.Fatal(e.SubscriptionDropped.Error)
		}
		if e.EventAppeared != nil {
			if number := e.EventAppeared.OriginalEvent().EventNumber; number != seen {
				t.Fatalf("event %d after %d", number, seen)
			}
			seen++
		}
	}
	// A stalled call keeps its page, the frame it sends and the transport's buffers on both
	// sides: some 2 MiB. Tests before this one may have left openings of failed disks behind,
	// which count as well; without any bound the calls would hold the log several times over.
	const perCall = 6 << 20
	grown := int64(heap()) - int64(before)
	t.Logf("%d stalled calls hold %d KiB", 3*stalled, grown>>10)
	if grown > 2*stalled*perCall {
		t.Errorf("%d MiB more in use, %d stalled calls may hold %d", grown>>20, 2*stalled, 2*stalled*perCall>>20)
	}
	if subscribers := measured(t, node)["letopis_node_subscribers/all"]; subscribers != stalled {
		t.Errorf("%v subscribers, want %d", subscribers, stalled)
	}
}

// TestDeadPeer is a client that vanishes without closing its connection: it answers
// no ping. Its subscription ends.
func TestDeadPeer(t *testing.T) {
	t.Parallel()
	cfg := memConfig()
	cfg.keepalive = time.Second // the shortest there is
	node := openNode(t, cfg)
	conn, err := new(net.Dialer).DialContext(t.Context(), "unix", serve(t, node))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	message, err := proto.Marshal(readRequest(true))
	if err != nil {
		t.Fatal(err)
	}
	var headers bytes.Buffer
	encode := hpack.NewEncoder(&headers)
	for _, field := range [][2]string{
		{":method", "POST"}, {":scheme", "http"}, {":path", "/event_store.client.streams.Streams/Read"}, {":authority", "node"},
		{"content-type", "application/grpc"}, {"te", "trailers"},
	} {
		if err := encode.WriteField(hpack.HeaderField{Name: field[0], Value: field[1]}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := io.WriteString(conn, http2.ClientPreface); err != nil {
		t.Fatal(err)
	}
	framer := http2.NewFramer(conn, conn)
	body := append(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(message))), message...)
	for _, err := range []error{
		framer.WriteSettings(),
		framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: headers.Bytes(), EndHeaders: true}),
		framer.WriteData(1, true, body),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	answered := false
	for {
		f, err := framer.ReadFrame()
		if err != nil {
			break // the node has hung up
		}
		if _, isData := f.(*http2.DataFrame); isData && !answered {
			answered = true
			if n := measured(t, node)["letopis_node_subscribers/all"]; n != 1 {
				t.Errorf("%v subscribers while the peer is there", n)
			}
		}
	}
	if !answered {
		t.Fatal("the subscription never began")
	}
	if err := node.Close(); err != nil { // waits for calls: theirs has ended
		t.Fatal(err)
	}
	if n := measured(t, node)["letopis_node_subscribers/all"]; n != 0 {
		t.Errorf("%v subscribers after the peer was dropped", n)
	}
}
