package journey

import (
	"context"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/immich"
)

// Visitor is a browser, without the browser, that nobody has used at authentik yet.
func (w *World) Visitor() *authentik.Visitor { return authentik.NewVisitor(w.AuthentikURL, w.HTTP) }

// WebLoginAs does what WebLoginHTTP does in a browser, without the browser, that keeps its session at authentik.
func (w *World) WebLoginAs(ctx context.Context, visitor *authentik.Visitor, user authentik.User) (*Login, error) {
	login := &Login{}
	err := w.Trace.Step("log in over HTTP", func() error {
		start, err := w.Immich.Authorize(ctx, immich.AuthorizeRequest{RedirectURI: w.RedirectURI(LoginPath)})
		if err != nil {
			return err
		}
		landed, err := visitAs(ctx, visitor, start.URL, user, login)
		if err != nil {
			return err
		}
		login.Session, err = w.Immich.Callback(ctx, immich.CallbackRequest{URL: landed, Cookies: start.Cookies})
		return err
	})
	return login, err
}

// LoginAs does what Login does without a browser, with the session that a visitor has at authentik.
func (a *App) LoginAs(ctx context.Context, visitor *authentik.Visitor, user authentik.User) (*Login, error) {
	login := &Login{}
	err := a.world.Trace.Step("the app logs in over HTTP", func() error {
		if err := a.api.LookUp(ctx, a.gen); err != nil {
			return err
		}
		start, err := a.api.Authorize(ctx, immich.AuthorizeRequest{
			RedirectURI: a.gen.RedirectURI, State: a.proof.State, CodeChallenge: a.proof.Challenge(),
		})
		if err != nil {
			return err
		}
		_, err = visitAs(ctx, visitor, start.URL, user, login)
		return err
	})
	return login, err
}
