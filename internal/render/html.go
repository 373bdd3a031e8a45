package render

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/url"
	"strings"

	"github.com/ssoproof/ssoproof/internal/report"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/plain"
)

// pages are the parts of report.html: one template for each section, the style and the script.
//
//go:embed page
var pages embed.FS

// Look is what all pages share of their style.
//
//go:embed page/look.css
var Look string

// HTML renders the report as one page that needs nothing but the evidence beside it. It works without its script, which
// only filters.
func HTML(r *report.Report) ([]byte, error) {
	v := viewer{report: r, told: r.Told()}
	t, err := template.New("report").Funcs(template.FuncMap{
		"seconds":  plain.Seconds,
		"slug":     Slug,
		"shown":    plain.Printable,
		"prose":    prose,
		"link":     func(at check.Source) string { return guideLink(r.Settings, at) },
		"name":     func(at check.Source) string { return plain.Printable(sourceName(r.Settings, at)) },
		"line":     func(n int) check.Source { file, at := r.Settings.Place(n); return check.Source{File: file, Line: at} },
		"at":       func(n int) string { return plain.Printable(r.Settings.At(n)) },
		"megabyte": func(n int64) string { return fmt.Sprintf("%.0f MiB", float64(n)/(1<<20)) },
		"count":    plain.Count,
		"weight":   ClassOf,
		"words":    func(keyword any) string { return strings.ReplaceAll(fmt.Sprint(keyword), "-", " ") },
		"view":     v.check,
	}).ParseFS(pages, "page/*")
	if err != nil {
		return nil, fmt.Errorf("read the page's template: %w", err)
	}
	var out bytes.Buffer
	if err := t.ExecuteTemplate(&out, "report.html.tmpl", v.page()); err != nil {
		return nil, fmt.Errorf("render the page: %w", err)
	}
	return out.Bytes(), nil
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
	case report.Advice, report.Excused:
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

// sourceName names a line of the guide in few words: the page names the guide once.
func sourceName(s guide.Settings, at check.Source) string {
	if at.Line > 0 && at.File == s.Source {
		return fmt.Sprintf("line %d of %s", at.Line, s.What())
	}
	return at.String()
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
