package report_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/report/reporttest"
	"github.com/ssoproof/ssoproof/internal/stack"
)

func result(level check.Level, status check.Status, reason string) check.Result {
	return check.Result{ID: "a." + string(status), Level: level, Status: status, Reason: reason}
}

func blocked(by ...string) check.Result {
	r := result(check.Must, check.Skip, "blocked by "+strings.Join(by, ", "))
	r.BlockedBy = by
	return r
}

func TestJudge(t *testing.T) {
	t.Parallel()
	pass := result(check.Must, check.Pass, "")
	fail := result(check.Must, check.Fail, "no")
	unclear := result(check.Must, check.Inconclusive, "no answer")
	defect := result(check.Info, check.Error, "panic")
	known := result(check.Must, check.ExpectedFail, "known")
	for name, c := range map[string]struct {
		results     []check.Result
		planned     int // 0: as many as results
		fake        bool
		interrupted bool
		excluded    []report.Excluded
		want        report.Verdict
		exit        int
	}{
		"a selection":                         {results: []check.Result{pass}, excluded: []report.Excluded{report.LeftOut("x", nil, report.NotSelected)}, want: report.Partial},
		"a check turned off by flag":          {results: []check.Result{pass}, excluded: []report.Excluded{report.LeftOut("x", nil, report.TurnedOff)}, want: report.Partial},
		"a check that does not apply":         {results: []check.Result{pass}, excluded: []report.Excluded{{ID: "x", Why: report.NotApplicable, Reason: "not here"}}, want: report.Conformant},
		"a selection that fails":              {results: []check.Result{fail}, excluded: []report.Excluded{report.LeftOut("x", nil, report.NotSelected)}, want: report.Violation, exit: 1},
		"all passed":                          {results: []check.Result{pass, pass}, want: report.Conformant},
		"all passed on fakes":                 {results: []check.Result{pass}, fake: true, want: report.FakesOK},
		"a must failed":                       {results: []check.Result{pass, fail}, want: report.Violation, exit: 1},
		"a must failed on fakes":              {results: []check.Result{fail}, fake: true, want: report.FakesFailed, exit: 1},
		"a violation beats what is unclear":   {results: []check.Result{unclear, defect, fail}, want: report.Violation, exit: 1},
		"a violation beats a missing result":  {results: []check.Result{fail}, planned: 2, want: report.Violation, exit: 1},
		"an interrupt beats a violation":      {results: []check.Result{fail}, interrupted: true, want: report.Interrupted, exit: 5},
		"an interrupt on fakes":               {results: []check.Result{pass}, fake: true, interrupted: true, want: report.Interrupted, exit: 5},
		"a should failed":                     {results: []check.Result{pass, result(check.Should, check.Fail, "no")}, want: report.Conformant},
		"an info failed":                      {results: []check.Result{pass, result(check.Info, check.Fail, "no")}, want: report.Conformant},
		"a should was unclear":                {results: []check.Result{pass, result(check.Should, check.Inconclusive, "no")}, want: report.Conformant},
		"a must was unclear":                  {results: []check.Result{pass, unclear}, want: report.Inconclusive, exit: 4},
		"a must was unclear on fakes":         {results: []check.Result{pass, unclear}, fake: true, want: report.Inconclusive, exit: 4},
		"a defect at any level":               {results: []check.Result{pass, defect}, want: report.Inconclusive, exit: 4},
		"an unexpected pass":                  {results: []check.Result{pass, result(check.Info, check.UnexpectedPass, "x")}, want: report.Violation, exit: 1},
		"a result is missing":                 {results: []check.Result{pass}, planned: 2, want: report.Inconclusive, exit: 4},
		"a result too many":                   {results: []check.Result{pass, pass}, planned: 1, want: report.Inconclusive, exit: 4},
		"nothing was planned":                 {want: report.Inconclusive, exit: 4},
		"nothing but skips":                   {results: []check.Result{result(check.Must, check.Skip, "turned off")}, want: report.Inconclusive, exit: 4},
		"a check turned off":                  {results: []check.Result{pass, result(check.Must, check.Skip, "turned off")}, want: report.Conformant},
		"a known issue":                       {results: []check.Result{pass, known}, want: report.Conformant},
		"blocked by a known issue":            {results: []check.Result{known, blocked("a.expected-fail")}, want: report.Conformant},
		"blocked by a known issue and others": {results: []check.Result{known, blocked("a.expected-fail", "b.c")}, want: report.Inconclusive, exit: 4},
		"a must blocked by a should": {results: []check.Result{pass, result(check.Should, check.Fail, "no"),
			blocked("a.fail")}, want: report.Inconclusive, exit: 4},
		"a status that nobody knows": {results: []check.Result{pass, result(check.Must, "fine", "")}, want: report.Inconclusive, exit: 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			planned := c.planned
			if planned == 0 {
				planned = len(c.results)
			}
			plan := report.Plan{Checks: make([]string, planned), Excluded: c.excluded}
			got := report.Judge(c.results, plan, c.fake, c.interrupted)
			assert.Equal(t, c.want, got)
			assert.Equal(t, c.exit, got.ExitCode())
		})
	}
}

