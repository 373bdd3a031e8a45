package diagnose

import (
	"bytes"
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/ssoproof/ssoproof/internal/check"
)

// Log reads the warnings and errors of a product's log, as they are written to it; those since a time. It is no more than
// linesLimit lines, the newest.
type Log struct {
	// Redact takes the secrets out of what is kept, before it is cut: half a secret would not be known as one. nil: nothing
	// does. It is not asked about the rest of a log, which is most of it.
	Redact func(string) string

	by    check.Party
	since time.Time
	line  []byte // what of a line has come
	lines []Line
	open  bool // the last line goes on in those that follow
}

// NewLog reads the log of one of the products.
func NewLog(by check.Party, since time.Time) *Log { return &Log{by: by, since: since} }

// Limits of what is read of a line, and of what is kept: a product in a loop writes MiB a second.
const (
	readLimit  = 64 << 10
	linesLimit = 2000
	lineLimit  = 1000
)

// Write implements io.Writer.
func (l *Log) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		part, after, ended := bytes.Cut(rest, []byte{'\n'})
		l.line = append(l.line, part[:min(len(part), readLimit-len(l.line))]...)
		if ended {
			l.read(string(l.line))
			l.line = l.line[:0]
		}
		rest = after
	}
	return len(p), nil
}

// Lines are those that were read.
func (l *Log) Lines() []Line { return l.lines }

func (l *Log) read(text string) {
	text = colours.ReplaceAllString(strings.TrimRight(text, "\r"), "")
	lineOf := immichLine
	if l.by == check.Authentik {
		lineOf = authentikLine
	}
	line, ok := lineOf(text)
	switch {
	case ok:
		if l.open = line.Text != "" && !line.At.Before(l.since.Add(-slack)); l.open {
			l.keep(line)
		}
	case l.open:
		l.goOn(text)
	}
}

func (l *Log) keep(line Line) {
	line.By = l.by
	line.Text = l.shown(line.Text)
	if len(l.lines) == linesLimit {
		l.lines = slices.Delete(l.lines, 0, linesLimit/2)
	}
	l.lines = append(l.lines, line)
}

// goOn adds the cause of an error, which Node writes below its stack, to the error.
func (l *Log) goOn(text string) {
	if _, cause, found := strings.Cut(text, "[cause]: "); found {
		last := &l.lines[len(l.lines)-1]
		last.Text += " (cause: " + l.shown(cause) + ")"
		l.open = false
	}
}

// shown is a text as it is kept: without secrets, and no longer than lineLimit.
func (l *Log) shown(text string) string {
	if l.Redact != nil {
		text = l.Redact(text)
	}
	return strings.Clone(text[:min(len(text), lineLimit)]) // the rest of the line is not held with it
}

var (
	colours = regexp.MustCompile("\x1b\\[[0-9;]*m")
	// nest is a line of Immich's log (server/src/repositories/logging.repository.ts); the ID of the request is there since
	// v1.117.
	nest = regexp.MustCompile(`^\[Nest\] \d+\s+- (\d\d/\d\d/\d{4}, \d{1,2}:\d\d:\d\d)[\s\x{202f}](AM|PM)\s+([A-Z]+) \[([^\]~]*)(?:~([^\]]+))?\] (.*)$`)
	loud = []string{"WARN", "ERROR", "FATAL", "warning", "error", "critical"}
)

// immichLine reads a line of Immich's log, in the time zone of a container. Text is empty for what is neither a warning nor
// an error; ok is false for what is no line of its own.
func immichLine(text string) (line Line, ok bool) {
	m := nest.FindStringSubmatch(text)
	if m == nil {
		return Line{}, false
	}
	at, err := time.Parse("01/02/2006, 3:04:05 PM", m[1]+" "+m[2])
	if err != nil {
		return Line{}, false
	}
	if line = (Line{At: at, ID: m[5]}); slices.Contains(loud, m[3]) {
		line.Text = m[6]
	}
	return line, true
}

// authentikLine reads a line of authentik's log, which is JSON: structlog's names, with the ID of the request.
func authentikLine(text string) (line Line, ok bool) {
	var fields struct {
		Event     string `json:"event"`
		Level     string `json:"level"`
		Timestamp string `json:"timestamp"`
		Request   string `json:"request_id"`
		User      string `json:"user"`
		Cause     string `json:"cause"`
		Error     string `json:"error"`
	}
	if !strings.HasPrefix(text, "{") || json.Unmarshal([]byte(text), &fields) != nil {
		return Line{}, false
	}
	at, err := readTime(fields.Timestamp)
	if err != nil {
		return Line{}, false
	}
	line = Line{At: at, ID: fields.Request, Who: fields.User}
	if slices.Contains(loud, fields.Level) {
		line.Text = fields.Event
		if why := cmp.Or(fields.Cause, fields.Error); why != "" {
			line.Text += " (" + why + ")"
		}
	}
	return line, true
}

// readTime reads ISO 8601, which Python writes without a zone: it is UTC in a container.
func readTime(text string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return at, nil
	}
	return time.Parse("2006-01-02T15:04:05.999999", text)
}
