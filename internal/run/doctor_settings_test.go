package run_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/immich/immichtest"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/run"
)

// credentials are files that let the doctor read both halves: an API key with a permission, and authentik's token.
func (i *installation) credentials(t *testing.T, permission string) func(*run.DoctorOptions) {
	t.Helper()
	secrets := i.stack.Secrets()
	session, err := i.World.Immich.Login(t.Context(), secrets.ImmichAdminEmail, secrets.ImmichAdminPassword)
	require.NoError(t, err)
	secret := immichtest.APIKey(t, i.ImmichURL, i.World.HTTP, session, permission)
	key, token := filepath.Join(t.TempDir(), "key"), filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(key, []byte(secret+"\n"), 0o600))
	require.NoError(t, os.WriteFile(token, []byte(secrets.AuthentikToken), 0o600))
	return func(o *run.DoctorOptions) { o.Live.KeyFile, o.Live.TokenFile = key, token }
}

func TestTheDoctorReadsTheSettings(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		make  func(*testing.T, *installation)
		cause string // empty: none
		check string // that tells it by the settings
		says  string
	}{
		"as the guide says": {says: "√ authentik's settings let people log in"},
		"no entry for the app": {
			make: func(t *testing.T, i *installation) {
				i.redirectURIs(t, "strict https://photos.example.org/auth/login", "strict https://photos.example.org/user-settings")
			},
			cause: "authentik.redirect-uri-missing", check: "guide.authentik", says: "app.immich:///oauth-callback",
		},
		"no signing key": {
			make:  func(t *testing.T, i *installation) { i.provider(t, map[string]any{"signing_key": nil}) },
			cause: "authentik.signing-key-missing", check: "guide.authentik", says: "signing key",
		},
		"another client secret": {
			make:  func(t *testing.T, i *installation) { i.oauth(t, map[string]any{"clientSecret": "not-the-secret"}) },
			cause: "immich.client-secret", check: "guide.immich", says: "copy the client secret of the provider",
		},
		"another client secret, which a public client does not need": {
			make: func(t *testing.T, i *installation) {
				i.oauth(t, map[string]any{"clientSecret": "not-the-secret"})
				i.provider(t, map[string]any{"client_type": "public"})
			},
			says: "√ Immich's settings let people log in",
		},
		"another subject mode": {
			make: func(t *testing.T, i *installation) { i.provider(t, map[string]any{"sub_mode": "user_email"}) },
			says: "people are told apart by their e-mail",
		},
		"OAuth off": {
			make:  func(t *testing.T, i *installation) { i.oauth(t, map[string]any{"enabled": false}) },
			cause: "immich.oauth-off", check: "guide.immich", says: "OAuth",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			installed(t, "2025.8.1", "v2.7.5", func(i *installation) {
				if test.make != nil {
					test.make(t, i)
				}
				got := i.examine(t, i.credentials(t, "systemConfig.read"))
				assert.Contains(t, got.text, test.says)
				assert.LessOrEqual(t, got.transport.Made(), 60)
				if test.cause == "" {
					assert.Empty(t, got.Report.Causes, got.text)
					assert.Equal(t, report.Partial, got.Verdict, got.text)
					return
				}
				var ids []string
				for _, c := range got.Report.Causes {
					ids = append(ids, c.ID)
					assert.Contains(t, c.Checks, test.check)
				}
				assert.Equal(t, []string{test.cause}, ids, got.text)
				assert.Equal(t, report.Violation, got.Verdict)
			})
		})
	}
}

func TestTheDoctorSaysWhatACredentialDoesNotOpen(t *testing.T) {
	t.Parallel()
	installed(t, "2025.8.1", "v2.7.5", func(i *installation) {
		got := i.examine(t, i.credentials(t, "asset.read"))
		assert.Contains(t, got.text, "systemConfig.read")
		assert.Equal(t, report.Partial, got.Verdict, got.text)

		o := i.options(t, &bytes.Buffer{})
		o.Live.KeyFile = filepath.Join(t.TempDir(), "key")
		_, err := run.Doctor(t.Context(), o)
		var usage *run.UsageError
		require.ErrorAs(t, err, &usage, "there is no such file")
		require.NoError(t, os.WriteFile(o.Live.KeyFile, []byte("wrong-key"), 0o600))
		_, err = run.Doctor(t.Context(), o)
		require.ErrorAs(t, err, &usage)
		assert.NotContains(t, err.Error(), "wrong-key")
		assert.NotContains(t, err.Error(), "\n")
	})
}

// provider changes fields of the provider.
func (i *installation) provider(t *testing.T, fields map[string]any) {
	t.Helper()
	require.NoError(t, i.World.Authentik.PatchProvider(t.Context(), i.Shared.OP.ProviderPK, fields))
}
