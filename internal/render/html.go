package render

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/report"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/plain"
)

//go:embed report.html.tmpl
var page string

// Look is what all pages share of their style.
//
//go:embed look.css
var Look string

// HTML renders the report as one page that needs nothing but the evidence beside it.
func HTML(r *report.Report) ([]byte, error) {
	t, err := template.New("report").Funcs(template.FuncMap{
		"seconds":  plain.Seconds,
		"slug":     Slug,
		"problems": report.Problems,
		"shown":    plain.Printable,
		"link":     func(at check.Source) string { return guideLink(r.Settings, at) },
		"line":     func(n int) check.Source { return check.Source{File: r.Settings.Source, Line: n} },
		"rerun":    r.Rerun,
		"megabyte": func(n int64) string { return fmt.Sprintf("%.0f MiB", float64(n)/(1<<20)) },
		"share":    share,
		"longest":  longest,
		"stuck":    stuck,
		"picture":  func(e check.Evidence) bool { return e.Kind == "screenshot" },
		"weight":   ClassOf,
		"status":   statusOf,
		"class":    func(c check.Result) string { return ClassOf(report.Weigh(c)) },
		"broken": func(c check.Result) bool {
			return report.Weigh(c) != report.Passed && report.Weigh(c) != report.Skipped
		},
	}).Parse(page)
	if err == nil {
		_, err = t.New("look").Parse(Look)
	}
	if err != nil {
		return nil, fmt.Errorf("read the page's template: %w", err)
	}
	var out bytes.Buffer
	if err := t.Execute(&out, newPage(r)); err != nil {
		return nil, fmt.Errorf("render the page: %w", err)
	}
	return out.Bytes(), nil
}

// pageView is what the template shows.
type pageView struct {
	*report.Report
	Opening  string
	Remarks  []string
	Banner   string
	Class    string // of the verdict
	Counts   []statusCount
	Total    int
	Sections []section // broken results, worst first
	Themes   []group
	Source   string // of the guide
	Settings []setting
	Command  string
	Start    string
}

type statusCount struct {
	Status check.Status
	Class  string
	N      int
}

func newPage(r *report.Report) pageView {
	results := r.Complete()
	v := pageView{
		Report: r, Opening: r.Opening(results), Remarks: r.Remarks(results), Banner: r.Banner(),
		Class: VerdictClass(r.Verdict), Total: len(results),
		Themes: byTheme(results), Source: r.Settings.Source, Settings: settingRows(r), Start: "cold start",
	}
	if r.Stack.Warm {
		v.Start = "warm start from a snapshot"
	}
	v.Command = report.ShellLine(r.Run.Command)
	for _, s := range report.Statuses() {
		c := statusCount{Status: s}
		for _, one := range report.Counted(results) {
			if one.Status != s {
				continue
			}
			w := report.Weigh(one)
			if c.N++; c.N == 1 || w == report.Violating || w == report.Unjudged { // the number has the colour of the worst
				c.Class = ClassOf(w)
			}
		}
		if c.N > 0 {
			v.Counts = append(v.Counts, c)
		}
	}
	v.Sections = sections(results)
	return v
}

// ClassOf is the colour of a weight.
func ClassOf(w report.Weight) string {
	switch w {
	case report.Passed:
		return "good"
	case report.Violating:
		return "bad"
	case report.Unjudged:
		return "unclear"
	case report.Advice, report.ForInformation, report.Excused:
		return "notice"
	default:
		return "quiet"
	}
}

// VerdictClass is the colour of a verdict.
func VerdictClass(v report.Verdict) string {
	switch v {
	case report.Conformant:
		return "good"
	case report.Violation, report.FakesFailed:
		return "bad"
	case report.FakesOK, report.Partial:
		return "notice"
	default:
		return "unclear"
	}
}

// Slug makes a name fit for a fragment of the page's address.
func Slug(name string) string {
	return "check-" + strings.Map(func(c rune) rune {
		if strings.ContainsRune("[],= ", c) {
			return '_'
		}
		return c
	}, name)
}

// guideLink is the public address of a line of the guide, where the revision's commit is known.
func guideLink(s guide.Settings, at check.Source) string {
	if at.Line == 0 || at.File != s.Source {
		return ""
	}
	if u, err := url.Parse(at.File); err == nil && u.Scheme == "https" {
		return at.File
	}
	if s.Commit == "" || !strings.HasPrefix(at.File, "website/") {
		return ""
	}
	return fmt.Sprintf("https://github.com/goauthentik/authentik/blob/%s/%s?plain=1#L%d", s.Commit, at.File, at.Line)
}

// longest is the time that bars are drawn against.
func longest(steps []check.Step) float64 {
	top := 0.0
	for _, s := range steps {
		top = max(top, s.Seconds)
	}
	return top
}

// stuck reports whether a step failed.
func stuck(steps []check.Step) bool {
	return slices.ContainsFunc(steps, func(s check.Step) bool { return s.Error != "" })
}

// share is a part of a whole in per cent.
func share(part, whole float64) string {
	if whole <= 0 {
		return "0"
	}
	return fmt.Sprintf("%.1f", min(100, 100*part/whole))
}

// setting is a row of the table of settings.
type setting struct {
	Name, Value, How string
	Line             int
	State            report.State // empty where the run did not come that far
	Why              string       // it is not covered
}

// Class is the colour of what the run says.
func (s setting) Class() string {
	return map[report.State]string{report.Proven: "good", report.Contradicted: "bad", report.NotCovered: "unclear"}[s.State]
}

// settingRows are the values that the guide documents, each with what the run says of it, and then what it is silent on.
func settingRows(r *report.Report) []setting {
	var rows []setting
	for _, d := range r.Settings.Documented() {
		row := setting{Name: d.Key, Value: d.Value, How: d.How, Line: d.Line}
		if i := slices.IndexFunc(r.Coverage, func(c report.Coverage) bool { return c.Setting == d.Key }); i >= 0 {
			row.State, row.Why = r.Coverage[i].State, r.Coverage[i].Reason
		}
		rows = append(rows, row)
	}
	for _, name := range r.Settings.Undocumented() {
		rows = append(rows, setting{Name: name})
	}
	return rows
}
