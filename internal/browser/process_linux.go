package browser

import (
	"os/exec"
	"syscall"
)

// together makes Chrome a group of processes that ends as a whole: what is found may be a script that starts it. Where the
// harness is killed, the kernel kills the first of them.
func together(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
}
