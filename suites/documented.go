package suites

import (
	"net/url"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/journey"
)

// authorizationURIs are the documented URIs that a login may come back to, each once. A pattern stands for those of
// Immich's clients that it accepts.
func (c Cell) authorizationURIs() []guide.RedirectURI {
	var uris []guide.RedirectURI
	add := func(entry guide.RedirectURI) {
		if !slices.ContainsFunc(uris, func(u guide.RedirectURI) bool { return u.URL == entry.URL }) {
			uris = append(uris, entry)
		}
	}
	for _, entry := range c.Guide.RedirectURIs {
		switch {
		case entry.Purpose == guide.Logout:
		case isPattern(entry):
			for _, accepted := range c.acceptedBy(entry) {
				add(accepted)
			}
		default:
			add(entry)
		}
	}
	return uris
}

// probes are what must be refused beside a documented URI: nothing that the guide lists or welcomes by a pattern.
func (c Cell) probes(uri string) []probe {
	patterns := c.patterns()
	return slices.DeleteFunc(probesOf(uri), func(p probe) bool {
		listed := func(entry guide.RedirectURI) bool { return entry.URL == p.uri }
		return slices.ContainsFunc(c.Guide.RedirectURIs, listed) || meant(patterns, p.uri)
	})
}

// slug names a documented URI by its purpose, for variants: it stays the same when the guide's lines move. A further
// origin of Immich's is part of the name.
func (c Cell) slug(uri string) string {
	name, ok := purpose(uri)
	if !ok {
		return plainName(uri)
	}
	u, err := url.Parse(uri)
	if err != nil || u.Host == "" || u.Scheme+"://"+u.Host == "https://"+c.immichHost() {
		return name
	}
	if u.Scheme != "https" {
		name += "-" + u.Scheme
	}
	return name + "-" + plainName(u.Host)
}

func purpose(uri string) (string, bool) {
	switch {
	case strings.HasPrefix(uri, "app.immich:"):
		return "app", true
	case strings.HasSuffix(uri, journey.LoginPath):
		return "login", true
	case strings.HasSuffix(uri, journey.LinkPath):
		return "link", true
	case strings.HasSuffix(uri, journey.HandoffPath):
		return "handoff", true
	}
	return "", false
}

func plainName(text string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' {
			return r
		}
		return '-'
	}, strings.ToLower(text)), "-.")
}
