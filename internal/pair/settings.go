package pair

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
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
	if len(p.broken) > 0 {
		return nil, fmt.Errorf("%s: %s", p.broken[0].Place, p.broken[0].Text)
	}
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
		c.Door, c.Provider, c.Application, c.Mappings = a.Door, a.Provider, a.Application, named(a.Mappings)
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

// named are the mappings with a name for each that is to be made: authentik asks for one.
func named(mappings Mappings) []guide.Mapping {
	all := slices.Clone(mappings)
	for i, m := range all {
		if m.Expression != "" {
			all[i].Name = cmp.Or(m.Name, m.Managed, m.Scope)
		}
	}
	return all
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

// NameHosts fills in the public names where they were not said: Immich's from the first redirect URI on the web, else
// from its external domain, and an IP address only where nothing has a name; authentik's from Immich's issuer URL.
func (p *Pair) NameHosts() {
	var hosts []string
	if p.Authentik != nil {
		for _, e := range authentik.RedirectURIs(p.Authentik.Provider["redirect_uris"]) {
			hosts = append(hosts, hostOf(strings.ReplaceAll(e.URL, `\.`, ".")))
		}
	}
	hosts = slices.DeleteFunc(append(hosts, hostOf(p.text("server", "externalDomain"))), func(host string) bool {
		return host == "localhost" || strings.Trim(host, hostLetters) != "" || host == ""
	})
	if i := slices.IndexFunc(hosts, func(host string) bool { return !isIP(host) }); i > 0 {
		hosts = hosts[i:]
	}
	if p.Names.Immich == "" && len(hosts) > 0 {
		p.Names.Immich = hosts[0]
	}
	if p.Names.Authentik == "" {
		p.Names.Authentik = hostOf(p.text("oauth", "issuerUrl"))
	}
}

// hostLetters are those of host names and IP addresses; a pattern has others.
const hostLetters = "abcdefghijklmnopqrstuvwxyz0123456789-_.:"

func isIP(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// hostOf is the host of a web address without its port; empty for any other text.
func hostOf(text string) string {
	u, err := url.Parse(strings.TrimLeft(text, "^"))
	if err != nil || !strings.HasPrefix(u.Scheme, "http") {
		return ""
	}
	return strings.ToLower(u.Hostname())
}
