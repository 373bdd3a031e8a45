package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/plain"
)

// Safety says whether an upgrade can be made.
type Safety string

// The answers. What fails for a reason from before the upgrade decides nothing: the upgrade did not do it.
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
	// Already says that the pair has failures from before the upgrade; empty: it has none.
	Already string
	Mends   []string // what mends those
	// Beside says what of the configuration was not judged; empty: all of it was.
	Beside string
}

// Answer is what the upgrade comes to; nil for a run without one.
func (r *Report) Answer() *Answer {
	if r.Upgrade == nil {
		return nil
	}
	broken, already, unjudged := r.brought()
	changes, all := r.remedies(broken)
	a := &Answer{}
	switch judged := r.judgedOfAll(); {
	case len(broken) == 0 && unjudged:
		a.Safety, a.Text = NotKnown, fmt.Sprintf("not known to be safe: something that worked before could not be judged after, see above (judged: %s)", judged)
	case len(broken) == 0:
		a.Safety, a.Text = Safe, fmt.Sprintf("safe: it breaks nothing that was judged (%s)", judged)
	case all:
		a.Safety, a.Changes = SafeAfter, changes
		a.Text = fmt.Sprintf("not safe as it is; safe after these changes, if a rehearsal with them passes (judged: %s)", judged)
	default:
		a.Safety, a.Changes = NotSafe, changes
		a.Text = fmt.Sprintf("not safe: it breaks %s, and no known change mends all that (judged: %s)", plain.Count(len(broken), "check"), judged)
	}
	if r.Fake() {
		a.Text += ", as far as the built-in simulations can tell"
	}
	a.already(r, already)
	a.Beside = r.beside()
	return a
}

// already says what the upgrade did not do.
func (a *Answer) already(r *Report, checks []string) {
	if len(checks) == 0 {
		return
	}
	inherited, _ := apart(checks, r.Upgrade.inherited())
	_, surfaced := apart(inherited, r.Upgrade.Still) // the others' changes are known from before
	for _, text := range slices.Concat(r.Upgrade.Mends, r.Mend(surfaced)) {
		if !slices.Contains(a.Mends, text) {
			a.Mends = append(a.Mends, text)
		}
	}
	if len(a.Mends) == 0 {
		a.Mends = r.Mend(inherited)
	}
	mend := "Known changes for that:"
	if len(a.Mends) == 0 {
		mend = "No change is known that mends that."
	}
	a.Already = fmt.Sprintf("The pair does not fully work before the upgrade either: %s for reasons from before it. %s", failing(len(checks)), mend)
}

func failing(n int) string {
	if n == 1 {
		return "1 check fails"
	}
	return fmt.Sprintf("%d checks fail", n)
}

// beside is what of a pair file the rehearsal does not have, or nobody could read.
func (r *Report) beside() string {
	var left []string
	for _, v := range r.Resolved {
		if v.NotCarried != "" {
			left = append(left, v.NotCarried)
		}
	}
	var text []string
	say := func(what string, all []string) {
		if len(all) > 0 {
			text = append(text, what+": "+strings.Join(all, "; ")+".")
		}
	}
	say("Not carried over", left)
	if c := r.Settings.Configuration; c != nil {
		say("Not read", c.NotRead)
	}
	return strings.Join(text, " ")
}

// judgedOfAll is how many checks were judged of those that an upgrade of this pair has.
func (r *Report) judgedOfAll() string {
	counted := Counted(r.Complete())
	n, total := judgedOf(counted), len(counted)+r.Plan.LeftOut()
	if n == total {
		return "all " + plain.Count(total, "check")
	}
	return fmt.Sprintf("%d of %s", n, plain.Count(total, "check"))
}

// brought are the failures that the upgrade brought, those for which there was a reason before it, and whether something was
// left unjudged for a reason of its own. A check that fails for another reason than before is both.
func (r *Report) brought() (broken, already []string, unjudged bool) {
	for _, c := range r.Complete() {
		switch w := Weigh(c); {
		case w == Violating && c.Status == check.Fail:
			inherited := slices.Contains(r.Upgrade.inherited(), c.Name())
			if !inherited {
				broken = append(broken, c.Name())
			}
			if inherited || slices.Contains(r.Upgrade.Still, c.Name()) {
				already = append(already, c.Name())
			}
		case w == Unjudged && c.Status != check.Skip && slices.Contains(r.Upgrade.Unshown, c.Name()):
			unjudged = true
		}
	}
	return broken, already, unjudged || r.Verdict == Interrupted
}

// remedies are the changes that causes ask for, and whether each of the checks has one.
func (r *Report) remedies(checks []string) (changes []string, all bool) {
	all = true
	for _, name := range checks {
		cause := r.CauseOf(name)
		if !cause.mends() {
			all = false
			continue
		}
		if text := cause.Fix.sentence(); !slices.Contains(changes, text) {
			changes = append(changes, text)
		}
	}
	return changes, all
}

// Mend are the changes that mend what fails of the checks, with what is wrong.
func (r *Report) Mend(checks []string) []string {
	var all []string
	for _, name := range checks {
		cause := r.CauseOf(name)
		if !cause.mends() {
			continue
		}
		if text := cause.Title + ": " + cause.Fix.sentence(); !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}

// mends reports whether a cause says what to change.
func (c *Cause) mends() bool { return c != nil && c.ID != Unknown && c.Fix.Text != "" }

// sentence is a change with the place of it.
func (f Fix) sentence() string {
	if f.File == "" {
		return f.Text
	}
	return f.Text + " (" + check.Source{File: f.File, Line: f.Line}.String() + ")"
}
