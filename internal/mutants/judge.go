package mutants

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/ssoproof/ssoproof/internal/trial"
)

// Cells are what edits are judged on: the next one where nothing of those before has noticed.
var Cells = []trial.Cell{
	{Authentik: "2025.8.1", Immich: "v2.7.5", Guide: "2025-06-23"},
	{Authentik: "2026.2.0", Immich: "v3.1.0", Guide: "2026-07-01"},
	{Authentik: "2024.8.4", Immich: "v2.7.5", Guide: "2024-03-28"},
}

// Verdict is what became of an edit.
type Verdict struct {
	Edit
	Kind    kind       // of the checks
	Cell    trial.Cell // on which it was noticed
	By      []string   // names of the checks that ended otherwise than without the edit
	How     string     // where there are none, but it was noticed: what happened
	Seconds float64    // that took
	Alone   bool       // the first of them notices without the others, too
	Reached bool       // a check, or what comes before all checks, passed its place

	passed map[string]bool // the readings of checks that have not noticed it
}

// Noticed reports whether anything said that something is wrong.
func (v Verdict) Noticed() bool { return len(v.By) > 0 || v.How != "" }

// Judge is how edits are judged.
type Judge struct {
	Binary string // Build's
	Log    io.Writer

	// InBrowser is the ID of the check in the browser that is said to notice an edit, by the edit's key: it is asked where
	// nothing else has noticed. Nil: none is asked.
	InBrowser func(key string) string

	probes []*probe
}

// Build compiles the edited doubles into dir.
func (s *Source) Build(ctx context.Context, dir string) (binary string, err error) {
	overlay, err := s.Write(dir)
	if err != nil {
		return "", err
	}
	binary = filepath.Join(dir, "mutants")
	command := exec.CommandContext(ctx, "go", "build", "-overlay", overlay, "-o", binary, "./cmd/mutants")
	command.Dir = s.root
	if out, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("compile the edited doubles: %w\n%s", err, out)
	}
	return binary, nil
}

// All judges every edit, or those that are named by number.
func (j *Judge) All(ctx context.Context, edits []Edit) ([]Verdict, error) {
	for _, cell := range Cells {
		p, err := j.probe(ctx, cell)
		if err != nil {
			return nil, err
		}
		j.probes = append(j.probes, p)
	}
	verdicts := make([]Verdict, len(edits))
	for i, e := range edits {
		verdicts[i] = Verdict{Edit: e, passed: map[string]bool{}}
	}
	for _, round := range j.rounds() {
		if err := j.round(ctx, verdicts, round); err != nil {
			return nil, err
		}
	}
	return verdicts, nil
}

// round is a kind of checks on a cell, from cheap to dear.
type round struct {
	probe     *probe
	kind      kind
	processes int
	inBrowser func(key string) string // nil but for pages
}

func (j *Judge) rounds() []round {
	var rounds []round
	for _, p := range j.probes {
		rounds = append(rounds, round{probe: p, kind: quick, processes: 2 * runtime.NumCPU()})
	}
	for _, p := range j.probes {
		rounds = append(rounds, round{probe: p, kind: slow, processes: 8 * runtime.NumCPU()}) // they wait for a clock
	}
	for _, p := range j.probes {
		if j.InBrowser != nil {
			rounds = append(rounds, round{probe: p, kind: pages, processes: runtime.NumCPU(), inBrowser: j.InBrowser})
		}
	}
	return rounds
}

// round shows the checks of one kind to each edit that has survived so far.
func (j *Judge) round(ctx context.Context, verdicts []Verdict, r round) error {
	var open []*Verdict
	for i := range verdicts {
		v := &verdicts[i]
		only := r.asked(v)
		v.Reached = v.Reached || len(only) > 0
		if !v.Noticed() && len(only) > 0 {
			open = append(open, v)
		}
	}
	j.logf("%s, %s checks: %d edits", r.probe.cell, r.kind, len(open))
	next := make(chan *Verdict)
	var workers sync.WaitGroup
	failures := make([]error, min(r.processes, len(open)))
	for n := range failures {
		workers.Go(func() {
			p := process{binary: j.Binary}
			defer p.stop()
			for v := range next {
				failures[n] = errors.Join(failures[n], r.judge(ctx, &p, v))
			}
		})
	}
	for _, v := range open {
		next <- v
	}
	close(next)
	workers.Wait()
	survived := slices.DeleteFunc(open, func(v *Verdict) bool { return v.Noticed() })
	j.logf("  %d survive", len(survived))
	return errors.Join(append(failures, ctx.Err())...)
}

// asked are the checks of a round that can see an edit. One that has not noticed it on another cell notices it here only
// where releases make a difference, to the edited function or to what the check judges.
func (r round) asked(v *Verdict) []string {
	if r.kind == pages {
		return r.probe.variants(r.inBrowser(v.Key))
	}
	return slices.DeleteFunc(r.probe.reaching(v.ID, r.kind), func(name string) bool {
		return v.passed[r.probe.reading(name)] && !v.ByRelease
	})
}

func (r round) judge(ctx context.Context, p *process, v *Verdict) error {
	if ctx.Err() != nil {
		return nil // said once, by the caller
	}
	only := r.asked(v)
	began := time.Now()
	o, err := p.do(ctx, task{Edit: v.ID, Cell: r.probe.cell, Only: only, Expected: r.probe.statuses, Pages: r.kind == pages})
	v.Seconds = time.Since(began).Seconds()
	var dead *ended
	switch {
	case errors.As(err, &dead):
		v.Cell, v.How = r.probe.cell, dead.how
		return nil
	case err != nil:
		return err
	case o.Error != "":
		v.Cell, v.How = r.probe.cell, "the run does not get as far as checks: "+o.Error
		return nil
	}
	for _, name := range only {
		if status, ended := o.Statuses[name]; ended && status != r.probe.statuses[name] {
			v.Kind, v.Cell, v.By = r.kind, r.probe.cell, append(v.By, name)
		}
	}
	if len(v.By) > 0 && r.kind == quick {
		return r.alone(ctx, p, v)
	}
	for _, name := range only {
		v.passed[r.probe.reading(name)] = true
	}
	if len(o.Statuses) < len(only) && !v.Noticed() {
		v.Cell, v.How = r.probe.cell, "the run does not come to its end"
	}
	return nil
}

// alone asks the first check that noticed an edit once more: what it sees may be what another has left behind.
func (r round) alone(ctx context.Context, p *process, v *Verdict) error {
	o, err := p.do(ctx, task{Edit: v.ID, Cell: r.probe.cell, Only: v.By[:1]})
	if dead := (*ended)(nil); errors.As(err, &dead) {
		v.Alone = true
		return nil
	}
	status, ended := o.Statuses[v.By[0]]
	v.Alone = ended && status != r.probe.statuses[v.By[0]]
	return err
}

func (j *Judge) logf(format string, args ...any) { fmt.Fprintf(j.Log, format+"\n", args...) }

// TempDir is a folder for Build.
func TempDir() (dir string, remove func(), err error) {
	dir, err = os.MkdirTemp("", "ssoproof-mutants-")
	if err != nil {
		return "", nil, fmt.Errorf("make a folder for the edited doubles: %w", err)
	}
	return dir, func() { _ = os.RemoveAll(dir) }, nil // what is left in a temporary folder harms nobody
}
