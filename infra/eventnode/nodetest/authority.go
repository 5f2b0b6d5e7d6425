package nodetest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Authority signs certificates for one test. Its key is never written down.
type Authority struct {
	// File holds its own certificate.
	File string

	tb     testing.TB
	dir    string
	cert   *x509.Certificate
	key    *ecdsa.PrivateKey
	issued int64
}

// Issued names the files of a certificate and its key.
type Issued struct{ Cert, Key string }

// NewAuthority makes an authority that nobody but this test trusts.
func NewAuthority(tb testing.TB) *Authority {
	tb.Helper()
	a := &Authority{tb: tb, dir: tb.TempDir(), key: newKey(tb), issued: 1}
	a.cert = a.template("nodetest authority")
	a.cert.IsCA, a.cert.BasicConstraintsValid = true, true
	a.cert.KeyUsage = x509.KeyUsageCertSign
	raw, err := x509.CreateCertificate(rand.Reader, a.cert, a.cert, a.key.Public(), a.key)
	if err != nil {
		tb.Fatal(err)
	}
	a.File = a.write("ca.crt", "CERTIFICATE", raw)
	return a
}

// Server issues a certificate for host names and addresses.
func (a *Authority) Server(hosts ...string) Issued {
	a.tb.Helper()
	cert := a.template(hosts[0])
	cert.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			cert.IPAddresses = append(cert.IPAddresses, ip)
		} else {
			cert.DNSNames = append(cert.DNSNames, host)
		}
	}
	return a.issue(cert)
}

// User issues a certificate that signs its holder in as the user of that name.
func (a *Authority) User(login string) Issued {
	a.tb.Helper()
	cert := a.template(login)
	cert.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	return a.issue(cert)
}

func (a *Authority) template(name string) *x509.Certificate {
	now := time.Now()
	a.issued++
	return &x509.Certificate{
		SerialNumber: big.NewInt(a.issued),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.Add(24 * time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}
}

func (a *Authority) issue(cert *x509.Certificate) Issued {
	a.tb.Helper()
	key := newKey(a.tb)
	raw, err := x509.CreateCertificate(rand.Reader, cert, a.cert, key.Public(), a.key)
	if err != nil {
		a.tb.Fatal(err)
	}
	rawKey, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.tb.Fatal(err)
	}
	return Issued{
		Cert: a.write(fmt.Sprintf("%d.crt", a.issued), "CERTIFICATE", raw),
		Key:  a.write(fmt.Sprintf("%d.key", a.issued), "PRIVATE KEY", rawKey),
	}
}

func newKey(tb testing.TB) *ecdsa.PrivateKey {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

func (a *Authority) write(name, kind string, raw []byte) string {
	a.tb.Helper()
	file := filepath.Join(a.dir, name)
	content := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: raw})
	if err := os.WriteFile(file, content, 0o600); err != nil {
		a.tb.Fatal(err)
	}
	return file
}
