// Package matrix chooses the cells to judge, authentik release × Immich release × guide revision, and deals them out to
// the jobs of a CI system. It reads facts and runs nothing.
package matrix

import (
	"errors"
	"fmt"
	"slices"

	"github.com/ssoproof/ssoproof/internal/version"
)

// Strategy says which cells of the whole product are worth a run.
type Strategy string

// The strategies.
const (
	// Frontier is what people run or are about to run: the newest of each with all of the others, what was current on the
	// same day, and where each revision of the guide began.
	Frontier Strategy = "frontier"
	// Pairwise holds each pair of values, of any two of authentik, Immich and guide, in at least one cell.
	Pairwise Strategy = "pairwise"
	// Full is the product.
	Full Strategy = "full"
)

// Strategies lists all of them.
func Strategies() []Strategy { return []Strategy{Frontier, Pairwise, Full} }

// Query is what a matrix is asked for by.
type Query struct {
	Authentik, Immich string   // ranges of versions; empty: everything that a run takes
	AllPatches        bool     // every release, and not only the newest of each line
	Guides            []string // as Guides returns them; empty: Shipped
	Strategy          Strategy
	Shards            int // how many jobs share the cells; 0: one each
}

// Cell is one combination to judge, each part in the words of the flag of "ssoproof run".
type Cell struct {
	Authentik string   `json:"authentik"`
	Immich    string   `json:"immich"`
	Guide     string   `json:"guide"`
	Shard     int      `json:"shard"`   // from 1
	Reasons   []string `json:"reasons"` // why the cell is in the matrix
}

// Matrix is what a Query came to.
type Matrix struct {
	Strategy Strategy `json:"strategy"`
	Shards   int      `json:"shards"` // jobs that have cells
	Cells    []Cell   `json:"cells"`  // by authentik, then by Immich, then by guide, old before new
	Notes    []string `json:"notes"`  // what was left out, and why
}

// Plan chooses the cells of a query, at least one. Its error is for who asked; a range that holds nothing is a
// *version.RangeError.
func Plan(catalogue *version.Catalogue, q Query) (*Matrix, error) {
	m := &Matrix{Strategy: q.Strategy, Notes: []string{}}
	s := &space{guides: q.Guides}
	if len(s.guides) == 0 {
		s.guides = []string{Shipped}
	}
	var errs [2]error
	s.authentik, errs[0] = m.releases(catalogue, version.Authentik, q.Authentik, q.AllPatches)
	s.immich, errs[1] = m.releases(catalogue, version.Immich, q.Immich, q.AllPatches)
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	if err := m.withoutGuide(s); err != nil {
		return nil, err
	}
	chosen := newSelection(s)
	switch q.Strategy {
	case Frontier:
		m.Notes = append(m.Notes, chosen.frontier()...)
	case Pairwise:
		chosen.pairwise()
	case Full:
		chosen.full()
	default:
		return nil, fmt.Errorf("strategy %q: want frontier, pairwise or full", q.Strategy)
	}
	m.Cells = chosen.cells()
	m.deal(q.Shards)
	return m, nil
}

// releases are those of one product that take part. What a run refuses is noted, a note for each reason.
func (m *Matrix) releases(c *version.Catalogue, p version.Product, ranges string, all bool) ([]*version.Release, error) {
	taken, refused, err := c.Select(p, ranges)
	if err != nil {
		return nil, err
	}
	for len(refused) > 0 {
		n := 1
		for n < len(refused) && refused[n].Unsupported == refused[0].Unsupported {
			n++
		}
		m.Notes = append(m.Notes, fmt.Sprintf("%s is left out: %s", span(p, refused[:n]), refused[0].Unsupported))
		refused = refused[n:]
	}
	if !all {
		taken = version.NewestOfEachLine(taken)
	}
	return taken, nil
}

// withoutGuide takes from the space the releases of authentik that no guide is known for.
func (m *Matrix) withoutGuide(s *space) error {
	var left []*version.Release
	s.authentik = slices.DeleteFunc(slices.Clone(s.authentik), func(r *version.Release) bool {
		if len(s.guidesOf(r)) > 0 {
			return false
		}
		left = append(left, r)
		return true
	})
	if len(left) == 0 {
		return nil
	}
	reason := span(version.Authentik, left) + " is left out: no revision of the guide is known to ship with it; name one with --guide"
	if len(s.authentik) == 0 {
		return errors.New("nothing is left of the matrix: " + reason)
	}
	m.Notes = append(m.Notes, reason)
	return nil
}

// span names releases that follow each other: "authentik 2023.8.0 to 2024.6.5".
func span(p version.Product, releases []*version.Release) string {
	name := map[version.Product]string{version.Authentik: "authentik ", version.Immich: "Immich "}[p] + releases[0].Version
	if len(releases) > 1 {
		name += " to " + releases[len(releases)-1].Version
	}
	return name
}

// deal gives each cell its shard. Shards are blocks of neighbours, whose sizes differ by one at the most: cells of one
// authentik mostly meet in one job, which pulls and boots its images once. The same query gives the same shards on every
// machine.
func (m *Matrix) deal(shards int) {
	m.Shards = len(m.Cells)
	if shards > 0 {
		m.Shards = min(shards, len(m.Cells))
	}
	for i := range m.Cells {
		m.Cells[i].Shard = i*m.Shards/len(m.Cells) + 1
	}
}

// Shard is the matrix with only the cells of one shard, from 1; none where there are fewer cells than shards.
func (m Matrix) Shard(k int) Matrix {
	if k > m.Shards {
		m.Notes = append(slices.Clip(m.Notes), fmt.Sprintf("shard %d has nothing to do: there are only %d cells", k, len(m.Cells)))
	}
	m.Cells = slices.DeleteFunc(slices.Clone(m.Cells), func(c Cell) bool { return c.Shard != k })
	return m
}
