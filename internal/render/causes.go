package render

import (
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/plain"
	"github.com/ssoproof/ssoproof/internal/report"
)

// fact is one labelled line of a cause.
type fact struct {
	label, text string
	code        bool // it is to be typed or looked up as it stands
}

// remedy is who has to change what, and why. Nothing in it is empty.
func remedy(c report.Cause) []fact {
	return filled([]fact{
		{label: "at fault", text: atFault(c)},
		{label: "because", text: c.Explanation},
		{label: "fix", text: c.Fix.Text},
		{label: "where", text: c.Fix.UI},
		{label: "field", text: c.Fix.API, code: true},
	})
}

// grounds is how a cause is known, what it explains, and the command that shows it again.
func grounds(r *report.Report, c report.Cause) []fact {
	var all []fact
	for _, text := range c.Evidence[:min(fewSeen, len(c.Evidence))] {
		all = append(all, fact{label: "seen", text: text})
	}
	for _, a := range c.Alternatives {
		all = append(all, fact{label: "or else", text: sentence(a.Title) + ": " + a.Tell})
	}
	all = append(all, fact{label: relation(c), text: few(c.Checks)})
	if len(c.Checks) > 0 {
		all = append(all, fact{label: "rerun", text: r.Rerun(c.Checks[0]), code: true})
	}
	return filled(all)
}

func filled(facts []fact) []fact {
	return slices.DeleteFunc(facts, func(f fact) bool { return strings.TrimSpace(f.text) == "" })
}

// Of long lists only the beginning is told: report.html has all.
const fewSeen = 3

// atFault is who has to change something and, in the guide, where.
func atFault(c report.Cause) string {
	at := check.Source{File: c.Fix.File, Line: c.Fix.Line}.String()
	if who := c.Side.AtFault(); who != "" && at != "" {
		return who + ", " + at
	}
	return c.Side.AtFault() + at
}

// relation is what a cause has to do with its checks: an unknown one explains nothing.
func relation(c report.Cause) string {
	if c.ID == report.Unknown {
		return "seen by"
	}
	return "explains"
}

// few folds names.
func few(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return plain.Count(len(names), "check") + ": " + plain.Few(names)
}

// sentence is a title within a sentence.
func sentence(title string) string { return strings.TrimRight(strings.TrimSpace(title), ".") }
