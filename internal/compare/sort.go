package compare

import (
	"fmt"
	"slices"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/report"
)

// sort puts each check into its list, in the order of the plans.
func (c *Comparison) sort(before, after *side) {
	was, is := c.versions()
	for _, name := range after.names {
		one := Check{Name: name, Before: before.outcome(name), After: after.outcome(name)}
		one.describe(before, after)
		if one.Before == nil {
			one.Why, one.Excluded = before.excluded(name)
			c.New = append(c.New, one)
			continue
		}
		list, says := c.listOf(one)
		if says != "" {
			one.Why = fmt.Sprintf(says, was, is)
		}
		*list = append(*list, one)
	}
	for _, name := range before.names {
		if _, planned := after.results[name]; planned {
			continue
		}
		one := Check{Name: name, Before: before.outcome(name)}
		one.Why, one.Excluded = after.excluded(name)
		one.describe(before, after)
		c.Gone = append(c.Gone, one)
	}
}

// listOf is the list that a check of both runs belongs to, and how that is said of two versions.
func (c *Comparison) listOf(one Check) (list *[]Check, says string) {
	moved := report.Move(one.Before.Status, one.After.Status)
	switch moved {
	case report.StillPasses:
		return &c.Same, ""
	case report.Broke:
		return &c.Broken, "worked %s, fails %s"
	case report.Lost:
		return &c.Unshown, "worked %s, was not judged %s"
	case report.Mended:
		return &c.Fixed, "failed %s, works %s"
	case report.Appeared:
		return &c.Shown, "was not judged %s, works %s"
	}
	if one.Before.alike(one.After) {
		return &c.Same, ""
	}
	return &c.Changed, map[report.Movement]string{
		report.StillFails: "failed %s, fails %s in another way",
		report.Faded:      "failed %s, was not judged %s",
		report.Surfaced:   "was not judged %s, fails %s",
		report.StillOpen:  "was not judged %s, nor %s, for another reason",
	}[moved]
}

// describe takes what does not change from the run that knows it: one that did not reach the check knows its name only.
func (one *Check) describe(before, after *side) {
	b, wasPlanned := before.results[one.Name]
	a, isPlanned := after.results[one.Name]
	switch {
	case !wasPlanned, isPlanned && before.notReached[one.Name]:
		one.Title, one.Level = a.Title, a.Level
	case !isPlanned, after.notReached[one.Name]:
		one.Title, one.Level = b.Title, b.Level
	default:
		one.Title, one.Level = a.Title, a.Level
		if b.Level == check.Must {
			one.Level = check.Must
		}
	}
}

// alike compares what is said, not where it is kept: lines move, and each run has its own evidence.
func (o *Outcome) alike(other *Outcome) bool {
	return o.Status == other.Status && slices.EqualFunc(o.Findings, other.Findings, func(a, b check.Finding) bool {
		return a.Requirement == b.Requirement && a.Message == b.Message && a.Expected == b.Expected && a.Actual == b.Actual
	})
}

func (o *Outcome) passed() bool { return o != nil && o.Status == check.Pass }

// failed reports whether something was found, also where a known issue excuses it: an excuse mends nothing.
func (o *Outcome) failed() bool {
	return o != nil && (o.Status == check.Fail || o.Status == check.UnexpectedPass || o.Status == check.ExpectedFail)
}

// leftOut reports whether a check is missing on request, and not since it does not apply.
func (one Check) leftOut() bool {
	return one.Excluded == report.NotSelected || one.Excluded == report.TurnedOff
}
