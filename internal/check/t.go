package check

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"sync"
	"time"
)

// T is what a body judges with. testify accepts it, and it runs outside `go test`.
//
// require and assert on a T are for statements about the products, inside Confirm. Whatever is not such a statement
// goes through Block.
type T struct {
	ctx context.Context

	mu       sync.Mutex
	result   Result
	current  string // key of the requirement being judged
	outcomes map[string]string
	failed   bool
	blocked  error  // the body could not go on
	doubt    error  // whatever was seen proves nothing
	defect   error  // a misuse of T or a panic
	unproven string // why a failing statement proves nothing just now
	cleanups []func(context.Context) error
}

// Context ends with the check's deadline or with the run.
func (t *T) Context() context.Context { return t.ctx }

// Confirm judges one requirement of the check. It is confirmed when judge makes no failing statement.
func (t *T) Confirm(key string, judge func()) {
	t.mu.Lock()
	before := t.outcomes[key]
	if before == "" {
		t.defect = fmt.Errorf("the check has no requirement %q", key)
	}
	t.current = key
	t.mu.Unlock()
	done := false
	defer func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.current = ""
		if done && t.outcomes[key] == NotJudged {
			t.outcomes[key] = Confirmed
		}
	}()
	judge()
	done = true
}

// Errorf notes that a statement about the products is not true. testify calls it.
func (t *T) Errorf(format string, args ...any) {
	t.Find(parseFinding(fmt.Sprintf(format, args...)))
}

// Find notes that a statement about the products is not true, with all that is known of it.
func (t *T) Find(f Finding) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.unproven != "" {
		t.doubt = fmt.Errorf("%s: %s", t.unproven, f.Message)
		return
	}
	t.failed = true
	if f.Requirement == "" {
		f.Requirement = t.current
	}
	if f.Requirement == "" {
		t.defect = fmt.Errorf("a statement outside Confirm: %s", f.Message)
	} else {
		t.outcomes[f.Requirement] = Failed
	}
	t.result.Findings = append(t.result.Findings, f)
}

// FailNow ends the body. testify's require calls it after Errorf.
func (t *T) FailNow() { runtime.Goexit() }

// Provisional judges what rests on a fact that nobody has proven: a failing statement in judge makes the check
// inconclusive, for that reason. With an empty reason it judges as usual.
func (t *T) Provisional(reason string, judge func()) {
	t.mu.Lock()
	t.unproven = reason
	t.mu.Unlock()
	defer func() {
		t.mu.Lock()
		t.unproven = ""
		t.mu.Unlock()
	}()
	judge()
}

// Helper is there for testify.
func (t *T) Helper() {}

// Block ends the body as inconclusive unless err is nil: what stood in the way is not a statement about the products.
func (t *T) Block(err error) {
	if err == nil {
		return
	}
	t.mu.Lock()
	t.blocked = err
	t.mu.Unlock()
	runtime.Goexit()
}

// Doubt makes the check inconclusive whatever else it finds, and lets the body go on.
func (t *T) Doubt(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.doubt = err
}

// Step does one named and timed part of the check.
func (t *T) Step(name string, do func() error) error {
	start := time.Now()
	err := do()
	t.AddStep(Step{Name: name, Seconds: seconds(time.Since(start)), Error: errorText(err)})
	return err
}

// AddStep records a part that was timed elsewhere.
func (t *T) AddStep(s Step) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.result.Steps = append(t.result.Steps, s)
}

// Observe records a fact that a later run is compared with.
func (t *T) Observe(key, value string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.result.Observations == nil {
		t.result.Observations = map[string]string{}
	}
	t.result.Observations[key] = value
}

// Add lists something that the check configured beyond the guide.
func (t *T) Add(what string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.result.Additions = append(t.result.Additions, what)
}

// Attach lists an artefact; findings that follow in the same check may name its path.
func (t *T) Attach(e Evidence) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.result.Evidence = append(t.result.Evidence, e)
}

// Cleanup registers what must be undone when the body ended, however it ended; last in, first out. Its context does
// not end with the run's. An error is a defect of the run: later checks that change configuration are not run.
func (t *T) Cleanup(undo func(context.Context) error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cleanups = append(t.cleanups, undo)
}

// Snapshot is the result so far, for artefacts that are named after the check.
func (t *T) Snapshot() Result {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.result
	r.Observations = maps.Clone(r.Observations)
	return r
}

func seconds(d time.Duration) float64 { return float64(d.Milliseconds()) / 1000 }

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
