package journey

import (
	"context"
	"fmt"
	"net/url"
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

// RejectedError says that Immich refused the callback.
type RejectedError struct {
	Status  int
	Message string
}

func (e *RejectedError) Error() string {
	return fmt.Sprintf("Immich answered the callback with %d: %s", e.Status, e.Message)
}

// WebLogin logs a person in from Immich's login page, in the browser.
func (w *World) WebLogin(ctx context.Context, s *browser.Session, user authentik.User) (*Login, error) {
	if err := w.startLogin(ctx, s); err != nil {
		return nil, err
	}
	return w.finishLogin(ctx, s, user)
}

func (w *World) startLogin(ctx context.Context, s *browser.Session) error {
	return w.Trace.Step("press Immich's OAuth button", func() error {
		if err := s.Open(ctx, w.RedirectURI(LoginPath)+"?autoLaunch=0"); err != nil {
			return err
		}
		return s.Click(ctx, browser.ImmichOAuthButton(w.ButtonText))
	})
}

// finishLogin signs in at authentik and follows the browser back into Immich.
func (w *World) finishLogin(ctx context.Context, s *browser.Session, user authentik.User) (*Login, error) {
	login := &Login{}
	before, err := w.Edge.Last(ctx)
	if err != nil {
		return nil, err
	}
	mark := s.Mark()
	if err := w.signIn(ctx, s, user, login, w.RedirectURI(LoginPath)); err != nil {
		return login, err
	}
	login.Request = w.request(s)
	err = w.Trace.Step("Immich redeems the code", func() error {
		login.Exchange, err = w.callback(ctx, before, callbackEndpoint, login.Answer)
		return err
	})
	if err != nil {
		return login, err
	}
	return login, w.arrive(ctx, s, mark, login)
}

// signIn answers authentik's prompts until the browser lands on uri with an answer.
func (w *World) signIn(ctx context.Context, s *browser.Session, user authentik.User, login *Login, uri string) error {
	return w.Trace.Step("sign in at authentik", func() error {
		mark := s.Mark()
		prompts, move, err := s.SignIn(ctx, mark, user.Username, user.Password, landsOn(uri), func(name string) { w.Trace.Picture(s, name) })
		login.Prompts = *prompts
		if err != nil {
			w.Trace.Picture(s, "stopped")
			return err
		}
		login.Answer, err = ParseAnswer(move.URL)
		return err
	})
}

// landsOn accepts the first sight of an answer of the OpenID Provider at uri.
func landsOn(uri string) func(browser.Move) bool {
	return func(m browser.Move) bool {
		base, query, _ := strings.Cut(m.URL, "?")
		return base == uri && (hasParameter(query, "code") || hasParameter(query, "error"))
	}
}

func hasParameter(query, name string) bool {
	return strings.HasPrefix(query, name+"=") || strings.Contains(query, "&"+name+"=")
}

// callback waits for Immich's answer to the code, as the edge recorded it.
func (w *World) callback(ctx context.Context, after int64, endpoint string, a Answer) (*edge.Exchange, error) {
	x, err := w.Edge.Find(ctx, after, "the browser's POST "+endpoint, func(x *edge.Exchange) bool {
		return x.Method == "POST" && strings.HasSuffix(x.URL, endpoint) && strings.Contains(string(x.RequestBody), a.Code)
	})
	if err != nil {
		return nil, err
	}
	if x.Status < 200 || x.Status > 299 {
		return x, &RejectedError{Status: x.Status, Message: immich.MessageOf(x.ResponseBody)}
	}
	return x, nil
}

// arrive waits until Immich's web app shows a page of its own and reads the session out of the cookies.
func (w *World) arrive(ctx context.Context, s *browser.Session, mark int, login *Login) error {
	return w.Trace.Step("arrive in Immich", func() error {
		home, err := s.Arrive(ctx, mark, "Immich's /photos or /auth/onboarding", func(m browser.Move) bool {
			path := w.immichPath(m.URL)
			return m.By != browser.ByScript && (path == "/photos" || strings.HasPrefix(path, "/auth/onboarding"))
		})
		if err != nil {
			w.Trace.Picture(s, "stopped")
			return err
		}
		login.Arrived = w.immichPath(home.URL)
		cookies, err := s.Cookies(ctx, w.ImmichURL)
		if err != nil {
			return err
		}
		w.Trace.Picture(s, "arrived")
		login.Session = immich.SessionFromCookies(cookies)
		return nil
	})
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
	login := &Login{}
	err := w.Trace.Step("log in over HTTP", func() error {
		start, err := w.Immich.Authorize(ctx, immich.AuthorizeRequest{RedirectURI: w.RedirectURI(LoginPath)})
		if err != nil {
			return err
		}
		landed, err := w.visit(ctx, start.URL, user, login)
		if err != nil {
			return err
		}
		login.Session, err = w.Immich.Callback(ctx, immich.CallbackRequest{URL: landed, Cookies: start.Cookies})
		return err
	})
	return login, err
}

// visit signs in at authentik over HTTP and returns where authentik sends the browser.
func (w *World) visit(ctx context.Context, address string, user authentik.User, login *Login) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("Immich's authorization address: %w", err)
	}
	login.Request = u.Query()
	landing, err := authentik.NewVisitor(w.AuthentikURL, w.HTTP).Authorize(ctx, address, user.Username, user.Password)
	if err != nil {
		return "", err
	}
	login.Prompts = browser.Prompts{Login: landing.LoginAsked, Consent: landing.ConsentAsked, Permissions: landing.Permissions}
	login.Answer, err = ParseAnswer(landing.URL)
	return landing.URL, err
}
