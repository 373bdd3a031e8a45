package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"
)

// Runner runs a plan of checks.
type Runner[E any] struct {
	// Env gives a check what its body works with.
	Env func(*T) E
	// Context gives a check's own context what its body's calls carry; nil: nothing.
	Context func(ctx context.Context, name string) context.Context
	// Parallel is the number of checks that run at once; at least 1.
	Parallel int
	// Timeout is for checks that name none.
	Timeout time.Duration
	// Grace is how long a body may go on when its context has ended; then the runner goes on without it. 0: a minute.
	Grace time.Duration
	// Amend changes a result before anybody is told of it; nil: nothing does.
	Amend func(Result) Result
	// Started and Ended are told of each check, one call at a time; nil is allowed.
	Started func(name string)
	Ended   func(Result)
}

// Run runs the plan, whose names must be unique, and returns one result per check, in the order of the plan. When ctx
// ends, what has not begun is inconclusive, and the reason is the context's cause.
func (r *Runner[E]) Run(ctx context.Context, plan []Check[E]) []Result {
	results := make([]Result, len(plan))
	state := newSchedule(plan, max(1, r.Parallel))
	finished := make(chan int)
	for state.open > 0 {
		for i, ok := state.next(); ok; i, ok = state.next() {
			r.start(ctx, plan[i], i, state, results, finished)
		}
		if state.running == 0 {
			continue
		}
		i := <-finished
		state.end(i, results[i])
		r.tell(results[i])
	}
	return results
}

func (r *Runner[E]) start(ctx context.Context, c Check[E], i int, s *schedule[E], results []Result, finished chan<- int) {
	if t := newT(ctx, c); s.blocked(ctx, i, results, &t.result) {
		results[i] = t.close()
		s.end(i, results[i])
		r.tell(results[i])
		return
	}
	if r.Started != nil {
		r.Started(c.Name())
	}
	go func() {
		results[i] = r.amended(r.one(ctx, c))
		finished <- i
	}()
}

func (r *Runner[E]) amended(result Result) Result {
	if r.Amend == nil {
		return result
	}
	return r.Amend(result)
}

func (r *Runner[E]) tell(result Result) {
	if r.Ended != nil {
		r.Ended(result)
	}
}

// one runs a single check to its result.
func (r *Runner[E]) one(ctx context.Context, c Check[E]) Result {
	limit := c.Timeout
	if limit == 0 {
		limit = r.Timeout
	}
	body := ctx
	if r.Context != nil {
		body = r.Context(ctx, c.Name())
	}
	if limit > 0 {
		var cancel context.CancelFunc
		body, cancel = context.WithTimeoutCause(body, limit, fmt.Errorf("the check did not end within %s", limit))
		defer cancel()
	}
	t := newT(body, c)
	start := time.Now()
	overdue, stop := t.overdue(r.Grace)
	if !t.guard(func() { c.Body(t, r.Env(t)) }, overdue) {
		t.abandon(limit)
	}
	stop()
	t.undo(context.WithoutCancel(ctx))
	t.mu.Lock()
	t.result.Seconds = seconds(time.Since(start))
	t.mu.Unlock()
	t.settle()
	return t.close()
}

func newT[E any](ctx context.Context, c Check[E]) *T {
	t := &T{ctx: ctx, outcomes: map[string]string{}}
	t.result = Result{ID: c.ID, Title: c.Title, Level: c.Level, Variant: c.Variant, Covers: c.Covers, Provokes: c.Provokes, Started: time.Now().UTC()}
	for _, q := range c.Requirements {
		t.outcomes[q.Key] = NotJudged
		t.result.Requirements = append(t.result.Requirements, Judgement{Requirement: q, Outcome: NotJudged})
	}
	return t
}

// overdue is closed when the body should long have ended: some time after its context did.
func (t *T) overdue(grace time.Duration) (late <-chan struct{}, stop func() bool) {
	closed := make(chan struct{})
	stop = context.AfterFunc(t.ctx, func() {
		time.AfterFunc(cmp.Or(grace, time.Minute), func() { close(closed) })
	})
	return closed, stop
}

// abandon notes that the body does not heed its deadline. Whatever it still says is not heard any more.
func (t *T) abandon(limit time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.defect = fmt.Errorf("the check did not heed its deadline of %s, and still goes on", limit)
}

// guard runs f in a goroutine of its own, so that FailNow and Block can end it, and catches a panic. It reports false,
// and leaves f alone, when overdue is closed before f has ended.
func (t *T) guard(f func(), overdue <-chan struct{}) bool {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if p := recover(); p != nil {
				t.mu.Lock()
				t.defect = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
				t.mu.Unlock()
			}
		}()
		f()
	}()
	select {
	case <-done:
		return true
	case <-overdue:
		return false
	}
}

// undoLimit is for giving a product its configuration back, on a busy machine.
const undoLimit = 2 * time.Minute

func (t *T) undo(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, undoLimit)
	defer cancel()
	t.mu.Lock()
	cleanups := slices.Clone(t.cleanups)
	t.mu.Unlock()
	for _, undo := range slices.Backward(cleanups) {
		t.guard(func() {
			if err := undo(ctx); err != nil {
				t.mu.Lock()
				t.defect = errors.Join(t.defect, &restoreError{err})
				t.mu.Unlock()
			}
		}, nil)
	}
}

// restoreError says that a check could not take back what it had changed.
type restoreError struct{ error }

func (e *restoreError) Unwrap() error { return e.error }
