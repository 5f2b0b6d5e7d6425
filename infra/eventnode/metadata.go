package eventnode

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

const (
	metaStreamPrefix = "$$"
	metadataType     = "$metadata"
	deletedType      = "$streamDeleted"
	linkType         = "$>"

	keyMaxAge         = "$maxAge"
	keyMaxCount       = "$maxCount"
	keyTruncateBefore = "$tb"
)

// streamMetadata is what the node itself obeys of a stream's metadata. It bounds
// reads of the stream, never of $all. The zero value bounds nothing.
type streamMetadata struct {
	maxAge         time.Duration // 0 = no bound
	maxCount       int64         // 0 = no bound
	truncateBefore int64         // first revision still visible
}

func (m streamMetadata) softDeleted() bool { return m.truncateBefore == math.MaxInt64 }

// parseMetadata reads the data of a $metadata event. Metadata nobody can parse
// bounds nothing: hiding events because of a typing error would look like loss.
func parseMetadata(data []byte) streamMetadata {
	var keys map[string]json.RawMessage // a struct's keys would match in any case
	if err := json.Unmarshal(data, &keys); err != nil {
		return streamMetadata{}
	}
	var m streamMetadata
	if seconds := positive(keys[keyMaxAge]); seconds > 0 {
		m.maxAge = time.Duration(min(seconds, int64(math.MaxInt64/time.Second))) * time.Second
	}
	m.maxCount = positive(keys[keyMaxCount])
	m.truncateBefore = positive(keys[keyTruncateBefore])
	return m
}

func positive(number json.RawMessage) int64 {
	v, err := strconv.ParseInt(string(number), 10, 64)
	if err != nil || v < 0 {
		return 0
	}
	return v
}

// withTruncateBefore sets $tb in the JSON object data and keeps the other keys.
func withTruncateBefore(data []byte, revision int64) []byte {
	keys := map[string]json.RawMessage{}
	if err := json.Unmarshal(data, &keys); err != nil || keys == nil {
		keys = map[string]json.RawMessage{}
	}
	number, _ := json.Marshal(revision)
	keys[keyTruncateBefore] = number
	out, _ := json.Marshal(keys) // raw messages that were parsed always marshal
	return out
}

// metaStream is the name of the stream that holds the metadata of stream.
func metaStream(stream string) string { return metaStreamPrefix + stream }

// metaTarget names the stream whose metadata the given stream holds.
func metaTarget(stream string) (string, bool) { return strings.CutPrefix(stream, metaStreamPrefix) }

const ticksPerSecond = int64(time.Second / 100)

func toTicks(t time.Time) int64 { return t.Unix()*ticksPerSecond + int64(t.Nanosecond())/100 }
