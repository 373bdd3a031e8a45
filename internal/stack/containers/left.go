package containers

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/moby/moby/client"

	"github.com/ssoproof/ssoproof/internal/owner"
)

// State is why a stack is still on the engine.
type State string

// The states of a stack.
const (
	Kept      State = "kept"               // on purpose
	Running   State = "in use"             // its run goes on, on this machine
	Abandoned State = "left behind"        // its run was killed
	Elsewhere State = "of another machine" // whether its run goes on cannot be seen from here
)

// Left is a stack that is still on the engine.
type Left struct {
	Run      string // what Down takes
	State    State
	Created  time.Time // of its oldest container
	Services []string  // "name (image, state)", sorted; empty: only networks or volumes are left
}

// stateOf reads what a run has written on its parts.
func stateOf(labels map[string]string) State {
	if labels[labelKept] == "true" {
		return Kept
	}
	host, _ := os.Hostname()
	process, err := owner.Parse(labels[labelOwner])
	switch {
	case err != nil || labels[labelHost] != host:
		return Elsewhere
	case process.Alive():
		return Running
	}
	return Abandoned
}

// List tells which stacks of this program are on the engine, oldest first: kept ones, running ones and what a killed
// run left behind.
func List(ctx context.Context) ([]Left, error) {
	e, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	defer e.provider.Close()
	return e.list(ctx)
}

func (e *engine) list(ctx context.Context) ([]Left, error) {
	ours := client.Filters{}.Add("label", labelRun)
	found, err := e.client.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: ours})
	if err != nil {
		return nil, unavailable("list containers", err)
	}
	runs := map[string]Left{}
	for _, c := range found.Items {
		id, created := c.Labels[labelRun], time.Unix(c.Created, 0)
		if id == "" {
			continue // a snapshot's container of another making
		}
		l, known := runs[id]
		if !known {
			l = Left{Run: id, State: stateOf(c.Labels), Created: created}
		}
		if created.Before(l.Created) {
			l.Created = created
		}
		l.Services = append(l.Services, fmt.Sprintf("%s (%s, %s)", c.Labels[labelService], c.Image, c.State))
		runs[id] = l
	}
	if err := e.listBare(ctx, ours, runs); err != nil {
		return nil, err
	}
	all := slices.Collect(maps.Values(runs))
	for _, l := range all {
		slices.Sort(l.Services)
	}
	slices.SortFunc(all, func(a, b Left) int { return a.Created.Compare(b.Created) })
	return all, nil
}

// listBare adds the runs of which there is no container: they were killed before the first one, or after the last.
func (e *engine) listBare(ctx context.Context, ours client.Filters, runs map[string]Left) error {
	add := func(labels map[string]string, created time.Time) {
		id := labels[labelRun]
		if _, known := runs[id]; !known && id != "" {
			runs[id] = Left{Run: id, State: stateOf(labels), Created: created}
		}
	}
	networks, err := e.client.NetworkList(ctx, client.NetworkListOptions{Filters: ours})
	if err != nil {
		return unavailable("list networks", err)
	}
	for _, n := range networks.Items {
		add(n.Labels, n.Created)
	}
	volumes, err := e.client.VolumeList(ctx, client.VolumeListOptions{Filters: ours})
	if err != nil {
		return unavailable("list volumes", err)
	}
	for _, v := range volumes.Items {
		created, _ := time.Parse(time.RFC3339, v.CreatedAt)
		add(v.Labels, created)
	}
	return nil
}

// Down removes the named stacks and returns those that it removed.
func Down(ctx context.Context, runs ...string) ([]string, error) {
	return down(ctx, func(l Left) bool { return slices.Contains(runs, l.Run) }, runs)
}

// DownAll removes the stacks in one of these states and returns those that it removed.
func DownAll(ctx context.Context, states ...State) ([]string, error) {
	return down(ctx, func(l Left) bool { return slices.Contains(states, l.State) }, nil)
}

func down(ctx context.Context, picked func(Left) bool, needed []string) ([]string, error) {
	e, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	defer e.provider.Close()
	left, err := e.list(ctx)
	if err != nil {
		return nil, err
	}
	for _, run := range needed {
		if !slices.ContainsFunc(left, func(l Left) bool { return l.Run == run }) {
			return nil, fmt.Errorf("no stack %q is on this engine", run)
		}
	}
	var removed []string
	for _, l := range left {
		if !picked(l) {
			continue
		}
		if err := e.remove(ctx, l.Run); err != nil {
			return removed, err
		}
		removed = append(removed, l.Run)
	}
	return removed, nil
}
