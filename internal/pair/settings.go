package pair

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/guide"
)

// Settings are what a run applies and judges: the same values that a guide documents, each with its line of the pair file,
// and the whole configuration beside them.
func (p *Pair) Settings() (*guide.Settings, error) {
	s := p.settings()
	if err := p.unknownURIs(len(s.RedirectURIs)); err != nil {
		return nil, err
	}
	if len(s.RedirectURIs) == 0 {
		return nil, fmt.Errorf("pair file %s: authentik.provider.redirect_uris is empty, so there is no login to judge", p.source)
	}
	return s, p.unserved()
}

// unknownURIs refuses a list of redirect URIs of which an entry could not be read: a run would judge the pair without it. A
// list that was not read at all may have been written by hand since, so that entries are there.
func (p *Pair) unknownURIs(entries int) error {
	why := p.whyUnread(uriPath + "[")
	if entries == 0 {
		why = cmp.Or(p.whyUnread(uriPath), why)
	}
	switch {
	case why == "":
		return nil
	case p.files:
		return fmt.Errorf("%s: not every redirect URI is known: %s; or let `ssoproof capture` make a pair file, and write it there", p.source, why)
	}
	return fmt.Errorf("pair file %s: not every redirect URI is known: %s; capture it anew so, or write it here and take this sentence out of not_read", p.source, why)
}

func (p *Pair) settings() *guide.Settings {
	s := &guide.Settings{Source: p.source, Configuration: &guide.Configuration{Origins: p.origins()}}
	c := s.Configuration
	c.AuthentikHost, c.ImmichHost = p.Names.Authentik, p.Names.Immich
	s.Placeholders = map[string]string{}
	if a := p.Authentik; a != nil {
		c.Door, c.Provider, c.Application, c.Mappings = a.Door, a.Provider, a.Application, a.Mappings
		c.SigningKeyType = a.SigningKeyType
		for _, policy := range a.Policies {
			c.NotCarried = append(c.NotCarried, "policy: "+policy)
		}
		p.authentik(s)
	}
	if i := p.Immich; i != nil {
		c.Immich, c.ImmichFile = i.Config, i.File
		p.immich(s)
		if i.File {
			p.keepPasswordLogin(c)
		}
	}
	return s
}

func (p *Pair) authentik(s *guide.Settings) {
	provider := func(key string) *guide.Value { return p.value("authentik.provider", p.Authentik.Provider, key) }
	app := func(key string) *guide.Value { return p.value("authentik.application", p.Authentik.Application, key) }
	s.ProviderName, s.ClientType = provider("name"), provider("client_type")
	s.AuthenticationFlow, s.AuthorizationFlow = provider("authentication_flow"), provider("authorization_flow")
	s.SigningKey, s.LogoutURI, s.LogoutMethod = provider("signing_key"), provider("logout_uri"), provider("logout_method")
	s.ApplicationSlug, s.LaunchURL = app("slug"), app("meta_launch_url")
	for i, e := range authentik.RedirectURIs(p.Authentik.Provider["redirect_uris"]) {
		const path = "authentik.provider.redirect_uris"
		e.Line = cmp.Or(p.lines[path+"["+strconv.Itoa(i)+"]"], p.lines[path]) // one text is one line
		s.RedirectURIs = append(s.RedirectURIs, e)
	}
}

func (p *Pair) immich(s *guide.Settings) {
	oauth, _ := p.Immich.Config["oauth"].(map[string]any)
	value := func(key string) *guide.Value { return p.value("immich.config.oauth", oauth, key) }
	s.ImmichIssuer, s.ImmichScope, s.ImmichSigningAlgorithm = value("issuerUrl"), value("scope"), value("signingAlgorithm")
}

// keepPasswordLogin leaves password login on where a file turns it off for good: a run's administrator signs in by one.
func (p *Pair) keepPasswordLogin(c *guide.Configuration) {
	login, _ := c.Immich["passwordLogin"].(map[string]any)
	if login["enabled"] != false {
		return
	}
	c.Immich = maps.Clone(c.Immich)
	c.Immich["passwordLogin"] = map[string]any{"enabled": true}
	c.NotCarried = append(c.NotCarried, "passwordLogin.enabled: false in Immich's configuration file; the run's administrator signs in by a password")
}

