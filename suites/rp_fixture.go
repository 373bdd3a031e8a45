package suites

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/journey"
)

// rpChecks are the duties of a Relying Party that no login at a well-behaved provider puts to the proof.
func rpChecks(c Cell) ([]Check, []Exclusion) {
	checks := slices.Concat(c.rpRequestChecks(), c.rpCookieChecks(), c.rpTabChecks(), c.rpTokenChecks(), []Check{c.rpRights()}, c.rpSwitchChecks())
	if v := c.Guide.ClientType; v == nil || !strings.EqualFold(v.Value, "public") {
		return provoking(append(checks, c.wrongSecret())...), nil
	}
	return provoking(checks...), []Exclusion{{rpSecret, c.Guide.What() + " makes the client a public one, whose secret authentik does not look at"}}
}

// attempt is a login or a link of the person whose session at authentik all share, as far as the answer.
func (e *Env) attempt(t *check.T, s *signedIn, path string) *journey.Attempt {
	a, err := e.AttemptAs(t.Context(), s.visitor, s.user, path)
	t.Block(err)
	return a
}

// webLogin is a whole login of that person. Where it does not work, nothing can be said about what comes after.
func (e *Env) webLogin(t *check.T, s *signedIn) *immich.Session {
	session, err := e.World.Immich.Callback(t.Context(), e.attempt(t, s, journey.LoginPath).Callback())
	t.Block(err)
	return session
}

// oneBrowser is Immich as a browser that keeps the cookies sees it.
func (e *Env) oneBrowser() *journey.World {
	jar, _ := cookiejar.New(nil) // fails never
	keeping := *e.HTTP
	keeping.Jar = jar
	world := *e.World
	world.Immich = immich.New(e.ImmichURL, &keeping).For(e.Cell.Immich)
	return &world
}

// cookieOf is the cookie of a name; nil: there is none.
func cookieOf(cookies []*http.Cookie, name string) *http.Cookie {
	i := slices.IndexFunc(cookies, func(c *http.Cookie) bool { return c.Name == name })
	if i < 0 {
		return nil
	}
	return cookies[i]
}

// edited is an answer of authentik's with another query.
func edited(address string, edit func(url.Values)) string {
	base, query, _ := strings.Cut(address, "?")
	values, _ := url.ParseQuery(query) // the journey has read it already
	edit(values)
	return base + "?" + values.Encode()
}
