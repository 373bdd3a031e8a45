package suites

import (
	"fmt"
	"strings"

	"github.com/stretchr/testify/assert"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/immich"
)

// UpgradeStarts is the check that all others rest on after an upgrade.
const UpgradeStarts = "upgrade.starts"

// AfterUpgrade is what is checked after an upgrade: what the upgrade kept, then the whole catalogue of the new releases
// but for the reading back of the guide, which nobody applied to them. Before the lasting state is made, Lasting is nil.
func AfterUpgrade(u *Upgrade) ([]Check, []Exclusion) {
	checks, excluded := UpgradeChecks(u)
	catalogue, out := Catalogue(u.To)
	excluded = append(excluded, out...)
	for _, c := range catalogue {
		if c.ID == "guide.authentik" || c.ID == "guide.immich" {
			excluded = append(excluded, Exclusion{c.ID, "nothing was entered after the upgrade; upgrade.settings compares what is stored with before"})
			continue
		}
		checks = append(checks, c)
	}
	for i := range checks {
		if checks[i].ID != UpgradeStarts {
			checks[i].Needs = append(append([]string{}, checks[i].Needs...), UpgradeStarts)
		}
	}
	return checks, excluded
}

// UpgradeChecks are the checks that only an upgrade knows.
func UpgradeChecks(u *Upgrade) ([]Check, []Exclusion) {
	all := []Check{
		one(UpgradeStarts, "the new releases start on the old data", upgradeStart,
			demand("ready", u.arrow(), "every product that was replaced is ready again with the data of its predecessor")),
		u.settingsCheck(),
		one("upgrade.account", "every account is the one that it was", upgradeAccount,
			demand("same", u.arrow(), "every account keeps its ID, its e-mail and the identity that it is bound to"),
			demand("single", u.arrow(), "no account comes into being by the upgrade")),
		one(upgradeSessionWeb, "a session in the browser outlives the upgrade", func(t *check.T, e *Env) { sessionLives(t, e, e.Upgrade.Lasting.Web, "") },
			demand("alive", u.To.immich(), "the cookies of a session from before open the same account")),
		one(upgradeSessionApp, "a session of the app outlives the upgrade", func(t *check.T, e *Env) {
			sessionLives(t, e, e.Upgrade.Lasting.App, e.Upgrade.Lasting.Phone.UserAgent)
		}, demand("alive", u.To.immich(), "the session that the app keeps from before opens the same account")),
		one(upgradeLoginWeb, "who logged in before the upgrade logs in again from the web", upgradeWeb,
			u.To.lands(), demand("same", u.To.immich(), "the login opens the account of before")),
		one(upgradeLoginApp, "who logged in before the upgrade logs in again from the app", upgradeApp,
			demand("same", u.To.immich(), "the login opens the account of before")),
		one(UpgradeLink, "a local account from before the upgrade is linked", linkAfter,
			demand("linked", u.To.immich(), "the account has the subject as its oauthId")),
		one(upgradeUnlink, "an account that was linked before the upgrade is unlinked", unlinkAfter,
			demand("unlinked", u.To.immich(), "the account has no oauthId")),
		should(upgradeSessionAuthentik, "a session at authentik outlives the upgrade", stayAfter,
			demand("alive", u.To.authentik(), "authentik does not ask for a login again")),
		should(upgradeConsent, "a consent from before the upgrade is remembered", consentAfter,
			demand("remembered", u.To.authentik(), "authentik does not ask for consent again")),
	}
	if u.Lasting == nil {
		return all, nil
	}
	var checks []Check
	var excluded []Exclusion
	for _, c := range all {
		if reason, missing := u.Lasting.Missing[c.ID]; missing {
			excluded = append(excluded, Exclusion{c.ID, reason})
		} else {
			checks = append(checks, c)
		}
	}
	return checks, excluded
}

// should is a check of something that the products do not promise.
func should(id, title string, body func(*check.T, *Env), requirements ...check.Requirement) Check {
	c := one(id, title, body, requirements...)
	c.Level = check.Should
	return c
}

// arrow names the upgrade as the source of a requirement.
func (u *Upgrade) arrow() string {
	var parts []string
	if from, to := u.From.Authentik, u.To.Authentik; from.Version != to.Version {
		parts = append(parts, fmt.Sprintf("%s → %s", from, to.Version))
	}
	if from, to := u.From.Immich, u.To.Immich; from.Version != to.Version {
		parts = append(parts, fmt.Sprintf("%s → %s", from, to.Version))
	}
	if len(parts) == 0 {
		return "the upgrade"
	}
	return strings.Join(parts, ", ")
}

