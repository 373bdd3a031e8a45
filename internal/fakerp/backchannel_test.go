package fakerp_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestBackchannelLogout uses a client that signs with its secret, so that the test can make logout tokens.
func TestBackchannelLogout(t *testing.T) {
	t.Parallel()
	p := start(t, "2025.8.1", "v3.1.0")
	good, client := p.signedInForLogout()
	valid := func() bool {
		ok, err := client.ValidateToken(p.ctx)
		require.NoError(t, err)
		return ok
	}
	claims := func() map[string]any { return maps.Clone(good) }
	for name, spoil := range map[string]func(map[string]any){
		"audience": func(c map[string]any) { c["aud"] = "somebody-else" },
		"issuer":   func(c map[string]any) { c["iss"] = "https://evil.example/" },
		"age":      func(c map[string]any) { c["iat"] = time.Now().Add(-time.Hour).Unix() },
		"event":    func(c map[string]any) { delete(c, "events") },
		"nonce":    func(c map[string]any) { c["nonce"] = "1" },
		"nobody":   func(c map[string]any) { delete(c, "sub") },
	} {
		c := claims()
		spoil(c)
		assert.Equal(t, http.StatusBadRequest, p.logoutToken(c, p.provider.ClientSecret), name)
	}
	assert.Equal(t, http.StatusBadRequest, p.logoutToken(claims(), strings.Repeat("x", 128)), "signature")
	assert.True(t, valid())
	assert.Equal(t, http.StatusOK, p.logoutToken(claims(), p.provider.ClientSecret))
	assert.False(t, valid())
}

// logoutToken posts a logout token that is signed with a secret.
func (p *pair) logoutToken(claims map[string]any, secret string) int {
	p.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: []byte(secret)}, nil)
	require.NoError(p, err)
	token, err := jwt.Signed(signer).Claims(claims).Serialize()
	require.NoError(p, err)
	form := url.Values{"logout_token": {token}}
	r, err := http.NewRequestWithContext(p.ctx, http.MethodPost, p.rpURL+"/api/oauth/backchannel-logout", strings.NewReader(form.Encode()))
	require.NoError(p, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := p.hc.Do(r)
	require.NoError(p, err)
	_ = response.Body.Close()
	return response.StatusCode
}
