package eventnode

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	streamspb "github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

type (
	readOptions = streamspb.ReadReq_Options
	allOptions  = streamspb.ReadReq_Options_AllOptions
	someOptions = streamspb.ReadReq_Options_StreamOptions
	filterBy    = streamspb.ReadReq_Options_FilterOptions
)

// readFrom is a read of a stream, or with no name of $all, as a client asks for it,
// but for what change does to it.
func readFrom(stream string, change func(*readOptions)) *streamspb.ReadReq {
	options := &readOptions{
		StreamOption: &streamspb.ReadReq_Options_All{All: &allOptions{
			AllOption: &streamspb.ReadReq_Options_AllOptions_Start{Start: empty},
		}},
		CountOption:  &streamspb.ReadReq_Options_Count{Count: 10},
		FilterOption: &streamspb.ReadReq_Options_NoFilter{NoFilter: empty},
		UuidOption: &streamspb.ReadReq_Options_UUIDOption{
			Content: &streamspb.ReadReq_Options_UUIDOption_Structured{Structured: empty},
		},
	}
	if stream != "" {
		options.StreamOption = &streamspb.ReadReq_Options_Stream{Stream: &someOptions{
			StreamIdentifier: streamIdentifier(stream),
			RevisionOption:   &streamspb.ReadReq_Options_StreamOptions_Start{Start: empty},
		}}
	}
	if change != nil {
		change(options)
	}
	return &streamspb.ReadReq{Options: options}
}

func asSubscription(options *readOptions) {
	options.CountOption = &streamspb.ReadReq_Options_Subscription{Subscription: &streamspb.ReadReq_Options_SubscriptionOptions{}}
}

func fromPosition(commit, prepare uint64) func(*readOptions) {
	return func(options *readOptions) {
		options.GetAll().AllOption = &streamspb.ReadReq_Options_AllOptions_Position{
			Position: &streamspb.ReadReq_Options_Position{CommitPosition: commit, PreparePosition: prepare},
		}
	}
}

func filtered(by *filterBy) func(*readOptions) {
	return func(options *readOptions) { options.FilterOption = &streamspb.ReadReq_Options_Filter{Filter: by} }
}

func both(changes ...func(*readOptions)) func(*readOptions) {
	return func(options *readOptions) {
		for _, change := range changes {
			change(options)
		}
	}
}

func typeExpression(regex string, prefixes ...string) *streamspb.ReadReq_Options_FilterOptions_EventType {
	return &streamspb.ReadReq_Options_FilterOptions_EventType{
		EventType: &streamspb.ReadReq_Options_FilterOptions_Expression{Regex: regex, Prefix: prefixes},
	}
}

func streamExpression(regex string, prefixes ...string) *streamspb.ReadReq_Options_FilterOptions_StreamIdentifier {
	return &streamspb.ReadReq_Options_FilterOptions_StreamIdentifier{
		StreamIdentifier: &streamspb.ReadReq_Options_FilterOptions_Expression{Regex: regex, Prefix: prefixes},
	}
}

