package suites

import (
	"strings"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/journey"
	"github.com/ssoproof/ssoproof/internal/version"
)

// bindingChecks are what becomes of an account that is bound to an identity, let go, and bound again.
func (c Cell) bindingChecks() ([]Check, []Exclusion) {
	checks := []Check{
		assuming(one("account.other-email", "an account that was linked by hand opens, whatever its e-mail", accountOtherEmail,
			demand("opens", c.immich(), "the login of the linked identity opens the account, and the account's e-mail stays"),
			demand("single", c.immich(), "no account comes into being for the e-mail of the identity")), passwords, newcomers),
		assuming(one("account.relinked", "who unlinks an identity can link it again", accountRelinked,
			demand("linked", c.immich(), "the same identity can be linked to the same account once more"),
			demand("role", c.immich(), "unlinking and linking make nobody an administrator"),
			demand("opens", c.immich(), "the next login opens the account that it was")), passwords),
		{
			ID: "account.subject-mode", Title: "another subject mode makes strangers of everybody until they unlink", Level: check.Must,
			Changes: "the provider's subject mode", Body: accountSubjectMode,
			Requirements: []check.Requirement{
				demand("refused", c.immich(), "who is bound to another subject is refused with 400, though the e-mail is the same"),
				demand("kept", c.immich(), "the account stays as it was"),
				demand("again", c.immich(), "after unlinking, the next login opens the account by its e-mail and binds the new subject"),
			},
		},
	}
	administrator := assuming(one("account.administrator", "an administrator stays one", accountAdministrator,
		demand("login", c.immich(), "a login that takes an administrator's account over leaves its role"),
		demand("unlinked", c.immich(), "unlinking leaves its role"),
		demand("linked", c.immich(), "linking leaves its role")), passwords, newcomers, plainClaims)
	if !c.Immich.Has(version.SeveralAdmins) {
		return checks, []Exclusion{{administrator.ID, c.immich() + " has one administrator, the one who sets it up"}}
	}
	return append(checks, administrator), nil
}

// opened is the account that a login has opened. Judged, inside Confirm, is that it did.
func (e *Env) opened(t *check.T, what string, login *journey.Login, err error) *immich.User {
	e.went(t, what, err)
	me, err := e.World.Immich.As(login.Session).Me(t.Context())
	e.went(t, "GET /api/users/me", err)
	return me
}

func accountOtherEmail(t *check.T, e *Env) {
	e.asNewcomer(t, func(*newcomer) {}) // logins over HTTP work
	user := e.newUser(t)
	local := e.localUser(t, otherEmail(user.Email))
	_, err := e.LinkHTTP(t.Context(), local, user)
	t.Block(err)
	login, err := e.WebLoginHTTP(t.Context(), user)
	t.Confirm("opens", func() {
		me := e.opened(t, "the login of the linked identity", login, err)
		assert.Equal(t, local.UserID, me.ID, "the account")
		assert.Equal(t, otherEmail(user.Email), strings.ToLower(me.Email), "the account's e-mail")
	})
	users, err := e.ImmichAdmin.Users(t.Context())
	t.Block(err)
	t.Confirm("single", func() {
		for _, u := range users {
			assert.False(t, strings.EqualFold(u.Email, user.Email), "there is an account for the identity's e-mail")
		}
	})
}

// link links an account, over HTTP, to a person who may be signed in at authentik already, and returns what Immich says.
func (e *Env) link(t *check.T, account *immich.Client, visitor *authentik.Visitor, user authentik.User) error {
	a, err := e.AttemptAs(t.Context(), visitor, user, journey.LinkPath)
	t.Block(err)
	_, err = account.Link(t.Context(), a.Callback())
	return err
}

func accountRelinked(t *check.T, e *Env) {
	e.asNewcomer(t, func(*newcomer) {}) // logins over HTTP work
	user := e.newUser(t)
	local := e.localUser(t, otherEmail(user.Email))
	visitor, as := e.Visitor(), e.World.Immich.As(local)
	t.Block(e.link(t, as, visitor, user))
	_, err := as.Unlink(t.Context())
	t.Block(err)
	unlinked, err := as.Me(t.Context())
	t.Block(err)
	err = e.link(t, as, visitor, user)
	var linked *immich.User
	t.Confirm("linked", func() {
		e.went(t, "linking once more", err)
		me, err := as.Me(t.Context())
		e.went(t, "GET /api/users/me", err)
		assert.Equal(t, user.Subject, me.OAuthID, "the account's oauthId is the subject")
		linked = me
	})
	t.Confirm("role", func() {
		assert.False(t, unlinked.IsAdmin, "the account is an administrator's after unlinking")
		assert.False(t, linked.IsAdmin, "the account is an administrator's after linking")
	})
	login, err := e.WebLoginAs(t.Context(), visitor, user)
	t.Confirm("opens", func() {
		assert.Equal(t, local.UserID, e.opened(t, "the login", login, err).ID, "the account")
	})
}

func accountSubjectMode(t *check.T, e *Env) {
	e.asNewcomer(t, func(*newcomer) {}) // logins over HTTP work
	user, visitor := e.newUser(t), e.Visitor()
	before, err := e.WebLoginAs(t.Context(), visitor, user)
	t.Block(err)
	as := e.World.Immich.As(before.Session)
	mode := "user_username"
	if e.SubjectMode == mode {
		mode = "user_uuid"
	}
	restore, err := e.World.Authentik.SwitchField(t.Context(), e.Shared.OP.ProviderPK, "sub_mode", mode)
	if restore != nil {
		t.Cleanup(restore)
	}
	t.Block(err)
	t.Add("the subject mode " + mode)
	_, err = e.WebLoginAs(t.Context(), visitor, user)
	t.Confirm("refused", func() { refusedByImmich(t, err, "a new subject with the e-mail of a linked account") })
	t.Confirm("kept", func() {
		me, err := as.Me(t.Context())
		e.went(t, "GET /api/users/me", err)
		assert.Equal(t, user.Subject, me.OAuthID, "the account's oauthId")
	})
	_, err = as.Unlink(t.Context())
	t.Block(err)
	login, err := e.WebLoginAs(t.Context(), visitor, user)
	t.Confirm("again", func() {
		me := e.opened(t, "the login after unlinking", login, err)
		assert.Equal(t, before.Session.UserID, me.ID, "the account")
		assert.Equal(t, user.SubjectIn(mode), me.OAuthID, "the account's oauthId is the new subject")
	})
}

func accountAdministrator(t *check.T, e *Env) {
	e.asNewcomer(t, func(*newcomer) {}) // logins over HTTP work
	user, visitor := e.newUser(t), e.Visitor()
	local, _, err := e.NewLocalAccount(t.Context(), immich.User{Email: user.Email, IsAdmin: true})
	t.Block(err)
	as := e.World.Immich.As(local)
	ruling := func() {
		me, err := as.Me(t.Context())
		e.went(t, "GET /api/users/me", err)
		assert.True(t, me.IsAdmin, "the account is an administrator's")
	}
	login, err := e.WebLoginAs(t.Context(), visitor, user)
	t.Block(err)
	t.Confirm("login", func() {
		assert.Equal(t, local.UserID, login.Session.UserID, "the account that the login opens")
		ruling()
	})
	_, err = as.Unlink(t.Context())
	t.Block(err)
	t.Confirm("unlinked", ruling)
	t.Block(e.link(t, as, visitor, user))
	t.Confirm("linked", ruling)
}
