package eventnode

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	streamspb "github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
)

// Bounds of one BatchAppend call; clients make one such call on a connection.
// Complete batches above the first two wait unread, in the transport. Incomplete
// ones cannot wait, since what completes them would wait behind them: there the
// call ends.
const (
	batchesInFlight = 1024
	batchBytes      = 8 << 20

	openBatches    = 1024
	openBatchBytes = 16 << 20
)

// batchCall is one BatchAppend call: many writes at once, told apart by correlation
// ids that the client chooses. One goroutine receives and one waits for each
// complete batch; everything else, the fields included, is serve's.
type batchCall struct {
	node    *Node
	core    *core
	call    streamspb.Streams_BatchAppendServer
	frames  chan *streamspb.BatchAppendReq
	ended   chan error // what Recv returned at last
	late    chan *batch
	settled chan settledBatch

	open      map[uuid.UUID]*batch // those whose last part is still to come
	openBytes int
	inFlight  int
	bytes     int // of the batches in flight
	outcome   error
	closing   bool // nothing more is received; outcome is the call's once all is answered
}

// batch is one write, from its first part to its answer.
type batch struct {
	id          uuid.UUID
	correlation *shared.UUID
	options     *streamspb.BatchAppendReq_Options
	request     *writeRequest
	size        int
	refused     bool // answered already: its other parts are passed over

	ctx  context.Context // ends with the batch's deadline
	stop func()
}

type settledBatch struct {
	batch  *batch
	result writeResult
	err    error
}

// BatchAppend takes writes in parts and answers each when it is durable, in
// whatever order that happens. Writes are submitted in the order in which their
// last parts arrive.
func (s *streamsService) BatchAppend(call streamspb.Streams_BatchAppendServer) error {
	b := &batchCall{
		node: s.node, core: s.node.core(), call: call,
		frames: make(chan *streamspb.BatchAppendReq), ended: make(chan error, 1), late: make(chan *batch),
		// Room for all: who waits for a write never waits for the client.
		settled: make(chan settledBatch, batchesInFlight),
		open:    map[uuid.UUID]*batch{},
	}
	go b.receive()
	return b.serve()
}

func (b *batchCall) receive() {
	for {
		frame, err := b.call.Recv()
		if err != nil {
			b.ended <- err
			return
		}
		select {
		case b.frames <- frame:
		case <-b.call.Context().Done():
			return
		}
	}
}

func (b *batchCall) serve() error {
	defer b.stopDeadlines()
	over := b.core.over
	for !b.closing || b.inFlight > 0 {
		var err error
		select {
		case frame := <-b.acceptable():
			err = b.take(frame)
		case late := <-b.late:
			err = b.expire(late)
		case settled := <-b.settled:
			err = b.settle(settled)
		case received := <-b.ended:
			err = b.end(received)
		case <-over:
			over = nil
			b.closing, b.outcome = true, errNotReady()
		case <-b.call.Context().Done():
			err = b.call.Context().Err()
		}
		if err != nil {
			return err
		}
	}
	return b.outcome
}

// acceptable is where the next part comes from; nil, which blocks, when there is
// enough to do.
func (b *batchCall) acceptable() <-chan *streamspb.BatchAppendReq {
	if b.closing || b.inFlight >= batchesInFlight || b.bytes >= batchBytes {
		return nil
	}
	return b.frames
}

// take handles one part of a batch. An error ends the whole call.
func (b *batchCall) take(frame *streamspb.BatchAppendReq) error {
	id, err := parseCorrelation(frame.GetCorrelationId())
	if err != nil {
		return b.send(&batch{correlation: frame.GetCorrelationId(), options: frame.GetOptions()}, failedBatch(err))
	}
	part, known := b.open[id]
	if !known {
		part, err = b.begin(id, frame)
		b.open[id] = part
	}
	if err == nil && !part.refused {
		err = b.extend(part, frame.GetProposedMessages())
	}
	if err != nil {
		if err := b.refuse(part, err); err != nil {
			return err
		}
	}
	if frame.GetIsFinal() {
		delete(b.open, id)
		b.openBytes -= part.size
		return b.submit(part)
	}
	if len(b.open) > openBatches || b.openBytes > openBatchBytes {
		return &callError{code: codes.ResourceExhausted, message: "too many batches have been begun and not finished"}
	}
	return nil
}

