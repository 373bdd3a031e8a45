package suites

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/check"
	"github.com/ssoproof/ssoproof/internal/immich"
	"github.com/ssoproof/ssoproof/internal/journey"
	"github.com/ssoproof/ssoproof/internal/version"
)

const linkForgedID = "link.forged"

func forgedChecks(c Cell) ([]Check, []Exclusion) {
	once := []check.Requirement{
		demand("once", "RFC 6749 §4.1.2", "a code that was redeemed is refused"),
		demand("unknown", "RFC 6749 §4.1.2", "a code that authentik has not issued is refused"),
		demand("issuer", "RFC 9207 §2.4", "an answer whose iss is not the issuer is refused"),
	}
	login := Check{
		ID: "login.forged", Title: "an answer that does not belong to the login opens no session", Level: check.Must, Body: loginForged, Provokes: true,
		Needs: []string{firstLogins(c)[0].Name()}, Requirements: once,
	}
	if !c.Immich.Has(version.PKCE) {
		return []Check{login}, []Exclusion{{linkForgedID, c.immich() + " looks at no state"}}
	}
	bound := []check.Requirement{
		demand("state", "RFC 6749 §10.12", "an answer with another state than the one that was sent is refused"),
		demand("missing", "RFC 6749 §10.12", "an answer without a state is refused, and one to a browser that has none"),
		demand("foreign", "RFC 6749 §10.12", "an answer to somebody else's login is refused, in a browser that has begun its own or none"),
	}
	verifier := demand("verifier", "RFC 7636 §4.6", "a code is refused without the verifier of its challenge")
	login.Requirements = slices.Concat(once, bound, []check.Requirement{verifier})
	link := login
	link.ID, link.Title, link.Body = linkForgedID, "an answer that does not belong to the link binds nothing", linkForged
	link.Assumes, link.Requirements = []string{passwords}, slices.Concat(bound, once[2:])
	return []Check{login, link}, nil
}

// forgery is an answer that must be refused, and what is said where it is not.
type forgery struct {
	key, otherwise string
	request        immich.CallbackRequest
}

// forgeries are made of an answer that is good, and of another login that was begun; none of them reaches authentik.
func forgeries(c Cell, a *journey.Attempt, others []*http.Cookie) []forgery {
	good := a.Callback()
	with := func(change func(*immich.CallbackRequest)) immich.CallbackRequest {
		spoilt := good
		change(&spoilt)
		return spoilt
	}
	foreignIssuer := edited(good.URL, func(v url.Values) { v.Set("iss", "https://other.example/application/o/immich/") })
	all := []forgery{{"issuer", "Immich takes an answer with another iss", with(func(r *immich.CallbackRequest) { r.URL = foreignIssuer })}}
	if !c.Immich.Has(version.PKCE) {
		return all
	}
	stateless := edited(good.URL, func(v url.Values) { v.Del("state") })
	var verifierAlone []*http.Cookie
	if verifier := cookieOf(a.Cookies, verifierCookie); verifier != nil {
		verifierAlone = []*http.Cookie{verifier}
	}
	return append(all,
		forgery{"state", "Immich takes an answer with a wrong state", with(func(r *immich.CallbackRequest) { r.State = journey.NewProof().State })},
		forgery{"missing", "Immich takes an answer without a state", with(func(r *immich.CallbackRequest) { r.URL = stateless })},
		forgery{"missing", "Immich takes an answer to a browser without a state", with(func(r *immich.CallbackRequest) { r.Cookies = verifierAlone })},
		forgery{"missing", "Immich takes an answer when nobody has a state", with(func(r *immich.CallbackRequest) { r.URL, r.Cookies = stateless, verifierAlone })},
		forgery{"foreign", "Immich takes an answer to another browser's login", with(func(r *immich.CallbackRequest) { r.Cookies = others })},
		forgery{"foreign", "Immich takes an answer in a browser that began no login", with(func(r *immich.CallbackRequest) { r.Cookies = nil })},
	)
}

// loginForged shows that it was the forgery that was refused: the same answer is taken as soon as it is as it came.
func loginForged(t *check.T, e *Env) {
	e.asSignedIn(t, func(s *signedIn) {
		a := e.attempt(t, s, journey.LoginPath)
		_, others := e.begin(t, immich.AuthorizeRequest{RedirectURI: e.loginURI()})
		for _, f := range forgeries(e.Cell, a, others) {
			e.confirmRefused(t, f.key, f.otherwise, f.request)
		}
		unknown := a.Callback()
		unknown.URL = edited(unknown.URL, func(v url.Values) { v.Set("code", "0123456789abcdef0123456789abcdef") })
		e.confirmRefused(t, "unknown", "a code that was never issued is good", unknown)
		_, err := e.World.Immich.Callback(t.Context(), a.Callback())
		t.Block(err)
		e.confirmRefused(t, "once", "the code is good a second time", a.Callback())
		if e.Cell.Immich.Has(version.PKCE) {
			other := e.attempt(t, s, journey.LoginPath).Callback()
			other.CodeVerifier = journey.NewProof().Verifier
			e.confirmRefused(t, "verifier", "the code is good with a wrong verifier", other)
		}
	})
}

func (e *Env) confirmRefused(t *check.T, key, otherwise string, request immich.CallbackRequest) {
	_, err := e.World.Immich.Callback(t.Context(), request)
	t.Confirm(key, func() { e.judgeRefused(t, otherwise, err) })
}

// judgeRefused judges, inside Confirm, that Immich has refused; where it has not, the answer is used up, and nothing more
// can be made of it.
func (e *Env) judgeRefused(t *check.T, otherwise string, err error) {
	require.Error(t, err, otherwise)
	if !answered(err) {
		t.Block(err)
	}
	t.Block(e.Unheard(t.Context(), e.Began))
}

// linkForged links the identity to the account that has it: so whatever is refused is refused for the forgery.
func linkForged(t *check.T, e *Env) {
	e.asSignedIn(t, func(s *signedIn) {
		owner := e.World.Immich.As(e.webLogin(t, s))
		a := e.attempt(t, s, journey.LinkPath)
		_, others := e.begin(t, immich.AuthorizeRequest{RedirectURI: e.RedirectURI(journey.LinkPath)})
		for _, f := range forgeries(e.Cell, a, others) {
			_, err := owner.Link(t.Context(), f.request)
			t.Confirm(f.key, func() { e.judgeRefused(t, f.otherwise, err) })
		}
		me, err := owner.Link(t.Context(), a.Callback())
		t.Block(err)
		t.Confirm("state", func() {
			assert.Equal(t, s.user.Subject, me.OAuthID, "the account's oauthId after the link as it should be")
		})
	})
}
