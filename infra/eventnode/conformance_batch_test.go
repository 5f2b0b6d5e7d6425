package eventnode

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	streamspb "github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// batcher is one BatchAppend call.
type batcher struct {
	t    *testing.T
	call streamspb.Streams_BatchAppendClient
}

func newBatcher(ctx context.Context, t *testing.T, raw streamspb.StreamsClient) batcher {
	t.Helper()
	call, err := raw.BatchAppend(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return batcher{t, call}
}

func (b batcher) send(frames ...*streamspb.BatchAppendReq) {
	b.t.Helper()
	for _, frame := range frames {
		if err := b.call.Send(frame); err != nil {
			b.t.Fatal(err)
		}
	}
}

func (b batcher) recv() *streamspb.BatchAppendResp {
	b.t.Helper()
	answer, err := b.call.Recv()
	if err != nil {
		b.t.Fatal(err)
	}
	return answer
}

// finish ends the sending side and expects no further answer.
func (b batcher) finish() {
	b.t.Helper()
	if err := b.call.CloseSend(); err != nil {
		b.t.Fatal(err)
	}
	if answer, err := b.call.Recv(); !isEOF(err) {
		b.t.Errorf("after the last answer: %v, %v", answer, err)
	}
}

func batchTo(stream string, expected int64) *streamspb.BatchAppendReq_Options {
	options := &streamspb.BatchAppendReq_Options{StreamIdentifier: streamIdentifier(stream)}
	switch expected {
	case expectNoStream:
		options.ExpectedStreamPosition = &streamspb.BatchAppendReq_Options_NoStream{NoStream: emptyResult}
	case expectAny:
		options.ExpectedStreamPosition = &streamspb.BatchAppendReq_Options_Any{Any: emptyResult}
	case expectStreamExists:
		options.ExpectedStreamPosition = &streamspb.BatchAppendReq_Options_StreamExists{StreamExists: emptyResult}
	default:
		options.ExpectedStreamPosition = &streamspb.BatchAppendReq_Options_StreamPosition{StreamPosition: uint64(expected)}
	}
	return options
}

// part is a part of a batch, with its options when it is the first one.
func part(id *shared.UUID, options *streamspb.BatchAppendReq_Options, final bool, events ...*streamspb.BatchAppendReq_ProposedMessage) *streamspb.BatchAppendReq {
	return &streamspb.BatchAppendReq{CorrelationId: id, Options: options, ProposedMessages: events, IsFinal: final}
}

func (n ids) messages(letters string) (messages []*streamspb.BatchAppendReq_ProposedMessage) {
	for i, e := range n.events(letters) {
		id := stringUUID(e.EventID)
		if i%2 == 1 {
			id = structuredUUID(e.EventID)
		}
		messages = append(messages, &streamspb.BatchAppendReq_ProposedMessage{
			Id: id, Metadata: map[string]string{keyType: e.EventType, keyContentType: contentJSON},
			Data: e.Data, CustomMetadata: e.Metadata,
		})
	}
	return messages
}

func batchMessage(size int) *streamspb.BatchAppendReq_ProposedMessage {
	return &streamspb.BatchAppendReq_ProposedMessage{
		Id: stringUUID(uuid.New()), Metadata: map[string]string{keyType: "t", keyContentType: contentBinary}, Data: make([]byte, size),
	}
}

// appendBatch writes one batch through a call of its own.
func appendBatch(t *testing.T, raw streamspb.StreamsClient, stream string, expected int64, letters string) *streamspb.BatchAppendResp {
	t.Helper()
	b := newBatcher(within(t), t, raw)
	b.send(part(stringUUID(uuid.New()), batchTo(stream, expected), true, ids{stream}.messages(letters)...))
	answer := b.recv()
	b.finish()
	return answer
}

// TestBatchesAreMultiplexed interleaves the parts of three batches and finishes them
// in another order than they began.
func TestBatchesAreMultiplexed(t *testing.T) {
	t.Parallel()
	target := newTarget(t)
	b := newBatcher(within(t), t, target.raw)
	type write struct {
		id       *shared.UUID
		stream   string
		expected int64
		letters  string
	}
	writes := []write{
		{stringUUID(uuid.New()), newStream(), expectNoStream, "abc"},
		{structuredUUID(uuid.New()), newStream(), expectAny, "def"},
		{stringUUID(uuid.New()), newStream(), expectNoStream, "ghi"},
	}
	for _, w := range writes {
		b.send(part(w.id, batchTo(w.stream, w.expected), false, ids{w.stream}.messages(w.letters[:1])...))
	}
	for _, w := range writes {
		b.send(part(w.id, nil, false, ids{w.stream}.messages(w.letters[1:2])...))
	}
	for _, i := range []int{2, 0, 1} {
		w := writes[i]
		b.send(part(w.id, nil, true, ids{w.stream}.messages(w.letters[2:])...))
		answer := b.recv()
		options := batchTo(w.stream, w.expected)
		if !proto.Equal(answer.GetCorrelationId(), w.id) || !proto.Equal(answer.GetStreamIdentifier(), options.StreamIdentifier) {
			t.Errorf("batch %d is answered as %v", i, answer)
		}
		if (answer.GetNoStream() != nil) != (w.expected == expectNoStream) || (answer.GetAny() != nil) != (w.expected == expectAny) {
			t.Errorf("batch %d: the expected position comes back as %v", i, answer.GetExpectedStreamPosition())
		}
		events, err := readStream(t, target.client, w.stream, esdb.ReadStreamOptions{}, 10)
		if err != nil || (ids{w.stream}).letters(events) != w.letters {
			t.Fatalf("batch %d wrote %q, %v", i, ids{w.stream}.letters(events), err)
		}
		last := events[2].OriginalEvent()
		if s := answer.GetSuccess(); s.GetCurrentRevision() != 2 || s.GetPosition().GetCommitPosition() != last.Position.Commit ||
			s.GetPosition().GetPreparePosition() != last.Position.Prepare {
			t.Errorf("batch %d: %v, its last event is at %v", i, s, last.Position)
		}
	}
	b.finish()
}

// TestBatchErrors: what goes wrong with a batch is answered for that batch, with
// exactly one detail, and the call goes on.
func TestBatchErrors(t *testing.T) {
	t.Parallel()
	target := newTarget(t)
	there, gone := newStream(), newStream()
	prepare(t, target.client, there, "abc")
	prepare(t, target.client, gone, "a#")
	with := func(change func(*streamspb.BatchAppendReq_ProposedMessage)) *streamspb.BatchAppendReq_ProposedMessage {
		m := batchMessage(1)
		change(m)
		return m
	}
	deadline := func(set func(*streamspb.BatchAppendReq_Options)) *streamspb.BatchAppendReq_Options {
		options := batchTo(there, expectAny)
		set(options)
		return options
	}
	type options = streamspb.BatchAppendReq_Options
	tests := []struct {
		name   string
		parts  []*streamspb.BatchAppendReq // without correlation id
		code   codes.Code
		text   string
		detail proto.Message
	}{
		{"wrong version, exact", []*streamspb.BatchAppendReq{part(nil, batchTo(there, 7), true, batchMessage(1))},
			codes.AlreadyExists, "WrongExpectedVersion", wrongVersionDetail(7, 2)},
		{"wrong version, no stream", []*streamspb.BatchAppendReq{part(nil, batchTo(there, expectNoStream), true, batchMessage(1))},
			codes.AlreadyExists, "WrongExpectedVersion", wrongVersionDetail(expectNoStream, 2)},
		{"wrong version, stream exists", []*streamspb.BatchAppendReq{part(nil, batchTo(newStream(), expectStreamExists), true, batchMessage(1))},
			codes.AlreadyExists, "WrongExpectedVersion", wrongVersionDetail(expectStreamExists, -1)},
		{"tombstoned", []*streamspb.BatchAppendReq{part(nil, batchTo(gone, expectAny), true, batchMessage(1))},
			codes.NotFound, "StreamDeleted", &shared.StreamDeleted{StreamIdentifier: streamIdentifier(gone)}},
		{"too big at once", []*streamspb.BatchAppendReq{part(nil, batchTo(there, expectAny), true, batchMessage(1<<20))},
			codes.InvalidArgument, "MaximumAppendSizeExceeded", &shared.MaximumAppendSizeExceeded{MaxAppendSize: 1 << 20}},
		{"too big in parts, more follows", []*streamspb.BatchAppendReq{
			part(nil, batchTo(there, expectAny), false, batchMessage(1<<19)), part(nil, nil, false, batchMessage(1<<19)),
			part(nil, nil, false, batchMessage(1)), part(nil, nil, true, batchMessage(1)),
		}, codes.InvalidArgument, "MaximumAppendSizeExceeded", &shared.MaximumAppendSizeExceeded{MaxAppendSize: 1 << 20}},
		{"no stream identifier", []*streamspb.BatchAppendReq{part(nil, &options{
			ExpectedStreamPosition: &streamspb.BatchAppendReq_Options_Any{Any: emptyResult}}, true, batchMessage(1))},
			codes.InvalidArgument, "BadRequest", &shared.BadRequest{}},
		{"no expected position", []*streamspb.BatchAppendReq{part(nil, &options{StreamIdentifier: streamIdentifier(there)}, true, batchMessage(1))},
			codes.InvalidArgument, "BadRequest", &shared.BadRequest{}},
		{"no type", []*streamspb.BatchAppendReq{part(nil, batchTo(there, expectAny), true,
			with(func(m *streamspb.BatchAppendReq_ProposedMessage) { delete(m.Metadata, keyType) }))},
			codes.InvalidArgument, "BadRequest", &shared.BadRequest{}},
		{"no content type", []*streamspb.BatchAppendReq{part(nil, batchTo(there, expectAny), true,
			with(func(m *streamspb.BatchAppendReq_ProposedMessage) { delete(m.Metadata, keyContentType) }))},
			codes.InvalidArgument, "BadRequest", &shared.BadRequest{}},
		{"no id", []*streamspb.BatchAppendReq{part(nil, batchTo(there, expectAny), true,
			with(func(m *streamspb.BatchAppendReq_ProposedMessage) {
				m.Id = stringUUID(uuid.Nil)
				m.Id.Value = &shared.UUID_String_{String_: "x"}
			}))},
			codes.InvalidArgument, "BadRequest", &shared.BadRequest{}},
		{"deadline in the past, older form", []*streamspb.BatchAppendReq{part(nil, deadline(func(o *options) {
			o.DeadlineOption = &streamspb.BatchAppendReq_Options_Deadline_21_10_0{Deadline_21_10_0: timestamppb.New(time.Now().Add(-time.Hour))}
		}), true, batchMessage(1))}, codes.DeadlineExceeded, "Timeout", &shared.Timeout{}},
		{"no time left", []*streamspb.BatchAppendReq{part(nil, deadline(func(o *options) {
			o.DeadlineOption = &streamspb.BatchAppendReq_Options_Deadline{Deadline: durationpb.New(0)}
		}), true, batchMessage(1))}, codes.DeadlineExceeded, "Timeout", &shared.Timeout{}},
	}
	b := newBatcher(within(t), t, target.raw) // one call for all: a failed batch must not harm it
	for _, tt := range tests {
		id := stringUUID(uuid.New())
		for _, p := range tt.parts {
			p.CorrelationId = id
			b.send(p)
		}
		answer := b.recv()
		if !proto.Equal(answer.GetCorrelationId(), id) {
			t.Fatalf("%s: answered as %v, want %v", tt.name, answer.GetCorrelationId(), id)
		}
		failure := answer.GetError()
		if codes.Code(failure.GetCode()) != tt.code || failure.GetMessage() != tt.text || len(failure.GetDetails()) != 1 {
			t.Errorf("%s: %v", tt.name, answer)
			continue
		}
		detail, err := failure.GetDetails()[0].UnmarshalNew()
		if bad, ok := detail.(*shared.BadRequest); ok {
			bad.Message = "" // is for people
		}
		if err != nil || !proto.Equal(detail, tt.detail) {
			t.Errorf("%s: detail %v, %v; want %v", tt.name, detail, err, tt.detail)
		}
	}
	for _, o := range []*options{
		deadline(func(o *options) {
			o.DeadlineOption = &streamspb.BatchAppendReq_Options_Deadline_21_10_0{Deadline_21_10_0: timestamppb.New(time.Now().Add(time.Hour))}
		}),
		deadline(func(o *options) {
			o.DeadlineOption = &streamspb.BatchAppendReq_Options_Deadline{Deadline: durationpb.New(time.Hour)}
		}),
	} {
		b.send(part(stringUUID(uuid.New()), o, true, batchMessage(1)))
		if answer := b.recv(); answer.GetSuccess() == nil {
			t.Errorf("with time left: %v", answer)
		}
	}
	b.finish()
	events, err := readStream(t, target.client, there, esdb.ReadStreamOptions{}, 100)
	if err != nil || len(events) != 5 {
		t.Errorf("%d events after all, want those before and the last two, %v", len(events), err)
	}
}

// TestBatchOrder sends appends that each expect the one before without waiting for
// any answer: they must be decided in the order in which they were sent.
func TestBatchOrder(t *testing.T) {
	t.Parallel()
	target := newTarget(t)
	stream := newStream()
	b := newBatcher(within(t), t, target.raw)
	const n = 3 * batchesInFlight // more than wait at once
	go func() {
		for i := range int64(n) {
			if b.call.Send(part(stringUUID(uuid.New()), batchTo(stream, i-1), true, batchMessage(1))) != nil {
				return // recv says why
			}
		}
		_ = b.call.CloseSend()
	}()
	for i := range n {
		if answer := b.recv(); answer.GetSuccess() == nil {
			t.Fatalf("answer %d: %v", i, answer)
		}
	}
	if _, err := b.call.Recv(); !isEOF(err) {
		t.Errorf("after the last answer: %v", err)
	}
}

// TestSameBatchManyTimes: the same event ids, again and again, before the first is
// answered. All get the answer of the one that was written.
func TestSameBatchManyTimes(t *testing.T) {
	t.Parallel()
	target := newTarget(t)
	for _, expected := range []int64{expectAny, expectNoStream} {
		stream := newStream()
		b := newBatcher(within(t), t, target.raw)
		same := stringUUID(uuid.New()) // one correlation id for all, even while others of that name are under way
		const n = 100
		for range n {
			b.send(part(same, batchTo(stream, expected), true, ids{stream}.messages("abc")...))
		}
		var first *streamspb.BatchAppendResp
		for i := range n {
			answer := b.recv()
			if first == nil {
				first = answer
			}
			if !proto.Equal(answer, first) || answer.GetSuccess().GetCurrentRevision() != 2 {
				t.Fatalf("answer %d: %v, the first was %v", i, answer, first)
			}
		}
		b.finish()
		events, err := readStream(t, target.client, stream, esdb.ReadStreamOptions{}, 1000)
		if err != nil || len(events) != 3 {
			t.Errorf("%d events, %v", len(events), err)
		}
	}
}

func TestEmptyBatch(t *testing.T) {
	t.Parallel()
	target := newTarget(t)
	stream, missing := newStream(), newStream()
	prepare(t, target.client, stream, "ab")
	for _, tt := range []struct {
		stream   string
		expected int64
		success  bool
		revision uint64
	}{
		{stream, 1, true, 1}, {stream, expectAny, true, 1}, {stream, 0, false, 0}, {stream, expectNoStream, false, 0},
		{missing, expectNoStream, true, 0}, {missing, 3, false, 0},
	} {
		answer := appendBatch(t, target.raw, tt.stream, tt.expected, "")
		if s := answer.GetSuccess(); (s != nil) != tt.success || s.GetCurrentRevision() != tt.revision {
			t.Errorf("expected %d: %v", tt.expected, answer)
		}
		if tt.stream == missing && tt.success && answer.GetSuccess().GetNoStream() == nil {
			t.Errorf("a missing stream is answered with %v", answer)
		}
	}
}

// TestHalfBatch leaves batches unfinished in every way there is; nothing of them
// may be written.
func TestHalfBatch(t *testing.T) {
	t.Parallel()
	target := newTarget(t)
	exists := func(t *testing.T, stream string) bool {
		t.Helper()
		_, err := readStream(t, target.client, stream, esdb.ReadStreamOptions{}, 1)
		if err != nil && codeOf(err) != esdb.ErrorCodeResourceNotFound {
			t.Fatal(err)
		}
		return err == nil
	}

	t.Run("the client stops sending", func(t *testing.T) {
		t.Parallel()
		stream, id := newStream(), stringUUID(uuid.New())
		b := newBatcher(within(t), t, target.raw)
		b.send(part(id, batchTo(stream, expectAny), false, batchMessage(1)))
		if err := b.call.CloseSend(); err != nil {
			t.Fatal(err)
		}
		if target.node != nil { // EventStoreDB says nothing until the deadline
			if answer := b.recv(); answer.GetError().GetMessage() != "BadRequest" || !proto.Equal(answer.GetCorrelationId(), id) {
				t.Errorf("answered with %v", answer)
			}
			b.finish()
		}
		if exists(t, stream) {
			t.Error("half a batch was written")
		}
	})
	t.Run("the deadline passes", func(t *testing.T) {
		t.Parallel()
		stream, id := newStream(), stringUUID(uuid.New())
		b := newBatcher(within(t), t, target.raw)
		options := batchTo(stream, expectAny)
		options.DeadlineOption = &streamspb.BatchAppendReq_Options_Deadline{Deadline: durationpb.New(time.Millisecond)}
		b.send(part(id, options, false, batchMessage(1)))
		if answer := b.recv(); answer.GetError().GetMessage() != "Timeout" || !proto.Equal(answer.GetStreamIdentifier(), streamIdentifier(stream)) {
			t.Errorf("answered with %v", answer)
		}
		other := newStream()
		b.send(part(id, nil, false, batchMessage(1)), part(id, nil, true, batchMessage(1)),
			part(stringUUID(uuid.New()), batchTo(other, expectAny), true, batchMessage(1)))
		if answer := b.recv(); answer.GetSuccess() == nil || string(answer.GetStreamIdentifier().GetStreamName()) != other {
			t.Errorf("the next batch: %v", answer)
		}
		b.finish()
		if exists(t, stream) {
			t.Error("a batch that had timed out was written")
		}
	})
	t.Run("the connection is cut", func(t *testing.T) {
		t.Parallel()
		whole, half := newStream(), newStream()
		ctx, cut := context.WithCancel(within(t))
		b := newBatcher(ctx, t, target.raw)
		b.send(part(stringUUID(uuid.New()), batchTo(half, expectAny), false, batchMessage(1)),
			part(stringUUID(uuid.New()), batchTo(whole, expectAny), true, batchMessage(1)))
		if answer := b.recv(); answer.GetSuccess() == nil {
			t.Errorf("the whole batch: %v", answer)
		}
		cut()
		if _, err := b.call.Recv(); status.Code(err) != codes.Canceled {
			t.Errorf("after the cut: %v", err)
		}
		if appendBatch(t, target.raw, newStream(), expectAny, "a").GetSuccess() == nil || !exists(t, whole) || exists(t, half) {
			t.Error("the node lost the whole batch or wrote the half one")
		}
	})
	t.Run("the options are missing", func(t *testing.T) {
		t.Parallel()
		if target.node == nil {
			t.Skip("EventStoreDB does not answer such parts")
		}
		b := newBatcher(within(t), t, target.raw)
		id := stringUUID(uuid.New())
		b.send(part(id, nil, false, batchMessage(1)), part(id, nil, true, batchMessage(1)), part(nil, nil, true, batchMessage(1)))
		for range 2 { // one answer for the batch, one for the part that belongs to none
			if answer := b.recv(); answer.GetError().GetMessage() != "BadRequest" {
				t.Errorf("answered with %v", answer)
			}
		}
		b.finish()
	})
}

// TestTooManyOpenBatches: what is begun and not finished is bounded too.
func TestTooManyOpenBatches(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ batches, size int }{"by number": {2 * openBatches, 1}, "by size": {40, 1 << 19}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			node := openNode(t, memConfig())
			b := newBatcher(within(t), t, rawClient(t, "unix://"+serve(t, node)))
			for range tt.batches {
				if b.call.Send(part(stringUUID(uuid.New()), batchTo("s", expectAny), false, batchMessage(tt.size))) != nil {
					break // Recv says why
				}
			}
			if _, err := b.call.Recv(); status.Code(err) != codes.ResourceExhausted {
				t.Errorf("the call ends with %v", err)
			}
		})
	}
}

