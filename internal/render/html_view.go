package render

import (
	"slices"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/report"
)

// pageView is what the template shows, in the order of the page.
type pageView struct {
	*report.Report
	Opening string
	Remarks []string
	Banner  string
	Class   string // of the verdict
	Command string
	Start   string // of the stack

	Causes   []causeView
	Sections []section // what no cause explains, worst first

	Source   string // of the guide
	Settings []setting
	States   []stateCount
	Silent   []string // what the guide documents nothing of

	Counts      []statusCount
	Themes      []group
	Total       int         // checks that count
	Information []checkView // those that do not
}

func (v viewer) page() pageView {
	r := v.report
	results := r.Complete()
	counted := report.Counted(results)
	p := pageView{
		Report: r, Opening: r.Opening(results), Remarks: r.Remarks(results), Banner: r.Banner(),
		Class: VerdictClass(r.Verdict), Command: report.ShellLine(r.Run.Command), Start: "cold start",
		Causes: v.causes(results), Sections: unexplained(r, results),
		Source: r.Settings.Source, Settings: settingRows(r), States: stateCounts(r), Silent: r.Settings.Undocumented(),
		Counts: statusCounts(counted), Themes: byTheme(counted), Total: len(counted), Information: v.information(results),
	}
	if r.Stack.Warm {
		p.Start = "warm start from a snapshot"
	}
	return p
}

// First is the cause whose change comes first; nil: there is none that says what to change.
func (v pageView) First() *causeView {
	i := slices.IndexFunc(v.Causes, func(c causeView) bool { return c.Fix.Text != "" })
	if i < 0 {
		return nil
	}
	return &v.Causes[i]
}

type statusCount struct {
	Status check.Status
	Class  string
	N      int
}

// statusCounts counts results by status; a number has the colour of the worst that it counts.
func statusCounts(counted []check.Result) []statusCount {
	var all []statusCount
	for _, s := range report.Statuses() {
		c := statusCount{Status: s}
		for _, one := range counted {
			if one.Status != s {
				continue
			}
			w := report.Weigh(one)
			if c.N++; c.N == 1 || w == report.Violating || w == report.Unjudged {
				c.Class = ClassOf(w)
			}
		}
		if c.N > 0 {
			all = append(all, c)
		}
	}
	return all
}
