// Package eventnode is an event store in one process: an append-only log with
// streams, on Pebble, behind the gRPC protocol of EventStoreDB. The same official
// client that talks to a cluster talks to it.
package eventnode

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/uuid"
	"google.golang.org/grpc"
)

// Config says where a node keeps its events. Only Dir is required.
type Config struct {
	// Dir is the database directory; it is created when missing and locked while
	// the node is open.
	Dir string

	// FS is the file system under Dir. Default: the operating system's.
	FS vfs.FS

	// Logger receives the node's own messages. Default: slog.Default().
	Logger *slog.Logger

	// Now stamps events; the stamps never go back even if it does. Default: time.Now.
	Now func() time.Time

	// Fatal is called once, when a write or a sync has failed. What the disk holds
	// is then unknown and must not be written to again by this process, so Fatal
	// is expected to end it. Should it return, the goroutine that met the failure
	// stands still for ever and the node acknowledges nothing any more. Default:
	// log and os.Exit(1).
	Fatal func(error)

	// MaxAppendSize bounds type + data + metadata of one append, in bytes.
	// Default: 1 MiB.
	MaxAppendSize int

	// MaxEventSize bounds the same of a single event. Default: no bound of its own.
	MaxEventSize int

	// WriteTimeout is how long an append or a delete waits for the disk before its
	// client is told so; the write may still happen. Default: 8 seconds, which is
	// less than the official clients wait.
	WriteTimeout time.Duration

	// StopTimeout is how long Close waits for running calls. Default: 5 seconds.
	StopTimeout time.Duration

	// SlowSync is the duration from which a sync is logged as slow. Default: 250 ms.
	SlowSync time.Duration

	// CategoryLinks lets the node keep the streams $ce-<category> and $et-<type> of
	// links to all events, as EventStoreDB's system projections do. It costs two
	// more events for each. Turned on later, it catches up from the beginning.
	CategoryLinks bool

	// ScavengeEvery is how often the space of events that no stream shows any more is
	// given back. Default: 24 hours; below zero: only when asked.
	ScavengeEvery time.Duration

	// For tests.
	unsafeNoSync  bool // acknowledge before the disk has it
	noSystemUsers bool
	keepalive     time.Duration // between signs of life that are asked of a silent peer
	stateLimit    int           // streams the writer keeps in memory
	windowSize    int           // event ids kept for "any" and "stream exists"
	alarm         func(at time.Time) (ring <-chan time.Time, silence func())
}