func TestAVerdictOfItsOwnIsNoSuccess(t *testing.T) {
	t.Parallel()
	assert.Equal(t, 4, report.Verdict("").ExitCode())
}

func TestHeadlineOfFakesNeverSpeaksOfConformance(t *testing.T) {
	t.Parallel()
	for _, v := range []report.Verdict{report.FakesOK, report.FakesFailed, report.Inconclusive, report.Interrupted} {
		for _, s := range []report.Stack{
			{Kind: stack.Fake},
			{Kind: stack.Containers, Services: []stack.Service{{Name: "immich", Fake: true}, {Name: "edge"}}},
		} {
			r := reporttest.Sample()
			r.Stack, r.Verdict = s, v
			assert.NotContains(t, r.Headline(), "guide holds on", v)
			assert.NotContains(t, r.Headline(), "conform", v)
			assert.Contains(t, r.Headline(), "nothing is proven about the products", v)
			assert.NotEmpty(t, r.Banner())
		}
	}
	assert.Empty(t, reporttest.Sample().Banner())
}

func TestBannerNamesTheDoubles(t *testing.T) {
	t.Parallel()
	r := reporttest.Sample()
	r.Stack.Services = []stack.Service{{Name: "postgres", Fake: true}, {Name: "edge"}, {Name: "immich", Fake: true}}
	assert.Contains(t, r.Banner(), "this run used simulations instead of postgres and immich")
}

func TestAMistakeInTheGuideIsAViolation(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cause report.Cause
		fake  bool
		want  report.Verdict
	}{
		"in the guide":             {report.Cause{ID: "immich.scope-missing", Side: report.SideGuide, Fix: report.Fix{File: "index.md", Line: 29}, Checks: []string{"login"}}, false, report.Violation},
		"in the guide, on fakes":   {report.Cause{ID: "immich.scope-missing", Side: report.SideGuide, Fix: report.Fix{File: "index.md", Line: 29}, Checks: []string{"login"}}, true, report.FakesFailed},
		"in the pair file":         {report.Cause{ID: "immich.scope-missing", Side: report.SideImmich, Fix: report.Fix{File: "pair.yaml", Line: 29}, Checks: []string{"login"}}, false, report.Violation},
		"elsewhere":                {report.Cause{ID: "proxy.gateway", Side: report.SideProxy, Checks: []string{"login"}}, false, report.Inconclusive},
		"in what nobody weighs":    {report.Cause{ID: "immich.scope-missing", Side: report.SideGuide, Fix: report.Fix{File: "index.md", Line: 29}, Checks: []string{"fine"}}, false, report.Inconclusive},
		"unknown, in no one's eye": {report.Cause{ID: report.Unknown, Side: report.SideUnknown, Checks: []string{"login"}}, false, report.Inconclusive},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := report.Report{Causes: []report.Cause{c.cause}, Checks: []check.Result{
				{ID: "login", Level: check.Must, Status: check.Inconclusive}, {ID: "fine", Level: check.Must, Status: check.Pass},
			}}
			r.Plan.Checks = []string{"login", "fine"}
			if c.fake {
				r.Stack.Kind = stack.Fake
			}
			assert.Equal(t, c.want, r.Blame(report.Inconclusive))
			assert.Equal(t, report.Interrupted, r.Blame(report.Interrupted))
		})
	}
}
