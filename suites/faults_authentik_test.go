package suites_test

import "slices"

// needTokens are the checks that prove nothing where nobody gets a token.
var needTokens = []string{"op.client-secret", "op.code", "op.verifier", "op.userinfo", "op.end-session", "op.answer"}

// authentikFaults is what each fault of the double of authentik does to the checks.
func authentikFaults() []experiment {
	return []experiment{
		{
			authentik: "loose-match", browser: []string{"redirect.refused[seen=browser]"},
			why:  "whatever begins like a strict URI passes for it, at the token endpoint as well",
			fail: []string{"redirect.refused[uri=*", "redirect.refused[seen=browser]", "op.code"},
			says: "authentik accepts a redirect URI that the guide does not list",
		},
		{
			authentik: "refuse-app-uri", browser: []string{"redirect.documented[*", "login.mobile.native"},
			why:  "the app's URI is registered and refused; those of the web are not touched",
			fail: []string{"redirect.documented[uri=app]", "login.mobile.native"},
			says: "Redirect URI Error",
		},
		{
			authentik: "javascript-accepted",
			why:       "a scheme that runs in the page must be refused, registered or not",
			fail:      []string{"redirect.refused"},
			says:      "400 and an error page for javascript:alert(1)",
		},
		{
			authentik: "error-redirects-instead-of-page", browser: []string{"redirect.refused[seen=browser]"},
			why:  "a refusal that redirects is an open redirector, whatever the near miss",
			fail: []string{"redirect.refused"},
			says: "authentik sends the browser on",
		},
		{
			authentik: "no-consent", browser: []string{explicit, "login.web.existing"},
			why:  "the flow says that consent is asked; what needs that login is not judged",
			fail: []string{explicit, "op.consent"},
			skip: append([]string{"login.web.existing"}, afterFirst...),
			says: "consent was asked: expected true, got false",
		},
		{
			authentik: "consent-never-remembered", browser: []string{"login.web.again", "logout.web"},
			why:  "only who comes a second time can tell; after a logout it is observed, not judged",
			fail: []string{"login.web.again", "op.consent"},
			says: "consent was asked a second time",
		},
		{
			authentik: "code-lost-in-redirect", browser: everything,
			noLogin:      true,
			why:          "no way back to Immich carries a code, so there is neither a session nor a token to judge",
			fail:         []string{"login.web.first", "redirect.documented", "login.mobile.native", "login.mobile.override", "login.mobile.other", "link.web"},
			skip:         append([]string{"login.web.again", "login.web.existing", "link.unlink", "logout.web"}, afterFirst...),
			inconclusive: slices.Concat([]string{"token.id", "op.access", "op.lifetime"}, needTokens),
			says:         "carries neither a code nor an error",
		},
		{
			authentik: "state-altered", browser: []string{explicit, "link.web"},
			noLogin:      true,
			why:          "Immich refuses every answer before it asks for a token, so there is none to judge",
			fail:         []string{explicit, "login.mobile.native", "login.mobile.override", "link.web", "op.answer"},
			skip:         append([]string{"link.unlink"}, afterFirst...),
			inconclusive: []string{"token.id"},
			says:         "landing: the state",
		},
		{
			authentik: "issuer-without-slash", browser: []string{explicit, "login.web.auto-launch", "link.web"},
			noLogin: true,
			why:     "Immich compares the issuer and starts no login; the override's own provider is named by its well-known address, which nobody compares",
			fail: []string{
				"discovery.issuer", "discovery.document", explicit, "login.web.auto-launch", "login.mobile.native", "link.web",
			},
			skip:         append([]string{"link.unlink", "token.id"}, afterFirst...),
			inconclusive: []string{"rp.request"},
			says:         "Error in OAuth discovery: ClientError: discovered metadata issuer does not match the expected issuer",
		},
		{
			authentik: "id-token-encrypted",
			why:       "encryption is announced; Immich cannot read a JWE",
			fail:      []string{"discovery.keys"},
			says:      "an encryption key is set on the provider; clear it, the signing key stays",
		},
		{
			authentik: "pkce-not-advertised",
			why:       "without the announcement Immich sends no challenge, so any verifier does",
			fail:      []string{"discovery.document", "login.forged", "rp.request"},
			says:      `does not contain "S256"`,
		},
		{
			authentik: "end-session-missing", browser: []string{"logout.web"},
			why:  "there is nowhere to send the browser after a logout",
			fail: []string{"discovery.document", "logout.web", "op.end-session", "rp.logout"},
			says: "end_session_endpoint of the discovery document",
		},
		{
			authentik: "wrong-alg", browser: []string{explicit, "redirect.documented[uri=login]"},
			noLogin:      true,
			why:          "Immich refuses the token without a word, the token itself says why",
			fail:         []string{explicit, "redirect.documented", "login.mobile.native", "login.mobile.override", "token.id"},
			skip:         afterFirst,
			inconclusive: []string{"link.unlink"},
			says:         `unexpected signature algorithm "HS256"`,
		},
		{
			authentik: "jwks-other-key",
			why:       "Immich trusts the connection and not the signature: nobody else notices",
			fail:      []string{"token.id"},
			says:      "failed to verify signature",
		},
		{
			authentik: "jwks-other-key", cell: cell{immich: "v1.131.3"}, noLogin: true,
			why:          "until v1.132 Immich verifies the signature, and lets nobody in",
			fail:         append([]string{"token.id"}, turnedDown...),
			inconclusive: slices.DeleteFunc(slices.Clone(unjudged), func(id string) bool { return id == "link.forged" }), // there is no state
			says:         "Failed to finish oauth",
		},
		{
			authentik: "missing-email-claim", browser: []string{explicit, "link.web"},
			noLogin: true,
			why:     "an account needs an e-mail, a link does not",
			fail:    []string{explicit, "login.mobile.native", "login.mobile.override", "token.id"},
			skip:    afterFirst,
			says:    "OAuth profile does not have an email address",
		},
		{
			authentik: "sub-differs-between-id-token-and-userinfo",
			why:       "this Immich takes the claims from the ID token and does not ask userinfo",
			fail:      []string{"token.id", "op.userinfo"},
			says:      "userinfo: sub",
		},
		{
			authentik: "expired-id-token", browser: []string{explicit},
			noLogin:      true,
			why:          "Immich refuses the token without a word, the token itself says why",
			fail:         []string{explicit, "login.mobile.native", "login.mobile.override", "token.id"},
			skip:         afterFirst,
			inconclusive: []string{"link.unlink"},
			says:         "token is expired",
		},
		{
			authentik: "clock-late", browser: []string{explicit},
			noLogin:      true,
			why:          "a token has expired before it is made",
			fail:         []string{explicit, "login.mobile.native", "login.mobile.override", "token.id"},
			skip:         afterFirst,
			inconclusive: []string{"link.unlink"},
			says:         "token is expired",
		},
		{
			authentik: "wrong-aud", browser: []string{explicit},
			noLogin:      true,
			why:          "Immich refuses the token without a word, the token itself says why",
			fail:         []string{explicit, "login.mobile.native", "login.mobile.override", "token.id"},
			skip:         afterFirst,
			inconclusive: []string{"link.unlink"},
			says:         `got ["somebody-else"]`,
		},
		{
			authentik: "code-reusable",
			why:       "only who redeems a code twice can tell",
			fail:      []string{"login.forged", "op.code"},
			says:      "the code is good a second time",
		},
		{
			authentik: "verifier-ignored",
			why:       "only who brings another verifier can tell",
			fail:      []string{"login.forged", "op.verifier"},
			says:      "the code is good with a wrong verifier",
		},
		{
			authentik: "settings-not-kept", browser: []string{explicit},
			noLogin: true,
			why:     "without its signing key the provider signs with the secret: that reads back, and shows in discovery, keys and tokens",
			fail: []string{
				"guide.authentik", "discovery.document", "discovery.keys", explicit, "login.mobile.native", "login.mobile.override", "token.id",
			},
			skip:         afterFirst,
			inconclusive: []string{"link.unlink"},
			says:         "authentik stores another signing_key",
		},
	}
}
