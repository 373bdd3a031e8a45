package report

import (
	"slices"

	"github.com/ssoproof/ssoproof/internal/check"
)

// Inherits are the checks that fail after an upgrade for a reason from before it. was is what is known of before, by name:
// also of what checks do that only an upgrade has. What worked before is the upgrade's, whatever its cause.
func (r *Report) Inherits(before *Report, was map[string]check.Status) []string {
	names := []string{} // nil says nothing
	for _, c := range Counted(r.Complete()) {
		if c.Status != check.Fail {
			continue
		}
		name := c.Name()
		cause := r.known(name)
		inherits := false
		switch Move(was[name], c.Status) {
		case StillFails:
			inherits = cause == nil || before.failsLike(cause) || !before.tells(name)
		case Surfaced:
			inherits = cause != nil && before.failsBy(cause)
		}
		if inherits {
			names = append(names, name)
		}
	}
	return names
}

// known is the cause that is told of a check; nil: nobody knows.
func (r *Report) known(check string) *Cause {
	if c := r.CauseOf(check); c != nil && c.ID != Unknown {
		return c
	}
	return nil
}

// failsLike reports whether a cause of that kind keeps something from working here. What is to be changed may be worded
// otherwise for another release.
func (r *Report) failsLike(c *Cause) bool {
	return slices.ContainsFunc(r.Causes, func(own Cause) bool {
		w := r.WeighCause(own)
		return own.ID == c.ID && (w == Violating || w == Unjudged)
	})
}

// failsBy reports whether that very cause does: the same is to be changed.
func (r *Report) failsBy(c *Cause) bool {
	return r.failsLike(c) && slices.ContainsFunc(r.Causes, func(own Cause) bool { return own.ID == c.ID && own.Fix.Text == c.Fix.Text })
}

// tells reports whether it is known here why a check fails; why others fail is known of one that was not judged here.
func (r *Report) tells(name string) bool {
	if slices.ContainsFunc(r.Checks, func(c check.Result) bool { return c.Name() == name }) {
		return r.known(name) != nil
	}
	return slices.ContainsFunc(r.Causes, func(c Cause) bool { return c.ID != Unknown })
}