// stalled is a node whose writer stands still until release is called.
func stalled(t *testing.T, change func(*Config)) (target target, release func()) {
	t.Helper()
	held, free := make(chan struct{}), make(chan struct{})
	cfg := memConfig()
	var first sync.Once
	cfg.Now = func() time.Time {
		first.Do(func() {
			close(held)
			<-free
		})
		return time.Now()
	}
	change(&cfg)
	node := openNode(t, cfg)
	socket := serve(t, node)
	target.client, target.raw, target.node = connect(t, socket), rawClient(t, "unix://"+socket), node
	release = func() { close(free) }
	b := newBatcher(within(t), t, target.raw)
	b.send(part(stringUUID(uuid.New()), batchTo("stalling", expectAny), true, batchMessage(1)))
	<-held
	return target, release
}

// TestWritesTimeOut: a disk that hangs is told to the client, as of an append and as
// of a batch.
func TestWritesTimeOut(t *testing.T) {
	t.Parallel()
	target, release := stalled(t, func(c *Config) { c.WriteTimeout = 20 * time.Millisecond })
	call, err := target.raw.Append(within(t))
	if err != nil {
		t.Fatal(err)
	}
	_ = call.Send(appendOptions("s"))
	_ = call.Send(proposed(map[string]string{keyType: "t", keyContentType: contentJSON}))
	if _, err := call.CloseAndRecv(); status.Code(err) != codes.Aborted || !isTimeout(err) {
		t.Errorf("append: %v", err)
	}
	if _, err := target.raw.Delete(within(t), &streamspb.DeleteReq{Options: &streamspb.DeleteReq_Options{
		StreamIdentifier:       streamIdentifier("s"),
		ExpectedStreamRevision: &streamspb.DeleteReq_Options_Any{Any: empty},
	}}); status.Code(err) != codes.Aborted || !isTimeout(err) {
		t.Errorf("delete: %v", err)
	}
	b := newBatcher(within(t), t, target.raw)
	b.send(part(stringUUID(uuid.New()), batchTo("s", expectAny), true, batchMessage(1)))
	if answer := b.recv(); codes.Code(answer.GetError().GetCode()) != codes.DeadlineExceeded {
		t.Errorf("batch: %v", answer)
	}
	release()
	b.finish()
}

func isTimeout(err error) bool {
	return strings.HasPrefix(status.Convert(err).Message(), "Operation timed out:")
}

// TestCloseEndsBatches: what is under way is answered, and then the call ends.
func TestCloseEndsBatches(t *testing.T) {
	t.Parallel()
	target, release := stalled(t, func(c *Config) { c.StopTimeout = time.Hour })
	b := newBatcher(within(t), t, target.raw)
	const n = 10
	for i := range n {
		b.send(part(stringUUID(uuid.New()), batchTo(fmt.Sprintf("s-%d", i), expectNoStream), true, batchMessage(1)))
	}
	b.send(part(stringUUID(uuid.New()), batchTo("refused", expectAny), true, batchMessage(1<<20)))
	if answer := b.recv(); answer.GetError() == nil { // so all before it are in the queue
		t.Fatal(answer)
	}
	closed := make(chan error)
	go func() { closed <- target.node.Close() }()
	<-target.node.core().over
	release()
	for range n {
		if answer := b.recv(); answer.GetSuccess() == nil {
			t.Errorf("under way when the node closed: %v", answer)
		}
	}
	if _, err := b.call.Recv(); status.Code(err) != codes.Unavailable {
		t.Errorf("the call ends with %v", err)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
}
