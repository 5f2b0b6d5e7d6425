package eventnode

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// testClock stands still until it is moved.
type testClock struct {
	mu     sync.Mutex
	time   time.Time
	alarms map[chan time.Time]time.Time
}

func newTestClock() *testClock {
	return &testClock{time: groupEpoch, alarms: map[chan time.Time]time.Time{}}
}

func (c *testClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.time
}

func (c *testClock) alarm(at time.Time) (<-chan time.Time, func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	ring := make(chan time.Time, 1)
	c.alarms[ring] = at
	c.ring()
	return ring, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.alarms, ring)
	}
}

func (c *testClock) advance(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.time = c.time.Add(by)
	c.ring()
}

func (c *testClock) ring() {
	for ring, at := range c.alarms {
		if !at.After(c.time) {
			ring <- c.time
			delete(c.alarms, ring)
		}
	}
}

func newClockTarget(t *testing.T) (*esdb.Client, *testClock) {
	t.Helper()
	clock := newTestClock()
	cfg := memConfig()
	cfg.Now, cfg.alarm = clock.now, clock.alarm
	return newGroupNode(t, cfg).client, clock
}

// reach waits until the group has settled the answers sent before.
func reach(t *testing.T, c *esdb.Client, open int64) {
	t.Helper()
	awaitInfo(t, c, "s", "g", func(i *esdb.PersistentSubscriptionInfo) bool { return i.Stats.OutstandingMessagesCount == open })
}

func TestPersistentTimeout(t *testing.T) {
	t.Parallel()
	c, clock := newClockTarget(t)
	prepare(t, c, "s", "ab")
	createGroup(t, c, "s", "g", esdb.Start{}, func(s *esdb.PersistentSubscriptionSettings) {
		s.MessageTimeout, s.MaxRetryCount = 10_000, 2
	})
	m := join(t, c, "s", "g", 10)
	m.ack(m.expect("ab")[1])
	reach(t, c, 1)
	clock.advance(10 * time.Second)
	m.expect("a1")
	clock.advance(9 * time.Second)
	appendTo(t, c, "s", esdb.Any{}, ids{"s"}.events("c")...)
	m.ack(m.expect("c")...) // and not a once more
	clock.advance(time.Second)
	m.expect("a2")
	clock.advance(10 * time.Second)
	_, parked := streamOf("s::g")
	if link := awaitEvents(t, c, parked, 1)[0]; string(link.Data) != "0@s" {
		t.Errorf("parked %s", link.Data)
	}
}

func TestPersistentNeverTimesOut(t *testing.T) {
	t.Parallel()
	c, clock := newClockTarget(t)
	prepare(t, c, "s", "a")
	createGroup(t, c, "s", "g", esdb.Start{}, func(s *esdb.PersistentSubscriptionSettings) { s.MessageTimeout = 0 })
	m := join(t, c, "s", "g", 10)
	m.expect("a")
	clock.advance(1000 * time.Hour)
	appendTo(t, c, "s", esdb.Any{}, ids{"s"}.events("b")...)
	m.expect("b")
}

func TestPersistentCheckpointInTime(t *testing.T) {
	t.Parallel()
	c, clock := newClockTarget(t)
	prepare(t, c, "s", "abc")
	createGroup(t, c, "s", "g", esdb.Start{}, func(s *esdb.PersistentSubscriptionSettings) {
		s.CheckpointLowerBound, s.CheckpointUpperBound, s.CheckpointAfter = 2, 100, 5000
	})
	m := join(t, c, "s", "g", 10)
	events := m.expect("abc")
	checkpoints, _ := streamOf("s::g")
	m.ack(events[0])
	reach(t, c, 2)
	clock.advance(5 * time.Second)
	m.ack(events[1]) // now there are enough, and long enough
	if got := awaitEvents(t, c, checkpoints, 1)[0]; string(got.Data) != `"1"` {
		t.Errorf("the first checkpoint is %s", got.Data)
	}
	appendTo(t, c, "s", esdb.Any{}, ids{"s"}.events("d")...)
	m.ack(events[2], m.expect("d")[0])
	reach(t, c, 0)
	clock.advance(4 * time.Second)
	if events, err := readStream(t, c, checkpoints, esdb.ReadStreamOptions{}, 10); err != nil || len(events) != 1 {
		t.Errorf("%d checkpoints before the time, %v", len(events), err)
	}
	clock.advance(time.Second)
	if got := awaitEvents(t, c, checkpoints, 2)[1]; string(got.Data) != `"3"` {
		t.Errorf("the second checkpoint is %s", got.Data)
	}
}

