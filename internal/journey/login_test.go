package journey_test

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/journey"
)

// Both drivers tell the same of the same login, so a check may take either.
func TestBrowserAndHTTPSeeTheSameLogin(t *testing.T) {
	t.Parallel()
	p := doubles(t)
	first := browser.Prompts{Login: true, Consent: true, Permissions: []string{"email", "profile"}}
	again := browser.Prompts{Login: true}
	drivers := map[string]func(*journey.World, authentik.User) *journey.Login{
		"browser": func(w *journey.World, user authentik.User) (login *journey.Login) {
			p.browse(t, func(ctx context.Context, s *browser.Session) {
				var err error
				login, err = w.WebLogin(ctx, s, user)
				require.True(t, err == nil || s.Disturbed() != nil, err)
			})
			return login
		},
		"http": func(w *journey.World, user authentik.User) *journey.Login {
			login, err := w.WebLoginHTTP(t.Context(), user)
			require.NoError(t, err)
			return login
		},
	}
	for name, login := range drivers {
		t.Run(name, func(t *testing.T) {
			w, tr, user := p.fresh(t)
			for _, prompts := range []browser.Prompts{first, again} {
				seen := login(w, user)
				slices.Sort(seen.Prompts.Permissions)
				assert.Equal(t, prompts, seen.Prompts)
				assert.Equal(t, w.RedirectURI(journey.LoginPath), seen.Answer.RedirectURI)
				assert.True(t, strings.HasPrefix(seen.Answer.URL, seen.Answer.RedirectURI+"?"), seen.Answer.URL)
				assert.NotEmpty(t, seen.Answer.Code)
				assert.Equal(t, seen.Request.Get("state"), seen.Answer.State)
				assert.Equal(t, []string{"client_id", "code_challenge", "code_challenge_method", "redirect_uri", "response_type", "scope", "state"},
					slices.Sorted(maps.Keys(seen.Request)))
				assert.Equal(t, w.RedirectURI(journey.LoginPath), seen.Request.Get("redirect_uri"))
				me, err := w.Immich.As(seen.Session).Me(t.Context())
				require.NoError(t, err)
				assert.Equal(t, []string{user.Email, user.UID}, []string{me.Email, me.OAuthID})
				redeemed, err := w.Redemption(t.Context(), seen.Answer.Code)
				require.NoError(t, err)
				assert.Equal(t, http.StatusOK, redeemed.Status)
				assert.Equal(t, seen.Answer.RedirectURI, redeemed.Form.Get("redirect_uri"))
				assert.NotEmpty(t, redeemed.Tokens["id_token"])
				if name == "browser" {
					assert.Equal(t, "/auth/onboarding", seen.Arrived, "nobody has finished the onboarding")
					assert.Equal(t, http.StatusCreated, seen.Exchange.Status)
					assert.Contains(t, tr.pictures, "arrived")
				}
			}
			assert.Equal(t, name == "browser", tr.pictures["consent"] > 0, "the picture of the consent page")
			assert.Contains(t, tr.secrets, user.Password)
		})
	}
}

// Where authentik asks nothing, the browser is back before anybody could look for it.
func TestALoginThatAsksNothing(t *testing.T) {
	t.Parallel()
	p := doubles(t)
	w, _, user := p.fresh(t)
	p.browse(t, func(ctx context.Context, s *browser.Session) {
		first, err := w.WebLogin(ctx, s, user)
		if s.Disturbed() != nil {
			return
		}
		require.NoError(t, err)
		second, err := w.WebLogin(ctx, s, user)
		if s.Disturbed() != nil {
			return
		}
		require.NoError(t, err)
		assert.Equal(t, browser.Prompts{}, second.Prompts)
		assert.NotEqual(t, first.Answer.Code, second.Answer.Code)
		assert.NotEqual(t, first.Session.Token, second.Session.Token)
	})
}

func TestALoginThatFailsSaysWhoRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault    string
		password string
		check    func(t *testing.T, byBrowser, overHTTP error)
	}{
		"a wrong password": {password: "wrong", check: func(t *testing.T, byBrowser, overHTTP error) {
			var page *browser.RefusedError
			require.ErrorAs(t, byBrowser, &page)
			assert.Contains(t, page.Text, "password")
			var flow *authentik.FlowError
			require.ErrorAs(t, overHTTP, &flow)
			assert.Contains(t, flow.Message, "password")
		}},
		"an ID token that Immich refuses": {fault: "wrong-aud", check: func(t *testing.T, byBrowser, overHTTP error) {
			var rejected *journey.RejectedError
			require.ErrorAs(t, byBrowser, &rejected)
			var answer *immich.APIError
			require.ErrorAs(t, overHTTP, &answer)
			assert.Equal(t, "/api/oauth/callback", rejected.Endpoint)
			assert.Equal(t, answer.Status, rejected.Status)
			assert.GreaterOrEqual(t, rejected.Status, 400)
			assert.NotEmpty(t, rejected.Message)
		}},
		"a redirect without a code": {fault: "code-lost-in-redirect", check: func(t *testing.T, byBrowser, overHTTP error) {
			for _, err := range []error{byBrowser, overHTTP} {
				var answer *journey.AnswerError
				require.ErrorAs(t, err, &answer)
				assert.Equal(t, "https://immich.company/auth/login", answer.RedirectURI)
				assert.Empty(t, answer.Code)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := doubles(t)
			if c.fault != "" {
				p.fault(t, c.fault)
			}
			w, tr, user := p.fresh(t)
			if c.password != "" {
				user.Password = c.password
			}
			_, overHTTP := w.WebLoginHTTP(t.Context(), user)
			var byBrowser error
			p.browse(t, func(ctx context.Context, s *browser.Session) { _, byBrowser = w.WebLogin(ctx, s, user) })
			c.check(t, byBrowser, overHTTP)
			assert.NotContains(t, byBrowser.Error()+overHTTP.Error(), user.Password+" ")
			if name != "an ID token that Immich refuses" { // its page is Immich's login page again
				assert.Contains(t, tr.pictures, "stopped")
			}
		})
	}
}

// An authorization request that authentik refuses never leads back: there is a page instead.
func TestAnUnregisteredRedirectURIIsRefusedOnAPage(t *testing.T) {
	t.Parallel()
	p := doubles(t)
	w, _, user := p.fresh(t)
	const uri = "https://immich.company/auth/login/"
	_, err := w.ThroughHTTP(t.Context(), w.Immich, user, uri, journey.NewProof())
	var refused *authentik.RefusedError
	require.ErrorAs(t, err, &refused)
	p.browse(t, func(ctx context.Context, s *browser.Session) {
		login, err := w.Through(ctx, s, w.Immich, user, uri, journey.NewProof())
		if s.Disturbed() != nil {
			return
		}
		var page *browser.RefusedError
		require.ErrorAs(t, err, &page)
		assert.Equal(t, refused.Title, page.Text, "both read the same title")
		assert.Equal(t, uri, login.Request.Get("redirect_uri"), "what was seen until then is told")
		assert.Empty(t, login.Answer)
	})
	reply, err := w.Ask(t.Context(), p.op.ClientID, uri)
	require.NoError(t, err)
	assert.True(t, reply.Refused(), "%s", reply)
	reply, err = w.Ask(t.Context(), p.op.ClientID, w.RedirectURI(journey.LoginPath))
	require.NoError(t, err)
	assert.Equal(t, http.StatusFound, reply.Status)
	assert.NotContains(t, reply.Location, w.ImmichURL, "to a login first")
}
