package authentik_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/guide"
)

func TestReadBackTellsWhatIsStoredOtherwise(t *testing.T) {
	t.Parallel()
	const app, web, link = "app.immich:/", "https://immich.company/auth/login", "https://immich.company/user-settings"
	tests := []struct {
		name, release string
		store         func(provider object)
		differences   []guide.Difference
	}{
		{"nothing", "2025.8.1", func(object) {}, nil},
		{"nothing, as text", "2024.8.4", func(object) {}, nil},
		{"mode", "2025.8.1", func(p object) { p["redirect_uris"].([]any)[1].(object)["matching_mode"] = "strict" }, []guide.Difference{
			{Field: "redirect_uris[" + web + "]", Documented: "regex " + web, Actual: "strict " + web, Line: 37},
		}},
		{"entry lost", "2025.8.1", func(p object) { p["redirect_uris"] = p["redirect_uris"].([]any)[:2] }, []guide.Difference{
			{Field: "redirect_uris[" + link + "]", Documented: "regex " + link, Actual: "not registered", Line: 38},
		}},
		{"entry altered", "2024.8.4", func(p object) { p["redirect_uris"] = "app.immich:\n" + web + " " + link }, []guide.Difference{
			{Field: "redirect_uris[" + app + "]", Documented: "regex " + app, Actual: "not registered", Line: 36},
			{Field: "redirect_uris[app.immich:]", Documented: "not registered", Actual: "regex app.immich:"},
		}},
		{"entry added", "2025.8.1", func(p object) {
			p["redirect_uris"] = append(p["redirect_uris"].([]any), object{"matching_mode": "regex", "url": ".*"})
		}, []guide.Difference{{Field: "redirect_uris[.*]", Documented: "not registered", Actual: "regex .*"}}},
		{"flow", "2025.8.1", func(p object) { p["authorization_flow"] = "flow-" + authentik.ImplicitConsentFlow }, []guide.Difference{
			{Field: "authorization_flow", Documented: authentik.ExplicitConsentFlow, Actual: authentik.ImplicitConsentFlow, Line: 25},
		}},
		{"login flow", "2025.8.1", func(p object) { p["authentication_flow"] = nil }, []guide.Difference{
			{Field: "authentication_flow", Documented: authentik.AuthenticationFlow, Actual: "not set", Line: 24},
		}},
		{"key", "2025.8.1", func(p object) { p["signing_key"] = nil }, []guide.Difference{
			{Field: "signing_key", Documented: authentik.SelfSignedKey, Actual: "not set", Line: 39},
		}},
		{"client", "2025.8.1", func(p object) { p["client_type"] = "public" }, []guide.Difference{
			{Field: "client_type", Documented: "Confidential", Actual: "public", Line: 26},
		}},
		{"name", "2025.8.1", func(p object) { p["name"] = "immich" }, []guide.Difference{
			{Field: "provider_name", Documented: "Immich", Actual: "immich", Line: 23},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, test.release)
			a.store = test.store
			applied, err := a.client().Configure(t.Context(), settings(t, "2024-03-28"), a.release)
			require.NoError(t, err)
			assert.Equal(t, test.differences, applied.Differences)
		})
	}
}

func TestReadBackCoversWhatTheGuideDocuments(t *testing.T) {
	t.Parallel()
	a := newAPI(t, "2025.8.1")
	s := settings(t, "2025-06-23")
	s.LaunchURL = literal("https://immich.company/auth/login?autoLaunch=1", 39)
	applied, err := a.client().Configure(t.Context(), s, a.release)
	require.NoError(t, err)
	checks, err := a.client().ReadBack(t.Context(), s, a.release, applied)
	require.NoError(t, err)
	fields := map[string]string{}
	for _, c := range checks {
		assert.True(t, c.Same, c.Field)
		assert.Positive(t, c.Line, c.Field)
		fields[c.Field] = c.Actual
	}
	assert.Equal(t, map[string]string{
		"authorization_flow": authentik.ExplicitConsentFlow,
		"signing_key":        authentik.SelfSignedKey,
		"launch_url":         "https://immich.company/auth/login?autoLaunch=1",
		"redirect_uris[app.immich:///oauth-callback]":         "strict app.immich:///oauth-callback",
		"redirect_uris[https://immich.company/auth/login]":    "strict https://immich.company/auth/login",
		"redirect_uris[https://immich.company/user-settings]": "strict https://immich.company/user-settings",
	}, fields)

	a.provider["signing_key"] = nil
	checks, err = a.client().ReadBack(t.Context(), s, a.release, applied)
	require.NoError(t, err)
	assert.Equal(t, "signing_key", only(checks).Field, "any key means that there is one")
}

// What a release has no field for reads back as different: it was not applied.
func TestReadBackTellsWhatAReleaseCannotStore(t *testing.T) {
	t.Parallel()
	tests := []struct {
		release string
		fields  []string
	}{
		{"2024.8.4", []string{"logout_uri", "logout_method", "redirect_uris[app.immich:///oauth-callback]",
			"redirect_uris[https://immich.company/auth/login]", "redirect_uris[https://immich.company/user-settings]", "redirect_uris[https://immich.company/]"}},
		{"2025.8.1", []string{"redirect_uris[https://immich.company/]"}},
		{"2026.5.0", nil},
	}
	for _, test := range tests {
		t.Run(test.release, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, test.release)
			applied, err := a.client().Configure(t.Context(), withLogout(t), a.release)
			require.NoError(t, err)
			var fields []string
			for _, d := range applied.Differences {
				fields = append(fields, d.Field)
			}
			assert.Equal(t, test.fields, fields)
		})
	}
}

func only(checks []guide.FieldCheck) (different guide.FieldCheck) {
	for _, c := range checks {
		if !c.Same {
			different = c
		}
	}
	return different
}

func TestUnstatedModeIsTheForms(t *testing.T) {
	t.Parallel()
	for version, actual := range map[string]string{"2024.8.4": "regex app:/x", "2025.8.1": "strict app:/x"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, version)
			s := &guide.Settings{RedirectURIs: []guide.RedirectURI{{URL: "app:/x", Matching: guide.Unstated, Line: 3}}}
			applied, err := a.client().Configure(t.Context(), s, a.release)
			require.NoError(t, err)
			checks, err := a.client().ReadBack(t.Context(), s, a.release, applied)
			require.NoError(t, err)
			assert.Equal(t, []guide.FieldCheck{{Difference: guide.Difference{Field: "redirect_uris[app:/x]", Documented: "app:/x", Actual: actual, Line: 3}, Same: true}}, checks)
		})
	}
}
