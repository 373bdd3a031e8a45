package fakerp_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/rest"
)

func TestWebLogin(t *testing.T) {
	t.Parallel()
	for _, cell := range [][2]string{{"2025.8.1", "v2.7.5"}, {"2024.8.4", "v2.7.5"}, {"2026.2.0", "v3.1.0"}, {"2024.12.0", "v1.132.3"}, {"2024.8.4", "v1.106.4"}, {"2024.8.4", "v1.112.1"}, {"2025.8.1", "v1.131.3"}} {
		t.Run(strings.Join(cell[:], " "), func(t *testing.T) {
			t.Parallel()
			p := start(t, cell[0], cell[1])
			alice := p.person("alice")
			client, me := p.loggedIn(alice)
			assert.Equal(t, alice.Email, me.Email)
			assert.Equal(t, alice.Name, me.Name)
			assert.Equal(t, alice.UID, me.OAuthID)

			_, again := p.loggedIn(alice)
			assert.Equal(t, me.ID, again.ID)

			out, err := client.Logout(p.ctx)
			require.NoError(t, err)
			to := out.RedirectURI
			want := p.opURL + "/application/o/immich/end-session/"
			assert.Equal(t, want, strings.Split(to, "?")[0])
			assert.Equal(t, cell[1] == "v3.1.0", strings.Contains(to, "id_token_hint="))
			valid, err := client.ValidateToken(p.ctx)
			require.NoError(t, err)
			assert.False(t, valid)
		})
	}
}

func TestExistingAccount(t *testing.T) {
	t.Parallel()
	p := start(t, "2025.8.1", "v2.7.5")
	alice := p.person("alice")
	local, err := p.admin.CreateUser(p.ctx, immich.User{Email: alice.Email, Name: "Local"}, "local-password")
	require.NoError(t, err)
	_, me := p.loggedIn(alice)
	assert.Equal(t, local.ID, me.ID)
	assert.Equal(t, alice.UID, me.OAuthID)
}

// TestMixedCase has a known edge: until v3 the e-mail of the claims is taken as it comes.
func TestMixedCase(t *testing.T) {
	t.Parallel()
	for release, accounts := range map[string]int{"v2.7.5": 3, "v3.1.0": 2} {
		p := start(t, "2025.8.1", release)
		p.local("Alice@Immich.company")
		alice, err := p.ak.CreateUser(p.ctx, authentik.User{Username: "alice", Name: "Alice", Email: "Alice@Immich.company", Password: "p"})
		require.NoError(t, err)
		p.loggedIn(alice)
		users, err := p.admin.Users(p.ctx)
		require.NoError(t, err)
		assert.Len(t, users, accounts, release)
	}
}

