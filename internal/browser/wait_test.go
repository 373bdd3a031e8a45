package browser_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/browser"
)

var never = browser.Control{Name: "a control that never comes", CSS: "#never"}

func nowhere(browser.Move) bool { return false }

// waits are all the ways to wait in vain.
func waits() map[string]func(context.Context, *browser.Session) error {
	return map[string]func(context.Context, *browser.Session) error{
		"See": func(ctx context.Context, s *browser.Session) error { _, err := s.See(ctx, never); return err },
		"SeeOrArrive": func(ctx context.Context, s *browser.Session) error {
			_, _, err := s.SeeOrArrive(ctx, 0, nowhere, never)
			return err
		},
		"Click": func(ctx context.Context, s *browser.Session) error { return s.Click(ctx, never) },
		"Fill":  func(ctx context.Context, s *browser.Session) error { return s.Fill(ctx, never, "text") },
		"Read":  func(ctx context.Context, s *browser.Session) error { _, err := s.Read(ctx, never); return err },
		"Arrive": func(ctx context.Context, s *browser.Session) error {
			_, err := s.Arrive(ctx, 0, never.Name, nowhere)
			return err
		},
		"Replied": func(ctx context.Context, s *browser.Session) error {
			_, err := s.Replied(ctx, 0, "https://site.test/never", func(browser.Reply) bool { return false })
			return err
		},
	}
}

func TestATimeoutSaysWhatWasWaitedForAndWhereTheBrowserIs(t *testing.T) {
	t.Parallel()
	site := serve(t, map[string]string{"/page": "<p id=out>here"})
	for name, wait := range waits() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			show(t, s, site.url+"/page?code=secret#part")
			says(t, s, "here")
			ctx, cancel := context.WithTimeoutCause(t.Context(), 300*time.Millisecond, errors.New("the check's time is over"))
			defer cancel()
			what := map[bool]string{true: "the answer to the page's call of https://site.test/never", false: never.Name}[name == "Replied"]
			assert.EqualError(t, wait(ctx, s), "waited for "+what+"; the browser is at "+site.url+"/page: the check's time is over")
		})
	}
}

func TestACancelledContextEndsAWaitAtOnce(t *testing.T) {
	t.Parallel()
	site := serve(t, map[string]string{"/": "<p id=out>here"})
	for name, wait := range waits() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			show(t, s, site.url+"/")
			says(t, s, "here")
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			begin := time.Now()
			assert.ErrorIs(t, wait(ctx, s), context.Canceled)
			assert.Less(t, time.Since(begin), 5*time.Second)
		})
	}
}

// A page in which no script of this package can run would only show as a time-out.
func TestATimeoutSaysWhatKeptThePageFromAnswering(t *testing.T) {
	t.Parallel()
	site := serve(t, map[string]string{"/": "<p id=out>here<script>document.querySelectorAll = () => { throw new Error('broken page') }</script>"})
	s := open(t)
	show(t, s, site.url+"/")
	_, err := s.See(within(t, 3*time.Second), never)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.ErrorContains(t, err, "and a script in the page failed: Error: broken page")
}

func TestOpenSaysWhyAPageCannotBeHad(t *testing.T) {
	t.Parallel()
	s := open(t)
	assert.EqualError(t, s.Open(within(t, long), "https://elsewhere.example/page?code=secret"),
		"open https://elsewhere.example/page: net::ERR_NAME_NOT_RESOLVED")
}

func TestASessionWhoseCheckIsOverStillClosesQuickly(t *testing.T) {
	t.Parallel()
	site := serve(t, map[string]string{"/": "<p id=out>here"})
	open(t) // the shared Chrome runs
	ctx, cancel := context.WithCancel(t.Context())
	s, err := chrome.Session(ctx)
	require.NoError(t, err)
	require.NoError(t, s.Open(ctx, site.url+"/"))
	cancel()
	begin := time.Now()
	s.Close()
	assert.Less(t, time.Since(begin), 5*time.Second)
	_, err = s.See(t.Context(), never)
	assert.ErrorContains(t, err, "the session is closed")
}

func TestNoSessionForAContextThatIsOver(t *testing.T) {
	t.Parallel()
	open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := chrome.Session(ctx)
	assert.ErrorIs(t, err, context.Canceled)
}
