package render_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/render"
	"github.com/ssoproof/ssoproof/internal/report"
)

// TestWhatOneCheckKeepsFromRunningIsToldInALine holds that a reader is told the title of that check, and not its ID.
func TestWhatOneCheckKeepsFromRunningIsToldInALine(t *testing.T) {
	t.Parallel()
	blocked := func(id string, by ...string) check.Result {
		return check.Result{ID: id, Title: "the title of " + id, Level: check.Must, Status: check.Skip, BlockedBy: by, Reason: "blocked by " + by[0]}
	}
	r := report.Report{Verdict: report.Violation, Checks: []check.Result{
		{ID: "live.tls", Title: "a good certificate", Variant: check.Variant{"host": "authentik"}, Level: check.Must, Status: check.Inconclusive, Reason: "nobody answers"},
		{ID: "live.authorize", Title: "Immich begins a login", Level: check.Must, Status: check.Fail, Reason: "none"},
		blocked("live.redirect", "live.authorize"), blocked("discovery.keys", "live.authorize", "live.tls[host=authentik]"),
		blocked("live.login-page", "live.authorize"),
	}}
	var out bytes.Buffer
	render.Doctor(&out, &r, t.TempDir(), render.ConsoleOptions{Width: 100})
	text := out.String()
	assert.Contains(t, text, "not judged, since \"Immich begins a login\" failed: 2 checks\n")
	assert.Contains(t, text, "not judged, since \"Immich begins a login\" failed and \"a good certificate\" could not be judged: 1 check\n")
	assert.NotContains(t, text, "blocked by")
	assert.NotContains(t, text, "the title of")

	page, err := render.HTML(&r)
	require.NoError(t, err)
	assert.Contains(t, string(page), "not judged, since &#34;Immich begins a login&#34; failed")
	assert.NotContains(t, string(page), "blocked by")
}
