package suites

import (
	"errors"
	"net/http"
	"strings"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/journey"
)

func linkChecks(c Cell) ([]Check, []Exclusion) {
	line := c.at(c.nearestLine("https://" + c.immichHost() + journey.LinkPath))
	return []Check{
		assuming(covering(one("link.web", "a person links a local account from the user settings", linkWeb,
			demand("landing", line, "authentik sends the browser back to the documented /user-settings, with a code and the state"),
			demand("linked", c.immich(), "the account has the subject as its oauthId and keeps its e-mail")), "redirect_uris/link"), passwords),
		{
			ID: "link.unlink", Title: "a linked account is unlinked", Level: check.Must, Body: linkUnlink,
			Needs: []string{"link.web"}, Assumes: []string{passwords},
			Requirements: []check.Requirement{demand("unlinked", c.immich(), "after unlinking, the account has no oauthId")},
		},
		{
			ID: "link.taken", Title: "an identity that belongs to another account is refused", Level: check.Must, Body: linkTaken, Provokes: true,
			Needs: []string{firstLogins(c)[0].Name()}, Assumes: []string{passwords},
			Requirements: []check.Requirement{
				demand("refused", c.immich(), "linking an identity twice is refused with 400"),
				demand("kept", c.immich(), "both accounts stay as they were"),
			},
		},
	}, nil
}

// otherEmail keeps the local account from being taken over by e-mail before it is linked.
func otherEmail(email string) string { return "local-" + email }

func linkWeb(t *check.T, e *Env) {
	user := e.newUser(t)
	local := e.localUser(t, otherEmail(user.Email))
	login, err := e.Link(t.Context(), e.session(t), local, user)
	uri := e.RedirectURI(journey.LinkPath)
	t.Confirm("landing", func() {
		e.cameBack(t, "linking", login, err, uri)
		assert.True(t, e.accepts(t, uri), "%s documents %s", e.Guide.What(), uri)
	})
	me, err := e.World.Immich.As(local).Me(t.Context())
	t.Confirm("linked", func() {
		e.went(t, "GET /api/users/me", err)
		assert.Equal(t, user.Subject, me.OAuthID, "the account's oauthId is the subject")
		assert.Equal(t, otherEmail(user.Email), strings.ToLower(me.Email), "the account's e-mail")
	})
}

func linkUnlink(t *check.T, e *Env) {
	user := e.newUser(t)
	local := e.localUser(t, otherEmail(user.Email))
	_, err := e.LinkHTTP(t.Context(), local, user)
	t.Block(err)
	t.Confirm("unlinked", func() {
		_, err := e.World.Immich.As(local).Unlink(t.Context())
		e.went(t, "unlinking", err)
		me, err := e.World.Immich.As(local).Me(t.Context())
		e.went(t, "GET /api/users/me", err)
		assert.Empty(t, me.OAuthID, "the account's oauthId")
	})
}

func linkTaken(t *check.T, e *Env) {
	user := e.newUser(t)
	owner, err := e.WebLoginHTTP(t.Context(), user)
	t.Block(err)
	local := e.localUser(t, otherEmail(user.Email))
	answer, err := e.LinkAnswerHTTP(t.Context(), user)
	t.Block(err) // whatever is refused before Immich is asked to link says nothing about linking
	_, err = e.World.Immich.As(local).Link(t.Context(), answer)
	t.Confirm("refused", func() {
		var refused *immich.APIError
		if err != nil && !errors.As(err, &refused) {
			t.Block(err)
		}
		require.NotNil(t, refused, "Immich took the identity a second time")
		assert.Equal(t, http.StatusBadRequest, refused.Status, "the status of POST /api/oauth/link")
		t.Observe("message", refused.Message)
	})
	t.Confirm("kept", func() {
		me, err := e.World.Immich.As(local).Me(t.Context())
		e.went(t, "GET /api/users/me", err)
		assert.Empty(t, me.OAuthID, "the other account's oauthId")
		holder, err := e.World.Immich.As(owner.Session).Me(t.Context())
		e.went(t, "GET /api/users/me", err)
		assert.Equal(t, user.Subject, holder.OAuthID, "the owner's oauthId")
	})
}
