package compare

import "github.com/ssoproof/ssoproof/internal/check"

// Verdict is what two runs come to, one beside the other.
type Verdict string

// The verdicts. Only checks of level must decide.
const (
	Same            Verdict = "same"              // what worked works, and nothing else does
	Better          Verdict = "better"            // and something works that did not
	Worse           Verdict = "worse"             // something worked before and fails after
	CannotTell      Verdict = "cannot-tell"       // nothing is seen to be worse, but something could not be seen
	DifferentInKind Verdict = "different-in-kind" // there is nothing to compare
)

// ExitCode is what the command ends with: 0 same or better, 1 worse, 4 cannot tell, 16 different in kind.
func (v Verdict) ExitCode() int {
	switch v {
	case Same, Better:
		return 0
	case Worse:
		return 1
	case DifferentInKind:
		return 16
	default:
		return 4
	}
}

// Worse reports whether a check of level must passed before and fails after.
func (c Comparison) Worse() bool { return musts(c.Broken, always) > 0 }

func (c Comparison) decide() Verdict {
	switch {
	case c.Worse():
		return Worse
	case c.doubts() > 0:
		return CannotTell
	case musts(c.Fixed, always)+musts(c.Shown, always) > 0:
		return Better
	}
	return Same
}

// doubts is the number of checks that keep the run after from being as good as the one before, although none is seen to
// be worse.
func (c Comparison) doubts() int {
	return musts(c.Unshown, always) + musts(c.Gone, lost) + musts(c.New, unsound) + musts(c.Changed, surfaced)
}

// musts counts the checks that decide and for which a condition holds.
func musts(list []Check, holds func(Check) bool) int {
	n := 0
	for _, one := range list {
		if one.Level == check.Must && holds(one) {
			n++
		}
	}
	return n
}

func always(Check) bool { return true }

// lost is a check that passed and was left out on request: nobody knows whether it still would.
func lost(one Check) bool { return one.Before.passed() && one.leftOut() }

// unsound is a check that does not pass and of which the run before says nothing.
func unsound(one Check) bool { return !one.After.passed() }

// surfaced is a failure of what was not judged before: it may be an old one.
func surfaced(one Check) bool { return one.After.failed() && !one.Before.failed() }
