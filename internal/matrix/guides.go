package matrix

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/ssoproof/ssoproof/internal/guide"
)

// Words for guides that are not named one by one.
const (
	Shipped = "shipped" // the revision that each release of authentik ships
	All     = "all"     // every known revision
)

// Guides resolves what was asked for: Shipped, All, revisions, files or https addresses of pages. Every page is read, so
// that a wrong one is refused here and not by each job. Revisions come first, from old to new, then the pages.
func Guides(ctx context.Context, asked []string, client *http.Client) ([]string, error) {
	var names, pages []string
	var errs []error
	for _, name := range asked {
		switch name {
		case Shipped:
			names = append(names, name)
		case All:
			revisions, err := guide.Revisions()
			errs = append(errs, err)
			for _, r := range revisions {
				names = append(names, r.Revision)
			}
		default:
			settings, err := guide.Load(ctx, name, client)
			switch {
			case err != nil:
				errs = append(errs, err)
			case settings.Revision != "":
				names = append(names, settings.Revision)
			case !slices.Contains(pages, name):
				pages = append(pages, name)
			}
		}
	}
	return append(sortGuides(names), pages...), errors.Join(errs...)
}

// sortGuides orders revisions from old to new, without repetition.
func sortGuides(names []string) []string {
	slices.Sort(names) // dates sort by name, and before words
	return slices.Compact(names)
}
