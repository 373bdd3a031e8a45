package fakerp_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/immich"
)

// answerFaultTests are those of the requests, the answers and the cookies of a login.
var answerFaultTests = map[string]faultTest{
	"state-always-same":    {twice("state"), false, true},
	"verifier-always-same": {twice("code_challenge"), false, true},
	"scope-rearranged":     {func(p *pair) any { return p.parameter("scope") }, "openid email profile", "profile email openid"},
	"prompt-not-sent": {func(p *pair) any {
		p.set(map[string]any{"prompt": "login"})
		return p.parameter("prompt")
	}, "login", ""},
	"answer-without-state-taken": {spoiledAnswer(func(back *immich.CallbackRequest) {
		address, query, _ := strings.Cut(back.URL, "?")
		values, _ := url.ParseQuery(query)
		values.Del("state")
		back.URL = address + "?" + values.Encode()
	}), false, true},
	"answer-issuer-ignored": {spoiledAnswer(func(back *immich.CallbackRequest) { back.URL += "&iss=https%3A%2F%2Fother.example" }), false, true},
	"link-accepts-any-state": {func(p *pair) any {
		back, err := p.land(p.im, immich.AuthorizeRequest{RedirectURI: p.rpURL + "/user-settings"}, p.person("alice"))
		require.NoError(p, err)
		back.State = "another"
		_, err = p.local("local@immich.company").Link(p.ctx, back)
		return err == nil
	}, false, true},
	"access-token-readable": {sessionCookie("immich_access_token", func(c *http.Cookie) any { return c.HttpOnly }), true, false},
	"session-cookies-short": {sessionCookie("immich_access_token", func(c *http.Cookie) any { return c.MaxAge }), 400 * 24 * 3600, 3600},
	"cookies-over-http":     {sessionCookie("immich_access_token", func(c *http.Cookie) any { return c.Secure }), true, false},
	"state-cookie-readable": {stateCookie(func(c *http.Cookie) any { return c.HttpOnly }), true, false},
	"state-cookie-short":    {stateCookie(func(c *http.Cookie) any { return c.MaxAge }), 400 * 24 * 3600, 20},
	"state-cookie-kept":     {sessionCookie("immich_oauth_state", func(c *http.Cookie) any { return c != nil }), true, false},
	"logout-keeps-cookies": {func(p *pair) any {
		client, _ := p.loggedIn(p.person("alice"))
		out, err := client.Logout(p.ctx)
		require.NoError(p, err)
		return len(out.Cookies)
	}, 3, 0},
	"password-sent-to-end-session": {func(p *pair) any {
		out, err := p.local("local@immich.company").Logout(p.ctx)
		require.NoError(p, err)
		return strings.HasPrefix(out.RedirectURI, p.opURL)
	}, false, true},
	"end-session-setting-ignored": {func(p *pair) any {
		p.set(map[string]any{"endSessionEndpoint": "https://other.example/bye"})
		client, _ := p.loggedIn(p.person("alice"))
		out, err := client.Logout(p.ctx)
		require.NoError(p, err)
		return strings.HasPrefix(out.RedirectURI, "https://other.example/bye?")
	}, true, false},
	"refusal-drops-state": {func(p *pair) any {
		r, err := http.NewRequestWithContext(p.ctx, http.MethodPost, p.rpURL+"/api/oauth/callback",
			strings.NewReader(`{"url":"`+p.rpURL+`/auth/login?code=1&state=2","state":"1","codeVerifier":"v"}`))
		require.NoError(p, err)
		response, err := p.hc.Do(r)
		require.NoError(p, err)
		_ = response.Body.Close()
		return len(response.Cookies())
	}, 0, 2},
	"off-ignored-at-callback": {func(p *pair) any {
		back, err := p.land(p.im, immich.AuthorizeRequest{RedirectURI: p.rpURL + "/auth/login"}, p.person("alice"))
		require.NoError(p, err)
		p.set(map[string]any{"enabled": false})
		_, err = p.im.Callback(p.ctx, back)
		return err == nil
	}, false, true},
	"auto-register-ignored": {func(p *pair) any {
		p.set(map[string]any{"autoRegister": false})
		_, err := p.login(p.person("alice"))
		return err == nil
	}, false, true},
	"password-off-ignored": {func(p *pair) any {
		p.local(localEmail)
		config, err := p.admin.SystemConfig(p.ctx)
		require.NoError(p, err)
		config.Section("passwordLogin")["enabled"] = false
		_, err = p.admin.PutSystemConfig(p.ctx, config)
		require.NoError(p, err)
		_, err = p.im.Login(p.ctx, localEmail, "local-password")
		return err == nil
	}, false, true},
	"password-form-missing": {page(`data-password-form-hidden="true"`), false, true},
}

// twice reports whether two logins have the same parameter.
func twice(name string) func(*pair) any {
	return func(p *pair) any {
		first := p.parameter(name)
		return p.parameter(name) == first
	}
}

// parameter is one of a new authorization request.
func (p *pair) parameter(name string) string {
	p.Helper()
	started, err := p.im.Authorize(p.ctx, immich.AuthorizeRequest{RedirectURI: p.rpURL + "/auth/login"})
	require.NoError(p, err)
	u, err := url.Parse(started.URL)
	require.NoError(p, err)
	return u.Query().Get(name)
}

// spoiledAnswer reports whether Immich takes an answer that was changed on its way.
func spoiledAnswer(spoil func(*immich.CallbackRequest)) func(*pair) any {
	return func(p *pair) any {
		back, err := p.land(p.im, immich.AuthorizeRequest{RedirectURI: p.rpURL + "/auth/login"}, p.person("alice"))
		require.NoError(p, err)
		spoil(&back)
		_, err = p.im.Callback(p.ctx, back)
		return err == nil
	}
}

func sessionCookie(name string, look func(*http.Cookie) any) func(*pair) any {
	return func(p *pair) any {
		session, err := p.login(p.person("alice"))
		require.NoError(p, err)
		return look(named(session.Cookies, name))
	}
}

func stateCookie(look func(*http.Cookie) any) func(*pair) any {
	return func(p *pair) any {
		started, err := p.im.Authorize(p.ctx, immich.AuthorizeRequest{RedirectURI: p.rpURL + "/auth/login"})
		require.NoError(p, err)
		return look(named(started.Cookies, "immich_oauth_state"))
	}
}

// named is the cookie of a name; nil: there is none.
func named(cookies []*http.Cookie, name string) *http.Cookie {
	i := slices.IndexFunc(cookies, func(c *http.Cookie) bool { return c.Name == name })
	if i < 0 {
		return nil
	}
	return cookies[i]
}
