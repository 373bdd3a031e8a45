package version_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/version"
)

func load(t *testing.T) *version.Catalogue {
	t.Helper()
	c, err := version.Load()
	require.NoError(t, err)
	return c
}

func resolve(t *testing.T, product version.Product, text string) *version.Release {
	t.Helper()
	r, err := load(t).Resolve(product, text)
	require.NoError(t, err)
	return r
}

// Each row stands on one side of a release in which a feature came or went.
func TestFeaturesChangeWhereTheFactsSay(t *testing.T) {
	t.Parallel()
	type features = []version.Feature
	text, list := version.RedirectURIText, version.RedirectURIList
	tests := []struct {
		product version.Product
		text    string
		has     features
		lacks   features
	}{
		{version.Authentik, "2024.8.0", features{text, version.NeedsRedis}, features{list, version.InvalidationFlow}},
		{version.Authentik, "2024.8.4", features{text}, features{list}},
		{version.Authentik, "2024.8.5", features{list, version.NeedsRedis}, features{text, version.InvalidationFlow}},
		{version.Authentik, "2024.8.6", features{list}, features{text}},
		{version.Authentik, "2024.10.0", features{text, version.InvalidationFlow}, features{list}},
		{version.Authentik, "2024.10.2", features{text}, features{list}},
		{version.Authentik, "2024.10.3-rc1", features{text}, features{list}},
		{version.Authentik, "2024.10.3", features{list, version.InvalidationFlow}, features{text, version.SilentAuthorization}},
		{version.Authentik, "2024.10.99", features{list}, features{text}},
		{version.Authentik, "2024.12.0", features{list, version.SilentAuthorization}, features{text, version.TokenScope}},
		{version.Authentik, "2025.2.0", features{version.TokenScope}, features{version.BackchannelField}},
		{version.Authentik, "2025.6.4", nil, features{version.BackchannelField, version.LogoutFields}},
		{version.Authentik, "2025.8.1", features{version.BackchannelField, version.NeedsRedis}, features{version.LogoutFields, version.EmailUnverified}},
		{version.Authentik, "2025.10.0", features{version.LogoutFields, version.EmailUnverified}, features{version.BackchannelField, version.NeedsRedis, version.DirectLogin}},
		{version.Authentik, "2025.12.0", features{version.DirectLogin}, features{version.NeedsRedis}},
		{version.Authentik, "2026.2.3", features{list}, features{version.GrantTypes, version.RedirectURIType}},
		{version.Authentik, "2026.5.0", features{list, version.GrantTypes, version.RedirectURIType}, features{text, version.BackchannelField}},
		{version.Authentik, "2027.2.0", features{version.GrantTypes}, features{version.NeedsRedis}},

		{version.Immich, "v1.106.4", features{version.ServerInfo}, features{version.ServerPaths, version.LinkedElsewhere}},
		{version.Immich, "v1.107.0", features{version.ServerInfo, version.ServerPaths, version.LinkedElsewhere}, features{version.ProfileSigning}},
		{version.Immich, "v1.109.0", features{version.ProfileSigning}, features{version.UnlinkOK}},
		{version.Immich, "v1.113.0", features{version.UnlinkOK, version.ServerInfo}, nil},
		{version.Immich, "v1.118.0", features{version.ServerPaths}, features{version.ServerInfo}},
		{version.Immich, "v1.131.3", features{version.OverridePrefix, version.BasicAuth, version.SignatureChecked}, features{version.PKCE, version.StrictIssuer}},
		{version.Immich, "v1.132.0", features{version.PKCE, version.StrictIssuer}, features{version.TokenEndpointAuth, version.UserOnboarding, version.OverridePrefix, version.BasicAuth, version.SignatureChecked}},
		{version.Immich, "v1.133.0", features{version.TokenEndpointAuth, version.AvatarTitle}, features{version.UserOnboarding}},
		{version.Immich, "v1.135.0", features{version.UserOnboarding}, features{version.LinkOK}},
		{version.Immich, "v1.137.3", nil, features{version.LinkOK}},
		{version.Immich, "v1.138.0", features{version.LinkOK}, features{version.IDTokenClaims}},
		{version.Immich, "v2.5.6", nil, features{version.IDTokenClaims}},
		{version.Immich, "v2.6.0", features{version.IDTokenClaims}, features{version.BareErrors}},
		{version.Immich, "v2.7.5", nil, features{version.SecureIssuerOnly, version.BareErrors, version.LogoutPage, version.BackchannelLogout}},
		{version.Immich, "v3.0.0", features{version.SecureIssuerOnly, version.BareErrors, version.LogoutPage, version.BackchannelLogout}, features{version.IDTokenHint}},
		{version.Immich, "v3.1.0", features{version.IDTokenHint, version.PKCE}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			r := resolve(t, tt.product, tt.text)
			for _, f := range tt.has {
				assert.True(t, r.Has(f), "has %s", f)
			}
			for _, f := range tt.lacks {
				assert.False(t, r.Has(f), "lacks %s", f)
			}
		})
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	tests := []struct {
		product                    version.Product
		text, version, line, image string
		known                      bool
	}{
		{version.Authentik, "2025.8.1", "2025.8.1", "2025.8", "ghcr.io/goauthentik/server:2025.8.1", true},
		{version.Authentik, " 2025.8.1\n", "2025.8.1", "2025.8", "ghcr.io/goauthentik/server:2025.8.1", true},
		{version.Authentik, "2025.8", "2025.8.6", "2025.8", "ghcr.io/goauthentik/server:2025.8.6", true},
		{version.Authentik, "2024.10", "2024.10.5", "2024.10", "ghcr.io/goauthentik/server:2024.10.5", true},
		{version.Authentik, "2025.8.77", "2025.8.77", "2025.8", "ghcr.io/goauthentik/server:2025.8.77", false},
		{version.Authentik, "2026.2.0-rc1", "2026.2.0-rc1", "2026.2", "ghcr.io/goauthentik/server:2026.2.0-rc1", false},
		{version.Authentik, "2031.2.0", "2031.2.0", "2031.2", "ghcr.io/goauthentik/server:2031.2.0", false},
		{version.Immich, "v2.7.5", "v2.7.5", "v2.7", "ghcr.io/immich-app/immich-server:v2.7.5", true},
		{version.Immich, "2.7.5", "v2.7.5", "v2.7", "ghcr.io/immich-app/immich-server:v2.7.5", true},
		{version.Immich, "2.7", "v2.7.5", "v2.7", "ghcr.io/immich-app/immich-server:v2.7.5", true},
		{version.Immich, "v3.0.0-rc.4", "v3.0.0-rc.4", "v3.0", "ghcr.io/immich-app/immich-server:v3.0.0-rc.4", false},
		{version.Immich, "v3.99.0", "v3.99.0", "v3.99", "ghcr.io/immich-app/immich-server:v3.99.0", false},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			r := resolve(t, tt.product, tt.text)
			assert.Equal(t, tt.product, r.Product)
			assert.Equal(t, tt.version, r.Version)
			assert.Equal(t, tt.line, r.Line)
			assert.Equal(t, tt.image, r.Image)
			assert.Equal(t, tt.known, r.Known)
		})
	}
}

func TestResolveRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		product      version.Product
		text, reason string
		nearest      []string
	}{
		{version.Authentik, "2024.6.4", "older than 2024.8", []string{"2024.8.0"}},
		{version.Authentik, "2019.1.1", "older than everything", []string{"2024.8.0"}},
		{version.Authentik, "2025.9.1", "no such release", []string{"2025.8.6", "2025.10.0"}},
		{version.Authentik, "2027.2", "the full version is needed", []string{"2026.8.0"}},
		{version.Authentik, "2026", "neither a version", []string{"2026.8.0"}},
		{version.Authentik, "latest", "neither a version", []string{"2026.8.0"}},
		{version.Authentik, "", "neither a version", []string{"2026.8.0"}},
		{version.Authentik, "2025.8.1+fork", "neither a version", []string{"2026.8.0"}},
		{version.Immich, "v1.105.1", "older than v1.106", []string{"v1.106.0"}},
		{version.Immich, "v1.105", "older than v1.106", []string{"v1.106.0"}},
		{version.Immich, "v2.8.0", "no such release", []string{"v2.7.5", "v3.0.0"}},
		{version.Immich, "v2", "neither a version", []string{"v3.1.0"}},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			_, err := load(t).Resolve(tt.product, tt.text)
			var unknown *version.UnknownVersionError
			require.ErrorAs(t, err, &unknown)
			assert.Equal(t, tt.nearest, unknown.Nearest)
			assert.Contains(t, unknown.Reason, tt.reason)
			for _, part := range append(tt.nearest, string(tt.product), tt.text, tt.reason) {
				assert.ErrorContains(t, err, part)
			}
			assert.NotContains(t, err.Error(), "\n")
		})
	}
}

