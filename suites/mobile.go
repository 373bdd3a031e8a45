package suites

import (
	"maps"
	"net/url"
	"strconv"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/journey"
	"github.com/ssoproof/ssoproof/internal/live"
	"github.com/ssoproof/ssoproof/internal/version"
)

func mobileChecks(c Cell) ([]Check, []Exclusion) {
	if len(c.Immich.Apps) == 0 {
		reason := "no app generation is known for " + c.immich()
		return []Check{c.handoff()}, []Exclusion{{"login.mobile.native", reason}, {"login.mobile.override", reason}, {"login.mobile.other", reason}}
	}
	var checks []Check
	for _, app := range c.Immich.Apps {
		for _, slashes := range spellings(app) {
			checks = append(checks, c.native(app, slashes))
		}
	}
	checks = append(checks, c.override(), c.handoff())
	return append(checks, c.otherApps()...), nil
}

// spellings are those in which a phone may hand the app's address over. The app.immich:/ of old apps has one: where iOS
// makes three slashes of it, no guide and no server can mend that.
func spellings(app version.App) []journey.Spelling {
	if journey.OneSlash.Spell(app.RedirectURI) == app.RedirectURI {
		return []journey.Spelling{journey.OneSlash}
	}
	return []journey.Spelling{journey.OneSlash, journey.ThreeSlashes}
}

func (c Cell) native(app version.App, slashes journey.Spelling) Check {
	return Check{
		ID: "login.mobile.native", Title: "the mobile app logs in by its own scheme", Level: check.Must,
		Variant: check.Variant{"app": app.Name, "slashes": strconv.Itoa(int(slashes))}, Covers: []string{"redirect_uris/" + c.slug(app.RedirectURI)},
		Requirements: []check.Requirement{
			demand("landing", c.at(c.nearestLine(app.RedirectURI)), "authentik accepts %s and answers to that scheme with a code and the app's state", app.RedirectURI),
			demand("session", c.immich(), "after the app's own rewriting of the address, the app gets a session"),
		},
		Body: func(t *check.T, e *Env) { mobileNative(t, e, app, slashes) },
	}
}

// mobileNative drives the browser for the spelling that authentik sends, and HTTP for the one that a phone restores:
// the browser's road is the same.
func mobileNative(t *check.T, e *Env, gen version.App, slashes journey.Spelling) {
	user, app := e.newUser(t), e.NewApp(gen)
	var s *browser.Session
	if slashes == journey.OneSlash {
		s = e.session(t)
	}
	login, err := app.Login(t.Context(), s, user)
	e.confirmAppLanding(t, gen, login, err)
	me, err := app.Receive(t.Context(), slashes.Spell(login.Answer.URL))
	t.Confirm("session", func() {
		e.went(t, "the app's session", err)
		assert.Equal(t, user.Subject, me.OAuthID, "the account's oauthId is the subject")
	})
}

// confirmAppLanding judges the app's way to authentik and back; where it fails for want of an entry in the guide, the
// finding says which.
func (e *Env) confirmAppLanding(t *check.T, gen version.App, login *journey.Login, err error) {
	t.Confirm("landing", func() {
		if err != nil && answered(err) && !e.accepts(t, gen.RedirectURI) {
			finding := e.notCovered(client{"the mobile app from " + gen.Name, gen.RedirectURI})
			finding.Actual = err.Error()
			t.Find(finding)
			t.FailNow()
		}
		e.cameBack(t, "the app's login", login, err, gen.RedirectURI)
	})
	t.Observe("landing", login.Answer.RedirectURI)
}

func (c Cell) override() Check {
	return Check{
		ID: "login.mobile.override", Title: "the mobile app logs in by the https override", Level: check.Must,
		Changes: immichConfig, Body: mobileOverride,
		Requirements: []check.Requirement{
			demand("authorize", c.immich(), "the override stands in the authorization request"),
			demand("token", "RFC 6749 §4.1.3", "the token request names the same redirect URI as the authorization request"),
			demand("session", c.immich(), "the app gets a session"),
		},
	}
}

func mobileOverride(t *check.T, e *Env) {
	gen := e.ownApp()
	override := e.RedirectURI(journey.HandoffPath)
	e.useOverride(t, override)
	user, app := e.newUser(t), e.NewApp(gen)
	login, err := app.Login(t.Context(), nil, user)
	t.Confirm("authorize", func() { e.cameBack(t, "the app's login", login, err, override) })
	location, err := e.Handoff(t.Context(), login.Answer.URL[len(override)+1:])
	t.Confirm("session", func() { e.went(t, "the hand-off", err) })
	me, received := app.Receive(t.Context(), location)
	// Where Immich refused the address before it asked authentik, there is no token request to judge.
	if redemption, err := e.Redemption(t.Context(), login.Answer.Code); err == nil || received == nil {
		t.Block(err)
		t.Confirm("token", func() {
			assert.Equal(t, override, redemption.Form.Get("redirect_uri"), "the redirect URI of the token request")
		})
	}
	t.Confirm("session", func() {
		e.went(t, "the app's session", received)
		assert.Equal(t, user.Subject, me.OAuthID, "the account's oauthId is the subject")
	})
}

// useOverride turns the override on, with a provider of its own that registers it: the guide does not.
func (e *Env) useOverride(t *check.T, override string) {
	twin, err := e.twin(t.Context(), t, authentik.ProviderSpec{
		Name: "Immich override", Slug: "immich-override",
		RedirectURIs: []guide.RedirectURI{{URL: override, Matching: guide.Strict, Purpose: guide.Authorization}},
	})
	t.Block(err)
	keys := map[string]any{"mobileOverrideEnabled": true, "mobileRedirectUri": override}
	maps.Copy(keys, map[string]any{"issuerUrl": twin.DiscoveryURL, "clientId": twin.ClientID, "clientSecret": twin.ClientSecret})
	e.changeImmich(t, keys)
	t.Add("Immich's mobile redirect override " + override)
}

func (c Cell) handoff() Check {
	return one("login.mobile.handoff", handoffTitle, mobileHandoff, handoffDemands(c.immich())...)
}

const handoffTitle = "Immich hands an https landing over to the app"

func handoffDemands(immich string) []check.Requirement {
	return []check.Requirement{
		demand("scheme", immich, "the hand-off redirects to the app's own redirect URI"),
		demand("query", immich, "the hand-off keeps the query byte for byte"),
	}
}

func mobileHandoff(t *check.T, e *Env) {
	location, err := e.Handoff(t.Context(), live.HandoffQuery)
	confirmHandoff(t, e.Cell.Immich.Apps, location, func() { e.went(t, "the hand-off", err) })
}

// confirmHandoff judges where Immich sends a browser that brings live.HandoffQuery; came judges that it sends it on at all.
func confirmHandoff(t *check.T, apps []version.App, location string, came func()) {
	t.Confirm("scheme", func() {
		came()
		to, err := url.Parse(location)
		require.NoError(t, err)
		assert.Equal(t, "app.immich", to.Scheme, "the scheme of %s", location)
		for _, app := range apps {
			assert.Equal(t, app.RedirectURI, location[:len(location)-len(to.RawQuery)-1], "the address for the app")
		}
	})
	t.Confirm("query", func() {
		answer, err := journey.ParseAnswer(location)
		require.NoError(t, err)
		assert.Equal(t, answer.RedirectURI+"?"+live.HandoffQuery, location, "the address that Immich hands over")
	})
}
