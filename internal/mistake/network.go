package mistake

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"time"

	"github.com/ssoproof/ssoproof/suites"
)

// Alone reports whether this process has a network of its own, whose interfaces are nobody else's.
func Alone() bool {
	all, err := net.Interfaces()
	return err == nil && len(all) == 1 && all[0].Flags&net.FlagLoopback != 0
}

// Apart is a command that runs another one in a network of its own, for a mistake that is Alone. Linux can, for root and for
// who may make user namespaces; an error says why it cannot here.
func Apart(ctx context.Context, name string, args ...string) (*exec.Cmd, error) {
	own := []string{"--map-root-user", "--net", "sh", "-c", `ip link set lo up && exec "$@"`, "sh"}
	if out, err := exec.CommandContext(ctx, "unshare", append(own, "true")...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("a network of its own: %w %s", err, out)
	}
	return exec.CommandContext(ctx, "unshare", append(append(own, name), args...)...), nil
}

// flips is how long an address stays, and stays away: shorter than any answer takes to be loaded.
const flips = 5 * time.Millisecond

// changeNetwork lets an address of this machine come and go until ctx ends.
func changeNetwork(ctx context.Context, _ *suites.Env) error {
	if !Alone() {
		return errors.New("this is not a network of its own, but one that others use")
	}
	if err := flip(ctx, "add"); err != nil {
		return err
	}
	go func() {
		ticks := time.NewTicker(flips)
		defer ticks.Stop()
		for there := true; ; there = !there {
			select {
			case <-ctx.Done():
				return
			case <-ticks.C:
			}
			if flip(ctx, map[bool]string{true: "del", false: "add"}[there]) != nil {
				return
			}
		}
	}()
	return nil
}

func flip(ctx context.Context, what string) error {
	if out, err := exec.CommandContext(ctx, "ip", "address", what, "192.0.2.1/32", "dev", "lo").CombinedOutput(); err != nil {
		return fmt.Errorf("ip address %s: %w %s", what, err, out)
	}
	return nil
}
