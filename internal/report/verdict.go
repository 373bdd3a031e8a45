package report

import (
	"slices"

	"github.com/ssoproof/ssoproof/internal/check"
)

// Verdict is what a run came to.
type Verdict string

// The verdicts. A run with any fake in it is never Conformant and never a Violation.
const (
	Conformant   Verdict = "conformant"
	Partial      Verdict = "partial" // of a selection all passed; nothing is said of the rest
	Violation    Verdict = "violation"
	Inconclusive Verdict = "inconclusive"
	Interrupted  Verdict = "interrupted"
	FakesOK      Verdict = "fakes-ok"
	FakesFailed  Verdict = "fakes-failed"
)

// Verdicts lists every verdict.
func Verdicts() []Verdict {
	return []Verdict{Conformant, Partial, Violation, Inconclusive, Interrupted, FakesOK, FakesFailed}
}

// ExitCode is what the command ends with: 0 conformant or partial, 1 violation, 4 inconclusive, 5 interrupted.
func (v Verdict) ExitCode() int {
	switch v {
	case Conformant, Partial, FakesOK:
		return 0
	case Violation, FakesFailed:
		return 1
	case Interrupted:
		return 5
	default:
		return 4
	}
}

// Judge gives the verdict on the results of a plan. An interrupt weighs most, then a violation, then whatever was not
// judged; results that are not as many as planned were not all judged.
func Judge(results []check.Result, plan Plan, fake, interrupted bool) Verdict {
	failed := slices.ContainsFunc(results, func(r check.Result) bool { return Weigh(r) == Violating })
	switch {
	case interrupted:
		return Interrupted
	case failed && fake:
		return FakesFailed
	case failed:
		return Violation
	case len(results) != len(plan.Checks) || !judged(results):
		return Inconclusive
	case fake:
		return FakesOK
	case plan.LeftOut() > 0:
		return Partial
	}
	return Conformant
}

// judged reports whether the results prove something and leave nothing open.
func judged(results []check.Result) bool {
	proven := false
	var known []string
	for _, r := range results {
		proven = proven || r.Status == check.Pass || r.Status == check.ExpectedFail
		if r.Status == check.ExpectedFail {
			known = append(known, r.Name())
		}
	}
	open := slices.ContainsFunc(results, func(r check.Result) bool {
		return Weigh(r) == Unjudged || unproven(r, known)
	})
	return proven && !open
}

// unproven reports whether a check that matters was blocked by something that no known issue excuses.
func unproven(r check.Result, known []string) bool {
	return r.Level == check.Must && slices.ContainsFunc(r.BlockedBy, func(root string) bool { return !slices.Contains(known, root) })
}

// Weight is what a result means for the verdict. Every rendering goes by it, so that none is redder than another.
type Weight int

// The weights.
const (
	Passed         Weight = iota
	Violating             // a must that failed, a known issue that is none
	Unjudged              // a must that could not be judged, a defect of the harness
	Advice                // a should that failed or could not be judged
	ForInformation        // an info likewise
	Excused               // failed, as a known issue says
	Skipped
)

// Weigh is what a result means.
func Weigh(r check.Result) Weight {
	switch r.Status {
	case check.Pass:
		return Passed
	case check.UnexpectedPass:
		return Violating
	case check.Skip:
		return Skipped
	case check.ExpectedFail:
		return Excused
	case check.Fail:
		return decided(r.Level, Violating)
	case check.Inconclusive:
		return decided(r.Level, Unjudged)
	default:
		return Unjudged
	}
}

// decided is the weight of what is not as a check of a level wants it; otherwise is that of a must.
func decided(l check.Level, otherwise Weight) Weight {
	switch l {
	case check.Info:
		return ForInformation
	case check.Should:
		return Advice
	}
	return otherwise
}
