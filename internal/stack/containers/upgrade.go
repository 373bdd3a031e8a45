package containers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/moby/moby/client"

	"github.com/ssoproof/ssoproof/internal/stack"
)

var _ stack.Upgrader = (*Stack)(nil)

// stopSeconds is how long a service may take to end by itself: PostgreSQL writes a checkpoint first.
const stopSeconds = 30

// Upgrade implements stack.Upgrader. Every image is at hand before anything is stopped.
func (s *Stack) Upgrade(ctx context.Context, step stack.Step) ([]string, error) {
	var recreated []string
	err := guarded(func() (err error) {
		ctx, cancel := s.whileAlive(ctx)
		defer cancel()
		recreated, err = s.upgrade(ctx, step)
		return err
	})()
	if err != nil {
		return recreated, stack.Unavailable(s.firstCause(err))
	}
	return recreated, nil
}

func (s *Stack) upgrade(ctx context.Context, step stack.Step) ([]string, error) {
	if !s.plan.Volumes {
		return nil, errors.New("this stack keeps no data apart from its containers, so nothing can take it over")
	}
	s.started = time.Now() // of the step
	s.ready.Store(false)
	before := s.plan
	if before.Authentik.Port != step.Authentik.Port || before.Immich.Port != step.Immich.Port {
		return nil, errors.New("a product listens on another port than before, where the edge does not follow it")
	}
	images, err := s.stepImages(ctx, step)
	if err != nil {
		return nil, err
	}
	s.plan.Authentik, s.plan.Immich, s.plan.Images = step.Authentik, step.Immich, step.Images
	var leaving []string
	for service, img := range images {
		if s.differs(service, img, before) {
			leaving = append(leaving, service)
		}
	}
	slices.Sort(leaving)
	if err := s.retire(ctx, leaving); err != nil {
		return nil, err
	}
	return leaving, s.succeed(ctx, leaving, images)
}

// stepImages are the images of what may be replaced; the edge and Chrome stay.
func (s *Stack) stepImages(ctx context.Context, step stack.Step) (map[string]image, error) {
	plan := stack.Plan{Authentik: step.Authentik, Immich: step.Immich, Images: step.Images}
	images := map[string]image{}
	for _, service := range []string{AuthentikServer, AuthentikWorker, AuthentikPostgres, Immich, ImmichPostgres, Valkey} {
		img, err := s.ensureRef(ctx, service, imageOf(plan, service))
		if err != nil {
			return nil, err
		}
		images[service] = img
	}
	return images, nil
}

// differs reports whether a service is another one from now on: a product by its release, all else by its image. The
// image of a database that came from a snapshot is the one that the snapshot was made of.
func (s *Stack) differs(service string, img image, before stack.Plan) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	running := s.parts[service]
	if running == nil || running.spec.image.id != img.id {
		return true
	}
	switch service {
	case AuthentikServer, AuthentikWorker:
		return before.Authentik.Version != s.plan.Authentik.Version
	case Immich:
		return before.Immich.Version != s.plan.Immich.Version
	}
	return false
}

// retire ends services, the products before what they need.
func (s *Stack) retire(ctx context.Context, services []string) error {
	for _, helpers := range []bool{false, true} {
		var parts []func(context.Context) error
		for _, service := range services {
			if isHelper(service) == helpers {
				parts = append(parts, func(ctx context.Context) error { return s.retireOne(ctx, service) })
			}
		}
		if err := together(ctx, parts...); err != nil {
			return err
		}
	}
	return nil
}

func isHelper(service string) bool {
	return service == AuthentikPostgres || service == ImmichPostgres || service == Valkey
}

func (s *Stack) retireOne(ctx context.Context, service string) error {
	s.mu.Lock()
	part := s.parts[service]
	delete(s.parts, service)
	s.mu.Unlock()
	if part == nil {
		return nil
	}
	s.progress("stop " + service)
	part.retired.Store(true)
	seconds := stopSeconds
	id := part.container.GetContainerID()
	if _, err := s.engine.client.ContainerStop(ctx, id, client.ContainerStopOptions{Timeout: &seconds}); err != nil {
		return fmt.Errorf("stop %s: %w", service, err)
	}
	select {
	case <-part.logged: // else the removal cuts its last lines off
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if _, err := s.engine.client.ContainerRemove(ctx, id, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true}); !gone(err) {
		return fmt.Errorf("remove %s: %w", service, err)
	}
	return nil
}

// succeed starts services in the order of a start.
func (s *Stack) succeed(ctx context.Context, services []string, images map[string]image) error {
	starts := s.starts(images)
	for _, helpers := range []bool{true, false} {
		var parts []func(context.Context) error
		for _, service := range services {
			if isHelper(service) == helpers {
				parts = append(parts, starts[service])
			}
		}
		if err := together(ctx, parts...); err != nil {
			return err
		}
	}
	return nil
}
