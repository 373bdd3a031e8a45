package authentik_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/authentik"
)

// TestStoredTellsWhatTheGuideIsSilentOn: objects by their names, and no secret.
func TestStoredTellsWhatTheGuideIsSilentOn(t *testing.T) {
	t.Parallel()
	a := newAPI(t, "2025.8.1")
	a.store = func(p object) {
		p["sub_mode"], p["include_claims_in_id_token"], p["encryption_key"] = "user_email", true, nil
		p["assigned_application_name"], p["jwt_federation_sources"] = "Immich", []string{"another"}
	}
	applied, err := a.client().Configure(t.Context(), settings(t, "2025-06-23"), a.release)
	require.NoError(t, err)
	stored, err := a.client().Stored(t.Context(), applied)
	require.NoError(t, err)
	assert.Equal(t, map[string]string{
		"application.name": "Immich", "application.slug": "immich",
		"mappings":                            "goauthentik.io/providers/oauth2/scope-email, goauthentik.io/providers/oauth2/scope-openid, goauthentik.io/providers/oauth2/scope-profile",
		"provider.access_token_validity":      "minutes=5",
		"provider.authorization_flow":         authentik.ExplicitConsentFlow,
		"provider.client_type":                "confidential",
		"provider.encryption_key":             "null",
		"provider.include_claims_in_id_token": "true",
		"provider.invalidation_flow":          authentik.InvalidationFlow,
		"provider.name":                       "Immich",
		"provider.redirect_uris":              "strict app.immich:///oauth-callback, strict https://immich.company/auth/login, strict https://immich.company/user-settings",
		"provider.signing_key":                authentik.SelfSignedKey,
		"provider.sub_mode":                   "user_email",
	}, stored)
}
