package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/letopis-crm/letopis/infra/eventnode"
)

// nodeCommand is the event node as a product of its own, for other programs and for tests.
type nodeCommand struct {
	Start nodeStart `cmd:"" name:"start" default:"withargs" help:"Run the event node; what \"letopis node\" does when no other word follows."`
	User  nodeUser  `cmd:"" help:"Give a user of the event node a password: reads it from the terminal or the first line of its input."`

	Backup   nodeBackup   `cmd:"" help:"Copy the log into an empty directory, while the node runs or not."`
	Restore  nodeRestore  `cmd:"" help:"Make a log out of a backup; the backup is checked first."`
	Verify   nodeVerify   `cmd:"" help:"Read the whole log or a backup and name every fault; exit code 2 when there is one."`
	Scavenge nodeScavenge `cmd:"" help:"Give back the space of events that no stream shows any more."`
}

// nodeStart runs the node until it is told to stop.
type nodeStart struct {
	Data      string `default:"${data}" help:"Data directory; events lie in its folder events." placeholder:"DIR"`
	Listen    string `help:"Address to serve, such as 127.0.0.1:2113; port 0 is any free one. Without --tls-cert a loopback address only." placeholder:"HOST:PORT"`
	Unix      string `help:"Unix socket to serve, open to this system user only; <data>/events.sock when --listen is absent." placeholder:"PATH"`
	Advertise string `help:"Address that clients with esdb+discover:// are sent to, instead of the one they have dialled." placeholder:"HOST:PORT"`

	Metrics       string `help:"Loopback address where GET /metrics answers in the Prometheus format, such as 127.0.0.1:9090." placeholder:"HOST:PORT"`
	CategoryLinks bool   `help:"Keep the streams $$ce-<category> and $$et-<type> of links to all events; two more events for each."`

	TLSCert     string `help:"Certificate of --listen (PEM, with the intermediate ones behind it); read anew when it changes." placeholder:"FILE"`
	TLSKey      string `help:"Its private key (PEM)." placeholder:"FILE"`
	TLSClientCA string `name:"tls-client-ca" help:"Authorities (PEM) whose certificates sign in the user of their common name." placeholder:"FILE"`
	Users       string `help:"Users of --listen: lines login:secret, made with \"letopis node user\"; read anew when it changes." placeholder:"FILE"`
}

func (c *nodeStart) Run(ctx context.Context, out *console) error {
	if err := c.check(); err != nil {
		return err
	}
	door, err := c.door(out)
	if err != nil {
		return err
	}
	listeners, err := c.listeners(ctx)
	if err != nil {
		return err
	}
	node, err := eventnode.Open(eventnode.Config{
		Dir: filepath.Join(c.Data, "events"), Logger: out.log, CategoryLinks: c.CategoryLinks,
	})
	if err != nil {
		return errors.Join(err, listeners.close())
	}
	stopAdmin, err := node.ServeAdmin(c.Data)
	if err != nil {
		return errors.Join(err, node.Close(), listeners.close())
	}
	failed := make(chan error, 3)
	if lis := listeners.metrics; lis != nil {
		server := serveMetrics(lis, node, failed)
		defer server.Close()
		out.printf("metrics on http://%s/metrics\n", lis.Addr())
	}
	if lis := listeners.tcp; lis != nil && door != nil {
		go func() { failed <- node.ServeGuarded(lis, c.Advertise, *door) }()
		out.printf("event node on %s (encrypted)\n", lis.Addr())
	} else if lis != nil {
		go func() { failed <- node.Serve(lis, c.Advertise) }()
		out.printf("event node on %s\n", lis.Addr())
	}
	if lis := listeners.unix; lis != nil {
		go func() { failed <- node.Serve(lis, "") }()
		out.printf("event node on %s\n", lis.Addr())
	}
	select {
	case <-ctx.Done():
		return errors.Join(stopAdmin(), node.Close())
	case err := <-failed:
		return errors.Join(err, stopAdmin(), node.Close())
	}
}

