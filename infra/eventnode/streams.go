package eventnode

import (
	"context"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"

	streamspb "github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
)

// streamsService is the protocol's main service.
type streamsService struct {
	streamspb.UnimplementedStreamsServer
	node *Node
}

// Append writes the events of one call, all or none.
func (s *streamsService) Append(call streamspb.Streams_AppendServer) error {
	request, err := s.receiveAppend(call)
	if err != nil {
		return err
	}
	result, err := s.write(call.Context(), request)
	if err != nil {
		return err
	}
	switch result.outcome {
	case streamGone:
		return errStreamDeleted(request.stream)
	case wrongVersion:
		return call.SendAndClose(appendWrongVersion(request.expected, result.current))
	case written:
	}
	return call.SendAndClose(appendSuccess(result))
}

// receiveAppend collects the messages of an append: options first, then one per event.
func (s *streamsService) receiveAppend(call streamspb.Streams_AppendServer) (*writeRequest, error) {
	message, err := call.Recv()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	options := message.GetOptions()
	if options == nil {
		return nil, invalid("the first message of an append must be its options")
	}
	request := &writeRequest{kind: writeEvents}
	if request.stream, err = writableStream(options.GetStreamIdentifier()); err != nil {
		return nil, err
	}
	if request.expected, err = appendExpectation(options); err != nil {
		return nil, err
	}
	for size := 0; ; {
		message, err := call.Recv()
		if errors.Is(err, io.EOF) {
			return request, nil
		}
		if err != nil {
			return nil, err
		}
		if message.GetProposedMessage() == nil {
			return nil, invalid("an append takes its options once")
		}
		event, err := parseProposed(message.GetProposedMessage())
		if err != nil {
			return nil, err
		}
		if size, err = s.node.checkSize(&event, size); err != nil {
			return nil, err
		}
		request.events = append(request.events, event)
	}
}

// checkSize adds an event to the size of its append and holds both to their bounds.
func (n *Node) checkSize(event *proposedEvent, size int) (int, error) {
	own := event.size()
	size += own
	if limit := n.cfg.MaxEventSize; limit > 0 && own > limit {
		return size, errEventTooBig(event.id.String(), own, limit)
	}
	if size > n.cfg.MaxAppendSize {
		return size, errAppendTooBig(n.cfg.MaxAppendSize)
	}
	return size, nil
}

// write submits one request and waits, but not for ever: a disk that hangs must not
// look to the client like a connection that does.
func (s *streamsService) write(ctx context.Context, request *writeRequest) (writeResult, error) {
	limit := s.node.cfg.WriteTimeout
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	result, err := s.node.core().writer.submit(limited, request)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		err = errTimeout(limit)
	}
	return result, err
}

func appendExpectation(options *streamspb.AppendReq_Options) (int64, error) {
	switch v := options.GetExpectedStreamRevision().(type) {
	case *streamspb.AppendReq_Options_Revision:
		return parseRevision(v.Revision)
	case *streamspb.AppendReq_Options_NoStream:
		return expectNoStream, nil
	case *streamspb.AppendReq_Options_Any:
		return expectAny, nil
	case *streamspb.AppendReq_Options_StreamExists:
		return expectStreamExists, nil
	}
	return 0, errNoExpectation()
}

// Delete hides a stream's events; a later append goes on with its numbers.
func (s *streamsService) Delete(ctx context.Context, req *streamspb.DeleteReq) (*streamspb.DeleteResp, error) {
	options := req.GetOptions()
	request := &writeRequest{kind: writeDelete}
	switch v := options.GetExpectedStreamRevision().(type) {
	case *streamspb.DeleteReq_Options_Revision:
		revision, err := parseRevision(v.Revision)
		if err != nil {
			return nil, err
		}
		request.expected = revision
	case *streamspb.DeleteReq_Options_NoStream:
		request.expected = expectNoStream
	case *streamspb.DeleteReq_Options_Any:
		request.expected = expectAny
	case *streamspb.DeleteReq_Options_StreamExists:
		request.expected = expectStreamExists
	default:
		return nil, errNoExpectation()
	}
	var err error
	if request.stream, err = writableStream(options.GetStreamIdentifier()); err != nil {
		return nil, err
	}
	position, err := s.delete(ctx, request)
	if err != nil {
		return nil, err
	}
	return &streamspb.DeleteResp{PositionOption: &streamspb.DeleteResp_Position_{
		Position: &streamspb.DeleteResp_Position{CommitPosition: position, PreparePosition: position},
	}}, nil
}

