package authentik

import (
	"cmp"
	"strings"

	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/version"
)

// entry is a stored redirect URI. Where authentik stores one text, each word of it is an entry of mode regex.
type entry struct {
	mode    string
	url     string
	purpose string
}

func (e entry) String() string {
	text := strings.TrimSpace(e.mode + " " + e.url)
	if e.purpose == string(guide.Logout) {
		return "logout " + text
	}
	return text
}

// redirectField is the value of the provider's redirect_uris in the shape of the release. A release that does not know
// purposes accepts every entry for authorization, so URIs of another purpose are left out there.
func redirectField(uris []guide.RedirectURI, r *version.Release) any {
	var text []string
	entries := []map[string]string{}
	for _, u := range uris {
		if !registers(u, r) {
			continue
		}
		text = append(text, u.URL)
		e := map[string]string{"matching_mode": modeOf(u, r), "url": u.URL}
		if r.Has(version.RedirectURIType) {
			e["redirect_uri_type"] = purposeOf(u)
		}
		entries = append(entries, e)
	}
	if r.Has(version.RedirectURIText) {
		return strings.Join(text, "\n")
	}
	return entries
}

func registers(u guide.RedirectURI, r *version.Release) bool {
	return u.Purpose != guide.Logout || r.Has(version.RedirectURIType)
}

func purposeOf(u guide.RedirectURI) string {
	if u.Purpose == guide.Logout {
		return string(guide.Logout)
	}
	return string(guide.Authorization)
}

// modeOf is the mode that is registered; where the page names none, the form's.
func modeOf(u guide.RedirectURI, r *version.Release) string {
	switch {
	case u.Matching == guide.Strict || u.Matching == guide.Regex:
		return string(u.Matching)
	case r.Has(version.RedirectURIText):
		return string(guide.Regex)
	}
	return formDefault(r, version.FormMatchingMode, string(guide.Strict))
}

// RedirectURIs reads a provider's redirect_uris in either shape of the API: objects, or words of one text, which is always
// compared as a pattern (authentik before 2024.12 and 2024.10.3). Line and label are unset; an object without a mode states
// none.
func RedirectURIs(field any) []guide.RedirectURI {
	var uris []guide.RedirectURI
	for _, e := range storedEntries(field) {
		matching := guide.Matching(cmp.Or(e.mode, string(guide.Unstated)))
		uris = append(uris, guide.RedirectURI{URL: e.url, Matching: matching, Purpose: guide.Purpose(e.purpose)})
	}
	return uris
}

// storedEntries reads redirect_uris in either shape.
func storedEntries(field any) []entry {
	var entries []entry
	switch v := field.(type) {
	case string:
		for _, word := range strings.Fields(v) {
			entries = append(entries, entry{mode: string(guide.Regex), url: word, purpose: string(guide.Authorization)})
		}
	case []any:
		for _, item := range v {
			fields, _ := item.(map[string]any)
			e := entry{mode: text(fields["matching_mode"]), url: text(fields["url"]), purpose: text(fields["redirect_uri_type"])}
			if e.purpose == "" {
				e.purpose = string(guide.Authorization)
			}
			entries = append(entries, e)
		}
	}
	return entries
}

func text(value any) string {
	s, _ := value.(string)
	return s
}
