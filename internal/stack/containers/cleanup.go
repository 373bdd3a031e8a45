package containers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

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

// Left is a stack that is still on the engine.
type Left struct {
	Run      string    // what Down takes
	Kept     bool      // left on purpose
	Created  time.Time // of its oldest container
	Services []string  // "name (image, state)", sorted
}

// List tells which stacks of this program are on the engine, oldest first: kept ones, running ones and what a killed
// run left behind.
func List(ctx context.Context) ([]Left, error) {
	e, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	defer e.provider.Close()
	found, err := e.client.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: client.Filters{}.Add("label", labelRun)})
	if err != nil {
		return nil, unavailable("list containers", err)
	}
	runs := map[string]*Left{}
	for _, c := range found.Items {
		id := c.Labels[labelRun]
		if id == "" {
			continue // a snapshot's container of another making
		}
		if runs[id] == nil {
			runs[id] = &Left{Run: id, Kept: c.Labels[labelKept] == "true", Created: time.Unix(c.Created, 0)}
		}
		l := runs[id]
		if created := time.Unix(c.Created, 0); created.Before(l.Created) {
			l.Created = created
		}
		l.Services = append(l.Services, fmt.Sprintf("%s (%s, %s)", c.Labels[labelService], c.Image, c.State))
	}
	var all []Left
	for _, l := range runs {
		slices.Sort(l.Services)
		all = append(all, *l)
	}
	slices.SortFunc(all, func(a, b Left) int { return a.Created.Compare(b.Created) })
	return all, nil
}

// Down removes the named stacks; without a name all that were kept on purpose. It returns those that it removed.
func Down(ctx context.Context, runs ...string) ([]string, error) {
	left, err := List(ctx)
	if err != nil {
		return nil, err
	}
	for _, run := range runs {
		if !slices.ContainsFunc(left, func(l Left) bool { return l.Run == run }) {
			return nil, fmt.Errorf("no stack %q is on this engine", run)
		}
	}
	e, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	defer e.provider.Close()
	var removed []string
	for _, l := range left {
		if !slices.Contains(runs, l.Run) && (len(runs) > 0 || !l.Kept) {
			continue
		}
		if err := e.remove(ctx, l.Run); err != nil {
			return removed, err
		}
		removed = append(removed, l.Run)
	}
	return removed, nil
}
