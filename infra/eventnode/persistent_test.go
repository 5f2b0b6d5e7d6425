package eventnode

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	persistentpb "github.com/EventStore/EventStore-Client-Go/v4/protos/persistent"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
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
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
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

func groupCode(err error) esdb.ErrorCode {
	var failed *esdb.Error
	if errors.As(err, &failed) {
		return failed.Code()
	}
	return -1
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
