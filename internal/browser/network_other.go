//go:build !linux

package browser

import (
	"context"
	"time"
)

// Network stands for the events of this machine's network where they are not followed: an engine's containers come and
// go in a virtual machine there, whose network Chrome does not see.
type Network struct{}

// WatchNetwork follows nothing.
func WatchNetwork() *Network { return &Network{} }

// Rest returns at once.
func (*Network) Rest(context.Context, time.Duration) {}

// Close does nothing.
func (*Network) Close() {}
