package run_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/run"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/version"
)

// conformant is the report of a whole run on the official images.
func conformant() *report.Report {
	digest := "sha256:" + strings.Repeat("ab", 32)
	const vectorchord = "ghcr.io/immich-app/postgres:14-vectorchord0.4.3-pgvectors0.2.0"
	return &report.Report{
		Run:  report.Run{Started: time.Date(2026, 11, 24, 23, 30, 0, 0, time.FixedZone("", -3600))},
		Cell: report.Cell{Authentik: "2025.8.1", Immich: "v2.7.5", Guide: "2025-06-23"},
		Stack: report.Stack{Kind: stack.Containers, Services: []stack.Service{
			{Name: "authentik-server", Image: "ghcr.io/goauthentik/server:2025.8.1", Observed: "2025.8.1", Pulled: digest},
			{Name: "authentik-worker", Image: "ghcr.io/goauthentik/server:2025.8.1", Observed: "2025.8.1", Pulled: digest},
			{Name: "authentik-postgres", Image: "docker.io/library/postgres:16-alpine", Pulled: digest},
			{Name: "immich", Image: "ghcr.io/immich-app/immich-server:v2.7.5", Observed: "v2.7.5", Pulled: digest},
			{Name: "immich-postgres", Image: vectorchord, Pulled: digest},
			{Name: "valkey", Image: "docker.io/valkey/valkey:9", Pulled: digest},
			{Name: "edge", Image: "ssoproof-edge:of-a-run"}, {Name: "browser", Image: "docker.io/chromedp/headless-shell:stable"},
		}},
		Plan: report.Plan{
			Checks:   []string{"guide.immich", "login.mobile.other[app=1.92]"},
			Excluded: []report.Excluded{{ID: "logout.backchannel", Reason: "Immich v2.7.5 has none"}},
		},
		Checks: []check.Result{
			{ID: "guide.immich", Level: check.Must, Status: check.Pass},
			{ID: "login.mobile.other", Level: check.Info, Status: check.Fail},
		},
		Verdict: report.Conformant,
	}
}

func TestProof(t *testing.T) {
	t.Parallel()
	known, err := version.Load()
	require.NoError(t, err)
	p, err := run.Proof(known, conformant())
	require.NoError(t, err)
	assert.Equal(t, version.Proof{Authentik: "2025.8.1", Immich: "v2.7.5", Guide: "2025-06-23", Date: "2026-11-25",
		AuthentikDigest: "sha256:" + strings.Repeat("ab", 32), ImmichDigest: "sha256:" + strings.Repeat("ab", 32)}, p)

	tests := map[string]struct {
		spoil func(*report.Report)
		want  []string
	}{
		"doubles in the process":     {func(r *report.Report) { r.Stack.Kind, r.Verdict = stack.Fake, report.FakesOK }, []string{"a run on doubles", "its verdict is fakes-ok"}},
		"a double among containers":  {func(r *report.Report) { r.Stack.Services[3].Fake = true }, []string{"a run on doubles"}},
		"a violation":                {func(r *report.Report) { r.Verdict = report.Violation }, []string{"its verdict is violation, not conformant"}},
		"interrupted":                {func(r *report.Report) { r.Verdict = report.Interrupted }, []string{"its verdict is interrupted"}},
		"a verdict that is not true": {func(r *report.Report) { r.Checks[0].Status = check.Fail }, []string{"its checks come to violation"}},
		"a check that has no result": {func(r *report.Report) { r.Checks = r.Checks[:1] }, []string{"its checks come to inconclusive"}},
		"a selection": {func(r *report.Report) {
			r.Plan.Excluded = append(r.Plan.Excluded, report.LeftOut("a", nil, report.NotSelected), report.LeftOut("b", nil, report.TurnedOff))
		}, []string{"it left out 2 checks"}},
		"an image of their own": {func(r *report.Report) { r.Stack.Services[3].Image = "example.org/immich:v2.7.5" },
			[]string{"immich ran from example.org/immich:v2.7.5, not from ghcr.io/immich-app/immich-server:v2.7.5"}},
		"an image that only has the name": {func(r *report.Report) { r.Stack.Services[3].Pulled = "" },
			[]string{"immich ran from an image that is only called ghcr.io/immich-app/immich-server:v2.7.5 on this engine: no registry gave it out"}},
		"another database":    {func(r *report.Report) { r.Stack.Services[4].Image = "postgres:17" }, []string{"immich-postgres ran from postgres:17"}},
		"another version":     {func(r *report.Report) { r.Stack.Services[0].Observed = "2025.8.2" }, []string{`authentik-server reported itself as "2025.8.2", not as 2025.8.1`}},
		"a candidate":         {func(r *report.Report) { r.Stack.Services[3].Observed = "v2.7.5-rc1" }, []string{`immich reported itself as "v2.7.5-rc1"`}},
		"no version":          {func(r *report.Report) { r.Stack.Services[3].Observed = "" }, []string{`immich reported itself as ""`}},
		"no service":          {func(r *report.Report) { r.Stack.Services = r.Stack.Services[:3] }, []string{"it names no service immich"}},
		"a page of their own": {func(r *report.Report) { r.Cell.Guide = "index.md" }, []string{"its guide index.md is not a built-in revision"}},
		"an unlisted release": {func(r *report.Report) { r.Cell.Immich = "v3.9.0" },
			[]string{"immich v3.9.0 is not in the version facts; enter it first: ssoproof versions add immich v3.9.0"}},
		"a refused release": {func(r *report.Report) { r.Cell.Authentik = "2024.6.4" }, []string{"older than 2024.8"}},
		"several":           {func(r *report.Report) { r.Verdict, r.Cell.Guide = report.Inconclusive, "x" }, []string{"its verdict is inconclusive", "its guide x"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := conformant()
			tt.spoil(r)
			_, err := run.Proof(known, r)
			var asked *run.UsageError
			require.ErrorAs(t, err, &asked)
			for _, want := range tt.want {
				assert.ErrorContains(t, err, want)
			}
		})
	}
}
