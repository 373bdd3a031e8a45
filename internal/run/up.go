package run

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/ssoproof/ssoproof/internal/evidence"
	"github.com/ssoproof/ssoproof/internal/render"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/stack/containers"
	"github.com/ssoproof/ssoproof/suites"
)

// Catalogue is what a run with these options would judge.
func Catalogue(ctx context.Context, o Options) ([]suites.Check, []report.Excluded, error) {
	cell, err := o.cell(ctx)
	if err != nil {
		return nil, nil, err
	}
	return o.plan(cell)
}

// DoctorCatalogue is what the doctor may judge on a pair like the one of these options. Nothing is asked.
func DoctorCatalogue(ctx context.Context, o Options) ([]suites.Check, error) {
	cell, err := o.cell(ctx)
	if err != nil {
		return nil, err
	}
	return suites.DoctorChecks(cell), nil
}

// Explain finds the checks that an ID, a name or a glob means, those of an upgrade and the doctor's own among them. A *UsageError names the nearest where it means none, and
// says why where it does not apply to the cell.
func Explain(ctx context.Context, o Options, glob string) ([]suites.Check, error) {
	cell, err := o.cell(ctx)
	if err != nil {
		return nil, err
	}
	checks, excluded := suites.Catalogue(cell)
	ofUpgrades, _ := suites.UpgradeChecks(&suites.Upgrade{From: cell, To: cell})
	checks = append(checks, ofUpgrades...)
	ofRuns := slices.Clone(checks)
	checks = append(checks, slices.DeleteFunc(suites.DoctorChecks(cell), func(c suites.Check) bool {
		return slices.ContainsFunc(ofRuns, func(known suites.Check) bool { return known.ID == c.ID }) // it is the same statement
	})...)
	if err := mistaken("explain", glob, checks, excluded); err != nil {
		return nil, err
	}
	pattern := patterns([]string{glob})
	return slices.DeleteFunc(checks, func(c suites.Check) bool { return !matchesAny(pattern, c) }), nil
}

// StackPlan is what a run with these options would start.
func StackPlan(ctx context.Context, o Options) (stack.Plan, error) {
	cell, err := o.cell(ctx)
	if err != nil {
		return stack.Plan{}, err
	}
	return o.stackPlan(cell, nil)
}

// Up starts a pair and leaves it up; with apply, the guide is applied to it. A pair that did not get that far is taken
// down again.
func Up(ctx context.Context, o Options, apply bool) error {
	if o.Stack != Containers {
		return usage("--stack %s: only containers outlive the command", o.Stack)
	}
	o.Keep = true
	cell, err := o.resolve(ctx)
	if err != nil {
		return err
	}
	if err := o.engine(ctx); err != nil {
		return err
	}
	console := render.NewConsole(render.ConsoleOptions{Out: o.Output, Terminal: o.Terminal, NoColor: o.NoColor, Width: o.Width})
	defer console.Close()
	console.Note("starting " + cellOf(cell).String())
	o = o.withImmichFile(cell.Guide)
	plan, err := o.stackPlan(cell, console.Waiting)
	if err != nil {
		return err
	}
	s, err := startContainers(ctx, plan)
	if err != nil {
		return o.refusedConfig(ctx, err, nil)
	}
	if err := o.furnish(ctx, s, cell, console, apply); err != nil {
		return errors.Join(err, takeDown(ctx, s))
	}
	console.Close()
	_, _ = fmt.Fprintln(o.Output, howToOpen(ctx, s, cell))
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeLimit)
	defer cancel()
	return s.Close(closing) // ends the watchers only
}

// furnish waits for the pair, keeps a snapshot for the next start and applies the guide.
func (o Options) furnish(ctx context.Context, s stack.Stack, cell suites.Cell, console *render.Console, apply bool) error {
	redact := evidence.NewRedactor(s.Secrets().All()...)
	p, err := o.awaitProducts(ctx, s, cell, console.Waiting)
	if err != nil {
		err = withLastWords(ctx, o.refusedConfig(ctx, err, s), s, redact)
		return &toldError{err: err, text: redact.Text(err.Error())}
	}
	if o.servesAgain(s, cell) {
		if err := s.Snapshot(ctx); err != nil {
			console.Note("no snapshot was kept for the next start: " + err.Error())
		}
	}
	if !apply {
		return nil
	}
	_, err = o.configure(ctx, s, p, cell)
	return err
}

// takeDown removes a stack that was to stay.
func takeDown(ctx context.Context, s stack.Stack) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeLimit)
	defer cancel()
	err := s.Close(ctx)
	if kept, ok := s.(*containers.Stack); ok {
		_, downErr := containers.Down(ctx, kept.ID())
		err = errors.Join(err, downErr)
	}
	return err
}
