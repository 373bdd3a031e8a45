package suites

import (
	"regexp"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/guide"
)

// isPattern reports whether an entry is written as a regular expression: with more than dots that nobody escaped, which
// pages write into a field for patterns and mean as dots.
func isPattern(entry guide.RedirectURI) bool {
	return entry.Matching == guide.Regex && strings.ContainsAny(entry.URL, "\\*+?()[]{}|^$")
}

// acceptedBy are the redirect URIs of Immich's clients that a pattern stands for.
func (c Cell) acceptedBy(pattern guide.RedirectURI) []guide.RedirectURI {
	var uris []guide.RedirectURI
	for _, client := range c.clients("https://" + c.immichHost()) {
		known := slices.ContainsFunc(uris, func(u guide.RedirectURI) bool { return u.URL == client.uri })
		if !known && accepts(pattern, client.uri) {
			one := pattern
			one.URL = client.uri
			uris = append(uris, one)
		}
	}
	return uris
}

// bareDot is a dot that is neither escaped nor repeated.
var bareDot = regexp.MustCompile(`(^|[^\\])\.([^*+?{]|$)`)

// meant reports whether the page says by a pattern that a redirect URI is welcome; a dot that nobody escaped says nothing.
func (c Cell) meant(uri string) bool {
	return slices.ContainsFunc(c.Guide.RedirectURIs, func(entry guide.RedirectURI) bool {
		if !isPattern(entry) {
			return false
		}
		entry.URL = bareDot.ReplaceAllString(entry.URL, `$1\.$2`)
		return accepts(entry, uri)
	})
}
