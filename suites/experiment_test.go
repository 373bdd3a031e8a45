package suites_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/edge"
)

// experiment is a cell on doubles, with at most one fault, and exactly what becomes of the checks.
type experiment struct {
	name string
	why  string // the checks end as they do
	cell cell
	// The fault, by name: of the double of authentik, of Immich's, or of the wire, where Host is a product's name.
	authentik, immich string
	wire              edge.Fault
	// browser names those of the checks that take seconds, and of the logins of other apps, that run; all others always do.
	browser []string
	limit   time.Duration // for one check; 0: more than any needs
	// noLogin is set where no login comes to its end, so that what rests on one is not judged.
	noLogin bool
	// The checks that do not pass. All others do.
	fail, inconclusive, skip []string
	says                     string // in a finding or a reason: what a reader learns
}

// cell names what is judged; what is empty is the usual.
type cell struct{ authentik, immich, guide string }

var usual = cell{authentik: "2025.8.1", immich: "v2.7.5", guide: "2025-06-23"}

// The checks in the browser and those of the clock take seconds each, and the logins of seven other apps are an echo of the own app's.
var (
	everything = []string{"*"}
	inBrowser  = []string{
		"login.web.*", "redirect.documented[*", "redirect.refused[seen=browser]", "login.mobile.native[*,slashes=1]", "link.web", "logout.web",
		"login.mobile.other", "op.lifetime", "launch.library", "logout.backchannel.page",
	}
)

// explicit is the login that most others need.
const explicit = "login.web.first[consent=explicit]"

// expected is the status of each check that does not pass, by name.
func (x experiment) expected(t *testing.T, planned []string) map[string]check.Status {
	t.Helper()
	all := map[string]check.Status{}
	for status, globs := range map[check.Status][]string{check.Fail: x.fail, check.Inconclusive: x.inconclusive, check.Skip: x.skip} {
		for _, glob := range globs {
			named := slices.DeleteFunc(slices.Clone(planned), func(name string) bool { return !matches([]string{glob}, name) })
			require.NotEmpty(t, named, "no check that runs is called %s", glob)
			for _, name := range named {
				require.NotContains(t, all, name, "expected twice")
				all[name] = status
			}
		}
	}
	// The checks of accounts and sessions rest on the first login, and go over HTTP where that does not run.
	var status check.Status
	switch {
	case all[explicit] != "", all["login.web.first"] != "": // without a variant where the guide names the flow
		status = check.Skip
	case x.noLogin:
		status = check.Inconclusive
	default:
		return all
	}
	for _, name := range planned {
		if matches([]string{"account.*", "session.*"}, name) {
			all[name] = status
		}
	}
	return all
}

// matches reports whether one of the globs is the name of a check, or its ID, or has its two parts around a star.
func matches(globs []string, name string) bool {
	id, _, _ := strings.Cut(name, "[")
	return slices.ContainsFunc(globs, func(glob string) bool {
		before, after, star := strings.Cut(glob, "*")
		return glob == name || glob == id ||
			star && len(name) >= len(before)+len(after) && strings.HasPrefix(name, before) && strings.HasSuffix(name, after)
	})
}

// compare holds what became of the checks against what is expected.
func (s *stand) compare(t *testing.T, results []check.Result) {
	t.Helper()
	actual, told := map[string]check.Status{}, ""
	for _, r := range results {
		if r.Status != check.Pass {
			actual[r.Name()] = r.Status
			told += tell(r)
		}
	}
	assert.Equal(t, s.expected(t, s.planned), actual, "what does not pass:\n%s", told)
	assert.Contains(t, told, s.says, "what a reader learns")
}

// assertFindings checks that a failed check says which of its requirements is broken.
func assertFindings(t *testing.T, r check.Result) {
	t.Helper()
	assert.NotEmpty(t, r.Findings, "%s fails without a finding", r.Name())
	for _, f := range r.Findings {
		assert.True(t, slices.ContainsFunc(r.Requirements, func(j check.Judgement) bool {
			return j.Key == f.Requirement && j.Outcome == check.Failed
		}), "%s: the finding %q is bound to no requirement that failed", r.Name(), f.Message)
	}
}

// tell is all that a result says, for people.
func tell(r check.Result) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %s: %s\n", r.Name(), r.Status, r.Reason)
	for _, f := range r.Findings {
		fmt.Fprintf(&text, "  %s: %s", f.Requirement, f.Message)
		for _, part := range [][2]string{{"expected", f.Expected}, {"actual", f.Actual}, {"at", f.Source.String()}, {"fix", f.Fix}} {
			if part[1] != "" {
				fmt.Fprintf(&text, "\n    %s: %s", part[0], part[1])
			}
		}
		text.WriteString("\n")
	}
	return text.String()
}
