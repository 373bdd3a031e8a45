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
		{"authentik.redirect-uri-literal-in-regex", func(e *Evidence) []sign { return e.unregistered(literalInRegex) }},
		{"immich.override-unregistered", func(e *Evidence) []sign { return e.unregistered(override) }},
		{"authentik.redirect-uri-too-wide", (*Evidence).tooWide},
		{"immich.client-id-unknown", (*Evidence).clientUnknown},
	}
}

// whose says which of Immich's clients sends a redirect URI; empty: none does.
func (e *Evidence) whose(uri string) string {
	switch {
	case uri == e.ImmichURL+journey.LoginPath:
		return "the web app's login"
	case uri == e.ImmichURL+journey.LinkPath:
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
		if stop := f.last(); stop.Place == AtRequest && strings.Contains(stop.Message, "redirect_uri") {
			saw(stop.RedirectURI, f.Name())
		}
		for _, finding := range f.Findings {
			if f.in("guide.covers-clients") {
				saw(finding.Expected, f.Name())
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
	literalInRegex  lack = "literal in a regex entry"
	override        lack = "override"
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
		}, line: entry.Line, evidence: []string{fmt.Sprintf("authentik refuses %s", uri)}}
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
		asPattern, err := authentik.Accepts(guide.Regex, entry.URL, uri)
		switch {
		case entry.Mode == guide.Strict && entry.URL != uri && err == nil && asPattern:
			return entry, patternInStrict
		case entry.Mode == guide.Regex && entry.URL == uri:
			return entry, literalInRegex
		}
	}
	if uri == e.OAuth.Override {
		return e.nearest(uri), override
	}
	return e.nearest(uri), missing
}

// usualMode is the mode of the provider's entries.
func (e *Evidence) usualMode() guide.Matching {
	if len(e.Provider.RedirectURIs) == 0 {
		return guide.Strict
	}
	return e.Provider.RedirectURIs[0].Mode
}

// nearest is the entry of the same scheme that has the longest beginning in common with a URI, else the first.
func (e *Evidence) nearest(uri string) Entry {
	scheme, _, _ := strings.Cut(uri, ":")
	var best Entry
	common := -1
	for i, entry := range e.Provider.RedirectURIs {
		if i == 0 {
			best = entry
		}
		if n := commonStart(entry.URL, uri); strings.HasPrefix(entry.URL, scheme) && n > common {
			best, common = entry, n
		}
	}
	return best
}

func commonStart(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// mark shows where two texts differ: what only the first has between [- -], what only the second has between [+ +].
func mark(have, want string) string {
	start := commonStart(have, want)
	end := 0
	for end < len(have)-start && end < len(want)-start && have[len(have)-1-end] == want[len(want)-1-end] {
		end++
	}
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
	var have, want []string
	for _, entry := range wide {
		have = append(have, "`"+entry.URL+"`")
		want = append(want, "`"+unescaped.ReplaceAllStringFunc(entry.URL, func(text string) string { return strings.Replace(text, ".", `\.`, 1) })+"`")
	}
	return []sign{{checks: checks, line: wide[0].Line, values: map[string]string{
		"have": strings.Join(have, ", "), "want": strings.Join(want, ", "), "provider": e.Provider.Name,
		"several": strings.Repeat("yes", min(1, len(wide)-1)),
	}}}
}

func (e *Evidence) clientUnknown() []sign {
	checks := e.stopped(func(s Stop) bool { return s.Place == AtRequest && strings.Contains(s.Message, "client_id") })
	if e.OAuth.ClientID == e.Provider.ClientID {
		return nil
	}
	return []sign{{checks: checks, values: map[string]string{"have": e.OAuth.ClientID, "want": e.Provider.ClientID, "provider": e.Provider.Name}}}
}
