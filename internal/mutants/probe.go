package mutants

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/trial"
)

// kind is what a check costs.
type kind string

// The kinds.
const (
	quick kind = "quick"
	slow  kind = "slow"       // it waits for a clock
	pages kind = "in-browser" // it asks for a Chrome
)

// probe is a cell without any edit: what each check comes to, what it costs, and what edits it can see.
type probe struct {
	cell     trial.Cell
	kinds    map[string]kind // by name of the check
	statuses map[string]check.Status
	judged   map[string]string // the requirements of each check, which releases differ in
	reached  map[int][]string  // the checks that pass the place of an edit
}

// slowness is how long a check takes that waits for a clock, in seconds; all others take tenths of one.
const slowness = 4

// probe runs each check of a cell alone, and all together.
func (j *Judge) probe(ctx context.Context, cell trial.Cell) (*probe, error) {
	names, err := trial.Trial{Cell: cell}.Names(ctx)
	if err != nil {
		return nil, err
	}
	p := &probe{cell: cell, kinds: map[string]kind{}, statuses: map[string]check.Status{}, judged: map[string]string{}, reached: map[int][]string{}}
	outcomes, err := j.each(ctx, cell, names)
	if err != nil {
		return nil, err
	}
	for i, name := range names {
		o := outcomes[i]
		status, counts := o.Statuses[name]
		switch {
		case !counts:
			continue // it is for information, and makes no violation
		case status == check.Error, status == check.Inconclusive:
			p.kinds[name] = pages
		case o.Seconds[name] > slowness:
			p.kinds[name] = slow
		default:
			p.kinds[name] = quick
		}
		p.statuses[name], p.judged[name] = status, o.Judged[name]
		for _, id := range o.Reached {
			p.reached[id] = append(p.reached[id], name)
		}
	}
	if j.InBrowser != nil {
		if err := j.open(ctx, p); err != nil {
			return nil, err
		}
	}
	return p, j.steady(ctx, p)
}

// open runs the checks that ask for a browser with one.
func (j *Judge) open(ctx context.Context, p *probe) error {
	process := process{binary: j.Binary}
	defer process.stop()
	for _, name := range p.of(pages) {
		o, err := process.do(ctx, task{Cell: p.cell, Only: []string{name}, Pages: true})
		if err != nil || o.Error != "" {
			return fmt.Errorf("%s without any edit, %s: %w %s", p.cell, name, err, o.Error)
		}
		p.statuses[name] = o.Statuses[name]
	}
	return nil
}

// variants are the checks of an ID that ask for a browser.
func (p *probe) variants(id string) []string {
	return slices.DeleteFunc(p.of(pages), func(name string) bool {
		own, _, _ := strings.Cut(name, "[")
		return own != id
	})
}

// each runs checks alone, one a run.
func (j *Judge) each(ctx context.Context, cell trial.Cell, names []string) ([]outcome, error) {
	outcomes, failures := make([]outcome, len(names)), make([]error, len(names))
	var workers sync.WaitGroup
	next := make(chan int)
	for range runtime.NumCPU() {
		workers.Go(func() {
			p := process{binary: j.Binary}
			defer p.stop()
			for i := range next {
				outcomes[i], failures[i] = p.do(ctx, task{Cell: cell, Only: names[i : i+1]})
			}
		})
	}
	for i := range names {
		next <- i
	}
	close(next)
	workers.Wait()
	for i, err := range failures {
		if err != nil || outcomes[i].Error != "" {
			return nil, fmt.Errorf("%s without any edit, %s: %w %s", cell, names[i], err, outcomes[i].Error)
		}
	}
	return outcomes, nil
}

// steady runs the quick checks together: what ends otherwise than alone could not tell an edit from chance.
func (j *Judge) steady(ctx context.Context, p *probe) error {
	only := p.of(quick)
	process := process{binary: j.Binary}
	defer process.stop()
	o, err := process.do(ctx, task{Cell: p.cell, Only: only})
	if err != nil {
		return err
	}
	for _, name := range only {
		if o.Statuses[name] != p.statuses[name] {
			return fmt.Errorf("%s without any edit: %s ends as %s alone and as %s together with others", p.cell, name, p.statuses[name], o.Statuses[name])
		}
	}
	return nil
}

// of are the checks of a kind.
func (p *probe) of(k kind) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(p.kinds)), func(name string) bool { return p.kinds[name] != k })
}

// reading tells what a check judges here from what it judges on a release that asks for other things.
func (p *probe) reading(name string) string { return name + ": " + p.judged[name] }

// reaching are the checks of a kind that can see an edit.
func (p *probe) reaching(id int, k kind) []string {
	return slices.DeleteFunc(slices.Clone(p.reached[id]), func(name string) bool { return p.kinds[name] != k })
}
