package check_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
)

// env is what the bodies of these tests work with: nothing.
type env struct{}

type plan = []check.Check[env]

// of is a check with one requirement, "r".
func of(id string, body func(*check.T)) check.Check[env] {
	return check.Check[env]{
		ID: id, Level: check.Must, Requirements: []check.Requirement{{Key: "r", Text: "it holds"}},
		Body: func(t *check.T, _ env) { body(t) },
	}
}

func holds(t *check.T) { t.Confirm("r", func() {}) }

func runner(parallel int) *check.Runner[env] {
	return &check.Runner[env]{Env: func(*check.T) env { return env{} }, Parallel: parallel}
}

func run(ctx context.Context, checks ...check.Check[env]) []check.Result {
	return runner(2).Run(ctx, checks)
}

func TestEveryBodyEndsInExactlyOneStatus(t *testing.T) {
	t.Parallel()
	boom := errors.New("no way through")
	for _, tt := range []struct {
		name   string
		body   func(*check.T)
		want   check.Status
		reason string
	}{
		{"holds", holds, check.Pass, ""},
		{"does not hold", func(t *check.T) { t.Confirm("r", func() { assert.Equal(t, 1, 2, "the number") }) }, check.Fail, "the number: expected 1, got 2"},
		{"require ends the body", func(t *check.T) {
			t.Confirm("r", func() { require.Equal(t, "on", t.Snapshot().ID, "the flag") })
			panic("not reached")
		}, check.Fail, `the flag: expected "on", got "a"`},
		{"one requirement is never judged", func(*check.T) {}, check.Error, `the body never judged "r"`},
		{"an unknown requirement", func(t *check.T) { t.Confirm("x", func() {}) }, check.Error, `the check has no requirement "x"`},
		{"a statement outside Confirm", func(t *check.T) { assert.Fail(t, "loose") }, check.Error, "a statement outside Confirm: loose"},
		{"panic", func(*check.T) { panic("oops") }, check.Error, "panic: oops"},
		{"blocked", func(t *check.T) { t.Block(boom) }, check.Inconclusive, "no way through"},
		{"blocked by nothing", func(t *check.T) { t.Block(nil); holds(t) }, check.Pass, ""},
		{"failed, then blocked", func(t *check.T) {
			t.Confirm("r", func() { assert.Fail(t, "seen") })
			t.Block(boom)
		}, check.Fail, "seen"},
		{"passed, but in doubt", func(t *check.T) { holds(t); t.Doubt(boom) }, check.Inconclusive, "no way through"},
		{"failed, but in doubt", func(t *check.T) { t.Confirm("r", func() { assert.Fail(t, "seen") }); t.Doubt(boom) }, check.Inconclusive, "no way through"},
		{"rests on an unproven fact", func(t *check.T) {
			t.Confirm("r", func() { t.Provisional("unproven", func() { assert.Fail(t, "seen") }) })
		}, check.Inconclusive, "unproven: seen"},
		{"rests on a proven fact", func(t *check.T) {
			t.Confirm("r", func() { t.Provisional("", func() { assert.Fail(t, "seen") }) })
		}, check.Fail, "seen"},
		{"cannot restore", func(t *check.T) {
			t.Cleanup(func(context.Context) error { return boom })
			holds(t)
		}, check.Error, "no way through"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			results := run(t.Context(), of("a", tt.body))
			require.Len(t, results, 1)
			assert.Equal(t, tt.want, results[0].Status)
			if tt.reason == "" {
				assert.Empty(t, results[0].Reason)
			} else {
				assert.Contains(t, results[0].Reason, tt.reason)
			}
		})
	}
}

func TestACheckWithoutRequirementsProvesNothing(t *testing.T) {
	t.Parallel()
	results := run(t.Context(), check.Check[env]{ID: "a", Body: func(*check.T, env) {}})
	assert.Equal(t, check.Error, results[0].Status)
}

func TestRequirementsAreJudgedOneByOne(t *testing.T) {
	t.Parallel()
	c := of("a", func(t *check.T) {
		t.Confirm("r", func() { assert.Equal(t, "x", "y", "the letter") })
		t.Confirm("s", func() {})
		t.Confirm("r", func() { assert.True(t, strings.HasPrefix("x", "y"), "the length") })
		t.Confirm("r", func() {}) // a later judgement does not mend an earlier one
	})
	c.Requirements = append(c.Requirements, check.Requirement{Key: "s"})
	result := run(t.Context(), c)[0]
	assert.Equal(t, check.Failed, result.Requirements[0].Outcome)
	assert.Equal(t, check.Confirmed, result.Requirements[1].Outcome)
	assert.Equal(t, []check.Finding{
		{Requirement: "r", Message: "the letter", Expected: `"x"`, Actual: `"y"`}, {Requirement: "r", Message: "the length"},
	}, result.Findings)
}

func TestADeadlineSaysWhatWasWaitedFor(t *testing.T) {
	t.Parallel()
	c := of("a", func(t *check.T) {
		<-t.Context().Done()
		t.Block(fmt.Errorf("waited for a page: %w", t.Context().Err()))
	})
	c.Timeout = 10 * time.Millisecond
	result := run(t.Context(), c)[0]
	assert.Equal(t, check.Inconclusive, result.Status)
	assert.Equal(t, "waited for a page: context deadline exceeded (the check did not end within 10ms)", result.Reason)
}

