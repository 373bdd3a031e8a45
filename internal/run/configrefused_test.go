package run_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/run"
)

// TestAConfigurationThatImmichRefusesIsAMistakeInTheFile holds that a file with which Immich does not start is named, with
// Immich's own reason, in a line.
func TestAConfigurationThatImmichRefusesIsAMistakeInTheFile(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(pairs("http-file"))
	require.NoError(t, err)
	pair := strings.NewReplacer("autoRegister: false", `autoRegister: "no"`, "buttonText: Log in with us", "buttonText: 5").Replace(string(text))
	require.NotEqual(t, string(text), pair)
	const remedy = "; correct it, or leave out what Immich has a default for"
	for name, tt := range map[string]struct{ immich, name, text, says string }{
		"before v3": {"v2.7.5", "immich.json", `{"oauth": {"enabled": true, "issuerUrl": "https://auth.example.org/application/o/immich/", "clientId": "immich", "autoRegister": "no"}}`,
			"--immich-config FILE: Immich does not start with this configuration: oauth.autoRegister: isBoolean" + remedy},
		"since v3": {"v3.1.0", "immich.json", `{"oauth": {"enabled": true, "issuerUrl": "https://auth.example.org/application/o/immich/", "clientId": "immich", "autoRegister": "no"}}`,
			"--immich-config FILE: Immich does not start with this configuration: oauth.autoRegister: Invalid input: expected boolean, received string" + remedy},
		"in a pair file": {"v3.1.0", "pair.yaml", pair,
			"--pair FILE: Immich does not start with this configuration: oauth.autoRegister: Invalid input: expected boolean, received string; oauth.buttonText: Invalid input: expected string, received number" + remedy},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), tt.name)
			require.NoError(t, os.WriteFile(file, []byte(tt.text), 0o600))
			o := fakes(t)
			o.Authentik, o.Immich = "2025.8.1", tt.immich
			if o.Pair = file; tt.name == "immich.json" {
				o.Pair, o.Files.ImmichConfig, o.Files.Blueprint = "", file, "../pair/testdata/configs/B03.blueprint.yaml"
			}
			_, err := run.Run(t.Context(), o)
			asked := new(run.UsageError)
			require.ErrorAs(t, err, &asked)
			assert.Equal(t, strings.Replace(tt.says, "FILE", file, 1), err.Error())
		})
	}
}
