package containers

import (
	"context"
	"fmt"
	"slices"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"
)

// Kinds of images that this program makes and keeps for its next start.
const (
	Edges     = kindEdge     // the edge, once per build of this program
	Snapshots = kindSnapshot // bootstrapped databases, once per image of a product
)

// Prune removes the images of these kinds that no container uses, and returns their names, sorted. The next start makes
// what it needs anew.
func Prune(ctx context.Context, kinds ...string) ([]string, error) {
	e, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	defer e.provider.Close()
	var removed []string
	for _, kind := range kinds {
		found, err := e.client.ImageList(ctx, client.ImageListOptions{Filters: client.Filters{}.Add("label", labelKind+"="+kind)})
		if err != nil {
			return removed, unavailable("list images", err)
		}
		for _, image := range found.Items {
			names := image.RepoTags
			if len(names) == 0 {
				names = []string{image.ID} // a newer one took its name
			}
			for _, name := range names {
				_, err := e.client.ImageRemove(ctx, name, client.ImageRemoveOptions{PruneChildren: true})
				switch {
				case errdefs.IsConflict(err), errdefs.IsNotFound(err): // in use, or gone by somebody else's hand
				case err != nil:
					return removed, fmt.Errorf("remove image %s: %w", name, err)
				default:
					removed = append(removed, name)
				}
			}
		}
	}
	slices.Sort(removed)
	return removed, nil
}
