// Package site makes one static page of many runs: the matrix, last good and first bad, and each cell's own report.
package site

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/ssoproof/ssoproof/internal/report"

	"golang.org/x/sync/errgroup"

	"github.com/ssoproof/ssoproof/internal/version"
)

// MergeOptions says what one page is made of.
type MergeOptions struct {
	Dirs []string // bundles, or folders that hold bundles at any depth
	Out  string   // folder of the site
	// Plan is what was to be judged; a cell of it without a bundle is missing, and what is missing is not conformant.
	Plan []report.Cell
}

// Merged is what a Merge came to.
type Merged struct {
	Verdict  report.Verdict // over all cells
	Bundles  int
	Cells    int // with a bundle
	Headline string
	Page     string // path of index.html
}

// BundleError says which bundle cannot be merged, and why.
type BundleError struct {
	Path string // of its report.json, or of the folder where there is none
	Err  error
}

func (e *BundleError) Error() string { return e.Path + " " + e.Err.Error() }

// Unwrap gives the cause.
func (e *BundleError) Unwrap() error { return e.Err }

// mostErrors is how many bundles an error names.
const mostErrors = 10

// Merge makes a static site of many bundles: a page with the matrix, and each cell's own report beside it. Of several
// bundles of one cell the newest counts. It holds one report at a time. The site takes its place when it is whole; an
// error, a *BundleError or a *DirError, leaves what was there.
func Merge(o MergeOptions) (*Merged, error) {
	o.Out = filepath.Clean(o.Out)
	paths, err := findBundles(o.Dirs, o.Out)
	if err != nil {
		return nil, err
	}
	bundles, err := readBundles(paths)
	if err != nil {
		return nil, err
	}
	catalogue, err := version.Load()
	if err != nil {
		return nil, err
	}
	m := newMatrixView(latestOfEachCell(bundles), o.Plan, catalogue)
	m.Bundles = len(bundles)
	if err := writeSite(o.Out, m); err != nil {
		return nil, err
	}
	return &Merged{Verdict: m.Verdict, Bundles: m.Bundles, Cells: len(m.judged()), Headline: m.Headline(),
		Page: filepath.Join(o.Out, indexFile)}, nil
}

// readBundles skims all bundles, and refuses those that no one page may hold together. The first one is what the others
// are compared with.
func readBundles(paths []string) ([]*bundle, error) {
	var all []*bundle
	var errs []error
	var first *bundle
	refuse := func(path string, err error) { errs = append(errs, &BundleError{Path: path, Err: err}) }
	for chunk := range slices.Chunk(paths, 8*runtime.GOMAXPROCS(0)) {
		for i, read := range skimFiles(chunk) {
			switch {
			case read.err != nil:
				refuse(chunk[i], read.err)
				continue
			case first == nil:
				first = read.bundle
			default:
				if err := read.differs(first); err != nil {
					refuse(chunk[i], err)
				}
				read.catalogue = nil // one is enough
			}
			if !slices.ContainsFunc(all, read.sameRun) {
				all = append(all, read.bundle)
			}
		}
		if len(errs) > mostErrors {
			return nil, errors.Join(append(errs[:mostErrors], errors.New("… and more"))...)
		}
	}
	return all, errors.Join(errs...)
}

// outcome is a bundle, or why there is none.
type outcome struct {
	*bundle
	err error
}

// skimFiles skims some files side by side.
func skimFiles(paths []string) []outcome {
	outcomes := make([]outcome, len(paths))
	var each errgroup.Group
	each.SetLimit(runtime.GOMAXPROCS(0))
	for i, path := range paths {
		each.Go(func() error {
			outcomes[i].bundle, outcomes[i].err = skimFile(path)
			return nil
		})
	}
	_ = each.Wait() // each outcome has its own error
	return outcomes
}

// skimFile skims a report.json.
func skimFile(path string) (*bundle, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %w", err)
	}
	defer file.Close() // nothing was written
	b, err := skim(file)
	if err != nil {
		return nil, err
	}
	b.path = path
	return b, nil
}

// latestOfEachCell orders the cells, and the bundles of each from new to old.
func latestOfEachCell(bundles []*bundle) [][]*bundle {
	slices.SortStableFunc(bundles, func(a, b *bundle) int {
		return cmp.Or(compareCells(a.Cell, b.Cell), b.Run.Started.Compare(a.Run.Started), cmp.Compare(a.path, b.path))
	})
	var cells [][]*bundle
	for i, b := range bundles {
		if i == 0 || bundles[i-1].Cell != b.Cell {
			cells = append(cells, nil)
		}
		cells[len(cells)-1] = append(cells[len(cells)-1], b)
	}
	return cells
}

// compareCells orders cells: by authentik, by Immich, by guide, old before new.
func compareCells(c, d report.Cell) int {
	return cmp.Or(version.Compare(c.Authentik, d.Authentik), version.Compare(c.Immich, d.Immich), cmp.Compare(c.Guide, d.Guide))
}
