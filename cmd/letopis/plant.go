package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sys/unix"

	"github.com/letopis-crm/letopis/infra/eventnode"
	"github.com/letopis-crm/letopis/infra/eventstore"
	"github.com/letopis-crm/letopis/infra/postgres"
)

// plantFlags say where the event store and the database are. Without them both run inside, under one data directory.
type plantFlags struct {
	Data        string `default:"${data}" help:"Data directory of the embedded event store and database." placeholder:"DIR"`
	EventStore  string `name:"eventstore-url" env:"EVENTSTORE_URL" help:"An EventStoreDB instead of the embedded node, such as esdb://user:password@host:2113."`
	DatabaseURL string `name:"database-url" env:"DATABASE_URL" help:"A PostgreSQL instead of the private one."`
	PgBin       string `name:"pg-bin" help:"Directory with initdb and postgres for the private server."`
	Files       string `help:"Directory of uploaded files, which all replicas share; <data>/files when absent." placeholder:"DIR"`
}

func (f plantFlags) filesDir() string {
	if f.Files != "" {
		return f.Files
	}
	return filepath.Join(f.Data, "files")
}

// plant is the event store and the database, embedded or elsewhere.
type plant struct {
	store *eventstore.Store
	db    *pgxpool.Pool
	// attached: another process of this program runs the embedded parts; ours is a guest.
	attached bool

	node    *eventnode.Node
	endCare func() error // of the node's socket for its operator
	private *postgres.Private
	lock    *os.File
	runDir  string
	failed  chan error
}

// attachment is how a guest process finds the embedded parts of the one that runs.
type attachment struct {
	EventStore string `json:"eventstore"`
	Database   string `json:"database"`
}

// openPlant starts what is embedded, or attaches to the process that runs it already, and connects.
func openPlant(ctx context.Context, f plantFlags, logger *slog.Logger) (p *plant, err error) {
	p = &plant{failed: make(chan error, 2)}
	defer func() {
		if err != nil {
			p.close(context.WithoutCancel(ctx))
		}
	}()
	at := attachment{EventStore: f.EventStore, Database: f.DatabaseURL}
	if at.EventStore == "" || at.Database == "" {
		if err := p.embed(ctx, f, &at, logger); err != nil {
			return nil, err
		}
	}
	if p.store, err = eventstore.Dial(at.EventStore, eventstore.WithLogger(logger)); err != nil {
		return nil, err
	}
	if p.db, err = postgres.Open(ctx, at.Database); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *plant) embed(ctx context.Context, f plantFlags, at *attachment, logger *slog.Logger) error {
	if err := checkData(f.Data); err != nil {
		return err
	}
	p.runDir = filepath.Join(f.Data, "run")
	//nolint:gosec // the database server passes through as its own user; what lies inside is closed
	if err := os.MkdirAll(p.runDir, 0o711); err != nil {
		return err
	}
	running, err := p.takeLock(f.Data)
	if err != nil {
		return err
	}
	if running {
		return p.attach(ctx, at)
	}
	// What an earlier process left there does not hold any more.
	if err := os.Remove(p.attachFile()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if at.EventStore == "" {
		if at.EventStore, err = p.startNode(filepath.Join(f.Data, "events"), logger); err != nil {
			return err
		}
	}
	if at.Database == "" {
		if at.Database, err = p.startPostgres(ctx, f, logger); err != nil {
			return err
		}
	}
	return writeAttachment(p.attachFile(), *at)
}

// checkData refuses a directory that holds something else: a wrong path must not fill somebody's folder with a database.
func checkData(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return os.MkdirAll(dir, 0o711) //nolint:gosec // as above: folders inside are closed to others
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		switch e.Name() {
		case "run", "events", "files", "postgres", "postgres.lock", "postgres.init", "letopis.lock", eventnode.AdminSocketName, "lost+found":
		default:
			return fmt.Errorf("%s is not a data directory of Letopis: it holds %s; choose an empty one with --data", dir, e.Name())
		}
	}
	return nil
}

