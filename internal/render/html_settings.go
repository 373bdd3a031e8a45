package render

import (
	"slices"

	"github.com/ssoproof/ssoproof/internal/report"
)

// setting is a value that the guide documents, and what the run says of it.
type setting struct {
	Name, Value, How string
	Line             int
	State            state    // empty where the run did not come that far
	Why              string   // it is not covered
	Checks           []string // that put it to the proof
}

// state is what a run says of a value.
type state report.State

// Class is the colour of a state.
func (s state) Class() string {
	return map[report.State]string{report.Proven: "good", report.Contradicted: "bad", report.NotCovered: "unclear"}[report.State(s)]
}

// settingRows are the values that the guide documents, in the order of the page.
func settingRows(r *report.Report) []setting {
	var rows []setting
	for _, d := range r.Settings.Documented() {
		row := setting{Name: d.Key, Value: d.Value, How: d.How, Line: d.Line}
		if i := slices.IndexFunc(r.Coverage, func(c report.Coverage) bool { return c.Setting == d.Key }); i >= 0 {
			c := r.Coverage[i]
			row.State, row.Why, row.Checks = state(c.State), c.Reason, c.Checks
		}
		rows = append(rows, row)
	}
	return rows
}

type stateCount struct {
	State state
	N     int
}

// stateCounts is how many values are in each state.
func stateCounts(r *report.Report) []stateCount {
	var all []stateCount
	for _, s := range []report.State{report.Contradicted, report.NotCovered, report.Proven} {
		n := 0
		for _, c := range r.Coverage {
			if c.State == s {
				n++
			}
		}
		if n > 0 {
			all = append(all, stateCount{state(s), n})
		}
	}
	return all
}
