package run_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/run"
	"github.com/ssoproof/ssoproof/internal/stack"
	"github.com/ssoproof/ssoproof/internal/stack/inproc"
)

// lasting is a stack whose databases could serve the next start.
type lasting struct {
	*inproc.Stack
	kept *int
}

func (s lasting) Services() []stack.Service {
	services := s.Stack.Services()
	for i := range services {
		services[i].Fake = false
	}
	return services
}

func (s lasting) Snapshot(context.Context) error {
	*s.kept++
	return nil
}

const blueprint = `version: 1
entries:
  - model: authentik_providers_oauth2.oauth2provider
    id: immich
    identifiers: {name: Immich}
    attrs:
      authorization_flow: !Find [authentik_flows.flow, [slug, default-provider-authorization-implicit-consent]]
      invalidation_flow: !Find [authentik_flows.flow, [slug, default-provider-invalidation-flow]]
      signing_key: !Find [authentik_crypto.certificatekeypair, [name, authentik Self-signed Certificate]]
      redirect_uris:
        - {matching_mode: strict, url: "https://immich.company/auth/login"}
        - {matching_mode: strict, url: "https://immich.company/user-settings"}
        - {matching_mode: strict, url: "app.immich:///oauth-callback"}
  - model: authentik_core.application
    identifiers: {slug: immich}
    attrs: {name: Immich, provider: !KeyOf immich}
`

// TestNoSnapshotHoldsABlueprint: authentik's worker applies the file before a snapshot could be taken, so that the next run
// would find the provider in the database.
func TestNoSnapshotHoldsABlueprint(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		files func(*run.Options, string)
		kept  int
	}{
		"a guide":     {func(*run.Options, string) {}, 1},
		"a blueprint": {func(o *run.Options, file string) { o.Files.Blueprint = file }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "immich.yaml")
			require.NoError(t, os.WriteFile(file, []byte(blueprint), 0o600))
			o, kept := fakes(t, "guide.authentik"), 0
			o.Stack, o.Authentik, o.Immich = run.Containers, "2025.8.1", "v2.7.5"
			tt.files(&o, file)
			o.Raise = func(plan stack.Plan) (stack.Stack, error) {
				s, err := inproc.Start(plan)
				return lasting{s, &kept}, err
			}
			_, err := run.Run(t.Context(), o)
			if tt.kept == 0 { // which the double does not apply
				require.ErrorContains(t, err, "blueprint")
			} else {
				require.NoError(t, err)
			}
			assert.Equal(t, tt.kept, kept)
		})
	}
}
