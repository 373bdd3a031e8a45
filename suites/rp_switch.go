package suites

import (
	"net/http"
	"slices"
	"strings"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/journey"
	"github.com/ssoproof/ssoproof/internal/rest"
	"github.com/ssoproof/ssoproof/internal/version"
)

const rpSecret = "rp.secret"

// rpSwitchChecks change Immich's OAuth settings, each one of them, and look at all that it means.
func (c Cell) rpSwitchChecks() []Check {
	off := []check.Requirement{
		demand("begin", c.immich(), "while OAuth is off no login begins, and the pages are told so"),
		demand("logout", c.immich(), "while OAuth is off a logout stays at Immich, also of a session that came through authentik"),
		demand("again", c.immich(), "when OAuth is on again, logins work as before"),
	}
	if c.closesCallback() {
		off = append(off, demand("end", c.immich(), "while OAuth is off a login that is under way is refused at its end"))
	}
	settings := []check.Requirement{
		demand("scope", c.immich(), "another scope is sent as it stands, in its order"),
		demand("launch", c.immich(), "the pages are told whether auto-launch is on"),
	}
	if c.Immich.Has(version.PromptSetting) {
		settings = append(settings, demand("prompt", c.immich(), "a configured prompt is sent"))
	}
	if c.Immich.Has(version.EndSessionSetting) {
		settings = append(settings, demand("end-session", c.immich(), "a configured end-session endpoint is used in the place of the discovered one"))
	}
	registration := []check.Requirement{
		demand("unknown", c.immich(), "without auto-registration somebody new is refused with 400, and told why where the release tells"),
		demand("none", c.immich(), "no account comes into being"),
		demand("known", c.immich(), "who has an account gets in"),
		demand("local", c.immich(), "who has a local account with the same e-mail gets in"),
	}
	return []Check{
		c.switching("rp.off", "OAuth is switched off while a login is under way", rpOff, off),
		c.switching("rp.settings", "what Immich is set to shows in what it sends", rpSettings, settings),
		assuming(c.switching("rp.registration", "without auto-registration only those get in who have an account", rpRegistration, registration), passwords),
		c.passwordOff(),
	}
}

func (c Cell) wrongSecret() Check {
	return c.switching(rpSecret, "with a wrong client secret in Immich nobody gets in", rpWrongSecret, []check.Requirement{
		demand("wrong", "RFC 6749 §3.2.1", "with a secret that is not the provider's a login is refused"),
		demand("right", c.immich(), "with the right one again the next login works"),
	})
}

func (c Cell) switching(id, title string, body func(*check.T, *Env), requirements []check.Requirement) Check {
	return Check{
		ID: id, Title: title, Level: check.Must, Body: body, Requirements: requirements, Changes: immichConfig,
		Needs: []string{firstLogins(c)[0].Name()},
	}
}

// closesCallback reports whether the release looks at the switch at the end of a login; those in between did not.
func (c Cell) closesCallback() bool {
	return c.Immich.Has(version.CodeNeedsOAuth) || c.Immich.Has(version.CallbackNeedsOAuth)
}

func rpOff(t *check.T, e *Env) {
	e.asSignedIn(t, func(s *signedIn) {
		session, a := e.webLogin(t, s), e.attempt(t, s, journey.LoginPath)
		e.changeImmich(t, map[string]any{"enabled": false})
		_, err := e.World.Immich.Authorize(t.Context(), immich.AuthorizeRequest{RedirectURI: e.loginURI()})
		told, failed := e.World.Immich.Features(t.Context())
		t.Block(failed)
		t.Confirm("begin", func() {
			judgeBadRequest(t, "Immich begins a login while OAuth is off", err)
			assert.False(t, told["oauth"], "oauth among the features")
		})
		_, err = e.World.Immich.Callback(t.Context(), a.Callback())
		t.Observe("end", outcome(err))
		if e.closesCallback() {
			t.Provisional(unproven(e.Cell.Immich, version.CallbackNeedsOAuth), func() {
				t.Confirm("end", func() { judgeBadRequest(t, "Immich lets somebody in while OAuth is off", err) })
			})
		}
		out, err := e.World.Immich.As(session).Logout(t.Context())
		t.Confirm("logout", func() {
			e.went(t, "the logout while OAuth is off", err)
			assert.Equal(t, journey.LoginPath, withoutQuery(out.RedirectURI), "where the logout leads while OAuth is off")
		})
		e.changeImmich(t, map[string]any{"enabled": true})
		_, err = e.World.Immich.Callback(t.Context(), e.attempt(t, s, journey.LoginPath).Callback())
		t.Confirm("again", func() { e.went(t, "a login when OAuth is on again", err) })
	})
}

// judgeBadRequest judges, inside Confirm, that Immich has refused with 400.
func judgeBadRequest(t *check.T, otherwise string, err error) {
	require.Error(t, err, otherwise)
	if !answered(err) {
		t.Block(err)
	}
	assert.True(t, rest.Is(err, http.StatusBadRequest), "Immich refuses with 400: %s", said(err))
}

