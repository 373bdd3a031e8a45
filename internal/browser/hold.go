package browser

import (
	"context"
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// landingPage is what a person sees in the place of a page that was held back.
const landingPage = "<!doctype html><title>ssoproof</title><p style='font:16px sans-serif;margin:3em'>" +
	"The browser landed here. ssoproof held the page back, so that the authorization code was not used."

// Hold keeps every page at uri (scheme, host and path) from loading when it is reached with an answer of the OpenID
// Provider, a query with code, error or state: the code stays unused. The landing is in the trail as ByHold.
func (s *Session) Hold(ctx context.Context, uri string) error {
	s.trail.mu.Lock()
	s.trail.held = func(e *fetch.EventRequestPaused) { s.release(uri, e) }
	s.trail.mu.Unlock()
	_, err := chromedp.Call(s.in(ctx), fetch.Enable, fetch.EnableParams{
		Patterns: []*fetch.RequestPattern{{URLPattern: uri + "*", ResourceType: network.ResourceTypeDocument}},
	})
	if err != nil {
		return fmt.Errorf("hold back %s: %w", uri, err)
	}
	return nil
}

// isAnswer reports whether a query is one that an OpenID Provider sends back, though its code may be missing.
func isAnswer(query string) bool {
	return strings.Contains(query, "code=") || strings.Contains(query, "error=") || strings.Contains(query, "state=")
}

// release answers a paused request. It runs for the lifetime of the tab, so an error can only mean that the tab is gone.
func (s *Session) release(uri string, e *fetch.EventRequestPaused) {
	tab := chromedp.FromContext(s.tab).Target
	path, query, _ := strings.Cut(e.Request.URL, "?")
	if path != uri || !isAnswer(query) {
		_, _ = cdp.Call(s.tab, tab, fetch.ContinueRequest, fetch.ContinueRequestParams{RequestID: e.RequestID})
		return
	}
	s.trail.add(e.Request.URL, ByHold)
	_, _ = cdp.Call(s.tab, tab, fetch.FulfillRequest, fetch.FulfillRequestParams{
		RequestID: e.RequestID, ResponseCode: 200, Body: []byte(landingPage),
		ResponseHeaders: []*fetch.HeaderEntry{{Name: "Content-Type", Value: "text/html; charset=utf-8"}},
	})
}
