// Package browser drives one Chrome: isolated sessions, the products' pages, and the landings of redirects. It is the
// only package that knows chromedp.
package browser

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/remote"
)

// Options say which Chrome to use and how it reaches the products.
type Options struct {
	// RemoteURL is the DevTools address of a Chrome that already runs; empty: start ExecPath.
	RemoteURL string
	ExecPath  string
	HostRules string // value of --host-resolver-rules
	SPKI      string // value of --ignore-certificate-errors-spki-list
	NoSandbox bool   // Chrome refuses its sandbox when it runs as root
}

// Browser is one running Chrome.
type Browser struct {
	ctx   context.Context
	close context.CancelFunc
	idle  chan *profile
}

// StartError says why no Chrome could be used; it means that the stack is incomplete, nothing about the products.
type StartError struct {
	Chrome string // path or address
	Reason string
}

func (e *StartError) Error() string { return fmt.Sprintf("Chrome %s: %s", e.Chrome, e.Reason) }

// startLimit is sized for a busy two-core machine.
const startLimit = 90 * time.Second

// Start starts Chrome, or attaches to the one at RemoteURL, and answers a *StartError when it does not respond.
func Start(ctx context.Context, o Options) (*Browser, error) {
	var output tail
	allocator, release := allocate(context.WithoutCancel(ctx), o, &output)
	first, cancel := chromedp.NewContext(allocator, chromedp.WithErrorf(discard), chromedp.WithLogf(discard))
	b := &Browser{ctx: first, idle: make(chan *profile, maxIdle), close: func() {
		closing, done := context.WithTimeout(first, 10*time.Second)
		defer done()
		_ = chromedp.Cancel(closing)
		cancel()
		release()
	}}
	started := make(chan error, 1)
	go func() { started <- chromedp.Do(first) }()
	limit := time.NewTimer(startLimit)
	defer limit.Stop()
	var err error
	select {
	case err = <-started:
	case <-ctx.Done():
		err = context.Cause(ctx)
	case <-limit.C:
		err = fmt.Errorf("no answer within %s", startLimit)
	}
	if err != nil {
		cancel()
		release()
		return nil, &StartError{Chrome: o.name(), Reason: explain(err, output.String())}
	}
	return b, nil
}

// Close ends Chrome, or leaves a remote one as it is.
func (b *Browser) Close() { b.close() }

func (o Options) name() string {
	if o.RemoteURL != "" {
		return "at " + o.RemoteURL
	}
	return o.ExecPath
}

func allocate(ctx context.Context, o Options, output io.Writer) (context.Context, context.CancelFunc) {
	if o.RemoteURL != "" {
		return remote.NewAllocator(ctx, o.RemoteURL)
	}
	flags := append([]chromedp.ExecAllocatorOption{}, chromedp.DefaultExecAllocatorOptions[:]...)
	flags = append(flags,
		chromedp.ExecPath(o.ExecPath),
		chromedp.CombinedOutput(output),
		chromedp.DisableGPU,
		chromedp.WindowSize(windowWidth, windowHeight),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("mute-audio", true),
		chromedp.Flag("lang", "en-US"),
		chromedp.Flag("host-resolver-rules", o.HostRules),
		chromedp.Flag("ignore-certificate-errors-spki-list", o.SPKI),
	)
	if o.NoSandbox {
		flags = append(flags, chromedp.NoSandbox)
	}
	return chromedp.NewExecAllocator(ctx, flags...)
}

// explain turns Chrome's last words into one line.
func explain(err error, output string) string {
	switch {
	case strings.Contains(output, "No usable sandbox"), strings.Contains(output, "Running as root without --no-sandbox"):
		return "refuses to start without its sandbox: allow unprivileged user namespaces, or use a Chrome in a container (--browser container)"
	case errors.Is(err, os.ErrNotExist), strings.Contains(err.Error(), "no such file"):
		return "is not there"
	case strings.Contains(output, "No space left on device"):
		return "the disk is full"
	}
	if last := lastLine(output); last != "" {
		return fmt.Sprintf("did not start: %v; its last line: %s", err, last)
	}
	return fmt.Sprintf("did not start: %v", err)
}

func discard(string, ...any) {}
