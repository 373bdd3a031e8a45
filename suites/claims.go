package suites

import (
	"context"
	"strings"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/version"
)

// The claims that Immich makes an account of, by the defaults of its settings.
const (
	quotaClaim = "immich_quota"
	labelClaim = "preferred_username"
	roleClaim  = "immich_role"
	gibibyte   = 1 << 30
)

// wish is what becomes of one claim, and the sentence that demands it.
type wish[V any] struct {
	value V
	text  string
}

// claimForm is one form in which a mapping of authentik's can write claims, and what an Immich makes of each.
type claimForm struct {
	name   string
	claims func(authentik.User) map[string]any
	quota  wish[int64] // in bytes; noQuota: none
	label  wish[func(authentik.User) string]
	admin  wish[bool]
	called wish[func(authentik.User) string] // empty: any
}

const noQuota = -1

// claimForms are read off server/src/services/auth.service.ts of the releases.
func (c Cell) claimForms() []claimForm {
	when := func(f version.Feature, yes, no wish[int64]) wish[int64] {
		if c.Immich.Has(f) {
			return yes
		}
		return no
	}
	none := wish[int64]{noQuota, "without a claim there is no quota"}
	five := wish[int64]{5 * gibibyte, "a quota is what the claim says in GiB, also in a text or in a list of one"}
	unread := wish[int64]{noQuota, "a quota that is not a number is none"}
	noLabel := wish[func(authentik.User) string]{nobody, "a storage label that is not text, or blank, is none"}
	undotted := wish[func(authentik.User) string]{filesOf, "the storage label is the claim, without its dots"}
	noRole := wish[bool]{false, "who has no role in the claims, or one that Immich does not know, is not an administrator"}
	anyName := wish[func(authentik.User) string]{nobody, "a name that is not text (against OpenID Connect Core 1.0 §5.1) keeps nobody out"}
	names := c.namesInstead()
	return []claimForm{
		{
			name:   "number",
			claims: func(authentik.User) map[string]any { return fourClaims(5, 42, 1, 7) },
			quota:  wish[int64]{5 * gibibyte, "a number is the quota in GiB"}, label: noLabel, admin: noRole, called: anyName,
		},
		{
			name:   "string",
			claims: func(u authentik.User) map[string]any { return fourClaims("5", dotted(u), "admin", u.Name) },
			quota:  when(version.QuotaText, five, unread),
			label:  undotted,
			admin:  wish[bool]{c.Immich.Has(version.RoleClaim), "the role admin makes an administrator, from v1.136.0 on"},
			called: wish[func(authentik.User) string]{nameOf, "the name is the claim"},
		},
		{
			name: "array",
			claims: func(u authentik.User) map[string]any {
				return fourClaims([]string{"5"}, []string{dotted(u)}, []string{"other", "admin"}, []string{u.Name})
			},
			quota: when(version.QuotaText, five, unread), label: noLabel,
			admin:  wish[bool]{c.Immich.Has(version.RoleRenewed), "a list of roles with admin in it makes an administrator, from v3.1.0 on"},
			called: anyName,
		},
		{
			name:   "absent",
			claims: func(authentik.User) map[string]any { return map[string]any{} },
			quota:  none, label: noLabel, admin: noRole, called: names.absent,
		},
		{
			name: "blank",
			claims: func(u authentik.User) map[string]any {
				claims := fourClaims("", "", "", "")
				claims["given_name"], claims["family_name"] = "Given", u.Username
				return claims
			},
			quota: when(version.NullQuota, wish[int64]{0, "a blank quota counts as 0, which is no space at all"}, unread),
			label: noLabel, admin: noRole, called: names.blank,
		},
		{
			name: "foreign",
			claims: func(u authentik.User) map[string]any {
				return map[string]any{quotaClaim: "plenty", labelClaim: dotted(u), roleClaim: "owner"}
			},
			quota: unread, label: undotted, admin: noRole, called: names.foreign,
		},
	}
}

// namesInstead are what people without a usable name are called, by the claims that they have instead.
type namesInstead struct {
	absent, blank, foreign wish[func(authentik.User) string]
}

func (c Cell) namesInstead() namesInstead {
	if !c.Immich.Has(version.NameFallback) {
		blank := wish[func(authentik.User) string]{blankName, "who has no name at all is called by a blank"}
		return namesInstead{blank, wish[func(authentik.User) string]{nobody, "a blank name keeps nobody out"}, blank}
	}
	return namesInstead{
		absent:  wish[func(authentik.User) string]{emailOf, "who has no name at all is called by the e-mail"},
		blank:   wish[func(authentik.User) string]{givenAndFamily, "in place of a blank name stand given and family name"},
		foreign: wish[func(authentik.User) string]{dotted, "who has neither name nor given name is called by preferred_username"},
	}
}

// fourClaims are claims of one form.
func fourClaims(quota, label, role, name any) map[string]any {
	return map[string]any{quotaClaim: quota, labelClaim: label, roleClaim: role, "name": name}
}

func nobody(authentik.User) string           { return "" }
func blankName(authentik.User) string        { return " " }
func filesOf(u authentik.User) string        { return "files" + u.Username }
func dotted(u authentik.User) string         { return "files." + u.Username }
func nameOf(u authentik.User) string         { return u.Name }
func emailOf(u authentik.User) string        { return strings.ToLower(u.Email) }
func givenAndFamily(u authentik.User) string { return "Given " + u.Username }

