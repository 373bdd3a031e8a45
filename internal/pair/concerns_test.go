package pair_test

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/fixtures/causes"
	"github.com/ssoproof/ssoproof/internal/pair"
	"github.com/ssoproof/ssoproof/internal/version"
)

// sound is a pair of which nothing is to be said.
const sound = `version: 1
authentik:
  door: api
  provider:
    name: Immich
    client_id: immich
    authorization_flow: default-provider-authorization-implicit-consent
    invalidation_flow: default-provider-invalidation-flow
    grant_types: [authorization_code, refresh_token]
    signing_key: authentik Self-signed Certificate
    redirect_uris:
      - {matching_mode: strict, redirect_uri_type: authorization, url: "https://photos.example.org/auth/login"}
      - {matching_mode: strict, redirect_uri_type: authorization, url: "https://photos.example.org/user-settings"}
      - {matching_mode: strict, redirect_uri_type: authorization, url: "app.immich:///oauth-callback"}
  application: {slug: immich}
  mappings:
    - {scope_name: openid, managed: goauthentik.io/providers/oauth2/scope-openid}
    - {scope_name: email, managed: goauthentik.io/providers/oauth2/scope-email}
    - {scope_name: profile, managed: goauthentik.io/providers/oauth2/scope-profile}
    - {scope_name: immich_role, expression: 'return {"immich_role": "user"}'}
immich:
  config:
    oauth:
      enabled: true
      clientId: immich
      issuerUrl: https://auth.example.org/application/o/immich/
      scope: openid email profile immich_role
      roleClaim: immich_role
`

func TestBothHalvesAtOnce(t *testing.T) {
	t.Parallel()
	mobile := `      - {matching_mode: strict, redirect_uri_type: authorization, url: "https://photos.example.org/api/oauth/mobile-redirect"}` + "\n"
	const app = `      - {matching_mode: strict, redirect_uri_type: authorization, url: "app.immich:///oauth-callback"}` + "\n"
	const enabled = "      enabled: true\n"
	override := enabled + "      mobileOverrideEnabled: true\n      mobileRedirectUri: "
	tests := map[string]struct{ old, new, want string }{
		"sound":                      {"version: 1", "version: 1", ""},
		"override unused":            {app, app + mobile, "differs pair.override-off"},
		"override not registered":    {enabled, override + "https://photos.example.org/api/oauth/mobile-redirect\n", "will fail authentik.override-unregistered app"},
		"override of its own scheme": {enabled, override + "app.immich:///oauth-callback\n", "differs pair.override-own-scheme"},
		"override without address":   {enabled, override + "''\n", "differs pair.override-empty"},
		"app of old":                 {"app.immich:///oauth-callback", "app.immich:/", "will fail authentik.redirect-uri-missing app"},
		"no app":                     {app, "", "will fail authentik.redirect-uri-missing app"},
		"no link":                    {"/user-settings", "/api/oauth/mobile-redirect", "will fail authentik.redirect-uri-missing link, differs pair.override-off"},
		"link elsewhere":             {"photos.example.org/user-settings", "fotos.example.org/user-settings", "will fail pair.link-on-another-host link"},
		"a pattern in strict":        {`photos.example.org/user-settings"`, `photos\\.example\\.org/user-settings"`, "will fail authentik.redirect-uri-pattern-in-strict link"},
		"no scope for the role":      {"openid email profile immich_role", "openid email profile", "differs pair.claim-scope roleClaim"},
		"no mapping for the role":    {`"immich_role":`, `"role":`, "differs pair.claim-nowhere roleClaim"},
		"scope without mapping":      {"scope_name: email", "scope_name: mail", "will fail authentik.scope-mapping-missing email"},
		"issuer by http":             {"https://auth", "http://auth", "will fail immich.issuer-scheme"},
		"http, and allowed":          {"issuerUrl: https://auth", "allowInsecureRequests: true\n      issuerUrl: http://auth", "differs immich.issuer-scheme"},
		"another provider's issuer":  {"auth.example.org/application/o/immich/", "id.example.org/realms/home", "will fail immich.issuer-slug"},
		"no slash":                   {"/o/immich/", "/o/immich", "will fail immich.issuer-slash"},
		"another slug":               {"slug: immich", "slug: photos", "will fail immich.issuer-slug"},
		"one issuer for all":         {"name: Immich", "name: Immich\n    issuer_mode: global", "will fail authentik.issuer-global"},
		"another client":             {"clientId: immich", "clientId: other", "will fail immich.client-id-unknown"},
		"logout elsewhere":           {"name: Immich", "name: Immich\n    logout_uri: https://photos.example.org/auth/logout", "differs authentik.logout-uri"},
		"logout by the browser":      {"name: Immich", "name: Immich\n    logout_uri: https://photos.example.org/api/oauth/backchannel-logout\n    logout_method: frontchannel", "differs authentik.logout-method"},
		"logout":                     {"name: Immich", "name: Immich\n    logout_uri: https://photos.example.org/api/oauth/backchannel-logout", ""},
		"an e-mail of nobody's":      {"managed: goauthentik.io/providers/oauth2/scope-email", `expression: 'return {"mail": "x"}'`, "will fail authentik.scope-mapping-empty"},
		"an e-mail by calculation":   {"managed: goauthentik.io/providers/oauth2/scope-email", `expression: 'return dict(request.user.attributes)'`, ""},
		"an e-mail of their own":     {"managed: goauthentik.io/providers/oauth2/scope-email", `expression: 'return {"email": request.user.email}'`, ""},
		"no key":                     {"signing_key: authentik Self-signed Certificate", "signing_key: null", "will fail authentik.signing-key-missing"},
		"HS256 and a key":            {enabled, enabled + "      signingAlgorithm: HS256\n", "will fail authentik.signing-algorithm"},
		"encrypted":                  {"name: Immich", "name: Immich\n    encryption_key: Mine", "will fail authentik.encryption-key"},
		"grants without code":        {"[authorization_code, refresh_token]", "[refresh_token]", "will fail authentik.grant-types-empty"},
		"no invalidation flow":       {"    invalidation_flow: default-provider-invalidation-flow\n", "", "will fail pair.field-required invalidation_flow"},
		"quota of zero":              {enabled, enabled + "      defaultStorageQuota: 0\n", "will fail immich.quota-zero"},
		"no limit":                   {enabled, enabled + "      defaultStorageQuota: null\n", ""},
		"signed userinfo":            {enabled, enabled + "      profileSigningAlgorithm: RS256\n", "differs immich.profile-algorithm"},
		"what could not be read":     {"version: 1", "version: 1\nnot_read: ['authentik.provider.redirect_uris (x): why']", ""},
	}
	authentik, immich := newestReleases(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, sound, tt.old)
			assert.Equal(t, tt.want, said(t, strings.Replace(sound, tt.old, tt.new, 1), authentik, immich))
		})
	}
	used := strings.Replace(strings.Replace(sound, app, mobile, 1), enabled, override+"https://photos.example.org/api/oauth/mobile-redirect\n", 1)
	assert.Empty(t, said(t, used, authentik, immich), "an override in the place of the app's own address")
	closed := strings.Replace(sound, enabled, enabled+"      autoRegister: false\n", 1) + "    passwordLogin: {enabled: false}\n"
	assert.Equal(t, "will fail pair.no-way-in", said(t, closed, authentik, immich))
}

