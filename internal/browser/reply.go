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
	t.change()
}

// Replies are the answers so far; their number is a mark to wait from.
func (s *Session) Replies() []Reply {
	s.trail.mu.Lock()
	defer s.trail.mu.Unlock()
	return append([]Reply{}, s.trail.replies...)
}

// Replied waits for an answer since mark that match accepts; what names the call in the error.
func (s *Session) Replied(ctx context.Context, mark int, what string, match func(Reply) bool) (Reply, error) {
	return await(ctx, s, mark, "the answer to the page's call of "+what, func(t *trail) []Reply { return t.replies }, match)
}

func (t *trail) hear(e *network.EventWebSocketFrameReceived) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.told = append(t.told, string(e.Response.PayloadData))
	t.change()
}

// Told waits until a page has been told, over a WebSocket, a text that match accepts; what names it in the error.
func (s *Session) Told(ctx context.Context, what string, match func(string) bool) error {
	_, err := await(ctx, s, 0, what, func(t *trail) []string { return t.told }, match)
	return err
}
