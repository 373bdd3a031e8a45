package pair_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/pair"
)

// TestImmichConfigurationIsAFileOrStored: a whole file and what the API gives look the same, and an upgrade migrates one of them.
func TestImmichConfigurationIsAFileOrStored(t *testing.T) {
	t.Parallel()
	for _, stored := range []bool{false, true} {
		p, err := pair.ReadFiles(pair.Files{Blueprint: "testdata/configs/B02.blueprint.yaml", ImmichConfig: "testdata/configs/I03.immich.json", ImmichStored: stored})
		require.NoError(t, err)
		p, err = p.Reread("pair.yaml")
		require.NoError(t, err)
		assert.Equal(t, !stored, p.Immich.File)
		s, err := p.Settings()
		require.NoError(t, err)
		assert.Equal(t, !stored, s.Configuration.ImmichFile)
	}
	_, err := pair.ReadFiles(pair.Files{ImmichStored: true})
	require.ErrorContains(t, err, "give that as well")
}

// TestARunWantsEveryRedirectURI: a run without one that could not be read would blame the others.
func TestARunWantsEveryRedirectURI(t *testing.T) {
	t.Parallel()
	const entries = `entries:
  - model: authentik_providers_oauth2.oauth2provider
    identifiers: {name: Immich}
    attrs:
      redirect_uris:
        - {matching_mode: strict, url: "https://photos.example.org/user-settings"}
        - {matching_mode: strict, url: !Format ["https://%s/auth/login", !Env HOST]}
        - {matching_mode: strict, url: "app.immich:///oauth-callback"}
`
	partly := strings.NewReplacer(`"allowed_redirect_uris": [`, `"allowed_redirect_uris": [{"matching_mode": "strict"}, `,
		`"grant_types": true,`, `"grant_types": true, "allowed_redirect_uris": [{"url": true}],`,
		`"client_secret": true,`, `"client_secret": true, "allowed_redirect_uris": [{"url": true}],`)
	plan, err := os.ReadFile("testdata/configs/T03.plan.json")
	require.NoError(t, err)
	sensitive, err := os.ReadFile("testdata/configs/T06.plan.json") // what comes from a secret is printed so
	require.NoError(t, err)
	tests := map[string]struct {
		file, text string
		env        map[string]string
		want       string
	}{
		"an entry of a blueprint": {"b.blueprint.yaml", entries, nil, "b.blueprint.yaml:7): it is the variable HOST of authentik's worker; give it with --env HOST=VALUE"},
		"which is given":          {"b.blueprint.yaml", entries, map[string]string{"HOST": "photos.example.org"}, ""},
		"an entry of a plan":      {"p.plan.json", partly.Replace(string(plan)), nil, "authentik_provider_oauth2.immich.allowed_redirect_uris): it is known only after an apply; apply, and give the state"},
		"all of a plan":           {"p.plan.json", string(sensitive), nil, "it is marked as sensitive"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := written(t, tt.file, tt.text)
			p, err := read(path, pair.Options{Env: tt.env})
			require.NoError(t, err)
			p, err = p.Reread(path)
			require.NoError(t, err)
			_, err = p.Settings()
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tt.want)
			assert.Contains(t, err.Error(), path+": not every redirect URI is known: authentik.provider.redirect_uris")
			assert.NotContains(t, err.Error(), "\n")
			assert.NotContains(t, err.Error(), "pair file "+path)
			var text strings.Builder
			require.NoError(t, p.Write(&text))
			kept, err := pair.Load(written(t, "pair.yaml", text.String()))
			require.NoError(t, err, "capture writes what it read")
			_, err = kept.Settings()
			require.ErrorContains(t, err, tt.want)
			assert.ErrorContains(t, err, "take this sentence out of not_read")
		})
	}
}

// TestVariablesThatAreSecrets: a run makes up those and no others.
func TestVariablesThatAreSecrets(t *testing.T) {
	t.Parallel()
	const text = `entries:
  - attrs:
      client_id: !Env [ID]
      client_secret: !Env SECRET
      name: !Format ["%s", !Env NAME]
      signing_key: !Find [authentik_crypto.certificatekeypair, [name, !Env KEY]]
      redirect_uris: [{url: !Format ["https://%s/auth/login", !Env HOST]}]
  - attrs: {password: !If [!Env BOTH, !Env PASSWORD, !Env [DEFAULT, x]], name: !Env BOTH}
`
	assert.Equal(t, []string{"ID", "PASSWORD", "SECRET"}, pair.SecretVariables([]byte(text)))
}
