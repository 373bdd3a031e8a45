package suites_test

import (
	"slices"
	"time"

	"github.com/ssoproof/ssoproof/internal/edge"
)

// wireFaults is what each fault of the wire does to the checks.
func wireFaults() []experiment {
	return []experiment{
		{
			wire: edge.Fault{Name: "drop-forwarded-proto", Host: "authentik"}, browser: []string{explicit},
			why:          "authentik names itself by http, so Immich starts no login, the keys are where nobody is and the session's cookie is anybody's",
			fail:         []string{"discovery.issuer", "discovery.document", explicit, "login.mobile.native", "login.mobile.override", "op.sso"},
			skip:         append([]string{"token.id"}, afterFirst...),
			inconclusive: []string{"discovery.keys", "link.unlink", "rp.request"},
			says:         `authorization_endpoint is "http://`,
		},
		{
			wire: edge.Fault{Name: "drop-host", Host: "authentik"}, browser: []string{explicit},
			why:          "authentik names itself by the address behind the proxy, so Immich starts no login, and the keys are where nobody is",
			fail:         []string{"discovery.issuer", "discovery.document", explicit, "login.mobile.native", "login.mobile.override"},
			skip:         append([]string{"token.id"}, afterFirst...),
			inconclusive: []string{"discovery.keys", "link.unlink", "rp.request"},
			says:         `authorization_endpoint is "https://127.0.0.1:`,
		},
		{
			wire: edge.Fault{Name: "strip-cookies", Host: "authentik"}, browser: []string{explicit}, limit: 20 * time.Second,
			why:          "authentik asks for the name again and again, and the password's page never comes",
			fail:         []string{"login.mobile.native", "login.mobile.override"},
			skip:         afterFirst,
			inconclusive: []string{explicit, "link.unlink", "token.id", "redirect.refused[uri=app]", "redirect.refused[uri=login]", "redirect.refused[uri=link]", "op.*"},
			says:         "no end after 20 challenges",
		},
		{
			wire: edge.Fault{Name: "strip-cookies", Host: "immich", Path: "/api/oauth/callback"}, browser: []string{explicit},
			why:  "nobody who comes by OAuth keeps the session, this app neither",
			fail: []string{explicit, "login.mobile.native", "login.mobile.override"},
			skip: afterFirst,
			says: "session: Immich's cookies",
		},
		{
			wire: edge.Fault{Name: "strip-cookies", Host: "immich", Path: "/api/oauth/authorize"}, browser: []string{explicit},
			why:          "the web page loses its state before it comes back; the app keeps its own",
			fail:         []string{explicit, "rp.request"},
			skip:         afterFirst,
			inconclusive: []string{"token.id"},
			says:         "OAuth state is missing",
		},
		{
			wire: edge.Fault{Name: "swap-issuer", Host: "authentik"}, browser: []string{explicit},
			why:          "Immich compares the issuer with the guide's and, where it was given the well-known address, with the token's",
			fail:         []string{"discovery.issuer", "discovery.document", explicit, "login.mobile.native", "login.mobile.override"},
			skip:         append([]string{"token.id"}, afterFirst...),
			inconclusive: []string{"link.unlink", "rp.request"},
			says:         "go-oidc refuses the issuer that the guide gives Immich",
		},
		{
			wire: edge.Fault{Name: "empty-jwks", Host: "authentik"},
			why:  "Immich trusts the connection and not the signature: nobody else notices",
			fail: []string{"discovery.keys", "token.id"},
			says: "usable: algorithms of the signing keys",
		},
		{
			wire: edge.Fault{Name: "gateway-error", Host: "authentik", Path: "/application/o/"}, browser: []string{explicit},
			why:  "somebody in between answers in authentik's place: nobody is to blame, not Immich for its 500 either",
			skip: append([]string{"token.id"}, afterFirst...),
			inconclusive: []string{
				"discovery.issuer", "discovery.document", "discovery.keys", explicit, "redirect.refused", "login.mobile.native",
				"login.mobile.override", "link.unlink", "op.*", "rp.request",
			},
			says: "authentik did not answer Immich's GET /application/o/immich/.well-known/openid-configuration: 502 Bad Gateway",
		},
		{
			wire: edge.Fault{Name: "gateway-error", Host: "authentik", Path: "/application/o/token/"}, browser: []string{explicit},
			why:          "Immich's 500 after a login is the gateway's, and nobody saw a token",
			skip:         afterFirst,
			inconclusive: slices.Concat([]string{explicit, "login.mobile.native", "login.mobile.override", "link.unlink", "token.id", "op.access"}, needTokens),
			says:         "authentik did not answer Immich's POST /application/o/token/: 502 Bad Gateway",
		},
		{
			wire: edge.Fault{Name: "gateway-error", Host: "immich", Path: "/api/oauth/"}, browser: []string{explicit},
			why:  "somebody in between answers in Immich's place",
			skip: afterFirst,
			inconclusive: []string{
				"discovery.document", explicit, "login.mobile.native", "login.mobile.override", "login.mobile.handoff", "link.unlink", "token.id", "rp.request",
			},
			says: "502",
		},
		{
			wire: edge.Fault{Name: "server-error", Host: "authentik", Path: "/application/o/token/"}, browser: []string{explicit},
			why:          "authentik itself answers, and fails",
			fail:         []string{explicit, "login.mobile.native", "login.mobile.override"},
			skip:         afterFirst,
			inconclusive: slices.Concat([]string{"link.unlink", "token.id", "op.access"}, needTokens),
			says:         "500",
		},
		{
			wire: edge.Fault{Name: "forward-auth", Host: "immich", Path: "/api/oauth/"}, browser: []string{explicit}, limit: 15 * time.Second,
			why:          "an outpost asks for a login in the place of Immich's API",
			fail:         []string{"discovery.document", "login.mobile.native", "login.mobile.override", "login.mobile.handoff"},
			skip:         afterFirst,
			inconclusive: []string{explicit, "link.unlink", "token.id", "rp.request"},
			says:         "Immich answered /api/oauth/mobile-redirect with 302 instead of a 307",
		},
	}
}
