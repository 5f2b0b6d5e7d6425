package eventnode

import (
	"encoding/binary"
	"strconv"
	"unicode/utf8"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	streamspb "github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/emptypb"
)

// Keys of an event's system metadata.
const (
	keyType        = "type"
	keyContentType = "content-type"
	keyCreated     = "created"

	contentJSON   = "application/json"
	contentBinary = "application/octet-stream"
)

// maxStreamName keeps a stream's name small enough for trailers and keys.
const maxStreamName = 4096

var (
	empty       = &shared.Empty{}
	emptyResult = &emptypb.Empty{} // batches use the well-known type
)

func streamIdentifier(stream string) *shared.StreamIdentifier {
	return &shared.StreamIdentifier{StreamName: []byte(stream)}
}

// streamName validates the stream a call names.
func streamName(identifier *shared.StreamIdentifier) (string, error) {
	name := identifier.GetStreamName()
	switch {
	case len(name) == 0:
		return "", invalid("the stream name is empty")
	case len(name) > maxStreamName:
		return "", invalid("the stream name is %d bytes long, %d are allowed", len(name), maxStreamName)
	case !utf8.Valid(name):
		return "", invalid("the stream name is not valid UTF-8")
	}
	return string(name), nil
}

// writableStream validates a stream that shall be written to.
func writableStream(identifier *shared.StreamIdentifier) (string, error) {
	name, err := streamName(identifier)
	if err != nil {
		return "", err
	}
	if name == "$all" {
		return "", invalid("'$all' is not a stream that can be written to")
	}
	if target, isMeta := metaTarget(name); isMeta {
		if _, nested := metaTarget(target); nested || target == "" {
			return "", invalid("'%s' is not the metadata stream of any stream", name)
		}
	}
	return name, nil
}

func structuredUUID(id uuid.UUID) *shared.UUID {
	return &shared.UUID{Value: &shared.UUID_Structured_{Structured: &shared.UUID_Structured{
		MostSignificantBits:  int64(binary.BigEndian.Uint64(id[:8])),
		LeastSignificantBits: int64(binary.BigEndian.Uint64(id[8:])),
	}}}
}

func stringUUID(id uuid.UUID) *shared.UUID {
	return &shared.UUID{Value: &shared.UUID_String_{String_: id.String()}}
}

// parseUUID reads both forms; nothing at all is the nil UUID.
func parseUUID(id *shared.UUID) (parsed uuid.UUID, err error) {
	switch v := id.GetValue().(type) {
	case *shared.UUID_Structured_:
		binary.BigEndian.PutUint64(parsed[:8], uint64(v.Structured.GetMostSignificantBits()))
		binary.BigEndian.PutUint64(parsed[8:], uint64(v.Structured.GetLeastSignificantBits()))
	case *shared.UUID_String_:
		parsed, err = uuid.Parse(v.String_)
	}
	return parsed, err
}

func parseEventID(id *shared.UUID) (uuid.UUID, error) {
	parsed, err := parseUUID(id)
	if err != nil {
		return parsed, invalid("the event id is not a UUID: %v", err)
	}
	if parsed == uuid.Nil {
		return parsed, invalid("the event id is empty")
	}
	return parsed, nil
}

// parseCorrelation reads the name a client gives to a batch; any value will do.
func parseCorrelation(id *shared.UUID) (uuid.UUID, error) {
	if id.GetValue() == nil {
		return uuid.Nil, invalid("the correlation id is missing")
	}
	parsed, err := parseUUID(id)
	if err != nil {
		return parsed, invalid("the correlation id is not a UUID: %v", err)
	}
	return parsed, nil
}

// parseRevision reads an exact expected revision. The protocol's signed and
// unsigned sides meet here: its largest number is "no stream".
func parseRevision(revision uint64) (int64, error) {
	if int64(revision) < expectNoStream {
		return 0, invalid("the expected revision %d is out of range", revision)
	}
	return int64(revision), nil
}

// proposedMessage is what appends and batches send of one event.
type proposedMessage interface {
	GetId() *shared.UUID
	GetMetadata() map[string]string
	GetCustomMetadata() []byte
	GetData() []byte
}

// parseProposed validates one event of an append.
func parseProposed(message proposedMessage) (proposedEvent, error) {
	id, err := parseEventID(message.GetId())
	if err != nil {
		return proposedEvent{}, err
	}
	keys := message.GetMetadata()
	eventType := keys[keyType]
	if eventType == "" {
		return proposedEvent{}, errMissingMetadata(keyType)
	}
	contentType, ok := keys[keyContentType]
	if !ok {
		return proposedEvent{}, errMissingMetadata(keyContentType)
	}
	return proposedEvent{
		id:        id,
		json:      contentType == contentJSON,
		eventType: eventType,
		data:      message.GetData(),
		metadata:  message.GetCustomMetadata(),
	}, nil
}

func (e *proposedEvent) size() int { return len(e.eventType) + len(e.data) + len(e.metadata) }

// encoder turns records into answers of one call.
type encoder struct {
	uuid func(uuid.UUID) *shared.UUID
}

