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
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"
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

	// Fatal is called once, when the node has become read-only and will not become
	// writable in this process: the data is damaged, or the store had to be opened
	// anew too often. Reads go on when it returns. Whatever else happens to the disk
	// needs nobody: the node is read-only until it has opened its store anew, which
	// it tries by itself. Default: log the cause.
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

	// ReserveBytes is the free space the node leaves on the disk: below it appends
	// and deletes are refused, and accepted again when there is a quarter more than
	// that. Reads go on. Default: 5 % of the disk, at most 512 MiB; negative = none.
	ReserveBytes int64

	// For tests.
	unsafeNoSync  bool // acknowledge before the disk has it
	noSystemUsers bool
	memTableSize  uint64
	after         func(time.Duration) <-chan time.Time // the clock of the pauses before a new opening
	keepalive     time.Duration                        // between signs of life that are asked of a silent peer
	stateLimit    int                                  // streams the writer keeps in memory
	windowSize    int                                  // event ids kept for "any" and "stream exists"
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
		c.Fatal = func(err error) { logger.Error("event node: read-only until it is started again", "error", err) }
	}
	if c.after == nil {
		c.after = time.After
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
	lock     *pebble.Lock // held over all openings
	cache    *pebble.Cache
	room     *room
	keeper   *keeper

	mu      sync.Mutex
	closed  bool
	servers []*grpc.Server
	serving sync.WaitGroup
}

// core is one opening of the store: the log, its newest events and its writer.
// Whoever serves a call takes the node's core once and stays with it.
type core struct {
	store   *store
	tail    *tail
	writer  *writer
	watch   *diskWatch
	failure *failure
	since   time.Time     // it was opened
	over    chan struct{} // closed when reads and subscriptions on this core must end
	ending  sync.Once

	care          *care
	subscriptions *subscriptions
	background    sync.WaitGroup // goroutines of this core; they end with over
}

func (n *Node) core() *core { return n.current.Load() }

// end closes over.
func (c *core) end() { c.ending.Do(func() { close(c.over) }) }

// rest waits for what the core does beside the calls of clients; over is closed. Jobs
// that stand still on a failed disk are not waited for.
func (c *core) rest() {
	rested := make(chan struct{})
	go func() {
		defer close(rested)
		c.care.stop()
	}()
	select {
	case <-rested:
	case <-c.failure.dead:
	}
	c.subscriptions.stop()
	c.background.Wait()
	if !c.store.readOnly {
		c.writer.stop()
	}
}

// Open opens the store in cfg.Dir, creating it when it does not exist. It fails
// when another node, in this process or another, has the directory open. On a disk
// that is full or cannot be written to, a store that exists is opened for reading.
func Open(cfg Config) (*Node, error) {
	cfg.setDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	n := &Node{cfg: cfg, metrics: newMetrics(), room: newRoom(cfg)}
	if err := n.open(); err != nil {
		return nil, fmt.Errorf("eventnode: %w", err)
	}
	return n, nil
}

func (n *Node) open() error {
	var err error
	if n.lock, err = lockDir(n.cfg); err != nil {
		return err
	}
	n.cache = pebble.NewCache(cacheSize)
	n.keeper = newKeeper(n)
	core, err := n.keeper.first()
	if err == nil {
		n.instance, err = core.store.instanceID()
	}
	if err != nil {
		n.cache.Unref()
		return errors.Join(err, n.lock.Close())
	}
	n.current.Store(core)
	go n.keeper.run()
	return nil
}

func lockDir(cfg Config) (*pebble.Lock, error) {
	if err := makeDir(cfg.FS, cfg.Dir); err != nil {
		return nil, fmt.Errorf("create %s: %w", cfg.Dir, err)
	}
	lock, err := pebble.LockDirectory(cfg.Dir, cfg.FS)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", errInUse, cfg.Dir, err)
	}
	return lock, nil
}

// startOwn writes what the node itself has to write, and begins what it does on its own.
func (n *Node) startOwn(core *core) (err error) {
	if !n.cfg.noSystemUsers {
		if err := writeSystemUsers(core.writer); err != nil {
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
func writeSystemUsers(to *writer) error {
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
		if _, err := to.submit(context.Background(), r); err != nil {
			return err
		}
	}
	return nil
}

func systemEventID(name string) uuid.UUID {
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte("$user/"+name))
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
// it. When the store has failed it is left as it is, and Close returns the cause.
func (n *Node) Close() error {
	n.mu.Lock()
	if n.closed {
		n.mu.Unlock()
		return nil
	}
	n.closed = true
	servers := n.servers
	n.mu.Unlock()

	n.keeper.stop() // the core stays what it is now
	core := n.core()
	core.end()
	var stopped sync.WaitGroup
	for _, server := range servers {
		stopped.Go(func() { n.stopServer(server) })
	}
	stopped.Wait()
	n.serving.Wait()
	err := n.keeper.leave(core)
	if err == nil {
		err = core.failure.err()
	}
	n.keeper.leaving.Wait()
	n.cache.Unref()
	return errors.Join(err, n.lock.Close())
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
	fail   func(error)
}

func (l storeLogger) Infof(format string, args ...any) {
	l.logger.Debug("event store", "text", fmt.Sprintf(format, args...))
}

func (l storeLogger) Errorf(format string, args ...any) {
	l.logger.Error("event store", "text", fmt.Sprintf(format, args...))
}

// Fatalf returns, which Pebble copes with: it hands the error on. All errors of
// writing end below it, in the watch.
func (l storeLogger) Fatalf(format string, args ...any) { l.fail(fmt.Errorf(format, args...)) }
