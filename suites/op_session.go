package suites

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/journey"
	"github.com/ssoproof/ssoproof/internal/version"
)

func (c Cell) opSessionChecks() []Check {
	return []Check{
		one("op.sso", "who is signed in at authentik is not asked for a password again", opSSO,
			demand("again", "OpenID Connect Core 1.0 §3.1.2.3", "a second authorization asks for no password"),
			demand("elsewhere", c.authentik(), "another application asks for no password either"),
			demand("cookie", c.authentik(), "the session's cookie is out of reach of scripts and of plain http"),
			demand("none", "OpenID Connect Core 1.0 §3.1.2.6", "with prompt=none somebody who is not signed in is sent back with login_required")),
		one("op.end-session", "the end of a session stays at authentik, and ends it where it is asked to", opEndSession,
			demand("page", c.authentik(), "the end-session endpoint ends on a page of authentik's own"),
			demand("foreign", "OpenID Connect RP-Initiated Logout 1.0 §3", "nobody is sent to an address that is not registered, with or without an ID token as hint"),
			demand("others", c.authentik(), "signing out of one session ends the tokens of no other"),
			demand("ended", c.authentik(), "after signing out of authentik the next authorization asks for the password")),
	}
}

func opSSO(t *check.T, e *Env) {
	provider, other := e.protocolTwin(t), e.otherTwin(t)
	e.asSignedIn(t, func(s *signedIn) {
		for _, at := range []struct {
			key, what string
			provider  *authentik.Applied
		}{{"again", "a second authorization", provider}, {"elsewhere", "an authorization of another application", other}} {
			landing, _, err := e.authorize(t, s, at.provider, nil)
			t.Confirm(at.key, func() {
				e.went(t, at.what, err)
				assert.False(t, landing.LoginAsked, "%s asked for the password again", at.what)
			})
		}
	})
	e.judgeSessionCookie(t, provider)
	nobody := &signedIn{visitor: authentik.NewVisitor(e.AuthentikURL, e.HTTP)}
	answer := e.askFor(t, nobody, e.Request(provider.ClientID, e.loginURI(), url.Values{"prompt": {"none"}}))
	t.Confirm("none", func() {
		assert.Equal(t, e.loginURI(), answer.RedirectURI, "where prompt=none leads")
		assert.Equal(t, "login_required", answer.Error, "the error")
	})
}

// judgeSessionCookie looks at the cookie that authentik gives somebody who is not signed in yet: it stays the same.
func (e *Env) judgeSessionCookie(t *check.T, provider *authentik.Applied) {
	reply, err := e.Ask(t.Context(), provider.ClientID, e.loginURI())
	t.Block(err)
	t.Confirm("cookie", func() {
		at := slices.IndexFunc(reply.Cookies, func(c *http.Cookie) bool { return c.Name == "authentik_session" })
		if at < 0 {
			t.Block(fmt.Errorf("authentik answered an authorization request with %s and without a session", reply))
		}
		assert.True(t, reply.Cookies[at].HttpOnly, "authentik_session is HttpOnly")
		if strings.HasPrefix(e.AuthentikURL, "https:") { // without TLS a Secure cookie would never come back
			assert.True(t, reply.Cookies[at].Secure, "authentik_session is Secure")
		}
	})
}

const foreignURI = "https://other.example/signed-out"

func opEndSession(t *check.T, e *Env) {
	provider := e.protocolTwin(t)
	s := e.another(t, provider)
	hint := e.tokens(t, s, provider).Text("id_token")
	ended := e.endSession(t, s, provider, nil)
	t.Confirm("page", func() {
		assert.Empty(t, ended.foreign, "where the end of the session leads")
		shown := "page" // of its own, before it was a stage of a flow
		if e.Cell.Authentik.Has(version.InvalidationFlow) {
			shown = "ak-stage-session-end"
		}
		t.Provisional(unproven(e.Cell.Authentik, version.InvalidationFlow), func() {
			assert.Equal(t, shown, ended.page, "what authentik shows")
		})
	})
	for _, with := range []url.Values{
		{"post_logout_redirect_uri": {foreignURI}, "state": {"x"}},
		{"post_logout_redirect_uri": {foreignURI}, "state": {"x"}, "id_token_hint": {hint}},
		{"post_logout_redirect_uri": {foreignURI}, "client_id": {provider.ClientID}},
	} {
		// Since 2025.10 authentik does nothing while a flow is under way: an authorization ends the one before.
		landing, _, err := e.authorize(t, s, provider, nil)
		t.Block(err)
		if landing.LoginAsked {
			t.Observe("session", "over after the end-session endpoint")
		}
		ended := e.endSession(t, s, provider, with)
		t.Confirm("foreign", func() { assert.Empty(t, ended.foreign, "authentik sends the browser to a foreign address") })
	}
	nobody := authentik.NewVisitor(e.AuthentikURL, e.HTTP)
	sent, err := e.AskAs(t.Context(), nobody, e.endSessionURL(provider, url.Values{"post_logout_redirect_uri": {foreignURI}}))
	t.Block(err)
	t.Confirm("foreign", func() {
		assert.False(t, strings.HasPrefix(sent.Location, foreignURI), "authentik sends somebody who is not signed in to a foreign address")
	})
	var other string
	e.asSignedIn(t, func(s *signedIn) { other = e.tokens(t, s, provider).Text("access_token") })
	if err := s.visitor.SignOut(t.Context()); err != nil && !answered(err) {
		t.Block(err)
	}
	e.judgeUserInfo(t, "others", "the access token of another session", other, http.StatusOK)
	reply, err := e.AskAs(t.Context(), s.visitor, e.AuthorizeURL(provider.ClientID, e.loginURI()))
	t.Block(err)
	t.Confirm("ended", func() {
		assert.True(t, e.leadsToLogin(reply), "where an authorization after signing out leads: %s", reply)
	})
}

// leadsToLogin reports whether authentik asks who is there, by either way to its login.
func (e *Env) leadsToLogin(r journey.Reply) bool {
	flow := authentik.AuthenticationFlow
	if v := e.Guide.AuthenticationFlow; v != nil && v.Value != "" {
		flow = v.Value
	}
	return strings.HasPrefix(r.Location, "/flows/-/default/authentication/") ||
		strings.HasPrefix(r.Location, "/if/flow/"+flow+"/") || strings.HasPrefix(r.Location, "/if/flow/"+authentik.AuthenticationFlow+"/")
}

// ending is where the end-session endpoint leads.
type ending struct {
	page    string // the component or page of authentik at which it ends
	foreign string // the address elsewhere that the browser is sent to, without its query
}

func (e *Env) endSessionURL(provider *authentik.Applied, with url.Values) string {
	address := e.AuthentikURL + "/application/o/" + provider.Slug + "/end-session/"
	if with == nil {
		return address
	}
	return address + "?" + with.Encode()
}

func (e *Env) endSession(t *check.T, s *signedIn, provider *authentik.Applied, with url.Values) ending {
	landing, err := s.visitor.Authorize(t.Context(), e.endSessionURL(provider, with), s.user.Username, s.user.Password)
	var (
		shown   *authentik.FlowError
		refused *authentik.RefusedError
	)
	switch {
	case err == nil:
		return ending{foreign: withoutQuery(landing.URL)}
	case errors.As(err, &shown):
		return ending{page: shown.Component}
	case errors.As(err, &refused):
		return ending{page: refused.Error()}
	}
	t.Block(err)
	return ending{}
}
