package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
)

// careNode runs `letopis node` and returns a client of it and the function that ends it.
func careNode(t *testing.T, data string) (*esdb.Client, func()) {
	t.Helper()
	dir, err := os.MkdirTemp("", "ln") //nolint:usetesting // its path is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket := filepath.Join(dir, "s")
	cmd := program(t.Context(), nil, "node", "--data", data, "--unix", socket)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var errs strings.Builder
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || !strings.Contains(line, "event node on") {
		t.Fatalf("%q %v", line, err)
	}
	config, err := esdb.ParseConnectionString("esdb://localhost?tls=false&maxDiscoverAttempts=1000000&discoveryInterval=20")
	if err != nil {
		t.Fatal(err)
	}
	config.Address, config.Logger = "unix://"+socket, esdb.NoopLogging()
	client, err := esdb.NewClient(config)
	if err != nil {
		t.Fatal(err)
	}
	return client, sync.OnceFunc(func() {
		_ = client.Close()
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("letopis node: %v\n%s", err, errs.String())
		}
	})
}

func everything(t *testing.T, c *esdb.Client) (events []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	read, err := c.ReadAll(ctx, esdb.ReadAllOptions{From: esdb.Start{}}, 1<<40)
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	for {
		e, err := read.Recv()
		if err != nil {
			return events
		}
		events = append(events, fmt.Sprint(e.Event.Position.Commit, e.Event.StreamID, e.Event.EventNumber, e.Event.EventID))
	}
}

// TestCareOfTheNode backs a node up under load, restores the backup elsewhere, starts a
// node on it and compares; then damages files and looks at the exit codes.
func TestCareOfTheNode(t *testing.T) {
	t.Parallel()
	// Too long a path for the operator's socket itself.
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 30))
	data, backup, restored := filepath.Join(dir, "data"), filepath.Join(dir, "backup"), filepath.Join(dir, "restored")
	client, stop := careNode(t, data)
	defer stop()
	ctx, quit := context.WithCancel(t.Context())
	var written atomic.Int64
	enough := make(chan struct{})
	var writers sync.WaitGroup
	for i := range 8 {
		writers.Go(func() {
			for ctx.Err() == nil {
				_, err := client.AppendToStream(ctx, fmt.Sprintf("s-%d", i), esdb.AppendToStreamOptions{},
					esdb.EventData{EventID: uuid.New(), EventType: "t", Data: make([]byte, 1000)})
				if err == nil && written.Add(1) == 300 {
					close(enough)
				}
			}
		})
	}
	<-enough
	before := everything(t, client)
	out := must(t, nil, "node", "backup", "--data", data, "--to", backup)
	quit()
	writers.Wait()
	after := everything(t, client)
	t.Logf("%s%d events before the backup, %d at the end", out, len(before), len(after))
	if out := must(t, nil, "node", "verify", "--data", data); !strings.HasPrefix(out, "clean: ") {
		t.Errorf("online: %s", out)
	}
	must(t, nil, "node", "scavenge", "--data", data)
	stop()
	for _, args := range [][]string{{"--data", data}, {"--backup", backup}} {
		if out := must(t, nil, append([]string{"node", "verify"}, args...)...); !strings.HasPrefix(out, "clean: ") {
			t.Errorf("%v: %s", args, out)
		}
	}
	must(t, nil, "node", "restore", "--from", backup, "--data", restored)
	second, end := careNode(t, restored)
	there := everything(t, second)
	end()
	if len(there) < len(before) || len(there) > len(after) || !reflect.DeepEqual(there, after[:len(there)]) {
		t.Errorf("the restored node has %d events, or others; %d were there before the backup", len(there), len(before))
	}
	wantExit(t, 1, "node", "restore", "--from", backup, "--data", restored)
	wantExit(t, 1, "node", "backup", "--data", filepath.Join(dir, "nowhere"), "--to", filepath.Join(dir, "b"))
	damage(t, filepath.Join(backup, "db", "*.log"))
	wantExit(t, exitCorrupt, "node", "verify", "--backup", backup)
	wantExit(t, exitCorrupt, "node", "restore", "--from", backup, "--data", filepath.Join(dir, "again"))
	damage(t, filepath.Join(restored, "events", "*.sst"))
	wantExit(t, exitCorrupt, "node", "verify", "--data", restored)
}

// damage flips a bit in the middle of the largest of some files.
func damage(t *testing.T, pattern string) {
	t.Helper()
	logs, err := filepath.Glob(pattern)
	if err != nil || len(logs) == 0 {
		t.Fatalf("%v %v", logs, err)
	}
	var path string
	var content []byte
	for _, log := range logs {
		raw, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		if raw = []byte(strings.TrimRight(string(raw), "\x00")); len(raw) > len(content) {
			path, content = log, raw
		}
	}
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	at := len(content) / 2
	if _, err := file.WriteAt([]byte{content[at] ^ 4}, int64(at)); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

func wantExit(t *testing.T, want int, args ...string) {
	t.Helper()
	out, err := letopis(t, nil, args...)
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != want {
		t.Errorf("letopis %s: want exit code %d: %v\n%s", strings.Join(args, " "), want, err, out)
	}
}
