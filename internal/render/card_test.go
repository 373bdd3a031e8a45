package render_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/render"
	"github.com/ssoproof/ssoproof/internal/report"
)

// observed adds to a report what its checks saw of the discovery document.
func observed(r *report.Report) *report.Report {
	r.Checks = append(r.Checks, check.Result{
		ID: "discovery.document", Level: check.Must, Status: check.Pass,
		Observations: map[string]string{"scopes": "openid email profile", "algorithms": "RS256"},
	})
	r.Plan.Checks = append(r.Plan.Checks, "discovery.document")
	r.Resolved = append(r.Resolved, report.Resolved{Product: "immich", Field: "issuerUrl",
		Value: "https://authentik.company/application/o/immich/", Reason: "the guide's template with the application's slug", Line: 57})
	return r
}

func TestCard(t *testing.T) {
	t.Parallel()
	golden(t, "causes/card.md", render.Card(observed(explained())))

	without := observed(explained())
	without.Causes = nil
	golden(t, "card.md", render.Card(without))
}

func TestCardOfARunThatHolds(t *testing.T) {
	t.Parallel()
	r := observed(explained())
	r.Causes, r.Checks, r.Plan.Checks, r.Verdict = nil, r.Checks[:1], r.Plan.Checks[:1], report.Partial
	text := string(render.Card(r))
	assert.Contains(t, text, "All that was selected holds on this pair: 1 of 1 check passed.")
	assert.Contains(t, text, "\nrerun        ssoproof run --stack containers --guide=2024-03-28 --only 'login.*' --set 'immich.company=my photos'\n",
		"what was selected is part of it")
	assert.NotContains(t, text, "cause ")
	assert.NotContains(t, text, "fail ")
}

func TestCardOfARunThatDidNotBegin(t *testing.T) {
	t.Parallel()
	text := string(render.Card(&report.Report{Verdict: report.Inconclusive, Run: report.Run{Error: "no Docker engine"}}))
	assert.Regexp(t, `It ended early: no\s+Docker engine.`, text)
	assert.NotContains(t, text, "provider")

	r := explained()
	r.Resolved, r.Checks = nil, nil
	assert.Contains(t, string(render.Card(r)), "\nauthentik's provider, as documented: the run ended before it was applied\n  redirect_uris ")
}

func TestCardNamesNoPathOfTheMachine(t *testing.T) {
	t.Parallel()
	for name, page := range map[string]string{"unix": "/srv/jane/docs/index.md", "home": "/home/jane/index.md", "windows": `D:\jane\docs\index.md`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := ofFile(explained(), page)
			r.Run.Command = []string{"/opt/jane/ssoproof", "run", "--guide", page, "--known=/opt/jane/known.yaml", "--image", "immich=x:1"}
			r.Run.Error = "open /tmp/jane/x/logs: no space; C:\\Users\\jane\\AppData\\y: no space"
			r.Causes[0].Fix.Text = "Write it at " + page + ":36."
			text := string(render.Card(r))
			assert.NotContains(t, text, "jane")
			assert.Contains(t, text, "at fault     the guide, index.md:36\n")
			assert.Contains(t, text, "fix          Write it at index.md:36.\n")
			assert.Regexp(t, `\nrerun        ssoproof run --guide '?index.md'? --known=known.yaml --image immich=x:1 --only 'guide.covers-clients'\n`, text)
			assert.Regexp(t, `open\s+logs:\s+no\s+space;\s+y:\s+no\s+space`, text)
			assert.Contains(t, text, "\nguide        index.md\n")
			assert.Contains(t, text, "https://immich.company/auth/login", "an address is no path")
		})
	}
}

func TestNothingLeavesTheCard(t *testing.T) {
	t.Parallel()
	r := spoiled()
	r.Stack.Services[0].Pulled = hostile
	r.Settings.RedirectURIs = append(r.Settings.RedirectURIs, guide.RedirectURI{URL: hostile, Matching: guide.Unstated, Purpose: guide.Logout, Line: 40})
	r.Causes[0].Title = "four ```` in a row, and five `````"
	r.Checks = append(r.Checks, check.Result{ID: "discovery.document", Level: check.Must, Status: check.Pass, Observations: map[string]string{hostile: hostile}})
	lines := strings.Split(string(bytes.TrimSuffix(render.Card(r), []byte("\n"))), "\n")
	assert.Equal(t, "``````text", lines[0])
	assert.Equal(t, "``````", lines[len(lines)-1])
	for _, line := range lines[1 : len(lines)-1] {
		assert.NotContains(t, line, "``````", "the fence is longer than all that is within")
		assert.NotRegexp(t, command, line)
		assert.Equal(t, line, strings.Map(func(c rune) rune {
			if c < ' ' || c == '\u200b' || c == '\u2028' {
				return -1
			}
			return c
		}, line))
	}
}