// TestErrors is the table of statuses and trailers: clients decide by the trailer
// "exception".
func TestErrors(t *testing.T) {
	t.Parallel()
	target := newTarget(t)
	gone, there, missing := newStream(), newStream(), newStream()
	prepare(t, target.client, gone, "a#")
	prepare(t, target.client, there, "ab")
	foreign := `conformance-"ключ\` + uuid.NewString() + `"`
	prepare(t, target.client, foreign, "a#")
	quoted := strconv.QuoteToASCII(foreign)[1:]
	quoted = quoted[:len(quoted)-1]

	type failing func(*testing.T) (metadata.MD, error)
	read := func(request *streamspb.ReadReq) failing {
		return func(t *testing.T) (metadata.MD, error) {
			t.Helper()
			call, err := target.raw.Read(within(t), request)
			if err != nil {
				return nil, err
			}
			_, err = call.Recv()
			return call.Trailer(), err
		}
	}
	write := func(messages ...*streamspb.AppendReq) failing {
		return func(t *testing.T) (metadata.MD, error) {
			t.Helper()
			call, err := target.raw.Append(within(t))
			if err != nil {
				return nil, err
			}
			for _, m := range messages {
				_ = call.Send(m) // the answer says what was wrong
			}
			_, err = call.CloseAndRecv()
			return call.Trailer(), err
		}
	}
	remove := func(options *streamspb.DeleteReq_Options) failing {
		return func(t *testing.T) (trailers metadata.MD, err error) {
			t.Helper()
			_, err = target.raw.Delete(within(t), &streamspb.DeleteReq{Options: options}, grpc.Trailer(&trailers))
			return trailers, err
		}
	}
	bury := func(options *streamspb.TombstoneReq_Options) failing {
		return func(t *testing.T) (trailers metadata.MD, err error) {
			t.Helper()
			_, err = target.raw.Tombstone(within(t), &streamspb.TombstoneReq{Options: options}, grpc.Trailer(&trailers))
			return trailers, err
		}
	}
	deleteAt := func(stream string, revision uint64) failing {
		return remove(&streamspb.DeleteReq_Options{
			StreamIdentifier: streamIdentifier(stream), ExpectedStreamRevision: &streamspb.DeleteReq_Options_Revision{Revision: revision},
		})
	}
	keys := func(pairs ...string) map[string]string {
		all := map[string]string{keyType: "t", keyContentType: contentJSON}
		for i := 0; i < len(pairs); i += 2 {
			all[pairs[i]] = pairs[i+1]
			if pairs[i+1] == "-" {
				delete(all, pairs[i])
			}
		}
		return all
	}
	event := proposed(keys())
	big, badID, noID := proposed(keys()), proposed(keys()), proposed(keys())
	big.GetProposedMessage().Data = make([]byte, 1<<20)
	badID.GetProposedMessage().Id = &shared.UUID{Value: &shared.UUID_String_{String_: "not a uuid"}}
	noID.GetProposedMessage().Id = nil
	badRevision := appendOptions(there)
	badRevision.GetOptions().ExpectedStreamRevision = &streamspb.AppendReq_Options_Revision{Revision: math.MaxUint64 - 1}
	noRevision := appendOptions(there)
	noRevision.GetOptions().ExpectedStreamRevision = nil

	isGone := func(name string) map[string]string {
		return map[string]string{"exception": "stream-deleted", "stream-name": name}
	}
	wrongVersion := func(expected, actual string) map[string]string {
		return map[string]string{"exception": "wrong-expected-version", "expected-version": expected, "actual-version": actual}
	}
	incomplete := map[string]string{
		"exception": "missing-required-metadata-property", "required-metadata-properties": "type,content-type",
	}
	window := &streamspb.ReadReq_Options_FilterOptions_Max{Max: 32}
	tests := []struct {
		name     string
		call     failing
		code     codes.Code
		trailers map[string]string // nil = none
	}{
		{"read, tombstoned", read(readFrom(gone, nil)), codes.FailedPrecondition, isGone(gone)},
		{"read backwards, tombstoned", read(readFrom(gone, func(o *readOptions) {
			o.ReadDirection = streamspb.ReadReq_Options_Backwards
		})), codes.FailedPrecondition, isGone(gone)},
		{"read, metadata of a tombstoned stream", read(readFrom("$$"+gone, nil)), codes.FailedPrecondition, isGone("$$" + gone)},
		{"read, tombstoned, name not ASCII", read(readFrom(foreign, nil)), codes.FailedPrecondition, isGone(quoted)},
		{"subscribe, tombstoned", read(readFrom(gone, asSubscription)), codes.FailedPrecondition, isGone(gone)},
		{"append, tombstoned", write(appendOptions(gone), event), codes.FailedPrecondition, isGone(gone)},
		{"append, tombstoned, name not ASCII", write(appendOptions(foreign), event), codes.FailedPrecondition, isGone(quoted)},
		{"delete, tombstoned", deleteAt(gone, 0), codes.FailedPrecondition, isGone(gone)},
		{"tombstone, tombstoned", bury(&streamspb.TombstoneReq_Options{
			StreamIdentifier: streamIdentifier(gone), ExpectedStreamRevision: &streamspb.TombstoneReq_Options_Any{Any: empty},
		}), codes.FailedPrecondition, isGone(gone)},

		{"delete, wrong version", deleteAt(there, 5), codes.FailedPrecondition, map[string]string{
			"exception": "wrong-expected-version", "stream-name": there, "expected-version": "5", "actual-version": "1"}},
		{"delete, version behind", deleteAt(there, 0), codes.FailedPrecondition, wrongVersion("0", "1")},
		{"delete, no stream expected", remove(&streamspb.DeleteReq_Options{
			StreamIdentifier: streamIdentifier(there), ExpectedStreamRevision: &streamspb.DeleteReq_Options_NoStream{NoStream: empty},
		}), codes.FailedPrecondition, wrongVersion("-1", "1")},
		{"delete, missing, any", remove(&streamspb.DeleteReq_Options{
			StreamIdentifier: streamIdentifier(missing), ExpectedStreamRevision: &streamspb.DeleteReq_Options_Any{Any: empty},
		}), codes.FailedPrecondition, wrongVersion("-2", "-1")},
		{"delete, missing, exists", remove(&streamspb.DeleteReq_Options{
			StreamIdentifier: streamIdentifier(missing), ExpectedStreamRevision: &streamspb.DeleteReq_Options_StreamExists{StreamExists: empty},
		}), codes.FailedPrecondition, wrongVersion("-4", "-1")},
		{"tombstone, wrong version", bury(&streamspb.TombstoneReq_Options{
			StreamIdentifier: streamIdentifier(there), ExpectedStreamRevision: &streamspb.TombstoneReq_Options_Revision{Revision: 7},
		}), codes.FailedPrecondition, wrongVersion("7", "1")},
		{"tombstone, missing, exists", bury(&streamspb.TombstoneReq_Options{
			StreamIdentifier: streamIdentifier(missing), ExpectedStreamRevision: &streamspb.TombstoneReq_Options_StreamExists{StreamExists: empty},
		}), codes.FailedPrecondition, wrongVersion("-4", "-1")},
		{"delete, no expectation", remove(&streamspb.DeleteReq_Options{StreamIdentifier: streamIdentifier(there)}), codes.InvalidArgument, nil},
		{"delete, nothing at all", remove(nil), codes.InvalidArgument, nil},
		{"tombstone, nothing at all", bury(nil), codes.InvalidArgument, nil},
		{"delete, metadata stream", deleteAt("$$"+there, 0), codes.InvalidArgument, nil},

		{"append, too big", write(appendOptions(missing), big), codes.InvalidArgument, map[string]string{
			"exception": "maximum-append-size-exceeded", "maximum-append-size": "1048576"}},
		{"append, no type", write(appendOptions(missing), proposed(keys(keyType, "-"))), codes.InvalidArgument, incomplete},
		{"append, empty type", write(appendOptions(missing), proposed(keys(keyType, ""))), codes.InvalidArgument, incomplete},
		{"append, no content type", write(appendOptions(missing), proposed(keys(keyContentType, "-"))), codes.InvalidArgument, incomplete},
		{"append, no messages", write(), codes.InvalidArgument, nil},
		{"append, no options", write(event), codes.InvalidArgument, nil},
		{"append, options twice", write(appendOptions(missing), appendOptions(missing)), codes.InvalidArgument, nil},
		{"append, id is no uuid", write(appendOptions(missing), badID), codes.InvalidArgument, nil},
		{"append, no id", write(appendOptions(missing), noID), codes.InvalidArgument, nil},
		{"append, no expectation", write(noRevision, event), codes.InvalidArgument, nil},
		{"append, revision out of range", write(badRevision, event), codes.InvalidArgument, nil},
		{"append to $all", write(appendOptions("$all"), event), codes.InvalidArgument, nil},
		{"append, no name", write(appendOptions(""), event), codes.InvalidArgument, nil},
		{"append, name too long", write(appendOptions(strings.Repeat("s", maxStreamName+1)), event), codes.InvalidArgument, nil},

		{"read, nothing at all", read(&streamspb.ReadReq{}), codes.InvalidArgument, nil},
		{"read, no uuid option", read(readFrom("", func(o *readOptions) { o.UuidOption = nil })), codes.InvalidArgument, nil},
		{"read, empty uuid option", read(readFrom("", func(o *readOptions) { o.UuidOption.Content = nil })), codes.InvalidArgument, nil},
		{"read, neither stream nor $all", read(readFrom("", func(o *readOptions) { o.StreamOption = nil })), codes.InvalidArgument, nil},
		{"read, neither count nor subscription", read(readFrom("", func(o *readOptions) { o.CountOption = nil })), codes.InvalidArgument, nil},
		{"read, no position", read(readFrom("", func(o *readOptions) { o.GetAll().AllOption = nil })), codes.InvalidArgument, nil},
		{"read, no revision", read(readFrom(there, func(o *readOptions) { o.GetStream().RevisionOption = nil })), codes.InvalidArgument, nil},
		{"read, unknown direction", read(readFrom("", func(o *readOptions) { o.ReadDirection = 7 })), codes.InvalidArgument, nil},
		{"read, prepare above commit", read(readFrom("", fromPosition(1, 2))), codes.InvalidArgument, nil},
		{"read, commit out of range", read(readFrom("", fromPosition(math.MaxInt64+1, 0))), codes.InvalidArgument, nil},
		{"read, prepare out of range", read(readFrom("", fromPosition(math.MaxUint64, math.MaxUint64-1))), codes.InvalidArgument, nil},
		{"subscribe, invalid position", read(readFrom("", both(fromPosition(1, 2), asSubscription))), codes.InvalidArgument, nil},
		{"subscribe, no revision", read(readFrom(there, both(asSubscription, func(o *readOptions) { o.GetStream().RevisionOption = nil }))),
			codes.InvalidArgument, nil},
		{"subscribe backwards", read(readFrom("", both(asSubscription, func(o *readOptions) {
			o.ReadDirection = streamspb.ReadReq_Options_Backwards
		}))), codes.InvalidArgument, nil},

		{"filter of a stream", read(readFrom(there, filtered(&filterBy{Filter: typeExpression("a"), Window: window}))), codes.InvalidArgument, nil},
		{"filter, look-ahead", read(readFrom("", filtered(&filterBy{Filter: typeExpression(`^(?!\$)`), Window: window}))), codes.InvalidArgument, nil},
		{"filter, nothing to match", read(readFrom("", filtered(&filterBy{Filter: typeExpression(""), Window: window}))), codes.InvalidArgument, nil},
		{"filter, no subject", read(readFrom("", filtered(&filterBy{Window: window}))), codes.InvalidArgument, nil},
		{"filter, no window", read(readFrom("", filtered(&filterBy{Filter: typeExpression("a")}))), codes.InvalidArgument, nil},
		{"filter, empty window", read(readFrom("", filtered(&filterBy{
			Filter: typeExpression("a"), Window: &streamspb.ReadReq_Options_FilterOptions_Max{},
		}))), codes.InvalidArgument, nil},
		{"filter, no interval", read(readFrom("", both(asSubscription, filtered(&filterBy{Filter: typeExpression("a"), Window: window})))),
			codes.Unknown, nil},
		{"filter, no interval and no window", read(readFrom("", both(asSubscription, filtered(&filterBy{
			Filter: typeExpression("a"), Window: &streamspb.ReadReq_Options_FilterOptions_Count{Count: empty},
		})))), codes.Unknown, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			trailers, err := tt.call(t)
			if target.node == nil && tt.trailers == nil && err != nil {
				return // EventStoreDB throws at many of these
			}
			if status.Code(err) != tt.code {
				t.Fatalf("got %v, want %v", err, tt.code)
			}
			if got := trailers.Get("exception"); tt.trailers == nil && len(got) != 0 {
				t.Errorf("exception %q, want none", got)
			}
			for key, want := range tt.trailers {
				if got := trailers.Get(key); len(got) != 1 || got[0] != want {
					t.Errorf("trailer %s = %q, want %q", key, got, want)
				}
			}
		})
	}
}

// TestMissingStreamIsAnAnswer: not an error.
func TestMissingStreamIsAnAnswer(t *testing.T) {
	t.Parallel()
	target := newTarget(t)
	hidden, onlyMetadata := newStream(), newStream()
	prepare(t, target.client, hidden, "ab!")
	prepare(t, target.client, onlyMetadata, "m")
	for _, stream := range []string{newStream(), hidden, onlyMetadata} {
		call, err := target.raw.Read(within(t), readFrom(stream, nil))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := call.Recv()
		if err != nil || string(answer.GetStreamNotFound().GetStreamIdentifier().GetStreamName()) != stream {
			t.Errorf("%v, %v", answer, err)
		}
		if _, err := call.Recv(); !isEOF(err) || len(call.Trailer().Get("exception")) != 0 {
			t.Errorf("then %v, %v", err, call.Trailer())
		}
	}
}

func TestPrintable(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain":    "plain",
		`a"b\`:     `a"b\`,
		"ключ":     `\u043a\u043b\u044e\u0447`,
		"\"ж\"":    `\"\u0436\"`,
		"a\nb\x7f": `a\nb\x7f`,
		"🪵":        `\U0001fab5`,
	} {
		if got := printable(in); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}
