package eventnode

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	persistentpb "github.com/EventStore/EventStore-Client-Go/v4/protos/persistent"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// groupTarget is the server of the conformance suite, seen from its groups.
type groupTarget struct {
	target
	raw persistentpb.PersistentSubscriptionsClient
}

func newGroupTarget(t *testing.T) groupTarget {
	t.Helper()
	if url := os.Getenv("EVENTSTORE_URL"); url != "" {
		config, err := esdb.ParseConnectionString(url)
		if err != nil {
			t.Fatal(err)
		}
		return groupTarget{target{client: connectURL(t, url, "")}, rawGroups(t, config.Address)}
	}
	return newGroupNode(t, Config{Dir: "node", FS: vfs.NewMem(), Logger: quiet()})
}

// newGroupNode is a target of a certain configuration.
func newGroupNode(t *testing.T, cfg Config) groupTarget {
	t.Helper()
	node := openNode(t, cfg)
	socket := serve(t, node)
	return groupTarget{target{client: connect(t, socket), node: node}, rawGroups(t, "unix://"+socket)}
}

func rawGroups(t *testing.T, address string) persistentpb.PersistentSubscriptionsClient {
	t.Helper()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithStaticStreamWindowSize(64<<10)) // it would grow for a client that does not read
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return persistentpb.NewPersistentSubscriptionsClient(conn)
}

func newGroup() string { return "group-" + uuid.NewString() }

// settings are the client's own, changed as a test wants them.
func settings(change func(s *esdb.PersistentSubscriptionSettings)) *esdb.PersistentSubscriptionSettings {
	s := esdb.SubscriptionSettingsDefault()
	if change != nil {
		change(&s)
	}
	return &s
}

func createGroup(t *testing.T, c *esdb.Client, stream, group string, from esdb.StreamPosition, change func(s *esdb.PersistentSubscriptionSettings)) {
	t.Helper()
	err := c.CreatePersistentSubscription(within(t), stream, group, esdb.PersistentStreamSubscriptionOptions{
		StartFrom: from, Settings: settings(change),
	})
	if err != nil {
		t.Fatalf("create %s::%s: %v", stream, group, err)
	}
}

// member is one consumer of a group.
type member struct {
	t     *testing.T
	names ids
	sub   *esdb.PersistentSubscription
}

func join(t *testing.T, c *esdb.Client, stream, group string, buffer uint32) *member {
	t.Helper()
	sub, err := c.SubscribeToPersistentSubscription(within(t), stream, group, esdb.SubscribeToPersistentSubscriptionOptions{BufferSize: buffer})
	if err != nil {
		t.Fatalf("connect to %s::%s: %v", stream, group, err)
	}
	t.Cleanup(func() { _ = sub.Close() })
	return &member{t, ids{stream}, sub}
}

// next waits for the next message.
func (m *member) next() *esdb.EventAppeared {
	m.t.Helper()
	event := m.sub.Recv()
	if event.EventAppeared == nil {
		m.t.Fatalf("no message: %v", event.SubscriptionDropped.Error)
	}
	return event.EventAppeared
}

// dropped waits for the end of the subscription.
func (m *member) dropped() error {
	m.t.Helper()
	for {
		if event := m.sub.Recv(); event.SubscriptionDropped != nil {
			return event.SubscriptionDropped.Error
		}
	}
}

// expect receives messages: "ab" are the letters, "a1" is a with retry count 1.
func (m *member) expect(want string) (events []*esdb.ResolvedEvent) {
	m.t.Helper()
	got := ""
	for len(got) < len(want) {
		event := m.next()
		got += m.names.letter(event.Event.OriginalEvent().EventID)
		if event.RetryCount > 0 {
			got += fmt.Sprint(event.RetryCount)
		}
		events = append(events, event.Event)
	}
	if got != want {
		m.t.Fatalf("received %q, want %q", got, want)
	}
	return events
}

func (m *member) ack(events ...*esdb.ResolvedEvent) {
	m.t.Helper()
	if err := m.sub.Ack(events...); err != nil {
		m.t.Fatal(err)
	}
}

func (m *member) nack(action esdb.NackAction, events ...*esdb.ResolvedEvent) {
	m.t.Helper()
	if err := m.sub.Nack("for a reason", action, events...); err != nil {
		m.t.Fatal(err)
	}
}

func TestPersistentReadAndAck(t *testing.T) {
	t.Parallel()
	c := newGroupTarget(t).client
	stream, group := newStream(), newGroup()
	appendTo(t, c, stream, esdb.NoStream{}, ids{stream}.events("abc")...)
	createGroup(t, c, stream, group, esdb.Start{}, nil)
	m := join(t, c, stream, group, 2)
	events := m.expect("ab")
	m.ack(events[0])
	events = append(events[1:], m.expect("c")...)
	m.ack(events...)
	appendTo(t, c, stream, esdb.Any{}, ids{stream}.events("d")...)
	m.expect("d")
}

// awaitEvents waits until a stream has n events and returns them.
func awaitEvents(t *testing.T, c *esdb.Client, stream string, n int) []*esdb.RecordedEvent {
	t.Helper()
	return awaitEventsFrom(t, c, stream, esdb.Start{}, n)
}

func awaitEventsFrom(t *testing.T, c *esdb.Client, stream string, from esdb.StreamPosition, n int) (events []*esdb.RecordedEvent) {
	t.Helper()
	sub, err := c.SubscribeToStream(within(t), stream, esdb.SubscribeToStreamOptions{From: from})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sub.Close() }()
	for len(events) < n {
		event := sub.Recv()
		if event.SubscriptionDropped != nil {
			t.Fatalf("%s has %d events: %v", stream, len(events), event.SubscriptionDropped.Error)
		}
		if event.EventAppeared != nil {
			events = append(events, event.EventAppeared.OriginalEvent())
		}
	}
	return events
}

