package containers

import (
	"context"
	"fmt"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/mount"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
)

// makeVolumes makes the volumes of a run whose products will be replaced. They carry its labels, so that they go with it;
// what a container makes by itself would stay.
func (s *Stack) makeVolumes(ctx context.Context) error {
	if !s.plan.Volumes {
		return nil
	}
	ctx, cancel := uninterrupted(ctx)
	defer cancel()
	for _, name := range []string{AuthentikPostgres, ImmichPostgres, Valkey, authentik, Immich} {
		labels := testcontainers.GenericLabels()
		for k, v := range s.labels(name) {
			labels[k] = v
		}
		if _, err := s.engine.client.VolumeCreate(ctx, client.VolumeCreateOptions{Name: s.volume(name), Labels: labels}); err != nil {
			return fmt.Errorf("make the volume of %s: %w", name, err)
		}
	}
	return nil
}

func (s *Stack) volume(name string) string { return "ssoproof-" + s.id + "-" + name }

// store says where a container's data lies. A new volume is filled with what the image has at that path: the database
// of a snapshot.
func (s *Stack) store(h *container.HostConfig, sp spec) {
	switch {
	case sp.data == "":
	case s.plan.Volumes:
		h.Mounts = append(h.Mounts, mount.Mount{Type: mount.TypeVolume, Source: s.volume(sp.volume), Target: sp.data})
	case sp.scratch:
		h.Tmpfs = map[string]string{sp.data: ""}
	}
}

func (e *engine) removeVolumes(ctx context.Context, filter client.Filters) error {
	found, err := e.client.VolumeList(ctx, client.VolumeListOptions{Filters: filter})
	if err != nil {
		return fmt.Errorf("list the volumes of a run: %w", err)
	}
	for _, v := range found.Items {
		if _, err := e.client.VolumeRemove(ctx, v.Name, client.VolumeRemoveOptions{Force: true}); !gone(err) {
			return fmt.Errorf("remove volume %s: %w", v.Name, err)
		}
	}
	return nil
}
