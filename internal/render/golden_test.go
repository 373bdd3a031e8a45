package render_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/fixtures/schema"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/render"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/report/reporttest"
	"github.com/ssoproof/ssoproof/internal/stack"
)

var update = flag.Bool("update", false, "write the golden files")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got); run with -update when that is meant:\n%s", name, diff)
	}
}

func TestRenderings(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(*report.Report) ([]byte, error){
		"junit.xml": render.JUnit, "summary.md": render.Summary, "report.html": render.HTML,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := write(reporttest.Sample())
			require.NoError(t, err)
			golden(t, name, got)
			again, err := write(reporttest.Sample())
			require.NoError(t, err)
			assert.Equal(t, string(got), string(again), "the same report gives the same bytes")
		})
	}
}

func TestRenderingsOfAReportThatKnowsNothingYet(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(*report.Report) ([]byte, error){
		"junit": render.JUnit, "summary": render.Summary, "html": render.HTML,
	} {
		got, err := write(&report.Report{Verdict: report.Inconclusive,
			Run: report.Run{Error: "the stack could not be provided: no Docker engine"}})
		require.NoError(t, err, name)
		if name != "junit" {
			assert.Contains(t, string(got), "no Docker engine", name)
		}
	}
}

func TestTextsOfProductsAreNoMarkup(t *testing.T) {
	t.Parallel()
	html, err := render.HTML(reporttest.Sample())
	require.NoError(t, err)
	assert.NotContains(t, string(html), "<script>alert")
	assert.NotContains(t, string(html), "\x1b")
	assert.NotContains(t, string(html), "ZgotmplZ", "a value that the template refused")
	for _, outside := range []string{`src="http`, `<link`, `@import`, `url(`} {
		assert.NotContains(t, string(html), outside, "the page needs nothing from outside")
	}
	html, err = render.HTML(spoiled())
	require.NoError(t, err)
	for _, mark := range []string{"<script> #", "\x1b", "\u200b", "\ufffd", "</details> <script"} {
		assert.NotContains(t, string(html), mark)
	}
	md, err := render.Summary(reporttest.Sample())
	require.NoError(t, err)
	assert.NotContains(t, string(md), "<script>")
}

// What is for information is in a table of its own, and never called a failure.
func TestInformationIsNoFailure(t *testing.T) {
	t.Parallel()
	html := rendered(t, everything())
	_, table, found := strings.Cut(html, "<h2>For information</h2>")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "<h2>")
	assert.Contains(t, table, "the mobile app from 1.92 logs in as well</th><td>no</td><td>Immich v2.7.5 does not know this app<br>")
	assert.Contains(t, table, "The server begins a login. <span class=\"soft\">(not so)")
	assert.NotContains(t, strings.ToLower(table), "fail")
	assert.NotContains(t, table, `class="bad"`)
	assert.Equal(t, 1, strings.Count(html, "the mobile app from 1.92 logs in as well</th>"))
}

// Two addresses that differ in one character look the same to a reader.
func TestWhatDiffersIsMarked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ expected, actual, wanted, got string }{
		{"https://a.test/o/immich/", "https://a.test/o/immich", "https://a.test/o/immich<mark>/</mark>", "https://a.test/o/immich<mark></mark>"},
		{"app.immich:///x", "app.immich:/x", "app.immich:/<mark>//</mark>x", "app.immich:/<mark></mark>x"},
		{"http://a.test/o", "https://a.test/o", "http<mark></mark>://a.test/o", "http<mark>s</mark>://a.test/o"},
		{"201", "400", "201", "400"},
		{"the same", "the same", "the same", "the same"},
		{"<b>\x1b[1m text", "<b> texts", "&lt;b&gt; text<mark></mark>", "&lt;b&gt; text<mark>s</mark>"},
	} {
		r := reporttest.Sample()
		r.Checks[1].Findings = []check.Finding{{Message: "x", Expected: c.expected, Actual: c.actual}}
		html := rendered(t, r)
		assert.Contains(t, html, "<dt>Expected</dt><dd><pre>"+c.wanted+"</pre></dd><dt>Actual</dt><dd><pre>"+c.got+"</pre></dd>")
	}
}

// A diagram has little room: the table beside it has all of it.
func TestLongMessagesAreCutInTheDiagramOnly(t *testing.T) {
	t.Parallel()
	r := reporttest.Sample()
	long := "GET /" + strings.Repeat("x", 500) + " end"
	r.Checks[1].Messages = []check.Message{
		{From: check.Immich, To: check.Immich, Text: long, Answer: "none came\nwithin 5 s", Failed: true},
		{From: "a party of tomorrow", To: check.Authentik, Text: "GET /", Answer: "200"},
	}
	html := rendered(t, r)
	assert.Contains(t, html, "xxx…</text>")
	assert.Contains(t, html, `<td class="mono">`+long+`</td><td class="mono">✗ none came within 5 s</td>`)
	assert.Contains(t, html, ">a party of tomorrow</text>")
	assert.Contains(t, html, "Immich asks Immich: "+long, "for who cannot see it")
}

