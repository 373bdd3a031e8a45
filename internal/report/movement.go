package report

import "github.com/ssoproof/ssoproof/internal/check"

// Movement is how a check went from one run to another: before and after an upgrade, or any two runs that are compared.
type Movement string

// The movements.
const (
	StillPasses Movement = "still-passes"
	Broke       Movement = "broke"       // passed before, fails after
	Lost        Movement = "lost"        // passed before, was not judged after
	Mended      Movement = "mended"      // failed before, passes after
	Appeared    Movement = "appeared"    // was not judged before, passes after
	StillFails  Movement = "still-fails" // fails before and after
	Surfaced    Movement = "surfaced"    // was not judged before, fails after
	Faded       Movement = "faded"       // failed before, was not judged after
	StillOpen   Movement = "still-open"  // was not judged before, nor after
)

// Move classifies two statuses of one check. A failure that a known issue excuses is a failure: an excuse mends nothing.
func Move(before, after check.Status) Movement {
	was, is := judgementOf(before), judgementOf(after)
	return [...][3]Movement{
		{StillPasses, Broke, Lost},
		{Mended, StillFails, Faded},
		{Appeared, Surfaced, StillOpen},
	}[was][is]
}

// The judgements that a status stands for.
const (
	works = iota
	fails
	open
)

func judgementOf(s check.Status) int {
	switch s {
	case check.Pass:
		return works
	case check.Fail, check.UnexpectedPass, check.ExpectedFail:
		return fails
	}
	return open
}
