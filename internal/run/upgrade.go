package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/evidence"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/suites"
)

// upgrade is an upgrade whose bundles are open: one for the pair that the guide is applied to, one for what became of it.
type upgrade struct {
	o             UpgradeOptions
	pairs         []pair
	before, after *road
	planBefore    []suites.Check
	planAfter     []suites.Check // since the lasting state is made
	facts         *suites.Upgrade
}

// Upgrade configures the pair at --from, proves it, replaces the products step by step on the same data without touching
// a setting, and proves the pair at --to. Its errors are those of Run; the outcome is that of the pair at --to.
func Upgrade(ctx context.Context, o UpgradeOptions) (*Outcome, error) {
	u, err := openUpgrade(ctx, o)
	if err != nil {
		return nil, err
	}
	defer u.before.console.Close()
	defer u.after.console.Close()
	results, err := u.road(ctx)
	return u.after.finish(ctx, results, also(err, u.tellMoves(results)))
}

func openUpgrade(ctx context.Context, o UpgradeOptions) (*upgrade, error) {
	o.volumes = true
	options, settings, err := o.readPairFile()
	if err != nil {
		return nil, err
	}
	if settings != nil {
		if o.From = cmp.Or(o.From, options.captured()); o.From == "" {
			o.silent = settings.Source
		}
	}
	pairs, advice, pathErr := o.path()
	if err := errors.Join(o.check(), pathErr); err != nil {
		return nil, err
	}
	if err := strayImages(o.Images, pairs); err != nil {
		return nil, err
	}
	o.Authentik, o.Immich = pairs[0].authentik.Version, pairs[0].immich.Version // so that no fakes stand in
	u := &upgrade{o: o, pairs: pairs}
	if settings == nil {
		settings, err = o.guide(ctx, pairs[0].authentik.Guide)
	} else {
		err = o.noPlaceholders()
	}
	if err != nil {
		return nil, err
	}
	last := pairs[len(pairs)-1]
	from := suites.Cell{Guide: settings, Authentik: pairs[0].authentik, Immich: pairs[0].immich}
	to := suites.Cell{Guide: settings, Authentik: last.authentik, Immich: last.immich, Upgraded: true}
	u.facts = &suites.Upgrade{From: from, To: to}

	if err := u.open(); err != nil {
		return nil, err
	}
	for _, text := range advice {
		u.after.note(text)
	}
	return u, nil
}

// open opens both bundles.
func (u *upgrade) open() error {
	// A glob may mean checks that only an upgrade has.
	checks, exclusions := suites.AfterUpgrade(u.facts)
	if _, _, err := u.o.selected(checks, exclusions); err != nil {
		return err
	}
	var excluded []report.Excluded
	u.planAfter, excluded = u.choose(checks, exclusions)
	from, to, started := u.facts.From, u.facts.To, u.o.Now().UTC()
	var err error
	if u.after, err = open(u.o.Options, to, u.planAfter, excluded, started, upgradeName(from, to)); err != nil {
		return err
	}
	beside := u.o.Options
	beside.Out = filepath.Join(u.after.dir, report.BeforeDir)
	beside.Images = imagesFor(u.o.Images, u.pairs[0])
	for _, next := range u.pairs[1:] {
		beside.steps = append(beside.steps, stack.Step{Authentik: next.authentik, Immich: next.immich, Images: imagesFor(u.o.Images, next)})
	}
	u.planBefore, excluded = u.o.choose(suites.Catalogue(from))
	if len(u.planBefore) == 0 {
		beside.Output = io.Discard // it would say that nothing is proven, which nobody asked for
		u.after.note("no check of the pair before the upgrade was selected: what fails after it may have failed before")
	}
	if u.before, err = open(beside, from, u.planBefore, excluded, started, fileName(from)); err != nil {
		return err
	}
	u.after.redactor = u.before.redactor // a secret of before is one after
	u.after.store = evidence.NewStore(u.after.dir, u.after.redactor)
	u.after.store.Tool = u.o.Tool
	return unwritten(u.after.dir, u.after.writer.Update(func(rep *report.Report) {
		rep.Upgrade = &report.Upgrade{From: cellOf(from), To: cellOf(to), Order: u.o.Order}
	}))
}

// choose is what was asked for of the checks after the upgrade, and always the one that all others rest on.
func (u *upgrade) choose(checks []suites.Check, exclusions []suites.Exclusion) ([]suites.Check, []report.Excluded) {
	plan, excluded := u.o.choose(checks, exclusions)
	rests := func(c suites.Check) bool { return c.ID == suites.UpgradeStarts }
	if slices.ContainsFunc(plan, rests) {
		return plan, excluded
	}
	excluded = slices.DeleteFunc(excluded, func(e report.Excluded) bool { return e.ID == suites.UpgradeStarts })
	return append(slices.Clone(checks[slices.IndexFunc(checks, rests):][:1]), plan...), excluded
}

// upgradeName names an upgrade as a file can be named.
func upgradeName(from, to suites.Cell) string {
	name := func(c suites.Cell) string { return c.Authentik.Version + "_" + c.Immich.Version }
	return unfitForFiles.ReplaceAllString(name(from)+"-to-"+name(to), "-")
}

// describe names the replacement of one pair by the next.
func describe(from, to pair) (text string, changes []report.Change) {
	var parts []string
	for _, product := range from.changes(to) {
		old, current := from.of(product), to.of(product)
		changes = append(changes, report.Change{Product: string(product), From: old.Version, To: current.Version})
		parts = append(parts, fmt.Sprintf("%s → %s", old, current.Version))
	}
	return strings.Join(parts, ", "), changes
}

func (p pair) cell(c suites.Cell) suites.Cell {
	c.Authentik, c.Immich = p.authentik, p.immich
	return c
}
