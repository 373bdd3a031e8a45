package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"time"

	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/evidence"
	"github.com/ssoproof/ssoproof/internal/journey"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/rest"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/stack/containers"
	"github.com/ssoproof/ssoproof/suites"
)

// road proves the pair, upgrades it, and judges what became of it. Whatever was started is taken down on the way back.
func (u *upgrade) road(ctx context.Context) (results []check.Result, err error) {
	if err := u.before.needChrome(); err != nil {
		_, _ = u.before.finish(ctx, nil, err)
		return nil, err
	}
	s, err := u.before.raise(ctx)
	u.after.logs = u.before.logs
	defer u.after.keepLogs()
	if s != nil {
		defer func() { err = also(err, u.after.leave(ctx, s)) }()
	}
	upgrader, able := s.(stack.Upgrader)
	if err == nil && !able {
		err = stack.Unavailable(fmt.Errorf("the %s stack cannot be upgraded", s.Kind()))
	}
	if err != nil {
		_, _ = u.before.finish(ctx, nil, err)
		return nil, err
	}
	if err := u.tellStack(s, nil); err != nil {
		return nil, err
	}
	configured, err := u.prove(ctx, s)
	if err != nil {
		return nil, err
	}
	u.after.console.Note("upgrade to " + cellOf(u.facts.To).String())
	if err := also(u.tellLimits(configured), u.makeState(ctx, configured)); err != nil {
		return nil, err
	}
	u.o.admin = configured.admin
	products, err := u.replace(ctx, upgrader)
	var refused *startError
	if errors.As(err, &refused) {
		return u.judgeRefusal(ctx, upgrader, refused)
	}
	if err != nil {
		return nil, err
	}
	return u.judgeAfter(ctx, s, configured, products)
}

// prove applies the guide to the first pair and judges it; its bundle is complete then.
func (u *upgrade) prove(ctx context.Context, s stack.Stack) (pair *configured, err error) {
	results, err := u.before.judged(ctx, s, u.planBefore, func() (*configured, error) {
		var err error
		pair, err = u.before.prepare(ctx, s)
		return pair, err
	})
	u.after.before = newBefore(results, cellOf(u.facts.From), cellOf(u.facts.To))
	if logErr := copyLogs(u.before.store, u.before.logs); logErr != nil {
		u.before.note("not all logs of the containers were kept: " + logErr.Error())
	}
	_, finished := u.before.finish(ctx, results, err)
	for _, file := range u.before.withheld {
		u.after.withheld = append(u.after.withheld, path.Join(report.BeforeDir, file))
	}
	if err == nil {
		err = also(context.Cause(ctx), finished)
	}
	return pair, err
}

// silent follows the journeys that only prepare.
type silent struct{ redactor *evidence.Redactor }

// Step implements journey.Trace.
func (silent) Step(_ string, do func() error) error { return do() }

// Picture implements journey.Trace.
func (silent) Picture(*browser.Session, string) {}

// Secret implements journey.Trace.
func (s silent) Secret(text string) { s.redactor.Know(evidence.Secret, text) }

// makeState makes what the upgrade has to keep, and plans the checks that can be made of it.
func (u *upgrade) makeState(ctx context.Context, pair *configured) error {
	world := pair.world
	world.Trace = silent{u.after.redactor}
	err := u.after.phase("lasting state", func() (err error) {
		if u.facts.Lasting, err = suites.MakeLasting(ctx, &world, u.facts.From); err != nil {
			return err
		}
		u.facts.Before, err = suites.ReadStored(ctx, &world, pair.shared.OP)
		return err
	})
	if err != nil {
		return err
	}
	plan, excluded := u.choose(suites.AfterUpgrade(u.facts))
	u.planAfter, u.after.planned = plan, names(plan)
	u.after.console.Planned(u.after.planned)
	return unwritten(u.after.dir, u.after.writer.Update(func(rep *report.Report) {
		rep.Plan = report.Plan{Checks: names(plan), Excluded: excluded}
	}))
}

// startError says that a newer release did not get ready on the data of the older one.
type startError struct{ err error }

// Error leaves out that there is no stack: there was one.
func (e *startError) Error() string { return stack.Reason(e.err).Error() }
func (e *startError) Unwrap() error { return e.err }

// refusal tells a product that does not start on the old data from all else that keeps a pair from being there.
func refusal(ctx context.Context, err error) error {
	var exited *stack.ExitedError
	var missing *rest.NotReadyError
	var answer *rest.Error
	switch {
	case ctx.Err() != nil:
		return err
	case errors.As(err, &exited) && exited.Service != containers.Edge && exited.Service != containers.Browser,
		errors.As(err, &missing), errors.As(err, &answer):
		return &startError{err}
	}
	return err
}

