package suites_test

// immichFaults is what each fault of the double of Immich does to the checks.
func immichFaults() []experiment {
	return []experiment{
		{
			immich: "session-survives-logout", browser: []string{"logout.web"},
			why:  "the browser is sent away, the session lives on",
			fail: []string{"logout.web", "session.several"},
			says: "the session from before the logout still answers",
		},
		{
			immich: "logout-not-sent-to-end-session", browser: []string{"logout.web"},
			why:  "Immich's own login page is not the end of authentik's session",
			fail: []string{"logout.web", "rp.logout"},
			says: "where Immich sends the browser after the logout",
		},
		{
			immich: "link-ignored", browser: []string{"link.web"},
			why:  "Immich answers well and stores nothing; without a link there is none to take off",
			fail: []string{"link.web", "account.other-email", "account.relinked"},
			skip: []string{"link.unlink"},
			says: "linked: the account's oauthId is the subject",
		},
		{
			immich: "link-taken-accepted",
			why:    "two accounts of one identity: which one logs in is chance",
			fail:   []string{"link.taken"},
			says:   "Immich took the identity a second time",
		},
		{
			immich: "link-refused-at-authorize",
			why:    "Immich refuses before it is asked to link, so nothing is known of an identity that is taken",
			inconclusive: []string{
				"link.taken", "link.unlink", "link.forged", "rp.request", "account.other-email", "account.relinked", "account.administrator",
			},
			says: "Bad redirect URI",
		},
		{
			immich: "unlink-keeps-oauthid",
			why:    "Immich answers well and takes nothing off",
			fail:   []string{"link.unlink", "account.subject-mode"},
			says:   "unlinked: the account's oauthId",
		},
		{
			immich: "second-account-on-existing-email", browser: []string{"login.web.existing"},
			why: "only who has a local account can tell",
			fail: []string{
				"login.web.existing", "rp.registration", "account.local", "account.taken", "account.subject-mode", "account.administrator",
			},
			says: "single: accounts with the e-mail",
		},
		{
			immich: "oauthid-not-stored", browser: []string{"login.web.again", "login.web.existing", "redirect.documented[uri=login]"},
			why: "every first login shows it, and the identity counts as nobody's; the second login goes by the e-mail",
			fail: []string{
				"login.web.existing", "redirect.documented", "login.mobile.native", "login.mobile.override", "link.taken",
				"account.local", "account.taken", "account.subject-mode",
			},
			says: "the account's oauthId is the subject",
		},
		{
			immich: "name-dropped", browser: []string{explicit},
			why:  "a person must find the own name; what needs that login is not judged",
			fail: []string{explicit},
			skip: afterFirst,
			says: "account: the account's name",
		},
		{
			immich: "mobile-redirect-drops-query",
			why:    "the app gets neither code nor state",
			fail:   []string{"login.mobile.handoff", "login.mobile.override"},
			says:   "query: the address that Immich hands over",
		},
		{
			immich: "mobile-redirect-wrong-scheme",
			why:    "no phone would open the app, and Immich does not know the address that comes back",
			fail:   []string{"login.mobile.handoff", "login.mobile.override"},
			says:   "scheme: the address for the app",
		},
		{
			immich: "override-only-at-authorize",
			why:    "RFC 6749 wants the same redirect URI in both requests",
			fail:   []string{"login.mobile.override"},
			says:   "token: the redirect URI of the token request",
		},
		{
			immich: "override-ignored",
			why:    "the setting has no effect on the authorization request",
			fail:   []string{"login.mobile.override"},
			says:   "authorize: the redirect URI in Immich's authorization request",
		},
		{
			immich: "redirect-uri-altered", browser: everything,
			noLogin:      true,
			why:          "authentik refuses what Immich made of it, on every way, and no token is issued",
			fail:         []string{"login.web.first", "login.web.auto-launch", "redirect.documented", "login.mobile.native", "login.mobile.override", "login.mobile.other", "link.web", "rp.request"},
			skip:         append([]string{"login.web.again", "login.web.existing", "link.unlink", "logout.web"}, afterFirst...),
			inconclusive: []string{"token.id"},
			says:         "landing: the redirect URI in Immich's authorization request",
		},
		{
			immich: "autolaunch-loops", browser: []string{"login.web.auto-launch"},
			why:  "there is no way left to the form",
			fail: []string{"login.web.auto-launch"},
			says: "form: the login page with autoLaunch=0 went to authentik",
		},
		{
			immich: "autolaunch-ignored", browser: []string{"login.web.auto-launch"},
			why:  "the page shows its form although the setting is on",
			fail: []string{"login.web.auto-launch"},
			says: "launches: the page in the browser",
		},
		{
			immich: "callback-accepts-wrong-state",
			why:    "only who brings another state can tell",
			fail:   []string{"login.forged", "link.forged"},
			says:   "Immich takes an answer with a wrong state",
		},
		{
			immich: "cookies-not-set", browser: []string{explicit},
			noLogin: true,
			why:     "nobody who comes by OAuth keeps the session, this app neither; a password login is not touched",
			fail:    []string{explicit, "login.mobile.native", "login.mobile.override"},
			skip:    afterFirst,
			says:    "session: Immich's cookies",
		},
		{
			immich: "token-header-ignored", cell: cell{immich: "v2.5.6"},
			why:  "the app of this release sends its token in a header and keeps no cookies",
			fail: []string{"login.mobile.native", "login.mobile.override"},
			says: "Authentication required",
		},
		{
			immich: "token-header-ignored", browser: []string{"login.mobile.other[app=1.132]", "login.mobile.other[app=1.118]"},
			why:  "this release's own app has cookies; an older one that it would serve sends its token in the header",
			fail: turnedAway("1.118", "1.132"),
			says: "Immich v2.7.5 does not let the mobile app 1.132 in: expected a session, got immich: GET /api/users/me: 401 Authentication required",
		},
		{
			immich: "server-info-gone", cell: cell{authentik: "2024.8.4", immich: "v1.112.1", guide: "2024-03-28"},
			browser: []string{"login.mobile.native"},
			why:     "the app of this release asks there before it logs in",
			fail:    []string{"login.mobile.native", "login.mobile.override", "redirect.refused[uri=*"},
			says:    "immich: GET /api/server-info/ping: 404 Cannot GET /api/server-info/ping",
		},
		{
			immich: "no-onboarding", browser: []string{explicit},
			why:  "a new person is welcomed; what needs that login is not judged",
			fail: []string{explicit},
			skip: afterFirst,
			says: "session: where the login of a new user ends",
		},
		{
			immich: "settings-not-kept", browser: []string{explicit},
			noLogin: true,
			why:     "the scope that was stored yields no e-mail, and an account needs one",
			fail:    []string{"guide.immich", explicit, "login.mobile.native", "login.mobile.override"},
			skip:    afterFirst,
			says:    "Immich stores another oauth.scope",
		},
	}
}
