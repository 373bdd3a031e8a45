package fakeop_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/fakeop"
)

// faultTest looks at the one thing that a fault changes.
type faultTest struct {
	look            func(*double) any
	healthy, faulty any
}

var faultTests = map[string]faultTest{
	"loose-match":                     {refusedAt(webURI + "/more"), "Redirect URI Error", "to the login"},
	"refuse-app-uri":                  {refusedAt(appURI), "to the login", "Redirect URI Error"},
	"javascript-accepted":             {refusedAt("javascript:alert(1)"), "Redirect URI Error", "to the login"},
	"error-redirects-instead-of-page": {refusedAt("https://immichXcompany/auth/login"), "Redirect URI Error", "to the client"},
	"no-consent":                      {func(d *double) any { return len(d.login(authorizePath(webURI), "alice").components) }, 3, 2},
	"consent-never-remembered": {func(d *double) any {
		d.login(authorizePath(webURI), "alice")
		return len(d.login(authorizePath(webURI), "alice").components)
	}, 0, 1},
	"code-lost-in-redirect": {func(d *double) any { return d.login(authorizePath(webURI), "alice").query(d).Has("code") }, true, false},
	"state-altered":         {func(d *double) any { return d.login(authorizePath(webURI), "alice").query(d).Get("state") }, "st ate", "st atex"},
	"issuer-without-slash":  {func(d *double) any { return strings.HasSuffix(d.discovery()["issuer"].(string), "/immich/") }, true, false},
	"id-token-encrypted":    {announced("id_token_encryption_alg_values_supported"), false, true},
	"pkce-not-advertised":   {announced("code_challenge_methods_supported"), true, false},
	"end-session-missing":   {announced("end_session_endpoint"), true, false},
	"wrong-alg":             {func(d *double) any { return d.idToken().Headers[0].Algorithm }, "RS256", "HS256"},
	"jwks-other-key": {func(d *double) any {
		var set jose.JSONWebKeySet
		require.NoError(d, json.Unmarshal(d.get("/application/o/immich/jwks/").body, &set))
		return d.idToken().Claims(&set) == nil
	}, true, false},
	"missing-email-claim": {func(d *double) any { return d.claims()["email"] }, "alice@example.com", nil},
	"sub-differs-between-id-token-and-userinfo": {func(d *double) any {
		tokens := d.tokens()
		return d.userinfo(tokens)["sub"] == d.claimsOf(tokens)["sub"]
	}, true, false},
	"expired-id-token": {func(d *double) any { return d.claims()["exp"].(float64) > float64(time.Now().Unix()) }, true, false},
	"clock-late":       {func(d *double) any { return d.claims()["exp"].(float64) > float64(time.Now().Unix()) }, true, false},
	"wrong-aud":        {func(d *double) any { return d.claims()["aud"] }, clientID, "somebody-else"},
	"code-reusable": {func(d *double) any {
		code := d.login(authorizePath(webURI), "alice").query(d).Get("code")
		d.redeem(code, webURI)
		status, _ := d.redeem(code, webURI)
		return status
	}, 400, 200},
	"verifier-ignored": {func(d *double) any {
		status, _ := d.redeem(d.login(authorizePath(webURI), "alice").query(d).Get("code"), webURI, "code_verifier", "wrong")
		return status
	}, 400, 200},
	"settings-not-kept": {func(d *double) any {
		key := d.one("crypto/certificatekeypairs/")["pk"]
		_, kept := d.api("PATCH", "providers/oauth2/"+jsonText(d.pk)+"/", object{"signing_key": key})
		return kept["signing_key"] == key
	}, true, false},
}

// TestFaults shows that every fault changes what it says, against the healthy double.
func TestFaults(t *testing.T) {
	t.Parallel()
	all := map[string]faultTest{}
	for _, some := range []map[string]faultTest{faultTests, opFaultTests, libraryFaultTests, mappingFaultTests} {
		maps.Copy(all, some)
	}
	for _, fault := range fakeop.Faults() {
		t.Run(fault.Name, func(t *testing.T) {
			t.Parallel()
			test, ok := all[fault.Name]
			require.True(t, ok, "a fault without a test")
			assert.NotEmpty(t, fault.Requirement)
			d := configured(t, "2025.8.1", explicit, nil)
			assert.EqualValues(t, test.healthy, test.look(d), "healthy")
			d.forget()
			require.NoError(t, d.server.SetFault(fault.Name, true))
			assert.EqualValues(t, test.faulty, test.look(d), "faulty")
			d.forget()
			require.NoError(t, d.server.SetFault(fault.Name, false))
			assert.EqualValues(t, test.healthy, test.look(d), "healthy again")
		})
	}
	assert.Len(t, all, len(fakeop.Faults()), "a test without a fault")
}

// forget drops the browser's cookies and, with the user, every consent.
func (d *double) forget() {
	d.forgetCookies()
	status, _ := d.api("DELETE", "core/users/"+jsonText(d.alice)+"/", nil)
	require.Equal(d, http.StatusNoContent, status)
	d.alice = d.user("alice")
}

func TestUnknownFault(t *testing.T) {
	t.Parallel()
	d := start(t, "2025.8.1")
	require.Error(t, d.server.SetFault("no-such-fault", true))
}

// refusedAt says what authorize does with a redirect URI.
func refusedAt(uri string) func(*double) any {
	return func(d *double) any {
		a := d.get(authorizePath(uri))
		to := a.Header.Get("Location")
		switch {
		case a.StatusCode == http.StatusBadRequest && strings.Contains(string(a.body), `<h1 class="pf-c-title`):
			_, text, _ := strings.Cut(string(a.body), `pf-m-3xl">`)
			text, _, _ = strings.Cut(text, "<")
			return text
		case strings.HasPrefix(to, uri):
			return "to the client"
		case strings.HasPrefix(to, "/flows/"):
			return "to the login"
		}
		return to
	}
}

func announced(key string) func(*double) any {
	return func(d *double) any { _, ok := d.discovery()[key]; return ok }
}

func (d *double) tokens() object {
	d.Helper()
	status, tokens := d.redeem(d.login(authorizePath(webURI), "alice").query(d).Get("code"), webURI)
	require.Equal(d, http.StatusOK, status, tokens)
	return tokens
}

func (d *double) idToken() *jwt.JSONWebToken { return d.parse(d.tokens()) }

func (d *double) parse(tokens object) *jwt.JSONWebToken {
	token, err := jwt.ParseSigned(tokens["id_token"].(string), []jose.SignatureAlgorithm{jose.RS256, jose.HS256})
	require.NoError(d, err)
	return token
}

func (d *double) claims() object { return d.claimsOf(d.tokens()) }

func (d *double) claimsOf(tokens object) object {
	claims := object{}
	require.NoError(d, d.parse(tokens).UnsafeClaimsWithoutVerification(&claims))
	return claims
}

func (d *double) userinfo(tokens object) object {
	r, err := http.NewRequestWithContext(d.Context(), http.MethodGet, d.url+"/application/o/userinfo/?"+url.Values{"access_token": {tokens["access_token"].(string)}}.Encode(), nil)
	require.NoError(d, err)
	return d.send(r).json(d)
}
