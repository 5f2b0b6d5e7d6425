package eventnode

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"

	"github.com/google/uuid"
)

// Record layout, version 1. Fixed part, big endian:
//
//	0  version   1 byte
//	1  flags     1 byte
//	2  created   8 bytes, 100 ns ticks since 1970
//	10 revision  8 bytes
//	18 event id  16 bytes
//
// then stream, type, data and metadata, each with a uvarint length before it,
// then the CRC-32C (4 bytes) of the position and everything above. The position
// is part of the sum, so a record found under a foreign key is noticed.
const (
	recordVersion   = 1
	recordFixedSize = 34
	recordSumSize   = 4

	flagJSON = 1 << 0
)

// tombstoneRevision is the event number of a tombstone: no event follows it.
const tombstoneRevision = math.MaxInt64

var (
	errCorruptRecord = errors.New("corrupt record")
	castagnoli       = crc32.MakeTable(crc32.Castagnoli)
)

// record is one event as it lies in the log.
type record struct {
	position  uint64
	revision  int64
	created   int64 // 100 ns ticks since 1970
	id        uuid.UUID
	json      bool
	stream    string
	eventType string
	data      []byte
	metadata  []byte
}

// encodedSize is the record's length on disk and also the distance to the next
// position.
func (r *record) encodedSize() int {
	return recordFixedSize + recordSumSize +
		prefixedSize(len(r.stream)) + prefixedSize(len(r.eventType)) +
		prefixedSize(len(r.data)) + prefixedSize(len(r.metadata))
}

func prefixedSize(n int) int {
	size := n + 1
	for v := n; v >= 0x80; v >>= 7 {
		size++
	}
	return size
}

// encode writes the record into dst, which is exactly encodedSize long.
func (r *record) encode(dst []byte) {
	dst[0] = recordVersion
	dst[1] = 0
	if r.json {
		dst[1] |= flagJSON
	}
	binary.BigEndian.PutUint64(dst[2:], uint64(r.created))
	binary.BigEndian.PutUint64(dst[10:], uint64(r.revision))
	copy(dst[18:], r.id[:])

	body := dst[:recordFixedSize]
	body = appendPrefixed(body, r.stream)
	body = appendPrefixed(body, r.eventType)
	body = appendPrefixed(body, r.data)
	body = appendPrefixed(body, r.metadata)
	binary.BigEndian.PutUint32(dst[len(body):], checksum(r.position, body))
}

func appendPrefixed[T string | []byte](dst []byte, v T) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(v)))
	return append(dst, v...)
}

func checksum(position uint64, body []byte) uint32 {
	var head [8]byte
	binary.BigEndian.PutUint64(head[:], position)
	return crc32.Update(crc32.Checksum(head[:], castagnoli), castagnoli, body)
}

// decodeRecord reads the record stored at position. The byte slices of the
// result alias src. The checksum is verified first, so a decoding error after
// that can only be a bug or a newer format.
func decodeRecord(position uint64, src []byte) (record, error) {
	if len(src) < recordFixedSize+recordSumSize {
		return record{}, corrupt(position, "too short")
	}
	body, sum := src[:len(src)-recordSumSize], src[len(src)-recordSumSize:]
	if checksum(position, body) != binary.BigEndian.Uint32(sum) {
		return record{}, corrupt(position, "checksum differs")
	}
	if body[0] != recordVersion {
		return record{}, corrupt(position, fmt.Sprintf("unknown version %d", body[0]))
	}
	r := record{
		position: position,
		json:     body[1]&flagJSON != 0,
		created:  int64(binary.BigEndian.Uint64(body[2:])),
		revision: int64(binary.BigEndian.Uint64(body[10:])),
		id:       uuid.UUID(body[18:recordFixedSize]),
	}
	var parts [4][]byte
	rest := body[recordFixedSize:]
	for i := range parts {
		n, width := binary.Uvarint(rest)
		if width <= 0 || n > uint64(len(rest)-width) {
			return record{}, corrupt(position, "bad length")
		}
		end := width + int(n)
		parts[i], rest = rest[width:end:end], rest[end:]
	}
	if len(rest) != 0 {
		return record{}, corrupt(position, "bytes left over")
	}
	r.stream, r.eventType = string(parts[0]), string(parts[1])
	r.data, r.metadata = parts[2], parts[3]
	return r, nil
}

// isRevision refuses a record that an index entry of another revision led to.
func (r *record) isRevision(revision int64) error {
	if r.revision != revision {
		return corrupt(r.position, fmt.Sprintf("it has revision %d, the index says %d", r.revision, revision))
	}
	return nil
}

func corrupt(position uint64, why string) error {
	return fmt.Errorf("%w at position %d: %s", errCorruptRecord, position, why)
}
