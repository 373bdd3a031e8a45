package run

import (
	"context"
	"time"

	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/stack"
)

// A container's network changes once more when it has started: the kernel makes sure that nobody else has the interface's
// IPv6 address (RFC 4862 §5.4), which takes it up to two seconds.
const networkQuiet = 2500 * time.Millisecond

// networkPatience bounds the wait on a machine where others' containers come and go: a check that they disturb says so.
const networkPatience = 15 * time.Second

// awaitRest waits for the network changes that starting the stack has brought about: a Chrome on the machine of its
// containers aborts its requests at each.
func awaitRest(ctx context.Context, s stack.Stack, network *browser.Network) {
	if s.Kind() != stack.Containers || s.Browser().RemoteURL != "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, networkPatience)
	defer cancel()
	network.Rest(ctx, networkQuiet)
}
