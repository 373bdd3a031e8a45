package live

import (
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
}

func (e *CertificateError) Error() string {
	switch e.Flaw {
	case Expired:
		return fmt.Sprintf("the certificate for %s has expired on %s", e.Name, e.NotAfter.UTC().Format(time.DateTime))
	case NotYet:
		return fmt.Sprintf("the certificate for %s is not valid before %s", e.Name, e.NotBefore.UTC().Format(time.DateTime))
	case OtherName:
		return fmt.Sprintf("the certificate is for %s, not for %s", plain.Few(e.Names), e.Name)
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
