package authentik_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/guide"
)

func settings(t *testing.T, revision string) *guide.Settings {
	t.Helper()
	s, err := guide.Builtin(revision)
	require.NoError(t, err)
	return s
}

func literal(value string, line int) *guide.Value {
	return &guide.Value{Value: value, Line: line, Kind: guide.Literal}
}

// withLogout is the wizard's page with the logout settings of later ones.
func withLogout(t *testing.T) *guide.Settings {
	s := settings(t, "2025-06-23")
	s.LogoutURI = literal("https://immich.company/api/oauth/backchannel-logout", 60)
	s.LogoutMethod = literal("Back-channel", 61)
	s.RedirectURIs = append(s.RedirectURIs, guide.RedirectURI{URL: "https://immich.company/", Matching: guide.Strict, Purpose: guide.Logout, Line: 62})
	return s
}

func listed(mode string, urls ...string) []any {
	var all []any
	for _, u := range urls {
		all = append(all, object{"matching_mode": mode, "url": u})
	}
	return all
}

func TestConfigureSpeaksTheReleasesAPI(t *testing.T) {
	t.Parallel()
	const web, link = "https://immich.company/auth/login", "https://immich.company/user-settings"
	absent := fmt.Sprintf // a value that no API sends
	tests := []struct {
		release, revision string
		fields            object // what the provider is sent; a func value: nothing
	}{
		{"2024.8.4", "2024-03-28", object{
			"redirect_uris": "app.immich:/\n" + web + "\n" + link, "invalidation_flow": absent, "grant_types": absent,
			"client_type": "confidential", "authentication_flow": "flow-" + authentik.AuthenticationFlow,
		}},
		{"2024.8.5", "2024-03-28", object{"redirect_uris": listed("regex", "app.immich:/", web, link), "invalidation_flow": absent}},
		{"2024.10.0", "2024-03-28", object{
			"redirect_uris": "app.immich:/\n" + web + "\n" + link, "invalidation_flow": "flow-" + authentik.InvalidationFlow,
		}},
		{"2025.8.1", "2025-06-23", object{
			"redirect_uris":     listed("strict", "app.immich:///oauth-callback", web, link),
			"invalidation_flow": "flow-" + authentik.InvalidationFlow, "grant_types": absent,
			"authentication_flow": absent, "authorization_flow": "flow-" + authentik.ExplicitConsentFlow,
			"signing_key":       "key-" + authentik.SelfSignedKey,
			"property_mappings": []any{"scope-" + scope("email"), "scope-" + scope("openid"), "scope-" + scope("profile")},
			"client_type":       "confidential", "access_token_validity": "minutes=5", "access_code_validity": absent,
		}},
		{"2025.8.1", "logout", object{
			"backchannel_logout_uri": "https://immich.company/api/oauth/backchannel-logout", "logout_uri": absent, "logout_method": absent,
			"redirect_uris": listed("strict", "app.immich:///oauth-callback", web, link),
		}},
		{"2025.10.0", "logout", object{
			"logout_uri": "https://immich.company/api/oauth/backchannel-logout", "logout_method": "backchannel", "backchannel_logout_uri": absent,
		}},
		{"2026.5.0", "logout", object{
			"grant_types": []any{"authorization_code", "refresh_token"},
			"redirect_uris": []any{
				object{"matching_mode": "strict", "url": "app.immich:///oauth-callback", "redirect_uri_type": "authorization"},
				object{"matching_mode": "strict", "url": web, "redirect_uri_type": "authorization"},
				object{"matching_mode": "strict", "url": link, "redirect_uri_type": "authorization"},
				object{"matching_mode": "strict", "url": "https://immich.company/", "redirect_uri_type": "logout"},
			},
		}},
	}
	for _, test := range tests {
		t.Run(test.release+"/"+test.revision, func(t *testing.T) {
			t.Parallel()
			s := withLogout(t)
			if test.revision != "logout" {
				s = settings(t, test.revision)
			}
			a := newAPI(t, test.release)
			applied, err := a.client().Configure(t.Context(), s, a.release)
			require.NoError(t, err)
			for field, want := range test.fields {
				if _, none := want.(func(string, ...any) string); none {
					assert.NotContains(t, a.provider, field)
					continue
				}
				assert.Equal(t, want, a.provider[field], field)
			}
			assert.Equal(t, "Immich", a.app["name"])
			assert.Equal(t, float64(7), a.app["provider"])
			assert.Equal(t, &authentik.Applied{
				ProviderPK: 7, Slug: "immich", Name: "Immich", ClientID: "generated-id", ClientSecret: "generated-secret",
				Issuer:       origin + "/application/o/immich/",
				DiscoveryURL: origin + "/application/o/immich/.well-known/openid-configuration",
				Resolved:     applied.Resolved, Differences: applied.Differences, FormValues: applied.FormValues,
			}, applied)
			if test.revision != "logout" {
				assert.Empty(t, applied.Differences)
			}
		})
	}
}

