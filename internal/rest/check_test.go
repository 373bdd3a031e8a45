package rest_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/rest"
)

func TestRequestsNameTheCheckTheyAreMadeFor(t *testing.T) {
	t.Parallel()
	var heard []string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		heard = append(heard, r.Header.Get(rest.CheckHeader))
	}))
	t.Cleanup(server.Close)
	client := rest.NameChecks(server.Client())
	for _, name := range []string{"", "login.web.first[consent=explicit]"} {
		ctx := t.Context()
		if name != "" {
			ctx = rest.ForCheck(ctx, name)
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, http.NoBody)
		require.NoError(t, err)
		answer, err := client.Do(r)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		assert.Empty(t, r.Header, "the caller's request stays as it is")
	}
	assert.Equal(t, []string{"", "login.web.first[consent=explicit]"}, heard)
}