// TestRefusedLogins has the exact words of the releases.
func TestRefusedLogins(t *testing.T) {
	t.Parallel()
	taken := func(p *pair) error {
		first := p.person("first")
		p.loggedIn(first)
		require.NoError(p, p.ak.DeleteUser(p.ctx, first.PK))
		_, err := p.login(p.person("first"))
		return err
	}
	noRegistration := func(p *pair) error {
		p.set(map[string]any{"autoRegister": false})
		_, err := p.login(p.person("alice"))
		return err
	}
	noMail := func(p *pair) error {
		alice := p.person("alice")
		require.NoError(p, p.op.SetFault("missing-email-claim", true))
		_, err := p.login(alice)
		return err
	}
	wrongSecret := func(p *pair) error {
		p.set(map[string]any{"clientSecret": "wrong"})
		_, err := p.login(p.person("alice"))
		return err
	}
	noSlash := func(p *pair) error {
		p.set(map[string]any{"issuerUrl": strings.TrimSuffix(p.provider.Issuer, "/")})
		_, err := p.login(p.person("alice"))
		return err
	}
	wrongSlug := func(p *pair) error {
		p.set(map[string]any{"issuerUrl": p.opURL + "/application/o/other/"})
		_, err := p.login(p.person("alice"))
		return err
	}
	off := func(p *pair) error {
		p.set(map[string]any{"enabled": false})
		_, err := p.login(p.person("alice"))
		return err
	}
	offBetween := func(p *pair) error {
		p.set(map[string]any{"enabled": false})
		_, err := p.im.Callback(p.ctx, immich.CallbackRequest{URL: p.rpURL + "/auth/login?code=1&state=2"})
		return err
	}
	otherKey := func(p *pair) error {
		require.NoError(p, p.op.SetFault("jwks-other-key", true))
		_, err := p.login(p.person("alice"))
		return err
	}
	noState := func(p *pair) error {
		_, err := p.im.Callback(p.ctx, immich.CallbackRequest{URL: p.rpURL + "/auth/login?code=1&state=2"})
		return err
	}
	noVerifier := func(p *pair) error {
		_, err := p.im.Callback(p.ctx, immich.CallbackRequest{URL: p.rpURL + "/auth/login?code=1&state=2", State: "2"})
		return err
	}
	otherState := func(p *pair) error {
		back, err := p.land(p.im, immich.AuthorizeRequest{RedirectURI: p.rpURL + "/auth/login"}, p.person("alice"))
		require.NoError(p, err)
		back.State = "another"
		_, err = p.im.Callback(p.ctx, back)
		return err
	}
	denied := func(p *pair) error {
		_, err := p.im.Callback(p.ctx, immich.CallbackRequest{URL: p.rpURL + "/auth/login?error=access_denied&state=2", State: "2", CodeVerifier: "v"})
		return err
	}
	tests := []struct {
		name, immich string
		login        func(*pair) error
		status       int
		message      string
	}{
		{"linked to another", "v2.7.5", taken, 400, "User already exists, but is linked to another account."},
		{"linked to another, newer", "v3.1.0", taken, 400, "OAuth authentication failed"},
		{"no registration", "v2.7.5", noRegistration, 400, "User does not exist and auto registering is disabled."},
		{"no registration, newer", "v3.1.0", noRegistration, 400, "OAuth authentication failed"},
		{"no e-mail", "v2.7.5", noMail, 400, "OAuth profile does not have an email address"},
		{"linked to another, v1.107", "v1.107.0", taken, 400, "User already exists, but is linked to another account."},
		{"linked to another, before", "v1.106.4", taken, 400, "User exists"},
		{"no e-mail, v1.109", "v1.109.0", noMail, 400, "OAuth profile does not have an email address"},
		{"no e-mail, before", "v1.108.0", noMail, 500, "Failed to finish oauth"},
		{"wrong secret, older", "v1.131.3", wrongSecret, 500, "Failed to finish oauth"},
		{"wrong slug, older", "v1.131.3", wrongSlug, 500, "Error in OAuth discovery: OPError: expected 200 OK, got: 404 Not Found"},
		{"off at the callback", "v2.6.1", offBetween, 400, "OAuth is not enabled"},
		{"off at the callback, not looked at", "v2.6.0", offBetween, 400, "OAuth state is missing"},
		{"off at the callback, not looked at, v1.118", "v1.118.0", offBetween, 500, "Failed to finish oauth"},
		{"off at the callback, before", "v1.117.0", offBetween, 400, "OAuth2 is not enabled"},
		{"other key, older", "v1.131.3", otherKey, 500, "Failed to finish oauth"},
		{"denied, older", "v1.131.3", denied, 500, "Failed to finish oauth"},
		{"wrong secret", "v2.7.5", wrongSecret, 500, "Failed to finish oauth"},
		{"issuer without slash", "v2.7.5", noSlash, 500, "Error in OAuth discovery: ClientError: discovered metadata issuer does not match the expected issuer"},
		{"wrong slug", "v2.7.5", wrongSlug, 500, "Error in OAuth discovery: ClientError: unexpected HTTP response status code"},
		{"off", "v2.7.5", off, 400, "OAuth is not enabled"},
		{"no state", "v2.7.5", noState, 400, "OAuth state is missing"},
		{"no verifier", "v2.7.5", noVerifier, 400, "OAuth code verifier is missing"},
		{"other state", "v2.7.5", otherState, 500, "Failed to finish oauth"},
		{"denied", "v2.7.5", denied, 500, "Failed to finish oauth"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := test.login(start(t, "2025.8.1", test.immich))
			var refused *rest.Error
			require.ErrorAs(t, err, &refused)
			assert.Equal(t, test.status, refused.Status)
			assert.Equal(t, test.message, refused.Message)
		})
	}
}

// TestOldDialect has what the releases before v1.132 take and newer ones refuse.
func TestOldDialect(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*pair) error{
		"another state": func(p *pair) error {
			back, err := p.land(p.im, immich.AuthorizeRequest{RedirectURI: p.rpURL + "/auth/login"}, p.person("alice"))
			require.NoError(p, err)
			back.State, back.Cookies = "another", nil
			_, err = p.im.Callback(p.ctx, back)
			return err
		},
		"no state and no verifier": func(p *pair) error {
			back, err := p.land(p.im, immich.AuthorizeRequest{RedirectURI: p.rpURL + "/auth/login"}, p.person("alice"))
			require.NoError(p, err)
			_, err = p.im.Callback(p.ctx, immich.CallbackRequest{URL: back.URL})
			return err
		},
		"an issuer without its slash": func(p *pair) error {
			p.set(map[string]any{"issuerUrl": strings.TrimSuffix(p.provider.Issuer, "/")})
			_, err := p.login(p.person("alice"))
			return err
		},
		"an override of any app.immich:/": func(p *pair) error {
			p.set(map[string]any{"mobileOverrideEnabled": true, "mobileRedirectUri": p.rpURL + "/api/oauth/mobile-redirect"})
			back, err := p.land(p.im, immich.AuthorizeRequest{RedirectURI: oldAppURI}, p.person("alice"))
			if err != nil {
				return err
			}
			_, query, _ := strings.Cut(back.URL, "?")
			_, err = p.im.Callback(p.ctx, immich.CallbackRequest{URL: oldAppURI + "?" + query})
			return err
		},
	}
	for name, login := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, release := range []string{"v1.106.4", "v1.131.3"} {
				assert.NoError(t, login(start(t, "2025.8.1", release)), release)
			}
			assert.Error(t, login(start(t, "2025.8.1", "v1.132.3")))
		})
	}
}

