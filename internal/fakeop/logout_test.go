package fakeop_test

import (
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// libraryFaultTests are those of the login's flow, the application library and logout tokens.
var libraryFaultTests = map[string]faultTest{
	"login-by-another-flow": {func(d *double) any {
		return slices.ContainsFunc(d.login(authorizePath(webURI), "alice").hops, func(to string) bool {
			return strings.HasPrefix(to, "/if/flow/default-authentication-flow/")
		})
	}, true, false},
	"tile-leads-elsewhere": {func(d *double) any {
		name := rand.Text()
		status, _ := d.api("POST", "core/applications/", object{"name": name, "slug": name, "meta_launch_url": webURI + "?autoLaunch=1"})
		require.Equal(d, http.StatusCreated, status)
		d.login(authorizePath(webURI), "alice")
		tiles := d.get("/api/v3/core/applications/").json(d)["results"].([]any)
		return tiles[len(tiles)-1].(object)["launch_url"]
	}, webURI + "?autoLaunch=1", "https://immich.company"},
	"logout-token-not-sent":   {func(d *double) any { return d.endedSession().token != nil }, true, false},
	"logout-token-with-nonce": {func(d *double) any { _, has := d.endedSession().claims(d)["nonce"]; return has }, false, true},
	"logout-token-of-another-session": {func(d *double) any {
		ended := d.endedSession()
		return ended.claims(d)["sid"] == ended.sid
	}, true, false},
}

// ended is a session that was ended, and the logout token that came of it; nil where none came.
type ended struct {
	sid   any // of its ID token
	token *jwt.JSONWebToken
}

func (e ended) claims(d *double) object {
	require.NotNil(d, e.token, "no logout token came")
	claims := object{}
	require.NoError(d, e.token.UnsafeClaimsWithoutVerification(&claims))
	return claims
}

// endedSession signs alice in and out of authentik, and waits for the logout token.
func (d *double) endedSession() ended {
	d.Helper()
	got := make(chan string, 1)
	client := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r.PostFormValue("logout_token") }))
	defer client.Close()
	field := "backchannel_logout_uri"
	if _, provider := d.api("GET", "providers/oauth2/"+jsonText(d.pk)+"/", nil); provider["logout_method"] != nil {
		field = "logout_uri"
	}
	status, _ := d.api("PATCH", "providers/oauth2/"+jsonText(d.pk)+"/", object{field: client.URL})
	require.Equal(d, http.StatusOK, status)
	e := ended{sid: d.claims()["sid"]}
	to := d.get("/flows/-/default/invalidation/").Header.Get("Location")
	require.Equal(d, "/if/flow/default-invalidation-flow/", to)
	require.Equal(d, "/", d.run(&walk{}, strings.TrimPrefix(to, "/if/flow/")+"?", ""))
	select {
	case raw := <-got:
		token, err := jwt.ParseSigned(raw, []jose.SignatureAlgorithm{jose.RS256})
		require.NoError(d, err)
		e.token = token
	case <-time.After(300 * time.Millisecond):
	}
	return e
}

func TestLogoutToken(t *testing.T) {
	t.Parallel()
	for release, kind := range map[string]string{"2025.8.1": "JWT", "2025.10.0": "JWT", "2026.2.0": "logout+jwt"} {
		d := configured(t, release, implicit, nil)
		e := d.endedSession()
		claims := e.claims(d)
		assert.Equal(t, kind, e.token.Headers[0].ExtraHeaders["typ"], release)
		assert.Equal(t, e.sid, claims["sid"])
		assert.Equal(t, clientID, claims["aud"])
		assert.Equal(t, d.discovery()["issuer"], claims["iss"])
		assert.Equal(t, object{"http://schemas.openid.net/event/backchannel-logout": object{}}, claims["events"])
		assert.NotEmpty(t, claims["jti"])
		assert.NotContains(t, claims, "nonce")
	}
}

func TestFrontChannelGetsNoToken(t *testing.T) {
	t.Parallel()
	d := configured(t, "2026.2.0", implicit, object{"logout_method": "frontchannel"})
	assert.Nil(t, d.endedSession().token)
}

func TestLibrary(t *testing.T) {
	t.Parallel()
	d := configured(t, "2026.2.0", implicit, nil)
	assert.Equal(t, http.StatusForbidden, d.get("/api/v3/core/applications/").StatusCode)
	assert.Equal(t, "/flows/-/default/authentication/?next=%2Fif%2Fuser%2F", d.get("/if/user/").Header.Get("Location"))
	d.login(authorizePath(webURI), "alice")
	assert.Contains(t, string(d.get("/if/user/").body), `data-own-tiles="true"`)
	app := d.get("/api/v3/core/applications/").json(d)["results"].([]any)[0].(object)
	assert.Equal(t, "Immich", app["name"])
	assert.Equal(t, "https://immich.company", app["launch_url"], "the first redirect URI without its path")
}
