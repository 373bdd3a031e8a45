package journey

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/immich"
)

// Login is what was seen on the way into Immich.
type Login struct {
	Request  url.Values // of the authorization request
	Answer   Answer
	Prompts  browser.Prompts
	Arrived  string // path of Immich where the journey ended; empty over HTTP
	Session  *immich.Session
	Exchange *edge.Exchange // the callback as recorded; nil over HTTP
}

// RejectedError says that Immich did not do what its web page, or a browser, asked it for.
type RejectedError struct {
	Endpoint string
	Status   int
	Message  string
}

func (e *RejectedError) Error() string {
	return fmt.Sprintf("Immich answered %s with %d %s", e.Endpoint, e.Status, e.Message)
}

// NoSessionError says that Immich took an answer of the OpenID Provider's, and left the browser without a session: its web
// page then stays where it is.
type NoSessionError struct{ Endpoint string }

func (e *NoSessionError) Error() string {
	return fmt.Sprintf("Immich answered %s well and set no cookie of a session", e.Endpoint)
}

// WebLogin logs a person in from Immich's login page, in the browser. What was seen until an error is in the Login.
func (w *World) WebLogin(ctx context.Context, s *browser.Session, user authentik.User) (*Login, error) {
	login, mark, replies := &Login{}, s.Mark(), len(s.Replies())
	before, err := w.Edge.Last(ctx)
	if err != nil {
		return login, err
	}
	if err := w.startLogin(ctx, s); err != nil {
		return login, err
	}
	landed, err := w.signIn(ctx, s, mark, user, login, w.RedirectURI(LoginPath))
	if err != nil {
		return login, err
	}
	err = w.Trace.Step("Immich redeems the code", func() error {
		login.Exchange, err = w.callback(ctx, s, replies, before, callbackEndpoint, login.Answer)
		return err
	})
	if err == nil {
		err = w.readSession(ctx, s, login)
	}
	if err != nil {
		return login, err
	}
	return login, w.arrive(ctx, s, landed, login)
}

// readSession takes the session out of the browser's cookies, which are set when Immich has answered its page.
func (w *World) readSession(ctx context.Context, s *browser.Session, login *Login) error {
	session, err := w.sessionIn(ctx, s)
	login.Session = session
	if err == nil && session.Token == "" {
		w.Trace.Picture(s, "stopped")
		return &NoSessionError{Endpoint: callbackEndpoint}
	}
	return err
}

// sessionIn is what the browser's cookies hold of a session in Immich.
func (w *World) sessionIn(ctx context.Context, s *browser.Session) (*immich.Session, error) {
	cookies, err := s.Cookies(ctx, w.ImmichURL)
	if err != nil {
		return nil, err
	}
	return immich.SessionFromCookies(cookies), nil
}

func (w *World) startLogin(ctx context.Context, s *browser.Session) error {
	return w.Trace.Step("press Immich's OAuth button", func() error {
		if err := s.Open(ctx, w.RedirectURI(LoginPath)+"?autoLaunch=0"); err != nil {
			return err
		}
		return w.press(ctx, s, browser.ImmichOAuthButton(w.ButtonText))
	})
}

// press presses a button that starts OAuth, and waits until Immich has told the page where to go.
func (w *World) press(ctx context.Context, s *browser.Session, button browser.Control) error {
	before, err := w.Edge.Last(ctx)
	if err != nil {
		return err
	}
	mark := len(s.Replies())
	if err := s.Click(ctx, button); err != nil {
		return err
	}
	if _, err := s.Replied(ctx, mark, authorizeEndpoint, w.repliesTo(authorizeEndpoint)); err != nil {
		return err
	}
	return w.rejection(ctx, s, mark, before, authorizeEndpoint)
}

// rejection is how Immich turned a call of its page down, which was answered since mark; nil: it did not.
func (w *World) rejection(ctx context.Context, s *browser.Session, mark int, before int64, endpoint string) error {
	isIt := w.repliesTo(endpoint)
	replies := s.Replies()[mark:]
	i := slices.IndexFunc(replies, func(r browser.Reply) bool { return isIt(r) && r.Status >= 300 })
	if i < 0 {
		return nil
	}
	rejected := &RejectedError{Endpoint: endpoint, Status: replies[i].Status}
	// The browser does not tell the words; those of the same refusal to somebody else are the same.
	if x, err := w.recorded(ctx, before, "Immich's refusal", func(x *edge.Exchange) bool {
		return strings.HasSuffix(x.URL, endpoint) && x.Status == rejected.Status
	}); err == nil {
		rejected.Message = immich.MessageOf(x.ResponseBody)
	}
	return rejected
}