func (c *Config) setDefaults() {
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.FS == nil {
		c.FS = vfs.Default
	}
	if c.SlowSync == 0 {
		c.SlowSync = 250 * time.Millisecond
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Fatal == nil {
		logger := c.Logger
		c.Fatal = func(err error) {
			logger.Error("event node: cannot go on", "error", err)
			os.Exit(1) //nolint:forbidigo // going on could acknowledge what the disk has lost
		}
	}
	if c.MaxAppendSize == 0 {
		c.MaxAppendSize = 1 << 20
	}
	if c.keepalive == 0 {
		c.keepalive = 10 * time.Second
	}
	if c.StopTimeout == 0 {
		c.StopTimeout = 5 * time.Second
	}
	if c.ScavengeEvery == 0 {
		c.ScavengeEvery = 24 * time.Hour
	}
	if c.stateLimit == 0 {
		c.stateLimit = 50_000
	}
	if c.windowSize == 0 {
		c.windowSize = 65_536
	}
	if c.WriteTimeout == 0 {
		c.WriteTimeout = 8 * time.Second
	}
	if c.alarm == nil {
		c.alarm = newAlarm(c.Now)
	}
}

func (c *Config) validate() error {
	if c.Dir == "" {
		return errors.New("eventnode: Config.Dir is empty")
	}
	if c.MaxAppendSize < 0 || c.MaxAppendSize > maxReceive-(1<<20) {
		return fmt.Errorf("eventnode: MaxAppendSize %d is not between 0 and %d", c.MaxAppendSize, maxReceive-(1<<20))
	}
	return nil
}

// Node is an open event store. Its methods may be called from any goroutine.
type Node struct {
	cfg      Config
	instance uuid.UUID
	current  atomic.Pointer[core]
	metrics  *metrics
	dead     chan struct{} // closed when the node has failed
	failOnce sync.Once
	failure  error // set before dead is closed

	mu      sync.Mutex
	closed  bool
	servers []*grpc.Server
	serving sync.WaitGroup
}

// core is one opening of the store: the log, its newest events and its writer.
// Whoever serves a call takes the node's core once and stays with it.
type core struct {
	store  *store
	tail   *tail
	writer *writer
	over   chan struct{} // closed when reads and subscriptions on this core must end
	care   *care

	subscriptions *subscriptions
	background    sync.WaitGroup // goroutines of this core; they end with over
}

func (n *Node) core() *core { return n.current.Load() }

// Open opens the store in cfg.Dir, creating it when it does not exist. It fails
// when another node, in this process or another, has the directory open.
func Open(cfg Config) (*Node, error) {
	cfg.setDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	n := &Node{cfg: cfg, metrics: newMetrics(), dead: make(chan struct{})}
	store, err := openStore(cfg, n.fail)
	if err != nil {
		return nil, fmt.Errorf("eventnode: %w", err)
	}
	if err := n.start(store); err != nil {
		err = fmt.Errorf("eventnode: %w", err)
		if n.failed() != nil {
			return nil, err
		}
		return nil, errors.Join(err, store.close())
	}
	return n, nil
}

func (n *Node) start(store *store) (err error) {
	if n.instance, err = store.instanceID(); err != nil {
		return err
	}
	tail := newTail(store.durable.Load())
	writer, err := newWriter(store, tail, n.cfg)
	if err != nil {
		return err
	}
	writer.fatal, writer.dead = n.fail, n.dead
	writer.metrics = n.metrics
	core := &core{store: store, tail: tail, writer: writer, over: make(chan struct{})}
	if core.care, err = newCare(store, n.cfg.Now); err != nil {
		return err
	}
	n.current.Store(core)
	go writer.run()
	if err := n.startOwn(core); err != nil {
		close(core.over)
		core.care.stop()
		core.subscriptions.stop()
		core.background.Wait()
		writer.stop()
		return err
	}
	n.scavengeEvery(core.care)
	return nil
}

// startOwn writes what the node itself has to write, and begins what it does on its own.
func (n *Node) startOwn(core *core) (err error) {
	if !n.cfg.noSystemUsers {
		if err := n.writeSystemUsers(); err != nil {
			return fmt.Errorf("system users: %w", err)
		}
	}
	if n.cfg.CategoryLinks {
		if err := n.startLinks(core); err != nil {
			return err
		}
	}
	core.subscriptions, err = newSubscriptions(n, core)
	return err
}

// newAlarm makes alarms that ring once at a time of the clock, unless silenced before.
func newAlarm(now func() time.Time) func(time.Time) (<-chan time.Time, func()) {
	return func(at time.Time) (<-chan time.Time, func()) {
		timer := time.NewTimer(at.Sub(now()))
		return timer.C, func() { timer.Stop() }
	}
}

// writeSystemUsers writes what a fresh EventStoreDB has in $users: tools wait for
// it as the sign of a node that is ready. Nobody can sign in with these.
func (n *Node) writeSystemUsers() error {
	user := func(login, name, group string) []proposedEvent {
		data := fmt.Sprintf(`{"loginName":%q,"fullName":%q,"disabled":false,"groups":[%q]}`, login, name, group)
		return []proposedEvent{{id: systemEventID(login), json: true, eventType: "$UserCreated", data: []byte(data)}}
	}
	list := func(logins ...string) (events []proposedEvent) {
		for _, login := range logins {
			events = append(events, proposedEvent{
				id: systemEventID("list/" + login), eventType: "$User", data: []byte(login),
			})
		}
		return events
	}
	for _, r := range []*writeRequest{
		{stream: "$user-admin", events: user("admin", "Event Store Administrator", "$admins")},
		{stream: "$user-ops", events: user("ops", "Event Store Operations", "$ops")},
		{stream: "$users", events: list("admin", "ops")},
	} {
		// Fixed ids: a start that was cut short is completed, a later one writes nothing.
		r.expected = expectNoStream
		if _, err := n.core().writer.submit(context.Background(), r); err != nil {
			return err
		}
	}
	return nil
}

func systemEventID(name string) uuid.UUID {
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte("$user/"+name))
}

