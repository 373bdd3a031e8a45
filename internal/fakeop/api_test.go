package fakeop_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/fakeop"
)

// TestRedirectURIs has the truth table of the two regimes: full match of regular expressions, string equality.
func TestRedirectURIs(t *testing.T) {
	t.Parallel()
	text, list := object{"redirect_uris": textURIs}, []object{}
	for uri := range strings.FieldsSeq(textURIs) {
		list = append(list, object{"matching_mode": "strict", "url": uri})
	}
	old := configured(t, "2024.8.4", explicit, text)
	strict := configured(t, "2025.8.1", explicit, object{"redirect_uris": list})
	for _, test := range []struct {
		uri         string
		old, strict bool
	}{
		{"app.immich:/", true, true},
		{"app.immich:///oauth-callback", false, false},
		{"app.immich:/evil", false, false},
		{"appXimmich:/", true, false},
		{"https://immich.company/auth/login", true, true},
		{"https://immichXcompany/auth/login", true, false},
		{"https://immich.company/auth/login/", false, false},
		{"https://immich.company/auth/login?x=1", false, false},
		{"https://immich.company/auth/login\n", false, false},
		{"https://IMMICH.company/auth/login", false, false},
		{"javascript:alert(1)", false, false},
	} {
		for d, accepted := range map[*double]bool{old: test.old, strict: test.strict} {
			want := "Redirect URI Error"
			if accepted {
				want = "to the login"
			}
			assert.Equal(t, want, refusedAt(test.uri)(d), test.uri)
		}
	}
}

func TestEntriesOfTheList(t *testing.T) {
	t.Parallel()
	entries := []object{
		{"matching_mode": "regex", "url": `https://immich.company/.*`},
		{"matching_mode": "strict", "url": "https://after.example/", "redirect_uri_type": "logout"},
	}
	d := configured(t, "2026.5.0", explicit, object{"redirect_uris": entries})
	assert.Equal(t, "Redirect URI Error", refusedAt("https://after.example/")(d), "registered for logout only")
	d.login(authorizePath("https://immichXcompany/any"), "alice")
	_, provider := d.api("GET", "providers/oauth2/"+jsonText(d.pk)+"/", nil)
	assert.Equal(t, "authorization", provider["redirect_uris"].([]any)[0].(object)["redirect_uri_type"])

	older := configured(t, "2025.8.1", explicit, object{"redirect_uris": entries})
	_, provider = older.api("GET", "providers/oauth2/"+jsonText(older.pk)+"/", nil)
	assert.NotContains(t, provider["redirect_uris"].([]any)[0], "redirect_uri_type")
}