// replace goes every step and returns the clients of the last pair.
func (u *upgrade) replace(ctx context.Context, s stack.Upgrader) (p *products, err error) {
	for i, next := range u.pairs[1:] {
		text, changes := describe(u.pairs[i], next)
		began := time.Now()
		var recreated []string
		err := u.after.phase("upgrade "+text, func() (err error) {
			recreated, err = s.Upgrade(ctx, stack.Step{Authentik: next.authentik, Immich: next.immich, Images: imagesFor(u.o.Images, next)})
			if err != nil {
				return refusal(ctx, err)
			}
			p, err = u.ready(ctx, s, next)
			return err
		})
		images, renewed := map[string]bool{}, slices.DeleteFunc(s.Services(), func(one stack.Service) bool { return !slices.Contains(recreated, one.Name) })
		for _, service := range renewed {
			if service.Image != "" {
				images[service.Image] = true
			}
		}
		if err == nil {
			u.after.noteRestarts(renewed)
		}
		written := u.tellStack(s, p, report.UpgradeStep{
			Changes: changes, Seconds: float64(time.Since(began).Milliseconds()) / 1000,
			Images: slices.Sorted(maps.Keys(images)), Recreated: recreated,
		})
		if err := cmp.Or(err, written); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// tellStack writes down what runs now, and the steps that led to it.
func (u *upgrade) tellStack(s stack.Stack, p *products, steps ...report.UpgradeStep) error {
	return unwritten(u.after.dir, u.after.writer.Update(func(rep *report.Report) {
		rep.Stack = report.Stack{Kind: s.Kind(), Warm: s.Warm(), Services: s.Services()}
		if p != nil {
			rep.Stack.Services = p.observe(rep.Stack.Services)
		}
		rep.Upgrade.Steps = append(rep.Upgrade.Steps, steps...)
	}))
}

// ready waits until the pair is ready by the rule of every start.
func (u *upgrade) ready(ctx context.Context, s stack.Stack, next pair) (*products, error) {
	p, err := u.o.awaitProducts(ctx, s, next.cell(u.facts.To), u.after.waiting)
	return p, refusal(ctx, withLastWords(ctx, err, s, u.after.redactor))
}

// judgeRefusal judges nothing but that the new releases did not start: all other checks rest on that.
func (u *upgrade) judgeRefusal(ctx context.Context, s stack.Stack, refused *startError) (results []check.Result, err error) {
	u.facts.Starts = refused
	pair := &configured{world: journey.World{Edge: s.Edge()}, upgrade: u.facts}
	err = u.after.phase("judge", func() error {
		j := u.after.judge(s, pair, nil)
		results = j.run(ctx, u.planAfter)
		return j.err
	})
	return results, err
}

// judgeAfter judges the last pair, as it came out of the upgrade.
func (u *upgrade) judgeAfter(ctx context.Context, s stack.Stack, old *configured, p *products) ([]check.Result, error) {
	return u.after.judged(ctx, s, u.planAfter, func() (*configured, error) {
		pair, err := found(ctx, s, p, old.shared)
		if err != nil {
			return nil, err
		}
		world := pair.world
		world.Trace = silent{u.after.redactor}
		if u.facts.After, err = suites.ReadStored(ctx, &world, pair.shared.OP); err != nil {
			return nil, err
		}
		pair.upgrade = u.facts
		return pair, u.tellDifferences()
	})
}

// tellMoves tells what became of the checks that were judged before.
func (u *upgrade) tellMoves(results []check.Result) error {
	if u.after.before == nil {
		return nil
	}
	broken, unshown, fixed, still := u.after.before.sort(results)
	before := u.before.writer.Report()
	return unwritten(u.after.dir, u.after.writer.Update(func(rep *report.Report) {
		rep.Upgrade.Broken, rep.Upgrade.Unshown, rep.Upgrade.Fixed, rep.Upgrade.Still = broken, unshown, fixed, still
		rep.Upgrade.Inherited, rep.Upgrade.Mends = rep.Inherits(&before, u.was()), before.Mend(still)
	}))
}

// tellDifferences lists every stored setting that is another than before.
func (u *upgrade) tellDifferences() error {
	var all []report.Difference
	told := u.after.redactor.Text
	for _, d := range u.facts.Differences() {
		all = append(all, report.Difference{
			Product: string(d.Product), Object: d.Object, Field: d.Field, Before: told(d.Before), After: told(d.After),
			Entered: d.Entered, Explained: d.Explained,
		})
	}
	return unwritten(u.after.dir, u.after.writer.Update(func(rep *report.Report) { rep.Upgrade.Differences = all }))
}