func TestConfigureSaysWhatItDecided(t *testing.T) {
	t.Parallel()
	tests := []struct {
		release, revision string
		resolved, form    map[string]string
	}{
		{"2025.8.1", "2025-06-23",
			map[string]string{"provider_name": "Immich", "application_slug": "immich", "authorization_flow": authentik.ExplicitConsentFlow, "signing_key": authentik.SelfSignedKey},
			map[string]string{"property_mappings": "openid email profile", "invalidation_flow": authentik.InvalidationFlow, "access_token_validity": "minutes=5"}},
		{"2025.8.1", "2024-03-28",
			map[string]string{"application_slug": "immich", "redirect_uris": "regex"},
			map[string]string{"property_mappings": "openid email profile", "invalidation_flow": authentik.InvalidationFlow, "access_token_validity": "minutes=5"}},
		{"2024.8.4", "2024-03-28",
			map[string]string{"application_slug": "immich"},
			map[string]string{"property_mappings": "openid email profile", "access_token_validity": "minutes=5"}},
	}
	for _, test := range tests {
		t.Run(test.release+"/"+test.revision, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, test.release)
			applied, err := a.client().Configure(t.Context(), settings(t, test.revision), a.release)
			require.NoError(t, err)
			assert.Equal(t, test.resolved, byField(t, applied.Resolved))
			assert.Equal(t, test.form, byField(t, applied.FormValues))
		})
	}
}

func byField(t *testing.T, all []guide.Resolved) map[string]string {
	values := map[string]string{}
	for _, r := range all {
		assert.NotEmpty(t, r.Reason, r.Field)
		values[r.Field] = r.Value
	}
	return values
}

func TestConfigureNamesMissingObjectsAndTheirLine(t *testing.T) {
	t.Parallel()
	s := settings(t, "2024-03-28")
	s.Source, s.AuthorizationFlow, s.SigningKey = "page.md", literal("no-such-flow", 25), literal("no such key", 39)
	a := newAPI(t, "2025.8.1")
	_, err := a.client().Configure(t.Context(), s, a.release)
	require.ErrorContains(t, err, `no flow "no-such-flow" (page.md:25)`)
	require.ErrorContains(t, err, `no certificate "no such key" (page.md:39)`)
	assert.Nil(t, a.provider, "nothing is made in part")
}

func TestConfigureLeavesNothingBehindOnFailure(t *testing.T) {
	t.Parallel()
	a := newAPI(t, "2025.8.1")
	a.refuseApps = true
	_, err := a.client().Configure(t.Context(), settings(t, "2025-06-23"), a.release)
	var refused *authentik.APIError
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, http.MethodPost, refused.Method)
	assert.Equal(t, "/api/v3/core/applications/", refused.Path)
	assert.Equal(t, 400, refused.Status)
	assert.Equal(t, "slug: Application with this slug already exists.", refused.Message)
	assert.Equal(t, []string{"/api/v3/providers/oauth2/7/"}, a.removed)
}

func TestTwinIsTheSameProviderUnderItsOwnName(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"2024.8.4", "2025.8.1", "2026.5.0"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, version)
			c := a.client()
			base, err := c.Configure(t.Context(), settings(t, "2025-06-23"), a.release)
			require.NoError(t, err)
			original := a.provider
			twin, err := c.AddProvider(t.Context(), base, a.release, authentik.ProviderSpec{
				Name: "Override", Slug: "override", AuthorizationFlow: authentik.ImplicitConsentFlow,
				RedirectURIs: []guide.RedirectURI{{URL: "https://immich.company/api/oauth/mobile-redirect", Matching: guide.Strict}},
			})
			require.NoError(t, err)
			assert.Equal(t, origin+"/application/o/override/", twin.Issuer)
			for _, field := range []string{"signing_key", "property_mappings", "access_token_validity", "client_type", "grant_types", "invalidation_flow"} {
				assert.Equal(t, original[field], a.provider[field], field)
			}
			assert.Equal(t, "Override", a.provider["name"])
			assert.Equal(t, "flow-"+authentik.ImplicitConsentFlow, a.provider["authorization_flow"])
			assert.NotContains(t, a.provider, "component")
			assert.Contains(t, fmt.Sprint(a.provider["redirect_uris"]), "mobile-redirect")
			assert.NotContains(t, fmt.Sprint(a.provider["redirect_uris"]), "user-settings")

			require.NoError(t, c.RemoveProvider(t.Context(), twin))
			assert.Equal(t, []string{"/api/v3/core/applications/override/", "/api/v3/providers/oauth2/7/"}, a.removed)
		})
	}
}

func TestSilentGuideGetsTheFormsKey(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string][]string{"the only one": {"a key"}, "none of two": {"a key", "another"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, "2025.8.1")
			a.keys = named("name", "key", keys...)
			s := settings(t, "2025-06-23")
			s.SigningKey = nil
			applied, err := a.client().Configure(t.Context(), s, a.release)
			require.NoError(t, err)
			if len(keys) == 1 {
				assert.Equal(t, "key-a key", a.provider["signing_key"])
				assert.Equal(t, "a key", byField(t, applied.FormValues)["signing_key"])
			} else {
				assert.NotContains(t, a.provider, "signing_key")
			}
		})
	}
}
