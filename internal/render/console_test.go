package render_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/render"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/report/reporttest"
	"github.com/ssoproof/ssoproof/internal/stack"
)

// tell plays a whole run to a console.
func tell(c *render.Console, r *report.Report) {
	c.Start(r)
	c.Note("a note\nof two lines")
	c.Waiting(stack.Progress{Subject: "authentik", Text: "waiting for its flows"}, 5*time.Second)
	c.PhaseEnded("stack", 40*time.Second)
	c.Planned(r.Plan.Checks)
	for _, result := range r.Checks {
		c.Started(result.Name())
		c.Ended(result)
	}
	c.PhaseEnded("judge", 81300*time.Millisecond)
	c.Close()
	c.Summary(r, "results/x")
}

func TestConsoleInCI(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	tell(render.NewConsole(render.ConsoleOptions{Out: &out}), reporttest.Sample())
	golden(t, "console.txt", out.Bytes())
	assert.NotContains(t, out.String(), "\x1b")
	assert.NotContains(t, out.String(), "so far", "nothing takes long")
}

// lines is a writer that hands over what is written to it.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}

func TestConsoleBreaksLongSilencesInCI(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	out := make(lines, 1000)
	c := render.NewConsole(render.ConsoleOptions{Out: out, Every: time.Millisecond, Now: func() time.Time { return now }})
	next := func(want string) {
		t.Helper()
		patience := time.After(time.Minute)
		for {
			select {
			case line := <-out:
				if line == want {
					return
				}
			case <-patience:
				require.FailNow(t, "it was not told: "+want)
			}
		}
	}
	c.Waiting(stack.Progress{Text: "start immich"}, 2*time.Second)
	next("… start immich (2.0 s so far)\n")
	c.Waiting(stack.Progress{Text: "wait for valkey"}, 3*time.Second)
	next("… wait for valkey (3.0 s so far)\n")
	c.PhaseEnded("stack", 3*time.Second)
	next("stack      3.0 s\n")

	c.Waiting(stack.Progress{Subject: "authentik", Text: "waiting for everything"}, 4*time.Second)
	c.Waiting(stack.Progress{Subject: "Immich", Text: "waiting for its answer to a ping"}, 4*time.Second)
	next("… authentik: waiting for everything (4.0 s so far)\n")
	next("… Immich: waiting for its answer to a ping (4.0 s so far)\n")
	c.Waiting(stack.Progress{Subject: "authentik", Text: "waiting for its flows"}, 65*time.Second)
	next("… authentik: waiting for its flows (1 min 05 s so far)\n")
	c.PhaseEnded("products", 65*time.Second)
	next("products   1 min 05 s\n")

	c.Started("login.web.first")
	assert.Empty(t, <-out)
	next("… login.web.first (0.0 s so far)\n")
	go func() { c.Close(); close(out) }()
	for line := range out {
		assert.Equal(t, "… login.web.first (0.0 s so far)\n", line, "what is over is told no more")
	}
}

func TestConsoleWithFakes(t *testing.T) {
	t.Parallel()
	r := reporttest.Sample()
	r.Stack = report.Stack{Kind: stack.Fake}
	r.Verdict = report.FakesFailed
	var out bytes.Buffer
	tell(render.NewConsole(render.ConsoleOptions{Out: &out}), r)
	assert.Equal(t, 2, strings.Count(out.String(), "! FAKES: "), "the banner opens and closes the run")
	assert.Contains(t, out.String(), "Verdict: fakes-failed")
}

func TestConsoleNamesOnceWhatKeptChecksFromRunning(t *testing.T) {
	t.Parallel()
	r := reporttest.Sample()
	r.Verdict, r.Run.Error, r.Causes = report.Inconclusive, "immich ended with exit code 7", nil
	r.Plan.Checks = []string{"login.web.first", "link.web", "link.taken"}
	r.Checks = []check.Result{
		{ID: "login.web.first", Level: check.Must, Status: check.Pass},
		{ID: "link.web", Level: check.Must, Status: check.Inconclusive, NotBegun: true, Reason: "not begun: immich ended with exit code 7"},
	}
	var out bytes.Buffer
	c := render.NewConsole(render.ConsoleOptions{Out: &out})
	defer c.Close()
	c.Summary(r, "results/x")
	assert.Contains(t, out.String(), "Not run\n\n    not begun: immich ended with exit code 7: link.web\n    the run ended before this check did: link.taken\n")
	assert.NotContains(t, out.String(), "rerun")
	assert.Contains(t, out.String(), "1 pass", "counted all the same")

	out.Reset()
	r.Checks = nil
	c.Summary(r, "results/x")
	assert.Contains(t, out.String(), "the run ended before this check did: all 3 checks\n")
}

