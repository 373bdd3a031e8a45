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
		demand("bound", c.authentik(), "an application that is bound to one person gives that person a code, and nobody else"),
		demand("inactive", c.authentik(), "a person who was deactivated gets no code, signed in or not"))
	if c.Authentik.Has(version.DeactivationEndsTokens) {
		access.Requirements = append(access.Requirements,
			demand("tokens", c.authentik(), "the access token of a person who was deactivated is good for nothing"))
	}
	return []Check{access, one("op.consent", "consent is each person's own, and for the scopes that were shown", opConsent,
		demand("asked", c.authentik(), "the explicit-consent flow asks"),
		demand("remembered", c.authentik(), "the same scopes are not asked for again"),
		demand("widened", c.authentik(), "one more scope is asked for"),
		demand("own", c.authentik(), "another person is asked, whatever others have allowed"))}
}

func opConsent(t *check.T, e *Env) {
	provider := e.opTwin(t, authentik.ProviderSpec{Name: "Immich consent", Slug: "immich-consent", AuthorizationFlow: explicitConsent})
	const narrow, wide = "openid email", "openid email profile"
	ask := func(s *signedIn, key, scope string, asked bool) {
		landing, _, err := e.authorize(t, s, provider, url.Values{"scope": {scope}})
		t.Confirm(key, func() {
			e.went(t, "an authorization with the scopes "+scope, err)
			assert.Equal(t, asked, landing.ConsentAsked, "consent was asked for the scopes %s", scope)
		})
	}
	e.asSignedIn(t, func(s *signedIn) {
		ask(s, "asked", narrow, true)
		ask(s, "remembered", narrow, false)
		ask(s, "widened", wide, true)
		ask(s, "remembered", wide, false)
	})
	ask(&signedIn{user: e.newUser(t), visitor: authentik.NewVisitor(e.AuthentikURL, e.HTTP)}, "own", wide, true)
}

func opAccess(t *check.T, e *Env) {
	provider := e.protocolTwin(t)
	stranger := e.another(t, provider)
	token := e.tokens(t, stranger, provider).Text("access_token")
	e.judgeBinding(t, stranger)

	t.Block(e.World.Authentik.Deactivate(t.Context(), stranger.user.PK))
	// The first request ends the session, in some releases with an error inside authentik; the second one asks for the password.
	e.judgeNoCode(t, "inactive", "a person who was deactivated", stranger, provider)
	e.judgeNoCode(t, "inactive", "a person who was deactivated", stranger, provider)
	if e.Cell.Authentik.Has(version.DeactivationEndsTokens) {
		t.Provisional(unproven(e.Cell.Authentik, version.DeactivationEndsTokens), func() {
			e.judgeUserInfo(t, "tokens", "the access token of a person who was deactivated", token, http.StatusUnauthorized)
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
