package immich_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/version"
)

const (
	origin = "https://immich.company"
	token  = "access-token-of-the-session"
)

type object = map[string]any

// api is a scripted API of Immich in the style of one release.
type api struct {
	*http.ServeMux
	release *version.Release
	mu      sync.Mutex
	seen    *http.Request // the last call
	body    object        // and what it sent
	config  object
	store   func(config object) // bends what is stored
}

func newAPI(t *testing.T, v string) *api {
	t.Helper()
	known, err := version.Load()
	require.NoError(t, err)
	r, err := known.Resolve(version.Immich, v)
	require.NoError(t, err)
	a := &api{ServeMux: http.NewServeMux(), release: r, config: object{
		"oauth": object{
			"enabled": false, "issuerUrl": "", "clientId": "", "clientSecret": "", "scope": "openid email profile",
			"signingAlgorithm": "RS256", "buttonText": "Login with OAuth", "timeout": 30000, "defaultStorageQuota": nil,
		},
		"job": object{"concurrency": 9007199254740993},
	}}
	a.HandleFunc("GET /api/system-config", func(w http.ResponseWriter, _ *http.Request) { a.answer(w, 200, a.config) })
	a.HandleFunc("PUT /api/system-config", func(w http.ResponseWriter, _ *http.Request) {
		a.config = a.body
		if a.store != nil {
			a.store(a.config["oauth"].(object))
		}
		a.answer(w, 200, a.config)
	})
	return a
}

// ServeHTTP wants the harness's mark and serves one call at a time.
func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if r.Header.Get("X-Ssoproof-Harness") != "1" {
		a.refuse(w, 418, "no mark of the harness")
		return
	}
	a.seen, a.body = r, nil
	decoder := json.NewDecoder(r.Body)
	decoder.UseNumber()
	_ = decoder.Decode(&a.body)
	a.ServeMux.ServeHTTP(w, r)
}

func (a *api) answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// refuse answers in the release's shape of an error.
func (a *api) refuse(w http.ResponseWriter, status int, message any) {
	if a.release.Has(version.BareErrors) {
		w.Header().Set("X-Correlation-ID", "in-header")
		a.answer(w, status, object{"message": message})
		return
	}
	a.answer(w, status, object{"message": message, "error": http.StatusText(status), "statusCode": status, "correlationId": "in-body"})
}

func (a *api) client() *immich.Client { return immich.New(origin, clientOf(a)).For(a.release) }

// clientOf calls a handler without a network, so that waiting can be tested in a bubble of synctest.
func clientOf(h http.Handler) *http.Client { return &http.Client{Transport: transport{h}} }

type transport struct{ http.Handler }

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	t.ServeHTTP(w, r)
	answer := w.Result()
	answer.Request = r
	return answer, nil
}
