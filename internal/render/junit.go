package render

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/ssoproof/ssoproof/internal/report"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/plain"
)

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name       string          `xml:"name,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Time       string          `xml:"time,attr"`
	Timestamp  string          `xml:"timestamp,attr"`
	Properties []junitProperty `xml:"properties>property"`
	Cases      []junitCase     `xml:"testcase"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	ClassName string        `xml:"classname,attr"`
	Name      string        `xml:"name,attr"`
	Time      string        `xml:"time,attr"`
	File      string        `xml:"file,attr,omitempty"`
	Line      int           `xml:"line,attr,omitempty"`
	Failure   *junitOutcome `xml:"failure"`
	Error     *junitOutcome `xml:"error"`
	Skipped   *junitOutcome `xml:"skipped"`
	SystemOut *junitText    `xml:"system-out"`
}

type junitOutcome struct {
	Message string `xml:"message,attr,omitempty"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",cdata"`
}

type junitText struct {
	Text string `xml:",cdata"`
}

// JUnit renders the report for CI servers: one suite per theme; violations are failures, what the environment kept
// from being judged is an error, and what must not turn a build red (a should that failed, a known issue) is skipped
// with its reason.
func JUnit(r *report.Report) ([]byte, error) {
	all := junitSuites{Name: "ssoproof " + r.Cell.String()}
	total := 0.0
	for _, g := range byTheme(r.Complete()) {
		suite, took := junitTheme(r, g)
		all.Suites = append(all.Suites, suite)
		all.Tests += suite.Tests
		all.Failures += suite.Failures
		all.Errors += suite.Errors
		all.Skipped += suite.Skipped
		total += took
	}
	all.Time = junitSeconds(total)
	var out bytes.Buffer
	out.WriteString(xml.Header)
	enc := xml.NewEncoder(&out)
	enc.Indent("", "  ")
	if err := enc.Encode(all); err != nil {
		return nil, fmt.Errorf("render JUnit: %w", err)
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

func junitTheme(r *report.Report, g group) (junitSuite, float64) {
	suite := junitSuite{
		Name:      g.Theme,
		Tests:     len(g.Results),
		Timestamp: r.Run.Started.UTC().Format("2006-01-02T15:04:05"),
		Properties: []junitProperty{
			{"authentik", r.Cell.Authentik}, {"immich", r.Cell.Immich}, {"guide", r.Cell.Guide},
			{"stack", string(r.Stack.Kind)}, {"verdict", string(r.Verdict)},
		},
	}
	total := 0.0
	for _, c := range g.Results {
		test := junitTest(r, c)
		switch {
		case test.Failure != nil:
			suite.Failures++
		case test.Error != nil:
			suite.Errors++
		case test.Skipped != nil:
			suite.Skipped++
		}
		suite.Cases = append(suite.Cases, test)
		total += c.Seconds
	}
	suite.Time = junitSeconds(total)
	return suite, total
}

func junitTest(r *report.Report, c check.Result) junitCase {
	test := junitCase{ClassName: "ssoproof." + theme(c.ID), Name: c.Name(), Time: junitSeconds(c.Seconds)}
	at := anchor(c)
	outcome := &junitOutcome{Message: plain.OneLine(c.Reason), Type: string(c.Status)}
	if cause := r.Explanation(c); cause != nil {
		outcome.Message = plain.OneLine(sentence(cause.Title) + ": " + c.Reason)
		if cause.Fix.Line > 0 {
			at = check.Source{File: cause.Fix.File, Line: cause.Fix.Line}
		}
	}
	test.File, test.Line = at.File, at.Line
	switch report.Weigh(c) {
	case report.Passed:
		return test
	case report.Violating:
		outcome.Text = details(r, c)
		test.Failure = outcome
	case report.Unjudged:
		outcome.Text = details(r, c)
		test.Error = outcome
	case report.ForInformation: // a fact, which did not fail
		test.SystemOut = &junitText{details(r, c)}
	case report.Advice:
		outcome.Message = fmt.Sprintf("%s (%s): %s", c.Status, c.Level, outcome.Message)
		test.Skipped = &junitOutcome{Message: outcome.Message}
		test.SystemOut = &junitText{details(r, c)}
	case report.Excused:
		test.Skipped = &junitOutcome{Message: "expected-fail: " + outcome.Message}
		test.SystemOut = &junitText{details(r, c)}
	case report.Skipped:
		test.Skipped = &junitOutcome{Message: outcome.Message}
	}
	return test
}

// details is what a person needs to act on a result, as plain text.
func details(r *report.Report, c check.Result) string {
	var b strings.Builder
	line := func(label, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%-12s %s\n", label+":", strings.ReplaceAll(plain.Printable(text), "\n", "\n             "))
		}
	}
	b.WriteByte('\n')
	if cause := r.Explanation(c); cause != nil {
		line("cause", cause.Title)
		for _, f := range remedy(*cause) {
			line(f.label, f.text)
		}
	}
	line("check", c.Title)
	for _, p := range report.Problems(c) {
		line("requirement", requirement(p))
		line("at fault", p.Source.String())
		line("finding", p.Message)
		line("expected", p.Expected)
		line("actual", p.Actual)
		line("fix", p.Fix)
	}
	for _, s := range c.Steps {
		if s.Error != "" {
			line("step", s.Name+": "+s.Error)
		}
	}
	for _, e := range c.Evidence {
		line("evidence", e.Path)
	}
	return b.String()
}

func junitSeconds(s float64) string { return fmt.Sprintf("%.3f", s) }
