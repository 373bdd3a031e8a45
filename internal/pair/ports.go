package pair

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/ssoproof/ssoproof/internal/authentik"
)

// portless refuses a pair that is at a port of its own: a run serves both names at the standard ports, where such a pair
// would get findings that its own installation does not have. A further address with a port is left out of a run, and said
// to be, as any other that it does not serve.
func (p *Pair) portless() error {
	path, port := p.portOfIssuer()
	if port == "" {
		path, port = p.portOfImmich()
	}
	if port == "" {
		return nil
	}
	place := fmt.Sprintf("pair file %s, line %d", p.source, p.lines[path])
	if from := p.Origins[path]; from != "" {
		place = from
	}
	return fmt.Errorf("%s: %s is at port %s, and a run serves both names at 443 alone; take the port out of every address, or ask `ssoproof doctor` about the pair as it runs", place, path, port)
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
