package run_test

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/run"
)

// upgradeOf are options of an upgrade on doubles.
func upgradeOf(t *testing.T, from, to string, only ...string) run.UpgradeOptions {
	t.Helper()
	return run.UpgradeOptions{Options: fakes(t, only...), From: from, To: to, Order: run.Together}
}

func TestPathsThatAreNone(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		from, to, order string
		via             []string
		want            string
	}{
		"no pair":                  {from: "2025.8.1", to: "2025.8.1,v3.1.0", want: "--from 2025.8.1: want one version of each, AUTHENTIK,IMMICH, such as 2025.8.1,v2.7.5"},
		"nothing":                  {to: "2025.8.1,v3.1.0", want: "--from is missing: name a pair, AUTHENTIK,IMMICH"},
		"the other way round":      {from: "v2.7.5,2025.8.1", to: "2025.8.1,v3.1.0", want: "--from v2.7.5,2025.8.1: want authentik's version first"},
		"an unknown release":       {from: "2025.8.1,v2.9.0", to: "2025.8.1,v3.1.0", want: `--from: immich version "v2.9.0": no such release is known; nearest known: v2.7.5, v3.0.0`},
		"the same pair":            {from: "2025.8.1,v2.7.5", to: "2025.8.1,v2.7.5", want: "--to 2025.8.1,v2.7.5: it is the pair of --from, so there is nothing to upgrade"},
		"a downgrade":              {from: "2025.8.1,v3.1.0", to: "2025.8.1,v2.7.5", want: "--to: Immich v2.7.5 is older than v3.1.0, and neither product can be downgraded"},
		"a downgrade of one":       {from: "2025.8.1,v2.7.5", to: "2025.6.0,v3.1.0", want: "--to: authentik 2025.6.0 is older than 2025.8.1, and neither product can be downgraded"},
		"an unknown step":          {from: "2025.2.0,v2.7.5", to: "2025.8.1,v2.7.5", via: []string{"2025.5"}, want: `--via: authentik version "2025.5": no such release is known`},
		"a step of nobody":         {from: "2025.2.0,v2.7.5", to: "2025.8.1,v2.7.5", via: []string{"redis=7.0.0"}, want: `--via redis=7.0.0: there is no product "redis"; name authentik or immich`},
		"a step beside the way":    {from: "2025.2.0,v2.7.5", to: "2025.8.1,v2.7.5", via: []string{"2025.8.3"}, want: "--via 2025.8.3: it does not lie between authentik 2025.2.0 and 2025.8.1"},
		"a step of who stays":      {from: "2025.8.1,v2.7.5", to: "2025.8.1,v3.1.0", via: []string{"2025.8.1"}, want: "--via 2025.8.1: it does not lie between authentik 2025.8.1 and 2025.8.1"},
		"a step twice":             {from: "2025.2.0,v2.7.5", to: "2025.8.1,v2.7.5", via: []string{"2025.4.1", "authentik=2025.4.1"}, want: "--via 2025.4.1 is named twice"},
		"an order that is none":    {from: "2025.8.1,v2.7.5", to: "2025.8.1,v3.1.0", order: "both", want: "--order both: want together, authentik-first or immich-first"},
		"an image of another name": {from: "2025.8.1,v2.7.5", to: "2025.8.1,v3.1.0", order: "imich@v3.1.0", want: "--image imich@v3.1.0=x:1: there is no such service"},
		"an image of no step":      {from: "2025.8.1,v2.7.5", to: "2025.8.1,v3.1.0", order: "immich@v3.0.0", want: "--image immich@v3.0.0=x:1: no step of this upgrade runs immich v3.0.0"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := upgradeOf(t, test.from, test.to)
			o.Via = test.via
			if strings.Contains(test.order, "@") { // rather an image
				o.Stack, o.Images = run.Containers, map[string]string{test.order: "x:1"}
			} else if test.order != "" {
				o.Order = test.order
			}
			outcome, err := run.Upgrade(t.Context(), o)
			assert.Nil(t, outcome)
			var mistake *run.UsageError
			require.ErrorAs(t, err, &mistake)
			assert.ErrorContains(t, err, test.want)
			assert.NotContains(t, err.Error(), "\n", "one mistake, one line")
			assert.NoFileExists(t, filepath.Join(o.Out, "report.json"), "nothing was begun")
		})
	}
}

