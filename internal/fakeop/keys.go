package fakeop

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// keys are what the self-signed certificate signs with.
type keys struct {
	signing     *rsa.PrivateKey
	certificate *x509.Certificate
	id          string
}

// newKeys certifies a key; nil stands for a new one.
func newKeys(signing *rsa.PrivateKey) (*keys, error) {
	if signing == nil {
		var err error
		if signing, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			return nil, fmt.Errorf("make the signing key: %w", err)
		}
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: certificateName},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(365 * 24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, signing.Public(), signing)
	if err != nil {
		return nil, fmt.Errorf("make the certificate: %w", err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("read the certificate: %w", err)
	}
	public := jose.JSONWebKey{Key: signing.Public()}
	thumbprint, err := public.Thumbprint(crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("name the signing key: %w", err)
	}
	return &keys{signing: signing, certificate: certificate, id: hex.EncodeToString(thumbprint[:16])}, nil
}

// algorithm is what a provider's discovery announces: without a signing key it is HS256.
func algorithm(p object) jose.SignatureAlgorithm {
	if p["signing_key"] == nil {
		return jose.HS256
	}
	return jose.RS256
}

// routeKeys shows an administrator the private key of the certificate.
func (s *Server) routeKeys() {
	s.admin("GET crypto/certificatekeypairs/{key}/view_private_key/", func(w http.ResponseWriter, r *http.Request) {
		if find(s.state.certificates, "pk", r.PathValue("key")) == nil {
			writeNotFound(w)
			return
		}
		block := &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(s.keys.signing)}
		writeJSON(w, http.StatusOK, object{"data": string(pem.EncodeToMemory(block))})
	})
}

// sign makes a JWT for a client.
func (s *Server) sign(p, claims object) (string, error) { return s.signAs("JWT", p, claims) }

// signAs makes a JWT of a type, in the sense of its header, for a client.
func (s *Server) signAs(kind string, p, claims object) (string, error) {
	key := jose.SigningKey{Algorithm: algorithm(p), Key: jose.JSONWebKey{Key: s.keys.signing, KeyID: s.keys.id}}
	if s.faults[wrongAlgorithm] {
		key.Algorithm = jose.HS256
	}
	if key.Algorithm == jose.HS256 {
		key.Key = []byte(p.text("client_secret"))
	}
	signer, err := jose.NewSigner(key, (&jose.SignerOptions{}).WithType(jose.ContentType(kind)))
	if err != nil {
		return "", fmt.Errorf("sign a token: %w", err)
	}
	return jwt.Signed(signer).Claims(map[string]any(claims)).Serialize()
}

// jwks publishes the key of a provider; one that signs with its secret has none, not even the member "keys".
func (s *Server) jwks(w http.ResponseWriter, _ *http.Request, p, _ object) {
	if algorithm(p) == jose.HS256 {
		writeJSON(w, http.StatusOK, object{})
		return
	}
	key := jose.JSONWebKey{Key: s.keys.signing.Public(), KeyID: s.keys.id, Algorithm: "RS256", Use: "sig", Certificates: []*x509.Certificate{s.keys.certificate}}
	if s.faults[otherKey] {
		stranger, err := newKeys(nil)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		key.Key, key.Certificates = stranger.signing.Public(), nil
	}
	writeJSON(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{key}})
}
