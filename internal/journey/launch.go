package journey

import (
	"context"
	"strings"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/immich"
)

// libraryPath is authentik's application library.
const libraryPath = "/if/user/#/library"

// Tile opens authentik's application library in the browser, with the session that a visitor has there, and returns the
// address to which the tile of an application leads.
func (w *World) Tile(ctx context.Context, s *browser.Session, visitor *authentik.Visitor, application string) (address string, err error) {
	err = w.Trace.Step("open authentik's application library", func() error {
		if err := s.SetCookies(ctx, w.AuthentikURL, visitor.Cookies()); err != nil {
			return err
		}
		if err := s.Open(ctx, w.AuthentikURL+libraryPath); err != nil {
			return err
		}
		tile := browser.AuthentikTile(application)
		if _, err := s.See(ctx, tile); err != nil {
			return err
		}
		addresses, err := s.ReadAll(ctx, tile, "href")
		address = strings.Join(addresses, " ")
		return err
	})
	w.Trace.Picture(s, "library")
	return address, err
}

// Launched is where a tile led.
type Launched struct {
	StoppedAt string          // the page that asks for something; empty where the person is in Immich
	Session   *immich.Session // where the person is in Immich
}

// Launch presses the tile of an application in the library that the browser shows, and follows until the person is in
// Immich or is asked for something.
func (w *World) Launch(ctx context.Context, s *browser.Session, application string) (*Launched, error) {
	launched, mark := &Launched{}, s.Mark()
	err := w.Trace.Step("press the tile", func() error {
		if err := s.Click(ctx, browser.AuthentikTile(application)); err != nil {
			return err
		}
		return w.followTile(ctx, s, mark, launched)
	})
	w.Trace.Picture(s, "launched")
	return launched, err
}

// PressOn presses Immich's OAuth button on the login page to which a tile led, and follows as Launch does.
func (w *World) PressOn(ctx context.Context, s *browser.Session) (*Launched, error) {
	launched, mark := &Launched{}, s.Mark()
	err := w.Trace.Step("press Immich's OAuth button", func() error {
		if err := w.press(ctx, s, browser.ImmichOAuthButton(w.ButtonText)); err != nil {
			return err
		}
		return w.followTile(ctx, s, mark, launched)
	})
	return launched, err
}

// followTile waits for Immich's own pages. Immich's form is hidden until the page has decided against the launch.
func (w *World) followTile(ctx context.Context, s *browser.Session, mark int, launched *Launched) error {
	stops := []browser.Control{
		browser.AuthentikLoginPage, browser.AuthentikConsentPage, browser.AuthentikErrorPage, browser.ImmichPasswordForm,
	}
	i, home, err := s.SeeOrArrive(ctx, mark, w.atHome, stops...)
	switch {
	case err != nil:
		return err
	case home == nil:
		launched.StoppedAt = stops[i].Name
		return nil
	}
	launched.Session, err = w.sessionIn(ctx, s)
	return err
}

// atHome accepts the pages at which Immich's web app shows itself to who has just logged in.
func (w *World) atHome(m browser.Move) bool {
	path := w.immichPath(m.URL)
	return m.By != browser.ByScript && (path == "/photos" || strings.HasPrefix(path, "/auth/onboarding"))
}
