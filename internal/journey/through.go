package journey

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"

	"github.com/ssoproof/ssoproof/internal/authentik"
	"github.com/ssoproof/ssoproof/internal/browser"
	"github.com/ssoproof/ssoproof/internal/edge"
	"github.com/ssoproof/ssoproof/internal/immich"
)

// Proof is the state and the PKCE verifier of one login, as a client that keeps its own makes them. The zero Proof is that
// of a client that sends neither.
type Proof struct{ State, Verifier string }

// NewProof makes them in the shape of Immich's app since v1.132.3: 32 letters and digits, 56 characters of base64url.
func NewProof() Proof {
	return Proof{State: random(16), Verifier: base64.RawURLEncoding.EncodeToString([]byte(random(21)))}
}

// Challenge is the S256 code challenge of the verifier (RFC 7636 §4.2); empty where there is none.
func (p Proof) Challenge() string {
	if p.Verifier == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(p.Verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// Through starts a login through Immich with a redirect URI of choice and follows it in the browser until authentik
// sends the browser to landing, before any page there can use the code. The landing differs from the redirect URI
// where authentik rewrites it: app.immich:///oauth-callback comes back with one slash.
func (w *World) Through(ctx context.Context, s *browser.Session, c *immich.Client, user authentik.User, uri string, p Proof) (*Login, error) {
	login := &Login{}
	before, err := w.Edge.Last(ctx)
	if err != nil {
		return login, err
	}
	start, err := w.begin(ctx, c, uri, p, login)
	if err != nil {
		return login, err
	}
	if strings.HasPrefix(uri, "http") {
		if err := s.Hold(ctx, uri); err != nil {
			return login, err
		}
	}
	err = w.Trace.Step("sign in at authentik", func() error {
		return w.follow(ctx, s, start.URL, user, uri, login)
	})
	w.Trace.Picture(s, "landing")
	if err != nil {
		return login, err
	}
	return login, w.exactAnswer(ctx, before, login)
}

// begin lets Immich write the authorization request.
func (w *World) begin(ctx context.Context, c *immich.Client, uri string, p Proof, login *Login) (*immich.Authorization, error) {
	var start *immich.Authorization
	err := w.Trace.Step("start a login through Immich", func() error {
		var err error
		start, err = c.Authorize(ctx, immich.AuthorizeRequest{RedirectURI: uri, State: p.State, CodeChallenge: p.Challenge()})
		if err == nil {
			login.Request, err = requestOf(start.URL)
		}
		return err
	})
	return start, err
}

func requestOf(address string) (url.Values, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("Immich's authorization address: %w", err)
	}
	return u.Query(), nil
}

func (w *World) follow(ctx context.Context, s *browser.Session, address string, user authentik.User, uri string, login *Login) error {
	mark := s.Mark()
	if err := s.Open(ctx, address); err != nil {
		return err
	}
	prompts, move, err := s.SignIn(ctx, mark, user.Username, user.Password, comesTo(uri), func(name string) { w.Trace.Picture(s, name) })
	login.Prompts = *prompts
	if err != nil {
		return err
	}
	if login.Answer, err = ParseAnswer(move.URL); err == nil {
		err = login.Answer.usable()
	}
	return err
}

// comesTo accepts the landing of a redirect URI: for https where the page is held back, for another scheme any address
// of that scheme, however many slashes it has.
func comesTo(uri string) func(browser.Move) bool {
	scheme, _, _ := strings.Cut(uri, ":")
	if scheme == "https" || scheme == "http" {
		lands := landsOn(uri)
		return func(m browser.Move) bool { return m.By == browser.ByHold && lands(m) }
	}
	return func(m browser.Move) bool { return strings.HasPrefix(m.URL, scheme+":") }
}

// exactAnswer replaces the address that Chrome reported, which it may have normalised, by the bytes that authentik
// sent: the Location of a redirect, or `to` in the flow executor's answer when a script navigates.
func (w *World) exactAnswer(ctx context.Context, after int64, login *Login) error {
	x, err := w.recorded(ctx, after, "authentik's answer with the redirect", func(x *edge.Exchange) bool {
		return w.atAuthentik(x.URL) && redirectOf(x, login.Answer.Code) != ""
	})
	if err != nil {
		return err
	}
	login.Answer, err = ParseAnswer(redirectOf(x, login.Answer.Code))
	return err
}

// Redeem gives Immich the address that came back, with the verifier of the login that it belongs to.
func (w *World) Redeem(ctx context.Context, c *immich.Client, address string, p Proof) (*immich.Session, error) {
	var session *immich.Session
	err := w.Trace.Step("Immich redeems the code", func() error {
		var err error
		session, err = c.Callback(ctx, immich.CallbackRequest{URL: address, State: p.State, CodeVerifier: p.Verifier})
		return err
	})
	return session, err
}

// ThroughHTTP does what Through does, without a browser.
func (w *World) ThroughHTTP(ctx context.Context, c *immich.Client, user authentik.User, uri string, p Proof) (*Login, error) {
	login := &Login{}
	start, err := w.begin(ctx, c, uri, p, login)
	if err != nil {
		return login, err
	}
	return login, w.Trace.Step("sign in at authentik over HTTP", func() error {
		_, err := w.visit(ctx, start.URL, user, login)
		return err
	})
}
