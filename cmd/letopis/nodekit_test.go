package main

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
	"testing"
	"time"
)

// nodeProcess is `letopis node` in a process of its own.
type nodeProcess struct {
	t       *testing.T
	data    string
	where   []string // what it was told of how to serve
	address string
	cmd     *exec.Cmd
	ended   chan struct{}
	mu      sync.Mutex
	log     bytes.Buffer
}

var nodeServesAt = regexp.MustCompile(`^event node on ([\d.]+:\d+)`)

// startNode starts a node on a data directory of its own and waits until it says at which address it serves.
func startNode(t *testing.T, where ...string) *nodeProcess {
	t.Helper()
	n := &nodeProcess{t: t, data: filepath.Join(t.TempDir(), "data"), where: where}
	n.start(where)
	t.Cleanup(n.end)
	return n
}

// shortSocket is a path that fits into a socket's address, whatever the test is called.
func shortSocket(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "nc") //nolint:usetesting // its path is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return filepath.Join(dir, "s")
}

func (n *nodeProcess) start(where []string) {
	n.t.Helper()
	n.cmd = program(context.Background(), nil, append([]string{"node", "--data", n.data}, where...)...)
	n.ended = make(chan struct{})
	out, err := n.cmd.StdoutPipe()
	if err != nil {
		n.t.Fatal(err)
	}
	n.cmd.Stderr = n
	if err := n.cmd.Start(); err != nil {
		n.t.Fatal(err)
	}
	up := make(chan string, 1)
	go func(cmd *exec.Cmd, ended chan struct{}) {
		defer close(ended)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			_, _ = n.Write(append(lines.Bytes(), '\n'))
			if m := nodeServesAt.FindStringSubmatch(lines.Text()); m != nil {
				up <- m[1]
			}
		}
		_ = cmd.Wait() // what it printed tells why
	}(n.cmd, n.ended)
	select {
	case n.address = <-up:
	case <-n.ended:
		n.t.Fatalf("the node ended at once:\n%s", n.said())
	case <-time.After(60 * time.Second):
		n.t.Fatalf("the node does not say where it serves:\n%s", n.said())
	}
}

// restart ends the node and starts it anew on the same data and at the same address.
func (n *nodeProcess) restart() {
	n.t.Helper()
	n.end()
	where := append([]string(nil), n.where...)
	for i := range where {
		if where[i] == "127.0.0.1:0" {
			where[i] = n.address
		}
	}
	n.start(where)
}

func (n *nodeProcess) end() {
	_ = n.cmd.Process.Signal(syscall.SIGTERM) // it may have ended already
	select {
	case <-n.ended:
	case <-time.After(30 * time.Second):
		_ = n.cmd.Process.Kill()
		<-n.ended
		n.t.Errorf("the node does not stop:\n%s", n.said())
	}
	if code := n.cmd.ProcessState.ExitCode(); code != 0 {
		n.t.Errorf("the node ended with %d:\n%s", code, n.said())
	}
}

// Write keeps what the node prints.
func (n *nodeProcess) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.log.Write(p)
}

func (n *nodeProcess) said() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.log.String()
}
