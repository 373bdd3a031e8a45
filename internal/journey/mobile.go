package journey

import (
	"context"
	"strings"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/version"
)

// App simulates one generation of Immich's mobile app: the calls that it makes, its own state and verifier, its
// rewriting of the callback, the session afterwards. The phone's own hand-off is not simulated.
type App struct {
	world *World
	gen   version.App
	api   *immich.Client
	proof Proof

	session *immich.Session // since Receive
}

// NewApp is a freshly started app.
func (w *World) NewApp(gen version.App) *App {
	app := &App{world: w, gen: gen, api: w.Immich.WithUserAgent(gen.UserAgent)}
	if gen.PKCE {
		app.proof = NewProof()
	}
	return app
}

// Login opens the app's browser and follows the login until the system would hand an address to the app.
// A nil session does it without a browser.
func (a *App) Login(ctx context.Context, s *browser.Session, user authentik.User) (*Login, error) {
	err := a.world.Trace.Step("the app looks the server up", func() error { return a.api.LookUp(ctx, a.gen) })
	if err != nil {
		return &Login{}, err
	}
	if s == nil {
		return a.world.ThroughHTTP(ctx, a.api, user, a.gen.RedirectURI, a.proof)
	}
	return a.world.Through(ctx, s, a.api, user, a.gen.RedirectURI, a.proof)
}

// Spelling is how many slashes follow the scheme in the address that the system hands to the app.
type Spelling int

// The spellings seen in the field: authentik and the platforms' URL parsers collapse three slashes to one.
const (
	OneSlash     Spelling = 1
	ThreeSlashes Spelling = 3
)

// Spell writes a custom-scheme address with as many slashes.
func (n Spelling) Spell(address string) string {
	scheme, rest, _ := strings.Cut(address, ":")
	return scheme + ":" + strings.Repeat("/", int(n)) + strings.TrimLeft(rest, "/")
}

// Receive takes the address from the system, rewrites it as the app does, redeems it and asks who is logged in.
func (a *App) Receive(ctx context.Context, address string) (*immich.User, error) {
	session, err := a.world.Redeem(ctx, a.api, a.rewrite(address), a.proof)
	if err != nil {
		return nil, err
	}
	session.Style = immich.SessionStyle(a.gen.Session)
	a.session = session
	var me *immich.User
	err = a.world.Trace.Step("the app asks who it is", func() error {
		me, err = a.api.As(session).WhoAmI(ctx, a.gen)
		return err
	})
	return me, err
}

// Session is what the app keeps after Receive, in its own style; nil before.
func (a *App) Session() *immich.Session { return a.session }

// rewrite is the one case that the app mends, since v1.113.0: app.immich:/oauth-callback gets its three slashes back. The
// app.immich:/ of older apps stays as it came.
func (a *App) rewrite(address string) string {
	_, path, _ := strings.Cut(a.gen.RedirectURI, ":")
	collapsed := "app.immich:/" + strings.TrimLeft(path, "/")
	if strings.HasPrefix(address, collapsed) {
		return a.gen.RedirectURI + strings.TrimPrefix(address, collapsed)
	}
	return address
}

// Handoff follows the page that the override redirects to: Immich's own redirect to the app's scheme.
func (w *World) Handoff(ctx context.Context, rawQuery string) (location string, err error) {
	err = w.Trace.Step("Immich hands over to the app", func() error {
		status, to, err := w.Immich.MobileRedirect(ctx, rawQuery)
		if err == nil && status != 307 {
			err = &RejectedError{Endpoint: HandoffPath, Status: status, Message: "instead of a 307"}
		}
		location = to
		return err
	})
	return location, err
}
