package render

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/report"
)

// checkView is a result as the page shows it.
type checkView struct {
	check.Result
	viewer
}

// Class is its colour.
func (c checkView) Class() string { return ClassOf(report.Weigh(c.Result)) }

// Word is its status in a word.
func (c checkView) Word() string { return statusOf(c.Result) }

// Says is what a row tells of it.
func (c checkView) Says() string {
	return cmp.Or(c.why(), c.Title)
}

// why is its reason. One that others did not let run names them as a person knows them.
func (c checkView) why() string { return cmp.Or(c.report.Since(c.Result), c.Reason) }

// Open reports whether there is no other place that tells of it: it did not come out well and no cause explains it.
func (c checkView) Open() bool {
	w := report.Weigh(c.Result)
	return (w == report.Violating || w == report.Unjudged) && !report.Echo(c.Result) && c.report.Explanation(c.Result) == nil
}

// Cause is the number of the cause that names it; 0: none does.
func (c checkView) Cause() int {
	return 1 + slices.IndexFunc(c.told, func(k report.Cause) bool { return slices.Contains(k.Checks, c.Name()) })
}

// Problems is what it found, each with the requirement that it breaks; nil: its row says everything.
func (c checkView) Problems() []problemView {
	if len(c.Findings) == 0 && !strings.Contains(c.Reason, "\n") {
		return nil
	}
	var all []problemView
	for _, p := range report.Problems(c.Result) {
		all = append(all, viewProblem(p))
	}
	return all
}

// demand is a requirement and, in a word, what became of it.
type demand struct {
	check.Judgement
	Word string
}

// Demands are its requirements; nil where its only finding has named the only one.
func (c checkView) Demands() []demand {
	if len(c.Requirements) == 1 && len(c.Findings) > 0 && c.Findings[0].Requirement == c.Requirements[0].Key {
		return nil
	}
	var all []demand
	for _, j := range c.Requirements {
		word := strings.ReplaceAll(j.Outcome, "-", " ")
		if j.Outcome == check.Failed && c.Level == check.Info {
			word = "not so"
		}
		all = append(all, demand{j, word})
	}
	return all
}

// Repeatable reports whether somebody may want to see it again: it began and did not pass.
func (c checkView) Repeatable() bool {
	return report.Weigh(c.Result) != report.Passed && !report.Echo(c.Result)
}

// Rerun is the command that repeats it.
func (c checkView) Rerun() string { return c.report.Rerun(c.Name()) }

// Anchor is the line of the guide that it is about; zero: none.
func (c checkView) Anchor() check.Source { return anchor(c.Result) }

// Sequence is who said what to whom; nil: that was not recorded.
func (c checkView) Sequence() *sequence { return newSequence(Slug(c.Name()), c.Messages) }

// Began is how many seconds after the run it did.
func (c checkView) Began() float64 { return max(0, c.Started.Sub(c.report.Run.Started).Seconds()) }

// Holds says of what is for information whether it is so. It cannot fail.
func (c checkView) Holds() string {
	switch c.Status {
	case check.Pass:
		return "yes"
	case check.Fail:
		return "no"
	}
	return "not judged"
}

// Seen is what was seen of it, without what a check would have expected.
func (c checkView) Seen() []string {
	var all []string
	for _, f := range c.Findings {
		if !slices.Contains(all, f.Message) {
			all = append(all, f.Message)
		}
	}
	switch {
	case len(all) > 0:
		return all
	case c.Reason != "":
		return []string{c.why()}
	}
	for _, key := range slices.Sorted(maps.Keys(c.Observations)) {
		all = append(all, key+": "+c.Observations[key])
	}
	return all
}

// bar is a step on the check's timeline, in per cent of the whole.
type bar struct {
	check.Step
	From, Width string
	Class       string
}

// Bars are the steps one after the other.
func (c checkView) Bars() []bar {
	whole, at := 0.0, 0.0
	for _, s := range c.Steps {
		whole += s.Seconds
	}
	var all []bar
	for _, s := range c.Steps {
		one := bar{Step: s, From: share(at, whole), Width: share(s.Seconds, whole)}
		if s.Error != "" && c.Level != check.Info {
			one.Class = "bad"
		}
		all = append(all, one)
		at += s.Seconds
	}
	return all
}

// Pictures are what the browser showed.
func (c checkView) Pictures() []check.Evidence { return c.evidence(true) }

// Files are the exchanges and the logs.
func (c checkView) Files() []check.Evidence { return c.evidence(false) }

func (c checkView) evidence(pictures bool) []check.Evidence {
	return slices.DeleteFunc(slices.Clone(c.Evidence), func(e check.Evidence) bool {
		return (e.Kind == "screenshot") != pictures
	})
}

// Stuck reports whether a step failed.
func (c checkView) Stuck() bool {
	return slices.ContainsFunc(c.Steps, func(s check.Step) bool { return s.Error != "" })
}

// share is a part of a whole in per cent.
func share(part, whole float64) string {
	if whole <= 0 {
		return "0"
	}
	return fmt.Sprintf("%.1f", min(100, 100*part/whole))
}

// information is the results that do not count.
func (v viewer) information(results []check.Result) []checkView {
	var all []checkView
	for _, r := range results {
		if len(report.Counted([]check.Result{r})) == 0 {
			all = append(all, v.check(r))
		}
	}
	return all
}
