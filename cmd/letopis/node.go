package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"

	"github.com/letopis-crm/letopis/infra/eventnode"
)

// nodeCommand is the event node as a product of its own, for other programs and for tests.
type nodeCommand struct {
	Start nodeStart `cmd:"" name:"start" default:"withargs" help:"Run the event node; what \"letopis node\" does when no other word follows."`
}

// nodeStart runs the node until it is told to stop.
type nodeStart struct {
	Data   string `default:"${data}" help:"Data directory; events lie in its folder events." placeholder:"DIR"`
	Listen string `help:"Loopback address to serve without encryption, such as 127.0.0.1:2113." placeholder:"HOST:PORT" xor:"where"`
	Unix   string `help:"Unix socket to serve instead of an address." placeholder:"PATH" xor:"where"`
}

func (c *nodeStart) Run(ctx context.Context, out *console) error {
	listener, err := c.listener(ctx)
	if err != nil {
		return err
	}
	node, err := eventnode.Open(eventnode.Config{Dir: filepath.Join(c.Data, "events"), Logger: out.log})
	if err != nil {
		return err
	}
	failed := make(chan error, 1)
	go func() { failed <- node.Serve(listener, "") }()
	out.printf("event node on %s\n", listener.Addr())
	select {
	case <-ctx.Done():
		return node.Close()
	case err := <-failed:
		return errors.Join(err, node.Close())
	}
}

func (c *nodeStart) listener(ctx context.Context) (net.Listener, error) {
	if c.Listen == "" {
		path := c.Unix
		if path == "" {
			path = filepath.Join(c.Data, "events.sock")
		}
		return eventnode.ListenUnix(path)
	}
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return nil, fmt.Errorf("--listen %s: %w", c.Listen, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("--listen %s: without encryption the node serves loopback addresses only", c.Listen)
	}
	return (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
}