func TestResolveRefusesAnotherProduct(t *testing.T) {
	t.Parallel()
	_, err := load(t).Resolve("keycloak", "26.0.0")
	require.ErrorContains(t, err, `"keycloak" is not a product`)
}

// A caller that changes its Release must not change what the next one gets.
func TestReleasesAreIndependent(t *testing.T) {
	t.Parallel()
	c := load(t)
	first, err := c.Resolve(version.Immich, "v2.7.5")
	require.NoError(t, err)
	first.Environment["IMMICH_WORKERS_INCLUDE"] = "changed"
	first.Services[0].Image = "changed"
	first.Apps[0].Name = "changed"
	second, err := c.Resolve(version.Immich, "v2.7.5")
	require.NoError(t, err)
	assert.Equal(t, "api", second.Environment["IMMICH_WORKERS_INCLUDE"])
	assert.NotEqual(t, "changed", second.Services[0].Image)
	assert.Equal(t, "2.6", second.Apps[0].Name)
}

func TestSameRelease(t *testing.T) {
	t.Parallel()
	tests := []struct {
		product           version.Product
		release, observed string
		same              bool
		differs           string
	}{
		{version.Authentik, "2026.2.0", "2026.2.0", true, ""},
		{version.Authentik, "2026.2.0", "2026.2.0-rc1", true, "-rc1"},
		{version.Authentik, "2026.2.0-rc1", "2026.2.0-rc1", true, ""},
		{version.Authentik, "2026.2.0-rc1", "2026.2.0", true, "-rc1"},
		{version.Authentik, "2026.2.0-rc1", "2026.2.0-rc2", true, "-rc2"},
		{version.Authentik, "2026.2.0", "2026.2.1", false, ""},
		{version.Authentik, "2026.2.1", "2026.2.1+build", true, "+build"},
		{version.Authentik, "2025.8.1", "2024.8.1", false, ""},
		{version.Authentik, "2025.10.0", "2025.1.0", false, ""},
		{version.Authentik, "2026.2.0", "2026.2", false, ""},
		{version.Authentik, "2026.2.0", "", false, ""},
		{version.Immich, "v2.7.5", "2.7.5", true, ""},
		{version.Immich, "v2.7.5", "v2.7.5", true, ""},
		{version.Immich, "v2.7.5", "v2.7.5-12-gabcdef", true, "-12-gabcdef"},
		{version.Immich, "v2.7.5", "v3.0.0", false, ""},
	}
	for _, tt := range tests {
		t.Run(tt.release+" runs "+tt.observed, func(t *testing.T) {
			t.Parallel()
			same, differs := resolve(t, tt.product, tt.release).SameRelease(tt.observed)
			assert.Equal(t, tt.same, same)
			assert.Equal(t, tt.differs, differs)
		})
	}
}

func TestMatches(t *testing.T) {
	t.Parallel()
	tests := []struct {
		product         version.Product
		release, ranges string
		want            bool
	}{
		{version.Authentik, "2025.10.0", ">=2025.8", true},
		{version.Authentik, "2025.8.6", ">=2025.10", false},
		{version.Authentik, "2024.8.5", ">=2024.8.5 <2024.9 || >=2024.10.3", true},
		{version.Authentik, "2024.10.2", ">=2024.8.5 <2024.9 || >=2024.10.3", false},
		{version.Authentik, "2026.2.0-rc1", "2026.2.x", true},
		{version.Immich, "v2.7.5", "<v3.0.0", true},
		{version.Immich, "v3.0.0", "<3", false},
	}
	for _, tt := range tests {
		t.Run(tt.release+" in "+tt.ranges, func(t *testing.T) {
			t.Parallel()
			got, err := resolve(t, tt.product, tt.release).Matches(tt.ranges)
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
		})
	}
	_, err := resolve(t, version.Immich, "v2.7.5").Matches("newer than 3")
	require.ErrorContains(t, err, `"newer than 3"`)
}
