package guide_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/guide"
)

func TestDocumented(t *testing.T) {
	t.Parallel()
	s, err := guide.Builtin("2026-07-01")
	require.NoError(t, err)
	assert.Equal(t, []guide.Documented{
		{"redirect_uris/app", "app.immich:///oauth-callback", "strict, authorization", 41},
		{"redirect_uris/login", "https://immich.company/auth/login", "strict, authorization", 42},
		{"redirect_uris/link", "https://immich.company/user-settings", "strict, authorization", 43},
		{"authorization_flow", "the authorization flow to use", "choice", 38},
		{"signing_key", "any available signing key", "choice", 47},
		{"launch_url", "https://immich.company/auth/login?autoLaunch=1", "literal", 49},
		{"logout_uri", "https://immich.company/api/oauth/backchannel-logout", "literal", 45},
		{"logout_method", "Back-channel", "literal", 46},
		{"immich_issuer", "https://authentik.company/application/o/<application_slug>/", "template", 58},
	}, s.Documented())
}

func TestDocumentedKeys(t *testing.T) {
	t.Parallel()
	uri := func(url string, purpose guide.Purpose) guide.RedirectURI {
		return guide.RedirectURI{URL: url, Matching: guide.Regex, Purpose: purpose, Line: 1}
	}
	s := &guide.Settings{RedirectURIs: []guide.RedirectURI{
		uri("https://photos.example/auth/login", guide.Authorization), uri(`https://photos\.example/auth/login`, guide.Authorization),
		uri(`app\.immich:///oauth-callback`, guide.Authorization), uri("http://10.0.0.1:2283/auth/login", guide.Authorization),
		uri("https://photos.example/api/oauth/mobile-redirect", guide.Authorization), uri("https://photos.example/bye", guide.Logout),
	}}
	var keys []string
	for _, d := range s.Documented() {
		keys = append(keys, d.Key)
	}
	assert.Equal(t, []string{
		"redirect_uris/login", "redirect_uris/app", "redirect_uris/login-http-10.0.0.1-2283", "redirect_uris/handoff",
		"redirect_uris/logout-https---photos.example-bye",
	}, keys)
}
