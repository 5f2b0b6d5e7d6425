package main

import (
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/infra/eventnode/nodetest"
	"github.com/letopis-crm/letopis/infra/eventstore"
)

// makeUser runs `letopis node user` with the password in its input.
func makeUser(t *testing.T, file, login, password string) {
	t.Helper()
	cmd := program(t.Context(), nil, "node", "user", "--users", file, "--name", login)
	cmd.Stdin = strings.NewReader(password + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("node user %s: %v\n%s", login, err, out)
	}
}

func nodeStore(t *testing.T, address string) *eventstore.Store {
	t.Helper()
	store, err := eventstore.Dial(address, eventstore.WithLogger(discard))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

func appendOne(t *testing.T, store *eventstore.Store, stream string, expected int64) error {
	t.Helper()
	_, err := store.Append(t.Context(), stream, expected, []domain.NewEvent{
		{ID: uuid.New(), Type: "test.happened", Data: []byte(`{}`), Metadata: []byte(`{}`)},
	})
	return err
}

func lengthOf(t *testing.T, store *eventstore.Store, stream string) (n int) {
	t.Helper()
	if err := store.ReadStream(t.Context(), stream, 0, func(domain.Recorded) error { n++; return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

// A node that others can reach: users made on the command line come in, nobody else does, and a password that is changed
// while the node runs counts at once.
func TestGuardedNode(t *testing.T) {
	t.Parallel()
	authority := nodetest.NewAuthority(t)
	cert := authority.Server("localhost", "127.0.0.1")
	users := filepath.Join(t.TempDir(), "users")
	makeUser(t, users, "admin", "changeit")
	makeUser(t, users, "vera", "пароль с: двоеточием")
	node := startNode(t, "--listen", "127.0.0.1:0", "--tls-cert", cert.Cert, "--tls-key", cert.Key, "--tls-client-ca", authority.File, "--users", users)
	at := func(user *url.Userinfo) string {
		return (&url.URL{Scheme: "esdb", User: user, Host: node.address, RawQuery: "tlsCAFile=" + authority.File}).String()
	}
	if err := appendOne(t, nodeStore(t, at(url.UserPassword("admin", "changeit"))), "s", -1); err != nil {
		t.Fatal(err)
	}
	if err := appendOne(t, nodeStore(t, at(url.UserPassword("vera", "пароль с: двоеточием"))), "s", 0); err != nil {
		t.Error(err)
	}
	shown := authority.User("vera")
	if err := appendOne(t, nodeStore(t, at(nil)+"&userCertFile="+shown.Cert+"&userKeyFile="+shown.Key), "s", 1); err != nil {
		t.Error(err)
	}
	refused := func(user *url.Userinfo) {
		t.Helper()
		if err := appendOne(t, nodeStore(t, at(user)), "s", 2); err == nil || !strings.Contains(err.Error(), "Unauthenticated") {
			t.Errorf("%v: %v", user, err)
		}
	}
	refused(nil)
	refused(url.UserPassword("admin", "changed"))
	refused(url.UserPassword("nobody", "changeit"))
	makeUser(t, users, "admin", "changed!")
	refused(url.UserPassword("admin", "changeit"))

	node.restart()
	store := nodeStore(t, at(url.UserPassword("admin", "changed!")))
	if n := lengthOf(t, store, "s"); n != 3 {
		t.Errorf("the stream has %d events after a restart", n)
	}
	if said := node.said(); strings.Contains(said, "chang") || strings.Contains(said, "двоеточием") {
		t.Errorf("the node has told a password:\n%s", said)
	}
}

// An address and a unix socket lead to the same events; the socket is closed to others and goes with the node.
func TestNodeAtTwoPlaces(t *testing.T) {
	t.Parallel()
	socket := shortSocket(t)
	node := startNode(t, "--listen", "127.0.0.1:0", "--unix", socket)
	info, err := os.Stat(socket)
	if err != nil || info.Mode() != os.ModeSocket|0o600 {
		t.Fatal(info.Mode(), err)
	}
	overSocket, overTCP := nodeStore(t, "unix://"+socket), nodeStore(t, "esdb://"+node.address+"?tls=false")
	if err := appendOne(t, overSocket, "s", -1); err != nil {
		t.Fatal(err)
	}
	if err := appendOne(t, overTCP, "s", 0); err != nil {
		t.Fatal(err)
	}
	if a, b := lengthOf(t, overSocket, "s"), lengthOf(t, overTCP, "s"); a != 2 || b != 2 {
		t.Errorf("the socket shows %d events, the address %d", a, b)
	}
	node.end()
	if _, err := os.Lstat(socket); err == nil {
		t.Error("the socket stays behind")
	}
}

// What does not go together is refused with a text that says what to do, before a file is made.
func TestNodeRefuses(t *testing.T) {
	t.Parallel()
	authority := nodetest.NewAuthority(t)
	cert, other := authority.Server("localhost"), authority.Server("localhost")
	dir := t.TempDir()
	write := func(name, content string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	users, mistake, taken := write("users", "admin:changeit\n"), write("mistake", "# people\nadmin\n"), write("taken", "")
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lis.Close() })
	busy := lis.Addr().String()
	pair := []string{"--tls-cert", cert.Cert, "--tls-key", cert.Key}
	everywhere := []string{"--listen", "0.0.0.0:0"}
	with := func(parts ...[]string) (flags []string) {
		for _, part := range parts {
			flags = append(flags, part...)
		}
		return flags
	}
	for name, c := range map[string]struct {
		flags []string
		want  string
	}{
		"open to the network":      {everywhere, "loopback addresses only; add --tls-cert"},
		"open to the network, too": {[]string{"--listen", ":0"}, "loopback addresses only"},
		"encrypted without users":  {with(everywhere, pair), "letopis node user --users FILE --name LOGIN"},
		"users without encryption": {[]string{"--listen", "127.0.0.1:0", "--users", users}, "--users needs --tls-cert and --tls-key"},
		"users of a socket":        {[]string{"--unix", filepath.Join(dir, "s"), "--users", users}, "--users needs"},
		"encrypted socket":         {with(pair, []string{"--unix", filepath.Join(dir, "s"), "--users", users}), "--tls-cert needs --listen"},
		"certificate alone":        {with(everywhere, pair[:2], []string{"--users", users}), "belong together"},
		"key alone":                {with(everywhere, pair[2:], []string{"--users", users}), "belong together"},
		"authorities alone":        {[]string{"--listen", "127.0.0.1:0", "--tls-client-ca", authority.File}, "--tls-client-ca needs"},
		"certificate missing":      {with(everywhere, []string{"--tls-cert", filepath.Join(dir, "none"), "--tls-key", cert.Key, "--users", users}), "none: no such file"},
		"key missing":              {with(everywhere, []string{"--tls-cert", cert.Cert, "--tls-key", filepath.Join(dir, "none"), "--users", users}), "private key: open"},
		"another's key":            {with(everywhere, []string{"--tls-cert", cert.Cert, "--tls-key", other.Key, "--users", users}), "cannot be used together"},
		"no certificate":           {with(everywhere, []string{"--tls-cert", users, "--tls-key", cert.Key, "--users", users}), "cannot be used together"},
		"no authorities":           {with(everywhere, pair, []string{"--tls-client-ca", users, "--users", users}), "holds no certificate"},
		"users missing":            {with(everywhere, pair, []string{"--users", filepath.Join(dir, "none")}), "none: no such file"},
		"users with a mistake":     {with(everywhere, pair, []string{"--users", mistake}), "mistake: line 2: it is not of the form login:secret"},
		"port":                     {[]string{"--listen", "127.0.0.1:http"}, "http is not a port"},
		"no port":                  {[]string{"--listen", "127.0.0.1"}, "missing port"},
		"advertised nothing":       {[]string{"--unix", filepath.Join(dir, "s"), "--advertise", "a:1"}, "--advertise needs --listen"},
		"advertised port":          {[]string{"--listen", "127.0.0.1:0", "--advertise", "a:0"}, "is not a port from 1"},
		"advertised no host":       {[]string{"--listen", "127.0.0.1:0", "--advertise", ":2113"}, "the host is missing"},
		"a file for a socket":      {[]string{"--unix", taken}, "is not a socket"},
		"address of another":       {[]string{"--listen", busy}, "address already in use"},
		"long socket":              {[]string{"--unix", filepath.Join(dir, strings.Repeat("x", 200))}, "the system allows 107"},
		"unknown word":             {[]string{"users"}, "unexpected argument users"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := filepath.Join(t.TempDir(), "data")
			_, err := letopis(t, nil, append([]string{"node", "--data", data}, c.flags...)...)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
			if _, err := os.Stat(data); err == nil {
				t.Error("it has made a data directory")
			}
		})
	}
}

func TestNodeUserRefuses(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "users")
	for password, want := range map[string]string{
		"":                       "no password was given",
		"short":                  "fewer than 8",
		strings.Repeat("ж", 40):  "more than 72 bytes",
		strings.Repeat("x", 100): "more than 72 bytes",
	} {
		cmd := program(t.Context(), nil, "node", "user", "--users", file, "--name", "vera")
		cmd.Stdin = strings.NewReader(password)
		if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), want) {
			t.Errorf("%q: %v\n%s", password, err, out)
		}
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("a file was made")
	}
}
