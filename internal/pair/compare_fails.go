package pair

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/version"
)

// client is one of Immich's, with the redirect URI that it sends.
type client struct{ what, uri string }

// clientsOf are the clients of a pair: the web page on the pair's name, and the apps of a release, whose redirect URI an
// override replaces.
func (p *Pair) clientsOf(r *version.Release) []client {
	var all []client
	named := *p
	named.NameHosts()
	if origin := "https://" + named.Names.Immich; origin != "https://" {
		all = append(all, client{"the login on the web page", origin + "/auth/login"}, client{"linking an account on the web page", origin + "/user-settings"})
	}
	if p.Immich != nil {
		oauth, _ := p.Immich.Config["oauth"].(map[string]any)
		if override := textOf(oauth, "mobileRedirectUri"); oauth["mobileOverrideEnabled"] == true && override != "" {
			return append(all, client{"the login of the mobile app, by its override", override})
		}
	}
	for _, app := range r.Apps {
		one := client{"the login of the mobile app", app.RedirectURI}
		if !slices.Contains(all, one) {
			all = append(all, one)
		}
	}
	return all
}

// clients finds the redirect URIs that Immich's clients send and that no entry accepts. An entry that only authentik can
// read is no failure.
func (c *comparison) clients(r *version.Release) {
	field, said := c.pair.Authentik.Provider["redirect_uris"]
	if !said && c.pair.Authentik.Door != guide.API {
		return
	}
	for _, one := range c.pair.clientsOf(r) {
		if _, accepted, err := authentik.Accepting(field, one.uri); accepted || err != nil {
			continue
		}
		documented := &guide.Value{Value: one.uri}
		if i := slices.IndexFunc(c.guide.RedirectURIs, func(u guide.RedirectURI) bool { return accepts(u, one.uri) }); i >= 0 {
			documented = &guide.Value{Value: c.guide.RedirectURIs[i].String(), Line: c.guide.RedirectURIs[i].Line}
		}
		c.fails("authentik.provider.redirect_uris", documented, strings.Join(authentik.Entries(field), ", "),
			fmt.Sprintf("%s sends %s, which no entry accepts: authentik shows its redirect URI error", one.what, one.uri))
	}
}

// accepts reports whether an entry of the guide lets a redirect URI through.
func accepts(u guide.RedirectURI, uri string) bool {
	accepted, err := authentik.Accepts(u.Matching, u.URL, uri)
	return u.Purpose == guide.Authorization && accepted && err == nil
}

// none reports whether a provider has no value in a field: that was said, or nothing was and no form has filled it in.
func (c *comparison) none(field string) bool {
	value, said := c.pair.Authentik.Provider[field]
	return said && value == nil || !said && c.pair.Authentik.Door == guide.API
}

// signing compares what authentik signs with to what Immich expects.
func (c *comparison) signing() {
	signed, has := "RS", textOf(c.pair.Authentik.Provider, signingKey)
	switch {
	case c.none(signingKey):
		signed, has = "HS", ""
	case c.pair.Authentik.SigningKeyType == authentik.KeyEC:
		signed, has = "ES", has+" (on a curve)"
	}
	wanted := "RS256" // Immich's default
	if c.pair.Immich != nil {
		if !c.oauthRead() {
			return
		}
		oauth, _ := c.pair.Immich.Config["oauth"].(map[string]any)
		if algorithm := textOf(oauth, "signingAlgorithm"); algorithm != "" {
			wanted = algorithm
		}
	}
	// A key is not known to be RSA, and which curve a key is on decides the rest of the name.
	unknown := signed == "RS" && c.pair.Authentik.SigningKeyType == "" && !strings.HasPrefix(wanted, "HS")
	if strings.HasPrefix(wanted, signed) || unknown && wanted != "RS256" {
		return
	}
	c.fails("authentik.provider."+signingKey, c.guide.SigningKey, has,
		fmt.Sprintf("authentik signs with %s256 and Immich takes %s only: every login fails", signed, wanted))
}

// scopes finds the scopes without which nobody gets in: authentik gives no claim of a scope that it maps to none.
func (c *comparison) scopes() {
	mappings := c.pair.Authentik.Mappings
	if mappings == nil && c.pair.Authentik.Door != guide.API {
		return
	}
	for _, needed := range []struct{ scope, reason string }{
		{"openid", "authentik answers no question for a person's claims without it: every login fails"},
		{"email", "Immich learns no e-mail address, without which it makes no account"},
	} {
		if slices.ContainsFunc(mappings, func(m guide.Mapping) bool { return m.Scope == needed.scope }) {
			continue
		}
		var has []string
		for _, m := range mappings {
			has = append(has, m.Scope)
		}
		c.add(Difference{
			Path: "authentik.mappings", Guide: "a mapping of the scope " + needed.scope, Pair: strings.Join(has, ", "),
			Level: WillFail, Reason: needed.reason,
		})
	}
}

// grants finds a provider that may not grant what Immich asks for. A list that was not said is judged by who knows the
// release: an upgrade fills it in.
func (c *comparison) grants() {
	const field, needed = "grant_types", "authorization_code"
	list, said := c.pair.Authentik.Provider[field].([]any)
	if !said || slices.Contains(list, any(needed)) {
		return
	}
	var has []string
	for _, grant := range list {
		has = append(has, fmt.Sprint(grant))
	}
	c.add(Difference{
		Path: "authentik.provider." + field, Guide: needed, Pair: strings.Join(has, ", "),
		Level: WillFail, Reason: "authentik refuses the authorization code that Immich asks for: every login fails",
	})
}
