package pair_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/pair"
	"github.com/ssoproof/ssoproof/internal/version"
)

// newest are the newest releases that are known.
func newestReleases(t *testing.T) (authentik, immich *version.Release) {
	t.Helper()
	catalogue, err := version.Load()
	require.NoError(t, err)
	last := func(product version.Product) *version.Release {
		all := catalogue.Releases(product)
		return all[len(all)-1]
	}
	return last(version.Authentik), last(version.Immich)
}

// short are the words by which the table below calls concerns: what is concluded by hand of such a configuration.
func short(c pair.Concern) string {
	words := map[string]string{
		"authentik.signing-key-missing": "key", "authentik.scope-mapping-missing": "map", "authentik.grant-types-empty": "grant",
		"authentik.redirect-uri-too-wide": "regex", "immich.issuer-scheme": "http", "pair.redirect-uris-text": "text",
		"pair.redirect-uri-untyped": "type", "pair.launch-url-guessed": "tile", "pair.subject-changes": "sub",
		"pair.origin-half-registered": "half", "pair.redirect-uri-unused": "unused", "immich.quota-zero": "quota",
		"pair.first-account": "first", "immich.auto-register-off": "register", "pair.claim-nowhere": "claim", "immich.oauth-off": "off",
		"pair.key-without-effect": "keys", "authentik.redirect-uri-missing": c.About,
	}
	switch word := words[c.ID]; {
	case strings.Contains(c.About, "OAUTH_"):
		return "env"
	case word != "":
		return word
	}
	return c.ID
}

func read(name string, o pair.Options) (*pair.Pair, error) {
	switch kind := filepath.Base(name); {
	case strings.Contains(kind, ".blueprint."):
		return pair.ReadBlueprint(name, o)
	case strings.Contains(kind, ".plan."), strings.Contains(kind, ".state."):
		return pair.ReadTerraform(name, o)
	case strings.Contains(kind, ".pair."):
		return pair.Load(name)
	}
	return pair.ReadImmichConfig(name)
}

// TestConfigurationsPeopleHave holds what is said of public configurations, with their names made neutral, to what was
// concluded by hand before: what fails, and what merely differs, with the newest releases.
func TestConfigurationsPeopleHave(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		fails, differs string
		notRead        []string
	}{
		"T01.state.json": {fails: "link"}, // the only one whose slug is not immich
		"T02.plan.json":  {fails: "grant", differs: "sub type"},
		"T03.plan.json":  {fails: "grant", differs: "type"},
		"T04.plan.json":  {fails: "grant key map", differs: "tile type"},
		"T05.state.json": {fails: "grant text"},
		"T06.plan.json": {fails: "grant key", notRead: []string{
			"authentik.provider.redirect_uris", "it is marked as sensitive", "authentik.application.meta_launch_url",
		}},
		"T08.plan.json": {fails: "grant", differs: "type"},
		"T11.plan.json": {fails: "link"},
		"T12.plan.json": {fails: "grant", differs: "type"},
		"T13.plan.json": {fails: "grant", differs: "regex type", notRead: []string{"authentik.provider.client_id", "only after an apply"}},
		"T14.plan.json": {fails: "grant", differs: "type"},
		"T15.plan.json": {fails: "grant key", differs: "type"},
		"T16.plan.json": {fails: "grant", differs: "half type"},
		"T18.plan.json": {},
		"P01.pair.yaml": {fails: "grant key", differs: "tile type"},
		"P02.pair.yaml": {fails: "grant", differs: "type"},
		"B01.blueprint.yaml": {fails: "grant", differs: "keys tile type", notRead: []string{
			"the mapping is not in the file", "scopemapping app_admin",
		}},
		"B02.blueprint.yaml": {fails: "grant", differs: "type", notRead: []string{"--env IMMICH_CLIENT_ID=VALUE"}},
		"B03.blueprint.yaml": {fails: "grant link", differs: "type"},
		"B04.blueprint.yaml": {fails: "grant link", differs: "type unused", notRead: []string{"!File /run/secrets/immich-client-id"}},
		"O01.pair.yaml":      {fails: "grant http", differs: "type"},
		"O02.pair.yaml":      {differs: "type"},
		"I02.immich.yaml":    {differs: "first"},
		"I03.immich.json":    {differs: "first"},
		"I04.immich.yaml":    {fails: "quota", differs: "first"},
		"I05.immich.json":    {differs: "keys"},
		"I07.nixos.json":     {notRead: []string{"immich.config.oauth.clientSecret", "DB_SECRET:…"}},
		"I08.nixos.json":     {},
		"I09.helm.yaml":      {},
		"I10.immich.yaml":    {},
		"I11.immich.json":    {differs: "claim register"},
		"I12.immich.json":    {},
		"I15.immich.json":    {},
		"I17.env":            {fails: "off", differs: "env"},
		"I20.immich.yaml":    {differs: "claim"},
		"I21.immich.yaml":    {fails: "http"},
	}
	authentik, immich := newestReleases(t)
	files, err := os.ReadDir("testdata/configs")
	require.NoError(t, err)
	assert.Len(t, tests, len(files))
	for _, file := range files {
		t.Run(file.Name(), func(t *testing.T) {
			t.Parallel()
			want, ok := tests[file.Name()]
			require.True(t, ok, "nothing is expected of it")
			name := "testdata/configs/" + file.Name()
			p, err := read(name, pair.Options{})
			require.NoError(t, err)
			words := map[pair.Level][]string{}
			for _, c := range p.Concerns(authentik, immich) {
				words[c.Level] = append(words[c.Level], short(c))
				assert.NotEmpty(t, c.Text)
				assert.NotEmpty(t, c.Remedy)
				if !strings.Contains(name, ".pair.") {
					assert.Contains(t, c.Place, name, c.ID)
				}
			}
			assert.Equal(t, want.fails, sorted(words[pair.WillFail]))
			assert.Equal(t, want.differs, sorted(words[pair.Differs]))
			said := strings.Join(p.NotRead, "\n")
			for _, part := range want.notRead {
				assert.Contains(t, said, part)
			}
			if len(want.notRead) == 0 {
				assert.Empty(t, p.NotRead)
			}
			noSecrets(t, name, p)
		})
	}
}

func sorted(words []string) string {
	slices.Sort(words)
	return strings.Join(slices.Compact(words), " ")
}

// noSecrets wants a pair that can be read again, and nothing in it that the file calls a secret.
func noSecrets(t *testing.T, name string, p *pair.Pair) {
	t.Helper()
	again, err := p.Reread("pair.yaml")
	require.NoError(t, err)
	assert.Equal(t, p.Authentik, again.Authentik)
	var text strings.Builder
	require.NoError(t, p.Write(&text))
	row, _, _ := strings.Cut(strings.ToLower(filepath.Base(name)), ".")
	for _, secret := range []string{row + "-secret", row + "-database", row + "-other-secret", "secret.example.net", "/run/secrets/immich-oidc"} {
		assert.NotContains(t, text.String(), secret)
	}
	if p.Authentik != nil && p.Authentik.Provider["redirect_uris"] != nil {
		settings, err := again.Settings()
		require.NoError(t, err)
		for _, uri := range settings.RedirectURIs {
			assert.NotZero(t, uri.Line)
		}
	}
}
