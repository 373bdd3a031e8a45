package mistake

import "github.com/ssoproof/ssoproof/internal/report"

// lineLogout is where page.md gets its Logout URI.
const lineLogout = 18

const (
	keyLine   = "    - **Signing Key**: authentik Self-signed Certificate\n"
	logoutURI = "https://immich.company/api/oauth/backchannel-logout"
)

// ofLogout are those in how authentik tells Immich that a session has ended, on releases that have it.
func ofLogout() []Mistake {
	page := func(name, uri string, want Want) Mistake {
		return Mistake{
			Name: name, How: "page", Old: keyLine, New: keyLine + "    - **Logout URI**: `" + uri + "`\n    - **Logout Method**: Back-channel\n",
			Only: []string{"logout.backchannel.accepted"}, Want: want, Authentik: "2026.2.0", Immich: "v3.1.0",
		}
	}
	front := page("logout-by-the-browser", logoutURI, Want{Cause: "authentik.logout-method", Side: report.SideAuthentik})
	front.How, front.Make = "provider", provider(values(map[string]any{"logout_method": "frontchannel"}))
	unset := page("logout-uri-removed", logoutURI, Want{Cause: "authentik.logout-uri", Side: report.SideAuthentik})
	unset.How, unset.Make = "provider", provider(values(map[string]any{"logout_uri": ""}))
	return []Mistake{
		page("logout-uri-of-old", "https://immich.company/api/oauth/logout", Want{Cause: "authentik.logout-uri", Side: report.SideGuide, Line: lineLogout}),
		unset, front,
	}
}
