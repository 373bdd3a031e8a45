//go:build unix && !linux

package browser

import (
	"os/exec"
	"syscall"
)

// together makes Chrome a group of processes that ends as a whole: what is found may be a script that starts it.
func together(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
}
