package journey_test

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/journey"
)

func TestTheAppLogsInBothSpellings(t *testing.T) {
	t.Parallel()
	p := doubles(t)
	for name, slashes := range map[string]journey.Spelling{"one slash": journey.OneSlash, "three": journey.ThreeSlashes} {
		t.Run(name, func(t *testing.T) {
			w, tr, user := p.fresh(t)
			p.browse(t, func(ctx context.Context, s *browser.Session) {
				app := w.NewApp(p.app)
				login, err := app.Login(ctx, s, user)
				if s.Disturbed() != nil {
					return
				}
				require.NoError(t, err)
				assert.Equal(t, p.app.RedirectURI, login.Request.Get("redirect_uri"))
				assert.Equal(t, login.Request.Get("state"), login.Answer.State)
				assert.Contains(t, tr.pictures, "landing")
				me, err := app.Receive(ctx, slashes.Spell(login.Answer.URL))
				require.NoError(t, err)
				assert.Equal(t, user.UID, me.OAuthID)
			})
		})
	}
}

// Chrome's own view of a custom scheme may be normalised: what counts is what authentik sent.
func TestTheLandingIsWhatAuthentikSent(t *testing.T) {
	t.Parallel()
	p := doubles(t)
	w, _, user := p.fresh(t)
	p.browse(t, func(ctx context.Context, s *browser.Session) {
		before, err := w.Edge.Last(ctx)
		require.NoError(t, err)
		login, err := w.NewApp(p.app).Login(ctx, s, user)
		if s.Disturbed() != nil {
			return
		}
		require.NoError(t, err)
		assert.True(t, strings.HasPrefix(login.Answer.URL, "app.immich:/oauth-callback?"), "one slash: %s", login.Answer.URL)
		sent, err := w.Edge.Find(ctx, before, "the redirect", func(x *edge.Exchange) bool {
			var challenge struct{ To string }
			_ = json.Unmarshal(x.ResponseBody, &challenge)
			return login.Answer.URL == challenge.To || login.Answer.URL == x.ResponseHeader.Get("Location")
		})
		require.NoError(t, err, "byte for byte in the record")
		assert.True(t, strings.HasPrefix(sent.URL, w.AuthentikURL))
		var seen []browser.By
		for _, m := range s.Moves(0) {
			if strings.HasPrefix(m.URL, "app.immich:") {
				seen = append(seen, m.By)
			}
		}
		assert.NotEmpty(t, seen, "and the browser really went there")
	})
	overHTTP, err := w.NewApp(p.app).Login(t.Context(), nil, user)
	require.NoError(t, err)
	assert.Equal(t, "app.immich:/oauth-callback", overHTTP.Answer.RedirectURI)
}

// The landing of a web address is held back: the page there would redeem the code.
func TestACodeThatWasCaughtIsStillGood(t *testing.T) {
	t.Parallel()
	p := doubles(t)
	w, _, user := p.fresh(t)
	p.browse(t, func(ctx context.Context, s *browser.Session) {
		proof := journey.NewProof()
		login, err := w.Through(ctx, s, w.Immich, user, w.RedirectURI(journey.LinkPath), proof)
		if s.Disturbed() != nil {
			return
		}
		require.NoError(t, err)
		assert.Equal(t, w.RedirectURI(journey.LinkPath), login.Answer.RedirectURI)
		session, err := w.Redeem(ctx, w.Immich, login.Answer.URL, proof)
		require.NoError(t, err)
		me, err := w.Immich.As(session).Me(ctx)
		require.NoError(t, err)
		assert.Equal(t, user.UID, me.OAuthID)
		_, err = w.Redeem(ctx, w.Immich, login.Answer.URL, proof)
		assert.Error(t, err, "once")
	})
}

func TestTheAppLogsInByTheOverride(t *testing.T) {
	t.Parallel()
	p := doubles(t)
	w, _, user := p.fresh(t)
	override := w.RedirectURI(journey.HandoffPath)
	twin, err := w.Authentik.AddProvider(t.Context(), p.op, p.authentik, authentik.ProviderSpec{
		Name: "override", Slug: "override",
		RedirectURIs: []guide.RedirectURI{{URL: override, Matching: guide.Strict, Purpose: guide.Authorization}},
	})
	require.NoError(t, err)
	config, err := w.ImmichAdmin.SystemConfig(t.Context())
	require.NoError(t, err)
	for key, value := range map[string]any{
		"mobileOverrideEnabled": true, "mobileRedirectUri": override,
		"issuerUrl": twin.DiscoveryURL, "clientId": twin.ClientID, "clientSecret": twin.ClientSecret,
	} {
		config.OAuth()[key] = value
	}
	_, err = w.ImmichAdmin.PutSystemConfig(t.Context(), config)
	require.NoError(t, err)

	app := w.NewApp(p.app)
	login, err := app.Login(t.Context(), nil, user)
	require.NoError(t, err)
	assert.Equal(t, override, login.Request.Get("redirect_uri"))
	assert.Equal(t, override, login.Answer.RedirectURI)
	_, query, _ := strings.Cut(login.Answer.URL, "?")
	location, err := w.Handoff(t.Context(), query)
	require.NoError(t, err)
	assert.Equal(t, p.app.RedirectURI+"?"+query, location)
	me, err := app.Receive(t.Context(), location)
	require.NoError(t, err)
	assert.Equal(t, user.UID, me.OAuthID)
	redeemed, err := w.Redemption(t.Context(), login.Answer.Code)
	require.NoError(t, err)
	assert.Equal(t, override, redeemed.Form.Get("redirect_uri"))
}

func TestTheHandoffIsReportedAsItIs(t *testing.T) {
	t.Parallel()
	p := doubles(t)
	p.fault(t, "mobile-redirect-drops-query")
	w, _, _ := p.fresh(t)
	location, err := w.Handoff(t.Context(), url.Values{"code": {"c"}}.Encode())
	require.NoError(t, err)
	assert.NotContains(t, location, "code=c")
}
