package run

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/evidence"
	"github.com/ssoproof/ssoproof/internal/owner"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/suites"
)

// road starts the stack, applies the guide and judges; whatever was started is taken down on the way back.
func (r *road) road(ctx context.Context, plan []suites.Check) (results []check.Result, err error) {
	if err := r.needChrome(); err != nil {
		return nil, err
	}
	defer r.keepLogs()
	s, err := r.raise(ctx)
	if s != nil {
		defer func() { err = also(err, r.leave(ctx, s)) }()
	}
	if err != nil {
		return nil, err
	}
	return r.judged(ctx, s, plan, func() (*configured, error) { return r.prepare(ctx, s) })
}

// raise starts the stack; one that comes with an error is to be taken down all the same.
func (r *road) raise(ctx context.Context) (s stack.Stack, err error) {
	err = r.phase("stack", func() error { s, err = r.start(ctx); return err })
	if s == nil {
		return nil, err
	}
	for _, secret := range s.Secrets().All() {
		r.redactor.Know(evidence.Secret, secret)
	}
	return s, err
}

// judged starts a Chrome, gets the pair, and judges it. No Chrome is left when it returns.
func (r *road) judged(ctx context.Context, s stack.Stack, plan []suites.Check, get func() (*configured, error)) ([]check.Result, error) {
	network := browser.WatchNetwork()
	defer network.Close()
	chrome, release, err := r.startChrome(ctx, s)
	if err != nil {
		return nil, err
	}
	defer release()
	pair, err := get()
	if err == nil && r.o.Configured != nil {
		err = r.o.Configured(ctx, &suites.Env{World: &pair.world, Cell: r.cell, Shared: pair.shared})
	}
	if err != nil {
		return nil, err
	}
	var results []check.Result
	j := r.judge(s, pair, chrome)
	err = r.phase("judge", func() error {
		awaitRest(ctx, s, network)
		results, err = j.runWhileUp(ctx, s, plan)
		return err
	})
	if len(j.failed) > 0 {
		err = also(err, r.phase("diagnose", func() error { return j.diagnose(ctx, results) }))
	}
	if r.o.Judged != nil {
		err = also(err, r.o.Judged(context.WithoutCancel(ctx)))
	}
	return results, err
}

func (r *road) judge(s stack.Stack, pair *configured, chrome *browser.Browser) *judge {
	return &judge{
		cell: r.cell, pair: pair, stack: s, chrome: chrome, parallel: r.o.Parallel, limit: r.o.CheckLimit, dir: r.dir, before: r.before, excuses: r.excuses, told: r.o.Ended,
		store: r.store, redactor: r.redactor, writer: r.writer, console: r.console,
	}
}

// needChrome looks for the Chrome of this machine before minutes are spent on a stack that is of no use without it.
func (r *road) needChrome() error {
	if r.o.Stack != Fake && r.o.Browser != "host" {
		return nil
	}
	if _, err := browser.Find(); err != nil {
		return stack.Unavailable(err)
	}
	return nil
}

// kind is the stack that a run with these options tries first.
func (o Options) kind() stack.Kind {
	if o.Stack == Fake {
		return stack.Fake
	}
	return stack.Containers
}

// start starts the stack that was asked for. A bare run on a machine without the means for the products gets the fakes.
func (r *road) start(ctx context.Context) (stack.Stack, error) {
	plan, err := r.o.stackPlan(r.cell, r.waiting)
	if err != nil {
		return nil, err
	}
	if r.o.Stack == Fake {
		return r.startFakes(plan)
	}
	if r.o.Raise != nil {
		return r.startBy(r.o.Raise, stack.Containers, plan)
	}
	if err := r.o.engine(ctx); err != nil {
		if r.o.Stack == Auto && r.o.bare() && ctx.Err() == nil {
			return r.fallBack(plan, "to judge authentik and Immich themselves, install Docker and start it (https://docs.docker.com/get-docker/)", err)
		}
		r.announce(stack.Containers)
		return nil, err
	}
	r.announce(stack.Containers)
	if r.logs, err = owner.TempDir("logs"); err != nil {
		return nil, stack.Unavailable(fmt.Errorf("keep the logs of the containers: %w", err))
	}
	plan.LogDir = r.logs
	s, err := startContainers(ctx, plan)
	if err != nil {
		if r.o.standIn(ctx, plan) {
			return r.fallBack(plan, "to judge authentik and Immich themselves, let Docker pull their images", err)
		}
		return nil, r.o.refusedConfig(ctx, err, nil)
	}
	return s, unwritten(r.dir, r.started(s))
}