// value is a text of the pair file with its line; nil where it was not said, or is empty.
func (p *Pair) value(path string, fields map[string]any, key string) *guide.Value {
	text, _ := fields[key].(string)
	if text == "" {
		return nil
	}
	return &guide.Value{Value: text, Line: p.lines[join(path, key)], Kind: guide.Literal}
}

// origins are the places of origin by line.
func (p *Pair) origins() map[int]guide.Origin {
	all := map[int]guide.Origin{}
	for path, text := range p.Origins {
		line, ok := p.lines[path]
		if !ok {
			continue
		}
		all[line] = origin(text)
	}
	return all
}

var fileLine = regexp.MustCompile(`^(.+):(\d+)$`)

func origin(text string) guide.Origin {
	if m := fileLine.FindStringSubmatch(text); m != nil {
		line, err := strconv.Atoi(m[2])
		if err == nil {
			return guide.Origin{File: m[1], Line: line}
		}
	}
	return guide.Origin{File: text}
}

// valid names every mistake in the values, a line each.
func (p *Pair) valid() error {
	var mistakes []error
	wrong := func(path, format string, args ...any) {
		mistakes = append(mistakes, fmt.Errorf("line %d: %s: %s", p.lines[path], path, fmt.Sprintf(format, args...)))
	}
	if a := p.Authentik; a != nil {
		if !slices.Contains([]guide.Door{"", guide.Form, guide.API}, a.Door) {
			wrong("authentik.door", "%q: want form or api", a.Door)
		}
		for i, e := range authentik.RedirectURIs(a.Provider["redirect_uris"]) {
			path := "authentik.provider.redirect_uris[" + strconv.Itoa(i) + "]"
			switch {
			case e.URL == "":
				wrong(path, "it needs a url")
			case !slices.Contains([]guide.Matching{guide.Strict, guide.Regex, guide.Unstated}, e.Matching):
				wrong(path, "matching_mode %q: want strict or regex", e.Matching)
			case !slices.Contains([]guide.Purpose{guide.Authorization, guide.Logout}, e.Purpose):
				wrong(path, "redirect_uri_type %q: want authorization or logout", e.Purpose)
			}
		}
	}
	for _, secret := range p.secrets() {
		wrong(secret, "a pair file holds no secrets; take it out, runs make their own")
	}
	return errors.Join(mistakes...)
}

// secrets are the paths of secrets.
func (p *Pair) secrets() []string {
	var found []string
	if a := p.Authentik; a != nil && a.Provider["client_secret"] != nil {
		found = append(found, "authentik.provider.client_secret")
	}
	if i := p.Immich; i != nil {
		if oauth, ok := i.Config["oauth"].(map[string]any); ok && oauth["clientSecret"] != nil {
			found = append(found, "immich.config.oauth.clientSecret")
		}
	}
	return found
}

// NameHosts fills in the public names where they were not said: Immich's from the first redirect URI on the web, else
// from its external domain; authentik's from Immich's issuer URL.
func (p *Pair) NameHosts() {
	if p.Names.Immich == "" && p.Authentik != nil {
		for _, e := range authentik.RedirectURIs(p.Authentik.Provider["redirect_uris"]) {
			if host := hostOf(strings.ReplaceAll(e.URL, `\.`, ".")); host != "" && host != "localhost" {
				p.Names.Immich = host
				break
			}
		}
	}
	if p.Immich == nil {
		return
	}
	oauth, _ := p.Immich.Config["oauth"].(map[string]any)
	server, _ := p.Immich.Config["server"].(map[string]any)
	if domain, _ := server["externalDomain"].(string); p.Names.Immich == "" {
		p.Names.Immich = hostOf(domain)
	}
	if issuer, _ := oauth["issuerUrl"].(string); p.Names.Authentik == "" {
		p.Names.Authentik = hostOf(issuer)
	}
}

// hostOf is the host of a web address without its port; empty for any other text.
func hostOf(text string) string {
	u, err := url.Parse(strings.TrimLeft(text, "^"))
	if err != nil || !strings.HasPrefix(u.Scheme, "http") {
		return ""
	}
	return strings.ToLower(u.Hostname())
}
