package suites_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/run"
)

// The page of March 2024 registers app.immich:/ as the app's URI, and every URI as a pattern whose dots are not escaped.
var foundersPage = []string{"guide.covers-clients", "login.mobile.native", "redirect.refused[uri=app]", "redirect.refused[uri=login]", "redirect.refused[uri=link]"}

// turnedAway are apps of other generations than the release's own.
func turnedAway(generations ...string) []string {
	var names []string
	for _, app := range generations {
		names = append(names, "login.mobile.other[app="+app+"]")
	}
	return names
}

// beforeState are the apps that a release since v1.132 turns away: they ask below /server-info, or bring no state.
var beforeState = turnedAway("1.92", "1.95", "1.103", "1.106", "1.113", "1.118")

// cells are guides and releases without a fault.
func cells() []experiment {
	const why2024 = "the app's URI of today is not registered, and a dot of a pattern is any character"
	return []experiment{
		{
			name: "the page of 2024 on releases of 2025", cell: cell{guide: "2024-03-28"}, browser: everything,
			why: why2024 + ", for who follows the label RegEx",
			fail: slices.Concat([]string{
				"guide.covers-clients", "login.mobile.native", "redirect.refused[reading=regex,*",
			}, beforeState, turnedAway("1.132")),
			says: "add the redirect URI `app\\.immich:///oauth-callback` (regex) at website/integrations/services/immich/index.md:36",
		},
		{
			name: "the page of 2024 on redirect URIs as text", cell: cell{authentik: "2024.8.4", guide: "2024-03-28"},
			browser: []string{explicit, "redirect.documented", "login.mobile.native"},
			why:     why2024 + ": the old API knows nothing but patterns",
			fail:    foundersPage,
			says:    "add the redirect URI `app\\.immich:///oauth-callback` (regex) at",
		},
		{
			name: "the oldest releases", cell: cell{authentik: "2024.8.0", immich: "v1.132.3", guide: "2024-03-28"},
			browser: []string{"login.web.first", "redirect.documented", "link.web"},
			why:     why2024,
			fail:    foundersPage,
			says:    "the mobile app from 1.132 sends a redirect URI that the guide does not register",
		},
		{
			name: "the newest releases", cell: cell{authentik: "2026.8", immich: "v3.1", guide: "2026-07-01"}, browser: everything,
			why:  "the page of today registers what the clients send, as it stands; an app that is too old is told by an info",
			fail: beforeState,
			says: "Immich v3.1.0 does not let the mobile app 1.118 in: expected a session, got immich: POST /api/oauth/callback: 400 OAuth state is missing",
		},
		{
			name: "the page of July 2026 on releases that it was not shipped with", cell: july,
			browser: []string{explicit, "launch.library", "login.mobile.native", "logout.backchannel.page"},
			why:     "all that it documents is there: the Logout URI came to authentik with 2025.10 and to Immich with v3.0",
		},
		{
			name: "an Immich without state, on the page of its time", cell: cell{authentik: "2024.8.4", immich: "v1.106.4", guide: "2024-03-28"}, browser: everything,
			why:  "the page registers app.immich:/ as a pattern; older apps ask for /user/me, newer ones for /server",
			fail: append(turnedAway("1.92", "1.95", "1.103", "1.113", "1.118", "1.132", "2.6"), "redirect.refused[uri=app]", "redirect.refused[uri=login]", "redirect.refused[uri=link]"),
			says: "upgrade Immich: its app has come as far as 2.6, the release ships 1.106",
		},
		{
			name: "an Immich that knows both places of its answers", cell: cell{authentik: "2024.8.4", immich: "v1.112.1", guide: "2024-03-28"},
			browser: []string{"login.mobile.*"},
			why:     "this server would serve newer apps, whose redirect URI the page does not register",
			fail:    append(turnedAway("1.92", "1.95", "1.103", "1.113", "1.118", "1.132", "2.6"), "redirect.refused[uri=app]", "redirect.refused[uri=login]", "redirect.refused[uri=link]"),
			says:    "fix: add the redirect URI `app\\.immich:///oauth-callback` (regex) at website/integrations/services/immich/index.md:36",
		},
		{
			name: "an old app that the page of today does not register", cell: cell{authentik: "2024.12.4", immich: "v1.117.0", guide: "2024-11-27"},
			browser: []string{"login.web.first", "login.mobile.*", "logout.web"},
			why:     "newer apps bring state and challenge, which this server does not look at; app.immich:/ is not in the page",
			fail:    append(turnedAway("1.92", "1.95", "1.103", "1.106"), "redirect.refused[reading=regex,*"),
			says:    "the mobile app from 1.106 sends a redirect URI that the guide does not register",
		},
		{
			name: "an Immich on the new port", cell: cell{authentik: "2025.2.1", immich: "v1.118.2", guide: "2025-01-29"},
			browser: []string{"login.web.first", "link.web", "login.mobile.*"},
			why:     "whoever asks below /server-info finds nothing any more; newer apps log in",
			fail:    append(turnedAway("1.92", "1.95", "1.103", "1.106", "1.113"), "redirect.refused[reading=regex,*"),
			says:    "immich: GET /api/server-info/ping: 404 Cannot GET /api/server-info/ping",
		},
		{
			name: "the last Immich without state", cell: cell{immich: "v1.131.3"}, browser: everything,
			why:  "newer apps bring state and challenge, which this server does not look at",
			fail: turnedAway("1.92", "1.95", "1.103", "1.106", "1.113"),
			says: "update the mobile app: the generation that came with Immich v1.131.3 is 1.118",
		},
		{
			name: "a page that serves Immich under two names", cell: cell{guide: "testdata/origins.md"}, browser: []string{"redirect.documented"},
			why: "each origin has results of its own",
		},
		{
			name: "a page with a pattern that looks ahead", cell: cell{guide: "testdata/lookahead.md"}, browser: []string{"redirect.documented"},
			why: "authentik's patterns are Python's: what the pattern leaves out must be refused, what it means is welcome",
		},
		{
			name: "a page with a pattern that looks ahead, as text", cell: cell{authentik: "2024.8.4", guide: "testdata/lookahead.md"},
			browser: []string{"redirect.documented[uri=login]"},
			why:     "the old API stores patterns only",
		},
	}
}

