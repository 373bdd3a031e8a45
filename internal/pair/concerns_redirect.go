package pair

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/pyre"
	"github.com/ssoproof/ssoproof/internal/version"
)

const (
	uriPath        = "authentik.provider.redirect_uris"
	loginPath      = "/auth/login"
	linkPath       = "/user-settings"
	mobileRedirect = "/api/oauth/mobile-redirect"
)

// registered are the redirect URIs that a login may use.
func (l *look) registered() []guide.RedirectURI {
	return slices.DeleteFunc(authentik.RedirectURIs(l.provider["redirect_uris"]), func(e guide.RedirectURI) bool { return e.Purpose != guide.Authorization })
}

// redirectShape: one text was the form until authentik made a list of it, within patch releases.
func (l *look) redirectShape() {
	if _, text := l.provider["redirect_uris"].(string); text && l.authentik.Has(version.RedirectURIList) {
		l.say(WillFail, "pair.redirect-uris-text", "", uriPath,
			"the redirect URIs are one text, and authentik "+l.authentik.Version+" takes a list of entries with a mode",
			"write a list, with matching_mode and url each; in Terraform, allowed_redirect_uris")
	}
}

// redirects: what Immich's clients send has to be registered.
func (l *look) redirects() {
	if _, said := l.provider["redirect_uris"]; !said || l.unread(uriPath) {
		return
	}
	l.web()
	if override := l.override(); override != "" {
		if !l.accepted(override) {
			l.say(WillFail, "authentik.override-unregistered", "app", uriPath, "Immich tells its app to come back to "+override+", which is not registered",
				"register "+override+", or turn the override off")
		}
		return
	}
	for _, app := range l.immich.Apps {
		if !l.accepted(app.RedirectURI) {
			l.missing("app", app.RedirectURI, "Immich's mobile app")
			break
		}
	}
	for i, e := range l.registered() {
		if strings.HasSuffix(e.URL, mobileRedirect) && l.Immich != nil {
			l.say(Differs, "pair.override-off", "", uriPath+"["+itoa(i)+"]", e.URL+" is registered, and Immich's override, which would use it, is off",
				"turn the override on with it, or take the entry out")
		}
	}
}

// override is where Immich's app is told to come back to; empty: to its own scheme.
func (l *look) override() string {
	if on, _ := l.oauth("mobileOverrideEnabled").(bool); on {
		return l.oauthText("mobileRedirectUri", "")
	}
	return ""
}

// web: every address of Immich's needs both of its pages registered.
func (l *look) web() {
	var both, loginOnly, linkOnly []string
	for _, origin := range l.registeredOrigins() {
		switch login, link := l.accepted(origin+loginPath), l.accepted(origin+linkPath); {
		case login && link:
			both = append(both, origin)
		case login:
			loginOnly = append(loginOnly, origin)
		default:
			linkOnly = append(linkOnly, origin)
		}
	}
	switch {
	case len(both) > 0:
		for _, origin := range slices.Concat(loginOnly, linkOnly) {
			l.say(Differs, "pair.origin-half-registered", origin, uriPath, "at "+origin+" only one of login and link works: its other page is not registered",
				"register both "+origin+loginPath+" and "+origin+linkPath)
		}
	case len(loginOnly) > 0 && len(linkOnly) > 0:
		l.say(WillFail, "pair.link-on-another-host", "link", uriPath, "the login is registered at "+loginOnly[0]+" and the link at "+linkOnly[0]+": no address of Immich's has both",
			"register "+loginOnly[0]+linkPath)
	case len(loginOnly) > 0:
		l.missing("link", loginOnly[0]+linkPath, "linking an account")
	case len(linkOnly) > 0:
		l.missing("login", linkOnly[0]+loginPath, "the web login")
	case l.Names.Immich != "":
		l.missing("login", "https://"+l.Names.Immich+loginPath, "the web login")
	}
}

