package containers

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/version"
)

// progress says what happens now.
func (s *Stack) progress(text string) { s.tell(stack.Progress{Text: text}) }

func (s *Stack) tell(p stack.Progress) {
	if s.plan.Progress == nil {
		return
	}
	s.progressMu.Lock()
	defer s.progressMu.Unlock()
	s.plan.Progress(p, time.Since(s.started))
}

func (s *Stack) start(ctx context.Context) error {
	images, err := s.prepare(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := s.whileAlive(ctx)
	defer cancel()
	group, ctx := errgroup.WithContext(ctx)
	run := func(f func(context.Context) error) { group.Go(guarded(func() error { return f(ctx) })) }
	run(func(ctx context.Context) error { return s.startEdge(ctx, images[Edge]) })
	run(func(ctx context.Context) error { return s.startBrowser(ctx, images) })
	starts := s.starts(images)
	// Immich ends where its databases do not answer.
	run(func(ctx context.Context) error {
		if err := together(ctx, starts[ImmichPostgres], starts[Valkey]); err != nil {
			return err
		}
		return starts[Immich](ctx)
	})
	// authentik waits for its database by itself, and loads its code meanwhile.
	run(starts[AuthentikPostgres])
	run(starts[AuthentikServer])
	run(starts[AuthentikWorker])
	if err := group.Wait(); err != nil {
		return s.firstCause(err)
	}
	return nil
}

// firstCause prefers a death in the house to the cancellations that it brought about.
func (s *Stack) firstCause(err error) error {
	var exit *stack.ExitedError
	if errors.As(context.Cause(s.mortal), &exit) {
		return exit
	}
	return err
}

// prepare gets network, images and edge side by side, then decides which databases start from a snapshot.
func (s *Stack) prepare(ctx context.Context) (map[string]image, error) {
	s.progress("network and images")
	services := []string{AuthentikServer, AuthentikWorker, AuthentikPostgres, Immich, ImmichPostgres, Valkey, Edge, Browser}
	found := make([]image, len(services))
	group, groupCtx := errgroup.WithContext(ctx)
	group.Go(guarded(func() error { return s.connectNetwork(groupCtx) }))
	group.Go(guarded(func() error { return s.makeVolumes(groupCtx) }))
	for i, service := range services {
		group.Go(guarded(func() (err error) {
			switch service {
			case Edge:
				found[i], err = s.edgeImage(groupCtx)
			case Browser:
				found[i], err = s.browserImage(groupCtx)
			default:
				found[i], err = s.ensure(groupCtx, service)
			}
			return err
		}))
	}
	for _, step := range s.plan.Steps {
		group.Go(guarded(func() error {
			_, err := s.stepImages(groupCtx, step)
			return err
		}))
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	images := map[string]image{}
	for i, service := range services {
		images[service] = found[i]
	}
	return images, s.chooseDatabases(ctx, images)
}

func (s *Stack) ensure(ctx context.Context, service string) (image, error) {
	return s.ensureRef(ctx, service, imageOf(s.plan, service))
}

func (s *Stack) ensureRef(ctx context.Context, service, ref string) (image, error) {
	return s.engine.ensure(ctx, service, ref, func(far string) { s.tell(stack.Progress{Subject: "pull " + ref, Text: far}) })
}

// await waits until a service answers.
func (s *Stack) await(ctx context.Context, service string, limit time.Duration, probe func(context.Context) error) error {
	s.progress("wait for " + service)
	return waitFor(ctx, service+" to answer", limit, probe)
}

func (s *Stack) startPostgres(ctx context.Context, sp spec) error {
	if _, err := s.launch(ctx, sp); err != nil {
		return err
	}
	address, err := s.forward(ctx, sp.service, pgPort)
	if err != nil {
		return err
	}
	return s.await(ctx, sp.service, databaseTimeout, func(ctx context.Context) error { return probePostgres(ctx, address) })
}

func (s *Stack) startValkey(ctx context.Context, img image) error {
	if _, err := s.launch(ctx, s.valkey(img)); err != nil {
		return err
	}
	address, err := s.forward(ctx, Valkey, valkeyPort)
	if err != nil {
		return err
	}
	return s.await(ctx, Valkey, databaseTimeout, func(ctx context.Context) error { return probeValkey(ctx, address) })
}

// starts is how each service that an upgrade may replace is started.
func (s *Stack) starts(images map[string]image) map[string]func(context.Context) error {
	one := func(sp spec) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := s.launch(ctx, sp)
			return err
		}
	}
	database := func(service string, r *version.Release, password string) func(context.Context) error {
		return func(ctx context.Context) error {
			return s.startPostgres(ctx, s.postgres(service, images[service], r, password))
		}
	}
	return map[string]func(context.Context) error{
		AuthentikServer:   one(s.authentikPart(AuthentikServer, "server", images[AuthentikServer])),
		AuthentikWorker:   one(s.authentikPart(AuthentikWorker, "worker", images[AuthentikWorker])),
		Immich:            one(s.immichPart(images[Immich])),
		AuthentikPostgres: database(AuthentikPostgres, s.plan.Authentik, s.authentik.Database),
		ImmichPostgres:    database(ImmichPostgres, s.plan.Immich, s.immich.Database),
		Valkey:            func(ctx context.Context) error { return s.startValkey(ctx, images[Valkey]) },
	}
}

// together runs parts of a start side by side.
func together(ctx context.Context, parts ...func(context.Context) error) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, part := range parts {
		group.Go(guarded(func() error { return part(ctx) }))
	}
	return group.Wait()
}
