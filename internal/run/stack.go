package run

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/stack/containers"
	"github.com/ssoproof/ssoproof/internal/stack/inproc"
	"github.com/ssoproof/ssoproof/suites"
)

// stackPlan says what to start for a cell.
func (o Options) stackPlan(c suites.Cell, progress func(string, time.Duration)) stack.Plan {
	immich, authentik := c.Guide.Hosts()
	return stack.Plan{
		Authentik: c.Authentik, Immich: c.Immich, AuthentikHost: authentik, ImmichHost: immich,
		Images: o.Images, Browser: o.Browser, Fresh: o.Fresh, Keep: o.Keep, Progress: progress,
	}
}

// start starts the stack that was asked for. A bare run on a machine without the means for the products gets the fakes,
// and why it did.
func (o Options) start(ctx context.Context, plan stack.Plan) (s stack.Stack, fallback string, err error) {
	if o.Stack == Fake {
		s, err = startFake(plan)
		return s, "", err
	}
	s, err = startContainers(ctx, plan)
	if err == nil || o.Stack == Containers || !o.bare() || !errors.Is(err, stack.ErrUnavailable) || ctx.Err() != nil {
		return s, "", err
	}
	fallback = fmt.Sprintf("the products cannot be started here (%v); the in-process fakes stand in", err)
	s, err = startFake(plan)
	return s, fallback, err
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
