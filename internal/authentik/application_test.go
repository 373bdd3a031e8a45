package authentik_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/guide"
)

// TestAnApplicationMayHaveANameOfItsOwn as authentik's wizard gives it: the provider is "Provider for Immich".
func TestAnApplicationMayHaveANameOfItsOwn(t *testing.T) {
	t.Parallel()
	a := newAPI(t, "2025.8.1")
	s := settings(t, "2025-06-23")
	s.ProviderName = literal("Provider for Immich", 1)
	s.Configuration = &guide.Configuration{Door: guide.Form, Application: map[string]any{"name": "Photos"}}
	applied, err := a.client().Configure(t.Context(), s, a.release)
	require.NoError(t, err)
	assert.Equal(t, "Provider for Immich", a.provider["name"])
	assert.Equal(t, "Photos", a.app["name"])
	assert.Equal(t, "Photos", applied.Name, "the tile's name")
	assert.Empty(t, applied.Differences)

	a.app["name"] = "Provider for Immich"
	checks, err := a.client().ReadBack(t.Context(), s, a.release, applied)
	require.NoError(t, err)
	assert.Equal(t, guide.Difference{Field: "application_name", Documented: "Photos", Actual: "Provider for Immich"}, only(checks).Difference)
}
