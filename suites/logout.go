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
	out, err := e.World.Logout(t.Context(), s, login.Session, user.Email)
	t.Confirm("dead", func() {
		e.went(t, "signing out", err)
		alive, err := e.World.Immich.As(login.Session).ValidateToken(t.Context())
		t.Block(err)
		assert.False(t, alive, "the session from before the logout still answers")
	})
	t.Confirm("end", func() {
		d, _ := e.discover(t)
		require.NotEmpty(t, d.EndSession, "end_session_endpoint of the discovery document")
		require.Equal(t, d.EndSession, withoutQuery(out.SentTo), "where Immich sends the browser after the logout")
		assert.Equal(t, d.EndSession, withoutQuery(out.Arrived), "where the browser went")
		if e.Cell.Immich.Has(version.IDTokenHint) {
			to, err := url.Parse(out.SentTo)
			require.NoError(t, err)
			t.Provisional(unproven(e.Cell.Immich, version.IDTokenHint), func() {
				assert.NotEmpty(t, to.Query().Get("id_token_hint"), "id_token_hint in the address")
			})
		}
	})
	asked, err := e.AskedAgain(t.Context(), s)
	t.Block(err)
	t.Observe("next-login", asked)
}

// withoutQuery keeps a hint, which is a token, out of findings.
func withoutQuery(address string) string {
	base, _, _ := strings.Cut(address, "?")
	return base
}
