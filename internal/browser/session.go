package browser

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"sync/atomic"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Session is one tab in a browser context of its own: a person at a fresh browser.
type Session struct {
	browser *Browser
	profile *profile
	target  *chromedp.Target
	close   context.CancelFunc // closes the tab
	closed  sync.Once
	life    context.Context // ends with the tab, and knows why
	end     context.CancelCauseFunc
	trail   *trail
	held    atomic.Pointer[string] // the address of Hold
	strict  atomic.Bool            // a disturbance ends the session
	secrets []string               // what must not show in a picture
}

var errClosed = errors.New("the session is closed")

// Session opens a tab that shares nothing with any other.
func (b *Browser) Session(ctx context.Context) (*Session, error) {
	p, err := b.profile(ctx)
	if err != nil {
		return nil, err
	}
	s := &Session{browser: b, profile: p, trail: newTrail(), secrets: []string{}}
	s.life, s.end = context.WithCancelCause(context.WithoutCancel(b.ctx))
	if err := s.open(ctx); err != nil {
		s.end(err)
		b.discard(p)
		return nil, fmt.Errorf("open a tab: %w", err)
	}
	return s, nil
}

// open opens the tab for the lifetime of Chrome, unless ctx ends before it is open.
func (s *Session) open(ctx context.Context) error {
	life, kill := context.WithCancel(s.browser.ctx)
	tab, cancel := chromedp.NewContext(life,
		chromedp.WithExistingBrowserContext(s.profile.id), chromedp.WithListener(s.listen))
	gone := context.AfterFunc(s.browser.ctx, func() { s.end(s.browser.gone()) })
	s.close = func() {
		gone()
		kill()
		cancel()
	}
	inTime := context.AfterFunc(ctx, kill)
	err := chromedp.Do(tab)
	if !inTime() {
		err = context.Cause(ctx)
	}
	if err == nil {
		s.target = chromedp.FromContext(tab).Target
		s.trail.main(cdp.FrameID(s.target.TargetID))
		err = s.settle(ctx)
	}
	if err != nil {
		s.close()
		if gone := s.browser.gone(); gone != nil {
			return gone
		}
	}
	return err
}

// Close wipes what the session has left and closes the tab. It takes no longer when the check's own time has run out,
// and is safe to call twice.
func (s *Session) Close() { s.closed.Do(s.leave) }

func (s *Session) leave() {
	err := s.wipe()
	s.end(errClosed)
	s.close()
	if err != nil {
		s.browser.discard(s.profile)
		return
	}
	s.browser.keep(s.profile)
}

// Open loads an address and returns as soon as the navigation has begun; what the page shows is waited for elsewhere.
func (s *Session) Open(ctx context.Context, address string) error {
	result, err := call(ctx, s, page.Navigate, page.NavigateParams{URL: address})
	switch {
	case err != nil:
		return fmt.Errorf("open %s: %w", withoutQuery(address), err)
	case result.ErrorText != "" && result.ErrorText != "net::ERR_ABORTED":
		return fmt.Errorf("open %s: %s", withoutQuery(address), result.ErrorText)
	}
	return nil
}

// Disturbed reports why the browser's own view cannot be trusted: a network change on its machine aborted requests.
func (s *Session) Disturbed() error {
	if failure := s.trail.disturbance(); failure != "" {
		return fmt.Errorf("the browser reported %s: a network interface of its machine came or went, which aborts requests", failure)
	}
	return nil
}

// Strict ends the session as soon as it is disturbed: who judges by what it shows need not wait for what cannot come.
func (s *Session) Strict() { s.strict.Store(true) }

// Hide keeps texts out of every picture.
func (s *Session) Hide(secrets ...string) {
	for _, secret := range secrets {
		if secret != "" {
			s.secrets = append(s.secrets, secret)
		}
	}
}

// while gives ctx the end of the tab as well: chromedp waits for ever on a tab that is closed. The caller calls done.
func (s *Session) while(ctx context.Context) (both context.Context, done func()) {
	both, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(s.life, func() { cancel(context.Cause(s.life)) })
	return both, func() { stop(); cancel(nil) }
}

// call sends the tab a command; its error says why a wait ended.
func call[P, R any](ctx context.Context, s *Session, command cdp.Command[P, R], params P) (R, error) {
	ctx, done := s.while(ctx)
	defer done()
	result, err := cdp.Call(ctx, s.target, command, params)
	return result, waitError(ctx, err)
}

// withoutQuery keeps codes and tokens out of an error.
func withoutQuery(address string) string {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return "an unreadable address"
	case u.Scheme == "data", u.Scheme == "javascript":
		return u.Scheme + ":…"
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}
