package authentik

import (
	"strings"

	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/pyre"
)

// Accepts reports whether an entry lets a redirect URI through, as authentik compares: letter by letter, or the whole URI
// with a pattern. The error is for a pattern that only authentik can read: neither yes nor no.
func Accepts(mode guide.Matching, text, uri string) (bool, error) {
	if mode != guide.Regex {
		return text == uri, nil
	}
	return pyre.Full(text, uri)
}

// Accepting is the entry of a stored redirect_uris field, in either shape, that lets a login with a redirect URI through:
// its text. ok is false where none does; the error says which entry might and cannot be read here.
func Accepting(field any, uri string) (text string, ok bool, err error) {
	var unread error
	for _, e := range storedEntries(field) {
		if e.purpose != string(guide.Authorization) {
			continue
		}
		accepted, err := Accepts(guide.Matching(e.mode), e.url, uri)
		if accepted {
			return e.url, true, nil
		}
		if err != nil {
			unread = err
		}
	}
	return "", false, unread
}

// Entries lists a stored redirect_uris field, in either shape, as "mode text".
func Entries(field any) []string {
	var all []string
	for _, e := range storedEntries(field) {
		all = append(all, e.String())
	}
	return all
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
