package eventnode

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	streamspb "github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
)

// callError is an error a client can tell apart: a gRPC status, and trailers of
// which "exception" names the case.
type callError struct {
	code     codes.Code
	message  string
	trailers []string      // key, value, key, value ...
	detail   proto.Message // what a batch's answer carries instead of trailers; nil = by the code
}

func (e *callError) Error() string { return e.message }

func invalid(format string, args ...any) error {
	return &callError{code: codes.InvalidArgument, message: fmt.Sprintf(format, args...)}
}

func errNoExpectation() error { return invalid("the expected revision is missing") }

func errStreamDeleted(stream string) error {
	return &callError{
		code:     codes.FailedPrecondition,
		message:  fmt.Sprintf("Event stream '%s' is deleted.", stream),
		trailers: []string{"exception", "stream-deleted", "stream-name", stream},
		detail:   &shared.StreamDeleted{StreamIdentifier: streamIdentifier(stream)},
	}
}

// errWrongVersion is for deletes only: a wrong version of an append is an answer,
// not an error.
func errWrongVersion(stream string, expected, actual int64) error {
	return &callError{
		code: codes.FailedPrecondition,
		message: fmt.Sprintf("Wrong expected version on stream '%s'. Expected version: %d, current version: %d",
			stream, expected, actual),
		trailers: []string{
			"exception", "wrong-expected-version", "stream-name", stream,
			"expected-version", strconv.FormatInt(expected, 10), "actual-version", strconv.FormatInt(actual, 10),
		},
	}
}

func errAppendTooBig(limit int) error {
	return &callError{
		code:    codes.InvalidArgument,
		message: fmt.Sprintf("Maximum Append Size of %d Exceeded.", limit),
		trailers: []string{
			"exception", "maximum-append-size-exceeded", "maximum-append-size", strconv.Itoa(limit),
		},
		detail: &shared.MaximumAppendSizeExceeded{MaxAppendSize: uint32(limit)},
	}
}

func errEventTooBig(id string, size, limit int) error {
	return &callError{
		code:    codes.InvalidArgument,
		message: fmt.Sprintf("Event with Id: %s, Size: %d, exceeds Maximum Append Event Size of %d.", id, size, limit),
		trailers: []string{
			"exception", "maximum-append-event-size-exceeded", "maximum-append-event-size", strconv.Itoa(limit),
			"event-id", id, "proposed-append-event-size", strconv.Itoa(size),
		},
	}
}

func errMissingMetadata(key string) error {
	return &callError{
		code:    codes.InvalidArgument,
		message: fmt.Sprintf("Required Metadata Property '%s' is missing", key),
		trailers: []string{
			"exception", "missing-required-metadata-property",
			"required-metadata-properties", keyType + "," + keyContentType,
		},
	}
}

func errNotReady() error {
	return &callError{code: codes.Unavailable, message: "Server Is Not Ready"}
}

func errTimeout(waited time.Duration) error {
	return &callError{
		code:    codes.Aborted,
		message: fmt.Sprintf("Operation timed out: the disk has not confirmed the write for %v; it may still happen", waited),
	}
}

// failedBatch is the answer to a batch that failed: the same error as of a single
// append, but as a status inside of the answer. Clients tell cases apart by its detail.
func failedBatch(err error) *streamspb.BatchAppendResp {
	var call *callError
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return errorBatch(codes.DeadlineExceeded, "Timeout", &shared.Timeout{})
	case !errors.As(err, &call):
		return errorBatch(codes.Unknown, err.Error(), &shared.Unknown{})
	}
	switch detail := call.detail.(type) {
	case *shared.StreamDeleted:
		return errorBatch(codes.NotFound, "StreamDeleted", detail)
	case *shared.MaximumAppendSizeExceeded:
		return errorBatch(codes.InvalidArgument, "MaximumAppendSizeExceeded", detail)
	}
	switch call.code {
	case codes.InvalidArgument:
		return errorBatch(codes.InvalidArgument, "BadRequest", &shared.BadRequest{Message: call.message})
	case codes.PermissionDenied:
		return errorBatch(codes.PermissionDenied, "AccessDenied", &shared.AccessDenied{})
	default:
		return errorBatch(call.code, call.message, &shared.Unknown{})
	}
}

// errorBatch packs exactly one detail: EventStore's own status has room for no more,
// and Google's, which has, is read the same.
func errorBatch(code codes.Code, message string, detail proto.Message) *streamspb.BatchAppendResp {
	answer := status.New(code, message).Proto()
	if packed, err := anypb.New(detail); err == nil { // marshalling fails for invalid UTF-8 only
		answer.Details = []*anypb.Any{packed}
	}
	return &streamspb.BatchAppendResp{Result: &streamspb.BatchAppendResp_Error{Error: answer}}
}

// answerError turns what a handler returned into what the client gets.
func answerError(ctx context.Context, err error) error {
	var call *callError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &call):
		if len(call.trailers) > 0 {
			_ = grpc.SetTrailer(ctx, printableTrailers(call.trailers)) // fails only outside of a call
		}
		return status.Error(call.code, call.message)
	case errors.Is(err, errFailed):
		return status.Error(codes.Unavailable, err.Error())
	case errors.Is(err, errStopped):
		return status.Error(codes.Unavailable, "Server Is Not Ready")
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return status.FromContextError(err).Err()
	}
	if errors.Is(err, errCorruptRecord) {
		return status.Error(codes.DataLoss, err.Error())
	}
	if _, isStatus := status.FromError(err); isStatus {
		return err
	}
	return status.Error(codes.Unknown, err.Error())
}

func printableTrailers(pairs []string) metadata.MD {
	trailers := metadata.MD{}
	for i := 0; i < len(pairs); i += 2 {
		trailers.Append(pairs[i], printable(pairs[i+1]))
	}
	return trailers
}

// printable quotes what a trailer cannot carry: anything but printable ASCII.
func printable(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0 {
		return s
	}
	quoted := strconv.QuoteToASCII(s)
	return quoted[1 : len(quoted)-1]
}

func (n *Node) unaryErrors(
	ctx context.Context, req any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler,
) (any, error) {
	resp, err := handler(ctx, req)
	n.logUnexpected(err)
	return resp, answerError(ctx, err)
}

func (n *Node) streamErrors(srv any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	err := handler(srv, stream)
	n.logUnexpected(err)
	return answerError(stream.Context(), err)
}

// logUnexpected reports damaged data; every other error is the client's business.
func (n *Node) logUnexpected(err error) {
	if errors.Is(err, errCorruptRecord) {
		n.metrics.corrupt.Inc()
		n.cfg.Logger.Error("event node: read failed", "error", err)
	}
}