func TestHTMLRefusesLinksThatRun(t *testing.T) {
	t.Parallel()
	r := reporttest.Sample()
	r.Checks[0].Evidence = []check.Evidence{{Kind: "screenshot", Name: "x", Path: "javascript:alert(1)"}}
	html, err := render.HTML(r)
	require.NoError(t, err)
	assert.NotContains(t, string(html), "javascript:alert")
}

func TestPlannedChecksWithoutResultAreShown(t *testing.T) {
	t.Parallel()
	r := reporttest.Sample()
	r.Verdict = report.Interrupted
	r.Checks = r.Checks[:2]
	for name, write := range map[string]func(*report.Report) ([]byte, error){
		"junit": render.JUnit, "summary": render.Summary, "html": render.HTML,
	} {
		got, err := write(r)
		require.NoError(t, err)
		assert.Contains(t, string(got), "login.mobile.native[app=2.6,slashes=3]", name)
		assert.Contains(t, string(got), "the run ended before this check did", name)
	}
	assert.Contains(t, r.Headline(), "2 of 10 checks had been judged")
	r.Plan.Excluded = []report.Excluded{report.LeftOut("a.b", nil, report.NotSelected), report.LeftOut("c.d", nil, report.TurnedOff), {ID: "e.f", Why: report.NotApplicable, Reason: "not in this cell"}}
	assert.Contains(t, r.Headline(), "2 checks were left out on request", "a part of the catalogue is no whole")
	assert.Contains(t, r.Headline(), "1 check fails", "an interrupt does not mask the violation")
}

const schemaURL = "https://github.com/ssoproof/ssoproof/report.schema.json"

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(schema.Report()))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	require.NoError(t, compiler.AddResource(schemaURL, document))
	compiled, err := compiler.Compile(schemaURL)
	require.NoError(t, err)
	return compiled
}

// written is report.json as a writer leaves it, decoded.
func written(t *testing.T, r *report.Report) any {
	t.Helper()
	dir := t.TempDir()
	w, err := report.Open(dir, *r)
	require.NoError(t, err)
	require.NoError(t, w.Close(r.Verdict))
	data, err := os.ReadFile(filepath.Join(dir, "report.json"))
	require.NoError(t, err)
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(data)))
	require.NoError(t, err)
	return value
}

func TestSchemaTakesEveryReport(t *testing.T) {
	t.Parallel()
	compiled := compileSchema(t)
	fakes := reporttest.Sample()
	fakes.Stack = report.Stack{Kind: stack.Fake, Services: []stack.Service{{Name: "authentik-server", Fake: true}}}
	fakes.Verdict = report.FakesFailed
	for name, r := range map[string]*report.Report{
		"every status": reporttest.Sample(), "fakes": fakes,
		"nothing yet": {Run: report.Run{ID: "x", Started: time.Now(), Error: "the engine is gone"},
			Stack: report.Stack{Kind: stack.Containers}, Verdict: report.Inconclusive},
		"no requirement": {Verdict: report.Inconclusive, Run: report.Run{ID: "x", Started: time.Now()}, Stack: report.Stack{Kind: stack.Containers},
			Checks: []check.Result{{ID: "a.b", Level: check.Must, Status: check.Error, Reason: "bound to nothing"}}},
	} {
		assert.NoError(t, compiled.Validate(written(t, r)), name)
	}
}

func TestSchemaIsStrict(t *testing.T) {
	t.Parallel()
	compiled := compileSchema(t)
	for name, spoil := range map[string]func(map[string]any){
		"an unknown field":         func(r map[string]any) { r["extra"] = true },
		"an unknown verdict":       func(r map[string]any) { r["verdict"] = "fine" },
		"a status of our own":      func(r map[string]any) { first(r, "checks")["status"] = "ok" },
		"an unknown result field":  func(r map[string]any) { first(r, "checks")["log"] = "x" },
		"a failure without reason": func(r map[string]any) { first(r, "checks")["status"] = "fail" },
		"no settings":              func(r map[string]any) { delete(r, "settings") },
		"another version":          func(r map[string]any) { r["schemaVersion"] = 1 },
		"evidence elsewhere": func(r map[string]any) {
			first(r, "checks")["evidence"] = []any{map[string]any{"kind": "log", "name": "x", "path": "/etc/passwd"}}
		},
	} {
		value := written(t, reporttest.Sample()).(map[string]any)
		spoil(value)
		assert.Error(t, compiled.Validate(value), name)
	}
}

func first(r map[string]any, list string) map[string]any { return r[list].([]any)[0].(map[string]any) }

// TestAValueStandsAtItsPlace holds that a value of a file that was read into a pair file is shown where a person finds it.
func TestAValueStandsAtItsPlace(t *testing.T) {
	t.Parallel()
	r := reporttest.Sample()
	uri := r.Settings.RedirectURIs[0]
	r.Settings.Configuration = &guide.Configuration{Origins: map[int]guide.Origin{uri.Line: {File: "blueprint.yaml", Line: 4711}}}
	for name, render := range map[string]func(*report.Report) ([]byte, error){"page": render.HTML, "summary": render.Summary} {
		text, err := render(r)
		require.NoError(t, err, name)
		assert.Contains(t, string(text), "blueprint.yaml:4711", name)
	}
	assert.Contains(t, string(render.Card(r)), "blueprint.yaml:4711", "card")
}
