package guide

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// field is one single-valued setting by its name in the JSON form.
type field struct {
	name  string
	value **Value
}

// fields lists the single-valued settings in the order in which people read them.
func (s *Settings) fields() []field {
	return []field{
		{"provider_name", &s.ProviderName},
		{"application_slug", &s.ApplicationSlug},
		{"client_type", &s.ClientType},
		{"authentication_flow", &s.AuthenticationFlow},
		{"authorization_flow", &s.AuthorizationFlow},
		{"signing_key", &s.SigningKey},
		{"launch_url", &s.LaunchURL},
		{"logout_uri", &s.LogoutURI},
		{"logout_method", &s.LogoutMethod},
		{"immich_issuer", &s.ImmichIssuer},
		{"immich_scope", &s.ImmichScope},
		{"immich_signing_algorithm", &s.ImmichSigningAlgorithm},
	}
}

// texts points to every text in which a placeholder can stand.
func (s *Settings) texts() []*string {
	var texts []*string
	for i := range s.RedirectURIs {
		texts = append(texts, &s.RedirectURIs[i].URL)
	}
	for _, f := range s.fields() {
		if v := *f.value; v != nil && v.Kind != Reference && v.Kind != Choice {
			texts = append(texts, &v.Value)
		}
	}
	return texts
}

// Clone returns a copy that shares nothing with s.
func (s *Settings) Clone() *Settings {
	c := *s
	c.RedirectURIs = slices.Clone(s.RedirectURIs)
	c.Placeholders = maps.Clone(s.Placeholders)
	c.Configuration = s.Configuration.clone()
	for _, f := range c.fields() {
		if *f.value != nil {
			v := **f.value
			*f.value = &v
		}
	}
	return &c
}

// Hosts names the products' hosts as the page does, or as Replace has set them: Immich's from its first redirect URI
// on the web, authentik's from the issuer; a pair file says them. Where the page shows none it is the placeholder's value.
func (s *Settings) Hosts() (immich, authentik string) {
	for _, u := range s.RedirectURIs {
		immich = cmp.Or(immich, hostOf(u.URL))
	}
	if s.ImmichIssuer != nil {
		authentik = hostOf(s.ImmichIssuer.Value)
	}
	if c := s.Configuration; c != nil {
		immich, authentik = cmp.Or(c.ImmichHost, immich), cmp.Or(c.AuthentikHost, authentik)
	}
	return cmp.Or(immich, s.Placeholders[ImmichHost], ImmichHost),
		cmp.Or(authentik, s.Placeholders[AuthentikHost], AuthentikHost)
}

// hostOf is the host of a web address, a regular expression with escaped dots included, or "".
func hostOf(text string) string {
	u, err := url.Parse(strings.ReplaceAll(text, `\.`, "."))
	if err != nil || !strings.HasPrefix(u.Scheme, "http") || notHost(u.Hostname()) != "" {
		return ""
	}
	return u.Hostname()
}
