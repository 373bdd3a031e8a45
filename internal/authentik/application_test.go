package authentik_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/authentik"
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

// TestOneTextOfRedirectURIsIsTold: a release that takes a list alone would refuse what the file says, which is Terraform's of old.
func TestOneTextOfRedirectURIsIsTold(t *testing.T) {
	t.Parallel()
	for version, told := range map[string]bool{"2024.8.4": false, "2025.8.1": true} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, version)
			provider := object{"redirect_uris": "https://immich.company/auth/login"}
			s := &guide.Settings{RedirectURIs: authentik.RedirectURIs(provider["redirect_uris"]), Configuration: &guide.Configuration{Provider: provider}}
			applied, err := a.client().Configure(t.Context(), s, a.release)
			require.NoError(t, err)
			var fields []string
			for _, r := range applied.Resolved {
				fields = append(fields, r.Field)
			}
			assert.Equal(t, told, slices.Contains(fields, "redirect_uris"), fields)
		})
	}
}