func rpSettings(t *check.T, e *Env) {
	const bye = "https://other.example/signed-out"
	scopes := strings.Fields(e.Shared.Scope)
	slices.Reverse(scopes)
	scope := strings.Join(scopes, " ")
	changes := map[string]any{"scope": scope, "autoLaunch": true}
	if e.Cell.Immich.Has(version.PromptSetting) {
		changes["prompt"] = "select_account"
	}
	var session *immich.Session
	if e.Cell.Immich.Has(version.EndSessionSetting) {
		changes["endSessionEndpoint"] = bye
		e.asSignedIn(t, func(s *signedIn) { session = e.webLogin(t, s) })
	}
	e.changeImmich(t, changes)
	asked, _ := e.begin(t, immich.AuthorizeRequest{RedirectURI: e.loginURI()})
	t.Confirm("scope", func() { assert.Equal(t, []string{scope}, asked.Query()["scope"], "scope") })
	if e.Cell.Immich.Has(version.PromptSetting) {
		t.Confirm("prompt", func() {
			t.Provisional(unproven(e.Cell.Immich, version.PromptSetting), func() {
				assert.Equal(t, []string{"select_account"}, asked.Query()["prompt"], "prompt")
			})
		})
	}
	e.judgeLaunchTold(t, true)
	e.changeImmich(t, map[string]any{"autoLaunch": false})
	e.judgeLaunchTold(t, false)
	if session == nil {
		return
	}
	out, err := e.World.Immich.As(session).Logout(t.Context())
	t.Confirm("end-session", func() {
		e.went(t, "the logout", err)
		t.Provisional(unproven(e.Cell.Immich, version.EndSessionSetting), func() {
			assert.Equal(t, bye, withoutQuery(out.RedirectURI), "where the logout leads")
		})
	})
}

func (e *Env) judgeLaunchTold(t *check.T, on bool) {
	told, err := e.World.Immich.Features(t.Context())
	t.Block(err)
	t.Confirm("launch", func() { assert.Equal(t, on, told["oauthAutoLaunch"], "oauthAutoLaunch among the features") })
}

func rpRegistration(t *check.T, e *Env) {
	user, visitor := e.newUser(t), e.Visitor()
	e.asSignedIn(t, func(s *signedIn) {
		e.webLogin(t, s) // so that there is an account
		e.changeImmich(t, map[string]any{"autoRegister": false})
		_, err := e.WebLoginAs(t.Context(), visitor, user)
		t.Confirm("unknown", func() { e.judgeUnknown(t, err) })
		users, err := e.ImmichAdmin.Users(t.Context())
		t.Block(err)
		t.Confirm("none", func() {
			assert.False(t, slices.ContainsFunc(users, func(u immich.User) bool { return strings.EqualFold(u.Email, user.Email) }), "there is an account for the person")
		})
		_, err = e.World.Immich.Callback(t.Context(), e.attempt(t, s, journey.LoginPath).Callback())
		t.Confirm("known", func() { e.went(t, "the login of somebody who has an account", err) })
	})
	local := e.localUser(t, user.Email)
	login, err := e.WebLoginAs(t.Context(), visitor, user)
	t.Confirm("local", func() {
		e.went(t, "the login of somebody who has a local account", err)
		assert.Equal(t, local.UserID, login.Session.UserID, "the account")
	})
}

// judgeUnknown judges, inside Confirm, how somebody is refused for whom no account is made.
func (e *Env) judgeUnknown(t *check.T, err error) {
	judgeBadRequest(t, "Immich makes an account without auto-registration", err)
	why := "User does not exist and auto registering is disabled."
	if e.Cell.Immich.Has(version.HiddenReasons) {
		why = "OAuth authentication failed"
	}
	t.Provisional(unproven(e.Cell.Immich, version.HiddenReasons), func() {
		assert.Contains(t, said(err), why, "what the person is told")
	})
}

func rpWrongSecret(t *check.T, e *Env) {
	e.asSignedIn(t, func(s *signedIn) {
		a := e.attempt(t, s, journey.LoginPath)
		right := e.Shared.OP.ClientSecret
		e.Trace.Secret(right)
		e.changeImmich(t, map[string]any{"clientSecret": "another-secret"})
		_, err := e.World.Immich.Callback(t.Context(), a.Callback())
		t.Confirm("wrong", func() { e.judgeRefused(t, "Immich lets somebody in with a wrong client secret", err) })
		e.changeImmich(t, map[string]any{"clientSecret": right})
		_, err = e.World.Immich.Callback(t.Context(), e.attempt(t, s, journey.LoginPath).Callback())
		t.Confirm("right", func() { e.went(t, "a login with the right secret again", err) })
	})
}
