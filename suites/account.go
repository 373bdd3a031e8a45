package suites

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/version"
)

// accountChecks are what becomes of accounts in logins that no first login of a new person shows. All go over HTTP.
func accountChecks(c Cell) ([]Check, []Exclusion) {
	checks := []Check{
		assuming(one("account.newcomer", "a new person gets an ordinary account", accountNewcomer,
			demand("role", c.immich(), "who logs in for the first time is not an administrator"),
			demand("label", c.immich(), "the storage label is the claim preferred_username, which is Immich's default"),
			demand("quota", c.immich(), "there is no quota where no claim and no setting gives one")), newcomers, plainClaims),
		assuming(one("account.local", "a local account that a login takes over stays what it was", accountLocal,
			demand("kept", c.immich(), "name, role and storage label of the account are those of before"),
			demand("password", c.immich(), "its password is still good, and no other"),
			demand("unlinked", c.immich(), "after unlinking, its password is still good, and its role the same"),
			demand("again", c.immich(), "the next login binds the same account once more")), passwords, newcomers, plainClaims),
		assuming(one("account.taken", "an e-mail whose account belongs to another identity opens nothing", accountTaken,
			demand("refused", c.immich(), "a second identity with the e-mail of a linked account is refused with 400"),
			demand("kept", c.immich(), "the account stays with its identity")), newcomers),
	}
	var out []Exclusion
	if c.Immich.Has(version.EmailNeeded) {
		checks = append(checks, assuming(one("account.email-missing", "a person without an e-mail gets no account", accountEmailMissing,
			demand("refused", c.immich(), "a login without an e-mail claim is refused with 400"),
			demand("none", c.immich(), "no account comes into being")), newcomers))
	} else {
		out = append(out, Exclusion{"account.email-missing", c.immich() + " fails on a login without an e-mail, and does not refuse it"})
	}
	if c.Immich.Has(version.EmailNormalised) {
		checks = append(checks, assuming(one("account.email-case", "capitals in an e-mail make no second account", accountEmailCase,
			demand("same", c.immich(), "an e-mail with capitals finds the account of the same in small letters")), passwords, newcomers))
	} else {
		out = append(out, Exclusion{"account.email-case", c.immich() + " takes the e-mail of a login as it is, capitals included"})
	}
	binding, without := c.bindingChecks()
	return provoking(resting(c, slices.Concat(checks, binding, c.claimChecks()))...), append(out, without...)
}

// resting makes checks rest on the first login in a browser: where that fails, they have nothing to add.
func resting(c Cell, checks []Check) []Check {
	for i := range checks {
		checks[i].Needs = []string{firstLogins(c)[0].Name()}
	}
	return checks
}

func accountNewcomer(t *check.T, e *Env) {
	e.asNewcomer(t, func(n *newcomer) {
		t.Confirm("role", func() { assert.False(t, n.me.IsAdmin, "the account is an administrator's") })
		t.Confirm("label", func() {
			assert.Equal(t, strings.ReplaceAll(n.user.Username, ".", ""), n.me.StorageLabel, "the account's storage label")
		})
		t.Confirm("quota", func() {
			if !e.Cell.Immich.Has(version.NullQuota) {
				assert.Zero(t, n.me.Quota, "the account's quota, where 0 is none")
				return
			}
			assert.Nil(t, n.me.Quota, "the account's quota")
		})
	})
}

