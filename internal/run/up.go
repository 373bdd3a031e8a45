package run

import (
	"context"
	"errors"
	"fmt"

	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/stack"
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

// StackPlan is what a run with these options would start.
func StackPlan(ctx context.Context, o Options) (stack.Plan, error) {
	cell, err := o.cell(ctx)
	if err != nil {
		return stack.Plan{}, err
	}
	return o.stackPlan(cell, nil), nil
}

// Up starts a pair and leaves it up; with apply, the guide is applied to it.
func Up(ctx context.Context, o Options, apply bool) error {
	if o.Stack != Containers {
		return usage("stack up: only --stack containers outlives the command")
	}
	o.Keep = true
	if err := o.check(); err != nil {
		return err
	}
	cell, err := o.cell(ctx)
	if err != nil {
		return err
	}
	console := report.NewConsole(report.ConsoleOptions{Out: o.Output, Terminal: o.Terminal, NoColor: o.NoColor})
	defer console.Close()
	s, _, err := o.start(ctx, o.stackPlan(cell, console.Waiting))
	if err != nil {
		return err
	}
	p, err := awaitProducts(ctx, s, cell, console.Waiting)
	if err == nil && !s.Warm() {
		if err := s.Snapshot(ctx); err != nil {
			console.Note("no snapshot was kept for the next start: " + err.Error())
		}
	}
	if err == nil && apply {
		_, err = configure(ctx, s, p, cell)
	}
	console.Close()
	_, _ = fmt.Fprint(o.Output, howToOpen(s, cell)) // said in any case: something is up
	return errors.Join(err, ctx.Err())
}

// howToOpen says how a person gets at a stack that was left up. It names where the passwords are, not the passwords.
func howToOpen(s stack.Stack, c suites.Cell) string {
	immich, authentik := c.Guide.Hosts()
	b := s.Browser()
	return fmt.Sprintf("\nThe stack stays up; `ssoproof stack down` takes it down. To open it:\n"+
		"  chromium --user-data-dir=\"$(mktemp -d)\" --host-resolver-rules='%s' \\\n"+
		"    --ignore-certificate-errors-spki-list=%s https://%s https://%s\n"+
		"authentik: user akadmin; Immich: %s. The passwords are in the containers' environment:\n"+
		"  docker inspect -f '{{range .Config.Env}}{{println .}}{{end}}' CONTAINER | grep PASSWORD\n\n",
		b.HostRules, b.SPKI, immich, authentik, s.Secrets().ImmichAdminEmail)
}
