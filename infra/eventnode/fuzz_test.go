package eventnode

import (
	"context"
	"encoding/binary"
	"testing"
	"time"

	streamspb "github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
)

// The targets below decode arbitrary bytes into requests and send them through a
// real connection to a node in memory. It may refuse them, but it must say why, and
// go on.

func fuzzTarget(f *testing.F) streamspb.StreamsClient {
	f.Helper()
	node := openNode(f, memConfig())
	for i := range int64(50) {
		write(f, node, "s", i-1, uuid.New())
	}
	return rawClient(f, "unix://"+serve(f, node))
}

// call bounds one round: a request that is never answered is a finding too.
func call(t *testing.T) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithTimeout(t.Context(), 20*time.Second)
}

// checkRefusal looks at how a request was refused.
func checkRefusal(t *testing.T, err error) {
	t.Helper()
	if err == nil || isEOF(err) {
		return
	}
	switch s := status.Convert(err); s.Code() {
	case codes.InvalidArgument, codes.FailedPrecondition, codes.ResourceExhausted:
	case codes.Unknown:
		if s.Message() != errZeroInterval.message { // as EventStoreDB throws
			t.Errorf("refused with %v", err)
		}
	default:
		t.Errorf("refused with %v", err)
	}
}

// checkAlive reads what was there before.
func checkAlive(t *testing.T, raw streamspb.StreamsClient) {
	t.Helper()
	ctx, cancel := call(t)
	defer cancel()
	read, err := raw.Read(ctx, readFrom("", func(o *readOptions) { o.CountOption = &streamspb.ReadReq_Options_Count{Count: 1} }))
	if err != nil {
		t.Fatal(err)
	}
	if answer, err := read.Recv(); err != nil || string(answer.GetEvent().GetEvent().GetStreamIdentifier().GetStreamName()) != "s" {
		t.Fatalf("the node answers %v, %v", answer, err)
	}
}

// cut divides fuzz input into messages, each behind its length.
func cut(data []byte) (messages [][]byte) {
	for len(data) > 0 && len(messages) < 64 {
		n, width := binary.Uvarint(data)
		if width <= 0 {
			return messages
		}
		data = data[width:]
		size := min(n, uint64(len(data)))
		messages, data = append(messages, data[:size]), data[size:]
	}
	return messages
}

func frames(f *testing.F, messages ...proto.Message) (data []byte) {
	f.Helper()
	for _, m := range messages {
		encoded, err := proto.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		data = append(binary.AppendUvarint(data, uint64(len(encoded))), encoded...)
	}
	return data
}

func FuzzAppendRequest(f *testing.F) {
	event := proposed(map[string]string{keyType: "t", keyContentType: contentJSON})
	f.Add(frames(f, appendOptions("a"), event, event))
	f.Add(frames(f, appendOptions("$$a"), event))
	f.Add(frames(f, event, appendOptions("a")))
	exact := appendOptions("b")
	exact.GetOptions().ExpectedStreamRevision = &streamspb.AppendReq_Options_Revision{Revision: 3}
	f.Add(frames(f, exact, event))
	f.Add([]byte{})
	raw := fuzzTarget(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		var requests []*streamspb.AppendReq
		for _, encoded := range cut(data) {
			request := &streamspb.AppendReq{}
			if proto.Unmarshal(encoded, request) == nil {
				requests = append(requests, request)
			}
		}
		ctx, cancel := call(t)
		defer cancel()
		sent, err := raw.Append(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, request := range requests {
			if sent.Send(request) != nil {
				break // the answer says why
			}
		}
		answer, err := sent.CloseAndRecv()
		if err == nil && answer.GetResult() == nil {
			t.Error("an answer without a result")
		}
		checkRefusal(t, err)
		checkAlive(t, raw)
	})
}

