// Package immichtest is what tests of several packages ask of an Immich.
package immichtest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/immich"
)

// APIKey makes an API key with a permission, as the person whose session it is does.
func APIKey(t *testing.T, url string, client *http.Client, session *immich.Session, permission string) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{"name": "test", "permissions": []string{permission}})
	require.NoError(t, err)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/api/api-keys", bytes.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+session.Token)
	r.Header.Set("Content-Type", "application/json")
	answer, err := client.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	var made struct {
		Secret string `json:"secret"`
	}
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&made))
	require.NotEmpty(t, made.Secret)
	return made.Secret
}
