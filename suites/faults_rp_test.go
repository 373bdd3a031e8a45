package suites_test

// afterFirst are the checks over HTTP that wait for the first login of a person.
var afterFirst = []string{
	"login.forged", "link.forged", "link.taken", "rp.cookies", "rp.logout", "rp.tabs", "rp.token", "rp.off", "rp.settings", "rp.registration", "rp.password",
	"rp.secret",
}

// What becomes of the checks over HTTP where Immich turns everybody down who comes from authentik.
var (
	turnedDown = []string{"login.mobile.native", "login.mobile.override", "rp.tabs", "rp.password", "rp.secret"}
	unjudged   = []string{"login.forged", "link.forged", "link.taken", "link.unlink", "rp.cookies", "rp.logout", "rp.token", "rp.off", "rp.registration"}
)

// rpFaults is what the faults of the double of Immich do to the checks of a Relying Party's duties.
func rpFaults() []experiment {
	const onlyWho = "only who brings such a token can tell"
	token := func(fault, says string) experiment {
		return experiment{immich: fault, why: onlyWho, fail: []string{"rp.token"}, says: "Immich takes " + says}
	}
	withCell := func(x experiment, c cell) experiment { x.cell = c; return x }
	return []experiment{
		{
			immich: "state-always-same",
			why:    "only who looks at two logins can tell: the verifiers differ still",
			fail:   []string{"rp.request"},
			says:   "the state of a second login",
		},
		{
			immich: "verifier-always-same",
			why:    "only who looks at two logins can tell",
			fail:   []string{"rp.request"},
			says:   "the challenge of a second login",
		},
		{
			immich: "answer-without-state-taken",
			why:    "only who brings none can tell",
			fail:   []string{"login.forged", "link.forged"},
			says:   "missing: Immich takes an answer without a state",
		},
		{
			immich: "link-accepts-any-state",
			why:    "the login looks at it, the link does not",
			fail:   []string{"link.forged"},
			says:   "state: Immich takes an answer with a wrong state",
		},
		{
			immich: "answer-issuer-ignored",
			why:    "authentik sends none",
			fail:   []string{"login.forged", "link.forged"},
			says:   "issuer: Immich takes an answer with another iss",
		},
		{
			immich: "admin-api-open",
			why:    "only who is not an administrator and asks can tell",
			fail:   []string{"rp.rights"},
			says:   "person: GET /api/system-config is not refused as it should be",
		},
		{
			immich: "scope-rearranged",
			why:    "authentik does not mind the order",
			fail:   []string{"rp.request", "rp.settings"},
			says:   "scope: scope",
		},
		{
			immich: "auto-launch-told-wrong",
			why:    "the login page starts a login by itself, or waits for a click, against the settings",
			fail:   []string{"rp.settings"},
			says:   "launch: oauthAutoLaunch among the features",
		},
		{
			immich: "prompt-not-sent", cell: july,
			why:  "only who configures one can tell",
			fail: []string{"rp.settings"},
			says: "prompt: prompt",
		},
		{
			immich: "access-token-readable",
			why:    "only who looks at the cookie can tell",
			fail:   []string{"rp.cookies"},
			says:   "immich_access_token is HttpOnly",
		},
		{
			immich: "state-cookie-readable",
			why:    "only who looks at the cookie can tell",
			fail:   []string{"rp.cookies"},
			says:   "under-way: immich_oauth_state is HttpOnly",
		},
		{
			immich: "state-cookie-short",
			why:    "only who is slow, or looks at the cookie, can tell",
			fail:   []string{"rp.cookies"},
			says:   "patience: the lifetime of immich_oauth_state",
		},
		{
			immich: "state-cookie-kept",
			why:    "only who looks at the cookies can tell",
			fail:   []string{"rp.cookies"},
			says:   "done: the answer to the login drops immich_oauth_state",
		},
		{
			immich: "session-cookies-short",
			why:    "only who comes back later, or looks at the cookie, can tell",
			fail:   []string{"rp.cookies"},
			says:   "lasts: the lifetime of immich_access_token",
		},
		{
			immich: "cookies-over-http",
			why:    "only who looks at the cookies can tell",
			fail:   []string{"rp.cookies"},
			says:   "immich_access_token is Secure",
		},
		{
			immich: "logout-keeps-cookies",
			why:    "the session is dead, and its cookies stay",
			fail:   []string{"rp.logout"},
			says:   "cleared: the answer to the logout drops immich_access_token",
		},
		{
			immich: "password-sent-to-end-session",
			why:    "who never was at authentik is sent there",
			fail:   []string{"rp.logout"},
			says:   "where the logout after a login by password leads",
		},
		{
			immich: "end-session-setting-ignored", cell: july,
			why:  "only who configures one can tell",
			fail: []string{"rp.settings"},
			says: "end-session: where the logout leads",
		},
		{
			immich: "refusal-drops-state",
			why:    "the refusal of one login takes the other along",
			fail:   []string{"rp.tabs"},
			says:   "OAuth state is missing",
		},
		{
			immich: "off-ignored-at-callback",
			why:    "only who is under way can tell",
			fail:   []string{"rp.off"},
			says:   "Immich lets somebody in while OAuth is off",
		},
		{
			immich: "auto-register-ignored",
			why:    "only somebody new can tell",
			fail:   []string{"rp.registration"},
			says:   "Immich makes an account without auto-registration",
		},
		{
			immich: "password-form-missing", browser: []string{"login.web.auto-launch"},
			why:  "who has a password only does not get in any more",
			fail: []string{"login.web.auto-launch"},
			says: "password: the login page shows its OAuth button alone",
		},
		{
			immich: "password-off-ignored",
			why:    "the form is gone, and who posts a password is let in: only who asks the server can tell",
			fail:   []string{"rp.password"},
			says:   "off: a login by password while that is off is not refused as it should be",
		},
		token("id-token-issuer-ignored", "an ID token of another issuer"),
		token("id-token-audience-ignored", "an ID token for two clients that names neither as azp"),
		token("id-token-time-ignored", "an ID token that is good in an hour"),
		token("id-token-algorithm-ignored", "an ID token that nobody has signed (alg none)"),
		token("id-token-nonce-ignored", "an ID token with a nonce"),
		token("id-token-claims-optional", "an ID token without exp"),
		token("token-type-ignored", "a token response without a type"),
		withCell(token("id-token-signature-ignored", "an ID token that another key has signed"), cell{immich: "v1.131.3"}),
	}
}
