package suites

import (
	"regexp"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/guide"
)

// isPattern reports whether an entry is written as a regular expression: with more than dots that nobody escaped, which
// pages write into a field for patterns and mean as dots.
func isPattern(entry guide.RedirectURI) bool {
	return entry.Matching == guide.Regex && strings.ContainsAny(entry.URL, "\\*+?()[]{}|^$")
}

// acceptedBy are the redirect URIs of Immich's clients that a pattern stands for. One that only authentik can read stands
// for those of its scheme: the login tells.
func (c Cell) acceptedBy(pattern guide.RedirectURI) []guide.RedirectURI {
	var uris []guide.RedirectURI
	for _, client := range c.clients("https://" + c.immichHost()) {
		accepted, err := authentik.Accepts(pattern.Matching, pattern.URL, client.uri)
		if accepted || err != nil && ofScheme(pattern, client.uri) {
			one := pattern
			one.URL = client.uri
			uris = append(uris, one)
		}
	}
	return uris
}

// ofScheme reports whether a pattern begins with the scheme of a redirect URI.
func ofScheme(pattern guide.RedirectURI, uri string) bool {
	scheme, _, _ := strings.Cut(uri, ":")
	return strings.HasPrefix(strings.ReplaceAll(pattern.URL, `\`, ""), scheme+":")
}

// bareDot is a dot that is neither escaped nor repeated.
var bareDot = regexp.MustCompile(`(^|[^\\])\.([^*+?{]|$)`)

// pattern is an entry as its author means it: a dot that nobody escaped is a dot.
type pattern struct {
	guide.RedirectURI
	unread bool // only authentik can read it
}

func (c Cell) patterns() []*pattern {
	var all []*pattern
	for _, entry := range c.Guide.RedirectURIs {
		if isPattern(entry) {
			entry.URL = bareDot.ReplaceAllString(entry.URL, `$1\.$2`)
			all = append(all, &pattern{RedirectURI: entry})
		}
	}
	return all
}

// meant reports whether the page says by a pattern that a redirect URI is welcome. Beside a pattern that only authentik
// can read, everything of its scheme is.
func meant(patterns []*pattern, uri string) bool {
	return slices.ContainsFunc(patterns, func(p *pattern) bool {
		accepted := false
		if !p.unread { // it is not read a second time: each may take its full time
			var err error
			accepted, err = authentik.Accepts(p.Matching, p.URL, uri)
			p.unread = err != nil
		}
		return accepted || p.unread && ofScheme(p.RedirectURI, uri)
	})
}

// entryFor is the documented entry that accepts a redirect URI, or nil; the error names one that only authentik can read
// where no other does.
func (c Cell) entryFor(uri string) (*guide.RedirectURI, error) {
	var unread error
	for i, entry := range c.Guide.RedirectURIs {
		if entry.Purpose != guide.Authorization {
			continue
		}
		accepted, err := authentik.Accepts(entry.Matching, entry.URL, uri)
		if accepted {
			return &c.Guide.RedirectURIs[i], nil
		}
		if err != nil {
			unread = err
		}
	}
	return nil, unread
}
