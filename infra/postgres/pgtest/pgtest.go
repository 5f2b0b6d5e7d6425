// Package pgtest gives tests a real Postgres: one private server per test process, a fresh database per call.
//
// Nothing has to run before, nothing is skipped and nothing stays: the server ends and its files go when the test
// process ends, also when it is killed.
package pgtest

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/letopis-crm/letopis/infra/postgres"
)

const template = "letopis_template"

// server is started by the first who needs it and ends with the process.
var server = sync.OnceValues(start)

var databases atomic.Int64

// Database returns the connection string of a fresh, empty database. Extensions and the schema letopis are there. It is
// dropped at the end of the test, connections or not.
func Database(tb testing.TB) string {
	tb.Helper()
	c, err := server()
	if err != nil {
		tb.Fatalf("pgtest: %v", err)
	}
	name := fmt.Sprintf("test_%d", databases.Add(1))
	if err := administer(c, "create database "+name+" template "+template); err != nil { //sqlvet:built our own database names, numbered
		tb.Fatalf("pgtest: %v", err)
	}
	tb.Cleanup(func() {
		if err := administer(c, "drop database "+name+" with (force)"); err != nil { //sqlvet:built our own database names, numbered
			tb.Errorf("pgtest: %v", err)
		}
	})
	return databaseURL(c, name)
}

// Pool is an opened pool on a fresh database; it is closed at the end of the test.
func Pool(tb testing.TB) *pgxpool.Pool {
	tb.Helper()
	return Open(tb, Database(tb))
}

// Open is a pool on a database of this package; it is closed at the end of the test.
func Open(tb testing.TB, connString string) *pgxpool.Pool {
	tb.Helper()
	pool, err := postgres.Open(context.Background(), connString)
	if err != nil {
		tb.Fatalf("pgtest: %v", err)
	}
	tb.Cleanup(pool.Close)
	return pool
}

func databaseURL(c *cluster, database string) string {
	u, err := url.Parse(c.ConnString())
	if err != nil {
		panic(err) // we made it
	}
	u.Path = "/" + database
	return u.String()
}

func administer(c *cluster, sql string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, c.ConnString())
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql)
	return err
}

type cluster struct {
	*postgres.Private
	alive io.Closer // the pipe to the watcher is open as long as the process lives
}

func start() (*cluster, error) {
	dir, err := os.MkdirTemp("", "letopis-pgtest-")
	if err != nil {
		return nil, err
	}
	alive, err := removeAtEnd(dir)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(dir, 0o711); err != nil { //nolint:gosec // the server's user passes through
		return nil, err
	}
	logger := slog.New(slog.DiscardHandler)
	if os.Getenv("PGTEST_LOG") != "" {
		logger = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	p, err := postgres.StartPrivate(ctx, postgres.PrivateConfig{
		Dir: filepath.Join(dir, "pg"), BinDir: os.Getenv("LETOPIS_PG_BIN"), Logger: logger, Unsafe: true,
		Settings: map[string]string{
			"max_connections": "400", "shared_buffers": "64MB", "autovacuum": "off",
			// Shared memory of a killed server goes with its directory.
			"dynamic_shared_memory_type": "mmap",
		},
	})
	if err != nil {
		return nil, err
	}
	c := &cluster{p, alive}
	return c, makeTemplate(ctx, c)
}

func makeTemplate(ctx context.Context, c *cluster) error {
	if err := administer(c, "create database "+template); err != nil {
		return err
	}
	pool, err := postgres.Open(ctx, databaseURL(c, template))
	if err != nil {
		return err
	}
	pool.Close()
	return nil
}

// removeAtEnd leaves a shell behind that waits for the end of this process (its standard input closes), then for the
// end of the server (a signal at our death ends it), and removes the directory. A test binary has no other hook that
// also runs when it is killed.
func removeAtEnd(dir string) (alive io.Closer, err error) {
	const script = `cat >/dev/null
i=0
while [ -e "$1/pg/postmaster.pid" ] && [ "$i" -lt 100 ]; do sleep 0.1; i=$((i+1)); done
while [ -e "$1" ] && [ "$i" -lt 200 ]; do rm -rf "$1"; i=$((i+1)); done`
	watcher := exec.CommandContext(context.Background(), "/bin/sh", "-c", script, "sh", dir) // #nosec G204 -- our own directory
	watcher.Dir = "/"
	watcher.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if alive, err = watcher.StdinPipe(); err != nil {
		return nil, err
	}
	if err := watcher.Start(); err != nil {
		return nil, err
	}
	return alive, nil
}
