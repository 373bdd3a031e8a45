package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/evidence"
	"github.com/ssoproof/ssoproof/internal/known"
	"github.com/ssoproof/ssoproof/internal/render"
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
	cell, err := o.resolve(ctx)
	if err != nil {
		return nil, err
	}
	plan, excluded, err := o.plan(cell)
	if err != nil {
		return nil, err
	}
	r, err := open(o, cell, plan, excluded, o.Now().UTC(), fileName(cell))
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
	logs     string // folder of the containers' logs while they run
	open     string // how to open a stack that stays up
	writer   *report.Writer
	console  *render.Console
	redactor *evidence.Redactor
	store    *evidence.Store
	planned  []string
	before   *before // what the same checks came to before an upgrade; nil: there was none
	excuses  *known.Excuses
	withheld []string // files that held a secret
	// summary tells what it came to; nil: the console's does.
	summary func(*report.Report) error
}

// open begins a bundle. name is what the run is about, as a file can be named.
func open(o Options, cell suites.Cell, plan []suites.Check, excluded []report.Excluded, started time.Time, name string) (*road, error) {
	o = o.withImmichFile(cell.Guide)
	excuses, unused, err := o.excuses(cell, plan, excluded)
	if err != nil {
		return nil, err
	}
	dir, err := o.directory(started, name)
	if err != nil {
		return nil, err
	}
	writer, err := report.Open(dir, report.Report{
		Run:      report.Run{ID: started.Format(timeFormat) + "-" + name, Started: started, Command: o.Command, Tool: o.Tool},
		Cell:     cellOf(cell),
		Stack:    report.Stack{Kind: o.kind()},
		Settings: *cell.Guide,
		Notes:    notes(cell),
		Plan:     report.Plan{Checks: names(plan), Excluded: excluded},
	})
	if err != nil {
		return nil, err
	}
	r := &road{
		o: o, cell: cell, dir: dir, writer: writer, planned: names(plan), redactor: evidence.NewRedactor(), excuses: excuses,
		console: render.NewConsole(render.ConsoleOptions{Out: o.Output, Terminal: o.Terminal, NoColor: o.NoColor, Width: o.Width}),
	}
	if o.client != nil {
		r.redactor.Know(evidence.Secret, o.client.secret)
	}
	r.store = evidence.NewStore(dir, r.redactor)
	r.store.Tool = o.Tool
	for _, text := range unused {
		r.note("known issue that matches nothing: " + text)
	}
	return r, nil
}

// timeFormat begins the names of output directories, so that they sort.
const timeFormat = "20060102-150405"

var unfitForFiles = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// fileName names a cell as a file can be named.
func fileName(c suites.Cell) string {
	return unfitForFiles.ReplaceAllString(
		fmt.Sprintf("%s_%s_%s", c.Authentik.Version, c.Immich.Version, filepath.Base(guideName(c.Guide))), "-")
}

// directory is the output directory: the one that was asked for, else a new one, also where runs begin side by side.
func (o Options) directory(started time.Time, name string) (string, error) {
	if o.Out != "" {
		return o.Out, nil
	}
	const parent = "results"
	base := filepath.Join(parent, started.Format(timeFormat)+"-"+name)
	err := os.MkdirAll(parent, 0o755)
	for n := 1; err == nil; n++ {
		dir := base
		if n > 1 {
			dir = fmt.Sprintf("%s-%d", base, n)
		}
		if err = os.Mkdir(dir, 0o755); err == nil {
			return dir, nil
		}
		if errors.Is(err, os.ErrExist) {
			err = nil
		}
	}
	return "", &report.DirError{Dir: base, Err: err}
}

// phase does one named and timed part of the road.
func (r *road) phase(name string, do func() error) error {
	start := time.Now()
	err := do()
	took := time.Since(start)
	r.console.PhaseEnded(name, took)
	return also(err, unwritten(r.dir, r.writer.Phase(name, took)))
}

func (r *road) note(text string) {
	text = r.redactor.Text(text)
	r.console.Note(text)
	_ = r.writer.Update(func(rep *report.Report) { rep.Notes = append(rep.Notes, text) }) // the next write tells
}

// finish gives the verdict and renders the report, however the road ended.
func (r *road) finish(ctx context.Context, results []check.Result, err error) (*Outcome, error) {
	rep := r.writer.Report()
	verdict := rep.Blame(report.Judge(results, rep.Plan, rep.Fake(), ctx.Err() != nil))
	if rep.Live() && verdict == report.Conformant {
		verdict = report.Partial // what takes a login to see was not judged
	}
	brief := ""
	if err != nil {
		brief = shortLines(r.redactor.Text(stack.Brief(err)))
		err = &toldError{err: err, text: shortLines(r.redactor.Text(err.Error()))}
		if verdict.ExitCode() == 0 {
			verdict = report.Inconclusive
		}
	}
	err = also(err, unwritten(r.dir, errors.Join(
		r.writer.Update(func(rep *report.Report) {
			rep.Run.PeakMemory = peakMemory()
			rep.Coverage = report.Cover(&rep.Settings, rep.Checks, suites.Uncovered)
			if err != nil && ctx.Err() == nil {
				rep.Run.Error = brief
			}
			r.redact(rep)
		}),
		r.writer.Close(verdict),
		r.render(),
	)))
	verdict, leak := r.withhold(verdict)
	err = also(err, leak)
	if r.o.Out == "" {
		if err := report.Latest(r.dir); err != nil {
			r.console.Note(err.Error())
		}
	}
	rep = r.writer.Report()
	r.console.Close()
	if r.summary != nil {
		err = also(err, r.summary(&rep))
	} else {
		r.console.Summary(&rep, r.dir)
	}
	if r.open != "" {
		_, _ = fmt.Fprintln(r.o.Output, r.open)
	}
	return &Outcome{Dir: r.dir, Report: rep, Verdict: verdict}, err
}

// render writes what people and CI systems read beside report.json.
func (r *road) render() error {
	rep := r.writer.Report()
	return render.Files(r.dir, &rep)
}

// unwritten says in one line that the report cannot be written any more. It is no mistake in what was asked for, as it
// would be before anything was started.
func unwritten(dir string, err error) error {
	if err == nil {
		return nil
	}
	return &toldError{err: err, text: (&report.DirError{Dir: dir, Err: err}).Error()}
}

// also joins an error to the first, unless the first says it already.
func also(first, err error) error {
	if first == nil || err == nil || strings.Contains(first.Error(), err.Error()) {
		return cmp.Or(first, err)
	}
	return errors.Join(first, err)
}

// toldError is an error as people may read it: without the run's secrets, which a product's last words can hold.
type toldError struct {
	err  error
	text string
}

func (e *toldError) Error() string { return e.text }
func (e *toldError) Unwrap() error { return e.err }
