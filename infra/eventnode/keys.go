package eventnode

import "encoding/binary"

// Key spaces of the database, all numbers big endian:
//
//	01 position(8)              record: the only copy of an event; $all is a scan of it
//	02 stream id(8) revision(8) position(8)
//	03 stream name              stream id(8)
//	04 name                     system values: format version, instance id, link checkpoint
const (
	spaceLog    = 0x01
	spaceIndex  = 0x02
	spaceName   = 0x03
	spaceSystem = 0x04
)

const (
	logKeySize   = 9
	indexKeySize = 17
)

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
