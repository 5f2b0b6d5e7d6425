// Package eventstore is the product's only door to the event store. It wraps the
// official EventStoreDB client and takes its known faults off the callers: calls
// end with their context, an outage never closes the client for good, and a
// subscription can be followed across any number of drops.
package eventstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
)

const (
	// By default the client gives up after ten attempts, one second in all, and then
	// refuses every call for the rest of its life.
	discoverAttempts   = 1_000_000_000
	discoverIntervalMS = 250

	defaultCallTimeout = 10 * time.Second
	closeGrace         = 5 * time.Second

	unixScheme = "unix://"
)

// Store is a connection to an event store. It is safe for concurrent use and
// survives outages of the server; there is no need to dial again.
type Store struct {
	client      *esdb.Client
	logger      *slog.Logger
	callTimeout time.Duration

	// Calls run under this context; Close ends it.
	ctx    context.Context
	cancel context.CancelFunc

	mu     sync.Mutex
	closed bool
	calls  sync.WaitGroup
}

// Option changes how a Store behaves.
type Option func(*Store)

// WithLogger sends the client's own messages, all of them at debug level, and
// dropped subscriptions there. Default: slog.Default().
func WithLogger(logger *slog.Logger) Option { return func(s *Store) { s.logger = logger } }

// WithCallTimeout bounds an append whose context has no deadline, and how long a
// read may go without receiving anything. Default: 10 seconds.
func WithCallTimeout(d time.Duration) Option { return func(s *Store) { s.callTimeout = d } }

// Dial prepares a store; it connects with the first call, so it succeeds while the
// server is down. The address is esdb://host:port?tls=false, or any other
// connection string of the official client, or unix:///path/to/socket.
func Dial(address string, opts ...Option) (*Store, error) {
	s := &Store{logger: slog.Default(), callTimeout: defaultCallTimeout}
	for _, opt := range opts {
		opt(s)
	}
	config, err := configuration(address)
	if err != nil {
		return nil, fmt.Errorf("eventstore: connection string: %w", withoutAddress(err))
	}
	config.Logger = s.logClient
	if s.client, err = esdb.NewClient(config); err != nil {
		return nil, fmt.Errorf("eventstore: %w", err)
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s, nil
}

// configuration parses the address and sets what no deployment may do without.
// The node preference is the client's own default: the leader.
func configuration(address string) (*esdb.Configuration, error) {
	path, isUnix := strings.CutPrefix(address, unixScheme)
	if isUnix {
		if !strings.HasPrefix(path, "/") {
			return nil, errors.New("the path of a unix socket must be absolute")
		}
		address = "esdb://localhost?tls=false"
	}
	config, err := esdb.ParseConnectionString(address)
	if err != nil {
		return nil, err
	}
	if isUnix {
		config.Address = unixScheme + path
	}
	config.MaxDiscoverAttempts = discoverAttempts
	config.DiscoveryInterval = discoverIntervalMS
	return config, nil
}

// withoutAddress keeps the password of a connection string out of logs.
func withoutAddress(err error) error {
	if parsing, ok := errors.AsType[*url.Error](err); ok {
		return parsing.Err
	}
	return err
}

func (s *Store) logClient(level esdb.LogLevel, format string, args ...any) {
	s.logger.Debug("event store client", "level", level, "text", fmt.Sprintf(format, args...))
}

// Close ends all calls and subscriptions and then the connection. Should the
// client keep a call longer than five seconds, which it does during an outage,
// Close returns and the connection goes when that call has ended: closing the
// client under a running call can panic.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.mu.Unlock()
	s.cancel()

	done := make(chan error, 1)
	go func() {
		s.calls.Wait()
		done <- s.client.Close()
	}()
	select {
	case err := <-done:
		return err
	case <-time.After(closeGrace):
		return nil
	}
}

// begin counts a call in; every call that began must end.
func (s *Store) begin() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errClosed
	}
	s.calls.Add(1)
	return nil
}

// bound returns a context that also ends with the Store.
func (s *Store) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(s.ctx, cancel)
	return ctx, func() { stop(); cancel() }
}

// watched runs a call of the client in a goroutine of its own and leaves it when
// ctx ends: the client waits for a connection without looking at the context.
func watched[T any](ctx context.Context, s *Store, call func(context.Context) (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	var none T
	if err := s.begin(); err != nil {
		return none, err
	}
	ctx, cancel := s.bound(ctx)
	done := make(chan outcome, 1)
	go func() {
		defer s.calls.Done()
		defer cancel()
		value, err := call(ctx)
		done <- outcome{value, err}
	}()
	select {
	case o := <-done:
		return o.value, o.err
	case <-ctx.Done():
		select {
		case o := <-done: // it finished at the same moment
			return o.value, o.err
		default:
			return none, ctx.Err()
		}
	}
}
