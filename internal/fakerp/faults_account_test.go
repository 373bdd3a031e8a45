package fakerp_test

import (
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/immich"
)

const localEmail = "alice@immich.company"

// newcomerOf is the account of a person's first login.
func newcomerOf(look func(*immich.User) any) func(*pair) any {
	return func(p *pair) any {
		_, me := p.loggedIn(p.person("alice"))
		return look(me)
	}
}

// passwordAfter tells whether the password of a local account is good after a login has taken it over, and more.
func passwordAfter(more func(*pair, *immich.Client)) func(*pair) any {
	return func(p *pair) any {
		p.local(localEmail)
		client, _ := p.loggedIn(p.person("alice"))
		more(p, client)
		_, err := p.im.Login(p.ctx, localEmail, "local-password")
		return err == nil
	}
}

// lives tells whether the first of two sessions of a person is alive after something was done with the second.
func lives(do func(*pair, *immich.Client)) func(*pair) any {
	return func(p *pair) any {
		alice := p.person("alice")
		first, _ := p.loggedIn(alice)
		second, _ := p.loggedIn(alice)
		do(p, second)
		valid, err := first.ValidateToken(p.ctx)
		require.NoError(p, err)
		return valid
	}
}

var accountFaultTests = map[string]faultTest{
	"newcomer-is-administrator": {newcomerOf(func(me *immich.User) any { return me.IsAdmin }), false, true},
	"storage-label-lost":        {newcomerOf(func(me *immich.User) any { return me.StorageLabel }), "alice", ""},
	"newcomer-without-space":    {newcomerOf(func(me *immich.User) any { return me.Quota != nil }), false, true},
	"admin-api-open": {func(p *pair) any {
		_, err := p.local(localEmail).Users(p.ctx)
		return err == nil
	}, false, true},
	"takeover-renames": {func(p *pair) any {
		p.local(localEmail)
		_, me := p.loggedIn(p.person("alice"))
		return me.Name
	}, "Local", "The alice"},
	"takeover-drops-password": {passwordAfter(func(*pair, *immich.Client) {}), true, false},
	"unlink-drops-password": {passwordAfter(func(p *pair, client *immich.Client) {
		_, err := client.Unlink(p.ctx)
		require.NoError(p, err)
	}), true, false},
	"taken-email-opens-account": {func(p *pair) any {
		p.loggedIn(p.person("alice"))
		other, err := p.ak.CreateUser(p.ctx, authentik.User{Username: "other", Name: "Other", Email: localEmail, Password: "secret"})
		require.NoError(p, err)
		_, err = p.login(other)
		return err == nil
	}, false, true},
	"account-without-email": {func(p *pair) any {
		nobody, err := p.ak.CreateUser(p.ctx, authentik.User{Username: "nobody", Name: "Nobody", Password: "secret"})
		require.NoError(p, err)
		_, err = p.login(nobody)
		return err == nil
	}, false, true},
	"email-capitals-kept": {func(p *pair) any {
		p.local(localEmail)
		alice, err := p.ak.CreateUser(p.ctx, authentik.User{Username: "alice", Name: "Alice", Email: "Alice@Immich.company", Password: "secret"})
		require.NoError(p, err)
		p.loggedIn(alice)
		users, err := p.admin.Users(p.ctx)
		require.NoError(p, err)
		return len(users)
	}, 2, 3},
	"login-ends-other-sessions": {lives(func(*pair, *immich.Client) {}), true, false},
	"logout-ends-every-session": {lives(func(p *pair, second *immich.Client) {
		_, err := second.Logout(p.ctx)
		require.NoError(p, err)
	}), true, false},
	"other-sessions-survive": {lives(func(p *pair, second *immich.Client) {
		require.NoError(p, second.EndOtherSessions(p.ctx))
	}), false, true},
	"onboarding-forgotten": {func(p *pair) any {
		alice := p.person("alice")
		client, _ := p.loggedIn(alice)
		require.NoError(p, client.FinishOnboarding(p.ctx))
		session, err := p.login(alice)
		require.NoError(p, err)
		return session.Onboarded
	}, true, false},
}
