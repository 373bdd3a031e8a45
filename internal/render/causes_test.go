package render_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/render"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/report/reporttest"
)

// explained is a report with a cause for a mistake of the guide, one for what could not be judged and for what that
// blocked, one that no rule knows, and one for what is excused and asks for nothing.
func explained() *report.Report {
	r := reporttest.Sample()
	for i := range r.Checks {
		r.Checks[i].Messages = nil
	}
	r.Causes = []report.Cause{
		{
			ID: "guide.redirect-uri-app", Title: "The guide does not register the app's redirect URI.", Side: report.SideGuide,
			Explanation: "The app sends app.immich:///oauth-callback, and the page lists app.immich:/ alone.",
			Fix: report.Fix{
				Text: "Write `app.immich:///oauth-callback` in place of `app.immich:/`.", UI: "Applications > Providers > Redirect URIs",
				API: "redirect_uris", File: reporttest.GuidePage, Line: 36,
			},
			Checks: []string{"guide.covers-clients", "login.mobile.native[app=2.6,slashes=3]"},
			Links:  []string{"https://github.com/goauthentik/authentik/issues/1"},
		},
		{
			ID: "proxy.cookies", Title: "The proxy drops cookies", Side: report.SideProxy,
			Explanation: "Immich set two cookies and the browser got one.",
			Fix:         report.Fix{Text: "Let every Set-Cookie header through."},
			Checks:      []string{"login.web.first[consent=explicit]", "login.web.again", "token.id", "logout.web"},
			Evidence:    []string{"Immich sent immich_auth_type.", "The browser did not get it.", "A third.", "A fourth, which is too much."},
			Alternatives: []report.Alternative{
				{ID: "immich.cookies", Title: "Immich sets no cookie.", Tell: "Immich's own answer has it or not."},
			},
		},
		{
			ID: report.Unknown, Title: "No known cause fits", Side: report.SideUnknown, Explanation: "A host that nobody registered gets a code.",
			Checks: []string{"redirect.refused[miss=host-dot]"},
		},
		{
			ID: "immich.quiet", Title: "Told where it is excused, and nowhere else", Side: report.SideImmich,
			Checks: []string{"logout.next-login"},
		},
	}
	return r
}

func TestCausesComeFirst(t *testing.T) {
	t.Parallel()
	var console bytes.Buffer
	tell(render.NewConsole(render.ConsoleOptions{Out: &console}), explained())
	golden(t, "causes/console.txt", console.Bytes())
	junit, err := render.JUnit(explained())
	require.NoError(t, err)
	golden(t, "causes/junit.xml", junit)
	summary, err := render.Summary(explained())
	require.NoError(t, err)
	golden(t, "causes/summary.md", summary)
}

func TestWhatACauseExplainsIsNotToldOneByOne(t *testing.T) {
	t.Parallel()
	r := explained()
	assert.Len(t, r.Told(), 3)
	var left []string
	for _, c := range r.Unexplained(r.Complete()) {
		if report.Weigh(c) != report.Passed {
			left = append(left, c.Name())
		}
	}
	assert.Equal(t, []string{"login.mobile.native[app=2.6,slashes=3]", "redirect.refused[miss=host-dot]", "redirect.documented[uri=app]"}, left,
		"what is excused, what nobody knows the cause of, and what has none")

	assert.Equal(t, []report.Weight{report.Violating, report.Unjudged, report.Violating, report.Passed},
		[]report.Weight{r.WeighCause(r.Causes[0]), r.WeighCause(r.Causes[1]), r.WeighCause(r.Causes[2]), r.WeighCause(r.Causes[3])})
	assert.Equal(t, report.Unjudged, r.WeighCause(report.Cause{}), "one that names no check is why there is none")

	r.Causes[0].Fix.Line = 40
	_, cases := readJUnit(t, r)
	assert.Equal(t, 40, cases["guide.covers-clients"].Line, "the line that the cause has changed")
	assert.Equal(t, 37, cases["login.web.first[consent=explicit]"].Line, "the requirement's, where the cause has none")
	assert.Equal(t, "The guide does not register the app's redirect URI: "+r.Checks[1].Reason, cases["guide.covers-clients"].Failures[0].Message)
	assert.Equal(t, "The proxy drops cookies: "+r.Checks[2].Reason, cases["login.web.first[consent=explicit]"].Errors[0].Message)
	assert.Equal(t, r.Checks[5].Reason, cases["redirect.refused[miss=host-dot]"].Failures[0].Message, "an unknown cause says nothing")
}

func TestWithoutChecksACauseIsTold(t *testing.T) {
	t.Parallel()
	r := &report.Report{Verdict: report.Inconclusive, Causes: []report.Cause{
		{ID: "harness.memory", Title: "The machine has no memory left", Side: report.SideHarness, Fix: report.Fix{Text: "Give it 6 GB."}, Checks: []string{}},
	}}
	var out bytes.Buffer
	c := render.NewConsole(render.ConsoleOptions{Out: &out})
	c.Close()
	c.Summary(r, "results/x")
	assert.Contains(t, out.String(), "Causes\n\n  The machine has no memory left\n    at fault   ssoproof itself\n    fix        Give it 6 GB.\n\nno check ended")
	r.Checks = []check.Result{{ID: "a.b", Level: check.Must, Status: check.Error, Reason: "no memory"}}
	assert.Equal(t, r.Checks, r.Unexplained(r.Complete()))
}
