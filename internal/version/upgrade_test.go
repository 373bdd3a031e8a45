package version_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/version"
)

func TestLeaps(t *testing.T) {
	t.Parallel()
	catalogue, err := version.Load()
	require.NoError(t, err)
	tests := map[string]struct {
		product  version.Product
		from, to string
		via      []string
		refuses  bool
	}{
		"a patch":                        {version.Authentik, "2024.8.4", "2024.8.6", nil, false},
		"the next line":                  {version.Authentik, "2024.8.6", "2024.10.5", nil, false},
		"two lines on":                   {version.Authentik, "2024.8.6", "2024.12.0", []string{"2024.10.5"}, false},
		"into a release that refuses":    {version.Authentik, "2025.8.1", "2026.8.0", []string{"2025.10.4", "2025.12.4", "2025.10.4"}, true},
		"over the one that has to be":    {version.Authentik, "2025.8.1", "2026.2.0", []string{"2025.12.4", "2025.10.4"}, true},
		"from the one that has to be":    {version.Authentik, "2025.12.4", "2026.2.0", nil, false},
		"its own patch":                  {version.Authentik, "2026.8.0", "2026.8.1", nil, false},
		"Immich leaps where it can":      {version.Immich, "v2.0.0", "v3.1.0", nil, false},
		"Immich from where it refuses":   {version.Immich, "v1.132.3", "v3.1.0", nil, false},
		"Immich from the last such line": {version.Immich, "v1.136.0", "v1.137.0", nil, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from, err := catalogue.Resolve(test.product, test.from)
			require.NoError(t, err)
			to, err := catalogue.Resolve(test.product, test.to)
			require.NoError(t, err)
			assert.Negative(t, from.Compare(to))
			stops := catalogue.Leaps(from, to)
			var via []string
			for _, s := range stops {
				via = append(via, s.Via)
				assert.NotEmpty(t, s.Why)
			}
			assert.Equal(t, test.via, via)
			assert.Equal(t, test.refuses, len(stops) > 0 && stops[0].Refuses, "what is refused comes first")
		})
	}
}

func TestUpgradeRulesAreReadStrictly(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ rule, want string }{
		"no reason":      {`{to: 2024.8.0, every_line: true}`, `an upgrade rule needs "why"`},
		"neither":        {`{to: 2024.8.0, why: x}`, `an upgrade rule needs either "every_line" or "since" and "stop"`},
		"both":           {`{to: 2024.8.0, every_line: true, stop: 2024.6.5, why: x}`, `an upgrade rule needs either`},
		"no version":     {`{to: "2024.8", every_line: true, why: x}`, `"2024.8" is not an exact version of authentik`},
		"no stop":        {`{to: 2024.8.0, since: 2024.6.0, why: x}`, `"" is not an exact version of authentik`},
		"an unknown key": {`{to: 2024.8.0, every_lin: true, why: x}`, `unknown key "every_lin"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := loadSmall("upgrades: ["+test.rule+"]\n"+smallAuthentik, smallImmich, "proven: []\n")
			assert.ErrorContains(t, err, "fixtures/versions/authentik.yaml")
			assert.ErrorContains(t, err, test.want)
		})
	}
}