func upgradeStart(t *check.T, e *Env) {
	t.Confirm("ready", func() {
		if err := e.Upgrade.Starts; err != nil {
			t.Find(check.Finding{Message: "the upgrade ends here: " + e.Upgrade.arrow(), Expected: "ready on the old data", Actual: err.Error()})
		}
	})
}

func upgradeAccount(t *check.T, e *Env) {
	after := map[string]immich.User{}
	for _, account := range e.Upgrade.After.Accounts {
		after[account.ID] = account
	}
	t.Confirm("same", func() {
		for _, before := range e.Upgrade.Before.Accounts {
			now, there := after[before.ID]
			if !there {
				t.Find(check.Finding{Message: "an account is gone", Expected: before.Email, Actual: "no account has its ID " + before.ID})
				continue
			}
			assert.Equal(t, strings.ToLower(before.Email), strings.ToLower(now.Email), "the e-mail of account %s", before.ID)
			assert.Equal(t, before.OAuthID, now.OAuthID, "the oauthId of %s", before.Email)
			delete(after, before.ID)
		}
	})
	t.Confirm("single", func() {
		for _, extra := range after {
			t.Find(check.Finding{Message: "an account came into being by the upgrade", Expected: "none", Actual: extra.Email})
		}
	})
}

func sessionLives(t *check.T, e *Env, p *Person, userAgent string) {
	client := e.World.Immich
	if userAgent != "" {
		client = client.WithUserAgent(userAgent)
	}
	me, err := client.As(p.Session).Me(t.Context())
	t.Confirm("alive", func() {
		e.went(t, "GET /api/users/me with the session of before", err)
		assert.Equal(t, p.Account.ID, me.ID, "the account")
	})
}

func upgradeWeb(t *check.T, e *Env) {
	p := e.Upgrade.Lasting.Web
	login, err := e.WebLogin(t.Context(), e.session(t), p.User)
	e.confirmLanding(t, login, err)
	me, err := e.World.Immich.As(login.Session).Me(t.Context())
	t.Confirm("same", func() {
		e.went(t, "GET /api/users/me", err)
		assert.Equal(t, p.Account.ID, me.ID, "the account")
		assert.Equal(t, p.Account.OAuthID, me.OAuthID, "the account's oauthId")
	})
}

func upgradeApp(t *check.T, e *Env) {
	p, app := e.Upgrade.Lasting.App, e.NewApp(e.Upgrade.Lasting.Phone)
	login, err := app.Login(t.Context(), nil, p.User)
	t.Confirm("same", func() {
		e.went(t, "the app's login", err)
		me, err := app.Receive(t.Context(), login.Answer.URL)
		e.went(t, "the app's session", err)
		assert.Equal(t, p.Account.ID, me.ID, "the account")
		assert.Equal(t, p.Account.OAuthID, me.OAuthID, "the account's oauthId")
	})
}

func linkAfter(t *check.T, e *Env) {
	p := e.Upgrade.Lasting.Local
	linked, err := e.LinkHTTP(t.Context(), p.Session, p.User)
	t.Confirm("linked", func() {
		e.went(t, "linking", err)
		assert.Equal(t, p.Account.ID, linked.ID, "the account")
		assert.Equal(t, p.Subject, linked.OAuthID, "the account's oauthId")
	})
}

func unlinkAfter(t *check.T, e *Env) {
	p := e.Upgrade.Lasting.Linked
	client := e.World.Immich.As(p.Session)
	before, err := client.Me(t.Context())
	t.Confirm("unlinked", func() {
		e.went(t, "GET /api/users/me with the session of before", err)
		assert.Equal(t, p.Subject, before.OAuthID, "the account's oauthId before it is unlinked")
		_, err := client.Unlink(t.Context())
		e.went(t, "unlinking", err)
		me, err := client.Me(t.Context())
		e.went(t, "GET /api/users/me", err)
		assert.Empty(t, me.OAuthID, "the account's oauthId")
	})
}

func stayAfter(t *check.T, e *Env) {
	prompts, err := e.Return(t.Context(), e.Upgrade.Lasting.Stay)
	t.Confirm("alive", func() {
		e.went(t, "the way to authentik with the session of before", err)
		assert.False(t, prompts.Login, "authentik asked for a login")
	})
}

// consentAfter comes without the session of before: what is remembered does not hang on it.
func consentAfter(t *check.T, e *Env) {
	_, prompts, err := e.SignIn(t.Context(), *e.Upgrade.Lasting.Consenter)
	t.Confirm("remembered", func() {
		e.went(t, "a login at authentik", err)
		assert.False(t, prompts.Consent, "authentik asked for consent")
	})
}
