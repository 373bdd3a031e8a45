package site_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/site"
	"github.com/ssoproof/ssoproof/internal/stack"
)

// outcome is a run of a matrix, in the few words that matter to it.
type outcome struct {
	authentik, immich, guide string
	verdict                  report.Verdict
	day                      int // of January 2026; 0: 10
}

// reportOf is a report whose results bear its verdict: three checks planned, one that does not apply.
func reportOf(o outcome) *report.Report {
	if o.day == 0 {
		o.day = 10
	}
	started := time.Date(2026, 1, o.day, 3, 4, 5, 0, time.UTC)
	r := &report.Report{
		SchemaVersion: report.SchemaVersion,
		Run: report.Run{
			ID: fmt.Sprintf("%s-%s_%s_%s", started.Format("20060102-150405"), o.authentik, o.immich, filepath.Base(o.guide)), Started: started, Seconds: 171.5,
			Command: []string{"bin/ssoproof", "run", "--authentik", o.authentik, "--immich=" + o.immich, "--set", "immich.company=my photos", "--out", "x"},
			Tool:    "v0.4.0",
		},
		Cell:    report.Cell{Authentik: o.authentik, Immich: o.immich, Guide: o.guide},
		Stack:   report.Stack{Kind: stack.Containers, Services: []stack.Service{{Name: "immich"}}},
		Plan:    report.Plan{Checks: []string{"guide.immich", "login.web.first[consent=explicit]", "logout.web"}, Excluded: []report.Excluded{{ID: "logout.backchannel", Why: report.NotApplicable, Reason: "not here"}}},
		Verdict: o.verdict,
	}
	if strings.HasPrefix(string(o.verdict), "fakes") {
		r.Stack.Kind = stack.Fake
	}
	for _, name := range r.Plan.Checks {
		id, _, _ := strings.Cut(name, "[")
		r.Checks = append(r.Checks, check.Result{ID: id, Title: "It is so.", Level: check.Must, Status: check.Pass, Started: started, Seconds: 1})
	}
	r.Checks[1].Variant = check.Variant{"consent": "explicit"}
	last := &r.Checks[2]
	switch o.verdict {
	case report.Violation, report.FakesFailed:
		last.Status, last.Reason = check.Fail, "the session lives on"
	case report.Inconclusive:
		last.Status, last.Reason = check.Inconclusive, "Chrome ended"
	case report.Interrupted:
		r.Checks = r.Checks[:1]
	}
	return r
}

// bundle writes the output directory of a run, and gives its path.
func bundle(t *testing.T, dir string, r *report.Report) string {
	t.Helper()
	w, err := report.Open(dir, *r)
	require.NoError(t, err)
	if r.Verdict != report.Interrupted { // else it was killed: nothing is rendered
		require.NoError(t, w.Close(r.Verdict))
	}
	path := filepath.Join(dir, "report.json") // a writer tells the time that really passed
	took := regexp.MustCompile(`"seconds": [0-9.]+,\s+"phases"`).ReplaceAllString(read(t, path), `"seconds": 171.5, "phases"`)
	require.NoError(t, os.WriteFile(path, []byte(took), 0o644))
	evidence := filepath.Join(dir, "evidence", "login.web.first")
	require.NoError(t, os.MkdirAll(evidence, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(evidence, "report.json"), []byte("[]"), 0o644))
	return dir
}

// campaign is a small matrix in which everything happens that a page has to show.
func campaign() []outcome {
	return []outcome{
		{"2024.8.6", "v2.6.3", "2024-03-28", report.Conformant, 0},
		{"2024.8.6", "v2.7.5", "2024-03-28", report.Violation, 0},
		{"2024.8.6", "v3.1.0", "2024-03-28", report.Violation, 0},
		{"2025.8.6", "v2.6.3", "2025-06-23", report.Conformant, 0},
		{"2025.8.6", "v2.7.5", "2025-06-23", report.Conformant, 12},
		{"2025.8.6", "v2.7.5", "2025-06-23", report.Violation, 9},
		{"2025.8.6", "v2.7.5", "2025-06-23", report.Inconclusive, 11},
		{"2025.8.6", "v3.1.0", "2025-06-23", report.Inconclusive, 0},
		{"2025.10.4", "v2.6.3", "2025-09-30", report.FakesOK, 0},
		{"2025.10.4", "v2.7.5", "2025-09-30", report.Interrupted, 0},
		{"2025.10.4", "v3.1.0", "2025-09-30", report.Conformant, 0},
		{"2025.8.6", "v2.7.5", "2024-03-28", report.Violation, 0},
		{"2025.8.6", "v3.1.0", "website/integrations/media/immich/index.md", report.Conformant, 0},
	}
}

