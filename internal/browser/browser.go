// Package browser drives one Chrome: isolated sessions, the products' pages, and the landings of redirects. It is the
// only package that knows chromedp.
package browser

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
)

// Browser is one running Chrome.
type Browser struct {
	ctx    context.Context // of chromedp; ends when Chrome does
	close  context.CancelFunc
	idle   chan *profile
	output *tail
	opened atomic.Int64 // sessions so far
}

// ErrGone is wrapped by every error that means "Chrome, or the tab, ended by itself".
var ErrGone = errors.New("the browser is gone")

// startLimit is sized for a busy two-core machine.
const startLimit = 90 * time.Second

// Start starts Chrome, or attaches to the one at RemoteURL, and answers a *StartError when it does not respond.
func Start(ctx context.Context, o Options) (*Browser, error) {
	b := &Browser{idle: make(chan *profile, maxIdle), output: &tail{}}
	life, kill := context.WithCancel(context.WithoutCancel(ctx))
	allocator, release, err := allocate(life, o, b.output)
	if err != nil {
		kill()
		return nil, &StartError{Chrome: o.name(), Reason: "has no folder for its profile: " + err.Error()}
	}
	first, cancel := chromedp.NewContext(allocator, chromedp.WithErrorf(discard), chromedp.WithLogf(discard))
	b.ctx = first
	b.close = func() {
		b.quit()
		kill()
		cancel()
		release()
	}
	limited, done := context.WithTimeoutCause(ctx, startLimit, fmt.Errorf("no answer within %s", startLimit))
	defer done()
	inTime := context.AfterFunc(limited, kill)
	err = chromedp.Do(first) // on Chrome's own context: it binds Chrome's life to the one that it is given
	if !inTime() {
		err = context.Cause(limited)
	}
	if err != nil {
		kill()
		cancel()
		release()
		return nil, &StartError{Chrome: o.name(), Reason: explain(err, b.output.String())}
	}
	return b, nil
}

// Close ends Chrome, or leaves a remote one as it is.
func (b *Browser) Close() { b.close() }

// quit lets Chrome leave by itself, where it can.
func (b *Browser) quit() {
	if b.ctx.Err() != nil {
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, 10*time.Second)
	defer cancel()
	_ = chromedp.Cancel(ctx)
}

// gone says why Chrome has ended, or nil while it runs.
func (b *Browser) gone() error {
	if b.ctx.Err() == nil {
		return nil
	}
	_, err := chromedp.CallBrowser(b.ctx, browser.GetVersion, cdp.Empty{}) // it fails, and knows how the process ended
	return fmt.Errorf("%w: Chrome ended by itself (%v)", ErrGone, err)     //nolint:errorlint // no caller has cancelled anything
}

// ask sends Chrome a command that belongs to no tab.
func ask[P, R any](ctx context.Context, b *Browser, command cdp.Command[P, R], params P) (R, error) {
	result, err := cdp.Call(ctx, chromedp.FromContext(b.ctx).Browser, command, params)
	switch gone := b.gone(); {
	case err == nil:
		return result, nil
	case gone != nil:
		return result, gone
	}
	return result, waitError(ctx, err)
}

// waitError says why a wait ended rather than that a context did.
func waitError(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); err != nil && cause != nil {
		return cause
	}
	return err
}
