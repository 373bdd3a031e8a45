package fakerp_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/fakerp"
	"github.com/ssoproof/ssoproof/internal/version"
)

// TestAConfigurationFileOfTheWrongTypeEndsTheStart has the words of the product's log (seen of v3.1.0).
func TestAConfigurationFileOfTheWrongTypeEndsTheStart(t *testing.T) {
	t.Parallel()
	catalogue, err := version.Load()
	require.NoError(t, err)
	for name, tt := range map[string]struct{ release, file, want string }{
		"v3":               {"v3.1.0", `{"oauth": {"enabled": "maybe", "issuerUrl": 5}}`, "Invalid system config: \n  - [oauth.enabled] Invalid input: expected boolean, received string\n  - [oauth.issuerUrl] Invalid input: expected string, received number"},
		"before":           {"v2.7.5", `{"oauth": {"enabled": "maybe"}}`, "Invalid value(s) in file: An instance of SystemConfigDto has failed the validation:\n - property oauth.enabled has failed the following constraints: isBoolean \n"},
		"an unknown key":   {"v3.1.0", `{"oauth": {"colour": 5}, "photos": "dark"}`, ""},
		"as the product's": {"v2.7.5", `{"oauth": {"enabled": true, "issuerUrl": "https://auth.example.org/", "defaultStorageQuota": null}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "immich.json")
			require.NoError(t, os.WriteFile(path, []byte(tt.file), 0o600))
			o, err := fakerp.FromEnvironment(map[string]string{"IMMICH_CONFIG_FILE": path})
			require.NoError(t, err)
			o.Release, err = catalogue.Resolve(version.Immich, tt.release)
			require.NoError(t, err)
			_, err = fakerp.New(o)
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			require.Error(t, err)
			assert.Contains(t, err.Error(), tt.want)
		})
	}
	_, err = fakerp.FromEnvironment(map[string]string{"IMMICH_CONFIG_FILE": filepath.Join(t.TempDir(), "none")})
	require.ErrorContains(t, err, "IMMICH_CONFIG_FILE")
}
