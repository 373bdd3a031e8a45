package fakeop_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// textURIs is the redirect URIs for releases that store one text.
const textURIs = "app.immich:/\nhttps://immich.company/auth/login\nhttps://immich.company/user-settings"

func TestLogin(t *testing.T) {
	t.Parallel()
	first := []string{"ak-stage-identification", "ak-stage-password", "ak-stage-consent"}
	tests := []struct {
		name, release, flow, uri, landing, via string
		components                             []string
		changes                                object
	}{
		{"explicit", "2025.8.1", explicit, webURI, webURI, "executor", first, nil},
		{"app", "2025.8.1", explicit, appURI, "app.immich:/oauth-callback", "executor", first, nil},
		{"implicit", "2025.8.1", implicit, webURI, webURI, "location", first[:2], nil},
		{"implicit app", "2025.8.1", implicit, appURI, "app.immich:/oauth-callback", "location", first[:2], nil},
		{"direct login", "2026.2.0", explicit, webURI, webURI, "executor", first, nil},
		{"text", "2024.8.4", explicit, webURI, webURI, "executor", first, object{"redirect_uris": textURIs}},
		{"text, implicit", "2024.8.4", implicit, "app.immich:/", "app.immich:/", "executor", first[:2], object{"redirect_uris": textURIs}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := configured(t, test.release, test.flow, test.changes)
			w := d.login(authorizePath(test.uri), "alice")
			assert.Equal(t, test.components, w.components)
			assert.Equal(t, test.via, w.via)
			landing, _, _ := strings.Cut(w.landing, "?")
			assert.Equal(t, test.landing, landing)
			assert.Equal(t, "st ate", w.query(d).Get("state"))
			assert.Regexp(t, `^[0-9a-f]{32}$`, w.query(d).Get("code"))

			again := d.login(authorizePath(test.uri), "alice")
			assert.Empty(t, again.components, "the session lives and consent is remembered")

			status, tokens := d.redeem(w.query(d).Get("code"), test.uri)
			require.Equal(t, http.StatusOK, status, tokens)
			d.verify(tokens)
		})
	}
}

// verify checks an ID token with the strict oracle, and userinfo against it.
func (d *double) verify(tokens object) {
	d.Helper()
	ctx := oidc.ClientContext(d.Context(), d.client)
	provider, err := oidc.NewProvider(ctx, d.url+"/application/o/immich/")
	require.NoError(d, err)
	id, err := provider.Verifier(&oidc.Config{ClientID: clientID}).Verify(ctx, tokens["id_token"].(string))
	require.NoError(d, err)
	claims := object{}
	require.NoError(d, id.Claims(&claims))
	assert.Equal(d, "alice@example.com", claims["email"])
	assert.Equal(d, "The alice", claims["name"])
	for name, value := range d.userinfo(tokens) {
		assert.Equal(d, claims[name], value, name)
	}
}

func TestWayToTheLogin(t *testing.T) {
	t.Parallel()
	for release, prefix := range map[string]string{"2025.8.1": "/flows/-/default/authentication/?next=", "2026.2.0": "/if/flow/default-authentication-flow/?client_id="} {
		d := configured(t, release, explicit, nil)
		w := d.login(authorizePath(webURI), "alice")
		assert.True(t, strings.HasPrefix(w.hops[0], prefix), "%s: %s", release, w.hops[0])
		assert.Contains(t, w.hops[0], "next="+url.QueryEscape(authorizePath(webURI)))
	}
}

func TestConsent(t *testing.T) {
	t.Parallel()
	d := configured(t, "2025.8.1", explicit, nil)
	d.login(authorizePath(webURI), "alice")
	more := d.login(authorizePath(webURI, "scope", "openid email"), "alice")
	assert.Equal(t, []string{"ak-stage-consent"}, more.components, "another set of scopes is asked for")

	assert.Empty(t, d.login(authorizePath(webURI, "scope", "openid email"), "alice").components, "it is remembered")
}

func TestRefusedAnswers(t *testing.T) {
	t.Parallel()
	d := configured(t, "2025.8.1", explicit, nil)
	executor := "/api/v3/flows/executor/default-authentication-flow/?query="
	show := func(a *answer) object {
		if a.StatusCode == http.StatusFound {
			a = d.get(a.Header.Get("Location"))
		}
		return a.json(d)
	}
	assert.Equal(t, "ak-stage-identification", show(d.get(executor))["component"])
	assert.Contains(t, show(d.post(executor, object{"uid_field": ""}))["response_errors"], "uid_field")
	assert.Equal(t, "ak-stage-password", show(d.post(executor, object{"uid_field": "nobody"}))["component"], "unknown names are not told")
	assert.Contains(t, show(d.post(executor, object{"password": "wrong"}))["response_errors"], "password")

	d.forgetCookies()
	consent := "/api/v3/flows/executor/" + explicit + "/?query="
	assert.Equal(t, "ak-stage-access-denied", show(d.get(consent))["component"], "no authorization request is under way")

	outside := executor + url.QueryEscape("next="+url.QueryEscape("https://evil.example/"))
	d.get(outside)
	show(d.post(outside, object{"uid_field": "alice"}))
	loggedIn := d.get(d.post(outside, object{"password": "secret of alice"}).Header.Get("Location"))
	denied := show(loggedIn)
	assert.Equal(t, "Invalid next URL", denied["error_message"])
}

func TestEndSession(t *testing.T) {
	t.Parallel()
	d := configured(t, "2025.8.1", explicit, nil)
	d.login(authorizePath(webURI), "alice")
	a := d.get("/application/o/immich/end-session/")
	require.Equal(t, "/if/flow/default-provider-invalidation-flow/", a.Header.Get("Location"))
	ended := d.get("/api/v3/flows/executor/default-provider-invalidation-flow/?query=").json(d)
	assert.Equal(t, "ak-stage-session-end", ended["component"])
	assert.Equal(t, "Immich", ended["application_name"])
	assert.Empty(t, d.login(authorizePath(webURI), "alice").components, "authentik's own session lives on")

	d.get("/api/v3/flows/executor/default-invalidation-flow/?query=")
	assert.Equal(t, []string{"ak-stage-identification", "ak-stage-password"}, d.login(authorizePath(webURI), "alice").components)
}

func TestAConsentFromAForeignPageIsRefused(t *testing.T) {
	t.Parallel()
	d := configured(t, "2025.8.1", explicit, nil)
	d.login(authorizePath(webURI), "alice")
	executor := d.get(authorizePath(webURI, "scope", "openid email")).Header.Get("Location")
	executor = "/api/v3/flows/executor/" + explicit + "/?query=" + url.QueryEscape(executor[strings.Index(executor, "?")+1:])
	shown := d.get(executor).json(d)
	require.Equal(t, "ak-stage-consent", shown["component"])
	body := strings.NewReader(jsonText(object{"component": "ak-stage-consent", "token": shown["token"]}))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.url+executor, body)
	require.NoError(t, err)
	assert.Equal(t, "ak-stage-flow-error", d.send(r).json(d)["component"], "without the token of the cookie")
}
