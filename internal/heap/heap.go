// Package heap measures what work takes of the heap, for tests and benchmarks. The heap is that of the whole process, so
// nothing else may go on meanwhile.
package heap

import (
	"runtime"
	"runtime/metrics"
	"time"
)

// Peak is the most that was in use while work went on, in bytes, beyond what was in use before. inUse is Allocated or Live.
func Peak(inUse func() uint64, work func()) uint64 {
	runtime.GC()
	before, most := inUse(), uint64(0)
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			most = max(most, inUse())
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	}()
	work()
	close(done)
	<-stopped
	return most - min(before, most)
}

// Allocated is what is on the heap, garbage that nobody has collected yet included.
func Allocated() uint64 { return measured("/memory/classes/heap/objects:bytes") }

// Live is what a collection leaves on the heap.
func Live() uint64 {
	runtime.GC()
	return measured("/gc/heap/live:bytes")
}

func measured(name string) uint64 {
	sample := []metrics.Sample{{Name: name}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
