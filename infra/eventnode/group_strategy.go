package eventnode

import (
	"encoding/binary"
	"encoding/json"
	"hash/fnv"
	"strings"
)

// The consumer strategies, by the names the protocol knows them by.
const (
	roundRobin          = "RoundRobin"
	dispatchToSingle    = "DispatchToSingle"
	pinned              = "Pinned"
	pinnedByCorrelation = "PinnedByCorrelation"
)

// pinnedBuckets is into how many parts the pinned strategies divide the streams.
const pinnedBuckets = 1024

// strategy picks the consumer of a message. pick returns nil when the message has
// to wait; took and left tell what has become of a pick.
type strategy interface {
	pick(consumers []*consumer, m *message) *consumer
	took(c *consumer, m *message)
	left(m *message)
}

func knownStrategy(name string) bool { return newStrategy(name) != nil }

func newStrategy(name string) strategy {
	switch name {
	case roundRobin:
		return &inTurn{}
	case dispatchToSingle:
		return firstFree{}
	case pinned, pinnedByCorrelation:
		return &byPin{buckets: map[uint32]*bucket{}}
	}
	return nil
}

// inTurn goes round, past consumers that have enough.
type inTurn struct{ last uint64 }

func (s *inTurn) pick(consumers []*consumer, _ *message) *consumer {
	var first *consumer
	for _, c := range consumers {
		if !c.free() {
			continue
		}
		if c.id > s.last {
			return c
		}
		if first == nil {
			first = c
		}
	}
	return first
}

func (s *inTurn) took(c *consumer, _ *message) { s.last = c.id }
func (s *inTurn) left(*message)                {}

// firstFree gives everything to the longest connected consumer that can take it.
type firstFree struct{}

func (firstFree) pick(consumers []*consumer, _ *message) *consumer {
	for _, c := range consumers {
		if c.free() {
			return c
		}
	}
	return nil
}

func (firstFree) took(*consumer, *message) {}
func (firstFree) left(*message)            {}

// byPin keeps messages of one kind together: each bucket has one consumer. A
// consumer that comes takes over its share, one that goes leaves its share to the
// others; but a bucket stays where it is while a message of it is in flight.
type byPin struct{ buckets map[uint32]*bucket }

type bucket struct {
	consumer *consumer
	inFlight int
}

func (s *byPin) pick(consumers []*consumer, m *message) *consumer {
	number := bucketOf(m.pin)
	var c *consumer
	if b := s.buckets[number]; b != nil {
		c = b.consumer
	} else {
		c = owner(consumers, number)
	}
	if !c.free() {
		return nil
	}
	return c
}

// owner picks the consumer with the highest hash of both: every consumer gets its
// share, and only the shares of those who come and go change hands.
func owner(consumers []*consumer, number uint32) (best *consumer) {
	var highest uint64
	for _, c := range consumers {
		hash := mix(uint64(number)<<32 ^ c.id)
		if best == nil || hash > highest {
			best, highest = c, hash
		}
	}
	return best
}

// mix spreads neighbouring numbers over the whole range: FNV over two numbers.
func mix(n uint64) uint64 {
	hash := fnv.New64a()
	_, _ = hash.Write(binary.LittleEndian.AppendUint64(nil, n))
	sum := hash.Sum64()
	return sum ^ sum>>29*0x9e3779b97f4a7c15
}

func (s *byPin) took(c *consumer, m *message) {
	number := bucketOf(m.pin)
	b := s.buckets[number]
	if b == nil {
		b = &bucket{consumer: c}
		s.buckets[number] = b
	}
	b.inFlight++
}

func (s *byPin) left(m *message) {
	number := bucketOf(m.pin)
	if b := s.buckets[number]; b != nil {
		if b.inFlight--; b.inFlight == 0 {
			delete(s.buckets, number)
		}
	}
}

func bucketOf(pin string) uint32 {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(pin))
	return hash.Sum32() % pinnedBuckets
}

// pinOf is what a message goes by: the stream it came from, or what it correlates to.
func pinOf(strategy string, m *message) string {
	event := m.event
	if m.target != nil {
		event = m.target
	}
	if strategy == pinnedByCorrelation {
		var meta struct {
			Correlation string `json:"$correlationId"`
		}
		if err := json.Unmarshal(event.metadata, &meta); err == nil && meta.Correlation != "" {
			return meta.Correlation
		}
	}
	if event.eventType == linkType {
		if _, stream, ok := strings.Cut(string(event.data), "@"); ok {
			return stream
		}
	}
	return event.stream
}
