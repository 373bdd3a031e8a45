package suites_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/version"
	"github.com/ssoproof/ssoproof/suites"
)

// TestEveryCellKnowsTheSameChecks holds what "ssoproof report merge" goes by: in each cell a check is planned, or excluded
// with the reason, so that the reports of one matrix name the same IDs.
func TestEveryCellKnowsTheSameChecks(t *testing.T) {
	t.Parallel()
	facts, err := version.Load()
	require.NoError(t, err)
	revisions, err := guide.Revisions()
	require.NoError(t, err)
	supported := func(p version.Product) []*version.Release {
		taken, _, err := facts.Select(p, "")
		require.NoError(t, err)
		return version.NewestOfEachLine(taken)
	}
	var want []string
	for _, authentik := range supported(version.Authentik) {
		for _, immich := range supported(version.Immich) {
			for _, revision := range revisions {
				cell := suites.Cell{Guide: &revision.Settings, Authentik: authentik, Immich: immich}
				checks, excluded := suites.Catalogue(cell)
				var got []string
				for _, c := range checks {
					got = append(got, c.ID)
				}
				for _, e := range excluded {
					got = append(got, e.ID)
				}
				slices.Sort(got)
				got = slices.Compact(got)
				if want == nil {
					want = got
				}
				assert.Equal(t, want, got, "authentik %s, Immich %s, guide %s", authentik.Version, immich.Version, revision.Revision)
			}
		}
	}
	assert.NotEmpty(t, want)
}
