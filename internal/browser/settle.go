package browser

import (
	"context"
	"fmt"
	"strconv"

	"github.com/chromedp/cdproto/animation"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/css"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"

	"github.com/ssoproof/ssoproof/internal/rest"
)

// The window is large enough for the desktop layout of both products.
const (
	windowWidth  = 1000
	windowHeight = 800
)

// curtain keeps a page from being drawn, which blot of control.js lifts for a picture: nobody looks at it otherwise, and
// drawing it in software was half of the CPU of the floor of BenchmarkLogin. It is all there, has its size, and counts as
// visible.
const curtain = `if (window === top) {
	const sheet = new CSSStyleSheet();
	sheet.replaceSync("html { opacity: 0 !important }");
	document.adoptedStyleSheets.push(sheet);
}`

// settle turns off what nobody reads here and what a login does not need: DOM and style mirrors, kept bodies,
// pictures, fonts and animations. It halves what a login costs.
func (s *Session) settle(ctx context.Context) error {
	headers := network.SetExtraHTTPHeadersParams{Headers: network.Headers{}}
	headers.Headers[rest.SessionHeader] = strconv.FormatInt(s.browser.opened.Add(1), 10)
	if name := rest.CheckOf(ctx); name != "" {
		headers.Headers[rest.CheckHeader] = name
	}
	ctx, done := s.while(ctx)
	defer done()
	for _, command := range []struct {
		method string
		params any
	}{
		{animation.Enable.Method, cdp.Empty{}}, // for still
		{css.Disable.Method, cdp.Empty{}},
		{dom.Disable.Method, cdp.Empty{}},
		{log.Disable.Method, cdp.Empty{}},
		{page.SetLifecycleEventsEnabled.Method, page.SetLifecycleEventsEnabledParams{}},
		{page.AddScriptToEvaluateOnNewDocument.Method, page.AddScriptToEvaluateOnNewDocumentParams{Source: curtain}},
		{network.SetBlockedURLs.Method, network.SetBlockedURLsParams{URLPatterns: blocked()}},
		{network.SetExtraHTTPHeaders.Method, headers},
		{emulation.SetEmulatedMedia.Method, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}},
		}},
		{emulation.SetDeviceMetricsOverride.Method, emulation.SetDeviceMetricsOverrideParams{
			Width: windowWidth, Height: windowHeight, DeviceScaleFactor: 1,
		}},
	} {
		if err := s.target.Call(ctx, command.method, command.params, nil); err != nil {
			return fmt.Errorf("%s: %w", command.method, waitError(ctx, err))
		}
	}
	return nil
}

// blocked are the files that no login needs.
func blocked() []*network.BlockPattern {
	var patterns []*network.BlockPattern
	for _, end := range []string{"woff", "woff2", "ttf", "png", "jpg", "jpeg", "webp", "avif", "gif", "ico", "mp4"} {
		patterns = append(patterns, &network.BlockPattern{URLPattern: "*://*:*/*." + end, Block: true})
	}
	return patterns
}
