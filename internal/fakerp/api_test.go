package fakerp_test

import (
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/fakerp"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/rest"
)

// ask makes one request to a double, as nobody.
func ask(t *testing.T, h http.Handler, method, path, body string) (*http.Response, map[string]any) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	answer := map[string]any{}
	raw, err := io.ReadAll(w.Body)
	require.NoError(t, err)
	if strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") {
		require.NoError(t, json.Unmarshal(raw, &answer), string(raw))
	}
	return w.Result(), answer
}

func fresh(t *testing.T, version string) *fakerp.Server {
	t.Helper()
	s, err := fakerp.New(fakerp.Options{Release: release(t, "immich", version)})
	require.NoError(t, err)
	return s
}

func TestErrors(t *testing.T) {
	t.Parallel()
	response, body := ask(t, fresh(t, "v2.7.5"), "GET", "/api/users/me", "")
	assert.Equal(t, http.StatusUnauthorized, response.StatusCode)
	assert.NotEmpty(t, body["correlationId"])
	delete(body, "correlationId")
	assert.Equal(t, map[string]any{"message": "Authentication required", "error": "Unauthorized", "statusCode": 401.0}, body)

	response, body = ask(t, fresh(t, "v3.1.0"), "GET", "/api/users/me", "")
	assert.NotEmpty(t, response.Header.Get("X-Correlation-ID"))
	assert.Equal(t, map[string]any{"message": "Authentication required"}, body)

	_, body = ask(t, fresh(t, "v2.7.5"), "POST", "/api/oauth/callback", "{}")
	assert.Equal(t, "OAuth is not enabled", body["message"])
	_, body = ask(t, fresh(t, "v2.7.5"), "POST", "/api/oauth/authorize", "{}")
	assert.Equal(t, []any{"redirectUri must be a string", "redirectUri should not be empty"}, body["message"])
	_, body = ask(t, fresh(t, "v3.1.0"), "POST", "/api/oauth/authorize", "{}")
	assert.Equal(t, "Validation failed", body["message"])
	assert.NotEmpty(t, body["errors"])
	response, _ = ask(t, fresh(t, "v2.7.5"), "GET", "/api/no-such-thing", "")
	assert.Equal(t, http.StatusNotFound, response.StatusCode)
}

func TestServer(t *testing.T) {
	t.Parallel()
	s := fresh(t, "v2.7.5")
	_, body := ask(t, s, "GET", "/api/server/ping", "")
	assert.Equal(t, "pong", body["res"])
	_, body = ask(t, s, "GET", "/api/server/version", "")
	assert.Equal(t, map[string]any{"major": 2.0, "minor": 7.0, "patch": 5.0}, body)
	_, body = ask(t, s, "GET", "/api/server/config", "")
	assert.Equal(t, false, body["isInitialized"])
	_, body = ask(t, s, "GET", "/.well-known/immich", "")
	assert.Equal(t, map[string]any{"api": map[string]any{"endpoint": "/api"}}, body)
	for _, path := range []string{"/", "/auth/login?code=1", "/photos", "/user-settings"} {
		response, _ := ask(t, s, "GET", path, "")
		assert.Equal(t, "text/html; charset=utf-8", response.Header.Get("Content-Type"), path)
	}
}

func TestServerTellsWhereTheReleaseDoes(t *testing.T) {
	t.Parallel()
	const ok, none = http.StatusOK, http.StatusNotFound
	for release, want := range map[string][2]int{"v1.106.4": {ok, none}, "v1.107.0": {ok, ok}, "v1.117.0": {ok, ok}, "v1.118.0": {none, ok}, "v2.7.5": {none, ok}} {
		s := fresh(t, release)
		for i, place := range []string{"/api/server-info", "/api/server"} {
			for _, path := range []string{"/ping", "/version", "/features", "/config"} {
				response, _ := ask(t, s, "GET", place+path, "")
				assert.Equal(t, want[i], response.StatusCode, "%s: %s", release, place+path)
			}
		}
	}
}

func TestHandoffGoesToTheAppOfTheRelease(t *testing.T) {
	t.Parallel()
	for release, want := range map[string]string{"v1.106.4": oldAppURI, "v1.112.1": oldAppURI, "v1.113.0": appURI, "v1.131.3": appURI} {
		response, _ := ask(t, fresh(t, release), "GET", "/api/oauth/mobile-redirect?code=c", "")
		assert.Equal(t, want+"?code=c", response.Header.Get("Location"), release)
	}
}

func TestOldReleasesWantASecret(t *testing.T) {
	t.Parallel()
	for release, refused := range map[string]bool{"v1.132.3": true, "v1.133.0": false} {
		p := start(t, "2025.8.1", release)
		config, err := p.admin.SystemConfig(p.ctx)
		require.NoError(t, err)
		config.OAuth()["clientSecret"] = ""
		_, err = p.admin.PutSystemConfig(p.ctx, config)
		assert.Equal(t, refused, err != nil, release)
	}
}

func TestAdministrator(t *testing.T) {
	t.Parallel()
	s := fresh(t, "v2.7.5")
	signUp := `{"email":"admin@immich.company","password":"p","name":"Admin"}`
	response, _ := ask(t, s, "POST", "/api/auth/admin-sign-up", signUp)
	assert.Equal(t, http.StatusCreated, response.StatusCode)
	_, body := ask(t, s, "POST", "/api/auth/admin-sign-up", signUp)
	assert.Equal(t, "The server already has an admin", body["message"])
	response, body = ask(t, s, "POST", "/api/auth/login", `{"email":"admin@immich.company","password":"wrong"}`)
	assert.Equal(t, http.StatusUnauthorized, response.StatusCode)
	assert.Equal(t, "Incorrect email or password", body["message"])
	response, body = ask(t, s, "POST", "/api/auth/login", `{"email":"Admin@immich.company","password":"p"}`)
	require.Equal(t, http.StatusCreated, response.StatusCode)
	assert.Equal(t, false, body["isOnboarded"])
	for _, c := range response.Cookies() {
		assert.Equal(t, c.Name != "immich_is_authenticated", c.HttpOnly, c.Name)
		assert.Equal(t, http.SameSiteLaxMode, c.SameSite)
	}
	assert.Len(t, response.Cookies(), 3)
}

