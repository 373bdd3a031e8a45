package suites

import (
	"errors"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/journey"
	"github.com/ssoproof/ssoproof/internal/version"
)

const backchannelPage = "logout.backchannel.page"

// pageLeaves is a "should": Immich documents that the session ends, and only its web app's source says what becomes of a
// page that is open (event on_session_delete, v3.0 on).
func pageLeaves(c Cell) Check {
	return Check{
		ID: backchannelPage, Title: "a page of Immich's that is open is left when its session is ended from authentik", Level: check.Should,
		Body: logoutPage, Needs: []string{backchannelAccepted},
		Requirements: []check.Requirement{
			demand("left", c.immich(), "an open page leaves for Immich's login page by itself when a logout token has ended its session"),
		},
	}
}

// logoutPage signs the person in over HTTP, and gives the browser the session in Immich alone.
func logoutPage(t *check.T, e *Env) {
	user, here := e.newUser(t), e.Visitor()
	login, err := e.WebLoginAs(t.Context(), here, user)
	t.Block(err)
	s := e.session(t)
	heard, err := e.Show(t.Context(), s, login.Session, user.Email)
	t.Block(err)
	sid, before, mark := e.sessionID(t, login.Answer.Code), e.mark(t), s.Mark()
	t.Block(e.Trace.Step("sign out of authentik", func() error { return here.SignOut(t.Context()) }))
	if sent, _ := e.awaitLogout(t, logoutWait(t), before, sid); sent == nil || e.lives(t, login.Session) {
		t.Block(errors.New("no logout token has ended the session: " + backchannelAccepted + " says why"))
	}
	left, err := e.Left(t.Context(), s, mark)
	t.Block(err)
	t.Confirm("left", func() {
		if left {
			return
		}
		actual := "the page stays where it is"
		if !heard {
			actual += ", and Immich has told it nothing over its socket (/api/socket.io/) since it was opened"
		}
		t.Provisional(unproven(e.Cell.Immich, version.BackchannelLogout), func() {
			t.Find(check.Finding{Message: "the page of a session that has ended stays open", Expected: journey.LoginPath, Actual: actual})
		})
	})
}
