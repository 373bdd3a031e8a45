package fakeop_test

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
)

// opFaultTests are those of an OpenID Provider's duties.
var opFaultTests = map[string]faultTest{
	"session-forgotten": {func(d *double) any {
		d.login(authorizePath(webURI), "alice")
		return slices.Contains(d.login(authorizePath(webURI), "alice").components, "ak-stage-password")
	}, false, true},
	"prompt-none-ignored":       {leadsTo(webURI, "prompt", "none"), true, false},
	"answer-iss-wrong":          {func(d *double) any { return d.login(authorizePath(webURI), "alice").query(d).Has("iss") }, false, true},
	"error-without-state":       {func(d *double) any { return strings.Contains(d.location("response_type", "x"), "state=") }, true, false},
	"unknown-client-redirected": {leadsTo(webURI, "client_id", "nobody"), false, true},
	"challenge-method-ignored":  {leadsTo(webURI, "code_challenge_method", "S1"), true, false}, // an error is told to the client at once
	"nonce-lost": {func(d *double) any {
		_, tokens := d.redeem(d.login(authorizePath(webURI, "nonce", "n"), "alice").query(d).Get("code"), webURI)
		return d.claimsOf(tokens)["nonce"]
	}, "n", nil},
	"session-cookie-readable": {func(d *double) any { return d.get(authorizePath(webURI)).Cookies()[0].HttpOnly }, true, false},
	"port-ignored":            {refusedAt("https://immich.company:8443/auth/login"), "Redirect URI Error", "to the login"},
	"host-suffix-accepted":    {refusedAt("https://sub.immich.company/auth/login"), "Redirect URI Error", "to the login"},
	"case-ignored":            {refusedAt("https://IMMICH.company/auth/login"), "Redirect URI Error", "to the login"},
	"blank-trimmed":           {refusedAt(webURI + "\n"), "Redirect URI Error", "to the login"},
	"redirect-normalised":     {refusedAt("https://immich.company/x/../auth/login"), "Redirect URI Error", "to the login"},
	"session-trusts-redirect": {signedInAt("https://other.example/"), http.StatusBadRequest, http.StatusFound},
	"second-audience":         {func(d *double) any { return fmt.Sprint(d.claims()["aud"]) }, clientID, "[" + clientID + " somebody-else]"},
	"no-preferred-username":   {func(d *double) any { return d.claims()["preferred_username"] }, "alice", nil},
	"no-token-type":           {func(d *double) any { return d.tokens()["token_type"] }, "Bearer", nil},
	"secret-ignored":          {redeemed(nil, "client_secret", "wrong"), 400, 200},
	"secret-in-body-refused":  {redeemed(nil), 200, 400},
	"challenge-as-verifier":   {redeemed(nil, "code_verifier", challenge), 400, 200},
	"verifier-not-needed":     {redeemed(nil, "code_verifier", ""), 400, 200},
	"downgrade-accepted":      {redeemed([]string{"code_challenge", ""}), 400, 200},
	"code-of-another-client": {func(d *double) any {
		other := d.another()
		return redeemed(nil, "client_id", other)(d)
	}, 400, 200},
	"code-never-issued-accepted": {redeemed(nil, "code", "0", "code_verifier", ""), 400, 200},
	"token-redirect-ignored":     {redeemed(nil, "redirect_uri", webURI+"x"), 400, 200},
	"code-lives-a-day":           {patched("access_code_validity", "seconds=0", redeemed(nil)), 400, 200},
	"code-lives-three-seconds": {func(d *double) any {
		code := d.login(authorizePath(webURI), "alice").query(d).Get("code")
		<-time.After(3100 * time.Millisecond)
		status, _ := d.redeem(code, webURI)
		return status
	}, 200, 400},
	"userinfo-open":          {func(d *double) any { return d.userinfoStatus("") }, 401, 200},
	"userinfo-expired-token": {patched("access_token_validity", "seconds=0", func(d *double) any { return d.userinfoStatus(d.accessToken()) }), 401, 200},
	"consent-of-anybody": {func(d *double) any {
		d.login(authorizePath(webURI), "alice")
		d.forgetCookies()
		name, _ := d.stranger()
		return d.asksConsent(name, "openid email profile")
	}, true, false},
	"consent-for-any-scope": {func(d *double) any {
		d.login(authorizePath(webURI, "scope", "openid"), "alice")
		return d.asksConsent("alice", "openid email profile")
	}, true, false},
	"deactivated-user-let-in": {func(d *double) any {
		name, pk := d.stranger()
		d.login(authorizePath(webURI), name)
		d.deactivate(pk)
		return strings.HasPrefix(d.location(), "/flows/")
	}, true, false},
	"deactivated-user-keeps-token": {func(d *double) any {
		name, pk := d.stranger()
		_, tokens := d.redeem(d.login(authorizePath(webURI), name).query(d).Get("code"), webURI)
		d.deactivate(pk)
		return d.userinfoStatus(tokens["access_token"].(string))
	}, 401, 200},
	"binding-ignored": {func(d *double) any {
		other := d.another()
		_, app := d.api("GET", "core/applications/"+other+"/", nil)
		status, _ := d.api("POST", "policies/bindings/", object{"target": app["pk"], "user": d.user(strings.ToLower(rand.Text())), "order": 0})
		require.Equal(d, http.StatusCreated, status)
		d.login(authorizePath(webURI), "alice")
		return d.get(authorizePath(webURI, "client_id", other)).StatusCode
	}, http.StatusOK, http.StatusFound},
	"post-logout-anywhere": {func(d *double) any {
		to := "https://other.example/"
		return d.get("/application/o/immich/end-session/?post_logout_redirect_uri="+url.QueryEscape(to)).Header.Get("Location") == to
	}, false, true},
	"sign-out-keeps-session": {func(d *double) any {
		d.login(authorizePath(webURI), "alice")
		d.run(&walk{}, "default-invalidation-flow/?", "alice")
		return strings.HasPrefix(d.location(), "/flows/")
	}, true, false},
}