// recorded encodes one event. Clients rely on all three metadata keys; the Go
// client ends its process when "created" is missing.
func (e encoder) recorded(r *record) *streamspb.ReadResp_ReadEvent_RecordedEvent {
	contentType := contentBinary
	if r.json {
		contentType = contentJSON
	}
	return &streamspb.ReadResp_ReadEvent_RecordedEvent{
		Id:               e.uuid(r.id),
		StreamIdentifier: streamIdentifier(r.stream),
		StreamRevision:   uint64(r.revision),
		PreparePosition:  r.position,
		CommitPosition:   r.position,
		Metadata: map[string]string{
			keyType:        r.eventType,
			keyContentType: contentType,
			keyCreated:     strconv.FormatInt(r.created, 10),
		},
		CustomMetadata: r.metadata,
		Data:           r.data,
	}
}

func confirmationResp(id string) *streamspb.ReadResp {
	return &streamspb.ReadResp{Content: &streamspb.ReadResp_Confirmation{
		Confirmation: &streamspb.ReadResp_SubscriptionConfirmation{SubscriptionId: id},
	}}
}

func checkpointResp(position uint64) *streamspb.ReadResp {
	return &streamspb.ReadResp{Content: &streamspb.ReadResp_Checkpoint_{
		Checkpoint: &streamspb.ReadResp_Checkpoint{CommitPosition: position, PreparePosition: position},
	}}
}

func caughtUpResp() *streamspb.ReadResp {
	return &streamspb.ReadResp{Content: &streamspb.ReadResp_CaughtUp_{CaughtUp: &streamspb.ReadResp_CaughtUp{}}}
}

func notFoundResp(stream string) *streamspb.ReadResp {
	return &streamspb.ReadResp{Content: &streamspb.ReadResp_StreamNotFound_{
		StreamNotFound: &streamspb.ReadResp_StreamNotFound{StreamIdentifier: streamIdentifier(stream)},
	}}
}

func firstPositionResp(revision int64) *streamspb.ReadResp {
	return &streamspb.ReadResp{Content: &streamspb.ReadResp_FirstStreamPosition{FirstStreamPosition: uint64(revision)}}
}

func lastPositionResp(revision int64) *streamspb.ReadResp {
	return &streamspb.ReadResp{Content: &streamspb.ReadResp_LastStreamPosition{LastStreamPosition: uint64(revision)}}
}

// appendSuccess answers an append that happened, now or earlier.
func appendSuccess(r writeResult) *streamspb.AppendResp {
	success := &streamspb.AppendResp_Success{
		CurrentRevisionOption: &streamspb.AppendResp_Success_NoStream{NoStream: empty},
		PositionOption:        &streamspb.AppendResp_Success_NoPosition{NoPosition: empty},
	}
	if r.revision >= 0 {
		success.CurrentRevisionOption = &streamspb.AppendResp_Success_CurrentRevision{CurrentRevision: uint64(r.revision)}
	}
	if r.position > 0 {
		success.PositionOption = &streamspb.AppendResp_Success_Position{
			Position: &streamspb.AppendResp_Position{CommitPosition: r.position, PreparePosition: r.position},
		}
	}
	return &streamspb.AppendResp{Result: &streamspb.AppendResp_Success_{Success: success}}
}

// appendWrongVersion fills the fields of both generations of clients.
func appendWrongVersion(expected, current int64) *streamspb.AppendResp {
	w := &streamspb.AppendResp_WrongExpectedVersion{}
	if current >= 0 {
		w.CurrentRevisionOption = &streamspb.AppendResp_WrongExpectedVersion_CurrentRevision{CurrentRevision: uint64(current)}
		w.CurrentRevisionOption_20_6_0 = &streamspb.AppendResp_WrongExpectedVersion_CurrentRevision_20_6_0{
			CurrentRevision_20_6_0: uint64(current),
		}
	} else {
		w.CurrentRevisionOption = &streamspb.AppendResp_WrongExpectedVersion_CurrentNoStream{CurrentNoStream: empty}
		w.CurrentRevisionOption_20_6_0 = &streamspb.AppendResp_WrongExpectedVersion_NoStream_20_6_0{NoStream_20_6_0: empty}
	}
	switch expected {
	case expectAny:
		w.ExpectedRevisionOption = &streamspb.AppendResp_WrongExpectedVersion_ExpectedAny{ExpectedAny: empty}
		w.ExpectedRevisionOption_20_6_0 = &streamspb.AppendResp_WrongExpectedVersion_Any_20_6_0{Any_20_6_0: empty}
	case expectStreamExists:
		w.ExpectedRevisionOption = &streamspb.AppendResp_WrongExpectedVersion_ExpectedStreamExists{ExpectedStreamExists: empty}
		w.ExpectedRevisionOption_20_6_0 = &streamspb.AppendResp_WrongExpectedVersion_StreamExists_20_6_0{
			StreamExists_20_6_0: empty,
		}
	default:
		w.ExpectedRevisionOption = &streamspb.AppendResp_WrongExpectedVersion_ExpectedRevision{ExpectedRevision: uint64(expected)}
		if expected == expectNoStream {
			w.ExpectedRevisionOption = &streamspb.AppendResp_WrongExpectedVersion_ExpectedNoStream{ExpectedNoStream: empty}
		}
		// The old field has no "no stream" of its own: -1 as unsigned stands for it.
		w.ExpectedRevisionOption_20_6_0 = &streamspb.AppendResp_WrongExpectedVersion_ExpectedRevision_20_6_0{
			ExpectedRevision_20_6_0: uint64(expected),
		}
	}
	return &streamspb.AppendResp{Result: &streamspb.AppendResp_WrongExpectedVersion_{WrongExpectedVersion: w}}
}