// claimChecks change the mapping behind the scope profile, for everybody who logs in meanwhile.
func (c Cell) claimChecks() []Check {
	source := c.immich() + ", server/src/services/auth.service.ts"
	var checks []Check
	for _, form := range c.claimForms() {
		checks = append(checks, Check{
			ID: "account.claims", Variant: check.Variant{"form": form.name}, Title: "a new account is made of the claims, whatever their form",
			Level: check.Must, Changes: "the provider's scope mappings", Assumes: []string{newcomers, plainClaims},
			Requirements: []check.Requirement{
				demand("quota", source, "%s", form.quota.text), demand("label", source, "%s", form.label.text),
				demand("role", source, "%s", form.admin.text), demand("name", source, "%s", form.called.text),
			},
			Body: func(t *check.T, e *Env) { accountClaims(t, e, form) },
		})
	}
	role := demand("role", source, "a later login with another role leaves the account's")
	if c.Immich.Has(version.RoleRenewed) {
		role = demand("role", source, "a later login gives the account the role of its claims, and leaves it where they have none")
	}
	return append(checks, Check{
		ID: "account.claims-later", Title: "what the claims of a later login change", Level: check.Must, Changes: "the provider's scope mappings",
		Requirements: []check.Requirement{demand("kept", source, "a later login with other claims leaves quota, storage label and name"), role},
		Body:         accountClaimsLater, Assumes: []string{plainClaims},
	})
}

// giveClaims lets authentik say the same about everybody, for the length of the check.
func (e *Env) giveClaims(t *check.T, claims map[string]any) *authentik.Claims {
	given, err := e.World.Authentik.ReplaceClaims(t.Context(), e.Shared.OP.ProviderPK, "profile", "Claims of a check "+randomName(), claims)
	if given != nil {
		t.Cleanup(func(ctx context.Context) error { return given.Restore(ctx) })
	}
	t.Block(err)
	t.Add("a scope mapping of its own behind the scope profile")
	return given
}

func accountClaims(t *check.T, e *Env, form claimForm) {
	e.asNewcomer(t, func(*newcomer) {}) // with the claims of authentik's own mapping logins work
	user := e.newUser(t)
	e.giveClaims(t, form.claims(user))
	login, err := e.WebLoginHTTP(t.Context(), user)
	var me *immich.User
	t.Confirm("quota", func() {
		me = e.opened(t, "the login with claims of the form "+form.name, login, err)
		assert.Equal(t, form.quota.value, e.quotaOf(me), "the account's quota in bytes, where -1 is none")
	})
	t.Confirm("label", func() { assert.Equal(t, form.label.value(user), me.StorageLabel, "the account's storage label") })
	t.Confirm("role", func() { assert.Equal(t, form.admin.value, me.IsAdmin, "the account is an administrator's") })
	t.Confirm("name", func() {
		if want := form.called.value(user); want != "" {
			assert.Equal(t, want, me.Name, "the account's name")
		}
	})
	t.Observe("name", strings.ReplaceAll(me.Name, user.Username, "<username>"))
}

// quotaOf is an account's quota in bytes, or noQuota.
func (e *Env) quotaOf(u *immich.User) int64 {
	if u.Quota == nil || *u.Quota == 0 && !e.Cell.Immich.Has(version.NullQuota) { // where 0 is none
		return noQuota
	}
	return *u.Quota
}

func accountClaimsLater(t *check.T, e *Env) {
	e.asNewcomer(t, func(*newcomer) {}) // with the claims of authentik's own mapping logins work
	user, visitor := e.newUser(t), e.Visitor()
	given := e.giveClaims(t, fourClaims("5", "first-"+user.Username, "user", "First"))
	login, err := e.WebLoginAs(t.Context(), visitor, user)
	t.Block(err)
	first, err := e.World.Immich.As(login.Session).Me(t.Context())
	t.Block(err)
	for _, later := range []struct {
		claims map[string]any
		admin  bool // where the role is taken from each login
		when   string
	}{
		{fourClaims("7", "later-"+user.Username, "admin", "Later"), true, "after a login with the role admin"},
		{map[string]any{}, true, "after a login without a role"},
		{fourClaims("7", "later-"+user.Username, "user", "Later"), false, "after a login with the role user"},
	} {
		if !e.Cell.Immich.Has(version.RoleRenewed) {
			later.admin = first.IsAdmin
		}
		t.Block(given.Set(t.Context(), later.claims))
		login, err := e.WebLoginAs(t.Context(), visitor, user)
		var me *immich.User
		t.Confirm("kept", func() {
			me = e.opened(t, "a later login", login, err)
			assert.Equal(t, first.ID, me.ID, "the account")
			assert.Equal(t, e.quotaOf(first), e.quotaOf(me), "the account's quota in bytes, where -1 is none")
			assert.Equal(t, first.StorageLabel, me.StorageLabel, "the account's storage label")
			assert.Equal(t, first.Name, me.Name, "the account's name")
		})
		t.Provisional(unproven(e.Cell.Immich, version.RoleRenewed), func() {
			t.Confirm("role", func() { assert.Equal(t, later.admin, me.IsAdmin, "the account is an administrator's %s", later.when) })
		})
	}
}
