// Package nodetest gives a test an event store of its own: a real event node, in
// memory unless a directory is named, that official clients connect to. It takes a
// few milliseconds to start, uses whatever port is free, and ends with the test.
package nodetest

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/letopis-crm/letopis/infra/eventnode"
)

// Option changes what Start does.
type Option func(*Server)

// InDir keeps the events in a directory on disk, where they stay after the test.
func InDir(dir string) Option {
	return func(s *Server) { s.config.Dir, s.config.FS = dir, nil }
}

// OnUnixSocket serves a unix socket instead of a loopback address.
func OnUnixSocket() Option { return func(s *Server) { s.onUnix = true } }

// WithTLS encrypts the line with a certificate of an authority made for this test.
// Without WithUser there is one user: admin, password changeit.
func WithTLS() Option { return func(s *Server) { s.encrypted = true } }

// WithUser lets a user in, over TLS. It may be given several times; URL and Config
// carry the first.
func WithUser(login, password string) Option {
	return func(s *Server) {
		s.encrypted = true
		s.users = append(s.users, user{login, password})
	}
}

// WithConfig changes the node's configuration, such as its clock or limits.
func WithConfig(change func(*eventnode.Config)) Option {
	return func(s *Server) { change(&s.config) }
}

type user struct{ login, password string }

// Server is an event node that belongs to a test.
type Server struct {
	tb        testing.TB
	config    eventnode.Config
	onUnix    bool
	encrypted bool
	users     []user
	door      eventnode.Door
	ca        *Authority

	entrance *entrance
	running  *run
}

// run is the node between Up and Down.
type run struct {
	node *eventnode.Node
	done chan error
}

// Start starts a node and ends it with the test. Tests that run in parallel each
// start their own.
func Start(tb testing.TB, options ...Option) *Server {
	tb.Helper()
	s := &Server{tb: tb, config: eventnode.Config{Dir: "node", FS: vfs.NewMem(), Logger: slog.New(slog.DiscardHandler)}}
	for _, option := range options {
		option(s)
	}
	if s.encrypted && s.onUnix {
		tb.Fatal("nodetest: a unix socket is not encrypted")
	}
	s.entrance = newEntrance(tb, s.onUnix)
	if s.encrypted {
		s.makeDoor()
	}
	tb.Cleanup(s.Down)
	s.Up()
	return s
}

func (s *Server) makeDoor() {
	s.tb.Helper()
	if len(s.users) == 0 {
		s.users = []user{{"admin", "changeit"}}
	}
	s.ca = NewAuthority(s.tb)
	files := s.ca.Server("localhost", "127.0.0.1")
	var lines strings.Builder
	for _, u := range s.users {
		fmt.Fprintf(&lines, "%s:%s\n", u.login, u.password)
	}
	file := filepath.Join(s.tb.TempDir(), "users")
	err := os.WriteFile(file, []byte(lines.String()), 0o600)
	if err == nil {
		s.door.Certificate, err = eventnode.OpenCertificate(
			eventnode.CertificateFiles{Cert: files.Cert, Key: files.Key, ClientCA: s.ca.File}, s.config.Logger)
	}
	if err == nil {
		s.door.Users, err = eventnode.OpenUsers(file, s.config.Logger)
	}
	if err != nil {
		s.tb.Fatal(err)
	}
}

// Up opens the node again after Down, at the same address and with the same events.
func (s *Server) Up() {
	s.tb.Helper()
	if s.running != nil {
		return
	}
	node, err := eventnode.Open(s.config)
	if err != nil {
		s.tb.Fatal(err)
	}
	r := &run{node: node, done: make(chan error, 1)}
	lis := s.entrance.open()
	go func() {
		if s.encrypted {
			r.done <- node.ServeGuarded(lis, "", s.door)
			return
		}
		r.done <- node.Serve(lis, "")
	}()
	s.running = r
}

// Down closes the node. The address stays this server's: whoever dials it meanwhile
// is cut off at once.
func (s *Server) Down() {
	s.tb.Helper()
	if s.running == nil {
		return
	}
	r := s.running
	s.running = nil
	if err := errors.Join(r.node.Close(), <-r.done); err != nil {
		s.tb.Error(err)
	}
}

// Restart closes the node and opens it again.
func (s *Server) Restart() {
	s.tb.Helper()
	s.Down()
	s.Up()
}

// Node is the open node, nil while it is down.
func (s *Server) Node() *eventnode.Node {
	if s.running == nil {
		return nil
	}
	return s.running.node
}

// URL is where clients connect. The official ones take it as their connection string,
// but for unix:///path of a server OnUnixSocket, which package eventstore takes.
func (s *Server) URL() string {
	address := s.entrance.lis.Addr().String()
	switch {
	case s.onUnix:
		return "unix://" + address
	case !s.encrypted:
		return "esdb://" + address + "?tls=false&" + patience
	}
	first := s.users[0]
	return fmt.Sprintf("esdb://%s@%s?tls=true&tlsCAFile=%s&%s",
		url.UserPassword(first.login, first.password), address, url.QueryEscape(s.ca.File), patience)
}

// patience keeps the Go client from giving up for good when the node is away for a second.
const patience = "maxDiscoverAttempts=1000000000&discoveryInterval=20"

// Config is the configuration of the official Go client.
func (s *Server) Config() *esdb.Configuration {
	s.tb.Helper()
	text := s.URL()
	if s.onUnix {
		text = "esdb://localhost?tls=false&" + patience
	}
	config, err := esdb.ParseConnectionString(text)
	if err != nil {
		s.tb.Fatal(err)
	}
	config.Logger = esdb.NoopLogging()
	if s.onUnix {
		config.Address = s.URL() // no connection string can say so
	}
	return config
}

// Client is an official client that is closed at the end of the test.
func (s *Server) Client() *esdb.Client {
	s.tb.Helper()
	client, err := esdb.NewClient(s.Config())
	if err != nil {
		s.tb.Fatal(err)
	}
	s.tb.Cleanup(func() { _ = client.Close() }) // nothing waits for its answers any more
	return client
}

// Authority has signed the certificate of a server WithTLS, and signs its users in.
// It is nil for any other.
func (s *Server) Authority() *Authority { return s.ca }
