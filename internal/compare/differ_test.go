package compare_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/compare"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/report"
	"github.com/ssoproof/ssoproof/internal/stack"
)

type differences = []compare.Difference

func TestCells(t *testing.T) {
	t.Parallel()
	services := func(all ...stack.Service) func(*report.Report) {
		return func(r *report.Report) { r.Stack.Services = all }
	}
	tests := map[string]struct {
		before, after func(*report.Report)
		want          differences
	}{
		"a release": {on("2024.8.4"), on("2024.8.6"), differences{
			{Name: "authentik", Before: "2024.8.4", After: "2024.8.6"},
			{Name: "authentik-server image", Before: "ghcr.io/goauthentik/server:2024.8.4", After: "ghcr.io/goauthentik/server:2024.8.6"},
		}},
		"a tag that moved": {services(stack.Service{Name: "immich", Image: "x:1", Digest: "a"}), services(stack.Service{Name: "immich", Image: "x:1", Digest: "b"}),
			differences{{Name: "immich digest", Before: "a", After: "b"}}},
		"a suffix": {services(stack.Service{Name: "immich", Image: "x:1", Observed: "v2.7.5"}), services(stack.Service{Name: "immich", Image: "x:1", Observed: "v2.7.5-rc1"}),
			differences{{Name: "immich version", Before: "v2.7.5", After: "v2.7.5-rc1"}}},
		"a service that left": {services(stack.Service{Name: "redis", Image: "valkey:8"}, stack.Service{Name: "edge"}), services(),
			differences{{Name: "edge", Before: "started"}, {Name: "redis", Before: "valkey:8"}}},
		"a service that came": {services(), services(stack.Service{Name: "redis", Image: "valkey:8"}), differences{{Name: "redis", After: "valkey:8"}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shared := has("a.b", check.Pass)
			assert.Equal(t, test.want, compare.Reports(run(shared, test.before), run(shared, test.after)).Cells)
		})
	}
}

func TestSettingsAndChoices(t *testing.T) {
	t.Parallel()
	shared := has("a.b", check.Pass)
	c := compare.Reports(
		run(shared, func(r *report.Report) {
			r.Settings.SigningKey = &guide.Value{Value: "any", Line: 39, Kind: guide.Choice}
			r.Resolved = []report.Resolved{
				{Product: "authentik", Field: "signing_key", Value: "Certificate", Reason: "any", Line: 39},
				{Product: "authentik", Field: "scope", Value: "openid", Reason: "default"},
				{Product: "immich", Field: "scope", Value: "openid", Reason: "default"},
			}
		}),
		run(shared, func(r *report.Report) {
			r.Settings.RedirectURIs = []guide.RedirectURI{{URL: "https://immich.company/auth/login", Matching: guide.Regex, Purpose: guide.Authorization, Line: 40}}
			r.Settings.ClientType = &guide.Value{Value: "Confidential", Line: 20, Kind: guide.Literal}
			r.Resolved = []report.Resolved{
				{Product: "authentik", Field: "signing_key", Value: "Key", Reason: "any", Line: 44},
				{Product: "authentik", Field: "scope", Value: "openid", Reason: "another reason"},
				{Product: "authentik", Field: "grant_types", Value: "code", Reason: "default"},
			}
		}))
	assert.Equal(t, differences{
		{Name: "redirect_uris", Before: "strict https://immich.company/auth/login", After: "regex https://immich.company/auth/login", BeforeAt: "index.md:37", AfterAt: "index.md:40"},
		{Name: "client_type", After: "Confidential", AfterAt: "index.md:20"},
		{Name: "signing_key", Before: "any (choice)", BeforeAt: "index.md:39"},
	}, c.Settings)
	assert.Equal(t, differences{
		{Name: "authentik grant_types", After: "code"},
		{Name: "authentik signing_key", Before: "Certificate", After: "Key", BeforeAt: "index.md:39", AfterAt: "index.md:44"},
		{Name: "immich scope", Before: "openid"},
	}, c.Resolved)
}

// TestObservations holds that a check that did not come to its end is no witness of what it did not note.
func TestObservations(t *testing.T) {
	t.Parallel()
	c := compare.Reports(
		run(has("token.id", check.Pass, saw("claims", "sub email"), saw("same", "x «state:11111111»"), saw("old", "x"), saw("empty", "")),
			has("login.web", check.Fail, saw("arrived", "/a"), saw("permissions", "profile")), has("gone.away", check.Pass, saw("x", "y"))),
		run(has("token.id", check.Pass, saw("claims", "sub"), saw("same", "x «state:22222222»"), saw("new", "y")),
			has("login.web", check.Pass, saw("arrived", "/b"), saw("next", "z")), has("new.one", check.Pass, saw("x", "y"))))
	assert.Equal(t, differences{
		{Check: "token.id", Name: "claims", Before: "sub email", After: "sub"},
		{Check: "token.id", Name: "new", After: "y"},
		{Check: "token.id", Name: "old", Before: "x"},
		{Check: "login.web", Name: "arrived", Before: "/a", After: "/b"},
	}, c.Observations)
}

// TestOutcomesNameTheLine holds that a finding without a source of its own names its requirement's, and that the reports
// stay as they are.
func TestOutcomesNameTheLine(t *testing.T) {
	t.Parallel()
	before, after := run(has("a.b", check.Pass)), run(has("a.b", check.Fail))
	one := compare.Reports(before, after).Broken[0]
	assert.Equal(t, check.Source{File: "index.md", Line: 37}, one.After.Findings[0].Source)
	assert.Empty(t, after.Checks[0].Findings[0].Source)
	after.Checks[0].Findings[0].Source = check.Source{File: "index.md", Line: 40}
	assert.Equal(t, check.Source{File: "index.md", Line: 40}, compare.Reports(before, after).Broken[0].After.Findings[0].Source)
}
