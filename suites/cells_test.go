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
var foundersPage = []string{"guide.covers-clients", "login.mobile.native", "redirect.refused[miss=host-dot,*"}

// cells are guides and releases without a fault.
func cells() []experiment {
	const why2024 = "the app's URI of today is not registered, and a dot of a pattern is any character"
	return []experiment{
		{
			name: "the page of 2024 on releases of 2025", cell: cell{guide: "2024-03-28"}, browser: everything,
			why: why2024 + ", for who follows the label RegEx",
			fail: []string{
				"guide.covers-clients", "login.mobile.native", "redirect.refused[miss=host-dot,reading=regex,*",
			},
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
			name: "the newest releases", cell: cell{authentik: "2026.5", immich: "v3.1", guide: "2026-01-30"}, browser: everything,
			why: "the page of today registers what the clients send, as it stands",
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
				assert.Contains(t, f.Source, "index.md", "%s: the guide's line", r.Name())
				assert.Contains(t, f.Fix, "at "+f.Source, "%s: the fix", r.Name())
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
	checks, _, err := run.Catalogue(t.Context(), run.Options{Authentik: usual.authentik, Immich: usual.immich, Guide: usual.guide})
	require.NoError(t, err)
	for _, c := range checks {
		assert.True(t, slices.ContainsFunc(failing, func(glob string) bool {
			id, _, _ := strings.Cut(glob, "[")
			return id == c.ID
		}), "no experiment makes %s fail", c.ID)
	}
}
