package run_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/immich/immichtest"
	"github.com/ssoproof/ssoproof/internal/mistake/front"
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
		const authentik, immich, differences = "guide.authentik", "guide.immich", "guide.differences"
		const readKey = "one of an administrator with the permission systemConfig.read"
		noKey := "Immich's OAuth settings were not read: no API key was given; " + readKey + " opens them"
		otherKey := "Immich's OAuth settings were not read: the API key does not open them (Missing required permission: systemConfig.read); " + readKey + " does"
		noToken := "authentik's settings were not read: no API token was given; --authentik-token-file FILE gives one"
		opens, other := i.credentials(t, "systemConfig.read"), i.credentials(t, "asset.read")
		keyAlone := func(o *run.DoctorOptions) { o.Live.TokenFile = "" }
		shut := func(path string) func(*run.DoctorOptions) {
			return i.put(t, front.Front{Bend: front.OnHost("auth.example.org", func(next http.Handler, w http.ResponseWriter, r *http.Request) {
				if strings.HasPrefix(r.URL.Path, "/api/v3"+path) {
					http.Error(w, `{"detail": "You do not have permission to perform this action."}`, http.StatusForbidden)
					return
				}
				next.ServeHTTP(w, r)
			})})
		}
		for name, tt := range map[string]struct {
			changes []func(*run.DoctorOptions)
			unread  map[string]string
		}{
			"everything":           {[]func(*run.DoctorOptions){opens}, map[string]string{}},
			"a key of another use": {[]func(*run.DoctorOptions){other}, map[string]string{immich: otherKey}},
			"no key":               {[]func(*run.DoctorOptions){opens, func(o *run.DoctorOptions) { o.Live.KeyFile = "" }}, map[string]string{immich: noKey}},
			"no token":             {[]func(*run.DoctorOptions){opens, keyAlone}, map[string]string{authentik: noToken}},
			"no provider": {[]func(*run.DoctorOptions){opens, shut("/providers/")}, map[string]string{
				authentik: "authentik's settings were not read: the token does not open the provider; the permission authentik_providers_oauth2.view_oauth2provider does",
			}},
			"no mappings": {[]func(*run.DoctorOptions){opens, shut("/propertymappings/")}, map[string]string{
				authentik: "the provider's scope mappings were not read: the token does not open them; the permission authentik_providers_oauth2.view_scopemapping does",
			}},
			"nothing": {[]func(*run.DoctorOptions){other, keyAlone}, map[string]string{
				authentik: noToken, immich: otherKey, differences: "no settings were read that a guide documents",
			}},
		} {
			got := i.examine(t, func(o *run.DoctorOptions) {
				for _, change := range tt.changes {
					change(o)
				}
			})
			assert.Equal(t, report.Partial, got.Verdict, "%s: %s", name, got.text)
			unread := map[string]string{}
			for _, x := range got.Report.Plan.Excluded {
				if strings.HasPrefix(x.ID, "guide.") {
					unread[x.ID] = x.Reason
				}
			}
			assert.Equal(t, tt.unread, unread, name)
			assert.NotContains(t, got.text, "note: not read", "%s: what is not judged is said once", name)
			assert.NotContains(t, got.text, "<application_slug>", "%s: a slug that nobody read", name)
			for _, r := range got.Report.Checks {
				if strings.HasPrefix(r.ID, "guide.") && r.Level == check.Must {
					assert.Equal(t, check.Pass, r.Status, "%s: %s", name, got.text)
					assert.NotContains(t, tt.unread, r.ID)
				}
			}
		}

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

// TestCredentialsTakeNoCauseAway holds that what keeps the settings from being read is told as it is without credentials.
func TestCredentialsTakeNoCauseAway(t *testing.T) {
	t.Parallel()
	installed(t, "2025.8.1", "v2.7.5", func(i *installation) {
		opens := i.credentials(t, "systemConfig.read")
		answers := func(host string, status int) func(*run.DoctorOptions) {
			return i.put(t, front.Front{Bend: front.Answers(host, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })})
		}
		const silent = " settings were not read, since Immich does not answer its API"
		for name, tt := range map[string]struct {
			behind func(*run.DoctorOptions)
			cause  string
			unread []string
		}{
			"Immich is down":            {answers("photos.example.org", http.StatusBadGateway), "proxy.gateway", []string{"authentik's" + silent, "Immich's" + silent}},
			"a login in front":          {answers("photos.example.org", http.StatusForbidden), "proxy.forward-auth", []string{"authentik's" + silent, "Immich's" + silent}},
			"a CA that nobody trusts":   {func(o *run.DoctorOptions) { o.CAFile = "" }, "proxy.certificate-untrusted", []string{"authentik's" + silent, "Immich's" + silent}},
			"authentik is down":         {answers("auth.example.org", http.StatusBadGateway), "proxy.gateway", []string{"authentik's settings were not read: authentik does not answer"}},
			"authentik is another site": {func(o *run.DoctorOptions) { o.Resolve[2] = "auth.example.org:443:127.0.0.1:1" }, "proxy.unreachable", []string{"authentik's settings were not read: authentik does not answer"}},
		} {
			got := i.examine(t, func(o *run.DoctorOptions) {
				opens(o)
				tt.behind(o)
			})
			var causes, unread []string
			for _, c := range got.Report.Causes {
				causes = append(causes, c.ID)
			}
			for _, x := range got.Report.Plan.Excluded {
				if strings.HasPrefix(x.ID, "guide.") {
					unread = append(unread, x.Reason)
				}
			}
			assert.Equal(t, []string{tt.cause}, causes, "%s: %s", name, got.text)
			assert.Equal(t, tt.unread, unread, name)
		}
	})
}

// TestWhatImmichSendsStandsForWhatWasNotRead holds that authentik's half is judged by the override that logins show.
func TestWhatImmichSendsStandsForWhatWasNotRead(t *testing.T) {
	t.Parallel()
	installed(t, "2025.8.1", "v2.7.5", func(i *installation) {
		const override = "https://photos.example.org/api/oauth/mobile-redirect"
		i.redirectURIs(t, login, link, "strict "+override)
		i.oauth(t, map[string]any{"mobileOverrideEnabled": true, "mobileRedirectUri": override})
		opens := i.credentials(t, "systemConfig.read")
		got := i.examine(t, func(o *run.DoctorOptions) {
			opens(o)
			o.Live.KeyFile = ""
		})
		assert.Equal(t, check.Pass, resultOf(t, got, "guide.authentik").Status, got.text)
		assert.NotContains(t, got.text, "override, which would use it, is off")
	})
}

// provider changes fields of the provider.
func (i *installation) provider(t *testing.T, fields map[string]any) {
	t.Helper()
	require.NoError(t, i.World.Authentik.PatchProvider(t.Context(), i.Shared.OP.ProviderPK, fields))
}