func accountLocal(t *check.T, e *Env) {
	user, visitor := e.newUser(t), e.Visitor()
	e.asNewcomer(t, func(*newcomer) {}) // logins over HTTP work
	local, password, err := e.NewLocalAccount(t.Context(), immich.User{Email: user.Email, IsAdmin: true, StorageLabel: "label-" + randomName()})
	t.Block(err)
	before, err := e.World.Immich.As(local).Me(t.Context())
	t.Block(err)
	login, err := e.WebLoginAs(t.Context(), visitor, user)
	t.Block(err)
	after, err := e.World.Immich.As(login.Session).Me(t.Context())
	t.Confirm("kept", func() {
		e.went(t, "GET /api/users/me", err)
		assert.Equal(t, before.ID, after.ID, "the account")
		assert.Equal(t, before.Name, after.Name, "the account's name")
		assert.Equal(t, before.IsAdmin, after.IsAdmin, "the account is an administrator's")
		assert.Equal(t, before.StorageLabel, after.StorageLabel, "the account's storage label")
	})
	_, err = e.World.Immich.Login(t.Context(), user.Email, password+"x")
	t.Confirm("password", func() {
		e.passwordOpens(t, user.Email, password, before.ID)
		e.refused(t, "a login with a wrong password", err, http.StatusUnauthorized)
	})
	_, err = e.World.Immich.As(login.Session).Unlink(t.Context())
	t.Block(err)
	unlinked, err := e.World.Immich.As(login.Session).Me(t.Context())
	t.Confirm("unlinked", func() {
		e.passwordOpens(t, user.Email, password, before.ID)
		e.went(t, "GET /api/users/me", err)
		assert.Equal(t, before.IsAdmin, unlinked.IsAdmin, "the account is an administrator's")
		assert.Equal(t, before.StorageLabel, unlinked.StorageLabel, "the account's storage label")
	})
	again, err := e.WebLoginAs(t.Context(), visitor, user)
	t.Confirm("again", func() {
		e.went(t, "the login after unlinking", err)
		me, err := e.World.Immich.As(again.Session).Me(t.Context())
		e.went(t, "GET /api/users/me", err)
		assert.Equal(t, before.ID, me.ID, "the account")
		assert.Equal(t, user.Subject, me.OAuthID, "the account's oauthId is the subject")
	})
}

// passwordOpens judges, inside Confirm, that a password opens an account.
func (e *Env) passwordOpens(t *check.T, email, password, id string) {
	session, err := e.World.Immich.Login(t.Context(), email, password)
	e.went(t, "the login with the account's password", err)
	assert.Equal(t, id, session.UserID, "the account that the password opens")
}

func accountTaken(t *check.T, e *Env) {
	e.asNewcomer(t, func(n *newcomer) {
		other, err := e.NewUserLike(t.Context(), authentik.User{Email: n.user.Email})
		t.Block(err)
		_, err = e.WebLoginHTTP(t.Context(), other)
		t.Confirm("refused", func() { refusedByImmich(t, err, "a second identity with the e-mail of a linked account") })
		me, err := e.World.Immich.As(n.session).Me(t.Context())
		t.Confirm("kept", func() {
			e.went(t, "GET /api/users/me", err)
			assert.Equal(t, n.user.Subject, me.OAuthID, "the account's oauthId")
		})
	})
}

func accountEmailMissing(t *check.T, e *Env) {
	e.asNewcomer(t, func(*newcomer) {}) // who has an e-mail gets in, so a refusal is one of the e-mail that is missing
	user, err := e.NewUserLike(t.Context(), authentik.User{Email: noEmail})
	t.Block(err)
	before, err := e.ImmichAdmin.Users(t.Context())
	t.Block(err)
	_, err = e.WebLoginHTTP(t.Context(), user)
	t.Confirm("refused", func() { refusedByImmich(t, err, "a login without an e-mail") })
	after, err := e.ImmichAdmin.Users(t.Context())
	t.Block(err)
	t.Confirm("none", func() {
		for _, u := range after {
			known := false
			for _, old := range before {
				known = known || old.ID == u.ID
			}
			assert.False(t, !known && u.OAuthID == user.Subject, "an account of the person without an e-mail")
		}
	})
}

// noEmail stands for no e-mail at all, where an empty one stands for any.
const noEmail = "-"

func accountEmailCase(t *check.T, e *Env) {
	e.asNewcomer(t, func(*newcomer) {}) // who has small letters only gets in
	user, err := e.NewUserLike(t.Context(), authentik.User{Email: "Capital-" + randomName() + "@Example.org"})
	t.Block(err)
	local := e.localUser(t, strings.ToLower(user.Email))
	login, err := e.WebLoginHTTP(t.Context(), user)
	t.Confirm("same", func() {
		e.went(t, "the login", err)
		assert.Equal(t, local.UserID, login.Session.UserID, "the account that the login opens")
	})
}

// refusedByImmich judges, inside Confirm, that Immich refused with 400; what went wrong before Immich is no refusal.
func refusedByImmich(t *check.T, err error, what string) {
	var refused *immich.APIError
	if err != nil && !errors.As(err, &refused) {
		t.Block(err)
	}
	require.NotNil(t, refused, "Immich lets in "+what)
	assert.Equal(t, http.StatusBadRequest, refused.Status, "the status for %s", what)
	t.Observe("message", refused.Message)
}
