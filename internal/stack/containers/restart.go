package containers

import (
	"fmt"
	"time"

	"github.com/moby/moby/client"

	"github.com/ssoproof/ssoproof/internal/stack"
)

// restartPauses are how long a product that ends before the pair is ready waits until it is started again, as the
// compose files that both projects publish do (authentik: unless-stopped, Immich: always). They do so for ever; what has
// ended after each of these will not come up by itself.
var restartPauses = []time.Duration{time.Second, 2 * time.Second, 4 * time.Second}

// Ready implements stack.Stack.
func (s *Stack) Ready() { s.ready.Store(true) }

// mayRestart reports whether a container that ended is started again: a product, and none that checks rely on already.
func (s *Stack) mayRestart(r *running) bool {
	return r.spec.release != "" && !s.ready.Load() && r.restarts < len(restartPauses)
}

// restart starts a container once more, and returns the time from which on its log is that of the new start.
func (s *Stack) restart(r *running, code int64) (began string, err error) {
	s.tell(stack.Progress{Subject: r.spec.service, Text: fmt.Sprintf("ended with exit code %d, start %d of %d", code, r.restarts+2, len(restartPauses)+1)})
	select {
	case <-time.After(restartPauses[r.restarts]):
	case <-s.life.Done():
		return "", nil
	}
	s.mu.Lock()
	r.restarts++
	s.mu.Unlock()
	ctx, cancel := uninterrupted(s.life)
	defer cancel()
	id := r.container.GetContainerID()
	began, err = s.afterLog(ctx, id)
	if err == nil {
		_, err = s.engine.client.ContainerStart(ctx, id, client.ContainerStartOptions{})
	}
	if s.life.Err() != nil || r.retired.Load() {
		return "", nil // it was taken down meanwhile
	}
	if err != nil {
		return "", fmt.Errorf("start %s again: %w", r.spec.service, err)
	}
	return began, nil
}
