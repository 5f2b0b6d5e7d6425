package eventnode

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
)

// Key spaces of the database, all numbers big endian:
//
//	01 position(8)              record: the only copy of an event; $all is a scan of it
//	02 stream id(8) revision(8) position(8)
//	03 stream name              stream id(8)
//	04 name                     system values: format version, instance id, what was scavenged, link checkpoint
//
// A record carries its own checksum. Every other value ends with a seal: the CRC-32C
// (4 bytes) of its key and of what stands before the seal, so that a value found
// under a foreign key is noticed as well. Format 1 knew no seals; see seals.
const (
	spaceLog    = 0x01
	spaceIndex  = 0x02
	spaceName   = 0x03
	spaceSystem = 0x04
)

const (
	logKeySize   = 9
	indexKeySize = 17
	sealSize     = 4
	numberSize   = 8 + sealSize // a sealed number: the value of an index or a name entry
)

var errCorruptEntry = errors.New("corrupt entry")

// seals says which entries must carry a seal. A database that began with format 1
// keeps the entries it had then: they lie below both numbers and are 8 bytes long.
// All that were written later are sealed, and a short one among them is damage.
type seals struct {
	position uint64 // of the event an index entry points to
	stream   uint64 // of the stream a name stands for
}

// seal appends the checksum to a value.
func seal(key, value []byte) []byte {
	return binary.BigEndian.AppendUint32(slices.Clip(value), sealOf(key, value))
}

func sealOf(key, value []byte) uint32 {
	return crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, value)
}

// unseal checks the seal and returns what it covers.
func unseal(key, value []byte) ([]byte, error) {
	if len(value) < sealSize {
		return nil, corruptEntry(key, "too short")
	}
	body := value[:len(value)-sealSize]
	if sealOf(key, body) != binary.BigEndian.Uint32(value[len(body):]) {
		return nil, corruptEntry(key, "checksum differs")
	}
	return body, nil
}

// putNumber seals a number into dst, which is numberSize long.
func putNumber(dst, key []byte, number uint64) {
	binary.BigEndian.PutUint64(dst, number)
	binary.BigEndian.PutUint32(dst[8:], sealOf(key, dst[:8]))
}

func sealedNumber(key []byte, number uint64) []byte {
	value := make([]byte, numberSize)
	putNumber(value, key, number)
	return value
}

// number reads the value of an index or a name entry.
func (s seals) number(key, value []byte) (uint64, error) {
	if len(value) != 8 {
		body, err := unseal(key, value)
		if err != nil {
			return 0, err
		}
		if len(body) != 8 {
			return 0, corruptEntry(key, fmt.Sprintf("%d bytes long", len(value)))
		}
		return binary.BigEndian.Uint64(body), nil
	}
	number, limit := binary.BigEndian.Uint64(value), s.position
	if key[0] == spaceName {
		limit = s.stream
	}
	if number >= limit {
		return 0, corruptEntry(key, "no checksum")
	}
	return number, nil
}

func corruptEntry(key []byte, why string) error {
	return fmt.Errorf("%w: %s: %s", errCorruptEntry, describeKey(key), why)
}

// describeKey says in words what an entry is for.
func describeKey(key []byte) string {
	switch {
	case len(key) == logKeySize && key[0] == spaceLog:
		return fmt.Sprintf("record at position %d", logPosition(key))
	case len(key) == indexKeySize && key[0] == spaceIndex:
		return fmt.Sprintf("index of stream number %d, revision %d", indexStream(key), indexRevision(key))
	case key[0] == spaceName:
		return fmt.Sprintf("name of stream %q", key[1:])
	case key[0] == spaceSystem:
		return fmt.Sprintf("system value %q", key[1:])
	}
	return fmt.Sprintf("key %x", key)
}

func putLogKey(dst []byte, position uint64) {
	dst[0] = spaceLog
	binary.BigEndian.PutUint64(dst[1:], position)
}

func logKey(position uint64) []byte {
	key := make([]byte, logKeySize)
	putLogKey(key, position)
	return key
}

func logPosition(key []byte) uint64 { return binary.BigEndian.Uint64(key[1:]) }

func putIndexKey(dst []byte, stream uint64, revision int64) {
	dst[0] = spaceIndex
	binary.BigEndian.PutUint64(dst[1:], stream)
	binary.BigEndian.PutUint64(dst[9:], uint64(revision))
}

func indexKey(stream uint64, revision int64) []byte {
	key := make([]byte, indexKeySize)
	putIndexKey(key, stream, revision)
	return key
}

func indexStream(key []byte) uint64 { return binary.BigEndian.Uint64(key[1:]) }

func indexRevision(key []byte) int64 { return int64(binary.BigEndian.Uint64(key[9:])) }

// indexEnd is the first key after every revision of the stream.
func indexEnd(stream uint64) []byte {
	key := make([]byte, 9)
	key[0] = spaceIndex
	binary.BigEndian.PutUint64(key[1:], stream+1)
	return key
}

func nameKey(stream string) []byte { return append([]byte{spaceName}, stream...) }

func systemKey(name string) []byte { return append([]byte{spaceSystem}, name...) }
