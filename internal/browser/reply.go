package browser

import (
	"context"

	"github.com/chromedp/cdproto/network"
)

// Reply is the answer to a call that a page made by script.
type Reply struct {
	URL    string
	Status int
}

func (t *trail) reply(e *network.EventResponseReceived) {
	if e.Type != network.ResourceTypeFetch && e.Type != network.ResourceTypeXHR {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.replies = append(t.replies, Reply{URL: e.Response.URL, Status: int(e.Response.Status)})
	close(t.changed)
	t.changed = make(chan struct{})
}

// Replies are the answers so far; their number is a mark to wait from.
func (s *Session) Replies() []Reply {
	s.trail.mu.Lock()
	defer s.trail.mu.Unlock()
	return append([]Reply{}, s.trail.replies...)
}

// Replied waits for an answer since mark that match accepts; what names the call in the error.
func (s *Session) Replied(ctx context.Context, mark int, what string, match func(Reply) bool) (Reply, error) {
	ctx, done := s.while(ctx)
	defer done()
	for {
		s.trail.mu.Lock()
		changed, replies := s.trail.changed, s.trail.replies[mark:]
		s.trail.mu.Unlock()
		for _, r := range replies {
			if match(r) {
				return r, nil
			}
		}
		mark += len(replies)
		select {
		case <-changed:
		case <-ctx.Done():
			return Reply{}, s.waited(ctx, "the answer to the page's call of "+what, nil)
		}
	}
}
