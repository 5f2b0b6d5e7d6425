package eventnode

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

// groupWorld drives a group by words and tells what it did by words.
type groupWorld struct {
	t         *testing.T
	group     *consumerGroup
	now       time.Time
	place     int64
	consumers map[string]*consumer
	messages  map[string]uuid.UUID
	parked    []string
}

var groupEpoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func newGroupWorld(t *testing.T, change func(s *groupSettings)) *groupWorld {
	t.Helper()
	s := groupSettings{
		MessageTimeout: 30 * time.Second, CheckpointAfter: 2 * time.Second, MaxRetryCount: 2,
		MinCheckpointCount: 2, MaxCheckpointCount: 4, LiveBufferSize: 100, ReadBatchSize: 20, HistoryBufferSize: 100,
		Strategy: roundRobin,
	}
	if change != nil {
		change(&s)
	}
	return &groupWorld{
		t: t, group: newConsumerGroup(s, noPlace, noPlace, groupEpoch), now: groupEpoch, place: noPlace,
		consumers: map[string]*consumer{}, messages: map[string]uuid.UUID{},
	}
}

// do performs the words and returns what was delivered: "x:a1" is a at its first
// retry to consumer x.
//
//	+a/pin   event a is read       x=2     consumer x with a buffer of 2 connects
//	-x       x disconnects         x.a     x acknowledges a
//	x!a x~a x_a  x has a parked, retried, skipped
//	30s      time passes           replay:a  a comes back from the parked stream
//	park park!  what waits is parked, or cannot be
//	pass:9   the filter passes over nine events
func (w *groupWorld) do(words string) string {
	w.t.Helper()
	var out []string
	for word := range strings.FieldsSeq(words) {
		w.step(word)
		for _, d := range w.group.dispatch(w.now) {
			w.group.sent(d.consumer, 1)
			word := w.name(d.consumer) + ":" + d.message.event.stream
			if d.retries > 0 {
				word += strconv.Itoa(d.retries)
			}
			out = append(out, word)
		}
	}
	return strings.Join(out, " ")
}

func (w *groupWorld) step(word string) {
	w.t.Helper()
	at := strings.IndexAny(word, "=.!~_:")
	switch {
	case word[0] == '+':
		letter, pin, _ := strings.Cut(word[1:], "/")
		w.place++
		w.group.add(&message{place: w.place, event: w.event(letter), pin: pin})
	case word[0] == '-':
		w.group.disconnect(w.consumers[word[1:]])
	case word == "park" || word == "park!":
		w.park(word == "park")
	case strings.HasPrefix(word, "replay:"):
		w.group.replay(&message{event: w.event(word[at+1:]), replayed: int64(len(w.parked))})
	case strings.HasPrefix(word, "pass:"):
		n, _ := strconv.Atoi(word[at+1:])
		w.place += int64(n)
		w.group.pass(w.place, n)
	case at < 0:
		after, err := time.ParseDuration(word)
		if err != nil {
			w.t.Fatalf("no such word: %s", word)
		}
		w.now = w.now.Add(after)
		w.group.tick(w.now)
	case word[at] == '=':
		buffer, _ := strconv.Atoi(word[at+1:])
		w.consumers[word[:at]] = w.group.connect(buffer, w.now)
	default:
		w.answer(w.consumers[word[:at]], word[at], word[at+1:])
	}
}

func (w *groupWorld) event(letter string) *record {
	if _, ok := w.messages[letter]; !ok {
		w.messages[letter] = uuid.New()
	}
	return &record{id: w.messages[letter], stream: letter}
}

func (w *groupWorld) answer(c *consumer, how byte, letters string) {
	var ids []uuid.UUID
	for _, letter := range letters {
		ids = append(ids, w.messages[string(letter)])
	}
	switch how {
	case '.':
		w.group.ack(c, ids, w.now)
	case '!':
		w.group.nack(c, ids, nackPark, "", w.now)
	case '~':
		w.group.nack(c, ids, nackRetry, "", w.now)
	case '_':
		w.group.nack(c, ids, nackSkip, "", w.now)
	}
}

