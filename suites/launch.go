package suites

import (
	"net/url"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/guide"
	"github.com/ssoproof/ssoproof/internal/journey"
	"github.com/ssoproof/ssoproof/internal/version"
)

const launchLibrary = "launch.library"

func launchChecks(c Cell) ([]Check, []Exclusion) {
	out := func(reason string) ([]Check, []Exclusion) { return nil, []Exclusion{{launchLibrary, reason}} }
	switch address := c.Guide.LaunchURL; {
	case address == nil:
		return out(c.Guide.What() + " documents no launch URL")
	case address.Kind == guide.Choice || address.Kind == guide.Reference:
		return out("the guide leaves the launch URL to the reader")
	case startsByItself(address.Value) && !c.Immich.Has(version.LaunchOnRequest):
		return out(c.immich() + " does not know autoLaunch=1: the tile leads to its login page")
	}
	line := c.line(c.Guide.LaunchURL)
	lands := "who is signed in at authentik and presses the tile is in Immich, and is asked for nothing"
	if !startsByItself(c.Guide.LaunchURL.Value) {
		lands = "who is signed in at authentik, presses the tile and then Immich's OAuth button is in Immich, and is asked for nothing else"
	}
	return []Check{{
		ID: launchLibrary, Title: "a person opens Immich from authentik's application library", Level: check.Must, Body: launch,
		Needs: []string{firstLogins(c)[0].Name()}, Covers: []string{"launch_url"},
		Requirements: []check.Requirement{
			demand("offered", c.authentik(), "the library of who may use the application offers it"),
			demand("tile", line, "the application's tile leads to the documented launch URL"),
			demand("lands", line, "%s", lands),
			demand("account", c.immich(), "the session's account is the person's"),
		},
	}}, nil
}

// startsByItself reports whether a launch URL asks Immich's login page to start the login.
func startsByItself(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Path == journey.LoginPath && u.Query().Get("autoLaunch") == "1"
}

// launch signs the person in over HTTP, consent included, and gives the browser the session at authentik alone.
func launch(t *check.T, e *Env) {
	user, visitor, application := e.newUser(t), e.Visitor(), e.Shared.OP.Name
	_, err := e.WebLoginAs(t.Context(), visitor, user)
	t.Block(err)
	offered, err := visitor.Library(t.Context())
	t.Block(err)
	t.Confirm("offered", func() { require.Contains(t, offered, application, "the applications in the person's library") })
	s := e.session(t)
	address, err := e.Tile(t.Context(), s, visitor, application)
	t.Block(err)
	t.Confirm("tile", func() {
		if address != e.Guide.LaunchURL.Value {
			t.Find(check.Finding{
				Message: "the tile leads elsewhere", Expected: e.Guide.LaunchURL.Value, Actual: address, Source: e.line(e.Guide.LaunchURL),
			})
			t.FailNow()
		}
	})
	launched, err := e.Launch(t.Context(), s, application)
	if err == nil && launched.StoppedAt == e.LoginForm().Name && !startsByItself(address) {
		launched, err = e.PressOn(t.Context(), s)
	}
	t.Confirm("lands", func() {
		e.went(t, "the way from the tile", err)
		if launched.StoppedAt == "" {
			return
		}
		t.Provisional(unproven(e.Cell.Immich, version.LaunchOnRequest), func() {
			t.Find(check.Finding{
				Message: "the person is asked for something on the way from the tile", Expected: "Immich's own pages", Actual: launched.StoppedAt,
				Source: e.line(e.Guide.LaunchURL),
			})
		})
		t.FailNow()
	})
	me, err := e.World.Immich.As(launched.Session).Me(t.Context())
	t.Confirm("account", func() {
		e.went(t, "GET /api/users/me", err)
		require.NotNil(t, me)
		assert.Equal(t, user.Subject, me.OAuthID, "the account's oauthId is the subject")
	})
}
