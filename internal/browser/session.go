package browser

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/css"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// The window is large enough for the desktop layout of both products.
const (
	windowWidth  = 1000
	windowHeight = 800
)

// Session is one tab in a browser context of its own: a person at a fresh browser.
type Session struct {
	browser *Browser
	profile *profile
	tab     context.Context
	cancel  context.CancelFunc
	trail   *trail
	secrets []string // what must not show in a picture
}

// Session opens a tab that shares nothing with any other.
func (b *Browser) Session(ctx context.Context) (*Session, error) {
	p, err := b.profile(ctx)
	if err != nil {
		return nil, err
	}
	s := &Session{browser: b, profile: p, trail: newTrail()}
	s.tab, s.cancel = chromedp.NewContext(b.ctx,
		chromedp.WithExistingBrowserContext(p.id), chromedp.WithListener(s.trail.listen))
	if err = s.openTab(ctx); err == nil {
		err = s.settle(ctx)
	}
	if err != nil {
		s.cancel()
		return nil, fmt.Errorf("open a tab: %w", err)
	}
	s.trail.main(cdp.FrameID(chromedp.FromContext(s.tab).Target.TargetID))
	return s, nil
}

// settle turns off what nobody reads here and what a login does not need: DOM and style mirrors, kept bodies,
// pictures, fonts and animations. It halves what a login costs.
func (s *Session) settle(ctx context.Context) error {
	tab := chromedp.FromContext(s.tab).Target
	for _, command := range []struct {
		method string
		params any
	}{
		{css.Disable.Method, cdp.Empty{}},
		{dom.Disable.Method, cdp.Empty{}},
		{log.Disable.Method, cdp.Empty{}},
		{page.SetLifecycleEventsEnabled.Method, page.SetLifecycleEventsEnabledParams{}},
		{network.SetBlockedURLs.Method, network.SetBlockedURLsParams{URLPatterns: blocked()}},
		{emulation.SetEmulatedMedia.Method, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}},
		}},
		{emulation.SetDeviceMetricsOverride.Method, emulation.SetDeviceMetricsOverrideParams{
			Width: windowWidth, Height: windowHeight, DeviceScaleFactor: 1,
		}},
	} {
		if err := tab.Call(ctx, command.method, command.params, nil); err != nil {
			return fmt.Errorf("%s: %w", command.method, err)
		}
	}
	return nil
}

// Close closes the tab and wipes what it left.
func (s *Session) Close() {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.browser.ctx), 20*time.Second)
	defer cancel()
	s.browser.release(ctx, s.profile, s.in(ctx), s.trail.origins())
	s.cancel()
}

// Open loads an address and returns as soon as the navigation has begun; what the page shows is waited for elsewhere.
func (s *Session) Open(ctx context.Context, address string) error {
	result, err := chromedp.Call(s.in(ctx), page.Navigate, page.NavigateParams{URL: address})
	switch {
	case err != nil:
		return fmt.Errorf("open %s: %w", withoutQuery(address), s.waitError(ctx, err))
	case result.ErrorText != "" && result.ErrorText != "net::ERR_ABORTED":
		return fmt.Errorf("open %s: %s", withoutQuery(address), result.ErrorText)
	}
	return nil
}

// Disturbed reports why the browser's own view cannot be trusted: a network change on its machine aborted requests.
func (s *Session) Disturbed() error {
	if s.trail.networkChanged() {
		return fmt.Errorf("the browser reported %s: a network interface of its machine came or went, which aborts requests", networkChanged)
	}
	return nil
}

// Hide keeps a text out of every picture.
func (s *Session) Hide(secrets ...string) { s.secrets = slices.Concat(s.secrets, secrets) }

// in is the tab's context with the deadline of ctx.
func (s *Session) in(ctx context.Context) context.Context {
	return mergedContext{Context: ctx, values: s.tab}
}

// openTab runs the first action on the tab's own context: it opens the tab for the lifetime of the context it is given.
func (s *Session) openTab(ctx context.Context) error {
	done := make(chan error, 1)
	go func() { done <- chromedp.Do(s.tab) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// waitError says why a wait ended rather than that a context did.
func (s *Session) waitError(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// blocked are the files that no login needs.
func blocked() []*network.BlockPattern {
	var patterns []*network.BlockPattern
	for _, end := range []string{"woff", "woff2", "ttf", "png", "jpg", "jpeg", "webp", "avif", "gif", "ico", "mp4"} {
		patterns = append(patterns, &network.BlockPattern{URLPattern: "*://*:*/*." + end, Block: true})
	}
	return patterns
}

// withoutQuery keeps codes and tokens out of an error.
func withoutQuery(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "the address"
	}
	u.RawQuery, u.Fragment = "", ""
	return u.String()
}