// begin reads a batch's options. Options of later parts are not looked at.
func (b *batchCall) begin(id uuid.UUID, frame *streamspb.BatchAppendReq) (*batch, error) {
	begun := &batch{
		id: id, correlation: frame.GetCorrelationId(), options: frame.GetOptions(),
		request: &writeRequest{kind: writeEvents},
	}
	begun.ctx, begun.stop = b.call.Context(), func() {}
	if begun.options == nil {
		return begun, invalid("the first part of a batch must have its options")
	}
	var err error
	if begun.request.stream, err = writableStream(begun.options.GetStreamIdentifier()); err != nil {
		return begun, err
	}
	if begun.request.expected, err = batchExpectation(begun.options); err != nil {
		return begun, err
	}
	left := min(b.timeLeft(begun.options), b.node.cfg.WriteTimeout)
	if left <= 0 {
		return begun, context.DeadlineExceeded
	}
	ctx, cancel := context.WithTimeout(b.call.Context(), left)
	unwatch := context.AfterFunc(ctx, func() {
		select {
		case b.late <- begun:
		case <-b.call.Context().Done():
		}
	})
	begun.ctx, begun.stop = ctx, func() { unwatch(); cancel() }
	return begun, nil
}

// timeLeft is how long the client will wait: by its newer option, or by its older one.
func (b *batchCall) timeLeft(options *streamspb.BatchAppendReq_Options) time.Duration {
	switch v := options.GetDeadlineOption().(type) {
	case *streamspb.BatchAppendReq_Options_Deadline:
		return v.Deadline.AsDuration()
	case *streamspb.BatchAppendReq_Options_Deadline_21_10_0:
		return v.Deadline_21_10_0.AsTime().Sub(b.node.cfg.Now())
	}
	return b.node.cfg.WriteTimeout
}

// extend adds the events of one part.
func (b *batchCall) extend(part *batch, messages []*streamspb.BatchAppendReq_ProposedMessage) error {
	for _, message := range messages {
		event, err := parseProposed(message)
		if err != nil {
			return err
		}
		size, err := b.node.checkSize(&event, part.size)
		b.openBytes += size - part.size
		part.size = size
		if err != nil {
			return err
		}
		part.request.events = append(part.request.events, event)
	}
	return nil
}

// refuse answers a batch before all of it is here.
func (b *batchCall) refuse(part *batch, cause error) error {
	if part.refused {
		return nil
	}
	part.stop()
	b.openBytes -= part.size
	part.refused, part.size, part.request = true, 0, nil
	return b.send(part, failedBatch(cause))
}

// expire answers a batch whose deadline has passed. One that is complete by now is
// answered by who waits for it.
func (b *batchCall) expire(late *batch) error {
	if b.open[late.id] != late {
		return nil
	}
	return b.refuse(late, context.DeadlineExceeded)
}

// submit hands a complete batch to the writer.
func (b *batchCall) submit(complete *batch) error {
	if complete.refused {
		return nil
	}
	b.inFlight++
	b.bytes += complete.size
	writer := b.core.writer
	if err := writer.enqueue(complete.ctx, complete.request); err != nil {
		return b.settle(settledBatch{batch: complete, err: err})
	}
	go func() {
		result, err := writer.await(complete.ctx, complete.request)
		b.settled <- settledBatch{complete, result, err}
	}()
	return nil
}

// settle answers a batch that has been decided.
func (b *batchCall) settle(s settledBatch) error {
	b.inFlight--
	b.bytes -= s.batch.size
	s.batch.stop()
	switch {
	case errors.Is(s.err, errStopped), errors.Is(s.err, errFailed):
		return s.err // the other batches of the call share its fate
	case s.err != nil:
		return b.send(s.batch, failedBatch(s.err))
	}
	return b.send(s.batch, batchResult(s.batch.request, s.result))
}

// end is called when the client has nothing more to send. What it left unfinished
// is not written.
func (b *batchCall) end(received error) error {
	if !errors.Is(received, io.EOF) {
		return received
	}
	b.closing = true
	for _, part := range b.open {
		if err := b.refuse(part, invalid("the call ended before the last part of the batch")); err != nil {
			return err
		}
	}
	return nil
}

func (b *batchCall) stopDeadlines() {
	for _, part := range b.open {
		part.stop()
	}
}

