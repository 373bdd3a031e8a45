package fakerp_test

import (
	"cmp"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/ssoproof/ssoproof/internal/fakerp"
	"github.com/ssoproof/ssoproof/internal/immich"
)

// faultTest looks at the one thing that a fault changes.
type faultTest struct {
	look            func(*pair) any
	healthy, faulty any
}

// faultReleases are those of which a fault means something, where the usual one is none.
var faultReleases = map[string]string{"email-capitals-kept": "v3.1.0", "role-given-once": "v3.1.0",
	"server-info-gone": "v1.112.1", "id-token-signature-ignored": "v1.131.3", "prompt-not-sent": "v3.1.0", "end-session-setting-ignored": "v3.1.0",
	"session-end-not-told": "v3.1.0",
}

var faultTests = map[string]faultTest{
	"session-survives-logout": {func(p *pair) any {
		client, _ := p.loggedIn(p.person("alice"))
		_, err := client.Logout(p.ctx)
		require.NoError(p, err)
		valid, err := client.ValidateToken(p.ctx)
		require.NoError(p, err)
		return valid
	}, false, true},
	"logout-not-sent-to-end-session": {func(p *pair) any {
		client, _ := p.loggedIn(p.person("alice"))
		out, err := client.Logout(p.ctx)
		require.NoError(p, err)
		return strings.TrimPrefix(out.RedirectURI, p.opURL)
	}, "/application/o/immich/end-session/", "/auth/login?autoLaunch=0"},
	"link-ignored": {func(p *pair) any {
		linked, err := p.link(p.local("local@immich.company"), p.person("alice"))
		require.NoError(p, err)
		return linked.OAuthID != ""
	}, true, false},
	"link-taken-accepted": {func(p *pair) any {
		alice := p.person("alice")
		p.loggedIn(alice)
		_, err := p.link(p.local("local@immich.company"), alice)
		return err == nil
	}, false, true},
	"link-refused-at-authorize": {func(p *pair) any {
		_, err := p.local("local@immich.company").Authorize(p.ctx, immich.AuthorizeRequest{RedirectURI: p.rpURL + "/user-settings"})
		return err == nil
	}, true, false},
	"unlink-keeps-oauthid": {func(p *pair) any {
		client, _ := p.loggedIn(p.person("alice"))
		unlinked, err := client.Unlink(p.ctx)
		require.NoError(p, err)
		return unlinked.OAuthID != ""
	}, false, true},
	"second-account-on-existing-email": {func(p *pair) any {
		alice := p.person("alice")
		p.local(alice.Email)
		p.loggedIn(alice)
		users, err := p.admin.Users(p.ctx)
		require.NoError(p, err)
		return len(users)
	}, 2, 3},
	"oauthid-not-stored": {func(p *pair) any {
		alice := p.person("alice")
		_, me := p.loggedIn(alice)
		return me.OAuthID == alice.UID
	}, true, false},
	"name-dropped":                 {func(p *pair) any { _, me := p.loggedIn(p.person("alice")); return me.Name }, "The alice", "alice@immich.company"},
	"mobile-redirect-drops-query":  {handoff, appURI + "?code=a%2Fb&state=c+d&x", appURI + "?"},
	"mobile-redirect-wrong-scheme": {handoff, appURI + "?code=a%2Fb&state=c+d&x", "immich:///oauth-callback?code=a%2Fb&state=c+d&x"},
	"override-only-at-authorize":   {overridden, "authorize and token", "authorize"},
	"override-ignored":             {overridden, "authorize and token", ""},
	"redirect-uri-altered":         {func(p *pair) any { _, err := p.login(p.person("alice")); return err == nil }, true, false},
	"autolaunch-loops":             {page(`data-auto-launch-loops="true"`), false, true},
	"autolaunch-ignored":           {page(`data-auto-launch-ignored="true"`), false, true},
	"callback-accepts-wrong-state": {func(p *pair) any {
		back, err := p.land(p.im, immich.AuthorizeRequest{RedirectURI: p.rpURL + "/auth/login"}, p.person("alice"))
		require.NoError(p, err)
		back.State = "another"
		_, err = p.im.Callback(p.ctx, back)
		return err == nil
	}, false, true},
	"cookies-not-set": {func(p *pair) any {
		session, err := p.login(p.person("alice"))
		require.NoError(p, err)
		return cookie(session.Cookies, "immich_access_token") != ""
	}, true, false},
	"token-header-ignored": {func(p *pair) any {
		session, err := p.login(p.person("alice"))
		require.NoError(p, err)
		session.Style = immich.UserTokenHeader
		_, err = p.im.As(session).Me(p.ctx)
		return err == nil
	}, true, false},
	"no-onboarding": {func(p *pair) any {
		session, err := p.login(p.person("alice"))
		require.NoError(p, err)
		return session.Onboarded
	}, false, true},
	"server-info-gone": {func(p *pair) any {
		return p.im.LookUp(p.ctx, release(p.T, "immich", "v1.112.1").Apps[0]) == nil
	}, true, false},
	"settings-not-kept": {func(p *pair) any {
		config, err := p.admin.SystemConfig(p.ctx)
		require.NoError(p, err)
		kept, err := p.admin.PutSystemConfig(p.ctx, config)
		require.NoError(p, err)
		return kept.OAuth()["scope"]
	}, "openid email profile", "openid"},
}

