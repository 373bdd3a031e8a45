package suites_test

import "time"

// july is the page that documents a launch URL and a Logout URI, on the releases of its time.
var july = cell{authentik: "2026.2.0", immich: "v3.1.0", guide: "2026-07-01"}

// guideFaults is what faults do to the checks of what only newer pages document.
func guideFaults() []experiment {
	taken := func(fault, why, says string) experiment {
		return experiment{immich: fault, cell: july, why: why, fail: []string{"logout.backchannel.forged"}, says: says}
	}
	return []experiment{
		{
			authentik: "login-by-another-flow", cell: cell{authentik: "2024.8.4", guide: "2024-03-28"}, browser: []string{"login.web.first"},
			why:  "only the page's address tells: the other flow asks for the same",
			fail: append([]string{"login.web.first"}, foundersPage...),
			skip: afterFirst,
			says: "flow: the flow of the login",
		},
		{
			authentik: "tile-leads-elsewhere", cell: july, browser: []string{explicit, "launch.library"},
			why:  "only who opens Immich from the library can tell: the application reads back as documented",
			fail: []string{"launch.library"},
			says: "the tile leads elsewhere: expected https://immich.",
		},
		{
			immich: "launch-request-ignored", cell: july, browser: []string{explicit, "launch.library"},
			why:  "the tile ends at Immich's form",
			fail: []string{"launch.library"},
			says: "expected Immich's own pages, got Immich's password form",
		},
		{
			immich: "cookies-not-set", cell: july, browser: []string{"launch.library"}, noLogin: true,
			why: "Immich takes the code and the browser is left without a session, which shows at once; nobody else keeps one either",
			fail: []string{
				"launch.library", "login.mobile.native", "login.mobile.override", "link.taken", "logout.backchannel.forged",
				"rp.cookies", "rp.logout", "rp.tabs", "rp.off", "rp.settings",
			},
			inconclusive: []string{"link.forged", "logout.backchannel.accepted"},
			says:         "lands: the way from the tile\n    expected: it works\n    actual: Immich answered /api/oauth/callback well and set no cookie of a session",
		},
		{
			authentik: "consent-never-remembered", cell: july, browser: []string{explicit, "launch.library"},
			why:  "who has consented is asked again on the way from the tile",
			fail: []string{"launch.library", "op.consent"},
			says: "expected Immich's own pages, got authentik's consent page",
		},
		{
			authentik: "logout-token-not-sent", cell: july, limit: 8 * time.Second,
			why:  "the session in Immich outlives the one at authentik",
			fail: []string{"logout.backchannel.accepted"},
			says: "authentik sent no logout token for the session that has ended",
		},
		{
			authentik: "logout-token-of-another-session", cell: july, limit: 8 * time.Second,
			why:  "the wrong device is signed out",
			fail: []string{"logout.backchannel.accepted"},
			says: "for other sessions",
		},
		{
			authentik: "logout-token-with-nonce", cell: july, limit: 8 * time.Second,
			why:  "no client may take it, and Immich does not",
			fail: []string{"logout.backchannel.accepted"},
			says: "token: go-oidc verifies the logout token",
		},
		{
			immich: "logout-token-ends-nothing", cell: july,
			why:  "Immich answers well and ends nothing",
			fail: []string{"logout.backchannel.accepted", "logout.backchannel.forged"},
			says: "the browser's session still answers after the logout token",
		},
		{
			immich: "session-end-not-told", cell: july, browser: []string{"logout.backchannel.page"}, limit: 20 * time.Second,
			why:  "the session is dead, and who looks at the page is not told",
			fail: []string{"logout.backchannel.page"},
			says: "left: the page of a session that has ended stays open\n    expected: /auth/login\n    actual: the page stays where it is\n",
		},
		{
			immich: "logout-token-ends-every-session", cell: july,
			why:  "the other device of the same person tells",
			fail: []string{"logout.backchannel.accepted"},
			says: "others: the session on another device still answers",
		},
		{
			immich: "logout-token-ends-namesakes", cell: july,
			why:  "somebody else can tell, and the same person on another device",
			fail: []string{"logout.backchannel.forged", "logout.backchannel.accepted"},
			says: "others: the session of another person of the same name lives on",
		},
		taken("logout-token-signature-ignored", "anybody can sign somebody out", "Immich takes a logout token that another key has signed"),
		taken("logout-token-age-ignored", "a token that somebody kept is good for ever", "Immich takes a logout token that was issued an hour ago"),
		taken("logout-token-audience-ignored", "a token for one client signs out of all", "Immich takes a logout token for another client"),
		taken("logout-token-issuer-ignored", "a token of one provider is good for all of that key", "Immich takes a logout token of another issuer"),
		taken("logout-token-events-ignored", "any token that authentik signs signs somebody out", "Immich takes a logout token without an event"),
		taken("logout-token-nonce-ignored", "an ID token must not pass for a logout token", "Immich takes a logout token with a nonce"),
		taken("logout-token-of-nobody-accepted", "only who names nobody can tell", "Immich takes a logout token that names nobody"),
	}
}
