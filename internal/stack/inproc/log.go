package inproc

import (
	"bytes"
	"io"
	"sync"
)

// logLimit is what is kept of a double's log, in bytes: a whole run leaves a few hundred lines.
const logLimit = 1 << 20

// log keeps the end of what a double logs. It is safe for concurrent use.
type log struct {
	mu   sync.Mutex
	text []byte
}

// Write implements io.Writer.
func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.text = append(l.text, p...); len(l.text) > 2*logLimit {
		l.text = append([]byte(nil), l.text[len(l.text)-logLimit:]...)
	}
	return len(p), nil
}

// last writes the last so many lines.
func (l *log) last(lines int, w io.Writer) error {
	l.mu.Lock()
	text := bytes.Clone(l.text)
	l.mu.Unlock()
	start := len(text)
	for ; lines >= 0 && start >= 0; lines-- {
		start = bytes.LastIndexByte(text[:start], '\n')
	}
	_, err := w.Write(text[start+1:])
	return err
}
