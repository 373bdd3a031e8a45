package diagnose

import (
	"net/http"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/version"
)

// liveIssuerRules tell from Immich's own words why it begins no login, where its setting cannot be read.
func liveIssuerRules() []rule {
	return []rule{
		{"immich.issuer-refused", (*Evidence).issuerRefused},
		{"immich.issuer-unreadable", (*Evidence).issuerUnreadable},
		{"immich.issuer-unreachable", (*Evidence).issuerUnreachable},
		{"immich.issuer-scheme", (*Evidence).issuerInsecure},
		{"immich.issuer-not-url", (*Evidence).issuerNotURL},
		{"proxy.endpoint-insecure", (*Evidence).endpointInsecure},
	}
}

// The words of openid-client 5 and 6, as Immich hands them on.
var (
	mismatchWords    = []string{"issuer does not match", "unexpected iss value"}
	unreadableWords  = []string{"unexpected HTTP response status code", "expected 200 OK, got:", "is not valid JSON", "unexpected response content-type"}
	unreachableWords = []string{"fetch failed", "ENOTFOUND", "ECONNREFUSED", "ECONNRESET", "EHOSTUNREACH", "ETIMEDOUT", "EAI_AGAIN", "AggregateError", "timed out"}
	insecureWords    = []string{"only requests to HTTPS are allowed"}
	notURLWords      = []string{"Invalid URL", "only valid absolute URLs"}
	// Immich's own where anything fails between the discovery document and the authorization request.
	wordless = []string{"Failed to start oauth"}
)

// startSays are the checks in which Immich began no login with one of these words. Where the pair is not live, Immich's
// setting is read and says more, unless authentik answers there as it should.
func (e *Evidence) startSays(words ...string) []string {
	if e.Live == nil && !e.discovered() || e.misset() {
		return nil
	}
	return e.those(func(f Failed) bool {
		return f.last().Place == AtStart && slices.ContainsFunc(words, func(w string) bool { return strings.Contains(f.last().Message, w) })
	})
}

// misset reports whether the settings of a live pair were read, and Immich's issuer is not the provider's.
func (e *Evidence) misset() bool {
	return e.Live != nil && e.OAuth.Issuer != "" && e.right() != "" && e.issuer() != e.right()
}

// discovered reports whether the discovery document that Immich asks for is there, and is the provider's.
func (e *Evidence) discovered() bool {
	return e.Discovery.Status == http.StatusOK && e.issuer() == e.right() && e.Discovery.Issuer == e.right()
}

// startSign is the sign that Immich's words are.
func (e *Evidence) startSign(values map[string]string, words ...string) []sign {
	checks := e.startSays(words...)
	if len(checks) == 0 {
		return nil
	}
	return []sign{{checks: checks, values: values, evidence: []string{"Immich says: " + e.failed(checks[0]).last().Message}}}
}

// blind makes of a sign one that names no side, where nobody told the doctor where authentik is: Immich's words alone do not
// tell its setting from what stands before authentik. or are the causes that fit as well.
func (e *Evidence) blind(signs []sign, or ...string) []sign {
	if e.Live == nil || e.Live.Authentik != nil {
		return signs
	}
	for i := range signs {
		signs[i].side, signs[i].or = report.SideUnknown, or
		signs[i].values = map[string]string{
			"blind": "yes", "release": e.Immich.String(), "verb": "lacks or adds", "host": "authentik's host", "product": "authentik", "origin": "authentik's address",
		}
	}
	return signs
}

// issuerRefused: authentik answers there, by another issuer than Immich is set to. Where the discovery document shows that
// a proxy hides the public name from authentik, that is the cause.
func (e *Evidence) issuerRefused() []sign {
	found := e.Discovery.Issuer
	if found != "" && (parse(found).Scheme != parse(e.Discovery.URL).Scheme || parse(found).Host != parse(e.Discovery.URL).Host) {
		return nil
	}
	return e.blind(e.startSign(map[string]string{"want": found}, mismatchWords...),
		"immich.issuer-slash", "authentik.issuer-global", "proxy.forwarded-proto", "proxy.host")
}

// issuerUnreadable: something answers Immich that is not a discovery document. Where it is a proxy that does not reach
// authentik, that is the cause.
func (e *Evidence) issuerUnreadable() []sign {
	if slices.Contains(gateway, e.Discovery.Status) || e.otherwise() || e.blocked() {
		return nil
	}
	signs := e.startSign(map[string]string{"want": e.Discovery.Issuer}, unreadableWords...)
	if len(signs) > 0 && e.OAuth.Issuer != "" && !e.Live.Named && e.Live.Authentik != nil { // the doctor asked there as well
		signs[0].checks = append(signs[0].checks, e.those(func(f Failed) bool { return f.in("discovery.") })...)
	}
	return e.blind(signs, "immich.issuer-slug", "proxy.gateway", "proxy.other-server")
}

// issuerUnreachable: Immich gets no answer at all. A certificate that is good for nobody says more, and so does an edge that
// sees Immich refuse one.
func (e *Evidence) issuerUnreachable() []sign {
	if e.Live != nil && (e.Live.Authentik.Reached() && !e.Live.Authentik.Trusted() || e.Live.Authentik.Refused() != nil) {
		return nil
	}
	signs := e.blind(e.startSign(map[string]string{"want": e.Discovery.Issuer}, unreachableWords...),
		"immich.issuer-host", "proxy.unreachable", "proxy.certificate-expired", "proxy.certificate-name", "immich.ca-untrusted")
	for i := range signs {
		signs[i].checks = slices.DeleteFunc(signs[i].checks, func(name string) bool { return e.distrusted(e.failed(name).last()) != nil })
		if e.Handshakes != nil {
			signs[i].values["seen"] = "yes"
			signs[i].evidence = append(signs[i].evidence, "Immich refused no certificate meanwhile")
		}
	}
	return signs
}

// issuerInsecure is for a live pair whose setting was not read; else issuerScheme tells.
func (e *Evidence) issuerInsecure() []sign {
	if e.Live == nil {
		return nil
	}
	return e.startSign(map[string]string{"release": e.Immich.String(), "what": e.insecure(), "want": e.Discovery.Issuer}, insecureWords...)
}

// endpointInsecure: Immich reads the document, and does not go to an authorization endpoint without https. Where the document
// that the doctor got says http as well, that is the cause; where it got none, nothing tells.
func (e *Evidence) endpointInsecure() []sign {
	unread := e.Live != nil && e.Live.Authentik != nil && !strings.HasPrefix(e.Discovery.Issuer, "https:")
	if !e.Immich.Has(version.SecureIssuerOnly) || unread {
		return nil
	}
	return e.blind(e.startSign(map[string]string{"release": e.Immich.String()}, wordless...), "proxy.forwarded-proto")
}

func (e *Evidence) issuerNotURL() []sign { return e.startSign(nil, notURLWords...) }
