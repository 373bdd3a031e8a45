package live

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/ssoproof/ssoproof/internal/plain"
)

// Flaw is why a certificate is not good for a name.
type Flaw string

// The flaws.
const (
	Expired   Flaw = "expired"
	NotYet    Flaw = "not yet valid"
	OtherName Flaw = "for another name"
	Untrusted Flaw = "not trusted by this machine"
)

// CertificateError says why a certificate is not good for a name.
type CertificateError struct {
	Flaw  Flaw
	Name  string   // that was asked for
	Names []string // that the certificate is for
	// NotBefore and NotAfter are when it is valid.
	NotBefore, NotAfter time.Time
	Issuer              string
	// Stopgap is the proxy that makes such a certificate itself where it has none for a name; empty: it is no such one.
	Stopgap string
}

// stopgaps are the proxies that make a certificate themselves where they have none for a name, by its common name
// (traefik/pkg/tls/generate, ingress-nginx/internal/ingress/controller).
var stopgaps = map[string]string{"TRAEFIK DEFAULT CERT": "Traefik", "Kubernetes Ingress Controller Fake Certificate": "ingress-nginx"}

// For are the names that the certificate is for, in a few words.
func (e *CertificateError) For() string { return cmp.Or(plain.Few(e.Names), "no host at all") }

func (e *CertificateError) Error() string {
	switch e.Flaw {
	case Expired:
		return fmt.Sprintf("the certificate for %s has expired on %s", e.Name, e.NotAfter.UTC().Format(time.DateTime))
	case NotYet:
		return fmt.Sprintf("the certificate for %s is not valid before %s", e.Name, e.NotBefore.UTC().Format(time.DateTime))
	case OtherName:
		if e.Stopgap != "" {
			return fmt.Sprintf("the certificate is the one that %s makes itself where it has none for %s", e.Stopgap, e.Name)
		}
		return fmt.Sprintf("the certificate is for %s, not for %s", e.For(), e.Name)
	}
	return fmt.Sprintf("this machine does not trust %q, which issued the certificate for %s", e.Issuer, e.Name)
}

// flawOf verifies what was presented as any client does, by the CAs of this machine or by those that were given. The name
// and the time are looked at first: they are wrong for everybody, and the CA only here.
func flawOf(state *tls.ConnectionState, host string, roots *x509.CertPool) *CertificateError {
	if state == nil || len(state.PeerCertificates) == 0 {
		return nil
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	leaf := state.PeerCertificates[0]
	e := &CertificateError{
		Name: host, Names: leaf.DNSNames, NotBefore: leaf.NotBefore, NotAfter: leaf.NotAfter, Issuer: leaf.Issuer.CommonName,
		Stopgap: stopgaps[leaf.Subject.CommonName],
	}
	for _, ip := range leaf.IPAddresses {
		e.Names = append(e.Names, ip.String())
	}
	now := time.Now()
	between := x509.NewCertPool()
	for _, c := range state.PeerCertificates[1:] {
		between.AddCert(c)
	}
	_, err := leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: now})
	var invalid x509.CertificateInvalidError
	switch {
	case now.After(leaf.NotAfter):
		e.Flaw = Expired
	case now.Before(leaf.NotBefore):
		e.Flaw = NotYet
	case leaf.VerifyHostname(host) != nil:
		e.Flaw = OtherName
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		e.Flaw, e.NotBefore, e.NotAfter = Expired, invalid.Cert.NotBefore, invalid.Cert.NotAfter // one of the chain
	case err != nil:
		e.Flaw = Untrusted
	default:
		return nil
	}
	return e
}