// awaitInfo waits until the figures of a group are as wanted.
func awaitInfo(t *testing.T, c *esdb.Client, stream, group string, as func(*esdb.PersistentSubscriptionInfo) bool) *esdb.PersistentSubscriptionInfo {
	t.Helper()
	ctx := within(t)
	for {
		info, err := c.GetPersistentSubscriptionInfo(ctx, stream, group, esdb.GetPersistentSubscriptionOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if as(info) {
			return info
		}
		if ctx.Err() != nil {
			t.Fatalf("the figures stay at %+v", info.Stats)
		}
	}
}

func streamOf(id string) (checkpoint, parked string) {
	return "$persistentsubscription-" + id + "-checkpoint", "$persistentsubscription-" + id + "-parked"
}

func TestPersistentStart(t *testing.T) {
	t.Parallel()
	c := newGroupTarget(t).client
	for name, tt := range map[string]struct {
		before string
		from   esdb.StreamPosition
		after  string
		want   string
	}{
		"from the start":               {"abc", esdb.Start{}, "", "abc"},
		"no stream yet":                {"", esdb.Start{}, "abc", "abc"},
		"no stream yet, from its end":  {"", esdb.End{}, "abc", "abc"},
		"no stream yet, from 2":        {"", esdb.Revision(2), "abcd", "cd"},
		"from the end":                 {"abc", esdb.End{}, "de", "de"},
		"from a revision":              {"abcd", esdb.Revision(1), "e", "bcde"},
		"from the revision to come":    {"ab", esdb.Revision(2), "cd", "cd"},
		"from a revision far ahead":    {"ab", esdb.Revision(4), "cdefg", "efg"},
		"more events than are read":    {"abcdefghijklmnopqrstuvwxyz", esdb.Start{}, "", "abcdefghijklmnopqrstuvwxyz"},
		"the beginning is a long way":  {"abcdefghijklmnopqrstuvwxyz", esdb.Revision(25), "", "z"},
		"the end of a truncated one":   {"abc", esdb.End{}, "d", "d"},
		"from the start and then live": {"a", esdb.Start{}, "bcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxyz"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stream, group := newStream(), newGroup()
			names := ids{stream}
			if tt.before != "" {
				appendTo(t, c, stream, esdb.NoStream{}, names.events(tt.before)...)
			}
			createGroup(t, c, stream, group, tt.from, nil)
			if tt.after != "" {
				appendTo(t, c, stream, esdb.Any{}, names.events(tt.after)...)
			}
			join(t, c, stream, group, 100).expect(tt.want)
		})
	}
}

// TestPersistentNothingToCome connects to a group that has nothing to deliver: the
// first message is one appended later.
func TestPersistentNothingToCome(t *testing.T) {
	t.Parallel()
	c := newGroupTarget(t).client
	stream, group := newStream(), newGroup()
	appendTo(t, c, stream, esdb.NoStream{}, ids{stream}.events("abc")...)
	createGroup(t, c, stream, group, esdb.End{}, nil)
	m := join(t, c, stream, group, 10)
	appendTo(t, c, stream, esdb.Any{}, ids{stream}.events("d")...)
	m.expect("d")
}

func TestPersistentNack(t *testing.T) {
	t.Parallel()
	c := newGroupTarget(t).client
	for name, tt := range map[string]struct {
		action esdb.NackAction
		want   string // what comes then; the group holds a, and b behind it
		reason string // why a is parked
	}{
		"retry":   {esdb.NackActionRetry, "a1", "Maximum retry count reached"},
		"unknown": {esdb.NackActionUnknown, "a1", "Maximum retry count reached"},
		"park":    {esdb.NackActionPark, "b", "Client explicitly NAK'ed message.\nfor a reason"},
		"skip":    {esdb.NackActionSkip, "b", ""},
		"stop":    {esdb.NackActionStop, "b", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stream, group := newStream(), newGroup()
			appendTo(t, c, stream, esdb.NoStream{}, ids{stream}.events("ab")...)
			createGroup(t, c, stream, group, esdb.Start{}, func(s *esdb.PersistentSubscriptionSettings) { s.MaxRetryCount = 1 })
			m := join(t, c, stream, group, 1)
			m.nack(tt.action, m.expect("a")...)
			events := m.expect(tt.want)
			if tt.want == "a1" {
				m.nack(tt.action, events...)
				m.expect("b")
			}
			if tt.reason == "" {
				return
			}
			_, parked := streamOf(stream + "::" + group)
			link := awaitEvents(t, c, parked, 1)[0]
			var meta struct {
				Added                   time.Time
				Reason                  string
				SubscriptionEventNumber int64
			}
			if err := json.Unmarshal(link.UserMetadata, &meta); err != nil {
				t.Fatal(err)
			}
			if link.EventType != "$>" || string(link.Data) != "0@"+stream || meta.Reason != tt.reason || meta.Added.IsZero() {
				t.Errorf("parked as %s %s: %s", link.EventType, link.Data, link.UserMetadata)
			}
		})
	}
}

