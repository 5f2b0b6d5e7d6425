package nodetest

import (
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/letopis-crm/letopis/infra/eventnode"
)

// entrance keeps an address for the whole test, whatever the node behind it does: a
// port that is given back may be somebody else's a moment later.
type entrance struct {
	lis net.Listener

	mu     sync.Mutex
	inside *session // nil = closed
}

func newEntrance(tb testing.TB, onUnix bool) *entrance {
	tb.Helper()
	lis, err := listen(tb, onUnix)
	if err != nil {
		tb.Fatal(err)
	}
	e := &entrance{lis: lis}
	var accepting sync.WaitGroup
	accepting.Go(e.accept)
	tb.Cleanup(func() {
		if err := lis.Close(); err != nil {
			tb.Error(err)
		}
		accepting.Wait()
	})
	return e
}

func listen(tb testing.TB, onUnix bool) (net.Listener, error) {
	tb.Helper()
	if !onUnix {
		return (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	}
	dir, err := os.MkdirTemp("", "en") //nolint:usetesting // its path is too long for a socket
	if err != nil {
		return nil, err
	}
	tb.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			tb.Error(err)
		}
	})
	return eventnode.ListenUnix(filepath.Join(dir, "s"))
}

func (e *entrance) accept() {
	for {
		conn, err := e.lis.Accept()
		if err != nil {
			return
		}
		e.mu.Lock()
		inside := e.inside
		e.mu.Unlock()
		if inside == nil || !inside.take(conn) {
			_ = conn.Close() // as when nobody listens
		}
	}
}

// open lets connections in to a listener for one node, until that is closed.
func (e *entrance) open() net.Listener {
	s := &session{entrance: e, conns: make(chan net.Conn), closed: make(chan struct{})}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.inside = s
	return s
}

// session is the listener of one node.
type session struct {
	entrance *entrance
	conns    chan net.Conn
	closed   chan struct{}
	once     sync.Once
}

func (s *session) take(conn net.Conn) bool {
	select {
	case s.conns <- conn:
		return true
	case <-s.closed:
		return false
	}
}

// Accept implements net.Listener.
func (s *session) Accept() (net.Conn, error) {
	select {
	case conn := <-s.conns:
		return conn, nil
	case <-s.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (s *session) Close() error {
	s.once.Do(func() {
		s.entrance.mu.Lock()
		if s.entrance.inside == s {
			s.entrance.inside = nil
		}
		s.entrance.mu.Unlock()
		close(s.closed)
	})
	return nil
}

// Addr implements net.Listener.
func (s *session) Addr() net.Addr { return s.entrance.lis.Addr() }
