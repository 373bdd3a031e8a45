package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/journey"
	"github.com/ssoproof/ssoproof/internal/version"
)

// Picture is what the browser showed, a JPEG without passwords.
type Picture struct {
	Name string
	JPEG []byte
}

// The bounds of a login in a browser.
const (
	browseLimit  = 2 * time.Minute
	pictureLimit = 10 * time.Second
)

// Browse does what Login does in a browser that sees the pair through the window. button is the text of Immich's OAuth button.
func (w *Window) Browse(ctx context.Context, b *browser.Browser, release *version.Release, who Person, button string) *SignIn {
	world, s, before := w.p.world(release), &SignIn{}, w.p.t.last()
	limited, cancel := context.WithTimeoutCause(ctx, browseLimit, fmt.Errorf("it took more than %s", browseLimit))
	defer cancel()
	limited, stop := context.WithCancelCause(limited)
	defer stop(nil)
	world.Edge, world.ButtonText, world.Trace = w.front, button, &follower{ctx: limited, s: s}
	w.begin(who.Consent, stop)
	s.Err = s.browse(limited, world, b, who)
	w.finish()
	s.Session = w.session
	visitor := world.Visitor()
	visitor.WithCookies(w.jar)
	w.p.leave(ctx, s, world, visitor, w.unheard, before)
	return s
}

func (s *SignIn) browse(ctx context.Context, world *journey.World, b *browser.Browser, who Person) error {
	tab, err := b.Session(ctx)
	if err != nil {
		return err
	}
	defer tab.Close()
	tab.Strict()
	login, err := world.WebLogin(ctx, tab, authentik.User{Username: who.Name, Password: who.Password})
	s.Consent = login.Prompts.Consent
	if err != nil && !slices.ContainsFunc(s.Pictures, func(p Picture) bool { return p.Name == "stopped" }) {
		world.Trace.Picture(tab, "stopped")
	}
	return err
}

// follower keeps what is seen on the way. It implements journey.Trace.
type follower struct {
	ctx context.Context
	s   *SignIn
}

// Step implements journey.Trace.
func (f *follower) Step(name string, do func() error) error {
	began := time.Now()
	err := do()
	step := check.Step{Name: name, Seconds: time.Since(began).Seconds()}
	if err != nil {
		step.Error = err.Error()
	}
	f.s.Steps = append(f.s.Steps, step)
	return err
}

// Picture implements journey.Trace. A picture that cannot be had is not worth a login; one of a page that asks for what is not
// answered, or refuses, waits until the page does.
func (f *follower) Picture(tab *browser.Session, name string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(f.ctx), pictureLimit)
	defer cancel()
	if stopped := new(authentik.FlowError); errors.As(context.Cause(f.ctx), &stopped) {
		showing, done := context.WithTimeout(ctx, pictureLimit/2)
		defer done()
		shown := browser.Refusals()
		if stopped.Asks {
			shown = []browser.Control{{Name: stopped.Component, CSS: stopped.Component, Hidden: true}}
		}
		_, _ = tab.See(showing, shown...)
	}
	if picture, err := tab.Screenshot(ctx); err == nil {
		f.s.Pictures = append(f.s.Pictures, Picture{Name: name, JPEG: picture})
	}
}

// Secret implements journey.Trace.
func (f *follower) Secret(string) {}