func TestPersistentReplay(t *testing.T) {
	t.Parallel()
	c := newGroupTarget(t).client
	stream, group := newStream(), newGroup()
	appendTo(t, c, stream, esdb.NoStream{}, ids{stream}.events("abcd")...)
	createGroup(t, c, stream, group, esdb.Start{}, nil)
	m := join(t, c, stream, group, 10)
	m.nack(esdb.NackActionPark, m.expect("abcd")...)
	_, parked := streamOf(stream + "::" + group)
	awaitEvents(t, c, parked, 4)
	awaitInfo(t, c, stream, group, func(i *esdb.PersistentSubscriptionInfo) bool { return i.Stats.ParkedMessagesCount == 4 })

	replay := func(stopAt int) {
		if err := c.ReplayParkedMessages(within(t), stream, group, esdb.ReplayParkedMessagesOptions{StopAt: stopAt}); err != nil {
			t.Fatal(err)
		}
	}
	replayed := func(letters string) (events []*esdb.ResolvedEvent) {
		for _, letter := range letters {
			event := m.next().Event
			if event.Link == nil || event.Event == nil || m.names.letter(event.Event.EventID) != string(letter) {
				t.Fatalf("replayed %+v, want %c behind its link", event, letter)
			}
			events = append(events, event)
		}
		return events
	}
	replay(2)
	events := replayed("ab")
	awaitInfo(t, c, stream, group, func(i *esdb.PersistentSubscriptionInfo) bool { return i.Stats.ParkedMessagesCount == 2 })
	m.nack(esdb.NackActionPark, events[0])
	m.ack(events[1])
	if last := awaitEventsFrom(t, c, parked, esdb.Revision(3), 1)[0]; string(last.Data) != "0@"+stream {
		t.Errorf("parked once more as %s", last.Data)
	}
	replay(0)
	m.ack(replayed("cda")...)
	awaitInfo(t, c, stream, group, func(i *esdb.PersistentSubscriptionInfo) bool { return i.Stats.ParkedMessagesCount == 0 })
	// One change of metadata for each step that brought a replay to its end.
	var before string
	for n := 1; before != "5"; n++ {
		before = tb(t, awaitEvents(t, c, "$$"+parked, n)[n-1].Data)
	}
	replay(0) // nothing is left
	appendTo(t, c, stream, esdb.Any{}, ids{stream}.events("e")...)
	m.expect("e")
}

func TestPersistentStrategies(t *testing.T) {
	t.Parallel()
	c := newGroupTarget(t).client
	for strategy, want := range map[esdb.ConsumerStrategy][2]string{
		esdb.ConsumerStrategyRoundRobin:       {"ac", "bd"},
		esdb.ConsumerStrategyDispatchToSingle: {"ab", "cd"},
	} {
		t.Run(string(strategy), func(t *testing.T) {
			t.Parallel()
			stream, group := newStream(), newGroup()
			createGroup(t, c, stream, group, esdb.Start{}, func(s *esdb.PersistentSubscriptionSettings) { s.ConsumerStrategyName = strategy })
			one, two := join(t, c, stream, group, 2), join(t, c, stream, group, 2)
			appendTo(t, c, stream, esdb.NoStream{}, ids{stream}.events("abcd")...)
			one.expect(want[0])
			two.expect(want[1])
		})
	}
	t.Run("Pinned", func(t *testing.T) {
		t.Parallel()
		stream, group := newStream(), newGroup()
		createGroup(t, c, stream, group, esdb.Start{}, func(s *esdb.PersistentSubscriptionSettings) {
			s.ConsumerStrategyName = esdb.ConsumerStrategyPinned
		})
		members := []*member{join(t, c, stream, group, 9), join(t, c, stream, group, 9)}
		appendTo(t, c, stream, esdb.NoStream{}, ids{stream}.events("abcd")...)
		info := awaitInfo(t, c, stream, group, func(i *esdb.PersistentSubscriptionInfo) bool { return i.Stats.TotalInFlightMessages == 4 })
		for i, conn := range info.Connections {
			if conn.InFlightMessages == 4 {
				members[i].expect("abcd")
			} else if conn.InFlightMessages != 0 {
				t.Errorf("one stream is spread: %+v", info.Connections)
			}
		}
	})
}

func TestPersistentCheckpoint(t *testing.T) {
	t.Parallel()
	c := newGroupTarget(t).client
	stream, group := newStream(), newGroup()
	appendTo(t, c, stream, esdb.NoStream{}, ids{stream}.events("abcdefgh")...)
	often := func(s *esdb.PersistentSubscriptionSettings) {
		s.CheckpointLowerBound, s.CheckpointUpperBound, s.CheckpointAfter = 1, 2, 1
	}
	createGroup(t, c, stream, group, esdb.Start{}, often)
	m := join(t, c, stream, group, 10)
	events := m.expect("abcdefgh")
	checkpoints, _ := streamOf(stream + "::" + group)

	m.ack(events[0], events[1], events[4])
	written := awaitEvents(t, c, checkpoints, 1)
	if last := written[0]; last.EventType != "$SubscriptionCheckpoint" || string(last.Data) != `"1"` {
		t.Errorf("the checkpoint is %s %s", last.EventType, last.Data)
	}
	m.ack(events[2], events[3])
	written = awaitEvents(t, c, checkpoints, 2)
	if last := written[1]; string(last.Data) != `"4"` {
		t.Errorf("the second checkpoint is %s", last.Data)
	}
	meta, err := c.GetStreamMetadata(within(t), checkpoints, esdb.ReadStreamOptions{})
	if err != nil || meta.MaxCount() == nil || *meta.MaxCount() != 2 {
		t.Errorf("metadata of the checkpoints: %+v, %v", meta, err)
	}
	info := awaitInfo(t, c, stream, group, func(i *esdb.PersistentSubscriptionInfo) bool {
		return i.Stats.LastCheckpointedEventRevision != nil && *i.Stats.LastCheckpointedEventRevision == 4
	})
	if *info.Stats.LastKnownEventRevision != 7 {
		t.Errorf("last known %d", *info.Stats.LastKnownEventRevision)
	}

	// New settings begin a new life of the group: behind the checkpoint.
	err = c.UpdatePersistentSubscription(within(t), stream, group, esdb.PersistentStreamSubscriptionOptions{Settings: settings(often)})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.dropped(); status.Code(err) != codes.Canceled {
		t.Errorf("the consumer got %v", err)
	}
	join(t, c, stream, group, 10).expect("fgh")
}