// check refuses what does not go together before anything is opened.
func (c *nodeStart) check() error {
	encrypted := c.TLSCert != ""
	switch {
	case encrypted != (c.TLSKey != ""):
		return errors.New("--tls-cert and --tls-key belong together")
	case !encrypted && c.TLSClientCA != "":
		return errors.New("--tls-client-ca needs --tls-cert and --tls-key")
	case !encrypted && c.Users != "":
		return errors.New("--users needs --tls-cert and --tls-key: clients send no password over a line that is not encrypted, so without TLS nobody could be told apart")
	case encrypted && c.Users == "":
		return errors.New("--tls-cert needs --users: whoever reaches an encrypted address must say who they are; `letopis node user --users FILE --name LOGIN` makes the file")
	case c.Listen == "" && encrypted:
		return errors.New("--tls-cert needs --listen: a unix socket is neither encrypted nor asks for a password")
	case c.Listen == "" && c.Advertise != "":
		return errors.New("--advertise needs --listen")
	}
	if err := checkAddress("--advertise", c.Advertise, 1); err != nil {
		return err
	}
	if err := checkAddress("--metrics", c.Metrics, 0); err != nil {
		return err
	}
	if c.Metrics != "" && !isLoopback(c.Metrics) {
		return fmt.Errorf("--metrics %s: metrics are served without encryption, so on a loopback address only", c.Metrics)
	}
	if err := checkAddress("--listen", c.Listen, 0); err != nil || encrypted || c.Listen == "" {
		return err
	}
	if !isLoopback(c.Listen) {
		return fmt.Errorf("--listen %s: without encryption the node serves loopback addresses only; add --tls-cert, --tls-key and --users", c.Listen)
	}
	return nil
}

// isLoopback tells whether only this machine can reach the address.
func isLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}

// serveMetrics answers GET /metrics and nothing else.
func serveMetrics(lis net.Listener, node *eventnode.Node, failed chan<- error) *http.Server {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", node.Metrics())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second}
	go func() {
		if err := server.Serve(lis); !errors.Is(err, http.ErrServerClosed) {
			failed <- err
		}
	}()
	return server
}

func checkAddress(flag, address string, lowest uint64) error {
	if address == "" {
		return nil
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("%s %s: %w", flag, address, err)
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil || number < lowest {
		return fmt.Errorf("%s %s: %s is not a port from %d to 65535", flag, address, port, lowest)
	}
	if host == "" && lowest > 0 {
		return fmt.Errorf("%s %s: the host is missing", flag, address)
	}
	return nil
}

// door is nil without encryption.
func (c *nodeStart) door(out *console) (*eventnode.Door, error) {
	if c.TLSCert == "" {
		return nil, nil
	}
	certificate, err := eventnode.OpenCertificate(
		eventnode.CertificateFiles{Cert: c.TLSCert, Key: c.TLSKey, ClientCA: c.TLSClientCA}, out.log)
	if err != nil {
		return nil, err
	}
	users, err := eventnode.OpenUsers(c.Users, out.log)
	return &eventnode.Door{Certificate: certificate, Users: users}, err
}

type nodeListeners struct{ tcp, unix, metrics net.Listener }

func (c *nodeStart) listeners(ctx context.Context) (l nodeListeners, err error) {
	path := c.Unix
	if path == "" && c.Listen == "" {
		if err := os.MkdirAll(c.Data, 0o700); err != nil {
			return l, err
		}
		path = filepath.Join(c.Data, "events.sock")
	}
	if path != "" {
		if l.unix, err = eventnode.ListenUnix(path); err != nil {
			return l, err
		}
	}
	if c.Metrics != "" {
		if l.metrics, err = (&net.ListenConfig{}).Listen(ctx, "tcp", c.Metrics); err != nil {
			return l, errors.Join(fmt.Errorf("--metrics %s: %w", c.Metrics, err), l.close())
		}
	}
	if c.Listen == "" {
		return l, nil
	}
	if l.tcp, err = (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen); err != nil {
		return l, errors.Join(fmt.Errorf("--listen %s: %w", c.Listen, err), l.close())
	}
	return l, nil
}

func (l nodeListeners) close() (err error) {
	for _, lis := range []net.Listener{l.tcp, l.unix, l.metrics} {
		if lis != nil {
			err = errors.Join(err, lis.Close())
		}
	}
	return err
}
