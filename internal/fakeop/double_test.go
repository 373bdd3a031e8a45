package fakeop_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
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
}

func start(t *testing.T, release string, options ...func(*fakeop.Options)) *double {
	t.Helper()
	catalogue, err := version.Load()
	require.NoError(t, err)
	r, err := catalogue.Resolve(version.Authentik, release)
	require.NoError(t, err)
	o := fakeop.Options{Release: r, BootstrapToken: token, BootstrapPassword: "admin-password"}
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
	d.user("alice")
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
	return d.send(r)
}

func (d *double) postForm(path string, form url.Values) *answer {
	d.Helper()
	r, err := http.NewRequestWithContext(d.Context(), http.MethodPost, d.url+path, strings.NewReader(form.Encode()))
	require.NoError(d, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return d.send(r)
}

// walk is what a visitor met on the way from authorize to the client.
type walk struct {
	landing    string // where the client is answered
	via        string // "location" or "executor"
	components []string
	hops       []string // locations on the way
}

func (w *walk) query(d *double) url.Values {
	_, query, _ := strings.Cut(w.landing, "?")
	values, err := url.ParseQuery(query)
	require.NoError(d, err)
	return values
}

func authorizePath(redirectURI string, changes ...string) string {
	query := url.Values{
		"client_id": {clientID}, "redirect_uri": {redirectURI}, "response_type": {"code"}, "scope": {"openid email profile"},
		"state": {"st ate"}, "code_challenge": {challenge}, "code_challenge_method": {"S256"},
	}
	for i := 0; i < len(changes); i += 2 {
		query.Set(changes[i], changes[i+1])
	}
	return "/application/o/authorize/?" + query.Encode()
}

// login walks from authorize to the client as a browser would, answering every challenge.
func (d *double) login(path, username string) *walk {
	d.Helper()
	w := &walk{}
	for range 20 {
		a := d.get(path)
		if a.StatusCode != http.StatusFound {
			flow, ok := strings.CutPrefix(path, "/if/flow/")
			require.True(d, ok && a.StatusCode == http.StatusOK, "%s: %d %s", path, a.StatusCode, a.body)
			path, w.via = d.run(w, flow, username), "executor"
		} else {
			path, w.via = a.Header.Get("Location"), "location"
			w.hops = append(w.hops, path)
		}
		if !strings.HasPrefix(path, "/") {
			w.landing = path
			return w
		}
	}
	require.Fail(d, "the walk does not end")
	return nil
}

// run answers the challenges of one flow; flow is "<slug>/?<query>".
func (d *double) run(w *walk, flow, username string) string {
	d.Helper()
	slug, query, _ := strings.Cut(flow, "/?")
	executor := "/api/v3/flows/executor/" + slug + "/?query=" + url.QueryEscape(query)
	a := d.get(executor)
	for range 20 {
		if a.StatusCode == http.StatusFound {
			require.Equal(d, executor, a.Header.Get("Location"), "a stage that is done goes to the same URL")
			a = d.get(executor)
			continue
		}
		c := a.json(d)
		component := c["component"].(string)
		if component == "xak-flow-redirect" {
			return c["to"].(string)
		}
		w.components = append(w.components, component)
		require.Nil(d, c["response_errors"])
		body := object{"component": component}
		switch component {
		case "ak-stage-identification":
			body["uid_field"] = username
		case "ak-stage-password":
			body["password"] = "secret of " + username
		case "ak-stage-consent":
			body["token"] = c["token"]
		default:
			require.Fail(d, "unexpected challenge", "%v", c)
		}
		a = d.post(executor, body)
	}
	require.Fail(d, "the flow does not end")
	return ""
}

// redeem exchanges the code of a landing.
func (d *double) redeem(code, redirectURI string, changes ...string) (int, object) {
	form := url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {redirectURI},
		"client_id": {clientID}, "client_secret": {secret}, "code_verifier": {verifier},
	}
	for i := 0; i < len(changes); i += 2 {
		form.Set(changes[i], changes[i+1])
	}
	a := d.postForm("/application/o/token/", form)
	return a.StatusCode, a.json(d)
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
