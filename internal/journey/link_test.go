package journey_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/journey"
)

func TestBrowserAndHTTPLinkAnAccount(t *testing.T) {
	t.Parallel()
	p := doubles(t)
	w, tr, user := p.fresh(t)
	p.browse(t, func(ctx context.Context, s *browser.Session) {
		local, err := w.NewLocalUser(ctx, "local-"+user.Email)
		if immichs := (*immich.APIError)(nil); assert.NotErrorAs(t, err, &immichs) {
			require.NoError(t, err)
		}
		login, err := w.Link(ctx, s, local, user)
		if s.Disturbed() != nil {
			return
		}
		require.NoError(t, err)
		assert.Equal(t, w.RedirectURI(journey.LinkPath), login.Answer.RedirectURI)
		assert.Equal(t, login.Request.Get("state"), login.Answer.State)
		assert.True(t, strings.HasSuffix(login.Exchange.URL, "/api/oauth/link"))
		assert.Contains(t, tr.pictures, "linked")
		me, err := w.Immich.As(local).Me(ctx)
		require.NoError(t, err)
		assert.Equal(t, []string{"local-" + user.Email, user.UID}, []string{me.Email, me.OAuthID})
	})

	w, _, other := p.fresh(t)
	local, err := w.NewLocalUser(t.Context(), "local-"+other.Email)
	require.NoError(t, err)
	linked, err := w.LinkHTTP(t.Context(), local, other)
	require.NoError(t, err)
	assert.Equal(t, []string{"local-" + other.Email, other.UID}, []string{linked.Email, linked.OAuthID})
}

func TestALinkThatImmichRefusesSaysSo(t *testing.T) {
	t.Parallel()
	p := doubles(t)
	w, _, user := p.fresh(t)
	_, err := w.WebLoginHTTP(t.Context(), user) // the identity is taken
	require.NoError(t, err)
	local, err := w.NewLocalUser(t.Context(), "local-"+user.Email)
	require.NoError(t, err)
	_, err = w.LinkHTTP(t.Context(), local, user)
	var answer *immich.APIError
	require.ErrorAs(t, err, &answer)
	p.browse(t, func(ctx context.Context, s *browser.Session) {
		_, err := w.Link(ctx, s, local, user)
		if s.Disturbed() != nil {
			return
		}
		var rejected *journey.RejectedError
		require.ErrorAs(t, err, &rejected)
		assert.Equal(t, []any{"/api/oauth/link", answer.Status}, []any{rejected.Endpoint, rejected.Status})
		assert.NotEmpty(t, rejected.Message)
	})
}

func TestLogoutLeavesAuthentiksOwnSession(t *testing.T) {
	t.Parallel()
	p := doubles(t)
	w, tr, user := p.fresh(t)
	p.browse(t, func(ctx context.Context, s *browser.Session) {
		login, err := w.WebLogin(ctx, s, user)
		if s.Disturbed() != nil {
			return
		}
		require.NoError(t, err)
		out, err := w.Logout(ctx, s, login.Session, user.Email)
		if s.Disturbed() != nil {
			return
		}
		require.NoError(t, err)
		assert.True(t, strings.HasPrefix(out.SentTo, p.op.Issuer+"end-session/"), out.SentTo)
		assert.Equal(t, out.SentTo, out.Arrived)
		assert.Contains(t, tr.pictures, "logged-out")
		alive, err := w.Immich.As(login.Session).ValidateToken(ctx)
		require.NoError(t, err)
		assert.False(t, alive)
		asked, err := w.AskedAgain(ctx, s)
		if s.Disturbed() != nil {
			return
		}
		require.NoError(t, err)
		assert.Equal(t, "nothing", asked)
	})
}

func TestALogoutThatStaysInImmichIsToldAsSuch(t *testing.T) {
	t.Parallel()
	p := doubles(t)
	p.fault(t, "logout-not-sent-to-end-session")
	w, _, user := p.fresh(t)
	p.browse(t, func(ctx context.Context, s *browser.Session) {
		login, err := w.WebLogin(ctx, s, user)
		if s.Disturbed() != nil {
			return
		}
		require.NoError(t, err)
		out, err := w.Logout(ctx, s, login.Session, user.Email)
		if s.Disturbed() != nil {
			return
		}
		require.NoError(t, err)
		assert.NotContains(t, out.SentTo, w.AuthentikURL)
		assert.Empty(t, out.Arrived)
	})
}
