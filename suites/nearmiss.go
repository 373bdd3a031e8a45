package suites

import (
	"net/url"
	"strings"

	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/journey"
)

// nearMiss is a redirect URI that resembles a documented one and must be refused.
type nearMiss struct {
	of   string // slug of the documented URI
	name string
	uri  string
	line int // of the documented URI
}

// nearMisses are the misses of every documented URI, none of which the guide lists itself.
func (c Cell) nearMisses() []nearMiss {
	listed := map[string]bool{}
	for _, entry := range c.Guide.RedirectURIs {
		listed[entry.URL] = true
	}
	var all []nearMiss
	for _, entry := range c.authorizationURIs() {
		for _, miss := range missesOf(entry.URL) {
			if !listed[miss.uri] && !c.meant(miss.uri) {
				listed[miss.uri] = true
				miss.of, miss.line = slug(entry.URL), entry.Line
				all = append(all, miss)
			}
		}
	}
	return append(all, nearMiss{of: "any", name: "javascript", uri: "javascript:alert(1)", line: c.Guide.RedirectURIs[0].Line})
}

func missesOf(uri string) []nearMiss {
	u, err := url.Parse(uri)
	if err != nil {
		return nil
	}
	if u.Host == "" {
		return schemeMisses(uri)
	}
	with := func(change func(*url.URL)) string {
		other := *u
		change(&other)
		return other.String()
	}
	return []nearMiss{
		{name: "host-dot", uri: with(func(u *url.URL) { u.Host = strings.Replace(u.Host, ".", "X", 1) })},
		{name: "host-other", uri: with(func(u *url.URL) { u.Host = "other.example" })},
		{name: "path-other", uri: with(func(u *url.URL) { u.Path += "-other" })},
		{name: "trailing-slash", uri: with(func(u *url.URL) { u.Path += "/" })},
		{name: "query", uri: with(func(u *url.URL) { u.RawQuery = "x=1" })},
		{name: "upper-case", uri: with(func(u *url.URL) { u.Host = strings.ToUpper(u.Host) })},
		{name: "http", uri: with(func(u *url.URL) { u.Scheme = "http" })},
	}
}

// schemeMisses are the misses of an app's URI: the dot, the path, and every other number of slashes up to three.
func schemeMisses(uri string) []nearMiss {
	scheme, rest, _ := strings.Cut(uri, ":")
	path := strings.TrimLeft(rest, "/")
	misses := []nearMiss{
		{name: "slashes-1", uri: scheme + ":/" + path},
		{name: "slashes-2", uri: scheme + "://" + path},
		{name: "slashes-3", uri: scheme + ":///" + path},
		{name: "path-other", uri: uri + "other"},
		{name: "query", uri: uri + "?x=1"},
		{name: "upper-case", uri: strings.ToUpper(scheme) + ":" + rest},
	}
	if strings.Contains(scheme, ".") {
		misses = append(misses, nearMiss{name: "host-dot", uri: strings.Replace(scheme, ".", "X", 1) + ":" + rest})
	}
	return misses
}

// authorizationURIs are the documented URIs that a login may come back to. A pattern stands for those of Immich's clients
// that it accepts.
func (c Cell) authorizationURIs() []guide.RedirectURI {
	var uris []guide.RedirectURI
	for _, entry := range c.Guide.RedirectURIs {
		switch {
		case entry.Purpose == guide.Logout:
		case isPattern(entry):
			uris = append(uris, c.acceptedBy(entry)...)
		default:
			uris = append(uris, entry)
		}
	}
	return uris
}

// slug names a documented URI by its purpose, for variants: it stays the same when the guide's lines move.
func slug(uri string) string {
	switch {
	case strings.HasPrefix(uri, "app.immich:"):
		return "app"
	case strings.HasSuffix(uri, journey.LoginPath):
		return "login"
	case strings.HasSuffix(uri, journey.LinkPath):
		return "link"
	case strings.HasSuffix(uri, journey.HandoffPath):
		return "handoff"
	}
	return strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' {
			return r
		}
		return '-'
	}, strings.ToLower(uri)), "-")
}