func FuzzReadRequest(f *testing.F) {
	window := &streamspb.ReadReq_Options_FilterOptions_Max{Max: 3}
	for _, request := range []*streamspb.ReadReq{
		readFrom("", nil), readFrom("s", nil), readFrom("missing", nil), readFrom("", asSubscription), readFrom("s", asSubscription),
		readFrom("", fromPosition(5, 5)),
		readFrom("", both(asSubscription, filtered(&filterBy{Filter: typeExpression("^t"), Window: window, CheckpointIntervalMultiplier: 2}))),
		readFrom("", filtered(&filterBy{Filter: streamExpression("", "s", "a"), Window: window})),
		readFrom("s", func(o *readOptions) {
			o.ReadDirection, o.ResolveLinks = streamspb.ReadReq_Options_Backwards, true
			o.ControlOption = &streamspb.ReadReq_Options_ControlOption{Compatibility: 1}
			o.GetStream().RevisionOption = &streamspb.ReadReq_Options_StreamOptions_Revision{Revision: 7}
		}),
	} {
		data, err := proto.Marshal(request)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	raw := fuzzTarget(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		request := &streamspb.ReadReq{}
		if proto.Unmarshal(data, request) != nil {
			return
		}
		ctx, cancel := call(t)
		defer cancel()
		read, err := raw.Read(ctx, request)
		if err != nil {
			t.Fatal(err)
		}
		for {
			answer, err := read.Recv()
			if err != nil {
				checkRefusal(t, err)
				break
			}
			if answer.GetContent() == nil {
				t.Error("an answer without content")
			}
			if answer.GetCaughtUp() != nil { // nothing more will come
				break
			}
		}
		cancel()
		checkAlive(t, raw)
	})
}

func FuzzBatchAppendFrame(f *testing.F) {
	id, other := stringUUID(uuid.New()), structuredUUID(uuid.New())
	short := batchTo("c", expectAny)
	short.DeadlineOption = &streamspb.BatchAppendReq_Options_Deadline{Deadline: durationpb.New(time.Microsecond)}
	f.Add(frames(f, part(id, batchTo("a", expectAny), true, batchMessage(1), batchMessage(0))))
	f.Add(frames(f, part(id, batchTo("a", expectNoStream), false, batchMessage(1)), part(other, batchTo("b", 3), false), part(id, nil, true), part(other, nil, true, batchMessage(9))))
	f.Add(frames(f, part(id, short, false, batchMessage(1)), part(id, nil, true, batchMessage(1)), part(id, batchTo("$all", expectAny), true)))
	f.Add(frames(f, part(nil, nil, true), part(id, nil, true)))
	raw := fuzzTarget(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		var frames []*streamspb.BatchAppendReq
		for _, encoded := range cut(data) {
			frame := &streamspb.BatchAppendReq{}
			if proto.Unmarshal(encoded, frame) == nil {
				frames = append(frames, frame)
			}
		}
		ctx, cancel := call(t)
		defer cancel()
		sent, err := raw.BatchAppend(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, frame := range frames {
			if sent.Send(frame) != nil {
				break // Recv says why
			}
		}
		if err := sent.CloseSend(); err != nil {
			t.Fatal(err)
		}
		answers := 0
		for ; ; answers++ {
			answer, err := sent.Recv()
			if err != nil {
				checkRefusal(t, err)
				break
			}
			checkBatchAnswer(t, answer)
		}
		if answers > len(frames) {
			t.Errorf("%d answers to %d parts", answers, len(frames))
		}
		checkAlive(t, raw)
	})
}

func checkBatchAnswer(t *testing.T, answer *streamspb.BatchAppendResp) {
	t.Helper()
	failure := answer.GetError()
	switch {
	case failure == nil && answer.GetSuccess() == nil:
		t.Error("an answer without a result")
	case failure == nil:
	case len(failure.GetDetails()) != 1:
		t.Errorf("an error with %d details: %v", len(failure.GetDetails()), failure)
	case codes.Code(failure.GetCode()) == codes.Unknown, codes.Code(failure.GetCode()) == codes.Internal:
		t.Errorf("refused with %v", failure)
	}
}
