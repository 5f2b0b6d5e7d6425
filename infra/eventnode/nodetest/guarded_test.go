package nodetest_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/letopis-crm/letopis/infra/eventnode"
	"github.com/letopis-crm/letopis/infra/eventnode/nodetest"
)

// as is a client with a changed configuration.
func as(t *testing.T, server *nodetest.Server, change func(*esdb.Configuration)) *esdb.Client {
	t.Helper()
	config := server.Config()
	config.MaxDiscoverAttempts = 1
	change(config)
	client, err := esdb.NewClient(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// codeOf is zero for a call that went well.
func codeOf(err error) esdb.ErrorCode {
	var failed *esdb.Error
	if !errors.As(err, &failed) {
		return 0
	}
	return failed.Code()
}

// everyCall makes one call of each kind.
func everyCall(t *testing.T, client *esdb.Client) map[string]error {
	t.Helper()
	calls := map[string]error{"append": append1(t, client, "s", esdb.Any{})}
	_, calls["delete"] = client.DeleteStream(t.Context(), "s", esdb.DeleteStreamOptions{ExpectedRevision: esdb.Any{}})
	read, err := client.ReadStream(t.Context(), "s", esdb.ReadStreamOptions{}, 1)
	if err == nil {
		if _, err = read.Recv(); errors.Is(err, io.EOF) {
			err = nil
		}
		read.Close()
	}
	if codeOf(err) == esdb.ErrorCodeResourceNotFound {
		err = nil // deleted above
	}
	calls["read"] = err
	subscription, err := client.SubscribeToAll(t.Context(), esdb.SubscribeToAllOptions{})
	if err == nil {
		err = subscription.Close()
	}
	calls["subscribe"] = err
	return calls
}

func TestWhoIsLetIn(t *testing.T) {
	t.Parallel()
	server := nodetest.Start(t, nodetest.WithUser("admin", "changeit"), nodetest.WithUser("vera", "12345678"))
	userCert := server.Authority().User("vera")
	strangerCert := server.Authority().User("stranger")
	foreignCert := nodetest.NewAuthority(t).User("admin")
	shows := func(cert nodetest.Issued, login string) func(*esdb.Configuration) {
		return func(c *esdb.Configuration) { c.UserCertFile, c.UserKeyFile, c.Username = cert.Cert, cert.Key, login }
	}
	for name, c := range map[string]struct {
		change func(*esdb.Configuration)
		in     bool
	}{
		"user":                       {func(*esdb.Configuration) {}, true},
		"other user":                 {func(c *esdb.Configuration) { c.Username, c.Password = "vera", "12345678" }, true},
		"anonymous":                  {func(c *esdb.Configuration) { c.Username, c.Password = "", "" }, false},
		"wrong password":             {func(c *esdb.Configuration) { c.Password = "changed" }, false},
		"password of another":        {func(c *esdb.Configuration) { c.Password = "12345678" }, false},
		"unknown":                    {func(c *esdb.Configuration) { c.Username = "oleg" }, false},
		"certificate":                {shows(userCert, ""), true},
		"certificate and a password": {shows(userCert, "admin"), true},
		"certificate of nobody":      {shows(strangerCert, "admin"), false},
		"certificate of another CA":  {shows(foreignCert, "admin"), false},
		"server's certificate":       {shows(server.Authority().Server("admin"), "admin"), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for call, err := range everyCall(t, as(t, server, c.change)) {
				switch {
				case c.in && err != nil:
					t.Errorf("%s: %v", call, err)
				case !c.in && err == nil:
					t.Errorf("%s is allowed", call)
				case !c.in && !strings.Contains(err.Error(), "Unauthenticated"):
					t.Errorf("%s: %v", call, err)
				}
			}
		})
	}
}

// Credentials of one call stand above those of the client.
func TestCredentialsOfOneCall(t *testing.T) {
	t.Parallel()
	server := nodetest.Start(t, nodetest.WithTLS())
	event := esdb.EventData{EventType: "t", ContentType: esdb.ContentTypeJson, Data: []byte(`{}`)}
	for _, c := range []struct {
		own  string
		call *esdb.Credentials
		want esdb.ErrorCode
	}{
		{"changeit", &esdb.Credentials{Login: "invalid", Password: "invalid"}, esdb.ErrorCodeUnauthenticated},
		{"wrong", &esdb.Credentials{Login: "admin", Password: "changeit"}, 0},
		{"wrong", nil, esdb.ErrorCodeUnauthenticated},
	} {
		client := as(t, server, func(config *esdb.Configuration) { config.Password = c.own })
		_, err := client.AppendToStream(t.Context(), "s", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}, Authenticated: c.call}, event)
		if codeOf(err) != c.want {
			t.Errorf("password %s, of the call %v: %v", c.own, c.call, err)
		}
	}
}

