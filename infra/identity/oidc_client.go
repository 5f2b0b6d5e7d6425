package identity

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"code.dny.dev/ssrf"
)

const (
	providerWithin  = 10 * time.Second
	longestDocument = 1 << 20
)

// guardedClient speaks to the provider and to nothing in our own network: the provider's documents name the addresses, so
// they could name ours. The address is looked at when it is dialled, after the name was resolved.
func guardedClient(p Provider) *http.Client {
	public := &net.Dialer{Timeout: 5 * time.Second, Control: ssrf.New(ssrf.WithPorts(443)).Safe}
	private := &net.Dialer{Timeout: 5 * time.Second}
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
