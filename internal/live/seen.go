package live

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"time"
)

// Answer is what came of one request.
type Answer struct {
	ID     int64  // of the recorded exchange; 0: it was not made
	URL    string // that was asked for
	Status int    // 0: no answer came
	Header http.Header
	Body   []byte
	Err    error // why none came
	TLS    *tls.ConnectionState
	// Ahead is how far the clock that dated the answer is ahead of this machine's, to the second; see Dated.
	Ahead time.Duration
	Dated bool
}

// OK reports whether the answer is good.
func (a Answer) OK() bool { return a.Status >= http.StatusOK && a.Status < http.StatusMultipleChoices }

// Gateway reports whether a proxy answered that it cannot reach the product.
func (a Answer) Gateway() bool {
	return a.Status == http.StatusBadGateway || a.Status == http.StatusServiceUnavailable || a.Status == http.StatusGatewayTimeout
}

// Sets reports whether the answer sets a cookie.
func (a Answer) Sets(cookie string) bool {
	return slices.ContainsFunc((&http.Response{Header: a.Header}).Cookies(), func(c *http.Cookie) bool { return c.Name == cookie && c.Value != "" })
}

// Location is where the answer sends on.
func (a Answer) Location() string { return a.Header.Get("Location") }

// Site is a public name, and how it is reached.
type Site struct {
	Origin string // https://photos.example.org
	Host   string // photos.example.org, with a port that is not 443
	// Addresses are where the name leads. Given is set where nobody had to be asked: by --resolve, or since it is one.
	Addresses []netip.AddrPort
	Given     bool
	Proxied   bool // a proxy of this machine's finds the name
	NoAddress error
	Fronts    []Front // of each address that was looked at
	Plain     Answer  // over http
}

// Front is what answers at one address.
type Front struct {
	Address netip.AddrPort // the zero value: a proxy found it
	Answer  Answer
	// Problem is why the certificate is not good for the name; nil: it is, or there is none.
	Problem *CertificateError
}

// Certificate is the certificate that was presented; nil: none was.
func (f Front) Certificate() *x509.Certificate {
	if f.Answer.TLS == nil || len(f.Answer.TLS.PeerCertificates) == 0 {
		return nil
	}
	return f.Answer.TLS.PeerCertificates[0]
}

// Place is the host and the port at which the site is asked.
func (s *Site) Place() (host, port string) {
	if host, port, err := net.SplitHostPort(s.Host); err == nil {
		return host, port
	}
	return s.Host, "443"
}

// Answers reports whether the name is reached, and not a proxy alone answers there.
func (s *Site) Answers() bool { return s.Trusted() && !s.first().Answer.Gateway() }

// Reached reports whether anything at the address spoke TLS.
func (s *Site) Reached() bool { return s != nil && s.first().Certificate() != nil }

// Trusted reports whether the name is reached, and every certificate that it presents is good.
func (s *Site) Trusted() bool {
	if !s.Reached() {
		return false
	}
	for _, f := range s.Fronts {
		if f.Problem != nil {
			return false
		}
	}
	return true
}

// first is the first front that presents a certificate, else the first.
func (s *Site) first() Front {
	for _, f := range s.Fronts {
		if f.Certificate() != nil {
			return f
		}
	}
	if len(s.Fronts) == 0 {
		return Front{}
	}
	return s.Fronts[0]
}

// Seen is everything that a pair shows to who has no credentials. What was not asked is zero.
type Seen struct {
	Immich    *Site
	Authentik *Site // nil: nobody told where it is
	Named     bool  // a person named authentik's issuer, or its settings do

	Ping, WellKnown, Version, Features, Config, Handoff, Socket Answer
	Server                                                      Server
	Logins                                                      []Login // in the order in which they were begun
	LoginPage                                                   Answer  // where authentik sends who is to log in
	Discovery                                                   Discovery
	Keys                                                        Answer
	Origins                                                     []Origin
}

// AuthentikVersion is the version that authentik's pages name, 2025.8.1, or its line, 2025.8; empty: none was seen, or none does.
func (s *Seen) AuthentikVersion() string {
	pages := []Answer{s.LoginPage}
	for _, l := range s.Logins {
		pages = append(pages, l.Answer)
	}
	for _, pattern := range []*regexp.Regexp{scriptVersion, pageFamily} {
		for _, page := range pages {
			if m := pattern.FindSubmatch(page.Body); m != nil {
				return string(m[1])
			}
		}
	}
	return ""
}

// authentik's pages name their scripts by the full version, and tell these its line (templates base/skeleton.html and
// base/header_js.html, 2024.8 to 2026.2).
var (
	scriptVersion = regexp.MustCompile(`/dist/(?:poly|styles/static)-(\d{4}\.\d+\.\d+)[-.]`)
	pageFamily    = regexp.MustCompile(`versionFamily: "(\d{4}\.\d+)"`)
)

// Server is what Immich tells of itself.
type Server struct {
	Pong    bool
	Old     bool   // it answers below /api/server-info alone
	Version string // v2.7.5; empty: it was not told
	// OAuth, AutoLaunch and Password are its switches.
	OAuth, AutoLaunch, Password bool
	Button, ExternalDomain      string
}

// Login is one login that was begun, and how far it went.
type Login struct {
	Client Client
	Start  Answer // of Immich
	// Request is the authorization request that Immich made; nil: none.
	Request *url.URL
	Answer  Answer // of authentik to it
	// Pattern is a text that authentik takes letter by letter in place of the refused redirect URI, and that would match it as
	// a pattern; empty: none was found.
	Pattern string
}

// To is the origin of the authentik that Immich sends people to, over https; empty: it begins no login.
func (l Login) To() string {
	if l.Request == nil {
		return ""
	}
	return originOf(l.Request.String())
}

// Client is one of Immich's clients, by the redirect URI that it sends.
type Client struct {
	Name   string // web login, for people
	Slug   string // login, link, app; a further origin's has its name
	URI    string
	Origin string // of the Immich that is asked
	// Own is set for clients that come with this release of Immich.
	Own bool
	// PKCE is set for apps that send a state and a challenge of their own.
	PKCE bool
}

// Asked is the redirect URI of the authorization request: Immich may have put another in the place of the app's.
func (l Login) Asked() string {
	if l.Request == nil {
		return ""
	}
	return l.Request.Query().Get("redirect_uri")
}

// Overridden reports whether Immich put another redirect URI in the place of its own client's.
func (l Login) Overridden() bool {
	return l.Request != nil && l.Client.Own && l.Asked() != l.Client.URI
}

// Discovery is authentik's discovery document.
type Discovery struct {
	Issuer  string // at whose address it was looked for
	Guessed bool   // the address was guessed from the slug that the guide uses
	Answer  Answer
}

// Found reports whether a document is there.
func (d Discovery) Found() bool { return d.Answer.Status == http.StatusOK && len(d.Answer.Body) > 0 }

// Origin is a further name of Immich's.
type Origin struct {
	Site *Site
	Ping Answer
	Pong bool
}
