//go:build unix

package run

import (
	"runtime"
	"syscall"
)

// peakMemory is the largest resident size of this process so far, in bytes.
func peakMemory() int64 {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return int64(usage.Maxrss)
	}
	return int64(usage.Maxrss) << 10 // KiB elsewhere
}
