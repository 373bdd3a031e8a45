package authentik

import (
	"regexp"
	"strings"

	"github.com/ssoproof/ssoproof/internal/guide"
)

// Accepting is the entry of a stored redirect_uris field, in either shape, that lets a login with a redirect URI through:
// its mode and its text. ok is false where none does.
func Accepting(field any, uri string) (mode, text string, ok bool) {
	for _, e := range storedEntries(field) {
		if e.purpose == string(guide.Authorization) && e.accepts(uri) {
			return e.mode, e.url, true
		}
	}
	return "", "", false
}

// Entries lists a stored redirect_uris field, in either shape, as "mode text".
func Entries(field any) []string {
	var all []string
	for _, e := range storedEntries(field) {
		all = append(all, e.String())
	}
	return all
}

// accepts compares as authentik does: letter by letter, or the whole text with a pattern.
func (e entry) accepts(uri string) bool {
	if e.mode != string(guide.Regex) || e.url == uri {
		return e.url == uri
	}
	pattern, err := regexp.Compile(`^(?:` + e.url + `)$`)
	return err == nil && pattern.MatchString(uri)
}

// MigratedText is what authentik makes of a text of redirect URIs when it begins to store a list (2024.8.5, 2024.10.3):
// each line becomes a strict entry, and only a line that allows everything a pattern.
func MigratedText(text string) []any {
	var entries []any
	for _, line := range strings.Split(text, "\n") {
		mode := string(guide.Strict)
		if line == "*" || line == ".*" {
			mode = string(guide.Regex)
		}
		entries = append(entries, map[string]any{"matching_mode": mode, "url": line})
	}
	return entries
}
