package pair_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/pair"
)

// written is a file in a directory of the test.
func written(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

const tagged = `version: 1
context: {host: photos.example.org, public: false}
entries:
  - model: authentik_providers_oauth2.scopemapping
    id: role
    identifiers: {name: Immich role}
    attrs: {scope_name: immich_role, expression: 'return {"immich_role": "user"}'}
  - model: authentik_providers_oauth2.oauth2provider
    id: provider
    identifiers: {name: Immich}
    attrs:
      authorization_flow: !Find [authentik_flows.flow, [slug, !Format ["default-provider-authorization-%s-consent", implicit]]]
      invalidation_flow: !Find [authentik_flows.flow, [designation, invalidation]]
      client_type: !If [!Context public, public, confidential]
      client_id: !Env [IMMICH_ID, immich]
      include_claims_in_id_token: yes
      signing_key: !Find [authentik_crypto.certificatekeypair, [name, Mine]]
      redirect_uris: !Enumerate
        - {"/auth/login": 1, "/user-settings": 2}
        - SEQ
        - {matching_mode: strict, url: !Format ["https://%s%s", !Context host, !Index 0]}
      property_mappings: [!KeyOf role, !Find [authentik_providers_oauth2.scopemapping, [name, "authentik default OAuth Mapping: OpenID 'email'"]]]
  - model: authentik_core.application
    id: app
    conditions: [!Condition [OR, !Context public, true]]
    identifiers: {slug: photos}
    attrs: {name: Photos, provider: !KeyOf provider}
  - model: authentik_core.application
    state: absent
    identifiers: {slug: old}
    attrs: {name: Old, provider: !KeyOf provider}
  - model: authentik_policies.policybinding
    identifiers: {target: !KeyOf app, group: !Find [authentik_core.group, [name, friends]]}
`

func TestBlueprintTags(t *testing.T) {
	t.Parallel()
	name := written(t, "immich.yaml", tagged)
	p, err := pair.ReadBlueprint(name, pair.Options{Env: map[string]string{"IMMICH_ID": "mine"}})
	require.NoError(t, err)
	assert.Equal(t, guide.API, p.Authentik.Door)
	assert.Equal(t, map[string]any{
		"name": "Immich", "client_type": "confidential", "client_id": "mine", "include_claims_in_id_token": true, "signing_key": "Mine",
		"authorization_flow": "default-provider-authorization-implicit-consent", "invalidation_flow": "default-provider-invalidation-flow",
		"redirect_uris": []any{
			map[string]any{"matching_mode": "strict", "url": "https://photos.example.org/auth/login"},
			map[string]any{"matching_mode": "strict", "url": "https://photos.example.org/user-settings"},
		},
	}, p.Authentik.Provider)
	assert.Equal(t, map[string]any{"slug": "photos", "name": "Photos"}, p.Authentik.Application)
	assert.Equal(t, pair.Mappings{
		{Scope: "immich_role", Name: "Immich role", Expression: `return {"immich_role": "user"}`},
		{Scope: "email", Name: "authentik default OAuth Mapping: OpenID 'email'", Managed: "goauthentik.io/providers/oauth2/scope-email"},
	}, p.Authentik.Mappings)
	assert.Equal(t, []string{"group friends"}, p.Authentik.Policies)
	assert.Equal(t, "photos.example.org", p.Names.Immich)
	assert.Equal(t, name+":17", p.Origins["authentik.provider.signing_key"])
	assert.Empty(t, p.Assumed())
	require.Len(t, p.NotRead, 1)
	assert.Contains(t, p.NotRead[0], "authentik.provider.invalidation_flow ("+name+":13)")
}

// TestBlueprintSaysWhatItAssumes: a default is a value that was read, and another may be meant.
func TestBlueprintSaysWhatItAssumes(t *testing.T) {
	t.Parallel()
	p, err := pair.ReadFiles(pair.Files{Blueprint: written(t, "b.yaml", tagged)})
	require.NoError(t, err)
	assert.Equal(t, "immich", p.Authentik.Provider["client_id"])
	assert.Equal(t, []string{"!Env IMMICH_ID is taken from its default; --env IMMICH_ID=VALUE gives another"}, p.Assumed())
	assert.NotContains(t, strings.Join(p.NotRead, "\n"), "IMMICH_ID")
}

// TestBlueprintSaysWhatItDoesNotKnow: a value that no file holds is said, with its place and a way out.
func TestBlueprintSaysWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"!Env":                         "!Env names no variable",
		"!Env SOME_NAME":               "give it with --env SOME_NAME=VALUE",
		"!File /run/id":                "!File /run/id: it is a file of authentik's worker",
		"!Context other":               "add it below context",
		"!KeyOf nobody":                "no entry has this id",
		"!Odd thing":                   "ssoproof does not know the tag !Odd",
		"!Value 0":                     "there is no such !Enumerate around it",
		`!Format ["%x", a]`:            "does not know %x",
		"!FindObject [a.b, [c, d]]":    "only authentik's database knows",
		"!If [!Env SOME_NAME, a, b]":   "SOME_NAME",
		"!Condition [MAYBE, a]":        "none of AND",
		"!Enumerate [a, SEQ, b]":       "goes over something that is not a list",
		"!AtIndex [[a], 4]":            "there is no 4",
		"!Format [\"%s\", !File /x/y]": "/x/y",
	} {
		p, err := pair.ReadBlueprint(written(t, "b.yaml", strings.Replace(tagged, "!Env [IMMICH_ID, immich]", value, 1)), pair.Options{})
		require.NoError(t, err, value)
		assert.NotContains(t, p.Authentik.Provider, "client_id", value)
		said := strings.Join(p.NotRead, "\n")
		assert.Contains(t, said, "authentik.provider.client_id (", value)
		assert.Contains(t, said, "b.yaml:15): ", value)
		assert.Contains(t, said, want, value)
	}
}

