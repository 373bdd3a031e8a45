package suites

import (
	"net/url"
	"strings"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/version"
)

func logoutChecks(c Cell) ([]Check, []Exclusion) {
	return []Check{{
		ID: "logout.web", Title: "a person signs out of Immich", Level: check.Must, Body: logoutWeb,
		Needs: []string{firstLogins(c)[0].Name()},
		Requirements: []check.Requirement{
			demand("dead", c.immich(), "Immich's session is dead on the server"),
			demand("end", "OpenID Connect RP-Initiated Logout 1.0 §2", "the browser is sent to the discovered end-session endpoint"),
		},
	}}, nil
}

func logoutWeb(t *check.T, e *Env) {
	user := e.newUser(t)
	s := e.session(t)
	login, err := e.WebLogin(t.Context(), s, user)
	t.Block(err)
	out, err := e.World.Logout(t.Context(), s, user.Email)
	t.Confirm("end", func() {
		went(t, "signing out", err)
		d, _ := e.discover(t)
		assert.True(t, strings.HasPrefix(out.EndSession, d.EndSession), "the browser was sent to %s, not to %s", out.EndSession, d.EndSession)
		if e.Cell.Immich.Has(version.IDTokenHint) {
			to, err := url.Parse(out.EndSession)
			require.NoError(t, err)
			t.Provisional(unproven(e.Cell.Immich, version.IDTokenHint), func() {
				assert.NotEmpty(t, to.Query().Get("id_token_hint"), "id_token_hint in the address")
			})
		}
	})
	t.Confirm("dead", func() {
		alive, err := e.World.Immich.As(login.Session).ValidateToken(t.Context())
		t.Block(err)
		assert.False(t, alive, "the session from before the logout still answers")
	})
	asked, err := e.AskedAgain(t.Context(), s)
	t.Block(err)
	t.Observe("next-login", asked)
}
