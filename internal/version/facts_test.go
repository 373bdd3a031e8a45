package version_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/version"
)

func services(r *version.Release) map[string]string {
	images := map[string]string{}
	for _, s := range r.Services {
		images[s.Name] = s.Image
	}
	return images
}

func TestServicesFollowTheRelease(t *testing.T) {
	t.Parallel()
	const vectorchord = "ghcr.io/immich-app/postgres:14-vectorchord"
	tests := []struct {
		product version.Product
		text    string
		want    map[string]string
	}{
		{version.Authentik, "2025.8.6", map[string]string{"postgres": "docker.io/library/postgres:16-alpine", "valkey": "docker.io/valkey/valkey:9"}},
		{version.Authentik, "2025.10.0", map[string]string{"postgres": "docker.io/library/postgres:16-alpine"}},
		{version.Immich, "v1.131.3", map[string]string{"postgres": "docker.io/tensorchord/pgvecto-rs:pg14-v0.2.0", "valkey": "docker.io/library/redis:6.2-alpine"}},
		{version.Immich, "v1.132.3", map[string]string{"postgres": "docker.io/tensorchord/pgvecto-rs:pg14-v0.2.0", "valkey": "docker.io/valkey/valkey:8-bookworm"}},
		{version.Immich, "v1.134.0", map[string]string{"postgres": vectorchord + "0.3.0-pgvectors0.2.0", "valkey": "docker.io/valkey/valkey:8-bookworm"}},
		{version.Immich, "v1.135.0", map[string]string{"postgres": vectorchord + "0.4.1-pgvectors0.2.0", "valkey": "docker.io/valkey/valkey:8-bookworm"}},
		{version.Immich, "v1.135.1", map[string]string{"postgres": vectorchord + "0.4.2-pgvectors0.2.0", "valkey": "docker.io/valkey/valkey:8-bookworm"}},
		{version.Immich, "v1.135.3", map[string]string{"postgres": vectorchord + "0.4.3-pgvectors0.2.0", "valkey": "docker.io/valkey/valkey:8-bookworm"}},
		{version.Immich, "v2.2.0", map[string]string{"postgres": vectorchord + "0.4.3-pgvectors0.2.0", "valkey": "docker.io/valkey/valkey:8"}},
		{version.Immich, "v2.7.5", map[string]string{"postgres": vectorchord + "0.4.3-pgvectors0.2.0", "valkey": "docker.io/valkey/valkey:9"}},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			r := resolve(t, tt.product, tt.text)
			assert.Equal(t, tt.want, services(r))
			for _, s := range r.Services {
				assert.Equal(t, strings.Contains(s.Image, "pgvecto-rs"), len(s.Command) > 0, "only pgvecto.rs has to be preloaded by a command")
			}
		})
	}
}

func TestFormDefaultsFollowTheRelease(t *testing.T) {
	t.Parallel()
	always := map[string]string{
		version.FormClientType: "confidential", version.FormSigningKey: "only",
		version.FormPropertyMappings:   "openid email profile",
		version.FormAccessCodeValidity: "minutes=1", version.FormAccessTokenValidity: "minutes=5", version.FormRefreshTokenValidity: "days=30",
	}
	tests := []struct{ text, matching, invalidation, threshold, grants string }{
		{"2024.8.4", "", "", "", ""},
		{"2024.8.5", "strict", "", "", ""},
		{"2024.10.2", "", "default-provider-invalidation-flow", "", ""},
		{"2024.10.3", "strict", "default-provider-invalidation-flow", "", ""},
		{"2025.8.1", "strict", "default-provider-invalidation-flow", "", ""},
		{"2025.10.0", "strict", "default-provider-invalidation-flow", "hours=1", ""},
		{"2026.5.0", "strict", "default-provider-invalidation-flow", "hours=1", "authorization_code refresh_token"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			got := resolve(t, version.Authentik, tt.text).FormDefaults
			for key, value := range always {
				assert.Equal(t, value, got[key], key)
			}
			assert.Equal(t, tt.matching, got[version.FormMatchingMode])
			assert.Equal(t, tt.invalidation, got[version.FormInvalidationFlow])
			assert.Equal(t, tt.threshold, got[version.FormRefreshTokenThreshold])
			assert.Equal(t, tt.grants, got[version.FormGrantTypes])
		})
	}
}

func TestAppsFollowTheRelease(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, name, session, agent string }{
		{"v1.118.0", "1.118", version.SessionHeader, "Dart/3.x (dart:io)"},
		{"v1.131.3", "1.118", version.SessionHeader, "Dart/3.x (dart:io)"},
		{"v1.132.0", "1.132", version.SessionHeader, "Dart/3.x (dart:io)"},
		{"v1.133.0", "1.132", version.SessionHeader, "Dart/3.x (dart:io)"},
		{"v1.133.1", "1.132", version.SessionHeader, "Immich_Android_1.133.1"},
		{"v2.5.6", "1.132", version.SessionHeader, "Immich_Android_2.5.6"},
		{"v2.6.0", "2.6", version.SessionCookies, "Immich_Android_2.6.0"},
		{"v2.7.5", "2.6", version.SessionCookies, "immich-android/2.7.5"},
		{"v3.1.0", "2.6", version.SessionCookies, "immich-android/3.1.0"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			r := resolve(t, version.Immich, tt.text)
			require.Len(t, r.Apps, 1)
			want := version.App{Name: tt.name, RedirectURI: "app.immich:///oauth-callback", PKCE: tt.name != "1.118", Session: tt.session, UserAgent: tt.agent}
			assert.Equal(t, want, r.Apps[0])
		})
	}
}

