package browser

import (
	"context"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/cdproto/target"
)

// profile is an isolated browser context: its own cookies, storage and cache. It is used by one session at a time and
// wiped in between. Only its HTTP cache stays, and with an empty tab the process that has compiled the products' scripts:
// the one takes a third off a login, the other a fifth.
type profile struct{ id cdp.BrowserContextID }

// maxIdle is the number of wiped profiles that are kept; more than the number of cores is never of use.
const maxIdle = 8

// wipeLimit and discardLimit are for a busy two-core machine.
const (
	wipeLimit    = 20 * time.Second
	discardLimit = 5 * time.Second
)

// profile takes a wiped profile, or makes one that ends with the connection to Chrome.
func (b *Browser) profile(ctx context.Context) (*profile, error) {
	select {
	case p := <-b.idle:
		return p, nil
	default:
	}
	yes := true
	created, err := ask(ctx, b, target.CreateBrowserContext, target.CreateBrowserContextParams{DisposeOnDetach: &yes})
	if err != nil {
		return nil, fmt.Errorf("open a browser context: %w", err)
	}
	p := &profile{id: created.BrowserContextID}
	anchor := target.CreateTargetParams{URL: "about:blank", BrowserContextID: p.id}
	if _, err := ask(ctx, b, target.CreateTarget, anchor); err != nil {
		b.discard(p)
		return nil, fmt.Errorf("open an empty tab: %w", err)
	}
	return p, nil
}

// wipe removes all that the session has left in its profile, but for the HTTP cache. The page has to go first, or its
// scripts would go on writing.
func (s *Session) wipe() error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.browser.ctx), wipeLimit)
	defer cancel()
	if _, err := call(ctx, s, page.Navigate, page.NavigateParams{URL: "about:blank"}); err != nil {
		return err
	}
	for _, origin := range s.trail.origins() {
		params := storage.ClearDataForOriginParams{Origin: origin, StorageTypes: "all"}
		if _, err := call(ctx, s, storage.ClearDataForOrigin, params); err != nil {
			return err
		}
	}
	_, err := ask(ctx, s.browser, storage.ClearCookies, storage.ClearCookiesParams{BrowserContextID: s.profile.id})
	return err
}

// keep gives a wiped profile to the next session.
func (b *Browser) keep(p *profile) {
	select {
	case b.idle <- p:
	default:
		b.discard(p)
	}
}

// discard throws a profile away, and every tab in it. Where that fails, Chrome is gone and the profile with it.
func (b *Browser) discard(p *profile) {
	if b.ctx.Err() != nil {
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, discardLimit)
	defer cancel()
	_, _ = ask(ctx, b, target.DisposeBrowserContext, target.DisposeBrowserContextParams{BrowserContextID: p.id})
}