// location is where an authorization request is sent at once.
func (d *double) location(changes ...string) string {
	return d.get(authorizePath(webURI, changes...)).Header.Get("Location")
}

func leadsTo(uri string, changes ...string) func(*double) any {
	return func(d *double) any { return strings.HasPrefix(d.location(changes...), uri) }
}

// signedInAt is the status for a redirect URI when somebody is signed in.
func signedInAt(uri string) func(*double) any {
	return func(d *double) any {
		d.login(authorizePath(webURI), "alice")
		return d.get(authorizePath(uri)).StatusCode
	}
}

// redeemed is the status for a fresh code, asked for and redeemed with changes.
func redeemed(asked []string, changes ...string) func(*double) any {
	return func(d *double) any {
		status, _ := d.redeem(d.login(authorizePath(webURI, asked...), "alice").query(d).Get("code"), webURI, changes...)
		return status
	}
}

func patched(field, value string, look func(*double) any) func(*double) any {
	return func(d *double) any {
		status, _ := d.api("PATCH", "providers/oauth2/"+jsonText(d.pk)+"/", object{field: value})
		require.Equal(d, http.StatusOK, status)
		return look(d)
	}
}

// another makes one more provider with the same secret, and an application of the same name as its client ID.
func (d *double) another() string {
	name := strings.ToLower(rand.Text())
	body := d.provider(explicit)
	body["name"], body["client_id"] = name, name
	status, made := d.api("POST", "providers/oauth2/", body)
	require.Equal(d, http.StatusCreated, status, made)
	status, app := d.api("POST", "core/applications/", object{"name": name, "slug": name, "provider": made["pk"]})
	require.Equal(d, http.StatusCreated, status, app)
	return name
}

// stranger is somebody whom the double has not seen before.
func (d *double) stranger() (name string, pk int) {
	name = strings.ToLower(rand.Text())
	return name, d.user(name)
}

func (d *double) deactivate(pk int) {
	status, _ := d.api("PATCH", "core/users/"+jsonText(pk)+"/", object{"is_active": false})
	require.Equal(d, http.StatusOK, status)
}

func (d *double) asksConsent(name, scope string) bool {
	return slices.Contains(d.login(authorizePath(webURI, "scope", scope), name).components, "ak-stage-consent")
}

func (d *double) accessToken() string { return d.tokens()["access_token"].(string) }

func (d *double) userinfoStatus(token string) int {
	return d.get("/application/o/userinfo/?access_token=" + url.QueryEscape(token)).StatusCode
}
