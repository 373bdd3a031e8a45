package containers

import (
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/version"
)

const composePath = "../../../docker-compose.yml"

var update = flag.Bool("update", false, "write docker-compose.yml anew")

func pair(t *testing.T, authentik, immich string) stack.Plan {
	t.Helper()
	c, err := version.Load()
	require.NoError(t, err)
	p := stack.Plan{AuthentikHost: "authentik.company", ImmichHost: "immich.company"}
	p.Authentik, p.Immich = c.DefaultPair()
	if authentik != "" {
		p.Authentik, err = c.Resolve(version.Authentik, authentik)
		require.NoError(t, err)
		p.Immich, err = c.Resolve(version.Immich, immich)
		require.NoError(t, err)
	}
	return p
}

func TestDockerComposeFileIsFresh(t *testing.T) {
	t.Parallel()
	want, err := Compose(pair(t, "", ""))
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile(composePath, want, 0o644))
	}
	got, err := os.ReadFile(composePath)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got), "write it anew: ssoproof stack compose > docker-compose.yml")
}

func TestComposeGivesBrowserAndImmichOneIssuer(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		authentik, immich string
		redis, insecure   bool
	}{
		"with Redis":                {"2025.8.1", "v2.7.5", true, false},
		"without Redis, https only": {"2026.2.0", "v3.1.0", false, true},
		"another media folder":      {"2024.8.4", "v1.132.3", true, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := pair(t, test.authentik, test.immich)
			raw, err := Compose(p)
			require.NoError(t, err)
			var file composeFile
			require.NoError(t, yaml.Unmarshal(raw, &file))

			server := file.Services[AuthentikServer]
			assert.Equal(t, p.Authentik.Image, server.Image)
			assert.Equal(t, []string{"127.0.0.1:9000:9000"}, server.Ports, "one port inside and outside")
			assert.Equal(t, []string{"authentik.company"}, server.Networks["default"].Aliases)
			immich := file.Services[Immich]
			assert.Equal(t, []string{"127.0.0.1:2283:2283"}, immich.Ports)
			assert.Equal(t, []string{"immich.company"}, immich.Networks["default"].Aliases)
			assert.Equal(t, []string{"immich-media:" + p.Immich.Media}, immich.Volumes)
			assert.Contains(t, string(raw), "http://authentik.company:9000/application/o/<application_slug>/")
			if test.insecure {
				assert.Contains(t, string(raw), "allowInsecureRequests")
			} else {
				assert.NotContains(t, string(raw), "allowInsecureRequests")
			}

			worker := file.Services[AuthentikWorker]
			assert.Equal(t, server.Environment, worker.Environment)
			assert.Equal(t, test.redis, worker.Environment["AUTHENTIK_REDIS__HOST"] == Valkey)
			for name, service := range file.Services {
				assert.NotContains(t, service.Environment, "NODE_EXTRA_CA_CERTS", name)
				assert.NotContains(t, service.Environment, "REQUESTS_CA_BUNDLE", name)
				assert.NotContains(t, service.Command, "fsync=off", name)
				for needed := range service.DependsOn {
					assert.NotNil(t, file.Services[needed].Healthcheck, "%s waits for %s", name, needed)
				}
			}
			assert.NotContains(t, file.Services, Edge)
			assert.NotContains(t, file.Services, Browser)
		})
	}
}