func (w *groupWorld) park(works bool) {
	for _, m := range w.group.beginParking() {
		if works {
			w.parked = append(w.parked, m.event.stream)
		}
	}
	if works {
		w.group.parked()
	} else {
		w.group.parkingFailed()
	}
}

func (w *groupWorld) name(c *consumer) string {
	for name, other := range w.consumers {
		if other == c {
			return name
		}
	}
	return "?"
}

func TestGroupDelivery(t *testing.T) {
	t.Parallel()
	with := func(strategy string) func(*groupSettings) {
		return func(s *groupSettings) { s.Strategy = strategy }
	}
	for name, tt := range map[string]struct {
		settings    func(s *groupSettings)
		given, when string
		want        string
		parked      string
	}{
		"waits for a consumer":       {given: "+a +b", when: "x=2", want: "x:a x:b"},
		"fills the buffer only":      {given: "x=2", when: "+a +b +c", want: "x:a x:b"},
		"an ack makes room":          {given: "x=2 +a +b +c", when: "x.a", want: "x:c"},
		"several acks at once":       {given: "x=2 +a +b +c +d", when: "x.ab", want: "x:c x:d"},
		"a foreign ack is nothing":   {given: "x=1 y=1 +a +b +c", when: "x.b y.a", want: ""},
		"a second ack is nothing":    {given: "x=1 +a +b +c x.a", when: "x.a", want: ""},
		"retry comes before new":     {given: "x=1 +a +b", when: "x~a x.a", want: "x:a1 x:b"},
		"retry keeps the order":      {given: "x=3 +a +b +c +d", when: "x~c x~a", want: "x:c1 x:a1"},
		"retry at last parks":        {given: "x=1 +a +b", when: "x~a x~a x~a park", want: "x:a1 x:a2 x:b", parked: "a"},
		"no retries at all":          {settings: func(s *groupSettings) { s.MaxRetryCount = 0 }, given: "x=1 +a", when: "x~a park", parked: "a"},
		"park":                       {given: "x=1 +a +b", when: "x!a park", want: "x:b", parked: "a"},
		"parking is tried again":     {given: "x=1 +a +b x!a", when: "park! x!b park", parked: "a b"},
		"skip":                       {given: "x=1 +a +b", when: "x_a park", want: "x:b"},
		"not yet timed out":          {given: "x=1 +a", when: "29s", want: ""},
		"timed out":                  {given: "x=1 +a", when: "30s", want: "x:a1"},
		"timed out is not mine":      {given: "x=1 y=1 +a +b", when: "x.a 30s y.b", want: "x:b1"},
		"time-outs park at last":     {given: "x=1 +a", when: "30s 30s 30s park", want: "x:a1 x:a2", parked: "a"},
		"never times out":            {settings: func(s *groupSettings) { s.MessageTimeout = 0 }, given: "x=1 +a", when: "9000h", want: ""},
		"disconnect hands on":        {given: "x=3 +a +b +c y=3", when: "-x", want: "y:a1 y:b1 y:c1"},
		"disconnect keeps order":     {given: "x=3 +a +b +c +d +e", when: "x~b -x y=9", want: "x:b1 y:a1 y:b2 y:c1 y:d y:e"},
		"disconnects park at last":   {given: "+a", when: "x=1 -x x=1 -x x=1 -x x=1 park", want: "x:a x:a1 x:a2", parked: "a"},
		"one id twice":               {given: "x=2 +a +a", when: "x.a +b x.a +c", want: "x:b x:c"},
		"replays come before new":    {given: "+a +b", when: "replay:p x=3", want: "x:p x:a x:b"},
		"replays follow retries":     {given: "x=1 +a +b replay:p", when: "-x y=3", want: "y:a1 y:p y:b"},
		"in turn":                    {given: "x=9 y=9 z=9", when: "+a +b +c +d", want: "x:a y:b z:c x:d"},
		"in turn past the full":      {given: "x=1 y=9 z=1", when: "+a +b +c +d +e", want: "x:a y:b z:c y:d y:e"},
		"in turn after one has gone": {given: "x=9 y=9 z=9 +a +b", when: "-z +c +d", want: "x:c y:d"},
		"to one":                     {settings: with(dispatchToSingle), given: "x=2 y=2", when: "+a +b +c x.a +d", want: "x:a x:b y:c x:d"},
		"to one until it goes":       {settings: with(dispatchToSingle), given: "x=9 y=9", when: "+a -x +b", want: "x:a y:a1 y:b"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newGroupWorld(t, tt.settings)
			w.do(tt.given)
			if got := w.do(tt.when); got != tt.want {
				t.Errorf("given %q when %q: %q, want %q", tt.given, tt.when, got, tt.want)
			}
			if got := strings.Join(w.parked, " "); got != tt.parked {
				t.Errorf("parked %q, want %q", got, tt.parked)
			}
		})
	}
}

