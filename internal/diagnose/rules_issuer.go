package diagnose

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"

	"github.com/ssoproof/ssoproof/internal/version"
)

const wellKnown = "/.well-known/openid-configuration"

// DiscoveryURL is where Immich looks for the discovery document of an issuer, which may carry the suffix already.
func DiscoveryURL(issuer string) string {
	return strings.TrimSuffix(strings.TrimSuffix(issuer, wellKnown), "/") + wellKnown
}

// issuerRules are about the address by which Immich finds authentik.
func issuerRules() []rule {
	return []rule{
		{"immich.issuer-slash", (*Evidence).issuerSlash},
		{"immich.issuer-slug", (*Evidence).issuerSlug},
		{"immich.issuer-scheme", (*Evidence).issuerScheme},
		{"immich.issuer-host", (*Evidence).issuerHost},
		{"immich.issuer-other", (*Evidence).issuerOther},
		{"authentik.issuer-global", (*Evidence).issuerGlobal},
		{"authentik.issuer-differs", (*Evidence).issuerDiffers},
	}
}

// issuerBlames are the checks that no login and no discovery came past of.
func (e *Evidence) issuerBlames() []string {
	return e.those(func(f Failed) bool { return f.last().Place == AtStart || f.in("discovery.", "live.authorize") })
}

// issuer is the issuer that Immich is set to, less a well-known suffix.
func (e *Evidence) issuer() string { return strings.TrimSuffix(e.OAuth.Issuer, wellKnown) }

// right is the issuer that Immich should be set to: the provider's, under authentik's public name, whatever a proxy makes
// authentik believe.
func (e *Evidence) right() string {
	issuer := e.Provider.Issuer
	if e.Live != nil { // where authentik's half may not have been read: then its document tells
		issuer = cmp.Or(issuer, e.Discovery.Issuer)
	}
	u, public := parse(issuer), parse(e.AuthentikURL)
	if issuer == "" {
		return ""
	}
	u.Scheme, u.Host = public.Scheme, public.Host
	return u.String()
}

// strict reports whether Immich compares the discovered issuer with its setting.
func (e *Evidence) strict() bool {
	return e.Immich.Has(version.StrictIssuer) && !strings.Contains(e.OAuth.Issuer, "/.well-known/")
}

func (e *Evidence) issuerSign(values map[string]string, evidence ...string) []sign {
	if e.OAuth.Issuer == "" || e.right() == "" {
		return nil
	}
	values["have"], values["want"] = e.OAuth.Issuer, e.right()
	return []sign{{checks: e.issuerBlames(), values: values, at: setting{"oauth.issuerUrl", e.Guide.ImmichIssuer.At()}, evidence: evidence}}
}

func (e *Evidence) issuerSlash() []sign {
	have, want := e.OAuth.Issuer, e.Discovery.Issuer
	if !e.strict() || have == want || have == e.Provider.Issuer || strings.TrimRight(have, "/") != strings.TrimRight(want, "/") {
		return nil
	}
	verb := "lacks"
	if strings.HasSuffix(have, "/") {
		verb = "adds"
	}
	return e.issuerSign(map[string]string{"verb": verb}, "discovery says the issuer is "+want)
}

// issuerSlug: authentik answers there, and has no such application. Of a live pair both sides' settings tell.
func (e *Evidence) issuerSlug() []sign {
	have, want := parse(e.issuer()), parse(e.right())
	switch {
	case have.Host != want.Host:
		return nil
	case e.Live != nil:
		if e.Provider.Issuer == "" || strings.Trim(have.Path, "/") == strings.Trim(want.Path, "/") {
			return nil
		}
		return e.issuerSign(map[string]string{}, "the application's slug is "+e.Provider.Slug)
	case e.Discovery.Status != http.StatusNotFound:
		return nil
	}
	return e.issuerSign(map[string]string{"slugs": strings.Join(e.Slugs, ", ")},
		"authentik answers 404 at "+e.Discovery.URL)
}

func (e *Evidence) issuerScheme() []sign {
	have, want := parse(e.issuer()), parse(e.right())
	refused := have.Scheme == "http" && e.Immich.Has(version.SecureIssuerOnly) && !e.OAuth.Insecure
	if have.Scheme == want.Scheme && !refused || have.Host != want.Host {
		return nil
	}
	signs := e.issuerSign(map[string]string{"release": e.Immich.String(), "what": e.insecure()}, "the issuer URL begins with "+have.Scheme+"://")
	for _, s := range signs {
		s.values["want"] = strings.Replace(s.values["want"], "http://", "https://", 1) // also where authentik is to be had without TLS
	}
	return signs
}

// insecure is what a release of Immich makes of an http issuer.
func (e *Evidence) insecure() string {
	switch {
	case e.Immich.Has(version.SecureIssuerOnly):
		return "refuses an http issuer unless oauth.allowInsecureRequests is set"
	case e.Immich.Has(version.StrictIssuer):
		return "does not follow the redirect to https when it asks for the discovery document"
	}
	return "asks for the discovery document without https"
}

func (e *Evidence) issuerHost() []sign {
	have, want := parse(e.issuer()), parse(e.right())
	if have.Host == want.Host || have.Host == "" {
		return nil
	}
	return e.issuerSign(map[string]string{"host": have.Host, "other": want.Host}, e.Discovery.Problem)
}

// issuerOther is any other difference that a strict release refuses.
func (e *Evidence) issuerOther() []sign {
	have, want := e.OAuth.Issuer, e.Discovery.Issuer
	if e.Live != nil || !e.strict() || want == "" || strings.TrimRight(have, "/") == strings.TrimRight(want, "/") ||
		have == e.Provider.Issuer || parse(have).Host != parse(want).Host || parse(have).Scheme != parse(want).Scheme || e.Provider.Global {
		return nil
	}
	return e.issuerSign(map[string]string{}, "discovery says the issuer is "+want)
}

func (e *Evidence) issuerGlobal() []sign {
	if !e.Provider.Global || !e.strict() || e.Discovery.Issuer == e.OAuth.Issuer {
		return nil
	}
	return []sign{{
		checks: e.issuerBlames(), at: setting{field: "issuer_mode"},
		values:   map[string]string{"have": e.Discovery.Issuer, "want": e.OAuth.Issuer, "provider": e.Provider.Name},
		evidence: []string{"discovery says the issuer is " + e.Discovery.Issuer},
	}}
}

// issuerDiffers: Immich is set to what authentik's own page shows, and discovery says something else.
func (e *Evidence) issuerDiffers() []sign {
	have, want := e.Discovery.Issuer, e.Provider.Issuer
	if !e.strict() || e.Provider.Global || have == "" || e.OAuth.Issuer != want || have == want ||
		parse(have).Scheme != parse(want).Scheme || parse(have).Host != parse(want).Host {
		return nil
	}
	return []sign{{
		checks: e.issuerBlames(), values: map[string]string{"have": have, "want": want, "provider": e.Provider.Name},
		evidence: []string{"discovery says the issuer is " + have},
	}}
}

func parse(address string) *url.URL {
	u, err := url.Parse(address)
	if err != nil {
		return &url.URL{}
	}
	return u
}
