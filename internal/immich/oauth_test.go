package immich_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/version"
)

func TestWebLoginCarriesStateInCookies(t *testing.T) {
	t.Parallel()
	a := newAPI(t, "v2.7.5")
	a.HandleFunc("POST /api/oauth/authorize", func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "immich_oauth_state", Value: "s"})
		http.SetCookie(w, &http.Cookie{Name: "immich_oauth_code_verifier", Value: "v"})
		a.answer(w, 201, object{"url": "https://authentik.company/application/o/authorize/?state=s"})
	})
	a.HandleFunc("POST /api/oauth/callback", func(w http.ResponseWriter, _ *http.Request) { a.login(w, "oauth") })
	start, err := a.client().Authorize(t.Context(), immich.AuthorizeRequest{RedirectURI: origin + "/auth/login"})
	require.NoError(t, err)
	assert.Equal(t, object{"redirectUri": origin + "/auth/login"}, a.body, "the web page sends nothing else")
	assert.Equal(t, "https://authentik.company/application/o/authorize/?state=s", start.URL)

	session, err := a.client().Callback(t.Context(), immich.CallbackRequest{URL: origin + "/auth/login?code=c&state=s", Cookies: start.Cookies})
	require.NoError(t, err)
	assert.Equal(t, token, session.Token)
	assert.Equal(t, object{"url": origin + "/auth/login?code=c&state=s"}, a.body)
	cookies := a.seen.CookiesNamed("immich_oauth_state")
	require.Len(t, cookies, 1)
	assert.Equal(t, "s", cookies[0].Value)
}

func TestAppLoginCarriesStateInBodies(t *testing.T) {
	t.Parallel()
	a := newAPI(t, "v2.7.5")
	a.HandleFunc("POST /api/oauth/authorize", func(w http.ResponseWriter, _ *http.Request) { a.answer(w, 201, object{"url": "x"}) })
	a.HandleFunc("POST /api/oauth/callback", func(w http.ResponseWriter, _ *http.Request) { a.login(w, "oauth") })
	const uri = "app.immich:///oauth-callback"
	_, err := a.client().Authorize(t.Context(), immich.AuthorizeRequest{RedirectURI: uri, State: "s", CodeChallenge: "h"})
	require.NoError(t, err)
	assert.Equal(t, object{"redirectUri": uri, "state": "s", "codeChallenge": "h"}, a.body)
	_, err = a.client().Callback(t.Context(), immich.CallbackRequest{URL: uri + "?code=c", State: "s", CodeVerifier: "v"})
	require.NoError(t, err)
	assert.Equal(t, object{"url": uri + "?code=c", "state": "s", "codeVerifier": "v"}, a.body)
	assert.Empty(t, a.seen.Cookies())
}

func TestCallbackWithoutTokenIsNoSession(t *testing.T) {
	t.Parallel()
	a := newAPI(t, "v2.7.5")
	a.HandleFunc("POST /api/oauth/callback", func(w http.ResponseWriter, _ *http.Request) { a.answer(w, 201, object{}) })
	_, err := a.client().Callback(t.Context(), immich.CallbackRequest{URL: "x"})
	require.ErrorContains(t, err, "without an access token")
}

func TestLinkAndUnlink(t *testing.T) {
	t.Parallel()
	for _, v := range []string{"v1.106.4", "v1.113.0", "v1.132.3", "v2.7.5", "v3.1.0"} {
		t.Run(v, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, v)
			status := http.StatusCreated
			if a.release.Has(version.LinkOK) {
				status = http.StatusOK
			}
			a.HandleFunc("POST /api/oauth/link", func(w http.ResponseWriter, _ *http.Request) {
				a.answer(w, status, object{"id": "u1", "oauthId": "hashed"})
			})
			unlinked := http.StatusCreated
			if a.release.Has(version.UnlinkOK) {
				unlinked = http.StatusOK
			}
			a.HandleFunc("POST /api/oauth/unlink", func(w http.ResponseWriter, _ *http.Request) {
				a.answer(w, unlinked, object{"id": "u1", "oauthId": ""})
			})
			own := a.client().As(&immich.Session{Cookies: []*http.Cookie{{Name: "immich_access_token", Value: token}}})
			u, err := own.Link(t.Context(), immich.CallbackRequest{
				URL: origin + "/user-settings?code=c", Cookies: []*http.Cookie{{Name: "immich_oauth_state", Value: "s"}},
			})
			require.NoError(t, err)
			assert.Equal(t, "hashed", u.OAuthID)
			assert.Len(t, a.seen.Cookies(), 2, "the session's and the flow's")
			u, err = own.Unlink(t.Context())
			require.NoError(t, err)
			assert.Empty(t, u.OAuthID)
		})
	}
}

func TestMobileRedirectPassesTheQueryByteForByte(t *testing.T) {
	t.Parallel()
	const query = "code=a%20b&state=x/y==&error='&z"
	a := newAPI(t, "v2.7.5")
	a.HandleFunc("GET /api/oauth/mobile-redirect", func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Location"] = []string{"app.immich:///oauth-callback?" + r.URL.RawQuery}
		w.WriteHeader(http.StatusTemporaryRedirect)
	})
	hc := clientOf(a)
	hc.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	status, location, err := immich.New(origin, hc).MobileRedirect(t.Context(), query)
	require.NoError(t, err)
	assert.Equal(t, 307, status)
	assert.Equal(t, "app.immich:///oauth-callback?"+query, location)
}
