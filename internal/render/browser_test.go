package render_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/render"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/report/reporttest"
)

// everything is the sample with what is for information as well.
func everything() *report.Report {
	r := reporttest.Sample()
	r.Checks = append(r.Checks, check.Result{
		ID: "login.mobile.other", Variant: check.Variant{"app": "1.92"}, Title: "the mobile app from 1.92 logs in as well",
		Level: check.Info, Status: check.Fail, Reason: "Immich v2.7.5 does not know this app", Started: r.Run.Started,
		Findings:     []check.Finding{{Message: "Immich v2.7.5 does not know this app", Expected: "a session", Actual: "404"}},
		Requirements: []check.Judgement{{Requirement: check.Requirement{Key: "start", Text: "The server begins a login."}, Outcome: check.Failed}},
		Steps:        []check.Step{{Name: "the app looks the server up", Seconds: 0.1, Error: "404"}},
	})
	return r
}

func rendered(t *testing.T, r *report.Report) string {
	t.Helper()
	html, err := render.HTML(r)
	require.NoError(t, err)
	return string(html)
}

func TestTheReportInABrowser(t *testing.T) {
	t.Parallel()
	chrome := startChrome(t)
	html := rendered(t, everything())

	t.Run("it is silent and asks for nothing but its pictures", func(t *testing.T) {
		p := openPage(t, chrome, html, probe+complain, "")
		assert.Equal(t, "nothing", p.told(t))
		for _, path := range p.requests() {
			assert.True(t, path == "/report.html" || strings.HasPrefix(path, "/evidence/"), path)
		}
	})

	t.Run("the filter", func(t *testing.T) {
		p := openPage(t, chrome, html, probe, "")
		ctx := within(t)
		words := browser.Control{Name: "the filter", CSS: "#filter"}
		p.sees(t, "#filter")
		all := p.checks(t)
		assert.Len(t, all, 9, "what is for information is no row")

		require.NoError(t, p.Press(ctx, '/'))
		p.sees(t, "#filter:focus")
		require.NoError(t, p.Fill(ctx, words, "REDIRECT nobody"))
		p.says(t, "[role=status]", "1 of 9 checks shown, Escape shows all")
		assert.Equal(t, []string{render.Slug("redirect.refused[miss=host-dot]")}, p.checks(t), "every word, in any case, of name and reason")

		require.NoError(t, p.Press(ctx, '\x1b'))
		p.says(t, "[role=status]", "")
		assert.Equal(t, all, p.checks(t))

		require.NoError(t, p.Click(ctx, browser.Control{Name: "fail", CSS: "button[data-status=fail]"}))
		p.says(t, "[role=status]", "3 of 9 checks shown, Escape shows all")
		p.sees(t, "button[data-status=fail][aria-pressed=true]")
		require.NoError(t, p.Fill(ctx, words, "logs in"))
		p.says(t, "[role=status]", "0 of 9 checks shown, Escape shows all")
		require.NoError(t, p.Click(ctx, browser.Control{Name: "all", CSS: `button[data-status=""]`}))
		p.says(t, "[role=status]", "3 of 9 checks shown, Escape shows all")

		require.NoError(t, p.Fill(ctx, words, ""))
		require.NoError(t, p.Press(ctx, '/'))
		require.NoError(t, p.Press(ctx, '/'))
		p.says(t, "[role=status]", "2 of 9 checks shown, Escape shows all") // within the filter a slash is one
	})

	t.Run("a link shows the check that the filter hides", func(t *testing.T) {
		p := openPage(t, chrome, html, probe, "")
		p.sees(t, "#filter")
		require.NoError(t, p.Fill(within(t), browser.Control{Name: "the filter", CSS: "#filter"}, "guide.authentik"))
		p.says(t, "[role=status]", "1 of 9 checks shown, Escape shows all")
		link := browser.Control{Name: "a link to a check", CSS: "[id=cause-3] a.mono", Hidden: true}
		require.NoError(t, p.Click(within(t), link))
		p.sees(t, "details[open]:not([hidden]) > [id='"+render.Slug("login.web.first[consent=explicit]")+"']")
	})

	t.Run("without script", func(t *testing.T) {
		before, _, _ := strings.Cut(html, "<script>\n")
		slug := render.Slug("login.web.first[consent=explicit]")
		p := openPage(t, chrome, before, "", "#"+slug)
		p.sees(t, "details[open] > [id='"+slug+"'] svg")
		p.sees(t, ".filter[hidden] ~ .theme")
	})
}

// TestNothingKeepsPeopleFromReadingTheReport has axe-core look at the page, all of it unfolded.
func TestNothingKeepsPeopleFromReadingTheReport(t *testing.T) {
	t.Parallel()
	chrome := startChrome(t)
	out, err := exec.CommandContext(t.Context(), "sh", "../../.ci/need", "axe").Output()
	if err != nil {
		t.Skipf("without axe-core nobody looks for what keeps people from reading the report: sh .ci/need axe: %v", err)
	}
	axe, err := os.ReadFile(strings.TrimSpace(string(out)))
	require.NoError(t, err)
	look := "<script>" + string(axe) + `</script><script>addEventListener('load', () => {
		document.documentElement.style.setProperty('opacity', '1', 'important'); // a session does not draw what it shows
		for (const d of document.querySelectorAll('details')) d.open = true;
		axe.run().then((found) => found.violations.flatMap((v) => v.nodes.map((n) => v.id + ' ' + n.target + ': ' + n.failureSummary)))
			.then(tell, (e) => tell([String(e)]));
	})</script>`
	fold := rendered(t, everything())
	for name, html := range map[string]string{
		"light":      fold,
		"dark":       asIf(t, fold, "@media screen and (prefers-color-scheme: dark)"),
		"narrow":     asIf(t, fold, "@media (max-width: 40rem)"),
		"printed":    asIf(t, fold, "@media print"),
		"an upgrade": rendered(t, upgraded()),
		"no cause":   rendered(t, withoutCauses()),
		"no result":  rendered(t, &report.Report{Verdict: report.Inconclusive, Run: report.Run{Error: "no engine"}}),
	} {
		t.Run(name, func(t *testing.T) {
			p := openPage(t, chrome, html, probe+look, "")
			assert.Equal(t, "nothing", p.told(t))
		})
	}
}

// asIf makes a page look as it does under a condition.
func asIf(t *testing.T, html, condition string) string {
	t.Helper()
	require.Contains(t, html, condition)
	return strings.ReplaceAll(html, condition, "@media all")
}

// withoutCauses is a report of before there were any.
func withoutCauses() *report.Report {
	r := reporttest.Sample()
	r.Causes, r.Coverage = nil, nil
	for i := range r.Checks {
		r.Checks[i].Messages = nil
	}
	return r
}
