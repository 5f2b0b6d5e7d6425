package eventnode

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"

	"google.golang.org/grpc/credentials"
)

// CertificateFiles name PEM files.
type CertificateFiles struct {
	// Cert holds the node's certificate, and the intermediate ones behind it.
	Cert string
	// Key is the certificate's private key.
	Key string
	// ClientCA holds the authorities whose certificates sign users in. Without it
	// nobody is asked for one.
	ClientCA string
}

func (f CertificateFiles) list() []string {
	files := []string{f.Cert, f.Key}
	if f.ClientCA != "" {
		files = append(files, f.ClientCA)
	}
	return files
}

// Certificate is what the node shows its clients. A new one is taken from the files
// as soon as they hold a pair that fits; connections that stand keep the old one.
type Certificate struct {
	identity *reloaded[identity]
}

// identity is what the files hold.
type identity struct {
	config *tls.Config
	users  *x509.CertPool // nil = users have no certificates
}

// OpenCertificate reads and checks the files. logger may be nil.
func OpenCertificate(files CertificateFiles, logger *slog.Logger) (*Certificate, error) {
	if logger == nil {
		logger = slog.Default()
	}
	load := func() (identity, error) {
		warnIfOpen(logger, files.Key)
		return readIdentity(files, logger)
	}
	id, err := newReloaded(logger, load, files.list()...)
	if err != nil {
		return nil, fmt.Errorf("eventnode: %w", err)
	}
	return &Certificate{id}, nil
}

func readIdentity(files CertificateFiles, logger *slog.Logger) (identity, error) {
	pair, err := readPair(files.Cert, files.Key)
	if err != nil {
		return identity{}, err
	}
	remarkOn(pair.Leaf, files.Cert, logger)
	id := identity{config: &tls.Config{
		MinVersion:   tls.VersionTLS12,
		NextProtos:   []string{"h2"},
		Certificates: []tls.Certificate{pair},
	}}
	if files.ClientCA == "" {
		return id, nil
	}
	// Asked for and judged after the handshake: whoever shows a wrong certificate is
	// to hear UNAUTHENTICATED, and not to be let in by a password instead because the
	// client has kept it to itself.
	id.config.ClientAuth = tls.RequestClientCert
	id.users, err = readAuthorities(files.ClientCA)
	return id, err
}

// handshake looks at the files at each connection.
type handshake struct {
	credentials.TransportCredentials
	certificate *Certificate
}

func (c *Certificate) transport() credentials.TransportCredentials {
	return handshake{certificate: c, TransportCredentials: credentials.NewTLS(&tls.Config{
		MinVersion: tls.VersionTLS12,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			return c.identity.get().config, nil
		},
	})}
}

// visitor is the other side of a connection.
type visitor struct {
	credentials.TLSInfo
	certificate bool   // it has shown one
	login       string // whom that names; empty when it is not to be trusted
}

// ServerHandshake finds out once per connection whom a certificate names.
func (h handshake) ServerHandshake(raw net.Conn) (net.Conn, credentials.AuthInfo, error) {
	conn, info, err := h.TransportCredentials.ServerHandshake(raw)
	if err != nil {
		return nil, nil, err
	}
	v := visitor{TLSInfo: info.(credentials.TLSInfo)}
	if shown := v.State.PeerCertificates; len(shown) > 0 {
		v.certificate = true
		v.login = holder(shown, h.certificate.identity.get().users)
	}
	return conn, v, nil
}

// Clone implements credentials.TransportCredentials.
func (h handshake) Clone() credentials.TransportCredentials {
	return handshake{h.TransportCredentials.Clone(), h.certificate}
}

// holder is the common name of a certificate that one of the authorities has signed.
// That its key is at hand the handshake has proved.
func holder(shown []*x509.Certificate, authorities *x509.CertPool) string {
	if authorities == nil {
		return "" // to Verify, none are the system's
	}
	between := x509.NewCertPool()
	for _, cert := range shown[1:] {
		between.AddCert(cert)
	}
	_, err := shown[0].Verify(x509.VerifyOptions{
		Roots: authorities, Intermediates: between, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	if err != nil {
		return ""
	}
	return shown[0].Subject.CommonName
}

func readPair(certFile, keyFile string) (tls.Certificate, error) {
	cert, err := os.ReadFile(certFile)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("certificate: %w", err)
	}
	key, err := os.ReadFile(keyFile)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("private key: %w", err)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return pair, fmt.Errorf("certificate %s and private key %s cannot be used together: %w", certFile, keyFile, err)
	}
	return pair, nil
}

func readAuthorities(file string) (*x509.CertPool, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("authorities of users: %w", err)
	}
	pool, found := x509.NewCertPool(), false
	for block, rest := pem.Decode(content); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		authority, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("authorities of users: %s: %w", file, err)
		}
		pool.AddCert(authority)
		found = true
	}
	if !found {
		return nil, fmt.Errorf("authorities of users: %s holds no certificate in PEM form", file)
	}
	return pool, nil
}

// remarkOn says what clients will complain about. It is no reason to refuse: a clock
// may be wrong, and some clients look at nothing.
func remarkOn(leaf *x509.Certificate, file string, logger *slog.Logger) {
	logger.Info("event node: certificate", "file", file, "names", leaf.DNSNames, "addresses", leaf.IPAddresses,
		"not_after", leaf.NotAfter)
	switch now := time.Now(); {
	case now.After(leaf.NotAfter):
		logger.Warn("event node: the certificate has expired", "file", file, "not_after", leaf.NotAfter)
	case now.Before(leaf.NotBefore):
		logger.Warn("event node: the certificate is not valid yet", "file", file, "not_before", leaf.NotBefore)
	case len(leaf.DNSNames)+len(leaf.IPAddresses) == 0:
		logger.Warn("event node: the certificate names no host (subject alternative name); clients refuse it", "file", file)
	}
}
