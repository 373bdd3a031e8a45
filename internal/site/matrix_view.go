package site

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/render"
	"github.com/ssoproof/ssoproof/internal/report"

	"github.com/ssoproof/ssoproof/internal/plain"
	"github.com/ssoproof/ssoproof/internal/version"
)

// matrixView is what a site shows, and in which order.
type matrixView struct {
	Verdict report.Verdict
	Tool    string
	Bundles int
	Cells   []cellView
	Tables  []tableView
}

// cellView is a pair under a guide, with the run that counts for it.
type cellView struct {
	report.Cell
	*bundle           // nil: planned, but there is no run
	Dir     string    // of its own report, within the site
	Older   []*bundle // runs of the same cell, from new to old
	own     bool      // the guide is the one that this authentik ships
}

// newMatrixView takes the bundles of each cell, newest first, and what was planned.
func newMatrixView(cells [][]*bundle, planned []report.Cell, catalogue *version.Catalogue) *matrixView {
	m := &matrixView{}
	taken := map[string]bool{indexFile: true, matrixFile: true, report.SummaryFile: true}
	for _, runs := range cells {
		m.Cells = append(m.Cells, cellView{Cell: runs[0].Cell, bundle: runs[0], Dir: folderName(runs[0].Cell, taken), Older: runs[1:]})
		m.Tool = runs[0].Run.Tool
	}
	for _, c := range planned {
		if !slices.ContainsFunc(m.Cells, func(known cellView) bool { return known.Cell == c }) {
			m.Cells = append(m.Cells, cellView{Cell: c})
		}
	}
	slices.SortStableFunc(m.Cells, func(a, b cellView) int { return compareCells(a.Cell, b.Cell) })
	shipped := map[string]string{}
	for _, r := range catalogue.Releases(version.Authentik) {
		shipped[r.Version] = r.Guide
	}
	for i := range m.Cells {
		m.Cells[i].own = shipped[m.Cells[i].Authentik] == m.Cells[i].Guide
	}
	m.Verdict = m.judge()
	m.Tables = m.tables()
	return m
}

// judged are the cells that have a run.
func (m *matrixView) judged() []cellView {
	return slices.DeleteFunc(slices.Clone(m.Cells), func(c cellView) bool { return c.bundle == nil })
}

// Judged reports whether the cell has a run.
func (c cellView) Judged() bool { return c.bundle != nil }

// Status is the verdict in the words of the page.
func (c cellView) Status() string {
	if c.bundle == nil {
		return missing
	}
	return string(c.Verdict)
}

// missing is a cell that was planned and has no run.
const missing = "missing"

// cellStatuses lists what a cell can be, worst first, each with the mark that tells it apart without colour.
func cellStatuses() []struct{ Status, Mark string } {
	return []struct{ Status, Mark string }{
		{string(report.Violation), "✗"}, {string(report.FakesFailed), "◇✗"}, {missing, "!"}, {string(report.Interrupted), "…"},
		{string(report.Inconclusive), "?"}, {string(report.FakesOK), "◇"}, {string(report.Partial), "◐"}, {string(report.Conformant), "✓"},
	}
}

// Mark is a sign for the status.
func (c cellView) Mark() string {
	for _, s := range cellStatuses() {
		if s.Status == c.Status() {
			return s.Mark
		}
	}
	return ""
}

// Class is the colour of the cell.
func (c cellView) Class() string {
	if c.bundle == nil {
		return "unclear missing"
	}
	class := render.VerdictClass(c.Verdict)
	if c.fake() {
		class += " fake"
	}
	return class
}

// Checks says how many checks stand behind the verdict.
func (c cellView) Checks() string {
	if c.bundle == nil {
		return "no report"
	}
	text := fmt.Sprintf("%d of %d passed", c.tally[report.Passed], c.planned)
	switch {
	case c.tally[report.Violating] > 0:
		text = fmt.Sprintf("%d of %d failed", c.tally[report.Violating], c.planned)
	case c.tally[report.Unjudged] > 0:
		text = fmt.Sprintf("%d of %d unjudged", c.tally[report.Unjudged], c.planned)
	}
	if c.leftOut > 0 { // a part of the catalogue is no whole
		text += fmt.Sprintf(", %d left out", c.leftOut)
	}
	return text
}

// Broken names checks that did not pass.
func (c cellView) Broken() []string {
	if c.bundle == nil {
		return nil
	}
	names := slices.Clone(c.broken)
	if more := cmp.Or(c.tally[report.Violating], c.tally[report.Unjudged]) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return names
}

// Command repeats the cell's run: its own flags, and the cell by name, so that it means the same later.
func (c cellView) Command() string {
	args := []string{"ssoproof", "run", "--authentik", c.Authentik, "--immich", c.Immich, "--guide", c.Guide}
	if c.bundle != nil {
		own := report.WithoutFlags(c.Run.Command, "--authentik", "--immich", "--guide", "--out")
		if i := slices.Index(own, "run"); i >= 0 {
			own = own[i+1:]
			args = append(args, own...)
		}
		if !slices.ContainsFunc(own, func(arg string) bool { return strings.HasPrefix(arg, "--stack") }) && c.Stack.Kind != "" {
			args = append(args, "--stack", string(c.Stack.Kind))
		}
	}
	return report.ShellLine(args)
}

// ID is the cell's name within the page.
func (c cellView) ID() string { return render.Slug(c.Cell.String()) }

// judge is the verdict over all cells: a violation is never masked, what is missing is not conformant, and one fake among
// many is enough for the whole to be none.
func (m *matrixView) judge() report.Verdict {
	for _, s := range cellStatuses() {
		if !slices.ContainsFunc(m.Cells, func(c cellView) bool { return c.Status() == s.Status }) {
			continue
		}
		if s.Status == missing || s.Status == string(report.Interrupted) {
			return report.Inconclusive
		}
		return report.Verdict(s.Status)
	}
	return report.Inconclusive
}

// Counts are the cells of each status, worst first.
func (m *matrixView) Counts() []string {
	var parts []string
	for _, s := range cellStatuses() {
		n := 0
		for _, c := range m.Cells {
			if c.Status() == s.Status {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s.Status))
		}
	}
	return parts
}

// Headline says in plain words what the matrix proves.
func (m *matrixView) Headline() string {
	text := map[report.Verdict]string{
		report.Conformant:   "The guide holds on every cell",
		report.Partial:      "All that was selected holds on every cell, and some checks were left out",
		report.Violation:    "The guide does not hold on every cell",
		report.Inconclusive: "Not every cell could be judged",
		report.FakesOK:      "Doubles stood for a product in at least one cell, which proves nothing about it",
		report.FakesFailed:  "On the built-in simulations something fails in at least one cell",
	}[m.Verdict]
	return fmt.Sprintf("%s: %s of %s.", text, strings.Join(m.Counts(), ", "), plain.Count(len(m.Cells), "cell"))
}