// TestFaults shows that every fault changes what it says, against the healthy double.
func TestFaults(t *testing.T) {
	t.Parallel()
	all := maps.Clone(faultTests)
	maps.Copy(all, logoutFaultTests)
	maps.Copy(all, answerFaultTests)
	maps.Copy(all, accountFaultTests)
	maps.Copy(all, claimFaultTests)
	maps.Copy(all, tokenFaultTests)
	for _, fault := range fakerp.Faults() {
		t.Run(fault.Name, func(t *testing.T) {
			t.Parallel()
			test, ok := all[fault.Name]
			require.True(t, ok, "a fault without a test")
			assert.NotEmpty(t, fault.Requirement)
			release := cmp.Or(faultReleases[fault.Name], "v2.7.5")
			if strings.HasPrefix(fault.Name, "logout-token-") {
				release = "v3.1.0"
			}
			assert.EqualValues(t, test.healthy, test.look(start(t, "2025.8.1", release)), "healthy")
			broken := start(t, "2025.8.1", release)
			require.NoError(t, broken.rp.SetFault(fault.Name, true))
			assert.EqualValues(t, test.faulty, test.look(broken), "faulty")
		})
	}
	assert.Len(t, all, len(fakerp.Faults()), "a test without a fault")
}

func TestUnknownFault(t *testing.T) {
	t.Parallel()
	_, err := fakerp.New(fakerp.Options{Release: release(t, "immich", "v2.7.5"), Faults: []string{"no-such-fault"}})
	require.Error(t, err)
}

func handoff(p *pair) any {
	status, location, err := p.im.MobileRedirect(p.ctx, "code=a%2Fb&state=c+d&x")
	require.NoError(p, err)
	require.Equal(p, http.StatusTemporaryRedirect, status)
	return location
}

// overridden names the calls in which the override is used, as the OpenID Provider sees them.
func overridden(p *pair) any {
	target := p.rpURL + "/api/oauth/mobile-redirect"
	p.set(map[string]any{"mobileOverrideEnabled": true, "mobileRedirectUri": target})
	verifier := oauth2.GenerateVerifier()
	back, err := p.land(p.im, immich.AuthorizeRequest{RedirectURI: appURI, State: "s", CodeChallenge: oauth2.S256ChallengeFromVerifier(verifier)}, p.person("alice"))
	require.NoError(p, err)
	if !strings.HasPrefix(back.URL, target) {
		return ""
	}
	// Only the override is registered any more: the app's own URI is refused at the token endpoint.
	require.NoError(p, p.ak.PatchProvider(p.ctx, p.provider.ProviderPK, map[string]any{
		"redirect_uris": []map[string]any{{"matching_mode": "strict", "url": target}},
	}))
	back.URL = strings.Replace(back.URL, target, appURI, 1)
	back.Cookies, back.State, back.CodeVerifier = nil, "s", verifier
	if _, err := p.im.Callback(p.ctx, back); err != nil {
		return "authorize"
	}
	return "authorize and token"
}

func page(text string) func(*pair) any {
	return func(p *pair) any {
		r := httptest.NewRequestWithContext(p.ctx, http.MethodGet, "/auth/login", nil)
		w := httptest.NewRecorder()
		p.rp.ServeHTTP(w, r)
		body, err := io.ReadAll(w.Body)
		require.NoError(p, err)
		return strings.Contains(string(body), text)
	}
}
