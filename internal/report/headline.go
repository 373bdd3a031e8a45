package report

import (
	"fmt"
	"strings"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/plain"
)

// Headline says in plain words what the run proves. It names violations under every verdict.
func (r *Report) Headline() string {
	results := r.Complete()
	return strings.Join(append([]string{r.Opening(results)}, r.Remarks(results)...), " ")
}

// remarks are the sentences after the opening.
func (r *Report) Remarks(results []check.Result) []string {
	n := Tally(results)
	var text plain.Sentences
	if r.Run.Error != "" {
		text = append(text, "It ended early: "+strings.TrimSuffix(plain.OneLine(r.Run.Error), ".")+".")
	}
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
	text.Say(n[ForInformation], "1 check fails for information only.", "%d checks fail for information only.")
	leftOut := 0
	for _, e := range r.Plan.Excluded {
		if e.OnRequest() {
			leftOut++
		}
	}
	text.Say(leftOut, "1 check was left out on request.", "%d checks were left out on request.")
	text.Say(n[Excused], "1 failure is excused by a known issue.", "%d failures are excused by known issues.")
	if r.Fake() {
		text = append(text, "With fakes in the run, nothing is proven about the products.")
	}
	return text
}

// opening is the sentence that gives the verdict.
func (r *Report) Opening(results []check.Result) string {
	checks := plain.Count(len(results), "check")
	failing := 0
	for _, c := range results {
		if Weigh(c) == Violating && c.Status == check.Fail {
			failing++
		}
	}
	passing := fmt.Sprintf("%d of %s passed", Tally(results)[Passed], checks)
	failed := fmt.Sprintf("%d of %s failed", failing, checks)
	switch r.Verdict {
	case Conformant:
		return "The guide holds on this pair: " + passing + "."
	case Violation:
		return "The guide does not hold on this pair: " + failed + "."
	case FakesOK:
		return "The checks agree with the fakes: " + passing + "."
	case FakesFailed:
		return "The checks do not agree with the fakes: " + failed + "."
	case Interrupted:
		return fmt.Sprintf("The run was interrupted when %d of %s had ended.", len(r.Checks), checks)
	default:
		return "The run does not prove that the guide holds: " + passing + "."
	}
}

// Banner says what a run with fakes proves and what it does not; empty for a run without.
func (r *Report) Banner() string {
	if !r.Fake() {
		return ""
	}
	return "FAKES: " + r.doubles() + " in this run. It shows that the guide can be read, that every check runs " +
		"to its end and that harness and doubles agree. It shows nothing about authentik or Immich: no run with a " +
		"fake in it ever says \"conformant\". Run with --stack containers to judge the products."
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
		return "in-process doubles stand for both products"
	case 1:
		return "a double stands for " + names[0]
	}
	return "doubles stand for " + strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
