package authentik_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/authentik"
)

func TestSigningKey(t *testing.T) {
	t.Parallel()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(rsaKey)
	require.NoError(t, err)
	sec1, err := x509.MarshalECPrivateKey(ecKey)
	require.NoError(t, err)
	for kind, tt := range map[string]struct {
		block pem.Block
		want  crypto.Signer
	}{
		"traditional":    {pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(rsaKey)}, rsaKey},
		"PKCS 8":         {pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}, rsaKey},
		"elliptic curve": {pem.Block{Type: "EC PRIVATE KEY", Bytes: sec1}, ecKey},
	} {
		a := newAPI(t, "2025.8.1")
		a.provider = object{"pk": 7, "signing_key": "key-1"}
		text := string(pem.EncodeToMemory(&tt.block))
		a.HandleFunc("GET /api/v3/crypto/certificatekeypairs/key-1/view_private_key/", func(w http.ResponseWriter, _ *http.Request) {
			a.answer(w, 200, object{"data": text})
		})
		key, secret, err := a.client().SigningKey(t.Context(), 7)
		require.NoError(t, err, kind)
		assert.Equal(t, tt.want, key, kind)
		assert.Equal(t, text, secret, kind)
	}
}

func TestSigningKeyThatIsNone(t *testing.T) {
	t.Parallel()
	a := newAPI(t, "2025.8.1")
	a.provider = object{"pk": 7, "signing_key": nil}
	_, _, err := a.client().SigningKey(t.Context(), 7)
	require.ErrorIs(t, err, authentik.ErrNoSigningKey)

	a.provider = object{"pk": 7, "signing_key": "key-1"}
	for _, text := range []string{"hush", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("hush")}))} {
		other := newAPI(t, "2025.8.1")
		other.provider = a.provider
		other.HandleFunc("GET /api/v3/crypto/certificatekeypairs/key-1/view_private_key/", func(w http.ResponseWriter, _ *http.Request) {
			other.answer(w, 200, object{"data": text})
		})
		_, _, err = other.client().SigningKey(t.Context(), 7)
		require.ErrorContains(t, err, "the signing key")
		assert.NotContains(t, err.Error(), "hush")
	}
}
