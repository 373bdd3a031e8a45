package browser

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
)

// Move is one navigation of the tab, as Chrome reported it.
type Move struct {
	URL string
	By  By
	At  time.Time
}

// By says which event a navigation was seen in.
type By string

// The events, in the order in which they come.
const (
	ByScript  By = "script"  // the page asked for it (Page.frameRequestedNavigation)
	ByRequest By = "request" // a document is being requested, also after a redirect (Network.requestWillBeSent)
	ByHold    By = "hold"    // the request was held back before any page could use it (Fetch.requestPaused)
	ByCommit  By = "commit"  // the document is there (Page.frameNavigated)
	ByHistory By = "history" // the page changed its address itself (Page.navigatedWithinDocument)
)

// aborted are the errors of requests of a Chrome whose machine's network changed: those under way, and those about to go out
// over a connection that it has just closed for that reason.
var aborted = []string{"net::ERR_NETWORK_CHANGED", "net::ERR_SOCKET_NOT_CONNECTED"}

// trail is where the tab has been, and who is waiting for it to get somewhere.
type trail struct {
	mu      sync.Mutex
	frame   cdp.FrameID
	moves   []Move
	changed chan struct{}   // closed and replaced at each move
	visited map[string]bool // origins, those of frames included
	failure string          // the one of aborted that was seen
	replies []Reply         // to calls that pages made by script
	told    []string        // that came over a WebSocket
}

func newTrail() *trail {
	return &trail{changed: make(chan struct{}), visited: map[string]bool{}}
}

func (t *trail) main(frame cdp.FrameID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.frame = frame
}

// note keeps what an event tells.
func (t *trail) note(event any) {
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if e.Type == network.ResourceTypeDocument {
			t.add(e.FrameID, e.Request.URL+e.Request.URLFragment, ByRequest)
		}
	case *page.EventFrameRequestedNavigation:
		t.add(e.FrameID, e.URL, ByScript)
	case *page.EventFrameNavigated:
		t.visit(e.Frame.URL)
		t.add(e.Frame.ID, e.Frame.URL, ByCommit)
	case *page.EventNavigatedWithinDocument:
		t.add(e.FrameID, e.URL, ByHistory)
	case *network.EventResponseReceived:
		t.reply(e)
	case *network.EventWebSocketFrameReceived:
		t.hear(e)
	case *network.EventLoadingFailed:
		if slices.Contains(aborted, e.ErrorText) {
			t.mu.Lock()
			t.failure = e.ErrorText
			t.mu.Unlock()
		}
	}
}

// add keeps a move of the main frame.
func (t *trail) add(frame cdp.FrameID, address string, by By) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.frame != "" && t.frame != frame {
		return
	}
	t.moves = append(t.moves, Move{URL: address, By: by, At: time.Now()})
	t.change()
}

// change wakes who waits. The caller holds the lock.
func (t *trail) change() {
	close(t.changed)
	t.changed = make(chan struct{})
}

func (t *trail) visit(address string) {
	if u, err := url.Parse(address); err == nil && strings.HasPrefix(u.Scheme, "http") {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.visited[u.Scheme+"://"+u.Host] = true
	}
}

func (t *trail) disturbance() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failure
}

// origins are the web origins that the tab has shown, in itself or in a frame.
func (t *trail) origins() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Collect(maps.Keys(t.visited))
}

// Mark is a place in the trail to search from.
func (s *Session) Mark() int {
	s.trail.mu.Lock()
	defer s.trail.mu.Unlock()
	return len(s.trail.moves)
}

// Moves are the navigations since mark.
func (s *Session) Moves(mark int) []Move {
	s.trail.mu.Lock()
	defer s.trail.mu.Unlock()
	return append([]Move{}, s.trail.moves[mark:]...)
}

// Arrive waits for a navigation since mark that match accepts; what names it in the error.
func (s *Session) Arrive(ctx context.Context, mark int, what string, match func(Move) bool) (Move, error) {
	return await(ctx, s, mark, what, func(t *trail) []Move { return t.moves }, match)
}

// await waits until one of what an event has added to a list of the trail, since mark, is accepted by match.
func await[T any](ctx context.Context, s *Session, mark int, what string, list func(*trail) []T, match func(T) bool) (T, error) {
	ctx, done := s.while(ctx)
	defer done()
	for {
		s.trail.mu.Lock()
		changed, added := s.trail.changed, list(s.trail)[mark:]
		s.trail.mu.Unlock()
		for _, one := range added {
			if match(one) {
				return one, nil
			}
		}
		mark += len(added)
		select {
		case <-changed:
		case <-ctx.Done():
			var none T
			return none, s.waited(ctx, what, nil)
		}
	}
}

// waited is the error of a wait that ended in vain: for what, where the browser is, what the page last answered, and
// why it ended.
func (s *Session) waited(ctx context.Context, what string, last error) error {
	cause := context.Cause(ctx)
	also := ""
	if last != nil && !errors.Is(cause, ErrGone) {
		also = fmt.Sprintf(", and %v", last)
	}
	return fmt.Errorf("waited for %s; the browser is at %s%s: %w", what, s.where(), also, cause)
}

// where is the last address of the tab, without its query.
func (s *Session) where() string {
	moves := s.Moves(0)
	if len(moves) == 0 {
		return "an empty page"
	}
	return withoutQuery(moves[len(moves)-1].URL)
}
