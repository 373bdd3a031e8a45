package render

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/plain"
	"github.com/ssoproof/ssoproof/internal/report"
)

// annotationLimit is how many annotations of one level GitHub shows of a step; what comes after them is lost.
const annotationLimit = 10

// Annotations are the workflow commands, one a line, with which a step of GitHub Actions shows at the lines of the guide
// why it failed: the causes, and the failing checks that none explains. Only a page that was given as a file has lines
// there. See https://docs.github.com/actions/reference/workflow-commands-for-github-actions.
func Annotations(r *report.Report) string {
	var all []annotation
	for _, c := range r.Told() {
		if c.ID != report.Unknown { // its checks are told one by one
			all = append(all, ofCause(r, c))
		}
	}
	for _, c := range r.Unexplained(r.Complete()) {
		if report.Weigh(c) == report.Violating {
			all = append(all, ofCheck(r, c))
		}
	}
	var b strings.Builder
	for _, level := range []string{"error", "warning", "notice"} {
		of := slices.DeleteFunc(slices.Clone(all), func(a annotation) bool { return a.level != level })
		if more := len(of) - annotationLimit + 1; more > 1 {
			of = append(of[:annotationLimit-1], annotation{level: level, title: "ssoproof", message: []string{fmt.Sprintf("%d more: the summary of the job has all", more)}})
		}
		for _, a := range of {
			b.WriteString(a.command())
		}
	}
	return b.String()
}

// annotation is one message at a line of a file.
type annotation struct {
	level   string
	at      check.Source // without a file it stands at no line
	title   string
	message []string // lines
}

func ofCause(r *report.Report, c report.Cause) annotation {
	a := annotation{level: "error", title: sentence(c.Title), at: inRepository(r, check.Source{File: c.Fix.File, Line: c.Fix.Line})}
	switch r.WeighCause(c) {
	case report.Unjudged:
		a.level = "warning"
	case report.Advice:
		a.level = "notice"
	}
	for _, f := range remedy(c) {
		a.message = append(a.message, capital(f.label)+": "+f.text)
	}
	a.message = append(a.message, capital(relation(c))+": "+few(c.Checks), r.Cell.String())
	return a
}

func ofCheck(r *report.Report, c check.Result) annotation {
	a := annotation{level: "error", title: string(c.Status) + " " + c.Name(), at: inRepository(r, anchor(c))}
	for _, p := range report.Problems(c) {
		for _, f := range filled([]fact{
			{label: "found", text: p.Message}, {label: "expected", text: p.Expected}, {label: "actual", text: p.Actual},
			{label: "at fault", text: p.Source.String()}, {label: "fix", text: p.Fix},
		}) {
			a.message = append(a.message, capital(f.label)+": "+f.text)
		}
	}
	a.message = append(a.message, r.Cell.String())
	return a
}

// inRepository is a line of a page that was given as a file. A revision that is built in, and a page of the web, have no
// file in the repository of the job.
func inRepository(r *report.Report, at check.Source) check.Source {
	if at.File == "" || strings.HasPrefix(at.File, "https://") || at.File == r.Settings.Source && r.Settings.Revision != "" {
		return check.Source{}
	}
	return check.Source{File: filepath.ToSlash(filepath.Clean(at.File)), Line: at.Line}
}

func (a annotation) command() string {
	properties := ""
	add := func(key, value string) {
		if value != "" {
			properties += "," + key + "=" + commandProperty.Replace(plain.Printable(value))
		}
	}
	add("file", a.at.File)
	if a.at.Line > 0 {
		add("line", strconv.Itoa(a.at.Line))
	}
	add("title", plain.Short(plain.OneLine(a.title), 200)) // GitHub takes 255
	lines := make([]string, len(a.message))
	for i, line := range a.message {
		lines[i] = plain.Short(plain.OneLine(line), findingLimit)
	}
	return "::" + a.level + " " + properties[1:] + "::" + commandData.Replace(strings.Join(lines, "\n")) + "\n"
}

// The escapes are those of GitHub's own toolkit, packages/core/src/command.ts.
var (
	commandData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	commandProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
