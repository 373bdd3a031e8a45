package report

import (
	"slices"

	"github.com/ssoproof/ssoproof/internal/check"
)

// serious are the weights of what a cause is told for, the heaviest first. What is for information, or excused by a known
// issue, is told as that.
var serious = []Weight{Violating, Unjudged, Advice}

// WeighCause is what a cause means for the verdict: the heaviest of what the checks that it names mean. One that names no
// check of this report is why there is no more to judge.
func (r *Report) WeighCause(c Cause) Weight {
	var found []Weight
	for _, one := range r.Complete() {
		if slices.Contains(c.Checks, one.Name()) {
			found = append(found, Weigh(one))
		}
	}
	for _, w := range serious {
		if slices.Contains(found, w) {
			return w
		}
	}
	if len(found) == 0 {
		return Unjudged
	}
	return Passed
}

// Told are the causes that a person has to know of, in the order of the report.
func (r *Report) Told() []Cause {
	return slices.DeleteFunc(slices.Clone(r.Causes), func(c Cause) bool { return r.WeighCause(c) == Passed })
}

// Explanation is the cause that says all of a result that there is to be done about it, so that it is not told one by one;
// nil: there is none.
func (r *Report) Explanation(c check.Result) *Cause {
	if w := Weigh(c); !slices.Contains(serious, w) && !Echo(c) {
		return nil
	}
	cause := r.CauseOf(c.Name())
	if cause == nil || cause.ID == Unknown || r.WeighCause(*cause) == Passed {
		return nil
	}
	return cause
}

// Unexplained are the results that no cause explains.
func (r *Report) Unexplained(results []check.Result) []check.Result {
	return slices.DeleteFunc(slices.Clone(results), func(c check.Result) bool { return r.Explanation(c) != nil })
}

// AtFault is who has to change something, in words; empty: it is not known.
func (s Side) AtFault() string {
	switch s {
	case SideGuide:
		return "the guide"
	case SideAuthentik:
		return "authentik"
	case SideImmich:
		return "Immich"
	case SideProxy:
		return "the proxy in front"
	case SideHarness:
		return "ssoproof itself"
	}
	return ""
}
