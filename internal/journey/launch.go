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
// Immich or is asked for something. Who is refused on the way, or comes back without a session, is an error at once.
func (w *World) Launch(ctx context.Context, s *browser.Session, application string) (*Launched, error) {
	var launched *Launched
	err := w.Trace.Step("press the tile", func() error {
		way, err := w.setOut(ctx, s)
		if err == nil {
			err = s.Click(ctx, browser.AuthentikTile(application))
		}
		if err == nil {
			launched, err = w.followTile(ctx, s, way, w.LoginForm())
		}
		return err
	})
	w.Trace.Picture(s, "launched")
	return launched, err
}

// PressOn presses Immich's OAuth button on the login page to which a tile led, and follows as Launch does.
func (w *World) PressOn(ctx context.Context, s *browser.Session) (*Launched, error) {
	var launched *Launched
	err := w.Trace.Step("press Immich's OAuth button", func() error {
		way, err := w.setOut(ctx, s)
		if err == nil {
			err = w.press(ctx, s, browser.ImmichOAuthButton(w.ButtonText))
		}
		if err == nil {
			launched, err = w.followTile(ctx, s, way, browser.ImmichPasswordForm)
		}
		return err
	})
	return launched, err
}

// wayMarks are where a way began: in the tab's trail, in what pages were answered and in the edge's record.
type wayMarks struct {
	moves, replies int
	record         int64
}

func (w *World) setOut(ctx context.Context, s *browser.Session) (wayMarks, error) {
	last, err := w.Edge.Last(ctx)
	return wayMarks{moves: s.Mark(), replies: len(s.Replies()), record: last}, err
}

// followTile waits until authentik sends the browser back with an answer, and from there for Immich's own pages. What
// asks for something on the way, or refuses, ends it. Immich's form is hidden until the page has decided against the
// launch. form is what the login page shows at rest: the button that was pressed stays where it is.
func (w *World) followTile(ctx context.Context, s *browser.Session, way wayMarks, form browser.Control) (*Launched, error) {
	asks := []browser.Control{browser.AuthentikLoginPage, browser.AuthentikConsentPage, form}
	i, landing, err := s.SeeOrArrive(ctx, way.moves, landsOn(w.RedirectURI(LoginPath)), append(asks, browser.Refusals()...)...)
	switch {
	case err != nil:
		return nil, err
	case landing != nil:
		return w.enter(ctx, s, way, landing.URL)
	case i >= len(asks):
		return nil, s.Refusal(ctx, i-len(asks))
	}
	if err := w.rejection(ctx, s, way.replies, way.record, authorizeEndpoint); err != nil {
		return nil, err
	}
	return &Launched{StoppedAt: asks[i].Name}, nil
}

// enter follows from the landing in Immich to its own pages.
func (w *World) enter(ctx context.Context, s *browser.Session, way wayMarks, address string) (*Launched, error) {
	answer, err := ParseAnswer(address)
	if err == nil {
		err = answer.usable()
	}
	if err == nil {
		_, err = w.callback(ctx, s, way.replies, way.record, callbackEndpoint, answer)
	}
	if err != nil {
		return nil, err
	}
	session, err := w.sessionIn(ctx, s)
	switch {
	case err != nil:
		return nil, err
	case session.Token == "":
		return nil, &NoSessionError{Endpoint: callbackEndpoint}
	}
	form := w.LoginForm()
	_, home, err := s.SeeOrArrive(ctx, way.moves, w.atHome, form)
	if err == nil && home == nil {
		return &Launched{StoppedAt: form.Name}, nil
	}
	return &Launched{Session: session}, err
}

// atHome accepts the pages at which Immich's web app shows itself to who has just logged in.
func (w *World) atHome(m browser.Move) bool {
	path := w.immichPath(m.URL)
	return m.By != browser.ByScript && (path == "/photos" || strings.HasPrefix(path, "/auth/onboarding"))
}
