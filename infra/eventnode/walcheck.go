package eventnode

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"strconv"
	"strings"

	walrecord "github.com/cockroachdb/pebble/v2/record"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// A chunk of Pebble's write-ahead log: checksum (4), length (2), type (1), log number
// (4), the offset up to which the log was synced when the chunk was written (8), then
// the payload. Little endian; chunks do not cross blocks.
const (
	walBlock      = 32 << 10
	walHeader     = 19
	walFirstType  = 9 // of the four types with a synced offset
	walLastType   = 12
	walMaskDelta  = 0xa282ead8
	walMaskRotate = 15
)

// damagedLogs finds write-ahead logs that end too early: behind the end a chunk still
// promises that the place was synced. Pebble looks for that itself, but only from the
// next block on, and not at all behind what looks like a regular end.
func damagedLogs(fs vfs.FS, dir string) (faults []string, err error) {
	names, err := fs.List(dir)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		stem, isLog := strings.CutSuffix(name, ".log")
		number, err := strconv.ParseUint(stem, 10, 64)
		if !isLog || err != nil {
			continue
		}
		path := fs.PathJoin(dir, name)
		data, err := readFile(fs, path)
		if err != nil {
			return nil, err
		}
		end := logEnd(data, number)
		if promised, ok := promisedBehind(data, uint32(number), end); ok {
			faults = append(faults, fmt.Sprintf("file %s: damaged at offset %d, it was synced up to %d at least", path, end, promised))
		}
	}
	return faults, nil
}

// logEnd is where the log cannot be read on.
func logEnd(data []byte, number uint64) int64 {
	reader := newReader(walrecord.NewReader, data, number)
	for {
		end := reader.Offset()
		payload, err := reader.Next()
		if err == nil {
			_, err = io.Copy(io.Discard, payload)
		}
		if err != nil {
			return end
		}
	}
}

// newReader is there because the type of a log's number has no name outside of Pebble.
func newReader[N ~uint64](open func(io.Reader, N) *walrecord.Reader, data []byte, number uint64) *walrecord.Reader {
	return open(bytes.NewReader(data), N(number))
}

// promisedBehind looks at every byte behind the end, since the chunks before may have
// any length, for a whole chunk of this log that knows of a sync behind the end.
func promisedBehind(data []byte, number uint32, end int64) (promised uint64, found bool) {
	for at := int(end); at+walHeader <= len(data); at++ {
		header := data[at : at+walHeader]
		if header[6] < walFirstType || header[6] > walLastType || binary.LittleEndian.Uint32(header[7:]) != number {
			continue
		}
		stop := at + walHeader + int(binary.LittleEndian.Uint16(header[4:]))
		if stop > len(data) || stop > (at/walBlock+1)*walBlock || walSum(data[at+6:stop]) != binary.LittleEndian.Uint32(header) {
			continue
		}
		if synced := binary.LittleEndian.Uint64(header[11:]); synced > uint64(end) {
			return synced, true
		}
	}
	return 0, false
}

func walSum(data []byte) uint32 {
	sum := crc32.Checksum(data, castagnoli)
	return (sum>>walMaskRotate | sum<<(32-walMaskRotate)) + walMaskDelta
}
