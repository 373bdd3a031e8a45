package browser_test

import (
	"context"
	"runtime"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/browser"
)

func TestNetworkRestsWhenNothingHappensAnyMore(t *testing.T) {
	t.Parallel()
	flip := ownNetwork(t)
	n := browser.WatchNetwork()
	t.Cleanup(n.Close)
	const quiet = time.Second
	rests := func(within time.Duration) bool {
		ctx, cancel := context.WithTimeout(t.Context(), within)
		defer cancel()
		n.Rest(ctx, quiet)
		return ctx.Err() == nil
	}
	require.True(t, rests(time.Minute), "nothing happens here")
	require.Eventually(t, func() bool { flip(); return !rests(quiet / 10) }, time.Minute, quiet/10, "an event is no rest")
	require.True(t, rests(time.Minute), "nothing happens any more")
}

// ownNetwork gives the test's thread a network of its own, and a switch for the only interface in it.
func ownNetwork(t *testing.T) (flip func()) {
	t.Helper()
	runtime.LockOSThread() // never unlocked: the thread ends with the test's goroutine
	if err := syscall.Unshare(syscall.CLONE_NEWNET); err != nil {
		t.Skipf("a network of the test's own: %v", err)
	}
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = syscall.Close(fd) })
	request := struct { // ifreq of netdevice(7)
		name  [syscall.IFNAMSIZ]byte
		flags uint16
		_     [22]byte
	}{name: [syscall.IFNAMSIZ]byte{'l', 'o'}}
	return func() {
		request.flags ^= syscall.IFF_UP
		_, _, code := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), syscall.SIOCSIFFLAGS, uintptr(unsafe.Pointer(&request)))
		require.Zero(t, code)
	}
}
