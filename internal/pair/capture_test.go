package pair_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/pair"
)

// TestCapturedPairIsTheSamePairAgain captures, applies what was captured to fresh products, and captures those.
func TestCapturedPairIsTheSamePairAgain(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		cell  cell
		guide string
	}{
		{newest(), "2025-06-23"},
		{cell{"2024.8.1", "v1.106.0"}, "2024-03-28"}, // redirect URIs are one text
		{cell{"2026.5.0", "v3.1.0"}, "2025-06-23"},   // grant types, logout fields
	} {
		t.Run(tt.cell.authentik, func(t *testing.T) {
			t.Parallel()
			l := run(t, tt.cell, photos(t, tt.guide))
			first, err := pair.Live(t.Context(), l.source)
			require.NoError(t, err)
			assert.Empty(t, first.NotRead)
			assert.Equal(t, pair.Names{Authentik: "auth.example.org", Immich: "photos.example.org"}, first.Names)
			assert.Equal(t, []string{"https://photos.example.org", "https://auth.example.org"}, first.Captured.From)
			assert.Equal(t, []string{tt.cell.authentik, tt.cell.immich}, []string{first.Captured.Authentik, first.Captured.Immich})

			read, err := pair.Parse("pair.yaml", []byte(l.written(t, first)))
			require.NoError(t, err)
			settings, err := read.Settings()
			require.NoError(t, err)
			assert.Equal(t, "authentik: Applications > Providers > "+l.op.Name+", field redirect_uris", settings.Ref(settings.RedirectURIs[0].Line))
			assert.Equal(t, "Immich: Administration > Settings > Authentication Settings > OAuth, field issuerUrl", settings.Ref(settings.ImmichIssuer.Line))

			again := run(t, tt.cell, settings)
			second, err := pair.Live(t.Context(), again.source)
			require.NoError(t, err)
			again.written(t, second)
			if diff := cmp.Diff(first, second, cmpopts.IgnoreUnexported(pair.Pair{}), cmpopts.IgnoreFields(pair.Captured{}, "At")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// settingsOf are the settings of a pair file as it reads.
func settingsOf(t *testing.T, p *pair.Pair) *guide.Settings {
	t.Helper()
	read, err := p.Reread("pair.yaml")
	require.NoError(t, err)
	settings, err := read.Settings()
	require.NoError(t, err)
	return settings
}

// TestCaptureChangesNothing holds all requests to reading.
func TestCaptureChangesNothing(t *testing.T) {
	t.Parallel()
	l := run(t, newest(), photos(t, "2025-06-23"))
	var sent []string
	_, err := pair.Live(t.Context(), l.through(func(r *http.Request) *http.Response {
		sent = append(sent, r.Method)
		return nil
	}))
	require.NoError(t, err)
	assert.NotEmpty(t, sent)
	assert.Less(t, len(sent), 15, "a live pair is not to be troubled")
	for _, method := range sent {
		assert.Equal(t, http.MethodGet, method)
	}
}

// TestCaptureKeepsWhatIsOfItsOwn reads what no guide documents.
func TestCaptureKeepsWhatIsOfItsOwn(t *testing.T) {
	t.Parallel()
	l := run(t, newest(), photos(t, "2025-06-23"))
	ctx, call := t.Context(), func(method, path string, body, out any) {
		t.Helper()
		require.NoError(t, l.authentik.Call(t.Context(), method, path, body, out))
	}
	var mapping, key, user struct {
		PK any `json:"pk"`
	}
	call(http.MethodPost, "/propertymappings/provider/scope/", map[string]any{"name": "Role at Immich", "scope_name": "immich", "expression": `return {"immich_role": "admin"}`}, &mapping)
	call(http.MethodPost, "/crypto/certificatekeypairs/generate/", map[string]any{"common_name": "on a curve", "validity_days": 1, "alg": "ecdsa"}, &key)
	call(http.MethodPost, "/core/users/", map[string]any{"username": "alice", "name": "Alice"}, &user)
	require.NoError(t, l.authentik.BindUser(ctx, l.op.Slug, int(user.PK.(float64))))
	require.NoError(t, l.authentik.PatchProvider(ctx, l.op.ProviderPK, map[string]any{
		"property_mappings": []any{mapping.PK}, "signing_key": key.PK, "sub_mode": "user_email", "backchannel_logout_uri": "https://photos.example.org/x",
	}))
	p, err := pair.Live(ctx, l.source)
	require.NoError(t, err)
	assert.Equal(t, "Role at Immich", p.Authentik.Mappings[0].Name)
	assert.Equal(t, `return {"immich_role": "admin"}`, p.Authentik.Mappings[0].Expression)
	assert.Equal(t, "on a curve", p.Authentik.Provider["signing_key"])
	assert.Equal(t, "ec", p.Authentik.SigningKeyType)
	assert.Equal(t, "user_email", p.Authentik.Provider["sub_mode"])
	assert.Equal(t, "https://photos.example.org/x", p.Authentik.Provider["logout_uri"])
	assert.Equal(t, []string{"user alice"}, p.Authentik.Policies)

	again, err := pair.Live(ctx, run(t, newest(), settingsOf(t, p)).source)
	require.NoError(t, err)
	assert.Equal(t, p.Authentik.SigningKeyType, again.Authentik.SigningKeyType, "it decides the algorithm")
	assert.Equal(t, p.Authentik.Provider, again.Authentik.Provider)
	assert.Equal(t, p.Authentik.Mappings, again.Authentik.Mappings)

	require.NoError(t, l.authentik.PatchProvider(ctx, l.op.ProviderPK, map[string]any{"property_mappings": []any{}, "signing_key": nil}))
	p, err = pair.Live(ctx, l.source)
	require.NoError(t, err)
	read, err := pair.Parse("pair.yaml", []byte(l.written(t, p)))
	require.NoError(t, err)
	assert.NotNil(t, read.Authentik.Mappings, "none is not the same as nothing said")
	assert.Empty(t, read.Authentik.Mappings)
	key.PK, user.PK = read.Authentik.Provider["signing_key"]
	assert.Equal(t, []any{nil, true}, []any{key.PK, user.PK}, "none is said")
}

// TestCaptureSaysWhatItMayNotRead has credentials that open less.
func TestCaptureSaysWhatItMayNotRead(t *testing.T) {
	t.Parallel()
	l := run(t, newest(), photos(t, "2025-06-23"))
	const forbidden = "You do not have permission to perform this action."
	for name, tt := range map[string]struct {
		closed string // path of authentik's API
		want   string
		left   func(*testing.T, *pair.Pair)
	}{
		"certificates": {"/crypto/", "authentik_crypto.view_certificatekeypair", func(t *testing.T, p *pair.Pair) {
			assert.NotEmpty(t, p.Authentik.Provider["signing_key"], "there is one")
		}},
		"flows": {"/flows/", "authentik_flows.view_flow", func(t *testing.T, p *pair.Pair) { assert.NotEmpty(t, p.Authentik.Provider["authorization_flow"]) }},
		"mappings": {"/propertymappings/", "authentik_providers_oauth2.view_scopemapping", func(t *testing.T, p *pair.Pair) {
			read, err := pair.Parse("pair.yaml", []byte(l.written(t, p)))
			require.NoError(t, err)
			assert.Nil(t, read.Authentik.Mappings, "nothing is said of them")
		}},
		"application": {"/core/applications/", "authentik_core.view_application", func(t *testing.T, p *pair.Pair) {
			assert.Equal(t, map[string]any{"slug": l.op.Slug}, p.Authentik.Application)
		}},
		"bindings":  {"/policies/", "authentik_policies.view_policybinding", func(t *testing.T, p *pair.Pair) { assert.Nil(t, p.Authentik.Policies) }},
		"providers": {"/providers/", "authentik_providers_oauth2.view_oauth2provider", func(t *testing.T, p *pair.Pair) { assert.Nil(t, p.Authentik) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := pair.Live(t.Context(), l.through(func(r *http.Request) *http.Response {
				if strings.HasPrefix(r.URL.Path, "/api/v3"+tt.closed) {
					return refusedBy(http.StatusForbidden, forbidden)
				}
				return nil
			}))
			require.NoError(t, err)
			require.Len(t, p.NotRead, 1)
			assert.Contains(t, p.NotRead[0], "the permission "+tt.want+" does")
			tt.left(t, p)
			_, err = pair.Parse("pair.yaml", []byte(l.written(t, p)))
			require.NoError(t, err)
		})
	}
}

// TestCaptureWithLessThanTheWholeOfImmich reads what is public.
func TestCaptureWithLessThanTheWholeOfImmich(t *testing.T) {
	t.Parallel()
	l := run(t, newest(), photos(t, "2025-06-23"))
	other := l.key(t, "asset.read")
	for name, tt := range map[string]struct {
		key  string
		want string
	}{
		"a key for something else": {other, "does not open them (Missing required permission: systemConfig.read); one of an administrator with the permission systemConfig.read does"},
		"no key":                   {"", "no API key was given"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := l.source
			s.ImmichKey, s.AuthentikURL = tt.key, "https://auth.example.org"
			p, err := pair.Live(t.Context(), s)
			require.NoError(t, err)
			require.Len(t, p.NotRead, 1)
			assert.Contains(t, p.NotRead[0], tt.want)
			oauth, _ := p.Immich.Config["oauth"].(map[string]any)
			assert.Equal(t, map[string]any{"enabled": true, "autoLaunch": false, "buttonText": "Login with OAuth"}, oauth)
			assert.Equal(t, l.op.ClientID, p.Authentik.Provider["client_id"], "found by its redirect URIs")
			assert.Equal(t, "auth.example.org", p.Names.Authentik)
		})
	}
}

// TestCaptureFindsTheConfigurationWhereItHasMoved asks the server and not its version.
func TestCaptureFindsTheConfigurationWhereItHasMoved(t *testing.T) {
	t.Parallel()
	l := run(t, newest(), photos(t, "2025-06-23"))
	p, err := pair.Live(t.Context(), l.through(func(r *http.Request) *http.Response {
		switch r.URL.Path {
		case "/api/system-config":
			return says(http.StatusNotFound, `{"message": "Cannot GET /api/system-config"}`)
		case "/api/admin/config":
			return says(http.StatusOK, fmt.Sprintf(`{"oauth": {"clientId": %q, "issuerUrl": %q, "clientSecret": "canary", "timeout": 30000}}`, l.op.ClientID, l.op.Issuer))
		}
		return nil
	}))
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"clientId": l.op.ClientID, "issuerUrl": l.op.Issuer, "timeout": int64(30000)}, p.Immich.Config["oauth"])
	assert.NotNil(t, p.Authentik)
}
