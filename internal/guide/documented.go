package guide

import (
	"net/url"
	"slices"
	"strings"
)

// Documented is one value that a page documents. Key is its name in reports, and in what checks say that they cover:
// launch_url, redirect_uris/app.
type Documented struct {
	Key   string
	Value string
	How   string // matching and purpose of a redirect URI, else the kind of the value
	Line  int
}

// Documented lists what the page documents, choices that it leaves to the reader included, each key once.
func (s *Settings) Documented() []Documented {
	var all []Documented
	add := func(d Documented) {
		if !slices.ContainsFunc(all, func(o Documented) bool { return o.Key == d.Key }) {
			all = append(all, d)
		}
	}
	for _, u := range s.RedirectURIs {
		add(Documented{Key: s.redirectKey(u), Value: u.URL, How: string(u.Matching) + ", " + string(u.Purpose), Line: u.Line})
	}
	for _, f := range s.fields() {
		if v := *f.value; v != nil {
			add(Documented{Key: f.name, Value: v.Value, How: string(v.Kind), Line: v.Line})
		}
	}
	return all
}

// Undocumented lists the settings of which the page says nothing.
func (s *Settings) Undocumented() []string {
	var names []string
	for _, f := range s.fields() {
		if *f.value == nil {
			names = append(names, f.name)
		}
	}
	return names
}

func (s *Settings) redirectKey(u RedirectURI) string {
	name := s.Slug(strings.ReplaceAll(u.URL, `\`, "")) // of a pattern that only escapes
	if u.Purpose == Logout {
		name = "logout-" + name
	}
	return "redirect_uris/" + name
}

// Slug names a redirect URI by its purpose: it stays the same when the page's lines move. A further origin of Immich's is
// part of the name.
func (s *Settings) Slug(uri string) string {
	name := purposeName(uri)
	if name == "" {
		return plainName(uri)
	}
	immich, _ := s.Hosts()
	u, err := url.Parse(uri)
	if err != nil || u.Host == "" || u.Scheme+"://"+u.Host == "https://"+immich {
		return name
	}
	if u.Scheme != "https" {
		name += "-" + u.Scheme
	}
	return name + "-" + plainName(u.Host)
}

// purposeName is what one of Immich's own redirect URIs is for; empty for any other.
func purposeName(uri string) string {
	switch {
	case strings.HasPrefix(uri, "app.immich:"):
		return "app"
	case strings.HasSuffix(uri, "/auth/login"):
		return "login"
	case strings.HasSuffix(uri, "/user-settings"):
		return "link"
	case strings.HasSuffix(uri, "/api/oauth/mobile-redirect"):
		return "handoff"
	}
	return ""
}

func plainName(text string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' {
			return r
		}
		return '-'
	}, strings.ToLower(text)), "-.")
}
