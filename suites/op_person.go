package suites

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/version"
)

func (c Cell) opPersonChecks() []Check {
	access := one("op.access", "authentik lets in whom it should, and nobody else", opAccess,
		demand("bound", c.authentik(), "an application that is bound to one person gives that person a code, and nobody else; other applications are as before"),
		demand("password", c.authentik(), "a wrong password opens nothing"),
		demand("next", c.authentik(), "a login whose address names a foreign host to go on to does not lead there"),
		demand("inactive", c.authentik(), "a person who was deactivated gets no code, signed in or not"))
	if c.Authentik.Has(version.DeactivationEndsTokens) {
		access.Requirements = append(access.Requirements,
			demand("tokens", c.authentik(), "the access token of a person who was deactivated is good for nothing, those of others are as before"))
	}
	return []Check{access, one("op.consent", "consent is each person's own, and for the scopes that were shown", opConsent,
		demand("asked", c.authentik(), "the explicit-consent flow asks"),
		demand("remembered", c.authentik(), "the same scopes are not asked for again"),
		demand("widened", c.authentik(), "one more scope is asked for"),
		demand("elsewhere", c.authentik(), "another application asks, whatever this one was allowed"),
		demand("own", c.authentik(), "another person is asked, whatever others have allowed, also who signs in with the e-mail"))}
}

func opConsent(t *check.T, e *Env) {
	provider := e.opTwin(t, authentik.ProviderSpec{Name: "Immich consent", Slug: "immich-consent", AuthorizationFlow: explicitConsent})
	const narrow, wide = "openid email", "openid email profile"
	other := e.opTwin(t, authentik.ProviderSpec{Name: "Immich consent too", Slug: "immich-consent-too", AuthorizationFlow: explicitConsent})
	ask := func(s *signedIn, provider *authentik.Applied, key, scope string, asked bool) {
		landing, _, err := e.authorize(t, s, provider, url.Values{"scope": {scope}})
		t.Confirm(key, func() {
			e.went(t, "an authorization with the scopes "+scope, err)
			assert.Equal(t, asked, landing.ConsentAsked, "consent was asked for the scopes %s", scope)
		})
	}
	e.asSignedIn(t, func(s *signedIn) {
		ask(s, provider, "asked", narrow, true)
		ask(s, provider, "remembered", narrow, false)
		ask(s, provider, "widened", wide, true)
		ask(s, provider, "remembered", wide, false)
		ask(s, other, "elsewhere", wide, true)
	})
	newcomer := &signedIn{user: e.newUser(t), visitor: authentik.NewVisitor(e.AuthentikURL, e.HTTP)}
	newcomer.user.Username = newcomer.user.Email // authentik's form asks for either
	ask(newcomer, provider, "own", wide, true)
}

func opAccess(t *check.T, e *Env) {
	provider := e.protocolTwin(t)
	stranger := e.another(t, provider)
	token := e.tokens(t, stranger, provider).Text("access_token")
	e.judgeBinding(t, stranger)
	guessing := &signedIn{user: stranger.user, visitor: authentik.NewVisitor(e.AuthentikURL, e.HTTP)}
	guessing.user.Password += "x"
	e.judgeNoCode(t, "password", "who has a wrong password", guessing, provider)
	e.judgeNext(t, stranger.user)

	var other string
	e.asSignedIn(t, func(s *signedIn) { other = e.tokens(t, s, provider).Text("access_token") })
	t.Block(e.World.Authentik.Deactivate(t.Context(), stranger.user.PK))
	// The first request ends the session, in some releases with an error inside authentik; the second one asks for the password.
	e.judgeNoCode(t, "inactive", "a person who was deactivated", stranger, provider)
	e.judgeNoCode(t, "inactive", "a person who was deactivated", stranger, provider)
	if e.Cell.Authentik.Has(version.DeactivationEndsTokens) {
		t.Provisional(unproven(e.Cell.Authentik, version.DeactivationEndsTokens), func() {
			e.judgeUserInfo(t, "tokens", "the access token of a person who was deactivated", token, http.StatusUnauthorized)
			e.judgeUserInfo(t, "tokens", "the access token of somebody else", other, http.StatusOK)
		})
	}
}

func (e *Env) judgeBinding(t *check.T, stranger *signedIn) {
	members := e.opTwin(t, authentik.ProviderSpec{Name: "Immich members", Slug: "immich-members"})
	e.asSignedIn(t, func(member *signedIn) {
		t.Block(e.World.Authentik.BindUser(t.Context(), members.Slug, member.user.PK))
		_, answer, err := e.authorize(t, member, members, nil)
		t.Confirm("bound", func() {
			e.went(t, "the authorization of the person who is bound", err)
			assert.NotEmpty(t, answer.Code, "the code of the person who is bound")
		})
	})
	e.judgeNoCode(t, "bound", "a person who is not bound", stranger, members)
	_, answer, err := e.authorize(t, stranger, e.protocolTwin(t), nil)
	t.Confirm("bound", func() {
		e.went(t, "that person's authorization of another application", err)
		assert.NotEmpty(t, answer.Code, "that person's code for another application")
	})
}

// judgeNext opens the login of authentik by an address such as a stranger would send around. Without a scheme it is a host
// all the same.
func (e *Env) judgeNext(t *check.T, user authentik.User) {
	address := e.AuthentikURL + "/if/flow/" + authentik.AuthenticationFlow + "/?next=" + url.QueryEscape("//other.example/")
	landing, err := authentik.NewVisitor(e.AuthentikURL, e.HTTP).Authorize(t.Context(), address, user.Username, user.Password)
	if err != nil && !answered(err) {
		t.Block(err)
	}
	t.Confirm("next", func() {
		if err == nil {
			t.Find(check.Finding{Message: "authentik's login leads to a foreign host", Expected: "a refusal", Actual: landing.URL})
		}
	})
}

// judgeNoCode expects authentik's own words in the place of a code.
func (e *Env) judgeNoCode(t *check.T, key, who string, s *signedIn, provider *authentik.Applied) {
	_, answer, err := e.authorize(t, s, provider, nil)
	if err != nil && !answered(err) {
		t.Block(err)
	}
	t.Confirm(key, func() {
		if err == nil {
			t.Find(check.Finding{
				Message: "authentik sends " + who + " back to the client", Expected: "a refusal", Actual: fmt.Sprintf("a code: %t", answer.Code != ""),
			})
		}
	})
}
