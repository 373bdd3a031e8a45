package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/evidence"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/suites"
)

// Outcome is what a run came to.
type Outcome struct {
	Dir     string
	Report  report.Report
	Verdict report.Verdict
}

// Run goes the whole road. Its error is a *UsageError, a *report.DirError, wraps stack.ErrUnavailable, or is a defect;
// what was found until then is in the report. A verdict that is not conformant is no error.
func Run(ctx context.Context, o Options) (*Outcome, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	cell, err := o.cell(ctx)
	if err != nil {
		return nil, err
	}
	plan, excluded, err := o.plan(cell)
	if err != nil {
		return nil, err
	}
	r, err := open(o, cell, plan, excluded)
	if err != nil {
		return nil, err
	}
	defer r.console.Close()
	results, err := r.road(ctx, plan)
	return r.finish(ctx, results, err)
}

// road is a run whose output directory is open.
type road struct {
	o        Options
	cell     suites.Cell
	dir      string
	writer   *report.Writer
	console  *report.Console
	redactor *evidence.Redactor
	store    *evidence.Store
	planned  int
}

func open(o Options, cell suites.Cell, plan []suites.Check, excluded []report.Excluded) (*road, error) {
	started := o.Now()
	id := started.UTC().Format("20060102-150405") + "-" + strings.NewReplacer(" ", "", "×", "_").Replace(
		fmt.Sprintf("%s_%s_%s", cell.Authentik.Version, cell.Immich.Version, filepath.Base(guideName(cell.Guide))))
	dir := o.Out
	if dir == "" {
		dir = filepath.Join("results", id)
	}
	first := report.Report{
		Run:      report.Run{ID: id, Started: started.UTC(), Command: o.Command, Tool: o.Tool},
		Cell:     cellOf(cell),
		Settings: *cell.Guide,
		Notes:    notes(cell),
		Plan:     report.Plan{Checks: names(plan), Excluded: excluded},
	}
	writer, err := report.Open(dir, first)
	if err != nil {
		return nil, err
	}
	r := &road{
		o: o, cell: cell, dir: dir, writer: writer, planned: len(plan), redactor: evidence.NewRedactor(),
		console: report.NewConsole(report.ConsoleOptions{Out: o.Output, Terminal: o.Terminal, NoColor: o.NoColor}),
	}
	r.store = evidence.NewStore(dir, r.redactor)
	r.console.Planned(names(plan))
	return r, nil
}

// phase does one named and timed part of the road.
func (r *road) phase(name string, do func() error) error {
	start := time.Now()
	err := do()
	took := time.Since(start)
	r.console.PhaseEnded(name, took)
	return errors.Join(err, r.writer.Phase(name, took))
}

// road starts the stack, applies the guide and judges; whatever was started is taken down on the way back.
func (r *road) road(ctx context.Context, plan []suites.Check) (results []check.Result, err error) {
	var s stack.Stack
	err = r.phase("stack", func() error { s, err = r.start(ctx); return err })
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.leave(ctx, s)) }()
	secrets := s.Secrets()
	for _, secret := range []string{secrets.AuthentikToken, secrets.AuthentikPassword, secrets.ImmichAdminPassword} {
		r.redactor.Know(secret)
	}

	chrome, err := r.startChrome(ctx, s)
	if err != nil {
		return nil, err
	}
	defer chrome.Close()
	pair, err := r.prepare(ctx, s)
	if err != nil {
		return nil, err
	}
	j := &judge{
		cell: r.cell, pair: pair, chrome: chrome, parallel: r.o.Parallel,
		store: r.store, redactor: r.redactor, writer: r.writer, console: r.console,
	}
	err = r.phase("judge", func() error { results, err = j.run(ctx, plan); return err })
	return results, err
}

