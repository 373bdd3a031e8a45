package pair_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/pair"
)

// TestValuesThatAuthentikRefuses: a blueprint with one of them is applied by no release, and run by none of ours.
func TestValuesThatAuthentikRefuses(t *testing.T) {
	t.Parallel()
	const blueprint = `entries:
  - model: authentik_providers_oauth2.oauth2provider
    id: provider
    identifiers: {name: Immich}
    attrs:
      authorization_flow: !Find [authentik_flows.flow, [slug, default-provider-authorization-implicit-consent]]
      invalidation_flow: !Find [authentik_flows.flow, [slug, default-provider-invalidation-flow]]
      signing_key: !Find [authentik_crypto.certificatekeypair, [name, Mine]]
      client_id: immich
      redirect_uris: [{matching_mode: strict, url: "https://photos.example.org/auth/login"}]
  - {model: authentik_core.application, identifiers: {slug: photos}, attrs: {name: Photos, provider: !KeyOf provider}}
`
	authentik, immich := newestReleases(t)
	for name, tt := range map[string]struct{ old, new, text string }{
		"a subject":         {"client_id: immich", "sub_mode: user_mail", `9: authentik refuses provider.sub_mode: "user_mail": want hashed_user_id, `},
		"a client type":     {"client_id: immich", "client_type: confidental", `9: authentik refuses provider.client_type: "confidental": want confidential or public`},
		"a time":            {"client_id: immich", "access_token_validity: 5 minutes", `9: authentik refuses provider.access_token_validity: "5 minutes": want a duration `},
		"a map for a name":  {"{name: Immich}", `{name: !ParseJSON '{"a": 1}'}`, "4: authentik refuses provider.name: it is a map, and has to be text"},
		"no JSON":           {"client_id: immich", "client_id: !ParseJSON '{'", "9: authentik refuses the blueprint: !ParseJSON: its text is not JSON"},
		"a slug":            {"slug: photos", "slug: my photos", `11: authentik refuses application.slug: "my photos": want a slug`},
		"nobody's id":       {"!Find [authentik_crypto.certificatekeypair, [name, Mine]]", "!KeyOf nobody", "8: authentik refuses the blueprint: !KeyOf nobody: no entry has this id"},
		"a value too few":   {"client_id: immich", `client_id: !Format ["%s-%s", a]`, `9: authentik refuses the blueprint: !Format: "%s-%s" takes 2 values and is given 1`},
		"a value too many":  {"client_id: immich", `client_id: !Format ["%s", a, b]`, `9: authentik refuses the blueprint: !Format: "%s" takes 1 value and is given 2`},
		"a number":          {"client_id: immich", "client_id: 4711", ""},
		"not the branch":    {"client_id: immich", "client_id: !If [true, immich, !KeyOf nobody]", ""},
		"an entry left out": {"entries:\n", "entries:\n  - {model: a.b, conditions: [false], attrs: {x: !KeyOf nobody}}\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, blueprint, tt.old)
			file := written(t, "b.blueprint.yaml", strings.Replace(blueprint, tt.old, tt.new, 1))
			p, err := pair.ReadFiles(pair.Files{Blueprint: file})
			require.NoError(t, err)
			var said []string
			for _, c := range p.Concerns(authentik, immich) {
				if c.ID == "pair.value-refused" || c.ID == "pair.blueprint-refused" {
					assert.Equal(t, pair.WillFail, c.Level)
					said = append(said, c.Place+": "+c.Text)
				}
			}
			if tt.text == "" {
				assert.Empty(t, said)
				return
			}
			require.Len(t, said, 1)
			assert.Contains(t, said[0], file+":"+tt.text)
			read, err := p.Reread(file)
			if err == nil {
				_, err = read.Settings()
			}
			require.ErrorContains(t, err, file+":")
			assert.NotContains(t, err.Error(), "\n")
			assert.NotContains(t, strings.Join(p.NotRead, "\n"), "stands in its place")
		})
	}
}

// TestValuesThatImmichRefuses: it does not start with a file that has one, whatever the rest says.
func TestValuesThatImmichRefuses(t *testing.T) {
	t.Parallel()
	authentik, newest := newestReleases(t)
	_, older := releases(t, "2025.8.1", "v2.7.5")
	const ids = `"clientId": "immich", "issuerUrl": "https://auth.example.org/application/o/immich/"`
	for _, tt := range []struct {
		text          string
		older, newest string // will fail
	}{
		{`{"oauth": {"enabled": true, ` + ids + `}}`, "", ""},
		{`{"oauth": {"enabled": "yes", ` + ids + `}}`, "oauth.enabled is text, not true or false", "oauth.enabled is text, not true or false"},
		{"oauth: {enabled: yes, " + ids + "}", "oauth.enabled is text, not true or false", "oauth.enabled is text, not true or false"},
		{`{"oauth": {"enabled": "true", ` + ids + `}}`, "", "oauth.enabled is text, not true or false"},
		{`{"oauth": {"enabled": true, "scope": ["openid"], ` + ids + `}}`, "oauth.scope is a list, not text", "oauth.scope is a list, not text"},
		{`{"oauth": {"enabled": true, "prompt": 3, ` + ids + `}}`, "", "oauth.prompt is a number, not text"},
		{`{"oauth": null, "server": {}}`, "oauth is null, not a map of settings", "oauth is null, not a map of settings"},
		{`{"oauth": {"enabled": true, "clientId": "", "issuerUrl": "https://auth.example.org/application/o/immich/"}}`, "OAuth is on, and oauth.clientId is empty", "OAuth is on, and oauth.clientId is empty"},
		{`{"oauth": {"enabled": true, "clientId": "immich", "issuerUrl": ""}}`, "OAuth is on, and oauth.issuerUrl is empty", "OAuth is on, and oauth.issuerUrl is empty"},
	} {
		p, err := pair.ReadFiles(pair.Files{ImmichConfig: written(t, "immich.yaml", tt.text)})
		require.NoError(t, err)
		assert.Empty(t, p.Immich.Ignored, tt.text)
		var said [2][]string
		for _, c := range pair.Failing(p.Concerns(authentik, older)) {
			said[0] = append(said[0], c.Text)
		}
		for _, c := range pair.Failing(p.Concerns(authentik, newest)) {
			said[1] = append(said[1], c.Text)
		}
		for i, want := range []string{tt.older, tt.newest} {
			if want == "" {
				assert.Empty(t, said[i], tt.text)
				continue
			}
			assert.Equal(t, []string{"Immich does not start: " + want}, said[i], fmt.Sprint(i, tt.text))
		}
	}
}
