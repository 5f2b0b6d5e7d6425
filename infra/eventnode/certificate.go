package eventnode

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"
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
	config *reloaded[*tls.Config]
}

// OpenCertificate reads and checks the files. logger may be nil.
func OpenCertificate(files CertificateFiles, logger *slog.Logger) (*Certificate, error) {
	if logger == nil {
		logger = slog.Default()
	}
	load := func() (*tls.Config, error) {
		warnIfOpen(logger, files.Key)
		return tlsConfig(files, logger)
	}
	config, err := newReloaded(logger, load, files.list()...)
	if err != nil {
		return nil, fmt.Errorf("eventnode: %w", err)
	}
	return &Certificate{config}, nil
}

// serverConfig looks for the newest certificate at each handshake.
func (c *Certificate) serverConfig() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			return c.config.get(), nil
		},
	}
}

func tlsConfig(files CertificateFiles, logger *slog.Logger) (*tls.Config, error) {
	pair, err := readPair(files.Cert, files.Key)
	if err != nil {
		return nil, err
	}
	remarkOn(pair.Leaf, files.Cert, logger)
	config := &tls.Config{
		MinVersion:   tls.VersionTLS12,
		NextProtos:   []string{"h2"},
		Certificates: []tls.Certificate{pair},
	}
	if files.ClientCA == "" {
		return config, nil
	}
	// A certificate of another authority fails the handshake. Who has none, may
	// still come with a password.
	config.ClientAuth = tls.VerifyClientCertIfGiven
	config.ClientCAs, err = readAuthorities(files.ClientCA)
	return config, err
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
		return nil, fmt.Errorf("authorities of users: %w", errors.New(file+" holds no certificate in PEM form"))
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
