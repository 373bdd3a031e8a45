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

// concluded is the code that a concern says; its ID where there is none, which no row expects.
func concluded(c pair.Concern, authentik, immich *version.Release) string {
	about := c.About
	if strings.HasPrefix(about, "IMMICH_OAUTH_") {
		about = "IMMICH_OAUTH_…"
	}
	for name, one := range codes() {
		if level := one.said(authentik, immich); one.id == c.ID && level == c.Level && (one.about == "" || one.about == about) {
			return name
		}
	}
	return strings.TrimSpace(string(c.Level) + " " + c.ID + " " + c.About)
}

// said is how a release says a code; empty: not at all.
func (c code) said(authentik, immich *version.Release) pair.Level {
	if c.from == "" || authentik.Has(c.from) || immich.Has(c.from) {
		return c.level
	}
	return c.before
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
// concluded by hand before, with the newest releases and with older ones.
func TestConfigurationsPeopleHave(t *testing.T) {
	t.Parallel()
	authentik, immich := newestReleases(t)
	olderAuthentik, olderImmich := releases(t, "2025.8.1", "v2.7.5")
	files, err := os.ReadDir("testdata/configs")
	require.NoError(t, err)
	assert.Len(t, byHand(), len(files))
	for _, file := range files {
		t.Run(file.Name(), func(t *testing.T) {
			t.Parallel()
			want, ok := byHand()[file.Name()]
			require.True(t, ok, "nothing is expected of it")
			name := "testdata/configs/" + file.Name()
			p, err := read(name, pair.Options{})
			require.NoError(t, err)
			want.saidOf(t, p, authentik, immich)
			want.saidOf(t, p, olderAuthentik, olderImmich)
			for _, c := range p.Concerns(authentik, immich) {
				assert.NotEmpty(t, c.Text)
				assert.NotEmpty(t, c.Remedy)
				if !strings.Contains(name, ".pair.") {
					assert.Contains(t, c.Place, name, c.ID)
				}
			}
			said := strings.Join(p.NotRead, "\n")
			for _, part := range want.notRead {
				assert.Contains(t, said, part)
			}
			if len(want.notRead) == 0 {
				assert.Empty(t, p.NotRead)
			}
			noSecrets(t, name, p)
			runs(t, p, want.unserved)
		})
	}
}

// saidOf wants all that was concluded to be said for two releases, and nothing else.
func (r row) saidOf(t *testing.T, p *pair.Pair, authentik, immich *version.Release) {
	t.Helper()
	var want, have []string
	for name := range strings.FieldsSeq(r.codes) {
		one, known := codes()[name]
		require.True(t, known, name)
		if one.said(authentik, immich) != "" {
			want = append(want, name)
		}
	}
	for _, c := range p.Concerns(authentik, immich) {
		have = append(have, concluded(c, authentik, immich))
	}
	assert.Equal(t, sorted(want), sorted(have), "%s, %s", authentik.Version, immich.Version)
}

func releases(t *testing.T, authentik, immich string) (op, rp *version.Release) {
	t.Helper()
	catalogue, err := version.Load()
	require.NoError(t, err)
	op, err = catalogue.Resolve(version.Authentik, authentik)
	require.NoError(t, err)
	rp, err = catalogue.Resolve(version.Immich, immich)
	require.NoError(t, err)
	return op, rp
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
}

// runs holds that a run takes the configuration as it reads, each redirect URI with its line, or refuses it for a reason.
func runs(t *testing.T, p *pair.Pair, unserved string) {
	t.Helper()
	if p.Authentik == nil || p.Authentik.Provider["redirect_uris"] == nil {
		return
	}
	again, err := p.Reread("pair.yaml")
	require.NoError(t, err)
	settings, err := again.Settings()
	if unserved != "" {
		require.ErrorContains(t, err, unserved)
		return
	}
	require.NoError(t, err)
	for _, uri := range settings.RedirectURIs {
		assert.NotZero(t, uri.Line)
	}
}
