package report

import (
	"fmt"
	"slices"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/plain"
)

// Safety says whether an upgrade can be made.
type Safety string

// The answers. What failed before the upgrade as well decides nothing: the upgrade did not do it.
const (
	Safe      Safety = "safe"
	SafeAfter Safety = "safe after changes"
	NotSafe   Safety = "not safe"
	NotKnown  Safety = "not known"
)

// Answer is what an upgrade comes to.
type Answer struct {
	Safety  Safety
	Text    string   // one sentence
	Changes []string // that it asks for
}

// Answer is what the upgrade comes to; nil for a run without one.
func (r *Report) Answer() *Answer {
	if r.Upgrade == nil {
		return nil
	}
	broken, unjudged := r.brought()
	where := ""
	if r.Fake() {
		where = ", as far as the built-in simulations can tell"
	}
	switch changes, all := r.remedies(broken); {
	case len(broken) == 0 && unjudged:
		return &Answer{NotKnown, "not known: something that worked before could not be judged after, see above" + where, nil}
	case len(broken) == 0:
		return &Answer{Safe, "safe: everything that was judged works after the upgrade, or failed before it" + where, nil}
	case all:
		return &Answer{SafeAfter, "not safe as it is; safe after these changes, if a rehearsal with them passes" + where, changes}
	default:
		return &Answer{NotSafe, fmt.Sprintf("not safe: %s did not pass any more, and no known change mends all that%s", plain.Count(len(broken), "check"), where), changes}
	}
}

// brought are the failures that the upgrade brought, and whether something was left unjudged for a reason of its own.
func (r *Report) brought() (broken []string, unjudged bool) {
	for _, c := range r.Complete() {
		switch w := Weigh(c); {
		case w == Violating && c.Status == check.Fail && !slices.Contains(r.Upgrade.Still, c.Name()):
			broken = append(broken, c.Name())
		case w == Unjudged && c.Status != check.Skip && slices.Contains(r.Upgrade.Unshown, c.Name()):
			unjudged = true
		}
	}
	return broken, unjudged || r.Verdict == Interrupted
}

// remedies are the changes that causes ask for, and whether each of the checks has one.
func (r *Report) remedies(checks []string) (changes []string, all bool) {
	all = true
	for _, name := range checks {
		cause := r.CauseOf(name)
		if cause == nil || cause.ID == Unknown || cause.Fix.Text == "" {
			all = false
			continue
		}
		text := cause.Fix.Text
		if cause.Fix.File != "" {
			text += " (" + check.Source{File: cause.Fix.File, Line: cause.Fix.Line}.String() + ")"
		}
		if !slices.Contains(changes, text) {
			changes = append(changes, text)
		}
	}
	return changes, all
}
