package journey

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/immich"
)

// Link connects the account of a session with a person at authentik, in the browser, from Immich's user settings.
func (w *World) Link(ctx context.Context, s *browser.Session, session *immich.Session, user authentik.User) (*Login, error) {
	login, mark, replies := &Login{Session: session}, s.Mark(), len(s.Replies())
	before, err := w.Edge.Last(ctx)
	if err != nil {
		return login, err
	}
	err = w.Trace.Step(`press "Link to OAuth"`, func() error {
		if err := s.SetCookies(ctx, w.ImmichURL, session.Cookies); err != nil {
			return err
		}
		if err := s.Open(ctx, w.RedirectURI(LinkPath)+"?isOpen=oauth"); err != nil {
			return err
		}
		return w.press(ctx, s, browser.ImmichLink)
	})
	if err != nil {
		w.Trace.Picture(s, "stopped")
		return login, err
	}
	if _, err := w.signIn(ctx, s, mark, user, login, w.RedirectURI(LinkPath)); err != nil {
		return login, err
	}
	err = w.Trace.Step("Immich links the account", func() error {
		login.Exchange, err = w.callback(ctx, s, replies, before, linkEndpoint, login.Answer)
		return err
	})
	w.Trace.Picture(s, "linked")
	return login, err
}

// LinkHTTP does what Link does, without a browser.
func (w *World) LinkHTTP(ctx context.Context, session *immich.Session, user authentik.User) (*immich.User, error) {
	answer, err := w.LinkAnswerHTTP(ctx, user)
	if err != nil {
		return nil, err
	}
	var linked *immich.User
	err = w.Trace.Step("Immich links the account", func() error {
		linked, err = w.Immich.As(session).Link(ctx, answer)
		return err
	})
	return linked, err
}

// LinkAnswerHTTP goes to authentik and back for a link, without a browser, and stops short of Immich: what it returns is
// what the page would send.
func (w *World) LinkAnswerHTTP(ctx context.Context, user authentik.User) (immich.CallbackRequest, error) {
	proof := NewProof()
	var login *Login
	err := w.Trace.Step("go to authentik for a link, over HTTP", func() error {
		var err error
		login, err = w.ThroughHTTP(ctx, w.Immich, user, w.RedirectURI(LinkPath), proof)
		return err
	})
	if err != nil {
		return immich.CallbackRequest{}, err
	}
	return immich.CallbackRequest{URL: login.Answer.URL, State: proof.State, CodeVerifier: proof.Verifier}, nil
}

// Logout is what was seen on the way out of Immich.
type Logout struct {
	SentTo  string // where Immich's answer sends the browser
	Arrived string // the address of authentik to which the browser then went; empty where it was not sent there
}

// Logout signs a person out by Immich's own menu, in the browser that is signed in there with session, and follows to
// authentik where Immich sends the browser there.
func (w *World) Logout(ctx context.Context, s *browser.Session, session *immich.Session, email string) (*Logout, error) {
	out := &Logout{}
	before, err := w.Edge.Last(ctx)
	if err != nil {
		return out, err
	}
	err = w.Trace.Step(`press "Sign Out"`, func() error {
		if err := s.Open(ctx, w.RedirectURI(LinkPath)); err != nil {
			return err
		}
		if err := s.Click(ctx, browser.ImmichAvatar(email)); err != nil {
			return err
		}
		return s.Click(ctx, browser.ImmichSignOut)
	})
	if err != nil {
		w.Trace.Picture(s, "stopped")
		return out, err
	}
	err = w.Trace.Step("Immich says where to go", func() error {
		out.SentTo, err = w.loggedOut(ctx, s, before, session)
		return err
	})
	if err != nil || !w.atAuthentik(out.SentTo) {
		w.Trace.Picture(s, "stopped")
		return out, err
	}
	err = w.Trace.Step("arrive at the end of the session", func() error {
		// Immich first shows its login page by history API; only then the browser leaves.
		move, err := s.Arrive(ctx, 0, "authentik's end-session endpoint", func(m browser.Move) bool {
			return m.By == browser.ByRequest && w.atAuthentik(m.URL) && strings.Contains(m.URL, "/end-session/")
		})
		if err != nil {
			return err
		}
		out.Arrived = move.URL
		_, err = s.See(ctx, browser.AuthentikSessionEnd, browser.AuthentikLoginPage)
		return err
	})
	w.Trace.Picture(s, "logged-out")
	return out, err
}

// loggedOut is the address that Immich's answer to the logout of a session names, as the edge recorded it. Immich's page
// logs out twice up to v2.7.5; the call that comes second meets a dead session (401), and can be answered first.
func (w *World) loggedOut(ctx context.Context, s *browser.Session, after int64, session *immich.Session) (string, error) {
	isFirst := func(status int) bool { return status != http.StatusUnauthorized }
	_, err := s.Replied(ctx, 0, logoutEndpoint, func(r browser.Reply) bool { return w.immichPath(r.URL) == logoutEndpoint && isFirst(r.Status) })
	if err != nil {
		return "", err
	}
	x, err := w.recorded(ctx, after, "the browser's POST "+logoutEndpoint, func(x *edge.Exchange) bool {
		return x.Method == "POST" && strings.HasSuffix(x.URL, logoutEndpoint) && isFirst(x.Status) &&
			strings.Contains(x.RequestHeader.Get("Cookie"), session.Token)
	})
	if err != nil {
		return "", err
	}
	if x.Status < 200 || x.Status > 299 {
		return "", &RejectedError{Endpoint: logoutEndpoint, Status: x.Status, Message: immich.MessageOf(x.ResponseBody)}
	}
	var answer struct {
		RedirectURI string `json:"redirectUri"`
	}
	return answer.RedirectURI, json.Unmarshal(x.ResponseBody, &answer)
}

// AskedAgain presses Immich's OAuth button once more and says what it takes to get in: "nothing" where authentik's own
// session has survived, else "a login" or "consent".
func (w *World) AskedAgain(ctx context.Context, s *browser.Session) (string, error) {
	mark := s.Mark()
	if err := w.startLogin(ctx, s); err != nil {
		return "", err
	}
	i, move, err := s.SeeOrArrive(ctx, mark, landsOn(w.RedirectURI(LoginPath)), browser.AuthentikLoginPage, browser.AuthentikConsentPage)
	switch {
	case err != nil:
		return "", err
	case move != nil:
		return "nothing", nil
	}
	return []string{"a login", "consent"}[i], nil
}
