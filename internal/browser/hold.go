package browser

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
)

// landingPage is what a person sees in the place of a page that was held back.
const landingPage = "<!doctype html><title>ssoproof</title><p style='font:16px sans-serif;margin:3em'>" +
	"The browser landed here. ssoproof held the page back, so that the authorization code was not used."

// Hold keeps every page at uri (scheme, host and path) from loading when it is reached with an answer of the OpenID
// Provider, a query with code, error or state: the code stays unused. The landing is in the trail as ByHold. A session
// holds one address, the last one.
func (s *Session) Hold(ctx context.Context, uri string) error {
	s.held.Store(&uri)
	_, err := call(ctx, s, fetch.Enable, fetch.EnableParams{
		Patterns: []*fetch.RequestPattern{{URLPattern: uri + "*", ResourceType: network.ResourceTypeDocument}},
	})
	if err != nil {
		return fmt.Errorf("hold back %s: %w", uri, err)
	}
	return nil
}

// release answers a paused request. An error can only mean that the tab is gone, and whoever waits for it is told.
func (s *Session) release(e *fetch.EventRequestPaused) {
	if !answers(*s.held.Load(), e.Request.URL) {
		_, _ = call(s.life, s, fetch.ContinueRequest, fetch.ContinueRequestParams{RequestID: e.RequestID})
		return
	}
	s.trail.add(e.FrameID, e.Request.URL, ByHold)
	_, _ = call(s.life, s, fetch.FulfillRequest, fetch.FulfillRequestParams{
		RequestID: e.RequestID, ResponseCode: 200, Body: []byte(landingPage),
		ResponseHeaders: []*fetch.HeaderEntry{{Name: "Content-Type", Value: "text/html; charset=utf-8"}},
	})
}

// answers reports whether an address is uri with an answer of the OpenID Provider, though its code may be missing.
func answers(uri, address string) bool {
	base, query, _ := strings.Cut(address, "?")
	values, _ := url.ParseQuery(query) // what can be read of it
	return base == uri && (values.Has("code") || values.Has("error") || values.Has("state"))
}
