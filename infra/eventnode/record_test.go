package eventnode

import (
	"encoding/binary"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
)

func encoded(r record) []byte {
	buf := make([]byte, r.encodedSize())
	r.encode(buf)
	return buf
}

func TestRecordRoundTrip(t *testing.T) {
	t.Parallel()
	id := uuid.New()
	for _, r := range []record{
		{position: 1, id: id, stream: "s", eventType: "t", data: []byte{}, metadata: []byte{}},
		{position: 1 << 60, revision: tombstoneRevision, created: 1, id: id, json: true,
			stream: strings.Repeat("s", 127), eventType: strings.Repeat("t", 128), data: make([]byte, 16384), metadata: []byte("m")},
	} {
		buf := encoded(r)
		if len(buf) != r.encodedSize() {
			t.Errorf("%d bytes, %d were announced", len(buf), r.encodedSize())
		}
		got, err := decodeRecord(r.position, buf)
		if err != nil || !reflect.DeepEqual(got, r) {
			t.Errorf("%v: %+v, want %+v", err, got, r)
		}
	}
}

func TestDamagedRecordIsRefused(t *testing.T) {
	t.Parallel()
	buf := encoded(record{position: 7, id: uuid.New(), stream: "stream", eventType: "type", data: []byte("data")})
	if _, err := decodeRecord(8, buf); !errors.Is(err, errCorruptRecord) {
		t.Errorf("at another position: %v", err)
	}
	for i := range buf {
		damaged := append([]byte(nil), buf...)
		damaged[i] ^= 0x10
		if _, err := decodeRecord(7, damaged); !errors.Is(err, errCorruptRecord) {
			t.Errorf("byte %d changed: %v", i, err)
		}
	}
	for n := range buf {
		if _, err := decodeRecord(7, buf[:n]); !errors.Is(err, errCorruptRecord) {
			t.Errorf("cut to %d bytes: %v", n, err)
		}
	}
}

// FuzzDecodeRecord puts a valid checksum behind any body, so that the decoder's own
// checks are what is tested: no panic, and what it accepts survives a round trip.
func FuzzDecodeRecord(f *testing.F) {
	for _, r := range []record{
		{position: 1, stream: "s", eventType: "t", json: true},
		{position: 1, stream: "s", eventType: "t", data: []byte("data"), metadata: []byte("metadata"), created: 5, revision: 6},
	} {
		buf := encoded(r)
		f.Add(buf[:len(buf)-recordSumSize])
	}
	f.Add(append([]byte{recordVersion}, make([]byte, 40)...))
	f.Fuzz(func(t *testing.T, body []byte) {
		const position = 1
		r, err := decodeRecord(position, binary.BigEndian.AppendUint32(slices.Clip(body), checksum(position, body)))
		if err != nil {
			if !errors.Is(err, errCorruptRecord) {
				t.Fatalf("another kind of error: %v", err)
			}
			return
		}
		again, err := decodeRecord(position, encoded(r))
		if err != nil || !reflect.DeepEqual(again, r) {
			t.Fatalf("%+v does not survive a round trip: %+v, %v", r, again, err)
		}
	})
}
