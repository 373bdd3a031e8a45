package render_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/render"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/report/reporttest"
)

// annotated is a workflow command as a runner takes it apart.
type annotated struct {
	level, message string
	properties     map[string]string
}

var workflowCommand = regexp.MustCompile(`^::([a-z]+) ([^:]*)::(.*)$`)

// readAnnotations wants nothing but commands, and takes the escapes off. They are those of addresses.
func readAnnotations(t *testing.T, text string) []annotated {
	t.Helper()
	var all []annotated
	for line := range strings.Lines(text) {
		m := workflowCommand.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		require.NotNil(t, m, "no command: %q", line)
		a := annotated{level: m[1], message: unescaped(t, m[3]), properties: map[string]string{}}
		for _, pair := range strings.Split(m[2], ",") {
			key, value, _ := strings.Cut(pair, "=")
			a.properties[key] = unescaped(t, value)
		}
		all = append(all, a)
	}
	return all
}

func unescaped(t *testing.T, text string) string {
	t.Helper()
	text, err := url.PathUnescape(text)
	require.NoError(t, err)
	return text
}

// ofFile is a report of a page that was given as a file.
func ofFile(r *report.Report, path string) *report.Report {
	r.Settings.Revision, r.Settings.Commit, r.Settings.Source, r.Cell.Guide = "", "", path, path
	for i := range r.Causes {
		if r.Causes[i].Fix.File != "" {
			r.Causes[i].Fix.File = path
		}
	}
	for i := range r.Checks {
		for j := range r.Checks[i].Findings {
			if at := &r.Checks[i].Findings[j].Source; at.File != "" {
				at.File = path
			}
		}
		for j := range r.Checks[i].Requirements {
			if at := &r.Checks[i].Requirements[j].Source; at.File != "" {
				at.File = path
			}
		}
	}
	return r
}

func TestAnnotations(t *testing.T) {
	t.Parallel()
	got := readAnnotations(t, render.Annotations(ofFile(explained(), "./docs/a, b: 100%.md")))
	require.Len(t, got, 4)
	assert.Equal(t, annotated{
		level:      "error",
		properties: map[string]string{"file": "docs/a, b: 100%.md", "line": "36", "title": "The guide does not register the app's redirect URI"},
		message: "At fault: the guide, ./docs/a, b: 100%.md:36\n" +
			"Because: The app sends app.immich:///oauth-callback, and the page lists app.immich:/ alone.\n" +
			"Fix: Write `app.immich:///oauth-callback` in place of `app.immich:/`.\n" +
			"Where: Applications > Providers > Redirect URIs\nField: redirect_uris\n" +
			"Explains: 2 checks: guide.covers-clients, login.mobile.native[app=2.6,slashes=3]\n" +
			"authentik 2025.8.1 × Immich v2.7.5 × guide a, b: 100%.md",
	}, got[0])
	assert.Equal(t, map[string]string{"file": "docs/a, b: 100%.md", "line": "37", "title": "fail redirect.refused[miss=host-dot]"}, got[1].properties)
	assert.Contains(t, got[1].message, "Found: authentik redirects to a host that nobody registered\nExpected: the error page, status 400\n")
	assert.Equal(t, "unexpected-pass redirect.documented[uri=app]", got[2].properties["title"])
	assert.Equal(t, "warning", got[3].level, "what could not be judged is no error")
	assert.Equal(t, map[string]string{"title": "The proxy drops cookies"}, got[3].properties, "there is no line to change")
}

func TestAnnotationsStandAtFilesOfTheRepositoryOnly(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]*report.Report{
		"a revision that is built in": explained(), "a page of the web": ofFile(explained(), "https://example.org/index.md"),
	} {
		for _, a := range readAnnotations(t, render.Annotations(r)) {
			assert.NotContains(t, a.properties, "file", name)
			assert.NotContains(t, a.properties, "line", name)
		}
	}
	assert.Empty(t, render.Annotations(&report.Report{Verdict: report.Conformant}))
}

func TestAnnotationsKeepHostileTextsInside(t *testing.T) {
	t.Parallel()
	text := render.Annotations(spoiled())
	assert.NotContains(t, text, "##[")
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		assert.Regexp(t, `^::[a-z]+ file=[^:,]*,line=7,title=[^:,]*::`, line, "it has our properties and no others")
	}
	for _, a := range readAnnotations(t, text) {
		assert.Len(t, a.properties, 3)
		assert.NotRegexp(t, command, a.message)
	}
	assert.NotContains(t, text, "\r")
}

func TestAnnotationsAreNoMoreThanGitHubShows(t *testing.T) {
	t.Parallel()
	r := reporttest.Sample()
	r.Causes, r.Checks, r.Plan.Checks = nil, nil, nil
	for n := range 53 {
		r.Checks = append(r.Checks, check.Result{ID: fmt.Sprintf("a.c%d", n), Level: check.Must, Status: check.Fail, Reason: "it is not so"})
	}
	got := readAnnotations(t, render.Annotations(r))
	require.Len(t, got, 10)
	assert.Equal(t, "44 more: the summary of the job has all", got[9].message)

	r.Checks = r.Checks[:10]
	assert.NotContains(t, render.Annotations(r), "more")
}
