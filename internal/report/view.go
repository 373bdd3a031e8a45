package report

import (
	"regexp"
	"slices"
	"strconv"
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
	c := check.Result{ID: id, Level: check.Must, Status: check.Inconclusive, Reason: unendedReason}
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

// Reasons of checks that say nothing on their own.
const (
	unendedReason = "the run ended before this check did"
	notBegun      = "not begun: " // begins the reason that the runner gives
)

// echo reports whether a check did not run for a reason that is told elsewhere, once.
func echo(r check.Result) bool {
	return r.Status == check.Skip ||
		r.Status == check.Inconclusive && (r.Reason == unendedReason || strings.HasPrefix(r.Reason, notBegun))
}

// theme is the first part of an ID.
func theme(id string) string {
	name, _, _ := strings.Cut(id, ".")
	return name
}

// group is the results of one theme.
type group struct {
	Theme   string
	Results []check.Result
}

// byTheme groups results, the themes in the order of their first check.
func byTheme(results []check.Result) []group {
	var groups []group
	for _, r := range results {
		name := theme(r.ID)
		i := slices.IndexFunc(groups, func(g group) bool { return g.Theme == name })
		if i < 0 {
			i = len(groups)
			groups = append(groups, group{Theme: name})
		}
		groups[i].Results = append(groups[i].Results, r)
	}
	return groups
}

func tally(results []check.Result) map[weight]int {
	n := map[weight]int{}
	for _, r := range results {
		n[weigh(r)]++
	}
	return n
}

// statuses is every status, in the order in which outputs name them.
func statuses() []check.Status {
	return []check.Status{check.Fail, check.UnexpectedPass, check.Error, check.Inconclusive, check.Skip,
		check.ExpectedFail, check.Pass}
}

// section is the results of one weight, under a title.
type section struct {
	Title   string
	Weight  weight
	Results []check.Result
}

// sections is what a person has to look at, worst first; what passed or did not run is in none.
func sections(results []check.Result) []section {
	all := []section{
		{Title: "What failed", Weight: violation}, {Title: "What could not be judged", Weight: unjudged},
		{Title: "Recommendations that are not met", Weight: advice}, {Title: "Known issues", Weight: known},
		{Title: "For information", Weight: note},
	}
	for i := range all {
		for _, r := range results {
			if weigh(r) == all[i].Weight && !echo(r) {
				all[i].Results = append(all[i].Results, r)
			}
		}
	}
	return slices.DeleteFunc(all, func(s section) bool { return len(s.Results) == 0 })
}

// problem is a finding together with the requirement that it breaks.
type problem struct {
	check.Finding
	Text string // of the requirement
	Of   string // its source
}

// problems is what a result found; a result without findings that counts as broken gives its reason.
func problems(r check.Result) []problem {
	var list []problem
	for _, f := range r.Findings {
		p := problem{Finding: f}
		if i := slices.IndexFunc(r.Requirements, func(j check.Judgement) bool { return j.Key == f.Requirement }); i >= 0 {
			p.Text, p.Of = r.Requirements[i].Text, r.Requirements[i].Source
		}
		list = append(list, p)
	}
	if len(list) == 0 && r.Reason != "" {
		list = append(list, problem{Finding: check.Finding{Message: r.Reason}})
	}
	return list
}

var fileLine = regexp.MustCompile(`^(.+\.[A-Za-z]{1,5}):([0-9]+)$`)

// place splits "guide.md:37"; ok is false for a source that is no line of a file.
func place(source string) (file string, line int, ok bool) {
	m := fileLine.FindStringSubmatch(source)
	if m == nil {
		return "", 0, false
	}
	line, err := strconv.Atoi(m[2])
	return m[1], line, err == nil
}

// requirement is the text and, in brackets, its source.
func (p problem) requirement() string {
	if p.Text == "" || p.Of == "" {
		return p.Text + p.Of
	}
	return p.Text + " (" + p.Of + ")"
}

// anchor is the line of the guide that a result is shown at: the one at fault, else the first of its requirements.
func anchor(r check.Result) (file string, line int, ok bool) {
	for _, p := range problems(r) {
		for _, source := range []string{p.Source, p.Of} {
			if file, line, ok = place(source); ok {
				return file, line, ok
			}
		}
	}
	for _, j := range r.Requirements {
		if file, line, ok = place(j.Source); ok {
			return file, line, ok
		}
	}
	return "", 0, false
}
