package suites

import (
	"errors"
	"strings"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/journey"
)

// The authorization flows that authentik ships (blueprints, all supported versions).
const (
	explicitConsent = "default-provider-authorization-explicit-consent"
	implicitConsent = "default-provider-authorization-implicit-consent"
)

func loginChecks(c Cell) ([]Check, []Exclusion) {
	checks := firstLogins(c)
	checks = append(checks,
		Check{
			ID: "login.web.again", Title: "the same person logs in again", Level: check.Must,
			Needs: []string{checks[0].Name()}, Body: loginAgain, Covers: []string{"redirect_uris/login"},
			Requirements: []check.Requirement{c.lands(),
				demand("remembered", c.authentik(), "a consent once given is remembered"),
				demand("same", c.immich(), "the second login opens the same account"),
			},
		},
		Check{
			ID: "login.web.existing", Title: "a local account with the same e-mail is taken over by the login", Level: check.Must,
			Needs: []string{checks[0].Name()}, Body: loginExisting, Covers: []string{"redirect_uris/login"},
			Assumes: []string{passwords, newcomers},
			Requirements: []check.Requirement{c.lands(),
				demand("same", c.immich(), "the login opens the local account and binds it to the identity"),
				demand("single", c.immich(), "no second account comes into being"),
			},
		},
		Check{
			ID: "login.web.auto-launch", Title: "auto-launch reaches the login, and autoLaunch=0 always reaches the form", Level: check.Must,
			Changes: immichConfig, Body: loginAutoLaunch,
			Requirements: []check.Requirement{
				demand("launches", c.immich(), "with auto-launch on, the login page leads to authentik without a click"),
				demand("form", c.immich(), "with autoLaunch=0 in the address, the login page shows its form"),
				demand("password", c.immich(), "%s", c.passwordFields()),
			},
		})
	return checks, nil
}

// firstLogins is login.web.first: once as the guide says or, where it leaves the flow to the reader, for both flows.
func firstLogins(c Cell) []Check {
	first := func(flow string, variant check.Variant) Check {
		return Check{
			ID: "login.web.first", Title: "a new person logs in from Immich's web app", Level: check.Must, Variant: variant,
			Covers: []string{"redirect_uris/login", "authentication_flow", "authorization_flow"},
			Requirements: append(c.ledThrough(), c.lands(),
				demand("consent", c.flowSource(), "consent is asked as the authorization flow says"),
				demand("session", c.immich(), "Immich sets the cookies of a session"),
				demand("account", c.immich(), "the session's account has the person's e-mail and name and, as oauthId, the subject"),
				demand("single", c.immich(), "one account comes into being"),
			),
			Body: func(t *check.T, e *Env) { loginFirst(t, e, flow) },
		}
	}
	if flow := c.Guide.AuthorizationFlow; flow != nil && flow.Kind == guide.Literal {
		return []Check{first(flow.Value, nil)}
	}
	implicit := first(implicitConsent, check.Variant{"consent": "implicit"})
	implicit.Changes = "provider"
	return []Check{first(explicitConsent, check.Variant{"consent": "explicit"}), implicit}
}

func (c Cell) lands() check.Requirement {
	return demand("landing", c.at(c.nearestLine("https://"+c.immichHost()+journey.LoginPath)),
		"authentik sends the browser back to the documented redirect URI, with a code and Immich's state")
}

// ledThrough is the documented authentication flow as a requirement, where the guide names one.
func (c Cell) ledThrough() []check.Requirement {
	if flow := c.Guide.AuthenticationFlow; flow == nil || flow.Kind != guide.Literal {
		return nil
	}
	return []check.Requirement{demand("flow", c.line(c.Guide.AuthenticationFlow),
		"who is not signed in at authentik is led through the flow %s", c.Guide.AuthenticationFlow.Value)}
}

func (c Cell) flowSource() check.Source {
	if c.Guide.AuthorizationFlow != nil {
		return c.line(c.Guide.AuthorizationFlow)
	}
	return check.Source{Work: c.authentik()}
}