// signIn answers authentik's prompts until the browser lands on uri with an answer, and returns a mark after that. Mark
// is from before the way to authentik: where nothing is asked, the browser is back at once.
func (w *World) signIn(ctx context.Context, s *browser.Session, mark int, user authentik.User, login *Login, uri string) (landed int, err error) {
	err = w.Trace.Step("sign in at authentik", func() error {
		lands := landsOn(uri)
		prompts, move, err := s.SignIn(ctx, mark, user.Username, user.Password, lands, func(name string) { w.Trace.Picture(s, name) })
		login.Prompts, login.Request = *prompts, w.request(s)
		if err == nil {
			login.Answer, err = ParseAnswer(move.URL)
		}
		if err == nil {
			err = login.Answer.usable()
		}
		if err != nil {
			w.Trace.Picture(s, "stopped")
			return err
		}
		landed = mark + 1 + slices.IndexFunc(s.Moves(mark), lands)
		return nil
	})
	return landed, err
}

// landsOn accepts the first sight of an answer of the OpenID Provider at uri, also of one that lacks its code.
func landsOn(uri string) func(browser.Move) bool {
	return func(m browser.Move) bool {
		base, query, _ := strings.Cut(m.URL, "?")
		return base == uri && (hasParameter(query, "code") || hasParameter(query, "error") || hasParameter(query, "state"))
	}
}

func hasParameter(query, name string) bool {
	return strings.HasPrefix(query, name+"=") || strings.Contains(query, "&"+name+"=")
}

// callback waits for the answer that Immich gives its page, and returns it as the edge recorded it. The marks, in what
// pages were answered and in the record, are from before.
func (w *World) callback(ctx context.Context, s *browser.Session, mark int, after int64, endpoint string, a Answer) (*edge.Exchange, error) {
	if _, err := s.Replied(ctx, mark, endpoint, w.repliesTo(endpoint)); err != nil {
		return nil, err
	}
	x, err := w.recorded(ctx, after, "the browser's POST "+endpoint, func(x *edge.Exchange) bool {
		return x.Method == "POST" && strings.HasSuffix(x.URL, endpoint) && strings.Contains(string(x.RequestBody), a.Code)
	})
	if err != nil {
		return nil, err
	}
	if x.Status < 200 || x.Status > 299 {
		return x, &RejectedError{Endpoint: endpoint, Status: x.Status, Message: immich.MessageOf(x.ResponseBody)}
	}
	return x, nil
}

// arrive waits until Immich's web app shows a page of its own.
func (w *World) arrive(ctx context.Context, s *browser.Session, mark int, login *Login) error {
	return w.Trace.Step("arrive in Immich", func() error {
		home, err := s.Arrive(ctx, mark, "Immich's /photos or /auth/onboarding", w.atHome)
		if err != nil {
			w.Trace.Picture(s, "stopped")
			return err
		}
		login.Arrived = w.immichPath(home.URL)
		w.Trace.Picture(s, "arrived")
		return nil
	})
}

func (w *World) repliesTo(endpoint string) func(browser.Reply) bool {
	return func(r browser.Reply) bool { return w.immichPath(r.URL) == endpoint }
}

func (w *World) immichPath(address string) string {
	rest, ok := strings.CutPrefix(address, w.ImmichURL)
	if !ok {
		return ""
	}
	path, _, _ := strings.Cut(rest, "?")
	return path
}

// request is the query of the newest authorization request that the browser made.
func (w *World) request(s *browser.Session) url.Values {
	moves := s.Moves(0)
	for i := len(moves) - 1; i >= 0; i-- {
		if u, err := url.Parse(moves[i].URL); err == nil && strings.HasSuffix(u.Path, "/application/o/authorize/") {
			return u.Query()
		}
	}
	return nil
}

// WebLoginHTTP does what WebLogin does, without a browser: it only prepares.
func (w *World) WebLoginHTTP(ctx context.Context, user authentik.User) (*Login, error) {
	return w.WebLoginAs(ctx, w.Visitor(), user)
}

// visit signs in at authentik over HTTP and returns where authentik sends the browser.
func (w *World) visit(ctx context.Context, address string, user authentik.User, login *Login) (string, error) {
	return visitAs(ctx, w.Visitor(), address, user, login)
}

func visitAs(ctx context.Context, visitor *authentik.Visitor, address string, user authentik.User, login *Login) (string, error) {
	var err error
	if login.Request, err = requestOf(address); err != nil {
		return "", err
	}
	landing, err := visitor.Authorize(ctx, address, user.Username, user.Password)
	if err != nil {
		return "", err
	}
	login.Prompts = browser.Prompts{Login: landing.LoginAsked, Consent: landing.ConsentAsked, Permissions: landing.Permissions}
	if login.Answer, err = ParseAnswer(landing.URL); err == nil {
		err = login.Answer.usable()
	}
	return landing.URL, err
}
