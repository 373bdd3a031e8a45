package run_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/run"
)

// The clock of regexp2 runs on for a moment after the last match.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/dlclark/regexp2.runClock"))
}

// fakes are options of a run on the doubles that writes to a folder of the test.
func fakes(t *testing.T, only ...string) run.Options {
	t.Helper()
	return run.Options{
		Stack: run.Fake, Browser: "auto", Parallel: 2, Out: t.TempDir(), Only: only,
		Output: &bytes.Buffer{}, Now: time.Now, Tool: "test",
	}
}

func needsChrome(t *testing.T) {
	t.Helper()
	if _, err := browser.Find(); err != nil {
		t.Skip(err)
	}
}

func TestRunKeepsResultsInTheOrderOfThePlan(t *testing.T) {
	t.Parallel()
	needsChrome(t)
	o := fakes(t, "guide.*", "redirect.refused[seen=browser]", "token.id")
	outcome, err := run.Run(t.Context(), o)
	require.NoError(t, err)
	assert.Equal(t, report.FakesOK, outcome.Verdict)
	kept, err := report.Load(filepath.Join(o.Out, "report.json"))
	require.NoError(t, err)
	var names []string
	for _, c := range kept.Checks {
		names = append(names, c.Name())
		assert.Equal(t, check.Pass, c.Status, c.Reason)
	}
	assert.Equal(t, kept.Plan.Checks, names)
	assert.Equal(t, []string{"guide.authentik", "guide.immich", "guide.covers-clients", "redirect.refused[seen=browser]", "token.id"}, names)
	assert.NotEmpty(t, kept.Resolved, "what the run chose")
	assert.NotZero(t, kept.Run.PeakMemory)
	for _, s := range kept.Stack.Services {
		assert.Equal(t, s.Name != "edge", s.Fake, s.Name)
		if s.Name != "edge" {
			assert.NotEmpty(t, s.Observed, s.Name)
		}
	}
	var phases []string
	for _, p := range kept.Run.Phases {
		phases = append(phases, p.Name)
	}
	assert.Equal(t, []string{"stack", "products", "configure", "judge", "take down"}, phases)
}

func TestCellDefaults(t *testing.T) {
	t.Parallel()
	needsChrome(t)
	tests := map[string]struct {
		authentik, immich, guide string
		want                     report.Cell
		note                     string // the beginning; empty: none
	}{
		"the guide of that release": {
			authentik: "2025.8.1", immich: "2.7.5",
			want: report.Cell{Authentik: "2025.8.1", Immich: "v2.7.5", Guide: "2025-06-23"},
		},
		"a line, and a label that says RegEx": {
			authentik: "2025.8", immich: "v2.7.5", guide: "2024-03-28",
			want: report.Cell{Authentik: "2025.8.6", Immich: "v2.7.5", Guide: "2024-03-28"},
			note: "the guide's field label says RegEx",
		},
		"a release that is not listed": {
			authentik: "2025.8.99", immich: "v2.7.5",
			want: report.Cell{Authentik: "2025.8.99", Immich: "v2.7.5", Guide: "2025-06-23"},
			note: "authentik 2025.8.99 is not in the version facts; the features of 2025.8 are assumed",
		},
		"an Immich newer than all that is known": {
			authentik: "2025.8.1", immich: "v3.9.0",
			want: report.Cell{Authentik: "2025.8.1", Immich: "v3.9.0", Guide: "2025-06-23"},
			note: "Immich v3.9.0 is not in the version facts; the features of v3.1 are assumed",
		},
		"an authentik newer than all that is known": {
			authentik: "2027.2.0", immich: "v2.7.5", guide: "2026-01-30",
			want: report.Cell{Authentik: "2027.2.0", Immich: "v2.7.5", Guide: "2026-01-30"},
			note: "authentik 2027.2.0 is not in the version facts; the features of 2026.8 are assumed",
		},
		"an unknown patch of an old line": {
			authentik: "2025.8.1", immich: "v1.118.7",
			want: report.Cell{Authentik: "2025.8.1", Immich: "v1.118.7", Guide: "2025-06-23"},
			note: "Immich v1.118.7 is not in the version facts; the features of v1.118 are assumed",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := fakes(t, "guide.immich")
			o.Authentik, o.Immich, o.Guide = test.authentik, test.immich, test.guide
			outcome, err := run.Run(t.Context(), o)
			require.NoError(t, err)
			assert.Equal(t, test.want, outcome.Report.Cell)
			if test.note == "" {
				assert.Empty(t, outcome.Report.Notes)
				return
			}
			require.Len(t, outcome.Report.Notes, 1)
			assert.True(t, strings.HasPrefix(outcome.Report.Notes[0], test.note), outcome.Report.Notes[0])
		})
	}
}

func TestSelection(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		only, skip, want []string
	}{
		"an ID is all of its variants": {only: []string{"login.mobile.native"}, want: []string{"login.mobile.native[app=2.6,slashes=1]", "login.mobile.native[app=2.6,slashes=3]"}},
		"an exact name":                {only: []string{"login.mobile.native[app=2.6,slashes=3]"}, want: []string{"login.mobile.native[app=2.6,slashes=3]"}},
		"a glob over IDs":              {only: []string{"guide.*"}, want: []string{"guide.authentik", "guide.immich", "guide.covers-clients"}},
		"a glob over variants":         {only: []string{"redirect.documented[uri=l*]"}, want: []string{"redirect.documented[uri=login]", "redirect.documented[uri=link]"}},
		"any one character":            {only: []string{"link.we?"}, want: []string{"link.web"}},
		"a dot is a dot":               {only: []string{"link.web", "token.id"}, want: []string{"link.web", "token.id"}},
		"skip weighs more":             {only: []string{"guide.*"}, skip: []string{"guide.immich"}, want: []string{"guide.authentik", "guide.covers-clients"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := run.Options{Authentik: "2025.8.1", Immich: "v2.7.5", Only: test.only, Skip: test.skip}
			checks, excluded, err := run.Catalogue(t.Context(), o)
			require.NoError(t, err)
			var names []string
			for _, c := range checks {
				names = append(names, c.Name())
			}
			assert.ElementsMatch(t, test.want, names)
			all, none, err := run.Catalogue(t.Context(), run.Options{Authentik: "2025.8.1", Immich: "v2.7.5"})
			require.NoError(t, err)
			assert.Equal(t, len(all)+len(none), len(checks)+len(excluded), "what is not planned stands among the excluded")
		})
	}
}