func (p *plant) attachFile() string { return filepath.Join(p.runDir, "attach.json") }

// takeLock reports whether another process runs on the directory.
func (p *plant) takeLock(data string) (running bool, err error) {
	p.lock, err = os.OpenFile(filepath.Join(data, "letopis.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return false, err
	}
	err = unix.Flock(int(p.lock.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return true, nil
	}
	return false, err
}

// attach reads where the running process serves; a process that is still starting is waited for.
func (p *plant) attach(ctx context.Context, at *attachment) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		raw, err := os.ReadFile(p.attachFile())
		var found attachment
		if err == nil && json.Unmarshal(raw, &found) == nil {
			p.attached = true
			if at.EventStore == "" {
				at.EventStore = found.EventStore
			}
			if at.Database == "" {
				at.Database = found.Database
			}
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.New("the data directory is in use, but its process does not say where it serves")
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (p *plant) startNode(dir string, logger *slog.Logger) (string, error) {
	node, err := eventnode.Open(eventnode.Config{Dir: dir, Logger: logger})
	if err != nil {
		return "", err
	}
	p.node = node
	if p.endCare, err = node.ServeAdmin(filepath.Dir(dir)); err != nil {
		return "", err
	}
	socket, err := socketPath(p.runDir)
	if err != nil {
		return "", err
	}
	listener, err := eventnode.ListenUnix(socket)
	if err != nil {
		return "", err
	}
	go func() {
		if err := node.Serve(listener, ""); err != nil {
			p.failed <- fmt.Errorf("event node: %w", err)
		}
	}()
	return "unix://" + socket, nil
}

// socketPath is in the run directory, unless that is too long a path for a socket.
func socketPath(runDir string) (string, error) {
	path, err := filepath.Abs(filepath.Join(runDir, "events.sock"))
	if err != nil || len(path) < 100 {
		return path, err
	}
	dir, err := os.MkdirTemp("", "letopis-")
	return filepath.Join(dir, "events.sock"), err
}

func (p *plant) startPostgres(ctx context.Context, f plantFlags, logger *slog.Logger) (string, error) {
	private, err := postgres.StartPrivate(ctx, postgres.PrivateConfig{Dir: filepath.Join(f.Data, "postgres"), BinDir: f.PgBin, Logger: logger})
	if err != nil {
		return "", err
	}
	p.private = private
	return private.ConnString(), nil
}

func writeAttachment(path string, at attachment) error {
	raw, err := json.Marshal(at)
	if err != nil {
		return err
	}
	half := path + ".new"
	if err := os.WriteFile(half, raw, 0o600); err != nil {
		return err
	}
	return os.Rename(half, path)
}

// down reports the end of an embedded part that should not have ended.
func (p *plant) down() <-chan error {
	if p.private != nil {
		go func() {
			<-p.private.Done()
			p.failed <- errors.New("the private PostgreSQL server has ended")
		}()
	}
	return p.failed
}

// close ends connections first, then the embedded parts.
func (p *plant) close(ctx context.Context) {
	if p.db != nil {
		p.db.Close()
	}
	if p.store != nil {
		_ = p.store.Close() // nothing waits for its answers any more
	}
	if p.runDir != "" && !p.attached {
		_ = os.Remove(p.attachFile()) // a stale file is overwritten by the next start
	}
	if p.endCare != nil {
		if err := p.endCare(); err != nil {
			slog.Error("closing the event node's socket", "err", err)
		}
	}
	if p.node != nil {
		if err := p.node.Close(); err != nil {
			slog.Error("closing the event node", "err", err)
		}
	}
	if p.private != nil {
		if err := p.private.Stop(ctx); err != nil {
			slog.Error("stopping the private database", "err", err)
		}
	}
	if p.lock != nil {
		_ = p.lock.Close()
	}
}
