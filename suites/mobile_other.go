package suites

import (
	"errors"
	"fmt"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/version"
)

// otherApps are the generations of the app that this release does not ship: a phone updates its app by itself, and keeps
// an old one where it does not. What the server makes of them is worth knowing and nobody's fault.
func (c Cell) otherApps() []Check {
	var checks []Check
	for _, app := range c.Immich.OlderApps {
		checks = append(checks, c.other(app, "update the mobile app: the generation that came with "+c.immich()+" is "+c.ownApp().Name))
	}
	for _, app := range c.Immich.NewerApps {
		checks = append(checks, c.other(app, "upgrade Immich: its app has come as far as "+app.Name+", the release ships "+c.ownApp().Name))
	}
	return checks
}

// ownApp is the newest generation that the release ships.
func (c Cell) ownApp() version.App { return c.Immich.Apps[len(c.Immich.Apps)-1] }

func (c Cell) other(app version.App, wayOut string) Check {
	return Check{
		ID: "login.mobile.other", Title: fmt.Sprintf("the mobile app from %s logs in as well", app.Name), Level: check.Info,
		Variant: check.Variant{"app": app.Name},
		Requirements: []check.Requirement{
			demand("start", c.immich(), "the server knows what the app asks before a login, and begins one"),
			demand("landing", c.at(c.nearestLine(app.RedirectURI)), "authentik accepts %s and answers to that scheme with a code", app.RedirectURI),
			demand("session", c.immich(), "the app gets a session by what it sends, and learns who is logged in"),
		},
		Body: func(t *check.T, e *Env) { mobileOther(t, e, app, wayOut) },
	}
}

// mobileOther goes the whole way over HTTP: the browser's road is that of the release's own app.
func mobileOther(t *check.T, e *Env, gen version.App, wayOut string) {
	user, app := e.newUser(t), e.NewApp(gen)
	turnedAway := func(err error) {
		if err == nil {
			return
		}
		e.heard(t, "the app's login", err)
		t.Observe("turned-away", said(err))
		t.Find(check.Finding{
			Message: fmt.Sprintf("%s does not let the mobile app %s in", e.immich(), gen.Name), Expected: "a session", Actual: said(err), Fix: wayOut,
		})
		t.FailNow()
	}
	login, err := app.Login(t.Context(), nil, user)
	t.Confirm("start", func() {
		if login.Request == nil {
			turnedAway(err)
		}
	})
	if err != nil && answered(err) {
		t.Observe("turned-away", said(err))
	}
	e.confirmAppLanding(t, gen, login, err)
	me, err := app.Receive(t.Context(), login.Answer.URL)
	t.Confirm("session", func() {
		turnedAway(err)
		assert.Equal(t, user.Subject, me.OAuthID, "the account's oauthId is the subject")
	})
}

// said is what a product answered, the same in every run: without the correlation ID.
func said(err error) string {
	var refused *immich.APIError
	if errors.As(err, &refused) {
		return refused.Words()
	}
	return err.Error()
}
