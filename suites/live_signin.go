package suites

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/journey"
)

// The checks of a real login; the first has the pictures of it.
const (
	LiveSignInID  = "live.signin"
	liveSessionID = "live.session"
	liveSignOutID = "live.signout"
)

// liveSignIn judges a real login, where one was asked for.
func liveSignIn(l *Live) ([]LiveCheck, []Exclusion) {
	if !l.Asked {
		return nil, nil
	}
	reason := l.Declined
	if len(l.Logins) == 0 {
		reason = "Immich begins no login"
	}
	if reason != "" {
		return nil, []Exclusion{{LiveSignInID, reason}, {liveSessionID, reason}, {liveSignOutID, reason}}
	}
	p := l.product()
	return []LiveCheck{
		needing(one(LiveSignInID, "a person logs in to Immich through authentik", liveSigned,
			demand("flow", "authentik", "authentik lets the person in, and sends the browser back to Immich with a code"),
			demand("session", p, "POST /api/oauth/callback is answered with a session"),
			demand("account", p, "GET /api/users/me tells the account of the session, with an e-mail")), "live.redirect[uri=login]", "live.login-page"),
		needing(one(liveSessionID, "the session's cookies are out of reach, and live as long as they are needed", func(t *check.T, l *Live) {
			l.restOn(t, l.SignIn.Way)
			confirmSessionCookies(t, l.SignIn.Session.Cookies)
		}, sessionCookies(p), lastingCookies(p)), LiveSignInID),
		needing(one(liveSignOutID, "a logout ends the session", liveSignedOut,
			demand("answered", p, "POST /api/auth/logout is answered well"),
			demand("ended", p, "GET /api/users/me is then answered with 401")), LiveSignInID),
	}, nil
}

func (l *Live) restOn(t *check.T, exchanges []int64) {
	for _, id := range exchanges {
		l.Rests(t.Snapshot().Name(), id)
	}
}

func liveSigned(t *check.T, l *Live) {
	s := l.SignIn
	if s == nil {
		t.Block(errors.New("nobody was logged in"))
	}
	l.restOn(t, s.Way)
	for _, step := range s.Steps {
		t.AddStep(step)
	}
	t.Observe("consent", map[bool]string{true: "asked", false: "not asked"}[s.Consent])
	refusal, atImmich := immichsRefusal(s.Err)
	if s.Err != nil && !answered(s.Err) {
		t.Block(s.Err)
	}
	t.Block(unanswerable(s.Err))
	t.Confirm("flow", func() {
		if s.Err != nil && !atImmich {
			t.Find(check.Finding{Message: "authentik does not let the person in", Expected: "a way back to Immich", Actual: authentiksWords(s.Err)})
			t.FailNow()
		}
	})
	t.Confirm("session", func() {
		if s.Err != nil {
			t.Find(check.Finding{Message: "Immich does not take the login", Expected: "a session", Actual: refusal})
			t.FailNow()
		}
	})
	if s.MeErr != nil && !answered(s.MeErr) {
		t.Block(s.MeErr)
	}
	t.Confirm("account", func() {
		if s.MeErr != nil {
			t.Find(check.Finding{Message: "Immich does not know its own session", Expected: "the account", Actual: s.MeErr.Error()})
			t.FailNow()
		}
		assert.Equal(t, s.Session.UserID, s.Me.ID, "the account of the session")
		assert.NotEmpty(t, s.Me.Email, "the account's e-mail")
	})
}

// immichsRefusal is how Immich turned a login down; ok is false where it did not.
func immichsRefusal(err error) (text string, ok bool) {
	refused, rejected, sessionless := new(immich.APIError), new(journey.RejectedError), new(journey.NoSessionError)
	switch {
	case errors.As(err, &refused):
		return statusText(refused.Status) + " " + refused.Message, true
	case errors.As(err, &rejected):
		return statusText(rejected.Status) + " " + rejected.Message, true
	case errors.As(err, &sessionless):
		return sessionless.Error(), true
	}
	return "", false
}

// authentiksWords is what authentik says in a refusal, and where.
func authentiksWords(err error) string {
	stopped, page, back := new(authentik.FlowError), new(authentik.RefusedError), new(journey.AnswerError)
	switch {
	case errors.As(err, &stopped):
		return fmt.Sprintf("%s (%s)", strings.TrimSuffix(stopped.Message, "."), stopped.Component)
	case errors.As(err, &page):
		return page.Error()
	case errors.As(err, &back):
		return back.Error()
	}
	return err.Error()
}

// stages says what authentik asks for where it asks for more than a name and a password; by component, or what it begins with.
var stages = []struct{ component, asks string }{
	{"ak-stage-authenticator-validate", "asks for a second factor, which ssoproof does not answer; use an account without one"},
	{"ak-stage-authenticator-", "wants a second factor to be set up, which ssoproof does not do; use an account that need not have one"},
	{"ak-stage-captcha", "shows a captcha, which ssoproof does not solve; use a flow without one"},
	{"ak-stage-identification", "lets people in through other sources alone, such as another provider, and asks for no name; ssoproof does not follow these"},
	{"ak-source-", "goes on to another source, which ssoproof does not follow"},
	{"ak-stage-prompt", "shows a form to fill in, which ssoproof does not do; log in once by hand, or use an account to which it is not shown"},
	{"ak-stage-email", "sends an e-mail and waits, which ssoproof does not; use an account to which it does not"},
}

// unanswerable says what authentik asks for that is not answered; nil: nothing.
func unanswerable(err error) error {
	stopped := new(authentik.FlowError)
	if !errors.As(err, &stopped) || !stopped.Asks {
		return nil
	}
	if stopped.Component == authentik.ComponentConsent {
		what := "its data"
		if stopped.Message != "" {
			what = stopped.Message
		}
		return fmt.Errorf("authentik asks the person to let Immich have %s; --consent agrees, which authentik keeps", what)
	}
	for _, s := range stages {
		if strings.HasPrefix(stopped.Component, s.component) {
			return fmt.Errorf("authentik %s (%s)", s.asks, stopped.Component)
		}
	}
	return fmt.Errorf("authentik shows the stage %s, which ssoproof does not answer", stopped.Component)
}

func liveSignedOut(t *check.T, l *Live) {
	s := l.SignIn
	l.restOn(t, s.End)
	if s.OutErr != nil && !answered(s.OutErr) {
		t.Block(s.OutErr)
	}
	t.Confirm("answered", func() {
		if s.OutErr != nil {
			t.Find(check.Finding{Message: "Immich does not take the logout", Expected: "it works", Actual: s.OutErr.Error()})
			t.FailNow()
		}
	})
	refused := new(immich.APIError)
	if s.After != nil && !answered(s.After) {
		t.Block(s.After)
	}
	t.Confirm("ended", func() {
		actual := "it is signed in"
		if errors.As(s.After, &refused) {
			actual = statusText(refused.Status)
		}
		assert.Equal(t, statusText(http.StatusUnauthorized), actual, "the session after the logout")
	})
}
