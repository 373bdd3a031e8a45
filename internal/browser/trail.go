package browser

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
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

const networkChanged = "net::ERR_NETWORK_CHANGED"

// trail is where the tab has been, and who is waiting for it to get somewhere.
type trail struct {
	mu      sync.Mutex
	frame   cdp.FrameID
	moves   []Move
	changed chan struct{} // closed and replaced at each move
	failure string        // networkChanged was seen
	held    func(*fetch.EventRequestPaused)
	replies []Reply // to calls that pages made by script
}

func newTrail() *trail { return &trail{changed: make(chan struct{})} }

func (t *trail) main(frame cdp.FrameID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.frame = frame
}

// listen is called for every event, in the loop that reads them.
func (t *trail) listen(event any) {
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if e.Type == network.ResourceTypeDocument && t.isMain(e.FrameID) {
			t.add(e.Request.URL+e.Request.URLFragment, ByRequest)
		}
	case *page.EventFrameRequestedNavigation:
		if t.isMain(e.FrameID) {
			t.add(e.URL, ByScript)
		}
	case *page.EventFrameNavigated:
		if t.isMain(e.Frame.ID) {
			t.add(e.Frame.URL, ByCommit)
		}
	case *page.EventNavigatedWithinDocument:
		if t.isMain(e.FrameID) {
			t.add(e.URL, ByHistory)
		}
	case *network.EventResponseReceived:
		t.reply(e)
	case *network.EventLoadingFailed:
		if e.ErrorText == networkChanged {
			t.mu.Lock()
			t.failure = networkChanged
			t.mu.Unlock()
		}
	case *fetch.EventRequestPaused:
		t.mu.Lock()
		held := t.held
		t.mu.Unlock()
		if held != nil {
			go held(e)
		}
	}
}

func (t *trail) isMain(frame cdp.FrameID) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.frame == "" || t.frame == frame
}

func (t *trail) add(address string, by By) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.moves = append(t.moves, Move{URL: address, By: by, At: time.Now()})
	close(t.changed)
	t.changed = make(chan struct{})
}

func (t *trail) networkChanged() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failure != ""
}

// origins are the web origins that the tab has visited.
func (t *trail) origins() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	seen := map[string]bool{}
	var all []string
	for _, m := range t.moves {
		u, err := url.Parse(m.URL)
		if err != nil || !strings.HasPrefix(u.Scheme, "http") || seen[u.Host] {
			continue
		}
		seen[u.Host] = true
		all = append(all, u.Scheme+"://"+u.Host)
	}
	return all
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
	for {
		s.trail.mu.Lock()
		changed, moves := s.trail.changed, s.trail.moves[mark:]
		s.trail.mu.Unlock()
		for _, m := range moves {
			if match(m) {
				return m, nil
			}
		}
		mark += len(moves)
		select {
		case <-changed:
		case <-ctx.Done():
			return Move{}, fmt.Errorf("waited for %s; the browser is at %s: %w", what, s.where(), context.Cause(ctx))
		}
	}
}

// where is the last address of the tab, without its query.
func (s *Session) where() string {
	moves := s.Moves(0)
	if len(moves) == 0 {
		return "an empty page"
	}
	return withoutQuery(moves[len(moves)-1].URL)
}