func TestPersistentDelete(t *testing.T) {
	t.Parallel()
	c := newGroupTarget(t).client
	stream, group := newStream(), newGroup()
	appendTo(t, c, stream, esdb.NoStream{}, ids{stream}.events("abc")...)
	often := func(s *esdb.PersistentSubscriptionSettings) { s.CheckpointLowerBound, s.CheckpointUpperBound = 1, 1 }
	createGroup(t, c, stream, group, esdb.Start{}, often)
	m := join(t, c, stream, group, 10)
	events := m.expect("abc")
	m.nack(esdb.NackActionPark, events[0])
	m.ack(events[1:]...)
	checkpoints, parked := streamOf(stream + "::" + group)
	awaitEvents(t, c, parked, 1)
	awaitEvents(t, c, checkpoints, 1)

	if err := c.DeletePersistentSubscription(within(t), stream, group, esdb.DeletePersistentSubscriptionOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := m.dropped(); status.Code(err) != codes.NotFound {
		t.Errorf("the consumer got %v", err)
	}
	for _, own := range []string{checkpoints, parked} {
		if _, err := readStream(t, c, own, esdb.ReadStreamOptions{}, 1); codeOf(err) != esdb.ErrorCodeResourceNotFound {
			t.Errorf("%s reads as %v", own, err)
		}
	}
	createGroup(t, c, stream, group, esdb.Start{}, often)
	info := awaitInfo(t, c, stream, group, func(*esdb.PersistentSubscriptionInfo) bool { return true })
	if info.Stats.ParkedMessagesCount != 0 || info.Stats.LastCheckpointedEventRevision != nil {
		t.Errorf("a group made anew: %+v", info.Stats)
	}
	m = join(t, c, stream, group, 10)
	m.nack(esdb.NackActionPark, m.expect("abc")...)
	awaitInfo(t, c, stream, group, func(i *esdb.PersistentSubscriptionInfo) bool { return i.Stats.ParkedMessagesCount == 3 })
	meta, err := c.GetStreamMetadata(within(t), checkpoints, esdb.ReadStreamOptions{})
	for ; err == nil && meta.MaxCount() == nil; meta, err = c.GetStreamMetadata(within(t), checkpoints, esdb.ReadStreamOptions{}) {
		awaitEvents(t, c, checkpoints, 1)
	}
	if err != nil || *meta.MaxCount() != 2 {
		t.Errorf("metadata of the new checkpoints: %v", err)
	}
}

// TestPersistentErrors checks status and trailers of everything that is refused.
func TestPersistentErrors(t *testing.T) {
	t.Parallel()
	target := newGroupTarget(t)
	stream, group := newStream(), newGroup()
	createGroup(t, target.client, stream, group, esdb.Start{}, func(s *esdb.PersistentSubscriptionSettings) { s.MaxSubscriberCount = 1 })

	good := func(change func(s *persistentpb.CreateReq_Settings)) *persistentpb.CreateReq_Settings {
		s := &persistentpb.CreateReq_Settings{
			ReadBatchSize: 20, HistoryBufferSize: 500, LiveBufferSize: 500, MaxRetryCount: 1,
			MinCheckpointCount: 1, MaxCheckpointCount: 1, ConsumerStrategy: "RoundRobin",
			MessageTimeout:  &persistentpb.CreateReq_Settings_MessageTimeoutMs{MessageTimeoutMs: 1000},
			CheckpointAfter: &persistentpb.CreateReq_Settings_CheckpointAfterMs{CheckpointAfterMs: 1000},
		}
		change(s)
		return s
	}
	type call func(grpc.CallOption) error
	create := func(stream, group string, change func(s *persistentpb.CreateReq_Settings)) call {
		return func(o grpc.CallOption) error {
			_, err := target.raw.Create(within(t), &persistentpb.CreateReq{Options: &persistentpb.CreateReq_Options{
				GroupName: group, Settings: good(change),
				StreamOption: &persistentpb.CreateReq_Options_Stream{Stream: &persistentpb.CreateReq_StreamOptions{
					StreamIdentifier: streamIdentifier(stream), RevisionOption: &persistentpb.CreateReq_StreamOptions_Start{Start: empty},
				}},
			}}, o)
			return err
		}
	}
	createAll := func(commit, prepare uint64, filter *persistentpb.CreateReq_AllOptions_FilterOptions) call {
		return func(o grpc.CallOption) error {
			all := &persistentpb.CreateReq_AllOptions{AllOption: &persistentpb.CreateReq_AllOptions_Position{
				Position: &persistentpb.CreateReq_Position{CommitPosition: commit, PreparePosition: prepare},
			}}
			if filter != nil {
				all.FilterOption = &persistentpb.CreateReq_AllOptions_Filter{Filter: filter}
			}
			_, err := target.raw.Create(within(t), &persistentpb.CreateReq{Options: &persistentpb.CreateReq_Options{
				GroupName: newGroup(), Settings: good(func(*persistentpb.CreateReq_Settings) {}),
				StreamOption: &persistentpb.CreateReq_Options_All{All: all},
			}}, o)
			return err
		}
	}
	read := func(group string, buffer int32, more ...*persistentpb.ReadReq) call {
		return func(o grpc.CallOption) error {
			call, err := target.raw.Read(within(t), o)
			if err != nil {
				return err
			}
			options := &persistentpb.ReadReq{Content: &persistentpb.ReadReq_Options_{Options: &persistentpb.ReadReq_Options{
				GroupName: group, BufferSize: buffer,
				StreamOption: &persistentpb.ReadReq_Options_StreamIdentifier{StreamIdentifier: streamIdentifier(stream)},
			}}}
			for _, message := range append([]*persistentpb.ReadReq{options}, more...) {
				if err := call.Send(message); err != nil {
					return err
				}
			}
			for {
				if _, err := call.Recv(); err != nil {
					return err
				}
			}
		}
	}
	missing := "persistent-subscription-does-not-exist"
	failed := "persistent-subscription-failed"
	regex := &persistentpb.CreateReq_AllOptions_FilterOptions{
		Window: &persistentpb.CreateReq_AllOptions_FilterOptions_Count{Count: empty},
		Filter: &persistentpb.CreateReq_AllOptions_FilterOptions_EventType{
			EventType: &persistentpb.CreateReq_AllOptions_FilterOptions_Expression{Regex: "("},
		},
	}
	for name, tt := range map[string]struct {
		call      call
		code      codes.Code
		exception string
	}{
		"create twice":        {create(stream, group, func(*persistentpb.CreateReq_Settings) {}), codes.AlreadyExists, "persistent-subscription-exists"},
		"no strategy of ours": {create(stream, "g", func(s *persistentpb.CreateReq_Settings) { s.ConsumerStrategy = "Best" }), codes.Internal, failed},
		"batch over buffer":   {create(stream, "g", func(s *persistentpb.CreateReq_Settings) { s.ReadBatchSize = 500 }), codes.Internal, failed},
		"no batch":            {create(stream, "g", func(s *persistentpb.CreateReq_Settings) { s.ReadBatchSize = 0 }), codes.Internal, failed},
		"live buffer below 0": {create(stream, "g", func(s *persistentpb.CreateReq_Settings) { s.LiveBufferSize = -1 }), codes.Internal, failed},
		"timeout below 0": {create(stream, "g", func(s *persistentpb.CreateReq_Settings) {
			s.MessageTimeout = &persistentpb.CreateReq_Settings_MessageTimeoutMs{MessageTimeoutMs: -1}
		}), codes.Internal, failed},
		"no group name":         {create(stream, "", func(*persistentpb.CreateReq_Settings) {}), codes.InvalidArgument, ""},
		"no stream":             {create("", "g", func(*persistentpb.CreateReq_Settings) {}), codes.InvalidArgument, ""},
		"beyond the end of all": {createAll(1<<50, 1<<50, nil), codes.Internal, failed},
		"prepare over commit":   {createAll(1, 2, nil), codes.InvalidArgument, ""},
		"bad filter":            {createAll(0, 0, regex), codes.InvalidArgument, ""},
		"update of none": {func(o grpc.CallOption) error {
			_, err := target.raw.Update(within(t), &persistentpb.UpdateReq{Options: &persistentpb.UpdateReq_Options{
				GroupName: "none", Settings: &persistentpb.UpdateReq_Settings{ReadBatchSize: 20, HistoryBufferSize: 500},
				StreamOption: &persistentpb.UpdateReq_Options_Stream{Stream: &persistentpb.UpdateReq_StreamOptions{
					StreamIdentifier: streamIdentifier(stream), RevisionOption: &persistentpb.UpdateReq_StreamOptions_Start{Start: empty},
				}},
			}}, o)
			return err
		}, codes.NotFound, missing},
		"delete of none": {func(o grpc.CallOption) error {
			_, err := target.raw.Delete(within(t), &persistentpb.DeleteReq{Options: &persistentpb.DeleteReq_Options{
				GroupName: "none", StreamOption: &persistentpb.DeleteReq_Options_All{All: empty},
			}}, o)
			return err
		}, codes.NotFound, missing},
		"info of none": {func(o grpc.CallOption) error {
			_, err := target.raw.GetInfo(within(t), &persistentpb.GetInfoReq{Options: &persistentpb.GetInfoReq_Options{
				GroupName: "none", StreamOption: &persistentpb.GetInfoReq_Options_StreamIdentifier{StreamIdentifier: streamIdentifier(stream)},
			}}, o)
			return err
		}, codes.NotFound, missing},
		"replay of none": {func(o grpc.CallOption) error {
			_, err := target.raw.ReplayParked(within(t), &persistentpb.ReplayParkedReq{Options: &persistentpb.ReplayParkedReq_Options{
				GroupName: "none", StreamOption: &persistentpb.ReplayParkedReq_Options_StreamIdentifier{StreamIdentifier: streamIdentifier(stream)},
				StopAtOption: &persistentpb.ReplayParkedReq_Options_NoLimit{NoLimit: empty},
			}}, o)
			return err
		}, codes.NotFound, missing},
		"list of none": {func(o grpc.CallOption) error {
			_, err := target.raw.List(within(t), &persistentpb.ListReq{Options: &persistentpb.ListReq_Options{
				ListOption: &persistentpb.ListReq_Options_ListForStream{ListForStream: &persistentpb.ListReq_StreamOption{
					StreamOption: &persistentpb.ListReq_StreamOption_Stream{Stream: streamIdentifier(newStream())},
				}},
			}}, o)
			return err
		}, codes.NotFound, missing},
		"read of none": {read("none", 1), codes.NotFound, missing},
		"no buffer":    {read(group, 0), codes.InvalidArgument, ""},
		"one too many": {func(o grpc.CallOption) error {
			join(t, target.client, stream, group, 1)
			return read(group, 1)(o)
		}, codes.FailedPrecondition, "maximum-subscribers-reached"},
		"read of no group": {read("", 1), codes.InvalidArgument, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var trailers metadata.MD
			err := tt.call(grpc.Trailer(&trailers))
			if status.Code(err) != tt.code {
				t.Errorf("%v, want %v", err, tt.code)
			}
			if got := strings.Join(trailers.Get("exception"), ","); got != tt.exception {
				t.Errorf("exception %q, want %q", got, tt.exception)
			}
			if tt.exception != "" && len(trailers.Get("stream-name"))+len(trailers.Get("group-name")) != 2 {
				t.Errorf("trailers %v", trailers)
			}
		})
	}
}

