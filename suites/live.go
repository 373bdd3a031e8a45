package suites

import (
	"errors"
	"fmt"
	"net/url"
	"slices"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/live"
	"github.com/ssoproof/ssoproof/internal/version"
)

// Live is what a body of the doctor's works with: what a live pair showed.
type Live struct {
	*live.Seen
	// Release is Immich's, and AuthentikRelease the other; without features where it was not told, or is not known.
	Release, AuthentikRelease *version.Release
	// Settings are nil where no credential let them be read.
	Settings *Settings
	Unread   string // why they were not read although a credential was given
	// SignIn is a real login; nil: there was none. Asked is set where one was asked for, and Declined is why it was not made.
	SignIn   *live.SignIn
	Asked    bool
	Declined string
	// Rests is told of each answer that a check rests on.
	Rests func(check string, id int64)
}

// Registers reports whether Immich makes accounts for newcomers, as far as that is known.
func (l *Live) Registers() (on, known bool) {
	if l.Settings == nil || l.Settings.Pair.Immich == nil {
		return false, false
	}
	oauth, _ := l.Settings.Pair.Immich.Config["oauth"].(map[string]any)
	on, known = oauth["autoRegister"].(bool)
	return on, known
}

// LiveCheck is a check on a live pair. It asks nothing itself.
type LiveCheck = check.Check[*Live]

// LiveCatalogue is every check that what was seen allows, in the order in which a person reads them: from the name to the
// login.
func LiveCatalogue(l *Live) ([]LiveCheck, []Exclusion) {
	var plan []LiveCheck
	var excluded []Exclusion
	for _, theme := range []func(*Live) ([]LiveCheck, []Exclusion){liveWay, liveImmich, liveLogin, liveSignIn, liveDiscovery, liveSettings, liveOrigins} {
		checks, out := theme(l)
		plan = append(plan, checks...)
		excluded = append(excluded, out...)
	}
	return plan, excluded
}

// LiveClients are Immich's clients at each origin: those of the release first, then apps of other releases that send another
// redirect URI.
func LiveClients(r *version.Release, origins ...string) []live.Client {
	var all []live.Client
	for i, origin := range origins {
		suffix := ""
		if i > 0 {
			suffix = "-" + slugOfOrigin(origin)
		}
		web := Cell{Immich: &version.Release{}}.clients(origin)
		all = append(all,
			live.Client{Name: web[0].who, Slug: "login" + suffix, URI: web[0].uri, Origin: origin, Own: true},
			live.Client{Name: web[1].who, Slug: "link" + suffix, URI: web[1].uri, Origin: origin, Own: true})
	}
	add := func(apps []version.App, own bool) {
		for _, app := range apps {
			if slices.ContainsFunc(all, func(c live.Client) bool { return c.URI == app.RedirectURI }) {
				continue
			}
			c := live.Client{Name: "the mobile app from " + app.Name, Slug: "app", URI: app.RedirectURI, Origin: origins[0], Own: own, PKCE: app.PKCE}
			if !own {
				c.Slug = "app-" + app.Name
			}
			all = append(all, c)
		}
	}
	add(r.Apps, true)
	add(r.OlderApps, false)
	add(r.NewerApps, false)
	return all
}

func slugOfOrigin(origin string) string {
	u, err := url.Parse(origin)
	if err != nil {
		return "origin"
	}
	return u.Host
}

// product names Immich as the source of a requirement.
func (l *Live) product() string {
	if l.Release.Version == "" {
		return "Immich"
	}
	return "Immich " + l.Release.Version
}

// rests notes that a check rests on answers.
func (l *Live) rests(t *check.T, answers ...live.Answer) {
	for _, a := range answers {
		if a.ID != 0 {
			l.Rests(t.Snapshot().Name(), a.ID)
		}
	}
}

// heard blocks a check whose answer never came, or came from a proxy in the product's place.
func heard(t *check.T, what string, a live.Answer) {
	spent := new(live.SpentError)
	switch {
	case errors.As(a.Err, &spent):
		t.Block(fmt.Errorf("%s was not asked: %w", what, a.Err))
	case a.Err != nil:
		t.Block(fmt.Errorf("%s does not answer: %w", what, a.Err))
	case a.Status == 0:
		t.Block(fmt.Errorf("%s was not asked", what))
	case a.Gateway():
		t.Block(fmt.Errorf("%s does not answer: the proxy before it says %s", what, statusText(a.Status)))
	}
}

// named is a check of a public name.
func named(c LiveCheck, key, value string) LiveCheck {
	c.Variant = check.Variant{key: value}
	return c
}

func level(c LiveCheck, l check.Level) LiveCheck {
	c.Level = l
	return c
}

func needing(c LiveCheck, ids ...string) LiveCheck {
	c.Needs = ids
	return c
}
