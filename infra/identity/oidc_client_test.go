package identity

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"

	"code.dny.dev/ssrf"
	"golang.org/x/net/dns/dnsmessage"
)

// inside are addresses that the outside must not reach through us, in the ways in which they can be written.
var inside = []string{
	"127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "100.127.255.255", "169.254.169.254", "169.254.0.1",
	"192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
	"::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1",
	"2002:7f00:1::", "2002:a9fe:a9fe::", "2001::1", "fc00::1", "fd00:ec2::254", "fd20:ce::254", "fe80::1", "fec0::1", "ff02::1", "100::1", "2001:db8::1", "5f00::1",
}

// nameServer answers questions about any name with the next of its lists of addresses, the last one for ever.
type nameServer struct {
	mu      sync.Mutex
	answers [][]string
}

func (n *nameServer) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go n.serve(theirs)
		return ours, nil
	}}
}

// serve speaks the protocol of names over a stream: one question per connection.
func (n *nameServer) serve(conn net.Conn) {
	defer conn.Close()
	var size [2]byte
	if _, err := io.ReadFull(conn, size[:]); err != nil {
		return
	}
	raw := make([]byte, binary.BigEndian.Uint16(size[:]))
	var m dnsmessage.Message
	if _, err := io.ReadFull(conn, raw); err != nil || m.Unpack(raw) != nil {
		return
	}
	m.Response, m.Additionals = true, nil
	for _, address := range n.next(m.Questions[0].Type) {
		h := dnsmessage.ResourceHeader{Name: m.Questions[0].Name, Type: m.Questions[0].Type, Class: dnsmessage.ClassINET}
		if address.Is4() {
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: h, Body: &dnsmessage.AResource{A: address.As4()}})
		} else {
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: h, Body: &dnsmessage.AAAAResource{AAAA: address.As16()}})
		}
	}
	packed, err := m.Pack()
	if err != nil {
		return
	}
	_, _ = conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(packed))), packed...)) // the asker may have gone
}

// next moves on with the question for IPv4; the one for IPv6 gets what fits it of the same list.
func (n *nameServer) next(question dnsmessage.Type) []netip.Addr {
	n.mu.Lock()
	defer n.mu.Unlock()
	var fit []netip.Addr
	for _, text := range n.answers[0] {
		if a := netip.MustParseAddr(text); a.Is4() == (question == dnsmessage.TypeA) {
			fit = append(fit, a)
		}
	}
	if question == dnsmessage.TypeA && len(n.answers) > 1 {
		n.answers = n.answers[1:]
	}
	return fit
}

func fetch(t *testing.T, client *http.Client, address string) error {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Close = true // the next request looks at the name again
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, err = io.ReadAll(response.Body)
	return err
}

func refusedAddress(err error) bool {
	return errors.Is(err, ssrf.ErrProhibitedIP) || errors.Is(err, ssrf.ErrProhibitedPort)
}

// Whatever way an address is written or a name resolves, nothing within is connected to.
func TestNothingWithinIsReached(t *testing.T) {
	t.Parallel()
	public := Provider{Issuer: "https://provider.example"}
	direct := guardedClient(public, net.DefaultResolver)
	for _, address := range inside {
		if err := fetch(t, direct, "https://"+netip.AddrPortFrom(netip.MustParseAddr(address), 443).String()); !refusedAddress(err) {
			t.Errorf("%s: %v", address, err)
		}
		if a := netip.MustParseAddr(address); a.Is4In6() {
			continue // a name cannot resolve to that
		}
		named := guardedClient(public, (&nameServer{answers: [][]string{{address}}}).resolver())
		if err := fetch(t, named, "https://provider.example/keys"); !refusedAddress(err) {
			t.Errorf("a name of %s: %v", address, err)
		}
	}
	for _, address := range []string{"https://2130706433/", "https://0x7f.1/", "https://0177.0.0.1/", "https://127.1/", "https://8.8.8.8:22/", "https://1.1.1.1:8443/"} {
		client := guardedClient(public, (&nameServer{answers: [][]string{{"127.0.0.1"}}}).resolver()) // what odd resolvers make of odd numbers
		if err := fetch(t, client, address); !refusedAddress(err) && (err == nil || !strings.Contains(err.Error(), "no such host")) {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{"http://provider.example/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_FLUSHALL", "ftp://127.0.0.1/"} {
		if err := fetch(t, direct, address); err == nil || !strings.Contains(err.Error(), "no HTTPS") {
			t.Errorf("%s: %v", address, err)
		}
	}
	if _, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://provider.example/\r\nX: y", nil); err == nil {
		t.Error("an address of two lines is one")
	}
}

// A provider in our own network is reached, and nothing else there; and a name that changes its mind is looked at again.
func TestOurOwnProvider(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/elsewhere":
			http.Redirect(w, r, "http://169.254.169.254/latest/meta-data/", http.StatusFound)
		case "/endless":
			chunk := []byte(strings.Repeat("x", 64<<10))
			for range 64 {
				if _, err := w.Write(chunk); err != nil {
					return
				}
			}
		}
	}))
	defer server.Close()
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	issuer := "http://provider.example:" + u.Port()
	own := func(answers ...[]string) *http.Client {
		return guardedClient(Provider{Issuer: issuer, Private: true}, (&nameServer{answers: answers}).resolver())
	}
	if err := fetch(t, own([]string{"127.0.0.1"}), issuer+"/keys"); err != nil {
		t.Errorf("our own provider: %v", err)
	}
	changing := own([]string{"127.0.0.1"}, []string{"169.254.169.254"})
	if err := fetch(t, changing, issuer+"/keys"); err != nil {
		t.Error(err)
	}
	if err := fetch(t, changing, issuer+"/keys"); !refusedAddress(err) {
		t.Errorf("a name that means something else now: %v", err)
	}
	for _, address := range []string{"169.254.169.254", "fe80::1", "fd00:ec2::254", "0.0.0.0", "64:ff9b::a9fe:a9fe", "224.0.0.1", "100.100.100.200", "2002:a9fe:a9fe::"} {
		if err := fetch(t, own([]string{address}), issuer+"/keys"); !refusedAddress(err) {
			t.Errorf("a provider at %s: %v", address, err)
		}
	}
	client := own([]string{"127.0.0.1"})
	if err := fetch(t, client, issuer+"/elsewhere"); err == nil || !strings.Contains(err.Error(), "does not redirect") {
		t.Errorf("sent elsewhere: %v", err)
	}
	if err := fetch(t, client, server.URL+"/keys"); err == nil {
		t.Error("another address of our own network was reached")
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, issuer+"/endless", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Close = true
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if all, err := io.ReadAll(response.Body); err != nil || len(all) != longestDocument {
		t.Errorf("%d bytes of a document without end, %v", len(all), err)
	}
}

// What the environment says of a proxy is not asked: it could reach what we may not.
func TestNoProxy(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the proxy was asked") }))
	defer proxy.Close()
	t.Setenv("HTTPS_PROXY", proxy.URL)
	t.Setenv("HTTP_PROXY", proxy.URL)
	client := guardedClient(Provider{Issuer: "https://provider.example"}, (&nameServer{answers: [][]string{{"10.0.0.1"}}}).resolver())
	if err := fetch(t, client, "https://provider.example/"); !refusedAddress(err) {
		t.Error(err)
	}
}
