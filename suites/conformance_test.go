package suites_test

import (
	"cmp"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/run"
)

// TestConformance runs the catalogue as `ssoproof run` does and reports each check as a subtest. Without more it runs
// on the doubles. SSOPROOF_STACK=containers runs it on the products; then give it time:
//
//	SSOPROOF_STACK=containers SSOPROOF_AUTHENTIK=2025.8.1 SSOPROOF_IMMICH=v2.7.5 \
//	  go test ./suites -run TestConformance -timeout 60m -v
//
// SSOPROOF_GUIDE, _BROWSER, _IMAGE (SERVICE=REF), _ONLY, _SKIP and _OUT are the flags of the same names; where a flag
// can be repeated, commas separate.
func TestConformance(t *testing.T) {
	outcome := undisturbed(t, func(int) run.Options { return fromEnvironment(t) })
	t.Log(outcome.Report.Cell)
	assert.Len(t, outcome.Report.Checks, len(outcome.Report.Plan.Checks), "every planned check has a result")
	for _, r := range outcome.Report.Checks {
		t.Run(r.Name(), func(t *testing.T) {
			t.Log(r.Title)
			switch r.Status {
			case check.Pass, check.ExpectedFail:
			case check.Skip:
				t.Skip(r.Reason)
			case check.Fail, check.Inconclusive:
				if r.Level != check.Must { // no violation, and no reason for a red build
					t.Skip(tell(r))
				}
				t.Error(tell(r))
			default:
				t.Error(tell(r))
			}
		})
	}
}

// fromEnvironment reads what was asked for.
func fromEnvironment(t *testing.T) run.Options {
	t.Helper()
	variable := func(name string) string { return os.Getenv("SSOPROOF_" + name) }
	list := func(name string) []string {
		return strings.FieldsFunc(variable(name), func(r rune) bool { return r == ',' })
	}
	images := map[string]string{}
	for _, pair := range list("IMAGE") {
		service, image, _ := strings.Cut(pair, "=")
		images[service] = image
	}
	return run.Options{
		Stack: cmp.Or(variable("STACK"), run.Fake), Browser: cmp.Or(variable("BROWSER"), "auto"),
		Authentik: variable("AUTHENTIK"), Immich: variable("IMMICH"), Guide: variable("GUIDE"), Images: images,
		Only: list("ONLY"), Skip: list("SKIP"), Out: variable("OUT"), Parallel: runtime.NumCPU(),
		Command: os.Args, CI: os.Getenv("CI") != "", Output: t.Output(), Fetch: http.DefaultClient, Now: time.Now,
	}
}