func TestWrongProviders(t *testing.T) {
	t.Parallel()
	list := []object{{"matching_mode": "strict", "url": webURI}}
	for _, test := range []struct {
		name, release string
		change        object
		want          string
	}{
		{"list for text", "2024.8.4", object{"redirect_uris": list}, `{"redirect_uris":["Not a valid string."]}`},
		{"text for list", "2025.8.1", object{"redirect_uris": webURI}, `{"redirect_uris":{"non_field_errors":["Expected a list of items but got type \"str\"."]}}`},
		{"bad pattern", "2025.8.1", object{"redirect_uris": []object{{"matching_mode": "regex", "url": "("}}}, `{"redirect_uris":["Invalid Regex Pattern: ("]}`},
		{"no name", "2025.8.1", object{"name": nil}, `{"name":["This field may not be null."]}`},
		{"unknown flow", "2025.8.1", object{"authorization_flow": "gone"}, `{"authorization_flow":["Invalid pk \"gone\" - object does not exist."]}`},
		{"no invalidation flow", "2025.8.1", object{"invalidation_flow": nil}, `{"invalidation_flow":["This field may not be null."]}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := start(t, test.release)
			body := d.provider(explicit)
			for k, v := range test.change {
				body[k] = v
			}
			status, answer := d.api("POST", "providers/oauth2/", body)
			assert.Equal(t, http.StatusBadRequest, status)
			assert.JSONEq(t, test.want, jsonText(answer))
		})
	}
}

// TestDefaults has what the API leaves empty and a person's form does not.
func TestDefaults(t *testing.T) {
	t.Parallel()
	bare := object{"property_mappings": []string{}, "grant_types": []string{}}
	newest := configured(t, "2026.5.0", explicit, bare)
	assert.Contains(t, newest.get(authorizePath(webURI)).Header.Get("Location"), webURI+"?error=invalid_request", "no grant type is allowed")
	assert.Equal(t, http.StatusBadRequest, newest.get(authorizePath(appURI)).StatusCode, "an error cannot be redirected to an app")

	d := configured(t, "2025.8.1", explicit, object{"property_mappings": []string{}, "signing_key": nil})
	tokens := d.tokens()
	assert.Empty(t, tokens["scope"])
	assert.NotContains(t, d.claimsOf(tokens), "email")
	assert.Equal(t, "HS256", d.parse(tokens).Headers[0].Algorithm)
	assert.Equal(t, "{}", strings.TrimSpace(string(d.get("/application/o/immich/jwks/").body)), "no keys, not even the member")
	assert.Equal(t, []any{"HS256"}, d.discovery()["id_token_signing_alg_values_supported"])
}

func TestFeaturesInAnswers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		release         string
		scope, verified bool
		field           string
	}{
		{"2024.12.0", false, true, "invalidation_flow"},
		{"2025.8.1", true, true, "backchannel_logout_uri"},
		{"2026.2.0", true, false, "logout_method"},
	} {
		t.Run(test.release, func(t *testing.T) {
			t.Parallel()
			d := configured(t, test.release, explicit, nil)
			tokens := d.tokens()
			_, scope := tokens["scope"]
			assert.Equal(t, test.scope, scope)
			assert.Equal(t, test.verified, d.claimsOf(tokens)["email_verified"])
			_, provider := d.api("GET", "providers/oauth2/"+jsonText(d.pk)+"/", nil)
			assert.Contains(t, provider, test.field)
			_, v := d.api("GET", "admin/version/", nil)
			assert.Equal(t, test.release, v["version_current"])
		})
	}
}

func TestTokenRefusals(t *testing.T) {
	t.Parallel()
	d := configured(t, "2025.8.1", explicit, nil)
	for _, test := range []struct {
		name    string
		changes []string
		want    string
	}{
		{"secret", []string{"client_secret", "wrong"}, "invalid_client"},
		{"client", []string{"client_id", "wrong"}, "invalid_client"},
		{"redirect URI", []string{"redirect_uri", "app.immich:/oauth-callback"}, "invalid_client"},
		{"grant type", []string{"grant_type", "password"}, "unsupported_grant_type"},
		{"code", []string{"code", "wrong"}, "invalid_grant"},
		{"no verifier", []string{"code_verifier", ""}, "invalid_grant"},
	} {
		code := d.login(authorizePath(webURI), "alice").query(d).Get("code")
		status, answer := d.redeem(code, webURI, test.changes...)
		assert.Equal(t, http.StatusBadRequest, status, test.name)
		assert.Equal(t, test.want, answer["error"], test.name)
	}
	plain := d.login(authorizePath(webURI, "code_challenge", "", "code_challenge_method", ""), "alice").query(d).Get("code")
	status, _ := d.redeem(plain, webURI)
	assert.Equal(t, http.StatusBadRequest, status, "a verifier without a challenge")
	other := d.login(authorizePath(webURI), "alice").query(d).Get("code")
	status, _ = d.redeem(other, appURI)
	assert.Equal(t, http.StatusOK, status, "the redirect URI is only held against the list")
}

// TestStarting walks through a start-up: nothing answers, the token is unknown, the blueprints are missing.
func TestStarting(t *testing.T) {
	t.Parallel()
	for release, status := range map[string]int{"2025.8.1": http.StatusBadGateway, "2026.2.0": http.StatusServiceUnavailable} {
		d := start(t, release, func(o *fakeop.Options) { o.StartingCalls = 2 })
		assert.Equal(t, http.StatusOK, d.get("/-/health/live/").StatusCode, "alive from the first moment")
		assert.Equal(t, status, d.get("/-/health/ready/").StatusCode)
		assert.Equal(t, status, d.get("/-/health/ready/").StatusCode)
		for range 2 {
			got, answer := d.api("GET", "core/users/me/", nil)
			assert.Equal(t, http.StatusForbidden, got)
			assert.Equal(t, "Token invalid/expired", answer["detail"])
		}
		assert.Empty(t, d.list("flows/instances/"))
		got, _ := d.api("GET", "propertymappings/provider/scope/?managed=goauthentik.io/providers/oauth2/scope-openid", nil)
		assert.Equal(t, http.StatusBadRequest, got, "not yet")
		assert.NotEmpty(t, d.list("flows/instances/"))
	}
}

func TestAPIToken(t *testing.T) {
	t.Parallel()
	d := start(t, "2025.8.1")
	for bearer, detail := range map[string]string{"": "Authentication credentials were not provided.", "wrong": "Token invalid/expired"} {
		status, answer := d.apiAs(bearer, "GET", "core/users/me/", nil)
		assert.Equal(t, http.StatusForbidden, status)
		assert.Equal(t, detail, answer["detail"])
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	d := configured(t, "2025.8.1", explicit, nil)
	assert.Equal(t, http.StatusNotFound, d.get("/application/o/authorize/").StatusCode, "no query at all")
	assert.Contains(t, string(d.get("/application/o/authorize/?client_id=unknown").body), "Client ID Error")
	page := d.get("/if/flow/default-authentication-flow/?next=%2F")
	assert.Equal(t, http.StatusOK, page.StatusCode)
	assert.Contains(t, string(page.body), "<ak-flow-executor>")
	assert.Equal(t, http.StatusNotFound, d.get("/if/flow/no-such-flow/").StatusCode)
	assert.Equal(t, http.StatusNotFound, d.get("/application/o/immich").StatusCode, "the slash is not added")
	old := configured(t, "2024.8.4", explicit, object{"redirect_uris": textURIs})
	assert.Equal(t, "/if/session-end/immich/", old.get("/application/o/immich/end-session/").Header.Get("Location"))
}

func TestFromEnvironment(t *testing.T) {
	t.Parallel()
	o, err := fakeop.FromEnvironment(map[string]string{
		"AUTHENTIK_BOOTSTRAP_TOKEN": "t", "AUTHENTIK_BOOTSTRAP_PASSWORD": "p", "AUTHENTIK_BOOTSTRAP_EMAIL": "e", fakeop.FaultsVariable: "no-consent, wrong-aud",
	})
	require.NoError(t, err)
	assert.Equal(t, fakeop.Options{BootstrapToken: "t", BootstrapPassword: "p", BootstrapEmail: "e", Faults: []string{"no-consent", "wrong-aud"}}, o)
}