func TestSelectionThatMeansNothing(t *testing.T) {
	t.Parallel()
	cell := run.Options{Authentik: "2025.8.1", Immich: "v2.7.5"}
	tests := map[string]struct {
		only, skip []string
		want       string
	}{
		"misspelt":            {only: []string{"guide.*", "discovry.keys"}, want: "--only 'discovry.keys': none of the "},
		"a regexp is no glob": {only: []string{"link.(web|unlink)"}, want: "--only 'link.(web|unlink)': none of the "},
		"misspelt to skip":    {skip: []string{"login.web.frist"}, want: "the nearest are login.web.first, "},
		"a part of an ID":     {only: []string{"mobile"}, want: "the nearest are login.mobile.handoff, login.mobile.native, login.mobile.other ("},
		"nothing left":        {only: []string{"guide.*"}, skip: []string{"*"}, want: "--only 'guide.*' --skip '*': nothing is left"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := cell
			o.Only, o.Skip = test.only, test.skip
			_, _, err := run.Catalogue(t.Context(), o)
			var mistake *run.UsageError
			require.ErrorAs(t, err, &mistake)
			assert.ErrorContains(t, err, test.want)
		})
	}
}

func TestWhatDoesNotApplyCanBeSkippedButNotSelected(t *testing.T) {
	t.Parallel()
	o := run.Options{Authentik: "2025.8.1", Immich: "v2.7.5"}
	_, excluded, err := run.Catalogue(t.Context(), o)
	require.NoError(t, err)
	if len(excluded) == 0 {
		t.Skip("everything applies to this cell")
	}
	o.Skip = []string{excluded[0].ID}
	_, _, err = run.Catalogue(t.Context(), o)
	require.NoError(t, err)
	_, err = run.Explain(t.Context(), o, excluded[0].ID)
	assert.ErrorContains(t, err, "does not apply to this cell: "+excluded[0].Reason)
}

func TestMistakesAreNamedTogether(t *testing.T) {
	t.Parallel()
	o := fakes(t)
	o.Parallel, o.Authentik, o.Immich, o.Guide = 0, "x", "y", "1999-01-01"
	outcome, err := run.Run(t.Context(), o)
	assert.Nil(t, outcome)
	for _, want := range []string{"--parallel 0", "--authentik", "--immich", "--guide"} {
		assert.ErrorContains(t, err, want)
	}
	assert.NoFileExists(t, filepath.Join(o.Out, "report.json"), "nothing was begun")
}

func TestChecksThatCannotBeJudgedMakeNoVerdict(t *testing.T) {
	t.Parallel()
	needsChrome(t)
	o := fakes(t, "discovery.*")
	o.CheckLimit = time.Nanosecond
	outcome, err := run.Run(t.Context(), o)
	require.NoError(t, err)
	assert.Equal(t, report.Inconclusive, outcome.Verdict)
	for _, c := range outcome.Report.Checks {
		assert.Equal(t, check.Inconclusive, c.Status)
		assert.Contains(t, c.Reason, "the check did not end within 1ns")
	}
}

func TestInterruptedRunHasFewerResultsThanPlanned(t *testing.T) {
	t.Parallel()
	needsChrome(t)
	o := fakes(t)
	o.Parallel = 1
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	o.Output = writer(func(text string) {
		if strings.Contains(text, "pass ") {
			cancel(errors.New("interrupt signal received"))
		}
	})
	outcome, err := run.Run(ctx, o)
	require.NoError(t, err, "that is no error of the run")
	assert.Equal(t, report.Interrupted, outcome.Verdict)
	passed := 0
	for _, c := range outcome.Report.Checks {
		if c.Status == check.Pass {
			passed++
		}
	}
	assert.Positive(t, passed)
	assert.Less(t, passed, len(outcome.Report.Plan.Checks))
	assert.FileExists(t, filepath.Join(o.Out, "junit.xml"))
}

type writer func(string)

func (w writer) Write(p []byte) (int, error) {
	w(string(p))
	return len(p), nil
}

func TestRunsThatBeginTogetherDoNotShareADirectory(t *testing.T) {
	needsChrome(t)
	t.Chdir(t.TempDir())
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var dirs []string
	for range 2 {
		o := fakes(t, "guide.immich")
		o.Out, o.Now = "", func() time.Time { return now }
		outcome, err := run.Run(t.Context(), o)
		require.NoError(t, err)
		dirs = append(dirs, outcome.Dir)
		latest, err := os.Readlink("results/latest")
		require.NoError(t, err)
		assert.Equal(t, filepath.Base(outcome.Dir), latest)
	}
	assert.NotEqual(t, dirs[0], dirs[1])
	assert.Regexp(t, `^results/20260102-030405-[0-9.]+_v[0-9.]+_[0-9-]+-2$`, dirs[1])
}
