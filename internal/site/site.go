package site

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"path"
	"path/filepath"
	"time"

	"github.com/ssoproof/ssoproof/internal/render"
	"github.com/ssoproof/ssoproof/internal/report"

	"github.com/ssoproof/ssoproof/internal/plain"
)

// The files of a site.
const (
	indexFile  = "index.html"
	matrixFile = "matrix.json"
)

//go:embed site.html.tmpl
var sitePage string

// renderSite writes index.html, matrix.json and summary.md.
func renderSite(dir string, m *matrixView) error {
	for _, file := range []struct {
		name   string
		render func(*matrixView) ([]byte, error)
	}{{indexFile, siteHTML}, {matrixFile, siteJSON}, {report.SummaryFile, siteSummary}} {
		data, err := file.render(m)
		if err == nil {
			err = report.Replace(filepath.Join(dir, file.name), data)
		}
		if err != nil {
			return fmt.Errorf("write %s: %w", file.name, err)
		}
	}
	return nil
}

func siteHTML(m *matrixView) ([]byte, error) {
	t, err := template.New("site").Funcs(template.FuncMap{
		"seconds": plain.Seconds,
		"shown":   plain.Printable,
		"class":   render.VerdictClass,
		"minute":  minute,
		"report":  func(c *cellView) string { return path.Join(c.Dir, report.HTMLFile) },
	}).Parse(sitePage)
	if err == nil {
		_, err = t.New("look").Parse(render.Look)
	}
	if err != nil {
		return nil, fmt.Errorf("read the page's template: %w", err)
	}
	var out bytes.Buffer
	if err := t.Execute(&out, m); err != nil {
		return nil, fmt.Errorf("render the page: %w", err)
	}
	return out.Bytes(), nil
}

// minute is a time as people read it.
func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// Span is when the first and the last of the runs that count began; empty where there is none.
func (m *matrixView) Span() []string {
	var first, last time.Time
	for _, c := range m.judged() {
		if first.IsZero() || c.Run.Started.Before(first) {
			first = c.Run.Started
		}
		if c.Run.Started.After(last) {
			last = c.Run.Started
		}
	}
	if first.IsZero() {
		return nil
	}
	return []string{minute(first), minute(last)}
}
