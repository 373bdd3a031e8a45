package pair_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/pair"
	"github.com/ssoproof/ssoproof/internal/version"
)

// asDocumented is a pair that differs from the guide of 2026-07-01 in nothing.
const asDocumented = `version: 1
names: {authentik: auth.example.org, immich: photos.example.org}
authentik:
  provider:
    name: Immich
    client_id: abc
    authorization_flow: default-provider-authorization-implicit-consent
    signing_key: authentik Self-signed Certificate
    grant_types: [authorization_code, refresh_token]
    redirect_uris:
      - {matching_mode: strict, url: "app.immich:///oauth-callback"}
      - {matching_mode: strict, url: "https://photos.example.org/auth/login"}
      - {matching_mode: strict, url: "https://photos.example.org/user-settings"}
    logout_uri: https://photos.example.org/api/oauth/backchannel-logout
    logout_method: backchannel
  application: {slug: photos, meta_launch_url: "https://photos.example.org/auth/login?autoLaunch=1"}
  mappings:
    - {scope_name: openid, managed: goauthentik.io/providers/oauth2/scope-openid}
    - {scope_name: email, managed: goauthentik.io/providers/oauth2/scope-email}
immich:
  config:
    oauth: {issuerUrl: "https://auth.example.org/application/o/photos/", clientId: abc, signingAlgorithm: RS256}
origins:
  authentik.provider.signing_key: "immich.tf:7"
  authentik.provider: "immich.tf:1"
`

