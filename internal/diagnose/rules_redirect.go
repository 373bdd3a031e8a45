package diagnose

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/journey"
	"github.com/ssoproof/ssoproof/internal/version"
)

// redirectRules are about the redirect URIs that the provider registers, and those that Immich's clients send.
func redirectRules() []rule {
	return []rule{
		{"authentik.redirect-uri-missing", func(e *Evidence) []sign { return e.unregistered(missing) }},
		{"authentik.redirect-uri-pattern-in-strict", func(e *Evidence) []sign { return e.unregistered(patternInStrict) }},
		{"authentik.redirect-uri-logout-only", func(e *Evidence) []sign { return e.unregistered(logoutOnly) }},
		{"authentik.redirect-uri-refused", func(e *Evidence) []sign { return e.unregistered(refusedAnyway) }},
		{"authentik.override-unregistered", func(e *Evidence) []sign { return e.unregistered(override) }},
		{"authentik.redirect-uri-too-wide", (*Evidence).tooWide},
		{"immich.client-id-unknown", (*Evidence).clientUnknown},
	}
}

// whose says which of Immich's clients sends a redirect URI; empty: none does.
func (e *Evidence) whose(uri string) string {
	origins := append([]string{e.ImmichURL}, e.Origins...)
	for _, host := range e.Guide.FurtherHosts() {
		origins = append(origins, "https://"+host)
	}
	switch {
	case slices.ContainsFunc(origins, func(origin string) bool { return uri == origin+journey.LoginPath }):
		return "the web app's login"
	case slices.ContainsFunc(origins, func(origin string) bool { return uri == origin+journey.LinkPath }):
		return "the web app's account link"
	case uri == e.OAuth.Override && uri != "":
		return "the mobile app, by the override"
	case slices.ContainsFunc(e.Immich.Apps, func(a version.App) bool { return a.RedirectURI == uri }):
		return "the mobile app"
	}
	return ""
}

// refusedURIs are the redirect URIs of Immich's own clients that authentik did not take, with the checks that saw it.
func (e *Evidence) refusedURIs() (uris []string, checks map[string][]string) {
	checks = map[string][]string{}
	saw := func(uri, name string) {
		if e.whose(uri) == "" || slices.Contains(checks[uri], name) {
			return
		}
		if checks[uri] == nil {
			uris = append(uris, uri)
		}
		checks[uri] = append(checks[uri], name)
	}
	for _, f := range e.Failed {
		if stop := f.last(); stop.Place == AtRequest && e.ours(stop) && strings.Contains(stop.Message, "redirect_uri") {
			saw(stop.RedirectURI, f.Name())
		}
		for _, finding := range f.Findings {
			if f.in("guide.covers-clients") {
				saw(finding.Expected, f.Name())
			}
			if f.in("login.mobile.") && strings.Trim(finding.Actual, `"`) == e.OAuth.Override {
				saw(e.OAuth.Override, f.Name())
			}
		}
	}
	return uris, checks
}

// lack is the way in which a redirect URI is not registered.
type lack string

const (
	missing         lack = "missing"
	patternInStrict lack = "pattern in a strict entry"
	override        lack = "override"
	refusedAnyway   lack = "none"
	logoutOnly      lack = "for logouts alone"
)

// unregistered are the URIs of one kind of lack, a sign each.
func (e *Evidence) unregistered(kind lack) []sign {
	uris, checks := e.refusedURIs()
	var signs []sign
	for _, uri := range uris {
		entry, why := e.lackOf(uri)
		if why != kind {
			continue
		}
		s := sign{checks: checks[uri], values: map[string]string{
			"uri": uri, "who": e.whose(uri), "entry": entry.URL, "pattern": regexp.QuoteMeta(uri), "provider": e.Provider.Name, "mode": string(e.usualMode()),
		}, at: setting{"redirect_uris[", entry.Line}, evidence: []string{fmt.Sprintf("authentik refuses %s", uri)}}
		if kind == override || kind == refusedAnyway {
			s.at.line = 0 // the guide is not at fault
		}
		if entry.URL != "" {
			s.values["differs"] = mark(entry.URL, uri)
			s.evidence = append(s.evidence, fmt.Sprintf("the nearest entry is `%s` (%s)", entry.URL, entry.Mode))
		}
		if s.values["line"] = uri; e.usualMode() == guide.Regex {
			s.values["line"] = regexp.QuoteMeta(uri)
		}
		signs = append(signs, s)
	}
	return signs
}