func TestAuthorizationRequestOfOld(t *testing.T) {
	t.Parallel()
	p := start(t, "2025.8.1", "v1.131.3")
	started, err := p.im.Authorize(p.ctx, immich.AuthorizeRequest{RedirectURI: p.rpURL + "/auth/login", State: "own", CodeChallenge: "own"})
	require.NoError(t, err)
	assert.NotContains(t, started.URL, "code_challenge")
	assert.NotContains(t, started.URL, "state=own", "what the client sends is dropped")
	assert.Contains(t, started.URL, "state=")
	assert.Empty(t, started.Cookies)
}

func TestIssuer(t *testing.T) {
	t.Parallel()
	p := start(t, "2025.8.1", "v3.1.0")
	p.set(map[string]any{"issuerUrl": p.provider.DiscoveryURL})
	_, err := p.login(p.person("alice"))
	require.NoError(t, err, "a well-known URL is used as it stands")

	p.set(map[string]any{"issuerUrl": strings.Replace(p.provider.Issuer, "https:", "http:", 1)})
	_, err = p.im.Authorize(p.ctx, immich.AuthorizeRequest{RedirectURI: p.rpURL + "/auth/login"})
	assert.ErrorContains(t, err, "only requests to HTTPS are allowed")

	config, err := p.admin.SystemConfig(p.ctx)
	require.NoError(t, err)
	config.OAuth()["issuerUrl"] = "authentik.company"
	_, err = p.admin.PutSystemConfig(p.ctx, config)
	assert.ErrorContains(t, err, "Issuer URL must be an empty string or a valid URL")
}

func TestLinking(t *testing.T) {
	t.Parallel()
	p := start(t, "2025.8.1", "v2.7.5")
	alice := p.person("alice")
	local := p.local("local@immich.company")
	linked, err := p.link(local, alice)
	require.NoError(t, err)
	assert.Equal(t, alice.UID, linked.OAuthID)
	_, me := p.loggedIn(alice)
	assert.Equal(t, "local@immich.company", me.Email)

	_, err = p.link(p.local("other@immich.company"), alice)
	assert.ErrorContains(t, err, "This OAuth account has already been linked to another user.")

	unlinked, err := local.Unlink(p.ctx)
	require.NoError(t, err)
	assert.Empty(t, unlinked.OAuthID)
}

// TestApp plays the generations of the mobile app: own state and verifier, the callback rewritten to three slashes.
func TestApp(t *testing.T) {
	t.Parallel()
	p := start(t, "2025.8.1", "v2.7.5")
	login := func(u string, override bool) error {
		p.set(map[string]any{"mobileOverrideEnabled": override, "mobileRedirectUri": p.rpURL + "/api/oauth/mobile-redirect"})
		verifier := oauth2.GenerateVerifier()
		back, err := p.land(p.im, immich.AuthorizeRequest{RedirectURI: appURI, State: "own-state", CodeChallenge: oauth2.S256ChallengeFromVerifier(verifier)}, p.person(u))
		require.NoError(t, err)
		if override {
			require.True(t, strings.HasPrefix(back.URL, p.rpURL+"/api/oauth/mobile-redirect?"), back.URL)
			_, query, _ := strings.Cut(back.URL, "?")
			status, location, err := p.im.MobileRedirect(p.ctx, query)
			require.NoError(t, err)
			assert.Equal(t, http.StatusTemporaryRedirect, status)
			assert.Equal(t, appURI+"?"+query, location)
			back.URL = location
		}
		back.URL, back.Cookies, back.State, back.CodeVerifier = appCallback(back.URL), nil, "own-state", verifier
		session, err := p.im.Callback(p.ctx, back)
		if err != nil {
			return err
		}
		session.Style = immich.UserTokenHeader
		_, err = p.im.As(session).Me(p.ctx)
		return err
	}
	assert.NoError(t, login("alice", false))
	assert.NoError(t, login("bob", true))
}

func TestOldAppURIIsNotOverridden(t *testing.T) {
	t.Parallel()
	p := start(t, "2025.8.1", "v2.7.5")
	p.set(map[string]any{"mobileOverrideEnabled": true, "mobileRedirectUri": p.rpURL + "/api/oauth/mobile-redirect"})
	started, err := p.im.Authorize(p.ctx, immich.AuthorizeRequest{RedirectURI: "app.immich:/"})
	require.NoError(t, err)
	assert.Contains(t, started.URL, "redirect_uri=app.immich%3A%2F&")
}