// TestGroupPinned checks that a stream stays with its consumer while it has
// messages there, whoever comes, and that a full consumer holds up only its own.
func TestGroupPinned(t *testing.T) {
	t.Parallel()
	for _, name := range []string{pinned, pinnedByCorrelation} {
		w := newGroupWorld(t, func(s *groupSettings) { s.Strategy = name })
		w.do("x=1")
		first := w.do("+a/one")
		w.do("y=9 z=9 v=9 w=9")
		if got := w.do("+b/one"); first != "x:a" || got != "" {
			t.Errorf("%s: %q, then %q although its consumer is full", name, first, got)
		}
		shares := map[string]int{}
		for i := range 30 {
			for word := range strings.FieldsSeq(w.do(fmt.Sprintf("+c/other%d", i))) {
				owner, _, _ := strings.Cut(word, ":")
				shares[owner]++
			}
		}
		if len(shares) < 3 || shares["x"] > 0 {
			t.Errorf("%s: the other streams went to %v", name, shares)
		}
		if got := w.do("x.a"); !strings.HasSuffix(got, ":b") {
			t.Errorf("%s: when the consumer is done: %q", name, got)
		}
	}
}

func TestGroupPin(t *testing.T) {
	t.Parallel()
	link := &record{stream: "links", eventType: linkType, data: []byte("3@s-1@2")}
	target := &record{stream: "s", metadata: []byte(`{"$correlationId":"c"}`)}
	for _, tt := range []struct {
		strategy string
		m        message
		want     string
	}{
		{pinned, message{event: &record{stream: "s"}}, "s"},
		{pinned, message{event: link}, "s-1@2"},
		{pinned, message{event: link, target: target, isLink: true}, "s"},
		{pinned, message{event: &record{stream: "l", eventType: linkType, data: []byte("?")}}, "l"},
		{pinnedByCorrelation, message{event: link, target: target, isLink: true}, "c"},
		{pinnedByCorrelation, message{event: &record{stream: "s", metadata: []byte("no JSON")}}, "s"},
	} {
		if got := pinOf(tt.strategy, &tt.m); got != tt.want {
			t.Errorf("%s of %s: %q, want %q", tt.strategy, tt.m.event.stream, got, tt.want)
		}
	}
}

