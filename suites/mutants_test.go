package suites_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/mutants"
	"github.com/ssoproof/ssoproof/internal/trial"
)

// TestNoticedEditsStillAre makes ten of the edits of docs/mutants.md again, others each time.
func TestNoticedEditsStillAre(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles the doubles anew")
	}
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	source, err := mutants.Read(t.Context(), "..", mutants.Doubles...)
	require.NoError(t, err)
	binary, err := source.Build(t.Context(), t.TempDir())
	require.NoError(t, err)
	for _, known := range sample(t, rand.New(rand.NewPCG(seed, 0)), source, 10) {
		t.Run(known.Key, func(t *testing.T) {
			t.Parallel()
			without, with, err := source.Again(t.Context(), binary, known)
			require.NoError(t, err)
			require.NotEmpty(t, without, "%s was not judged", known.Check)
			assert.NotEqual(t, without, with, "%s no longer notices it (make mutants ARGS=\"-only '^%s:'\" judges it anew)", known.Check, mutants.Edit{Key: known.Key}.Function())
		})
	}
}

// sample picks edits that are there still, of checks that are.
func sample(t *testing.T, random *rand.Rand, source *mutants.Source, size int) []mutants.Known {
	t.Helper()
	checks := map[string]bool{}
	for _, cell := range mutants.Cells {
		names, err := trial.Trial{Cell: cell}.Names(t.Context())
		require.NoError(t, err)
		for _, name := range names {
			checks[fmt.Sprint(cell, name)] = true
		}
	}
	known := slices.DeleteFunc(mutants.KnownNoticed(), func(k mutants.Known) bool {
		there := slices.ContainsFunc(source.Edits, func(e mutants.Edit) bool { return e.Key == k.Key })
		return !there || !checks[fmt.Sprint(k.Cell, k.Check)]
	})
	require.Greater(t, len(known), 200, "edits that are known to be noticed; make mutants judges all anew")
	random.Shuffle(len(known), func(i, j int) { known[i], known[j] = known[j], known[i] })
	return known[:size]
}
