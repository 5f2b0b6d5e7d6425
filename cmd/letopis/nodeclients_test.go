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

	"github.com/letopis-crm/letopis/infra/eventnode/nodetest"
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
			socket := shortSocket(t)
			node := startNode(t, "--listen", "127.0.0.1:0", "--unix", socket)
			runSteps(t, client, map[string]string{"address": node.address, "socket": socket}, node.restart)
		})
		t.Run(strings.TrimPrefix(client, "@")+"/guarded", func(t *testing.T) {
			t.Parallel()
			node, g := guardedNode(t)
			runSteps(t, client, map[string]string{
				"address": node.address, "ca": g.ca, "untrusted": g.untrusted, "user": g.user, "password": g.password,
			}, node.restart)
		})
	}
}

// guard is what clients need to be let in over TLS.
type guard struct{ ca, untrusted, user, password string }

// guardedNode starts a node with TLS and one user.
func guardedNode(t *testing.T) (*nodeProcess, guard) {
	t.Helper()
	authority := nodetest.NewAuthority(t)
	issued := authority.Server("localhost", "127.0.0.1")
	g := guard{ca: authority.File, untrusted: nodetest.NewAuthority(t).File, user: "admin", password: "night-train-7"}
	users := filepath.Join(t.TempDir(), "users")
	makeUser(t, users, g.user, g.password)
	return startNode(t, "--listen", "127.0.0.1:0", "--tls-cert", issued.Cert, "--tls-key", issued.Key, "--users", users), g
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
