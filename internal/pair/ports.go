package pair

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/ssoproof/ssoproof/internal/authentik"
)

// unserved refuses a pair that is at a port of its own, without a name for each product, or by http alone: a run serves both
// names by https at the standard port, where such a pair would get findings that its own installation does not have. A
// further address is left out of a run, and said to be, as any other that it does not serve.
func (p *Pair) unserved() error {
	path, port := p.portOfIssuer()
	if port == "" {
		path, port = p.portOfImmich()
	}
	if port != "" {
		return fmt.Errorf("%s: %s is at port %s, and a run serves both names at 443 alone; take the port out of every address, or ask `ssoproof doctor` about the pair as it runs", p.place(path), path, port)
	}
	if err := p.nameless(); err != nil {
		return err
	}
	if path, address := p.insecure(); address != "" {
		return fmt.Errorf("%s: %s is %s, and a run serves Immich by https alone; where people open it by https, say so in immich.config.server.externalDomain, else write https into every address to see how it would do behind TLS", p.place(path), path, address)
	}
	return nil
}

// nameless refuses an IP address in the place of a name, and one name for both.
func (p *Pair) nameless() error {
	named := *p
	named.NameHosts()
	const remedy = "; write the name by which people open it into every address, or ask `ssoproof doctor` about the pair as it runs"
	for _, one := range []struct{ product, path, host string }{
		{"Immich", "names.immich", named.Names.Immich}, {"authentik", "names.authentik", named.Names.Authentik},
	} {
		if isIP(one.host) {
			return fmt.Errorf("%s: %s is at the IP address %s, and a run serves names alone"+remedy, p.place(p.pathOf(one.host, one.path)), one.product, one.host)
		}
	}
	if host := named.Names.Immich; host != "" && host == named.Names.Authentik {
		return fmt.Errorf("%s: Immich and authentik are both at %s, and a run tells them apart by their names"+remedy, p.place(p.pathOf(host, "names.immich")), host)
	}
	return nil
}

// pathOf is where a host is said: in the names, else in an address.
func (p *Pair) pathOf(host, name string) string {
	if _, said := p.lines[name]; said && !p.files {
		return name
	}
	if p.Authentik != nil {
		for i, e := range authentik.RedirectURIs(p.Authentik.Provider["redirect_uris"]) {
			if hostOf(strings.ReplaceAll(e.URL, `\.`, ".")) == host {
				return uriPath + "[" + strconv.Itoa(i) + "]"
			}
		}
	}
	if hostOf(p.text("server", "externalDomain")) == host {
		return "immich.config.server.externalDomain"
	}
	return "immich.config.oauth.issuerUrl"
}

// place is where a value was read, else its line of the pair file.
func (p *Pair) place(path string) string {
	from := p.Origins[path]
	if p.files {
		from = cmp.Or(p.origin(path), p.source)
	}
	if from != "" {
		return from
	}
	return fmt.Sprintf("pair file %s, line %d", p.source, p.lines[path])
}

// insecure is the first redirect URI on Immich's name where all of them are http, and nothing else says that people open it
// by https; empty: it is by https.
func (p *Pair) insecure() (path, address string) {
	named := *p
	named.NameHosts()
	immich := named.Names.Immich
	if p.Authentik == nil || slices.Contains(p.Captured.From, "https://"+immich) || strings.HasPrefix(p.text("server", "externalDomain"), "https:") {
		return "", ""
	}
	for i, e := range authentik.RedirectURIs(p.Authentik.Provider["redirect_uris"]) {
		plain := strings.TrimLeft(strings.ReplaceAll(e.URL, `\.`, "."), "^")
		switch host := hostOf(plain); {
		case host == "" || host != immich:
		case strings.HasPrefix(plain, "https"): // a pattern as well: https?://
			return "", ""
		case address == "":
			path, address = "authentik.provider.redirect_uris["+strconv.Itoa(i)+"]", e.URL
		}
	}
	return path, address
}

func (p *Pair) portOfIssuer() (path, port string) {
	return "immich.config.oauth.issuerUrl", ownPort(p.text("oauth", "issuerUrl"))
}

// portOfImmich is that of its external domain; where it has none, that of its redirect URIs, unless one of them goes without.
func (p *Pair) portOfImmich() (path, port string) {
	if domain := p.text("server", "externalDomain"); domain != "" {
		return "immich.config.server.externalDomain", ownPort(domain)
	}
	if p.Authentik == nil {
		return "", ""
	}
	for i, e := range authentik.RedirectURIs(p.Authentik.Provider["redirect_uris"]) {
		address := strings.ReplaceAll(e.URL, `\.`, ".")
		if host := hostOf(address); host == "" || host != p.Names.Immich {
			continue
		}
		one := ownPort(address)
		if one == "" {
			return "", ""
		}
		if port == "" {
			path, port = "authentik.provider.redirect_uris["+strconv.Itoa(i)+"]", one
		}
	}
	return path, port
}

// text is a setting of Immich's; empty where the file does not say it.
func (p *Pair) text(group, key string) string {
	if p.Immich == nil {
		return ""
	}
	fields, _ := p.Immich.Config[group].(map[string]any)
	text, _ := fields[key].(string)
	return text
}

// ownPort is the port of a web address that is not that of its scheme.
func ownPort(address string) string {
	u, err := url.Parse(strings.TrimLeft(address, "^"))
	if err != nil || u.Scheme == "https" && u.Port() == "443" || u.Scheme == "http" && u.Port() == "80" {
		return ""
	}
	return u.Port()
}