func loginFirst(t *check.T, e *Env, flow string) {
	if flow == implicitConsent && t.Snapshot().Variant != nil {
		e.switchFlow(t, flow)
	}
	user := e.newUser(t)
	s := e.session(t)
	login, err := e.WebLogin(t.Context(), s, user)
	if len(e.ledThrough()) > 0 && (login.Prompts.Login || err == nil) {
		t.Confirm("flow", func() { assert.Equal(t, e.Guide.AuthenticationFlow.Value, firstFlow(s), "the flow of the login") })
	}
	if sessionless := new(journey.NoSessionError); errors.As(err, &sessionless) {
		err = nil // it is judged as the session
	}
	e.confirmLanding(t, login, err)
	t.Confirm("consent", func() {
		assert.Equal(t, flow != implicitConsent, login.Prompts.Consent, "consent was asked")
	})
	t.Observe("permissions", strings.Join(login.Prompts.Permissions, " "))
	t.Observe("arrived", login.Arrived)
	e.confirmSession(t, login)
	e.confirmAccount(t, "account", login.Session, user)
	e.confirmSingle(t, user.Email)
}

// firstFlow is the slug of the first flow of authentik's whose page a browser has opened.
func firstFlow(s *browser.Session) string {
	for _, move := range s.Moves(0) {
		if _, flow, ok := strings.Cut(move.URL, "/if/flow/"); ok {
			slug, _, _ := strings.Cut(flow, "/")
			return slug
		}
	}
	return ""
}

func loginAgain(t *check.T, e *Env) {
	user := e.newUser(t)
	first, err := e.WebLoginHTTP(t.Context(), user)
	t.Block(err)
	before, err := e.World.Immich.As(first.Session).Me(t.Context())
	t.Block(err)
	again, err := e.WebLogin(t.Context(), e.session(t), user)
	e.confirmLanding(t, again, err)
	t.Confirm("remembered", func() { assert.False(t, again.Prompts.Consent, "consent was asked a second time") })
	after, err := e.World.Immich.As(again.Session).Me(t.Context())
	t.Confirm("same", func() {
		e.went(t, "GET /api/users/me", err)
		assert.Equal(t, before.ID, after.ID, "the account")
	})
}

func loginExisting(t *check.T, e *Env) {
	user := e.newUser(t)
	local := e.localUser(t, user.Email)
	login, err := e.WebLogin(t.Context(), e.session(t), user)
	e.confirmLanding(t, login, err)
	me := e.confirmAccount(t, "same", login.Session, user)
	t.Confirm("same", func() { assert.Equal(t, local.UserID, me.ID, "the account") })
	e.confirmSingle(t, user.Email)
}

func loginAutoLaunch(t *check.T, e *Env) {
	e.changeImmich(t, map[string]any{"autoLaunch": true})
	t.Add("Immich's setting oauth.autoLaunch")
	s := e.session(t)
	t.Confirm("launches", func() {
		t.Block(s.Open(t.Context(), e.RedirectURI(journey.LoginPath)))
		// Immich's form is hidden until the page has decided against the launch.
		i, err := s.See(t.Context(), browser.AuthentikLoginPage, browser.AuthentikErrorPage, browser.ImmichPasswordForm)
		t.Block(err)
		e.Trace.Picture(s, "launched")
		assert.Equal(t, browser.AuthentikLoginPage.Name, []string{
			browser.AuthentikLoginPage.Name, browser.AuthentikErrorPage.Name, browser.ImmichPasswordForm.Name,
		}[i], "the page in the browser")
	})
	fresh := e.session(t)
	t.Confirm("form", func() {
		t.Block(fresh.Open(t.Context(), e.RedirectURI(journey.LoginPath)+"?autoLaunch=0"))
		i, err := fresh.See(t.Context(), browser.ImmichOAuthButton(e.ButtonText), browser.AuthentikLoginPage)
		t.Block(err)
		e.Trace.Picture(fresh, "form")
		require.Zero(t, i, "the login page with autoLaunch=0 went to authentik")
	})
	t.Confirm("password", func() {
		i, err := fresh.See(t.Context(), browser.ImmichPasswordForm, browser.ImmichOAuthButton(e.ButtonText))
		t.Block(err)
		if e.passwordLogin() {
			assert.Zero(t, i, "the login page shows its OAuth button alone")
		} else {
			assert.NotZero(t, i, "the login page has fields for a password, and Immich takes none")
		}
	})
}

// passwordFields is what the login page shows beside the OAuth button.
func (c Cell) passwordFields() string {
	if c.passwordLogin() {
		return "beside the OAuth button the form has its fields for a password"
	}
	return "where password login is off, the form has no fields for a password"
}
