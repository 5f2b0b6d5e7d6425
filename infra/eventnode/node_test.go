package eventnode

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	gossippb "github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	featurespb "github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	streamspb "github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
)

// TestSystemUsers waits for $users as the official tools do, and checks that a
// second start writes nothing.
func TestSystemUsers(t *testing.T) {
	t.Parallel()
	cfg := Config{Dir: "node", FS: vfs.NewMem(), Logger: quiet()}
	for start := range 2 {
		node := openNode(t, cfg)
		c := connect(t, serve(t, node))
		for stream, want := range map[string]int{"$users": 2, "$user-admin": 1, "$user-ops": 1} {
			events, err := readStream(t, c, stream, esdb.ReadStreamOptions{}, 10)
			if err != nil || len(events) != want {
				t.Errorf("start %d: %s has %d events, %v", start, stream, len(events), err)
			}
		}
		if err := node.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSupportedMethods(t *testing.T) {
	t.Parallel()
	conn, err := grpc.NewClient("unix://"+serve(t, openNode(t, memConfig())), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	features, err := featurespb.NewServerFeaturesClient(conn).GetSupportedMethods(t.Context(), empty)
	if err != nil || features.EventStoreServerVersion != "24.10.0" {
		t.Fatal(features, err)
	}
	var streams, groups []string
	for _, m := range features.Methods {
		if m.ServiceName == "event_store.client.streams.streams" {
			streams = append(streams, m.MethodName)
		}
		if m.MethodName == "batchappend" && !slices.Equal(m.Features, []string{"deadline_duration"}) {
			t.Errorf("batchappend has the features %v", m.Features)
		}
		if m.ServiceName == "event_store.client.persistent_subscriptions.persistentsubscriptions" {
			groups = append(groups, m.MethodName+" "+strings.Join(m.Features, ","))
		}
	}
	if !slices.Equal(streams, []string{"append", "batchappend", "delete", "read", "tombstone"}) {
		t.Errorf("stream methods %v", streams)
	}
	if got := strings.Join(groups, " "); got != "create stream,all delete stream,all getinfo stream,all list stream,all "+
		"read stream,all replayparked stream,all restartsubsystem stream,all update stream,all" {
		t.Errorf("methods of persistent subscriptions: %s", got)
	}
}

// TestListeners serves TCP and a unix socket at once; the TCP client finds the node
// through gossip.
func TestListeners(t *testing.T) {
	t.Parallel()
	node := openNode(t, memConfig())
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var served sync.WaitGroup
	served.Go(func() {
		if err := node.Serve(lis, ""); err != nil {
			t.Error(err)
		}
	})
	overUnix := connect(t, serve(t, node))
	port := lis.Addr().(*net.TCPAddr).Port
	for _, url := range []string{"esdb://127.0.0.1:%d?tls=false", "esdb+discover://127.0.0.1:%d?tls=false"} {
		stream := newStream()
		written := appendTo(t, connectURL(t, fmt.Sprintf(url, port), ""), stream, esdb.NoStream{}, manyEvents(1)...)
		events, err := readStream(t, overUnix, stream, esdb.ReadStreamOptions{}, 10)
		if err != nil || len(events) != 1 || events[0].Event.Position.Commit != written.CommitPosition {
			t.Errorf("%s: %v, %v", url, events, err)
		}
	}
	if err := node.Close(); err != nil {
		t.Error(err)
	}
	served.Wait()
}

func TestGossip(t *testing.T) {
	t.Parallel()
	node := openNode(t, memConfig())
	gossip, err := newGossip(node, &net.UnixListener{}, "node.example:2113")
	if err != nil {
		t.Fatal(err)
	}
	info, err := gossip.Read(t.Context(), empty)
	if err != nil || len(info.Members) != 1 {
		t.Fatal(info, err)
	}
	m := info.Members[0]
	if m.State != gossippb.MemberInfo_Leader || !m.IsAlive || m.HttpEndPoint.Address != "node.example" || m.HttpEndPoint.Port != 2113 {
		t.Errorf("%v", m)
	}
}

func TestInstanceIDStays(t *testing.T) {
	t.Parallel()
	cfg := memConfig()
	var seen []uuid.UUID
	for range 2 {
		node := openNode(t, cfg)
		seen = append(seen, node.instance)
		if err := node.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if seen[0] != seen[1] || seen[0] == uuid.Nil {
		t.Error(seen)
	}
}

func TestNewerFormatIsRefused(t *testing.T) {
	t.Parallel()
	cfg := memConfig()
	node := openNode(t, cfg)
	newer := append([]byte{formatVersion + 1}, make([]byte, 16)...)
	if err := setSystem(node.core().store.db, "format", newer, nil); err != nil {
		t.Fatal(err)
	}
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(cfg); err == nil || !strings.Contains(err.Error(), "format") {
		t.Errorf("open: %v", err)
	}
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	for _, cfg := range []Config{{}, {Dir: "d", MaxAppendSize: maxReceive}, {Dir: "d", MaxAppendSize: -1}} {
		cfg.FS = vfs.NewMem()
		if _, err := Open(cfg); err == nil {
			t.Errorf("%+v was accepted", cfg)
		}
	}
}

// TestCloseEndsSubscriptions closes a node with subscriptions: it does not wait for
// the time limit.
func TestCloseEndsSubscriptions(t *testing.T) {
	t.Parallel()
	cfg := memConfig()
	cfg.StopTimeout = time.Hour
	node := openNode(t, cfg)
	socket := serve(t, node)
	c := connect(t, socket)
	all, err := c.SubscribeToAll(t.Context(), esdb.SubscribeToAllOptions{From: esdb.Start{}})
	inAll := follow(t, all, err)
	one, err := c.SubscribeToStream(t.Context(), "s", esdb.SubscribeToStreamOptions{From: esdb.Start{}})
	inStream := follow(t, one, err)
	inAll.untilCaughtUp()
	inStream.untilCaughtUp()
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	for _, in := range []inbox{inAll, inStream} {
		if e := in.next(); e.SubscriptionDropped == nil || status.Code(e.SubscriptionDropped.Error) != codes.Unavailable {
			t.Errorf("after Close: %+v", e)
		}
	}
	if err := node.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	lis, err := ListenUnix(socket)
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Serve(lis, ""); !errors.Is(err, errStopped) {
		t.Errorf("Serve after Close: %v", err)
	}
}

// TestCloseGivesUpOnClients closes a node with an append that is half sent.
func TestCloseGivesUpOnClients(t *testing.T) {
	t.Parallel()
	cfg := memConfig()
	cfg.StopTimeout = 50 * time.Millisecond
	node := openNode(t, cfg)
	c := rawClient(t, "unix://"+serve(t, node))
	half, err := c.Append(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := half.Send(&streamspb.AppendReq{Content: &streamspb.AppendReq_Options_{Options: &streamspb.AppendReq_Options{
		StreamIdentifier:       streamIdentifier("s"),
		ExpectedStreamRevision: &streamspb.AppendReq_Options_Any{Any: empty},
	}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Delete(t.Context(), &streamspb.DeleteReq{}); status.Code(err) != codes.InvalidArgument {
		t.Fatal(err) // the connection is up, and the append's message has gone before this one
	}
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestReopenKeepsEverything(t *testing.T) {
	t.Parallel()
	cfg := memConfig()
	node := openNode(t, cfg)
	for i := range int64(100) {
		write(t, node, fmt.Sprintf("s-%d", i%7), i/7-1, uuid.New())
	}
	before, err := node.core().store.allForwards(0, math.MaxUint64, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	node = openNode(t, cfg)
	if err := checkLog(node.core().store); err != nil {
		t.Error(err)
	}
	after, err := node.core().store.allForwards(0, math.MaxUint64, 1000)
	if err != nil || len(before) != 100 || len(after) != len(before) {
		t.Fatalf("%d events before, %d after, %v", len(before), len(after), err)
	}
	for i := range after {
		if after[i].id != before[i].id || after[i].position != before[i].position {
			t.Errorf("event %d differs", i)
		}
	}
}

// TestDamagedLogIsReported reads a record whose bytes have changed on the disk.
func TestDamagedLogIsReported(t *testing.T) {
	t.Parallel()
	node := openNode(t, memConfig())
	c := connect(t, serve(t, node))
	r := write(t, node, "s", -1, uuid.New())
	write(t, node, "s", 0, uuid.New())
	value, _, err := node.core().store.get(logKey(r.position))
	if err != nil {
		t.Fatal(err)
	}
	value[len(value)-8] ^= 1
	if err := node.core().store.db.Set(logKey(r.position), value, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := readStream(t, c, "s", esdb.ReadStreamOptions{}, 10); err == nil || !strings.Contains(err.Error(), "corrupt") {
		t.Errorf("read: %v", err)
	}
}

func TestListenUnix(t *testing.T) {
	t.Parallel()
	path := socketPath(t)
	lis, err := ListenUnix(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if _, err := ListenUnix(path); err == nil || !strings.Contains(err.Error(), "listening") {
		t.Errorf("a socket in use: %v", err)
	}
	lis.(*net.UnixListener).SetUnlinkOnClose(false)
	if err := lis.Close(); err != nil {
		t.Fatal(err)
	}
	lis, err = ListenUnix(path)
	if err != nil {
		t.Fatalf("a stale socket: %v", err)
	}
	if err := lis.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("data"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ListenUnix(path); err == nil || !strings.Contains(err.Error(), "not a socket") {
		t.Errorf("a file in the way: %v", err)
	}
	if _, err := ListenUnix(filepath.Join("/", strings.Repeat("x", 107))); err == nil || !strings.Contains(err.Error(), "108 bytes") {
		t.Errorf("a long path: %v", err)
	}
}

// TestConcurrentAppendsConflict lets many writers race for each revision: exactly
// one wins each.
func TestConcurrentAppendsConflict(t *testing.T) {
	t.Parallel()
	node := openNode(t, memConfig())
	const writers, each = 16, 50
	var wins sync.Map
	var running sync.WaitGroup
	for range writers {
		running.Go(func() {
			expected := int64(-1)
			for range each {
				result, err := node.core().writer.submit(context.Background(), &writeRequest{
					stream: "contended", expected: expected, events: []proposedEvent{{id: uuid.New(), eventType: "t"}},
				})
				if err != nil {
					t.Error(err)
					return
				}
				expected = result.current
				if result.outcome == written {
					if _, twice := wins.LoadOrStore(result.revision, true); twice {
						t.Errorf("revision %d was given out twice", result.revision)
					}
				}
			}
		})
	}
	running.Wait()
	if err := checkLog(node.core().store); err != nil {
		t.Error(err)
	}
}
