package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// nodeClients is where the steps and the installed clients are.
const nodeClients = "../../infra/eventnode/nodeclients"

// Everything the official Node.js clients offer for streams and persistent subscriptions works against the node.
func TestNodeClients(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(filepath.Join(nodeClients, "node_modules", ".package-lock.json")); err != nil {
		t.Skip("the Node.js clients are not installed; `make test` does that, and so does: npm --prefix infra/eventnode/nodeclients ci")
	}
	for _, client := range []string{"@eventstore/db-client", "@kurrent/kurrentdb-client"} {
		t.Run(strings.TrimPrefix(client, "@")+"/open", func(t *testing.T) {
			t.Parallel()
			node := openNode(t)
			runSteps(t, client, map[string]string{"address": node.address, "socket": node.socket}, node.restart)
		})
		t.Run(strings.TrimPrefix(client, "@")+"/guarded", func(t *testing.T) {
			t.Parallel()
			node := guardedNode(t)
			runSteps(t, client, map[string]string{
				"address": node.address, "ca": node.guard.ca, "untrusted": node.guard.untrusted,
				"user": node.guard.user, "password": node.guard.password,
			}, node.restart)
		})
	}
}

// stepLine is a line of what the steps print.
type stepLine struct {
	Step  string
	Error string
	Ask   string
	Done  int
}

// runSteps makes a test of every step of a client.
func runSteps(t *testing.T, client string, where map[string]string, restart func()) {
	t.Helper()
	setting, err := json.Marshal(where)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 9*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "steps.mjs", client, string(setting))
	cmd.Dir = nodeClients
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var errs bytes.Buffer
	cmd.Stderr = &errs
	answers, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ran, done := 0, 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var line stepLine
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Errorf("the steps print %q", lines.Text())
		}
		switch {
		case line.Ask != "":
			restart()
			if _, err := io.WriteString(answers, "done\n"); err != nil {
				t.Fatal(err)
			}
		case line.Step != "":
			ran++
			t.Run(line.Step, func(t *testing.T) {
				if line.Error != "" {
					t.Error(line.Error)
				}
			})
		default:
			done = line.Done
		}
	}
	if err := cmd.Wait(); err != nil || ran == 0 || ran != done {
		t.Errorf("%d of %d steps ran: %v\n%s", ran, done, err, errs.String())
	}
}