func TestGroupCheckpoint(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		given string
		want  int64
		due   time.Duration // from the beginning; below 0 = never
	}{
		"nothing done":               {given: "x=9 +a +b +c", want: noPlace, due: -1},
		"too few":                    {given: "x=9 +a +b x.a 9s", want: noPlace, due: -1},
		"enough, but too soon":       {given: "x=9 +a +b x.ab", want: noPlace, due: 2 * time.Second},
		"enough, in time":            {given: "x=9 +a +b x.ab 2s", want: 1},
		"below the lowest open":      {given: "x=9 +a +b +c +d x.abd 2s", want: 1},
		"the lowest holds all":       {given: "x=9 +a +b +c +d +e x.bcde 9s", want: noPlace, due: -1},
		"at once when there is much": {given: "x=9 +a +b +c +d x.abcd", want: 3},
		"a retry holds it":           {given: "x=9 +a +b +c x.bc x~a 9s", want: noPlace, due: -1},
		"parking holds it":           {given: "x=9 +a +b x.b x!a 9s", want: noPlace, due: -1},
		"parked lets go":             {given: "x=9 +a +b x.b x!a park 9s", want: 1},
		"skipped lets go":            {given: "x=9 +a +b x.b x_a 9s", want: 1},
		"a replay does not hold it":  {given: "x=9 +a +b replay:p x.ab 9s", want: 1},
		"a few passed over":          {given: "x=9 pass:999 9s", want: noPlace, due: -1},
		"many passed over":           {given: "x=9 pass:1000 2s", want: 999},
		"passed over and one open":   {given: "x=9 pass:500 +a pass:500 2s", want: 499},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newGroupWorld(t, nil)
			w.do(tt.given)
			next := w.group.nextCheckpoint()
			place, due := w.group.beginCheckpoint(w.now)
			if place != tt.want || due != (tt.want != noPlace) {
				t.Errorf("given %q: checkpoint %d (%v), want %d", tt.given, place, due, tt.want)
			}
			if due {
				return
			}
			if tt.due < 0 != next.IsZero() || tt.due >= 0 && !next.Equal(groupEpoch.Add(tt.due)) {
				t.Errorf("given %q: the next checkpoint is due at %v", tt.given, next)
			}
		})
	}
}

func TestGroupCheckpointOneAtATime(t *testing.T) {
	t.Parallel()
	w := newGroupWorld(t, nil)
	w.do("x=99 +a +b +c +d x.abcd")
	if place, due := w.group.beginCheckpoint(w.now); !due || place != 3 {
		t.Fatal(place, due)
	}
	w.do("+e +f +g +h x.efgh")
	if _, due := w.group.beginCheckpoint(w.now); due {
		t.Error("a second checkpoint is begun before the first is written")
	}
	w.group.checkpointFailed()
	if place, due := w.group.beginCheckpoint(w.now); !due || place != 7 {
		t.Errorf("after a failure: %d, %v", place, due)
	}
	w.do("+i +j x.ij 1s")
	w.group.checkpointWritten(w.now)
	if at := w.group.nextCheckpoint(); !at.Equal(w.now.Add(2 * time.Second)) {
		t.Errorf("the next one is due at %v", at)
	}
	if place, due := w.group.beginCheckpoint(w.now.Add(2 * time.Second)); !due || place != 9 {
		t.Errorf("what was done meanwhile: %d, %v", place, due)
	}
}

func TestGroupReplaysFrom(t *testing.T) {
	t.Parallel()
	w := newGroupWorld(t, nil)
	w.do("x=9")
	for revision, letter := range []string{"a", "b", "c"} {
		w.group.replay(&message{event: w.event(letter), replayed: int64(revision + 5)})
	}
	w.do("0s")
	for _, tt := range []struct {
		when string
		want int64
	}{{"x.b", 5}, {"x.a", 7}, {"x!c", 7}, {"park", 8}} {
		w.do(tt.when)
		if got := w.group.replaysFrom(8); got != tt.want {
			t.Errorf("after %s: %d, want %d", tt.when, got, tt.want)
		}
	}
}

// TestGroupUnsent checks that a consumer whose connection is stuck gets no more
// than the window, though its messages time out and leave its buffer.
func TestGroupUnsent(t *testing.T) {
	t.Parallel()
	w := newGroupWorld(t, func(s *groupSettings) { s.MaxRetryCount = 100 })
	stuck := w.group.connect(1_000_000, w.now)
	for range 2 * unsentWindow {
		w.do("+a")
		w.now = w.now.Add(time.Second)
		w.group.tick(w.now)
		for _, d := range w.group.dispatch(w.now) {
			_ = d // not sent
		}
	}
	if stuck.unsent > unsentWindow {
		t.Errorf("%d messages wait for one connection", stuck.unsent)
	}
}

