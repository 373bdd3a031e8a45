package immich_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/immich"
)

func TestBackchannelLogout(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != immich.BackchannelPath || r.PostFormValue("logout_token") != "a+b/c" {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"message": "Error backchannel logout: token validation failed"}`))
		}
	}))
	t.Cleanup(server.Close)
	client := immich.New(server.URL, server.Client())

	status, said, err := client.BackchannelLogout(t.Context(), "a+b/c")
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, status)
	assert.Empty(t, said)
	status, said, err = client.BackchannelLogout(t.Context(), "another")
	require.NoError(t, err, "a refusal is an answer")
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Equal(t, "Error backchannel logout: token validation failed", said)

	server.Close()
	_, _, err = client.BackchannelLogout(t.Context(), "hush")
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "hush")
}