func (r *road) start(ctx context.Context) (stack.Stack, error) {
	s, fallback, err := r.o.start(ctx, r.o.stackPlan(r.cell, r.console.Waiting))
	if err != nil {
		return nil, err
	}
	err = r.writer.Update(func(rep *report.Report) {
		rep.Stack = report.Stack{Kind: s.Kind(), Warm: s.Warm(), Services: s.Services()}
		if fallback != "" {
			rep.Notes = append(rep.Notes, fallback)
		}
	})
	first := r.writer.Report()
	r.console.Start(&first)
	return s, err
}

// prepare waits for the products, keeps a snapshot of a first start, and applies the guide.
func (r *road) prepare(ctx context.Context, s stack.Stack) (*configured, error) {
	var p *products
	err := r.phase("products", func() (err error) {
		p, err = awaitProducts(ctx, s, r.cell, r.console.Waiting)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !s.Warm() {
		if err := r.phase("snapshot", func() error { return s.Snapshot(ctx) }); err != nil {
			r.note("no snapshot was kept for the next start: " + err.Error())
		}
	}
	var pair *configured
	err = r.phase("configure", func() (err error) {
		pair, err = configure(ctx, s, p, r.cell)
		return err
	})
	if err != nil {
		return nil, err
	}
	r.redactor.Know(pair.shared.OP.ClientSecret)
	return pair, r.writer.Update(func(rep *report.Report) {
		rep.Resolved = pair.resolved
		rep.Notes = append(rep.Notes, p.suffix...)
		rep.Stack.Services = p.observe(rep.Stack.Services)
	})
}

func (r *road) note(text string) {
	r.console.Note(text)
	_ = r.writer.Update(func(rep *report.Report) { rep.Notes = append(rep.Notes, text) }) // the next write tells
}

// startChrome uses the stack's Chrome, or one of this machine.
func (r *road) startChrome(ctx context.Context, s stack.Stack) (*browser.Browser, error) {
	b := s.Browser()
	options := browser.Options{RemoteURL: b.RemoteURL, HostRules: b.HostRules, SPKI: b.SPKI, NoSandbox: browser.NeedsNoSandbox()}
	if b.RemoteURL == "" {
		path, err := browser.Find()
		if err != nil {
			return nil, unready(err)
		}
		options.ExecPath = path
	}
	chrome, err := browser.Start(ctx, options)
	if err != nil {
		return nil, unready(err)
	}
	return chrome, nil
}

// closeLimit is for stopping a dozen containers on a busy machine.
const closeLimit = 3 * time.Minute

// leave keeps the logs and takes the stack down, also after an interrupt.
func (r *road) leave(ctx context.Context, s stack.Stack) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeLimit)
	defer cancel()
	if s.Kind() == stack.Containers {
		for _, service := range s.Services() {
			_, err := r.store.WriteLog("", service.Name, func(w io.Writer) error { return s.Logs(ctx, service.Name, w) })
			if err != nil {
				r.note("the log of " + service.Name + " was not kept: " + err.Error())
			}
		}
	}
	if r.o.Keep {
		r.console.Note(howToOpen(s, r.cell))
	}
	return r.phase("take down", func() error { return s.Close(ctx) })
}

// finish gives the verdict and renders the report, however the road ended.
func (r *road) finish(ctx context.Context, results []check.Result, err error) (*Outcome, error) {
	interrupted := ctx.Err() != nil
	rep := r.writer.Report()
	verdict := report.Judge(results, r.planned, rep.Fake(), interrupted)
	if err != nil && verdict == report.Conformant || verdict == report.FakesOK && err != nil {
		verdict = report.Inconclusive
	}
	text := ""
	if err != nil {
		text = r.redactor.Text(err.Error())
	}
	closing := errors.Join(
		r.writer.Update(func(rep *report.Report) { rep.Run.PeakMemory, rep.Run.Error = peakMemory(), text }),
		r.writer.Close(verdict),
	)
	if r.o.Out == "" {
		closing = errors.Join(closing, report.Latest(r.dir))
	}
	rep = r.writer.Report()
	r.console.Close()
	r.console.Summary(&rep, r.dir)
	return &Outcome{Dir: r.dir, Report: rep, Verdict: verdict}, errors.Join(err, closing)
}