// TestCells shows what becomes of a guide on other releases; what fails tells the line of the guide and what to write
// there.
func TestCells(t *testing.T) {
	perform(t, cells(), func(t *testing.T, results []check.Result) {
		for _, r := range results {
			if r.Status != check.Fail {
				continue
			}
			for _, f := range r.Findings {
				if r.Level == check.Info && f.Source.IsZero() { // no line of the guide is at fault
					assert.NotEmpty(t, f.Fix, "%s: the way out", r.Name())
					continue
				}
				assert.Contains(t, f.Source.File, "index.md", "%s: the guide's line", r.Name())
				assert.Contains(t, f.Fix, "at "+f.Source.String(), "%s: the fix", r.Name())
			}
		}
	})
}

// TestNoCheckWithoutAnExperiment keeps checks from passing whatever happens.
func TestNoCheckWithoutAnExperiment(t *testing.T) {
	t.Parallel()
	var failing []string
	for _, x := range append(faults(), cells()...) {
		failing = append(failing, x.fail...)
	}
	for _, cell := range []cell{usual, july} {
		checks, _, err := run.Catalogue(t.Context(), run.Options{Authentik: cell.authentik, Immich: cell.immich, Guide: cell.guide})
		require.NoError(t, err)
		for _, c := range checks {
			assert.True(t, slices.ContainsFunc(failing, func(glob string) bool {
				id, _, _ := strings.Cut(glob, "[")
				return id == c.ID
			}), "no experiment makes %s fail", c.ID)
		}
	}
}
