package bus

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/letopis-crm/letopis/domain"
)

// A frame is a run of events as one message's payload: a version byte, then each event as a length and its record.
// A record holds fixed fields first (id, position, revision, seconds and nanoseconds of its time), then stream, type,
// data and metadata, each with its length. All lengths are uvarints, all fixed numbers big-endian.

const (
	frameVersion = 1
	fixedFields  = 16 + 8 + 8 + 8 + 4
)

// ErrFrame is returned for a payload that is not a frame.
var ErrFrame = errors.New("bus: broken frame")

// EncodeFrame writes the events, in order.
func EncodeFrame(events []domain.Recorded) []byte {
	size := 1
	for i := range events {
		size += recordSize(&events[i]) + binary.MaxVarintLen64
	}
	frame := append(make([]byte, 0, size), frameVersion)
	for i := range events {
		frame = appendRecord(frame, &events[i])
	}
	return frame
}

func recordSize(e *domain.Recorded) int {
	size := fixedFields
	for _, n := range [...]int{len(e.Stream), len(e.Type), len(e.Data), len(e.Metadata)} {
		size += uvarintSize(n) + n
	}
	return size
}

func uvarintSize(n int) int {
	size := 1
	for ; n >= 0x80; n >>= 7 {
		size++
	}
	return size
}

func appendRecord(to []byte, e *domain.Recorded) []byte {
	to = binary.AppendUvarint(to, uint64(recordSize(e)))
	to = append(to, e.ID[:]...)
	to = binary.BigEndian.AppendUint64(to, e.Position)
	to = binary.BigEndian.AppendUint64(to, e.Revision)
	to = binary.BigEndian.AppendUint64(to, uint64(e.Created.Unix()))
	to = binary.BigEndian.AppendUint32(to, uint32(e.Created.Nanosecond()))
	to = append(binary.AppendUvarint(to, uint64(len(e.Stream))), e.Stream...)
	to = append(binary.AppendUvarint(to, uint64(len(e.Type))), e.Type...)
	to = append(binary.AppendUvarint(to, uint64(len(e.Data))), e.Data...)
	return append(binary.AppendUvarint(to, uint64(len(e.Metadata))), e.Metadata...)
}

// DecodeFrame is the inverse of EncodeFrame. Data and metadata of the events are parts of the frame, not copies. Times
// are in UTC.
func DecodeFrame(frame []byte) ([]domain.Recorded, error) {
	if len(frame) == 0 || frame[0] != frameVersion {
		return nil, fmt.Errorf("%w: unknown version", ErrFrame)
	}
	var events []domain.Recorded
	for rest := frame[1:]; len(rest) > 0; {
		var record []byte
		var ok bool
		if record, rest, ok = cutBytes(rest); !ok {
			return nil, fmt.Errorf("%w: event %d is cut off", ErrFrame, len(events))
		}
		e, ok := decodeRecord(record)
		if !ok {
			return nil, fmt.Errorf("%w: event %d cannot be read", ErrFrame, len(events))
		}
		events = append(events, e)
	}
	return events, nil
}

func decodeRecord(record []byte) (e domain.Recorded, ok bool) {
	if len(record) < fixedFields {
		return e, false
	}
	copy(e.ID[:], record)
	e.Position = binary.BigEndian.Uint64(record[16:])
	e.Revision = binary.BigEndian.Uint64(record[24:])
	seconds, nanoseconds := binary.BigEndian.Uint64(record[32:]), binary.BigEndian.Uint32(record[40:])
	e.Created = time.Unix(int64(seconds), int64(nanoseconds)).UTC()
	rest := record[fixedFields:]
	var fields [4][]byte
	for i := range fields {
		if fields[i], rest, ok = cutBytes(rest); !ok {
			return e, false
		}
	}
	e.Stream, e.Type, e.Data, e.Metadata = string(fields[0]), string(fields[1]), fields[2], fields[3]
	return e, len(rest) == 0 && nanoseconds < 1e9
}

func cutBytes(from []byte) (part, rest []byte, ok bool) {
	n, used := binary.Uvarint(from)
	if used <= 0 || n > uint64(len(from)-used) {
		return nil, nil, false
	}
	end := used + int(n)
	return from[used:end:end], from[end:], true
}