// groupModel is what the outside of a group knows: the source, what was written,
// and which events came to an end.
type groupModel struct {
	t          *testing.T
	random     *rand.Rand
	world      *groupWorld
	ended      map[int64]bool // acknowledged or skipped, or parked durably
	source     []*record
	checkpoint int64 // written
	parked     []int64
	parkedNext int64
	truncated  int64
	consumers  []*consumer
	delivered  int
}

// TestGroupProperty lets consumers, clocks, disks and restarts do as they please.
// Nothing may be lost, nothing done below a written checkpoint may come again,
// no consumer may get more than it asked for.
func TestGroupProperty(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 7))
		m := &groupModel{t: t, random: random, ended: map[int64]bool{}, checkpoint: noPlace}
		for i := range 40 {
			m.source = append(m.source, &record{id: uuid.New(), revision: int64(i), stream: strconv.Itoa(random.IntN(4))})
		}
		m.restart()
		for range 600 {
			m.act()
			m.check()
		}
		m.settle()
		for i := range m.source {
			if !m.ended[int64(i)] {
				t.Fatalf("seed %d: event %d is lost", seed, i)
			}
		}
		if m.delivered < len(m.source) {
			t.Fatalf("seed %d: only %d deliveries", seed, m.delivered)
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func (m *groupModel) restart() {
	strategies := []string{roundRobin, dispatchToSingle, pinned, pinnedByCorrelation}
	m.world = newGroupWorld(m.t, func(s *groupSettings) { s.Strategy = strategies[m.random.IntN(len(strategies))] })
	m.world.group = newConsumerGroup(m.world.group.settings, m.checkpoint, m.checkpoint, groupEpoch)
	m.consumers = nil
	m.parkedNext = m.truncated
}

func (m *groupModel) act() {
	g, w := m.world.group, m.world
	switch m.random.IntN(14) {
	case 0:
		if m.random.IntN(8) == 0 {
			m.restart()
		}
	case 1:
		m.consumers = append(m.consumers, g.connect(1+m.random.IntN(5), w.now))
	case 2:
		if len(m.consumers) > 0 && m.random.IntN(3) == 0 {
			i := m.random.IntN(len(m.consumers))
			g.disconnect(m.consumers[i])
			m.consumers = slices.Delete(m.consumers, i, i+1)
		}
	case 3, 4:
		m.read()
	case 5, 6, 7, 8:
		m.answer(m.random.IntN(10))
	case 9:
		w.now = w.now.Add(time.Duration(m.random.IntN(20)) * time.Second)
		g.tick(w.now)
	case 10:
		m.storeCheckpoint(m.random.IntN(4) > 0)
	case 11:
		m.storeParked(m.random.IntN(4) > 0)
	case 12:
		m.replay()
	case 13:
		m.truncated = g.replaysFrom(m.parkedNext)
	}
	m.dispatch()
}

func (m *groupModel) read() {
	g := m.world.group
	next := g.read + 1
	if next >= int64(len(m.source)) || g.room(10) < 1 {
		return
	}
	if next%7 == 3 { // the filter is not for this one
		m.ended[next] = true
		g.pass(next, 1)
		return
	}
	event := m.source[next]
	g.add(&message{place: next, event: event, pin: event.stream})
}

func (m *groupModel) answer(how int) {
	if len(m.consumers) == 0 {
		return
	}
	g, w := m.world.group, m.world
	c := m.consumers[m.random.IntN(len(m.consumers))]
	flying := m.inFlight(c)
	if len(flying) == 0 {
		return
	}
	oldest := flying[0].event
	answered := []uuid.UUID{oldest.id}
	switch {
	case how == 0:
		g.nack(c, answered, nackPark, "", w.now)
	case how < 3:
		g.nack(c, answered, nackRetry, "", w.now)
	case how == 3:
		g.nack(c, answered, nackSkip, "", w.now)
		m.ended[oldest.revision] = true
	default:
		g.ack(c, answered, w.now)
		m.ended[oldest.revision] = true
	}
}

func (m *groupModel) inFlight(c *consumer) (all []*message) {
	for _, same := range c.inFlight {
		all = append(all, same...)
	}
	slices.SortFunc(all, func(a, b *message) int { return cmp.Compare(a.seq, b.seq) })
	return all
}

func (m *groupModel) storeCheckpoint(works bool) {
	place, due := m.world.group.beginCheckpoint(m.world.now)
	switch {
	case !due:
	case works:
		if place <= m.checkpoint {
			m.t.Errorf("checkpoint %d after %d", place, m.checkpoint)
		}
		m.checkpoint = place
		m.world.group.checkpointWritten(m.world.now)
	default:
		m.world.group.checkpointFailed()
	}
}

func (m *groupModel) storeParked(works bool) {
	messages := m.world.group.beginParking()
	if !works {
		m.world.group.parkingFailed()
		return
	}
	for _, message := range messages {
		m.parked = append(m.parked, message.event.revision)
	}
	m.world.group.parked()
}

func (m *groupModel) replay() {
	for int(m.parkedNext) < len(m.parked) && m.world.group.room(10) > 0 {
		event := m.source[m.parked[m.parkedNext]]
		m.world.group.replay(&message{event: event, pin: event.stream, replayed: m.parkedNext})
		m.parkedNext++
	}
}

func (m *groupModel) dispatch() {
	for _, d := range m.world.group.dispatch(m.world.now) {
		m.delivered++
		if d.message.replayed == noPlace && d.message.place <= m.checkpoint {
			m.t.Errorf("event %d is delivered below the checkpoint %d", d.message.place, m.checkpoint)
		}
		if m.random.IntN(3) > 0 {
			m.world.group.sent(d.consumer, d.consumer.unsent)
		}
	}
}

// check looks at what must hold at any moment.
func (m *groupModel) check() {
	g := m.world.group
	flying := 0
	for _, c := range g.consumers {
		flying += c.count
		if n := len(m.inFlight(c)); n != c.count || n > c.buffer {
			m.t.Errorf("%d in flight, counted %d, with a buffer of %d", n, c.count, c.buffer)
		}
	}
	if flying != g.flight.Len() {
		m.t.Errorf("%d in flight with consumers, %d in all", flying, g.flight.Len())
	}
	waiting := g.fresh.Len() + g.retry.Len() + g.flight.Len() + len(g.parks) + len(g.parking)
	if open := g.open.Len() + g.replays.Len(); waiting != open {
		m.t.Errorf("%d messages wait somewhere, %d are not done", waiting, open)
	}
	parked := map[int64]bool{}
	for _, place := range m.parked[m.truncated:] {
		parked[place] = true
	}
	for place := range m.checkpoint + 1 {
		if !m.ended[place] && !parked[place] {
			m.t.Errorf("the checkpoint %d is above event %d, which is neither done nor parked", m.checkpoint, place)
		}
	}
}

// settle lets everything come to its end with a consumer that acknowledges all.
func (m *groupModel) settle() {
	m.restart()
	g := m.world.group
	c := g.connect(100, m.world.now)
	m.consumers = []*consumer{c}
	for range 4 * len(m.source) {
		m.read()
		m.replay()
		for _, d := range g.dispatch(m.world.now) {
			g.sent(c, 1)
			m.delivered++
			m.ended[d.message.event.revision] = true
			g.ack(c, []uuid.UUID{d.message.event.id}, m.world.now)
		}
	}
}

func TestGroupMeasurements(t *testing.T) {
	t.Parallel()
	if got := (*timings)(nil).measurements(); got != nil {
		t.Error(got)
	}
	times := &timings{}
	for ms := range 2 * timingsKept {
		times.add(time.Duration(ms) * time.Millisecond)
	}
	got := map[string]int64{}
	for _, m := range times.measurements() {
		got[m.Key] = m.Value
	}
	for key, want := range map[string]int64{
		"Mean": 1499, "Median": 1500, "Fastest": 1000, "Quintile 1": 1000, "Quintile 5": 1800,
		"90%": 1900, "99.9%": 1999, "Highest": 1999,
	} {
		if got[key] != want {
			t.Errorf("%s is %d, want %d", key, got[key], want)
		}
	}
	if len(got) != 14 {
		t.Errorf("%d figures", len(got))
	}
}
