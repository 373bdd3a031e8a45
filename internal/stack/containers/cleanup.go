package containers

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"
	"golang.org/x/sync/errgroup"
)

// Close implements stack.Stack. What is kept on purpose stays; then only the watchers end.
func (s *Stack) Close(ctx context.Context) error {
	s.end()
	var err error
	if !s.plan.Keep {
		err = s.engine.remove(ctx, s.id)
	}
	s.followers.Wait()
	if s.client != nil {
		s.client.CloseIdleConnections()
	}
	return errors.Join(err, s.engine.provider.Close())
}

// remove takes down all that carries a run's label: by label, since a start that was interrupted may have left what
// nobody here has heard of.
func (e *engine) remove(ctx context.Context, run string) error {
	filter := client.Filters{}.Add("label", labelRun+"="+run)
	found, err := e.client.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: filter})
	if err != nil {
		return fmt.Errorf("list the containers of run %s: %w", run, err)
	}
	group, groupCtx := errgroup.WithContext(ctx)
	for _, c := range found.Items {
		group.Go(func() error {
			_, err := e.client.ContainerRemove(groupCtx, c.ID, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
			if gone(err) {
				return nil
			}
			return fmt.Errorf("remove container %s: %w", strings.Join(c.Names, " "), err)
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	networks, err := e.client.NetworkList(ctx, client.NetworkListOptions{Filters: filter})
	if err != nil {
		return fmt.Errorf("list the networks of run %s: %w", run, err)
	}
	for _, n := range networks.Items {
		if _, err := e.client.NetworkRemove(ctx, n.ID, client.NetworkRemoveOptions{}); !gone(err) {
			return fmt.Errorf("remove network %s: %w", n.Name, err)
		}
	}
	return e.removeVolumes(ctx, filter)
}

// gone reports whether a removal left nothing behind, be it by somebody else's hand.
func gone(err error) bool {
	return err == nil || errdefs.IsNotFound(err) || strings.Contains(err.Error(), "is already in progress")
}