// TestPersistentAverages measures between two looks at the figures.
func TestPersistentAverages(t *testing.T) {
	t.Parallel()
	c, clock := newClockTarget(t)
	prepare(t, c, "s", "abcdefgh")
	createGroup(t, c, "s", "g", esdb.Start{}, nil)
	m := join(t, c, "s", "g", 10)
	m.expect("abcdefgh")
	clock.advance(2 * time.Second)
	for _, want := range []int64{4, 0} {
		info := awaitInfo(t, c, "s", "g", func(*esdb.PersistentSubscriptionInfo) bool { return true })
		if info.Stats.AveragePerSecond != want || info.Stats.CountSinceLastMeasurement != 2*want ||
			int64(info.Connections[0].AverageItemsPerSecond) != want || info.Stats.TotalItems != 8 {
			t.Errorf("%+v, want %d in a second", info.Stats, want)
		}
		clock.advance(time.Second)
	}
}

// TestPersistentRestart closes the node in the middle of everything and opens it again.
func TestPersistentRestart(t *testing.T) {
	t.Parallel()
	cfg := memConfig()
	often := func(s *esdb.PersistentSubscriptionSettings) { s.CheckpointLowerBound, s.CheckpointUpperBound = 1, 1 }
	target := newGroupNode(t, cfg)
	c := target.client
	prepare(t, c, "s", "abcdefg")
	createGroup(t, c, "s", "g", esdb.Start{}, often)
	createGroup(t, c, "s", "end", esdb.End{}, nil)
	createGroup(t, c, "s", "gone", esdb.Start{}, nil)
	if err := c.CreatePersistentSubscriptionToAll(within(t), "all", esdb.PersistentAllSubscriptionOptions{
		StartFrom: esdb.Start{}, Settings: settings(often), MaxSearchWindow: 10,
		Filter: &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{"s"}},
	}); err != nil {
		t.Fatal(err)
	}
	if err := c.DeletePersistentSubscription(within(t), "s", "gone", esdb.DeletePersistentSubscriptionOptions{}); err != nil {
		t.Fatal(err)
	}
	m := join(t, c, "s", "g", 10)
	events := m.expect("abcdefg")
	m.nack(esdb.NackActionPark, events[0], events[1], events[4])
	checkpoints, parked := streamOf("s::g")
	awaitEvents(t, c, parked, 3)
	m.ack(events[2])
	for string(lastOf(t, c, checkpoints).Data) != `"2"` {
		t.Log("an earlier checkpoint")
	}
	if err := c.ReplayParkedMessages(within(t), "s", "g", esdb.ReplayParkedMessagesOptions{StopAt: 2}); err != nil {
		t.Fatal(err)
	}
	m.next()
	m.ack(m.next().Event) // b is done, a is not
	appendTo(t, c, "s", esdb.Any{}, ids{"s"}.events("h")...)
	m.expect("h")
	reach(t, c, 5) // d, f, g, h and the replay of a
	if err := target.node.Close(); err != nil {
		t.Fatal(err)
	}
	if err := m.dropped(); status.Code(err) != codes.Unavailable {
		t.Errorf("when the node closes, the consumer gets %v", err)
	}

	c = newGroupNode(t, cfg).client
	m = join(t, c, "s", "g", 20)
	got := map[string]bool{}
	for range 5 {
		got[m.names.letter(m.next().Event.Event.EventID)] = true
	}
	if !got["d"] || !got["f"] || !got["g"] || !got["h"] || got["a"] || got["b"] || got["c"] {
		t.Errorf("after a restart came %v", got)
	}
	// The replay that was not brought to its end can be had again.
	if err := c.ReplayParkedMessages(within(t), "s", "g", esdb.ReplayParkedMessagesOptions{}); err != nil {
		t.Fatal(err)
	}
	for !got["a"] {
		event := m.next().Event
		if event.Link == nil {
			t.Fatalf("%s instead of the replay", m.names.letter(event.Event.EventID))
		}
		got[m.names.letter(event.Event.EventID)] = true
	}
	join(t, c, "s", "end", 10).expect("h")
	if _, err := c.GetPersistentSubscriptionInfo(within(t), "s", "gone", esdb.GetPersistentSubscriptionOptions{}); codeOf(err) != esdb.ErrorCodeResourceNotFound {
		t.Errorf("a deleted group is back: %v", err)
	}
	all, err := c.SubscribeToPersistentSubscriptionToAll(within(t), "all", esdb.SubscribeToPersistentSubscriptionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = all.Close() }()
	if event := all.Recv().EventAppeared; event == nil || event.Event.Event.StreamID != "s" {
		t.Errorf("the filtered group begins with %+v", event)
	}
	info := awaitInfo(t, c, "s", "end", func(*esdb.PersistentSubscriptionInfo) bool { return true })
	if info.Settings.StartFrom != (esdb.End{}) || info.Settings.ReadBatchSize != 20 {
		t.Errorf("settings after a restart: %+v", info.Settings)
	}
}