func TestConfiguration(t *testing.T) {
	t.Parallel()
	p := start(t, "2025.8.1", "v2.7.5")
	config, err := p.admin.SystemConfig(p.ctx)
	require.NoError(t, err)

	config.OAuth()["scope"] = ""
	effective, err := p.admin.PutSystemConfig(p.ctx, config)
	require.NoError(t, err)
	assert.Equal(t, "openid email profile", effective.OAuth()["scope"], "an empty value is its default")

	config.OAuth()["autoLaunch"] = "yes"
	_, err = p.admin.PutSystemConfig(p.ctx, config)
	assert.ErrorContains(t, err, "oauth.autoLaunch must be a boolean value")
	delete(config.OAuth(), "autoLaunch")
	_, err = p.admin.PutSystemConfig(p.ctx, config)
	assert.ErrorContains(t, err, "oauth.autoLaunch should not be null or undefined")
	config.OAuth()["autoLaunch"], config.OAuth()["issuerUrl"] = true, ""
	_, err = p.admin.PutSystemConfig(p.ctx, config)
	assert.ErrorContains(t, err, "oauth.issuerUrl should not be empty")

	_, err = p.local("local@immich.company").SystemConfig(p.ctx)
	assert.True(t, rest.Is(err, http.StatusForbidden), "%v", err)
}

func TestFeatures(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		version      string
		keys         []string // of the OAuth configuration
		onboarding   bool
		link, unlink int
	}{
		{"v1.106.4", nil, false, http.StatusCreated, http.StatusCreated},
		{"v1.109.0", []string{"profileSigningAlgorithm"}, false, http.StatusCreated, http.StatusCreated},
		{"v1.113.0", []string{"profileSigningAlgorithm"}, false, http.StatusCreated, http.StatusOK},
		{"v1.132.3", []string{"profileSigningAlgorithm"}, false, http.StatusCreated, http.StatusOK},
		{"v1.133.0", []string{"profileSigningAlgorithm", "tokenEndpointAuthMethod"}, false, http.StatusCreated, http.StatusOK},
		{"v2.7.5", []string{"profileSigningAlgorithm", "tokenEndpointAuthMethod"}, true, http.StatusOK, http.StatusOK},
		{"v3.1.0", []string{"profileSigningAlgorithm", "tokenEndpointAuthMethod", "endSessionEndpoint", "prompt", "allowInsecureRequests"}, true, http.StatusOK, http.StatusOK},
	} {
		t.Run(test.version, func(t *testing.T) {
			t.Parallel()
			p := start(t, "2025.8.1", test.version)
			config, err := p.admin.SystemConfig(p.ctx)
			require.NoError(t, err)
			for _, key := range []string{"profileSigningAlgorithm", "tokenEndpointAuthMethod", "endSessionEndpoint", "prompt", "allowInsecureRequests"} {
				_, has := config.OAuth()[key]
				assert.Equal(t, slices.Contains(test.keys, key), has, key)
			}
			alice := p.person("alice")
			session, err := p.login(alice)
			require.NoError(t, err)
			back, err := p.land(p.im.As(session), immich.AuthorizeRequest{RedirectURI: p.rpURL + "/user-settings"}, alice)
			require.NoError(t, err)
			back.State, back.CodeVerifier = cookie(back.Cookies, "immich_oauth_state"), cookie(back.Cookies, "immich_oauth_code_verifier")
			assert.Equal(t, test.link, p.call(session, "POST", "/oauth/link", back))
			assert.Equal(t, test.unlink, p.call(session, "POST", "/oauth/unlink", nil))
			assert.Equal(t, test.onboarding, p.call(session, "PUT", "/users/me/onboarding", map[string]any{"isOnboarded": true}) == http.StatusOK)
		})
	}
}

func TestFromEnvironment(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	file := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600))
	o, err := fakerp.FromEnvironment(map[string]string{"NODE_EXTRA_CA_CERTS": file, fakerp.FaultsVariable: "name-dropped"})
	require.NoError(t, err)
	assert.Equal(t, []string{"name-dropped"}, o.Faults)
	response, err := o.Client.Get(server.URL)
	require.NoError(t, err, "the certificate is trusted")
	_ = response.Body.Close()

	_, err = fakerp.FromEnvironment(map[string]string{"NODE_EXTRA_CA_CERTS": file + ".gone"})
	require.ErrorContains(t, err, "NODE_EXTRA_CA_CERTS")
	require.NoError(t, os.WriteFile(file, []byte("no certificate"), 0o600))
	_, err = fakerp.FromEnvironment(map[string]string{"NODE_EXTRA_CA_CERTS": file})
	require.ErrorContains(t, err, "no certificate in PEM")
}

// call makes a request with a session and returns the status of the answer.
func (p *pair) call(session *immich.Session, method, path string, body any) int {
	p.Helper()
	raw, err := json.Marshal(body)
	require.NoError(p, err)
	r, err := http.NewRequestWithContext(p.ctx, method, p.rpURL+"/api"+path, strings.NewReader(string(raw)))
	require.NoError(p, err)
	r.Header.Set("Authorization", "Bearer "+session.Token)
	response, err := p.hc.Do(r)
	require.NoError(p, err)
	_ = response.Body.Close()
	return response.StatusCode
}
