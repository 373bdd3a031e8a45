package live

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// Circular reports whether the answer sends the browser to the very address that it asked for.
func (a Answer) Circular() bool {
	at, err := url.Parse(a.URL)
	if err != nil || a.Location() == "" || a.Status < http.StatusMultipleChoices || a.Status >= http.StatusBadRequest {
		return false
	}
	to, err := at.Parse(a.Location())
	return err == nil && originOf(to.String()) == originOf(a.URL) && to.Scheme == at.Scheme && to.RequestURI() == at.RequestURI()
}

// Of names the proxy that answers so by itself where it has nothing for a name, and why; empty: none is known to.
func (a Answer) Of() string {
	body, server := strings.TrimSpace(string(a.Body)), a.Header.Get("Server")
	switch {
	case a.Status == http.StatusNotFound && body == "404 page not found" && server == "": // net/http's own words as well
		return "Traefik does where no router matches: a router without `tls` counts for http alone"
	case a.Status == http.StatusOK && body == "" && server == "Caddy":
		return "Caddy does where no site matches"
	case strings.Contains(body, "<center>nginx") || strings.Contains(body, "<center>openresty") || strings.Contains(body, "Welcome to nginx!"):
		return "nginx does where no server_name matches"
	}
	return ""
}

// Circular reports whether the name answers by sending browsers round in a circle.
func (s *Site) Circular() bool { return s.Trusted() && s.first().Answer.Circular() }

// HTTPOnly reports whether something serves the name over http, and nothing over https. Who sends people on to https does not.
func (s *Site) HTTPOnly() bool {
	return !s.Reached() && s.Refused() == nil && s.Plain.Status != 0 && !s.Plain.Gateway() && !strings.HasPrefix(s.Plain.Location(), "https:")
}

// Refused is the alert by which a server at the name ended TLS before it presented a certificate; nil: none did. Servers do
// that where they have no certificate for a name (RFC 8446 §6.2: unrecognized_name, handshake_failure, internal_error).
func (s *Site) Refused() error {
	if s == nil || s.Reached() {
		return nil
	}
	for _, f := range s.Fronts {
		alert := new(net.OpError)
		if errors.As(f.Answer.Err, &alert) && alert.Op == "remote error" {
			return f.Answer.Err
		}
	}
	return nil
}

// Stranger is an answer of something else under authentik's name, where no discovery document is; ok is false where there
// is none. authentik answers its health page with 2xx, and marks its other pages (authentik/root/middleware.py).
func (s *Seen) Stranger() (answer Answer, ok bool) {
	if !s.Authentik.Trusted() || s.Authentik.Circular() {
		return Answer{}, false
	}
	health, document := s.Authentik.first().Answer, s.Discovery.Answer
	page := document.OK() && !strings.Contains(document.Header.Get("Content-Type"), "json")
	switch {
	case health.ofAuthentik() || document.ofAuthentik() || s.Discovery.Found() && !page:
		return Answer{}, false
	case health.Status >= http.StatusMultipleChoices && health.Status < http.StatusInternalServerError:
		return health, true
	}
	return document, page
}

// Misnamed reports whether no discovery document is at the issuer that was named, while Immich, which reads one each time,
// begins logins: authentik says so, or something at an address to which Immich sends nobody. issuer is that of the document
// where all that was left out is its last slash.
func (s *Seen) Misnamed() (issuer string, misnamed bool) {
	a := s.Discovery.Answer
	if !s.Begins() || s.Authentik == nil || a.Status == 0 || a.Status >= http.StatusInternalServerError {
		return "", false
	}
	var document struct{ Issuer string }
	if a.OK() && json.Unmarshal(a.Body, &document) == nil && document.Issuer != "" {
		return document.Issuer, document.Issuer == s.Discovery.Issuer+"/"
	}
	return "", a.Status == http.StatusNotFound && a.ofAuthentik() || originOf(s.Discovery.Issuer) != s.Authentik.Origin
}

// Begins reports whether Immich begins logins.
func (s *Seen) Begins() bool {
	return slices.ContainsFunc(s.Logins, func(l Login) bool { return l.Request != nil })
}

// ofAuthentik reports whether an answer carries authentik's mark.
func (a Answer) ofAuthentik() bool {
	return a.Header.Get("X-Authentik-Id") != "" || a.Header.Get("X-Powered-By") == "authentik"
}

// Blocked is an answer of something in front of authentik, which itself is there, in place of the discovery document; ok is
// false where there is none.
func (s *Seen) Blocked() (answer Answer, ok bool) {
	if _, strange := s.Stranger(); strange || !s.Authentik.Trusted() || s.Authentik.Circular() {
		return Answer{}, false
	}
	a := s.Discovery.Answer
	return a, InPlace(a.Status) && !a.ofAuthentik()
}

// InPlace reports whether a status is one that something in front of authentik gives in place of its discovery document.
func InPlace(status int) bool {
	return status >= http.StatusMultipleChoices && status < http.StatusInternalServerError && status != http.StatusNotFound
}

// Internal reports whether a host is one that people do not log in at: an address of a private network, or a name without a
// dot, as containers have.
func Internal(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast()
	}
	return host != "" && !strings.Contains(host, ".")
}