// write lays bundles out as the jobs of a CI system leave them: some deeper than others, one behind a link.
func write(t *testing.T, outcomes []outcome) string {
	t.Helper()
	root := t.TempDir()
	for i, o := range outcomes {
		dir := filepath.Join(root, fmt.Sprintf("shard-%d", i%3), fmt.Sprintf("run-%d", i))
		if i == 0 {
			dir = filepath.Join(root, "alone")
		}
		bundle(t, dir, reportOf(o))
	}
	require.NoError(t, report.Latest(filepath.Join(root, "alone")))
	return root
}

func merge(t *testing.T, o site.MergeOptions) *site.Merged {
	t.Helper()
	if o.Out == "" {
		o.Out = filepath.Join(t.TempDir(), "site")
	}
	merged, err := site.Merge(o)
	require.NoError(t, err)
	return merged
}

func read(t *testing.T, parts ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(parts...))
	require.NoError(t, err)
	return string(data)
}

func TestMerge(t *testing.T) {
	t.Parallel()
	root := write(t, campaign())
	made := filepath.Join(root, "site")
	merged := merge(t, site.MergeOptions{Dirs: []string{root, filepath.Join(root, "shard-0")}, Out: made, Plan: []report.Cell{
		{Authentik: "2025.8.6", Immich: "v2.7.5", Guide: "2025-06-23"}, {Authentik: "2024.8.6", Immich: "v1.132.3", Guide: "2024-03-28"},
	}})
	assert.Equal(t, report.Violation, merged.Verdict)
	assert.Equal(t, [2]int{13, 11}, [2]int{merged.Bundles, merged.Cells})
	assert.Equal(t, filepath.Join(made, "index.html"), merged.Page)
	for _, name := range []string{"index.html", "matrix.json", "summary.md"} {
		golden(t, name, []byte(read(t, made, name)))
	}

	page := read(t, made, "index.html")
	links := regexp.MustCompile(`href="([^#"]+)"`).FindAllStringSubmatch(page, -1)
	assert.Greater(t, len(links), 2*11)
	for _, link := range links {
		assert.FileExists(t, filepath.Join(made, link[1]))
	}
	assert.Contains(t, read(t, made, "2025.8.6_v2.7.5_2025-06-23", "report.json"), `"verdict": "conformant"`, "the newest of three")
	assert.FileExists(t, filepath.Join(made, "2024.8.6_v2.6.3_2024-03-28", "evidence", "login.web.first", "report.json"))
	assert.Contains(t, read(t, made, "2025.10.4_v2.7.5_2025-09-30", "report.html"), "interrupted", "rendered, although the run was killed")
	for _, outside := range []string{"<script", "http:", "<link", "@import", "url(", "ZgotmplZ", root} {
		assert.NotContains(t, page, outside, "the page needs nothing but the reports beside it")
	}

	before := read(t, made, "matrix.json")
	assert.Equal(t, merged, merge(t, site.MergeOptions{Dirs: []string{root}, Out: made + "/", Plan: []report.Cell{
		{Authentik: "2024.8.6", Immich: "v1.132.3", Guide: "2024-03-28"}}}), "again, with the first site beside the bundles")
	assert.Equal(t, before, read(t, made, "matrix.json"))
	assert.Equal(t, merged.Cells, merge(t, site.MergeOptions{Dirs: []string{made, root}}).Cells, "a site is a folder of bundles, too")
}