// fallBack starts the fakes in place of products that cannot be started here, and says first what to do about it.
func (r *road) fallBack(plan stack.Plan, remedy string, why error) (stack.Stack, error) {
	r.note(fmt.Sprintf("%s; built-in simulations stand in for them now, since %v", remedy, stack.Reason(why)))
	if r.o.Keep {
		r.note("--keep: nothing stays up, the fakes end with this command")
	}
	return r.startFakes(plan)
}

func (r *road) startFakes(plan stack.Plan) (stack.Stack, error) {
	start := startFake
	if r.o.Raise != nil {
		start = r.o.Raise
	}
	return r.startBy(start, stack.Fake, plan)
}

// startBy starts a stack of a kind, and writes down what runs.
func (r *road) startBy(start func(stack.Plan) (stack.Stack, error), kind stack.Kind, plan stack.Plan) (stack.Stack, error) {
	r.announce(kind)
	s, err := start(plan)
	if err != nil {
		return nil, r.o.refusedConfig(context.Background(), err, nil)
	}
	return s, unwritten(r.dir, r.started(s))
}

// announce says on the console what begins, before it takes its time.
func (r *road) announce(kind stack.Kind) {
	rep := r.writer.Report()
	rep.Stack.Kind = kind
	r.console.Start(&rep)
	r.console.Planned(r.planned)
}

// started writes down what runs. A double among the containers is known only now.
func (r *road) started(s stack.Stack) error {
	err := r.writer.Update(func(rep *report.Report) {
		rep.Stack = report.Stack{Kind: s.Kind(), Warm: s.Warm(), Services: s.Services()}
	})
	if rep := r.writer.Report(); s.Kind() == stack.Containers && rep.Fake() {
		r.console.Note(rep.Banner())
	}
	return err
}

// prepare waits for the products, keeps a snapshot of a first start, and applies the guide.
func (r *road) prepare(ctx context.Context, s stack.Stack) (*configured, error) {
	var p *products
	err := r.phase("products", func() (err error) {
		p, err = r.o.awaitProducts(ctx, s, r.cell, r.waiting)
		return withLastWords(ctx, r.o.refusedConfig(ctx, err, s), s, r.redactor)
	})
	if err != nil {
		return nil, err
	}
	if r.o.servesAgain(s, r.cell) {
		if err := r.phase("snapshot", func() error { return s.Snapshot(ctx) }); err != nil {
			r.note("no snapshot was kept for the next start: " + err.Error())
		}
	}
	var pair *configured
	err = r.phase("configure", func() (err error) {
		pair, err = r.o.configure(ctx, s, p, r.cell)
		return err
	})
	if err != nil {
		return nil, err
	}
	r.redactor.Know(evidence.Secret, pair.shared.OP.ClientSecret)
	r.noteRestarts(s.Services())
	r.noteLimits(pair)
	return pair, unwritten(r.dir, r.writer.Update(func(rep *report.Report) {
		rep.Resolved = pair.resolved
		rep.Notes = append(rep.Notes, p.suffix...)
		rep.Stack.Services = p.observe(s.Services())
	}))
}

// startChrome uses the Chrome that was handed in, else the stack's, else one of this machine.
func (r *road) startChrome(ctx context.Context, s stack.Stack) (chrome *browser.Browser, release func(), err error) {
	if r.o.Chrome != nil {
		return r.o.Chrome, func() {}, nil
	}
	b := s.Browser()
	options := browser.Options{RemoteURL: b.RemoteURL, HostRules: b.HostRules, SPKI: b.SPKI, NoSandbox: browser.NeedsNoSandbox()}
	if b.RemoteURL == "" {
		path, err := browser.Find()
		if err != nil {
			return nil, nil, stack.Unavailable(err)
		}
		options.ExecPath = path
	}
	limit := cmp.Or(r.o.ReadyLimit, defaultReadyLimit)
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("no answer within %s", limit))
	defer cancel()
	chrome, err = browser.Start(ctx, options)
	if err != nil {
		// Chrome's complaint can have many lines, its reason is one.
		return nil, nil, stack.Unavailable(&toldError{err: err, text: strings.Join(strings.Fields(err.Error()), " ")})
	}
	return chrome, chrome.Close, nil
}
