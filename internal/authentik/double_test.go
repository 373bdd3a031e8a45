package authentik_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/version"
)

const (
	origin = "https://authentik.company"
	token  = "bootstrap-token-of-the-run"
)

type object = map[string]any

// api is a scripted API of authentik: it stores what it is sent and answers as the release does.
type api struct {
	*http.ServeMux
	release *version.Release

	mu         sync.Mutex
	provider   object // the last one created
	app        object // likewise
	keys       []object
	removed    []string              // paths of DELETE
	store      func(provider object) // bends what is stored
	refuseApps bool
}

func release(t *testing.T, v string) *version.Release {
	t.Helper()
	known, err := version.Load()
	require.NoError(t, err)
	r, err := known.Resolve(version.Authentik, v)
	require.NoError(t, err)
	return r
}

func newAPI(t *testing.T, v string) *api {
	t.Helper()
	a := &api{ServeMux: http.NewServeMux(), release: release(t, v)}
	a.results("/flows/instances/", named("slug", "flow", authentik.AuthenticationFlow, authentik.ExplicitConsentFlow,
		authentik.ImplicitConsentFlow, authentik.InvalidationFlow))
	a.results("/propertymappings/provider/scope/", append(
		named("managed", "scope", scope("openid"), scope("email"), scope("profile"), scope("offline_access")),
		object{"pk": "scope-custom", "managed": nil}))
	a.keys = named("name", "key", authentik.SelfSignedKey)
	a.HandleFunc("GET /api/v3/crypto/certificatekeypairs/", func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "true", r.URL.Query().Get("has_key"), "a certificate without a key signs nothing")
		n, next := max(1, number(r.URL.Query().Get("page"))), 0
		if n < len(a.keys) {
			next = n + 1
		}
		a.answer(w, 200, object{"pagination": object{"next": next}, "results": a.keys[min(n-1, len(a.keys)):min(n, len(a.keys))]}) // one a page
	})
	a.HandleFunc("POST /api/v3/providers/oauth2/", a.createProvider)
	a.HandleFunc("GET /api/v3/providers/oauth2/{pk}/", func(w http.ResponseWriter, _ *http.Request) { a.answer(w, 200, a.provider) })
	a.HandleFunc("GET /api/v3/providers/oauth2/{pk}/setup_urls/", func(w http.ResponseWriter, _ *http.Request) {
		issuer := fmt.Sprintf("%s/application/o/%s/", origin, a.app["slug"])
		a.answer(w, 200, object{"issuer": issuer, "provider_info": issuer + ".well-known/openid-configuration"})
	})
	a.HandleFunc("PATCH /api/v3/providers/oauth2/{pk}/", func(w http.ResponseWriter, r *http.Request) {
		for name, value := range read(r) {
			a.provider[name] = value
		}
		a.answer(w, 200, a.provider)
	})
	a.HandleFunc("POST /api/v3/core/applications/", func(w http.ResponseWriter, r *http.Request) {
		if a.refuseApps {
			a.answer(w, 400, object{"slug": []string{"Application with this slug already exists."}})
			return
		}
		a.app = read(r)
		a.answer(w, 201, a.app)
	})
	a.HandleFunc("GET /api/v3/core/applications/{slug}/", func(w http.ResponseWriter, _ *http.Request) { a.answer(w, 200, a.app) })
	a.HandleFunc("GET /api/v3/flows/instances/{slug}/", func(w http.ResponseWriter, r *http.Request) {
		a.answer(w, 200, object{"pk": "flow-" + r.PathValue("slug"), "slug": r.PathValue("slug")})
	})
	a.HandleFunc("DELETE /", func(w http.ResponseWriter, r *http.Request) {
		a.removed = append(a.removed, r.URL.Path)
		w.WriteHeader(http.StatusNoContent)
	})
	return a
}

// createProvider refuses the other regime's shape in the words of the real one.
func (a *api) createProvider(w http.ResponseWriter, r *http.Request) {
	body := read(r)
	refuse := func(field, words string) { a.answer(w, 400, object{field: []string{words}}) }
	_, isText := body["redirect_uris"].(string)
	switch {
	case a.release.Has(version.RedirectURIText) && !isText:
		refuse("redirect_uris", "Not a valid string.")
		return
	case !a.release.Has(version.RedirectURIText) && isText:
		refuse("redirect_uris", `Expected a list of items but got type "str".`)
		return
	case a.release.Has(version.InvalidationFlow) && body["invalidation_flow"] == nil:
		refuse("invalidation_flow", "This field is required.")
		return
	}
	body["pk"], body["client_id"], body["client_secret"] = 7, "generated-id", "generated-secret"
	body["assigned_application_slug"] = "immich"
	if a.store != nil {
		a.store(body)
	}
	a.provider = body
	a.answer(w, 201, body)
}

func number(text string) int {
	n, _ := strconv.Atoi(text) // none is 0
	return n
}

func (a *api) results(path string, all []object) {
	a.HandleFunc("GET /api/v3"+path+"{$}", func(w http.ResponseWriter, _ *http.Request) { a.answer(w, 200, page(all)) })
}

func (a *api) answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// ServeHTTP wants the token and the harness's mark on every call, and serves one call at a time.
func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer "+token || r.Header.Get("X-Ssoproof-Harness") != "1" {
		a.answer(w, 403, object{"detail": "Token invalid/expired"})
		return
	}
	a.ServeMux.ServeHTTP(w, r)
}

func (a *api) client() *authentik.Client { return authentik.New(origin, token, clientOf(a)) }

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
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	answer := w.Result()
	answer.Request = r
	return answer, nil
}

func page(all []object) object {
	return object{"pagination": object{"next": 0, "count": len(all)}, "results": all}
}

func named(field, kind string, names ...string) []object {
	var all []object
	for _, name := range names {
		all = append(all, object{"pk": kind + "-" + name, field: name})
	}
	return all
}

func scope(name string) string { return "goauthentik.io/providers/oauth2/scope-" + name }

func read(r *http.Request) object {
	var body object
	_ = json.NewDecoder(r.Body).Decode(&body)
	return body
}

func without(all []object, name string) []object {
	return slices.DeleteFunc(slices.Clone(all), func(o object) bool { return strings.HasSuffix(o["pk"].(string), name) })
}
