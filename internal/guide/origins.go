package guide

import (
	"net/url"
	"slices"
)

// FurtherHosts names the hosts beside the first under which a page has people reach Immich: those of its redirect URIs on
// https without a port.
func (s *Settings) FurtherHosts() []string {
	immich, authentik := s.Hosts()
	var further []string
	for _, entry := range s.RedirectURIs {
		host := hostOf(entry.URL)
		if u, err := url.Parse(entry.URL); err != nil || u.Scheme != "https" || u.Port() != "" || host == "" {
			continue
		}
		if host != immich && host != authentik && !slices.Contains(further, host) {
			further = append(further, host)
		}
	}
	return further
}

// FurtherHost reports whether an address is on one of them.
func (s *Settings) FurtherHost(u *url.URL) bool {
	return u.Scheme == "https" && slices.Contains(s.FurtherHosts(), u.Host)
}