func TestPairAgainstGuide(t *testing.T) {
	t.Parallel()
	const (
		app   = `      - {matching_mode: strict, url: "app.immich:///oauth-callback"}` + "\n"
		link  = `      - {matching_mode: strict, url: "https://photos.example.org/user-settings"}` + "\n"
		login = `      - {matching_mode: strict, url: "https://photos.example.org/auth/login"}` + "\n"
		key   = "    signing_key: authentik Self-signed Certificate\n"
		email = "    - {scope_name: email, managed: goauthentik.io/providers/oauth2/scope-email}\n"
	)
	uris := pair.Difference{Path: "authentik.provider.redirect_uris", Where: "immich.tf:1", Level: pair.WillFail}
	for name, tt := range map[string]struct {
		change []string // old text, new text
		want   []pair.Difference
	}{
		"as documented": {},
		"no app": {[]string{app, ""}, []pair.Difference{with(uris, "strict app.immich:///oauth-callback", 41,
			"strict https://photos.example.org/auth/login, strict https://photos.example.org/user-settings",
			"the login of the mobile app sends app.immich:///oauth-callback, which no entry accepts: authentik shows its redirect URI error")}},
		"an override in the place of the app": {[]string{app, "", "signingAlgorithm: RS256", `signingAlgorithm: RS256, mobileOverrideEnabled: true, mobileRedirectUri: "https://photos.example.org/user-settings"`},
			[]pair.Difference{{Path: uris.Path, Guide: "strict app.immich:///oauth-callback", Line: 41, Pair: "not set", Where: uris.Where, Level: pair.Differs}}},
		"no link": {[]string{link, ""}, []pair.Difference{with(uris, "strict https://photos.example.org/user-settings", 43,
			"strict app.immich:///oauth-callback, strict https://photos.example.org/auth/login",
			"linking an account on the web page sends https://photos.example.org/user-settings, which no entry accepts: authentik shows its redirect URI error")}},
		"a pattern for both": {[]string{link, "", login, `      - {matching_mode: regex, url: "https://photos\\.example\\.org/.*"}` + "\n"}, []pair.Difference{
			{Path: uris.Path, Guide: "strict https://photos.example.org/auth/login", Line: 42, Pair: "not set", Where: uris.Where, Level: pair.Differs},
			{Path: uris.Path, Guide: "strict https://photos.example.org/user-settings", Line: 43, Pair: "not set", Where: uris.Where, Level: pair.Differs},
			{Path: uris.Path, Pair: `regex https://photos\.example\.org/.*`, Where: "pair.yaml:12", Level: pair.Differs},
		}},
		"no key": {[]string{key, "    signing_key: null\n"}, noKey("not set", "authentik signs with HS256 and Immich takes RS256 only: every login fails")},
		"no key, which is meant": {[]string{key, "    signing_key: null\n", "RS256", "HS256"}, []pair.Difference{{
			Path: "authentik.provider.signing_key", Guide: "any available signing key", Line: 47, Pair: "not set", Where: "immich.tf:7", Level: pair.Differs,
		}}},
		"no key said by code": {[]string{key, "", "authentik:\n  provider:", "authentik:\n  door: api\n  provider:"}, noKey("not set", "authentik signs with HS256 and Immich takes RS256 only: every login fails")},
		"a key where none is expected": {[]string{"RS256", "HS256"},
			noKey("authentik Self-signed Certificate", "authentik signs with RS256 and Immich takes HS256 only: every login fails")},
		"a key on a curve": {[]string{"  mappings:", "  signing_key_type: ec\n  mappings:"},
			noKey("authentik Self-signed Certificate (on a curve)", "authentik signs with ES256 and Immich takes RS256 only: every login fails")},
		"a key on a curve, which is meant": {[]string{"  mappings:", "  signing_key_type: ec\n  mappings:", "RS256", "ES384"}, nil},
		"a key of which nothing is known":  {[]string{"RS256", "ES256"}, nil},
		"no mapping for the address": {[]string{email, ""}, []pair.Difference{{
			Path: "authentik.mappings", Guide: "a mapping of the scope email", Pair: "openid", Where: "pair.yaml", Level: pair.WillFail,
			Reason: "Immich learns no e-mail address, without which it makes no account",
		}}},
		"nothing said of grants": {[]string{"    grant_types: [authorization_code, refresh_token]\n", ""}, nil},
		"no grants": {[]string{"[authorization_code, refresh_token]", "[]"}, []pair.Difference{{
			Path: "authentik.provider.grant_types", Guide: "authorization_code", Pair: "not set", Where: "immich.tf:1", Level: pair.WillFail,
			Reason: "authentik refuses the authorization code that Immich asks for: every login fails",
		}}},
		"another launch URL": {[]string{"?autoLaunch=1", ""}, []pair.Difference{{
			Path: "authentik.application.meta_launch_url", Guide: "https://photos.example.org/auth/login?autoLaunch=1", Line: 49,
			Pair: "https://photos.example.org/auth/login", Where: "pair.yaml:16", Level: pair.Differs,
		}}},
		"no logout": {[]string{"    logout_uri: https://photos.example.org/api/oauth/backchannel-logout\n", ""}, []pair.Difference{{
			Path: "authentik.provider.logout_uri", Guide: "https://photos.example.org/api/oauth/backchannel-logout", Line: 45,
			Pair: "not set", Where: "immich.tf:1", Level: pair.Differs,
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := asDocumented
			for i := 0; i < len(tt.change); i += 2 {
				require.Contains(t, text, tt.change[i])
				text = strings.Replace(text, tt.change[i], tt.change[i+1], 1)
			}
			p, err := pair.Parse("pair.yaml", []byte(text))
			require.NoError(t, err)
			assert.Equal(t, tt.want, against(t, p, "2026-07-01"))
		})
	}
}

func with(d pair.Difference, documented string, line int, has, reason string) pair.Difference {
	d.Guide, d.Line, d.Pair, d.Reason = documented, line, has, reason
	return d
}

// noKey is the one difference of a pair whose signatures Immich refuses.
func noKey(has, reason string) []pair.Difference {
	return []pair.Difference{{
		Path: "authentik.provider.signing_key", Guide: "any available signing key", Line: 47, Pair: has, Where: "immich.tf:7",
		Level: pair.WillFail, Reason: reason,
	}}
}

func against(t *testing.T, p *pair.Pair, revision string) []pair.Difference {
	t.Helper()
	known, err := version.Load()
	require.NoError(t, err)
	r, err := known.Resolve(version.Immich, "v2.7.5")
	require.NoError(t, err)
	g, err := guide.Builtin(revision)
	require.NoError(t, err)
	differences, err := p.Against(g, r)
	require.NoError(t, err)
	return differences
}

// TestHalfAPairDiffersInWhatIsKnown holds that nothing is said of what could not be read.
func TestHalfAPairDiffersInWhatIsKnown(t *testing.T) {
	t.Parallel()
	public := &pair.Immich{Config: map[string]any{"oauth": map[string]any{"enabled": true}}}
	assert.Empty(t, against(t, &pair.Pair{Version: pair.Version, Immich: public}, "2025-06-23"))
	keyAlone := func(issuer string) *pair.Pair {
		return &pair.Pair{Version: pair.Version, Immich: &pair.Immich{Config: map[string]any{"oauth": map[string]any{"issuerUrl": issuer, "scope": "openid email profile"}}}}
	}
	assert.Empty(t, against(t, keyAlone("https://auth.example.org/application/o/photos/"), "2025-06-23"), "the slug is not known")
	for _, other := range []string{"https://auth.example.org/application/o/photos", "https://auth.example.org/photos/"} {
		assert.Len(t, against(t, keyAlone(other), "2025-06-23"), 1, other)
	}
	unread := &pair.Authentik{Door: guide.Form, Provider: map[string]any{"signing_key": nil}}
	for _, d := range against(t, &pair.Pair{Version: pair.Version, Authentik: unread, Immich: public}, "2025-06-23") {
		assert.Equal(t, pair.Differs, d.Level, d.Path)
	}
}

// TestCapturedGuideHoldsToTheGuide applies a revision as it is and finds nothing to mend.
func TestCapturedGuideHoldsToTheGuide(t *testing.T) {
	t.Parallel()
	for _, revision := range []string{"2025-06-23", "2025-09-30"} {
		t.Run(revision, func(t *testing.T) {
			t.Parallel()
			l := run(t, newest(), photos(t, revision))
			p, err := pair.Live(t.Context(), l.source)
			require.NoError(t, err)
			assert.Empty(t, against(t, p, revision))
		})
	}
}
