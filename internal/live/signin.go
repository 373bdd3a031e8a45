package live

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/journey"
	"github.com/ssoproof/ssoproof/internal/version"
)

// Person is who logs in.
type Person struct {
	Name, Password string // at authentik; the name may be the e-mail
	Consent        bool   // agree where authentik asks
}

// SignIn is one real login, and its end.
type SignIn struct {
	Consent bool            // authentik asked for it
	Session *immich.Session // in Immich; nil: there is none
	Err     error           // why the login ended before it
	Me      *immich.User    // whom Immich says the session to be
	MeErr   error
	Out     *immich.SignedOut // what Immich answered to the logout; nil: it was not asked, or refused
	OutErr  error
	// After is what Immich answered to the session after the logout: the error of a refusal, as it should be.
	After error
	// Left are the sessions that may live on, a sentence each.
	Left []string
	// Way and End are the recorded exchanges of the login, and of its end.
	Way, End []int64
	// Steps and Pictures are of the browser; empty: there was none.
	Steps    []check.Step
	Pictures []Picture
}

// endLimit bounds the end of a login, also of one that was interrupted.
const endLimit = time.Minute

// Login logs a person in at Immich over HTTP, looks at who that is there, and logs out again of both products, whatever
// happens. No secret of it is in what it returns but in Session.
func (p *Passage) Login(ctx context.Context, release *version.Release, who Person) *SignIn {
	world := p.world(release)
	visitor := world.Visitor()
	if !who.Consent {
		visitor.WithholdConsent()
	}
	s, before := &SignIn{}, p.t.last()
	login, err := world.WebLoginAs(ctx, visitor, authentik.User{Username: who.Name, Password: who.Password})
	s.Consent, s.Session, s.Err = login.Prompts.Consent, login.Session, err
	refused := new(immich.APIError)
	p.leave(ctx, s, world, visitor, login.Answer.Code != "" && !errors.As(err, &refused), before)
	return s
}

// world is the pair as the passage's own requests reach it.
func (p *Passage) world(release *version.Release) *journey.World {
	client := &http.Client{Transport: p}
	return &journey.World{AuthentikURL: p.authentik, ImmichURL: p.immich, HTTP: client, Immich: immich.New(p.immich, client).For(release), Trace: journey.Untraced{}}
}

// leave looks at who is logged in, and logs out of both products. unheard is set where Immich was given a code and its answer
// is not known; before is the last recorded exchange before the login.
func (p *Passage) leave(ctx context.Context, s *SignIn, world *journey.World, visitor *authentik.Visitor, unheard bool, before int64) {
	if s.Session != nil {
		s.Me, s.MeErr = world.Immich.As(bearing(s.Session)).Me(ctx)
	}
	s.Way = p.t.since(before)
	before = p.t.last()
	ending, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), endLimit, fmt.Errorf("it took more than %s", endLimit))
	defer cancel()
	p.end()
	s.leaveImmich(ending, world, unheard)
	s.leaveAuthentik(ending, visitor)
	s.End = p.t.since(before)
}

// bearing is the session, told by its token where no cookie holds it.
func bearing(s *immich.Session) *immich.Session {
	told := *s
	for _, cookie := range s.Cookies {
		if cookie.Value == s.Token {
			return &told
		}
	}
	told.Style = immich.Bearer
	return &told
}

// leaveImmich ends the session.
func (s *SignIn) leaveImmich(ctx context.Context, world *journey.World, unheard bool) {
	refused := new(immich.APIError)
	if s.Session == nil {
		if unheard {
			s.Left = append(s.Left, "Immich's answer to the login did not arrive; if it has opened a session, that is listed under Account Settings › Authorized Devices")
		}
		return
	}
	as := world.Immich.As(bearing(s.Session))
	if s.Out, s.OutErr = as.Logout(ctx); s.OutErr == nil {
		_, s.After = as.Me(ctx)
	}
	if !errors.As(s.After, &refused) {
		s.Left = append(s.Left, "the session in Immich may live on: end it under Account Settings › Authorized Devices")
	}
}

// leaveAuthentik ends the session there, also one that nobody has logged in to: who that was is not known for sure.
func (s *SignIn) leaveAuthentik(ctx context.Context, visitor *authentik.Visitor) {
	if len(visitor.Cookies()) == 0 {
		return
	}
	if err := visitor.SignOut(ctx); err != nil && !(s.nobody() && denied(err)) {
		s.Left = append(s.Left, fmt.Sprintf("the session at authentik may live on (%v): end it under Settings › Sessions there", err))
	}
}

// nobody reports whether the login ended before authentik had signed anybody in. It may deny the flow of a logout to nobody.
func (s *SignIn) nobody() bool {
	stopped := new(authentik.FlowError)
	return errors.As(s.Err, &stopped) && stopped.Component != authentik.ComponentAccessDenied && stopped.Component != authentik.ComponentConsent
}

func denied(err error) bool {
	stopped := new(authentik.FlowError)
	return errors.As(err, &stopped) && stopped.Component == authentik.ComponentAccessDenied
}
