package site

import (
	"slices"

	"github.com/ssoproof/ssoproof/internal/report"

	"github.com/ssoproof/ssoproof/internal/version"
)

// tableView is the matrix of authentik and Immich under one guide, or under each release's own.
type tableView struct {
	Title   string
	Guide   string // empty: each authentik's own
	Columns []string
	Rows    []tableRow
	Bounds  []bounds // of each column
}

// tableRow is one release of authentik.
type tableRow struct {
	Authentik, Guide string
	Cells            []*cellView // by column; nil: not in the matrix
	bounds
}

// bounds say where along a row or a column the guide begins not to hold.
type bounds struct {
	LastGood string `json:"lastGood,omitempty"` // the newest version that is conformant
	FirstBad string `json:"firstBad,omitempty"` // the oldest one after it that is a violation
}

// tables shows each cell once: first under the guide that the release of authentik ships, as people have it, then a table
// for each guide that was applied to other releases.
func (m *matrixView) tables() []tableView {
	tables := []tableView{{Title: "Each authentik with the guide that it ships"}}
	var others []string
	for _, c := range m.Cells {
		if !c.own && !slices.Contains(others, c.Guide) {
			others = append(others, c.Guide)
		}
	}
	slices.Sort(others)
	for _, guide := range others {
		tables = append(tables, tableView{Title: "Guide " + guide, Guide: guide})
	}
	for i := range tables {
		t := &tables[i]
		t.fill(m.Cells, func(c *cellView) bool { return c.own && t.Guide == "" || !c.own && c.Guide == t.Guide })
	}
	return slices.DeleteFunc(tables, func(t tableView) bool { return len(t.Rows) == 0 })
}

// fill takes from the cells, which are in order, those that belong to the table.
func (t *tableView) fill(cells []cellView, belongs func(*cellView) bool) {
	for i := range cells {
		if c := &cells[i]; belongs(c) && !slices.Contains(t.Columns, c.Immich) {
			t.Columns = append(t.Columns, c.Immich)
		}
	}
	slices.SortFunc(t.Columns, version.Compare)
	for i := range cells {
		c := &cells[i]
		if !belongs(c) {
			continue
		}
		if len(t.Rows) == 0 || t.Rows[len(t.Rows)-1].Authentik != c.Authentik {
			t.Rows = append(t.Rows, tableRow{Authentik: c.Authentik, Guide: c.Guide, Cells: make([]*cellView, len(t.Columns))})
		}
		t.Rows[len(t.Rows)-1].Cells[slices.Index(t.Columns, c.Immich)] = c
	}
	for i := range t.Rows {
		t.Rows[i].bounds = boundsOf(t.Rows[i].Cells, func(c *cellView) string { return c.Immich })
	}
	for i := range t.Columns {
		var column []*cellView
		for _, row := range t.Rows {
			column = append(column, row.Cells[i])
		}
		t.Bounds = append(t.Bounds, boundsOf(column, func(c *cellView) string { return c.Authentik }))
	}
}

// boundsOf looks along cells from old to new. Runs on doubles are neither good nor bad.
func boundsOf(cells []*cellView, name func(*cellView) string) bounds {
	var b bounds
	for _, c := range cells {
		switch {
		case c == nil || c.bundle == nil:
		case c.Verdict == report.Conformant:
			b = bounds{LastGood: name(c)}
		case c.Verdict == report.Violation && b.FirstBad == "":
			b.FirstBad = name(c)
		}
	}
	return b
}
