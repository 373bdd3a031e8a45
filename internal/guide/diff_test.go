package guide_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/guide"
)

func TestDiff(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		a, b string
		want []guide.Change
	}{
		"lines moved only": {"2024-11-27", "2025-01-29", nil},
		"the app's URI": {"2024-03-28", "2024-11-27", []guide.Change{
			{Field: "redirect_uris", Before: "regex (label) app.immich:/", BeforeLine: 36},
			{Field: "redirect_uris", After: "regex (label) app.immich:///oauth-callback", AfterLine: 39},
		}},
		"launch URL and algorithm": {"2025-09-30", "2026-01-30", []guide.Change{
			{Field: "launch_url", After: "https://immich.company/auth/login?autoLaunch=1", AfterLine: 39},
			{Field: "immich_signing_algorithm", After: "RS256 (choice)", AfterLine: 53},
		}},
		"to the wizard": {"2025-01-29", "2025-03-26", []guide.Change{
			{Field: "redirect_uris", Before: "regex (label) app.immich:///oauth-callback", BeforeLine: 43, After: "strict app.immich:///oauth-callback", AfterLine: 37},
			{Field: "redirect_uris", Before: "regex (label) https://immich.company/auth/login", BeforeLine: 44, After: "strict https://immich.company/auth/login", AfterLine: 37},
			{Field: "redirect_uris", Before: "regex (label) https://immich.company/user-settings", BeforeLine: 45, After: "strict https://immich.company/user-settings", AfterLine: 37},
			{Field: "provider_name", Before: "Immich", BeforeLine: 30},
			{Field: "client_type", Before: "Confidential", BeforeLine: 33},
			{Field: "authentication_flow", Before: "default-authentication-flow", BeforeLine: 31},
			{Field: "authorization_flow", Before: "default-provider-authorization-explicit-consent", BeforeLine: 32, After: "the authorization flow to use (choice)", AfterLine: 35},
			{Field: "signing_key", Before: "authentik Self-signed Certificate", BeforeLine: 46, After: "any available signing key (choice)", AfterLine: 38},
			{Field: "immich_issuer", Before: "OpenID Configuration Issuer (reference)", BeforeLine: 57, After: "https://authentik.company/application/o/<application_slug>/", AfterLine: 49},
			{Field: "placeholders.<application_slug>", After: "<application_slug>"},
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Empty(t, cmp.Diff(test.want, guide.Diff(builtin(t, test.a), builtin(t, test.b))))
		})
	}
}

func TestWriteText(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	require.NoError(t, builtin(t, "2024-03-28").WriteText(&out))
	assert.Equal(t, `guide   2024-03-28
commit  64fbbcf3e8176c49cb98bd3f04e06b32cee1525c
source  website/integrations/services/immich/index.md

SETTING                        VALUE                                            KIND            LINE
redirect_uri (authorization)   app.immich:/                                     regex by label  36
redirect_uri (authorization)   https://immich.company/auth/login                regex by label  37
redirect_uri (authorization)   https://immich.company/user-settings             regex by label  38
provider_name                  Immich                                           literal         23
application_slug               -                                                not documented  -
client_type                    Confidential                                     literal         26
authentication_flow            default-authentication-flow                      literal         24
authorization_flow             default-provider-authorization-explicit-consent  literal         25
signing_key                    authentik Self-signed Certificate                literal         39
launch_url                     -                                                not documented  -
logout_uri                     -                                                not documented  -
logout_method                  -                                                not documented  -
immich_issuer                  OpenID Configuration Issuer                      reference       50
immich_scope                   openid email profile                             literal         53
immich_signing_algorithm       -                                                not documented  -
placeholder authentik.company  authentik.company
placeholder immich.company     immich.company
`, out.String())
}

type fullDisk struct{}

var errFull = errors.New("no space left")

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func TestWriteTextReportsItsWriter(t *testing.T) {
	t.Parallel()
	require.ErrorIs(t, builtin(t, "2024-03-28").WriteText(fullDisk{}), errFull)
}
