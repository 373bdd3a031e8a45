package fakerp_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/immich"
)

// claim lets authentik say the same about everybody.
func (p *pair) claim(claims map[string]any) *authentik.Claims {
	p.Helper()
	given, err := p.ak.ReplaceClaims(p.ctx, p.provider.ProviderPK, "profile", "claims", claims)
	require.NoError(p, err)
	return given
}

// claimed is the account of a first login with claims.
func (p *pair) claimed(claims map[string]any) *immich.User {
	p.Helper()
	given := p.claim(claims)
	_, me := p.loggedIn(p.person("alice"))
	require.NoError(p, given.Restore(p.ctx))
	return me
}

const gib = 1 << 30

// TestQuotaClaim follows JavaScript's Number(), as Immich does.
func TestQuotaClaim(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		release string
		claims  map[string]any
		want    any
	}{
		"a number":                    {"v2.7.5", map[string]any{"immich_quota": 5}, 5 * gib},
		"half a number":               {"v2.7.5", map[string]any{"immich_quota": 0.5}, gib / 2},
		"a negative one":              {"v2.7.5", map[string]any{"immich_quota": -1}, nil},
		"a text":                      {"v2.7.5", map[string]any{"immich_quota": " 5 "}, 5 * gib},
		"a text that is not a number": {"v2.7.5", map[string]any{"immich_quota": "5 GiB"}, nil},
		"a list of one":               {"v2.7.5", map[string]any{"immich_quota": []string{"5"}}, 5 * gib},
		"a list of two":               {"v2.7.5", map[string]any{"immich_quota": []int{5, 6}}, nil},
		"an empty list":               {"v2.7.5", map[string]any{"immich_quota": []int{}}, 0},
		"a blank":                     {"v2.7.5", map[string]any{"immich_quota": ""}, 0},
		"none":                        {"v2.7.5", map[string]any{}, nil},
		"a blank where 0 is none":     {"v1.134.0", map[string]any{"immich_quota": ""}, nil},
		"a text, to the older":        {"v1.120.2", map[string]any{"immich_quota": "5"}, nil},
		"a number, to the older":      {"v1.120.2", map[string]any{"immich_quota": 5}, 5 * gib},
		"a null is as good as absent": {"v2.7.5", map[string]any{"immich_quota": nil}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			me := start(t, "2025.8.1", test.release).claimed(test.claims)
			if test.want == nil {
				assert.Nil(t, me.Quota)
				return
			}
			require.NotNil(t, me.Quota)
			assert.EqualValues(t, test.want, *me.Quota)
		})
	}
}

func TestRoleClaim(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		release string
		role    any
		want    bool
	}{
		"before there were roles": {"v1.135.3", "admin", false},
		"admin":                   {"v1.136.0", "admin", true},
		"user":                    {"v2.7.5", "user", false},
		"another":                 {"v2.7.5", "Admin", false},
		"a list":                  {"v3.0.3", []string{"admin"}, false},
		"a list, to the newest":   {"v3.1.0", []string{"user", "admin"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, start(t, "2025.8.1", test.release).claimed(map[string]any{"immich_role": test.role}).IsAdmin)
		})
	}
}

func TestNameClaim(t *testing.T) {
	t.Parallel()
	given := map[string]any{"name": "", "given_name": "Given", "family_name": "Name"}
	for name, test := range map[string]struct {
		release string
		claims  map[string]any
		want    string
	}{
		"none":                   {"v2.7.5", map[string]any{}, localEmail},
		"none, to the older":     {"v2.6.0", map[string]any{}, " "},
		"a blank":                {"v2.7.5", given, "Given Name"},
		"a blank, to the older":  {"v2.6.0", given, ""},
		"a number":               {"v2.7.5", map[string]any{"name": 7}, "7"},
		"the name of the log-in": {"v2.7.5", map[string]any{"preferred_username": "al"}, "al"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, start(t, "2025.8.1", test.release).claimed(test.claims).Name)
		})
	}
}

// TestStorageLabelsAreUnique shows that the second of two people with one label is kept out.
func TestStorageLabelsAreUnique(t *testing.T) {
	t.Parallel()
	p := start(t, "2025.8.1", "v2.7.5")
	p.claim(map[string]any{"preferred_username": "a.b"})
	_, me := p.loggedIn(p.person("alice"))
	assert.Equal(t, "ab", me.StorageLabel)
	_, err := p.login(p.person("bob"))
	require.ErrorContains(t, err, "500")
}

// later is the account after a second login with other claims.
func later(first, second map[string]any, look func(*immich.User) any) func(*pair) any {
	return func(p *pair) any {
		alice := p.person("alice")
		given := p.claim(first)
		p.loggedIn(alice)
		require.NoError(p, given.Set(p.ctx, second))
		_, me := p.loggedIn(alice)
		return look(me)
	}
}

// ruling tells whether a local administrator, whom a login has taken over, is one after more was done.
func ruling(more func(*pair, *immich.Client, authentik.User)) func(*pair) any {
	return func(p *pair) any {
		alice := p.person("alice")
		_, err := p.admin.CreateUser(p.ctx, immich.User{Email: localEmail, Name: "Local", IsAdmin: true}, "local-password")
		require.NoError(p, err)
		client, _ := p.loggedIn(alice)
		more(p, client, alice)
		me, err := client.Me(p.ctx)
		require.NoError(p, err)
		return me.IsAdmin
	}
}

func unlinked(p *pair, client *immich.Client, _ authentik.User) {
	_, err := client.Unlink(p.ctx)
	require.NoError(p, err)
}

var claimFaultTests = map[string]faultTest{
	"label-of-any-form": {func(p *pair) any { return p.claimed(map[string]any{"preferred_username": 42}).StorageLabel }, "", "42"},
	"quota-claim-ignored": {func(p *pair) any {
		return p.claimed(map[string]any{"immich_quota": 5}).Quota != nil
	}, true, false},
	"role-of-any-form":   {func(p *pair) any { return p.claimed(map[string]any{"immich_role": "guest"}).IsAdmin }, false, true},
	"blank-name-kept":    {func(p *pair) any { return p.claimed(map[string]any{"name": ""}).Name }, localEmail, ""},
	"later-claims-taken": {later(map[string]any{"preferred_username": "a"}, map[string]any{"preferred_username": "b"}, func(u *immich.User) any { return u.StorageLabel }), "a", "b"},
	"role-given-once":    {later(map[string]any{"immich_role": "admin"}, map[string]any{"immich_role": "user"}, func(u *immich.User) any { return u.IsAdmin }), false, true},
	"other-email-not-found": {func(p *pair) any {
		alice := p.person("alice")
		_, err := p.link(p.local("other@immich.company"), alice)
		require.NoError(p, err)
		_, me := p.loggedIn(alice)
		return me.Email
	}, "other@immich.company", localEmail},
	"unlinked-identity-barred": {func(p *pair) any {
		alice, client := p.person("alice"), p.local("other@immich.company")
		_, err := p.link(client, alice)
		require.NoError(p, err)
		unlinked(p, client, alice)
		_, err = p.link(client, alice)
		return err == nil
	}, true, false},
	"takeover-demotes": {ruling(func(*pair, *immich.Client, authentik.User) {}), true, false},
	"unlink-demotes":   {ruling(unlinked), true, false},
	"link-demotes": {ruling(func(p *pair, client *immich.Client, alice authentik.User) {
		_, err := p.link(client, alice)
		require.NoError(p, err)
	}), true, false},
}
