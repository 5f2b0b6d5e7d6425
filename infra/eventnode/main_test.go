package eventnode

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	streamspb "github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

const (
	childDirEnv    = "LETOPIS_TEST_NODE_DIR"
	childSocketEnv = "LETOPIS_TEST_NODE_SOCKET"
)

// TestMain doubles as the node that the kill test starts as a process of its own.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childDirEnv); dir != "" {
		if err := runChild(dir, os.Getenv(childSocketEnv)); err != nil {
			fmt.Fprintln(os.Stdout, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func runChild(dir, socket string) error {
	signal.Ignore(syscall.SIGXFSZ) // a test limits the size of this process's files
	node, err := Open(Config{Dir: dir, Logger: quiet()})
	if err != nil {
		return err
	}
	lis, err := ListenUnix(socket)
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stdout, "ready")
	return node.Serve(lis, "")
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// memConfig is a node in memory without the system's own events.
func memConfig() Config {
	return Config{Dir: "node", FS: vfs.NewMem(), Logger: quiet(), ScavengeEvery: -1, noSystemUsers: true}
}

func openNode(tb testing.TB, cfg Config) *Node {
	tb.Helper()
	node, err := Open(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := node.Close(); err != nil && !errors.Is(err, errFailed) {
			tb.Error(err)
		}
	})
	return node
}

// socketPath is a path short enough for a socket, whatever the test is called.
func socketPath(tb testing.TB) string {
	tb.Helper()
	dir, err := os.MkdirTemp("", "en") //nolint:usetesting // its path is too long for a socket
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			tb.Error(err)
		}
	})
	return filepath.Join(dir, "s")
}

// serve puts a node on a unix socket.
func serve(tb testing.TB, node *Node) (socket string) {
	tb.Helper()
	socket = socketPath(tb)
	lis, err := ListenUnix(socket)
	if err != nil {
		tb.Fatal(err)
	}
	var served sync.WaitGroup
	served.Go(func() {
		if err := node.Serve(lis, ""); err != nil {
			tb.Errorf("serve: %v", err)
		}
	})
	tb.Cleanup(func() {
		if err := node.Close(); err != nil && !errors.Is(err, errFailed) {
			tb.Error(err)
		}
		served.Wait()
	})
	return socket
}

func connect(tb testing.TB, socket string) *esdb.Client {
	tb.Helper()
	return connectURL(tb, "esdb://localhost?tls=false&maxDiscoverAttempts=1000000&discoveryInterval=20", socket)
}

func connectURL(tb testing.TB, url, socket string) *esdb.Client {
	tb.Helper()
	config, err := esdb.ParseConnectionString(url)
	if err != nil {
		tb.Fatal(err)
	}
	config.Logger = esdb.NoopLogging()
	if socket != "" {
		config.Address = "unix://" + socket
	}
	client, err := esdb.NewClient(config)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = client.Close() })
	return client
}

// target is the server the conformance suite runs against: the one of
// EVENTSTORE_URL when set, else a node of the test's own in memory.
type target struct {
	client *esdb.Client
	raw    streamspb.StreamsClient
	node   *Node // nil for a server of EVENTSTORE_URL
}

func newTarget(t *testing.T) target {
	t.Helper()
	if url := os.Getenv("EVENTSTORE_URL"); url != "" {
		config, err := esdb.ParseConnectionString(url)
		if err != nil {
			t.Fatal(err)
		}
		return target{client: connectURL(t, url, ""), raw: rawClient(t, config.Address)}
	}
	node := openNode(t, Config{Dir: "node", FS: vfs.NewMem(), Logger: quiet()})
	socket := serve(t, node)
	return target{client: connect(t, socket), raw: rawClient(t, "unix://"+socket), node: node}
}

func rawClient(tb testing.TB, address string) streamspb.StreamsClient {
	tb.Helper()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = conn.Close() })
	return streamspb.NewStreamsClient(conn)
}

func newStream() string { return "conformance-" + uuid.NewString() }

// ids names events by letters: the same letter is the same id within one stream.
type ids struct{ stream string }

func (n ids) id(letter rune) uuid.UUID {
	return uuid.NewSHA1(uuid.NameSpaceOID, fmt.Appendf(nil, "%s/%c", n.stream, letter))
}

func (n ids) events(letters string) (events []esdb.EventData) {
	for _, letter := range letters {
		events = append(events, esdb.EventData{
			EventID: n.id(letter), EventType: "letter", ContentType: esdb.ContentTypeJson,
			Data: fmt.Appendf(nil, `{"letter":"%c"}`, letter), Metadata: []byte(`{}`),
		})
	}
	return events
}

func (n ids) letter(id uuid.UUID) string {
	for letter := 'a'; letter <= 'z'; letter++ {
		if n.id(letter) == id {
			return string(letter)
		}
	}
	return "?"
}

func (n ids) letters(events []*esdb.ResolvedEvent) (out string) {
	for _, e := range events {
		out += n.letter(e.OriginalEvent().EventID)
	}
	return out
}

func appendTo(tb testing.TB, c *esdb.Client, stream string, expected esdb.ExpectedRevision, events ...esdb.EventData) *esdb.WriteResult {
	tb.Helper()
	result, err := c.AppendToStream(within(tb), stream, esdb.AppendToStreamOptions{ExpectedRevision: expected}, events...)
	if err != nil {
		tb.Fatalf("append to %s: %v", stream, err)
	}
	return result
}

func readStream(tb testing.TB, c *esdb.Client, stream string, opts esdb.ReadStreamOptions, count uint64) ([]*esdb.ResolvedEvent, error) {
	tb.Helper()
	read, err := c.ReadStream(within(tb), stream, opts, count)
	if err != nil {
		return nil, err
	}
	defer read.Close()
	return drain(read)
}

func readAll(tb testing.TB, c *esdb.Client, opts esdb.ReadAllOptions, count uint64) []*esdb.ResolvedEvent {
	tb.Helper()
	read, err := c.ReadAll(within(tb), opts, count)
	if err != nil {
		tb.Fatal(err)
	}
	defer read.Close()
	events, err := drain(read)
	if err != nil {
		tb.Fatal(err)
	}
	return events
}

func drain(read *esdb.ReadStream) (events []*esdb.ResolvedEvent, err error) {
	for {
		event, err := read.Recv()
		if err != nil {
			if isEOF(err) {
				err = nil
			}
			return events, err
		}
		events = append(events, event)
	}
}

// within bounds a call that a broken server would leave hanging.
func within(tb testing.TB) context.Context {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	tb.Cleanup(cancel)
	return ctx
}
