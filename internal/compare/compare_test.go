package compare_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/compare"
	"github.com/ssoproof/ssoproof/internal/report"
)

type changes = []func(*report.Report)

// TestOneCheck holds for each pair of outcomes in which list the check is, what that means and how it is said.
func TestOneCheck(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		before, after changes
		list          string // the one that has x.y
		verdict       compare.Verdict
		why           string
	}{
		"passes":                  {changes{has("x.y", check.Pass)}, changes{has("x.y", check.Pass)}, "same", compare.Same, ""},
		"fails alike":             {changes{has("x.y", check.Fail)}, changes{has("x.y", check.Fail)}, "same", compare.Same, ""},
		"fails alike, by secrets": {changes{has("x.y", check.Fail, finds("got «code:11111111»"))}, changes{has("x.y", check.Fail, finds("got «code:22222222»"))}, "same", compare.Same, ""},
		"in doubt twice":          {changes{has("x.y", check.Inconclusive)}, changes{has("x.y", check.Inconclusive)}, "same", compare.Same, ""},
		"breaks":                  {changes{has("x.y", check.Pass)}, changes{has("x.y", check.Fail)}, "broken", compare.Worse, "worked before, fails after"},
		"breaks, an issue says":   {changes{has("x.y", check.Pass)}, changes{has("x.y", check.ExpectedFail)}, "broken", compare.Worse, "worked before, fails after"},
		"an issue that is none":   {changes{has("x.y", check.Pass)}, changes{has("x.y", check.UnexpectedPass)}, "broken", compare.Worse, "worked before, fails after"},
		"breaks as advice":        {changes{has("x.y", check.Pass, level(check.Should))}, changes{has("x.y", check.Fail, level(check.Should))}, "broken", compare.Same, "worked before, fails after"},
		"breaks, once a must":     {changes{has("x.y", check.Pass)}, changes{has("x.y", check.Fail, level(check.Should))}, "broken", compare.Worse, "worked before, fails after"},
		"in doubt after a pass":   {changes{has("x.y", check.Pass)}, changes{has("x.y", check.Inconclusive)}, "unshown", compare.CannotTell, "worked before, was not judged after"},
		"blocked after a pass":    {changes{has("x.y", check.Pass)}, changes{has("x.y", check.Skip)}, "unshown", compare.CannotTell, "worked before, was not judged after"},
		"a defect after a pass":   {changes{has("x.y", check.Pass)}, changes{has("x.y", check.Error)}, "unshown", compare.CannotTell, "worked before, was not judged after"},
		"not reached":             {changes{has("x.y", check.Pass)}, changes{planned("x.y")}, "unshown", compare.CannotTell, "worked before, was not judged after"},
		"not reached, advice":     {changes{has("x.y", check.Pass, level(check.Info))}, changes{planned("x.y")}, "unshown", compare.Same, "worked before, was not judged after"},
		"no plan":                 {changes{has("x.y", check.Pass)}, nil, "unshown", compare.CannotTell, "worked before, was not judged after"},
		"mended":                  {changes{has("x.y", check.Fail)}, changes{has("x.y", check.Pass)}, "fixed", compare.Better, "failed before, works after"},
		"mended as advice":        {changes{has("x.y", check.Fail, level(check.Info))}, changes{has("x.y", check.Pass, level(check.Info))}, "fixed", compare.Same, "failed before, works after"},
		"judged now":              {changes{has("x.y", check.Skip)}, changes{has("x.y", check.Pass)}, "shown", compare.Better, "was not judged before, works after"},
		"reached now":             {changes{planned("x.y")}, changes{has("x.y", check.Pass)}, "shown", compare.Better, "was not judged before, works after"},
		"fails otherwise":         {changes{has("x.y", check.Fail)}, changes{has("x.y", check.Fail, finds("nothing"))}, "changed", compare.Same, "failed before, fails after in another way"},
		"no issue any more":       {changes{has("x.y", check.ExpectedFail)}, changes{has("x.y", check.Fail)}, "changed", compare.Same, "failed before, fails after in another way"},
		"in doubt after a fail":   {changes{has("x.y", check.Fail)}, changes{has("x.y", check.Error)}, "changed", compare.Same, "failed before, was not judged after"},
		"fails, unknown before":   {changes{has("x.y", check.Inconclusive)}, changes{has("x.y", check.Fail)}, "changed", compare.CannotTell, "was not judged before, fails after"},
		"another doubt":           {changes{has("x.y", check.Skip)}, changes{has("x.y", check.Error)}, "changed", compare.Same, "was not judged before, nor after, for another reason"},
		"new":                     {nil, changes{has("x.y", check.Pass)}, "new", compare.Same, ""},
		"new, was left out":       {changes{without("x.y", report.TurnedOff)}, changes{has("x.y", check.Pass)}, "new", compare.Same, "turned off by --skip"},
		"new and fails":           {nil, changes{has("x.y", check.Fail)}, "new", compare.CannotTell, ""},
		"new and in doubt":        {nil, changes{has("x.y", check.Inconclusive)}, "new", compare.CannotTell, ""},
		"new and fails as advice": {nil, changes{has("x.y", check.Fail, level(check.Should))}, "new", compare.Same, ""},
		"gone":                    {changes{has("x.y", check.Pass)}, nil, "gone", compare.Same, ""},
		"gone, does not apply":    {changes{has("x.y", check.Pass)}, changes{without("x.y", "Immich v1 has no logout")}, "gone", compare.Same, "Immich v1 has no logout"},
		"gone by its ID":          {changes{has("x.y[uri=app]", check.Pass)}, changes{without("x.y", "not here")}, "gone", compare.Same, "not here"},
		"gone by its variant":     {changes{has("x.y[uri=app]", check.Pass)}, changes{without("x.y[uri=app]", "not so"), without("x.y", "not here")}, "gone", compare.Same, "not so"},
		"gone, left out":          {changes{has("x.y", check.Pass)}, changes{without("x.y", report.NotSelected)}, "gone", compare.CannotTell, "not selected by --only"},
		"gone, failed, left out":  {changes{has("x.y", check.Fail)}, changes{without("x.y", report.NotSelected)}, "gone", compare.Same, "not selected by --only"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name != "no plan" { // a check that both have
				test.before = append(slices.Clip(test.before), has("a.b", check.Pass))
				test.after = append(slices.Clip(test.after), has("a.b", check.Pass))
			}
			c := compare.Reports(run(test.before...), run(test.after...))
			assert.Equal(t, test.verdict, c.Verdict, c.Headline)
			assert.Equal(t, test.verdict == compare.Worse, c.Worse())
			found := 0
			for list, checks := range lists(c) {
				for _, one := range checks {
					if one.Name != "a.b" {
						assert.Equal(t, test.list, list)
						assert.Equal(t, test.why, one.Why)
						found++
					}
				}
			}
			assert.Equal(t, 1, found, "each check is in one list")
		})
	}
}

