package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The test binary is the product too: started with this variable set it runs the command line.
const asProgram = "LETOPIS_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// program prepares a run of the command line in a process of its own, with a clean environment.
func program(ctx context.Context, env []string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append([]string{asProgram + "=1", "PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "TMPDIR=" + os.TempDir()}, env...)
	// A test that dies takes its programs along.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

// letopis runs a command to its end and returns what it printed.
func letopis(t *testing.T, env []string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	var out, errs bytes.Buffer
	cmd := program(ctx, env, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("letopis %s: %w\n%s", strings.Join(args, " "), err, errs.String())
	}
	return out.String(), nil
}

// must is letopis whose failure fails the test.
func must(t *testing.T, env []string, args ...string) string {
	t.Helper()
	out, err := letopis(t, env, args...)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return out
}

// server is a running `letopis serve`.
type server struct {
	t        *testing.T
	cmd      *exec.Cmd
	url      string
	password string // of admin, where this start let it be made
	mu       sync.Mutex
	log      bytes.Buffer
	ended    chan struct{}
	client   *http.Client
}

var (
	servesAt = regexp.MustCompile(`(?m)^Letopis: (http://\S+)$`)
	setUpAt  = regexp.MustCompile(`/setup#token=(\S+) \(works once\)`)
)

// serve starts a server on a port of its own and waits until it says where.
func serve(t *testing.T, env []string, args ...string) *server {
	t.Helper()
	s := &server{t: t, ended: make(chan struct{}), client: &http.Client{Timeout: 30 * time.Second}}
	s.cmd = program(context.Background(), env, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.cmd.Stderr = &locked{s}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	up, setUpToken := make(chan struct{}), ""
	go func() {
		defer close(s.ended)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			line := lines.Text()
			fmt.Fprintln(&locked{s}, line)
			if m := setUpAt.FindStringSubmatch(line); m != nil {
				setUpToken = m[1]
			}
			if m := servesAt.FindStringSubmatch(line); m != nil {
				s.url = m[1]
				close(up)
			}
		}
		_ = s.cmd.Wait() // what it printed tells why
	}()
	t.Cleanup(s.end)
	select {
	case <-up:
	case <-s.ended:
		t.Fatalf("the server ended at once:\n%s", s.said())
	case <-time.After(60 * time.Second):
		t.Fatalf("the server does not say where it serves:\n%s", s.said())
	}
	if setUpToken != "" {
		s.password = "ночной поезд в Тверь"
		(&session{s: s}).want(http.StatusCreated, http.MethodPost, "/v1/setup", map[string]string{
			"token": setUpToken, "login": "admin", "name": "Громова Вера Павловна", "password": s.password,
		})
		// An administrator alone reads no client's record: this one manages a small company as well.
		admin := s.signIn("admin", s.password)
		me, _ := admin.want(http.StatusOK, http.MethodGet, "/v1/session", nil)
		admin.want(http.StatusOK, http.MethodPost, "/v1/employees/"+me["employee_id"].(string)+"/grant-role", map[string]string{"role": "manager"})
	}
	return s
}

type locked struct{ s *server }

func (l *locked) Write(p []byte) (int, error) {
	l.s.mu.Lock()
	defer l.s.mu.Unlock()
	return l.s.log.Write(p)
}

func (s *server) said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// end stops the server with all that it started, so that its folder can be removed.
func (s *server) end() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // it may have ended already
	select {
	case <-s.ended:
	case <-time.After(30 * time.Second):
		_ = s.cmd.Process.Kill()
		<-s.ended
		s.t.Errorf("the server does not stop:\n%s", s.said())
	}
}

// stop asks it to stop and returns how it ended.
func (s *server) stop() int {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	<-s.ended
	return s.cmd.ProcessState.ExitCode()
}

// answer is a response with its body read.
type answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// session is somebody who is signed in.
type session struct {
	s      *server
	cookie string
}

func (s *server) signIn(login, password string) *session {
	s.t.Helper()
	anonymous := &session{s: s}
	a := anonymous.send(http.MethodPost, "/v1/session", map[string]string{"login": login, "password": password}, nil)
	if a.Status != http.StatusOK {
		s.t.Fatalf("sign-in of %s: %d %s", login, a.Status, a.Body)
	}
	cookie, _, _ := strings.Cut(a.Header.Get("Set-Cookie"), ";")
	return &session{s: s, cookie: cookie}
}

func (c *session) send(method, path string, body any, header map[string]string) answer {
	c.s.t.Helper()
	var content io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			c.s.t.Fatal(err)
		}
		content = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(c.s.t.Context(), method, c.s.url+path, content)
	if err != nil {
		c.s.t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.cookie != "" {
		r.Header.Set("Cookie", c.cookie)
	}
	for k, v := range header {
		r.Header.Set(k, v)
	}
	response, err := c.s.client.Do(r)
	if err != nil {
		c.s.t.Fatalf("%s %s: %v\n%s", method, path, err, c.s.said())
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		c.s.t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, raw}
}

// want sends and insists on the status; the body is decoded into a map.
func (c *session) want(status int, method, path string, body any, header ...string) (map[string]any, http.Header) {
	c.s.t.Helper()
	h := map[string]string{}
	for i := 0; i+1 < len(header); i += 2 {
		h[header[i]] = header[i+1]
	}
	a := c.send(method, path, body, h)
	if a.Status != status {
		c.s.t.Fatalf("%s %s: status %d, want %d: %s", method, path, a.Status, status, a.Body)
	}
	var decoded map[string]any
	if len(a.Body) > 0 && a.Body[0] == '{' {
		if err := json.Unmarshal(a.Body, &decoded); err != nil {
			c.s.t.Fatal(err)
		}
	}
	return decoded, a.Header
}

// dataFile finds a file of the real input: LETOPIS_DATA, else shared/data beside the project. Tests that need it are
// skipped, saying so, where there is none.
func dataFile(t *testing.T, name string) string {
	t.Helper()
	for _, root := range []string{os.Getenv("LETOPIS_DATA"), filepath.Join("..", "..", "..", "shared", "data")} {
		path, err := filepath.Abs(filepath.Join(root, name))
		if root == "" || err != nil {
			continue
		}
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	t.Skipf("the real input %s is neither in LETOPIS_DATA nor in shared/data beside the project", name)
	return ""
}
