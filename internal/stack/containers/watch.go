package containers

import (
	"context"
	"fmt"
	"io"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/ssoproof/ssoproof/internal/stack"
)

// attend keeps a container's log and notices when it ends by itself, for as long as the stack is up.
func (s *Stack) attend(r *running) error {
	log, err := s.openLog(r.spec)
	if err != nil {
		return err
	}
	s.followers.Go(func() {
		defer close(r.logged)
		defer log.Close()
		began := "" // the time from which on the log is that of the last start; empty: the whole is
		for {
			code, err := s.outlive(r, began, log)
			switch {
			case s.life.Err() != nil || r.retired.Load():
				return // it was taken down
			case err == nil && s.mayRestart(r):
				began, err = s.restart(r, code)
			case err == nil:
				err = s.exited(r, code)
			}
			if err != nil {
				s.die(err)
				return
			}
		}
	})
	return nil
}

// outlive copies the log of a container until it ends, and returns its exit code.
func (s *Stack) outlive(r *running, began string, log io.Writer) (int64, error) {
	id := r.container.GetContainerID()
	wait := s.engine.client.ContainerWait(s.life, id, client.ContainerWaitOptions{Condition: container.WaitConditionNotRunning})
	copied := make(chan struct{})
	go func() { defer close(copied); s.follow(id, began, log) }()
	defer func() { <-copied }() // one at a time writes the log
	select {
	case end := <-wait.Result:
		return end.StatusCode, nil
	case err := <-wait.Error:
		return 0, fmt.Errorf("lost sight of %s: %w", r.spec.service, err)
	case <-s.life.Done():
		return 0, nil
	}
}

// exited says how a container ended.
func (s *Stack) exited(r *running, code int64) *stack.ExitedError {
	ctx, cancel := context.WithTimeout(s.life, noticeTimeout)
	defer cancel()
	id := r.container.GetContainerID()
	e := &stack.ExitedError{Service: r.spec.service, Code: code, Starts: r.restarts + 1, Tail: s.tail(id)}
	if found, err := s.engine.client.ContainerInspect(ctx, id, client.ContainerInspectOptions{}); err == nil {
		e.OutOfMemory = found.Container.State.OOMKilled
	}
	return e
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

// whileAlive ends a context when a container ends by itself.
func (s *Stack) whileAlive(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(s.mortal, func() { cancel(context.Cause(s.mortal)) })
	return ctx, func() { stop(); cancel(nil) }
}