func TestReadersRefuseInOneLine(t *testing.T) {
	t.Parallel()
	second := strings.Replace(strings.Replace(tagged, "id: provider", "id: other", 1), "{name: Immich}", "{name: Immich too}", 1)
	_, second, _ = strings.Cut(second, "entries:\n")
	other := strings.NewReplacer("{name: Immich}", "{name: Wiki}", "/user-settings", "/callback", "Immich role", "role", "photos}", "wiki}", "immich]", "x]").Replace(tagged)
	plan := func(name string) string {
		text, err := os.ReadFile("testdata/configs/" + name)
		require.NoError(t, err)
		return string(text)
	}
	tests := map[string]struct{ file, text, want string }{
		"two providers":       {"a.blueprint.yaml", tagged + second, "several providers may be Immich's: Immich (client ID immich, slug photos), Immich too (client ID immich); choose one with --provider, by its name, client ID or slug"},
		"no name":             {"a.blueprint.yaml", "entries: [{model: authentik_providers_oauth2.oauth2provider, attrs: {client_id: wiki}}]", "none of its providers is for Immich: one without a name at "},
		"several documents":   {"a.blueprint.yaml", "version: 1\nentries: []\n---\n" + tagged, "it holds several YAML documents (---), of which nobody reads more than one"},
		"no document":         {"a.blueprint.yaml", "# nothing\n---\n", "it is empty"},
		"no list":             {"a.blueprint.yaml", "version: 1\nentries: foo", "a.blueprint.yaml:2: it is not an authentik blueprint: its entries are not a list"},
		"null":                {"a.blueprint.yaml", "version: 1\nentries:", "a.blueprint.yaml:2: it is not an authentik blueprint: its entries are not a list"},
		"words":               {"a.blueprint.yaml", "version: 1\nentries:\n  - foo", "a.blueprint.yaml:3: it is not an authentik blueprint: this entry has no model"},
		"identifiers":         {"a.blueprint.yaml", "entries:\n  - model: authentik_providers_oauth2.oauth2provider\n    identifiers: foo", "a.blueprint.yaml:3: identifiers of an entry is not a map of fields"},
		"several of Immich's": {"a.immich.yaml", "oauth: {enabled: true}\n---\nserver: {}", "it holds several YAML documents (---)"},
		"another application": {"a.blueprint.yaml", other, "none of its providers is for Immich: Wiki"},
		"no provider":         {"a.blueprint.yaml", "entries: [{model: authentik_core.application, attrs: {name: Wiki}}]", "it describes no OAuth2 provider; its applications are Wiki"},
		"no blueprint":        {"a.blueprint.yaml", "a: b", "it is not an authentik blueprint: it has no entries"},
		"a ConfigMap":         {"a.blueprint.yaml", "kind: ConfigMap\ndata: {a: b}", "it is a Kubernetes ConfigMap; give the text below its data"},
		"an empty file":       {"a.blueprint.yaml", "\n", "it is empty"},
		"cut off":             {"a.blueprint.yaml", "a: [b", "it is neither JSON nor YAML"},
		"oauth alone":         {"a.immich.json", `{"issuerUrl": "x"}`, "put them below the key oauth"},
		"no configuration":    {"a.immich.json", `{"ffmpeg": {}}`, "it has none of oauth, passwordLogin and server"},
		"a list":              {"a.immich.yaml", "- a", "it has none of oauth, passwordLogin and server"},
		"no plan":             {"a.plan.json", "{}", "it is neither a plan nor a state"},
		"the state itself":    {"a.plan.json", `{"version": 4, "resources": []}`, "`terraform show -json` prints it in the form that is read"},
		"a binary plan":       {"a.plan.json", "PK\x03\x04", "it is not JSON"},
		"unknown addresses": {"a.plan.json", strings.NewReplacer(`"allowed_redirect_uris": {
       "constant_value"`, `"allowed_redirect_uris": {"references": ["var.uris"], "x"`, `"grant_types": true,`, `"grant_types": true, "allowed_redirect_uris": true,`,
			`"client_secret": true,`, `"client_secret": true, "allowed_redirect_uris": true,`).Replace(plan("T03.plan.json")), "authentik_provider_oauth2.immich.allowed_redirect_uris: it is known only after an apply; apply, and give the state"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := written(t, tt.file, tt.text)
			_, err := read(path, pair.Options{})
			require.ErrorContains(t, err, tt.want)
			assert.ErrorContains(t, err, path)
			assert.NotContains(t, err.Error(), "\n")
		})
	}
}

