package suites

import (
	"slices"
	"strings"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/journey"
	"github.com/ssoproof/ssoproof/internal/version"
)

// confirmLanding judges the redirect back to Immich's login page, and that Immich took it.
func (e *Env) confirmLanding(t *check.T, login *journey.Login, err error) {
	uri := e.RedirectURI(journey.LoginPath)
	t.Confirm("landing", func() {
		e.cameBack(t, "the login", login, err, uri)
		assert.True(t, e.accepts(t, uri), "%s documents %s", e.Guide.What(), uri)
	})
}

// cameBack judges, inside Confirm, the way to authentik with a redirect URI and back to it, and how the journey ended.
// What was sent and what came back are judged first: they say more than what Immich makes of them.
func (e *Env) cameBack(t *check.T, message string, login *journey.Login, err error, uri string) {
	if sent := login.Request; sent != nil {
		assert.Equal(t, uri, sent.Get("redirect_uri"), "the redirect URI in Immich's authorization request")
	}
	if answer := login.Answer; answer.Code != "" {
		require.Equal(t, journey.Collapsed(uri), journey.Collapsed(answer.RedirectURI), "the browser's landing")
		assert.Equal(t, login.Request.Get("state"), answer.State, "the state")
	}
	e.went(t, message, err)
}

func (e *Env) confirmSession(t *check.T, login *journey.Login) {
	t.Confirm("session", func() {
		var set []string
		for _, cookie := range login.Session.Cookies {
			set = append(set, cookie.Name)
		}
		require.Subset(t, set, []string{"immich_access_token", "immich_auth_type", "immich_is_authenticated"}, "Immich's cookies")
		t.Provisional(unproven(e.Cell.Immich, version.UserOnboarding), func() {
			home := "/photos"
			if e.Cell.Immich.Has(version.UserOnboarding) {
				home = "/auth/onboarding"
			}
			assert.Equal(t, home, login.Arrived, "where the login of a new user ends")
		})
	})
}

// confirmAccount judges whose account a session opens.
func (e *Env) confirmAccount(t *check.T, key string, session *immich.Session, user authentik.User) *immich.User {
	me, err := e.World.Immich.As(session).Me(t.Context())
	t.Confirm(key, func() {
		e.went(t, "GET /api/users/me", err)
		assert.Equal(t, strings.ToLower(user.Email), strings.ToLower(me.Email), "the account's e-mail")
		assert.Equal(t, user.Subject, me.OAuthID, "the account's oauthId is the subject")
		if key == "account" {
			assert.Equal(t, user.Name, me.Name, "the account's name")
		}
	})
	return me
}

func (e *Env) confirmSingle(t *check.T, email string) {
	users, err := e.ImmichAdmin.Users(t.Context())
	t.Block(err)
	users = slices.DeleteFunc(users, func(u immich.User) bool { return !strings.EqualFold(u.Email, email) })
	t.Confirm("single", func() { assert.Len(t, users, 1, "accounts with the e-mail %s", email) })
}
