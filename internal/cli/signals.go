package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// interruptible is a context that the first signal ends, so that the run ends in order: its report is written, its stack
// taken down. A second Ctrl-C ends the process at once. TERM and HUP never do: a CI system sends INT and, some seconds
// later, TERM.
func interruptible(ctx context.Context, out io.Writer) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		interrupts := 0
		for got := range signals {
			if ctx.Err() == nil {
				fmt.Fprintln(out, "ssoproof: stopping; press Ctrl-C again to leave at once, with the containers left behind (ssoproof stack list)")
			}
			cancel()
			if got != os.Interrupt {
				continue
			}
			if interrupts++; interrupts > 1 {
				leave()
			}
		}
	}()
	return ctx, sync.OnceFunc(func() {
		signal.Stop(signals)
		close(signals)
		cancel()
	})
}

// heard is standard output that ends the run in order once nobody reads it any more ("ssoproof run | head").
type heard struct {
	io.Writer
	lost func()
}

func (h heard) Write(p []byte) (int, error) {
	n, err := h.Writer.Write(p)
	if errors.Is(err, syscall.EPIPE) {
		h.lost()
	}
	return n, err
}

// surviveClosedOutput makes a write to an output that nobody reads an error. By default it kills the process. The signal
// itself says nothing: a socket whose other end is gone raises it as well.
func surviveClosedOutput() { signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) }

// leave ends the process as an interrupt does by default.
func leave() {
	signal.Reset(os.Interrupt)
	if self, err := os.FindProcess(os.Getpid()); err == nil && self.Signal(os.Interrupt) == nil {
		select {} // it is on its way
	}
	os.Exit(exitInterrupted)
}
