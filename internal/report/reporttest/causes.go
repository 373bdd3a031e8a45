package reporttest

import (
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/report"
)

// sampleCauses are a mistake of the guide, one of authentik's that something else could explain as well, and what no rule
// explains.
func sampleCauses() []report.Cause {
	return []report.Cause{
		{
			ID: "guide.app-redirect-uri-missing", Title: "The guide does not register the redirect URI of the mobile app",
			Side: report.SideGuide,
			Explanation: "The app of Immich v2.7.5 sends app.immich:///oauth-callback, with three slashes. The guide lists " +
				"app.immich:/ only, so authentik refuses the login.",
			Fix: report.Fix{
				Text: "Add the redirect URI app.immich:///oauth-callback.",
				UI:   "Applications › Providers › Immich › Redirect URIs/Origins", API: "redirect_uris", File: GuidePage, Line: 36,
			},
			Checks: []string{"guide.covers-clients", "login.mobile.native[app=2.6,slashes=3]"},
			Evidence: []string{
				"The app asked for app.immich:///oauth-callback, which differs from the nearest entry, app.immich:/, from its 13th character on.",
				"authentik answered 400 and showed Redirect URI Error.",
			},
			Links: []string{"https://github.com/goauthentik/authentik/issues/1"},
		},
		{
			ID: "authentik.redirect-uri-is-a-pattern", Title: "A dot in a redirect URI stands for any character",
			Side:        report.SideAuthentik,
			Explanation: "authentik takes the entry for a regular expression, in which a dot matches every character.",
			Fix: report.Fix{
				Text: "Set the entry's matching mode to Strict.",
				UI:   "Applications › Providers › Immich › Redirect URIs/Origins", API: "redirect_uris[].matching_mode",
			},
			Checks:   []string{"redirect.refused[miss=host-dot]"},
			Evidence: []string{"authentik redirected to https://immichXcompany/auth/login, which nobody registered."},
			Alternatives: []report.Alternative{{
				ID: "proxy.host-replaced", Title: "A proxy replaces the Host header",
				Tell: "authentik's log names the host that it was asked for: immichXcompany there speaks for the pattern.",
			}},
		},
		{
			ID: report.Unknown, Title: "Nothing that is known explains this", Side: report.SideUnknown,
			Explanation: "Immich answered 500 when the code was redeemed, and no rule says why.",
			Checks:      []string{"login.web.first[consent=explicit]", "login.web.again"},
			Evidence:    []string{"Immich logged: \x1b[31mFailed to finish oauth\x1b[0m <script>alert(2)</script>\x00."},
		},
	}
}

// browserMessages is a login in the browser that ends in a refusal of Immich's.
func browserMessages() []check.Message {
	return []check.Message{
		{From: check.Browser, To: check.Immich, Text: "POST /api/oauth/authorize redirectUri=https://immich.company/auth/login",
			Answer: "201, the address of authentik's login", After: 2.31},
		{From: check.Immich, To: check.Authentik, Text: "GET /application/o/immich/.well-known/openid-configuration",
			Answer: "200, issuer https://authentik.company/application/o/immich/", After: 2.34},
		{From: check.Browser, To: check.Authentik,
			Text:   "GET /application/o/authorize/ client_id=«client_id» redirect_uri=https://immich.company/auth/login response_type=code scope=openid email profile",
			Answer: "302 to /auth/login with a code", After: 4.5},
		{From: check.Browser, To: check.Immich, Text: "POST /api/oauth/callback", After: 7.33, Failed: true,
			Answer: "500 Failed to finish oauth <b>\x1b[31m\x00: unexpected \"iss\" claim value, expected https://authentik.company/application/o/immich"},
	}
}

// appMessages is a login of the app that authentik refuses.
func appMessages() []check.Message {
	return []check.Message{
		{From: check.App, To: check.Immich, Text: "GET /api/server/ping", Answer: "200", After: 0.1},
		{From: check.App, To: check.Immich, Text: "POST /api/oauth/authorize redirectUri=app.immich:///oauth-callback",
			Answer: "201, the address of authentik's login", After: 0.6},
		{From: check.Browser, To: check.Authentik, Text: "GET /application/o/authorize/ redirect_uri=app.immich:///oauth-callback",
			Answer: "400 Redirect URI Error", Failed: true, After: 1.4},
	}
}
