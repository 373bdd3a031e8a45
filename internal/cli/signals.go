package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// interruptible is a context that the first signal ends, so that the run ends in order: its report is written, its stack
// taken down. A second Ctrl-C ends the process at once. TERM and HUP never do: a CI system sends INT and, some seconds
// later, TERM. Where nobody reads the output any more the run ends in order as well.
func interruptible(ctx context.Context, out io.Writer) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	go func() {
		interrupts := 0
		for got := range signals {
			if ctx.Err() == nil && got != syscall.SIGPIPE {
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
	return ctx, func() {
		signal.Stop(signals)
		close(signals)
		cancel()
	}
}

// leave ends the process as an interrupt does by default.
func leave() {
	signal.Reset(os.Interrupt)
	if self, err := os.FindProcess(os.Getpid()); err == nil && self.Signal(os.Interrupt) == nil {
		select {} // it is on its way
	}
	os.Exit(exitInterrupted)
}
