package eventstore

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/letopis-crm/letopis/domain"
)

// ErrUnavailable means that the server could not be reached, or did not answer, in
// time. An append that ends so may have happened; appending the same events again
// at the same revision is safe.
var ErrUnavailable = errors.New("the event store is unavailable")

// ErrStreamDeleted means that the stream was deleted for ever.
var ErrStreamDeleted = errors.New("the stream is deleted")

var errClosed = fmt.Errorf("%w: the connection is closed", ErrUnavailable)

// ErrWrongRevision means that the stream is not where an append expected it. It
// satisfies errors.Is(err, domain.ErrConflict).
type ErrWrongRevision struct {
	Stream   string
	Expected int64 // -1 = no stream
	Actual   int64 // -1 = no stream
}

func (e *ErrWrongRevision) Error() string {
	return fmt.Sprintf("stream %s is at revision %d, expected %d", e.Stream, e.Actual, e.Expected)
}

func (e *ErrWrongRevision) Is(target error) bool { return target == domain.ErrConflict }

// explain turns an error of the client into one of this package. stream and
// expected describe the call, for errors that speak of them.
func explain(err error, stream string, expected int64) error {
	var client *esdb.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrUnavailable):
		return err
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	case errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &client):
		return explainCode(client, stream, expected)
	}
	// Subscriptions hand out bare gRPC errors.
	switch status.Code(err) {
	case codes.Unavailable, codes.DeadlineExceeded, codes.Aborted:
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	case codes.Canceled:
		return fmt.Errorf("%w: %w", context.Canceled, err)
	}
	return fmt.Errorf("eventstore: %w", err)
}

func explainCode(err *esdb.Error, stream string, expected int64) error {
	switch err.Code() {
	case esdb.ErrorCodeWrongExpectedVersion:
		return &ErrWrongRevision{Stream: stream, Expected: expected, Actual: actualRevision(err)}
	case esdb.ErrorCodeStreamDeleted:
		return fmt.Errorf("%w: %s", ErrStreamDeleted, stream)
	case esdb.ErrorUnavailable, esdb.ErrorCodeConnectionClosed, esdb.ErrorCodeNotLeader,
		esdb.ErrorAborted, esdb.ErrorCodeDeadlineExceeded:
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	if status.Code(err.Err()) == codes.Canceled {
		return fmt.Errorf("%w: %w", context.Canceled, err)
	}
	return fmt.Errorf("eventstore: %w", err)
}

// actualRevision reads the stream's revision out of the client's message, the only
// place where it has it: "expecting '3' but got '5'", or 'no_stream'.
func actualRevision(err *esdb.Error) int64 {
	_, got, _ := strings.Cut(err.Error(), " but got '")
	revision, parseErr := strconv.ParseInt(strings.TrimSuffix(got, "'"), 10, 64)
	if parseErr != nil {
		return -1
	}
	return revision
}

// isMissing tells that a read found no stream.
func isMissing(err error) bool {
	var client *esdb.Error
	return errors.As(err, &client) && client.Code() == esdb.ErrorCodeResourceNotFound
}
