package browser

import (
	"fmt"

	"github.com/chromedp/cdproto/animation"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/page"
)

// listen is called for every event of the tab, in the loop that reads them: it must not wait.
func (s *Session) listen(event any) {
	switch e := event.(type) {
	case *fetch.EventRequestPaused:
		go s.release(e)
	case *page.EventJavascriptDialogOpening:
		go s.consent()
	case *animation.EventAnimationStarted:
		if e.Animation.Source != nil && e.Animation.Source.Iterations == 0 { // Chrome leaves out what is infinite
			go s.still(e.Animation.ID)
		}
	case *inspector.EventTargetCrashed:
		s.end(fmt.Errorf("%w: its tab crashed", ErrGone))
	case *inspector.EventDetached:
		s.end(fmt.Errorf("%w: its tab ended (%s)", ErrGone, e.Reason))
	default:
		s.trail.note(event)
		if err := s.Disturbed(); err != nil && s.strict.Load() {
			s.end(err)
		}
	}
}

// consent answers a dialog of the page, which would stop everything, as who presses Enter.
func (s *Session) consent() {
	_, _ = call(s.life, s, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
}

// still stops an animation that never ends. Nobody looks at a spinner here, and drawing it sixty times a second costs
// a third of a login. Animations that end are left alone: pages wait for them.
func (s *Session) still(id string) {
	_, _ = call(s.life, s, animation.SetPaused, animation.SetPausedParams{Animations: []string{id}, Paused: true})
}
