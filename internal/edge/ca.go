package edge

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"
)

// validity is how long a run's certificates hold: a kept stack may live for months, Chrome refuses more than 398 days.
const validity = 365 * 24 * time.Hour

// CA is the certificate authority of one run and the certificate that it issued for the public names.
type CA struct {
	root     *x509.Certificate
	chainPEM []byte // leaf, then root
	keyPEM   []byte // of the leaf; the root's key is thrown away
}

// NewCA makes an authority (ECDSA P-256) and one certificate for all names.
func NewCA(names ...string) (*CA, error) {
	if len(names) == 0 {
		return nil, fmt.Errorf("make the run's certificate: no names given")
	}
	now := time.Now()
	root, rootKey, err := issue(&x509.Certificate{
		Subject:               pkix.Name{CommonName: "ssoproof CA of one run"},
		NotBefore:             now.Add(-time.Hour), // clocks of containers and hosts differ a little
		NotAfter:              now.Add(validity),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}, nil, nil)
	if err != nil {
		return nil, fmt.Errorf("make the run's CA: %w", err)
	}
	leaf, leafKey, err := issue(&x509.Certificate{
		Subject:     pkix.Name{CommonName: names[0]},
		DNSNames:    names,
		NotBefore:   root.NotBefore,
		NotAfter:    root.NotAfter,
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, root, rootKey)
	if err != nil {
		return nil, fmt.Errorf("make the run's certificate: %w", err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(leafKey)
	if err != nil {
		return nil, fmt.Errorf("encode the run's key: %w", err)
	}
	return &CA{
		root:     root,
		chainPEM: append(certificatePEM(leaf), certificatePEM(root)...),
		keyPEM:   pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}),
	}, nil
}

// issue signs a certificate for a new key; without a parent it signs itself.
func issue(template, parent *x509.Certificate, parentKey *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, nil, err
	}
	if parent == nil {
		parent, parentKey = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, parentKey)
	if err != nil {
		return nil, nil, err
	}
	certificate, err := x509.ParseCertificate(der)
	return certificate, key, err
}

func certificatePEM(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

// PEM is the authority's certificate, for NODE_EXTRA_CA_CERTS and the like.
func (c *CA) PEM() []byte { return certificatePEM(c.root) }

// ChainPEM is the served chain: the names' certificate and the authority's.
func (c *CA) ChainPEM() []byte { return c.chainPEM }

// KeyPEM is the private key of the names' certificate.
func (c *CA) KeyPEM() []byte { return c.keyPEM }

// Pool trusts this authority and no other.
func (c *CA) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(c.root)
	return pool
}

// SPKI is the base64 SHA-256 of the authority's public key, as Chrome's --ignore-certificate-errors-spki-list wants
// it. Chrome accepts any certificate of the served chain, so the authority is served as well.
func (c *CA) SPKI() string {
	sum := sha256.Sum256(c.root.RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// Certificate is the names' certificate, for a TLS server.
func (c *CA) Certificate() (tls.Certificate, error) {
	certificate, err := tls.X509KeyPair(c.chainPEM, c.keyPEM)
	if err != nil {
		return certificate, fmt.Errorf("load the run's certificate: %w", err)
	}
	return certificate, nil
}