// fail stops all acknowledgements and calls Config.Fatal, once. It never returns:
// its caller would go on with a disk that has lied.
func (n *Node) fail(err error) {
	n.failOnce.Do(func() {
		n.failure = err
		close(n.dead)
		n.cfg.Fatal(err)
	})
	select {}
}

// failed returns errFailed with its cause after fail was called.
func (n *Node) failed() error {
	select {
	case <-n.dead:
		return fmt.Errorf("%w: %w", errFailed, n.failure)
	default:
		return nil
	}
}

// Serve answers calls on the listener until Close, and then returns nil. It takes
// the listener over. advertise is the host:port that gossip tells clients to
// dial; empty means whatever the client has dialled. It may be called for several
// listeners at once. Whoever reaches the listener may do everything.
func (n *Node) Serve(lis net.Listener, advertise string) error {
	return n.serve(lis, advertise, nil)
}

// ServeGuarded is Serve on a listener that anybody may reach: the line is encrypted,
// and every call comes from a user.
func (n *Node) ServeGuarded(lis net.Listener, advertise string, door Door) error {
	if door.Certificate == nil || door.Users == nil {
		return errors.Join(errors.New("eventnode: a guarded listener needs a certificate and users"), lis.Close())
	}
	return n.serve(lis, advertise, &door)
}

func (n *Node) serve(lis net.Listener, advertise string, door *Door) error {
	gossip, err := newGossip(n, lis, advertise)
	if err != nil {
		return errors.Join(fmt.Errorf("eventnode: advertised address: %w", err), lis.Close())
	}
	server := n.newServer(gossip, door)
	n.mu.Lock()
	if n.closed {
		n.mu.Unlock()
		return errors.Join(errStopped, lis.Close())
	}
	n.servers = append(n.servers, server)
	n.serving.Add(1)
	n.mu.Unlock()
	defer n.serving.Done()
	return server.Serve(lis)
}

// Close stops taking calls, ends subscriptions, waits for running calls (at most
// Config.StopTimeout) and closes the store. Acknowledged events are safe without
// it. After a failure it waits for nothing, leaves the store to the end of the
// process and returns the cause.
func (n *Node) Close() error {
	n.mu.Lock()
	if n.closed {
		n.mu.Unlock()
		return nil
	}
	n.closed = true
	servers := n.servers
	n.mu.Unlock()

	core := n.core()
	close(core.over)
	quiet := make(chan struct{})
	go func() {
		defer close(quiet)
		var stopped sync.WaitGroup
		for _, server := range servers {
			stopped.Go(func() { n.stopServer(server) })
		}
		stopped.Wait()
		n.serving.Wait()
		core.care.stop()
		core.subscriptions.stop()
		core.background.Wait()
		core.writer.stop()
	}()
	select {
	case <-quiet:
	case <-n.dead:
	}
	if err := n.failed(); err != nil {
		return err
	}
	return core.store.close()
}

func (n *Node) stopServer(server *grpc.Server) {
	timer := time.AfterFunc(n.cfg.StopTimeout, server.Stop)
	defer timer.Stop()
	server.GracefulStop()
}

// storeLogger passes Pebble's messages on. Its chatter about flushes and
// compactions stays below the usual level.
type storeLogger struct {
	logger *slog.Logger
	fatal  func(error)
}

func (l storeLogger) Infof(format string, args ...any) {
	l.logger.Debug("event store", "text", fmt.Sprintf(format, args...))
}

func (l storeLogger) Errorf(format string, args ...any) {
	l.logger.Error("event store", "text", fmt.Sprintf(format, args...))
}

func (l storeLogger) Fatalf(format string, args ...any) { l.fatal(fmt.Errorf(format, args...)) }