func lists(c compare.Comparison) map[string][]compare.Check {
	return map[string][]compare.Check{
		"broken": c.Broken, "unshown": c.Unshown, "fixed": c.Fixed, "shown": c.Shown, "changed": c.Changed, "new": c.New,
		"gone": c.Gone, "same": c.Same,
	}
}

// TestVerdicts holds what several checks come to together, and what is no comparison.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	pass, fail := has("a.b", check.Pass), has("a.b", check.Fail)
	tests := map[string]struct {
		before, after changes
		verdict       compare.Verdict
		code          int
		headline      string
		notes         []string
	}{
		"same": {changes{pass}, changes{pass}, compare.Same, 0, "What worked before still works.", nil},
		"same failures": {changes{pass, has("c.d", check.Fail)}, changes{pass, has("c.d", check.Fail)}, compare.Same, 0,
			"What worked before still works. 1 check fails before and after.", nil},
		"names the versions": {changes{on("2024.8.4"), pass}, changes{on("2024.8.6"), fail}, compare.Worse, 1,
			"1 check worked with authentik 2024.8.4 and fails with authentik 2024.8.6.", nil},
		"names both": {changes{pass}, changes{fail, func(r *report.Report) { r.Cell.Immich, r.Cell.Guide = "v3.1.0", "100%.md" }}, compare.Worse, 1,
			"1 check worked with Immich v2.7.5 and guide 2024-03-28 and fails with Immich v3.1.0 and guide 100%.md.", nil},
		"names an image": {changes{pass, has("c.d", check.Pass)}, changes{fail, has("c.d", check.Fail), func(r *report.Report) { r.Stack.Services[1].Image = "mine:1" }}, compare.Worse, 1,
			"2 checks worked with immich image ghcr.io/immich-app/immich-server:v2.7.5 and fail with immich image mine:1.", nil},
		"worse and mended": {changes{pass, has("c.d", check.Fail)}, changes{fail, has("c.d", check.Pass)}, compare.Worse, 1,
			"1 check worked before and fails after. 1 check failed before and works after.", nil},
		"worse is not masked": {changes{pass, has("c.d", check.Pass)}, changes{fail, has("c.d", check.Skip)}, compare.Worse, 1,
			"1 check worked before and fails after. 1 check that passed was not judged any more.", nil},
		"mended but in doubt": {changes{fail, has("c.d", check.Pass)}, changes{pass, has("c.d", check.Error)}, compare.CannotTell, 4,
			"Nothing that worked is seen to fail, but it cannot be told that all is as good as before. " +
				"1 check that passed was not judged any more. 1 check failed before and works after.", nil},
		"another app": {changes{pass, has("c.d[app=2.6]", check.Pass)}, changes{pass, has("c.d[app=2.7]", check.Fail)}, compare.CannotTell, 4,
			"Nothing that worked is seen to fail, but it cannot be told that all is as good as before. " +
				"1 new check does not pass, and nothing says how it was before.", nil},
		"interrupted": {changes{pass, has("c.d", check.Pass)}, changes{pass, planned("c.d"), ends(report.Interrupted, "")}, compare.CannotTell, 4,
			"Nothing that worked is seen to fail, but it cannot be told that all is as good as before. 1 check that passed was not judged any more.",
			[]string{"after: the run was interrupted; not reached, so neither new nor gone: 1 of 2 checks"}},
		"interrupted before": {changes{pass, planned("c.d"), ends(report.Interrupted, "")}, changes{pass, has("c.d", check.Pass)}, compare.Better, 0,
			"What worked before still works. 1 check works that was not judged before.",
			[]string{"before: the run was interrupted; not reached, so neither new nor gone: 1 of 2 checks"}},
		"no stack": {changes{pass}, changes{ends(report.Inconclusive, "the stack could not be provided: no engine")}, compare.CannotTell, 4,
			"Nothing that worked is seen to fail, but it cannot be told that all is as good as before. 1 check that passed was not judged any more.",
			[]string{"after: the run ended early: the stack could not be provided: no engine; not reached, so neither new nor gone: 1 of 1 check"}},
		"another tool": {changes{pass}, changes{pass, func(r *report.Report) { r.Run.Tool = "v0.2.0" }}, compare.Same, 0, "What worked before still works.",
			[]string{"made by two versions of ssoproof, v0.1.0 and v0.2.0: a check may judge otherwise now"}},
		"fakes in both": {changes{pass, fakes}, changes{pass, fakes}, compare.Same, 0, "What worked before still works.",
			[]string{"both runs had fakes in them: nothing is said about the products"}},
		"fakes before": {changes{pass, fakes}, changes{fail}, compare.DifferentInKind, 16,
			"The run before had fakes in it and the run after had none: what a double does says nothing about a product.", nil},
		"fakes after": {changes{pass}, changes{fail, fakes}, compare.DifferentInKind, 16,
			"The run after had fakes in it and the run before had none: what a double does says nothing about a product.", nil},
		"nothing in common": {changes{pass}, changes{has("c.d", check.Pass)}, compare.DifferentInKind, 16,
			"The two runs have no check in common: name two runs of the same selection of checks.", nil},
		"nothing at all": {nil, nil, compare.DifferentInKind, 16, "Neither run has a check.", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := compare.Reports(run(test.before...), run(test.after...))
			assert.Equal(t, test.verdict, c.Verdict)
			assert.Equal(t, test.code, c.Verdict.ExitCode())
			assert.Equal(t, test.headline, c.Headline)
			assert.Equal(t, append([]string{}, test.notes...), c.Notes)
			if test.verdict == compare.DifferentInKind {
				for list, checks := range lists(c) {
					assert.Empty(t, checks, list)
				}
			}
		})
	}
}

