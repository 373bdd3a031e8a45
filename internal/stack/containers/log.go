package containers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/client"
)

// tailLines and tailBytes bound what an error shows of a log.
const (
	tailLines = 20
	tailBytes = 64 << 10
)

// openLog is where a container's log is kept: a new file in Plan.LogDir, named after the service; where a newer release
// may take its place, after the release as well.
func (s *Stack) openLog(sp spec) (io.WriteCloser, error) {
	if s.plan.LogDir == "" {
		return struct {
			io.Writer
			io.Closer
		}{io.Discard, io.NopCloser(nil)}, nil
	}
	name := sp.service
	if s.plan.Volumes && sp.release != "" {
		name += "-" + sp.release
	}
	for n := 1; ; n++ {
		path := filepath.Join(s.plan.LogDir, name+".log")
		if n > 1 {
			path = filepath.Join(s.plan.LogDir, fmt.Sprintf("%s-%d.log", name, n))
		}
		file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("keep the log of %s: %w", sp.service, err)
		}
		return &logFile{keptLog: keptLog{to: file, head: logHead, tail: logTail}, file: file}, nil
	}
}

// logFile is a file that holds what is kept of a log.
type logFile struct {
	keptLog
	file *os.File
}

func (l *logFile) Close() error { return errors.Join(l.keptLog.Close(), l.file.Close()) }

// follow copies a container's log from a time of the engine on, or from its first line, until the container or the stack
// ends.
func (s *Stack) follow(id, since string, log io.Writer) {
	if err := s.copyLog(s.life, id, log, client.ContainerLogsOptions{Follow: true, Since: since}); err != nil && s.life.Err() == nil {
		fmt.Fprintf(log, "ssoproof: the log ends here: %v\n", err)
	}
}

func (s *Stack) copyLog(ctx context.Context, id string, w io.Writer, options client.ContainerLogsOptions) error {
	options.ShowStdout, options.ShowStderr = true, true
	logs, err := s.engine.client.ContainerLogs(ctx, id, options)
	if err != nil {
		return err
	}
	defer logs.Close()
	_, err = stdcopy.StdCopy(w, w, logs)
	return err
}

// afterLog is the time just after the last line of a container's log; empty: it has none. The start that an engine notes
// can be later than the first line that follows it.
func (s *Stack) afterLog(ctx context.Context, id string) (string, error) {
	var line bytes.Buffer
	err := s.copyLog(ctx, id, &line, client.ContainerLogsOptions{Tail: "1", Timestamps: true})
	if err != nil || line.Len() == 0 {
		return "", err
	}
	stamp, _, _ := strings.Cut(line.String(), " ")
	last, err := time.Parse(time.RFC3339Nano, stamp)
	return last.Add(time.Nanosecond).Format(time.RFC3339Nano), err
}

// LastLines implements stack.Stack.
func (s *Stack) LastLines(ctx context.Context, service string, lines int, w io.Writer) error {
	s.mu.Lock()
	part := s.parts[service]
	s.mu.Unlock()
	if part == nil {
		return fmt.Errorf("no service %q is running", service)
	}
	if err := s.copyLog(ctx, part.container.GetContainerID(), w, client.ContainerLogsOptions{Tail: strconv.Itoa(lines)}); err != nil {
		return fmt.Errorf("read the log of %s: %w", service, err)
	}
	return nil
}

// tail is the end of a log, for an error.
func (s *Stack) tail(id string) string {
	ctx, cancel := context.WithTimeout(s.life, 10*time.Second)
	defer cancel()
	var log bytes.Buffer
	kept := keptLog{to: &log, tail: tailBytes}
	if err := errors.Join(s.copyLog(ctx, id, &kept, client.ContainerLogsOptions{Tail: strconv.Itoa(tailLines)}), kept.Close()); err != nil {
		return "(its log cannot be read: " + err.Error() + ")"
	}
	return strings.TrimSpace(log.String())
}