// Tombstone ends a stream for ever.
func (s *streamsService) Tombstone(ctx context.Context, req *streamspb.TombstoneReq) (*streamspb.TombstoneResp, error) {
	options := req.GetOptions()
	request := &writeRequest{kind: writeTombstone}
	switch v := options.GetExpectedStreamRevision().(type) {
	case *streamspb.TombstoneReq_Options_Revision:
		revision, err := parseRevision(v.Revision)
		if err != nil {
			return nil, err
		}
		request.expected = revision
	case *streamspb.TombstoneReq_Options_NoStream:
		request.expected = expectNoStream
	case *streamspb.TombstoneReq_Options_Any:
		request.expected = expectAny
	case *streamspb.TombstoneReq_Options_StreamExists:
		request.expected = expectStreamExists
	default:
		return nil, errNoExpectation()
	}
	var err error
	if request.stream, err = writableStream(options.GetStreamIdentifier()); err != nil {
		return nil, err
	}
	position, err := s.delete(ctx, request)
	if err != nil {
		return nil, err
	}
	return &streamspb.TombstoneResp{PositionOption: &streamspb.TombstoneResp_Position_{
		Position: &streamspb.TombstoneResp_Position{CommitPosition: position, PreparePosition: position},
	}}, nil
}

func (s *streamsService) delete(ctx context.Context, request *writeRequest) (position uint64, err error) {
	if _, isMeta := metaTarget(request.stream); isMeta {
		return 0, invalid("a metadata stream goes with its stream; it cannot be deleted alone")
	}
	result, err := s.write(ctx, request)
	if err != nil {
		return 0, err
	}
	switch result.outcome {
	case streamGone:
		return 0, errStreamDeleted(request.stream)
	case wrongVersion:
		return 0, errWrongVersion(request.stream, request.expected, result.current)
	case written:
	}
	return result.position, nil
}

// reader is one Read call: options that are checked, and where answers go.
type reader struct {
	node         *Node
	core         *core
	call         streamspb.Streams_ReadServer
	framer       framer
	filter       filter
	backwards    bool
	resolveLinks bool
	positions    bool // the client understands stream position messages
	limit        uint64
	stream       string // empty = $all
}

// Read serves reads and subscriptions: the protocol has one method for both.
func (s *streamsService) Read(req *streamspb.ReadReq, call streamspb.Streams_ReadServer) error {
	options := req.GetOptions()
	r, err := s.newReader(options, call)
	if err != nil {
		return err
	}
	switch options.GetCountOption().(type) {
	case *streamspb.ReadReq_Options_Count:
		r.limit = options.GetCount()
		s.node.metrics.reads.WithLabelValues(r.kind()).Inc()
		if r.stream == "" {
			return r.readAll(options.GetAll())
		}
		return r.readStream(options.GetStream())
	case *streamspb.ReadReq_Options_Subscription:
		if r.backwards {
			return invalid("a subscription cannot run backwards")
		}
		defer s.node.metrics.subscribed(r.kind())()
		if r.stream == "" {
			return r.subscribeAll(options.GetAll())
		}
		return r.subscribeStream(options.GetStream())
	}
	return invalid("neither a count nor a subscription is asked for")
}

func (s *streamsService) newReader(options *streamspb.ReadReq_Options, call streamspb.Streams_ReadServer) (*reader, error) {
	r := &reader{
		node: s.node, core: s.node.core(), call: call,
		backwards:    options.GetReadDirection() == streamspb.ReadReq_Options_Backwards,
		resolveLinks: options.GetResolveLinks(),
		positions:    options.GetControlOption().GetCompatibility() >= 1,
	}
	if direction := options.GetReadDirection(); direction != streamspb.ReadReq_Options_Forwards && !r.backwards {
		return nil, invalid("there is no read direction %d", direction)
	}
	var err error
	if r.framer, err = newFramer(options.GetUuidOption()); err != nil {
		return nil, err
	}
	if r.filter, err = parseFilter(options); err != nil {
		return nil, err
	}
	switch v := options.GetStreamOption().(type) {
	case *streamspb.ReadReq_Options_All:
		return r, nil
	case *streamspb.ReadReq_Options_Stream:
		if options.GetFilter() != nil {
			return nil, invalid("only $all can be filtered")
		}
		r.stream, err = streamName(v.Stream.GetStreamIdentifier())
		return r, err
	}
	return nil, invalid("neither a stream nor $all is asked for")
}

// kind names what is read in metrics.
func (r *reader) kind() string {
	if r.stream == "" {
		return kindAll
	}
	return kindStream
}

// send passes an answer on unless the node is stopping.
func (r *reader) send(answer *streamspb.ReadResp) error {
	select {
	case <-r.core.over:
		return errNotReady()
	default:
		return r.call.Send(answer)
	}
}

func (r *reader) sendFrame(f frame) error {
	select {
	case <-r.core.over:
		f.Free()
		return errNotReady()
	default:
		return r.call.SendMsg(f)
	}
}

// sendEvent sends an event, with the target of a link when the call asks for it.
func (r *reader) sendEvent(event *record) error {
	if !r.resolveLinks || event.eventType != linkType {
		return r.sendFrame(r.framer.frame(event, nil, false))
	}
	target, err := r.linkTarget(event)
	if err != nil {
		return err
	}
	return r.sendFrame(r.framer.frame(event, target, true))
}

