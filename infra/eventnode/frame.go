package eventnode

import (
	"encoding/binary"
	"strconv"

	streamspb "github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc/encoding"
	_ "google.golang.org/grpc/encoding/proto" // the codec of every other message
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
)

// Events are by far the most of what a node sends. Built as messages each would cost
// a map, a dozen other objects and two passes of reflection. A frame holds the same
// bytes, written at once; a test compares the two.

// Numbers of fields: of the protocol's ReadResp, and of what lies in it.
const (
	respEvent = 1

	readEvent    = 1
	readLink     = 2
	readPosition = 3

	recordedID       = 1
	recordedStream   = 2
	recordedRevision = 3
	recordedPrepare  = 4
	recordedCommit   = 5
	recordedSystem   = 6
	recordedMetadata = 7
	recordedData     = 8

	identifierName = 3

	mapKey   = 1
	mapValue = 2

	uuidStructured = 1
	uuidString     = 2
	uuidMost       = 1
	uuidLeast      = 2
	uuidTextSize   = 36
)

// frame is an answer that is encoded already; it can be sent once.
type frame struct{ mem.Buffer }

// frameCodec sends frames as they are and leaves all else to protobuf.
type frameCodec struct{ encoding.CodecV2 }

func newFrameCodec() frameCodec { return frameCodec{encoding.GetCodecV2("proto")} }

func (c frameCodec) Marshal(v any) (mem.BufferSlice, error) {
	if f, ok := v.(frame); ok {
		return mem.BufferSlice{f.Buffer}, nil
	}
	return c.CodecV2.Marshal(v)
}

// framer encodes the events of one call.
type framer struct {
	asText bool // ids as text instead of two numbers
}

func newFramer(option *streamspb.ReadReq_Options_UUIDOption) (framer, error) {
	switch option.GetContent().(type) {
	case *streamspb.ReadReq_Options_UUIDOption_Structured:
		return framer{}, nil
	case *streamspb.ReadReq_Options_UUIDOption_String_:
		return framer{asText: true}, nil
	}
	return framer{}, invalid("the uuid option is missing")
}

// frame encodes an event, or a link with its target (nil = the target is gone).
func (f framer) frame(r *record, target *record, isLink bool) frame {
	event, link := f.outline(r), outline{}
	if isLink {
		event, link = f.outline(target), event
	}
	size := sizeNumber(readPosition, r.position)
	for _, part := range []outline{event, link} {
		if part.record != nil {
			size += sizeField(readEvent, part.size)
		}
	}
	buffer, pool := frameBuffer(sizeField(respEvent, size))
	dst := appendLength((*buffer)[:0], respEvent, size)
	if event.record != nil {
		dst = event.append(appendLength(dst, readEvent, event.size))
	}
	if link.record != nil {
		dst = link.append(appendLength(dst, readLink, link.size))
	}
	*buffer = appendNumber(dst, readPosition, r.position)
	return frame{mem.NewBuffer(buffer, pool)}
}

// frameBuffer takes small buffers from gRPC's pool. Above this size the pool has only
// buffers of 1 MiB, and slow clients would hold several of those each.
func frameBuffer(size int) (*[]byte, mem.BufferPool) {
	const pooled = 32 << 10
	if size > pooled {
		buffer := make([]byte, size)
		return &buffer, mem.NopBufferPool{}
	}
	pool := mem.DefaultBufferPool()
	return pool.Get(size), pool
}

// outline is a record about to be encoded: protobuf wants lengths first.
type outline struct {
	*record
	asText bool
	id     int // sizes of the parts
	system [3]entry
	size   int
}

type entry struct {
	key, value string
	size       int
}

func (f framer) outline(r *record) (o outline) {
	if r == nil {
		return o
	}
	o.record, o.asText = r, f.asText
	contentType := contentBinary
	if r.json {
		contentType = contentJSON
	}
	// Clients rely on all three; the Go client ends its process when "created" is missing.
	o.system = [3]entry{
		{key: keyType, value: r.eventType},
		{key: keyContentType, value: contentType},
		{key: keyCreated, value: strconv.FormatInt(r.created, 10)},
	}
	for i := range o.system {
		part := &o.system[i]
		part.size = sizeField(mapKey, len(part.key)) + sizeField(mapValue, len(part.value))
		o.size += sizeField(recordedSystem, part.size)
	}
	o.id = sizeField(uuidString, uuidTextSize)
	if !o.asText {
		o.id = sizeField(uuidStructured, o.structuredSize())
	}
	o.size += sizeField(recordedID, o.id) +
		sizeField(recordedStream, sizeBytes(identifierName, len(r.stream))) +
		sizeNumber(recordedRevision, uint64(r.revision)) +
		sizeNumber(recordedPrepare, r.position) + sizeNumber(recordedCommit, r.position) +
		sizeBytes(recordedMetadata, len(r.metadata)) + sizeBytes(recordedData, len(r.data))
	return o
}

func (o *outline) halves() (most, least uint64) {
	return binary.BigEndian.Uint64(o.record.id[:8]), binary.BigEndian.Uint64(o.record.id[8:])
}

func (o *outline) structuredSize() int {
	most, least := o.halves()
	return sizeNumber(uuidMost, most) + sizeNumber(uuidLeast, least)
}

func (o *outline) append(dst []byte) []byte {
	r := o.record
	dst = appendLength(dst, recordedID, o.id)
	if o.asText {
		dst = protowire.AppendString(protowire.AppendTag(dst, uuidString, protowire.BytesType), r.id.String())
	} else {
		most, least := o.halves()
		dst = appendLength(dst, uuidStructured, o.structuredSize())
		dst = appendNumber(appendNumber(dst, uuidMost, most), uuidLeast, least)
	}
	dst = appendLength(dst, recordedStream, sizeBytes(identifierName, len(r.stream)))
	dst = appendBytes(dst, identifierName, r.stream)
	dst = appendNumber(dst, recordedRevision, uint64(r.revision))
	dst = appendNumber(dst, recordedPrepare, r.position)
	dst = appendNumber(dst, recordedCommit, r.position)
	for i := range o.system {
		part := &o.system[i]
		dst = appendLength(dst, recordedSystem, part.size)
		dst = append(appendLength(dst, mapKey, len(part.key)), part.key...)
		dst = append(appendLength(dst, mapValue, len(part.value)), part.value...)
	}
	dst = appendBytes(dst, recordedMetadata, r.metadata)
	return appendBytes(dst, recordedData, r.data)
}

func sizeField(number protowire.Number, size int) int {
	return protowire.SizeTag(number) + protowire.SizeBytes(size)
}

// sizeBytes is that of a field left out when it is empty, as is sizeNumber.
func sizeBytes(number protowire.Number, size int) int {
	if size == 0 {
		return 0
	}
	return sizeField(number, size)
}

func sizeNumber(number protowire.Number, value uint64) int {
	if value == 0 {
		return 0
	}
	return protowire.SizeTag(number) + protowire.SizeVarint(value)
}

func appendLength(dst []byte, number protowire.Number, size int) []byte {
	return protowire.AppendVarint(protowire.AppendTag(dst, number, protowire.BytesType), uint64(size))
}

func appendBytes[T string | []byte](dst []byte, number protowire.Number, value T) []byte {
	if len(value) == 0 {
		return dst
	}
	return append(appendLength(dst, number, len(value)), value...)
}

func appendNumber(dst []byte, number protowire.Number, value uint64) []byte {
	if value == 0 {
		return dst
	}
	return protowire.AppendVarint(protowire.AppendTag(dst, number, protowire.VarintType), value)
}
