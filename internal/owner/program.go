package owner

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/shirou/gopsutil/v4/process"
)

// LeftProcesses are the processes whose command line names a folder of TempDir whose own process is gone: a Chrome, and
// its children.
func LeftProcesses(ctx context.Context) ([]int32, error) {
	all, err := process.ProcessesWithContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the processes of this machine: %w", err)
	}
	var left []int32
	for _, p := range all {
		arguments, err := p.CmdlineSliceWithContext(ctx)
		if err != nil || p.Pid == int32(os.Getpid()) {
			continue // ended meanwhile, or somebody else's
		}
		if slices.ContainsFunc(arguments, func(a string) bool {
			_, value, _ := strings.Cut(a, "=")
			owner, ok := ofFolder(value)
			return ok && !owner.Alive()
		}) {
			left = append(left, p.Pid)
		}
	}
	return left, nil
}

// endLimit is for the kernel to end what was killed, on a busy machine.
const endLimit = 10 * time.Second

// awaitNone waits until no process is left: one that still ends writes to its folder.
func awaitNone(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, endLimit)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		left, err := LeftProcesses(ctx)
		if err != nil || len(left) == 0 {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("processes %v do not end", left)
		}
	}
}

// CleanUp ends LeftProcesses and removes LeftFolders, and returns what it ended and removed.
func CleanUp(ctx context.Context) (processes []int32, folders []string, err error) {
	left, err := LeftProcesses(ctx)
	errs := []error{err}
	for _, pid := range left {
		p, err := os.FindProcess(int(pid))
		if err == nil {
			err = p.Kill()
		}
		switch {
		case err == nil:
			processes = append(processes, pid)
		case !errors.Is(err, os.ErrProcessDone):
			errs = append(errs, fmt.Errorf("end process %d: %w", pid, err))
		}
	}
	if len(processes) > 0 {
		errs = append(errs, awaitNone(ctx))
	}
	found, err := LeftFolders()
	errs = append(errs, err)
	for _, path := range found {
		if err := os.RemoveAll(path); err != nil {
			errs = append(errs, err)
			continue
		}
		folders = append(folders, path)
	}
	return processes, folders, errors.Join(errs...)
}
