package browser

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
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

//go:embed control.js
var controlScript string

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
	wanted, err := json.Marshal(controls)
	if err != nil {
		return 0, nil, err
	}
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for {
		for _, move := range s.Moves(mark) {
			if match != nil && match(move) {
				return -1, &move, nil
			}
		}
		if i, err := evaluate[int](ctx, s, "see("+string(wanted)+")"); err == nil && i >= 0 {
			return i, nil, nil
		}
		select {
		case <-poll.C:
		case <-ctx.Done():
			return 0, nil, fmt.Errorf("waited for %s; the browser is at %s: %w", names(controls), s.where(), context.Cause(ctx))
		}
	}
}

// Fill waits for a field and replaces what it holds, as typing would.
func (s *Session) Fill(ctx context.Context, c Control, text string) error {
	if err := s.act(ctx, c, "focus"); err != nil {
		return err
	}
	_, err := chromedp.Call(s.in(ctx), input.InsertText, input.InsertTextParams{Text: text})
	if err != nil {
		return fmt.Errorf("type into %s: %w", c.Name, s.waitError(ctx, err))
	}
	return nil
}

// Click waits for a control and clicks it.
func (s *Session) Click(ctx context.Context, c Control) error { return s.act(ctx, c, "click") }

// Read waits for a control and returns its text, white space folded.
func (s *Session) Read(ctx context.Context, c Control) (string, error) {
	if _, err := s.See(ctx, c); err != nil {
		return "", err
	}
	wanted, err := json.Marshal(c)
	if err != nil {
		return "", err
	}
	return evaluate[string](ctx, s, "text("+string(wanted)+")")
}

// ReadAll returns an attribute of every control of this kind that the page has now.
func (s *Session) ReadAll(ctx context.Context, c Control, attribute string) ([]string, error) {
	wanted, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	name, err := json.Marshal(attribute)
	if err != nil {
		return nil, err
	}
	return evaluate[[]string](ctx, s, "attributes("+string(wanted)+","+string(name)+")")
}

func (s *Session) act(ctx context.Context, c Control, verb string) error {
	if _, err := s.See(ctx, c); err != nil {
		return err
	}
	wanted, err := json.Marshal(c)
	if err != nil {
		return err
	}
	if ok, err := evaluate[bool](ctx, s, verb+"("+string(wanted)+")"); err != nil || !ok {
		return fmt.Errorf("%s %s: it went away (%v)", verb, c.Name, err)
	}
	return nil
}

// evaluate calls one of the functions of control.js in the page.
func evaluate[R any](ctx context.Context, s *Session, call string) (R, error) {
	var value R
	yes := true
	result, err := cdp.Call(ctx, chromedp.FromContext(s.tab).Target, runtime.Evaluate, runtime.EvaluateParams{
		Expression: "(() => {" + controlScript + "; return JSON.stringify(" + call + ")})()", ReturnByValue: &yes, UserGesture: &yes,
	})
	if err != nil {
		return value, s.waitError(ctx, err)
	}
	if result.ExceptionDetails != nil {
		return value, fmt.Errorf("script in the page: %s", result.ExceptionDetails.Text)
	}
	var text string
	if err := json.Unmarshal(result.Result.Value, &text); err != nil {
		return value, err
	}
	return value, json.Unmarshal([]byte(text), &value)
}

func names(controls []Control) string {
	all := make([]string, len(controls))
	for i, c := range controls {
		all[i] = c.Name
	}
	return strings.Join(all, " or ")
}
