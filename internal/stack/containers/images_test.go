package containers

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestRepositoryOf(t *testing.T) {
	t.Parallel()
	for ref, want := range map[string]string{
		"postgres:16-alpine":                           "docker.io/library/postgres",
		"docker.io/library/postgres:16-alpine":         "docker.io/library/postgres",
		"valkey/valkey:9":                              "docker.io/valkey/valkey",
		"docker.io/valkey/valkey":                      "docker.io/valkey/valkey",
		"ghcr.io/immich-app/immich-server:v2.7.5":      "ghcr.io/immich-app/immich-server",
		"ghcr.io/goauthentik/server@sha256:00":         "ghcr.io/goauthentik/server",
		"localhost/server:1":                           "localhost/server",
		"registry.example.org:5000/goauthentik/server": "registry.example.org:5000/goauthentik/server",
	} {
		assert.Equal(t, want, repositoryOf(ref), ref)
	}
}
