package suites_test

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/run"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/stack/inproc"
)

// stand is an experiment that is ready to run.
type stand struct {
	experiment
	options run.Options
	stack   *inproc.Stack
	planned []string // names of the checks that run
}

// perform makes every experiment as a subtest, side by side, compares, and looks closer at the results. Each experiment
// has doubles and public names of its own, so that one Chrome reaches them all.
func perform(t *testing.T, experiments []experiment, closer func(*testing.T, []check.Result)) {
	t.Helper()
	var stands []*stand
	var rules, keys []string
	for i, x := range experiments {
		s := setUp(t, x, i)
		stands = append(stands, s)
		reached := s.stack.Browser()
		rules = append(rules, strings.TrimSuffix(reached.HostRules, elsewhere))
		keys = append(keys, reached.SPKI)
	}
	chrome := startChrome(t, strings.Join(rules, ", ")+elsewhere, strings.Join(keys, ","))
	for _, s := range stands {
		s.options.Chrome = chrome
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			rep := s.judge(t)
			s.compare(t, rep.Checks)
			s.compareCauses(t, rep)
			closer(t, rep.Checks)
		})
	}
}

// judge runs the checks; anew, with a Chrome and doubles of its own, where the first attempt proves nothing.
func (s *stand) judge(t *testing.T) *report.Report {
	t.Helper()
	again := *s
	return &undisturbed(t, func(attempt int) run.Options {
		if attempt > 0 {
			again = *setUp(t, s.experiment, 0)
		}
		return again.options
	}).Report
}

// undisturbed runs the checks until no container that came or went on this machine, as in the tests of other packages,
// has aborted the requests of a browser of this machine.
func undisturbed(t *testing.T, prepare func(attempt int) run.Options) *run.Outcome {
	t.Helper()
	const patience = 5 * time.Minute
	began := time.Now()
	for attempt := 0; ; attempt++ {
		options := prepare(attempt)
		options.Out = cmp.Or(options.Out, t.TempDir())
		outcome, err := run.Run(t.Context(), options)
		require.NoError(t, err)
		disturbed := slices.ContainsFunc(outcome.Report.Checks, func(r check.Result) bool {
			return r.Status == check.Inconclusive && strings.Contains(r.Reason, "a network interface of its machine came or went")
		})
		if !disturbed || time.Since(began) > patience || options.Stack != run.Fake {
			return outcome
		}
		t.Log("a network interface of this machine came or went: once more")
	}
}

// elsewhere ends the rules of each stack: no other name leaves the machine.
const elsewhere = ", MAP * ~NOTFOUND"

func startChrome(t *testing.T, rules, keys string) *browser.Browser {
	t.Helper()
	path, err := browser.Find()
	require.NoError(t, err)
	chrome, err := browser.Start(t.Context(), browser.Options{
		ExecPath: path, NoSandbox: browser.NeedsNoSandbox(), HostRules: rules, SPKI: keys,
	})
	require.NoError(t, err)
	t.Cleanup(chrome.Close) // after the subtests, which outlive the body
	return chrome
}

// setUp starts the doubles of an experiment and breaks what it says.
func setUp(t *testing.T, x experiment, number int) *stand {
	t.Helper()
	hosts := map[string]string{
		"authentik": fmt.Sprintf("authentik.x%d.company", number), "immich": fmt.Sprintf("immich.x%d.company", number),
	}
	s := &stand{experiment: x, options: run.Options{
		Stack: run.Fake, Browser: "auto", Parallel: 2, Output: io.Discard, Now: time.Now, CheckLimit: x.limit,
		Authentik: cmp.Or(x.cell.authentik, usual.authentik), Immich: cmp.Or(x.cell.immich, usual.immich), Guide: cmp.Or(x.cell.guide, usual.guide),
		Set: map[string]string{"authentik.company": hosts["authentik"], "immich.company": hosts["immich"]},
	}}
	s.selectChecks(t)
	plan, err := run.StackPlan(t.Context(), s.options)
	require.NoError(t, err)
	s.stack, err = inproc.Start(plan)
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.stack.Close(context.Background()) }) // the run has closed it already
	s.options.Raise = func(stack.Plan) (stack.Stack, error) { return s.stack, nil }
	s.breakIt(t, hosts)
	return s
}

// selectChecks leaves out the checks in the browser that the experiment does not ask for.
func (s *stand) selectChecks(t *testing.T) {
	t.Helper()
	checks, _, err := run.Catalogue(t.Context(), s.options)
	require.NoError(t, err)
	for _, c := range checks {
		if matches(inBrowser, c.Name()) && !matches(s.browser, c.Name()) {
			s.options.Skip = append(s.options.Skip, c.Name())
		} else {
			s.planned = append(s.planned, c.Name())
		}
	}
}

func (s *stand) breakIt(t *testing.T, hosts map[string]string) {
	t.Helper()
	if s.authentik != "" {
		require.NoError(t, s.stack.OP.SetFault(s.authentik, true))
	}
	if s.immich != "" {
		require.NoError(t, s.stack.RP.SetFault(s.immich, true))
	}
	if fault := s.wire; fault.Name != "" {
		fault.Host = hosts[fault.Host]
		_, err := s.stack.Edge().Bend(t.Context(), fault)
		require.NoError(t, err)
	}
}
