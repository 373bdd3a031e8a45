package version_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/fixtures/versions"
	"github.com/ssoproof/ssoproof/internal/version"
)

const addImmich = `# Facts.
image: example.org/immich:{version}
port: 2283
media: /data
services:
  postgres: {image: "postgres:16"}
apps:
  - {name: "2.6", redirect_uri: "app.immich:///oauth-callback", session: cookies, user_agent: "immich-android/{version}"}
lines:
  - {line: v1.90, unsupported: &old "it is older than v2.7", releases: [v1.90.0]}
  - line: v2.7 # a comment
    releases: [v2.7.3, v2.7.5]
    add: [server-paths]

  # What came with the third.
  - {line: v3.0, releases: [v3.0.0], add: [logout-page]}
`

const addAuthentik = `image: example.org/authentik:{version}
port: 9000
services:
  postgres: {image: "postgres:16"}
lines:
  - line: "2024.8"
    guide: "2024-03-28"
    releases: [2024.8.0, '2024.8.4'] # quoted`

func facts(proven string) fs.FS {
	return fstest.MapFS{"authentik.yaml": {Data: []byte(addAuthentik)}, "immich.yaml": {Data: []byte(addImmich)}, "proven.yaml": {Data: []byte(proven)}}
}

const noProof = "proven: []\n"

// Each addition changes what it says and not a byte more.
func TestAdd(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		product  version.Product
		text     string
		old, new string // in the file
		newLine  bool
		feature  version.Feature // that the release is assumed to have
	}{
		"the next patch":        {version.Immich, "v2.7.6", "v2.7.5]", "v2.7.5, v2.7.6]", false, version.ServerPaths},
		"without the letter":    {version.Immich, "2.7.6", "v2.7.5]", "v2.7.5, v2.7.6]", false, version.ServerPaths},
		"one that was left":     {version.Immich, "v2.7.4", "v2.7.3, ", "v2.7.3, v2.7.4, ", false, version.ServerPaths},
		"the first of all":      {version.Immich, "v2.7.0", "[v2.7.3", "[v2.7.0, v2.7.3", false, version.ServerPaths},
		"in a line in braces":   {version.Immich, "v3.0.1", "[v3.0.0]", "[v3.0.0, v3.0.1]", false, version.LogoutPage},
		"of a refused line":     {version.Immich, "v1.90.1", "[v1.90.0]", "[v1.90.0, v1.90.1]", false, ""},
		"a newer line":          {version.Immich, "v3.1.0", "add: [logout-page]}\n", "add: [logout-page]}\n\n  - line: v3.1\n    releases: [v3.1.0]\n", true, version.LogoutPage},
		"a line between":        {version.Immich, "v2.8.0", "\n  # What came", "\n  - line: v2.8\n    releases: [v2.8.0]\n\n  # What came", true, version.ServerPaths},
		"behind quotes":         {version.Authentik, "2024.8.5", "'2024.8.4'", "'2024.8.4', 2024.8.5", false, ""},
		"no newline at the end": {version.Authentik, "2026.8.0", "# quoted", "# quoted\n\n  - line: \"2026.8\"\n    releases: [2026.8.0]\n", true, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := facts(noProof)
			added, err := version.Add(files, tt.product, tt.text)
			require.NoError(t, err)
			before, err := fs.ReadFile(files, string(tt.product)+".yaml")
			require.NoError(t, err)
			require.Equal(t, 1, strings.Count(string(before), tt.old))
			assert.Equal(t, strings.Replace(string(before), tt.old, tt.new, 1), string(added.Content))
			assert.Equal(t, tt.newLine, added.NewLine)
			assert.True(t, added.Release.Known)
			if tt.feature != "" {
				assert.True(t, added.Release.Has(tt.feature), tt.feature)
			}
		})
	}
}

func TestAddRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		product    version.Product
		text, want string
	}{
		"known":                  {version.Immich, "v2.7.5", `immich "v2.7.5": it is known already, in line v2.7`},
		"a line":                 {version.Immich, "v3", `immich "v3": it is not a full version such as v3.0.0`},
		"no version":             {version.Authentik, "latest", `authentik "latest": it is not a full version such as 2024.8.4`},
		"a candidate":            {version.Immich, "v3.1.0-rc1", `it is not a final release`},
		"older than all":         {version.Immich, "v1.80.0", `it is older than everything that is known, v1.90 is the oldest line`},
		"a line that is refused": {version.Immich, "v1.95.0", `its line would come after v1.90, which a run refuses, since it is older than v2.7`},
		"another product":        {"keycloak", "26.0.0", `"keycloak" is not a product`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := version.Add(facts(noProof), tt.product, tt.text)
			require.ErrorContains(t, err, tt.want)
			assert.NotContains(t, err.Error(), "\n")
		})
	}
}

func TestAddWantsAListInBrackets(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{
		"authentik.yaml": {Data: []byte(addAuthentik)}, "proven.yaml": {Data: []byte(noProof)},
		"immich.yaml": {Data: []byte(strings.Replace(addImmich, "releases: [v2.7.3, v2.7.5]", "releases:\n      - v2.7.3\n      - v2.7.5", 1))},
	}
	_, err := version.Add(files, version.Immich, "v2.7.6")
	require.ErrorContains(t, err, "line v2.7 does not list its releases as [a, b]; enter it by hand")
}

// The facts that the program carries can be added to, and stay in their form.
func TestAddToTheRealFacts(t *testing.T) {
	t.Parallel()
	for product, texts := range map[version.Product][]string{
		version.Authentik: {"2024.8.99", "2026.5.99", "2026.8.99", "2026.11.0", "2030.2.0"},
		version.Immich:    {"v1.90.9", "v1.112.9", "v1.135.9", "v2.7.99", "v3.1.9", "v3.2.0", "v4.0.0"},
	} {
		for _, text := range texts {
			added, err := version.Add(versions.Files(), product, text)
			require.NoError(t, err, text)
			before, err := fs.ReadFile(versions.Files(), string(product)+".yaml")
			require.NoError(t, err)
			grown := strings.Count(string(added.Content), "\n") - strings.Count(string(before), "\n")
			assert.Equal(t, map[bool]int{true: 3, false: 0}[added.NewLine], grown, text)
		}
	}
}

func TestProve(t *testing.T) {
	t.Parallel()
	const first = "# Comment.\nproven:\n"
	entry := func(authentik, immich, date string) string {
		return `  - {authentik: "` + authentik + `", immich: "` + immich + `", guide: "2024-03-28", date: "` + date + `"}` + "\n"
	}
	old, newest := entry("2024.8.0", "v2.7.5", "2026-11-23"), entry("2024.8.4", "v3.0.0", "2026-11-23")
	fresh := version.Proof{Authentik: "2024.8.4", Immich: "v2.7.5", Guide: "2024-03-28", Date: "2026-11-24"}
	tests := map[string]struct{ before, after string }{
		"in between":     {first + old + newest, first + old + entry("2024.8.4", "v2.7.5", "2026-11-24") + newest},
		"at the end":     {first + old, first + old + entry("2024.8.4", "v2.7.5", "2026-11-24")},
		"no newline":     {strings.TrimSuffix(first+old, "\n"), first + old + entry("2024.8.4", "v2.7.5", "2026-11-24")},
		"before all":     {first + newest, first + entry("2024.8.4", "v2.7.5", "2026-11-24") + newest},
		"the very first": {"# Comment.\nproven: []\n", first + entry("2024.8.4", "v2.7.5", "2026-11-24")},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			after, err := version.Prove(facts(tt.before), fresh)
			require.NoError(t, err)
			assert.Equal(t, tt.after, string(after))
			_, err = version.Prove(facts(string(after)), fresh)
			require.ErrorIs(t, err, version.ErrProven)
			require.ErrorContains(t, err, "2026-11-24")
		})
	}
	unknown := fresh
	unknown.Immich = "v9.9.9"
	_, err := version.Prove(facts(first+old), unknown)
	require.ErrorContains(t, err, `"v9.9.9" is not a listed and supported release of immich`)
}
