package browser

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/remote"

	"github.com/ssoproof/ssoproof/internal/owner"
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

// StartError says why no Chrome could be used; it means that the stack is incomplete, nothing about the products.
type StartError struct {
	Chrome string // path or address
	Reason string
}

func (e *StartError) Error() string { return fmt.Sprintf("Chrome %s: %s", e.Chrome, e.Reason) }

func (o Options) name() string {
	if o.RemoteURL != "" {
		return "at " + o.RemoteURL
	}
	return o.ExecPath
}

// allocate prepares a Chrome; cancel ends it and removes its files.
func allocate(ctx context.Context, o Options, output io.Writer) (_ context.Context, cancel context.CancelFunc, err error) {
	if o.RemoteURL != "" {
		ctx, cancel := remote.NewAllocator(ctx, o.RemoteURL)
		return ctx, cancel, nil
	}
	folder, err := owner.TempDir("chrome")
	if err != nil {
		return nil, nil, err
	}
	options := append([]chromedp.ExecAllocatorOption{}, chromedp.DefaultExecAllocatorOptions[:]...)
	options = append(options,
		chromedp.ExecPath(o.ExecPath),
		chromedp.UserDataDir(folder),
		chromedp.CombinedOutput(output),
		chromedp.ModifyCmdFunc(together),
		chromedp.Flag("no-sandbox", o.NoSandbox), // said in any case: chromedp would decide for root by itself
		chromedp.Flag("host-resolver-rules", o.HostRules),
		chromedp.Flag("ignore-certificate-errors-spki-list", o.SPKI),
	)
	for _, flag := range Flags() {
		name, value, valued := strings.Cut(strings.TrimPrefix(flag, "--"), "=")
		if valued {
			options = append(options, chromedp.Flag(name, value))
		} else {
			options = append(options, chromedp.Flag(name, true))
		}
	}
	ctx, end := chromedp.NewExecAllocator(ctx, options...)
	return ctx, func() { end(); _ = os.RemoveAll(folder) }, nil
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
	first, _, _ := strings.Cut(err.Error(), "\n") // chromedp adds all that Chrome printed
	reason := "did not start: " + strings.TrimSuffix(first, ":")
	if last := lastLine(output); last != "" {
		reason += "; its last line: " + last
	}
	return reason
}

func discard(string, ...any) {}
