package render

import (
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/report"
)

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

// statusOf is the status in a word: what is for information did not fail, and advice says that it is.
func statusOf(r check.Result) string {
	switch report.Weigh(r) {
	case report.ForInformation:
		return "info"
	case report.Advice:
		return string(r.Status) + " (" + string(r.Level) + ")"
	}
	return string(r.Status)
}

// section is the results of one weight, under a title.
type section struct {
	Title   string
	Weight  report.Weight
	Results []check.Result
}

// sections is what a person has to look at, worst first; what passed or did not run is in none.
func sections(results []check.Result) []section {
	all := []section{
		{Title: "What failed", Weight: report.Violating}, {Title: "What could not be judged", Weight: report.Unjudged},
		{Title: "Recommendations that are not met", Weight: report.Advice}, {Title: "Known issues", Weight: report.Excused},
		{Title: "For information", Weight: report.ForInformation},
	}
	for i := range all {
		for _, r := range results {
			if report.Weigh(r) == all[i].Weight && !report.Echo(r) {
				all[i].Results = append(all[i].Results, r)
			}
		}
	}
	return slices.DeleteFunc(all, func(s section) bool { return len(s.Results) == 0 })
}

// requirement is the text and, in brackets, its source.
func requirement(p report.Problem) string {
	if p.Text == "" || p.Of.IsZero() {
		return p.Text + p.Of.String()
	}
	return p.Text + " (" + p.Of.String() + ")"
}

// anchor is the line of the guide that a result is shown at: the one at fault, else the first of its requirements; zero:
// there is none.
func anchor(r check.Result) check.Source {
	var sources []check.Source
	for _, p := range report.Problems(r) {
		sources = append(sources, p.Source, p.Of)
	}
	for _, j := range r.Requirements {
		sources = append(sources, j.Source)
	}
	i := slices.IndexFunc(sources, func(s check.Source) bool { return s.Line > 0 })
	if i < 0 {
		return check.Source{}
	}
	return sources[i]
}
