package journey

import (
	"context"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/immich"
)

// Stay is a browser, without the browser, that stays signed in at authentik.
type Stay struct {
	user    authentik.User
	visitor *authentik.Visitor
}

// SignIn goes through a login at authentik as far as the way back to Immich, keeps authentik's cookies, and says what was asked for.
func (w *World) SignIn(ctx context.Context, user authentik.User) (*Stay, browser.Prompts, error) {
	stay := &Stay{user: user, visitor: authentik.NewVisitor(w.AuthentikURL, w.HTTP)}
	prompts, err := w.Return(ctx, stay)
	return stay, prompts, err
}

// Return goes to authentik once more with the cookies of a stay, and says what it asked for.
func (w *World) Return(ctx context.Context, stay *Stay) (browser.Prompts, error) {
	login := &Login{}
	err := w.Trace.Step("go to authentik with its cookies", func() error {
		start, err := w.Immich.Authorize(ctx, immich.AuthorizeRequest{RedirectURI: w.RedirectURI(LoginPath)})
		if err != nil {
			return err
		}
		_, err = visitAs(ctx, stay.visitor, start.URL, stay.user, login)
		return err
	})
	return login.Prompts, err
}