// Clients that trust another authority, that find the node through gossip by name or
// by address, or that speak without encryption.
func TestLines(t *testing.T) {
	t.Parallel()
	server := nodetest.Start(t, nodetest.WithTLS())
	address := server.Config().Address
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		url  string
		want string // empty = works
	}{
		"discovery by address": {"esdb+discover://admin:changeit@" + address + "?tlsCAFile=" + server.Authority().File, ""},
		"discovery by name":    {"esdb+discover://admin:changeit@localhost:" + port + "?tlsCAFile=" + server.Authority().File, ""},
		"unverified":           {"esdb://admin:changeit@" + address + "?tlsVerifyCert=false", ""},
		"system's authorities": {"esdb://admin:changeit@" + address + "?maxDiscoverAttempts=1", "failed to verify certificate"},
		"other authority":      {"esdb://admin:changeit@" + address + "?maxDiscoverAttempts=1&tlsCAFile=" + nodetest.NewAuthority(t).File, "certificate signed by unknown authority"},
		"not encrypted":        {"esdb://admin:changeit@" + address + "?maxDiscoverAttempts=1&tls=false", "Unavailable"},
	} {
		config, err := esdb.ParseConnectionString(c.url)
		if err != nil {
			t.Fatal(err)
		}
		config.Logger = esdb.NoopLogging()
		client, err := esdb.NewClient(config)
		if err != nil {
			t.Fatal(err)
		}
		err = append1(t, client, "s", esdb.Any{})
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		_ = client.Close()
	}
}

// A certificate that is renewed is shown from the next connection on; half of a renewal
// changes nothing.
func TestRenewal(t *testing.T) {
	t.Parallel()
	old, renewed := nodetest.NewAuthority(t), nodetest.NewAuthority(t)
	dir := t.TempDir()
	files := eventnode.CertificateFiles{Cert: filepath.Join(dir, "cert"), Key: filepath.Join(dir, "key")}
	put := func(from, to string) {
		t.Helper()
		content, err := os.ReadFile(from)
		if err == nil {
			err = os.WriteFile(to+".new", content, 0o600)
		}
		if err == nil {
			err = os.Rename(to+".new", to)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	first, second := old.Server("localhost"), renewed.Server("localhost")
	put(first.Cert, files.Cert)
	put(first.Key, files.Key)
	certificate, err := eventnode.OpenCertificate(files, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	address := serveGuarded(t, certificate)

	trusts := func(a *nodetest.Authority) bool {
		t.Helper()
		content, err := os.ReadFile(a.File)
		if err != nil {
			t.Fatal(err)
		}
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(content)
		conn, err := (&tls.Dialer{Config: &tls.Config{RootCAs: pool, ServerName: "localhost", NextProtos: []string{"h2"}}}).DialContext(t.Context(), "tcp", address)
		if err != nil {
			return false
		}
		if got := conn.(*tls.Conn).ConnectionState().NegotiatedProtocol; got != "h2" {
			t.Errorf("the protocol agreed on is %q", got)
		}
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
		return true
	}
	if !trusts(old) || trusts(renewed) {
		t.Fatal("the node does not show its first certificate")
	}
	put(second.Cert, files.Cert)
	if !trusts(old) {
		t.Error("a certificate whose key has not come yet is in force")
	}
	put(second.Key, files.Key)
	if trusts(old) || !trusts(renewed) {
		t.Error("the renewed certificate is not in force")
	}
}

func serveGuarded(t *testing.T, certificate *eventnode.Certificate) (address string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "users")
	if err := os.WriteFile(file, []byte("admin:changeit\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	logger := slog.New(slog.DiscardHandler)
	users, err := eventnode.OpenUsers(file, logger)
	if err != nil {
		t.Fatal(err)
	}
	node, err := eventnode.Open(eventnode.Config{Dir: "node", FS: vfs.NewMem(), Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var served sync.WaitGroup
	served.Go(func() {
		if err := node.ServeGuarded(lis, "", eventnode.Door{Certificate: certificate, Users: users}); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		if err := node.Close(); err != nil {
			t.Error(err)
		}
		served.Wait()
	})
	return lis.Addr().String()
}
