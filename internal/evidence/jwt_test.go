package evidence_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/evidence"
)

// jwtOf is a JWT without its signature.
func jwtOf(claims map[string]any) string {
	payload, _ := json.Marshal(claims)
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256"}`)) + "." + base64.RawURLEncoding.EncodeToString(payload) + "."
}

// TestJWTKeepsWhatItSays holds that header and claims stay readable, without the signature and without secrets in a claim.
func TestJWTKeepsWhatItSays(t *testing.T) {
	t.Parallel()
	r := evidence.NewRedactor("known-to-the-run")
	for name, c := range map[string]struct {
		in     string
		claims string // decoded; empty: hidden as a whole
	}{
		"plain":            {jwtOf(map[string]any{"iss": "https://a/", "sub": "1"}) + "c2lnbmF0dXJl", `{"iss":"https://a/","sub":"1"}`},
		"a secret inside":  {jwtOf(map[string]any{"note": "known-to-the-run", "sub": "1"}) + "c2lnbmF0dXJl", `{"note":"«secret»","sub":"1"}`},
		"a name inside":    {jwtOf(map[string]any{"password": "hush", "sub": "1"}) + "c2lnbmF0dXJl", `{"password":"«password»","sub":"1"}`},
		"encrypted":        {"eyJhbGciOiJSUzI1NiIsImVuYyI6IkExMjhHQ00ifQ.a.b.c.d", ""},
		"not of an object": {"eyJhbGciOiJSUzI1NiJ9.bm90IEpTT04.c2lnbmF0dXJl", ""},
		"cut off":          {"eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOi", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := r.Text("it was " + c.in + ".")
			assert.Equal(t, got, r.Text(got), "what was redacted stays as it is")
			if c.claims == "" {
				assert.Equal(t, "it was «token».", evidence.WithoutRun(got))
				return
			}
			parts := strings.Split(strings.TrimSuffix(strings.TrimPrefix(got, "it was "), "."), ".")
			require.Len(t, parts, 3)
			assert.Equal(t, "«signature»", evidence.WithoutRun(parts[2]))
			claims, err := base64.RawURLEncoding.DecodeString(parts[1])
			require.NoError(t, err)
			assert.JSONEq(t, c.claims, evidence.WithoutRun(string(claims)))
		})
	}
}
