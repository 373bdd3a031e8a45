package pair_test

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/pair"
)

// TestAPairThatARunDoesNotServe refuses what a run would judge at another address than people use, and nothing else.
func TestAPairThatARunDoesNotServe(t *testing.T) {
	t.Parallel()
	const uris = `redirect_uris: [{url: "https://photos.example.org/auth/login"}, {url: "https://photos.example.org/user-settings"}]`
	for name, tt := range map[string]struct{ uris, names, domain, issuer, refused string }{
		"no port":                                 {uris: uris, issuer: "https://auth.example.org/application/o/immich/"},
		"the ports of the schemes":                {uris: uris, domain: "http://photos.example.org:80", issuer: "https://auth.example.org:443/application/o/immich/"},
		"a further address with a port":           {uris: strings.Replace(uris, "]", `, {url: "http://192.0.2.7:2283/auth/login"}]`, 1)},
		"with and without":                        {uris: strings.Replace(uris, "org/user", "org:8443/user", 1)},
		"registered at a port where it is not":    {uris: strings.ReplaceAll(uris, "photos.example.org/", "photos.example.org:8443/"), domain: "https://photos.example.org"},
		"all at a port":                           {uris: strings.ReplaceAll(uris, "photos.example.org/", "photos.example.org:8443/"), refused: "redirect_uris[0] is at port 8443"},
		"its domain at a port":                    {uris: uris, domain: "https://photos.example.org:8443", refused: "server.externalDomain is at port 8443"},
		"by http alone":                           {uris: strings.ReplaceAll(uris, "https:", "http:"), refused: "redirect_uris[0] is http://photos.example.org/auth/login"},
		"by http and by https":                    {uris: strings.Replace(uris, "https:", "http:", 1)},
		"registered by http, and opened by https": {uris: strings.ReplaceAll(uris, "https:", "http:"), domain: "https://photos.example.org"},
		"by an IP address":                        {uris: strings.ReplaceAll(uris, "photos.example.org", "192.0.2.7"), names: "{}", refused: "line 5: Immich is at the IP address 192.0.2.7"},
		"named by an IP address":                  {uris: uris, names: "{immich: 192.0.2.7}", refused: "line 2: Immich is at the IP address 192.0.2.7"},
		"by an IP address and by a name":          {uris: strings.Replace(uris, "photos.example.org", "192.0.2.7", 1), names: "{}"},
		"an issuer by an IP address":              {uris: uris, names: "{}", issuer: "https://192.0.2.8/application/o/immich/", refused: "line 9: authentik is at the IP address 192.0.2.8"},
		"one name for both":                       {uris: uris, names: "{immich: photos.example.org, authentik: photos.example.org}", refused: "line 2: Immich and authentik are both at photos.example.org"},
		"by a pattern of names":                   {uris: strings.Replace(uris, "photos", ".*", 1), names: "{}"},
		"its issuer at a port":                    {uris: uris, issuer: "http://192.0.2.8:9000/application/o/immich/", refused: "oauth.issuerUrl is at port 9000"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "pair.yaml")
			text := "version: 1\nnames: " + cmp.Or(tt.names, "{immich: photos.example.org, authentik: auth.example.org}") + "\nauthentik:\n  provider:\n    " + tt.uris +
				"\nimmich:\n  config:\n    server: {externalDomain: \"" + tt.domain + "\"}\n    oauth: {issuerUrl: \"" + tt.issuer + "\"}\n"
			require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
			p, err := pair.Load(file)
			require.NoError(t, err)
			_, err = p.Settings()
			if tt.refused == "" {
				require.NoError(t, err)
				p.NameHosts()
				assert.Equal(t, "photos.example.org", p.Names.Immich)
				return
			}
			require.Error(t, err)
			assert.Contains(t, err.Error(), tt.refused)
			assert.NotContains(t, err.Error(), "\n")
		})
	}
}
