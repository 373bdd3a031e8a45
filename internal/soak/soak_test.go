package soak_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/soak"
	"github.com/ssoproof/ssoproof/internal/trial"
)

// TestSoak makes a few runs over HTTP: what was run is told, the busy ones begin and end their load, and nothing differs.
func TestSoak(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	begun, ended := 0, 0
	s := soak.Soak{
		Cells: []trial.Cell{{Authentik: "2025.8.1", Immich: "v2.7.5", Guide: "2025-06-23"}}, Only: []string{"guide.immich", "token.id", "login.web.first[consent=explicit]"}, Runs: 2, Seed: 1, Busy: 1, Log: &log,
		Load: func() (func(), error) { begun++; return func() { ended++ }, nil },
	}
	differing, err := s.Run(t.Context())
	require.NoError(t, err)
	assert.Empty(t, differing)
	assert.Equal(t, []int{2, 2}, []int{begun, ended})
	assert.Contains(t, log.String(), "run 2 of 2: 2025.8.1 × v2.7.5")
}
