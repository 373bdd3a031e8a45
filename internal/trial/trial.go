// Package trial runs the catalogue on doubles in this process, for who does so many times: it is a tool for who writes
// checks and doubles, and no part of the program.
package trial

import (
	"context"
	"crypto/rsa"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/run"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/stack/inproc"
)

// Cell is what is judged: a pair of releases and a revision of the guide.
type Cell struct{ Authentik, Immich, Guide string }

func (c Cell) String() string {
	return fmt.Sprintf("%s × %s, guide %s", c.Authentik, c.Immich, c.Guide)
}

// Trial is one run. Its zero value judges the newest proven pair by one check at a time, over HTTP.
type Trial struct {
	Cell     Cell
	Only     []string // names of checks; none: all
	Skip     []string
	Parallel int
	Limit    time.Duration      // of a check; 0: the program's
	Ready    time.Duration      // until the doubles must be ready; 0: the program's
	Ended    func(check.Result) // is told of each result; nil: nobody is
	Key      *rsa.PrivateKey    // of authentik's certificate, for who makes many runs; nil: a new one
	Browser  bool               // a Chrome of its own is started; without one, a check that asks for it does not pass
}

// Run goes the whole road. The doubles are new ones each time, and end with it.
func (t Trial) Run(ctx context.Context) ([]check.Result, error) {
	out, err := os.MkdirTemp("", "ssoproof-trial-")
	if err != nil {
		return nil, fmt.Errorf("keep the report of a trial: %w", err)
	}
	defer func() { _ = os.RemoveAll(out) }() // what is left behind in a temporary folder harms nobody
	o := t.options()
	o.Out = out
	plan, err := run.StackPlan(ctx, o)
	if err != nil {
		return nil, err
	}
	doubles, err := inproc.StartWith(plan, t.Key)
	if err != nil {
		return nil, err
	}
	defer func() { _ = doubles.Close(context.WithoutCancel(ctx)) }() // the run has closed it already
	o.Raise = func(stack.Plan) (stack.Stack, error) { return doubles, nil }
	outcome, err := run.Run(ctx, o)
	if err != nil {
		return nil, err
	}
	return outcome.Report.Checks, nil
}

// Names are the checks of the cell, in the order of the plan.
func (t Trial) Names(ctx context.Context) ([]string, error) {
	checks, _, err := run.Catalogue(ctx, t.options())
	if err != nil {
		return nil, err
	}
	var names []string
	for _, c := range checks {
		names = append(names, c.Name())
	}
	return names, nil
}

func (t Trial) options() run.Options {
	o := run.Options{
		Stack: run.Fake, Browser: "auto", Parallel: max(1, t.Parallel), Output: io.Discard, Now: time.Now,
		Authentik: t.Cell.Authentik, Immich: t.Cell.Immich, Guide: t.Cell.Guide, Only: t.Only, Skip: t.Skip,
		CheckLimit: t.Limit, ReadyLimit: t.Ready, Ended: t.Ended,
	}
	if !t.Browser {
		o.Chrome = &browser.Browser{}
	}
	return o
}
