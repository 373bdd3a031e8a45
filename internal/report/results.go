package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/check"
)

// Complete is the results in the order of the plan, with one that says so for each planned check that has none.
func (r *Report) Complete() []check.Result {
	byName := make(map[string]check.Result, len(r.Checks))
	for _, c := range r.Checks {
		byName[c.Name()] = c
	}
	var all []check.Result
	for _, name := range r.Plan.Checks {
		c, ended := byName[name]
		if !ended {
			c = unended(name)
		}
		all = append(all, c)
		delete(byName, name)
	}
	for _, c := range r.Checks { // what no plan foresaw must not vanish
		if _, left := byName[c.Name()]; left {
			all = append(all, c)
		}
	}
	return all
}

func unended(name string) check.Result {
	id, rest, _ := strings.Cut(name, "[")
	c := check.Result{ID: id, Level: check.Must, Status: check.Inconclusive, NotBegun: true, Reason: "the run ended before this check did"}
	for _, pair := range strings.Split(strings.TrimSuffix(rest, "]"), ",") {
		if key, value, found := strings.Cut(pair, "="); found {
			if c.Variant == nil {
				c.Variant = check.Variant{}
			}
			c.Variant[key] = value
		}
	}
	return c
}

// Echo reports whether a check did not run for a reason that is told elsewhere, once.
func Echo(r check.Result) bool {
	return r.Status == check.Skip || r.NotBegun
}

// Since says for which others that did not pass a check did not run, by their titles; empty: it ran, or did not for another
// reason.
func (r *Report) Since(c check.Result) string {
	var roots []string
	for _, name := range c.BlockedBy {
		title, became := name, "could not be judged"
		if i := slices.IndexFunc(r.Checks, func(one check.Result) bool { return one.Name() == name }); i >= 0 {
			title = cmp.Or(strings.TrimRight(r.Checks[i].Title, "."), name)
			if s := r.Checks[i].Status; s == check.Fail || s == check.ExpectedFail || s == check.UnexpectedPass {
				became = "failed"
			}
		}
		roots = append(roots, `"`+title+`" `+became)
	}
	if len(roots) == 0 {
		return ""
	}
	return "not judged, since " + strings.Join(roots, " and ")
}

// Counted is the results that count: what is for information is a fact and neither passes nor fails.
func Counted(results []check.Result) []check.Result {
	return slices.DeleteFunc(slices.Clone(results), func(r check.Result) bool {
		return r.Level == check.Info && Weigh(r) != Unjudged && Weigh(r) != Violating
	})
}

// Tally counts the results of each weight.
func Tally(results []check.Result) map[Weight]int {
	n := map[Weight]int{}
	for _, r := range results {
		n[Weigh(r)]++
	}
	return n
}

// Statuses is every status, in the order in which outputs name them.
func Statuses() []check.Status {
	return []check.Status{check.Fail, check.UnexpectedPass, check.Error, check.Inconclusive, check.Skip,
		check.ExpectedFail, check.Pass}
}

// Problem is a finding together with the requirement that it breaks.
type Problem struct {
	check.Finding
	Text string       // of the requirement
	Of   check.Source // its source
}

// Problems is what a result found; a result without findings that counts as broken gives its reason.
func Problems(r check.Result) []Problem {
	var list []Problem
	for _, f := range r.Findings {
		p := Problem{Finding: f}
		if i := slices.IndexFunc(r.Requirements, func(j check.Judgement) bool { return j.Key == f.Requirement }); i >= 0 {
			p.Text, p.Of = r.Requirements[i].Text, r.Requirements[i].Source
		}
		list = append(list, p)
	}
	if len(list) == 0 && r.Reason != "" {
		list = append(list, Problem{Finding: check.Finding{Message: r.Reason}})
	}
	return list
}
