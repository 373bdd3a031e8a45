package compare

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/evidence"
	"github.com/ssoproof/ssoproof/internal/plain"
	"github.com/ssoproof/ssoproof/internal/report"
)

// side is one run, with a result for every check that it planned.
type side struct {
	which      string // before or after
	report     *report.Report
	names      []string // in the order of the plan
	results    map[string]check.Result
	notReached map[string]bool // planned, but the run was cut off before
}

func sideOf(which string, r *report.Report) *side {
	s := &side{which: which, report: r, results: map[string]check.Result{}, notReached: map[string]bool{}}
	ended := map[string]bool{}
	for _, result := range r.Checks {
		ended[result.Name()] = true
	}
	for _, result := range r.Complete() {
		name := result.Name()
		s.names = append(s.names, name)
		s.results[name] = result
		s.notReached[name] = !ended[name]
	}
	return s
}

// takePlan makes a run that ended before its plan one that did not reach the other's: nothing is gone for that.
func (s *side) takePlan(other *side) {
	if len(s.names) > 0 {
		return
	}
	planned := report.Report{Plan: report.Plan{Checks: other.names}}
	for _, result := range planned.Complete() {
		s.names = append(s.names, result.Name())
		s.results[result.Name()] = result
		s.notReached[result.Name()] = true
	}
}

func (s *side) run() Run {
	return Run{
		ID: s.report.Run.ID, Tool: s.report.Run.Tool, Cell: s.report.Cell, Stack: s.report.Stack.Kind, Fake: s.report.Fake(),
		Verdict: s.report.Verdict, Planned: len(s.names), NotReached: s.missing(),
	}
}

func (s *side) missing() int {
	n := 0
	for _, missing := range s.notReached {
		if missing {
			n++
		}
	}
	return n
}

// outcome is nil for a check that was not planned.
func (s *side) outcome(name string) *Outcome {
	r, planned := s.results[name]
	if !planned {
		return nil
	}
	// The tokens of secrets differ in each run.
	o := &Outcome{Status: r.Status, Reason: evidence.WithoutRun(r.Reason), Findings: slices.Clone(r.Findings)}
	for i, f := range o.Findings {
		for _, text := range []*string{&o.Findings[i].Message, &o.Findings[i].Expected, &o.Findings[i].Actual} {
			*text = evidence.WithoutRun(*text)
		}
		if q := slices.IndexFunc(r.Requirements, func(j check.Judgement) bool { return j.Key == f.Requirement }); q >= 0 {
			o.Findings[i].Source = cmp.Or(f.Source, r.Requirements[q].Source)
		}
	}
	return o
}

// excluded is why a check was not planned; empty where no reason is known, e.g. since the guide lists no such URI.
func (s *side) excluded(name string) (reason string, why report.Why) {
	id, _, _ := strings.Cut(name, "[")
	for _, e := range s.report.Plan.Excluded {
		switch check.Name(e.ID, e.Variant) {
		case name:
			return e.Reason, e.Why
		case id: // without a variant: all of them
			reason, why = e.Reason, e.Why
		}
	}
	return reason, why
}

// notes says what a reader has to know of the two runs before believing what follows.
func notes(before, after *side) []string {
	var all []string
	for _, s := range []*side{before, after} {
		if text := s.cutOff(); text != "" {
			all = append(all, s.which+": "+text)
		}
	}
	if before.report.Fake() && after.report.Fake() {
		all = append(all, "both runs had fakes in them: nothing is said about the products")
	}
	if b, a := before.report.Run.Tool, after.report.Run.Tool; b != a {
		all = append(all, fmt.Sprintf("made by two versions of ssoproof, %s and %s: a check may judge otherwise now", named(b), named(a)))
	}
	return all
}

// cutOff says that a run did not come to its end; empty where it did.
func (s *side) cutOff() string {
	text := ""
	switch missing := s.missing(); {
	case s.report.Run.Error != "":
		text = "the run ended early: " + strings.TrimSuffix(plain.OneLine(s.report.Run.Error), ".")
	case s.report.Verdict == report.Interrupted:
		text = "the run was interrupted"
	case missing > 0:
		text = "the run did not come to its end"
	default:
		return ""
	}
	if missing := s.missing(); missing > 0 {
		text += fmt.Sprintf("; not reached, so neither new nor gone: %d of %s", missing, plain.Count(len(s.names), "check"))
	}
	return text
}

// differentInKind says why there is nothing to compare; empty where there is.
func differentInKind(before, after *side) string {
	common := slices.ContainsFunc(before.names, func(name string) bool { _, has := after.results[name]; return has })
	switch {
	case before.report.Fake() && !after.report.Fake():
		return "The run before had fakes in it and the run after had none: what a double does says nothing about a product."
	case !before.report.Fake() && after.report.Fake():
		return "The run after had fakes in it and the run before had none: what a double does says nothing about a product."
	case len(before.names)+len(after.names) == 0:
		return "Neither run has a check."
	case !common:
		return "The two runs have no check in common: name two runs of the same selection of checks."
	}
	return ""
}

func named(version string) string { return cmp.Or(version, "(unnamed)") }