func TestMergedVerdict(t *testing.T) {
	t.Parallel()
	cell := func(immich string, v report.Verdict) outcome { return outcome{"2025.8.6", immich, "2025-06-23", v, 0} }
	planned := []report.Cell{{Authentik: "2025.8.6", Immich: "v3.1.0", Guide: "2025-06-23"}}
	for name, tt := range map[string]struct {
		verdicts []report.Verdict
		plan     []report.Cell
		want     report.Verdict
		code     int
	}{
		"all conformant":    {[]report.Verdict{"conformant", "conformant"}, nil, report.Conformant, 0},
		"a violation":       {[]report.Verdict{"conformant", "violation", "inconclusive", "fakes-ok"}, nil, report.Violation, 1},
		"inconclusive":      {[]report.Verdict{"conformant", "inconclusive"}, nil, report.Inconclusive, 4},
		"interrupted":       {[]report.Verdict{"conformant", "interrupted"}, nil, report.Inconclusive, 4},
		"one never came":    {[]report.Verdict{"conformant"}, planned, report.Inconclusive, 4},
		"missing, violated": {[]report.Verdict{"violation"}, planned, report.Violation, 1},
		"a fake among them": {[]report.Verdict{"conformant", "fakes-ok"}, nil, report.FakesOK, 0},
		"fakes that fail":   {[]report.Verdict{"conformant", "fakes-failed"}, nil, report.FakesFailed, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var outcomes []outcome
			for i, v := range tt.verdicts {
				outcomes = append(outcomes, cell(fmt.Sprintf("v2.%d.0", i), v))
			}
			merged := merge(t, site.MergeOptions{Dirs: []string{write(t, outcomes)}, Plan: tt.plan})
			assert.Equal(t, tt.want, merged.Verdict)
			assert.Equal(t, tt.code, merged.Verdict.ExitCode())
		})
	}
}

// TestBounds spells a row as letters: good, bad, unclear, fake, none.
func TestBounds(t *testing.T) {
	t.Parallel()
	verdicts := map[rune]report.Verdict{'g': report.Conformant, 'b': report.Violation, 'u': report.Inconclusive, 'f': report.FakesOK}
	for letters, want := range map[string][2]string{
		"ggb": {"v2.1.0", "v2.2.0"}, "gbb": {"v2.0.0", "v2.1.0"}, "gbg": {"v2.2.0", ""}, "bbg": {"v2.2.0", ""}, "bb": {"", "v2.0.0"},
		"gub": {"v2.0.0", "v2.2.0"}, "guf": {"v2.0.0", ""}, "fbg.b": {"v2.2.0", "v2.4.0"}, "ff": {"", ""},
	} {
		var outcomes []outcome
		for i, letter := range letters {
			if letter != '.' {
				outcomes = append(outcomes, outcome{"2025.8.6", fmt.Sprintf("v2.%d.0", i), "2025-06-23", verdicts[letter], 0})
			}
		}
		made := filepath.Join(t.TempDir(), "site")
		merge(t, site.MergeOptions{Dirs: []string{write(t, outcomes)}, Out: made})
		var m struct {
			Rows []struct{ LastGood, FirstBad string }
		}
		require.NoError(t, json.Unmarshal([]byte(read(t, made, "matrix.json")), &m))
		require.Len(t, m.Rows, 1)
		assert.Equal(t, want, [2]string{m.Rows[0].LastGood, m.Rows[0].FirstBad}, letters)
	}
}

