package suites

import (
	"crypto/rand"
	"net/http"
	"strings"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/journey"
	"github.com/ssoproof/ssoproof/internal/version"
)

func (c Cell) rpCookieChecks() []Check {
	requirements := []check.Requirement{
		sessionCookies(c.immich()), lastingCookies(c.immich()),
		demand("patience", c.authentik(), "who takes five minutes at authentik still gets in: no cookie of the way ends before"),
	}
	if c.Immich.Has(version.PKCE) {
		requirements = append(requirements,
			demand("under-way", c.immich(), "the cookies of a login under way are out of reach of scripts, of plain http and of other sites"),
			demand("done", c.immich(), "the end of a login drops them"))
	}
	cookies := one("rp.cookies", "Immich's cookies are out of reach, and live as long as they are needed", rpCookies, requirements...)
	logout := one("rp.logout", "a logout drops the cookies, and leads where the login came from", rpLogout,
		demand("cleared", c.immich(), "the logout drops the session's cookies"),
		demand("provider", "OpenID Connect RP-Initiated Logout 1.0 §2", "who logged in through authentik is sent to its end-session endpoint"),
		demand("local", c.immich(), "who logged in by password, with OAuth on, stays at Immich"))
	cookies.Needs, logout.Needs = []string{firstLogins(c)[0].Name()}, []string{firstLogins(c)[0].Name()}
	return []Check{assuming(cookies, passwords), assuming(logout, passwords)}
}

// The cookies of a session. Immich's own pages read the last one, which holds no secret.
const (
	tokenCookie = "immich_access_token"
	typeCookie  = "immich_auth_type"
	isCookie    = "immich_is_authenticated"
)

// patience is what a second factor, or a password that has to be looked up, may take.
const patience = 5 * time.Minute

func rpCookies(t *check.T, e *Env) {
	underWay, session := e.cookiesOfALogin(t)
	confirmSessionCookies(t, session)
	e.confirmPatience(t, underWay)
	if !e.Cell.Immich.Has(version.PKCE) {
		return
	}
	t.Confirm("under-way", func() {
		judgeCookie(t, underWay, stateCookie, true)
		judgeCookie(t, underWay, verifierCookie, true)
	})
	t.Confirm("done", func() {
		for _, name := range []string{stateCookie, verifierCookie} {
			dropped := cookieOf(session, name)
			assert.True(t, isDropped(dropped), "the answer to the login drops %s", name)
		}
	})
}

func sessionCookies(immich string) check.Requirement {
	return demand("session", immich, "the session's cookies are out of reach of plain http and of other sites, and those that count out of reach of scripts")
}

func lastingCookies(immich string) check.Requirement {
	return demand("lasts", immich, "the session's cookies stay for 400 days")
}

// confirmSessionCookies judges both of what Immich has set at the end of a login.
func confirmSessionCookies(t *check.T, session []*http.Cookie) {
	t.Confirm("session", func() {
		for _, name := range []string{tokenCookie, typeCookie, isCookie} {
			judgeCookie(t, session, name, name != isCookie)
		}
	})
	t.Confirm("lasts", func() {
		for _, name := range []string{tokenCookie, typeCookie, isCookie} {
			if cookie := cookieOf(session, name); cookie != nil {
				assert.Equal(t, 400*24*time.Hour, lifetime(cookie).Round(time.Minute), "the lifetime of %s", name)
			}
		}
	})
}

// isDropped reports whether a browser drops the cookie that was set for the whole of Immich.
func isDropped(c *http.Cookie) bool {
	return c != nil && immich.Dropped(c) && c.Path == "/" && c.Domain == ""
}

// cookiesOfALogin are those that Immich sets at the start and at the end.
func (e *Env) cookiesOfALogin(t *check.T) (underWay, session []*http.Cookie) {
	e.asSignedIn(t, func(s *signedIn) {
		a := e.attempt(t, s, journey.LoginPath)
		opened, err := e.World.Immich.Callback(t.Context(), a.Callback())
		t.Block(err)
		underWay, session = a.Cookies, opened.Cookies
	})
	return underWay, session
}

// judgeCookie judges, inside Confirm, that a cookie is there and who can reach it.
func judgeCookie(t *check.T, cookies []*http.Cookie, name string, hidden bool) {
	cookie := cookieOf(cookies, name)
	require.NotNil(t, cookie, "Immich sets %s", name)
	assert.Equal(t, hidden, cookie.HttpOnly, "%s is HttpOnly", name)
	assert.True(t, cookie.Secure, "%s is Secure", name)
	assert.Contains(t, []http.SameSite{http.SameSiteLaxMode, http.SameSiteStrictMode}, cookie.SameSite, "SameSite of %s", name)
	assert.Equal(t, "/", cookie.Path, "the path of %s", name)
	assert.Empty(t, cookie.Domain, "the domain of %s: it is Immich's alone", name)
}

// lifetime is how long a browser keeps a cookie; 0: until it is closed.
func lifetime(c *http.Cookie) time.Duration {
	switch {
	case c.MaxAge != 0:
		return time.Duration(c.MaxAge) * time.Second
	case !c.Expires.IsZero():
		return time.Until(c.Expires)
	}
	return 0
}

// confirmPatience looks at what the cookies say of themselves, of Immich's and of the one that authentik knows the login by.
func (e *Env) confirmPatience(t *check.T, underWay []*http.Cookie) {
	reply, err := e.Ask(t.Context(), e.Shared.OP.ClientID, e.loginURI())
	t.Block(err)
	t.Confirm("patience", func() {
		require.NotNil(t, cookieOf(reply.Cookies, "authentik_session"), "authentik's cookie for a login under way")
		for _, cookie := range append(underWay, cookieOf(reply.Cookies, "authentik_session")) {
			if lives := lifetime(cookie); lives != 0 {
				assert.GreaterOrEqual(t, lives, patience, "the lifetime of %s", cookie.Name)
			}
			t.Observe(cookie.Name, lifetime(cookie).Round(time.Minute).String())
		}
	})
}

func rpLogout(t *check.T, e *Env) {
	var session *immich.Session
	e.asSignedIn(t, func(s *signedIn) { session = e.webLogin(t, s) })
	out, err := e.World.Immich.As(session).Logout(t.Context())
	t.Confirm("cleared", func() {
		e.went(t, "the logout", err)
		for _, name := range []string{tokenCookie, typeCookie, isCookie} {
			dropped := cookieOf(out.Cookies, name)
			assert.True(t, isDropped(dropped), "the answer to the logout drops %s", name)
		}
	})
	d, _ := e.discover(t)
	t.Confirm("provider", func() { assert.Equal(t, d.EndSession, withoutQuery(out.RedirectURI), "where the logout leads") })
	byPassword := e.localUser(t, "local-"+strings.ToLower(rand.Text())+"@example.org")
	local, err := e.World.Immich.As(byPassword).Logout(t.Context())
	t.Confirm("local", func() {
		e.went(t, "the logout after a login by password", err)
		assert.Equal(t, journey.LoginPath, withoutQuery(local.RedirectURI), "where the logout after a login by password leads")
	})
}
