package suites_test

import "slices"

// opFaults is what the faults of the double of authentik do to the checks of an OpenID Provider's duties.
func opFaults() []experiment {
	return []experiment{
		{
			authentik: "session-forgotten",
			why:       "only who comes back with a session can tell",
			fail:      []string{"op.sso"},
			says:      "a second authorization asked for the password again",
		},
		{
			authentik: "prompt-none-ignored",
			why:       "only who asks for silence can tell",
			fail:      []string{"op.sso"},
			says:      "none: where prompt=none leads",
		},
		{
			authentik:    "answer-iss-wrong",
			why:          "openid-client refuses every answer with another iss, and no code is redeemed",
			fail:         append([]string{"op.answer"}, turnedDown...),
			inconclusive: append([]string{"token.id"}, unjudged...),
			says:         "iss in the answer",
		},
		{
			authentik: "error-without-state",
			why:       "only who asks for what is not there can tell",
			fail:      []string{"op.answer"},
			says:      "error: the state beside the error",
		},
		{
			authentik: "unknown-client-redirected",
			why:       "only who brings no client can tell",
			fail:      []string{"op.answer"},
			says:      "page: authentik answers a request with an unknown client by 302",
		},
		{
			authentik: "challenge-method-ignored",
			why:       "only who asks for a method of their own can tell",
			fail:      []string{"op.answer"},
			says:      "the error for a challenge by S1",
		},
		{
			authentik: "nonce-lost",
			why:       "Immich sends none",
			fail:      []string{"op.answer"},
			says:      "nonce in the ID token",
		},
		{
			authentik: "session-cookie-readable",
			why:       "only who looks at the cookie can tell",
			fail:      []string{"op.sso"},
			says:      "authentik_session is HttpOnly",
		},
		{
			authentik: "port-ignored",
			why:       "an app's address has no port",
			fail:      []string{"redirect.refused[uri=login]", "redirect.refused[uri=link]"},
			says:      "authentik goes on with a redirect URI that the guide does not list (port)",
		},
		{
			authentik: "host-suffix-accepted",
			why:       "an app's address has no host",
			fail:      []string{"redirect.refused[uri=login]", "redirect.refused[uri=link]"},
			says:      "authentik goes on with a redirect URI that the guide does not list (subdomain)",
		},
		{
			authentik: "case-ignored",
			why:       "capitals are no other letters for it",
			fail:      []string{"redirect.refused[uri=*"},
			says:      "authentik goes on with a redirect URI that the guide does not list (case)",
		},
		{
			authentik: "blank-trimmed",
			why:       "what is cut off was not registered",
			fail:      []string{"redirect.refused[uri=*"},
			says:      "authentik goes on with a redirect URI that the guide does not list (blank)",
		},
		{
			authentik: "redirect-normalised",
			why:       "what is resolved was not registered",
			fail:      []string{"redirect.refused[uri=login]", "redirect.refused[uri=link]"},
			says:      "authentik goes on with a redirect URI that the guide does not list (traversal)",
		},
		{
			authentik: "session-trusts-redirect",
			why:       "only who is signed in can tell",
			fail:      []string{"redirect.refused[uri=*"},
			says:      "signed-in: authentik goes on with a redirect URI that the guide does not list (deletion)",
		},
		{
			authentik:    "second-audience",
			why:          "openid-client wants the client as azp where there are two audiences; go-oidc looks for it among them",
			fail:         append([]string{"token.id"}, turnedDown...),
			inconclusive: unjudged,
			says:         "addressed: aud",
		},
		{
			authentik: "no-preferred-username",
			why:       "the double of Immich names its folders by what there is",
			fail:      []string{"token.id"},
			says:      "claim preferred_username",
		},
		{
			authentik:    "no-token-type",
			why:          "openid-client 6 wants a type",
			fail:         append([]string{"token.id"}, turnedDown...),
			inconclusive: unjudged,
			says:         "addressed: token_type",
		},
		{
			authentik: "secret-ignored",
			why:       "only who brings another secret can tell",
			fail:      []string{"op.client-secret", "rp.secret"},
			says:      "a client with a wrong secret in the body gets tokens",
		},
		{
			authentik:    "secret-in-body-refused",
			why:          "Immich sends its secret in the body, and so does whoever needs a token",
			fail:         append([]string{"token.id", "op.client-secret", "op.code", "op.verifier"}, turnedDown...),
			inconclusive: append(slices.Clone(unjudged), "op.access", "op.end-session", "op.userinfo", "op.answer"),
			says:         "the client with its own secret in the body gets no tokens",
		},
		{
			authentik: "challenge-as-verifier",
			why:       "only who brings the challenge back can tell",
			fail:      []string{"op.verifier"},
			says:      "a token request with the challenge as its verifier gets tokens",
		},
		{
			authentik: "verifier-not-needed",
			why:       "only who brings no verifier can tell",
			fail:      []string{"op.verifier"},
			says:      "a token request without the verifier gets tokens",
		},
		{
			authentik: "downgrade-accepted",
			why:       "only who brings a verifier for nothing can tell",
			fail:      []string{"op.verifier"},
			says:      "a token request with a verifier for a code without a challenge gets tokens",
		},
		{
			authentik: "code-of-another-client",
			why:       "only another client can tell",
			fail:      []string{"op.code"},
			says:      "another client that brings the code gets tokens",
		},
		{
			authentik: "code-never-issued-accepted",
			why:       "a code that is used up is one that nobody knows any more",
			fail:      []string{"op.code"},
			says:      "a code that was never issued gets tokens",
		},
		{
			authentik: "token-redirect-ignored",
			why:       "only who names another redirect URI can tell",
			fail:      []string{"op.code"},
			says:      "a token request with a redirect URI that is not registered gets tokens",
		},
		{
			authentik: "code-lives-a-day", browser: []string{"op.lifetime"},
			why:  "only who waits can tell",
			fail: []string{"op.lifetime"},
			says: "a code that lives 8s and is older gets tokens",
		},
		{
			authentik: "code-lives-three-seconds", browser: []string{"op.lifetime"},
			why:  "only who is slow can tell",
			fail: []string{"op.lifetime"},
			says: "a code that is 4s old and lives 8s gets no tokens",
		},
		{
			authentik: "userinfo-open",
			why:       "only who comes without a token can tell",
			fail:      []string{"op.userinfo", "op.access"},
			says:      "userinfo, asked with somebody without a token",
		},
		{
			authentik: "userinfo-expired-token", browser: []string{"op.lifetime"},
			why:  "only who waits can tell",
			fail: []string{"op.lifetime"},
			says: "userinfo, asked with an access token that lives 8s and is older",
		},
		{
			authentik: "consent-of-anybody",
			why:       "only a second person can tell",
			fail:      []string{"op.consent"},
			says:      "own: consent was asked for the scopes",
		},
		{
			authentik: "consent-for-any-scope",
			why:       "only who asks for more can tell",
			fail:      []string{"op.consent"},
			says:      "widened: consent was asked for the scopes openid email profile",
		},
		{
			authentik: "deactivated-user-let-in",
			why:       "only who was deactivated can tell",
			fail:      []string{"op.access"},
			says:      "authentik sends a person who was deactivated back to the client",
		},
		{
			authentik: "deactivated-user-keeps-token",
			why:       "only who was deactivated can tell",
			fail:      []string{"op.access"},
			says:      "userinfo, asked with the access token of a person who was deactivated",
		},
		{
			authentik: "binding-ignored",
			why:       "only who is not bound can tell",
			fail:      []string{"op.access"},
			says:      "authentik sends a person who is not bound back to the client",
		},
		{
			authentik: "post-logout-anywhere",
			why:       "only who names an address can tell",
			fail:      []string{"op.end-session"},
			says:      "authentik sends the browser to a foreign address",
		},
		{
			authentik: "sign-out-keeps-session",
			why:       "only who comes back after signing out can tell",
			fail:      []string{"op.end-session"},
			says:      "where an authorization after signing out leads",
		},
	}
}