// send answers a batch with what the client needs to recognize it.
func (b *batchCall) send(part *batch, answer *streamspb.BatchAppendResp) error {
	answer.CorrelationId = part.correlation
	answer.StreamIdentifier = part.options.GetStreamIdentifier()
	echoExpectation(answer, part.options)
	return b.call.Send(answer)
}

func batchExpectation(options *streamspb.BatchAppendReq_Options) (int64, error) {
	switch v := options.GetExpectedStreamPosition().(type) {
	case *streamspb.BatchAppendReq_Options_StreamPosition:
		return parseRevision(v.StreamPosition)
	case *streamspb.BatchAppendReq_Options_NoStream:
		return expectNoStream, nil
	case *streamspb.BatchAppendReq_Options_Any:
		return expectAny, nil
	case *streamspb.BatchAppendReq_Options_StreamExists:
		return expectStreamExists, nil
	}
	return 0, errNoExpectation()
}

func echoExpectation(answer *streamspb.BatchAppendResp, options *streamspb.BatchAppendReq_Options) {
	switch v := options.GetExpectedStreamPosition().(type) {
	case *streamspb.BatchAppendReq_Options_StreamPosition:
		answer.ExpectedStreamPosition = &streamspb.BatchAppendResp_StreamPosition{StreamPosition: v.StreamPosition}
	case *streamspb.BatchAppendReq_Options_NoStream:
		answer.ExpectedStreamPosition = &streamspb.BatchAppendResp_NoStream{NoStream: emptyResult}
	case *streamspb.BatchAppendReq_Options_Any:
		answer.ExpectedStreamPosition = &streamspb.BatchAppendResp_Any{Any: emptyResult}
	case *streamspb.BatchAppendReq_Options_StreamExists:
		answer.ExpectedStreamPosition = &streamspb.BatchAppendResp_StreamExists{StreamExists: emptyResult}
	}
}

// batchResult encodes what the writer decided.
func batchResult(request *writeRequest, result writeResult) *streamspb.BatchAppendResp {
	switch result.outcome {
	case streamGone:
		return failedBatch(errStreamDeleted(request.stream))
	case wrongVersion:
		return errorBatch(codes.AlreadyExists, "WrongExpectedVersion", wrongVersionDetail(request.expected, result.current))
	case written:
	}
	success := &streamspb.BatchAppendResp_Success{
		CurrentRevisionOption: &streamspb.BatchAppendResp_Success_NoStream{NoStream: emptyResult},
		PositionOption:        &streamspb.BatchAppendResp_Success_NoPosition{NoPosition: emptyResult},
	}
	if result.revision >= 0 {
		success.CurrentRevisionOption = &streamspb.BatchAppendResp_Success_CurrentRevision{CurrentRevision: uint64(result.revision)}
	}
	if result.position > 0 {
		success.PositionOption = &streamspb.BatchAppendResp_Success_Position{
			Position: &shared.AllStreamPosition{CommitPosition: result.position, PreparePosition: result.position},
		}
	}
	return &streamspb.BatchAppendResp{Result: &streamspb.BatchAppendResp_Success_{Success: success}}
}

func wrongVersionDetail(expected, current int64) *shared.WrongExpectedVersion {
	w := &shared.WrongExpectedVersion{
		CurrentStreamRevisionOption: &shared.WrongExpectedVersion_CurrentNoStream{CurrentNoStream: emptyResult},
	}
	if current >= 0 {
		w.CurrentStreamRevisionOption = &shared.WrongExpectedVersion_CurrentStreamRevision{CurrentStreamRevision: uint64(current)}
	}
	switch expected {
	case expectNoStream:
		w.ExpectedStreamPositionOption = &shared.WrongExpectedVersion_ExpectedNoStream{ExpectedNoStream: emptyResult}
	case expectAny:
		w.ExpectedStreamPositionOption = &shared.WrongExpectedVersion_ExpectedAny{ExpectedAny: emptyResult}
	case expectStreamExists:
		w.ExpectedStreamPositionOption = &shared.WrongExpectedVersion_ExpectedStreamExists{ExpectedStreamExists: emptyResult}
	default:
		w.ExpectedStreamPositionOption = &shared.WrongExpectedVersion_ExpectedStreamPosition{ExpectedStreamPosition: uint64(expected)}
	}
	return w
}
