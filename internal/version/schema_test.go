package version_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/version"
)

const smallAuthentik = `image: example.org/authentik:{version}
port: 9000
services:
  postgres: {image: "postgres:16"}
lines:
  - line: 2024.8
    unsupported: it is too old
    releases: [2024.8.0]
  - line: 2024.10
    guide: 2024-09-11
    releases: [2024.10.0, 2024.10.3]
    add: [redirect-uri-text]
    changes:
      - from: 2024.10.3
        remove: [redirect-uri-text]
  - line: 2024.12
    releases: [2024.12.0]
`

const smallImmich = `image: example.org/immich:{version}
port: 2283
media: /data
services:
  postgres: {image: "postgres:16"}
apps:
  - {name: "2.6", redirect_uri: "app.immich:///oauth-callback", pkce: true, session: cookies, user_agent: "immich-android/{version}"}
lines:
  - line: v2.7
    releases: [v2.7.4, v2.7.5]
`

func loadSmall(authentik, immich, proven string) (*version.Catalogue, error) {
	return version.LoadFrom(fstest.MapFS{
		"authentik.yaml": {Data: []byte(authentik)},
		"immich.yaml":    {Data: []byte(immich)},
		"proven.yaml":    {Data: []byte(proven)},
	})
}

// Each row spoils the small file in one place; the error has to name file, line and what is wrong.
func TestWrongFactsAreRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ old, new, want string }{
		"unknown key":             {"port: 9000", "prot: 9000", `authentik.yaml:2: unknown key "prot"`},
		"unknown key in a line":   {"guide:", "guides:", `authentik.yaml:10: unknown key "guides"`},
		"unknown key of service":  {"{image:", "{img: a, image:", `authentik.yaml:4: unknown key "img"`},
		"unknown key in a change": {"remove:", "removed:", `authentik.yaml:15: unknown key "removed"`},
		"broken YAML":             {"lines:", "lines: [", `authentik.yaml:`},
		"wrong type":              {"port: 9000", "port: http", `authentik.yaml:2: cannot unmarshal`},
		"list for a text":         {"line: 2024.12", "line: [2024.12]", `authentik.yaml:16: a text is wanted here`},
		"duplicate key":           {"port: 9000", "image: x:{version}", `authentik.yaml:2: mapping key "image" already defined`},
		"unknown feature":         {"add: [redirect-uri-text]", "add: [redirect-uri-txt]", `authentik.yaml:12: "redirect-uri-txt" is not a feature of authentik`},
		"feature of the other":    {"add: [redirect-uri-text]", "add: [pkce]", `authentik.yaml:12: "pkce" is not a feature of authentik`},
		"feature added twice":     {"releases: [2024.12.0]", "releases: [2024.12.0]\n    add: [redirect-uri-text]", `authentik.yaml:18: feature "redirect-uri-text" is added, but was there already`},
		"absent feature removed":  {"remove: [redirect-uri-text]", "remove: [needs-redis]", `authentik.yaml:15: feature "needs-redis" is removed, but was not there`},
		"absent service removed":  {"add: [redirect-uri-text]", "services: {valkey: null}", `authentik.yaml:12: service "valkey" is removed, but was not there`},
		"image without a tag":     {`"postgres:16"`, `"docker.io:443/postgres"`, `authentik.yaml:4: service "postgres" needs an image with a tag`},
		"image without version":   {":{version}", ":2025.8.1", `authentik.yaml:1: image "example.org/authentik:2025.8.1" has no {version}`},
		"no port":                 {"port: 9000\n", "", `authentik.yaml:8: line "2024.10" has no port`},
		"not a line":              {"line: 2024.12", "line: 2024.12.0", `authentik.yaml:16: "2024.12.0" is not a release line of authentik`},
		"the other's spelling":    {"line: 2024.12", "line: v2024.12", `authentik.yaml:16: "v2024.12" is not a release line of authentik`},
		"lines out of order":      {"line: 2024.12", "line: 2024.9", `authentik.yaml:16: line "2024.9" does not come after "2024.10"`},
		"line without releases":   {"releases: [2024.12.0]", "releases: []", `authentik.yaml:16: line "2024.12" lists no releases`},
		"release of another line": {"[2024.12.0]", "[2025.2.0]", `authentik.yaml:17: "2025.2.0" is not a release of line "2024.12"`},
		"releases out of order":   {"[2024.10.0, 2024.10.3]", "[2024.10.3, 2024.10.0]", `authentik.yaml:11: release "2024.10.0" does not come after "2024.10.3"`},
		"change from nowhere":     {"from: 2024.10.3", "from: 2024.10.2", `authentik.yaml:14: a change needs "from"`},
		"change from the first":   {"from: 2024.10.3", "from: 2024.10.0", `authentik.yaml:14: a change needs "from"`},
		"change without from":     {"- from: 2024.10.3\n        remove", "- remove", `authentik.yaml:9: a change needs "from"`},
		"guide is no date":        {"guide: 2024-09-11", "guide: newest", `authentik.yaml:10: "newest" is not a date`},
		"unknown form default":    {"port: 9000", "form_defaults: {token_validity: days=1}", `authentik.yaml:2: "token_validity" is not a form default`},
		"no default":              {"    guide: 2024-09-11\n", "", `authentik.yaml: there is no supported line of authentik`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, smallAuthentik, tt.old)
			spoiled := strings.Replace(smallAuthentik, tt.old, tt.new, 1)
			_, err := loadSmall(spoiled, smallImmich, "proven: []")
			require.ErrorContains(t, err, "fixtures/versions/"+tt.want)
		})
	}
}

func TestWrongAppsAndProofsAreRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ immich, proven, want string }{
		"session":      {strings.Replace(smallImmich, "cookies", "cookie", 1), "proven: []", `immich.yaml:1: app "2.6": session is "cookie"`},
		"key of app":   {strings.Replace(smallImmich, "pkce", "pkec", 1), "proven: []", `immich.yaml:7: unknown key "pkec"`},
		"no apps":      {strings.Replace(smallImmich, "apps:\n  - {name", "apps: []\n# - {name", 1), "proven: []", `immich.yaml:9: line "v2.7" has no apps`},
		"empty file":   {"", "proven: []", `immich.yaml: the file is empty`},
		"unlisted":     {smallImmich, "proven:\n  - {authentik: 2024.10.0, immich: v2.7.9, guide: 2024-09-11, date: 2026-11-23}", `proven.yaml:2: "v2.7.9" is not a listed and supported release of immich`},
		"a line":       {smallImmich, "proven:\n  - {authentik: 2024.10, immich: v2.7.5, guide: 2024-09-11, date: 2026-11-23}", `proven.yaml:2: "2024.10" is not a listed`},
		"unsupported":  {smallImmich, "proven:\n  - {authentik: 2024.8.0, immich: v2.7.5, guide: 2024-09-11, date: 2026-11-23}", `proven.yaml:2: "2024.8.0" is not a listed`},
		"without date": {smallImmich, "proven:\n  - {authentik: 2024.10.0, immich: v2.7.5, guide: 2024-09-11}", `proven.yaml:2: "" is not a date`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := loadSmall(smallAuthentik, tt.immich, tt.proven)
			require.ErrorContains(t, err, "fixtures/versions/"+tt.want)
		})
	}
	_, err := version.LoadFrom(fstest.MapFS{})
	require.ErrorContains(t, err, "fixtures/versions/authentik.yaml")
}

func TestEveryProblemIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	spoiled := strings.NewReplacer("add: [redirect-uri-text]", "add: [one]", "line: 2024.12", "line: twelve").Replace(smallAuthentik)
	_, err := loadSmall(spoiled, smallImmich, "proven: []")
	require.ErrorContains(t, err, `authentik.yaml:12: "one"`)
	require.ErrorContains(t, err, `authentik.yaml:16: "twelve"`)
}

func TestDefaultPair(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		proven            string
		authentik, immich string
	}{
		"nothing proven: the newest that ships a guide": {"proven: []", "2024.10.3", "v2.7.5"},
		"the newest proven pair, in whatever order": {`proven:
  - {authentik: 2024.10.3, immich: v2.7.4, guide: 2024-09-11, date: 2026-11-20}
  - {authentik: 2024.10.0, immich: v2.7.5, guide: 2024-09-11, date: 2026-11-23}`, "2024.10.3", "v2.7.4"},
		"the newer Immich of two": {`proven:
  - {authentik: 2024.10.0, immich: v2.7.5, guide: 2024-09-11, date: 2026-11-20}
  - {authentik: 2024.10.0, immich: v2.7.4, guide: 2024-09-11, date: 2026-11-23}`, "2024.10.0", "v2.7.5"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := loadSmall(smallAuthentik, smallImmich, tt.proven)
			require.NoError(t, err)
			authentik, immich := c.DefaultPair()
			assert.Equal(t, tt.authentik, authentik.Version)
			assert.Equal(t, tt.immich, immich.Version)
			proven := tt.proven != "proven: []"
			assert.Equal(t, proven, authentik.Proven)
			assert.Equal(t, proven, immich.Proven)
		})
	}
}

func TestProvenIsPerRelease(t *testing.T) {
	t.Parallel()
	c, err := loadSmall(smallAuthentik, smallImmich, "proven:\n  - {authentik: 2024.10.0, immich: v2.7.5, guide: 2024-09-11, date: 2026-11-20}")
	require.NoError(t, err)
	for text, want := range map[string]bool{"2024.10.0": true, "2024.10.3": false, "2024.10.1": false, "2024.12.0": false} {
		r, err := c.Resolve(version.Authentik, text)
		require.NoError(t, err)
		assert.Equal(t, want, r.Proven, text)
	}
	assert.Equal(t, []version.Proof{{Authentik: "2024.10.0", Immich: "v2.7.5", Guide: "2024-09-11", Date: "2026-11-20"}}, c.Proven())
}

func TestWriteText(t *testing.T) {
	t.Parallel()
	c, err := loadSmall(smallAuthentik, smallImmich, "proven:\n  - {authentik: 2024.10.0, immich: v2.7.5, guide: 2024-09-11, date: 2026-11-20}")
	require.NoError(t, err)
	var out strings.Builder
	require.NoError(t, c.WriteText(&out))
	assert.Equal(t, `Default: authentik 2024.10.0 with Immich v2.7.5, guide 2024-09-11 (the newest proven pair)
Proven:  authentik 2024.10.0 with Immich v2.7.5, guide 2024-09-11, on 2026-11-20

authentik
LINE     RELEASES               GUIDE       CHANGES
-        2024.8.0               -           not supported: it is too old
2024.10  2024.10.0 … 2024.10.3  2024-09-11  +redirect-uri-text postgres:16
         from 2024.10.3                     -redirect-uri-text
2024.12  2024.12.0              -           -

immich
LINE  RELEASES         APP  CHANGES
v2.7  v2.7.4 … v2.7.5  2.6  postgres:16
`, out.String())
}
