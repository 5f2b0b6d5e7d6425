package identity

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

const (
	providerWithin  = 10 * time.Second
	longestDocument = 1 << 20
)

// guardedClient speaks to the provider and to nothing in our own network: the provider's documents name the addresses, so
// they could name ours. The address is looked at when it is dialled, after the name was resolved.
func guardedClient(p Provider, names *net.Resolver) *http.Client {
	public := &net.Dialer{Timeout: 5 * time.Second, Resolver: names, Control: ssrf.New(ssrf.WithPorts(443)).Safe}
	private := &net.Dialer{Timeout: 5 * time.Second, Resolver: names, Control: ownNetwork}
	transport := &http.Transport{
		// Nor is a proxy from the environment asked, which could reach what we may not.
		Proxy: nil,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if p.Private && address == hostPort(p.Issuer) {
				return private.DialContext(ctx, network, address)
			}
			return public.DialContext(ctx, network, address)
		},
		TLSHandshakeTimeout: 5 * time.Second, ResponseHeaderTimeout: 5 * time.Second, MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true,
		MaxIdleConns: 4, IdleConnTimeout: time.Minute,
	}
	return &http.Client{
		Transport: guarded{p, transport}, Timeout: providerWithin,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return errors.New("an identity provider does not redirect its documents")
		},
	}
}

// ours are the networks in which an operator may have a provider. Link-local ones are none: there a cloud tells secrets to
// whoever asks.
var ours = ssrf.New(ssrf.WithAnyPort(),
	ssrf.WithAllowedV4Prefixes(netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16")),
	ssrf.WithAllowedV6Prefixes(netip.MustParsePrefix("::1/128"), netip.MustParsePrefix("fc00::/7")))

// tellers are addresses within such networks at which clouds tell secrets, too.
var tellers = []netip.Addr{netip.MustParseAddr("fd00:ec2::254"), netip.MustParseAddr("fd20:ce::254")}

func ownNetwork(network, address string, c syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err == nil && slices.Contains(tellers, to.Addr().WithZone("")) {
		err = ssrf.ErrProhibitedIP
	}
	if err != nil {
		return err
	}
	return ours.Safe(network, address, c)
}

// guarded refuses an address without HTTPS, unless it is the issuer that the operator has allowed, and cuts off a document
// without end.
type guarded struct {
	provider Provider
	next     http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (g guarded) RoundTrip(r *http.Request) (*http.Response, error) {
	if !g.provider.permits(r.URL) {
		return nil, fmt.Errorf("%s has no HTTPS", r.URL.Redacted())
	}
	response, err := g.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	response.Body = limitedBody{io.LimitReader(response.Body, longestDocument), response.Body}
	return response, nil
}

type limitedBody struct {
	io.Reader
	io.Closer
}

func (p Provider) permits(to *url.URL) bool {
	return to.Scheme == "https" || p.Private && to.Scheme == "http" && hostPort(to.String()) == hostPort(p.Issuer)
}

// hostPort is what is dialled for an address.
func hostPort(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}