func TestUpgradeGoesThroughItsSteps(t *testing.T) {
	t.Parallel()
	needsChrome(t)
	tests := map[string]struct {
		order    string
		via      []string
		want     []string
		note     string
		from, to string // others than below
	}{
		"together, arriving together": {order: run.Together, via: []string{"2025.6.4"}, want: []string{"authentik 2025.4.1 → 2025.6.4", "authentik 2025.6.4 → 2025.8.1, immich v2.7.5 → v3.1.0"}},
		"authentik first": {
			order: run.AuthentikFirst, via: []string{"immich=v3.0.3"},
			want: []string{"authentik 2025.4.1 → 2025.8.1", "immich v2.7.5 → v3.0.3", "immich v3.0.3 → v3.1.0"},
			note: "from authentik 2025.4.1 to 2025.8.1: authentik's documentation asks for one release line after the other; add --via 2025.6.4 to go that way",
		},
		"Immich first": {order: run.ImmichFirst, via: []string{"2025.6.4"}, want: []string{"immich v2.7.5 → v3.1.0", "authentik 2025.4.1 → 2025.6.4", "authentik 2025.6.4 → 2025.8.1"}},
		"by all lines that are demanded": {
			order: run.Together, from: "2025.12.4,v3.1.0", to: "2026.8.0,v3.1.0",
			want: []string{"authentik 2025.12.4 → 2026.2.3", "authentik 2026.2.3 → 2026.5.5", "authentik 2026.5.5 → 2026.8.0"},
			note: "from authentik 2025.12.4 to 2026.8.0 by way of 2026.2.3, 2026.5.5: authentik refuses to start where a release line was skipped",
		},
		"by those that are demanded beside the named": {
			order: run.Together, from: "2025.12.4,v3.1.0", to: "2026.8.0,v3.1.0", via: []string{"2026.5.1"},
			want: []string{"authentik 2025.12.4 → 2026.5.1", "authentik 2026.5.1 → 2026.8.0"},
			note: "from authentik 2025.12.4 to 2026.5.1: authentik's documentation asks for one release line after the other; add --via 2026.2.3 to go that way",
		},
		"over the release that does not start": {
			order: run.Together, from: "2025.8.1,v3.1.0", to: "2026.2.0,v3.1.0",
			want: []string{"authentik 2025.8.1 → 2025.12.4", "authentik 2025.12.4 → 2026.2.0"},
			note: "from authentik 2025.8.1 to 2026.2.0 by way of 2025.12.4: seen on 2025.8.1: the worker of 2026.2 ends at each start",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from, to := cmp.Or(test.from, "2025.4.1,v2.7.5"), cmp.Or(test.to, "2025.8.1,v3.1.0")
			o := upgradeOf(t, from, to, "upgrade.account", "upgrade.session.*")
			o.Via, o.Order = test.via, test.order
			outcome, err := run.Upgrade(t.Context(), o)
			require.NoError(t, err)
			assert.Equal(t, report.FakesOK, outcome.Verdict)
			var steps []string
			for _, s := range outcome.Report.Upgrade.Steps {
				steps = append(steps, s.Text())
			}
			assert.Equal(t, test.want, steps)
			last := outcome.Report.Cell
			assert.Equal(t, to, last.Authentik+","+last.Immich)
			if test.from == "" {
				assert.Equal(t, "2025-04-01", last.Guide, "that of the first pair")
			}
			for _, s := range outcome.Report.Stack.Services {
				if s.Name != "edge" {
					assert.Contains(t, []string{last.Authentik, last.Immich}, s.Observed, s.Name)
				}
			}
			assert.Contains(t, strings.Join(outcome.Report.Notes, "\n"), test.note, "advice is no mistake")
			assert.Equal(t, "upgrade.starts", outcome.Report.Checks[0].ID, "what all others rest on is judged, asked for or not")
		})
	}
}

func TestUpgradeLeavesTwoBundles(t *testing.T) {
	t.Parallel()
	needsChrome(t)
	o := upgradeOf(t, "2025.6.4,v2.7.5", "2025.8.1,v3.1.0", "upgrade.*", "token.id", "discovery.*")
	o.Skip = []string{"upgrade.login.web"}
	outcome, err := run.Upgrade(t.Context(), o)
	require.NoError(t, err)
	assert.Equal(t, report.FakesOK, outcome.Verdict)
	before, err := report.Load(filepath.Join(o.Out, report.BeforeDir, "report.json"))
	require.NoError(t, err)
	assert.Equal(t, report.FakesOK, before.Verdict)
	assert.Nil(t, before.Upgrade)
	assert.Equal(t, "2025.6.4", before.Cell.Authentik)
	for _, c := range before.Checks {
		assert.NotEqual(t, "upgrade", strings.Split(c.ID, ".")[0])
		assert.Equal(t, check.Pass, c.Status)
	}
	for _, dir := range []string{o.Out, filepath.Join(o.Out, report.BeforeDir)} {
		for _, name := range []string{"report.html", "summary.md", "junit.xml"} {
			assert.FileExists(t, filepath.Join(dir, name))
		}
	}
	differences := map[string]report.Difference{}
	for _, d := range outcome.Report.Upgrade.Differences {
		differences[d.Field] = d
	}
	assert.Equal(t, report.Difference{
		Product: "authentik", Object: "provider", Field: "backchannel_logout_uri", After: `""`, Explained: "new in authentik 2025.8.1",
	}, differences["backchannel_logout_uri"])
	assert.Equal(t, "new in Immich v3.1.0", differences["allowInsecureRequests"].Explained)
	for _, field := range []string{"endSessionEndpoint", "prompt"} {
		assert.Contains(t, differences, field)
	}
	assert.Len(t, differences, 4, "nothing else differs")
}

func TestInterruptedUpgradeIsNoVerdict(t *testing.T) {
	t.Parallel()
	needsChrome(t)
	for _, at := range []string{"configure ", "pass            upgrade.starts"} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			o := upgradeOf(t, "2025.6.4,v2.7.5", "2025.8.1,v3.1.0", "upgrade.session.*", "discovery.*")
			o.Parallel = 1
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			o.Output = writer(func(text string) {
				if strings.Contains(text, at) {
					cancel(errors.New("interrupt signal received"))
				}
			})
			outcome, err := run.Upgrade(ctx, o)
			require.NotNil(t, outcome, err)
			assert.Equal(t, report.Interrupted, outcome.Verdict)
			assert.FileExists(t, filepath.Join(o.Out, "report.html"))
			assert.FileExists(t, filepath.Join(o.Out, report.BeforeDir, "report.html"))
		})
	}
}