// TestPersistentWire checks what the Go client cannot ask for: ids as strings,
// answers of a consumer that make no sense, the fields of older clients.
func TestPersistentWire(t *testing.T) {
	t.Parallel()
	target := newGroupTarget(t)
	stream, group := newStream(), newGroup()
	appendTo(t, target.client, stream, esdb.NoStream{}, ids{stream}.events("abc")...)
	_, err := target.raw.Create(within(t), &persistentpb.CreateReq{Options: &persistentpb.CreateReq_Options{
		StreamIdentifier: streamIdentifier(stream), GroupName: group, //nolint:staticcheck // it is what is tested
		Settings: &persistentpb.CreateReq_Settings{
			Revision: 1, NamedConsumerStrategy: persistentpb.CreateReq_Pinned, //nolint:staticcheck // it is what is tested
			ReadBatchSize: 20, HistoryBufferSize: 500, LiveBufferSize: 500,
			MessageTimeout: &persistentpb.CreateReq_Settings_MessageTimeoutTicks{MessageTimeoutTicks: 50_000_000},
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	info := awaitInfo(t, target.client, stream, group, func(*esdb.PersistentSubscriptionInfo) bool { return true })
	if s := info.Settings; s.ConsumerStrategyName != esdb.ConsumerStrategyPinned || s.MessageTimeout != 5000 || s.StartFrom != esdb.Revision(1) {
		t.Errorf("settings %+v", info.Settings)
	}
	open := func() persistentpb.PersistentSubscriptions_ReadClient {
		call, err := target.raw.Read(within(t))
		if err != nil {
			t.Fatal(err)
		}
		if err := call.Send(&persistentpb.ReadReq{Content: &persistentpb.ReadReq_Options_{Options: &persistentpb.ReadReq_Options{
			GroupName: group, BufferSize: 2,
			StreamOption: &persistentpb.ReadReq_Options_StreamIdentifier{StreamIdentifier: streamIdentifier(stream)},
			UuidOption:   &persistentpb.ReadReq_Options_UUIDOption{Content: &persistentpb.ReadReq_Options_UUIDOption_String_{String_: empty}},
		}}}); err != nil {
			t.Fatal(err)
		}
		first, err := call.Recv()
		if err != nil || first.GetSubscriptionConfirmation().GetSubscriptionId() != stream+"::"+group {
			t.Fatal(first, err)
		}
		return call
	}
	call := open()
	event, err := call.Recv()
	if err != nil || event.GetEvent().GetEvent().GetId().GetString_() != (ids{stream}).id('b').String() {
		t.Fatal(event, err)
	}
	// A consumer that has ended its side cannot answer any more.
	if err := call.CloseSend(); err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = call.Recv()
	}
	if !errors.Is(err, io.EOF) {
		t.Errorf("after the end of the answers: %v", err)
	}
	for _, nonsense := range []*persistentpb.ReadReq{
		{Content: &persistentpb.ReadReq_Options_{Options: &persistentpb.ReadReq_Options{}}},
		{Content: &persistentpb.ReadReq_Ack_{Ack: &persistentpb.ReadReq_Ack{Ids: []*shared.UUID{{}}}}},
		{Content: &persistentpb.ReadReq_Nack_{Nack: &persistentpb.ReadReq_Nack{
			Ids: []*shared.UUID{{Value: &shared.UUID_String_{String_: "no id"}}},
		}}},
		{},
	} {
		call := open()
		if err := call.Send(nonsense); err != nil {
			t.Fatal(err)
		}
		var err error
		for err == nil {
			_, err = call.Recv()
		}
		if status.Code(err) != codes.InvalidArgument {
			t.Errorf("%v: %v", nonsense, err)
		}
	}
}

func TestPersistentInfo(t *testing.T) {
	t.Parallel()
	c := newGroupTarget(t).client
	stream, group := "/"+newStream()+"/x", "/"+newGroup()+"/y"
	want := settings(func(s *esdb.PersistentSubscriptionSettings) {
		s.ExtraStatistics, s.ResolveLinkTos, s.MaxSubscriberCount = true, true, 5
		s.ConsumerStrategyName = esdb.ConsumerStrategyDispatchToSingle
		s.MessageTimeout, s.CheckpointAfter = 12_345, 678
		s.CheckpointLowerBound, s.CheckpointUpperBound = 1, 2
		s.LiveBufferSize, s.ReadBatchSize, s.HistoryBufferSize, s.MaxRetryCount = 11, 12, 13, 14
	})
	create := func(group string, from esdb.StreamPosition) {
		err := c.CreatePersistentSubscription(within(t), stream, group, esdb.PersistentStreamSubscriptionOptions{StartFrom: from, Settings: want})
		if err != nil {
			t.Fatal(err)
		}
	}
	create(group, esdb.Start{})
	create(group+"2", esdb.End{})
	info := awaitInfo(t, c, stream, group, func(*esdb.PersistentSubscriptionInfo) bool { return true })
	want.StartFrom = esdb.Start{}
	if *info.Settings != *want || info.EventSource != stream || info.GroupName != group {
		t.Errorf("%+v, want %+v", *info.Settings, *want)
	}
	if info.Stats.LastKnownEventRevision != nil || info.Stats.LastCheckpointedEventRevision != nil {
		t.Errorf("positions of an empty stream: %+v", info.Stats)
	}

	appendTo(t, c, stream, esdb.NoStream{}, ids{stream}.events("abcdef")...)
	m := join(t, c, stream, group, 4)
	events := m.expect("abcd")
	m.ack(events[0], events[1])
	m.nack(esdb.NackActionPark, events[2])
	m.expect("ef")
	info = awaitInfo(t, c, stream, group, func(i *esdb.PersistentSubscriptionInfo) bool {
		return i.Stats.ParkedMessagesCount == 1 && i.Stats.OutstandingMessagesCount == 3 && i.Stats.LastCheckpointedEventRevision != nil
	})
	stats := info.Stats
	if stats.TotalItems != 6 || stats.TotalInFlightMessages != 3 ||
		*stats.LastKnownEventRevision != 5 || info.Status != "Live" {
		t.Errorf("%s %+v", info.Status, stats)
	}
	if len(info.Connections) != 1 {
		t.Fatalf("%d connections", len(info.Connections))
	}
	conn := info.Connections[0]
	if conn.InFlightMessages != 3 || conn.AvailableSlots != 1 || conn.TotalItemsProcessed != 6 || len(conn.ExtraStatistics) != 14 ||
		conn.Username != "anonymous" || conn.ConnectionName == "" {
		t.Errorf("connection %+v", conn)
	}

	list, err := c.ListPersistentSubscriptionsForStream(within(t), stream, esdb.ListPersistentSubscriptionsOptions{})
	if err != nil || len(list) != 2 || list[0].GroupName != group || list[1].Settings.StartFrom != (esdb.End{}) {
		t.Errorf("list of the stream: %+v, %v", list, err)
	}
	all, err := c.ListAllPersistentSubscriptions(within(t), esdb.ListPersistentSubscriptionsOptions{})
	if err != nil || !slices.ContainsFunc(all, func(i esdb.PersistentSubscriptionInfo) bool { return i.GroupName == group+"2" }) {
		t.Errorf("list of all: %d, %v", len(all), err)
	}
}

func TestPersistentToAll(t *testing.T) {
	t.Parallel()
	c := newGroupTarget(t).client
	stream, group := newStream(), newGroup()
	appendTo(t, c, stream, esdb.NoStream{}, ids{stream}.events("ab")...)
	often := settings(func(s *esdb.PersistentSubscriptionSettings) { s.CheckpointLowerBound, s.CheckpointUpperBound = 1, 1 })
	create := func(group string, from esdb.AllPosition, filter *esdb.SubscriptionFilter) {
		err := c.CreatePersistentSubscriptionToAll(within(t), group, esdb.PersistentAllSubscriptionOptions{
			StartFrom: from, Settings: often, Filter: filter, MaxSearchWindow: 10,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	connect := func(group string) *member {
		sub, err := c.SubscribeToPersistentSubscriptionToAll(within(t), group, esdb.SubscribeToPersistentSubscriptionOptions{BufferSize: 10})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = sub.Close() })
		return &member{t, ids{stream}, sub}
	}
	byStream := &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{stream}}
	create(group, esdb.Start{}, byStream)
	m := connect(group)
	events := m.expect("ab")
	m.ack(events...)
	checkpoints, _ := streamOf("$all::" + group)
	last := awaitEvents(t, c, checkpoints, 1)
	position := events[0].Event.Position.Commit
	// It may lie further ahead: the events of other streams need not be read again.
	var commit, prepare uint64
	if n, err := fmt.Sscanf(string(last[0].Data), `"C:%d/P:%d"`, &commit, &prepare); n != 2 || commit < position || prepare != commit {
		t.Errorf("the checkpoint is %s: %v", last[0].Data, err)
	}
	info, err := c.GetPersistentSubscriptionInfoToAll(within(t), group, esdb.GetPersistentSubscriptionOptions{})
	if err != nil || info.EventSource != "$all" || info.Stats.LastKnownPosition == nil || info.Settings.StartFrom != (esdb.Start{}) {
		t.Errorf("%+v, %v", info, err)
	}

	// By type and pattern, from a position: that one is the first.
	byType := &esdb.SubscriptionFilter{Type: esdb.EventFilterType, Regex: "^let+er$"}
	create(group+"2", esdb.Position{Commit: position, Prepare: position}, byType)
	other := connect(group + "2")
	for event := other.next(); event.Event.Event.Position.Commit != position; event = other.next() {
		t.Fatalf("the first event is %+v", event.Event.Event)
	}
	// Without a filter, from the end.
	create(group+"3", esdb.End{}, nil)
	all := connect(group + "3")
	appendTo(t, c, stream, esdb.Any{}, ids{stream}.events("c")...)
	for event := all.next(); event.Event.Event.StreamID != stream; event = all.next() {
		if strings.HasPrefix(event.Event.Event.StreamID, "$persistentsubscription-$all") {
			t.Errorf("the group sees its own %s", event.Event.Event.StreamID)
		}
		all.ack(event.Event)
	}
	m.nack(esdb.NackActionPark, m.expect("c")...)
	_, parked := streamOf("$all::" + group)
	awaitEvents(t, c, parked, 1)
	if err := c.ReplayParkedMessagesToAll(within(t), group, esdb.ReplayParkedMessagesOptions{}); err != nil {
		t.Fatal(err)
	}
	if event := m.next(); event.Event.Event == nil || event.Event.Event.EventID != (ids{stream}).id('c') {
		t.Errorf("replayed %+v", event.Event)
	}
	list, err := c.ListPersistentSubscriptionsToAll(within(t), esdb.ListPersistentSubscriptionsOptions{})
	if err != nil || len(list) < 3 {
		t.Errorf("list of $all: %d, %v", len(list), err)
	}

	err = c.UpdatePersistentSubscriptionToAll(within(t), group, esdb.PersistentAllSubscriptionOptions{Settings: often})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.dropped(); status.Code(err) != codes.Canceled {
		t.Errorf("update: %v", err)
	}
	m = connect(group)
	appendTo(t, c, newStream(), esdb.Any{}, ids{stream}.events("x")...)
	appendTo(t, c, stream, esdb.Any{}, ids{stream}.events("d")...)
	for event := m.next(); event.Event.OriginalEvent().EventID != (ids{stream}).id('d'); event = m.next() {
		if !strings.HasPrefix(event.Event.OriginalEvent().StreamID, stream) {
			t.Fatalf("an update has lost the filter: %s", event.Event.OriginalEvent().StreamID)
		}
	}
	if err := c.DeletePersistentSubscriptionToAll(within(t), group, esdb.DeletePersistentSubscriptionOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := m.dropped(); status.Code(err) != codes.NotFound {
		t.Errorf("delete: %v", err)
	}
}

// TestPersistentLinks follows links, also those that lead nowhere.
func TestPersistentLinks(t *testing.T) {
	t.Parallel()
	c := newGroupTarget(t).client
	stream, gone, links, group := newStream(), newStream(), newStream(), newGroup()
	names := ids{stream}
	appendTo(t, c, stream, esdb.NoStream{}, names.events("ab")...)
	appendTo(t, c, gone, esdb.NoStream{}, names.events("c")...)
	var events []esdb.EventData
	for _, data := range []string{"0@" + stream, "0@" + gone, "7@" + stream, "nonsense", "1@" + stream} {
		events = append(events, esdb.EventData{EventID: uuid.New(), EventType: "$>", Data: []byte(data)})
	}
	appendTo(t, c, links, esdb.NoStream{}, events...)
	if _, err := c.TombstoneStream(within(t), gone, esdb.TombstoneStreamOptions{ExpectedRevision: esdb.Any{}}); err != nil {
		t.Fatal(err)
	}
	createGroup(t, c, links, group, esdb.Start{}, func(s *esdb.PersistentSubscriptionSettings) { s.ResolveLinkTos = true })
	m := join(t, c, links, group, 10)
	got := ""
	for range events {
		event := m.next().Event
		if event.Link == nil {
			t.Fatalf("a link came without itself: %+v", event)
		}
		if event.Event == nil {
			got += "-"
		} else {
			got += names.letter(event.Event.EventID)
		}
		if event.Link.EventNumber == 4 || event.Link.EventNumber == 1 {
			m.nack(esdb.NackActionPark, event)
		} else {
			m.ack(event)
		}
	}
	if got != "a---b" {
		t.Errorf("links lead to %q", got)
	}
	_, parked := streamOf(links + "::" + group)
	for i, want := range []string{"0@" + gone, "1@" + stream} {
		if data := awaitEvents(t, c, parked, 2)[i].Data; string(data) != want {
			t.Errorf("parked %s, want %s", data, want)
		}
	}
	// Without resolving, a link is an event like any other.
	createGroup(t, c, links, group+"2", esdb.Start{}, nil)
	if event := join(t, c, links, group+"2", 10).next().Event; event.Link != nil || event.Event.EventType != "$>" {
		t.Errorf("unresolved: %+v", event)
	}
}

// TestPersistentSourceChanges truncates, deletes, revives and ends the stream of a group.
func TestPersistentSourceChanges(t *testing.T) {
	t.Parallel()
	c := newGroupTarget(t).client
	stream, group := newStream(), newGroup()
	names := ids{stream}
	appendTo(t, c, stream, esdb.NoStream{}, names.events("abcde")...)
	setMetadata(t, c, stream, func(m *esdb.StreamMetadata) { m.SetTruncateBefore(2) })
	createGroup(t, c, stream, group, esdb.Start{}, nil)
	m := join(t, c, stream, group, 10)
	m.ack(m.expect("cde")...)
	if _, err := c.DeleteStream(within(t), stream, esdb.DeleteStreamOptions{ExpectedRevision: esdb.Any{}}); err != nil {
		t.Fatal(err)
	}
	appendTo(t, c, stream, esdb.NoStream{}, names.events("f")...)
	m.ack(m.expect("f")...)
	if _, err := c.DeleteStream(within(t), stream, esdb.DeleteStreamOptions{ExpectedRevision: esdb.Any{}}); err != nil {
		t.Fatal(err)
	}
	// A group made now has nothing before the revival.
	createGroup(t, c, stream, group+"2", esdb.Start{}, nil)
	revived := join(t, c, stream, group+"2", 10)
	appendTo(t, c, stream, esdb.Any{}, names.events("gh")...)
	revived.expect("gh")
	events := m.expect("gh")
	m.nack(esdb.NackActionPark, events[0])
	_, parked := streamOf(stream + "::" + group)
	awaitEvents(t, c, parked, 1)
	if _, err := c.TombstoneStream(within(t), stream, esdb.TombstoneStreamOptions{ExpectedRevision: esdb.Any{}}); err != nil {
		t.Fatal(err)
	}
	m.nack(esdb.NackActionRetry, events[1])
	for m.names.letter(m.next().Event.OriginalEvent().EventID) != "h" {
		t.Log("another event before the one that is tried again")
	}
	if err := c.ReplayParkedMessages(within(t), stream, group, esdb.ReplayParkedMessagesOptions{}); err != nil {
		t.Fatal(err)
	}
	if event := m.next().Event; event.Link == nil || event.Event != nil {
		t.Errorf("the replay of what is gone: %+v", event)
	}
	info := awaitInfo(t, c, stream, group, func(*esdb.PersistentSubscriptionInfo) bool { return true })
	if len(info.Connections) != 1 {
		t.Errorf("after the tombstone: %+v", info)
	}
}

// TestPersistentSlowConsumer leaves one consumer unread: the others get on.
func TestPersistentSlowConsumer(t *testing.T) {
	t.Parallel()
	target := newGroupTarget(t)
	stream, group := newStream(), newGroup()
	createGroup(t, target.client, stream, group, esdb.Start{}, nil)
	stuck, err := target.raw.Read(within(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := stuck.Send(&persistentpb.ReadReq{Content: &persistentpb.ReadReq_Options_{Options: &persistentpb.ReadReq_Options{
		GroupName: group, BufferSize: 1_000_000,
		StreamOption: &persistentpb.ReadReq_Options_StreamIdentifier{StreamIdentifier: streamIdentifier(stream)},
	}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := stuck.Recv(); err != nil {
		t.Fatal(err)
	}
	m := join(t, target.client, stream, group, 10)
	const batches, size = 40, 20
	for range batches {
		var events []esdb.EventData
		for range size {
			events = append(events, esdb.EventData{EventID: uuid.New(), EventType: "big", Data: make([]byte, 8_000)})
		}
		appendTo(t, target.client, stream, esdb.Any{}, events...)
	}
	for range batches * size / 2 {
		m.ack(m.next().Event)
	}
}

func TestPersistentRestartSubsystem(t *testing.T) {
	t.Parallel()
	c := newGroupNode(t, memConfig()).client // a restart would drop the groups of other tests elsewhere
	createGroup(t, c, "s", "g", esdb.Start{}, nil)
	prepare(t, c, "s", "ab")
	m := join(t, c, "s", "g", 10)
	m.expect("ab")
	if err := c.RestartPersistentSubscriptionSubsystem(within(t), esdb.RestartPersistentSubscriptionSubsystemOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := m.dropped(); status.Code(err) != codes.Canceled {
		t.Errorf("the consumer got %v", err)
	}
	join(t, c, "s", "g", 10).expect("ab")
}
