package browser

import (
	"context"
	"errors"
	"os"
	"sync"
	"syscall"
	"time"
)

// Network follows what happens to the network of this machine, through the same kernel events that make a Chrome on it
// abort its requests with net::ERR_NETWORK_CHANGED.
type Network struct {
	events *os.File
	mu     sync.Mutex
	last   time.Time
}

// The groups of rtnetlink(7) that Chrome listens to: interfaces, and their addresses.
const (
	groupLink        = 0x1
	groupIPv4Address = 0x10
	groupIPv6Address = 0x100
)

// WatchNetwork begins to follow the events. Where they cannot be had, none is ever seen.
func WatchNetwork() *Network {
	n := &Network{last: time.Now()}
	fd, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_RAW|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, syscall.NETLINK_ROUTE)
	if err != nil {
		return n
	}
	n.events = os.NewFile(uintptr(fd), "rtnetlink")
	groups := uint32(groupLink | groupIPv4Address | groupIPv6Address)
	if err := syscall.Bind(fd, &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK, Groups: groups}); err != nil {
		n.Close()
		return n
	}
	go n.follow()
	return n
}

// follow notes when the newest event was, until Close.
func (n *Network) follow() {
	buffer := make([]byte, 1<<16)
	for {
		// More events than fit (ENOBUFS) are events as well.
		if _, err := n.events.Read(buffer); err != nil && !errors.Is(err, syscall.ENOBUFS) {
			return
		}
		n.mu.Lock()
		n.last = time.Now()
		n.mu.Unlock()
	}
}

// Rest waits until nothing has happened for as long as quiet, counted from WatchNetwork, or ctx ends.
func (n *Network) Rest(ctx context.Context, quiet time.Duration) {
	for {
		n.mu.Lock()
		left := quiet - time.Since(n.last)
		n.mu.Unlock()
		if left <= 0 {
			return
		}
		select {
		case <-time.After(left):
		case <-ctx.Done():
			return
		}
	}
}

// Close ends the watching.
func (n *Network) Close() {
	if n.events != nil {
		_ = n.events.Close()
	}
}
