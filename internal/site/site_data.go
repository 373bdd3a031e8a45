package site

import (
	"encoding/json"
	"path"
	"strings"
	"time"

	"github.com/ssoproof/ssoproof/internal/report"
)

// siteDocument is matrix.json.
type siteDocument struct {
	SchemaVersion int            `json:"schemaVersion"`
	Tool          string         `json:"toolVersion"`
	Verdict       report.Verdict `json:"verdict"`
	Cells         []siteCell     `json:"cells"`
	Rows          []siteAxis     `json:"rows"`
	Columns       []siteAxis     `json:"columns"`
}

type siteCell struct {
	report.Cell
	Verdict report.Verdict `json:"verdict,omitempty"` // absent: planned, but there is no run
	Report  string         `json:"report,omitempty"`  // path of its page
	Run     *siteRun       `json:"run,omitempty"`
	Checks  map[string]int `json:"checks,omitempty"`
	Broken  []string       `json:"broken,omitempty"`
	Command string         `json:"command"`
	Older   []siteRun      `json:"older,omitempty"`
}

// folder is the name of the cell's folder within the site; empty where there is none, or what is named is no such folder.
func (c siteCell) folder() string {
	name, file := path.Split(c.Report)
	name = strings.TrimSuffix(name, "/")
	if file != report.HTMLFile || name == "" || name == "." || name == ".." || strings.ContainsAny(name, `/\\`) {
		return ""
	}
	return name
}

type siteRun struct {
	ID      string         `json:"id"`
	Started time.Time      `json:"started"`
	Verdict report.Verdict `json:"verdict"`
}

// siteAxis is a row or a column of the page: one release of the one product under a guide, or, where none is named, each
// release of authentik under its own.
type siteAxis struct {
	Guide     string `json:"guide,omitempty"`
	Authentik string `json:"authentik,omitempty"`
	Immich    string `json:"immich,omitempty"`
	bounds
}

// siteJSON is the matrix as data.
func siteJSON(m *matrixView) ([]byte, error) {
	d := siteDocument{
		SchemaVersion: report.SchemaVersion, Tool: m.Tool, Verdict: m.Verdict,
		Cells: []siteCell{}, Rows: []siteAxis{}, Columns: []siteAxis{},
	}
	runOf := func(b *bundle) siteRun { return siteRun{b.Run.ID, b.Run.Started.UTC(), b.Verdict} }
	for _, c := range m.Cells {
		one := siteCell{Cell: c.Cell, Broken: c.Broken(), Command: c.Command()}
		if c.Judged() {
			latest := runOf(c.bundle)
			one.Verdict, one.Run, one.Report = c.Verdict, &latest, path.Join(c.Dir, report.HTMLFile)
			one.Checks = map[string]int{"planned": c.planned, "passed": c.tally[report.Passed], "failed": c.tally[report.Violating], "unjudged": c.tally[report.Unjudged]}
		}
		for _, b := range c.Older {
			one.Older = append(one.Older, runOf(b))
		}
		d.Cells = append(d.Cells, one)
	}
	for _, t := range m.Tables {
		for _, row := range t.Rows {
			d.Rows = append(d.Rows, siteAxis{Guide: row.Guide, Authentik: row.Authentik, bounds: row.bounds})
		}
		for i, immich := range t.Columns {
			d.Columns = append(d.Columns, siteAxis{Guide: t.Guide, Immich: immich, bounds: t.Bounds[i]})
		}
	}
	data, err := json.MarshalIndent(d, "", "  ")
	return append(data, '\n'), err
}
