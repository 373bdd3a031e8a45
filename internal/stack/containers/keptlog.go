package containers

import (
	"bytes"
	"fmt"
	"io"
)

// keptLog keeps the beginning and the end of a log of any length: what was set up, and what happened last. Close writes
// the end.
type keptLog struct {
	to         io.Writer
	head, tail int // how much of each is kept, in bytes
	written    int
	end        []byte
	left       int // bytes that are in neither
}

// How much is kept of a container's log. A whole run leaves some hundred KiB; a product in a loop writes MiB a second.
const (
	logHead = 16 << 20
	logTail = 4 << 20
)

func (l *keptLog) Write(p []byte) (int, error) {
	rest := p
	if room := min(l.head-l.written, len(rest)); room > 0 {
		n, err := l.to.Write(rest[:room])
		l.written += n
		if err != nil {
			return n, err
		}
		rest = rest[room:]
	}
	if l.end = append(l.end, rest...); len(l.end) > 2*l.tail {
		over := len(l.end) - l.tail
		l.left += over
		l.end = append(l.end[:0], l.end[over:]...)
	}
	return len(p), nil
}

// Close writes the end of the log, from the start of a line where something was left out. It does not close the writer.
func (l *keptLog) Close() error {
	end := l.end
	if over := len(end) - l.tail; l.left > 0 || over > 0 {
		cut := max(over, 0)
		cut += bytes.IndexByte(end[cut:], '\n') + 1
		if _, err := fmt.Fprintf(l.to, "\nssoproof: %d bytes of this log are left out here\n", l.left+cut); err != nil {
			return err
		}
		end = end[cut:]
	}
	l.end = nil
	_, err := l.to.Write(end)
	return err
}
