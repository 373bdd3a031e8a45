package fakerp_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// bending is the back channel of the double of Immich, with token responses that a test has changed.
type bending struct{ *pair }

func (b bending) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := b.hc.Transport.RoundTrip(r)
	if err != nil || b.bend == nil || !strings.HasSuffix(r.URL.Path, "/token/") {
		return response, err
	}
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	_ = response.Body.Close()
	response.Body = io.NopCloser(bytes.NewReader(b.bent(raw)))
	return response, nil
}

func (b bending) bent(raw []byte) []byte {
	var answer map[string]any
	parts := [2]map[string]any{}
	require.NoError(b, json.Unmarshal(raw, &answer))
	token := strings.Split(answer["id_token"].(string), ".")
	for i := range parts {
		decoded, err := base64.RawURLEncoding.DecodeString(token[i])
		require.NoError(b, err)
		require.NoError(b, json.Unmarshal(decoded, &parts[i]))
	}
	b.bend(answer, parts[0], parts[1])
	for i := range parts {
		encoded, err := json.Marshal(parts[i])
		require.NoError(b, err)
		token[i] = base64.RawURLEncoding.EncodeToString(encoded)
	}
	if answer["id_token"] != nil {
		answer["id_token"] = strings.Join(token, ".")
	}
	changed, err := json.Marshal(answer)
	require.NoError(b, err)
	return changed
}

// lets reports whether Immich lets somebody in whose token response is changed.
func lets(bend func(response, header, claims map[string]any)) func(*pair) any {
	return func(p *pair) any {
		p.bend = bend
		_, err := p.login(p.person("alice"))
		return err == nil
	}
}

func claim(name string, value any) func(response, header, claims map[string]any) {
	return func(_, _, claims map[string]any) { claims[name] = value }
}

var tokenFaultTests = map[string]faultTest{
	"id-token-issuer-ignored":    {lets(claim("iss", "https://other.example/")), false, true},
	"id-token-audience-ignored":  {lets(claim("aud", "another-client")), false, true},
	"id-token-time-ignored":      {lets(claim("exp", 1000)), false, true},
	"id-token-nonce-ignored":     {lets(claim("nonce", "n")), false, true},
	"id-token-algorithm-ignored": {lets(func(_, header, _ map[string]any) { header["alg"] = "none" }), false, true},
	"id-token-signature-ignored": {lets(claim("name", "Somebody else")), false, true},
	"id-token-claims-optional":   {lets(func(_, _, claims map[string]any) { delete(claims, "iat") }), false, true},
	"token-type-ignored":         {lets(func(response, _, _ map[string]any) { delete(response, "token_type") }), false, true},
}

// TestTokensByRelease has what openid-client 5, until v1.131, and 6 make of token responses (from their source).
func TestTokensByRelease(t *testing.T) {
	t.Parallel()
	type both struct{ old, new bool }
	// Taken when the token is bent: a busy machine may get there long after the test has begun.
	late := func(_, _, claims map[string]any) { claims["exp"] = time.Now().Add(-10 * time.Second).Unix() }
	tests := map[string]struct {
		bend func(response, header, claims map[string]any)
		lets both
	}{
		"no ID token":                        {func(r, _, _ map[string]any) { delete(r, "id_token") }, both{false, true}},
		"no access token":                    {func(r, _, _ map[string]any) { delete(r, "access_token") }, both{false, false}},
		"another signature":                  {claim("name", "Somebody"), both{false, true}},
		"a second audience":                  {func(_, _, c map[string]any) { c["aud"] = []any{c["aud"], "other"} }, both{false, false}},
		"a second audience, ours authorized": {func(_, _, c map[string]any) { c["azp"], c["aud"] = c["aud"], []any{c["aud"], "other"} }, both{false, true}},
		"another authorized party":           {claim("azp", "other"), both{false, true}},
		"ten seconds late":                   {late, both{false, true}},
		"not yet":                            {claim("nbf", time.Now().Add(time.Hour).Unix()), both{false, false}},
		"an expiry in words":                 {claim("exp", "tomorrow"), both{false, false}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.lets.old, lets(test.bend)(start(t, "2025.8.1", "v1.131.3")), "v1.131.3")
			assert.Equal(t, test.lets.new, lets(test.bend)(start(t, "2025.8.1", "v2.7.5")), "v2.7.5")
		})
	}
}
