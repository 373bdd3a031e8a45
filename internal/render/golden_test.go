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
	md, err := render.Summary(reporttest.Sample())
	require.NoError(t, err)
	assert.NotContains(t, string(md), "<script>")
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
