package journey

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/immich"
)

// listenLimit is how long an open page may take to reach Immich over its socket, and to act on what it is told there.
const listenLimit = 30 * time.Second

// listening bounds a wait for the socket, so that time is left for what comes after.
func listening(ctx context.Context) (context.Context, context.CancelFunc) {
	limit := listenLimit
	if deadline, ok := ctx.Deadline(); ok {
		limit = min(limit, time.Until(deadline)/2)
	}
	return context.WithTimeoutCause(ctx, limit, fmt.Errorf("nothing within %s", limit.Round(time.Second)))
}

// Show opens a page of Immich's in the browser, with a session, and waits until the page can hear from Immich: over its
// socket Immich tells the version when it has joined the page with its session (event on_server_version, v3.1.0).
// heard is false where it has not done so in time.
func (w *World) Show(ctx context.Context, s *browser.Session, session *immich.Session, email string) (heard bool, err error) {
	err = w.Trace.Step("open Immich with the session", func() error {
		if err := s.SetCookies(ctx, w.ImmichURL, session.Cookies); err != nil {
			return err
		}
		if err := s.Open(ctx, w.RedirectURI(LinkPath)); err != nil {
			return err
		}
		_, err := s.See(ctx, browser.ImmichAvatar(email))
		return err
	})
	if err != nil {
		w.Trace.Picture(s, "stopped")
		return false, err
	}
	limited, cancel := listening(ctx)
	defer cancel()
	err = s.Told(limited, "Immich's word over the socket", func(text string) bool { return strings.Contains(text, `"on_server_version"`) })
	if err != nil && limited.Err() != nil && ctx.Err() == nil {
		return false, nil
	}
	return err == nil, err
}

// Left waits until the browser has left Immich's page for the login page, since mark. left is false where it has not in
// time.
func (w *World) Left(ctx context.Context, s *browser.Session, mark int) (left bool, err error) {
	err = w.Trace.Step("wait until the page is left", func() error {
		limited, cancel := listening(ctx)
		defer cancel()
		_, err := s.Arrive(limited, mark, "Immich's login page", func(m browser.Move) bool {
			return m.By != browser.ByScript && w.immichPath(m.URL) == LoginPath
		})
		left = err == nil
		if err != nil && limited.Err() != nil && ctx.Err() == nil {
			return nil
		}
		return err
	})
	w.Trace.Picture(s, "left")
	return left, err
}