func TestMergeRefuses(t *testing.T) {
	t.Parallel()
	good := outcome{"2025.8.6", "v2.6.3", "2025-06-23", report.Conformant, 0}
	other := outcome{"2025.8.6", "v2.7.5", "2025-06-23", report.Conformant, 0}
	spoilt := func(spoil func(*report.Report)) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			r := reportOf(other)
			spoil(r)
			bundle(t, dir, r)
		}
	}
	rewritten := func(change func(string) string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			path := filepath.Join(bundle(t, dir, reportOf(other)), "report.json")
			require.NoError(t, os.WriteFile(path, []byte(change(read(t, path))), 0o644))
		}
	}
	for name, tt := range map[string]struct {
		make func(*testing.T, string)
		want string
	}{
		"another tool": {spoilt(func(r *report.Report) { r.Run.Tool = "v0.5.0" }),
			"b/report.json was made by ssoproof v0.5.0, but a/report.json by v0.4.0: merge runs of one version only"},
		"another catalogue": {spoilt(func(r *report.Report) {
			r.Plan.Checks = []string{"guide.immich", "login.web.first[consent=explicit]", "logout.web", "token.id", "token.key"}
			r.Plan.Excluded, r.Verdict = nil, report.Inconclusive
		}), "b/report.json has another catalogue of checks than a/report.json: it does not know logout.backchannel, and it knows also token.id, token.key; merge runs of one catalogue only"},
		"another schema": {rewritten(func(s string) string { return strings.Replace(s, `"schemaVersion": 2`, `"schemaVersion": 3`, 1) }),
			"b/report.json has schemaVersion 3; this ssoproof merges 2: merge with the ssoproof that made it, or run it again"},
		"no schema": {rewritten(func(string) string { return `{"run": {}}` }),
			"b/report.json has schemaVersion 0; this ssoproof merges 2: merge with the ssoproof that made it, or run it again"},
		"cut off": {rewritten(func(s string) string { return s[:len(s)/2] }),
			"b/report.json is cut off after N bytes: copy it anew, run it again or leave it out"},
		"empty": {rewritten(func(string) string { return "" }),
			"b/report.json is cut off after 0 bytes: copy it anew, run it again or leave it out"},
		"no object": {rewritten(func(string) string { return "[]" }), "b/report.json is not a report: there is [ in the place of {"},
		"no JSON":   {rewritten(func(string) string { return "<html>" }), "b/report.json is not a report: invalid character '<' looking for beginning of value"},
		"no cell": {rewritten(func(string) string { return `{"schemaVersion": 2, "verdict": "conformant"}` }),
			"b/report.json is not a report: its cell or its run is missing"},
		"no verdict": {rewritten(func(s string) string { return strings.Replace(s, `"verdict": "conformant"`, `"verdict": "fine"`, 1) }),
			`b/report.json is not a report: its verdict is "fine"`},
		"a verdict that was changed": {spoilt(func(r *report.Report) { r.Checks[0].Status, r.Checks[0].Reason = check.Fail, "no" }),
			"b/report.json says conformant, but its results say violation: it was changed after the run; run it again"},
		"a fake that says conformant": {spoilt(func(r *report.Report) { r.Stack.Services[0].Fake = true }),
			"b/report.json says conformant, but its results say fakes-ok: it was changed after the run; run it again"},
		"nothing there": {func(*testing.T, string) {}, "b is not there; name the output directories of runs, or folders that hold some"},
		"no bundle": {func(t *testing.T, dir string) { require.NoError(t, os.Mkdir(dir, 0o755)) },
			"b holds no report.json, at no depth; name the output directories of runs, or folders that hold some"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			a, b, made := filepath.Join(root, "a"), filepath.Join(root, "b"), filepath.Join(root, "site")
			bundle(t, a, reportOf(good))
			merge(t, site.MergeOptions{Dirs: []string{a}, Out: made})
			before := read(t, made, "matrix.json")
			tt.make(t, b)
			_, err := site.Merge(site.MergeOptions{Dirs: []string{a, b}, Out: made})
			var bad *site.BundleError
			require.ErrorAs(t, err, &bad)
			said := regexp.MustCompile(`after [1-9]\d* bytes`).ReplaceAllString(strings.ReplaceAll(err.Error(), root+"/", ""), "after N bytes")
			assert.Equal(t, tt.want, said)
			assert.Equal(t, before, read(t, made, "matrix.json"), "the site that was there still is")
			entries, err := os.ReadDir(root)
			require.NoError(t, err)
			for _, entry := range entries {
				assert.Contains(t, []string{"a", "b", "site"}, entry.Name(), "nothing is left behind")
			}
		})
	}
}

