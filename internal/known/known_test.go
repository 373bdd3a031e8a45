package known_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/known"
	"github.com/ssoproof/ssoproof/internal/version"
)

func load(t *testing.T, text string) ([]*known.Issue, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "known.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	issues, err := known.Load(path)
	return issues, err
}

const issue = `issues:
  - check: login.mobile.*
    variant: {app: "2.6"}
    authentik: ">=2025.8"
    immich: "2.x"
    reason: the page lists app.immich:/ only
    link: https://github.com/goauthentik/authentik/issues/1
    expires: 2026-12-31
`

func excuses(t *testing.T, text, authentik, immich, today string) *known.Excuses {
	t.Helper()
	issues, err := load(t, text)
	require.NoError(t, err)
	facts, err := version.Load()
	require.NoError(t, err)
	op, err := facts.Resolve(version.Authentik, authentik)
	require.NoError(t, err)
	rp, err := facts.Resolve(version.Immich, immich)
	require.NoError(t, err)
	now, err := time.Parse(time.DateOnly, today)
	require.NoError(t, err)
	e, err := known.For(issues, op, rp, now)
	require.NoError(t, err)
	return e
}

func TestAmend(t *testing.T) {
	t.Parallel()
	app := check.Variant{"app": "2.6", "slashes": "3"}
	for name, c := range map[string]struct {
		authentik, immich, today string
		is                       check.Result
		want                     check.Status
		reason                   string
	}{
		"a failure is expected":          {is: check.Result{ID: "login.mobile.native", Variant: app, Status: check.Fail}, want: check.ExpectedFail, reason: "known issue: the page lists app.immich:/ only"},
		"a pass is not":                  {is: check.Result{ID: "login.mobile.native", Variant: app, Status: check.Pass}, want: check.UnexpectedPass, reason: "remove the issue"},
		"what was not judged stays":      {is: check.Result{ID: "login.mobile.native", Variant: app, Status: check.Inconclusive}, want: check.Inconclusive},
		"another check":                  {is: check.Result{ID: "login.web.first", Variant: app, Status: check.Fail}, want: check.Fail},
		"another variant":                {is: check.Result{ID: "login.mobile.native", Variant: check.Variant{"app": "3.0"}, Status: check.Fail}, want: check.Fail},
		"another authentik":              {authentik: "2024.8.4", is: check.Result{ID: "login.mobile.native", Variant: app, Status: check.Fail}, want: check.Fail},
		"another Immich":                 {immich: "v3.1.0", is: check.Result{ID: "login.mobile.native", Variant: app, Status: check.Fail}, want: check.Fail},
		"on its last day":                {today: "2026-12-31", is: check.Result{ID: "login.mobile.native", Variant: app, Status: check.Fail}, want: check.ExpectedFail},
		"expired, it excuses nothing":    {today: "2027-01-02", is: check.Result{ID: "login.mobile.native", Variant: app, Status: check.Fail}, want: check.Fail, reason: "expired on 2026-12-31"},
		"expired, a pass is only a pass": {today: "2027-01-02", is: check.Result{ID: "login.mobile.native", Variant: app, Status: check.Pass}, want: check.Pass},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			or := func(text, other string) string {
				if text == "" {
					return other
				}
				return text
			}
			got := excuses(t, issue, or(c.authentik, "2025.8.1"), or(c.immich, "v2.7.5"), or(c.today, "2026-11-25")).Amend(c.is)
			assert.Equal(t, c.want, got.Status)
			assert.Contains(t, got.Reason, c.reason)
		})
	}
}

func TestUnusedNamesWhatMatchesNothing(t *testing.T) {
	t.Parallel()
	e := excuses(t, issue, "2025.8.1", "v2.7.5", "2026-11-25")
	assert.Empty(t, e.Unused([]check.Named{{ID: "login.mobile.native", Variant: check.Variant{"app": "2.6"}}}))
	unused := e.Unused([]check.Named{{ID: "login.web.first"}})
	require.Len(t, unused, 1)
	assert.Contains(t, unused[0], "known.yaml: issue 1: no check of this pair is called login.mobile.*[app=2.6]")
	assert.Empty(t, excuses(t, issue, "2024.8.4", "v2.7.5", "2026-11-25").Unused(nil), "an issue of other versions is none of this pair's")
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"issues:\n  - check: a\n": `known.yaml: issue 1: it has no "reason"`,
		"issues:\n  - {check: a, reason: b, link: 'ftp://x', expires: 2027-01-01}\n":  `issue 1: its link "ftp://x" is not an https address`,
		"issues:\n  - {check: a, reason: b, link: 'https://x', expires: next year}\n": `its day "next year" is not written like 2027-01-31`,
		"issues:\n  - {chek: a}\n": "field chek not found",
		"- a\n":                    "is not a list of known issues",
	} {
		_, err := load(t, text)
		assert.ErrorContains(t, err, want, text)
	}
	_, err := known.Load(filepath.Join(t.TempDir(), "none.yaml"))
	assert.ErrorIs(t, err, os.ErrNotExist)
}

// TestBuiltinIssuesHold keeps the program's own list honest.
func TestBuiltinIssuesHold(t *testing.T) {
	t.Parallel()
	issues, err := known.Builtin()
	require.NoError(t, err)
	for _, issue := range issues {
		assert.False(t, issue.Expired(time.Now()), "%s has expired", issue.Source())
	}
}
