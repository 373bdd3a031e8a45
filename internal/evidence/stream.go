package evidence

import (
	"bytes"
	"io"
	"strings"
)

// lineLimit is the longest line of a log that is kept; more of it is dropped.
const lineLimit = 64 << 10

// LineWriter copies text to another writer line by line, without its secrets. Close writes the last line.
type LineWriter struct {
	redact *Redactor
	to     io.Writer
	line   []byte
	cut    bool // the rest of the line is dropped
	key    bool // within a private key
}

// Writer makes a LineWriter. Closing it does not close to.
func (r *Redactor) Writer(to io.Writer) *LineWriter { return &LineWriter{redact: r, to: to} }

// Copy copies a log line by line, without its secrets.
func (r *Redactor) Copy(to io.Writer, from io.Reader) error {
	w := r.Writer(to)
	if _, err := io.Copy(w, from); err != nil {
		return err
	}
	return w.Close()
}

// Write takes any part of the text.
func (w *LineWriter) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		part, after, ended := bytes.Cut(rest, []byte{'\n'})
		w.keep(part)
		if ended {
			if err := w.flush(); err != nil {
				return len(p) - len(after), err
			}
		}
		rest = after
	}
	return len(p), nil
}

func (w *LineWriter) keep(part []byte) {
	if room := lineLimit - len(w.line); len(part) > room {
		w.cut = true
		part = part[:room]
	}
	w.line = append(w.line, part...)
}

func (w *LineWriter) flush() error {
	text := string(cutTail(w.line, w.cut))
	begins, ends := keyMark(text, "-----BEGIN"), keyMark(text, "-----END")
	inside := w.key || begins > ends
	w.key = inside && ends <= begins
	switch {
	case inside:
		text = w.redact.hide(Key, text)
	default:
		text = w.redact.logLine(text)
	}
	if w.cut {
		text += "… [line cut]"
	}
	w.line, w.cut = w.line[:0], false
	_, err := io.WriteString(w.to, text+"\n")
	return err
}

// keyMark is where the last mark of a private key stands, or -1.
func keyMark(text, mark string) int {
	if !strings.Contains(text, "PRIVATE KEY-----") {
		return -1
	}
	return strings.LastIndex(text, mark)
}

// logLine redacts one line; a line that is a JSON object, as authentik logs, is redacted by its names.
func (r *Redactor) logLine(text string) string {
	if strings.HasPrefix(text, "{") {
		if document, err := r.JSON([]byte(text)); err == nil {
			return string(document)
		}
	}
	return r.Text(text)
}

// Close writes the last line where it did not end.
func (w *LineWriter) Close() error {
	if len(w.line) == 0 {
		return nil
	}
	return w.flush()
}