// lackOf finds the entry that was meant for a URI, and why it does not accept it.
func (e *Evidence) lackOf(uri string) (Entry, lack) {
	for _, entry := range e.Provider.RedirectURIs {
		if accepts, err := authentik.Accepts(entry.Mode, entry.URL, uri); err == nil && accepts {
			return entry, refusedAnyway
		}
	}
	if slices.Contains(e.Provider.LogoutURIs, uri) {
		return Entry{URL: uri, Mode: guide.Strict, Line: e.lineForLogout(uri)}, logoutOnly
	}
	for _, entry := range e.Provider.RedirectURIs {
		asPattern, err := authentik.Accepts(guide.Regex, entry.URL, uri)
		if entry.Mode == guide.Strict && entry.URL != uri && err == nil && asPattern {
			return entry, patternInStrict
		}
	}
	if uri == e.OAuth.Override {
		return e.nearest(uri), override
	}
	return e.nearest(uri), missing
}

// lineForLogout is where the guide registers a URI for logouts alone; 0: it does not.
func (e *Evidence) lineForLogout(uri string) int {
	i := slices.IndexFunc(e.Guide.RedirectURIs, func(u guide.RedirectURI) bool { return u.URL == uri && u.Purpose == guide.Logout })
	if i < 0 {
		return 0
	}
	return e.Guide.RedirectURIs[i].Line
}

// usualMode is the mode of the provider's entries.
func (e *Evidence) usualMode() guide.Matching {
	switch {
	case len(e.Provider.RedirectURIs) > 0:
	case e.Authentik.Has(version.RedirectURIText):
		return guide.Regex
	default:
		return guide.Strict
	}
	return e.Provider.RedirectURIs[0].Mode
}

// nearest is the entry that differs least from a URI.
func (e *Evidence) nearest(uri string) Entry {
	var best Entry
	for i, entry := range e.Provider.RedirectURIs {
		if i == 0 || differing(entry.URL, uri) < differing(best.URL, uri) {
			best = entry
		}
	}
	return best
}

// differing is how many letters of two texts are not in their common beginning and end.
func differing(a, b string) int {
	start, end := common(a, b)
	return len(a) + len(b) - 2*(start+end)
}

// common is how long the beginnings and the ends are that two texts have in common.
func common(a, b string) (start, end int) {
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	for end < len(a)-start && end < len(b)-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	return start, end
}

// mark shows where two texts differ: what only the first has between [- -], what only the second has between [+ +].
func mark(have, want string) string {
	start, end := common(have, want)
	text := have[:start]
	if drop := have[start : len(have)-end]; drop != "" {
		text += "[-" + drop + "-]"
	}
	if add := want[start : len(want)-end]; add != "" {
		text += "[+" + add + "+]"
	}
	return text + have[len(have)-end:]
}

// unescaped is a dot that stands for any character where a name was meant.
var unescaped = regexp.MustCompile(`[A-Za-z0-9]\.[A-Za-z0-9]`)

// tooWide: patterns let in more than the page means.
func (e *Evidence) tooWide() []sign {
	var wide []Entry
	for _, entry := range e.Provider.RedirectURIs {
		if entry.Mode == guide.Regex && unescaped.MatchString(entry.URL) {
			wide = append(wide, entry)
		}
	}
	checks := e.those(func(f Failed) bool { return f.Status == check.Fail && f.in("redirect.refused") })
	if len(wide) == 0 || len(checks) == 0 {
		return nil
	}
	modes := 1
	if e.Authentik.Has(version.RedirectURIText) {
		modes = 0 // each entry is a pattern there
	}
	var have, want []string
	for _, entry := range wide {
		have = append(have, "`"+entry.URL+"`")
		want = append(want, "`"+unescaped.ReplaceAllStringFunc(entry.URL, func(text string) string { return strings.Replace(text, ".", `\.`, 1) })+"`")
	}
	return []sign{{checks: checks, at: setting{"redirect_uris[", wide[0].Line}, values: map[string]string{
		"have": strings.Join(have, ", "), "want": strings.Join(want, ", "), "provider": e.Provider.Name,
		"modes": strings.Repeat("yes", modes),
	}}}
}

func (e *Evidence) clientUnknown() []sign {
	checks := e.stopped(func(s Stop) bool { return s.Place == AtRequest && strings.Contains(s.Message, "client_id") })
	if e.OAuth.ClientID == e.Provider.ClientID {
		return nil
	}
	return []sign{{checks: checks, at: setting{field: "oauth.clientId"}, values: map[string]string{"have": e.OAuth.ClientID, "want": e.Provider.ClientID, "provider": e.Provider.Name}}}
}