// said are the concerns of a pair file, in a line.
func said(t *testing.T, text string, authentik, immich *version.Release) string {
	t.Helper()
	p, err := pair.Parse("pair.yaml", []byte(text))
	require.NoError(t, err)
	var all []string
	for _, c := range p.Concerns(authentik, immich) {
		all = append(all, strings.TrimSpace(string(c.Level)+" "+c.ID+" "+c.About))
	}
	return strings.Join(all, ", ")
}

// TestConcernsAskTheRelease: the same configuration means something else to other releases.
func TestConcernsAskTheRelease(t *testing.T) {
	t.Parallel()
	catalogue, err := version.Load()
	require.NoError(t, err)
	old := strings.NewReplacer("    grant_types: [authorization_code, refresh_token]\n", "", "https://auth", "http://auth", "redirect_uri_type: authorization, ", "").Replace(sound)
	for _, tt := range []struct{ authentik, immich, want string }{
		{"2026.2", "v2.7", "differs immich.issuer-scheme"},
		{"2026.5", "v2.7", "will fail authentik.grant-types-empty, differs immich.issuer-scheme"},
		{"2026.2", "v3.1", "will fail immich.issuer-scheme"},
		{"2025.8", "v1.133", "differs immich.issuer-scheme, differs pair.key-without-effect oauth.roleClaim"},
		{"2025.8", "v1.112", "will fail authentik.redirect-uri-missing app, differs immich.issuer-scheme, differs pair.key-without-effect oauth.roleClaim"},
	} {
		authentik, err := catalogue.Resolve(version.Authentik, tt.authentik)
		require.NoError(t, err)
		immich, err := catalogue.Resolve(version.Immich, tt.immich)
		require.NoError(t, err)
		assert.Equal(t, tt.want, said(t, old, authentik, immich), "%s, %s", tt.authentik, tt.immich)
	}
}

// causeID is the ID of a cause in a call of say.
var causeID = regexp.MustCompile(`"((?:authentik|immich)\.[a-z-]+)", `)

// TestConcernsShareTheCatalogue: an ID that is not a concern's own is one of the causes.
func TestConcernsShareTheCatalogue(t *testing.T) {
	t.Parallel()
	var texts strings.Builder
	names, err := fs.Glob(causes.FS, "*.yaml")
	require.NoError(t, err)
	for _, name := range names {
		data, err := causes.FS.ReadFile(name)
		require.NoError(t, err)
		texts.Write(data)
	}
	sources, err := fs.Glob(os.DirFS("."), "concerns_*.go")
	require.NoError(t, err)
	seen := 0
	for _, name := range sources {
		data, err := fs.ReadFile(os.DirFS("."), name)
		require.NoError(t, err)
		for _, m := range causeID.FindAllStringSubmatch(string(data), -1) {
			seen++
			assert.Contains(t, texts.String(), "- id: "+m[1]+"\n", name)
		}
	}
	assert.Greater(t, seen, 10)
}
