package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/letopis-crm/letopis/infra/httpapi"
	"github.com/letopis-crm/letopis/infra/postgres"
	"github.com/letopis-crm/letopis/projections"
	"github.com/letopis-crm/letopis/web"
)

// serveCommand runs the server.
type serveCommand struct {
	plantFlags
	Listen string   `default:"127.0.0.1:8080" help:"Address of the API and the web application." placeholder:"HOST:PORT"`
	Demo   string   `enum:",tiny" default:"" help:"Load this demo company if the log is empty: tiny."`
	Roles  []string `enum:"api,projector,policies,scheduler,node" default:"api,projector,policies,scheduler,node" help:"Parts that this process runs."`
	Secure bool     `help:"Served over HTTPS by a proxy: cookies for HTTPS only."`
	// In bytes it would be a long number, and nobody needs it finer.
	MaxFile int64 `default:"50" help:"How large an uploaded file may be, in MiB." placeholder:"MIB"`
	signInFlags
}

func (c *serveCommand) Run(ctx context.Context, out *console) error {
	settings, err := c.settings()
	if err != nil {
		return err
	}
	if c.MaxFile < 1 || c.MaxFile > 1<<20 {
		return errors.New("--max-file is a number of MiB from 1 to 1048576")
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	s, err := openSystemWith(ctx, c.plantFlags, c.roles(), settings, out.log)
	if err != nil {
		return err
	}
	defer s.close(ctx)
	if s.attached {
		return fmt.Errorf("another letopis runs on %s", c.Data)
	}
	if s.node != nil {
		// The embedded node's metrics stand beside those of the program, under /metrics.
		if err := prometheus.Register(s.node.Collector()); err != nil {
			return err
		}
		defer prometheus.Unregister(s.node.Collector())
	}
	if c.roles().projector {
		// A large log may take its time to fill new read models; the old ones serve meanwhile, and /readyz tells.
		starting, cancel := context.WithTimeout(ctx, startWithin)
		defer cancel()
		if err := s.serving(starting); err != nil && starting.Err() == nil {
			return err
		}
	}
	if err := s.welcome(ctx, c.Demo, "http://"+listener.Addr().String(), out); err != nil {
		return err
	}
	return c.serve(ctx, s, listener, out)
}

func (c *serveCommand) roles() roles {
	var r roles
	for _, name := range c.Roles {
		switch name {
		case "api":
			r.api = true
		case "projector":
			r.projector = true
		case "policies":
			r.policies = true
		case "scheduler":
			r.scheduler = true
		}
	}
	return r
}

// startWithin is how long a start waits for the read models before it serves without some of them.
const startWithin = 20 * time.Second

// stopWithin is how long a stop may take before it is cut short.
const stopWithin = 10 * time.Second

func (c *serveCommand) serve(ctx context.Context, s *system, listener net.Listener, out *console) error {
	if !c.roles().api {
		out.printf("running %s\n", strings.Join(c.Roles, ", "))
		return s.wait(ctx)
	}
	streams, endStreams := context.WithCancel(context.WithoutCancel(ctx))
	defer endStreams()
	pages, err := web.Handler()
	if err != nil {
		return err
	}
	handler, err := httpapi.New(httpapi.Deps{
		Executor: s.executor, Queries: s.queries, Hub: s.hub, Identity: s.identity, AccessLog: s.looked, Logger: s.log, Health: s.health,
		Secure: c.Secure, Streams: streams, Web: pages, FirstEmployee: s.firstEmployee, Proxies: c.TrustedProxy,
		Files: s.files, MaxFile: c.MaxFile << 20,
	})
	if err != nil {
		return err
	}
	server := httpapi.Server(handler, s.log)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	out.printf("Letopis: http://%s\n", listener.Addr())
	waited := make(chan error, 1)
	go func() { waited <- s.wait(ctx) }()
	select {
	case err = <-failed:
	case err = <-waited:
	}
	// Streams never end by themselves; they are told to, then running requests finish.
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	server.RegisterOnShutdown(endStreams)
	if shutdownErr := server.Shutdown(stopping); shutdownErr != nil && err == nil {
		err = shutdownErr
	}
	return err
}

// wait returns nil when the context ends, or the error of a part that failed.
func (s *system) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-s.down():
		return err
	case err := <-s.err:
		return err
	}
}

// health is the state of each part.
func (s *system) health(ctx context.Context) map[string]error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	parts := map[string]error{"database": s.db.Ping(ctx)}
	_, _, parts["eventstore"] = s.store.Head(ctx)
	states, err := s.hub.Positions(ctx)
	if err != nil {
		parts["projections"] = err
		return parts
	}
	for _, p := range projections.All {
		i := slices.IndexFunc(states, func(st postgres.Status) bool { return st.Name == p.Name && st.Version == p.Version })
		switch {
		case i < 0:
			parts["projection."+p.Name] = errors.New("has not begun")
		case states[i].Error != nil:
			parts["projection."+p.Name] = fmt.Errorf("stopped: %s", *states[i].Error)
		default:
			parts["projection."+p.Name] = nil
		}
	}
	return parts
}
