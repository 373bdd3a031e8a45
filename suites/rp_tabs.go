package suites

import (
	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/journey"
	"github.com/ssoproof/ssoproof/internal/version"
)

func (c Cell) rpTabChecks() []Check {
	requirements := []check.Requirement{demand("later", c.immich(), "the login that was begun last gets in, whatever became of the other")}
	if c.Immich.Has(version.PKCE) {
		requirements = append(requirements, demand("earlier", "RFC 6749 §10.12", "the other one, whose state the browser has lost, is refused"))
	}
	tabs := one("rp.tabs", "two logins that are under way in one browser do not harm each other", rpTabs, requirements...)
	tabs.Needs = []string{firstLogins(c)[0].Name()}
	return []Check{tabs}
}

// rpTabs ends the earlier login first, with the cookies that the browser has by then.
func rpTabs(t *check.T, e *Env) {
	e.asSignedIn(t, func(s *signedIn) {
		browser := e.oneBrowser()
		earlier, err := browser.AttemptAs(t.Context(), s.visitor, s.user, journey.LoginPath)
		t.Block(err)
		later, err := browser.AttemptAs(t.Context(), s.visitor, s.user, journey.LoginPath)
		t.Block(err)
		earlier.Cookies, later.Cookies = nil, nil // the browser keeps them
		_, err = browser.Immich.Callback(t.Context(), earlier.Callback())
		t.Observe("earlier", outcome(err))
		if e.Cell.Immich.Has(version.PKCE) {
			t.Confirm("earlier", func() { e.judgeRefused(t, "Immich takes the answer to a login whose state the browser has lost", err) })
		}
		session, err := browser.Immich.Callback(t.Context(), later.Callback())
		t.Confirm("later", func() {
			e.went(t, "the login that was begun last", err)
			me, err := e.World.Immich.As(session).Me(t.Context())
			e.went(t, "GET /api/users/me", err)
			assert.Equal(t, s.user.Subject, me.OAuthID, "the account's oauthId is the subject")
		})
	})
}

func outcome(err error) string {
	if err == nil {
		return "taken"
	}
	return said(err)
}