func TestAnInterruptEndsWhatRunsAndBeginsNothing(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancelCause(t.Context())
	undone := false
	results := runner(1).Run(ctx, plan{
		of("a", func(t *check.T) {
			t.Cleanup(func(ctx context.Context) error { undone = true; return ctx.Err() })
			interrupt(errors.New("interrupted"))
			t.Block(context.Cause(t.Context()))
		}),
		of("b", func(*check.T) { panic("must not begin") }),
	})
	assert.Equal(t, check.Inconclusive, results[0].Status)
	assert.True(t, undone, "what a check changed is given back after an interrupt")
	assert.Equal(t, check.Inconclusive, results[1].Status)
	assert.Equal(t, "not begun: interrupted", results[1].Reason)
	assert.True(t, results[1].NotBegun)
	assert.False(t, results[0].NotBegun)
}

func TestABodyThatHeedsNoDeadlineIsLeftAlone(t *testing.T) {
	t.Parallel()
	stuck, next := of("a", func(*check.T) { select {} }), of("b", holds)
	stuck.Timeout = 10 * time.Millisecond
	r := runner(1)
	r.Grace = 10 * time.Millisecond
	results := r.Run(t.Context(), plan{stuck, next})
	assert.Equal(t, check.Error, results[0].Status)
	assert.Equal(t, "the check did not heed its deadline of 10ms, and still goes on", results[0].Reason)
	assert.Equal(t, check.Pass, results[1].Status, "the run goes on")
}

func TestTwiceNamesADouble(t *testing.T) {
	t.Parallel()
	one, other := of("a", holds), of("a", holds)
	one.Variant, other.Variant = check.Variant{"uri": "login"}, check.Variant{"uri": "app"}
	assert.Empty(t, check.Twice(plan{one, other, of("b", holds)}))
	other.Variant = check.Variant{"uri": "login"}
	assert.Equal(t, "a[uri=login]", check.Twice(plan{one, of("b", holds), other}))
}

func TestABlockedCheckNamesTheRootAndNotTheEcho(t *testing.T) {
	t.Parallel()
	needs := func(c check.Check[env], ids ...string) check.Check[env] { c.Needs = ids; return c }
	broken := of("a", func(t *check.T) { t.Confirm("r", func() { assert.Fail(t, "seen") }) })
	broken.Variant = check.Variant{"k": "1"}
	sound := of("a", holds)
	sound.Variant = check.Variant{"k": "2"}
	results := run(t.Context(),
		needs(of("c", holds), "b"),
		needs(of("b", holds), "a"),
		needs(of("d", holds), "a[k=2]"),
		needs(of("e", holds), "not-planned"),
		broken, sound,
	)
	assert.Equal(t, check.Skip, results[0].Status)
	assert.Equal(t, "blocked by a[k=1]", results[0].Reason)
	assert.Equal(t, "blocked by a[k=1]", results[1].Reason)
	assert.Equal(t, []string{"a[k=1]"}, results[0].BlockedBy)
	assert.Equal(t, check.Pass, results[2].Status, "the variant that it needs passed")
	assert.Equal(t, check.Pass, results[3].Status, "what is not planned blocks nothing")
}

func TestNeedsThatFormACircleAreADefect(t *testing.T) {
	t.Parallel()
	a, b := of("a", holds), of("b", holds)
	a.Needs, b.Needs = []string{"b"}, []string{"a"}
	results := run(t.Context(), a, b)
	assert.Equal(t, check.Error, results[0].Status)
	assert.Contains(t, results[0].Reason, "needs b, which needs this check in turn")
}

func TestChecksThatChangeConfigurationRunAloneAndLast(t *testing.T) {
	t.Parallel()
	var running, most atomic.Int32
	var mu sync.Mutex
	var order []string
	body := func(alone bool) func(*check.T) {
		return func(ct *check.T) {
			now := running.Add(1)
			defer running.Add(-1)
			most.Store(max(most.Load(), now))
			if alone {
				assert.EqualValues(t, 1, now, "it runs alone")
			}
			mu.Lock()
			order = append(order, ct.Snapshot().ID)
			mu.Unlock()
			holds(ct)
		}
	}
	first := of("changes-1", body(true))
	first.Changes = "immich.config"
	second := of("changes-2", body(true))
	second.Changes = "provider"
	results := runner(3).Run(t.Context(), plan{first, of("a", body(false)), second, of("b", body(false)), of("c", body(false))})
	for _, r := range results {
		assert.Equal(t, check.Pass, r.Status, r.ID)
	}
	assert.Equal(t, []string{"changes-1", "changes-2"}, order[3:])
}

func TestAfterAFailedRestoreNothingElseIsChanged(t *testing.T) {
	t.Parallel()
	spoils := of("a", func(t *check.T) {
		t.Cleanup(func(context.Context) error { return errors.New("refused") })
		holds(t)
	})
	spoils.Changes = "immich.config"
	next := of("b", holds)
	next.Changes = "provider"
	results := run(t.Context(), spoils, next)
	assert.Equal(t, check.Error, results[0].Status)
	assert.Equal(t, check.Inconclusive, results[1].Status)
	assert.Contains(t, results[1].Reason, "a may have left changed configuration behind")
}

func TestResultsKeepTheOrderOfThePlanAndEachIsTold(t *testing.T) {
	t.Parallel()
	var told []string
	r := runner(4)
	r.Ended = func(result check.Result) { told = append(told, result.Name()) }
	gate := make(chan struct{})
	results := r.Run(t.Context(), plan{
		of("a", func(t *check.T) { <-gate; holds(t) }),
		of("b", func(t *check.T) { holds(t); close(gate) }),
	})
	assert.Equal(t, "a", results[0].ID)
	assert.ElementsMatch(t, []string{"a", "b"}, told)
}

func TestNamesAreStable(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "a.b", check.Name("a.b", nil))
	assert.Equal(t, "a.b[app=2.6,slashes=3]", check.Name("a.b", check.Variant{"slashes": "3", "app": "2.6"}))
}
