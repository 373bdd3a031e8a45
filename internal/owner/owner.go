// Package owner marks what a run makes outside of its own process (containers, folders for temporary files, a Chrome)
// with the process that it belongs to, so that what a killed run has left can be told from what another one uses.
package owner

import (
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/shirou/gopsutil/v4/process"
)

// Process is a process of one machine. Its text is a label of containers, and a part of folder names.
type Process struct {
	PID     int32
	Started int64 // in seconds since 1970: a PID is given out again
}

// Self is this process.
var Self = sync.OnceValue(func() Process {
	self := Process{PID: int32(os.Getpid())}
	if p, err := process.NewProcess(self.PID); err == nil {
		self.Started = started(p)
	}
	return self
})

func started(p *process.Process) int64 {
	ms, err := p.CreateTime()
	if err != nil {
		return 0
	}
	return ms / 1000
}

// String is what Parse reads.
func (p Process) String() string { return fmt.Sprintf("%d-%d", p.PID, p.Started) }

// Parse reads String.
func Parse(text string) (Process, error) {
	var p Process
	if _, err := fmt.Sscanf(text, "%d-%d", &p.PID, &p.Started); err != nil || p.String() != text {
		return Process{}, fmt.Errorf("%q is not a process", text)
	}
	return p, nil
}

// clockStep is how much the time of a process's start may differ from one look to the next: systems reckon it from the
// time of their own start, which moves with the clock.
const clockStep = 10 * time.Second

// Alive reports whether the process still runs on this machine.
func (p Process) Alive() bool {
	found, err := process.NewProcess(p.PID)
	if err != nil {
		return false
	}
	apart := time.Duration(started(found)-p.Started) * time.Second
	return apart.Abs() < clockStep
}