func TestAppsOfOldAskOtherwise(t *testing.T) {
	t.Parallel()
	const dart, info = "Dart/3.x (dart:io)", "/server-info"
	assert.Equal(t, []version.App{{
		Name: "1.106", RedirectURI: "app.immich:/", Session: version.SessionHeader, Ping: info + "/ping", Server: info, UserAgent: dart,
	}}, resolve(t, version.Immich, "v1.112.1").Apps)
	assert.Equal(t, []version.App{{
		Name: "1.113", RedirectURI: "app.immich:///oauth-callback", Session: version.SessionHeader, Ping: info + "/ping", UserAgent: dart,
	}}, resolve(t, version.Immich, "v1.117.0").Apps)
	oldest := resolve(t, version.Immich, "v2.7.5").OlderApps[0]
	assert.Equal(t, version.App{
		Name: "1.92", RedirectURI: "app.immich:/", Session: version.SessionBearer, Ping: version.NoPing, Server: info, Me: "/user/me", UserAgent: dart,
	}, oldest)
}

func TestAppsOfOtherReleases(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, older, newer string }{
		{"v1.106.4", "1.92 1.95 1.103", "1.113 1.118 1.132 2.6"},
		{"v1.112.99", "1.92 1.95 1.103", "1.113 1.118 1.132 2.6"},
		{"v1.117.0", "1.92 1.95 1.103 1.106", "1.118 1.132 2.6"},
		{"v2.5.6", "1.92 1.95 1.103 1.106 1.113 1.118", "2.6"},
		{"v3.1.0", "1.92 1.95 1.103 1.106 1.113 1.118 1.132", ""},
		{"v3.9.0", "1.92 1.95 1.103 1.106 1.113 1.118 1.132", ""},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			r := resolve(t, version.Immich, tt.text)
			assert.Equal(t, tt.older, names(r.OlderApps))
			assert.Equal(t, tt.newer, names(r.NewerApps))
		})
	}
	assert.Equal(t, "Immich_Android_2.5.6", resolve(t, version.Immich, "v2.7.5").OlderApps[6].UserAgent, "the newest app of the generation")
	assert.Empty(t, resolve(t, version.Authentik, "2025.8.1").OlderApps)
}

func names(apps []version.App) string {
	var all []string
	for _, app := range apps {
		all = append(all, app.Name)
	}
	return strings.Join(all, " ")
}

func TestPlacesAndEnvironment(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "/usr/src/app/upload", resolve(t, version.Immich, "v1.136.0").Media)
	assert.Equal(t, "/data", resolve(t, version.Immich, "v1.137.0").Media)
	assert.Equal(t, 2283, resolve(t, version.Immich, "v2.7.5").Port)
	assert.Equal(t, 2283, resolve(t, version.Immich, "v1.118.0").Port)
	assert.Equal(t, 3001, resolve(t, version.Immich, "v1.117.0").Port)
	assert.Equal(t, 9000, resolve(t, version.Authentik, "2025.8.1").Port)
	assert.Equal(t, map[string]string{
		"IMMICH_WORKERS_INCLUDE": "api", "IMMICH_MACHINE_LEARNING_ENABLED": "false", "IMMICH_IGNORE_MOUNT_CHECK_ERRORS": "true",
	}, resolve(t, version.Immich, "v3.1.0").Environment)
	assert.NotContains(t, resolve(t, version.Authentik, "2026.2.0").Environment, "AUTHENTIK_LISTEN__HTTP")
	assert.Equal(t, "0.0.0.0:9000", resolve(t, version.Authentik, "2026.5.0").Environment["AUTHENTIK_LISTEN__HTTP"])
	assert.Equal(t, "true", resolve(t, version.Authentik, "2026.5.0").Environment["AUTHENTIK_DISABLE_UPDATE_CHECK"], "a line adds to what was there")
}

func TestGuideOfARelease(t *testing.T) {
	t.Parallel()
	for text, guide := range map[string]string{
		"2024.8.4": "2024-03-28", "2024.12.5": "2024-11-27", "2025.8.1": "2025-06-23",
		"2025.12.0": "2025-09-30", "2026.2.1": "2026-01-30", "2026.5.0": "2026-04-03",
		"2026.8.0": "2026-07-01",
	} {
		assert.Equal(t, guide, resolve(t, version.Authentik, text).Guide, text)
	}
}

func TestReleasesRunFromOldToNew(t *testing.T) {
	t.Parallel()
	c := load(t)
	for product, ends := range map[version.Product][3]string{
		version.Authentik: {"2023.8.0", "2024.8.0", "2026.8.0"},
		version.Immich:    {"v1.90.0", "v1.106.0", "v3.1.0"},
	} {
		all := c.Releases(product)
		assert.Equal(t, ends[0], all[0].Version)
		assert.Equal(t, ends[2], all[len(all)-1].Version)
		supported := false
		for _, r := range all {
			assert.True(t, r.Known, r.Version)
			supported = supported || r.Version == ends[1]
			assert.Equal(t, supported, r.Unsupported == "", r.Version)
		}
	}
}