// linkTarget finds the event a link ("revision@stream") points to; nil when it is
// deleted, truncated or never was.
func (r *reader) linkTarget(link *record) (*record, error) {
	number, stream, ok := strings.Cut(string(link.data), "@")
	revision, err := strconv.ParseInt(number, 10, 64)
	if !ok || err != nil || stream == "" {
		return nil, nil //nolint:nilerr // anybody may write such a link; it leads nowhere
	}
	v, err := r.view(stream)
	if err != nil || v.tombstoned || !v.exists || revision < v.first || revision > v.last {
		return nil, err
	}
	target, found, err := r.core.store.eventAt(v.id, revision, v.bound)
	if err != nil || !found {
		return nil, err
	}
	return &target, nil
}

func (r *reader) view(stream string) (streamView, error) {
	return r.core.store.view(stream, toTicks(r.node.cfg.Now()))
}

// allStart reads where in $all a call begins. forwards = from this position on,
// backwards = below it.
func allStart(options *streamspb.ReadReq_Options_AllOptions) (position uint64, err error) {
	switch v := options.GetAllOption().(type) {
	case *streamspb.ReadReq_Options_AllOptions_Start:
		return 0, nil
	case *streamspb.ReadReq_Options_AllOptions_End:
		return math.MaxUint64, nil
	case *streamspb.ReadReq_Options_AllOptions_Position:
		commit, prepare := v.Position.GetCommitPosition(), v.Position.GetPreparePosition()
		if commit < prepare || !validPosition(commit) || !validPosition(prepare) {
			return 0, invalid("Trying to read from an invalid position.")
		}
		return commit, nil
	}
	return 0, invalid("the position to begin at is missing")
}

// validPosition: the largest number of all stands for the end, those below it that
// no log can reach for nothing.
func validPosition(position uint64) bool {
	return position <= math.MaxInt64 || position == math.MaxUint64
}

// readAll sends the events of $all known when the call began.
func (r *reader) readAll(options *streamspb.ReadReq_Options_AllOptions) error {
	position, err := allStart(options)
	if err != nil {
		return err
	}
	bound := r.core.store.durable.Load()
	for left := r.limit; left > 0; {
		page := left
		if r.filter.asked {
			page = pageEvents // few of them may match
		}
		var events []record
		if r.backwards {
			events, err = r.core.store.allBackwards(position, bound, page)
		} else {
			events, err = r.core.store.allForwards(position, bound, page)
		}
		if err != nil || len(events) == 0 {
			return err
		}
		r.node.metrics.readEvents.Add(float64(len(events)))
		for i := range events {
			if left == 0 || !r.filter.matches(&events[i]) {
				continue
			}
			if err := r.sendEvent(&events[i]); err != nil {
				return err
			}
			left--
		}
		position = events[len(events)-1].position
		if !r.backwards {
			position++
		}
	}
	return nil
}

// readStream sends the visible events of a stream known when the call began.
func (r *reader) readStream(options *streamspb.ReadReq_Options_StreamOptions) error {
	var from int64
	switch v := options.GetRevisionOption().(type) {
	case *streamspb.ReadReq_Options_StreamOptions_Revision:
		from = asRevision(v.Revision)
	case *streamspb.ReadReq_Options_StreamOptions_Start:
	case *streamspb.ReadReq_Options_StreamOptions_End:
		from = asRevision(math.MaxUint64)
	default:
		return invalid("the revision to begin at is missing")
	}
	v, err := r.view(r.stream)
	switch {
	case err != nil:
		return err
	case v.tombstoned:
		return errStreamDeleted(r.stream)
	case !v.exists || v.softDeleted:
		return r.send(notFoundResp(r.stream))
	}
	if !r.positions {
		return r.sendStream(v, from)
	}
	if first, ok := resumption(v, from, r.limit); ok && !r.backwards {
		if err := r.send(firstPositionResp(first)); err != nil {
			return err
		}
	}
	if err := r.sendStream(v, from); err != nil {
		return err
	}
	return r.send(lastPositionResp(v.last))
}

// protocolPage is how many events EventStoreDB reads at once for a call. Only the
// first position shows it.
const protocolPage = 32

// resumption is where a forward read goes on whose first page turns out empty:
// it begins before what is visible, or behind the end. Reading exactly from the
// end is what followers do, and needs no remark.
func resumption(v streamView, from int64, limit uint64) (int64, bool) {
	page := int64(min(limit, protocolPage))
	switch {
	case page == 0 || from == v.last+1:
		return 0, false
	case from > v.last:
		return v.last + 1, true
	case max(from, v.first) > min(from+page-1, v.last):
		return v.first, true
	}
	return 0, false
}

func (r *reader) sendStream(v streamView, from int64) error {
	for left := r.limit; left > 0; {
		var events []record
		var err error
		if r.backwards {
			events, err = r.core.store.streamBackwards(v, from, left)
		} else {
			events, err = r.core.store.streamForwards(v, from, left)
		}
		if err != nil || len(events) == 0 {
			return err
		}
		r.node.metrics.readEvents.Add(float64(len(events)))
		for i := range events {
			if err := r.sendEvent(&events[i]); err != nil {
				return err
			}
		}
		left -= uint64(len(events))
		from = events[len(events)-1].revision + 1
		if r.backwards {
			from -= 2
		}
	}
	return nil
}
