package containers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/ssoproof/ssoproof/internal/stack"
)

// tailLines is how much of a log an error shows.
const tailLines = "20"

// followLog copies a container's log, from its first line, to Plan.LogDir until the container or the stack ends.
func (s *Stack) followLog(r *running) error {
	if s.plan.LogDir == "" {
		close(r.logged)
		return nil
	}
	id := r.container.GetContainerID()
	file, err := s.logFile(r.spec)
	if err != nil {
		return fmt.Errorf("keep the log of %s: %w", r.spec.service, err)
	}
	s.followers.Go(func() {
		defer close(r.logged)
		defer file.Close()
		if err := s.copyLog(s.life, id, file, client.ContainerLogsOptions{Follow: true}); err != nil && s.life.Err() == nil {
			fmt.Fprintf(file, "ssoproof: the log ends here: %v\n", err)
		}
	})
	return nil
}

// logFile is a new file named after the service; where a newer release may take its place, after the release as well.
func (s *Stack) logFile(sp spec) (*os.File, error) {
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
		if !errors.Is(err, os.ErrExist) {
			return file, err
		}
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

// Logs implements stack.Stack.
func (s *Stack) Logs(ctx context.Context, service string, w io.Writer) error {
	s.mu.Lock()
	part := s.parts[service]
	s.mu.Unlock()
	if part == nil {
		return fmt.Errorf("no service %q is running", service)
	}
	if err := s.copyLog(ctx, part.container.GetContainerID(), w, client.ContainerLogsOptions{}); err != nil {
		return fmt.Errorf("read the log of %s: %w", service, err)
	}
	return nil
}

// watchExit notices a container that ends by itself while the stack is up.
func (s *Stack) watchExit(r *running) {
	service, id := r.spec.service, r.container.GetContainerID()
	wait := s.engine.client.ContainerWait(s.life, id, client.ContainerWaitOptions{Condition: container.WaitConditionNotRunning})
	s.followers.Go(func() {
		select {
		case end := <-wait.Result:
			if s.life.Err() != nil || r.retired.Load() {
				return // it was taken down
			}
			s.die(&stack.ExitedError{Service: service, Code: end.StatusCode, Tail: s.tail(id)})
		case err := <-wait.Error:
			if s.life.Err() == nil && !r.retired.Load() {
				s.die(fmt.Errorf("lost sight of %s: %w", service, err))
			}
		case <-s.life.Done():
		}
	})
}

// tail is the end of a log, for an error.
func (s *Stack) tail(id string) string {
	ctx, cancel := context.WithTimeout(s.life, 10*time.Second)
	defer cancel()
	var log bytes.Buffer
	if err := s.copyLog(ctx, id, &log, client.ContainerLogsOptions{Tail: tailLines}); err != nil {
		return "(its log cannot be read: " + err.Error() + ")"
	}
	return strings.TrimSpace(log.String())
}

// Watch waits until a container ends by itself, which is its error, or ctx or the stack ends, which is nil.
// Whoever waits for a product watches beside it: a product that is gone will not become ready.
func (s *Stack) Watch(ctx context.Context) error {
	select {
	case <-s.mortal.Done():
		return stack.Unavailable(context.Cause(s.mortal))
	case <-ctx.Done():
	case <-s.life.Done():
	}
	return nil
}

// Exited delivers the error of the first container that ends by itself; it is closed when the stack is.
func (s *Stack) Exited() <-chan error {
	exited := make(chan error, 1)
	go func() {
		defer close(exited)
		if err := s.Watch(s.life); err != nil {
			exited <- err
		}
	}()
	return exited
}

// whileAlive ends a context when a container ends by itself.
func (s *Stack) whileAlive(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(s.mortal, func() { cancel(context.Cause(s.mortal)) })
	return ctx, func() { stop(); cancel(nil) }
}