func TestProviderIsChosenByNameClientIDOrSlug(t *testing.T) {
	t.Parallel()
	p, err := pair.ReadTerraform("testdata/configs/T01.state.json", pair.Options{Provider: "Grafana"})
	require.NoError(t, err)
	assert.Equal(t, "grafana", p.Authentik.Application["slug"])
	for _, other := range []string{"0ther", "grafana"} { // its client ID, its slug
		again, err := pair.ReadTerraform("testdata/configs/T01.state.json", pair.Options{Provider: other})
		require.NoError(t, err)
		assert.Equal(t, p.Authentik.Provider, again.Authentik.Provider)
	}
	_, err = pair.ReadTerraform("testdata/configs/T01.state.json", pair.Options{Provider: "wiki"})
	require.ErrorContains(t, err, `it has no OAuth2 provider "wiki", neither by name, client ID nor slug; its providers are grafana (client ID 0ther, slug grafana), photos (client ID c0ffee00, slug photos)`)
}

// TestTerraformNames: IDs become the names of what they mean, by the data sources and by the expressions of a plan.
func TestTerraformNames(t *testing.T) {
	t.Parallel()
	p, err := pair.ReadTerraform("testdata/configs/T11.plan.json", pair.Options{})
	require.NoError(t, err)
	a := p.Authentik
	assert.Equal(t, "default-provider-authorization-implicit-consent", a.Provider["authorization_flow"])
	assert.Equal(t, "authentik Self-signed Certificate", a.Provider["signing_key"])
	assert.Equal(t, "minutes=10", a.Provider["access_token_validity"], "Terraform's default")
	var scopes []string
	for _, m := range a.Mappings {
		scopes = append(scopes, m.Scope)
	}
	assert.Equal(t, []string{"openid", "email", "profile", "groups"}, scopes)
	assert.Contains(t, a.Mappings[3].Expression, "request.user.groups", "an own mapping brings its expression")
	p, err = pair.ReadTerraform("testdata/configs/T02.plan.json", pair.Options{})
	require.NoError(t, err)
	assert.Len(t, p.Authentik.Mappings, 4)
	assert.Equal(t, []string{"group photos-users"}, p.Authentik.Policies)
}

func TestImmichConfigurationHasLinesInJSON(t *testing.T) {
	t.Parallel()
	name := written(t, "immich.json", "{\n \"oauth\": {\n\t\"buttonText\": \"a\\/b \\ud83d\\ude00\",\n  \"clientId\": {\"_secret\": \"/run/id\"},\n  \"timeout\": 30000\n },\n \"oAuth\": {}\n}")
	p, err := pair.ReadImmichConfig(name)
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"oauth": map[string]any{"buttonText": "a/b 😀", "timeout": 30000}}, p.Immich.Config)
	assert.Equal(t, name+":5", p.Origins["immich.config.oauth.timeout"])
	assert.Equal(t, []string{"oAuth (" + name + ":7)"}, p.Immich.Ignored)
	require.Len(t, p.NotRead, 1)
	assert.Contains(t, p.NotRead[0], "immich.config.oauth.clientId ("+name+":4)")
}

func TestMergeTakesEachHalfOnce(t *testing.T) {
	t.Parallel()
	a, err := pair.ReadBlueprint("testdata/configs/B02.blueprint.yaml", pair.Options{})
	require.NoError(t, err)
	i, err := pair.ReadImmichConfig("testdata/configs/I03.immich.json")
	require.NoError(t, err)
	both, err := pair.Merge(a, i)
	require.NoError(t, err)
	assert.Equal(t, pair.Names{Authentik: "auth.example.org", Immich: "photos.example.org"}, both.Names)
	assert.Len(t, both.Captured.From, 2)
	assert.Len(t, both.Origins, len(a.Origins)+len(i.Origins))
	_, err = pair.Merge(a, i, i)
	require.ErrorContains(t, err, "two of the files describe Immich's half")
}
