package pair_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/pair"
)

// TestNoSecretIsCaptured plants secrets wherever the products have them, and where a later release might.
func TestNoSecretIsCaptured(t *testing.T) {
	t.Parallel()
	l := run(t, newest(), photos(t, "2025-06-23"))
	fields, err := l.authentik.Provider(t.Context(), l.op.ProviderPK)
	require.NoError(t, err)
	fields["client_secret"], fields["backchannel_secret"] = "canary-1", "canary-2"
	fields["parent_obj"] = map[string]any{"client_secret": "canary-3"}
	fields["custom"] = map[string]any{"keep": "kept", "client_secret": "canary-4"}
	provider, err := json.Marshal(map[string]any{"results": []any{fields}})
	require.NoError(t, err)
	config, err := l.admin.SystemConfig(t.Context())
	require.NoError(t, err)
	config.OAuth()["clientSecret"], config.OAuth()["jwtPrivateKey"] = "canary-5", "canary-6"
	config["notifications"] = map[string]any{"smtp": map[string]any{"transport": map[string]any{"password": "canary-7"}}}
	config["server"].(map[string]any)["apiKey"] = "canary-8"
	settings, err := json.Marshal(config)
	require.NoError(t, err)
	p, err := pair.Live(t.Context(), l.through(func(r *http.Request) *http.Response {
		switch r.URL.Path {
		case "/api/v3/providers/oauth2/":
			return says(http.StatusOK, string(provider))
		case "/api/system-config":
			return says(http.StatusOK, string(settings))
		}
		return nil
	}))
	require.NoError(t, err)
	text := l.written(t, p)
	assert.NotContains(t, text, "canary")
	assert.Contains(t, text, "kept", "what is no secret is read as before")
	_, err = pair.Parse("pair.yaml", []byte(text))
	require.NoError(t, err)
}
