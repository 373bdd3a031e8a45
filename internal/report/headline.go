package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/plain"
)

// Headline says in plain words what the run proves. It names violations under every verdict.
func (r *Report) Headline() string {
	results := r.Complete()
	return strings.Join(append([]string{r.Opening(results)}, r.Remarks(results)...), " ")
}

// Remarks are the sentences after the opening.
func (r *Report) Remarks(results []check.Result) []string {
	n := Tally(Counted(results))
	var text plain.Sentences
	if r.Run.Error != "" {
		text = append(text, "It ended early: "+strings.TrimSuffix(plain.OneLine(r.Run.Error), ".")+".")
	}
	text.Say(len(r.Run.Withheld), "1 file held a secret and is withheld, which is a defect of ssoproof: please report it.",
		"%d files held a secret and are withheld, which is a defect of ssoproof: please report it.")
	unexpected := 0
	for _, c := range results {
		if c.Status == check.UnexpectedPass {
			unexpected++
		}
	}
	if r.Verdict.ExitCode() != 1 {
		text.Say(n[Violating]-unexpected, "1 check fails.", "%d checks fail.")
	}
	text.Say(unexpected, "1 check passed although a known issue expects it to fail.",
		"%d checks passed although a known issue expects them to fail.")
	text.Say(n[Unjudged], "1 check could not be judged.", "%d checks could not be judged.")
	text.Say(n[Skipped], "1 was skipped.", "%d were skipped.")
	text.Say(n[Advice], "1 recommendation is not met, which is no violation.",
		"%d recommendations are not met, which is no violation.")
	text.Say(r.Plan.LeftOut(), "1 check was left out on request: nothing is said about it.",
		"%d checks were left out on request: nothing is said about them.")
	text.Say(len(r.Uncovered()), "1 documented value is not covered by what was judged.", "%d documented values are not covered by what was judged.")
	text.Say(n[Excused], "1 failure is excused by a known issue.", "%d failures are excused by known issues.")
	if r.Live() {
		switch {
		case r.settingsRead() && r.loggedIn():
		case r.settingsRead():
			text = append(text, "What takes a login to see was not judged.")
		case r.loggedIn():
			text = append(text, "What takes a key to see was not judged.")
		default:
			text = append(text, "What takes a login or a key to see was not judged.")
		}
	}
	if r.Fake() {
		text = append(text, "With fakes in the run, nothing is proven about the products.")
	}
	return text
}

// Opening is the sentence that gives the verdict.
func (r *Report) Opening(results []check.Result) string {
	results = Counted(results)
	checks := plain.Count(len(results), "check")
	failing := 0
	for _, c := range results {
		if Weigh(c) == Violating && c.Status == check.Fail {
			failing++
		}
	}
	passing := fmt.Sprintf("%d of %s passed", Tally(results)[Passed], checks)
	failed := fmt.Sprintf("%d of %s failed", failing, checks)
	if failing == 0 && len(r.ofGuide()) > 0 {
		failed = "a mistake in it keeps checks from being judged"
	}
	settings := r.Settings.What() // the guide, or the pair file
	begin := strings.ToUpper(settings[:1]) + settings[1:]
	if r.Live() && r.Verdict != Interrupted {
		return r.openingLive(passing, failed)
	}
	switch r.Verdict {
	case Conformant:
		return begin + " holds on this pair: " + passing + "."
	case Violation:
		return begin + " does not hold on this pair: " + failed + "."
	case Partial:
		return "All that was selected holds on this pair: " + passing + "."
	case FakesOK:
		return "On the built-in simulations everything works: " + passing + "."
	case FakesFailed:
		return "On the built-in simulations something fails: " + failed + "."
	case Interrupted:
		return fmt.Sprintf("The run was interrupted when %d of %s had been judged.", judgedOf(results), checks)
	default:
		return "The run does not prove that " + settings + " holds: " + passing + "."
	}
}

// openingLive is the sentence on a live pair, of which little is seen without credentials.
func (r *Report) openingLive(passing, failed string) string {
	switch r.Verdict {
	case Partial:
		switch {
		case r.loggedIn():
			return "Nothing is wrong with what was seen, a real login included: " + passing + "."
		case r.settingsRead():
			return "Nothing is wrong with what can be seen without a login: " + passing + "."
		}
		return "Nothing is wrong with what can be seen without credentials: " + passing + "."
	case Violation:
		return "Something is wrong with this pair: " + failed + "."
	}
	return "It cannot be told whether this pair is in order: " + passing + "."
}

// settingsRead reports whether the settings of a live pair were read.
func (r *Report) settingsRead() bool {
	return slices.ContainsFunc(r.Plan.Checks, func(name string) bool { return strings.HasPrefix(name, "guide.") })
}

// loggedIn reports whether somebody was logged in to a live pair.
func (r *Report) loggedIn() bool { return slices.Contains(r.Plan.Checks, "live.signin") }

// judgedOf is the number of results that say something about the products.
func judgedOf(results []check.Result) int {
	n := 0
	for _, c := range results {
		switch c.Status {
		case check.Pass, check.Fail, check.ExpectedFail, check.UnexpectedPass:
			n++
		}
	}
	return n
}

// Banner says what a run with fakes proves and what it does not; empty for a run without.
func (r *Report) Banner() string {
	if !r.Fake() {
		return ""
	}
	return "FAKES: " + r.doubles() + ". It tests ssoproof itself and says nothing about the products. Run with " +
		"--stack containers, which needs Docker, to judge authentik and Immich."
}

func (r *Report) doubles() string {
	var names []string
	for _, s := range r.Stack.Services {
		if s.Fake {
			names = append(names, s.Name)
		}
	}
	switch len(names) {
	case 0:
		return "this run used built-in simulations instead of authentik and Immich"
	case 1:
		return "this run used a simulation instead of " + names[0]
	}
	return "this run used simulations instead of " + strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