func TestMergeNamesTheFirstOfManyBadBundles(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for i := range 30 {
		dir := filepath.Join(root, fmt.Sprintf("run-%02d", i))
		require.NoError(t, os.Mkdir(dir, 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "report.json"), []byte("{"), 0o644))
	}
	_, err := site.Merge(site.MergeOptions{Dirs: []string{root}, Out: filepath.Join(root, "site")})
	require.Error(t, err)
	assert.Equal(t, 11, bytes.Count([]byte(err.Error()), []byte("\n"))+1)
}

func TestMergeReplacesNothingButASite(t *testing.T) {
	t.Parallel()
	root := write(t, campaign()[:1])
	precious := filepath.Join(t.TempDir(), "precious")
	require.NoError(t, os.Mkdir(precious, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(precious, "thesis"), []byte("x"), 0o644))
	_, err := site.Merge(site.MergeOptions{Dirs: []string{root}, Out: precious})
	var dir *report.DirError
	require.ErrorAs(t, err, &dir)
	assert.ErrorContains(t, err, "it holds thesis and no site; name another one with --out")
	assert.Equal(t, "x", read(t, precious, "thesis"))
	_, err = site.Merge(site.MergeOptions{Dirs: []string{root}, Out: root})
	assert.ErrorContains(t, err, "lies in the site that would be replaced; name another one with --out")
	_, err = site.Merge(site.MergeOptions{Dirs: []string{root}, Out: filepath.Join(precious, "thesis", "site")})
	require.ErrorAs(t, err, &dir)
}

// TestMergeLeavesACheckoutAlone publishes twice into a folder that is a checkout: what no merge wrote stays.
func TestMergeLeavesACheckoutAlone(t *testing.T) {
	t.Parallel()
	root, out := write(t, campaign()[:1]), t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(out, ".git"), 0o755))
	for _, name := range []string{".git/HEAD", "CNAME", ".nojekyll"} {
		require.NoError(t, os.WriteFile(filepath.Join(out, name), []byte("kept"), 0o644))
	}
	merge(t, site.MergeOptions{Dirs: []string{root}, Out: out})
	require.NoError(t, os.WriteFile(filepath.Join(out, "notes.txt"), []byte("kept"), 0o644))
	other := write(t, campaign()[5:6])
	merge(t, site.MergeOptions{Dirs: []string{other}, Out: out})
	for _, name := range []string{".git/HEAD", "CNAME", ".nojekyll", "notes.txt"} {
		assert.Equal(t, "kept", read(t, out, name), name)
	}
	entries, err := os.ReadDir(out)
	require.NoError(t, err)
	assert.Len(t, entries, 4+3+1, "the first site's cell is gone")
}

// TestMergeRendersAnewAndCopies keeps what somebody else rendered off a site, and the site apart from the bundle.
func TestMergeRendersAnewAndCopies(t *testing.T) {
	t.Parallel()
	root, out := write(t, campaign()[:1]), filepath.Join(t.TempDir(), "site")
	from := filepath.Join(root, "alone")
	require.NoError(t, os.WriteFile(filepath.Join(from, "report.html"), []byte("<script>alert(1)</script>"), 0o644))
	evidence := filepath.Join(from, "evidence", "login.web.first")
	for name, text := range map[string]string{"page.html": "<script>", "x.svg": "<svg>", "01-x.json": "old"} {
		require.NoError(t, os.WriteFile(filepath.Join(evidence, name), []byte(text), 0o644))
	}
	merge(t, site.MergeOptions{Dirs: []string{from}, Out: out})
	cell := filepath.Join(out, "2024.8.6_v2.6.3_2024-03-28")
	assert.NotContains(t, read(t, cell, "report.html"), "alert(1)")
	assert.NoFileExists(t, filepath.Join(cell, "evidence", "login.web.first", "page.html"))
	assert.NoFileExists(t, filepath.Join(cell, "evidence", "login.web.first", "x.svg"))
	require.NoError(t, os.WriteFile(filepath.Join(evidence, "01-x.json"), []byte("new"), 0o644))
	assert.Equal(t, "old", read(t, cell, "evidence", "login.web.first", "01-x.json"), "a later run does not rewrite a published one")
}