// registeredOrigins are the addresses of Immich's that entries name, as their authors mean them.
func (l *look) registeredOrigins() []string {
	var all []string
	for _, e := range l.registered() {
		address := strings.ReplaceAll(strings.Trim(e.URL, "^$"), `\`, "")
		u, err := url.Parse(address)
		if err != nil || u.Host == "" || !strings.HasPrefix(u.Scheme, "http") {
			continue
		}
		if origin := u.Scheme + "://" + u.Host; (u.Path == loginPath || u.Path == linkPath) && !slices.Contains(all, origin) {
			all = append(all, origin)
		}
	}
	return all
}

// accepted reports whether an entry lets a redirect URI through. An entry that only authentik can read is taken to do so.
func (l *look) accepted(uri string) bool {
	return slices.ContainsFunc(l.registered(), func(e guide.RedirectURI) bool {
		if e.Matching != guide.Regex {
			return e.URL == uri
		}
		full, err := pyre.Full(e.URL, uri)
		return full || err != nil
	})
}

// missing says that a client's redirect URI is not registered, and whether an entry is meant for it.
func (l *look) missing(about, uri, who string) {
	for i, e := range l.registered() {
		full, err := pyre.Full(e.URL, uri)
		if e.Matching != guide.Regex && err == nil && full {
			l.say(WillFail, "authentik.redirect-uri-pattern-in-strict", about, uriPath+"["+itoa(i)+"]",
				e.URL+" is a pattern, and is compared letter by letter", "write "+uri+", or change its matching_mode to regex")
			return
		}
	}
	l.say(WillFail, "authentik.redirect-uri-missing", about, uriPath, who+" comes back to "+uri+", which is not registered: authentik shows its error page",
		"register "+uri)
}

// unescaped is a dot that stands for any character where a name was meant.
var unescaped = regexp.MustCompile(`[A-Za-z0-9]\.[A-Za-z0-9]`)

func (l *look) tooWide() {
	if _, text := l.provider["redirect_uris"].(string); text && l.authentik.Has(version.RedirectURIList) {
		return // it is refused as a whole
	}
	for i, e := range l.registered() {
		if e.Matching == guide.Regex && unescaped.MatchString(e.URL) {
			l.say(Differs, "authentik.redirect-uri-too-wide", e.URL, uriPath+"["+itoa(i)+"]",
				"in the pattern "+e.URL+" a dot stands for any character, so that look-alikes are let through", "use matching_mode strict, or escape the dots")
		}
	}
}

// unusedURIs: addresses that no client of Immich's comes back to.
func (l *look) unusedURIs() {
	for i, e := range l.registered() {
		u, err := url.Parse(strings.ReplaceAll(e.URL, `\`, ""))
		if err != nil || !strings.HasPrefix(u.Scheme, "http") || slices.Contains([]string{loginPath, linkPath, mobileRedirect}, strings.TrimSuffix(u.Path, "$")) {
			continue
		}
		l.say(Differs, "pair.redirect-uri-unused", e.URL, uriPath+"["+itoa(i)+"]", "Immich has no page "+e.URL+" that a login comes back to",
			"take it out; logins come back to "+loginPath+", links to "+linkPath)
	}
}

// uriTypes: Terraform shows a change for ever where the type is not written. Nothing else compares what it wrote so.
func (l *look) uriTypes() {
	if !strings.Contains(l.Origins["authentik.provider"], "authentik_provider_oauth2.") {
		return
	}
	items, _ := l.provider["redirect_uris"].([]any)
	for _, item := range items {
		fields, _ := item.(map[string]any)
		if _, typed := fields["redirect_uri_type"]; !typed && l.authentik.Has(version.RedirectURIType) {
			l.say(Differs, "pair.redirect-uri-untyped", "", uriPath, "entries have no redirect_uri_type; authentik fills in authorization, which Terraform shows as a change at each plan",
				"write redirect_uri_type: authorization")
			return
		}
	}
}

func itoa(i int) string { return strconv.Itoa(i) }
