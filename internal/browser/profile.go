package browser

import (
	"context"
	"fmt"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// profile is an isolated browser context: its own cookies, storage and cache. It is used by one session at a time and
// wiped in between; only its HTTP cache stays, since a warm cache takes a third off a login.
type profile struct{ id cdp.BrowserContextID }

// maxIdle is the number of wiped profiles that are kept; more than the number of cores is never of use.
const maxIdle = 8

// wiped are the kinds of storage that a session could leave to the next one: all but the HTTP cache.
const wiped = "cookies,file_systems,indexeddb,local_storage,service_workers,cache_storage,websql"

func (b *Browser) profile(ctx context.Context) (*profile, error) {
	select {
	case p := <-b.idle:
		return p, nil
	default:
	}
	created, err := chromedp.CallBrowser(b.merge(ctx), target.CreateBrowserContext, target.CreateBrowserContextParams{})
	if err != nil {
		return nil, fmt.Errorf("open a browser context: %w", err)
	}
	return &profile{id: created.BrowserContextID}, nil
}

// release wipes the profile and keeps it, or throws it away when it cannot be wiped.
func (b *Browser) release(ctx context.Context, p *profile, page context.Context, origins []string) {
	clean := true
	for _, origin := range origins {
		_, err := chromedp.Call(page, storage.ClearDataForOrigin, storage.ClearDataForOriginParams{Origin: origin, StorageTypes: wiped})
		clean = clean && err == nil
	}
	_, err := chromedp.CallBrowser(b.merge(ctx), storage.ClearCookies, storage.ClearCookiesParams{BrowserContextID: p.id})
	if clean && err == nil {
		select {
		case b.idle <- p:
			return
		default:
		}
	}
	_, _ = chromedp.CallBrowser(b.merge(ctx), target.DisposeBrowserContext, target.DisposeBrowserContextParams{BrowserContextID: p.id})
}

// merge gives Chrome's context the deadline of ctx; chromedp finds its browser in the context's values.
func (b *Browser) merge(ctx context.Context) context.Context {
	return mergedContext{Context: ctx, values: b.ctx}
}

type mergedContext struct {
	context.Context
	values context.Context
}

func (m mergedContext) Value(key any) any {
	if v := m.values.Value(key); v != nil {
		return v
	}
	return m.Context.Value(key)
}
