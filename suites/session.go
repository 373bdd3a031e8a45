package suites

import (
	"errors"
	"net/http"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/version"
)

// sessionChecks are the days after the first login: more than one browser, signing out of one and of all.
func sessionChecks(c Cell) ([]Check, []Exclusion) {
	several := assuming(one("session.several", "several browsers are signed in side by side", sessionSeveral,
		demand("beside", c.immich(), "a login in a second and a third browser leaves the others signed in"),
		demand("one", c.immich(), "logging out of one ends that session"),
		demand("others", c.immich(), "logging out of one leaves the others signed in"),
		demand("everywhere", c.immich(), "signing out of all other devices ends their sessions, and neither the own nor anybody else's")), passwords)
	if !c.Immich.Has(version.UserOnboarding) {
		return resting(c, []Check{several}), []Exclusion{{"session.onboarding", c.immich() + " has no onboarding of its users"}}
	}
	return resting(c, []Check{several, assuming(one("session.onboarding", "a new person is welcomed once", sessionOnboarding,
		demand("first", c.immich(), "the first login says that the person has not seen the welcome"),
		demand("once", c.immich(), "after it, the next login says that the person has")), newcomers)}), nil
}

func sessionSeveral(t *check.T, e *Env) {
	e.asNewcomer(t, func(n *newcomer) {
		var devices []*immich.Session
		for range 3 {
			login, err := e.WebLoginAs(t.Context(), n.visitor, n.user)
			t.Block(err)
			devices = append(devices, login.Session)
		}
		alive := func(message string, sessions ...*immich.Session) {
			for _, s := range sessions {
				me, err := e.World.Immich.As(s).Me(t.Context())
				e.went(t, message, err)
				assert.Equal(t, n.me.ID, me.ID, "the account of a session")
			}
		}
		t.Confirm("beside", func() { alive("a browser beside two others", append(devices, n.session)...) })
		_, err := e.World.Immich.As(devices[0]).Logout(t.Context())
		t.Block(err)
		t.Confirm("one", func() { e.dead(t, "the browser that was logged out of", devices[0]) })
		t.Confirm("others", func() { alive("a browser beside one that was logged out of", devices[1], devices[2], n.session) })
		somebody := e.localUser(t, otherEmail(n.user.Email))
		// The newcomer's own session is among those that end; it is renewed.
		err = e.World.Immich.As(devices[1]).EndOtherSessions(t.Context())
		t.Block(err)
		t.Confirm("everywhere", func() {
			e.dead(t, "another device", devices[2])
			alive("the device that signed out of all others", devices[1])
			_, err := e.World.Immich.As(somebody).Me(t.Context())
			e.went(t, "somebody else", err)
		})
		n.session = devices[1]
	})
}

// dead judges, inside Confirm, that a session is none any more.
func (e *Env) dead(t *check.T, what string, session *immich.Session) {
	_, err := e.World.Immich.As(session).Me(t.Context())
	var refused *immich.APIError
	if err != nil && !errors.As(err, &refused) {
		t.Block(err)
	}
	if refused == nil || refused.Status != http.StatusUnauthorized {
		actual := "it is signed in"
		if refused != nil {
			actual = refused.Error()
		}
		t.Find(check.Finding{Message: what + " is still signed in", Expected: "401", Actual: actual})
	}
}

func sessionOnboarding(t *check.T, e *Env) {
	e.asNewcomer(t, func(*newcomer) {}) // logins over HTTP work
	user, visitor := e.newUser(t), e.Visitor()
	first, err := e.WebLoginAs(t.Context(), visitor, user)
	t.Block(err)
	t.Confirm("first", func() { assert.False(t, first.Session.Onboarded, "isOnboarded in the answer to the first login") })
	t.Block(e.World.Immich.As(first.Session).FinishOnboarding(t.Context()))
	next, err := e.WebLoginAs(t.Context(), visitor, user)
	t.Block(err)
	t.Confirm("once", func() { assert.True(t, next.Session.Onboarded, "isOnboarded in the answer to the next login") })
}
