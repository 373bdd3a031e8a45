// Package immichtest is what tests of several packages ask of an Immich.
package immichtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/ssoproof/ssoproof/internal/immich"
)

// APIKey makes an API key with a permission, as the person whose session it is does.
func APIKey(t *testing.T, url string, client *http.Client, session *immich.Session, permission string) string {
	t.Helper()
	secret, err := apiKey(t.Context(), url, client, session, permission)
	if err != nil {
		t.Fatalf("make an API key of Immich's: %v", err)
	}
	return secret
}

func apiKey(ctx context.Context, url string, client *http.Client, session *immich.Session, permission string) (string, error) {
	body, err := json.Marshal(map[string]any{"name": "test", "permissions": []string{permission}})
	if err != nil {
		return "", err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/api/api-keys", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	r.Header.Set("Authorization", "Bearer "+session.Token)
	r.Header.Set("Content-Type", "application/json")
	answer, err := client.Do(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	var made struct {
		Secret string `json:"secret"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&made); err != nil {
		return "", err
	}
	if made.Secret == "" {
		return "", fmt.Errorf("Immich answers %s without a secret", answer.Status)
	}
	return made.Secret, nil
}
