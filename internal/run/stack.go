package run

import (
	"context"
	"fmt"
	"time"

	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/stack/containers"
	"github.com/ssoproof/ssoproof/internal/stack/inproc"
	"github.com/ssoproof/ssoproof/suites"
)

// stackPlan says what to start for a cell.
func (o Options) stackPlan(c suites.Cell, progress func(stack.Progress, time.Duration)) (stack.Plan, error) {
	config, err := o.immichFile(c.Guide)
	immich, authentik := c.Guide.Hosts()
	plan := stack.Plan{
		PlainHosts: plainHosts(c.Guide), ImmichConfig: config,
		Authentik: c.Authentik, Immich: c.Immich, AuthentikHost: authentik, ImmichHost: immich, ImmichAliases: c.Guide.FurtherHosts(),
		Images: o.Images, Browser: o.Browser, Fresh: o.Fresh, Keep: o.Keep, Volumes: o.volumes, Steps: o.steps, Progress: progress,
	}
	if byBlueprint(c) {
		text := c.Guide.Configuration.Blueprint
		plan.Blueprint, plan.Variables = []byte(text), o.variables(text)
	}
	return plan, err
}

// servesAgain reports whether the databases of a first start are kept for the next one. A double's has nothing to keep.
func (o Options) servesAgain(s stack.Stack, c suites.Cell) bool {
	rep := report.Report{Stack: report.Stack{Services: s.Services()}}
	return !s.Warm() && !rep.Fake() && !o.volumes && !byBlueprint(c)
}

// byBlueprint reports whether authentik reads a blueprint. Its worker applies it by itself, as soon as it finds it: no snapshot
// of such a database is kept, since the next run would find the provider there.
func byBlueprint(c suites.Cell) bool {
	return c.Guide.Configuration != nil && c.Guide.Configuration.Blueprint != ""
}

// engine reports why no container engine can be used. It is the first to ask testcontainers anything, so it is here that
// the reaper of a stack that is to stay has to be turned off.
func (o Options) engine(ctx context.Context) error {
	if o.Keep {
		if err := containers.WithoutReaper(); err != nil {
			return stack.Unavailable(fmt.Errorf("--keep: %w", err))
		}
	}
	if err := containers.Available(ctx); err != nil {
		return fmt.Errorf("%w; start one, name another with DOCKER_HOST, or run against doubles with --stack fake", err)
	}
	return nil
}

// standIn reports whether the fakes may stand in for products that did not start: only in a bare run, which left the
// choice to this program, and only where their images cannot be had. A product that breaks is no reason to look away.
func (o Options) standIn(ctx context.Context, plan stack.Plan) bool {
	if o.Stack != Auto || !o.bare() || ctx.Err() != nil {
		return false
	}
	missing, err := containers.Missing(ctx, plan)
	return err == nil && len(missing) > 0
}

// startContainers keeps a nil *containers.Stack from becoming a stack.Stack that is not nil.
func startContainers(ctx context.Context, plan stack.Plan) (stack.Stack, error) {
	s, err := containers.Start(ctx, plan)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func startFake(plan stack.Plan) (stack.Stack, error) {
	s, err := inproc.Start(plan)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// closeLimit is for stopping a dozen containers on a busy machine.
const closeLimit = 3 * time.Minute

// leave takes the stack down, also after an interrupt, or says how to open the one that stays.
func (r *road) leave(ctx context.Context, s stack.Stack) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeLimit)
	defer cancel()
	if r.o.Keep && s.Kind() == stack.Containers {
		r.open = howToOpen(ctx, s, r.cell)
		return s.Close(ctx)
	}
	return r.phase("take down", func() error { return s.Close(ctx) })
}
