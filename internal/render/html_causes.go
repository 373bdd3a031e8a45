package render

import (
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/report"
)

// viewer makes of a report's parts what the page shows.
type viewer struct {
	report *report.Report
	told   []report.Cause // in the order of their numbers, from 1
}

func (v viewer) check(c check.Result) checkView { return checkView{c, v} }

// causeView is a cause with what it explains.
type causeView struct {
	report.Cause
	Number   int
	Class    string
	Explains []checkView
}

func (v viewer) causes(results []check.Result) []causeView {
	var all []causeView
	for i, c := range v.told {
		one := causeView{Cause: c, Number: i + 1, Class: ClassOf(v.report.WeighCause(c))}
		for _, r := range results {
			if slices.Contains(c.Checks, r.Name()) {
				one.Explains = append(one.Explains, v.check(r))
			}
		}
		all = append(all, one)
	}
	return all
}

// Who is who has to change something, in words.
func (c causeView) Who() string {
	if who := c.Side.AtFault(); who != "" {
		return who
	}
	return "not known"
}

// Where is the line of the guide to change; zero: none.
func (c causeView) Where() check.Source {
	if c.Fix.File == "" {
		return check.Source{}
	}
	return check.Source{File: c.Fix.File, Line: c.Fix.Line}
}

// Known reports whether a rule names the cause.
func (c causeView) Known() bool { return c.ID != report.Unknown }

// Relation is what the cause has to do with its checks.
func (c causeView) Relation() string {
	return strings.ToUpper(relation(c.Cause)[:1]) + relation(c.Cause)[1:]
}

// Threads are the links with what to show of each.
func (c causeView) Threads() []thread {
	var all []thread
	for _, address := range c.Links {
		all = append(all, thread{address, strings.TrimPrefix(address, "https://")})
	}
	return all
}

type thread struct{ Address, Text string }

// unexplained is what a person has to look at and no cause explains, worst first. What is for information has its own
// table.
func unexplained(r *report.Report, results []check.Result) []section {
	return slices.DeleteFunc(sections(r.Unexplained(results)), func(s section) bool { return s.Weight == report.ForInformation })
}
