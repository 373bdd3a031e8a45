package fakeop

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/pyre"
	"github.com/ssoproof/ssoproof/internal/version"
)

// forbiddenSchemes are refused whatever is registered (CVE-2024-21637).
var forbiddenSchemes = [...]string{"javascript", "data", "vbscript"}

// readRedirectURIs takes redirect_uris in the shape of the release, or says in the API's words why not.
func (s *Server) readRedirectURIs(v any) (stored, problem any) {
	if !s.listShaped() {
		text, ok := v.(string)
		if !ok {
			return nil, []string{"Not a valid string."}
		}
		return strings.TrimSpace(text), nil
	}
	list, ok := v.([]any)
	if !ok {
		return nil, object{"non_field_errors": []string{fmt.Sprintf("Expected a list of items but got type %q.", pythonType(v))}}
	}
	entries := []any{}
	for _, item := range list {
		given, _ := item.(map[string]any)
		entry := object{"matching_mode": given["matching_mode"], "url": given["url"]}
		if missing := required(entry, "matching_mode", "url"); missing != nil {
			return nil, []object{missing}
		}
		switch entry["matching_mode"] {
		case "regex":
			if pyre.Valid(entry.text("url")) != nil {
				return nil, []string{"Invalid Regex Pattern: " + entry.text("url")}
			}
		case "strict":
		default:
			return nil, []object{{"matching_mode": []string{fmt.Sprintf("%q is not a valid choice.", entry["matching_mode"])}}}
		}
		if s.has(version.RedirectURIType) {
			entry["redirect_uri_type"] = "authorization"
			if t, ok := given["redirect_uri_type"].(string); ok {
				entry["redirect_uri_type"] = t
			}
		}
		entries = append(entries, entry)
	}
	return entries, nil
}

// pythonType names a JSON value as the product's error messages do.
func pythonType(v any) string {
	switch v.(type) {
	case string:
		return "str"
	case float64:
		return "int"
	case bool:
		return "bool"
	case nil:
		return "NoneType"
	}
	return "dict"
}

// allowed decides whether a provider accepts a redirect URI.
func (s *Server) allowed(p object, requested string) bool {
	scheme, _, _ := strings.Cut(requested, ":")
	if slices.Contains(forbiddenSchemes[:], strings.ToLower(scheme)) {
		return s.faults[javascriptAccepted]
	}
	if s.faults[refuseAppURI] && strings.HasPrefix(requested, "app.immich:") {
		return false
	}
	requested = s.bend(requested)
	if text, ok := p["redirect_uris"].(string); ok {
		return s.matchText(p, strings.Fields(text), requested)
	}
	return s.matchList(p, requested)
}

// matchText is the rule for releases that store one text: every entry is a regular expression that has to match in
// full; if one of them does not compile, all are compared as they stand.
func (s *Server) matchText(p object, entries []string, requested string) bool {
	if len(entries) == 0 {
		p["redirect_uris"] = requested // the first request claims an empty provider
		return true
	}
	for _, e := range entries {
		if e == "*" {
			e = ".*"
		}
		matches, err := pyre.Full(e, requested)
		switch {
		case err != nil:
			return slices.Contains(entries, requested)
		case matches, s.faults[looseMatch] && strings.HasPrefix(requested, e):
			return true
		}
	}
	return false
}

// matchList is the rule for releases that store a list of entries with a mode.
func (s *Server) matchList(p object, requested string) bool {
	list, _ := p["redirect_uris"].([]any)
	if len(list) == 0 {
		p["redirect_uris"] = []any{object{"matching_mode": "strict", "url": requested}} // as with an empty text
		return true
	}
	for _, item := range list {
		entry, _ := item.(object)
		if t := entry.text("redirect_uri_type"); t != "" && t != "authorization" {
			continue
		}
		registered := entry.text("url")
		if entry["matching_mode"] == "regex" {
			if matches, err := pyre.Full(registered, requested); err == nil && matches {
				return true
			}
		} else if registered == requested || s.faults[looseMatch] && strings.HasPrefix(requested, registered) ||
			s.faults[hostSuffix] && endsLike(registered, requested) {
			return true
		}
	}
	return false
}

// endsLike reports whether two redirect URIs differ in what stands before the registered host only.
func endsLike(registered, requested string) bool {
	r, err := url.Parse(registered)
	if err != nil || r.Host == "" {
		return false
	}
	u, err := url.Parse(requested)
	return err == nil && u.Scheme == r.Scheme && u.RequestURI() == r.RequestURI() && strings.HasSuffix(u.Host, r.Host)
}

// bend makes of a redirect URI what a comparison that is too kind would compare.
func (s *Server) bend(requested string) string {
	if s.faults[blankTrimmed] {
		requested = strings.TrimSpace(requested)
	}
	if s.faults[caseIgnored] {
		requested = strings.ToLower(requested)
	}
	u, err := url.Parse(requested)
	if err != nil || u.Host == "" {
		return requested
	}
	if s.faults[portIgnored] {
		u.Host = u.Hostname()
		return u.String()
	}
	if s.faults[normalised] {
		return u.Scheme + "://" + u.Host + path.Clean(u.Path)
	}
	return requested
}

func hasAnyPrefix(s string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
}

// answerURI adds code and state to a redirect URI as Python's urlunsplit writes it: an empty authority is dropped, so
// app.immich:///oauth-callback comes back with one slash.
func answerURI(redirectURI, code, state string) string {
	u, err := url.Parse(redirectURI)
	if err != nil {
		return redirectURI
	}
	query := url.Values{"code": {code}, "state": {state}}.Encode()
	if u.RawQuery != "" {
		query = u.RawQuery + "&" + query
	}
	authority := ""
	if u.Host != "" {
		authority = "//" + u.Host
	}
	path := u.EscapedPath()
	if u.Opaque != "" {
		path = u.Opaque
	}
	return u.Scheme + ":" + authority + path + "?" + query
}
