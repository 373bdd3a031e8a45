package pair_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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
	assert.Equal(t, "line 8", s.At(s.RedirectURIs[0].Line))
	assert.Equal(t, "immich.yaml:12", s.At(s.RedirectURIs[1].Line))
	assert.Equal(t, "system-config oauth.issuerUrl", s.At(s.ImmichIssuer.Line))
	assert.Empty(t, s.At(0))
	assert.Equal(t, &guide.Value{Value: "photos", Line: 11, Kind: guide.Literal}, s.ApplicationSlug)
	assert.Nil(t, s.SigningKey, "null says that there is none")
	assert.Contains(t, s.Configuration.Provider, "signing_key")
	assert.NotNil(t, s.Configuration.Mappings, "an empty list says that there are none")
	p.NameHosts()
	assert.Equal(t, pair.Names{Authentik: "auth.example.org", Immich: "photos.example.org"}, p.Names)
}

// TestAMappingIsMadeUnderAName, which authentik asks for, where the file gives it none.
func TestAMappingIsMadeUnderAName(t *testing.T) {
	t.Parallel()
	p, err := pair.Parse("pair.yaml", []byte(strings.Replace(whole, "mappings: []", "mappings: [{scope_name: role, expression: 'return {}'}, {scope_name: email}]", 1)))
	require.NoError(t, err)
	s, err := p.Settings()
	require.NoError(t, err)
	assert.Equal(t, []guide.Mapping{{Scope: "role", Name: "role", Expression: "return {}"}, {Scope: "email"}}, s.Configuration.Mappings)
	assert.Empty(t, p.Authentik.Mappings[0].Name, "the file says none")
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
		"unknown key":   {"door: api", "dor: api", "line 3: authentik.dor: there is no such key; authentik has application, door, ignored, "},
		"another key":   {"version: 1", "version: 1\nfoo: bar", "line 2: foo: there is no such key; a pair file has authentik, "},
		"a guide":       {whole, "# Immich\n\n1. From the Admin interface…\n", "a guide is given by --guide"},
		"a list":        {whole, "- version: 1\n", "it is not a map of keys and values; `ssoproof capture` writes a pair file"},
		"several":       {"immich:\n", "---\nimmich:\n", "it holds several YAML documents, and a pair file is one"},
		"a key twice":   {"door: api", "door: api\n  door: form", `pair.yaml: line 4: mapping key "door" already defined at line 3`},
		"version":       {"version: 1", "version: 2", "version 2: this ssoproof reads version 1"},
		"no version":    {"version: 1\n", "", "version is missing"},
		"in quotes":     {"version: 1", "version: '1'", `line 1: version: "1": want 1`},
		"a word":        {"version: 1", "version: one", "version one: this ssoproof reads version 1"},
		"a door":        {"door: api", "door: window", `line 3: authentik.door: "window": want form or api`},
		"a half":        {whole, "version: 1\nauthentik: []\n", "line 2: authentik: it is a list, and has to be a map"},
		"one address":   {whole, "version: 1\nauthentik:\n  provider: {redirect_uris: {url: x}}\n", "line 3: authentik.provider.redirect_uris: it is a map, and has to be text or a list"},
		"addresses":     {whole, "version: 1\nauthentik:\n  provider: {redirect_uris: [x]}\n", "line 3: authentik.provider.redirect_uris[0]: it is text, and has to be a map"},
		"a mode":        {"matching_mode: strict", "matching_mode: exact", `line 10: authentik.provider.redirect_uris[1].matching_mode: "exact": want strict or regex`},
		"empty url":     {"url: app.immich:///oauth-callback", "url: ''", "line 9: authentik.provider.redirect_uris[1].url: it is empty"},
		"no url":        {"url: app.immich:///oauth-callback", "redirect_uri_type: logout", "line 9: authentik.provider.redirect_uris[1]: it needs a url"},
		"a client type": {"name: Photos", "client_type: confidental", `line 5: authentik.provider.client_type: "confidental": want confidential or public`},
		"a subject":     {"name: Photos", "sub_mode: user_mail", `line 5: authentik.provider.sub_mode: "user_mail": want hashed_user_id, user_id, `},
		"a grant":       {"name: Photos", "grant_types: [authcode]", `line 5: authentik.provider.grant_types[0]: "authcode": want authorization_code, `},
		"a time":        {"name: Photos", "access_token_validity: 5 minutes", `line 5: authentik.provider.access_token_validity: "5 minutes": want a duration as authentik writes it: minutes=5`},
		"a name":        {"name: Photos", "name: 5", "line 5: authentik.provider.name: it is a number, and has to be text"},
		"a slug":        {"slug: photos", "slug: my photos", `line 11: authentik.application.slug: "my photos": want a slug of letters, digits, - and _`},
		"a mapping":     {"mappings: []", "mappings: [{expression: x}]", "line 12: authentik.mappings[0]: want a mapping with a name, a scope_name or managed"},
		"an issuer":     {`issuerUrl: "https://auth.example.org/application/o/photos/"`, "issuerUrl: 3", "line 15: immich.config.oauth.issuerUrl: it is a number, and has to be null or text"},
		"no oauth":      {`{issuerUrl: "https://auth.example.org/application/o/photos/"}`, "foo", "line 15: immich.config.oauth: it is text, and has to be a map"},
		"a section":     {"    oauth:", "    foo: {bar: 1}\n    oauth:", "line 15: immich.config.foo: there is no such key; immich.config has oauth, passwordLogin, server"},
		"a URL":         {"version: 1", "version: 1\nnames: {immich: 'https://photos.example.org'}", `line 2: names.immich: "https://photos.example.org": want a host name alone, such as photos.example.org`},
		"a port":        {"version: 1", "version: 1\nnames: {authentik: 'auth.example.org:9443'}", `line 2: names.authentik: "auth.example.org:9443": want a host name alone`},
		"a date":        {"version: 1", "version: 1\ncaptured: {at: today}", `line 2: captured.at: "today" is no date-time`},
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

// TestCapturesFitTheSchema: what is written of the configurations that people have can be read by whatever reads the schema.
func TestCapturesFitTheSchema(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir("testdata/configs")
	require.NoError(t, err)
	for _, file := range files {
		p, err := read("testdata/configs/"+file.Name(), pair.Options{})
		require.NoError(t, err, file.Name())
		var text bytes.Buffer
		require.NoError(t, p.Write(&text))
		_, err = pair.Parse("pair.yaml", text.Bytes())
		assert.NoError(t, err, file.Name())
	}
}
