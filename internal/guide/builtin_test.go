package guide_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/version"
)

func TestBuiltinKnowsTheFoundingPage(t *testing.T) {
	t.Parallel()
	s, err := guide.Builtin("2024-03-28")
	require.NoError(t, err)
	assert.Equal(t, guide.RedirectURI{
		URL: "app.immich:/", Matching: guide.Regex, FromLabel: true, Purpose: guide.Authorization, Line: 36,
	}, s.RedirectURIs[0])
	assert.Equal(t, &guide.Value{Value: "OpenID Configuration Issuer", Line: 50, Kind: guide.Reference}, s.ImmichIssuer)
	assert.Nil(t, s.LaunchURL)
	assert.Nil(t, s.ApplicationSlug)
	assert.Equal(t, "website/integrations/services/immich/index.md:36", s.Ref(36))
	assert.Equal(t, "website/integrations/services/immich/index.md", s.Ref(0))
}

func TestBuiltinNamesTheNearestRevisions(t *testing.T) {
	t.Parallel()
	tests := map[string][]string{
		"2025-06-24": {"2025-06-23", "2025-05-30", "2025-04-01"},
		"0001-01-01": {"2023-12-15", "2024-03-28", "2024-09-11"},
		"newest":     {"2026-07-01", "2026-06-11", "2026-04-03"},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := guide.Builtin(name)
			var unknown *guide.UnknownRevisionError
			require.ErrorAs(t, err, &unknown)
			assert.Equal(t, want, unknown.Nearest)
			assert.ErrorContains(t, err, want[0])
		})
	}
}

func TestEveryReleaseShipsAKnownRevision(t *testing.T) {
	t.Parallel()
	releases, err := version.Load()
	require.NoError(t, err)
	revisions, err := guide.Revisions()
	require.NoError(t, err)
	shipped := map[string]string{}
	for _, r := range revisions {
		for _, line := range r.Releases {
			assert.NotContains(t, shipped, line, "one release line, one revision")
			shipped[line] = r.Revision
		}
	}
	for _, r := range releases.Releases(version.Authentik) {
		assert.Equal(t, shipped[r.Line], r.Guide, r.Line)
	}
}

func TestDecodeRevisionIsStrict(t *testing.T) {
	t.Parallel()
	const valid = `
source: index.md
redirect_uris: [{url: "app.immich:/", matching: strict, purpose: authorization, line: 1}]
immich_issuer: {value: x, line: 2, kind: reference}
`
	_, err := guide.DecodeRevision([]byte(valid))
	require.NoError(t, err)
	tests := map[string]struct{ data, reason string }{
		"unknown key":       {valid + "lunch_url: {value: x, line: 1, kind: literal}", "lunch_url"},
		"unknown value key": {valid + "launch_url: {value: x, line: 1, kind: literal, note: x}", "note"},
		"unknown kind":      {valid + "launch_url: {value: x, line: 1, kind: literally}", "literally"},
		"no line":           {valid + "launch_url: {value: x, kind: literal}", "launch_url"},
		"no value":          {valid + "launch_url: {line: 3, kind: literal}", "launch_url"},
		"unknown matching":  {`redirect_uris: [{url: "a:/", matching: regexp, purpose: authorization, line: 1}]`, "regexp"},
		"unknown purpose":   {`redirect_uris: [{url: "a:/", matching: regex, purpose: login, line: 1}]`, "login"},
		"URI without line":  {`redirect_uris: [{url: "a:/", matching: regex, purpose: logout}]`, "line"},
		"no issuer":         {`redirect_uris: [{url: "a:/", matching: regex, purpose: logout, line: 1}]`, "immich_issuer"},
		"twice":             {valid + "source: other.md", "already defined"},
		"empty":             {"", "EOF"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := guide.DecodeRevision([]byte(test.data))
			assert.ErrorContains(t, err, test.reason)
		})
	}
}
