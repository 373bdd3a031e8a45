package run

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/diagnose"
	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/evidence"
	"github.com/ssoproof/ssoproof/internal/known"
	"github.com/ssoproof/ssoproof/internal/render"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/rest"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/suites"
)

// defaultCheckLimit is for a check on a busy two-core machine: eight browser logins side by side took 65 s each there.
const defaultCheckLimit = 4 * time.Minute

// judge runs the plan on a configured pair. What a check finds is redacted before anybody sees it.
type judge struct {
	cell     suites.Cell
	pair     *configured
	stack    stack.Stack
	chrome   *browser.Browser
	parallel int
	limit    time.Duration  // of a check that names none; 0: the default
	before   *before        // what the same checks came to before an upgrade; nil: there was none
	excuses  *known.Excuses // nil: none
	dir      string
	store    *evidence.Store
	redactor *evidence.Redactor
	writer   *report.Writer
	console  *render.Console
	told     func(check.Result) // of each result; nil: nobody

	stop context.CancelCauseFunc
	err  error // of writing the report

	mu     sync.Mutex
	marks  map[string]int64           // by check: the newest exchange when it began
	failed map[string]diagnose.Failed // by check

	meeting sync.Mutex
	met     int64 // the newest exchange whose secrets are known
}

// runWhileUp judges until a part of the stack ends by itself, or the report cannot be written: what has not been judged
// by then is not.
func (j *judge) runWhileUp(ctx context.Context, s stack.Stack, plan []suites.Check) ([]check.Result, error) {
	up, lost := whileUp(ctx, s)
	results := j.run(up, plan)
	if gone := lost(); gone != nil {
		// The stack had been provided, so this is no lack of one.
		return results, also(fmt.Errorf("the stack broke while checks ran: %w", stack.Reason(gone)), j.err)
	}
	return results, j.err
}

func (j *judge) run(ctx context.Context, plan []suites.Check) []check.Result {
	ctx, j.stop = context.WithCancelCause(ctx)
	defer j.stop(nil)
	j.marks, j.failed = map[string]int64{}, map[string]diagnose.Failed{}
	runner := check.Runner[*suites.Env]{
		Parallel: j.parallel, Timeout: cmp.Or(j.limit, defaultCheckLimit),
		Context: rest.ForCheck,
		Env:     func(t *check.T) *suites.Env { return j.env(ctx, t) },
		Amend:   j.excuses.Amend,
		Started: j.console.Started,
		Ended:   func(r check.Result) { j.ended(ctx, r) },
	}
	results := runner.Run(ctx, plan)
	j.meet(ctx)
	return results
}

// env is the pair as one check sees it.
func (j *judge) env(ctx context.Context, t *check.T) *suites.Env {
	name := t.Snapshot().Name()
	mark, err := j.pair.world.Edge.Last(ctx)
	if err == nil {
		j.mu.Lock()
		j.marks[name] = mark
		j.mu.Unlock()
	}
	world := j.pair.world
	world.Browser = j.chrome.Session
	world.Trace = &trace{t: t, store: j.store, redactor: j.redactor}
	return &suites.Env{World: &world, Cell: j.cell, Shared: j.pair.shared, Upgrade: j.pair.upgrade, Began: mark}
}

func (j *judge) ended(ctx context.Context, r check.Result) {
	j.meet(ctx)
	if r.Status == check.Fail || r.Status == check.Inconclusive || r.Status == check.Error {
		j.keepExchanges(ctx, &r)
	}
	r = j.redactor.Result(j.before.remember(r))
	if err := j.writer.Add(r); err != nil && j.err == nil {
		j.err = unwritten(j.dir, err)
		j.stop(j.err)
	}
	j.console.Ended(r)
	if j.told != nil {
		j.told(r)
	}
}

// keepExchanges keeps what was said on the way of a check that did not pass.
func (j *judge) keepExchanges(ctx context.Context, r *check.Result) {
	j.mu.Lock()
	mark, began := j.marks[r.Name()]
	j.mu.Unlock()
	if !began || ctx.Err() != nil {
		return
	}
	all, err := j.pair.world.Edge.Exchanges(ctx, mark)
	if err != nil {
		return
	}
	own := diagnose.Own(r.Name(), all)
	r.Messages = diagnose.Messages(own, r.Started, j.pair.world.ImmichURL)
	if r.Level != check.Info {
		j.failed[r.Name()] = diagnose.Read(*r, own)
	}
	var telling []edge.Exchange
	for _, x := range own {
		if x.RequestHeader != nil {
			telling = append(telling, x)
		}
	}
	if artefact, err := j.store.WriteExchanges(r.Name(), "exchanges", telling); err == nil {
		r.Evidence = append(r.Evidence, artefact)
	}
	recordings, _ := j.store.WriteHARs(r.Name(), telling) // what could not be saved is not worth a verdict
	r.Evidence = append(r.Evidence, recordings...)
}

// trace follows the journeys of one check.
type trace struct {
	t        *check.T
	store    *evidence.Store
	redactor *evidence.Redactor
}

// Step implements journey.Trace.
func (tr *trace) Step(name string, do func() error) error { return tr.t.Step(name, do) }

// pictureLimit bounds a picture that is taken when the check's own time has run out.
const pictureLimit = 10 * time.Second

// Picture implements journey.Trace. A picture that cannot be had is not worth a verdict.
func (tr *trace) Picture(s *browser.Session, name string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(tr.t.Context()), pictureLimit)
	defer cancel()
	picture, err := s.Screenshot(ctx)
	if err != nil {
		return
	}
	if artefact, err := tr.store.WriteScreenshot(tr.t.Snapshot().Name(), name, picture); err == nil {
		tr.t.Attach(artefact)
	}
}

// Secret implements journey.Trace.
func (tr *trace) Secret(text string) { tr.redactor.Know(evidence.Secret, text) }
