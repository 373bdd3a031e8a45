package guide_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/guide"
)

func builtin(t *testing.T, revision string) *guide.Settings {
	t.Helper()
	s, err := guide.Builtin(revision)
	require.NoError(t, err)
	return s
}

func TestReplaceReachesEveryPlace(t *testing.T) {
	t.Parallel()
	page := builtin(t, "2026-01-30")
	page.LogoutURI = &guide.Value{Value: "https://immich.company/api/oauth/backchannel-logout", Line: 40, Kind: guide.Literal}
	before := page.Clone()

	s, err := page.Replace(guide.ImmichHost, "photos.example.org")
	require.NoError(t, err)
	s, err = s.Replace(guide.AuthentikHost, "id.example.org")
	require.NoError(t, err)
	s, err = s.Replace("application_slug", "photos")
	require.NoError(t, err)

	assert.Equal(t, "app.immich:///oauth-callback", s.RedirectURIs[0].URL, "no placeholder in it")
	assert.Equal(t, "https://photos.example.org/auth/login", s.RedirectURIs[1].URL)
	assert.Equal(t, "https://photos.example.org/user-settings", s.RedirectURIs[2].URL)
	assert.Equal(t, "https://photos.example.org/auth/login?autoLaunch=1", s.LaunchURL.Value)
	assert.Equal(t, "https://photos.example.org/api/oauth/backchannel-logout", s.LogoutURI.Value)
	assert.Equal(t, &guide.Value{
		Value: "https://id.example.org/application/o/photos/.well-known/openid-configuration", Line: 49, Kind: guide.Literal,
	}, s.ImmichIssuer)
	assert.Equal(t, map[string]string{
		guide.ImmichHost: "photos.example.org", guide.AuthentikHost: "id.example.org", guide.SlugTemplate: "photos",
	}, s.Placeholders)
	immich, authentik := s.Hosts()
	assert.Equal(t, [2]string{"photos.example.org", "id.example.org"}, [2]string{immich, authentik})
	assert.Empty(t, cmp.Diff(before, page), "the original stays")

	s, err = s.Replace(guide.ImmichHost, "pictures.example.org")
	require.NoError(t, err)
	assert.Equal(t, "https://pictures.example.org/auth/login", s.RedirectURIs[1].URL, "a second replacement starts from the first")
}

func TestReplaceTakesWholeNamesOnly(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"https://immich.company/auth/login":  "https://new.example/auth/login",
		"https://immich.company":             "https://new.example",
		"https://immich.company:443/":        "https://new.example:443/",
		`https://immich\.company/(a|b)`:      `https://new\.example/(a|b)`,
		`https://(immich.company)/`:          "https://(new.example)/",
		"https://my-immich.company/":         "https://my-immich.company/",
		"https://www.immich.company/":        "https://www.immich.company/",
		"https://immich.company.example/":    "https://immich.company.example/",
		`https://immich\.company\.example/`:  `https://immich\.company\.example/`,
		"https://immichXcompany/":            "https://immichXcompany/",
		"a:/immich.company?immich.company=1": "a:/new.example?new.example=1",
	}
	for before, want := range tests {
		t.Run(before, func(t *testing.T) {
			t.Parallel()
			s := &guide.Settings{
				RedirectURIs: []guide.RedirectURI{{URL: before}},
				Placeholders: map[string]string{guide.ImmichHost: guide.ImmichHost},
			}
			got, err := s.Replace(guide.ImmichHost, "new.example")
			require.NoError(t, err)
			assert.Equal(t, want, got.RedirectURIs[0].URL)
		})
	}
}

func TestReplaceRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, value, reason string }{
		{"immich.compny", "photos.example.org", "<application_slug>, authentik.company, immich.company"},
		{guide.ImmichHost, "", "empty"},
		{guide.ImmichHost, "https://photos.example.org", "scheme"},
		{guide.ImmichHost, "photos.example.org/x", "path"},
		{guide.ImmichHost, "photos.example.org:8443", "port"},
		{guide.ImmichHost, "me@photos.example.org", "user"},
		{guide.ImmichHost, "Photos.example.org", "lower case"},
		{guide.ImmichHost, "photos..example.org", "between dots"},
		{guide.ImmichHost, "photos.example.org.", "between dots"},
		{guide.ImmichHost, "-photos.example.org", "between dots"},
		{guide.ImmichHost, "pho tos.example.org", "between dots"},
		{guide.ImmichHost, "192.0.2.1", "not an address"},
		{guide.ImmichHost, guide.AuthentikHost, "a name of its own"},
		{guide.SlugTemplate, "my photos", "not a slug"},
	}
	for _, test := range tests {
		t.Run(test.name+"="+test.value, func(t *testing.T) {
			t.Parallel()
			_, err := builtin(t, "2025-06-23").Replace(test.name, test.value)
			var refused *guide.PlaceholderError
			require.ErrorAs(t, err, &refused)
			assert.Equal(t, test.name, refused.Name)
			assert.ErrorContains(t, err, test.reason)
		})
	}
	_, err := builtin(t, "2024-03-28").Replace("application_slug", "photos")
	require.Error(t, err, "the page refers to the issuer that authentik shows and has no slug")
}

func TestHosts(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		settings guide.Settings
		want     [2]string
	}{
		"reference to the issuer": {*builtin(t, "2024-03-28"), [2]string{"immich.company", "authentik.company"}},
		"regular expression": {
			guide.Settings{RedirectURIs: []guide.RedirectURI{{URL: "app.immich:/"}, {URL: `https://.*`}, {URL: `https://photos\.example/x`}}},
			[2]string{"photos.example", "authentik.company"},
		},
		"nothing": {guide.Settings{}, [2]string{"immich.company", "authentik.company"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			immich, authentik := test.settings.Hosts()
			assert.Equal(t, test.want, [2]string{immich, authentik})
		})
	}
}
