package suites

import (
	"slices"

	"github.com/ssoproof/ssoproof/internal/guide"
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

// slug names a documented URI by its purpose, for variants.
func (c Cell) slug(uri string) string { return c.Guide.Slug(uri) }