// lastOf waits for the first event of a stream and returns its last one.
func lastOf(t *testing.T, c *esdb.Client, stream string) *esdb.RecordedEvent {
	t.Helper()
	awaitEvents(t, c, stream, 1)
	events, err := readStream(t, c, stream, esdb.ReadStreamOptions{From: esdb.End{}, Direction: esdb.Backwards}, 1)
	if err != nil || len(events) != 1 {
		t.Fatal(events, err)
	}
	return events[0].Event
}

// TestPersistentPowerLoss cuts the power while consumers work. Whatever was
// acknowledged below the checkpoint found then stays done, everything else comes again.
func TestPersistentPowerLoss(t *testing.T) {
	t.Parallel()
	disk := vfs.NewCrashableMem()
	cfg := memConfig()
	cfg.FS = disk
	c := newGroupNode(t, cfg).client
	const letters = "abcdefghijklmnopqrstuvwxyz"
	createGroup(t, c, "s", "g", esdb.Start{}, func(s *esdb.PersistentSubscriptionSettings) {
		s.CheckpointLowerBound, s.CheckpointUpperBound = 1, 3
	})
	appendTo(t, c, "s", esdb.NoStream{}, ids{"s"}.events(letters)...)
	m := join(t, c, "s", "g", 10)
	random := rand.New(rand.NewPCG(1, 1))
	var images []vfs.FS
	var before []int // how many were answered when the image was taken
	for i := range letters {
		event := m.next().Event
		if i%5 == 4 {
			m.nack(esdb.NackActionPark, event)
		} else {
			m.ack(event)
		}
		if i%4 == 0 {
			images = append(images, disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: 50, RNG: random}))
			before = append(before, i+1)
		}
	}
	for i, image := range images {
		cfg.FS = image
		c := newGroupNode(t, cfg).client
		info := awaitInfo(t, c, "s", "g", func(*esdb.PersistentSubscriptionInfo) bool { return true })
		first := 0
		if last := info.Stats.LastCheckpointedEventRevision; last != nil {
			first = int(*last) + 1
		}
		if first > before[i] {
			t.Errorf("image %d: the checkpoint is at %d, only %d were answered", i, first, before[i])
		}
		if kept := info.Stats.ParkedMessagesCount; kept < int64(first/5) {
			t.Errorf("image %d: only %d messages are parked below %d", i, kept, first)
		}
		join(t, c, "s", "g", 100).expect(letters[first:])
	}
}

// TestPersistentParkingFails ends the parked stream for ever: what cannot be parked
// stays the group's, and the group goes on with everything else.
func TestPersistentParkingFails(t *testing.T) {
	t.Parallel()
	c, clock := newClockTarget(t)
	prepare(t, c, "s", "abc")
	createGroup(t, c, "s", "g", esdb.Start{}, func(s *esdb.PersistentSubscriptionSettings) {
		s.CheckpointLowerBound, s.CheckpointUpperBound = 1, 1
	})
	checkpoints, parked := streamOf("s::g")
	if _, err := c.TombstoneStream(within(t), parked, esdb.TombstoneStreamOptions{ExpectedRevision: esdb.Any{}}); err != nil {
		t.Fatal(err)
	}
	m := join(t, c, "s", "g", 10)
	events := m.expect("abc")
	m.ack(events[0], events[2])
	awaitEvents(t, c, checkpoints, 1)
	m.nack(esdb.NackActionPark, events[1])
	for range 3 {
		clock.advance(retryDelay)
		appendTo(t, c, "s", esdb.Any{}, manyEvents(1)...)
		m.ack(m.next().Event)
		reach(t, c, 1)
	}
	if last := lastOf(t, c, checkpoints); string(last.Data) != `"0"` {
		t.Errorf("the checkpoint is %s, above what could not be parked", last.Data)
	}
}

// TestPersistentReadFails damages a record and mends it again: the group neither
// passes over it nor gives up.
func TestPersistentReadFails(t *testing.T) {
	t.Parallel()
	clock := newTestClock()
	cfg := memConfig()
	cfg.Now, cfg.alarm = clock.now, clock.alarm
	target := newGroupNode(t, cfg)
	c := target.client
	prepare(t, c, "s", "abc")
	events, err := readStream(t, c, "s", esdb.ReadStreamOptions{}, 3)
	if err != nil {
		t.Fatal(err)
	}
	store := target.node.core().store
	key := logKey(events[1].Event.Position.Commit)
	good, _, err := store.get(key)
	if err != nil {
		t.Fatal(err)
	}
	set := func(value []byte) {
		if err := store.db.Set(key, value, pebble.Sync); err != nil {
			t.Fatal(err)
		}
	}
	set(append([]byte{good[0] + 1}, good[1:]...))
	createGroup(t, c, "s", "g", esdb.Start{}, func(s *esdb.PersistentSubscriptionSettings) { s.ReadBatchSize = 1 })
	m := join(t, c, "s", "g", 10)
	m.ack(m.expect("a")...)
	reach(t, c, 0)
	clock.advance(retryDelay)
	set(good)
	clock.advance(retryDelay)
	m.expect("bc")
}