func TestConsoleOnATerminal(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var out bytes.Buffer
	c := render.NewConsole(render.ConsoleOptions{Out: &out, Terminal: true, Width: 40, Now: func() time.Time { return now }})
	c.Planned([]string{"login.web.first", "login.web.again", "a.rather.long-name"})
	c.Started("login.web.first")
	now = now.Add(7 * time.Second)
	c.Started("login.web.again")
	c.Started("a.rather.long-name")
	assert.Contains(t, out.String(), "\x1b[2m0/3 · login.web.first 7 s", "the live line")
	for line := range strings.Lines(strings.ReplaceAll(out.String(), "\r\x1b[2K", "\n")) {
		plain := strings.NewReplacer("\x1b[2m", "", "\x1b[0m", "", "\n", "").Replace(line)
		assert.LessOrEqual(t, len([]rune(plain)), 39, "it never wraps: %q", plain)
	}
	out.Reset()
	c.Ended(reporttest.Sample().Checks[1])
	assert.Regexp(t, "^\r\x1b\\[2K\x1b\\[31mfail ", out.String(), "a line takes the place of the live line")
	out.Reset()
	c.Close()
	c.Close()
	assert.Equal(t, "\r\x1b[2K", out.String(), "the live line goes")
}

func TestLineOfACheckFitsTheTerminal(t *testing.T) {
	t.Parallel()
	failed := check.Result{ID: "login.web.first", Level: check.Must, Status: check.Fail, Reason: strings.Repeat("because ", 50)}
	for _, test := range []struct {
		width  int
		reason bool
	}{{130, true}, {60, false}} {
		var out bytes.Buffer
		c := render.NewConsole(render.ConsoleOptions{Out: &out, Terminal: true, NoColor: true, Width: test.width})
		c.Planned([]string{"login.web.first", strings.Repeat("x", 40)})
		out.Reset()
		c.Ended(failed)
		c.Close()
		line, _, _ := strings.Cut(out.String(), "\n")
		assert.LessOrEqual(t, len([]rune(line)), test.width)
		assert.Equal(t, test.reason, strings.Contains(line, "because"), line)
	}
	var log bytes.Buffer
	c := render.NewConsole(render.ConsoleOptions{Out: &log})
	defer c.Close()
	c.Ended(failed)
	assert.Greater(t, strings.Count(log.String(), "because"), 20, "a log has no width")
}

func TestConsoleWithoutColor(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	c := render.NewConsole(render.ConsoleOptions{Out: &out, Terminal: true, NoColor: true})
	defer c.Close()
	c.Ended(reporttest.Sample().Checks[1])
	assert.NotContains(t, out.String(), "\x1b[3")
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestWhatIsForInformationIsToldInFewWords(t *testing.T) {
	t.Parallel()
	r := reporttest.Sample()
	r.Verdict, r.Causes = report.Conformant, nil
	r.Plan.Checks = []string{"guide.immich", "login.mobile.other[app=1.118]"}
	r.Checks = []check.Result{
		{ID: "guide.immich", Level: check.Must, Status: check.Pass},
		{
			ID: "login.mobile.other", Variant: check.Variant{"app": "1.118"}, Level: check.Info, Status: check.Fail, Title: "the app logs in",
			Reason:   "Immich turns the app away: expected a session, got 400 OAuth state is missing",
			Findings: []check.Finding{{Message: "Immich turns the app away", Expected: "a session", Actual: "400 OAuth state is missing", Fix: "update the app"}},
		},
	}
	var out bytes.Buffer
	c := render.NewConsole(render.ConsoleOptions{Out: &out})
	defer c.Close()
	c.Summary(r, "results/x")
	assert.Contains(t, out.String(), "For information\n\n  login.mobile.other[app=1.118]  Immich turns the app away\n\n")
	assert.Contains(t, out.String(), "1 of 1 check passed.")
	assert.NotContains(t, out.String(), "fail")
	assert.NotContains(t, out.String(), "recommendation")
	assert.NotContains(t, out.String(), "rerun")

	junit, err := render.JUnit(r)
	require.NoError(t, err)
	assert.Contains(t, string(junit), `failures="0"`)
	assert.NotContains(t, string(junit), "<failure")
}
