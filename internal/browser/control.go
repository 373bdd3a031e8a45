package browser

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp/kb"
)

// Control is something on a page that a person sees, however deep in open shadow roots it is.
type Control struct {
	Name string `json:"name"` // for people, in errors
	CSS  string `json:"css"`
	// Text is what it says, white space folded; empty: anything.
	Text string `json:"text,omitempty"`
	// Inside is the element in whose light or shadow tree it is; empty: the document. Decoys stand outside.
	Inside string `json:"inside,omitempty"`
	// Hidden accepts a control that is not visible or not enabled.
	Hidden bool `json:"hidden,omitempty"`
}

// pollEvery is how often a page is asked what it shows: a tighter poll through shadow roots costs a third of a login.
const pollEvery = 100 * time.Millisecond

// See waits until the page shows one of the controls and returns its index.
func (s *Session) See(ctx context.Context, controls ...Control) (int, error) {
	i, _, err := s.SeeOrArrive(ctx, 0, nil, controls...)
	return i, err
}

// SeeOrArrive waits until the page shows one of the controls and returns its index, or until the tab has moved, since
// mark, to where match accepts, and returns that move. A nil match accepts nothing.
func (s *Session) SeeOrArrive(ctx context.Context, mark int, match func(Move) bool, controls ...Control) (int, *Move, error) {
	found := -1
	move, err := s.poll(ctx, names(controls), func(ctx context.Context) (*Move, bool, error) {
		for _, move := range s.Moves(mark) {
			if match != nil && match(move) {
				return &move, true, nil
			}
		}
		var err error
		found, err = evaluate[int](ctx, s, "see", controls)
		return nil, err == nil && found >= 0, err
	})
	if err != nil {
		return 0, nil, err
	}
	return found, move, nil
}

// poll asks the page until it is done. A page that is being replaced answers with errors: only the last one is told,
// when the time has run out.
func (s *Session) poll(ctx context.Context, what string, ask func(context.Context) (*Move, bool, error)) (*Move, error) {
	ctx, done := s.while(ctx)
	defer done()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	var last error
	for {
		move, ready, err := ask(ctx)
		if ready {
			return move, nil
		}
		if ctx.Err() == nil {
			last = err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, s.waited(ctx, what, last)
		}
	}
}

// Fill waits for a field and replaces what it holds, as typing would.
func (s *Session) Fill(ctx context.Context, c Control, text string) error {
	if err := s.act(ctx, c, "focus"); err != nil {
		return err
	}
	if _, err := call(ctx, s, input.InsertText, input.InsertTextParams{Text: text}); err != nil {
		return fmt.Errorf("type into %s: %w", c.Name, err)
	}
	return nil
}

// Press presses a key on whatever has the focus: the character that it types, or the control character of one that types
// none, such as '\x1b' for Escape.
func (s *Session) Press(ctx context.Context, key rune) error {
	for _, event := range kb.Encode(key) {
		if _, err := call(ctx, s, input.DispatchKeyEvent, *event); err != nil {
			return fmt.Errorf("press %q: %w", key, err)
		}
	}
	return nil
}

// Click waits for a control and clicks it.
func (s *Session) Click(ctx context.Context, c Control) error { return s.act(ctx, c, "click") }

// act waits for a control and does something to it in the same moment: pages replace their controls.
func (s *Session) act(ctx context.Context, c Control, verb string) error {
	_, err := s.poll(ctx, c.Name, func(ctx context.Context) (*Move, bool, error) {
		done, err := evaluate[bool](ctx, s, verb, c)
		return nil, done, err
	})
	return err
}

// Read waits for a control and returns its text, white space folded.
func (s *Session) Read(ctx context.Context, c Control) (text string, err error) {
	_, err = s.poll(ctx, c.Name, func(ctx context.Context) (*Move, bool, error) {
		found, err := evaluate[[]string](ctx, s, "texts", c)
		if err != nil || len(found) == 0 {
			return nil, false, err
		}
		text = found[0]
		return nil, true, nil
	})
	return text, err
}

// ReadAll returns an attribute of every control of this kind that the page has now.
func (s *Session) ReadAll(ctx context.Context, c Control, attribute string) ([]string, error) {
	return evaluate[[]string](ctx, s, "attributes", c, attribute)
}

func names(controls []Control) string {
	all := make([]string, len(controls))
	for i, c := range controls {
		all[i] = c.Name
	}
	return strings.Join(all, " or ")
}
