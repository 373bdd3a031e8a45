package fakeop

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
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
	curve       *ecdsa.PrivateKey // of the certificates that an administrator has made with alg ecdsa
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
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the key on a curve: %w", err)
	}
	return &keys{signing: signing, certificate: certificate, id: hex.EncodeToString(thumbprint[:16]), curve: curve}, nil
}

// ofCurve is the alg with which an administrator makes a key on a curve.
const ofCurve = "ecdsa"

// algorithm is what a provider's discovery announces: without a signing key it is HS256.
func (s *Server) algorithm(p object) jose.SignatureAlgorithm {
	switch certificate := find(s.state.certificates, "pk", p["signing_key"]); {
	case p["signing_key"] == nil:
		return jose.HS256
	case certificate != nil && certificate["alg"] == ofCurve:
		return jose.ES256
	}
	return jose.RS256
}

// routeKeys shows an administrator the private key of the certificate, and makes further ones.
func (s *Server) routeKeys() {
	s.admin("POST crypto/certificatekeypairs/generate/", func(w http.ResponseWriter, r *http.Request) {
		body, ok := readBody(w, r)
		if !ok {
			return
		}
		if missing := required(body, "common_name", "validity_days"); missing != nil {
			writeJSON(w, http.StatusBadRequest, missing)
			return
		}
		made := object{"pk": newUUID(), "name": body["common_name"], "private_key_available": true, "private_key_type": keyType(body["alg"]), "alg": body["alg"]}
		s.state.certificates = append(s.state.certificates, made)
		writeJSON(w, http.StatusOK, made)
	})
	s.admin("GET crypto/certificatekeypairs/{key}/view_private_key/", func(w http.ResponseWriter, r *http.Request) {
		if find(s.state.certificates, "pk", r.PathValue("key")) == nil {
			writeNotFound(w)
			return
		}
		block := &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(s.keys.signing)}
		writeJSON(w, http.StatusOK, object{"data": string(pem.EncodeToMemory(block))})
	})
}

// keyType is what authentik calls the type of a key of an algorithm.
func keyType(alg any) string {
	if alg == ofCurve {
		return "ellipticcurve"
	}
	return "rsa"
}

// sign makes a JWT for a client; a JWE around it where the provider has an encryption key.
func (s *Server) sign(p, claims object) (string, error) {
	signed, err := s.signAs("JWT", p, claims)
	if err != nil || p["encryption_key"] == nil {
		return signed, err
	}
	encrypter, err := jose.NewEncrypter(jose.A256CBC_HS512, jose.Recipient{Algorithm: jose.RSA_OAEP_256, Key: s.keys.signing.Public()},
		(&jose.EncrypterOptions{}).WithType("JWE").WithContentType("JWT"))
	if err != nil {
		return "", fmt.Errorf("encrypt a token: %w", err)
	}
	sealed, err := encrypter.Encrypt([]byte(signed))
	if err != nil {
		return "", fmt.Errorf("encrypt a token: %w", err)
	}
	return sealed.CompactSerialize()
}

// signAs makes a JWT of a type, in the sense of its header, for a client.
func (s *Server) signAs(kind string, p, claims object) (string, error) {
	key := jose.SigningKey{Algorithm: s.algorithm(p), Key: jose.JSONWebKey{Key: s.keys.signing, KeyID: s.keys.id}}
	if s.faults[wrongAlgorithm] {
		key.Algorithm = jose.HS256
	}
	switch key.Algorithm {
	case jose.ES256:
		key.Key = jose.JSONWebKey{Key: s.keys.curve, KeyID: s.keys.id}
	case jose.HS256:
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
	if s.algorithm(p) == jose.HS256 {
		writeJSON(w, http.StatusOK, object{})
		return
	}
	key := jose.JSONWebKey{Key: s.keys.signing.Public(), KeyID: s.keys.id, Algorithm: "RS256", Use: "sig", Certificates: []*x509.Certificate{s.keys.certificate}}
	if s.algorithm(p) == jose.ES256 {
		key = jose.JSONWebKey{Key: s.keys.curve.Public(), KeyID: s.keys.id, Algorithm: "ES256", Use: "sig"}
	}
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
