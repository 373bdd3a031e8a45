package compare_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/compare"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/report"
)

var update = flag.Bool("update", false, "write the golden files")

// upgrade is a comparison that holds every kind of change, and texts that are markup elsewhere.
func upgrade() compare.Comparison {
	wild := func(c *check.Result) {
		c.Reason = "<script>alert(1)</script> | `x`\nand \x1b[31mmore"
		c.Findings = []check.Finding{
			{Requirement: "key", Message: "<script>alert(1)</script> | `x`", Expected: "a|b", Actual: "c\nd", Fix: "`a|b`\n@all", Source: check.Source{File: "index.md", Line: 40}},
			{Requirement: "key", Message: "and more"},
		}
	}
	before := run(on("2024.8.4"),
		has("guide.authentik", check.Pass, saw("mode", "regex")), has("login.web.first", check.Pass), has("login.web.again", check.Pass),
		has("logout.web", check.Pass), has("link.web", check.Fail), has("token.id", check.Inconclusive),
		has("link.taken", check.Fail), has("logout.next", check.Pass, level(check.Should)),
		has("login.mobile.native[app=2.6]", check.Pass), has("discovery.keys", check.Pass),
		has("redirect.refused[miss=a]", check.Pass), has("redirect.refused[miss=b]", check.Pass),
		has("redirect.refused[miss=c]", check.Pass), has("redirect.refused[miss=d]", check.Pass))
	after := run(on("2024.8.6"), ends(report.Interrupted, ""),
		has("guide.authentik", check.Pass, saw("mode", "strict | <b>")), has("login.web.first", check.Fail, wild), planned("login.web.again"),
		has("logout.web", check.Skip), has("link.web", check.Pass), has("token.id", check.Pass),
		has("link.taken", check.Fail, finds("neither")), has("logout.next", check.Fail, level(check.Should)),
		has("login.mobile.native[app=2.7]", check.Fail), has("login.web.third", check.Pass),
		without("redirect.refused", "not on this authentik"), without("discovery.keys", report.NotSelected),
		func(r *report.Report) {
			r.Settings.RedirectURIs[0].Matching = guide.Regex
			r.Settings.RedirectURIs[0].Line = 40
			r.Resolved = []report.Resolved{{Product: "authentik", Field: "scope", Value: "openid", Reason: "default"}}
			r.Run.Tool = "v0.2.0"
		})
	return compare.Reports(before, after)
}

func TestRenderings(t *testing.T) {
	t.Parallel()
	for name, render := range renderings() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := rendered(t, upgrade(), render)
			path := filepath.Join("testdata", name)
			if *update {
				require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s differs (-want +got); run with -update when that is meant:\n%s", name, diff)
			}
			assert.NotContains(t, got, "\x1b")
		})
	}
}

type render = func(compare.Comparison, io.Writer) error

func renderings() map[string]render {
	return map[string]render{"compare.txt": compare.Comparison.WriteText, "compare.md": compare.Comparison.WriteMarkdown}
}

func rendered(t *testing.T, c compare.Comparison, write render) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, write(c, &b))
	return b.String()
}

// TestMarkdownHoldsItsTables looks at each line: a text that broke out of its cell would make another number of columns.
func TestMarkdownHoldsItsTables(t *testing.T) {
	t.Parallel()
	text := rendered(t, upgrade(), compare.Comparison.WriteMarkdown)
	columns := 0
	for _, line := range strings.Split(text, "\n") {
		if !strings.HasPrefix(line, "|") {
			columns = 0
			continue
		}
		n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		if columns == 0 {
			columns = n
		}
		assert.Equal(t, columns, n, line)
	}
	outside := regexp.MustCompile("``.*?``|`[^`\n]*`").ReplaceAllString(strings.ReplaceAll(text, "\\`", ""), "")
	for _, markup := range []string{"<script", "<b>", "@all"} {
		assert.Contains(t, text, strings.NewReplacer("<script", "&lt;script").Replace(markup), "it is shown")
		assert.NotContains(t, outside, markup, "it is no markup")
	}
}

// TestMarkdownFitsIntoAComment counts what it leaves out.
func TestMarkdownFitsIntoAComment(t *testing.T) {
	t.Parallel()
	var before, after changes
	long := strings.Repeat("<&|`", 500)
	for i := range 400 {
		name := fmt.Sprintf("a.c%d", i)
		before = append(before, has(name, check.Pass, saw("x", "1"+long)))
		after = append(after, has(name, check.Fail, finds(long), saw("x", "2"+long)))
	}
	after = append(after, ends(report.Inconclusive, long))
	text := rendered(t, compare.Reports(run(before...), run(after...)), compare.Comparison.WriteMarkdown)
	assert.Less(t, len(text), 65536)
	assert.Regexp(t, "\nand [0-9]+ more rows; `--format json` has them all.\n", text)
	assert.Contains(t, text, "400 broken")
}

// TestDifferentInKindIsSaid holds the renderings of what is no comparison.
func TestDifferentInKindIsSaid(t *testing.T) {
	t.Parallel()
	c := compare.Reports(run(has("a.b", check.Pass)), run(has("a.b", check.Pass), fakes))
	for name, write := range renderings() {
		text := rendered(t, c, write)
		assert.Contains(t, text, "different-in-kind", name)
		assert.Contains(t, text, "no check compared", name)
	}
}

// TestJSON holds that every list is a list, and that nothing is lost on the way.
func TestJSON(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]compare.Comparison{"all": upgrade(), "nothing": compare.Reports(run(), run())} {
		data, err := json.Marshal(c)
		require.NoError(t, err)
		assert.NotContains(t, string(data), ":null", name)
		var again compare.Comparison
		require.NoError(t, json.Unmarshal(data, &again))
		assert.Equal(t, c, again, name)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestAWriterThatFailsIsSaid(t *testing.T) {
	t.Parallel()
	for name, write := range renderings() {
		assert.EqualError(t, write(upgrade(), broken{}), "no space left", name)
	}
}
