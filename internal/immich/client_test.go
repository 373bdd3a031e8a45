package immich_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/rest"
)

func TestErrorsCarryImmichsOwnWords(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, release string
		message       any
		issues        []object
		words, id     string
	}{
		{"text", "v2.7.5", "OAuth state is missing", nil, "OAuth state is missing", "in-body"},
		{"list", "v2.7.5", []string{"url must be a string", "url should not be empty"}, nil, "url must be a string; url should not be empty", "in-body"},
		{"bare", "v3.1.0", "OAuth authentication failed", nil, "OAuth authentication failed", "in-header"},
		{"issues", "v3.1.0", "Validation failed", []object{{"path": []any{"oauth", "timeout"}, "message": "expected number"}}, "Validation failed; oauth.timeout: expected number", "in-header"},
		{"echo", "v2.7.5", "code 0a1b2c3d and verifier my-verifier of my-password are wrong", nil, "code [hidden] and verifier [hidden] of my-password are wrong", "in-body"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, test.release)
			a.HandleFunc("POST /api/oauth/callback", func(w http.ResponseWriter, _ *http.Request) {
				if test.issues != nil {
					w.Header().Set("X-Correlation-ID", "in-header")
					a.answer(w, 400, object{"message": test.message, "errors": test.issues})
					return
				}
				a.refuse(w, 400, test.message)
			})
			_, err := a.client().Callback(t.Context(), immich.CallbackRequest{
				URL: origin + "/auth/login?code=0a1b2c3d&state=s", CodeVerifier: "my-verifier",
			})
			var refused *immich.APIError
			require.ErrorAs(t, err, &refused)
			var any *rest.Error
			require.ErrorAs(t, err, &any)
			assert.Equal(t, rest.Error{
				Product: "immich", Method: "POST", Path: "/api/oauth/callback", Status: 400, Message: test.words, CorrelationID: test.id,
			}, *any)
		})
	}
}

func TestErrorsOfTheWayHoldNoQuery(t *testing.T) {
	t.Parallel()
	refused := errors.New("connection refused")
	c := immich.New(origin, &http.Client{Transport: failing{refused}})
	_, _, err := c.MobileRedirect(t.Context(), "code=0a1b2c3d&state=s")
	require.ErrorIs(t, err, refused)
	assert.NotContains(t, err.Error(), "0a1b2c3d")
}

type failing struct{ error }

func (f failing) RoundTrip(*http.Request) (*http.Response, error) { return nil, f.error }

func TestWaitReady(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		a := newAPI(t, "v2.7.5")
		a.HandleFunc("GET /api/server/ping", func(w http.ResponseWriter, _ *http.Request) {
			if asked++; asked < 4 {
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			a.answer(w, 200, object{"res": "pong"})
		})
		require.NoError(t, a.client().WaitReady(t.Context(), nil))
		assert.Equal(t, 4, asked)

		asked = -1000
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		err := a.client().WaitReady(ctx, nil)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "immich was not ready after 1m0s: missing its answer to a ping; last answer: immich: GET /api/server/ping: 502 Bad Gateway")
	})
}

func TestVersionAndFeatures(t *testing.T) {
	t.Parallel()
	for release, place := range map[string]string{"v1.106.4": "/api/server-info", "v1.107.0": "/api/server", "v2.7.5": "/api/server"} {
		a := newAPI(t, release)
		a.HandleFunc("GET "+place+"/ping", func(w http.ResponseWriter, _ *http.Request) { a.answer(w, 200, object{"res": "pong"}) })
		a.HandleFunc("GET "+place+"/version", func(w http.ResponseWriter, _ *http.Request) {
			a.answer(w, 200, object{"major": 2, "minor": 7, "patch": 5})
		})
		a.HandleFunc("GET "+place+"/features", func(w http.ResponseWriter, _ *http.Request) {
			a.answer(w, 200, object{"oauth": true, "passwordLogin": false, "something": "else"})
		})
		require.NoError(t, a.client().WaitReady(t.Context(), nil), release)
		v, err := a.client().Version(t.Context())
		require.NoError(t, err, release)
		assert.Equal(t, "v2.7.5", v)
		features, err := a.client().Features(t.Context())
		require.NoError(t, err, release)
		assert.Equal(t, map[string]bool{"oauth": true, "passwordLogin": false}, features)
	}
}
