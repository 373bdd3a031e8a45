package render_test

import (
	"bytes"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/render"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/report/reporttest"
)

// hostile is what a page or a product could say to give a runner of GitHub Actions, or a reader of Markdown, a command:
// alone in its line, behind all kinds of white space and of marks that are dropped, and where a line is broken.
const hostile = "100%\r\n::error file=a,line=1::forged\r::add-mask::b\n\x00::stop-commands::c\n\u00a0\u2028\u200b::warning::d\n" +
	"```\n@somebody </details> <script> ##[error]e | `` [x](http://x) ::error::f ::error::f ::error::f ::error::f ::error::f ::error::f"

// spoiled is a report in which every text that ssoproof does not make itself is hostile.
func spoiled() *report.Report {
	r := reporttest.Sample()
	r.Cell = report.Cell{Authentik: hostile, Immich: hostile, Guide: hostile}
	r.Settings.Source, r.Settings.Revision, r.Settings.Commit = hostile, "", ""
	r.Settings.ClientType.Value, r.Settings.RedirectURIs[0].URL = hostile, hostile
	r.Run.Error, r.Run.Tool, r.Notes = hostile, hostile, []string{hostile}
	r.Run.Command = []string{"ssoproof", "run", "--guide", hostile}
	for i := range r.Stack.Services {
		s := &r.Stack.Services[i]
		s.Image, s.Digest, s.Observed = hostile, hostile, hostile
	}
	for i := range r.Resolved {
		r.Resolved[i].Value, r.Resolved[i].Reason = hostile, hostile
	}
	for i := range r.Coverage {
		r.Coverage[i].Reason = hostile
	}
	for i := range r.Checks {
		c := &r.Checks[i]
		c.Title, c.Reason = hostile, hostile
		for j := range c.Requirements {
			c.Requirements[j].Text, c.Requirements[j].Source = hostile, check.Source{File: hostile, Line: 7}
		}
		for j := range c.Steps {
			c.Steps[j].Name = hostile
			if c.Steps[j].Error != "" {
				c.Steps[j].Error = hostile
			}
		}
		c.Findings = []check.Finding{{Message: hostile, Expected: hostile, Actual: hostile, Fix: hostile, Source: check.Source{File: hostile, Line: 7}}}
		c.Observations = map[string]string{"said": hostile}
	}
	r.Causes = []report.Cause{{
		ID: hostile, Title: hostile, Side: report.SideGuide, Explanation: hostile, Evidence: []string{hostile}, Links: []string{hostile},
		Fix: report.Fix{Text: hostile, UI: hostile, API: hostile, File: hostile, Line: 7}, Checks: []string{"guide.covers-clients", hostile},
		Alternatives: []report.Alternative{{ID: hostile, Title: hostile, Tell: hostile}},
	}}
	return r
}

// command is the beginning of what a runner takes for a command: .NET reads the lines and drops the white space.
var command = regexp.MustCompile(`(?:^|[\r\n])[\s\v\x{85}\pZ]*::|##\[`)

func TestTheConsoleGivesNoCommandToARunner(t *testing.T) {
	t.Parallel()
	for name, terminal := range map[string]bool{"in CI": false, "on a terminal": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			tell(render.NewConsole(render.ConsoleOptions{Out: &out, Terminal: terminal, NoColor: true}), spoiled())
			require.Contains(t, out.String(), "forged")
			assert.NotRegexp(t, command, out.String())
		})
	}
}
