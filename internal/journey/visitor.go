package journey

import (
	"context"
	"net/http"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/immich"
)

// Visitor is a browser, without the browser, that nobody has used at authentik yet.
func (w *World) Visitor() *authentik.Visitor { return authentik.NewVisitor(w.AuthentikURL, w.HTTP) }

// Attempt is a login, or a link, of Immich's web page that has come back from authentik and that Immich has not seen yet.
type Attempt struct {
	Login
	Cookies []*http.Cookie // that Immich gave the browser at the start
}

// Callback is what the page sends Immich at the end.
func (a *Attempt) Callback() immich.CallbackRequest {
	return immich.CallbackRequest{URL: a.Answer.URL, Cookies: a.Cookies}
}

// AttemptAs begins at a page of Immich, in a browser, without the browser, that keeps its session at authentik.
func (w *World) AttemptAs(ctx context.Context, visitor *authentik.Visitor, user authentik.User, path string) (*Attempt, error) {
	attempt := &Attempt{}
	err := w.Trace.Step("go to authentik and back, over HTTP", func() error {
		start, err := w.Immich.Authorize(ctx, immich.AuthorizeRequest{RedirectURI: w.RedirectURI(path)})
		if err != nil {
			return err
		}
		attempt.Cookies = start.Cookies
		_, err = visitAs(ctx, visitor, start.URL, user, &attempt.Login)
		return err
	})
	return attempt, err
}

// WebLoginAs does what WebLoginHTTP does in a browser, without the browser, that keeps its session at authentik.
func (w *World) WebLoginAs(ctx context.Context, visitor *authentik.Visitor, user authentik.User) (*Login, error) {
	attempt, err := w.AttemptAs(ctx, visitor, user, LoginPath)
	if err != nil {
		return &attempt.Login, err
	}
	err = w.Trace.Step("Immich redeems the code", func() error {
		attempt.Session, err = w.Immich.Callback(ctx, attempt.Callback())
		return err
	})
	return &attempt.Login, err
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