// arbitrary is a report of some of ten checks, each in any state.
func arbitrary(random *rand.Rand) *report.Report {
	statuses := []check.Status{check.Pass, check.Pass, check.Fail, check.Skip, check.Inconclusive, check.Error, check.ExpectedFail, check.UnexpectedPass}
	levels := []check.Level{check.Must, check.Must, check.Should, check.Info}
	all := changes{has("always.there", check.Pass)}
	for _, name := range []string{"a.a", "a.b", "a.c", "b.a[uri=app]", "b.a[uri=link]", "c.a", "c.b", "c.c", "c.d"} {
		switch random.IntN(8) {
		case 0:
		case 1:
			all = append(all, without(name, report.NotSelected))
		case 2:
			all = append(all, planned(name))
		default:
			all = append(all, has(name, statuses[random.IntN(len(statuses))], level(levels[random.IntN(len(levels))])))
		}
	}
	return run(all...)
}

// TestSymmetry holds that whatever two runs hold, what one direction calls broken the other calls fixed, and that a run is
// the same as itself.
func TestSymmetry(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		a, b := arbitrary(random), arbitrary(random)
		there, back := compare.Reports(a, b), compare.Reports(b, a)
		for _, pair := range [][2][]compare.Check{
			{there.Fixed, back.Broken}, {there.Broken, back.Fixed}, {there.Shown, back.Unshown}, {there.Unshown, back.Shown},
			{there.New, back.Gone}, {there.Gone, back.New}, {there.Changed, back.Changed}, {there.Same, back.Same},
		} {
			assert.ElementsMatch(t, names(pair[0]), names(pair[1]))
		}
		if there.Worse() && !back.Worse() {
			assert.Contains(t, []compare.Verdict{compare.Better, compare.CannotTell}, back.Verdict)
		}
		itself := compare.Reports(a, a)
		assert.Equal(t, compare.Same, itself.Verdict)
		assert.Len(t, itself.Same, len(a.Plan.Checks))
		assert.Empty(t, slices.Concat(itself.Cells, itself.Settings, itself.Resolved, itself.Observations))
	}
}

// names are those of the checks.
func names(list []compare.Check) []string {
	all := []string{}
	for _, one := range list {
		all = append(all, one.Name)
	}
	return all
}
