package pair_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/ssoproof/ssoproof/fixtures/schema"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/pair"
)

const whole = `version: 1
authentik:
  door: api
  provider:
    name: Photos
    signing_key: null
    redirect_uris:
      - {matching_mode: regex, url: 'https://photos\.example\.org/auth/login'}
      - url: app.immich:///oauth-callback
        matching_mode: strict
  application: {slug: photos}
  mappings: []
immich:
  config:
    oauth: {issuerUrl: "https://auth.example.org/application/o/photos/"}
origins:
  authentik.provider.redirect_uris[1]: immich.yaml:12
  immich.config.oauth.issuerUrl: system-config oauth.issuerUrl
`

func TestSettingsHaveTheLinesOfTheFile(t *testing.T) {
	t.Parallel()
	p, err := pair.Parse("pair.yaml", []byte(whole))
	require.NoError(t, err)
	s, err := p.Settings()
	require.NoError(t, err)
	require.Len(t, s.RedirectURIs, 2)
	assert.Equal(t, guide.RedirectURI{URL: `https://photos\.example\.org/auth/login`, Matching: guide.Regex, Purpose: guide.Authorization, Line: 8}, s.RedirectURIs[0])
	assert.Equal(t, "pair.yaml:8", s.Ref(s.RedirectURIs[0].Line))
	assert.Equal(t, "immich.yaml:12", s.Ref(s.RedirectURIs[1].Line))
	assert.Equal(t, "system-config oauth.issuerUrl", s.Ref(s.ImmichIssuer.Line))
	assert.Equal(t, &guide.Value{Value: "photos", Line: 11, Kind: guide.Literal}, s.ApplicationSlug)
	assert.Nil(t, s.SigningKey, "null says that there is none")
	assert.Contains(t, s.Configuration.Provider, "signing_key")
	assert.NotNil(t, s.Configuration.Mappings, "an empty list says that there are none")
	p.NameHosts()
	assert.Equal(t, pair.Names{Authentik: "auth.example.org", Immich: "photos.example.org"}, p.Names)
}

// TestWhatIsWrittenIsRead holds the round trip, where what is not said stays so.
func TestWhatIsWrittenIsRead(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"whole": whole, "no mappings said": strings.Replace(whole, "  mappings: []\n", "", 1),
		"one half": "version: 1\nimmich:\n  config: {}\n",
	} {
		p, err := pair.Parse("pair.yaml", []byte(text))
		require.NoError(t, err, name)
		again, err := p.Reread("pair.yaml")
		require.NoError(t, err, name)
		assert.Equal(t, p.Authentik, again.Authentik, name)
		assert.Equal(t, p.Immich, again.Immich, name)
		assert.Equal(t, p.Origins, again.Origins, name)
	}
}

func TestParseRefusesInOneLine(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ old, new, want string }{
		"empty":         {whole, " \n", "pair file pair.yaml: it is empty; `ssoproof capture` writes one"},
		"no YAML":       {whole, "a: [", "pair file pair.yaml: yaml: "},
		"unknown key":   {"door: api", "dor: api", "line 3: field dor not found"},
		"a guide":       {whole, "# Immich\n\n1. From the Admin interface…\n", "a guide is given by --guide"},
		"version":       {"version: 1", "version: 2", "version 2: this ssoproof reads version 1"},
		"no version":    {"version: 1\n", "", "version 0: this ssoproof reads version 1"},
		"a door":        {"door: api", "door: window", `line 3: authentik.door: "window": want form or api`},
		"a mode":        {"matching_mode: strict", "matching_mode: exact", `line 9: authentik.provider.redirect_uris[1]: matching_mode "exact": want strict or regex`},
		"no url":        {"url: app.immich:///oauth-callback", "url: ''", "authentik.provider.redirect_uris[1]: it needs a url"},
		"a secret":      {"name: Photos", "client_secret: s3cret", "line 5: authentik.provider.client_secret: a pair file holds no secrets"},
		"Immich's, too": {"{issuerUrl:", "{clientSecret: s3cret, issuerUrl:", "immich.config.oauth.clientSecret: a pair file holds no secrets"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, 1, strings.Count(whole, tt.old))
			_, err := pair.Parse("pair.yaml", []byte(strings.Replace(whole, tt.old, tt.new, 1)))
			require.ErrorContains(t, err, tt.want)
			assert.NotContains(t, err.Error(), "\n")
			assert.NotContains(t, err.Error(), "s3cret")
		})
	}
}

// TestSchema holds what is written, and what people wrote by hand, to the JSON Schema.
func TestSchema(t *testing.T) {
	t.Parallel()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(schema.Pair()))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	require.NoError(t, compiler.AddResource("pair.schema.json", document))
	compiled, err := compiler.Compile("pair.schema.json")
	require.NoError(t, err)
	valid := func(text []byte) error {
		var value any
		require.NoError(t, yaml.Unmarshal(text, &value))
		data, err := json.Marshal(value)
		require.NoError(t, err)
		instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		require.NoError(t, err)
		return compiled.Validate(instance)
	}
	files, err := os.ReadDir("testdata/configs")
	require.NoError(t, err)
	for _, file := range files {
		p, err := read("testdata/configs/"+file.Name(), pair.Options{})
		require.NoError(t, err, file.Name())
		var text bytes.Buffer
		require.NoError(t, p.Write(&text))
		assert.NoError(t, valid(text.Bytes()), file.Name())
	}
	assert.NoError(t, valid([]byte(whole)))
	for _, wrong := range [][2]string{
		{"door: api", "door: window"}, {"version: 1", "version: 2"}, {"name: Photos", "client_secret: x"}, {"{issuerUrl:", "{clientSecret: x, issuerUrl:"},
		{"matching_mode: strict", "matching_mode: exact"}, {"door: api", "dor: api"},
	} {
		assert.Error(t, valid([]byte(strings.Replace(whole, wrong[0], wrong[1], 1))), wrong[1])
	}
}
