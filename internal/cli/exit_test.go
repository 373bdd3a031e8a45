package cli

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/run"
	"github.com/ssoproof/ssoproof/internal/stack"
)

// TestExitCodes pins which of several things that happened decides: an interrupt, then a violation, then what went wrong.
func TestExitCodes(t *testing.T) {
	t.Parallel()
	noStack := fmt.Errorf("%w: no engine", stack.ErrUnavailable)
	defect := errors.New("a defect")
	tests := map[string]struct {
		verdict     report.Verdict // empty: the run did not begin
		err         error
		interrupted bool
		code        int
		said        string
	}{
		"conformant":                     {verdict: report.Conformant, code: 0},
		"fakes-ok":                       {verdict: report.FakesOK, code: 0},
		"violation":                      {verdict: report.Violation, code: 1},
		"fakes-failed":                   {verdict: report.FakesFailed, code: 1},
		"violation and a defect":         {verdict: report.Violation, err: defect, code: 1, said: "a defect"},
		"violation, stack lost":          {verdict: report.Violation, err: noStack, code: 1, said: noStack.Error()},
		"inconclusive":                   {verdict: report.Inconclusive, code: 4},
		"inconclusive by a defect":       {verdict: report.Inconclusive, err: defect, code: 4, said: "a defect"},
		"no stack":                       {verdict: report.Inconclusive, err: noStack, code: 3, said: noStack.Error()},
		"interrupted":                    {verdict: report.Interrupted, interrupted: true, code: 5, said: "interrupted; the report so far is in out"},
		"interrupted, then a defect":     {verdict: report.Interrupted, err: defect, interrupted: true, code: 5, said: "interrupted; the report so far is in out"},
		"interrupted before it began":    {err: context.Canceled, interrupted: true, code: 5, said: "context canceled"},
		"interrupted after the verdict":  {verdict: report.Violation, interrupted: true, code: 1},
		"usage":                          {err: &run.UsageError{Err: defect}, code: 2, said: "a defect"},
		"several mistakes":               {err: errors.Join(&run.UsageError{Err: defect}, defect), code: 2, said: "a defect\na defect"},
		"output directory":               {err: &report.DirError{Dir: "x", Err: defect}, code: 2, said: "cannot write the output directory x: a defect; name another one with --out"},
		"a report that cannot be closed": {verdict: report.Conformant, err: defect, code: 4, said: "a defect"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			if test.interrupted {
				cancel()
			}
			defer cancel()
			var outcome *run.Outcome
			if test.verdict != "" {
				outcome = &run.Outcome{Dir: "out", Verdict: test.verdict}
			}
			err := ended(outcome, test.err)
			assert.Equal(t, test.code, exitCode(ctx, err))
			if test.said == "" {
				assert.True(t, err == nil || err.Error() == "", "nothing is left to say")
			} else {
				assert.EqualError(t, err, test.said)
			}
		})
	}
}

func TestCommandKeepsNoCredentials(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"ssoproof", "run", "--guide", "https://example.org/index.md", "--guide=https://example.org/index.md", "--image", "immich=x:1"},
		command([]string{"run", "--guide", "https://me:hush@example.org/index.md?token=hush#hush", "--guide=https://example.org/index.md?token=hush", "--image", "immich=x:1"}))
}

func TestGlobs(t *testing.T) {
	t.Parallel()
	var g globs
	assert.NoError(t, g.Set("guide.*, login.mobile.native[app=2.6,slashes=3],token.id"))
	assert.NoError(t, g.Set("link.web"))
	assert.Equal(t, globs{"guide.*", "login.mobile.native[app=2.6,slashes=3]", "token.id", "link.web"}, g)
}
