package fakeop_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/fakeop"
	"github.com/ssoproof/ssoproof/internal/version"
)

const (
	token     = "bootstrap-token"
	webURI    = "https://immich.company/auth/login"
	appURI    = "app.immich:///oauth-callback"
	clientID  = "immich-client"
	secret    = "a secret of the length that HS256 asks for"
	verifier  = "0123456789012345678901234567890123456789abc"
	challenge = "DksyTyvjKJMTgEpPXzLiaCJ1P325hYFdr6STK5uo-WM" // S256 of the verifier
	explicit  = "default-provider-authorization-explicit-consent"
	implicit  = "default-provider-authorization-implicit-consent"
)

type object = map[string]any

// double is a running double with a provider, an application and the user alice.
type double struct {
	*testing.T
	server *fakeop.Server
	url    string
	client *http.Client // keeps cookies, follows no redirect
	pk     int          // of the provider
	alice  int          // key of the user
}

// key is made once: making one takes longer than most of these tests.
var key = sync.OnceValue(func() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err) // never: the reader does not fail
	}
	return k
})

func start(t *testing.T, release string, options ...func(*fakeop.Options)) *double {
	t.Helper()
	catalogue, err := version.Load()
	require.NoError(t, err)
	r, err := catalogue.Resolve(version.Authentik, release)
	require.NoError(t, err)
	o := fakeop.Options{Release: r, BootstrapToken: token, Key: key(), BootstrapPassword: "admin-password"}
	for _, change := range options {
		change(&o)
	}
	server, err := fakeop.New(o)
	require.NoError(t, err)
	listener := httptest.NewTLSServer(server)
	t.Cleanup(listener.Close)
	d := &double{T: t, server: server, url: listener.URL, client: listener.Client()}
	d.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	d.forgetCookies()
	return d
}

// configured starts a double and applies what a guide says.
func configured(t *testing.T, release, flow string, changes object, options ...func(*fakeop.Options)) *double {
	t.Helper()
	d := start(t, release, options...)
	provider := d.provider(flow)
	for k, v := range changes {
		provider[k] = v
	}
	status, made := d.api("POST", "providers/oauth2/", provider)
	require.Equal(t, http.StatusCreated, status, made)
	d.pk = int(made["pk"].(float64))
	status, app := d.api("POST", "core/applications/", object{"name": "Immich", "slug": "immich", "provider": d.pk})
	require.Equal(t, http.StatusCreated, status, app)
	d.alice = d.user("alice")
	return d
}

// provider is a body that every release accepts, but for the shape of redirect_uris.
func (d *double) provider(flow string) object {
	var scopes []string
	for _, m := range d.list("propertymappings/provider/scope/?scope_name=openid&scope_name=email&scope_name=profile") {
		scopes = append(scopes, m["pk"].(string))
	}
	require.Len(d, scopes, 3)
	body := object{
		"name": "Immich", "client_id": clientID, "client_secret": secret, "property_mappings": scopes,
		"authorization_flow": d.one("flows/instances/?slug=" + flow)["pk"],
		"signing_key":        d.one("crypto/certificatekeypairs/?name=" + url.QueryEscape("authentik Self-signed Certificate"))["pk"],
		"grant_types":        []string{"authorization_code", "refresh_token"},
		"redirect_uris":      []object{{"matching_mode": "strict", "url": webURI}, {"matching_mode": "strict", "url": appURI}},
	}
	if flows := d.list("flows/instances/?slug=default-provider-invalidation-flow"); len(flows) > 0 {
		body["invalidation_flow"] = flows[0]["pk"]
	}
	return body
}

func (d *double) user(name string) int {
	status, u := d.api("POST", "core/users/", object{"username": name, "name": "The " + name, "email": name + "@example.com", "is_active": true, "type": "internal"})
	require.Equal(d, http.StatusCreated, status, u)
	pk := int(u["pk"].(float64))
	status, _ = d.api("POST", "core/users/"+jsonText(pk)+"/set_password/", object{"password": "secret of " + name})
	require.Equal(d, http.StatusNoContent, status)
	return pk
}

func (d *double) forgetCookies() {
	jar, err := cookiejar.New(nil)
	require.NoError(d, err)
	d.client.Jar = jar
}

func (d *double) api(method, path string, body any) (int, object) {
	return d.apiAs(token, method, path, body)
}

func (d *double) apiAs(bearer, method, path string, body any) (int, object) {
	request, err := http.NewRequestWithContext(d.Context(), method, d.url+"/api/v3/"+path, strings.NewReader(jsonText(body)))
	require.NoError(d, err)
	if bearer != "" {
		request.Header.Set("Authorization", "Bearer "+bearer)
	}
	response := d.send(request)
	answer := object{}
	if len(response.body) > 0 {
		require.NoError(d, json.Unmarshal(response.body, &answer), string(response.body))
	}
	return response.StatusCode, answer
}

func (d *double) list(path string) []object {
	status, answer := d.api("GET", path, nil)
	require.Equal(d, http.StatusOK, status, answer)
	var all []object
	for _, o := range answer["results"].([]any) {
		all = append(all, o.(object))
	}
	return all
}

func (d *double) one(path string) object {
	all := d.list(path)
	require.Len(d, all, 1, path)
	return all[0]
}

type answer struct {
	*http.Response
	body []byte
}

func (a *answer) json(d *double) object {
	o := object{}
	require.NoError(d, json.Unmarshal(a.body, &o), string(a.body))
	return o
}

func (d *double) send(r *http.Request) *answer {
	d.Helper()
	response, err := d.client.Do(r)
	require.NoError(d, err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	require.NoError(d, err)
	return &answer{response, body}
}

func (d *double) get(path string) *answer {
	d.Helper()
	if strings.HasPrefix(path, "/") {
		path = d.url + path
	}
	r, err := http.NewRequestWithContext(d.Context(), http.MethodGet, path, nil)
	require.NoError(d, err)
	return d.send(r)
}

func (d *double) post(path string, body any) *answer {
	d.Helper()
	r, err := http.NewRequestWithContext(d.Context(), http.MethodPost, d.url+path, bytes.NewReader([]byte(jsonText(body))))
	require.NoError(d, err)
	r.Header.Set("Content-Type", "application/json")
	for _, c := range d.client.Jar.Cookies(r.URL) {
		if c.Name == "authentik_csrf" {
			r.Header.Set("X-authentik-CSRF", c.Value)
		}
	}
	return d.send(r)
}

func (d *double) postForm(path string, form url.Values) *answer {
	d.Helper()
	r, err := http.NewRequestWithContext(d.Context(), http.MethodPost, d.url+path, strings.NewReader(form.Encode()))
	require.NoError(d, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return d.send(r)
}

func (d *double) discovery() object {
	return d.get("/application/o/immich/.well-known/openid-configuration").json(d)
}

func jsonText(v any) string {
	if v == nil {
		return ""
	}
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // test data only
	}
	return string(b)
}
